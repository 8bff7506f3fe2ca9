"""Laws and examples of refunds: nothing above what was paid, nothing left of what is refunded whole."""

from collections.abc import Callable
from fractions import Fraction
from random import Random

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.refunds.calls import ASKED, said
from tests.refunds.sales import CURRENCIES, refund_all
from unicommerce.errors import InvalidValue
from unicommerce.ledger import Refused
from unicommerce.orders import Order, OrderLine
from unicommerce.pricing import Amount, Charge, ChargeKind, LineDiscount, TaxPart
from unicommerce.refunds import (
    INDIA,
    NoteItem,
    Quote,
    Refundable,
    RefundCharge,
    RefundCode,
    RefundLine,
    SoldCharge,
    SoldLine,
    Tender,
    credit_note,
    exchange,
    note_lines,
    paid_back,
    quote,
    refund_of_all,
    refundable_of,
)
from unicommerce.values import Position

SOLD = Refundable(
    sale="order-1",
    lines=(
        SoldLine("mug", 3, Amount(1000, (TaxPart("US-NJ", 66),))),
        SoldLine("cup", 1, Amount(500, (TaxPart("US-NJ", 33),))),
    ),
    charges=(
        SoldCharge("express", ChargeKind.SHIPPING, Amount(1000, (TaxPart("US-NJ", 150),))),
        SoldCharge("customs", ChargeKind.DUTY, Amount(77)),
    ),
    tenders=(Tender("gift_card", 826), Tender("card", 2000, agent="marketplace")),
)


def quoted(answer: Quote | Refused) -> Quote:
    """Return the quote that an answer is."""
    assert isinstance(answer, Quote), answer
    return answer


@given(st.integers(0, 2**40), st.sampled_from(CURRENCIES))
def test_refunds_of_everything_leave_zero(seed: int, currency: str) -> None:
    """In any order and grouping, in currencies of 0, 2 and 3 decimals; `tests.refunds.campaign` runs a million."""
    assert refund_all(Random(seed), currency).currency == currency


def test_a_quote_says_all_that_a_refund_is() -> None:
    """Goods less the fee, all of their tax, shipping in part, the way back, the tenders, and what remains."""
    back = Amount(100, (TaxPart("US-NJ", 7),))
    one = quoted(
        quote(
            SOLD,
            [RefundLine("mug", 2, fee_minor=50, restocks=True)],
            [RefundCharge("express", 575), RefundCharge("customs")],
            return_shipping=back,
            order=["card"],
        )
    )

    assert one.lines[0].amount == Amount(667, (TaxPart("US-NJ", 44),))
    assert (one.goods_minor, one.fees.gross_minor, one.restocked) == (617, 50, 2)
    assert one.charged(ChargeKind.SHIPPING) == Amount(500, (TaxPart("US-NJ", 75),))
    assert one.charged(ChargeKind.DUTY).gross_minor == 77
    assert one.suggested_minor == 711 - 50 + 575 + 77 - 107
    assert [tuple(each) for each in one.tenders] == [("card", one.suggested_minor, "marketplace")]
    assert one.maximum_minor == SOLD.gross_minor == 2826
    assert one.left.line("mug") == SoldLine("mug", 1, Amount(333, (TaxPart("US-NJ", 22),)))
    assert one.left.maximum_minor == 2826 - 711 - 575 - 77


def test_what_lands_elsewhere_is_credited_where_it_was_taxed() -> None:
    """The store that takes it in has no say: the components are those of the sale."""
    one = quoted(quote(SOLD, [RefundLine("cup")]))

    assert one.amount.taxes == (TaxPart("US-NJ", 33),)


@pytest.mark.parametrize("code", ASKED, ids=str)
def test_why_there_is_no_refund(code: RefundCode) -> None:
    """The first reason is the one that counts."""
    assert said(code)[0].code is code


def test_all_reasons_are_told_at_once() -> None:
    """Of each line and charge."""
    answer = quote(SOLD, [RefundLine("mug", 4), RefundLine("cup", 1, 0)], [RefundCharge("customs", 78)])

    assert isinstance(answer, Refused)
    assert [(why.subject, why.found, why.needed) for why in answer.because] == [
        ("mug", 3, 4),
        ("cup", 0, 1),
        ("customs", 77, 78),
    ]


