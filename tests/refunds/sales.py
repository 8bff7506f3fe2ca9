"""Sales drawn by chance, and refunds of all of them in some order and grouping, checked at each step.

Amounts are drawn small as often as large: what strands a cent are few cents over many pieces.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from random import Random
from typing import NamedTuple

from unicommerce.ledger import Refused
from unicommerce.pricing import (
    Amount,
    ChargeKind,
    Discount,
    Funder,
    PricedLine,
    PriceLine,
    PriceMode,
    TaxPart,
    priced,
    rate,
    with_tax,
)
from unicommerce.refunds import (
    Quote,
    Refundable,
    RefundCharge,
    RefundCode,
    RefundLine,
    SoldCharge,
    SoldLine,
    Tender,
    quote,
)
from unicommerce.values import EXPONENTS, allocate

CURRENCIES = ("JPY", "USD", "EUR", "INR", "KWD", "BHD")
RATES = ("0", "0.06", "0.0825", "0.10", "0.18", "0.19", "0.20", "0.255", "1")


class Refunded(NamedTuple):
    """What came of a sale: its currency, how many refunds took all of it, and how much was asked in vain."""

    currency: str
    refunds: int
    refused: int


def amount(chance: Random, currency: str) -> int:
    """Return an amount in minor units: often a few, at times many."""
    most = chance.choice((3, 40, 999, 10**6)) * 10 ** (EXPONENTS.get(currency, 2) % 3)
    return chance.randrange(most + 1)


def taxed(chance: Random, amount_minor: int, mode: PriceMode) -> Amount:
    """Return an amount with a tax of one or two components."""
    whole = with_tax(amount_minor, rate(chance.choice(RATES)), mode, component="state")
    if chance.random() < 0.6:
        return whole
    state, county = allocate(whole.tax_minor, (chance.randint(1, 9), chance.randint(1, 9)))
    return Amount(whole.net_minor, (TaxPart("state", state), TaxPart("county", county)))


def lines_of(chance: Random, currency: str) -> tuple[PricedLine, ...]:
    """Return lines with discounts of their own and of the order, at times of all that they cost."""
    lines = [
        PriceLine(
            id=str(number),
            quantity=chance.choice((1, 2, 3, chance.randint(1, 12))),
            price_minor=amount(chance, currency),
            is_gift_card=chance.random() < 0.1,
        )
        for number in range(chance.choice((1, 1, 2, 3, 4)))
    ]
    discounts = list[Discount]()
    for number in range(chance.choice((0, 1, 2, 3))):
        left = priced(lines, discounts)
        line = chance.choice(("", chance.choice(left).line.id))
        most = sum([x.paid_minor for x in left if (x.line.id == line if line else not x.line.is_gift_card)])
        off = chance.choice((min(most, chance.randrange(9)), chance.randrange(most + 1), most))
        funder = chance.choice(tuple(Funder))
        try:
            after = priced(lines, [*discounts, Discount(id=str(number), amount_minor=off, line=line, funder=funder)])
        except ValueError:  # what lines give comes first and leaves less to the order
            continue
        assert all(each.paid_minor >= 0 for each in after)
        discounts.append(Discount(id=str(number), amount_minor=off, line=line, funder=funder))
    return priced(lines, discounts)


def keeps_the_gross(chance: Random, line: PricedLine) -> bool:
    """Tell whether shipments of any pieces come to what is paid and taken off, however the line is split."""
    pieces = line.line.quantity
    cuts = sorted({0, pieces, *[chance.randint(0, pieces) for _ in range(2)]})
    parts = list(pairwise(cuts))
    off = [line.price.discounts_minor(start, stop) for start, stop in parts]
    return (
        sum([line.price.paid_minor(start, stop) for start, stop in parts]) == line.paid_minor
        and [sum(column) for column in zip(*off, strict=True)] == [each.amount_minor for each in line.discounts]
        and all(share >= 0 for row in off for share in row)
    )


def sale(chance: Random, currency: str) -> Refundable:
    """Return a sale that was paid in full, by one to three tenders."""
    mode = chance.choice(tuple(PriceMode))
    given = lines_of(chance, currency)
    assert all(keeps_the_gross(chance, line) for line in given)
    lines = [SoldLine(each.line.id, each.line.quantity, taxed(chance, each.paid_minor, mode)) for each in given]
    kinds = [kind for kind in ChargeKind if chance.random() < 0.3]
    charges = [SoldCharge(kind.value, kind, taxed(chance, amount(chance, currency), mode)) for kind in kinds]
    paid = sum([x.amount.gross_minor for x in lines]) + sum([x.amount.gross_minor for x in charges])
    parts = allocate(paid, [chance.randint(1, 9) for _ in range(chance.choice((1, 1, 2, 3)))])
    tenders = [Tender(f"tender-{number}", part) for number, part in enumerate(parts)]
    return Refundable(currency=currency, lines=tuple(lines), charges=tuple(charges), tenders=tuple(tenders))


def asked(chance: Random, left: Refundable) -> tuple[Sequence[RefundLine], Sequence[RefundCharge]]:
    """Return some of what is left: pieces, allowances on pieces that stay, charges whole and in part."""
    lines, charges = list[RefundLine](), list[RefundCharge]()
    for line in left.lines:
        if line.pieces and chance.random() < 0.5:
            pieces = chance.randint(1, line.pieces)
            share = line.of_pieces(pieces).gross_minor
            part = chance.randint(1, share) if share and chance.random() < 0.25 else None
            lines.append(RefundLine(line.line, pieces, part))
    for charge in left.charges:
        if (most := charge.amount.gross_minor) and chance.random() < 0.4:
            charges.append(RefundCharge(charge.id, chance.choice((None, chance.randint(1, most)))))
    return lines, charges


def steps(chance: Random, left: Refundable) -> Iterator[Quote | Refused]:
    """Yield answers until nothing is left, or something never goes."""
    for _ in range(5_000):
        if not left.gross_minor:
            break
        lines, charges = asked(chance, left)
        if not lines and not charges:
            continue
        answer = quote(left, lines, charges)
        yield answer
        left = left if isinstance(answer, Refused) else answer.left


def is_sound(amounts: Amount) -> bool:
    """Tell whether no part is below zero."""
    return amounts.net_minor >= 0 and all(tax >= 0 for _, tax in amounts.taxes)


def refund_all(chance: Random, currency: str) -> Refunded:
    """Refund all of a sale and check each law of it."""
    sold = sale(chance, currency)
    paid, back, left = sold.gross_minor, Amount(), sold
    by_tender, by_line = Counter[str](), Counter[str]()
    refunds = refused = 0
    for answer in steps(chance, sold):
        if isinstance(answer, Refused):
            assert {why.code for why in answer.because} == {RefundCode.NOTHING_TO_REFUND}
            refused += 1
            continue
        refunds, left, back = refunds + 1, answer.left, back.plus(answer.amount)
        assert answer.suggested_minor == answer.amount.gross_minor == sum([x.amount_minor for x in answer.tenders])
        amounts = [x.amount for x in answer.lines] + [x.amount for x in left.lines]
        amounts += [x.amount for x in (*answer.charges, *left.charges)]
        assert all(is_sound(each) for each in amounts)
        assert back.gross_minor + left.gross_minor == paid
        by_tender.update({each.tender: each.amount_minor for each in answer.tenders})
        by_line.update({each.line: each.pieces for each in answer.lines})
        assert all(by_tender[each.id] <= each.captured_minor for each in sold.tenders)
        assert all(by_line[each.line] <= each.pieces for each in sold.lines)
    assert left.gross_minor == left.maximum_minor == 0
    rest = [line.amount for line in left.lines] + [charge.amount for charge in left.charges]
    assert not any(amount.net_minor or amount.tax_minor for amount in rest)
    assert all(by_tender[each.id] == each.captured_minor for each in sold.tenders)
    assert isinstance(quote(left, [RefundLine(left.lines[0].line)]), Refused)
    return Refunded(currency, refunds, refused)
