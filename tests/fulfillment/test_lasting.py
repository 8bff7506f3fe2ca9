"""Orders of channels whose lots must last, by example: given to nodes in the entry that takes them, refused or cut."""

from collections.abc import Mapping

import attrs
import pytest
from hypothesis import given as given_by
from hypothesis import strategies as st

from tests.laws.invariants import check_lines_add_up, check_open_lines_have_claims
from tests.laws.world import AHEAD, IN_PART, LATER, World, make_order
from tests.lots.shop import CATALOG, DAY, TODAY
from unicommerce.catalog import Catalog, Component, Product
from unicommerce.fulfillment import (
    Allocated,
    FulfillmentCode,
    FulfillmentPolicy,
    allocate,
    amend,
    picked,
    place,
    release_hold,
)
from unicommerce.inventory import InventoryCode, LotPieces, hold, received, reserve
from unicommerce.ledger import Accepted, Decision, Reason, Refused
from unicommerce.lots import BatchReceived, claim_lots, received_lots
from unicommerce.orders import LineState, line_unit, quantities_by_state
from unicommerce.supply import SupplyCode, expected, landed, redate

LINE = line_unit("o", "1")
MILK = make_order("o", pool="web", skus=("MILK",))
ORDER = attrs.evolve(MILK, channel="long")


def stocked(*, catalog: Catalog = CATALOG, **lots: Mapping[int, int]) -> World:
    """Return a shop with pieces of milk at its nodes: by node, how many last for how many days."""
    world = World(catalog, stock=0)
    for node, some in lots.items():
        batches = [BatchReceived("MILK", pieces, f"L{days}", TODAY + days) for days, pieces in some.items()]
        world.tell(received_lots(f"r {node}", node=node, batches=batches))
    return world


def ordered(world: World, quantity: int, policy: FulfillmentPolicy = FulfillmentPolicy()) -> Decision:
    """Ask for milk that lasts five days."""
    return world.ask(place(ORDER, {"1": quantity}, policy=policy))


def given(answer: Decision) -> list[tuple[str, int]]:
    """Return which node was given how many pieces."""
    assert isinstance(answer, Accepted)
    return [
        (event.shipment.node, quantity)
        for event in answer.events
        if isinstance(event, Allocated)
        for _, _, quantity in event.lines
    ]


def said(answer: Decision) -> list[tuple[object, ...]]:
    """Return the codes that were said of the line, with what was found and needed."""
    return [(each.code, each.found, each.needed) for each in answer.because if each.subject == LINE]


@pytest.mark.parametrize("policy", [FulfillmentPolicy(), LATER], ids=["at once", "later"])
def test_what_must_last_is_given_to_nodes_whose_lots_do_whenever_others_are(policy: FulfillmentPolicy) -> None:
    """The nearest node has short lots only: nothing of it is taken, and nothing is left for a wave."""
    world = stocked(dc={1: 9, 9: 1}, far={9: 2})

    assert sorted(given(ordered(world, 3, policy))) == [("dc", 1), ("far", 2)]
    assert quantities_by_state(world.ledger, LINE) == {LineState.ALLOCATED: 3}


@pytest.mark.parametrize("policy", [FulfillmentPolicy(), AHEAD], ids=["refuse", "backorder"])
def test_what_no_node_has_is_refused_with_what_could_be_had(policy: FulfillmentPolicy) -> None:
    """It does not wait either: nobody knows of which lot what is expected will be."""
    world = stocked(dc={1: 9, 9: 1}, far={9: 1})
    world.tell(expected("po", node="dc", quantities={"MILK": 9}, expected_at=world.now + DAY))
    answer = ordered(world, 3, policy)

    assert isinstance(answer, Refused)
    assert said(answer) == [(SupplyCode.LASTING, 2, 3)]
    assert ordered(stocked(dc={9: 1}), 3, policy).because == (
        Reason(InventoryCode.SHORT, "pool:web", 1, 3, "MILK"),
        Reason(SupplyCode.LASTING, LINE, 1, 3, "MILK"),
    )


def test_what_no_node_has_is_cut_where_the_policy_takes_a_part() -> None:
    """The rest is canceled, and named."""
    world = stocked(dc={1: 9, 9: 1}, far={9: 1})
    answer = ordered(world, 3, IN_PART)

    assert said(answer) == [(SupplyCode.LASTING, 2, 3)]
    assert quantities_by_state(world.ledger, LINE) == {LineState.ALLOCATED: 2, LineState.CANCELED: 1}
    assert isinstance(ordered(stocked(dc={1: 9}), 3, IN_PART), Refused)


