"""What may break, for each method and at each step: the closed table, as data; `test_matrix` runs each of its cells.

An order has three mugs in one shipment and two cups in another. The mugs have come to the step, and then something
breaks for two of them. A cell says where those two stand then and where the goods are, and where the third one went if
the message has implied more; or why it can not be.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from unicommerce.fulfillment import Method

__all__ = ["CELLS", "FAILURES", "MATRIX_STEPS", "Cannot", "Does", "drawn"]

MATRIX_STEPS = ("open", "allocated", "picked", "packed", "ready", "shipped", "handed over")
"""The steps; what is open was given back by a node, and what is handed over was delivered or collected."""


class Does(NamedTuple):
    """Where pieces stand that something broke for, where their goods are, and where the others of the shipment are.

    No `pieces`: nothing moves. The message came too late and is a finding, or the request is refused.
    """

    pieces: str = ""
    goods: str = ""
    rest: str = ""


class Cannot(NamedTuple):
    """Why it can not be."""

    why: str


STAYS = Does()
ON_SHELF, LOOKED_FOR, BROKEN = Does("open", "shelf"), Does("open", "quarantine"), Does("open", "damaged")
AT_COUNTER, OFF = Does("open", "counter shelf"), Does("canceled", "shelf")
OFF_COUNTER = Does("canceled", "counter shelf")
GONE, BACK, TURNED = Does("lost", "loss", "shipped"), Does("returned", "quarantine", "shipped"), Does("shipped", "way")
NO_THANKS = Does("canceled", "counter shelf", "ready")
ARRIVED = {Method.SHIP: Does("delivered", "customer"), Method.SHIP_TO_STORE: Does("ready", "counter")}

NO_COUNTER = Cannot("it waits at no counter")
NEVER_LEAVES = Cannot("it never leaves the store")
ONE_PICK = Cannot("a pick is told once: what is missing later is counted")
FIRST = Cannot("no message comes before it")
UNSEEN = Cannot("who opens the parcel at the store tells ready first")

Row = Sequence[Does | Cannot]


def _rejected(outcome: Does) -> Row:
    return (STAYS, outcome, STAYS, STAYS, STAYS, STAYS, STAYS)


def _on_the_way(outcome: Does) -> Row:
    """Return what carriers say: that it was shipped is implied, and what has arrived is not under way any more."""
    return (STAYS, outcome, outcome, outcome, STAYS, outcome, STAYS)


def _off() -> Row:
    """Return what is taken out of a node's hands as well: all that has not left."""
    return (OFF, OFF, OFF, OFF, OFF_COUNTER, STAYS, STAYS)


SAME: Mapping[str, Row] = {
    "rejected, busy": _rejected(ON_SHELF),
    "rejected, not found": _rejected(LOOKED_FOR),
    "rejected, damaged": _rejected(BROKEN),
    "short pick": (
        LOOKED_FOR._replace(rest="picked"),
        LOOKED_FOR._replace(rest="picked"),
        ONE_PICK,
        ONE_PICK,
        ONE_PICK,
        ONE_PICK,
        ONE_PICK,
    ),
    "damaged at pack": (STAYS, BROKEN._replace(rest="picked"), BROKEN, BROKEN, BROKEN, STAYS, STAYS),
    "node closes": (STAYS, ON_SHELF, ON_SHELF, ON_SHELF, AT_COUNTER, STAYS, STAYS),
    "lost": _on_the_way(GONE),
    "lost, and there after all": (STAYS, *[STAYS] * 6),
    "undeliverable": _on_the_way(TURNED),
    "intercepted": (STAYS, STAYS, STAYS, STAYS, STAYS, BACK, STAYS),
    "sent back": _on_the_way(BACK),
    "refused at the counter": (STAYS, NO_THANKS, NO_THANKS, NO_THANKS, NO_THANKS, NO_THANKS, STAYS),
    "canceled by the customer": (OFF, OFF, STAYS, STAYS, STAYS, STAYS, STAYS),
    "canceled and put back": _off(),
    "canceled by the marketplace": _off(),
    "late message": (Does("picked", "node"), FIRST, FIRST, STAYS, STAYS, STAYS, STAYS),
    "repeated message": (STAYS,) * 7,
}
"""What happens by the step, whatever the method is; `OTHERWISE` has what a method does otherwise."""

FAILURES = tuple(SAME)
ON_THE_WAY = ("lost", "lost, and there after all", "undeliverable", "intercepted", "sent back")


def _cell(method: Method, step: str, failure: str) -> Does | Cannot:
    """Return what happens in a cell of the product."""
    if method is Method.SHIP and (step == "ready" or failure == "refused at the counter"):
        return NO_COUNTER
    if method is Method.PICK_UP and (step == "shipped" or failure in ON_THE_WAY):
        return NEVER_LEAVES
    if method is Method.SHIP_TO_STORE and (step, failure) == ("shipped", "damaged at pack"):
        return UNSEEN
    if failure == "lost, and there after all" and step in ("allocated", "picked", "packed", "shipped"):
        return ARRIVED[method]
    return SAME[failure][MATRIX_STEPS.index(step)]


CELLS: Mapping[tuple[Method, str, str], Does | Cannot] = {
    (method, step, failure): _cell(method, step, failure)
    for method in Method
    for failure in FAILURES
    for step in MATRIX_STEPS
}
"""The whole product."""


def drawn() -> str:
    """Return the table as text: one for each method, what can not be by number, and why below."""
    parts = []
    for method in Method:
        whys = dict.fromkeys([cell.why for of, cell in CELLS.items() if of[0] is method and isinstance(cell, Cannot)])
        numbers = {why: number for number, why in enumerate(whys, start=1)}
        head = [f"| {method.value.replace('_', ' ')} | {' | '.join(MATRIX_STEPS)} |", "|---" * 8 + "|"]
        rows = []
        for failure in FAILURES:
            cells = [CELLS[method, step, failure] for step in MATRIX_STEPS]
            texts = [f"({numbers[cell.why]})" if isinstance(cell, Cannot) else _words(cell) for cell in cells]
            rows.append(f"| {failure} | {' | '.join(texts)} |")
        notes = [f"{number}. {why}" for why, number in numbers.items()]
        parts.append("\n".join([*head, *rows, "", *notes]))
    return "\n\n".join(parts)


def _words(cell: Does) -> str:
    if not cell.pieces:
        return "·"
    rest = f"; the rest {cell.rest}" if cell.rest not in ("", cell.pieces) else ""
    return f"{cell.pieces}, goods: {cell.goods}{rest}"
