"""What must hold of money: what we ask for, what gift cards have, what really moved, and the books over all of it."""

from collections import Counter
from collections.abc import Iterator

from ...finance import Chart, chart_account, money, valued
from ...fulfillment import Shipment
from ...invoices import Issued
from ...ledger import Account
from ...payments import CardFilled, MoneyMoved, MoneyState, Settled, Step, TenderKind
from ...returns import Returned
from ...supply import Inbound
from ..view import INBOUND, Invariant, View
from .record import CURRENCY, OWED, PAID, money_at

__all__ = ["BOOKED", "MONEY_RULES"]

DRAWN = {
    Step.CAPTURE_ASKED: MoneyState.AUTHORIZED,
    Step.REFUND_ASKED: MoneyState.CAPTURED,
    Step.CREDITED: MoneyState.CAPTURED,
}
"""Which state of a tender what we ask for is drawn from."""
BOOKED = (Issued, MoneyMoved, CardFilled, Settled)
"""Events of papers and money that the books follow."""


def _asks_for_what_is_there(view: View) -> Iterator[str]:
    for event in view.entry.events if view.entry and view.is_request else ():
        if isinstance(event, MoneyMoved) and (state := DRAWN.get(event.step)):
            left = view.balance(PAID, money_at(event.order, state, event.tender.ref))
            if left < 0:
                yield f"{event.step.value} of {event.amount_minor} leaves {left} {state} of {event.tender.ref}"


def _gift_cards_have_what_they_have(view: View) -> Iterator[str]:
    for account in view.changes.get(PAID, {}):
        if account.place.startswith("gift_card:") and view.is_request and (left := view.balance(PAID, account)) < 0:
            yield f"{account.place} has {left}"


def _money_moves_no_stock(view: View) -> Iterator[str]:
    if view.entry and any(isinstance(event, BOOKED) for event in view.entry.events):
        for _, unit, source, target in view.entry.movements:
            if unit.startswith(("sku:", "line:", "capacity:")):
                yield f"{unit} went from {source.state} to {target.state} with money"


def _what_moved_is_booked(view: View) -> Iterator[str]:
    """What providers and agents have really moved is what is on record; gift cards are moved by us."""
    record = view.money
    for order, tender in sorted(record.real.keys() | record.by_tender.keys()):
        real, book = record.real[order, tender], record.by_tender[order, tender]
        if real != book and not tender.startswith(TenderKind.GIFT_CARD):
            yield f"{real} of {order} were really paid by {tender}, the book says {book}"


def _gift_cards_add_up(view: View) -> Iterator[str]:
    """A card has what was put on it, less what orders were paid with it."""
    left = Counter[str]()
    for _, entry in view.journal:
        for event in entry.events:
            if isinstance(event, CardFilled):
                left[event.card] += event.amount_minor
    for (_, tender), amount in view.money.by_tender.items():
        kind, _, id = tender.partition(":")
        left[id] -= amount if kind == TenderKind.GIFT_CARD else 0
    for card, due in left.items():
        if (has := view.balance(PAID, Account(f"gift_card:{card}", "balance"))) != due:
            yield f"gift card {card} has {has}, and was given {due} more than was spent of it"


def _orders_are_settled(view: View) -> Iterator[str]:
    """What papers ask for was paid; what they ask for no longer went back, but for what a bank has taken itself."""
    record = view.money
    for order in sorted(record.due.keys() | record.received.keys()):
        owed = record.due[order] - record.received[order]
        kept = max(view.balance(PAID, money_at(order, MoneyState.CAPTURED)), 0)
        if owed > 0 or (owed < 0 and kept):
            yield f"{order} owes {owed} by its papers, {kept} of it can be given back"
        for state in (MoneyState.CAPTURING, MoneyState.REFUNDING, MoneyState.DISPUTED):
            if left := view.balance(PAID, money_at(order, state)):
                yield f"{left} of {order} are still {state}"


def _books_follow(view: View) -> Iterator[str]:
    unit = money(CURRENCY)
    booked = [e.id for _, e in view.journal if any(isinstance(event, BOOKED) for event in e.events)]
    for id in [id for id in booked if _means_something(view.entries[id].events)]:
        if f"{id}/posted" not in view.entries:
            yield f"{id} is not in the books"
    for order in sorted(view.money.due.keys() | view.money.received.keys()):
        owed = view.money.due[order] - view.money.received[order]
        if (known := view.balance(unit, chart_account(Chart.RECEIVABLE, order))) != owed:
            yield f"{order} owes {owed}, the books say {known}"


