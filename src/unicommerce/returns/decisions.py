"""Taking goods back: `returned` is told, for goods that are there are there; `restock` is asked.

Pieces of an order come off the shipments that delivered them, the earliest first; those that were not reported as
delivered were, so that is recorded too. What exceeds all that was shipped is taken in blind, and named as a
disagreement.
"""

from collections import Counter
from collections.abc import Iterable, Mapping

from ..errors import InvalidValue
from ..fulfillment import LinePieces, delivered
from ..inventory import (
    CUSTOMER,
    GoodsState,
    LotPieces,
    day_at,
    first_of,
    goods,
    is_told_apart,
    lot_key,
    lots_in,
    may_be_sold,
)
from ..ledger import (
    Accepted,
    Account,
    Between,
    Decision,
    Event,
    Fact,
    LedgerCode,
    Reason,
    Refused,
    Request,
    State,
    Supposed,
    Telling,
)
from ..lots import LotCode
from ..orders import LineState, Order, by_shipment, line_account, order_key
from ..values import by_name, pieces, positive
from .authorizing import rma_key
from .codes import ReturnCode
from .documents import Return, awaiting, return_key
from .events import Restocked, Returned, ReturnedLine, ReturnedLot

__all__ = ["restock", "returned"]


WITH_CUSTOMER = (LineState.DELIVERED, LineState.COLLECTED)
"""Where pieces stand that can come back."""


def returned(
    id: str,
    *,
    node: str,
    order: str = "",
    lines: Mapping[str, int] | None = None,
    blind: Mapping[str, int] | None = None,
    lots: Iterable[LinePieces] = (),
    rma: str = "",
    occurred_at: int | None = None,
) -> Telling[object]:
    """Tell that goods came back to a node: pieces by line of an order, and `blind` pieces by SKU of no known order.

    `lots` says of which lot or owner pieces of a line are, or blind ones (no line, but the SKU). The others of a line
    are taken to be of the lots that its shipment brought, the earliest to expire first; `lots.ASSUMED` where they need
    not be. `rma` names the authorization that they came under: `NOT_AUTHORIZED` says which are beyond it (found and
    needed), and they are taken all the same.
    """
    document = Return(id=id, node=node, order=order, rma=rma)
    by_line, by_sku = pieces(lines or {}, "line"), pieces(blind or {}, "sku")
    named = tuple(sorted([each._replace(quantity=positive(each.quantity, "quantity")) for each in lots]))
    said = (("lots", by_name(named)),) if named else ()
    told = (("node", node), ("order", order), ("lines", by_line), ("blind", by_sku), *said)

    def decide(world: State, given: object, now: int) -> tuple[Fact, ...]:
        is_new = world.document(document.key) is None  # a repeat implies nothing more
        known = world.document(order_key(order)) if by_line and is_new else None
        earlier = _deliveries(world, known, by_line, given, now) if known else ()
        after = Supposed(world, [event for fact in earlier for event in fact.events])
        by_state, because, excess = _matched(after, known, by_line, id)
        collected = by_state[LineState.COLLECTED]
        taken = (*by_state[LineState.DELIVERED], *collected)
        beyond = (*by_sku, *excess)
        back, assumed = _lots(after, given, (*taken, *(("", sku, q, "") for sku, q in beyond)), named)
        event: Event = Returned(document=document, lines=taken, blind=beyond, lots=back, collected=collected)
        announced = _beyond(world, rma, by_line)
        return (*earlier, Fact(f"return/{id}", (event,), because + announced + assumed, told))

    return Telling(f"return/{id}", occurred_at, decide)


def _beyond(world: State, rma: str, by_line: tuple[tuple[str, int], ...]) -> tuple[Reason, ...]:
    """Say which pieces are beyond what was announced, where it was said under which authorization they come."""
    known = world.document(rma_key(rma)) if rma else None
    announced = {line.line: line.quantity for line in known.lines} if known else {}
    beyond = [(line, announced.get(line, 0), quantity) for line, quantity in by_line if rma]
    return tuple(
        [Reason(ReturnCode.NOT_AUTHORIZED, rma, may, came, f"line {line}") for line, may, came in beyond if may < came]
    )


def _deliveries(
    world: State, order: Order, lines: tuple[tuple[str, int], ...], given: object, now: int
) -> tuple[Fact, ...]:
    """Return the deliveries that a return implies: of as many shipments under way as it brings pieces back from."""
    shipments: set[str] = set()
    for line, quantity in [each for each in lines if each[0] in order.line_by_id]:
        unit = order.unit(line)
        left = quantity - sum([world.balance(unit, (line_account(state),)) for state in WITH_CUSTOMER])
        for account, held in sorted(world.parts(unit, line_account(LineState.SHIPPED)).items(), key=by_shipment):
            if left > 0:
                shipments.add(account.ref)
                left -= held
    return tuple([fact for shipment in sorted(shipments) for fact in delivered(shipment).decide(world, given, now)])


