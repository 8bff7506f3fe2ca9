"""Law: totals equal the sum of their parts, for every combination of ref, lot and owner that is kept."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from tests.laws.invariants import check_parts_are_counted
from tests.laws.world import Happened, Law
from unicommerce.ledger import Account, Ledger, Movement, Supposed, record
from unicommerce.values import Unit

UNITS = (Unit("sku:MUG"), Unit("sku:CUP"))
EVERY = tuple(
    Account(*names)
    for names in product(("dc", "north"), ("sellable", "held"), ("", "r", "s"), ("", "l", "m"), ("", "o"))
)
MOVES = st.builds(
    Movement, st.integers(1, 5), st.sampled_from(UNITS), st.sampled_from(EVERY), st.sampled_from(EVERY)
).filter(lambda move: move.source != move.target)


def counts_in(part: Account, total: Account) -> bool:
    """Tell whether a posting to one account is counted in another: itself, the whole, or one dimension alone."""
    named = [dimension for dimension in ("ref", "lot", "owner") if getattr(total, dimension)]
    if part[:2] != total[:2] or len(named) > 1:
        return part == total
    return all(getattr(part, dimension) == getattr(total, dimension) for dimension in named)


def totals_are_sums(moves: list[Movement]) -> None:
    """Raise where any balance is not the sum of the movements that count in it."""
    ledger = Ledger()
    supposed = Supposed(Ledger(), [Happened(moves=tuple(moves))])
    for number, move in enumerate(moves):
        ledger.append(record(f"e{number}", (Happened(moves=(move,)),), now=number))
    for unit, total in product(UNITS, EVERY):
        changes = [(q, target) for q, own, _, target in moves if own == unit]
        changes += [(-q, source) for q, own, source, _ in moves if own == unit]
        expected = sum(change for change, part in changes if counts_in(part, total))
        assert ledger.balance(unit, [total]) == expected, (unit, total)
        assert supposed.balance(unit, [total]) == expected, (unit, total)
        parts = {part: sum(c for c, own in changes if own == part) for part in EVERY if part[:2] == total[:2]}
        kept = {part: held for part, held in parts.items() if held and any(part[2:])}
        if not any(total[2:]):
            assert dict(ledger.parts(unit, total)) == kept, (unit, total)
            assert dict(supposed.parts(unit, total)) == kept, (unit, total)
    check_parts_are_counted(ledger)


LAW = Law("totals equal the sum of their parts", st.lists(MOVES, max_size=12), totals_are_sums)


@given(LAW.cases)
def test_every_kept_total_is_the_sum_of_its_postings(moves: list[Movement]) -> None:
    """A node's total, a hold's remainder and a lot's pieces are plain sums, on record and supposed."""
    LAW.check(moves)
