"""What each paper means for us: one table from kinds of papers to what is told and what is asked.

A fact is told and never refused; what may be refused is asked. Ids are derived from the paper's own, so that a message
that comes again is a repeat. What no room takes yet comes back as it is: nothing is dropped in silence.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import NamedTuple

from ..counts import SHELF, counted, reconcile
from ..errors import InvalidValue
from ..fulfillment import (
    cancel,
    delivered,
    lost,
    picked,
    place,
    sent_back,
    shipped,
    undeliverable,
)
from ..inventory import GoodsState, adjusted, received
from ..marketplaces import MarketOrder, called_off, fulfilled, relayed, serve
from ..orders import Order, OrderLine
from ..ports import (
    Cancellation,
    Delivery,
    Dispatch,
    GoodsReturn,
    Line,
    Paper,
    PurchaseOrder,
    Reading,
    Receipt,
    SalesOrder,
    StockChange,
    StockCount,
    StockTransfer,
    TillSale,
    Undelivered,
)
from ..pricing import Amount, Discount
from ..returns import returned
from ..supply import expected, landed, transfer
from ..tills import brought_back, sold, voided
from .knowing import Intake, Step, by_line

__all__ = ["Taken", "take"]


class Taken(NamedTuple):
    """What a reading means: steps in its order, and the papers that no room takes yet."""

    steps: tuple[Step, ...]
    left: tuple[Paper, ...]


def take(reading: Reading, intake: Intake) -> Taken:
    """Return what a reading is to be told and asked.

    Raises `InvalidValue` where a paper does not say what we need of it, with its kind and field.
    """
    steps: list[Step] = []
    left: list[Paper] = []
    for paper in reading.papers:
        taking = TABLE.get(paper.form)
        found = taking(paper, intake) if taking else None
        steps += found or ()
        left += [paper] if found is None else []
    return Taken(tuple(steps), tuple(left))


def _order(paper: Paper, intake: Intake) -> list[Step] | None:
    """An order that somebody waits for; a draft, what a till has handed over, or no pieces at all claim nothing."""
    assert isinstance(paper, SalesOrder)
    if paper.is_draft or paper.is_completed:
        return None
    if paper.placed_at is None:
        raise InvalidValue("sales_order.placed_at", None, "told: an order is told whole")
    if not paper.lines:
        raise InvalidValue("sales_order.lines", None, "told: an order is told whole")
    if not (wanted := [line for line in paper.lines if line.quantity]):
        return []
    lines = tuple([OrderLine(id=x.id, sku=intake.sku(x.sku), price_minor=intake.price_minor(x)) for x in wanted])
    order = Order(
        id=paper.id,
        pool=intake.pool_of(paper.from_node),
        channel=intake.channel,
        lines=lines,
        currency=paper.currency,
        destination=intake.locate(paper.destination),
        placed_at=paper.placed_at,
        service=paper.service or intake.service,
        region=intake.region(paper.destination),
        zone=intake.zone(paper.destination),
        collect_at=intake.node(paper.collect_at),
        ship_by=intake.rules.clock("ship_by", paper.ship_by, paper.placed_at),
        deliver_by=intake.rules.clock("deliver_by", paper.deliver_by, paper.placed_at),
    )
    quantities = {line.id: line.quantity * intake.size(line) for line in wanted}
    if off := _discounts(paper, wanted):
        order = order.discounted(quantities, off)
    if not intake.market:
        return [place(order, quantities, policy=intake.policy)]
    return [
        relayed(_as_told(paper, intake.market, paper.placed_at), quantities, policy=intake.rules),
        serve(order, quantities, policy=intake.policy),
    ]


def _discounts(paper: SalesOrder, lines: list[Line]) -> list[Discount]:
    """What was taken off each line, and off all of them; at most what they cost, and what is below zero is none."""
    costs = {line.id: line.quantity * line.price_minor for line in lines}
    own = {line.id: min(max(line.discount_minor, 0), costs[line.id]) for line in lines}
    beside = min(max(paper.discount_minor, 0), sum(costs.values()) - sum(own.values()))
    off = [Discount(id="line", line=line, amount_minor=amount) for line, amount in own.items()]
    return [each for each in (*off, Discount(id="order", amount_minor=beside)) if each.amount_minor]


def _as_told(paper: SalesOrder, market: str, placed_at: int) -> MarketOrder:
    """A marketplace's order as of when it says so, or as it was placed."""
    return MarketOrder(
        order=paper.id,
        revision=max(placed_at if paper.updated_at is None else paper.updated_at, 1),
        market=market,
        placed_at=placed_at,
        number=paper.number,
        acknowledge_by=paper.acknowledge_by,
        ship_by=paper.ship_by,
        deliver_by=paper.deliver_by,
    )


