"""Law: postings balance; the value of inventory is the sum of its sub-ledgers; finance counts what is there."""

from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from tests.laws.invariants import check_books, check_finance_counts_what_is_there
from tests.laws.world import CATALOG, NETWORK, NOW, SKUS, Law, Program, Step, World, programs
from unicommerce.catalog import Catalog, Product
from unicommerce.finance import Chart, Posted, chart_account, money, post, valued
from unicommerce.inventory import adjusted, received


def postings_balance(program: Program) -> None:
    """Raise where the books do not balance, or finance counts other pieces than there are, once all is posted."""
    world = World()
    for step in program:
        world.do(step)
        check_books(world)
    world.do(Step("post"))
    check_books(world)
    check_finance_counts_what_is_there(world)
    for sku in SKUS:
        account = (chart_account(Chart.INVENTORY, sku),)
        pieces = world.ledger.balance(valued(sku), account)
        cost = CATALOG.product_by_sku[sku].cost_minor
        assert world.ledger.balance(money("USD"), account) == cost * pieces, sku


def postings_count_in_any_order(case: tuple[Program, list[int]]) -> None:
    """Raise where posting the journal in another order counts other pieces; value alone may depend on the order."""
    world = World().run([step for step in case[0] if step.op != "post"])
    entries = [entry for _, entry in world.journal()]
    for index in case[1]:
        world.ask(post(entries[index % len(entries)]))
        check_books(world)
    for entry in entries:
        world.ask(post(entry))
    check_books(world)
    check_finance_counts_what_is_there(world)


LAW = Law("postings balance", programs(), postings_balance)
ORDER_LAW = Law(
    "postings count in any order",
    st.tuples(programs(), st.lists(st.integers(0, 50), max_size=20)),
    postings_count_in_any_order,
)


@given(LAW.cases)
def test_the_books_balance_and_count_the_pieces_on_hand(program: Program) -> None:
    """Debits are credits, sub-ledgers sum up, and at one cost per product inventory is worth its pieces."""
    LAW.check(program)


@given(ORDER_LAW.cases)
def test_the_journal_may_be_posted_in_any_order(case: tuple[Program, list[int]]) -> None:
    """Even a shipment posted before the receipt that it came from leaves the right count."""
    ORDER_LAW.check(case)


class Batch(NamedTuple):
    """Pieces that come in (above zero) or are lost (below), and what a piece costs in the catalog by then."""

    change: int
    cost_minor: int


BATCHES = st.lists(st.builds(Batch, st.integers(-4, 6).filter(bool), st.integers(0, 1000)), max_size=12)


def average_cost_is_exact(batches: list[Batch]) -> None:
    """Raise where a loss is not posted at average cost rounded half up, or value is left over where no piece is.

    Pieces that left before they came are set right by those that come: what is left then costs as they do.
    """
    world = World(stock=0)
    value, pieces = 0, 0
    for number, (change, cost_minor) in enumerate(batches):
        product = Product(sku="MUG", cost_minor=cost_minor)
        world.shop.revise(Catalog(network=NETWORK, products=(product,)), now=NOW)
        if change > 0:
            world.tell(received(f"r{number}", node="dc", quantities={"MUG": change}))
            value = (pieces + change) * cost_minor if pieces < 0 else value + change * cost_minor
        else:
            world.tell(adjusted(f"a{number}", node="dc", sku="MUG", change=change))
            value -= (pieces - 2 * value * change) // (2 * pieces) if pieces else -change * cost_minor
        pieces += change
        answer = world.ask(post(world.journal()[-1].entry))
        assert all(
            p.amount_minor > 0 for e in getattr(answer, "events", ()) if isinstance(e, Posted) for p in e.postings
        )
        account = (chart_account(Chart.INVENTORY, "MUG"),)
        assert (world.ledger.balance(money("USD"), account), world.ledger.balance(valued("MUG"), account)) == (
            value,
            pieces,
        )
        check_books(world)


COST_LAW = Law("average cost is rounded once and the rest kept", BATCHES, average_cost_is_exact)


@given(COST_LAW.cases)
def test_issues_are_posted_at_average_cost_and_the_rest_is_kept(batches: list[Batch]) -> None:
    """Value times pieces over pieces on hand, rounded half up (IAS 2), also where stock was below zero in between."""
    COST_LAW.check(batches)
