"""Postings by each method: the book of money agrees with the pure fold, whatever happens; some by example."""

from collections import Counter
from typing import NamedTuple

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.laws.invariants import check_books, check_finance_counts_what_is_there
from tests.laws.world import CATALOG, NOW, Program, World, make_order, programs
from tests.lots.shop import CATALOG as VASES
from unicommerce.catalog import Catalog, Product
from unicommerce.counts import counted, reconcile, regraded
from unicommerce.errors import InvalidValue
from unicommerce.finance import Chart, Posting, chart_account, layers, money, post, trial_balance, valued
from unicommerce.fulfillment import delivered, picked, place, shipped
from unicommerce.inventory import ON_HAND, GoodsState, LotPieces, adjusted, received
from unicommerce.ledger import Accepted, Entry
from unicommerce.lots import BatchReceived, hand_back, received_lots
from unicommerce.marketplaces import fulfilled
from unicommerce.returns import returned
from unicommerce.supply import expected, landed, lost, transfer
from unicommerce.tills import brought_back, opened, sold, voided
from unicommerce.valuation import (
    POOLED,
    Layer,
    Method,
    Scope,
    StockEvent,
    StockKind,
    Valuation,
    ValuationPolicy,
    value_stock,
)

FIFO = ValuationPolicy(method=Method.FIFO)
ACTUAL = [method for method in Method if method not in POOLED or method is Method.AVERAGE]
"""The methods by which a piece costs what it was bought for."""
METHODS = [method for method in Method if method is not Method.ROUNDED_AVERAGE]


def follow(world: World, policy: ValuationPolicy = FIFO) -> list[Posting]:
    """Post what is on record and not posted yet, in its order, and return the postings."""
    postings = []
    for position, entry in world.ledger.since(world._posted, 1_000):
        answer = world.ask(post(entry, policy))
        assert isinstance(answer, Accepted)
        postings += [posting for event in answer.events for posting in getattr(event, "postings", ())]
        world._posted = position
    return postings


def priced(world: World, cost_minor: int, sku: str = "MUG") -> None:
    """Let a piece cost something else from now on."""
    world.shop.revise(Catalog(network=world.network, products=(Product(sku=sku, cost_minor=cost_minor),)), now=NOW)


def came(world: World, id: str, pieces: tuple[int, int], node: str = "dc", policy: ValuationPolicy = FIFO) -> None:
    """Bring mugs in, so many at a cost each, and post them."""
    quantity, cost_minor = pieces
    priced(world, cost_minor)
    world.tell(received(id, node=node, quantities={"MUG": quantity}))
    follow(world, policy)


def books(world: World) -> dict[str, int]:
    """Return the accounts of the chart that hold something."""
    return {account: held for account, held in world.shop.see(trial_balance("USD")).items() if held}


POLICIES = st.builds(ValuationPolicy, method=st.sampled_from(METHODS), scope=st.sampled_from(Scope))


@given(programs(), POLICIES)
def test_stock_is_worth_its_layers_whatever_happens(program: Program, policy: ValuationPolicy) -> None:
    """By every method and scope: books balance, finance counts what is there, and no pieces are worth nothing."""
    world = World().run([step for step in program if step.op != "post"])
    follow(world, policy)
    check_books(world)
    if policy.scope is Scope.COMPANY:
        check_finance_counts_what_is_there(world)
    for sku in ("MUG", "CUP", "LID"):
        accounts = world.ledger.parts(valued(sku), chart_account(Chart.INVENTORY))
        worth = sum(world.ledger.balance(money("USD"), (account,)) for account in accounts)
        stocks = {account.ref for account in accounts}
        totals = [world.ledger.balance(money("USD"), (chart_account(Chart.INVENTORY, ref),)) for ref in stocks]
        pieces = sum(accounts.values())

        assert worth == sum(totals) == pieces * CATALOG.product_by_sku[sku].cost_minor


