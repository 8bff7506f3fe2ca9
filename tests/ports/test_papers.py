"""What a paper cannot say is refused where it is made."""

from collections.abc import Callable

import pytest

from unicommerce.errors import InvalidValue
from unicommerce.intake import Intake, take
from unicommerce.ledger import Request
from unicommerce.orders import Order, Placed
from unicommerce.ports import (
    Address,
    Answer,
    Item,
    Line,
    Paper,
    PurchaseAnswer,
    PurchaseOrder,
    Reading,
    SalesOrder,
    TillSale,
)


def bought(line: Line) -> PurchaseOrder:
    """Return an order of one line."""
    return PurchaseOrder(id="1", ordered_at=0, lines=(line,))


WRONG: dict[str, tuple[Callable[[], Paper], str]] = {
    "not in lowest terms": (
        lambda: bought(Line("1", "MUG", 1, 50, price_per=4)),
        "purchase_order.line 1.price_minor for price_per",
    ),
    "nothing for four": (
        lambda: bought(Line("1", "MUG", 1, 0, price_per=4)),
        "purchase_order.line 1.price_minor for price_per",
    ),
    "a price for no piece": (
        lambda: bought(Line("1", "MUG", 1, 5, price_per=0)),
        "purchase_order.line 1.price_per",
    ),
    "a sale in parts of a cent": (
        lambda: SalesOrder(id="1", placed_at=0, currency="USD", lines=(Line("1", "MUG", 1, 5, price_per=4),)),
        "sales_order.line 1.price_per",
    ),
    "a sale of nothing": (
        lambda: TillSale(id="1", till="t", node="store"),
        "till_sale.items",
    ),
    "a sale nowhere": (
        lambda: TillSale(id="1", till="t", items=(Item("MUG", 1),)),
        "till_sale.node",
    ),
    "a void of no sale": (
        lambda: TillSale(id="1", till="t", node="store", items=(Item("MUG", 1),), is_void=True),
        "till_sale.sale",
    ),
    "a void and a return": (
        lambda: TillSale(
            id="1", sale="0", till="t", node="store", items=(Item("MUG", 1),), is_void=True, is_return=True
        ),
        "till_sale.is_void",
    ),
    "an answer of no line": (
        lambda: PurchaseAnswer(id="1", order="1", lines=(), answers=(Answer("1", 1),)),
        "purchase_answer.line",
    ),
    "an answer below zero": (
        lambda: PurchaseAnswer(id="1", order="1", lines=(Line("1", "MUG", 1),), answers=(Answer("1", -1),)),
        "purchase_answer.quantity of line 1",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_paper_says_nothing_that_cannot_be(name: str) -> None:
    """A price is in lowest terms, so that two that are equal are the same; an answer is of a line that there is."""
    make, field = WRONG[name]
    assert bought(Line("1", "MUG", 1, 5, price_per=4)).lines[0].price_per == 4
    with pytest.raises(InvalidValue) as refused:
        make()
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("paper", "field"),
    [
        (SalesOrder(id="1", placed_at=None, currency="EUR", lines=(Line("1", "MUG", 1),)), "sales_order.placed_at"),
        (SalesOrder(id="1", placed_at=0, currency="EUR", lines=()), "sales_order.lines"),
        (PurchaseOrder(id="1", ordered_at=0, lines=(), node="dc"), "purchase_order.due_at"),
        (PurchaseOrder(id="1", ordered_at=0, lines=(), due_at=0), "purchase_order.node"),
    ],
)
def test_what_a_room_needs_of_a_paper_and_is_not_there_is_named_alone(paper: Paper, field: str) -> None:
    """One field, and that it is missing."""
    with pytest.raises(InvalidValue, match=f"^{field} is missing; it is to be "):
        take(Reading(papers=(paper,)), Intake())


@pytest.mark.parametrize(
    ("address", "region"),
    [
        (Address("US", "TX", "75001"), "US-TX"),
        (Address("us", "us-tx"), "US-TX"),
        (Address("DE", "HH"), "DE-HH"),
        (Address("Canada", "Ontario"), ""),
        (Address("US", ""), ""),
        (Address("", "TX"), ""),
        (Address("US", "T-X"), ""),
        (Address(), ""),
    ],
)
def test_an_order_has_the_region_that_its_address_says_by_codes(address: Address, region: str) -> None:
    """A name is no code, and is left to the host; so is the time zone, which no address says."""
    paper = SalesOrder(id="1", placed_at=0, currency="USD", lines=(Line("1", "MUG", 1),), destination=address)

    order = ordered(paper, Intake(pool="web"))
    assert (order.region, order.zone) == (region, "")
    known = Intake(
        pool="web", region=lambda to: to.postal_code[:3], zone=lambda to: "America/Chicago" * bool(to.region)
    )
    order = ordered(paper, known)
    assert (order.region, order.zone) == (address.postal_code[:3], "America/Chicago" * bool(address.region))


def ordered(paper: Paper, intake: Intake) -> Order:
    """Return the order that is placed for a paper."""
    (step,) = take(Reading(papers=(paper,)), intake).steps
    placed = step.asked[0] if isinstance(step, Request) else None
    assert isinstance(placed, Placed)
    return placed.order


@pytest.mark.parametrize(
    ("of_line", "of_order", "paid"),
    [(0, 0, (2_000, 500)), (100, 0, (1_900, 500)), (9_999, 9_999, (0, 0)), (-100, -5, (2_000, 500))],
)
def test_a_discount_of_an_order_takes_at_most_what_is_there(of_line: int, of_order: int, paid: tuple[int, int]) -> None:
    """A sender's discounts never make an order unreadable: what is below zero, or above the price, is cut."""
    lines = (Line("1", "MUG", 2, 1_000, discount_minor=of_line), Line("2", "CUP", 1, 500), Line("3", "CUP", 0, 500))
    paper = SalesOrder(id="1", placed_at=0, currency="USD", lines=lines, discount_minor=of_order)

    order = ordered(paper, Intake(pool="web"))
    assert (order.paid_minor("1", 0, 2), order.paid_minor("2", 0, 1)) == paid


def test_a_discount_is_of_all_pieces_in_the_unit_that_the_order_is_in() -> None:
    """Off two cartons of twelve it is off the 24 pieces."""
    line = Line("1", "MUG", 2, 12_000, discount_minor=240, uom="CA")
    paper = SalesOrder(id="1", placed_at=0, currency="USD", lines=(line,))

    order = ordered(paper, Intake(pool="web", measures={("MUG", "CA"): 12}))
    assert [order.paid_minor("1", n, n + 1) for n in (0, 23)] == [990, 990]