def test_one_piece_is_not_refunded_twice_in_one_quote() -> None:
    """A line that is named twice is taken twice, the second time from what the first has left."""
    answer = quote(SOLD, [RefundLine("cup"), RefundLine("cup")])

    assert isinstance(answer, Refused)
    assert answer.because[0].code is RefundCode.EXCEEDS_REMAINING


def test_an_allowance_leaves_the_pieces_and_lowers_what_they_give() -> None:
    """What is left is dealt to the pieces that are left."""
    sold = Refundable(lines=(SoldLine("mug", 2, Amount(2000)),))
    less = quoted(quote(sold, [RefundLine("mug", 1, 500)]))
    one = quoted(quote(less.left, [RefundLine("mug")]))
    rest = quoted(quote(one.left, [RefundLine("mug")]))

    assert [each.suggested_minor for each in (less, one, rest)] == [500, 750, 750]
    assert less.left.line("mug").pieces == 2
    assert rest.left.gross_minor == 0


def test_what_the_bank_has_taken_back_is_not_refunded_once_more() -> None:
    """A dispute lowers what its tender can get, and so the most of the sale; won, it is there again."""
    tender = Tender("card", 2000, disputed_minor=1500)
    sold = Refundable(lines=(SoldLine("mug", 2, Amount(2000)),), tenders=(tender,))
    answer = quote(sold, [RefundLine("mug")])

    assert sold.maximum_minor == 500
    assert isinstance(answer, Refused)
    assert answer.because[0].code is RefundCode.EXCEEDS_CAPTURED
    won = attrs.evolve(sold, tenders=(tender._replace(disputed_minor=0),))
    assert quoted(quote(won, [RefundLine("mug")])).suggested_minor == 1000


def test_what_the_way_back_costs_may_be_more_than_comes_back() -> None:
    """Then nothing is refunded, and the customer owes the rest."""
    sold = Refundable(lines=(SoldLine("pin", 1, Amount(300)),))
    one = quoted(quote(sold, [RefundLine("pin", fee_minor=999)], return_shipping=Amount(500)))

    assert (one.goods_minor, one.suggested_minor, one.owed_minor) == (0, 0, 500)


def test_a_fee_keeps_its_tax_only_where_it_is_taxed() -> None:
    """Where the fee lowers the price that tax is on, the tax on it is kept too."""
    sold = Refundable(lines=(SoldLine("lamp", 1, Amount(10_000, (TaxPart("DE", 1900),))),))
    plain = quoted(quote(sold, [RefundLine("lamp", fee_minor=1500)]))
    taxed = quoted(quote(sold, [RefundLine("lamp", fee_minor=1500, is_fee_taxed=True)]))

    assert (plain.suggested_minor, taxed.suggested_minor) == (10_400, 11_900 - 1785)


def test_what_was_not_delivered_is_restocked_whatever_was_said() -> None:
    """It has not left us."""
    assert quoted(quote(SOLD, [RefundLine("mug", 2)], is_delivered=False)).restocked == 2
    assert quoted(quote(SOLD, [RefundLine("mug", 2)])).restocked == 0


def test_all_at_once_is_all() -> None:
    """Pieces of equal amount stand together on its note."""
    one = quoted(quote(SOLD, *refund_of_all(SOLD)))

    assert one.suggested_minor == SOLD.gross_minor
    assert sum([each.amount.gross_minor for each in note_lines(one)]) == SOLD.gross_minor
    assert [(each.pieces, each.amount.net_minor) for each in note_lines(one)][:2] == [(1, 334), (2, 666)]
    assert {each.left_minor for each in one.left.tenders} == {0}