def _means_something(events: tuple[object, ...]) -> bool:
    steps = {event.step for event in events if isinstance(event, MoneyMoved)}
    return not steps or bool(steps - SILENT)


SILENT = {
    *(Step.AUTHORIZED, Step.VOIDED, Step.LAPSED, Step.CAPTURE_ASKED, Step.CAPTURE_FAILED),
    *(Step.REFUND_ASKED, Step.REFUND_FAILED),
}
"""Steps that are nobody's money yet."""


def _stock_is_worth_its_layers(view: View) -> Iterator[str]:
    unit, place = money(CURRENCY), f"chart:{Chart.INVENTORY.value}"
    book = view.book.get(unit, {})
    whole = book.get(Account(place, "posted"), 0)
    stocks = sum([held for account, held in book.items() if account.place == place and account.ref and not account.lot])
    layers = sum([held for account, held in book.items() if account.place == place and account.ref and account.lot])
    pooled = [a.ref for a in book if a.place == place and a.ref and a.lot]
    if whole != stocks or (pooled and layers != whole):
        yield f"stock is worth {whole}, its parts {stocks}, its layers {layers}"
    if total := sum([held for account, held in book.items() if not account.ref and not account.lot]):
        yield f"the books sum to {total}"


def _what_is_valued_is_there(view: View) -> Iterator[str]:
    """Pieces in the books are those on hand, and those that are ours on the way: to a node of ours, or to a counter."""
    known = view.documents.values()
    own = {document.id for document in known if isinstance(document, Inbound) and document.source}
    carried = [each for each in known if isinstance(each, Shipment) and each.collect_at not in ("", each.node)]
    away = {f"transit:{shipment.id}" for shipment in carried}
    for unit in [unit for unit in view.book if unit.startswith("sku:")]:
        there = sum([view.on_hand(node.id, unit) for node in view.network.nodes])
        for (place, _, ref, lot, owner), held in view.book[unit].items():
            is_ours = (place == INBOUND and lot in own) or (place in away and not lot)
            there += held if is_ours and not ref and not owner else 0
        book = view.balance(valued(unit.removeprefix("sku:")), chart_account(Chart.INVENTORY))
        if book != there:
            yield f"{there} of {unit} are ours, the books value {book}"


def _agents_are_even(view: View) -> Iterator[str]:
    for account, held in view.book.get(OWED, {}).items():
        if account.place.startswith("agent:") and held:
            yield f"{account.place} owes {held} for {account.ref or 'all orders'}, and has paid all"


def _what_came_back_is_its_own(view: View) -> Iterator[str]:
    for event in view.entry.events if view.entry else ():
        brought = view.money.brought.get(event.document.id) if isinstance(event, Returned) else None
        if brought is None or not isinstance(event, Returned):
            continue
        order, lines, _ = brought
        taken = Counter[str]()
        for line, _, quantity, _ in event.lines:
            taken[line] += quantity
        if event.document.order != order or any(taken[line] > lines.get(line, 0) for line in taken):
            yield f"{dict(lines)} of {order} came back, {dict(taken)} of {event.document.order} were taken in"


MONEY_RULES: tuple[Invariant, ...] = (
    Invariant("F1 we take and give back no more than there is", "step", _asks_for_what_is_there),
    Invariant("F2 a gift card pays no more than it has", "step", _gift_cards_have_what_they_have),
    Invariant("F3 money and papers move no stock", "step", _money_moves_no_stock),
    Invariant("F4 what is on record of money is what really moved", "end", _what_moved_is_booked),
    Invariant("F4 a gift card has what was put on it and not spent", "end", _gift_cards_add_up),
    Invariant("F5 what papers ask for is paid, and no more of it is kept", "end", _orders_are_settled),
    Invariant("F6 the books follow papers and money", "end", _books_follow),
    Invariant("F7 stock is worth its layers, and books balance", "end", _stock_is_worth_its_layers),
    Invariant("F7 the books value the pieces that are ours, on hand and on the way", "end", _what_is_valued_is_there),
    Invariant("F8 an agent that has paid all owes nothing", "end", _agents_are_even),
    Invariant("F9 what comes back is of the order that it was bought with", "step", _what_came_back_is_its_own),
)
"""Of money."""
