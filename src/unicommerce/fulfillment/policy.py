"""The knobs of fulfillment."""

from enum import StrEnum
from typing import NamedTuple

from ..errors import InvalidValue
from ..inventory import GoodsState
from ..orders import Order
from ..routing import RoutingPolicy
from ..supply import BackorderPolicy
from ..values import DAY_MS, frozen, positive, whole
from .documents import RejectionReason

__all__ = ["CoolOff", "FulfillmentPolicy", "Owed", "PriceRule", "RejectionPolicy", "Scope", "StandIn", "Then"]


class Scope(StrEnum):
    """What a node that gave pieces back is not asked for: anything of the order, the SKU for it, or for any order."""

    ORDER = "order"
    SKU = "sku"
    EVERY_ORDER = "every_order"


class CoolOff(NamedTuple):
    """What a node is not asked for again, and for how long (ms; None: for ever) since it was heard of.

    >>> CoolOff(Scope.SKU, DAY_MS).is_over(0, DAY_MS - 1), CoolOff(Scope.SKU, DAY_MS).is_over(0, DAY_MS)
    (False, True)
    """

    scope: Scope
    lasts_ms: int | None = None

    def is_over(self, at: int, now: int) -> bool:
        """Tell whether the node may be asked again (ms UTC)."""
        return self.lasts_ms is not None and at + self.lasts_ms <= now


class Then(StrEnum):
    """What becomes of the open pieces of an order that was turned down too often."""

    WAIT = "wait"
    BACKORDER = "backorder"
    CANCEL = "cancel"
    SUBSTITUTE = "substitute"


class Owed(StrEnum):
    """What a customer is owed for pieces that did not arrive."""

    REPLACEMENT = "replacement"
    REFUND = "refund"


@frozen(kw_only=True)
class RejectionPolicy:
    """What is done with what nodes turn down.

    - `busy`, `not_found`, `damaged`: by the node's reason, what it is not asked for and for how long. A busy node is
    spared the whole order for a day; of what was missing or broken it is asked for other SKUs at once. With
    `Scope.EVERY_ORDER` no order asks for that SKU there until it was counted, all of it or the shelf, or the time has
    passed; then a plan reads a document for each of its SKUs at each of its nodes.
    - `most_attempts`: after so many shipments of an order that nodes turned down, no more are made by `allocate`
    (None: no end). - `then`: what becomes of its open pieces: they wait, with their claim, for people, who ask with a
    policy of another number; wait for what is expected, as far as there is that; are canceled; or become pieces of
    another SKU, as the customer has allowed and `stand_ins` say, where nodes can be given all of a line's at once. What
    is none of these, or would tear a kit, waits for people. Where something was done, the count starts over.
    """

    busy: CoolOff = CoolOff(Scope.ORDER, DAY_MS)
    not_found: CoolOff = CoolOff(Scope.SKU)
    damaged: CoolOff = CoolOff(Scope.SKU)
    most_attempts: int | None = 5
    then: Then = Then.WAIT

    def __attrs_post_init__(self) -> None:
        for reason in RejectionReason:
            if (lasts_ms := self.of(reason).lasts_ms) is not None:
                whole(lasts_ms, f"lasts_ms of {reason}")
        if self.busy.scope is Scope.EVERY_ORDER:
            raise InvalidValue("scope of busy", self.busy.scope, "order or sku: it casts no doubt on what is there")
        if self.most_attempts is not None:
            positive(self.most_attempts, "most_attempts")

    def of(self, reason: RejectionReason) -> CoolOff:
        """Return what a reason means."""
        return {
            RejectionReason.BUSY: self.busy,
            RejectionReason.NOT_FOUND: self.not_found,
            RejectionReason.DAMAGED: self.damaged,
        }[reason]

    @property
    def doubts(self) -> bool:
        """Tell whether what one order was told counts for others."""
        return Scope.EVERY_ORDER in (self.not_found.scope, self.damaged.scope)


class PriceRule(StrEnum):
    """What a piece costs that stands in for another: as much, or less where its own price is lower; never more."""

    AS_ORDERED = "as_ordered"
    LOWER = "lower"


class StandIn(NamedTuple):
    """A SKU that may come instead of another, at which price."""

    sku: str
    instead_of: str
    price: PriceRule = PriceRule.LOWER


@frozen(kw_only=True)
class FulfillmentPolicy:
    """How orders are served.

    - `routing`: what routing weighs. - `allocates_at_once`: place and allocate in one entry, so that the customer is
    told the promise at once; a retailer who routes in waves sets it to False and asks `allocate` later. Lots that must
    last are allocated at once in any case. - `kits_may_part`: the components of a kit may come from several nodes; else
    they are taken only where a node has them whole, and allocated at once.
    - `kits_move`: a kit that waits at a node goes from another one that has it whole before; else it waits there.
    - `collect_within_hours`: how long what is ready waits for the customer, before it may be put back. - `checks`: how
    it may be checked who comes; by a code that the customer was told, or by a document that somebody looks at.
    - `backorders`: what is done with an order for which there is too little; by default it is refused.
    - `rejections`: what is done with what nodes turn down. - `when_lost`, `when_sent_back`: what is owed for a parcel
    that was lost, or came back: it is sent again as far as there are pieces, or refunded. What came back was mostly
    not wanted, or has an address that somebody must ask for.
    - `holds`: what every order is held by until it is released, as "review". - `hold_hours`: how long a hold may last
    before it cancels: well within the week for which most cards are authorized.
    - `reshelves_to`: where pieces go that a node had in hand when they were canceled: for sale at once, or (quarantine)
    once somebody has looked. - `stand_ins`: which SKU may come instead of which.
    - `clearance`: the paper without which `ship` refuses, as `cleared` calls it ("invoice"); "": none is needed.
    """

    routing: RoutingPolicy = RoutingPolicy()
    allocates_at_once: bool = True
    kits_may_part: bool = False
    kits_move: bool = True
    collect_within_hours: int = 168
    checks: tuple[str, ...] = ("code", "id")
    backorders: BackorderPolicy = BackorderPolicy()
    rejections: RejectionPolicy = RejectionPolicy()
    when_lost: Owed = Owed.REPLACEMENT
    when_sent_back: Owed = Owed.REFUND
    holds: tuple[str, ...] = ()
    hold_hours: int = 72
    reshelves_to: str = GoodsState.SELLABLE
    stand_ins: tuple[StandIn, ...] = ()
    clearance: str = ""

    def __attrs_post_init__(self) -> None:
        positive(self.hold_hours, "hold_hours")
        if self.reshelves_to not in (GoodsState.SELLABLE, GoodsState.QUARANTINE, GoodsState.DAMAGED):
            raise InvalidValue("reshelves_to", self.reshelves_to, "sellable, quarantine or damaged")

    def due_at(self, order: Order) -> int:
        """Return the latest delivery (ms UTC): what a marketplace has said, else what the service level allows.

        Raises `InvalidValue` for a service level that is not known, where that is what counts.
        """
        if order.deliver_by is not None:
            return order.deliver_by
        return self.routing.due_at(order.placed_at, order.service)
