"""An order that waits in several parcels is collected at once, with one code; what is still to come is not."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fulfillment.pickups import ordering, stocked, to_collect
from tests.fulfillment.test_pickups import check
from tests.laws.world import World
from tests.values.bad import refused
from unicommerce.fulfillment import (
    Collected,
    FulfillmentCode,
    cancel,
    collect,
    collect_order,
    notified,
    ready,
)
from unicommerce.ledger import Accepted, LedgerCode
from unicommerce.orders import LineState, OrderCode


def parcels() -> World:
    """Return a shop whose order is collected at `north`, which has one mug itself and is sent the others and cups."""
    world = stocked(north={"MUG": 1}, dc={"MUG": 2}, south={"CUP": 2})
    return ordering(world, to_collect(skus=("MUG", "CUP")), MUG=3, CUP=2)


def where(world: World) -> dict[str, dict[str, int]]:
    """Return what of each shipment waits, and what was collected."""
    return {
        shipment.id: {
            state.value: sum(world.standing(shipment, state).values())
            for state in (LineState.READY, LineState.COLLECTED)
        }
        for shipment in world.shipments
    }


@settings(max_examples=30)
@given(
    waits=st.lists(st.sampled_from(("not yet", "in part", "all")), min_size=3, max_size=3),
    told=st.lists(st.booleans(), min_size=3, max_size=3),
    code=st.sampled_from(("0", "1", "2", "9")),
)
def test_all_that_waits_is_handed_over_to_whoever_has_the_code_of_one_parcel(
    waits: list[str], told: list[bool], code: str
) -> None:
    """As if each was collected by itself, once the code is one of those that wait; else nothing is."""
    world, alone = parcels(), parcels()
    for number, (shipment, how) in enumerate(zip(world.shipments, waits, strict=False)):
        some = dict.fromkeys(shipment.lines[:1], 1) if how == "in part" else None
        for shop in (world, alone):
            if how != "not yet":
                shop.tell(ready(shipment.id, some))
            if told[number]:
                shop.tell(notified(shipment.id, "sms", code=str(number)))
    before = where(world)
    waiting = [id for id, held in before.items() if held["ready"]]
    known = [str(n) for n, s in enumerate(world.shipments) if s.id in waiting and told[n]]
    answer = world.ask(collect_order("o", at="north", by="customer", checked_by="code", code=code))
    for shipment in alone.shipments:
        alone.ask(collect(shipment.id, by="customer", checked_by="id"))

    assert isinstance(answer, Accepted) == (code in known)
    assert where(world) == (where(alone) if code in known else before)
    if isinstance(answer, Accepted):
        assert [event.shipment for event in answer.events if isinstance(event, Collected)] == waiting
    check(world)


def test_asked_again_it_is_a_repeat_and_what_comes_later_has_a_part_of_its_own() -> None:
    """Nobody is handed over twice what was there once."""
    world = parcels()
    first, *others = world.shipments
    world.tell(ready(first.id))
    once = collect_order("o", at="north", by="customer", checked_by="id")
    later = collect_order("o", at="north", by="customer", checked_by="id", part="later")
    world.ask(once)
    for shipment in others:
        world.tell(ready(shipment.id))

    assert [reason.code for reason in world.ask(once).because] == [LedgerCode.ALREADY_DONE]
    assert isinstance(world.ask(later), Accepted)
    assert {held["ready"] for held in where(world).values()} == {0}
    assert sum([held["collected"] for held in where(world).values()]) == 5


def test_where_nothing_waits_nothing_is_handed_over() -> None:
    """Not at another counter, not of an order that nobody knows, not by a check that is none, not once canceled."""
    world = parcels()
    world.tell(ready(world.shipments[0].id))

    def said(order: str = "o", at: str = "north", checked_by: str = "id") -> list[object]:
        answer = world.ask(collect_order(order, at=at, by="c", checked_by=checked_by, part=world.next_id("p")))
        return [reason.code for reason in answer.because]

    assert said(at="south") == [FulfillmentCode.NOT_READY]
    assert said(order="nobody") == [OrderCode.UNKNOWN_ORDER]
    assert said(checked_by="a look") == [FulfillmentCode.NOT_CHECKED]
    world.ask(cancel("o", reshelves=True))
    assert said() == [FulfillmentCode.NOT_READY]


def test_what_names_no_counter_is_refused() -> None:
    """By its field."""
    assert refused(lambda: collect_order("o", at="", by="c", checked_by="id")) == ("at", "")
