"""Post an entry of the journal: what its goods movements mean in money, at moving average cost.

Postings follow the journal: each goods entry is posted once, under `<entry>/posted`, with it as the cause. No goods
event knows a cost. Issue cost = value x quantity / pieces on hand, rounded half up, and the value that is left is
kept exactly (IAS 2, weighted average); what comes back from a customer comes at the cost that it left with.
"""

from collections.abc import Callable, Mapping

from ..bundles import Assembled, Disassembled
from ..catalog import Catalog
from ..counts import Reconciled
from ..fulfillment import Collected, Found, Lost, SentBack, Shipped, shipment_key
from ..inventory import Adjusted, Received
from ..ledger import Accepted, Between, Decision, Entry, Event, Request, State, Supposed
from ..orders import LineQuantity, Order, line_unit, order_key
from ..returns import Returned
from ..supply import Landed
from ..values import Unit, allocate
from .documents import Chart, Posting, chart_account, money, valued
from .events import Posted, ValuedMove

__all__ = ["post"]


def post(entry: Entry) -> Request[Catalog]:
    """Ask to post an entry of the journal; one that means nothing in money is accepted without events."""

    def decide(world: State, catalog: Catalog, _now: int) -> Decision:
        events: tuple[Posted, ...] = ()
        guards: list[Between] = []
        for event in entry.events:
            rule = _RULES.get(event.kind)
            if rule:
                events += rule(Supposed(world, events), catalog, event)
        after = Supposed(world, events)
        for unit, ref in dict.fromkeys([touched for posted in events for touched in _touched(posted)]):
            account = (chart_account(Chart.INVENTORY, ref),)
            held = after.balance(unit, account)
            guards.append(Between(unit, account, held, held))
        return Accepted(events, (), tuple(guards))

    return Request(f"{entry.id}/posted", (("entry", entry.id),), decide)


def _touched(posted: Posted) -> list[tuple[Unit, str]]:
    """Return the value and count of each SKU that a posting rests on: they may not have changed meanwhile."""
    skus = dict.fromkeys([sku for sku, *_ in posted.pieces])
    return [(unit, sku) for sku in skus for unit in (money(posted.currency), valued(sku))]


def _posted(currency: str, postings: list[Posting], pieces: list[ValuedMove]) -> tuple[Posted, ...]:
    amounts = tuple([p._replace(debit=str(p.debit), credit=str(p.credit)).upright for p in postings if p.amount_minor])
    return (Posted(currency=currency, postings=amounts, pieces=tuple(pieces)),) if amounts or pieces else ()


def _sold(order: Order | None, catalog: Catalog, sales: list[Posting]) -> tuple[Posted, ...]:
    """Post what an order is paid in another currency than stock is valued in; amounts of two are never added."""
    return _posted(order.currency, sales, []) if order and order.currency != catalog.currency else ()


def _cost_minor(catalog: Catalog, sku: str) -> int:
    product = catalog.product(sku)
    return product.cost_minor if product else 0


def _received(_world: State, catalog: Catalog, event: Event) -> tuple[Posted, ...]:
    assert isinstance(event, Received | Landed)
    if isinstance(event, Landed) and event.source:  # from a node of ours: it is valued already
        return ()
    postings, pieces = [], []
    own = [(lot.sku, lot.quantity) for lot in event.lots if not lot.owner] if isinstance(event, Received) else []
    for sku, quantity in (*event.lines, *own):  # what a receipt names by lot is beside its lines
        amount = quantity * _cost_minor(catalog, sku)
        postings.append(Posting(amount, Chart.INVENTORY, Chart.RECEIVED_NOT_INVOICED, sku, event.receipt))
        pieces.append(_valued(sku, quantity, (Chart.RECEIVED_NOT_INVOICED, ""), (Chart.INVENTORY, sku)))
    return _posted(catalog.currency, postings, pieces)


def _valued(sku: str, quantity: int, left: tuple[str, str], entered: tuple[str, str]) -> ValuedMove:
    return (sku, quantity, str(left[0]), left[1], str(entered[0]), entered[1])


def _issue_minor(world: State, catalog: Catalog, sku: str, quantity: int, spent: Mapping[str, tuple[int, int]]) -> int:
    """Return the cost of pieces that leave stock; what finance has not seen come in costs what the catalog says."""
    stock = (chart_account(Chart.INVENTORY, sku),)
    gone_value, gone = spent.get(sku, (0, 0))
    value = world.balance(money(catalog.currency), stock) - gone_value
    pieces = world.balance(valued(sku), stock) - gone
    covered = min(quantity, max(pieces, 0))
    cost = (2 * value * covered + pieces) // (2 * pieces) if covered else 0
    return cost + (quantity - covered) * _cost_minor(catalog, sku)


