"""Bugs of those who write papers, take money and give it back; the table of all bugs is in `saboteurs`."""

from collections.abc import Callable

import attrs

from ...catalog import Catalog
from ...fulfillment import Shipment, Shipped
from ...inventory import GoodsState
from ...invoices import Invoice, Issued, PaperKind, Series
from ...ledger import Accepted, Account, Decision, Document, Entry, Event, Movement, Request, State
from ...orders import Order
from ...payments import MoneyMoved, Settled, Step
from ...returns import Disposed, Returned
from ...tax import TaxAnswer, TaxedLine
from ...values import Unit
from ..bugs.altered import moving, no_sums, twice
from ..bugs.misled import Other
from ..bugs.saboteur import Saboteur
from ..bugs.spoiled import Altered

__all__ = ["MONEY_BUGS"]

Moves = tuple[Movement, ...]


def _rewritten(entry: Entry, change: Callable[[Event], Event]) -> Entry:
    """Return an entry with its events changed, and what follows from them."""
    events = tuple(map(change, entry.events))
    if events == entry.events:
        return entry
    moves = tuple([move for event in events for move in event.movements()])
    documents = tuple([document for event in events for document in event.documents()])
    return attrs.evolve(entry, events=events, movements=moves, documents=documents)


def _of_paper(kind: PaperKind, change: Callable[[Issued], Issued]) -> Callable[[Request[Catalog]], Request[Catalog]]:
    """Return what changes papers of a kind before they are recorded."""

    def changed(event: Event) -> Event:
        return change(event) if isinstance(event, Issued) and event.paper.role is kind else event

    def other(answer: Decision) -> Decision:
        if not isinstance(answer, Accepted):
            return answer
        return attrs.evolve(answer, events=tuple(map(changed, answer.events)))

    return _decided("", other)


def _taxed(change: Callable[[TaxedLine], TaxedLine]) -> Callable[[Issued], Issued]:
    def changed(event: Issued) -> Issued:
        tax: TaxAnswer = attrs.evolve(event.paper.tax, lines=tuple(map(change, event.paper.tax.lines)))
        return attrs.evolve(event, paper=attrs.evolve(event.paper, tax=tax))

    return changed


def _times(factor: int) -> Callable[[TaxedLine], TaxedLine]:
    def changed(line: TaxedLine) -> TaxedLine:
        parts = [each._replace(amount_minor=factor * each.amount_minor) for each in line.components]
        return line._replace(net_minor=factor * line.net_minor, components=tuple(parts))

    return changed


