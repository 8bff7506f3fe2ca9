"""An order has the pieces that its basket named: from placing through its node to the pick, and no longer than that."""

from collections.abc import Coroutine

import attrs
import pytest

from tests.laws.invariants import check_conservation, check_open_lines_have_claims, check_parts_are_counted
from tests.laws.world import HOME, NOW, Waiting, World, interleave, make_order
from tests.lots.shop import CATALOG, TODAY, shop
from unicommerce.catalog import Component, Network, Node, Pool, Product
from unicommerce.commerce import AsyncCommerce
from unicommerce.fulfillment import (
    FulfillmentCode,
    FulfillmentPolicy,
    LinePieces,
    allocate,
    amend,
    cancel,
    delivered,
    picked,
    place,
    shipped,
)
from unicommerce.inventory import InventoryCode, LotPieces, adjusted, confirm, goods, received
from unicommerce.ledger import Accepted, Account, Refused
from unicommerce.lots import BatchReceived, LotCode, claim_lots, hold_lots, recalled, received_lots, trace
from unicommerce.orders import OrderCode, OrderLine
from unicommerce.relief import relieve
from unicommerce.values import MINUTE_MS

LATER = FulfillmentPolicy(allocates_at_once=False)
S2 = LotPieces("PHONE", 1, "S2")


def phones(*serials: str, node: str = "dc", world: World | None = None) -> World:
    """Return a shop with phones."""
    world = world or shop()
    batches = [BatchReceived("PHONE", 1, serial) for serial in serials]
    world.tell(received_lots(world.next_id("p"), node=node, batches=batches))
    return world


def ordered(world: World, *serials: str, pieces: int = 0, policy: FulfillmentPolicy = FulfillmentPolicy()) -> object:
    """Order what a basket names, and as many more as are wanted."""
    lots = [LotPieces("PHONE", 1, serial) for serial in serials]
    assert isinstance(world.ask(hold_lots("b", node="dc", lots=lots)), Accepted)
    order = attrs.evolve(make_order("o", pool="web", skus=("PHONE",), at=world.now), basket="b")
    world.orders.append(order)
    return world.ask(place(order, {"1": pieces or len(serials)}, policy=policy))


def names(world: World, state: str = "reserved") -> set[str]:
    """Return the serials that stand at the node in a state for the order."""
    ref = "line:o/1" if state == "reserved" else ""
    parts = world.ledger.parts(goods("PHONE"), Account("dc", state))
    return {part.lot for part, held in parts.items() if part.lot and held and part.ref == ref}


def sound(world: World) -> None:
    """Raise where a line has no claim, or a total is not its parts; a claim without a name is not below zero."""
    check_conservation(world.ledger)
    check_parts_are_counted(world.ledger)
    check_open_lines_have_claims(world)
    for node in ("dc", "far"):
        parts = world.ledger.parts(goods("PHONE"), Account(node, "reserved"))
        assert all(held >= 0 for held in parts.values()), parts


@pytest.mark.parametrize("policy", [FulfillmentPolicy(), LATER])
def test_an_order_has_the_serial_of_its_basket_until_it_is_picked(policy: FulfillmentPolicy) -> None:
    """It goes to the node that has it at once, nobody else is given it, and the pick needs not say which it was."""
    world = phones("S1", "S2", "S3")
    assert isinstance(ordered(world, "S2", policy=policy), Accepted)
    sound(world)
    assert names(world) == {"S2"}
    answer = world.ask(claim_lots("other", node="dc", lots=[S2]))
    assert [reason.code for reason in answer.because] == [LotCode.SHORT]

    assert world.tell(picked("o/1", {"1": 1})).because == ()
    assert names(world) == {"S2"}
    world.tell(delivered("o/1"))
    sound(world)

    assert world.shop.see(trace("PHONE", "S2")).with_customers == (("o/1", 1),)


def test_what_is_ordered_beside_the_names_is_of_any_lot() -> None:
    """Pieces beyond the basket are allocated as ever, in the same parcel where its node has them."""
    world = phones("S1", "S2", "S3")
    ordered(world, "S2", pieces=2)
    assert [shipment.id for shipment in world.shipments] == ["o/1"]
    assert names(world) == {"S2"}

    world.tell(picked("o/1", {"1": 2}))
    sound(world)
    assert names(world) == {"S1", "S2"}