def test_an_order_gives_what_was_paid_or_what_its_invoice_says() -> None:
    """Discounts are off, charges are there, and taxes are told apart where the invoice does."""
    lines = (OrderLine(id="mug", sku="MUG", price_minor=1000, discounts=(LineDiscount("spring", 100),), discounted=3),)
    charge = Charge("express", ChargeKind.SHIPPING, 500, discounts=(LineDiscount("half", 250),))
    order = Order(id="o", pool="web", lines=lines, destination=Position(0, 0), placed_at=0, charges=(charge,))
    invoiced = {"mug": Amount(1800, (TaxPart("DE", 134),))}

    assert refundable_of(order, {"mug": 3}).gross_minor == 2900 + 250
    assert refundable_of(order, {"mug": 2}, amounts=invoiced).line("mug") == SoldLine("mug", 2, invoiced["mug"])


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_an_exchange_is_settled_by_the_difference(returned: int, new: int) -> None:
    """One side owes, or neither."""
    settled = exchange(returned, new)

    assert settled.refund_minor - settled.owed_minor == returned - new
    assert min(settled) == 0


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=4), st.integers(0, 120))
def test_no_tender_gets_more_than_it_gave(rows: list[tuple[int, int]], refund: int) -> None:
    """All of the refund is paid, or none of it."""
    tenders = [Tender(str(n), captured, refunded) for n, (captured, refunded) in enumerate(rows)]
    left = {tender.id: tender.left_minor for tender in tenders}
    answer = paid_back(refund, tenders, order=["0"])
    if isinstance(answer, Refused):
        assert refund > sum(left.values())
    else:
        assert sum([each.amount_minor for each in answer]) == refund
        assert all(0 < each.amount_minor <= left[each.tender] for each in answer)


WRONG: dict[str, Callable[[], object]] = {
    "line": lambda: quote(SOLD, [RefundLine("hat")]),
    "charge": lambda: quote(SOLD, [], [RefundCharge("gift wrap")]),
    "tender": lambda: paid_back(1, SOLD.tenders, order=["cash"]),
    "twice": lambda: Refundable(lines=(SOLD.lines[0], SOLD.lines[0])),
    "fee": lambda: quote(SOLD, [RefundLine("mug", fee_minor=-1)]),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_was_not_sold_is_an_error(wrong: str) -> None:
    """A caller that names what is not there is wrong."""
    with pytest.raises(InvalidValue):
        WRONG[wrong]()


@given(st.lists(st.integers(1, 4), min_size=1, max_size=6), st.integers(0, 10**5))
def test_notes_of_an_item_take_its_tax_whole(parts: list[int], tax: int) -> None:
    """Note after note, each rounded by itself; the last takes what is left."""
    invoiced, refunded = sum(parts), 0
    for number, pieces in enumerate(parts):
        item = NoteItem(pieces, invoiced, tax, refunded, is_last=number == len(parts) - 1)
        refunded += credit_note([item]).item_taxes[0]
        assert 0 <= refunded <= tax

    assert refunded == tax


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 999)), min_size=1, max_size=6))
def test_the_error_of_rounding_goes_on_to_the_next_item(rows: list[tuple[int, int]]) -> None:
    """So that the taxes of a note are within one minor unit of what they are exactly, however many items it has."""
    items = [NoteItem(1, pieces, tax) for pieces, tax in rows]
    exact = sum([Fraction(tax, pieces) for pieces, tax in rows], start=Fraction(0))

    assert abs(Fraction(sum(credit_note(items).item_taxes)) - exact) < 1
    assert credit_note([NoteItem(1, 2, 1), NoteItem(1, 2, 1)]).item_taxes == (1, 0)


@pytest.mark.parametrize(
    ("supplied", "annual_return", "last"),
    [
        ("2025-03-31", "", "2025-11-30"),
        ("2025-04-01", "", "2026-11-30"),
        ("2025-03-31", "2025-10-15", "2025-10-15"),
        ("2025-03-31", "2025-12-31", "2025-11-30"),
    ],
)
def test_tax_is_adjusted_until_a_day(supplied: str, annual_return: str, last: str) -> None:
    """The financial year ends in March; the annual return may close it earlier, never later."""
    day_after = {"2025-11-30": "2025-12-01", "2026-11-30": "2026-12-01", "2025-10-15": "2025-10-16"}[last]

    assert INDIA.is_kept(supplied=supplied, noted=last, annual_return=annual_return)
    assert not INDIA.is_kept(supplied=supplied, noted=day_after, annual_return=annual_return)
