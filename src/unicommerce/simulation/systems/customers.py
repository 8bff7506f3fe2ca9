"""Who goes through a connected system: customers order at the market, the ERP tells of trucks, the feed is a port's."""

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType

from ...feed import Offer
from ...fulfillment import FulfillmentPolicy
from ...inventory import received
from ...orders import Order
from ...ports import Cancellation, Item, Line, Offered, Receipt, SalesOrder
from ...supply import BackorderPolicy, Short
from ...values import HOUR_MS, MINUTE_MS
from ..scene import Scene
from ..selling.listing import Lister
from ..selling.people import Shopper, Supplier
from ..stage import Actor, Stage
from .dialect import Dialect, plain
from .hosts import Host
from .remotes import Carrier, Erp, Market, Payments

__all__ = ["DIALECTS", "connected"]

DIALECTS: Mapping[str, Dialect] = MappingProxyType(
    {"erp": plain("erp"), "payments": plain("payment"), "carrier": plain("carrier"), "market": plain("channel")}
)
"""The language of each system."""


class Customers(Shopper):
    """Customers whose orders and cancellations the market tells of."""

    def __init__(self, channel: str, pool: str, mean_ms: int, market: Market) -> None:
        super().__init__(channel, pool, mean_ms)
        self._market = market

    def order(self, world: Stage, order: Order, quantities: dict[str, int]) -> None:
        """Order at the market, and it may be cancel there: at once, or hours later."""
        draw = self.draw(world)
        lines = tuple([Line(each.id, each.sku, quantities[each.id], each.price_minor) for each in order.lines])
        paper = SalesOrder(id=order.id, placed_at=world.now, currency=order.currency, lines=lines)
        self._market.tell(world, paper)
        if draw.random() < 0.2:
            line = draw.choice(lines)
            part = (Item(line.sku, draw.randint(1, line.quantity), line.id),) if draw.random() < 0.5 else ()
            cancel = Cancellation(id=self.next_id(), order=order.id, items=part)
            delay = draw.choice((1, MINUTE_MS, 10 * HOUR_MS))
            world.later(draw.randint(1, delay), partial(self._market.tell, world, cancel))


class Purchasing(Supplier):
    """Trucks that the ERP tells of."""

    def __init__(self, name: str, erp: Erp) -> None:
        super().__init__(name)
        self._erp = erp

    def bring(self, world: Stage, node: str, quantities: dict[str, int]) -> None:
        """Unload, and book it in the ERP."""
        id, items = self.next_id(), [Item(sku, pieces) for sku, pieces in quantities.items()]
        paper = Receipt(id=id, node=node, items=tuple(items), occurred_at=world.now)
        more = tuple([item._replace(quantity=item.quantity + 1) for item in items])
        world.happens(received(id, node=node, quantities=quantities).id, node, quantities)
        self._erp.tell(world, paper, other=Receipt(id=id, node=node, items=more, occurred_at=world.now))


class Storefront(Lister):
    """The host that feeds the market, through its port; while nobody answers there, it stays where it is."""

    def __init__(self, channel: str, market: Market) -> None:
        super().__init__(channel)
        self._market = market

    def offer(self, world: Stage, offers: tuple[Offer, ...]) -> bool:
        """Send offers over the wire; tell whether somebody took them."""
        if world.now < self._market.down_until:
            return False
        for each in offers:
            paper = Offered(channel=each.channel, sku=each.sku, quantity=each.quantity, version=each.version)
            message = self._market.dialect.port.write(paper)
            world.carry(partial(self._market.offer, world, message))
        return True


def connected(scene: Scene, mean_ms: int, dialects: Mapping[str, Dialect] = DIALECTS) -> list[Actor]:
    """Return the systems of a scene and who goes through them: the first channel is the market."""
    channel = scene.catalog.channels[0]
    short = (Short.REFUSE, Short.PARTIAL, Short.BACKORDER)[scene.stock % 3] if scene.expects else Short.REFUSE
    policy = FulfillmentPolicy(backorders=BackorderPolicy(when_short=short))
    erp = Erp("erp", dialects["erp"])
    market = Market("market", dialects["market"], channel=channel.id, pool=channel.pool, policy=policy)
    others = [Payments("payments", dialects["payments"]), Carrier("carrier", dialects["carrier"])]
    through: list[Actor] = [
        Customers(channel.id, channel.pool, mean_ms, market),
        Purchasing("supplier", erp),
        Storefront(channel.id, market),
    ]
    return [*through, *[Host(remote) for remote in (erp, *others, market)]]