def _cancellation(paper: Paper, intake: Intake) -> list[Step]:
    """What was canceled is told, what is to be canceled is asked."""
    assert isinstance(paper, Cancellation)
    quantities = by_line(paper, paper.items, intake) if paper.items else None
    if paper.is_done:
        how = {"id": paper.id, "by": paper.by, "reason": paper.reason}
        return [called_off(paper.order, quantities, **how, occurred_at=paper.occurred_at)]
    return [cancel(paper.order, quantities, reason=paper.reason, id=paper.id)]


def _dispatch(paper: Paper, intake: Intake) -> list[Step]:
    """A shipment that fell short is told as picked so, and then as shipped; one of a center is the center's own."""
    assert isinstance(paper, Dispatch)
    if (node := intake.node(paper.node)) in intake.centers:
        sent, at = intake.pieces(paper.items), paper.occurred_at
        done = [fulfilled(paper.id, node=node, quantities=sent, order=paper.order, occurred_at=at)] if sent else []
        return [*done, *_settled(f"market/fulfilled/{paper.id}", node, sent)]
    pieces, short = by_line(paper, paper.items, intake), by_line(paper, paper.short, intake)
    tracking = ", ".join(paper.tracking) or None
    steps: list[Step] = [picked(paper.id, pieces, short=short, occurred_at=paper.occurred_at)] if short else []
    if pieces or not short:
        steps.append(shipped(paper.id, pieces or None, tracking=tracking, occurred_at=paper.occurred_at))
    return steps


def _settled(cause: str, node: str, skus: Iterable[str]) -> list[Step]:
    """What a center says is so, however far from our book: nobody else can look there."""
    return [reconcile(cause, node=node, sku=sku, accept=True) for sku in skus]


def _delivery(paper: Paper, _intake: Intake) -> list[Step]:
    assert isinstance(paper, Delivery)
    return [delivered(paper.id, occurred_at=paper.occurred_at)]


def _undelivered(paper: Paper, intake: Intake) -> list[Step]:
    """What did not arrive. Said of all that was under way it is one message, however often it is said."""
    assert isinstance(paper, Undelivered)
    pieces, part, at = by_line(paper, paper.items, intake) or None, paper.id if paper.items else "", paper.occurred_at
    if paper.status == "lost":
        return [lost(paper.shipment, pieces, id=part, occurred_at=at)]
    if paper.status == "undeliverable":
        return [undeliverable(paper.shipment, reason=paper.reason, occurred_at=at)]
    node, condition = intake.node(paper.node), paper.condition or GoodsState.QUARANTINE
    how = {"node": node, "condition": condition, "reason": paper.reason}
    return [sent_back(paper.shipment, pieces, **how, id=part, occurred_at=at)]


def _return(paper: Paper, intake: Intake) -> list[Step] | None:
    """What is announced moves nothing: no room takes it yet."""
    assert isinstance(paper, GoodsReturn)
    if paper.is_announced:
        return None
    is_theirs = intake.node(paper.node) in intake.centers
    known = [item for item in paper.items if paper.order and item.line and not is_theirs]
    blind = intake.pieces([item for item in paper.items if item not in known])
    return [
        returned(
            paper.id,
            node=intake.node(paper.node),
            order=paper.order if known or is_theirs else "",
            lines=by_line(paper, known, intake),
            blind=blind,
            occurred_at=paper.occurred_at,
        )
    ]


