"""Law: every candidate that a decision looked at gets exactly one reason, and the reasons agree with the plan."""

from hypothesis import given

from tests.laws.routes import Errand, errands, plan, usable
from tests.laws.world import HOME, Law, Program, World, make_order, programs
from unicommerce.fulfillment import place
from unicommerce.ledger import Accepted
from unicommerce.routing import RoutingCode

SHIPS = (RoutingCode.SHIPS_ALL, RoutingCode.SHIPS_PART)


def one_reason_each(errand: Errand) -> None:
    """Raise where a node has no reason or two, or one that the plan belies; or where the plan does not add up."""
    found = plan(errand)
    assert [reason.subject for reason in found.because] == [supply.node.id for supply in errand.supplies]
    shipping = {shipment.node: shipment for shipment in found.shipments}
    assert len(shipping) == len(found.shipments)
    total = sum(need.quantity for need in errand.needs)
    for supply, reason in zip(errand.supplies, found.because, strict=True):
        assert (reason.code in SHIPS) == (supply.node.id in shipping), reason
        if reason.code in SHIPS:
            pieces = sum(quantity for _, quantity in shipping[supply.node.id].items)
            assert (reason.found, reason.needed) == (pieces, total)
            assert (reason.code is RoutingCode.SHIPS_ALL) == (pieces == total)
            assert usable(supply)
            assert pieces <= (total if supply.capacity is None else supply.capacity)
            available = dict(zip([need.sku for need in errand.needs], supply.available, strict=True))
            assert all(0 < quantity <= available[sku] for sku, quantity in shipping[supply.node.id].items)
    for need in errand.needs:
        given = sum(q for shipment in found.shipments for sku, q in shipment.items if sku == need.sku)
        assert given + dict(found.unfilled).get(need.sku, 0) == need.quantity, need
    assert found.cost_minor == sum(shipment.cost_minor for shipment in found.shipments)
    assert found.destination.position == HOME


def one_reason_per_node_of_the_pool(program: Program) -> None:
    """Raise where an order that was routed does not say of each node of its pool why it ships or does not."""
    world = World().run(program)
    answer = world.ask(place(make_order("x", pool="web", skus=("MUG", "CUP"), at=world.now), {"1": 2, "2": 2}))
    if isinstance(answer, Accepted):
        said = [reason.subject for reason in answer.because if isinstance(reason.code, RoutingCode)]
        assert said == list(world.network.pool_by_id["web"].nodes)
        recorded = world.ledger.entry("order/x/placed")
        assert recorded is not None
        assert recorded.entry.because == answer.because


LAW = Law("one reason per candidate", errands() | errands(is_on_time=False), one_reason_each)
ORDER_LAW = Law("one reason per node of the pool", programs(most=20), one_reason_per_node_of_the_pool)


@given(LAW.cases)
def test_every_candidate_gets_one_reason_that_the_plan_bears_out(errand: Errand) -> None:
    """Who ships says how much, who does not says why, and pieces, capacity and costs add up."""
    LAW.check(errand)


@given(ORDER_LAW.cases)
def test_every_node_of_the_pool_is_spoken_of_and_the_entry_keeps_it(program: Program) -> None:
    """The reasons that the customer service reads weeks later are those that decided."""
    ORDER_LAW.check(program)
