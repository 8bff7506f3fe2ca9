"""Allocation by example: what other pools leave of a node, what a day leaves of it, and who was asked before."""

from tests.fulfillment.test_decisions import kinds, ordering, refusal, states
from tests.laws.world import HOME, LATER, NOW, PRODUCTS, World, make_order
from unicommerce.catalog import Catalog, Network, Node, Pool
from unicommerce.fulfillment import (
    Allocated,
    Deallocated,
    FulfillmentCode,
    allocate,
    amend,
    attempts_key,
    delivered,
    picked,
    place,
    shipment_key,
)
from unicommerce.inventory import adjusted, goods, received, reserve, sellable
from unicommerce.ledger import Accepted, Reason
from unicommerce.orders import OrderCode
from unicommerce.returns import Returned, returned
from unicommerce.routing import RoutingCode
from unicommerce.values import DAY_MS


def crossing(**stock: int) -> World:
    """Return a shop of nodes a to d: one wide pool, and one of the first three that claims from within."""
    nodes = tuple([Node(id=id, position=HOME, rank=rank) for rank, id in enumerate("abcd")])
    pools = (Pool(id="wide", nodes=tuple("abcd")), Pool(id="narrow", nodes=tuple("abc")))
    world = World(Catalog(network=Network(nodes=nodes, pools=pools), products=PRODUCTS), stock=0)
    for node, pieces in stock.items():
        world.tell(received(f"r {node}", node=node, quantities={"MUG": pieces}))
    return world


def test_a_shipment_is_set_down_with_its_promise() -> None:
    """From which node, handled on which day, delivered by when."""
    world = ordering(1, pool="club")
    shipment = world.ledger.document(shipment_key("o/1"))

    assert shipment is not None
    assert (shipment.order, shipment.node) == ("o", "north")
    assert shipment.deliver_by > NOW


def test_nothing_open_and_no_order_are_refused() -> None:
    """A wave may come too late or too early."""
    world = ordering(1)

    assert refusal(world.ask(allocate("o", id="wave"))) == (Reason(FulfillmentCode.NOTHING_OPEN, "o"),)
    assert refusal(world.ask(allocate("x"))) == (Reason(OrderCode.UNKNOWN_ORDER, "x"),)


def test_shipments_are_numbered_through() -> None:
    """The second wave goes on where the first left off."""
    world = ordering(2, pool="club", stock=4)
    world.tell(picked("o/1", {"1": 1}, short={"1": 1}))
    world.ask(allocate("o", id="second wave"))

    assert [shipment.id for shipment in world.shipments] == ["o/1", "o/2"]
    assert world.shipments[1].node != world.shipments[0].node


def test_a_node_that_fell_short_is_not_asked_again() -> None:
    """Its reason says so, though it has more on the shelf."""
    world = ordering(2, pool="club", stock=4)
    node = world.shipments[0].node
    world.tell(picked("o/1", {"1": 1}, short={"1": 1}))
    answer = world.ask(allocate("o", id="second wave"))
    attempts = world.ledger.document(attempts_key("o"))

    assert isinstance(answer, Accepted)
    assert Reason(RoutingCode.TURNED_DOWN, node) in answer.because
    assert attempts is not None
    assert [each.node for each in attempts.rejections] == [node]


def test_where_every_node_turned_it_down_the_order_waits() -> None:
    """A refusal with one reason for each node, and what waits."""
    world = ordering(2, pool="club", stock=4)
    world.tell(picked("o/1", {}, short={"1": 2}))
    world.ask(allocate("o", id="second"))
    world.tell(picked("o/2", {}, short={"1": 2}))
    because = refusal(world.ask(allocate("o", id="third")))

    assert [reason.code for reason in because] == [
        RoutingCode.TURNED_DOWN,
        RoutingCode.TURNED_DOWN,
        FulfillmentCode.WAITS,
    ]
    assert states(world) == {"open": 2}


