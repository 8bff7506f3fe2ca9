"""Charges on goods that came in, and write-downs to what goods fetch: laws, and examples by IAS 2."""

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.finance.test_methods import ACTUAL, FIFO, books, came, follow, priced
from tests.laws.invariants import check_books
from tests.laws.world import NOW, World
from unicommerce.errors import InvalidValue
from unicommerce.finance import Chart, Posted, Posting, charge, chart_account, layers, money, valued, write_down
from unicommerce.inventory import adjusted, received
from unicommerce.ledger import Accepted, Entry, LedgerCode, Refused
from unicommerce.valuation import (
    Basis,
    Method,
    Scope,
    StockEvent,
    StockKind,
    Valuation,
    ValuationPolicy,
    value_stock,
)

FREIGHT = Chart.SHIPPING_CLEARING
METHODS = [Method.FIFO, Method.LIFO, Method.HIFO, Method.AVERAGE, Method.STANDARD]


def entry_of(world: World, id: str) -> Entry:
    """Return an entry that is on record."""
    recorded = world.ledger.entry(id)
    assert recorded is not None
    return recorded.entry


def charged(world: World, id: str, amounts: dict[str, int], policy: ValuationPolicy = FIFO) -> list[Posting]:
    """Charge a receipt, and return what is posted."""
    answer = world.ask(charge(f"bill {id}", entry_of(world, f"receipt/{id}"), amounts_minor=amounts, policy=policy))
    assert isinstance(answer, Accepted)
    return [posting for event in answer.events if isinstance(event, Posted) for posting in event.postings]


def written(world: World, fetches: int, policy: ValuationPolicy = FIFO, id: str = "w", node: str = "") -> list[Posting]:
    """Say what a mug fetches, and return what is posted."""
    answer = world.ask(write_down(id, sku="MUG", node=node, net_realizable_minor=fetches, policy=policy))
    assert isinstance(answer, Accepted)
    return [posting for event in answer.events if isinstance(event, Posted) for posting in event.postings]


class Happening(NamedTuple):
    """Pieces that come in (above zero) or are lost, their cost, and a bill (or credit) for a receipt before."""

    change: int
    cost_minor: int
    bill_minor: int
    of: int


HAPPENINGS = st.builds(
    Happening, st.integers(-6, 6).filter(bool), st.integers(0, 500), st.integers(-300, 300), st.integers(0, 9)
)


@given(st.lists(HAPPENINGS, max_size=8), st.sampled_from(ACTUAL))
def test_charged_stock_agrees_with_the_pure_fold(happenings: list[Happening], method: Method) -> None:
    """After each bill: the same layers, and what is not in stock any more is cost of sales, to the cent."""
    world, policy = World(stock=0), ValuationPolicy(method=method)
    events: list[StockEvent] = []
    receipts: list[tuple[str, int]] = []
    for number, (change, cost, bill, of) in enumerate(happenings):
        if change > 0:
            came(world, f"r{number}", (change, cost), policy=policy)
            events.append(StockEvent(kind=StockKind.CAME, quantity=change, unit_cost_minor=cost, acquired=f"{number}"))
            receipts.append((f"{number}", change))
        else:
            priced(world, cost)
            world.tell(adjusted(f"a{number}", node="dc", sku="MUG", change=change))
            events.append(StockEvent(kind=StockKind.PRESET, unit_cost_minor=cost))
            events.append(StockEvent(kind=StockKind.LEFT, quantity=-change))
        follow(world, policy)
        if receipts and bill:
            name, quantity = receipts[of % len(receipts)]
            entry, request = entry_of(world, f"receipt/r{name}"), {"policy": policy, "basis": Basis.QUANTITY}
            bought = charge(f"b{number}", entry, amounts_minor={FREIGHT: bill}, **request)  # type: ignore[arg-type]
            assert isinstance(world.ask(bought), Accepted)
            events.append(StockEvent(kind=StockKind.CHARGED, quantity=quantity, value_minor=bill, acquired=name))
        answer = value_stock(events, policy)
        assert isinstance(answer, Valuation)
        held = world.shop.see(layers("MUG", "USD"))
        assert [layer[:2] for layer in held] == [layer[:2] for layer in answer.whole.layers]
        spent = [books(world).get(account, 0) for account in ("shrinkage", "cost_of_goods_sold")]
        assert sum(spent) == answer.expensed_minor