def test_where_routing_would_go_elsewhere_the_named_piece_goes_from_its_node() -> None:
    """The nearest node has a phone, and not this one."""
    away = Node(id="dc", position=HOME._replace(lat_udeg=HOME.lat_udeg + 2_000_000))
    near = Node(id="far", position=HOME)
    network = Network(nodes=(away, near), pools=(Pool(id="web", nodes=("dc", "far")),))
    world = phones("S2", world=World(attrs.evolve(CATALOG, network=network), stock=0))
    phones("S1", node="far", world=world)
    ordered(world, "S2", pieces=2)

    assert {shipment.node for shipment in world.shipments} == {"dc", "far"}
    assert names(world) == {"S2"}


def test_what_is_canceled_or_amended_goes_without_a_name_first_and_by_the_last_name_then() -> None:
    """A piece that is given back is on its shelf again under its name."""
    world = phones("S1", "S2", "S3")
    ordered(world, "S1", "S2", pieces=3)
    world.ask(cancel("o", {"1": 1}, id="c"))
    sound(world)
    assert names(world) == {"S1", "S2"}

    world.ask(amend("o", {"1": 2}, id="a"))  # of which one is canceled
    sound(world)
    assert (names(world), names(world, "sellable")) == ({"S1"}, {"S2", "S3"})

    world.ask(cancel("o"))
    sound(world)
    assert (names(world), names(world, "sellable")) == (set(), {"S1", "S2", "S3"})


def test_who_cancels_may_say_which() -> None:
    """The first name goes, and neither the piece without one nor the last; what the order has not is refused."""
    world = phones("S1", "S2", "S3")
    ordered(world, "S1", "S2", pieces=3)
    for wrong, code in (
        (LinePieces("1", "", 1, "S3"), FulfillmentCode.TOO_LATE),
        (LinePieces("1", "", 2, "S1"), FulfillmentCode.TOO_LATE),
        (LinePieces("9", "", 1, "S1"), OrderCode.UNKNOWN_LINE),
    ):
        answer = world.ask(cancel("o", {"1": 1}, lots=[wrong], id=f"{wrong}"))
        assert isinstance(answer, Refused)
        assert [reason.code for reason in answer.because] == [code]
    both = [LinePieces("1", "", 1, "S1"), LinePieces("1", "", 1, "S2")]
    assert isinstance(world.ask(cancel("o", {"1": 1}, lots=both, id="both")), Refused)

    assert isinstance(world.ask(cancel("o", {"1": 1}, lots=[LinePieces("1", "", 1, "S1")], id="c")), Accepted)
    sound(world)
    assert (names(world), names(world, "sellable")) == ({"S2"}, {"S1", "S3"})
    assert isinstance(world.ask(cancel("o", {"1": 1}, lots=[LinePieces("1", "", 1, "S1")], id="again")), Refused)


def test_who_cancels_a_name_beside_open_pieces_has_the_name_canceled() -> None:
    """More was ordered and waits; the name goes all the same, from its shipment."""
    world = phones("S1", "S2")
    ordered(world, "S1")
    world.ask(amend("o", {"1": 2}, id="a"))
    world.ask(cancel("o", {"1": 1}, lots=[LinePieces("1", "", 1, "S1")], id="c"))
    sound(world)

    assert (names(world), names(world, "sellable")) == (set(), {"S1", "S2"})


def test_a_named_piece_that_was_not_found_is_looked_for_and_the_line_is_open_again() -> None:
    """The name goes to quarantine, whether or not the node says which it was; what comes then is of any lot."""
    for said in ((), (LinePieces("1", "PHONE", 1, "S2"),)):
        world = phones("S1", "S2", "S3")
        ordered(world, "S1", "S2")
        told = (LinePieces("1", "PHONE", 1, "S1"),)
        world.tell(picked("o/1", {"1": 1}, short={"1": 1}, lots=told, short_lots=said))
        sound(world)

        assert (names(world), names(world, "sellable"), names(world, "quarantine")) == ({"S1"}, {"S3"}, {"S2"})
        world.tell(shipped("o/1"))
        sound(world)
        assert world.ledger.balance(goods("PHONE"), (Account("transit:o/1", "moving", lot="S1"),)) == 1


def test_another_serial_that_was_picked_is_a_finding_and_the_named_one_is_free() -> None:
    """The node is right about its parcel."""
    world = phones("S1", "S2")
    ordered(world, "S2")
    answer = world.tell(picked("o/1", {"1": 1}, lots=[LinePieces("1", "PHONE", 1, "S1")]))
    sound(world)

    assert [(reason.code, reason.subject) for reason in answer.because] == [(FulfillmentCode.NOT_AS_NAMED, "S2")]
    assert (names(world), names(world, "sellable")) == ({"S1"}, {"S2"})