@given(programs(), POLICIES)
def test_finance_counts_the_pieces_of_each_stock_at_every_prefix(program: Program, policy: ValuationPolicy) -> None:
    """Of the company, or of each node: what is valued is what the ledger of stock had on hand by then."""
    world = World().run([step for step in program if step.op != "post"])
    is_apart, there = policy.scope is Scope.LOCATION, Counter[str]()
    for _, entry in world.ledger.since(0, 1_000):
        ends = [end for q, unit, *sides in entry.movements for end in ((-q, unit, sides[0]), (q, unit, sides[1]))]
        for change, unit, account in ends:
            if account.state in ON_HAND and account.place in world.network.node_by_id and unit.startswith("sku:"):
                sku = unit.removeprefix("sku:")
                there[f"{account.place}/{sku}" if is_apart else sku] += change
        world.ask(post(entry, policy))
        for ref, pieces in there.items():
            sku, stock = ref.rpartition("/")[2], (chart_account(Chart.INVENTORY, ref),)
            assert world.ledger.balance(valued(sku), stock) == pieces, (entry.id, ref)
            cost = CATALOG.product_by_sku[sku].cost_minor
            assert world.ledger.balance(money("USD"), stock) == pieces * cost, (entry.id, ref)


class Batch(NamedTuple):
    """Pieces that come in (above zero) or are lost (below), and what a piece costs in the catalog by then."""

    change: int
    cost_minor: int


@given(
    st.lists(st.builds(Batch, st.integers(-6, 6).filter(bool), st.integers(0, 500)), max_size=10),
    st.sampled_from(ACTUAL),
)
def test_the_book_of_money_agrees_with_the_pure_fold(batches: list[Batch], method: Method) -> None:
    """After each entry: the same layers, also where pieces left before they came, and the same cost."""
    world, policy = World(stock=0), ValuationPolicy(method=method)
    events: list[StockEvent] = []
    for number, (change, cost) in enumerate(batches):
        if change > 0:
            came(world, f"r{number}", (change, cost), policy=policy)
            events.append(StockEvent(kind=StockKind.CAME, quantity=change, unit_cost_minor=cost, acquired=f"{number}"))
        else:
            priced(world, cost)
            world.tell(adjusted(f"a{number}", node="dc", sku="MUG", change=change))
            events.append(StockEvent(kind=StockKind.PRESET, unit_cost_minor=cost))
            events.append(StockEvent(kind=StockKind.LEFT, quantity=-change))
        follow(world, policy)
        answer = value_stock(events, policy)
        assert isinstance(answer, Valuation)
        held = world.shop.see(layers("MUG", "USD"))
        assert [layer[:2] for layer in held] == [layer[:2] for layer in answer.whole.layers]
        worth = world.ledger.balance(money("USD"), (chart_account(Chart.INVENTORY, "MUG"),))
        assert worth == books(world).get(Chart.INVENTORY, 0) == sum(layer.value_minor for layer in held)
        assert sum(books(world).get(account, 0) for account in ("shrinkage", "cost_of_goods_sold")) == (
            answer.expensed_minor
        )


def test_the_first_to_come_are_the_first_to_leave_and_a_return_is_a_layer_of_its_own() -> None:
    """Two at 100 and two at 300: three are sold for 500; one that comes back is worth a third of that."""
    world = World(stock=0)
    came(world, "r1", (2, 100))
    came(world, "r2", (2, 300))
    world.ask(place(make_order("o", pool="web", skus=("MUG",)), {"1": 3}))
    world.tell(shipped("o/1"))
    world.tell(delivered("o/1"))
    world.tell(returned("r", node="dc", order="o", lines={"1": 1}))
    follow(world)
    held = world.shop.see(layers("MUG", "USD"))

    assert [layer[:2] for layer in held] == [(1, 300), (1, 167)]
    assert [layer.acquired.partition("/")[2] for layer in held] == ["receipt/r2", "return/r"]
    assert books(world)[Chart.COST_OF_GOODS_SOLD] == 333


def test_what_left_before_it_came_is_owed_and_set_right_in_cost_of_sales() -> None:
    """Two leave at 433 and three come at 10: one is left, worth 10, and cost of sales is 846 too high no more."""
    world = World(stock=0)
    world.tell(adjusted("early", node="dc", sku="MUG", change=-2))
    follow(world)
    assert world.shop.see(layers("MUG", "USD")) == (Layer(-2, -866),)
    came(world, "r", (3, 10))
    follow(world)

    assert [layer[:2] for layer in world.shop.see(layers("MUG", "USD"))] == [(1, 10)]
    assert books(world) == {
        "inventory": 10,
        "received_not_invoiced": -30,
        "shrinkage": 866,
        "cost_of_goods_sold": -846,
    }


