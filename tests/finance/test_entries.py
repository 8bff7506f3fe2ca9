"""Every entry of the table balances, on accounts of the chart; some by example."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unicommerce.errors import InvalidValue
from unicommerce.finance import Chart, EntryLine, Figures, Posting, entry, entry_lines
from unicommerce.finance.entries import ENTRIES

AMOUNTS = st.integers(0, 10_000)
FIGURES = st.builds(
    Figures,
    goods_minor=AMOUNTS,
    customs_minor=AMOUNTS,
    shipping_minor=AMOUNTS,
    landed_minor=AMOUNTS,
    non_creditable_tax_minor=AMOUNTS,
    cost_minor=AMOUNTS,
    net_minor=AMOUNTS,
    advance_minor=AMOUNTS,
    liability_minor=st.none() | AMOUNTS,
    quantity=st.integers(-9, 9),
    order_price_minor=AMOUNTS,
    invoice_price_minor=st.none() | AMOUNTS,
    standard_cost_minor=st.none() | AMOUNTS,
    unit_cost_minor=AMOUNTS,
    tax=st.lists(st.tuples(st.sampled_from(("CGST", "SGST", "IGST")), AMOUNTS), max_size=3).map(tuple),
)


@given(st.sampled_from(sorted(ENTRIES)), FIGURES)
def test_every_entry_balances(event: str, figures: Figures) -> None:
    """Each posting is above zero, debits are credits, and each account is one of the chart or a tax by its code."""
    postings = entry(event, figures)
    lines = entry_lines(postings)
    known = {*Chart, *(f"{side}_{code}" for side in ("input", "output") for code in ("cgst", "sgst", "igst"))}

    assert all(posting.amount_minor > 0 for posting in postings)
    assert sum(line.debit_minor for line in lines) == sum(line.credit_minor for line in lines)
    assert {line.account for line in lines} <= known


def test_a_gift_card_pays_as_far_as_it_reaches() -> None:
    """50.00 and 9.00 tax, with 40.00 on the card: the rest is cash, and revenue and tax are whole."""
    lines = entry_lines(
        entry("gift_card_redemption", Figures(net_minor=5_000, tax=(("IGST", 900),), liability_minor=4_000))
    )

    assert set(lines) == {
        EntryLine("gift_card_liability", debit_minor=4_000),
        EntryLine("cash", debit_minor=1_900),
        EntryLine("revenue", credit_minor=5_000),
        EntryLine("output_igst", credit_minor=900),
    }


def test_the_tax_on_an_advance_is_taken_back_once() -> None:
    """An advance of all of it, then the invoice: one tax in the end, revenue, and nobody owes anything."""
    tax = (("CGST", 4_500), ("SGST", 4_500))
    advance = entry("customer_advance", Figures(advance_minor=50_000, tax=tax))
    invoice = entry("advance_invoiced", Figures(advance_minor=50_000, net_minor=50_000, tax=tax))

    assert set(entry_lines([*advance, *invoice])) == {
        EntryLine("cash", debit_minor=59_000),
        EntryLine("revenue", credit_minor=50_000),
        EntryLine("output_cgst", credit_minor=4_500),
        EntryLine("output_sgst", credit_minor=4_500),
    }


def test_a_dearer_invoice_is_a_variance_and_a_cheaper_one_too() -> None:
    """On the side that it belongs to."""
    for invoiced, postings in (
        (
            1_050,
            (Posting(100_000, "received_not_invoiced", "payable"), Posting(5_000, Chart.PRICE_VARIANCE, "payable")),
        ),
        (950, (Posting(100_000, "received_not_invoiced", "payable"), Posting(5_000, "payable", Chart.PRICE_VARIANCE))),
    ):
        figures = Figures(quantity=100, order_price_minor=1_000, invoice_price_minor=invoiced)
        assert entry("supplier_invoice", figures) == postings


def test_an_event_that_is_not_in_the_table_is_an_error() -> None:
    """It is named."""
    with pytest.raises(InvalidValue, match="lottery"):
        entry("lottery", Figures())