def _shipped(world: State, catalog: Catalog, event: Event) -> tuple[Posted, ...]:
    """Post a sale when the goods leave us: when they are shipped to the customer, or collected at a node.

    What is under way to a store is ours until then (control passes at the hand-over, IFRS 15.38).
    """
    assert isinstance(event, Shipped | Collected)
    shipment = world.document(shipment_key(event.shipment)) if isinstance(event, Shipped) else None
    if shipment and shipment.collect_at not in ("", shipment.node):
        return ()
    order = world.document(order_key(event.order))
    pieces = []
    postings: list[Posting] = []
    sales = [] if order and order.currency != catalog.currency else postings
    spent: dict[str, tuple[int, int]] = {}
    for line, sku, quantity in event.lines:
        unit = line_unit(event.order, line)
        price = order.line_by_id[line].price_minor if order and line in order.line_by_id else 0
        cost = _issue_minor(world, catalog, sku, quantity, spent)
        value, gone = spent.get(sku, (0, 0))
        spent[sku] = (value + cost, gone + quantity)
        sales.append(Posting(quantity * price, Chart.RECEIVABLE, Chart.REVENUE, event.order, event.order))
        postings.append(Posting(cost, Chart.COST_OF_GOODS_SOLD, Chart.INVENTORY, unit, sku))
        pieces.append(_valued(sku, quantity, (Chart.INVENTORY, sku), (Chart.COST_OF_GOODS_SOLD, unit)))
    return _posted(catalog.currency, postings, pieces) + _sold(order, catalog, sales)


def _returned(world: State, catalog: Catalog, event: Event) -> tuple[Posted, ...]:
    assert isinstance(event, Returned)
    lines = tuple([LineQuantity(line, sku, quantity) for line, sku, quantity, _ in event.lines])
    sales, postings, pieces = _unsold(world, catalog, event.document.order, lines)
    for sku, quantity in event.blind:
        found = _found(catalog, sku, quantity, event.document.id)
        postings.append(found[0])
        pieces.append(found[1])
    order = world.document(order_key(event.document.order))
    return _posted(catalog.currency, postings, pieces) + _sold(order, catalog, sales)


def _sent_back(world: State, catalog: Catalog, event: Event) -> tuple[Posted, ...]:
    """Take a sale back whose goods are with us again, or lost; what was sent to a store was never sold."""
    assert isinstance(event, SentBack | Lost)
    shipment = world.document(shipment_key(event.shipment))
    if shipment and shipment.collect_at not in ("", shipment.node):
        return _gone(world, catalog, event) if isinstance(event, Lost) else ()
    lost_with = event.shipment if isinstance(event, Lost) else ""
    sales, postings, pieces = _unsold(world, catalog, event.order, event.lines, lost_with)
    order = world.document(order_key(event.order))
    return _posted(catalog.currency, postings, pieces) + _sold(order, catalog, sales)


def _gone(world: State, catalog: Catalog, event: Lost) -> tuple[Posted, ...]:
    postings, pieces = list[Posting](), list[ValuedMove]()
    spent: dict[str, tuple[int, int]] = {}
    for _, sku, quantity in event.lines:
        cost = _issue_minor(world, catalog, sku, quantity, spent)
        value, gone = spent.get(sku, (0, 0))
        spent[sku] = (value + cost, gone + quantity)
        postings.append(Posting(cost, Chart.SHRINKAGE, Chart.INVENTORY, event.shipment, sku))
        pieces.append(_valued(sku, quantity, (Chart.INVENTORY, sku), (Chart.SHRINKAGE, "")))
    return _posted(catalog.currency, postings, pieces)


def _found_again(_world: State, catalog: Catalog, event: Event) -> tuple[Posted, ...]:
    assert isinstance(event, Found)
    found = [_found(catalog, sku, quantity, event.shipment) for _, sku, quantity in event.lines]
    return _posted(catalog.currency, [posting for posting, _ in found], [piece for _, piece in found])