@pytest.mark.parametrize("method", [Method.FIFO, Method.AVERAGE])
def test_each_node_is_valued_apart_and_a_transfer_takes_its_layers_along(method: Method) -> None:
    """One of dc's, at 100, lands at north, where one costs 300; company-wide the transfer means nothing."""
    for scope, postings in ((Scope.LOCATION, 2), (Scope.COMPANY, 0)):
        world, policy = World(stock=0), ValuationPolicy(method=method, scope=scope)
        came(world, "r1", (2, 100), policy=policy)
        came(world, "r2", (1, 300), node="north", policy=policy)
        world.ask(transfer("t", source="dc", node="north", quantities={"MUG": 1}, expected_at=NOW))
        follow(world, policy)
        world.tell(landed("l", inbound="t", node="north", quantities={"MUG": 1}))

        assert len(follow(world, policy)) == postings
        if scope is Scope.LOCATION:
            values = [
                world.ledger.balance(money("USD"), (chart_account(Chart.INVENTORY, f"{node}/MUG"),))
                for node in ("dc", "north")
            ]
            assert values == [100, 400]
            north = world.shop.see(layers("MUG", "USD", "north"))
            assert [layer[:2] for layer in north] == ([(1, 100), (1, 300)] if method is Method.FIFO else [(2, 400)])


def test_another_standard_cost_revalues_what_is_there_before_it_is_drawn_on() -> None:
    """Three at 100 stand at 130 by now: 90 more in stock, the next to leave costs 130, and nothing is left over."""
    world, policy = World(stock=0), ValuationPolicy(method=Method.STANDARD)
    came(world, "r", (3, 100), policy=policy)
    priced(world, 130)
    world.tell(adjusted("a", node="dc", sku="MUG", change=-1))

    assert follow(world, policy) == [
        Posting(90, "inventory", "inventory_revaluation", "MUG", "MUG"),
        Posting(130, "shrinkage", "inventory", "a", "MUG"),
    ]
    world.tell(adjusted("b", node="dc", sku="MUG", change=-2))
    follow(world, policy)
    assert world.ledger.balance(money("USD"), (chart_account(Chart.INVENTORY),)) == 0


def test_what_a_node_of_ours_had_sent_is_written_off_where_it_is_lost_on_the_way() -> None:
    """From the stock of its source; what a supplier loses is not ours to lose."""
    world, policy = World(stock=0), ValuationPolicy(scope=Scope.LOCATION)
    came(world, "r", (2, 100), policy=policy)
    world.ask(transfer("t", source="dc", node="north", quantities={"MUG": 1}, expected_at=NOW))
    world.tell(expected("po", node="dc", quantities={"MUG": 5}, expected_at=NOW))
    world.tell(lost("l1", inbound="t", quantities={"MUG": 1}))
    world.tell(lost("l2", inbound="po", quantities={"MUG": 5}))

    assert follow(world, policy) == [Posting(100, "shrinkage", "inventory", "l1", "dc/MUG")]


