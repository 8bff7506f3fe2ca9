"""Orders that are changed after they were placed, as tests have them; and one call for each reason that is given."""

from collections.abc import Callable, Mapping

import attrs

from tests.laws.world import NETWORK, NOW, World, make_order
from unicommerce.catalog import Catalog, Component, Product
from unicommerce.fulfillment import (
    Change,
    FulfillmentCode,
    FulfillmentPolicy,
    StandIn,
    allocate,
    amend,
    cancel,
    expire_holds,
    picked,
    place,
    refuse_hold,
    release_hold,
    revise,
    ship,
    shipped,
    substitute,
)
from unicommerce.inventory import received
from unicommerce.ledger import Accepted, Reason, ReasonCode, Request, Telling
from unicommerce.orders import (
    LineState,
    Order,
    OrderCode,
    OrderHolds,
    OrderLine,
    Substitution,
    holds_key,
    order_key,
    quantities_by_state,
)
from unicommerce.values import HOUR_MS, Position

AWAY = Position.of("50.10", "8.70")
"""Near the warehouse, far from home."""

MOVED = Change(destination=AWAY)
STAND_INS = FulfillmentPolicy(stand_ins=(StandIn("CUP", "MUG"),))
INVOICED = FulfillmentPolicy(clearance="invoice")


def ordering(
    quantity: int = 3,
    *,
    stock: int = 4,
    only_at: str = "",
    holds: tuple[str, ...] = (),
    line: OrderLine | None = None,
) -> World:
    """Return a shop with an order of mugs, each at 10.00; where they are `only_at` one node, it has just these."""
    world = World(stock=0 if only_at else stock)
    if only_at:
        world.tell(received("all", node=only_at, quantities={"MUG": quantity}))
    order = make_order("o", pool="web", skus=("MUG",))
    order = attrs.evolve(order, lines=(line or OrderLine(id="1", sku="MUG", price_minor=1000),))
    answer = world.ask(place(order, {"1": quantity}, holds=holds))
    assert isinstance(answer, Accepted), answer
    world.orders.append(order)
    return world


def order_of(world: World) -> Order:
    """Return the order as it is by now."""
    order = world.ledger.document(order_key("o"))
    assert order is not None
    return order


def holds_of(world: World) -> OrderHolds:
    """Return what holds it."""
    holds = world.ledger.document(holds_key("o"))
    assert holds is not None
    return holds


def standing(world: World, line: str = "1") -> dict[str, int]:
    """Return where the pieces of a line are."""
    held = quantities_by_state(world.ledger, order_of(world).unit(line))
    return {LineState(state).value: quantity for state, quantity in held.items()}


def said(world: World, *steps: Request[Catalog] | Telling[Catalog]) -> tuple[Reason, ...]:
    """Take steps, and return what is said of the last one."""
    because: tuple[Reason, ...] = ()
    for step in steps:
        because = (world.ask(step) if isinstance(step, Request) else world.tell(step)).because
    return because


def close(world: World, node: str) -> None:
    """Close a node."""
    nodes = tuple([attrs.evolve(each, is_open=each.is_open and each.id != node) for each in world.network.nodes])
    network = attrs.evolve(world.network, revision=world.network.revision + 1, nodes=nodes)
    world.shop.revise(attrs.evolve(world.shop.catalog, network=network), now=world.now)


def later(world: World, hours: int = 100) -> World:
    """Return a shop after so many hours."""
    world.now = NOW + hours * HOUR_MS
    return world


def kits() -> World:
    """Return a shop with an order of a kit."""
    kit = Product(sku="SET", components=(Component("MUG", 1), Component("CUP", 1)))
    world = World(Catalog(network=NETWORK, products=(kit,)))
    world.ask(place(make_order("o", pool="web", skus=("SET",)), {"1": 2}))
    return world


def _instead(rule: Substitution, *skus: str) -> World:
    return ordering(line=OrderLine(id="1", sku="MUG", price_minor=1000, substitution=rule, substitutes=skus))


def _cup(**how: bool) -> Request[Catalog]:
    return substitute("o", "1", 1, "CUP", id="s", policy=STAND_INS, agreed=how.get("agreed", False))


def _held() -> World:
    return ordering(holds=("review",))


def _to_another_address() -> tuple[Reason, ...]:
    """Pick what was taken back from the node when the address changed: it has it all the same."""
    world = ordering()
    return said(world, revise("o", MOVED, id="m"), picked("o/1", {"1": 1}), ship("o/1"))


_LINE = OrderLine(id="1", sku="CUP")
_PICKED = picked("o/1", {"1": 3})

CALLS: Mapping[ReasonCode, Callable[[], tuple[Reason, ...]]] = {
    OrderCode.LINE_EXISTS: lambda: said(ordering(), amend("o", {"1": 1}, lines=(_LINE,), id="a")),
    OrderCode.NOT_HELD: lambda: said(ordering(), release_hold("o", "review")),
    OrderCode.HELD: lambda: said(_held(), allocate("o")),
    OrderCode.HOLD_OVER: lambda: said(later(_held()), release_hold("o", "review")),
    OrderCode.HOLD_NOT_OVER: lambda: said(_held(), expire_holds(holds_of(_held()))),
    OrderCode.HOLD_REFUSED: lambda: said(_held(), refuse_hold("o", "review")),
    FulfillmentCode.HAS_LEFT: lambda: said(ordering(), shipped("o/1"), cancel("o", {"1": 1}, id="c")),
    FulfillmentCode.IN_HAND: lambda: said(ordering(), _PICKED, revise("o", MOVED, id="m")),
    FulfillmentCode.PRICE_FIXED: lambda: said(
        ordering(), shipped("o/1", {"1": 2}), revise("o", Change(prices={"1": 900}), id="p")
    ),
    FulfillmentCode.PRICE_OF_KIT: lambda: said(kits(), revise("o", Change(prices={"1.1": 900}), id="p")),
    FulfillmentCode.TENDER_FIXED: lambda: said(
        ordering(), shipped("o/1", {"1": 2}), revise("o", Change(tender="card"), id="t")
    ),
    FulfillmentCode.OTHER_ADDRESS: _to_another_address,
    FulfillmentCode.NOT_CLEARED: lambda: said(ordering(), ship("o/1", policy=INVOICED)),
    FulfillmentCode.NOT_THERE: lambda: said(ordering(), ship("o/1", {"1": 4})),
    FulfillmentCode.NO_SUBSTITUTE: lambda: said(ordering(), _cup()),
    FulfillmentCode.NOT_LISTED: lambda: said(_instead(Substitution.LISTED, "LID"), _cup()),
    FulfillmentCode.NOT_AGREED: lambda: said(_instead(Substitution.ASK), _cup()),
    FulfillmentCode.NO_STAND_IN: lambda: said(ordering(), substitute("o", "1", 1, "LID", id="s", agreed=True)),
    FulfillmentCode.SUBSTITUTED: lambda: said(_instead(Substitution.LISTED, "CUP"), _cup()),
}
"""For each reason that a change is refused or explained by, a call that says it."""
