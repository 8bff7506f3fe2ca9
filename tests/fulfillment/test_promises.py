"""What an order's shipments promise; and where a promise is another than before, the customer is told why."""

import attrs
from hypothesis import given, settings

from tests.fulfillment.test_decisions import ordering
from tests.laws.world import NOW, Program, World, make_order, programs
from unicommerce.catalog import moment_text
from unicommerce.fulfillment import (
    OrderPromise,
    PromisedShipment,
    Shipment,
    allocate,
    amend,
    delivered,
    picked,
    place,
    promises,
    shipment_key,
    shipped,
)
from unicommerce.fulfillment.allocating.promises import moved
from unicommerce.inventory import received
from unicommerce.ledger import Accepted, Reason
from unicommerce.orders import LineState
from unicommerce.routing import PromiseCode
from unicommerce.values import DAY_MS

MOVES = ("place", "place_later", "allocate", "amend", "cancel_part", "pick", "pick_short", "ship", "wait")


def promised(world: World) -> OrderPromise:
    """Return what the order is promised."""
    found = world.shop.see(promises("o"))
    assert found is not None
    return found


def test_a_shipment_keeps_its_promise_moment_by_moment() -> None:
    """By the clock of the node until it leaves, and by that of the customer's zone when it arrives."""
    world = World()
    order = attrs.evolve(make_order("o", pool="club", skus=("MUG",)), zone="America/New_York")
    world.ask(place(order, {"1": 1}))
    (each,) = promised(world).shipments

    assert each == PromisedShipment(world.shipments[0], {"1": 1}, None)
    assert each.shipment.promise is not None
    assert each.shipment.cost_minor == 450 + 250 + 60 + 21  # a parcel, its handling, a pick, and 350 g at 60 a kilogram
    assert moment_text(each.shipment.deliver_by, order.zone) == "2026-11-24T20:00:00-05:00"
    assert each.shipment.promise.latest == each.shipment.deliver_by == promised(world).deliver_by


def test_another_node_is_said_with_the_promise_that_it_stands_in_for() -> None:
    """In the answer of `allocate`, and as long as the pieces are to come."""
    world = ordering(2, pool="club", stock=4)
    world.now += DAY_MS
    world.tell(picked("o/1", {"1": 1}, short={"1": 1}))
    assert promised(world).deliver_by is None
    assert promised(world).waiting == {"1": 1}
    answer = world.ask(allocate("o", id="again"))
    assert isinstance(answer, Accepted)

    why = Reason(PromiseCode.NODE, "south", "north", "south", "+1440 min")
    first, second = promised(world).shipments
    assert answer.because[-1] == why
    assert (first.because, second.because) == (None, why)
    assert (second.shipment.instead_of, second.shipment.lines) == ("o/1", ("1",))
    assert (dict(first.pieces), dict(second.pieces)) == ({"1": 1}, {"1": 1})


def test_what_is_ordered_beside_it_stands_in_for_nothing() -> None:
    """More pieces of a line are a promise of their own while the first are still to be picked."""
    world = ordering(1, pool="club", stock=4)
    world.ask(amend("o", {"1": 2}, id="more"))
    answer = world.ask(allocate("o", id="again"))
    assert isinstance(answer, Accepted)

    assert [each.because for each in promised(world).shipments] == [None, None]
    assert not [reason for reason in answer.because if isinstance(reason.code, PromiseCode)]


def test_each_line_is_compared_with_its_own_promise() -> None:
    """Of two shipments the one that fell short is replaced, not the last one."""
    world = World(stock=4)
    world.orders = [make_order("o", pool="club", skus=("MUG", "CUP"))]
    world.ask(place(world.orders[0], {"1": 4, "2": 5}))
    first = world.shipments[0]
    world.tell(picked(first.id, {}, short=world.standing(first, LineState.ALLOCATED)))
    world.tell(received("more", node="south", quantities={"MUG": 9, "CUP": 9}))
    world.ask(allocate("o", id="again"))

    assert [each.id for each in world.shipments] == ["o/1", "o/2", "o/3"]
    assert [each.instead_of for each in world.shipments] == ["", "", "o/1"]


def test_a_promise_that_is_broken_twice_is_compared_with_the_last_one() -> None:
    """Not with the first: the customer was told of the second meanwhile."""
    world = ordering(1, pool="web", stock=4)
    for id in ("o/1", "o/2"):
        world.tell(picked(id, {}, short={"1": 1}))
        world.ask(allocate("o", id=f"after {id}"))

    assert [each.instead_of for each in world.shipments] == ["", "o/1", "o/2"]


def test_what_has_arrived_is_promised_no_more() -> None:
    """Nothing is to come, so there is no date; and of an order that nobody knows there is nothing to say."""
    world = ordering(1, pool="club")
    world.tell(picked("o/1", {"1": 1}))
    world.tell(shipped("o/1"))
    assert promised(world).deliver_by is not None
    world.tell(delivered("o/1"))

    assert promised(world) == OrderPromise((), {})
    assert promised(world).deliver_by is None
    assert world.shop.see(promises("x")) is None


def test_of_a_promise_that_kept_no_moments_nothing_is_said() -> None:
    """A shipment of an older journal says by when, and no more."""
    world = ordering(1, pool="club")
    old = Shipment(id="o/1", order="o", node="north", day=1, deliver_by=NOW)
    new = attrs.evolve(world.shipments[0], instead_of="o/1")

    assert old.promise is None
    assert moved(world.ledger, [attrs.evolve(old, instead_of="o/1"), attrs.evolve(new, instead_of="o/9")]) == ()


@settings(max_examples=40)
@given(program=programs(MOVES))
def test_a_promise_stands_in_for_an_earlier_one_of_its_lines(program: Program) -> None:
    """Of the same order, with a line of its own; and all that is to come is promised or waits."""
    world = World(stock=9).run(program)
    for order in world.orders:
        found = world.shop.see(promises(order.id))
        assert found is not None
        for shipment in [each.shipment for each in found.shipments]:
            before = world.ledger.document(shipment_key(shipment.instead_of)) if shipment.instead_of else None
            assert (before is None) == (shipment.instead_of == "")
            assert before is None or (before.order == order.id and len(before.id) <= len(shipment.id))
            assert before is None or {*before.lines} & {*shipment.lines}
