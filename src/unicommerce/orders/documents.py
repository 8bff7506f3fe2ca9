"""An order: who sells from where, at what prices, to be delivered where and by when.

The document fixes prices per piece, and what discounts took off them, when the order is placed. Quantities are never in
it: they are balances of each line's unit, so that an amended, half shipped, half canceled line needs no second truth.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

import attrs

from ..catalog import local_day
from ..errors import InvalidValue
from ..ledger import Key
from ..pricing import Charge, Discount, LineDiscount, Price, PriceLine, PriceMode, check_charges, priced
from ..values import Position, Unit, frozen, identifier, positive, whole

__all__ = [
    "Order",
    "OrderHold",
    "OrderHolds",
    "OrderKit",
    "OrderLine",
    "Substitution",
    "holds_key",
    "line_unit",
    "order_key",
]


class Substitution(StrEnum):
    """What the customer takes instead of a line's SKU: nothing, what the line names, or what they are asked about."""

    NONE = "none"
    LISTED = "listed"
    ASK = "ask"


@frozen(kw_only=True)
class OrderLine:
    """A product at a gross price per piece, in minor units of the order's currency; and what may come instead.

    `substitutes` are the SKUs that the customer has named, where `substitution` is by them; `stands_for` is the line
    whose pieces this one took over. `discounts` are what was taken off the first `discounted` pieces altogether: pieces
    added later cost the price, and those taken back take their shares with them.
    """

    id: str
    sku: str
    price_minor: int = 0
    substitution: Substitution = Substitution.NONE
    substitutes: tuple[str, ...] = ()
    stands_for: str = ""
    discounts: tuple[LineDiscount, ...] = ()
    discounted: int = 0

    def __attrs_post_init__(self) -> None:
        if "/" in identifier(self.id, "line"):
            raise InvalidValue(
                "line", self.id, "an identifier without a slash, which parts it from its order in a unit"
            )
        identifier(self.sku, "sku")
        whole(self.price_minor, "price_minor")
        if bool(self.substitutes) != (self.substitution is Substitution.LISTED):
            raise InvalidValue(
                "substitutes", self.substitutes, "SKUs where the customer has named some, and only there"
            )
        for sku in self.substitutes:
            identifier(sku, "substitutes")
        self.price.check()

    @property
    def price(self) -> Price:
        """Return the price, of which every piece has a whole share."""
        return Price(self.price_minor, self.discounted, self.discounts)

    def repriced(self, price_minor: int) -> "OrderLine":
        """Return the line at another price; a discount takes no more than there is left of it."""
        return attrs.evolve(self, price_minor=price_minor, discounts=self.price.at(price_minor).discounts)


class OrderKit(NamedTuple):
    """A line as it was ordered, whose SKU is a kit: the price of one, and (line, pieces in one kit) of its components.

    The lines of its components are lines of the order like all others; the kit itself has no pieces.
    """

    id: str
    sku: str
    price_minor: int
    components: tuple[tuple[str, int], ...]


