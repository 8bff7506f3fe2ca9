"""Questions about orders of marketplaces: what was said of each line, and which clocks are at risk, the worst first."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from ..catalog import Catalog
from ..fulfillment import Shipment, shipment_key
from ..ledger import State
from ..orders import LineState, Order, line_account, order_key
from ..routing import Carrier, Destination, Transit, promised
from ..values import Position
from .documents import MarketOrder, asked, market_order_key
from .events import AskState, ask_account
from .standing import told

__all__ = ["AtRisk", "late_risk", "said_of"]

NOT_GIVEN = (LineState.OPEN, LineState.BACKORDERED)
NOT_READY = (LineState.ALLOCATED, LineState.PICKED, LineState.PACKED)


def said_of(order: str) -> Callable[[State, object], Mapping[str, Mapping[AskState, int]] | None]:
    """Return the view of what a marketplace was told, by line and state; None for an order that none has relayed."""

    def view(state: State, _given: object) -> Mapping[str, Mapping[AskState, int]] | None:
        document = state.document(market_order_key(order))
        if document is None:
            return None
        return {line: _said(state, document, line) for line, _ in document.lines}

    return view


def _said(state: State, document: MarketOrder, line: str) -> Mapping[AskState, int]:
    unit, states = asked(document.order, line), [each for each in AskState if each is not AskState.ASKED]
    held = [(each, state.balance(unit, (ask_account(document.market, each),))) for each in states]
    return {each: quantity for each, quantity in held if quantity}


class AtRisk(NamedTuple):
    """Pieces by line for which a clock of a marketplace is running; moments and spans in ms.

    `clock` is what is to be done: "acknowledge_by", "ship_by" or "deliver_by", and `by` when at the latest; what is
    collected has to be ready by `deliver_by`. `ready_at` is when the node, or the carrier, can have done it: the
    promise, or the carrier's next call where that has passed; None where nobody is at it yet. `left_ms` is what is left
    until then of the clock, below zero: too late.
    """

    order: str
    market: str
    clock: str
    by: int
    left_ms: int
    pieces: Mapping[str, int]
    shipment: str = ""
    node: str = ""
    ready_at: int | None = None


def late_risk(orders: Iterable[str], *, now: int) -> Callable[[State, Catalog], tuple[AtRisk, ...]]:
    """Return the view of what is not acknowledged, shipped and delivered yet, the least time left first.

    Each piece is in it once for its answer, and once for its next step; without a clock for that it is in no danger.
    What nobody has been given yet comes before what somebody has that has as much time left.
    """

    def view(state: State, catalog: Catalog) -> tuple[AtRisk, ...]:
        found = [risk for order in dict.fromkeys(orders) for risk in _risks(state, catalog, order, now)]
        return tuple(sorted(found, key=lambda risk: (risk.left_ms, bool(risk.node), risk.order, risk.shipment)))

    return view


def _risks(state: State, catalog: Catalog, order: str, now: int) -> Iterator[AtRisk]:
    document, placed = state.document(market_order_key(order)), state.document(order_key(order))
    if document is None:
        return
    rows = {line: told(state, document, line) for line, _ in document.lines}
    row = AtRisk(order, document.market, "", 0, 0, {})
    waits = _pieces(state, placed, NOT_GIVEN) if placed else {line: sum(was) for line, was in rows.items()}
    found = [
        row._replace(clock="acknowledge_by", pieces={line: was.unanswered for line, was in rows.items()}),
        row._replace(clock="ship_by", pieces=waits),
    ]
    for shipment in _shipments(state, placed):
        at_node = row._replace(shipment=shipment.id, node=shipment.node)
        sent_at, arrives_at = _sent(catalog, shipment, now), max(shipment.deliver_by, now)
        steps = zip(_to_come(state, placed, shipment), (sent_at, arrives_at), strict=True)
        found += [at_node._replace(clock=clock, pieces=some, ready_at=at) for (clock, some), at in steps]
    for each in found:
        pieces = {line: quantity for line, quantity in each.pieces.items() if quantity > 0}
        by: int | None = getattr(document, each.clock)
        if pieces and by is not None:
            at = now if each.ready_at is None else each.ready_at
            yield each._replace(by=by, left_ms=by - at, pieces=pieces)


def _to_come(state: State, order: Order | None, shipment: Shipment) -> Iterator[tuple[str, dict[str, int]]]:
    """Yield what is still to be sent of a shipment, and what is to arrive; what waits for its customer is done."""
    to_send = () if shipment.collect_at else (*NOT_READY, LineState.READY)
    to_come = (*NOT_READY, LineState.SHIPPED) if shipment.collect_at else (LineState.SHIPPED,)
    yield "ship_by", _pieces(state, order, to_send, shipment.id)
    yield "deliver_by", _pieces(state, order, to_come, shipment.id)


def _pieces(state: State, order: Order | None, states: Iterable[LineState], ref: str = "") -> dict[str, int]:
    accounts = [line_account(where, ref) for where in states]
    return {line.id: state.balance(order.unit(line.id), accounts) for line in order.lines} if order else {}


def _shipments(state: State, order: Order | None) -> list[Shipment]:
    """Return the shipments that have pieces of an order to send, or under way."""
    units = [order.unit(line.id) for line in order.lines] if order else []
    accounts = [line_account(where) for where in (*NOT_READY, LineState.READY, LineState.SHIPPED)]
    refs = {part.ref for unit in units for account in accounts for part in state.parts(unit, account)}
    ranked = sorted(refs, key=lambda ref: (len(ref), ref))
    return [found for ref in ranked if (found := state.document(shipment_key(ref))) is not None]


def _sent(catalog: Catalog, shipment: Shipment, now: int) -> int:
    """Return when a node parts with a shipment: as promised, or with the carrier's next call where that has passed."""
    if shipment.leaves_at >= now:
        return shipment.leaves_at
    node, nobody = catalog.network.node_by_id.get(shipment.node), Destination(Position(0, 0))
    if node is None:
        return now
    at = promised(node, nobody, meters=0, carrier=Carrier(), otherwise=Transit(((100, 0),)), now=now)
    return now if at is None else at.leaves_at
