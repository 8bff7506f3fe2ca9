"""A pick plan is complete, takes no more of a lot than there is, nothing unfit, and the first expired first out."""

from hypothesis import given
from hypothesis import strategies as st

from tests.laws.world import Law
from unicommerce.inventory import Lot, may_be_sold
from unicommerce.lots import LotPolicy, OwnersFirst, Stock, planning

DAY = 740_000
Case = tuple[list[Stock], int, int, LotPolicy]


@st.composite
def _stocks(draw: st.DrawFn) -> list[Stock]:
    there = []
    for number in range(draw(st.integers(0, 6))):
        expires = draw(st.none() | st.integers(DAY - 2, DAY + 6))
        recall = draw(st.sampled_from(["", "", "", "glass"]))
        lot = Lot(sku="S", id=f"L{number}", expires_on=expires, received_at=draw(st.integers(0, 3)), recalled=recall)
        there.append(Stock(lot.id, draw(st.sampled_from(["", "acme"])), draw(st.integers(1, 5)), lot))
    return there


CASES: st.SearchStrategy[Case] = st.tuples(
    _stocks(), st.integers(0, 20), st.integers(0, 4), st.builds(LotPolicy, owners=st.sampled_from(OwnersFirst))
)


def check_plan(case: Case) -> None:
    """Check totals, caps, fitness, completeness and order, each said in other words than the plan's own."""
    there, needed, life, policy = case
    plan = planning.pick_plan("S", there, needed, day=DAY, minimum_life_days=life, policy=policy)
    fit = [
        s
        for s in there
        if s.batch and not s.batch.recalled and (s.batch.expires_on is None or s.batch.expires_on >= DAY + life)
    ]
    cap = {(s.lot, s.owner): s for s in fit}

    assert sum(part.quantity for part in plan) == min(needed, sum(s.quantity for s in fit))
    assert len({part[2:4] for part in plan}) == len(plan)
    for part in plan:
        assert 0 < part.quantity <= cap[part.lot, part.owner].quantity
    taken = {part[2:4]: part.quantity for part in plan}
    left = [s for s in fit if taken.get((s.lot, s.owner), 0) < s.quantity]
    for stock in fit:
        for other in left:
            if _leaves_before(other, stock, policy):
                assert (stock.lot, stock.owner) not in taken, (other, stock)


def _leaves_before(one: Stock, other: Stock, policy: LotPolicy) -> bool:
    """Tell whether one stock must be empty before another is touched: owner, expiry, receipt, in this order."""
    if policy.owners is not OwnersFirst.EITHER and bool(one.owner) != bool(other.owner):
        return bool(one.owner) == (policy.owners is OwnersFirst.CONSIGNED)
    assert one.batch
    assert other.batch
    first, second = one.batch.expires_on, other.batch.expires_on
    if first != second:
        return second is None or (first is not None and first < second)
    return one.batch.received_at < other.batch.received_at


PLANS_ARE_RIGHT = Law("pick plans: totals, caps, order, completeness", CASES, check_plan)


@given(CASES)
def test_plans_are_right(case: Case) -> None:
    """Totals are equal, caps are kept, nothing unfit is taken, earlier lots leave first."""
    check_plan(case)


@given(_stocks().flatmap(lambda there: st.tuples(st.just(there), st.permutations(there))), st.integers(0, 20))
def test_the_order_of_offers_is_irrelevant(offers: tuple[list[Stock], list[Stock]], needed: int) -> None:
    """Who hands in the same lots in another order gets the same plan."""
    one, other = [planning.pick_plan("S", there, needed, day=DAY) for there in offers]
    assert one == other


@given(st.none() | st.integers(DAY - 3, DAY + 3), st.integers(0, 3))
def test_a_lot_that_lasts_longer_is_sold_no_less(expires: int | None, life: int) -> None:
    """Fit for a longer life is fit for a shorter; fit today was fit yesterday."""
    lot = Lot(sku="S", id="L", expires_on=expires)
    for day in range(DAY - 3, DAY + 4):
        if may_be_sold(lot, day, life):
            assert may_be_sold(lot, day - 1, life)
            assert life == 0 or may_be_sold(lot, day, life - 1)