def test_the_next_day_there_is_room_again() -> None:
    """Capacity is counted by the day on which the node handles the pieces."""
    world = World(stock=0)
    world.tell(received("r", node="booth", quantities={"MUG": 9}))
    world.ask(place(make_order("o", pool="corner", skus=("MUG",)), {"1": 5}))
    world.now += DAY_MS
    answer = world.ask(allocate("o", id="tomorrow"))

    assert kinds(answer) == [Allocated]
    assert states(world) == {"allocated": 5}


def test_what_another_pool_has_claimed_is_left_to_it() -> None:
    """The shared node has two, both claimed by the narrow pool; the wide order is served from the other node."""
    world = crossing(a=2, d=2)
    world.ask(reserve("c", place="pool:narrow", quantities={"MUG": 2}))
    answer = world.ask(place(make_order("o", pool="wide", skus=("MUG",)), {"1": 2}))
    assert isinstance(answer, Accepted)

    assert [event.shipment.node for event in answer.events if isinstance(event, Allocated)] == ["d"]
    assert {reason.subject: reason.code for reason in answer.because}["a"] is RoutingCode.NO_STOCK


def test_nodes_that_share_a_claim_are_not_both_emptied() -> None:
    """Each of two nodes could spare two, but not both: the plan that takes four from them is not the answer."""
    world = crossing(a=2, b=2, d=2)
    world.ask(reserve("c", place="pool:narrow", quantities={"MUG": 2}))
    answer = world.ask(place(make_order("o", pool="wide", skus=("MUG",)), {"1": 4}))
    assert isinstance(answer, Accepted)
    left = sum(world.ledger.balance(goods("MUG"), (sellable(node),)) for node in "abc")

    assert states(world) == {"allocated": 4}
    assert left == 2


def test_a_node_that_gives_nothing_leaves_its_share_to_the_others() -> None:
    """The first node of the pool turned the order down: what it could have spared is offered by the next."""
    world = crossing(a=4, d=1)
    world.ask(place(make_order("o", pool="wide", skus=("MUG",)), {"1": 4}, policy=LATER))
    world.ask(allocate("o", id="first"))
    world.tell(received("more", node="b", quantities={"MUG": 2}))
    world.tell(received("and more", node="c", quantities={"MUG": 2}))
    world.tell(adjusted("found", node="a", sku="MUG", change=2))
    world.tell(picked("o/1", {}, short={"1": 4}))
    world.ask(reserve("c", place="pool:narrow", quantities={"MUG": 3}))
    answer = world.ask(allocate("o", id="second"))

    assert isinstance(answer, Accepted)
    assert states(world) == {"allocated": 4}


def test_several_lines_of_one_product_share_what_a_node_ships() -> None:
    """Five pieces over two lines from nodes of four: no piece is promised to both lines."""
    world = World(stock=4)
    world.ask(place(make_order("o", pool="club", skus=("MUG", "MUG")), {"1": 3, "2": 2}))

    assert (states(world, "1"), states(world, "2")) == ({"allocated": 3}, {"allocated": 2})


def test_shipments_are_in_the_order_of_their_numbers_and_not_of_their_letters() -> None:
    """Of eleven shipments the last is taken back first, and what comes back came with the first and the second."""
    world = World(stock=0)
    world.tell(received("r", node="north", quantities={"MUG": 99}))
    world.ask(place(make_order("o", pool="club", skus=("MUG",)), {"1": 1}))
    for number in range(2, 12):
        world.ask(amend("o", {"1": number}, id=f"to {number}"))
        world.ask(allocate("o", id=f"wave {number}"))
    answer = world.ask(amend("o", {"1": 10}, id="less"))
    for shipment in world.shipments[:10]:
        world.tell(delivered(shipment.id))
    back = world.tell(returned("r", node="north", order="o", lines={"1": 2}))

    assert isinstance(answer, Accepted)
    assert [event.shipment.id for event in answer.events if isinstance(event, Deallocated)] == ["o/11"]
    assert [line[3] for event in back.events if isinstance(event, Returned) for line in event.lines] == ["o/1", "o/2"]
