"""Placing, amending and canceling by example: what is taken, what is refused, and what is said of it."""

from collections.abc import Sequence

import attrs
import pytest

from tests.laws.world import LATER, NOW, World, make_order
from tests.values.bad import COUNTS, NAMES, PIECES, refused
from unicommerce.catalog import Catalog
from unicommerce.fulfillment import (
    Allocated,
    Deallocated,
    FulfillmentCode,
    FulfillmentPolicy,
    amend,
    cancel,
    capacity_used,
    node_day,
    picked,
    place,
)
from unicommerce.inventory import Claimed, InventoryCode, Released, goods, received, reserve, sellable
from unicommerce.ledger import Accepted, Account, Between, Decision, Reason, Refused, Supposed, explain
from unicommerce.orders import Amended, Canceled, OrderCode, Placed, line_unit, quantities_by_state
from unicommerce.routing import RoutingCode
from unicommerce.supply import BackorderPolicy, Short, SupplyCode, expected
from unicommerce.values import HOUR_MS


def ordering(quantity: int, *, pool: str = "web", stock: int = 4, skus: Sequence[str] = ("MUG",)) -> World:
    """Return a shop with an order, allocated as far as it goes."""
    world = World(stock=stock)
    order = make_order("o", pool=pool, skus=skus)
    world.ask(place(order, dict.fromkeys(order.line_by_id, quantity)))
    world.orders.append(order)
    return world


def states(world: World, line: str = "1") -> dict[str, int]:
    """Return where the pieces of a line stand."""
    return {state.value: held for state, held in quantities_by_state(world.ledger, line_unit("o", line)).items()}


def kinds(answer: Decision) -> list[type]:
    """Return what an answer puts on record."""
    assert isinstance(answer, Accepted)
    return [type(event) for event in answer.events]


def refusal(answer: Decision) -> tuple[Reason, ...]:
    """Return why the answer was no."""
    assert isinstance(answer, Refused)
    return answer.because


def test_an_order_is_placed_claimed_and_allocated_in_one_entry() -> None:
    """All of it or none: one line in the journal, and the customer is told at once who ships."""
    world = World(stock=4)
    before = len(world.journal())
    answer = world.ask(place(make_order("o", pool="club", skus=("MUG",)), {"1": 3}))

    assert kinds(answer) == [Placed, Claimed, Allocated]
    assert len(world.journal()) == before + 1
    assert states(world) == {"allocated": 3}
    assert world.ledger.balance(goods("MUG"), (sellable("pool:club"),)) == 0


def test_a_split_is_explained_node_by_node() -> None:
    """No node has six: two ship in part, and each of the others says why it does not."""
    answer = ordering(6, stock=4).asked[-1][1]
    assert isinstance(answer, Accepted)
    said = {reason.subject: reason.code for reason in answer.because}
    text = explain(answer)

    assert sorted(said) == ["booth", "dc", "north", "shut", "south"]
    assert sorted(said.values()).count(RoutingCode.SHIPS_PART) == 2
    assert said["shut"] is RoutingCode.CLOSED
    assert text.splitlines()[0] == "accepted"
    assert len(text.splitlines()) == 1 + 5
    assert all(f"{pieces} of 6" in text for pieces in (2, 4))


def test_a_refused_order_says_what_was_found_and_needed() -> None:
    """For each product that falls short, though others do not; nothing was recorded."""
    world = World(stock=2)
    before = world.ledger.snapshot()
    order = make_order("o", pool="club", skus=("MUG", "CUP", "MUG"))
    answer = world.ask(place(order, {"1": 3, "2": 1, "3": 2}))
    sentence = InventoryCode.SHORT.sentence.format(subject="pool:club", found=4, needed=5, unit="MUG")

    assert refusal(answer) == (Reason(InventoryCode.SHORT, "pool:club", 4, 5, "MUG"),)
    assert explain(answer) == f"refused\n  {sentence}"
    assert world.ledger.snapshot() == before


def test_an_order_at_an_unknown_pool_is_refused() -> None:
    """A channel may have been set up wrong."""
    answer = World().ask(place(make_order("o", pool="atlantis", skus=("MUG",)), {"1": 1}))

    assert refusal(answer) == (Reason(InventoryCode.UNKNOWN_PLACE, "pool:atlantis"),)


def test_an_order_is_placed_once() -> None:
    """The same request again is done already; an order of the same id that was recorded otherwise is refused."""
    world = ordering(1)
    order = make_order("o", pool="web", skus=("MUG",))
    request = place(order, {"1": 1})
    again = request._replace(id="another id")

    assert kinds(world.ask(request))[:2] == [Placed, Claimed]
    assert refusal(world.ask(again)) == (Reason(OrderCode.EXISTS, "o", 1),)


def test_what_no_node_can_ship_now_waits_with_its_claim() -> None:
    """The only node with stock is full for today: the order is taken, and says what waits."""
    world = World(stock=0)
    world.tell(received("r", node="booth", quantities={"MUG": 9}))
    answer = world.ask(place(make_order("o", pool="corner", skus=("MUG",)), {"1": 5}))
    assert isinstance(answer, Accepted)

    assert Reason(FulfillmentCode.WAITS, "MUG", 2) in answer.because
    assert states(world) == {"open": 2, "allocated": 3}
    assert world.ledger.balance(goods("MUG"), (sellable("pool:corner"),)) == -2


