"""Law: money parts sum to the whole, to the smallest unit, in any split and any order."""

from fractions import Fraction
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from tests.laws.world import Law, Program, World, make_order, programs
from unicommerce import values
from unicommerce.finance import Chart, chart_account, money, post
from unicommerce.fulfillment import place, shipped
from unicommerce.ledger import Accepted
from unicommerce.values import LARGEST, Money


class Share(NamedTuple):
    """An amount and the weights that it is split by."""

    amount: int
    weights: list[int]


SHARES = st.builds(
    Share,
    st.integers(-1000, 1000) | st.integers(-LARGEST, LARGEST),
    st.lists(st.integers(0, 9) | st.integers(0, LARGEST), min_size=1, max_size=12).filter(any),
)


def parts_sum(share: Share) -> None:
    """Raise where parts are not the whole, are off by a unit or more, or go to nobody."""
    parts = values.allocate(share.amount, share.weights)
    assert sum(parts) == share.amount
    assert len(parts) == len(share.weights)
    total = sum(share.weights)
    for part, weight in zip(parts, share.weights, strict=True):
        assert abs(part - Fraction(share.amount * weight, total)) < 1
        assert part == 0 or weight
    assert values.allocate(-share.amount, share.weights) == tuple(-part for part in parts)
    assert Money(share.amount, "EUR").allocate(share.weights) == tuple(Money(part, "EUR") for part in parts)
    for (one, light), (other, heavy) in zip(
        zip(parts, share.weights, strict=True), zip(parts[1:], share.weights[1:], strict=True), strict=False
    ):
        assert abs(one) >= abs(other) if light > heavy else abs(one) <= abs(other) or light == heavy


LAW = Law("money parts sum to the whole", SHARES, parts_sum)


@given(LAW.cases)
def test_parts_sum_to_the_whole_and_are_fair(share: Share) -> None:
    """Each part is its exact share rounded one way, a heavier weight gets no less, nothing goes to a weight of zero."""
    LAW.check(share)


@given(SHARES, st.integers(1, 11))
def test_a_split_of_a_split_is_still_the_whole(share: Share, cut: int) -> None:
    """Shares of shares, as of an order's discount over shipments and then over pieces, lose nothing."""
    parts = values.allocate(share.amount, share.weights)
    again = [part for whole in parts for part in values.allocate(whole, [1] * cut)]

    assert sum(again) == share.amount


def revenue_is_what_was_sold(program: Program) -> None:
    """Raise where the shipments of an order do not earn, together, exactly the price of the pieces that left."""
    world = World().run(program)
    order = make_order("x", pool="web", skus=("MUG", "CUP", "MUG"), at=world.now)
    if not isinstance(world.ask(place(order, {"1": 3, "2": 2, "3": 4})), Accepted):
        return
    left = {line.id: 0 for line in order.lines}
    for shipment in [shipment for shipment in world.shipments if shipment.order == "x"]:
        told = world.tell(shipped(shipment.id))
        world.ask(post(world.journal()[-1].entry))
        for event in told.events:
            for line, _, quantity in getattr(event, "lines", ()) if event.kind == "fulfillment.shipped" else ():
                left[line] += quantity
    earned = -world.ledger.balance(money("USD"), (chart_account(Chart.REVENUE, "x"),))
    assert earned == sum(pieces * order.line_by_id[line].price_minor for line, pieces in left.items())


REVENUE_LAW = Law("the shipments of an order earn its price", programs(most=20), revenue_is_what_was_sold)


@given(REVENUE_LAW.cases)
def test_the_shipments_of_an_order_earn_together_what_was_sold(program: Program) -> None:
    """However an order is split, its revenue is price times pieces."""
    REVENUE_LAW.check(program)