def _at_todays_rate(line: TaxedLine) -> TaxedLine:
    """Take tax off again at a rate that holds by now: the gross is the same."""
    parts = [each._replace(rate="0.23", amount_minor=each.amount_minor * 23 // 19) for each in line.components]
    more = sum([p.amount_minor - each.amount_minor for p, each in zip(parts, line.components, strict=True)])
    return line._replace(net_minor=line.net_minor - more, components=tuple(parts))


def _by_the_piece(line: TaxedLine) -> TaxedLine:
    """Round the tax of one piece, and multiply."""
    many = max(line.quantity, 1)
    parts = [each._replace(amount_minor=-(-each.amount_minor // many) * many) for each in line.components]
    return line._replace(components=tuple(parts))


def _where_they_landed(event: Issued) -> Issued:
    """Number a credit note under another registration than its invoice."""
    other = "FR1" if event.paper.registration == "DE1" else "DE1"
    series = attrs.evolve(event.series, registration=other)
    return attrs.evolve(event, series=series, paper=attrs.evolve(event.paper, registration=other))


def _skipping(event: Issued) -> Issued:
    series = attrs.evolve(event.series, last=event.series.last + 1)
    return attrs.evolve(event, series=series, paper=attrs.evolve(event.paper, number=series.number))


def _decided(part: str, decide: Callable[[Decision], Decision]) -> Callable[[Request[Catalog]], Request[Catalog]]:
    """Return what changes the answers to requests whose id has a part."""

    def spoil(request: Request[Catalog]) -> Request[Catalog]:
        if part not in request.id:
            return request
        return request._replace(decide=lambda state, catalog, now: decide(request.decide(state, catalog, now)))

    return spoil


def _not_done(_answer: Decision) -> Decision:
    return Accepted()


def _told(
    part: str, told: Callable[[Document | None], Document | None]
) -> Callable[[Request[Catalog]], Request[Catalog]]:
    """Return what has requests whose id has a part decided on other documents."""

    def spoil(request: Request[Catalog]) -> Request[Catalog]:
        if part not in request.id:
            return request
        return request._replace(decide=lambda s, catalog, now: request.decide(Other(s, told=told), catalog, now))

    return spoil


def _unnumbered(document: Document | None) -> Document | None:
    return None if isinstance(document, Series) else document


def _unpieced(document: Document | None) -> Document | None:
    return attrs.evolve(document, pieces=()) if isinstance(document, Invoice) else document


def _alike(document: Document | None) -> Document | None:
    """Forget what each piece cost."""
    if not isinstance(document, Invoice):
        return document
    return attrs.evolve(document, pieces=tuple([each._replace(base_minor=0) for each in document.pieces]))


def _uncharged(document: Document | None) -> Document | None:
    return attrs.evolve(document, charges=()) if isinstance(document, Invoice) else document


def _full_price(document: Document | None) -> Document | None:
    """Forget what was taken off."""
    if not isinstance(document, Order):
        return document
    return attrs.evolve(document, lines=tuple([attrs.evolve(x, discounts=(), discounted=0) for x in document.lines]))


def _to_its_customer(document: Document | None) -> Document | None:
    """Forget at which counter a parcel is collected."""
    return attrs.evolve(document, collect_at="") if isinstance(document, Shipment) else document


def _with_plenty(part: str, more: int) -> Callable[[Request[Catalog]], Request[Catalog]]:
    """Return what has money moved as if there were more of it, unguarded."""

    def held(state: State, unit: Unit, accounts: tuple[Account, ...]) -> int:
        return state.balance(unit, accounts) + more

    def spoil(request: Request[Catalog]) -> Request[Catalog]:
        if not request.id.startswith("payment/") or part not in request.id:
            return request

        def decide(state: State, catalog: Catalog, now: int) -> Decision:
            answer = request.decide(Other(state, held), catalog, now)
            return attrs.evolve(answer, guards=()) if isinstance(answer, Accepted) else answer

        return request._replace(decide=decide)

    return spoil


def _all_of_it(steps: tuple[Step, ...], factor: int) -> Callable[[Decision], Decision]:
    """Ask for more than was meant."""

    def changed(event: Event) -> Event:
        if not isinstance(event, MoneyMoved) or event.step not in steps:
            return event
        return attrs.evolve(event, parts=tuple([(state, factor * amount) for state, amount in event.parts]))

    def more(answer: Decision) -> Decision:
        if not isinstance(answer, Accepted):
            return answer
        return attrs.evolve(answer, events=tuple(map(changed, answer.events)), guards=())

    return more


def _stepping(step: Step, change: Callable[[Moves], Moves]) -> Callable[[Entry], Entry]:
    """Return what changes the movements of a step of money."""

    def spoil(entry: Entry) -> Entry:
        if not any(isinstance(event, MoneyMoved) and event.step is step for event in entry.events):
            return entry
        return attrs.evolve(entry, movements=change(entry.movements))

    return spoil


def _with_goods(moves: Moves) -> Moves:
    """Put a piece on the shelf with the money, wherever that is."""
    return (*moves, Movement(1, Unit("sku:MUG"), Account("customer", "delivered"), Account("dc", GoodsState.SELLABLE)))


def _done_all_the_same(event: Event) -> Event:
    """Take for done what a provider says has failed."""
    done = {Step.CAPTURE_FAILED: Step.CAPTURED, Step.REFUND_FAILED: Step.REFUNDED}
    if not isinstance(event, MoneyMoved) or event.step not in done:
        return event
    return attrs.evolve(event, step=done[event.step])


def _for_sale(moves: Moves) -> Moves:
    """Put on the shelf what was thrown away."""
    return tuple(
        [
            m._replace(target=Account(m.source.place, GoodsState.SELLABLE)) if m.target.place == "loss" else m
            for m in moves
        ]
    )


class _Guessing:
    """Takes goods of no known order for the last that was sent."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[str, str, str]] = {}

    def __call__(self, entry: Entry) -> Entry:
        for event in entry.events:
            if isinstance(event, Shipped):
                self._last.update({sku: (event.order, line, event.shipment) for line, sku, _ in event.lines})
        return _rewritten(entry, self._guessed)

    def _guessed(self, event: Event) -> Event:
        if not isinstance(event, Returned) or event.lines or not event.blind:
            return event
        sku, quantity = event.blind[0]
        if (known := self._last.get(sku)) is None:
            return event
        order, line, shipment = known
        document = attrs.evolve(event.document, order=order)
        return attrs.evolve(event, document=document, lines=((line, sku, quantity, shipment),), blind=())


_C, _N, _T = PaperKind.CREDIT_NOTE, PaperKind.INVOICE, PaperKind.TRUE_UP

MONEY_BUGS: tuple[Saboteur, ...] = (
    Saboteur("a refund rests on no guard", ask=_with_plenty("/refund/", 10**9)),
    Saboteur("what is disputed can be refunded", entry=_stepping(Step.DISPUTED, lambda _moves: ()), guards=no_sums),
    Saboteur("refunds twice what is due", ask=_decided("/refund/", _all_of_it((Step.REFUND_ASKED, Step.CREDITED), 2))),
    Saboteur("a refund that is confirmed counts twice", entry=_stepping(Step.REFUNDED, twice)),
    Saboteur("captures more than is held", ask=_decided("/capture/", _all_of_it((Step.CAPTURE_ASKED,), 3))),
    Saboteur("takes for done what has failed", entry=lambda entry: _rewritten(entry, _done_all_the_same)),
    Saboteur("a gift card is spent twice", entry=_stepping(Step.REDEEMED, twice), guards=no_sums),
    Saboteur("a gift card is spent beyond what it has", ask=_with_plenty("/redeem/", 10**9)),
    Saboteur("a refund moves goods", entry=_stepping(Step.REFUNDED, _with_goods)),
    Saboteur("an agent's statement counts twice", entry=moving(Settled, twice)),
    Saboteur("credits tax at the rate of the day", ask=_of_paper(_C, _taxed(_at_todays_rate))),
    Saboteur("credits where the goods landed", ask=_of_paper(_C, _where_they_landed)),
    Saboteur("numbers papers without the document", ask=_told("credit/", _unnumbered)),
    Saboteur("a number is left out", ask=_of_paper(_N, _skipping)),
    Saboteur("invoices pieces again", ask=_told("invoice/", _unpieced)),
    Saboteur("credits equal shares of a line", ask=_told("credit/", _alike)),
    Saboteur("charges are on each invoice", ask=_told("invoice/", _uncharged)),
    Saboteur("tax is rounded by the piece", ask=_of_paper(_N, _taxed(_by_the_piece))),
    Saboteur("a discount is lost on the invoice", ask=_told("invoice/", _full_price)),
    Saboteur("what was provisional stays so", ask=_decided("true-up/", _not_done)),
    Saboteur("trues up twice", ask=_of_paper(_T, _taxed(_times(2)))),
    Saboteur("what came late is on no paper", ask=_decided("/late/", _not_done)),
    Saboteur("what was lost is not credited", ask=_decided(":lost", _not_done)),
    Saboteur("blind goods are credited to some order", keep=lambda store: Altered(store, _Guessing(), tuple)),
    Saboteur("what goes to a counter is sold when it leaves", ask=_told("/posted", _to_its_customer)),
    Saboteur("what was scrapped is for sale", entry=moving(Disposed, _for_sale)),
)
"""Bugs of money and papers."""