def _unsold(
    world: State,
    catalog: Catalog,
    order_id: str,
    lines: tuple[LineQuantity, ...],
    lost_with: str = "",
) -> tuple[list[Posting], list[Posting], list[ValuedMove]]:
    """Return the sales, the costs and the pieces that come back (or are lost), at the cost that they left with."""
    order = world.document(order_key(order_id))
    pieces, postings = list[ValuedMove](), list[Posting]()
    sales = list[Posting]() if order and order.currency != catalog.currency else postings
    spent: dict[Unit, tuple[int, int]] = {}
    for line, sku, quantity in lines:
        unit = line_unit(order_id, line)
        price = order.line_by_id[line].price_minor if order and line in order.line_by_id else 0
        sold = (chart_account(Chart.COST_OF_GOODS_SOLD, unit),)
        gone_value, gone = spent.get(unit, (0, 0))
        value = world.balance(money(catalog.currency), sold) - gone_value
        left = world.balance(valued(sku), sold) - gone
        cost = (2 * value * quantity + left) // (2 * left) if left >= quantity else quantity * _cost_minor(catalog, sku)
        spent[unit] = (gone_value + cost, gone + quantity)
        sales.append(Posting(quantity * price, Chart.RETURNS, Chart.RECEIVABLE, order_id, order_id))
        entered = Chart.SHRINKAGE if lost_with else Chart.INVENTORY
        postings.append(Posting(cost, entered, Chart.COST_OF_GOODS_SOLD, lost_with or sku, unit))
        pieces.append(_valued(sku, quantity, (Chart.COST_OF_GOODS_SOLD, unit), (entered, "" if lost_with else sku)))
    return sales, postings, pieces


def _found(catalog: Catalog, sku: str, quantity: int, ref: str) -> tuple[Posting, ValuedMove]:
    amount = quantity * _cost_minor(catalog, sku)
    posting = Posting(amount, Chart.INVENTORY, Chart.SHRINKAGE, sku, ref)
    return posting, _valued(sku, quantity, (Chart.SHRINKAGE, ""), (Chart.INVENTORY, sku))


def _adjusted(world: State, catalog: Catalog, event: Event) -> tuple[Posted, ...]:
    assert isinstance(event, Adjusted | Reconciled)
    ref = event.adjustment if isinstance(event, Adjusted) else f"{event.node}:{event.sku}"
    if event.change > 0:
        posting, piece = _found(catalog, event.sku, event.change, ref)
        return _posted(catalog.currency, [posting], [piece])
    lost = -event.change
    cost = _issue_minor(world, catalog, event.sku, lost, {})
    posting = Posting(cost, Chart.SHRINKAGE, Chart.INVENTORY, ref, event.sku)
    piece = _valued(event.sku, lost, (Chart.INVENTORY, event.sku), (Chart.SHRINKAGE, ""))
    return _posted(catalog.currency, [posting], [piece])


def _made(world: State, catalog: Catalog, event: Event) -> tuple[Posted, ...]:
    """Post what a bundle took as what it is worth; taken apart, its value goes to its components as they cost."""
    assert isinstance(event, Assembled | Disassembled)
    recipe, is_made = event.recipe, isinstance(event, Assembled)
    gone, came = (recipe.used(), recipe.made()) if is_made else (recipe.made(), recipe.used())
    costs = [_issue_minor(world, catalog, sku, quantity, {}) for sku, quantity in gone]
    if not is_made:
        weights = [quantity * _cost_minor(catalog, sku) for sku, quantity in came]
        costs = list(allocate(costs[0], weights if any(weights) else [quantity for _, quantity in came]))
    pairs = [(sku, recipe.bundle) if is_made else (recipe.bundle, sku) for sku, _ in recipe.used()]
    postings = [
        Posting(cost, Chart.INVENTORY, Chart.INVENTORY, target, source)
        for cost, (source, target) in zip(costs, pairs, strict=True)
    ]
    left = [_valued(sku, quantity, (Chart.INVENTORY, sku), (Chart.PRODUCTION, "")) for sku, quantity in gone]
    entered = [_valued(sku, quantity, (Chart.PRODUCTION, ""), (Chart.INVENTORY, sku)) for sku, quantity in came]
    return _posted(catalog.currency, postings, [*left, *entered])


_RULES: Mapping[str, Callable[[State, Catalog, Event], tuple[Posted, ...]]] = {
    Received.kind: _received,
    Landed.kind: _received,
    Shipped.kind: _shipped,
    Collected.kind: _shipped,
    Returned.kind: _returned,
    SentBack.kind: _sent_back,
    Lost.kind: _sent_back,
    Found.kind: _found_again,
    Adjusted.kind: _adjusted,
    Reconciled.kind: _adjusted,
    Assembled.kind: _made,
    Disassembled.kind: _made,
}
"""Which events mean something in money, and what. Whatever is not here moves goods within what we own."""
