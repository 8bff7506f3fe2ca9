"""Another SKU instead of one that is not to be had: as the customer allows, from the retailer's table, never dearer.

The pieces that are taken out of a line become those of a new line of the order, which names the one it stands for.
"""

from collections.abc import Mapping
from types import MappingProxyType

import attrs

from ..catalog import Catalog
from ..ledger import Accepted, Decision, Reason, Refused, Request, State
from ..orders import (
    Order,
    OrderCode,
    OrderLine,
    Revised,
    Substitution,
    line_unit,
    order_key,
)
from ..values import identifier, positive, whole
from .cases import Case
from .codes import FulfillmentCode
from .decisions import amended, torn
from .policy import FulfillmentPolicy, PriceRule, StandIn

__all__ = ["substitute"]

_C = FulfillmentCode
REFUSES: Mapping[Substitution, FulfillmentCode] = MappingProxyType(
    {Substitution.NONE: _C.NO_SUBSTITUTE, Substitution.LISTED: _C.NOT_LISTED, Substitution.ASK: _C.NOT_AGREED}
)
"""Why the customer's rule forbids it, where it does."""


def substitute(
    order: str,
    line: str,
    quantity: int,
    sku: str,
    *,
    id: str,
    price_minor: int | None = None,
    agreed: bool = False,
    policy: FulfillmentPolicy = FulfillmentPolicy(),
) -> Request[Catalog]:
    """Ask that so many pieces of a line, not picked yet, be of another SKU; it waits for `allocate` as what is amended.

    The customer's rule is on the line: nothing, one of those that are named, or what they were asked about and `agreed`
    to; having agreed is enough in any case. The policy's table says what may stand in for what, and whether at the
    price of the line or at the SKU's own (`price_minor`) where that is lower: what the customer owes never grows.

    Because: `orders.UNKNOWN_ORDER`, `orders.UNKNOWN_LINE`, `NO_SUBSTITUTE`, `NOT_LISTED`, `NOT_AGREED`, `NO_STAND_IN`,
    `PART_OF_KIT`, `TOO_LATE`, `inventory.SHORT` and others as `amend` refuse; `SUBSTITUTED` says at which price.
    """
    positive(quantity, "quantity")
    if price_minor is not None:
        whole(price_minor, "price_minor")

    def decide(world: State, catalog: Catalog, now: int) -> Decision:
        document = world.document(order_key(order))
        if document is None:
            return Refused((Reason(OrderCode.UNKNOWN_ORDER, order),))
        if (old := document.line_by_id.get(line)) is None:
            return Refused((Reason(OrderCode.UNKNOWN_LINE, line_unit(order, line)),))
        stand_in = next((each for each in policy.stand_ins if each[:2] == (sku, old.sku)), None)
        why_not = _C.NO_STAND_IN if stand_in is None else None
        if not (agreed or (old.substitution is Substitution.LISTED and sku in old.substitutes)):
            why_not = REFUSES[old.substitution]
        if why_not or stand_in is None:
            return Refused((Reason(why_not or _C.NO_STAND_IN, document.unit(line), None, None, sku),))
        return taken(Case(world, catalog, document, policy, now), old, stand_in)

    def taken(case: Case, old: OrderLine, stand_in: StandIn) -> Decision:
        document = case.order
        if parts := torn(document, {line: -quantity}):
            return Refused(parts)
        new = _line(document, old, stand_in, price_minor)
        revised = attrs.evolve(document, revision=document.revision + 1, lines=(*document.lines, new))
        answer = amended(case._replace(order=revised), {line: -quantity, new.id: quantity}, (Revised(order=revised),))
        if isinstance(answer, Refused):
            return answer
        why = Reason(_C.SUBSTITUTED, document.unit(line), quantity, new.price_minor, sku)
        return Accepted(answer.events, (why, *answer.because), answer.guards)

    asked = (("line", line), ("quantity", quantity), ("sku", identifier(sku, "sku")), ("price_minor", price_minor))
    return Request(f"order/{order}/substituted/{id}", asked, decide)


def _line(order: Order, old: OrderLine, stand_in: StandIn, price_minor: int | None) -> OrderLine:
    """Return the line of what comes instead, at no higher price than that of what it stands for."""
    own = old.price_minor if price_minor is None or stand_in.price is PriceRule.AS_ORDERED else price_minor
    number = 1 + sum([line.stands_for == old.id for line in order.lines])
    return OrderLine(
        id=f"{old.id}+{number}", sku=stand_in.sku, price_minor=min(own, old.price_minor), stands_for=old.id
    )
