"""Post an entry of the journal: what its goods movements mean in money, by the method and the scope of the policy.

Postings follow the journal: each goods entry is posted once, under `<entry>/posted`, with it as the cause. No goods
event knows a cost. What leaves stock is rounded half up once and the value that is left is kept exactly (IAS 2); what
comes back from a customer comes at the cost that it left with. What others own is counted and worth nothing: when it is
sold, it costs what its owner is owed.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial

from ..bundles import Assembled, Disassembled
from ..catalog import Catalog
from ..counts import Reconciled
from ..fulfillment import Collected, Found, Lost, SentBack, Shipped, shipment_key
from ..inventory import Adjusted
from ..ledger import Account, Decision, Entry, Event, Request, State, Supposed
from ..lots import HandedBack
from ..orders import Order, line_unit, order_key
from ..returns import Disposed, Disposition, Returned
from ..valuation import ValuationPolicy
from ..values import Unit, allocate
from .documents import Chart, Posting, SalesBasis, chart_account, money, valued
from .elsewhere import SOLD_ELSEWHERE
from .events import Posted
from .incoming import INCOMING
from .money import PAPERS_AND_MONEY
from .owners import Pieces, Step, consigned_by, counted, dealt, found, issued, of_line, taken_back
from .stocks import Books, Side, in_turn, of_books, posted, resting

__all__ = ["post"]


def post(
    entry: Entry, policy: ValuationPolicy | None = None, *, sales: SalesBasis = SalesBasis.GOODS
) -> Request[Catalog]:
    """Ask to post an entry of the journal; one that means nothing in money is accepted without events.

    Both are chosen once: stock that came in under one method can not be drawn on by another, and what was sold by the
    goods that left can not be taken back by a credit note. `sales` says whether it is goods or papers that sell.
    """
    known = of_books(policy)

    def decide(world: State, catalog: Catalog, _now: int) -> Decision:
        events: tuple[Posted, ...] = ()
        for event in entry.events:
            rule = _RULES.get(event.kind)
            if rule:
                events += rule(Books.of(Supposed(world, events), catalog, entry, known, sales), event)
        return resting(world, events, [touched for each in events for touched in _touched(each)])

    return Request(f"{entry.id}/posted", (("entry", entry.id),), decide)


def _touched(event: Posted) -> list[tuple[Unit, Account]]:
    """Return the value and the count of each stock and layer that a posting rests on: they may not change."""
    ends = [
        (move.sku, account, ref, layer)
        for move in event.pieces
        for account, ref, layer in (
            (move.left, move.left_ref, move.left_layer),
            (move.entered, move.entered_ref, move.entered_layer),
        )
    ]
    stocks = [
        (sku, chart_account(account, ref, part))
        for sku, account, ref, layer in ends
        if account == Chart.INVENTORY
        for part in dict.fromkeys(("", layer))
    ]
    return [(unit, stock) for sku, stock in stocks for unit in (money(event.currency), valued(sku))]


def _handed_back(books: Books, event: Event) -> tuple[Posted, ...]:
    assert isinstance(event, HandedBack)
    outside = Side(Chart.RECEIVED_NOT_INVOICED)
    moves = [counted(lot.sku, lot.quantity, consigned_by(lot.owner), outside) for lot in event.lots if lot.owner]
    return (posted(books.catalog, [], moves),) if moves else ()


def _shipped(books: Books, event: Event) -> tuple[Posted, ...]:
    """Post a sale when the goods leave us: when they are shipped to the customer, or collected at a node.

    What is under way to a store is ours until then (control passes at the hand-over, IFRS 15.38).
    """
    assert isinstance(event, Shipped | Collected)
    shipment = books.world.document(shipment_key(event.shipment))
    if isinstance(event, Shipped) and shipment and shipment.collect_at not in ("", shipment.node):
        return ()
    node = shipment.node if shipment else event.node
    steps: list[Step] = []
    for line, sku, quantity in event.lines:
        cost = Side(Chart.COST_OF_GOODS_SOLD, line_unit(event.order, line))
        steps.append(partial(_sold, event.order, line, quantity, (Chart.RECEIVABLE, Chart.REVENUE)))
        steps.append(partial(issued, Pieces(sku, node, of_line(line, quantity, event.lots)), cost))
    return in_turn(books, steps)


def _sold(order_id: str, line: str, quantity: int, sides: tuple[Chart, Chart], books: Books) -> tuple[Posted, ...]:
    """Post the price of pieces in the currency of their order; amounts of two currencies are never added."""
    order = books.world.document(order_key(order_id))
    if books.sales is SalesBasis.PAPERS or order is None or line not in order.line_by_id:
        return ()
    price = _paid_minor(books, order, line, -quantity if sides[0] is Chart.RETURNS else quantity)
    return (posted(books.catalog, [Posting(price, *sides, order_id, order_id)], currency=order.currency),)


def _paid_minor(books: Books, order: Order, line: str, change: int) -> int:
    """Return what is paid for pieces of a line that are sold next, or (below zero) that come back of those sold last.

    Only where something was taken off the line do its pieces cost other than their price.
    """
    known = order.line_by_id[line]
    if not known.discounts:
        return abs(change) * known.price_minor
    sold = chart_account(Chart.COST_OF_GOODS_SOLD, line_unit(order.id, line))
    count = max(books.world.balance(valued(known.sku), (sold,)), -min(change, 0))
    return order.paid_minor(line, *sorted((count, count + change)))


def _returned(books: Books, event: Event) -> tuple[Posted, ...]:
    assert isinstance(event, Returned)
    order, node, id = event.document.order, event.document.node, event.document.id
    theirs = Counter[tuple[str, str, str]]()
    for lot in event.lots:
        theirs[lot.sku, lot.shipment, lot.owner] += lot.quantity if lot.owner else 0
    steps: list[Step] = []
    for line, sku, quantity, shipment in event.lines:
        steps += _unsold(order, line, Pieces(sku, node, dealt(theirs, sku, shipment, quantity)))
    for sku, quantity in event.blind:
        steps.append(partial(found, Pieces(sku, node, dealt(theirs, sku, "", quantity)), id))
    return in_turn(books, steps)


DISPOSED: Mapping[Disposition, Chart] = {
    Disposition.SCRAP: Chart.SHRINKAGE,
    Disposition.RETURN_TO_VENDOR: Chart.RECEIVED_NOT_INVOICED,
    Disposition.LIQUIDATE: Chart.COST_OF_GOODS_SOLD,
}
"""What is debited for returned goods that leave us; all others stay ours, at what they are worth."""


def _disposed(books: Books, event: Event) -> tuple[Posted, ...]:
    assert isinstance(event, Disposed)
    gone = [each for each in event.items if each.disposition in DISPOSED]
    steps = [
        partial(
            issued,
            Pieces(each.sku, event.node, (("", each.quantity),)),
            Side(DISPOSED[each.disposition], f"return:{event.id}"),
        )
        for each in gone
    ]
    return in_turn(books, steps)


def _unsold(order: str, line: str, goods: Pieces, lost_with: str = "") -> tuple[Step, ...]:
    """Return the steps that take a sale back: what the customer owes, and what the goods cost."""
    quantity = sum([pieces for _, pieces in goods.owned])
    return (
        partial(_sold, order, line, quantity, (Chart.RETURNS, Chart.RECEIVABLE)),
        partial(taken_back, goods, line_unit(order, line), lost_with),
    )


def _sent_back(books: Books, event: Event) -> tuple[Posted, ...]:
    """Take a sale back whose goods are with us again, or lost; what was sent to a store was never sold."""
    assert isinstance(event, SentBack | Lost)
    shipment = books.world.document(shipment_key(event.shipment))
    lost_with = event.shipment if isinstance(event, Lost) else ""
    node = event.node if isinstance(event, SentBack) else shipment.node if shipment else ""
    never_sold = shipment is not None and shipment.collect_at not in ("", shipment.node)
    if never_sold and not lost_with:
        return ()
    steps: list[Step] = []
    for line, sku, quantity in event.lines:
        goods = Pieces(sku, node, of_line(line, quantity, event.lots))
        if never_sold:
            steps.append(partial(issued, goods, Side(Chart.SHRINKAGE, event.shipment)))
        else:
            steps += _unsold(event.order, line, goods, lost_with)
    return in_turn(books, steps)


def _found_again(books: Books, event: Event) -> tuple[Posted, ...]:
    assert isinstance(event, Found)
    goods = [Pieces(sku, event.node, of_line(line, q, event.lots)) for line, sku, q in event.lines]
    return in_turn(books, [partial(found, each, event.shipment) for each in goods])


def _adjusted(books: Books, event: Event) -> tuple[Posted, ...]:
    """Post what a count or somebody has found or missed, on the shelf, in quarantine or among what is damaged."""
    assert isinstance(event, Adjusted | Reconciled)
    ref = event.adjustment if isinstance(event, Adjusted) else f"{event.node}:{event.sku}"
    if event.change > 0:
        return found(Pieces(event.sku, event.node, (("", event.change),)), ref, books)
    return (books.left(event.sku, event.node, -event.change, Side(Chart.SHRINKAGE, ref)),)


def _made(books: Books, event: Event) -> tuple[Posted, ...]:
    """Post what a bundle took as what it is worth; taken apart, its value goes to its components as they cost."""
    assert isinstance(event, Assembled | Disassembled)
    recipe, is_made = event.recipe, isinstance(event, Assembled)
    gone, came = (recipe.used(), recipe.made()) if is_made else (recipe.made(), recipe.used())
    side = Side(Chart.PRODUCTION, recipe.bundle)
    left = in_turn(books, [partial(issued, Pieces(sku, recipe.node, (("", q),)), side) for sku, q in gone])
    worth = sum([p.amount_minor if p.debit == side.account else -p.amount_minor for e in left for p in e.postings])
    weights = [quantity * books.cost_minor(sku) for sku, quantity in came]
    costs = allocate(worth, weights if any(weights) else [quantity for _, quantity in came])

    def enter(sku: str, quantity: int, cost: int, books: Books) -> tuple[Posted, ...]:
        return (books.came(sku, recipe.node, quantity, cost, side),)

    steps = [partial(enter, sku, quantity, cost) for (sku, quantity), cost in zip(came, costs, strict=True)]
    return in_turn(books, [lambda _books: left, *steps])


_RULES: Mapping[str, Callable[[Books, Event], tuple[Posted, ...]]] = {
    **INCOMING,
    HandedBack.kind: _handed_back,
    Shipped.kind: _shipped,
    Collected.kind: _shipped,
    Returned.kind: _returned,
    Disposed.kind: _disposed,
    SentBack.kind: _sent_back,
    Lost.kind: _sent_back,
    Found.kind: _found_again,
    Adjusted.kind: _adjusted,
    Reconciled.kind: _adjusted,
    Assembled.kind: _made,
    Disassembled.kind: _made,
    **SOLD_ELSEWHERE,
    **PAPERS_AND_MONEY,
}
"""Which events mean something in money, and what. Whatever is not here moves goods within what we own."""