def test_an_order_that_waits_whole_is_taken_all_the_same() -> None:
    """Nobody can ship a piece today, and the claim stands at the pool."""
    world = World(stock=0)
    world.tell(received("r", node="booth", quantities={"MUG": 9}))
    world.ask(place(make_order("full", pool="corner", skus=("MUG",)), {"1": 3}))
    answer = world.ask(place(make_order("o", pool="corner", skus=("MUG",)), {"1": 1}))
    assert isinstance(answer, Accepted)

    assert kinds(answer) == [Placed, Claimed]
    assert RoutingCode.NO_CAPACITY in [reason.code for reason in answer.because]
    assert states(world) == {"open": 1}


def test_an_order_that_comes_too_late_says_by_how_much() -> None:
    """Express, placed four days ago: shipped all the same, and the customer is told."""
    world = World()
    order = make_order("o", pool="club", skus=("MUG",), at=NOW - 96 * HOUR_MS)
    answer = world.ask(place(attrs.evolve(order, service="express"), {"1": 1}))
    assert isinstance(answer, Accepted)

    assert Reason(FulfillmentCode.PAST_SERVICE_LEVEL, "o", 59) in answer.because
    assert states(world) == {"allocated": 1}


def test_an_order_for_later_is_claimed_and_nothing_more() -> None:
    """A retailer who routes in waves allocates when the wave comes."""
    world = World()
    answer = world.ask(place(make_order("o", pool="web", skus=("MUG",)), {"1": 1}, policy=LATER))

    assert kinds(answer) == [Placed, Claimed]
    assert states(world) == {"open": 1}


def test_less_is_taken_from_what_is_open_first_and_then_from_the_last_shipment() -> None:
    """Deallocated is the exact inverse of allocated, so the node's day is free again."""
    world = ordering(3, pool="corner", stock=4)
    shipment = world.shipments[0]
    answer = world.ask(amend("o", {"1": 1}, id="less"))
    used = world.ledger.balance(node_day(shipment.node, shipment.day), (capacity_used(shipment.node),))

    assert kinds(answer) == [Deallocated, Amended, Released]
    assert states(world) == {"allocated": 1}
    assert used == 1


def test_more_is_claimed_at_the_pool_and_waits_for_a_wave() -> None:
    """The pool must have it; the pieces are open until they are allocated."""
    world = ordering(1, stock=2)
    answer = world.ask(amend("o", {"1": 3}, id="more"))

    assert kinds(answer) == [Amended, Claimed]
    assert states(world) == {"open": 2, "allocated": 1}


def test_more_than_there_is_is_refused_with_what_could_be_had() -> None:
    """Nothing of the amendment is taken, the line that could be had neither."""
    world = ordering(1, pool="club", stock=2, skus=("MUG", "CUP"))
    answer = world.ask(amend("o", {"1": 9, "2": 2}, id="more"))

    assert refusal(answer) == (Reason(InventoryCode.SHORT, "pool:club", 3, 8, "MUG"),)
    assert states(world, "2") == {"allocated": 1}


def test_a_line_may_be_swapped_for_another_in_one_amendment() -> None:
    """What the one gives back the other may claim: the second half is decided on the state after the first."""
    world = World(stock=0)
    world.tell(received("r", node="north", quantities={"MUG": 2}))
    world.ask(place(make_order("o", pool="club", skus=("MUG", "MUG")), {"1": 2}))
    answer = world.ask(amend("o", {"1": 0, "2": 2}, id="swap"))

    assert isinstance(answer, Accepted)
    assert (states(world, "1"), states(world, "2")) == ({}, {"open": 2})


def test_what_is_picked_can_not_be_changed() -> None:
    """Found is what still can be, needed what was asked."""
    world = ordering(3)
    world.tell(picked("o/1", {"1": 2}))

    assert refusal(world.ask(amend("o", {"1": 0}, id="none"))) == (Reason(FulfillmentCode.TOO_LATE, "line:o/1", 1, 3),)
    assert refusal(world.ask(cancel("o", {"1": 2}, id="two"))) == (
        Reason(FulfillmentCode.TOO_LATE, "line:o/1", 1, 2),
        Reason(FulfillmentCode.IN_HAND, "line:o/1", 2),
    )


def test_canceling_an_order_cancels_what_is_not_picked() -> None:
    """The rest is under way; goods and claims of what was canceled are free again."""
    world = ordering(3)
    world.tell(picked("o/1", {"1": 1}))
    answer = world.ask(cancel("o", reason="changed my mind"))

    assert kinds(answer) == [Deallocated, Canceled, Released]
    assert states(world) == {"picked": 1, "canceled": 2}
    assert world.ledger.parts(goods("MUG"), Account("pool:web", "reserved")) == {}


