"""What tills and the centers of marketplaces earn: by what their papers say, each piece once, by goods or by papers."""

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.finance.test_methods import books
from tests.laws.invariants import check_books
from tests.laws.world import World
from unicommerce.errors import InvalidValue
from unicommerce.finance import Chart, SalesBasis, chart_account, money, post
from unicommerce.intake import Intake, take
from unicommerce.ledger import Accepted, LedgerCode, Telling
from unicommerce.marketplaces import fulfilled
from unicommerce.payments import Step, Tender, TenderKind, moved
from unicommerce.ports import Item, Reading, TillSale
from unicommerce.pricing import Amount, TaxPart
from unicommerce.tills import brought_back, opened, sold, voided

NET, TAX = 1_001, 199
TAKINGS = Amount(NET, (TaxPart("DE", TAX),))
BASES = st.sampled_from(SalesBasis)


def follow(world: World, sales: SalesBasis) -> None:
    """Post what is on record and not posted yet, in its order."""
    for position, entry in world.ledger.since(world._posted, 1_000):
        assert isinstance(world.ask(post(entry, sales=sales)), Accepted)
        world._posted = position


def earned(world: World) -> Amount:
    """Return what was earned and not given back, by the books."""
    held = books(world)
    net = -held.get(Chart.REVENUE, 0) - held.get(Chart.RETURNS, 0)
    tax = -held.get(Chart.OUTPUT_TAX, 0)
    return Amount(net, (TaxPart("DE", tax),) if tax else ())


def owed(world: World, ref: str) -> int:
    """Return what is owed for a sale."""
    return world.ledger.balance(money("USD"), (chart_account(Chart.RECEIVABLE, ref),))


def till(quantity: int = 3, *, is_said: bool = True) -> World:
    """Return a world whose till has sold mugs."""
    world = World(stock=9)
    world.tell(opened("t", node="north"))
    said = {"currency": "USD", "takings": TAKINGS} if is_said else {}
    world.tell(sold("s", till="t", node="north", quantities={"MUG": quantity}, **said))  # type: ignore[arg-type]
    return world


@given(st.integers(1, 6), st.lists(st.tuples(st.booleans(), st.integers(1, 3)), max_size=5), BASES)
def test_each_piece_that_a_till_sold_is_earned_once(
    quantity: int, backs: list[tuple[bool, int]], sales: SalesBasis
) -> None:
    """After each void and return, at every prefix: the share of the pieces that customers have, to the cent."""
    world, left = till(quantity), quantity
    follow(world, sales)
    for number, (is_void, pieces) in enumerate(backs):
        back = min(pieces, left)
        if back and is_void:
            world.tell(voided(f"v{number}", sale="s", quantities={"MUG": back}))
        elif back:
            world.tell(brought_back(f"b{number}", sale="s", node="north", quantities={"MUG": back}, state="damaged"))
        left -= back
        follow(world, sales)
        share = TAKINGS.of_pieces(left, quantity)
        assert owed(world, "s") == earned(world).gross_minor == share.gross_minor
        assert sales is SalesBasis.GOODS or earned(world).net_minor == share.net_minor
        check_books(world)


@pytest.mark.parametrize("sales", SalesBasis)
def test_what_the_paper_of_a_return_says_is_given_back(sales: SalesBasis) -> None:
    """Not its share: the till knows which piece cost what."""
    world = till()
    amount = Amount(50, (TaxPart("DE", 10),))
    said = {"currency": "USD", "takings": amount}
    back = brought_back("b", sale="s", node="north", quantities={"MUG": 1}, state="damaged", **said)  # type: ignore[arg-type]
    world.tell(back)
    follow(world, sales)

    assert owed(world, "s") == NET + TAX - 60
    assert books(world)[Chart.RETURNS] == (60 if sales is SalesBasis.GOODS else 50)
    assert books(world).get(Chart.OUTPUT_TAX, 0) == (0 if sales is SalesBasis.GOODS else 10 - TAX)


def test_cash_settles_what_a_sale_has_earned() -> None:
    """Payments name the sale as they name an order."""
    world, cash = till(), Tender(TenderKind.CASH)
    world.tell(moved("c", Step.CAPTURED, order="s", tender=cash, amount_minor=NET + TAX, currency="USD"))
    follow(world, SalesBasis.GOODS)

    assert owed(world, "s") == 0
    assert (books(world)[Chart.CASH], books(world)[Chart.REVENUE]) == (NET + TAX, -NET - TAX)


def test_a_sale_whose_paper_says_no_money_earns_nothing_here() -> None:
    """Its cost is posted all the same; its void takes back no money either."""
    world = till(is_said=False)
    world.tell(voided("v", sale="s"))
    follow(world, SalesBasis.GOODS)

    assert Chart.REVENUE not in books(world)
    assert Chart.COST_OF_GOODS_SOLD not in books(world)


@given(st.integers(1, 9), BASES, st.booleans())
def test_a_center_earns_by_its_report(quantity: int, sales: SalesBasis, is_named: bool) -> None:  # noqa: FBT001
    """What its marketplace collects for us is owed under the order, or the report where it names none."""
    world, order = World(stock=9), "302-1" if is_named else ""
    said = {"currency": "USD", "takings": TAKINGS}
    world.tell(fulfilled("f", node="dc", quantities={"MUG": quantity}, order=order, **said))  # type: ignore[arg-type]
    follow(world, sales)
    follow(world, sales)

    assert owed(world, order or "f") == earned(world).gross_minor == NET + TAX
    assert earned(world).tax_minor == (0 if sales is SalesBasis.GOODS else TAX)
    check_books(world)


def test_what_a_tills_paper_says_is_taken_in() -> None:
    """A sale for 12.00, and a return for 4.00 of it, whichever sign the till gives that."""
    world, item = World(stock=9), (Item("MUG", 3),)
    world.tell(opened("t", node="north"))
    paper = TillSale(id="s", till="t", node="north", items=item, currency="USD", total_minor=1_200)
    back = attrs.evolve(paper, id="b", sale="s", items=(Item("MUG", 1),), is_return=True, total_minor=-400)
    for step in take(Reading(papers=(paper, back)), Intake()).steps:
        assert isinstance(step, Telling)
        world.tell(step)
    follow(world, SalesBasis.GOODS)

    assert (books(world)[Chart.REVENUE], books(world)[Chart.RETURNS], owed(world, "s")) == (-1_200, 400, 800)


def test_a_sale_that_comes_again_with_other_takings_is_a_finding() -> None:
    """The first story stands, and is earned once."""
    world = till()
    again = sold("s", till="t", node="north", quantities={"MUG": 3}, currency="USD", takings=Amount(1))
    answer = world.shop.tell(again, now=world.now)
    follow(world, SalesBasis.GOODS)

    assert [(reason.code, reason.unit) for reason in answer.because] == [(LedgerCode.DISAGREES, "takings")]
    assert owed(world, "s") == NET + TAX


def test_takings_without_a_currency_are_an_error() -> None:
    """Named, before anything is on record."""
    with pytest.raises(InvalidValue, match="currency"):
        sold("s", till="t", node="north", quantities={"MUG": 1}, takings=TAKINGS)
    with pytest.raises(InvalidValue, match="currency"):
        brought_back("b", node="north", quantities={"MUG": 1}, state="damaged", takings=TAKINGS)
    with pytest.raises(InvalidValue, match="currency"):
        voided("v", sale="s", takings=TAKINGS)
    with pytest.raises(InvalidValue, match="currency"):
        fulfilled("f", node="dc", quantities={"MUG": 1}, takings=TAKINGS)
