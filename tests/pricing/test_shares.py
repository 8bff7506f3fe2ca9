"""Laws of shares: they sum to the whole however it is split, none is below zero, and what is left deals as before."""

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unicommerce.errors import InvalidValue
from unicommerce.pricing import (
    Amount,
    Discount,
    Funder,
    LineDiscount,
    Price,
    PriceLine,
    PriceMode,
    TaxPart,
    cut,
    dealt,
    priced,
    rate,
    share,
    shared,
    spread,
    taken,
    with_tax,
)
from unicommerce.values import allocate, half_up

AMOUNTS = st.integers(0, 20) | st.integers(0, 2**50)
PARTS = st.lists(AMOUNTS, min_size=1, max_size=5)
PIECES = st.integers(1, 30)


@given(AMOUNTS, PIECES)
def test_a_share_is_what_largest_remainder_gives(amount: int, pieces: int) -> None:
    """Piece by piece they are the parts of `allocate` over equal weights."""
    singles = [share(amount, n + 1, pieces) - share(amount, n, pieces) for n in range(pieces)]

    assert tuple(singles) == allocate(amount, [1] * pieces)


@given(PARTS, PIECES, st.data())
def test_what_is_left_deals_to_the_same_shares(parts: list[int], pieces: int, data: st.DataObject) -> None:
    """So no refund has to know which pieces went before it."""
    first = data.draw(st.integers(0, pieces))
    gone = dealt(parts, first, pieces)
    left = [part - off for part, off in zip(parts, gone, strict=True)]
    for more in range(pieces - first + 1 if pieces > first else 0):
        both = tuple([a + b for a, b in zip(gone, dealt(left, more, pieces - first), strict=True)])
        assert both == dealt(parts, first + more, pieces)


@given(PARTS, PIECES)
def test_no_part_of_any_piece_is_below_zero(parts: list[int], pieces: int) -> None:
    """Net and tax, paid and taken off: each piece has some of each or none, and together all of it."""
    runs = [dealt(parts, first, pieces) for first in range(pieces + 1)]

    assert all(b >= a for before, after in pairwise(runs) for a, b in zip(before, after, strict=True))
    assert runs[-1] == tuple(parts)


@given(PARTS, st.data())
def test_a_part_of_an_amount_leaves_sound_parts(parts: list[int], data: st.DataObject) -> None:
    """Taken twice, no part exceeds what there was, and all of it leaves nothing."""
    amount = data.draw(st.integers(0, sum(parts)))
    gone = taken(parts, amount)
    left = [part - off for part, off in zip(parts, gone, strict=True)]

    assert sum(gone) == amount
    assert min(*gone, *left) >= 0
    assert taken(left, sum(left)) == tuple(left)


DISCOUNTS = st.lists(AMOUNTS, max_size=4).map(
    lambda off: tuple([LineDiscount(str(number), amount) for number, amount in enumerate(off)])
)


@given(AMOUNTS, PIECES, DISCOUNTS, st.data())
def test_a_split_into_shipments_keeps_the_gross(
    each: int, pieces: int, off: tuple[LineDiscount, ...], data: st.DataObject
) -> None:
    """Whatever goes by which node, what is paid and what was taken off is the same, and no piece costs less than 0."""
    price = Price(each, pieces, cut(each * pieces, off))
    cuts = sorted([0, pieces, *data.draw(st.lists(st.integers(0, pieces), max_size=4))])
    paid = [price.paid_minor(start, stop) for start, stop in pairwise(cuts)]
    shares = [price.discounts_minor(start, stop) for start, stop in pairwise(cuts)]

    assert sum(paid) == each * pieces - sum([discount.amount_minor for discount in price.discounts])
    assert [sum(column) for column in zip(*shares, strict=True)] == [each.amount_minor for each in price.discounts]
    assert min(paid) >= 0
    assert all(amount >= 0 for row in shares for amount in row)
    assert price.paid_minor(pieces, pieces + 2) == 2 * each


@given(AMOUNTS, st.sampled_from(("0", "0.06625", "0.19", "0.2", "1", "3")), st.sampled_from(PriceMode))
def test_gross_is_net_and_tax(amount: int, text: str, mode: PriceMode) -> None:
    """In a price with tax and on one without."""
    whole = with_tax(amount, rate(text), mode)

    assert whole.gross_minor == whole.net_minor + whole.tax_minor
    assert amount == (whole.gross_minor if mode is PriceMode.INCLUSIVE else whole.net_minor)
    assert abs(whole.tax_minor - whole.net_minor * rate(text)) <= 1 + rate(text)


@given(st.lists(st.tuples(PIECES, st.integers(0, 500), st.booleans()), min_size=1, max_size=5), st.data())
def test_a_discount_of_the_order_falls_on_lines_to_the_cent(
    rows: list[tuple[int, int, bool]], data: st.DataObject
) -> None:
    """All of it, none on what costs nothing or is a gift card, and no line is paid below zero."""
    lines = [
        PriceLine(id=str(n), quantity=quantity, price_minor=price, is_gift_card=is_card)
        for n, (quantity, price, is_card) in enumerate(rows)
    ]
    most = sum([line.price_minor * line.quantity for line in lines if not line.is_gift_card])
    off = data.draw(st.integers(0, most))
    result = priced(lines, [Discount(id="spring", amount_minor=off)])

    assert sum([each.list_minor - each.paid_minor for each in result]) == off
    assert all(each.paid_minor >= 0 for each in result)
    assert all(not each.discounts for each in result if each.line.is_gift_card or not each.list_minor)