def test_of_two_names_the_one_that_was_picked_is_shipped() -> None:
    """The other has yet to be picked, and goes with what follows."""
    world = phones("S1", "S2")
    ordered(world, "S1", "S2")
    world.tell(picked("o/1", {"1": 1}, lots=[LinePieces("1", "PHONE", 1, "S2")]))
    world.tell(shipped("o/1", {"1": 1}))
    sound(world)
    assert world.ledger.balance(goods("PHONE"), (Account("transit:o/1", "moving", lot="S2"),)) == 1
    assert names(world) == {"S1"}

    world.ask(cancel("o"))
    sound(world)
    assert names(world, "sellable") == {"S1"}


def test_a_name_of_another_shipment_is_not_shipped() -> None:
    """What was ordered later leaves first, from the same node: the named piece stays for its own shipment."""
    world = phones("S1", "S2")
    ordered(world, "S1")
    world.ask(amend("o", {"1": 2}, id="a"))
    world.ask(allocate("o"))
    world.tell(shipped("o/2"))
    sound(world)

    assert world.ledger.balance(goods("PHONE"), (Account("transit:o/2", "moving", lot="S2"),)) == 1
    assert names(world) == {"S1"}


def test_what_another_shipment_has_in_hand_does_not_leave_in_place_of_a_name() -> None:
    """Of one line two shipments wait at one node: each leaves with its own, whichever was picked first."""
    world = phones("S1", "S2")
    ordered(world, "S2", pieces=2, policy=LATER)
    world.ask(allocate("o"))
    world.tell(picked("o/2", {"1": 1}))
    world.tell(shipped("o/1"))
    sound(world)

    assert world.ledger.balance(goods("PHONE"), (Account("transit:o/1", "moving", lot="S2"),)) == 1
    assert names(world) == {"S1"}


@pytest.mark.parametrize("what", ["recalled", "closed", "in another pool"])
def test_an_order_that_can_not_have_its_name_is_refused(what: str) -> None:
    """It says which; ordered without the basket it is of any lot."""
    world = phones("S1", "S2")
    phones("S3", node="far", world=world)
    assert isinstance(world.ask(hold_lots("b", node="dc", lots=[S2])), Accepted)
    order = attrs.evolve(make_order("o", pool="web", skus=("PHONE",), at=world.now), basket="b")
    if what == "recalled":
        world.tell(recalled("PHONE", "S2", reason="battery"))
    nodes, pools = world.network.nodes, world.network.pools
    if what == "closed":
        nodes = tuple([attrs.evolve(node, is_open=node.id != "dc") for node in nodes])
    if what == "in another pool":
        pools = (Pool(id="web", nodes=("far",)), Pool(id="rest", nodes=("dc",)))
    network = Network(revision=world.network.revision + 1, nodes=nodes, pools=pools)
    world.shop.revise(attrs.evolve(CATALOG, network=network), now=world.now)
    answer = world.ask(place(order, {"1": 1}))

    assert isinstance(answer, Refused)
    assert (FulfillmentCode.NOT_KEPT, "S2") in [(reason.code, reason.subject) for reason in answer.because]
    assert isinstance(world.ask(place(attrs.evolve(order, basket=""), {"1": 1})), Accepted)


def test_a_basket_that_is_over_names_nothing_any_more() -> None:
    """The order is of any lot, and says that the time of the basket was over."""
    world = phones("S1", "S2")
    world.ask(hold_lots("b", node="dc", lots=[S2]))
    world.now += 16 * MINUTE_MS
    order = attrs.evolve(make_order("o", pool="web", skus=("PHONE",), at=world.now), basket="b")
    answer = world.ask(place(order, {"1": 1}))

    assert InventoryCode.EXPIRED in [reason.code for reason in answer.because]
    assert names(world) == set()


def test_a_kit_goes_whole_to_the_node_of_its_named_piece() -> None:
    """A phone by name and its mug leave together from where the phone is."""
    pair = Product(sku="PAIR", components=(Component("PHONE", 1), Component("MUG", 1)))
    world = World(attrs.evolve(CATALOG, products=(*CATALOG.products, pair)), stock=0)
    phones("S1", "S2", world=world)
    for node in ("dc", "far"):
        world.tell(received(f"m {node}", node=node, quantities={"MUG": 1}))
    world.ask(hold_lots("b", node="dc", lots=[S2]))
    order = make_order("o", pool="web", skus=("PAIR",), at=world.now)
    order = attrs.evolve(order, basket="b", lines=(OrderLine(id="1", sku="PAIR", price_minor=999),))
    assert isinstance(world.ask(place(order, {"1": 1})), Accepted)

    assert [shipment.node for shipment in world.shipments] == ["dc"]
    assert world.ledger.balance(goods("PHONE"), (Account("dc", "reserved", "line:o/1.1", "S2"),)) == 1