POLICIES = st.builds(ValuationPolicy, method=st.sampled_from(METHODS), scope=st.sampled_from(Scope))
AMOUNTS = st.dictionaries(st.sampled_from([FREIGHT, Chart.CUSTOMS_CLEARING]), st.integers(1, 999), min_size=1)


@given(st.integers(1, 9), st.integers(0, 12), AMOUNTS, POLICIES)
def test_a_charge_is_wholly_in_stock_or_expensed(
    quantity: int, lost: int, amounts: dict[str, int], policy: ValuationPolicy
) -> None:
    """By every method: each clearing account is credited with its bill, and no charge on no piece stays in stock."""
    world = World(stock=0)
    priced(world, 70)
    world.tell(received("r", node="dc", quantities={"MUG": quantity}))
    if lost:
        world.tell(adjusted("a", node="dc", sku="MUG", change=-lost))
    follow(world, policy)
    before = books(world)
    charged(world, "r", amounts, policy)
    changes = {name: held - before.get(name, 0) for name, held in books(world).items()}

    assert {name: -changes.get(name, 0) for name in amounts} == amounts
    spent = Chart.PRICE_VARIANCE if policy.method is Method.STANDARD else Chart.COST_OF_GOODS_SOLD
    in_stock = changes.get(Chart.INVENTORY, 0)
    assert in_stock + changes.get(spent, 0) == sum(amounts.values())
    left = 0 if policy.method is Method.STANDARD else max(quantity - lost, 0)
    assert abs(in_stock * quantity - sum(amounts.values()) * left) <= quantity * len(amounts)
    check_books(world)


def test_freight_is_spread_by_amount_over_the_lines_of_a_receipt() -> None:
    """Two mugs at 433 and one cup at 199: of 100, 81 are the mugs'."""
    world = World(stock=0)
    world.tell(received("r", node="dc", quantities={"MUG": 2, "CUP": 1}))
    follow(world)

    assert [posting[:5] for posting in charged(world, "r", {FREIGHT: 100})] == [
        (19, "inventory", "shipping_clearing", "CUP", "bill r"),
        (81, "inventory", "shipping_clearing", "MUG", "bill r"),
    ]


def test_a_late_bill_is_cost_of_sales_for_what_has_left() -> None:
    """Of four, one is left: a quarter of the freight goes to its layer, three to cost of sales; once."""
    world = World(stock=0)
    came(world, "r1", (4, 100))
    world.tell(adjusted("a", node="dc", sku="MUG", change=-3))
    follow(world)
    charged(world, "r1", {FREIGHT: 80})

    assert [layer[:2] for layer in world.shop.see(layers("MUG", "USD"))] == [(1, 120)]
    assert books(world)[Chart.COST_OF_GOODS_SOLD] == 60
    again = world.ask(charge("bill r1", entry_of(world, "receipt/r1"), amounts_minor={FREIGHT: 80}, policy=FIFO))
    assert [reason.code for reason in again.because] == [LedgerCode.ALREADY_DONE]


@pytest.mark.parametrize("method", [Method.FIFO, Method.AVERAGE])
def test_an_invoice_dearer_than_the_receipt_is_set_right(method: Method) -> None:
    """Four at 100 are invoiced at 150 and one is left: 50 more in stock, 150 in cost of sales; cheaper, the reverse."""
    world, policy = World(stock=0), ValuationPolicy(method=method)
    came(world, "r1", (4, 100), policy=policy)
    world.tell(adjusted("a", node="dc", sku="MUG", change=-3))
    follow(world, policy)
    assert sum(posting.amount_minor for posting in charged(world, "r1", {Chart.PAYABLE: 200}, policy)) == 200
    assert (books(world)[Chart.INVENTORY], books(world)[Chart.COST_OF_GOODS_SOLD]) == (150, 150)
    cheaper = charge("less", entry_of(world, "receipt/r1"), amounts_minor={Chart.PAYABLE: -300}, policy=policy)
    assert isinstance(world.ask(cheaper), Accepted)

    assert (books(world)[Chart.INVENTORY], books(world)[Chart.COST_OF_GOODS_SOLD]) == (75, -75)
    assert books(world)[Chart.PAYABLE] == 100