def test_two_discounts_do_not_take_a_piece_below_zero() -> None:
    """Each dealt from the first piece on, two cents would have been taken off the one cent of the first piece."""
    price = Price(1, 2, (LineDiscount("a", 1), LineDiscount("b", 1)))

    assert [price.paid_minor(n, n + 1) for n in range(2)] == [0, 0]
    assert [price.discounts_minor(n, n + 1) for n in range(2)] == [(0, 1), (1, 0)]


def test_a_coupon_of_the_maker_stays_in_the_base_of_tax() -> None:
    """The retailer's own discount leaves it (CDTFA Publication 113)."""
    line = PriceLine(id="1", quantity=1, price_minor=1000)
    off = [
        Discount(id="own", amount_minor=100, line="1"),
        Discount(id="maker", amount_minor=50, line="1", funder=Funder.THIRD_PARTY),
    ]
    result = priced([line], off)[0]

    assert (result.paid_minor, result.base_minor) == (850, 900)


WRONG: dict[str, Callable[[], object]] = {
    "more pieces than there are": lambda: dealt((1,), 2, 1),
    "no pieces": lambda: dealt((1,), 0, 0),
    "more than the sum": lambda: taken((1, 2), 4),
    "more than there is": lambda: spread(3, (1, 1)),
    "a line that is not priced": lambda: priced([], [Discount(id="a", amount_minor=1, line="1")]),
    "no number": lambda: rate("nan"),
    "below zero": lambda: rate("-0.1"),
    "no rate": lambda: rate("a"),
    "no quantity": lambda: PriceLine(id="1", quantity=0, price_minor=1),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_cannot_be_is_an_error(wrong: str) -> None:
    """With its field and its value."""
    with pytest.raises(InvalidValue):
        WRONG[wrong]()


def test_halves_go_up() -> None:
    """Below zero too: that is away from the lower number."""
    assert [half_up(rate("0.5")), half_up(-rate("0.5")), half_up(rate("1.49"))] == [1, 0, 1]


def test_taxes_of_one_component_are_one() -> None:
    """What was one amount before a split is one amount after it."""
    whole = Amount(10, (TaxPart("NJ", 3), TaxPart("NY", 1)))
    part = whole.of_pieces(1, 3)

    assert whole.minus(part).plus(part) == whole


RUNS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3) | st.integers(0, 500)), min_size=1, max_size=5).filter(
    lambda runs: sum(count for count, _ in runs)
)


@given(RUNS, st.integers(0, 200))
def test_units_are_dealt_one_by_one_to_who_has_least_for_its_weight(runs: list[tuple[int, int]], amount: int) -> None:
    """In runs it is what it is piece by piece, the slow way."""
    weights = [(run, weight) for run, (count, weight) in enumerate(runs) for _ in range(count)]
    some = [(run, weight) for run, weight in weights if weight] or [(run, 1) for run, _ in weights]
    held = [0] * len(some)
    for _ in range(amount):
        held[min(range(len(some)), key=lambda n: (Fraction(2 * held[n] + 1, some[n][1]), n))] += 1

    slow = [sum(h for (run, _), h in zip(some, held, strict=True) if run == n) for n in range(len(runs))]
    assert list(shared(amount, runs)) == slow
    assert shared(-amount, runs) == tuple(-part for part in shared(amount, runs))


@given(st.lists(st.integers(0, 2**40), min_size=1, max_size=9), st.integers(0, 2**41), st.data())
def test_what_is_left_is_shared_as_before(weights: list[int], amount: int, data: st.DataObject) -> None:
    """Whichever pieces went with their shares, and the weights themselves are shared exactly."""
    ones = [(1, weight) for weight in weights]
    shares = shared(amount, ones)
    kept = data.draw(st.lists(st.sampled_from(range(len(weights))), min_size=1, unique=True).map(sorted))
    left = [n for n in kept if weights[n]] or kept

    assert sum(shares) == amount
    if any(weights[n] for n in kept) or not any(weights):
        assert shared(sum(shares[n] for n in left), [ones[n] for n in left]) == tuple(shares[n] for n in left)
    assert shared(sum(weights), ones) == tuple(weights)


@given(AMOUNTS, PIECES)
def test_alike_pieces_are_shared_as_they_are_dealt(amount: int, pieces: int) -> None:
    """The first of them have the odd units."""
    assert shared(amount, [(1, 7)] * pieces) == tuple(
        share(amount, n + 1, pieces) - share(amount, n, pieces) for n in range(pieces)
    )


@given(st.integers(0, 500), st.integers(1, 9), st.lists(st.integers(0, 400), max_size=3), st.integers(0, 9), st.data())
def test_alike_pieces_are_paid_and_discounted_alike(
    each: int, pieces: int, offs: list[int], start: int, data: st.DataObject
) -> None:
    """Ranges meet, and within each all pieces are as its first."""
    price = Price(each, pieces, tuple(LineDiscount(f"d{n}", off) for n, off in enumerate(offs))).at(each)
    stop = data.draw(st.integers(start + 1, 20))
    ranges = price.alike(start, stop)

    assert (ranges[0][0], ranges[-1][1]) == (start, stop)
    assert all(a[1] == b[0] for a, b in pairwise(ranges))
    for first, end in ranges:
        costs = {(price.paid_minor(n, n + 1), price.discounts_minor(n, n + 1)) for n in range(first, end)}
        assert len(costs) == 1