def test_nothing_is_left_to_cancel_of_what_is_picked_or_canceled() -> None:
    """A second request of another id finds nothing open."""
    world = ordering(1)
    world.tell(picked("o/1", {"1": 1}))

    in_hand = Reason(FulfillmentCode.IN_HAND, "line:o/1", 1)
    assert refusal(world.ask(cancel("o"))) == (Reason(FulfillmentCode.NOTHING_OPEN, "o"), in_hand)


def test_unknown_orders_and_lines_are_refused() -> None:
    """By name, each line."""
    world = ordering(1)

    assert refusal(world.ask(cancel("x"))) == (Reason(OrderCode.UNKNOWN_ORDER, "x"),)
    assert refusal(world.ask(amend("x", {"1": 1}, id="a"))) == (Reason(OrderCode.UNKNOWN_ORDER, "x"),)
    assert refusal(world.ask(amend("o", {"8": 1, "9": 1}, id="a"))) == (
        Reason(OrderCode.UNKNOWN_LINE, "line:o/8"),
        Reason(OrderCode.UNKNOWN_LINE, "line:o/9"),
    )
    assert refusal(world.ask(cancel("o", {"9": 1}, id="c"))) == (Reason(OrderCode.UNKNOWN_LINE, "line:o/9"),)


@pytest.mark.parametrize("quantity", PIECES.values(), ids=PIECES)
def test_what_counts_no_pieces_is_refused_before_it_is_asked(quantity: int) -> None:
    """The line is named, whether or not there is such an order."""
    order = make_order("o", pool="web", skus=("MUG",))

    assert refused(lambda: place(order, {"1": quantity}))[0] == "quantity of 1"
    assert refused(lambda: cancel("o", {"1": quantity}, id="c"))[0] == "quantity of 1"


@pytest.mark.parametrize("quantity", COUNTS.values(), ids=COUNTS)
def test_a_line_is_amended_to_a_whole_number(quantity: int) -> None:
    """Zero takes the line back."""
    assert refused(lambda: amend("o", {"1": quantity}, id="a"))[0] == "quantity of 1"


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_what_names_no_line_is_refused_before_it_is_asked(name: str) -> None:
    """Also where the order is not on record."""
    assert refused(lambda: amend("o", {name: 1}, id="a")) == ("line", name)
    assert refused(lambda: cancel("o", {name: 1}, id="c")) == ("line", name)


def test_an_order_of_nothing_and_a_part_without_an_id_are_refused() -> None:
    """And so is a service level that the policy does not know."""
    order = make_order("o", pool="web", skus=("MUG",))
    unknown = attrs.evolve(order, service="yesterday")

    assert refused(lambda: place(order, {})) == ("quantities", {})
    assert refused(lambda: cancel("o", {"1": 1})) == ("id", "")
    assert refused(lambda: place(unknown, {"1": 1})) == ("service", "yesterday")


def test_a_node_that_closed_ships_what_it_has_and_gets_no_more() -> None:
    """Closing is a revision of the network; the next order goes elsewhere or is refused."""
    world = ordering(1, pool="club", stock=1)
    (north, south) = [world.network.node_by_id[id] for id in ("north", "south")]
    closed = [type(node)(id=node.id, position=node.position, is_open=False, rank=node.rank) for node in (north, south)]
    others = [node for node in world.network.nodes if node not in (north, south)]
    network = type(world.network)(revision=2, nodes=(*others, *closed), pools=world.network.pools)
    world.shop.revise(Catalog(network=network, products=world.shop.catalog.products), now=NOW)
    world.tell(picked("o/1", {"1": 1}))

    assert states(world) == {"picked": 1}
    assert refusal(world.ask(reserve("c", place="pool:club", quantities={"MUG": 1}))) == (
        Reason(InventoryCode.SHORT, "pool:club", 0, 1, "MUG"),
    )


def test_more_is_taken_by_the_policy_that_orders_are_placed_by() -> None:
    """Four are there and two expected: of three more one is claimed, two wait; beyond the most that may wait, none."""
    world = ordering(3, pool="club", stock=2)
    world.tell(expected("i", node="north", quantities={"MUG": 3}, expected_at=NOW + 1, version=1))
    ahead = FulfillmentPolicy(backorders=BackorderPolicy(when_short=Short.BACKORDER, most=2))

    assert isinstance(world.ask(amend("o", {"1": 6}, id="more", policy=ahead)), Accepted)
    assert states(world) == {"open": 1, "backordered": 2, "allocated": 3}
    answer = refusal(world.ask(amend("o", {"1": 7}, id="again", policy=ahead)))
    assert answer == (Reason(SupplyCode.SHORT, "pool:club", 0, 1, "MUG"),)


def test_of_two_who_amend_at_once_the_second_sees_the_first() -> None:
    """Both want five of three: it is five in the end, and not seven."""
    world = ordering(3, pool="club", stock=9)
    request = amend("o", {"1": 5}, id="a")
    late = request.decide(world.ledger, world.shop.catalog, NOW)
    world.ask(amend("o", {"1": 5}, id="b"))

    assert isinstance(late, Accepted)
    after = Supposed(world.ledger, late.events)
    between = [guard for guard in late.guards if isinstance(guard, Between)]
    assert not all(guard.admits(after.balance(guard.unit, guard.accounts)) for guard in between)