def test_a_charge_on_what_is_worth_nothing_is_refused() -> None:
    """There is nothing to spread it by; by quantity there is."""
    world = World(stock=0)
    came(world, "r1", (4, 0))
    entry = entry_of(world, "receipt/r1")

    assert isinstance(world.ask(charge("b", entry, amounts_minor={FREIGHT: 80}, policy=FIFO)), Refused)
    bought = charge("b", entry, amounts_minor={FREIGHT: 80}, basis=Basis.QUANTITY, policy=FIFO)
    assert isinstance(world.ask(bought), Accepted)
    with pytest.raises(InvalidValue, match="amounts_minor"):
        charge("b", entry, amounts_minor={FREIGHT: 0})
    with pytest.raises(InvalidValue, match="basis"):
        charge("b", entry, amounts_minor={FREIGHT: 1}, basis=Basis.MANUAL)


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(-5, 5)), min_size=1, max_size=6), POLICIES)
def test_stock_stands_at_the_lower_of_cost_and_what_it_fetches(
    looks: list[tuple[int, int]], policy: ValuationPolicy
) -> None:
    """IAS 2.9, 2.33: written down and back, at most to cost; what was written down is the allowance, to the cent."""
    world, node = World(stock=0), "dc" if policy.scope is Scope.LOCATION else ""
    came(world, "r", (9, 100), policy=policy)
    ref = "dc/MUG" if node else "MUG"
    for number, (fetches, change) in enumerate(looks):
        if change:
            world.tell(adjusted(f"a{number}", node="dc", sku="MUG", change=change))
            follow(world, policy)
        written(world, fetches, policy, f"w{number}", node)
        cost = world.ledger.balance(money("USD"), (chart_account(Chart.INVENTORY, ref),))
        allowance = -world.ledger.balance(money("USD"), (chart_account(Chart.INVENTORY_ALLOWANCE, ref),))
        pieces = world.ledger.balance(valued("MUG"), (chart_account(Chart.INVENTORY, ref),))
        assert cost - allowance == (min(cost, pieces * fetches) if pieces > 0 else cost)
        assert allowance == books(world).get(Chart.WRITE_DOWN, 0)
        check_books(world)


def test_a_write_down_is_taken_back_up_to_cost() -> None:
    """Three at 100 fetch 80, then 130: 60 less, and the 60 back; said again, nothing is posted."""
    world = World(stock=0)
    came(world, "r", (3, 100))

    assert written(world, 80) == [Posting(60, "inventory_write_down", "inventory_allowance", "MUG", "MUG")]
    assert written(world, 80, id="again") == []
    assert written(world, 130, id="up") == [Posting(60, "inventory_allowance", "inventory_write_down", "MUG", "MUG")]


def test_a_write_down_rests_on_the_stock_that_it_saw() -> None:
    """What came or left meanwhile is looked at: it is guarded by value, pieces and allowance."""
    world = World(stock=0)
    came(world, "r", (3, 100))
    answer = write_down("w", sku="MUG", net_realizable_minor=80).decide(world.ledger, world.shop.catalog, NOW)

    assert isinstance(answer, Accepted)
    guarded = {(guard.unit, account.place) for guard in answer.guards for account in getattr(guard, "accounts", ())}  # type: ignore[union-attr]
    assert guarded == {
        ("money:USD", "chart:inventory"),
        ("valued:MUG", "chart:inventory"),
        ("money:USD", "chart:inventory_allowance"),
    }
