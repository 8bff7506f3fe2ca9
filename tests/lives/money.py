"""What money has to say of lives of orders at any moment, once all that is on record is posted.

Everything is at the price of the order and at the cost of the catalog, so that each account of the chart follows from
where pieces stand; nothing here asks finance how it got there.
"""

from collections import Counter

from tests.laws.invariants import check_books
from tests.laws.world import Step, World
from unicommerce.counts import missing
from unicommerce.finance import Chart, chart_account, money, valued
from unicommerce.fulfillment import transit
from unicommerce.inventory import LOSS, SUPPLIER, goods, on_hand
from unicommerce.orders import LineState, Order, line_account, standing
from unicommerce.returns import Returned

__all__ = ["blind_returns", "check_money", "check_money_of_now", "sold"]


def sold(world: World, order: Order, line: str) -> int:
    """Return the pieces of a line that are the customer's: with them, or on their way to nowhere else."""
    unit, ledger = order.unit(line), world.ledger
    had = standing(ledger, unit, LineState.DELIVERED) + standing(ledger, unit, LineState.COLLECTED)
    sent = ledger.parts(unit, line_account(LineState.SHIPPED))
    return had + sum([held for account, held in sent.items() if account.ref not in _to_counters(world)])


def _to_counters(world: World) -> set[str]:
    """Return the shipments that go to a store first; what is under way with them is ours."""
    return {shipment.id for shipment in world.shipments if shipment.collect_at not in ("", shipment.node)}


def blind_returns(world: World) -> Counter[str]:
    """Return the pieces by SKU that came back and of which no order knows."""
    found = Counter[str]()
    for event in [event for _, entry in world.journal() for event in entry.events if isinstance(event, Returned)]:
        for sku, quantity in event.blind:
            found[sku] += quantity
    return found


def check_money(world: World) -> None:
    """Post what is on record, and look."""
    world.do(Step("post"))
    check_money_of_now(world, blind_returns(world))


def check_money_of_now(world: World, back: Counter[str]) -> None:
    """Stock is worth what we have, what was sold cost what customers have, and they owe its price; all balances.

    `back` are the pieces that came back blind. Where nothing is under way to a store, what we have is on hand.
    """
    check_books(world)
    ledger, catalog = world.ledger, world.shop.catalog
    unit, costs = money(catalog.currency), {product.sku: product.cost_minor for product in catalog.products}
    gone = (LOSS, *[missing(node.id) for node in world.network.nodes])
    lost = came = spent = 0
    for sku, cost in costs.items():
        there = sum([on_hand(ledger, node=node.id, sku=sku) for node in world.network.nodes])
        there += ledger.balance(goods(sku), tuple([transit(id) for id in _to_counters(world)]))
        stock = (chart_account(Chart.INVENTORY, sku),)
        assert ledger.balance(valued(sku), stock) == there, f"finance counts other {sku}"
        assert ledger.balance(unit, stock) == there * cost, f"stock of {sku} is worth something else"
        lost += cost * (ledger.balance(goods(sku), gone) - back[sku])
        came -= cost * ledger.balance(goods(sku), (SUPPLIER,))
    for order in world.orders:
        pieces = [(line, sold(world, order, line.id)) for line in order.lines]
        spent += sum([quantity * costs[line.sku] for line, quantity in pieces])
        due = sum([quantity * line.price_minor for line, quantity in pieces])
        owed = ledger.balance(unit, (chart_account(Chart.RECEIVABLE, order.id),))
        assert owed == due, f"{order.id} owes {owed} and should owe {due}"
    held = {account: ledger.balance(unit, (chart_account(account),)) for account in Chart}
    assert held[Chart.COST_OF_GOODS_SOLD] == spent, "the cost of what was sold is wrong"
    assert held[Chart.SHRINKAGE] == lost, "the cost of losses is wrong"
    assert held[Chart.RECEIVED_NOT_INVOICED] == -came, "what came in costs another sum"
    assert held[Chart.REVENUE] + held[Chart.RETURNS] == -held[Chart.RECEIVABLE], "sales are not what is owed for them"
