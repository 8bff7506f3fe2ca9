"""The trace of each life: where the pieces of each line of its order stand after each entry that moves some.

Read from the journal of the life as the tests live it; the docs show it.
"""

from collections import Counter

from tests.laws.world import World
from tests.lives.lives import LIVES
from unicommerce.orders import LineState, line_unit

__all__ = ["drawn", "trace"]


def trace(world: World, order: str, line: str) -> tuple[dict[LineState, int], ...]:
    """Return where the pieces of a line stand, after each entry that moves some: pieces by state, as states follow."""
    held = Counter[LineState]()
    found = list[dict[LineState, int]]()
    for _, entry in world.journal():
        moves = [each for each in entry.movements if each.unit == line_unit(order, line)]
        for quantity, _, source, target in moves:
            held[LineState(source.state)] -= quantity
            held[LineState(target.state)] += quantity
        stands = {state: held[state] for state in LineState if held[state] > 0}
        if moves and (not found or found[-1] != stands):
            found.append(stands)
    return tuple(found)


def drawn() -> str:
    """Return the table of all lives, a row for each line of the order."""
    rows = ["| life | line | where its pieces stand, one after the other |", "|---|---|---|"]
    for number, life in enumerate(LIVES, start=1):
        world = life()
        (order,) = [each for each in world.orders if each.id == "o"]
        name = f"{number}. {life.__name__.replace('_', ' ')}"
        for line in order.lines:
            steps = [", ".join([f"{q} {state}" for state, q in each.items()]) for each in trace(world, "o", line.id)]
            rows.append(f"| {name} | {line.id} {line.sku} | {' → '.join(steps)} |")
            name = ""
    return "\n".join(rows)