def _receipt(paper: Paper, intake: Intake) -> list[Step]:
    assert isinstance(paper, Receipt)
    node, quantities, at = intake.node(paper.node), intake.pieces(paper.items), paper.occurred_at
    if paper.inbound:
        return [landed(paper.id, inbound=paper.inbound, node=node, quantities=quantities, occurred_at=at)]
    return [received(paper.id, node=node, quantities=quantities, occurred_at=at)]


def _count(paper: Paper, intake: Intake) -> list[Step] | None:
    """A count of what is on hand; what is said of another state, as what may be sold, is no count of the shelf.

    A center says what it has for sale and for orders: both together are its shelf.
    """
    assert isinstance(paper, StockCount)
    node, pieces, as_of = intake.node(paper.node), intake.pieces(paper.items), paper.as_of
    is_theirs, states = node in intake.centers, {item.state for item in paper.items}
    of = SHELF if is_theirs and states <= {"available", "reserved"} else ""
    if not of and not states <= {"", "on_hand"}:
        return None
    count = counted(paper.id, node=node, quantities=pieces, as_of=as_of, of=of)
    return [count, *(_settled(count.id, node, pieces) if is_theirs else [])]


def _change(paper: Paper, intake: Intake) -> list[Step]:
    assert isinstance(paper, StockChange)
    node, at = intake.node(paper.node), paper.occurred_at
    return [
        adjusted(f"{paper.id}/{sku}", node=node, sku=sku, change=change, reason=paper.reason, occurred_at=at)
        for sku, change in intake.pieces(paper.items).items()
        if change
    ]


def _transfer(paper: Paper, intake: Intake) -> list[Step]:
    """They came in already: what left the source is under way for no time at all."""
    assert isinstance(paper, StockTransfer)
    source, node, at = intake.node(paper.source), intake.node(paper.target), paper.occurred_at
    if at is None:
        raise InvalidValue("stock_transfer.occurred_at", at, "when they came in")
    quantities = intake.pieces(paper.items)
    return [
        transfer(paper.id, source=source, node=node, quantities=quantities, expected_at=at),
        landed(f"{paper.id}/landed", inbound=paper.id, node=node, quantities=quantities, occurred_at=at),
    ]


def _purchase(paper: Paper, intake: Intake) -> list[Step]:
    assert isinstance(paper, PurchaseOrder)
    if paper.due_at is None:
        raise InvalidValue("purchase_order.due_at", None, "when it comes in")
    if not paper.node:
        raise InvalidValue("purchase_order.node", None, "where it comes in")
    quantities = intake.pieces(paper.lines)
    return [expected(paper.id, node=intake.node(paper.node), quantities=quantities, expected_at=paper.due_at)]


def _till(paper: Paper, intake: Intake) -> list[Step]:
    assert isinstance(paper, TillSale)
    node, quantities, at = intake.node(paper.node), intake.pieces(paper.items), paper.occurred_at
    money, paid = "" if paper.total_minor is None else paper.currency, Amount(abs(paper.total_minor or 0))
    if paper.is_void:
        undo = partial(voided, sale=paper.sale, till=paper.till, node=node, quantities=quantities or None)
        return [undo(paper.id, currency=money, takings=paid, occurred_at=at)]
    if paper.is_return:
        bring = partial(brought_back, sale=paper.sale, node=node, quantities=quantities, state="quarantine")
        return [bring(paper.id, currency=money, takings=paid, occurred_at=at)]
    sell = partial(sold, till=paper.till, node=node, quantities=quantities)
    return [sell(paper.id, currency=money, takings=paid, occurred_at=at)]


TABLE: Mapping[str, Callable[[Paper, Intake], list[Step] | None]] = {
    SalesOrder.form: _order,
    Cancellation.form: _cancellation,
    Dispatch.form: _dispatch,
    Delivery.form: _delivery,
    Undelivered.form: _undelivered,
    GoodsReturn.form: _return,
    Receipt.form: _receipt,
    StockCount.form: _count,
    StockChange.form: _change,
    StockTransfer.form: _transfer,
    PurchaseOrder.form: _purchase,
    TillSale.form: _till,
}
"""What each kind of paper is told or asked as. The others are left: no room takes them yet."""