def test_what_need_not_last_may_wait_beside_it() -> None:
    """Under one order, mugs are claimed at an inbound and the milk is given to a node."""
    world = stocked(dc={9: 1})
    world.tell(expected("po", node="dc", quantities={"MUG": 2}, expected_at=world.now + DAY))
    order = attrs.evolve(make_order("o", pool="web", skus=("MILK", "MUG")), channel="long")
    answer = world.ask(place(order, {"1": 1, "2": 2}, policy=AHEAD))

    assert isinstance(answer, Accepted)
    assert quantities_by_state(world.ledger, LINE) == {LineState.ALLOCATED: 1}
    assert quantities_by_state(world.ledger, line_unit("o", "2")) == {LineState.BACKORDERED: 2}


def test_more_of_a_line_must_last_from_the_day_on_which_it_is_asked_for() -> None:
    """What lasted long enough yesterday does not today; what was given yesterday stays."""
    world = stocked(dc={5: 3, 6: 1})
    assert given(ordered(world, 2)) == [("dc", 2)]
    world.now += DAY

    answer = world.ask(amend("o", {"1": 3}, id="more"))
    assert isinstance(answer, Refused)
    assert said(answer) == [(SupplyCode.LASTING, 0, 1)]
    world.tell(received_lots("r", node="dc", batches=[BatchReceived("MILK", 3, "L9", TODAY + 9)]))
    assert given(world.ask(amend("o", {"1": 3}, id="again"))) == [("dc", 1)]


def test_what_a_node_can_not_find_is_given_again_only_where_lots_last() -> None:
    """It stays a claim at the pool, and waits for what lasts from the day on which it is given again."""
    world = stocked(dc={9: 1}, far={1: 9})
    assert given(ordered(world, 1)) == [("dc", 1)]
    world.tell(picked("o/1", {}, short={"1": 1}))
    answer = world.ask(allocate("o", id="wave"))

    assert isinstance(answer, Refused)
    assert Reason(FulfillmentCode.WAITS, "MILK", 1) in answer.because
    assert quantities_by_state(world.ledger, LINE) == {LineState.OPEN: 1}

    world.tell(received_lots("r", node="far", batches=[BatchReceived("MILK", 1, "L9", TODAY + 9)]))
    assert given(world.ask(allocate("o", id="second wave"))) == [("far", 1)]
    assert isinstance(world.ask(claim_lots("n", node="far", lots=[LotPieces("MILK", 1, "L9")])), Refused)


def waited() -> World:
    """Return a shop with short lots, and an order that waited for milk before its channel asked for a life."""
    world = stocked(catalog=attrs.evolve(CATALOG, channels=(attrs.evolve(CATALOG.channels[0], minimum_life_days=0),)))
    world.tell(expected("po", node="dc", quantities={"MILK": 1}, expected_at=world.now + DAY))
    assert isinstance(ordered(world, 1, AHEAD), Accepted)
    world.shop.revise(CATALOG, now=world.now)
    world.tell(received_lots("r", node="dc", batches=[BatchReceived("MILK", 1, "L1", TODAY + 1)]))
    return world


def test_a_line_that_waits_is_not_moved_to_lots_that_do_not_last() -> None:
    """What does not come any more is not claimed at the pool, where nobody knows which lot it would be."""
    world = waited()
    world.tell(expected("po", node="dc", quantities={"MILK": 1}, expected_at=world.now, version=2, is_closed=True))
    answer = world.ask(redate("po", 2))

    assert said(answer) == [(SupplyCode.UNMET, 1, 1)]
    assert quantities_by_state(world.ledger, LINE) == {LineState.BACKORDERED: 1}


def test_what_lands_for_a_line_is_open_until_a_node_can_give_it() -> None:
    """It lands of no lot, which nobody can say does not last; of a short lot it would not be given."""
    world = waited()
    world.tell(landed("l", inbound="po", node="dc", quantities={"MILK": 1}))

    assert quantities_by_state(world.ledger, LINE) == {LineState.OPEN: 1}
    assert given(world.ask(allocate("o", id="wave"))) == [("dc", 1)]


