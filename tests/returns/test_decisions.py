"""Returns by example: what is matched with an order, what is taken in blind, and what is sold again."""

import pytest

from tests.fulfillment.test_decisions import ordering, states
from tests.laws.world import NOW, World
from tests.values.bad import NAMES, PIECES, refused
from unicommerce.fulfillment import delivered, shipped
from unicommerce.inventory import CUSTOMER, goods, sellable
from unicommerce.ledger import Accepted, LedgerCode, Reason, Refused
from unicommerce.orders import LineState
from unicommerce.returns import ReturnCode, awaiting, restock, return_key, returned


def at_home(quantity: int) -> World:
    """Return a shop whose order has reached its customer in as many shipments as it took."""
    world = ordering(quantity)
    for shipment in world.shipments:
        world.tell(delivered(shipment.id))
    return world


def waiting(world: World, id: str, node: str = "south") -> int:
    """Return the mugs of a return that wait at a node."""
    return world.ledger.balance(goods("MUG"), (awaiting(node, id),))


def test_pieces_come_back_to_any_node_and_wait_there() -> None:
    """The line is returned, the goods are in quarantine under the return, and nothing is sellable yet."""
    world = at_home(3)
    before = world.ledger.balance(goods("MUG"), (sellable("south"),))
    answer = world.tell(returned("r", node="south", order="o", lines={"1": 2}))

    assert answer.because == ()
    assert states(world) == {"delivered": 1, "returned": 2}
    assert waiting(world, "r") == 2
    assert world.ledger.balance(goods("MUG"), (sellable("south"),)) == before


def test_pieces_are_taken_off_the_shipments_that_brought_them() -> None:
    """Six came in two parcels: five go back, the first parcel's pieces first."""
    world = at_home(6)
    world.tell(returned("r", node="south", order="o", lines={"1": 5}))
    left = [world.standing(shipment, LineState.DELIVERED) for shipment in world.shipments]

    assert left == [{}, {"1": 1}]


def test_what_comes_back_before_its_delivery_was_reported_was_delivered() -> None:
    """The parcel that it came in is delivered by implication; another that is under way is not."""
    world = ordering(6)
    for shipment in world.shipments:
        world.tell(shipped(shipment.id))
    world.tell(returned("r", node="south", order="o", lines={"1": 1}))

    assert world.ledger.entry("o/1/delivered") is not None
    assert world.ledger.entry("o/2/delivered") is None
    assert states(world) == {"shipped": 2, "delivered": 3, "returned": 1}


def test_what_exceeds_all_that_was_shipped_is_taken_in_blind() -> None:
    """Goods that are there are there: the excess is named, and waits with the rest."""
    world = at_home(2)
    answer = world.tell(returned("r", node="south", order="o", lines={"1": 3}))

    assert answer.because == (Reason(LedgerCode.DISAGREES, "return/r", 2, 3, "pieces of line 1"),)
    assert states(world) == {"returned": 2}
    assert waiting(world, "r") == 3
    assert world.ledger.balance(goods("MUG"), (CUSTOMER,)) == -1


def test_a_return_of_an_unknown_line_or_order_is_kept_and_named() -> None:
    """Nobody knows which goods they are, so none move; the document says that something came."""
    world = at_home(2)
    line = world.tell(returned("r", node="south", order="o", lines={"9": 1}))
    order = world.tell(returned("s", node="south", order="x", lines={"1": 1}))

    assert [reason.code for reason in (*line.because, *order.because)] == [LedgerCode.DISAGREES] * 2
    assert world.ledger.document(return_key("s")) is not None
    assert waiting(world, "r") == waiting(world, "s") == 0


def test_a_blind_return_brings_goods_of_no_order() -> None:
    """A parcel without a slip."""
    world = World()
    answer = world.tell(returned("r", node="south", blind={"MUG": 2}))

    assert answer.because == ()
    assert waiting(world, "r") == 2


def test_what_was_graded_as_new_is_sold_again_in_parts() -> None:
    """Each time under a part of its own; found is what still waits."""
    world = at_home(3)
    world.tell(returned("r", node="south", order="o", lines={"1": 3}))
    answers = [world.ask(restock("r", {"MUG": 1})), world.ask(restock("r", {"MUG": 1}, part="second"))]
    too_many = world.ask(restock("r", {"MUG": 2}, part="third"))

    assert all(isinstance(answer, Accepted) for answer in answers)
    assert too_many == Refused((Reason(ReturnCode.NOT_THERE, "r", 1, 2, "MUG"),))
    assert waiting(world, "r") == 1


def test_what_never_came_back_is_not_sold_again() -> None:
    """An unknown return, and a product that was not in it."""
    world = World()
    world.tell(returned("r", node="south", blind={"MUG": 2}))

    assert world.ask(restock("x", {"MUG": 1})) == Refused((Reason(ReturnCode.UNKNOWN_RETURN, "x"),))
    assert world.ask(restock("r", {"CUP": 1})) == Refused((Reason(ReturnCode.NOT_THERE, "r", 0, 1, "CUP"),))


@pytest.mark.parametrize("quantity", PIECES.values(), ids=PIECES)
def test_what_counts_no_pieces_is_refused(quantity: int) -> None:
    """By line or product."""
    assert refused(lambda: returned("r", node="dc", order="o", lines={"1": quantity}))[0] == "quantity of 1"
    assert refused(lambda: returned("r", node="dc", blind={"MUG": quantity}))[0] == "quantity of MUG"
    assert refused(lambda: restock("r", {"MUG": quantity}))[0] == "quantity of MUG"


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_what_names_nothing_is_refused(name: str) -> None:
    """By its field."""
    assert refused(lambda: returned(name, node="dc")) == ("return", name)
    assert refused(lambda: returned("r", node=name)) == ("node", name)
    assert refused(lambda: returned("r", node="dc", lines={name: 1})) == ("line", name)
    assert refused(lambda: returned("r", node="dc", blind={name: 1})) == ("sku", name)


def test_restocking_nothing_and_returning_to_a_pool_are_refused() -> None:
    """Goods come back to a node."""
    assert refused(lambda: restock("r", {})) == ("quantities", {})
    assert refused(lambda: returned("r", node="pool:web")) == ("node", "pool:web")
    assert World().tell(returned("r", node="dc", occurred_at=NOW - 1)).events