def test_an_order_by_name_does_not_give_way() -> None:
    """Who has no name does: the named one has its piece."""
    world = phones("S1", "S2")
    ordered(world, "S1")
    late = make_order("late", pool="web", skus=("PHONE",), at=world.now + 1)
    world.ask(place(attrs.evolve(late, priority=9), {"1": 1}))
    world.tell(adjusted("gone", node="dc", sku="PHONE", change=-1))
    world.ask(relieve("adjustment/gone", ["PHONE"]))
    sound(world)

    assert names(world) == {"S1"}
    assert world.ledger.balance(goods("PHONE"), (Account("dc", "reserved"),)) == 1


def test_a_basket_that_was_confirmed_in_part_is_of_one_name() -> None:
    """Held and firm pieces of a lot are pieces of that lot."""
    world = shop()
    world.tell(received_lots("m", node="dc", batches=[BatchReceived("MILK", 3, "L1"), BatchReceived("MILK", 3, "L2")]))
    world.ask(hold_lots("b", node="dc", lots=[LotPieces("MILK", 2, "L2")]))
    world.ask(confirm("b", lots=[LotPieces("MILK", 1, "L2")], id="half"))
    order = attrs.evolve(make_order("o", pool="web", skus=("MILK",)), basket="b")
    world.ask(place(order, {"1": 3}))
    world.ask(cancel("o", {"1": 2}, id="c"))
    assert world.ledger.balance(goods("MILK"), (Account("dc", "reserved", lot="L2"),)) == 1

    world.tell(shipped("o/1"))
    assert world.ledger.balance(goods("MILK"), (Account("transit:o/1", "moving", lot="L2"),)) == 1


def test_milk_of_a_lot_is_kept_by_the_piece() -> None:
    """Two of the long lot were in the basket: they are picked, and the third is what expires first."""
    world = shop()
    batches = [BatchReceived("MILK", 3, "L1", TODAY + 3), BatchReceived("MILK", 3, "L2", TODAY + 9)]
    world.tell(received_lots("m", node="dc", batches=batches))
    world.ask(hold_lots("b", node="dc", lots=[LotPieces("MILK", 2, "L2")]))
    order = attrs.evolve(make_order("o", pool="web", skus=("MILK",)), basket="b")
    world.ask(place(order, {"1": 3}))
    world.ask(cancel("o", {"1": 1}, id="c"))
    world.ask(amend("o", {"1": 4}, id="a"))
    world.ask(allocate("o"))
    for shipment in ("o/1", "o/2"):
        world.tell(shipped(shipment))
    away = [
        (lot, world.ledger.balance(goods("MILK"), (Account(f"transit:{shipment}", "moving", lot=lot),)))
        for shipment, lot in (("o/1", "L2"), ("o/2", "L1"))
    ]

    assert away == [("L2", 2), ("L1", 1)]


def test_a_pick_beside_a_cancellation_loses_no_name() -> None:
    """Two hosts at once: what was canceled is on the shelf by name, what was picked is in hand by name."""
    for schedule in range(64):
        store = Waiting()
        host = AsyncCommerce(CATALOG, store=store)
        batches = [BatchReceived("PHONE", 1, serial) for serial in ("S1", "S2")]
        interleave([host.tell(received_lots("p", node="dc", batches=batches), now=NOW)], [0])
        lots = [LotPieces("PHONE", 1, serial) for serial in ("S1", "S2")]
        interleave([host.ask(hold_lots("b", node="dc", lots=lots), now=NOW)], [0])
        order = attrs.evolve(make_order("o", pool="web", skus=("PHONE",)), basket="b")
        interleave([host.ask(place(order, {"1": 2}), now=NOW)], [0])
        work: list[Coroutine[object, object, object]] = [
            host.ask(cancel("o", {"1": 1}, id="c"), now=NOW),
            host.tell(picked("o/1", {"1": 1}), now=NOW),
        ]
        interleave(work, [schedule >> bit & 1 for bit in range(6)])

        there = {state: store.ledger.parts(goods("PHONE"), Account("dc", state)) for state in ("reserved", "sellable")}
        assert {part.lot: held for part, held in there["reserved"].items() if held} == {"S1": 1}
        assert {part.lot: held for part, held in there["sellable"].items() if held} == {"S2": 1}