def _matched(
    world: State, order: Order | None, lines: tuple[tuple[str, int], ...], id: str
) -> tuple[Mapping[LineState, tuple[ReturnedLine, ...]], tuple[Reason, ...], tuple[tuple[str, int], ...]]:
    """Return the pieces of lines that come back, by where the customer had them; what is odd; and what is beyond."""
    taken: dict[LineState, tuple[ReturnedLine, ...]] = dict.fromkeys(WITH_CUSTOMER, ())
    because = []
    excess = []
    for line, quantity in lines:
        known = order.line_by_id.get(line) if order else None
        left = quantity
        for state in WITH_CUSTOMER:
            parts = world.parts(order.unit(line), line_account(state)) if order and known else {}
            for account, held in sorted(parts.items(), key=by_shipment):
                if known and (part := min(held, left)) > 0:
                    taken[state] += ((line, known.sku, part, account.ref),)
                    left -= part
        if left:
            because.append(
                Reason(LedgerCode.DISAGREES, f"return/{id}", quantity - left, quantity, f"pieces of line {line}")
            )
        if left and known:
            excess.append((known.sku, left))
    return taken, tuple(because), tuple(excess)


def _lots(
    world: State, given: object, lines: tuple[ReturnedLine, ...], named: tuple[LinePieces, ...]
) -> tuple[tuple[ReturnedLot, ...], tuple[Reason, ...]]:
    """Return the lots of what came back: those that were told, then those that its shipment brought."""
    taken, because, told = Counter[tuple[str, str, str, str]](), list[Reason](), list(named)
    for line, sku, quantity, shipment in lines:
        own = [each for each in told if each.line == line and (line or each.sku == sku) and (each.lot or each.owner)]
        parts = first_of([LotPieces(sku, each.quantity, each.lot, each.owner) for each in own], quantity)
        left = quantity - sum([part.quantity for part in parts])
        told = [each for each in told if each not in own]
        if left and shipment and is_told_apart(given, sku):
            gone = taken + _counted(shipment, parts)
            brought = lots_in(world, sku, CUSTOMER._replace(ref=shipment))
            there = [lot._replace(quantity=lot.quantity - gone[sku, shipment, *lot[2:4]]) for lot in brought]
            there = [lot for lot in there if lot.quantity > 0]
            if len(there) > 1 and sum([lot.quantity for lot in there]) > left:
                because.append(Reason(LotCode.ASSUMED, sku, left))
            parts += first_of(there, left)
        taken += _counted(shipment, parts)
    back = [ReturnedLot(sku, quantity, shipment, lot, owner) for (sku, shipment, lot, owner), quantity in taken.items()]
    return tuple(back), tuple(because)


def _counted(shipment: str, parts: Iterable[LotPieces]) -> Counter[tuple[str, str, str, str]]:
    found = Counter[tuple[str, str, str, str]]()
    for sku, quantity, lot, owner, *_ in parts:
        found[sku, shipment, lot, owner] += quantity
    return found


def restock(id: str, quantities: Mapping[str, int], *, part: str = "") -> Request[object]:
    """Ask to sell returned pieces by SKU again; after the first time, a `part` of its own tells each apart.

    Pieces go back into the lots that they came of, the earliest to expire first; those of a lot that may not be sold
    stay. Because: `UNKNOWN_RETURN`, `NOT_THERE` (found and needed).
    """
    items = pieces(quantities, "sku")
    if not items:
        raise InvalidValue("quantities", quantities, "pieces of one SKU or more")

    def decide(world: State, given: object, now: int) -> Decision:
        document = world.document(return_key(id))
        if document is None:
            return Refused((Reason(ReturnCode.UNKNOWN_RETURN, id),))
        here = awaiting(document.node, id)
        lots, guards, short = list[LotPieces](), list[Between](), list[Reason]()
        for sku, quantity in items:
            fit, unfit = _waiting(world, given, here, sku, now)
            found = world.balance(goods(sku), (here,)) - unfit
            if found < quantity:
                short.append(Reason(ReturnCode.NOT_THERE, id, found, quantity, sku))
            own = first_of(fit, quantity)
            named = sum([lot.quantity for lot in own])
            stays = unfit + sum([lot.quantity for lot in fit]) - named
            guards += [Between(goods(sku), (here._replace(lot=lot.lot, owner=lot.owner),)) for lot in own]
            guards.append(Between(goods(sku), (here,), stays))
            lots += [lot._replace(state=GoodsState.SELLABLE) for lot in own]
        if short:
            return Refused(tuple(short))
        return Accepted((Restocked(id=id, node=document.node, items=items, lots=tuple(lots)),), (), tuple(guards))

    return Request(f"return/{id}/restocked{part and '/'}{part}", (("items", items),), decide)


def _waiting(world: State, given: object, here: Account, sku: str, now: int) -> tuple[tuple[LotPieces, ...], int]:
    """Return the pieces of lots that wait in a return and may be sold, and how many more may not."""
    if not is_told_apart(given, sku):
        return (), 0
    day = day_at(given, here.place, now)
    there = lots_in(world, sku, here)
    fit = tuple([lot for lot in there if may_be_sold(world.document(lot_key(sku, lot.lot)) if lot.lot else None, day)])
    return fit, sum([lot.quantity for lot in there]) - sum([lot.quantity for lot in fit])