def test_a_kit_with_milk_that_must_last_is_whole_where_the_milk_lasts() -> None:
    """Kits that may not part go by what lasts; those that may part are allocated as far as they must last."""
    kit = Product(sku="BREAKFAST", components=(Component("MILK", 1), Component("MUG", 1)))
    catalog = attrs.evolve(CATALOG, products=(*CATALOG.products, kit))
    order = attrs.evolve(make_order("o", pool="web", skus=("BREAKFAST",)), channel="long")
    for parting, refused in ((False, SupplyCode.WHOLE), (True, SupplyCode.LASTING)):
        world = stocked(catalog=catalog, dc={1: 9}, far={9: 1})
        world.tell(received_lots("m", node="dc", batches=[BatchReceived("MUG", 1)]))
        policy = FulfillmentPolicy(kits_may_part=parting)

        assert isinstance(world.ask(place(order, {"1": 1}, policy=policy)), Accepted) is parting
        world = stocked(catalog=catalog, dc={1: 9})
        world.tell(received_lots("m", node="dc", batches=[BatchReceived("MUG", 1)]))
        assert refused in {each.code for each in world.ask(place(order, {"1": 1}, policy=policy)).because}


def test_a_basket_at_a_node_is_drawn_on() -> None:
    """What was held of lots that last goes to the order; a claim at the pool alone is still refused."""
    world = stocked(dc={1: 9, 9: 2})
    assert isinstance(world.ask(reserve("c", place="pool:web", quantities={"MILK": 1}, channel="long")), Refused)
    assert isinstance(world.ask(hold("b", place="dc", quantities={"MILK": 2}, channel="long")), Accepted)
    assert isinstance(ordered(world, 1), Refused)

    answer = world.ask(place(attrs.evolve(ORDER, basket="b"), {"1": 2}))
    assert given(answer) == [("dc", 2)]
    assert isinstance(world.ask(place(attrs.evolve(MILK, id="any"), {"1": 9})), Accepted)


def test_orders_of_other_channels_say_nothing_of_lives() -> None:
    """They take any lot that may be sold."""
    answer = stocked(dc={1: 9}).ask(place(MILK, {"1": 1}))

    assert isinstance(answer, Accepted)
    assert [event.lives for event in answer.events if isinstance(event, Allocated)] == [()]


# On hold


@given_by(
    lots=st.fixed_dictionaries(
        {node: st.dictionaries(st.sampled_from((1, 4, 5, 9)), st.integers(1, 3), max_size=3) for node in ("dc", "far")}
    ),
    pieces=st.fixed_dictionaries({"1": st.integers(1, 5)}, optional={"2": st.integers(1, 2)}),
    policy=st.sampled_from((FulfillmentPolicy(), LATER, IN_PART, AHEAD)),
)
def test_what_must_last_is_held_where_it_would_have_been_taken_and_is_given_when_it_is_released(
    lots: dict[str, dict[int, int]], pieces: dict[str, int], policy: FulfillmentPolicy
) -> None:
    """Held, it is pending, and no node knows of it; released at once it is given as much as without a hold."""
    order = attrs.evolve(make_order("o", pool="web", skus=("MILK", "MUG")), channel="long")
    held, free = [stocked(catalog=CATALOG, dc=lots["dc"], far=lots["far"]) for _ in range(2)]
    for world in (held, free):
        world.tell(received("mugs", node="dc", quantities={"MUG": 1}))
        world.orders.append(order)
    answer = held.ask(place(order, pieces, holds=("payment",), policy=policy))
    as_ever = free.ask(place(order, pieces, policy=policy))

    assert isinstance(answer, Accepted) == isinstance(as_ever, Accepted)
    assert LineState.ALLOCATED not in quantities_by_state(held.ledger, LINE)
    check_lines_add_up(held)
    check_open_lines_have_claims(held)
    held.ask(release_hold("o", "payment", policy=policy))
    assert quantities_by_state(held.ledger, LINE) == quantities_by_state(free.ledger, LINE)
    check_open_lines_have_claims(held)


def test_what_no_longer_lasts_once_it_is_released_waits_as_what_was_given_back() -> None:
    """Nobody keeps lots for what is held: it says why, and is given once there are some again."""
    world = stocked(dc={5: 2})
    world.ask(place(ORDER, {"1": 2}, holds=("payment",)))
    world.now += DAY
    answer = world.ask(release_hold("o", "payment"))
    waits = quantities_by_state(world.ledger, LINE)
    world.tell(received_lots("r more", node="far", batches=[BatchReceived("MILK", 2, "L9", TODAY + 9)]))
    world.ask(allocate("o", id="again"))

    assert isinstance(answer, Accepted)
    assert waits == {LineState.OPEN: 2}
    assert FulfillmentCode.WAITS in [reason.code for reason in answer.because]
    assert quantities_by_state(world.ledger, LINE) == {LineState.ALLOCATED: 2}