def test_consigned_pieces_are_worth_nothing_and_cost_what_their_owner_is_owed() -> None:
    """Three of acme's and two of ours: the sale of three takes ours first; what comes back is owed no more."""
    world = World(attrs.evolve(VASES, products=(attrs.evolve(VASES.product_by_sku["VASE"], cost_minor=700),)), stock=0)
    batches = [BatchReceived("VASE", 3, owner="acme"), BatchReceived("VASE", 2)]
    world.tell(received_lots("r", node="dc", batches=batches))
    follow(world)
    assert books(world) == {"inventory": 1_400, "received_not_invoiced": -1_400}
    world.ask(place(make_order("o", pool="web", skus=("VASE",), price_minor=999), {"1": 3}))
    world.tell(picked("o/1", {"1": 3}))
    world.tell(shipped("o/1"))
    follow(world)

    assert books(world)[Chart.OWED_TO_OWNERS] == -700
    assert books(world)[Chart.COST_OF_GOODS_SOLD] == 2_100
    assert Chart.INVENTORY not in books(world)
    world.tell(delivered("o/1"))
    world.tell(returned("b", node="dc", order="o", lines={"1": 3}))
    world.ask(hand_back("h", node="dc", lots=[LotPieces("VASE", 2, owner="acme")]))
    follow(world)
    consigned = (chart_account(Chart.CONSIGNED, "acme"),)

    assert books(world).get(Chart.OWED_TO_OWNERS, 0) == 0
    assert books(world)[Chart.INVENTORY] == 1_400
    assert world.ledger.balance(valued("VASE"), consigned) == 1


def test_what_a_till_sells_costs_its_goods_and_comes_back_at_that() -> None:
    """Three at 100 and three at 300: four sold for 600, one undone and one brought back at 150 each."""
    world = World(stock=0)
    came(world, "r1", (3, 100), node="north")
    came(world, "r2", (3, 300), node="north")
    world.tell(opened("t", node="north"))
    world.tell(sold("s", till="t", node="north", quantities={"MUG": 4}))
    follow(world)
    assert books(world)[Chart.COST_OF_GOODS_SOLD] == 600
    world.tell(voided("v", sale="s", till="t", node="north", quantities={"MUG": 1}))
    world.tell(brought_back("b", sale="s", node="north", state=GoodsState.DAMAGED, quantities={"MUG": 1}))
    follow(world)
    assert books(world)[Chart.COST_OF_GOODS_SOLD] == 300
    world.tell(brought_back("x", sale="", node="north", state=GoodsState.SELLABLE, quantities={"MUG": 1}))

    assert [posting[:5] for posting in follow(world)] == [(300, "inventory", "shrinkage", "MUG", "x")]
    assert books(world)[Chart.SHRINKAGE] == -300
    check_books(world)


def test_what_a_marketplace_sends_from_its_center_costs_its_goods() -> None:
    """What it earned comes with the settlement."""
    world = World(stock=0)
    came(world, "r", (3, 100))
    world.tell(fulfilled("f", node="dc", quantities={"MUG": 2}))
    follow(world)

    assert books(world) == {"inventory": 100, "received_not_invoiced": -300, "cost_of_goods_sold": 200}


def test_what_a_count_does_not_find_in_quarantine_is_shrinkage() -> None:
    """Set apart it is worth what it was; not found there either, it is lost, and found again it comes back."""
    world = World(stock=0)
    came(world, "r", (3, 100))
    world.tell(regraded("g", node="dc", quantities={"MUG": 2}, source="sellable", target="quarantine"))
    world.tell(counted("c", node="dc", quantities={"MUG": 0}, as_of=NOW + 1, of="quarantine"))
    world.ask(reconcile("count/c", node="dc", sku="MUG"))
    follow(world)

    assert books(world) == {"inventory": 100, "received_not_invoiced": -300, "shrinkage": 200}


def test_a_posting_rests_on_the_layers_that_it_drew() -> None:
    """Two posters on one stock: the second is decided again, and no layer is drawn twice."""
    world = World(stock=0)
    came(world, "r", (2, 100))
    world.tell(adjusted("a", node="dc", sku="MUG", change=-1))
    entries: list[Entry] = [entry for _, entry in world.ledger.since(world._posted, 10)]
    answer = post(entries[-1], FIFO).decide(world.ledger, world.shop.catalog, NOW)

    assert isinstance(answer, Accepted)
    guarded = {account.lot for guard in answer.guards for account in getattr(guard, "accounts", ())}
    assert guarded == {"", f"{NOW:015}/receipt/r"}


def test_a_method_that_leaks_is_no_method_for_books() -> None:
    """It is named."""
    world = World(stock=0)
    came(world, "r", (1, 100))
    (_, entry), *_ = world.ledger.since(0, 10)
    with pytest.raises(InvalidValue, match="rounded_average"):
        post(entry, ValuationPolicy(method=Method.ROUNDED_AVERAGE))
