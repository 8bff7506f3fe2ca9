"""What routing is told by orders and says of them: what a node keeps and has, whose day it is, which rule gave way."""

import attrs

from tests.laws.world import HOME, NOW, PRODUCTS, World, make_order
from unicommerce.catalog import Calendar, Catalog, CutOff, Network, Node, NodeKind, Pool
from unicommerce.fulfillment import FulfillmentCode, FulfillmentPolicy, explanation, picked, place
from unicommerce.inventory import received
from unicommerce.ledger import Accepted, Decision, Reason
from unicommerce.routing import Band, Outlook, RoutingCode, RoutingPolicy, Soft
from unicommerce.values import DAY_MS, HOUR_MS

KEEPS = FulfillmentPolicy(routing=RoutingPolicy(keeps={NodeKind.STORE: 3}))
ORDER = make_order("o", pool="all", skus=("MUG",))


def shop(*nodes: Node, **stock: int) -> World:
    """Return a shop of nodes and of what they have in mugs."""
    pool = Pool(id="all", nodes=tuple([node.id for node in nodes]))
    world = World(Catalog(network=Network(nodes=nodes, pools=(pool,)), products=PRODUCTS), stock=0)
    for node, pieces in stock.items():
        world.tell(received(f"r {node}", node=node, quantities={"MUG": pieces}))
    return world


def store(id: str, rank: int = 0) -> Node:
    """Return a store around the corner."""
    return Node(id=id, position=HOME, rank=rank)


def codes(answer: Decision) -> list[object]:
    """Return what was said."""
    return [reason.code for reason in answer.because]


def test_a_store_that_has_more_than_it_keeps_gives_the_rest() -> None:
    """It was told of only as many as were ordered, and seemed to have none to spare."""
    answer = shop(store("a"), a=5).ask(place(ORDER, {"1": 2}, policy=KEEPS))

    assert codes(answer) == [RoutingCode.SHIPS_ALL]


def test_what_a_store_keeps_gives_way_before_an_order_waits_and_the_answer_says_so() -> None:
    """One piece more than it can spare."""
    answer = shop(store("a"), a=5).ask(place(ORDER, {"1": 3}, policy=KEEPS))

    assert Reason(FulfillmentCode.GAVE_WAY, "o", Soft.PROTECTION.value) in answer.because


def test_last_pieces_are_priced_by_all_that_a_node_has() -> None:
    """Eight are enough for its own customers, and so is one of them for another; the last two are not."""
    busy = Outlook(daily_micro={("a", "MUG"): 500_000}, until=NOW + 4 * DAY_MS, package_minor=2_000)
    policy = FulfillmentPolicy(routing=RoutingPolicy(outlook=busy))
    sent = {
        pieces: shop(store("a"), store("b", 1), a=pieces, b=9).ask(place(ORDER, {"1": 1}, policy=policy)).because
        for pieces in (2, 8)
    }

    assert [[reason.code for reason in because].index(RoutingCode.SHIPS_ALL) for because in sent.values()] == [1, 0]


def test_a_days_capacity_is_of_the_day_on_which_the_service_is_handled() -> None:
    """Express is still handled today, where all of today is taken; standard is not, and tomorrow is free."""
    early = Calendar(cut_off_minute=0, cut_offs=(CutOff(24 * 60, service="express"),))
    node = Node(id="a", position=HOME, calendar=early, daily_capacity=2)
    world = shop(node, a=9)
    express, another = (attrs.evolve(ORDER, id=id, service="express") for id in ("e", "f"))

    assert isinstance(world.ask(place(express, {"1": 2})), Accepted)
    assert RoutingCode.NO_CAPACITY in codes(world.ask(place(another, {"1": 1})))
    assert codes(world.ask(place(ORDER, {"1": 2}))) == [RoutingCode.SHIPS_ALL]


def test_an_order_is_explained_with_what_it_has_counted_as_there_for_it() -> None:
    """Where the last mug went, and what the other node would cost; nothing once it is picked, or of nobody's order."""
    world = shop(store("a"), store("b", 1), a=1, b=1)
    world.orders.append(ORDER)
    dear = FulfillmentPolicy(routing=RoutingPolicy(bands=(Band(None, 900, 0, 1, node="b"), Band(None, 450, 0, 1))))
    world.ask(place(ORDER, {"1": 1}, policy=dear))

    found = world.shop.see(explanation("o", policy=dear, now=world.now + HOUR_MS))

    assert found is not None
    assert [each.ships for each in found.verdicts] == [True, False]
    assert [each.other and each.other.dearer_minor for each in found.verdicts] == [450, 450]
    world.tell(picked("o/1", {"1": 1}))
    assert world.shop.see(explanation("o", now=world.now)) is None
    assert world.shop.see(explanation("nobody", now=world.now)) is None
