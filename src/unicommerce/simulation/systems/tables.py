"""What each system is owed, and what it is told: the table of reactions of the hosts, and a writer for each row.

A letter is made from its entry when it is sent; what is not in the entry is seen in the state, and of one order.
"""

from collections.abc import Callable, Iterator, Mapping

from ...catalog import Catalog
from ...delivery import Letter, Reaction
from ...fulfillment import Found, Shipped
from ...ledger import Entry, State
from ...orders import Canceled, LineQuantity, LineState, Order, order_key, quantities_by_state
from ...ports import Cancellation, Dispatch, Item, Line, Paper, Payment, Refund, SalesOrder, ShipNotice
from ...returns import Returned

__all__ = ["TABLE", "WRITERS", "by_order", "value_minor"]


def by_order(*states: LineState) -> Callable[[Entry], tuple[str, ...]]:
    """Return the orders of which an entry moves pieces into or out of a state: a letter is owed in the order of each.

    An entry of `relieve` cancels pieces of several orders.
    """

    def key(entry: Entry) -> tuple[str, ...]:
        lines = [m.unit for m in entry.movements if m.target.state in states or m.source.state in states]
        found = [unit.removeprefix("line:").rpartition("/")[0] for unit in lines if unit.startswith("line:")]
        return tuple(dict.fromkeys(found))

    return key


_S = LineState


def left(entry: Entry) -> tuple[str, ...]:
    """Return the orders of which pieces left; those that were found again had left before."""
    return () if any(isinstance(event, Found) for event in entry.events) else by_order(_S.SHIPPED)(entry)


SHIPPED = (("fulfillment.shipped",), left)
CANCELED = (("orders.canceled",), by_order(_S.CANCELED))
ORDERED = (("orders.placed", "orders.amended", "orders.canceled"), by_order(_S.ORDERED, _S.CANCELED))
TABLE = (
    Reaction("erp", "order", *ORDERED),
    Reaction("erp", "shipment", *SHIPPED),
    Reaction("payments", "capture", *SHIPPED),
    Reaction("payments", "refund", ("returns.returned",), by_order(_S.RETURNED)),
    Reaction("carrier", "collect", *SHIPPED),
    Reaction("market", "dispatch", *SHIPPED),
    Reaction("market", "cancellation", *CANCELED, lane="urgent"),
)
"""Who reacts to what."""

View = Callable[[State, Catalog], Paper | None]


def _shipped(letter: Letter) -> Shipped:
    return next(event for event in letter.recorded.entry.events if isinstance(event, Shipped))


def _items(lines: tuple[LineQuantity, ...]) -> tuple[Item, ...]:
    return tuple([Item(sku, quantity, line) for line, sku, quantity in lines])


def value_minor(order: Order, lines: Iterator[tuple[str, int]]) -> int:
    """Return what pieces of lines cost."""
    return sum([order.line_by_id[line].price_minor * quantity for line, quantity in lines])


def _order(letter: Letter, _channel: str) -> View:
    """An order as it stands: it is the same, or newer, when it is sent again."""

    def view(state: State, _given: Catalog) -> Paper | None:
        order = state.document(order_key(letter.owed.key))
        if order is None:
            return None
        wanted = {line.id: _wanted(state, order, line.id) for line in order.lines}
        lines = tuple([Line(each.id, each.sku, wanted[each.id], each.price_minor) for each in order.lines])
        return SalesOrder(id=order.id, placed_at=order.placed_at, currency=order.currency, lines=lines)

    return view


def _wanted(state: State, order: Order, line: str) -> int:
    held = quantities_by_state(state, order.unit(line))
    return sum(held.values()) - held.get(LineState.CANCELED, 0)


def _shipment(letter: Letter, _channel: str) -> View:
    gone = _shipped(letter)
    return lambda _state, _given: ShipNotice(id=gone.shipment, order=gone.order, items=_items(gone.lines))


def _collect(letter: Letter, _channel: str) -> View:
    gone = _shipped(letter)
    return lambda _s, _g: Dispatch(id=gone.shipment, order=gone.order, node=gone.node, items=_items(gone.lines))


def _dispatch(letter: Letter, channel: str) -> View:
    return _of_channel(channel, letter, _collect(letter, channel))


def _cancellation(letter: Letter, channel: str) -> View:
    entry, order = letter.recorded.entry, letter.owed.key
    lines = [x for event in entry.events if isinstance(event, Canceled) and event.order == order for x in event.lines]
    paper = Cancellation(id=letter.owed.id, order=order, items=_items(tuple(lines)))
    return _of_channel(channel, letter, lambda _state, _given: paper)


def _of_channel(channel: str, letter: Letter, view: View) -> View:
    def own(state: State, given: Catalog) -> Paper | None:
        order = state.document(order_key(letter.owed.key))
        return view(state, given) if order and order.channel == channel else None

    return own


def _capture(letter: Letter, _channel: str) -> View:
    gone = _shipped(letter)

    def view(state: State, _given: Catalog) -> Paper | None:
        order = state.document(order_key(gone.order))
        amount = value_minor(order, ((x.line, x.quantity) for x in gone.lines)) if order else 0
        currency = order.currency if order else ""
        return Payment(id=gone.shipment, status="captured", order=gone.order, currency=currency, amount_minor=amount)

    return view


def _refund(letter: Letter, _channel: str) -> View:
    back = next(event for event in letter.recorded.entry.events if isinstance(event, Returned))
    items = tuple([Item(sku, quantity, line) for line, sku, quantity, _ in back.lines])

    def view(state: State, _given: Catalog) -> Paper | None:
        order = state.document(order_key(back.document.order))
        if order is None or not items:
            return None
        amount = value_minor(order, ((item.line, item.quantity) for item in items))
        return Refund(id=back.document.id, order=order.id, currency=order.currency, amount_minor=amount, items=items)

    return view


WRITERS: Mapping[str, Callable[[Letter, str], View]] = {
    "order": _order,
    "shipment": _shipment,
    "capture": _capture,
    "refund": _refund,
    "collect": _collect,
    "dispatch": _dispatch,
    "cancellation": _cancellation,
}
"""What is said for each row, as a view of the state; None where there is nothing to say."""
