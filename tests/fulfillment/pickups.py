"""Orders that are collected at a node, as tests place them: given."""

import attrs

from tests.laws.world import CATALOG, NOW, World, make_order
from unicommerce.catalog import Catalog
from unicommerce.fulfillment import Collection, FulfillmentCode, collection_key, place, put_back
from unicommerce.inventory import received
from unicommerce.ledger import Accepted, Reason
from unicommerce.orders import Order, line_unit, order_status, quantities_by_state
from unicommerce.values import HOUR_MS

WEEK_MS = 168 * HOUR_MS


def to_collect(at: str = "north", *, id: str = "o", pool: str = "web", skus: tuple[str, ...] = ("MUG",)) -> Order:
    """Return an order that is collected at a node."""
    return attrs.evolve(make_order(id, pool=pool, skus=skus), collect_at=at)


def stocked(catalog: Catalog = CATALOG, **by_node: dict[str, int]) -> World:
    """Return a shop whose nodes have these pieces by SKU."""
    world = World(catalog, stock=0)
    for node, quantities in by_node.items():
        world.tell(received(f"r {node}", node=node, quantities=quantities))
    return world


def ordering(world: World, order: Order, **pieces: int) -> World:
    """Place an order of pieces by SKU, which has to be taken."""
    quantities = {line.id: pieces[line.sku] for line in order.lines}
    answer = world.ask(place(order, quantities))
    assert isinstance(answer, Accepted), answer
    world.orders.append(order)
    return world


def waiting(quantity: int = 3) -> World:
    """Return a shop with an order of mugs that is collected where they are."""
    return ordering(stocked(north={"MUG": quantity}), to_collect(), MUG=quantity)


def sent(quantity: int = 3) -> World:
    """Return a shop with an order of mugs that are sent to the node where they are collected."""
    return ordering(stocked(dc={"MUG": quantity}), to_collect(), MUG=quantity)


def states(world: World, line: str = "1", order: str = "o") -> dict[str, int]:
    """Return where the pieces of a line stand."""
    return {state.value: held for state, held in quantities_by_state(world.ledger, line_unit(order, line)).items()}


def words(world: World, order: str = "o") -> str:
    """Return what a customer is told."""
    status = world.shop.see(order_status(order))
    assert status is not None
    return status.words


def collection(world: World, shipment: str = "o/1") -> Collection:
    """Return where a shipment waits."""
    found = world.ledger.document(collection_key(shipment))
    assert found is not None
    return found


def not_collected(world: World, *, now: int = NOW + WEEK_MS) -> tuple[Reason, ...]:
    """Put back what is due, and return what is said of it."""
    world.now = now
    return world.ask(put_back(collection(world))).because


def codes(because: tuple[Reason, ...]) -> list[FulfillmentCode]:
    """Return the codes of fulfillment among reasons."""
    return [reason.code for reason in because if isinstance(reason.code, FulfillmentCode)]
