"""Another SKU instead of one that is not to be had: as the customer allows, from the retailer's table, never dearer.

The pieces that are taken out of a line become those of a new line of the order, which names the one it stands for.
"""

from collections.abc import Mapping
from types import MappingProxyType

import attrs

from ...catalog import Catalog
from ...ledger import Accepted, Decision, Reason, Refused, Request, State, Supposed
from ...orders import (
    Order,
    OrderCode,
    OrderLine,
    Revised,
    Substitution,
    line_unit,
    order_key,
)
from ...supply import BackorderPolicy
from ...values import identifier, positive, whole
from ..allocating.allocation import Case, allocation, open_pieces_of
from ..codes import FulfillmentCode
from ..policy import FulfillmentPolicy, PriceRule, StandIn
from .supplying import amended, served, torn

__all__ = ["stood_in", "substitute"]

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
        if why_not := _forbidden(document, old, sku, agreed=agreed):
            return Refused(why_not)
        if stand_in is None:
            return Refused((Reason(_C.NO_STAND_IN, document.unit(line), None, None, sku),))
        return _substituted(Case(world, catalog, document, policy, now), old, quantity, stand_in, price_minor)

    asked = (("line", line), ("quantity", quantity), ("sku", identifier(sku, "sku")), ("price_minor", price_minor))
    return Request(f"order/{order}/substituted/{id}", asked, decide)


def _forbidden(order: Order, old: OrderLine, sku: str, *, agreed: bool = False) -> tuple[Reason, ...]:
    """Say why the customer's rule does not let a SKU come instead of a line's, where that is so."""
    if agreed or (old.substitution is Substitution.LISTED and sku in old.substitutes):
        return ()
    return (Reason(REFUSES[old.substitution], order.unit(old.id), None, None, sku),)


def _substituted(
    case: Case, old: OrderLine, quantity: int, stand_in: StandIn, price_minor: int | None = None
) -> Decision:
    """Decide that pieces of a line become those of a new one, the last of the revised order."""
    document = case.order
    if parts := torn(document, {old.id: -quantity}):
        return Refused(parts)
    new = _line(document, old, stand_in, price_minor)
    revised = attrs.evolve(document, revision=document.revision + 1, lines=(*document.lines, new))
    answer = amended(case._replace(order=revised), {old.id: -quantity, new.id: quantity}, (Revised(order=revised),))
    if isinstance(answer, Refused):
        return answer
    why = Reason(_C.SUBSTITUTED, document.unit(old.id), quantity, new.price_minor, stand_in.sku)
    return Accepted(answer.events, (why, *answer.because), answer.guards)


def stood_in(case: Case, line: str, quantity: int) -> Decision:
    """Decide that open pieces of a line be of another SKU which nodes can be given at once, all of them or none.

    The SKUs of the policy's table are tried as the customer has named them, then the others, which are refused by the
    customer's rule; at the price of the line. Because: one reason for each that was tried.
    """
    order = case.world.document(order_key(case.order.id)) or case.order
    own = case._replace(order=order, policy=attrs.evolve(case.policy, backorders=BackorderPolicy()))
    old, because = order.line_by_id[line], list[Reason]()
    table = {each.sku: each for each in case.policy.stand_ins if each.instead_of == old.sku}
    for sku in dict.fromkeys([each for each in old.substitutes if each in table] + list(table)):
        why_not = _forbidden(order, old, sku)
        answer = Refused(why_not) if why_not else _served(own, _substituted(own, old, quantity, table[sku]))
        because += answer.because
        if isinstance(answer, Accepted):
            return Accepted(answer.events, tuple(because), answer.guards)
    return Refused(tuple(because))


def _served(case: Case, answer: Decision) -> Decision:
    """Decide to give nodes what stands in; refused where they can not be given all of it."""
    if isinstance(answer, Refused):
        return answer
    after = Supposed(case.world, answer.events)
    order = after.document(case.order.key) or case.order
    new = order.lines[-1].id
    lines = [each for each in open_pieces_of(after, order) if each.line == new]
    given = allocation(case._replace(world=after, order=order), lines) if lines else Accepted()
    if isinstance(given, Refused) or sum([q for _, _, q in lines]) > served(given.events).get(new, 0):
        return Refused(given.because)
    return Accepted(answer.events + given.events, answer.because + given.because, answer.guards + given.guards)


def _line(order: Order, old: OrderLine, stand_in: StandIn, price_minor: int | None) -> OrderLine:
    """Return the line of what comes instead, at no higher price than that of what it stands for."""
    own = old.price_minor if price_minor is None or stand_in.price is PriceRule.AS_ORDERED else price_minor
    number = 1 + sum([line.stands_for == old.id for line in order.lines])
    return OrderLine(
        id=f"{old.id}+{number}", sku=stand_in.sku, price_minor=min(own, old.price_minor), stands_for=old.id
    )
