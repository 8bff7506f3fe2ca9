"""Taking goods back: `returned` is told, for goods that are there are there; `restock` is asked.

Pieces of an order come off the shipments that delivered them, the earliest first; those that were not reported as
delivered were, so that is recorded too. What exceeds all that was shipped is taken in blind, and named as a
disagreement.
"""

from collections.abc import Mapping

from ..errors import InvalidValue
from ..fulfillment import delivered
from ..inventory import goods
from ..ledger import (
    Accepted,
    Between,
    Decision,
    Event,
    Fact,
    LedgerCode,
    Reason,
    ReasonCode,
    Refused,
    Request,
    State,
    Supposed,
    Telling,
)
from ..orders import LineState, Order, by_shipment, line_account, order_key
from ..values import pieces
from .documents import Return, awaiting, return_key
from .events import Restocked, Returned, ReturnedLine

__all__ = ["ReturnCode", "restock", "returned"]


class ReturnCode(ReasonCode):
    """Why returned goods can not be restocked."""

    UNKNOWN_RETURN = "returns.unknown_return", "there is no return {subject}"
    NOT_THERE = "returns.not_there", "{found} of {needed} {unit} of return {subject} wait to be restocked"


def returned(
    id: str,
    *,
    node: str,
    order: str = "",
    lines: Mapping[str, int] | None = None,
    blind: Mapping[str, int] | None = None,
    occurred_at: int | None = None,
) -> Telling[object]:
    """Tell that goods came back to a node: pieces by line of an order, and `blind` pieces by SKU of no known order."""
    document = Return(id=id, node=node, order=order)
    by_line, by_sku = pieces(lines or {}, "line"), pieces(blind or {}, "sku")
    told = (("node", node), ("order", order), ("lines", by_line), ("blind", by_sku))

    def decide(world: State, given: object, now: int) -> tuple[Fact, ...]:
        is_new = world.document(document.key) is None  # a repeat implies nothing more
        known = world.document(order_key(order)) if by_line and is_new else None
        earlier = _deliveries(world, known, by_line, given, now) if known else ()
        after = Supposed(world, [event for fact in earlier for event in fact.events])
        taken, because, excess = _matched(after, known, by_line, id)
        event: Event = Returned(document=document, lines=taken, blind=(*by_sku, *excess))
        return (*earlier, Fact(f"return/{id}", (event,), because, told))

    return Telling(f"return/{id}", occurred_at, decide)


def _deliveries(
    world: State, order: Order, lines: tuple[tuple[str, int], ...], given: object, now: int
) -> tuple[Fact, ...]:
    """Return the deliveries that a return implies: of as many shipments under way as it brings pieces back from."""
    shipments: set[str] = set()
    for line, quantity in [each for each in lines if each[0] in order.line_by_id]:
        unit = order.unit(line)
        left = quantity - world.balance(unit, (line_account(LineState.DELIVERED),))
        for account, held in sorted(world.parts(unit, line_account(LineState.SHIPPED)).items(), key=by_shipment):
            if left > 0:
                shipments.add(account.ref)
                left -= held
    return tuple([fact for shipment in sorted(shipments) for fact in delivered(shipment).decide(world, given, now)])


def _matched(
    world: State, order: Order | None, lines: tuple[tuple[str, int], ...], id: str
) -> tuple[tuple[ReturnedLine, ...], tuple[Reason, ...], tuple[tuple[str, int], ...]]:
    taken: list[ReturnedLine] = []
    because = []
    excess = []
    for line, quantity in lines:
        known = order.line_by_id.get(line) if order else None
        left = quantity
        if order and known:
            parts = world.parts(order.unit(line), line_account(LineState.DELIVERED))
            for account, held in sorted(parts.items(), key=by_shipment):
                if (part := min(held, left)) > 0:
                    taken.append((line, known.sku, part, account.ref))
                    left -= part
        if left:
            because.append(
                Reason(LedgerCode.DISAGREES, f"return/{id}", quantity - left, quantity, f"pieces of line {line}")
            )
        if left and known:
            excess.append((known.sku, left))
    return tuple(taken), tuple(because), tuple(excess)


def restock(id: str, quantities: Mapping[str, int], *, part: str = "") -> Request[object]:
    """Ask to sell returned pieces by SKU again; after the first time, a `part` of its own tells each apart.

    Because: `UNKNOWN_RETURN`, `NOT_THERE` (found and needed).
    """
    items = pieces(quantities, "sku")
    if not items:
        raise InvalidValue("quantities", quantities, "pieces of one SKU or more")

    def decide(world: State, _given: object, _now: int) -> Decision:
        document = world.document(return_key(id))
        if document is None:
            return Refused((Reason(ReturnCode.UNKNOWN_RETURN, id),))
        here = (awaiting(document.node, id),)
        found = {sku: world.balance(goods(sku), here) for sku, _ in items}
        short = [Reason(ReturnCode.NOT_THERE, id, found[sku], q, sku) for sku, q in items if found[sku] < q]
        if short:
            return Refused(tuple(short))
        event = Restocked(id=id, node=document.node, items=items)
        return Accepted((event,), (), tuple([Between(goods(sku), here) for sku, _ in items]))

    return Request(f"return/{id}/restocked{part and '/'}{part}", (("items", items),), decide)