@frozen(kw_only=True)
class Order:
    """What was ordered through a channel, to be served from a pool, at a service level, to a destination.

    `placed_at` is ms UTC, by the customer's clock; `service` names a service level of the routing policy; `kits` are
    the ordered lines that became lines of components when the order was placed; `basket` is the claim that has held
    goods for the customer, which the order draws on first. Of orders that wait for goods, a higher `priority` is served
    first, then the older one. `region` is that of the destination as transits name it, `zone` the customer's time zone
    (IANA); "" where nobody has said it: neither is ever guessed from the position. `ship_by` and `deliver_by` (ms UTC)
    are what a marketplace has said; they count before the service level. `tender` is how the customer pays, as "card";
    money itself is not of this document. `as_addressed` are shipments that go where they were packed for by choice,
    though the order has another address by now. `charges` are what is paid beside goods;
    `price_mode` says whether tax is in all of these prices.
    """

    id: str
    revision: int = 1
    pool: str
    lines: tuple[OrderLine, ...]
    destination: Position
    placed_at: int
    service: str = "standard"
    channel: str = ""
    customer: str = ""
    currency: str = "USD"
    kits: tuple[OrderKit, ...] = ()
    basket: str = ""
    priority: int = 0
    region: str = ""
    zone: str = ""
    collect_at: str = ""
    hand_over: str = ""
    ship_by: int | None = None
    deliver_by: int | None = None
    tender: str = ""
    as_addressed: tuple[str, ...] = ()
    charges: tuple[Charge, ...] = ()
    price_mode: PriceMode = PriceMode.INCLUSIVE

    def __attrs_post_init__(self) -> None:
        identifier(self.id, "order")
        positive(self.revision, "revision")
        identifier(self.pool, "pool")
        whole(self.placed_at, "placed_at", -(2**53))
        whole(self.priority, "priority", -(2**53))
        identifier(self.currency, "currency")
        for field in ("ship_by", "deliver_by"):
            if (at := getattr(self, field)) is not None:
                whole(at, field, -(2**53))
        for field in ("channel", "customer", "basket", "region", "collect_at", "hand_over", "tender"):
            if text := getattr(self, field):
                identifier(text, field)
        if self.zone:
            local_day(self.zone, 0)  # raises for a zone that is not known
        if not self.lines or len(self.line_by_id) != len(self.lines):
            raise InvalidValue("lines", [line.id for line in self.lines], "one or more lines with ids of their own")
        check_charges(self.charges)
        own = [line for kit in self.kits for line, _ in kit.components]
        if len({*own, *self.kit_by_id}) != len(own) + len(self.kits) or not self.line_by_id.keys() >= set(own):
            raise InvalidValue("kits", self.kits, "kits with ids and component lines of their own")
        for kit in self.kits:
            for line, quantity in kit.components:
                positive(quantity, f"{line} in {kit.id}")

    @property
    def key(self) -> "Key[Order]":
        """Return the key."""
        return order_key(self.id)

    @property
    def due_at(self) -> None:
        """Ask for nothing."""
        return

    @cached_property
    def line_by_id(self) -> Mapping[str, OrderLine]:
        """Return the lines by id."""
        return {line.id: line for line in self.lines}

    @cached_property
    def kit_by_id(self) -> Mapping[str, OrderKit]:
        """Return the kits by the id of their line as ordered."""
        return {kit.id: kit for kit in self.kits}

    def unit(self, line: str) -> Unit:
        """Return the unit that counts pieces of a line of this order."""
        return line_unit(self.id, line)

    def paid_minor(self, line: str, start: int, stop: int) -> int:
        """Return what is paid for the pieces of a line from one number up to another, in minor units.

        Numbered as they are sold: a shipment takes the next ones, and a return gives the last ones back. So what is
        booked is the price of what is sold, however it was split.
        """
        return self.line_by_id[line].price.paid_minor(start, stop)

    def total_minor(self, quantities: Mapping[str, int]) -> int:
        """Return what is paid for the first pieces of each line and for all charges, in minor units."""
        goods = sum([self.paid_minor(line, 0, quantity) for line, quantity in quantities.items()])
        return goods + sum([charge.paid_minor for charge in self.charges])

    def discounted(self, quantities: Mapping[str, int], discounts: Iterable[Discount]) -> "Order":
        """Return the order with discounts on its lines, given the pieces by line; one of the order in proportion.

        Raises `InvalidValue` for a discount of a line that is not there, and for one that takes more than there is.
        """
        pieces = [(self.line_by_id[line], quantity) for line, quantity in quantities.items()]
        lines = [PriceLine(id=line.id, quantity=held, price_minor=line.price_minor) for line, held in pieces]
        off = {each.line.id: each for each in priced(lines, discounts)}
        changed = [
            attrs.evolve(line, discounts=off[line.id].discounts, discounted=off[line.id].line.quantity)
            if line.id in off
            else line
            for line in self.lines
        ]
        return attrs.evolve(self, lines=tuple(changed))


def order_key(order: str) -> Key[Order]:
    """Return the key of an order's document."""
    return Key("orders.order", order)


class OrderHold(NamedTuple):
    """Why an order is held: "payment", "review"; `until` (ms UTC) it has to be released, or the order is canceled."""

    name: str
    until: int | None = None


@frozen(kw_only=True)
class OrderHolds:
    """What holds an order: while there is something, its pieces are pending and go to no node."""

    order: str
    revision: int = 1
    holds: tuple[OrderHold, ...] = ()

    def __attrs_post_init__(self) -> None:
        for hold in self.holds:
            identifier(hold.name, "hold")

    @property
    def names(self) -> str:
        """Return the names of all holds in one text."""
        return ", ".join([hold.name for hold in self.holds])

    @property
    def key(self) -> "Key[OrderHolds]":
        """Return the key."""
        return holds_key(self.order)

    @property
    def due_at(self) -> int | None:
        """Ask to be looked at when the first hold runs out."""
        return min([hold.until for hold in self.holds if hold.until is not None], default=None)


def holds_key(order: str) -> Key[OrderHolds]:
    """Return the key of what holds an order."""
    return Key("orders.holds", order)


def line_unit(order: str, line: str) -> Unit:
    """Return the unit that counts pieces of a line; it is also the `ref` under which goods are claimed for it.

    >>> line_unit("order-1", "2")
    'line:order-1/2'
    """
    return Unit(f"line:{order}/{line}")
