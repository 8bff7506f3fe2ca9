"""What one refund takes of a sale, and what it leaves; or why there is none.

A quote takes pieces, amounts and charges of what can be refunded. The pieces of a line take their shares
(`unicommerce.pricing`), the last takes the rest: no number of refunds exceeds what was paid, and refunds of everything
leave zero, whatever the order and the grouping.
"""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import NamedTuple, TypeVar

import attrs

from ..ledger import Reason, Refused
from ..pricing import Amount, ChargeKind, summed
from ..values import frozen, whole
from .documents import Refundable, RefundCharge, RefundLine, SoldCharge, SoldLine
from .tenders import RefundCode, TenderRefund, paid_back

__all__ = ["NoteLine", "Quote", "QuotedLine", "note_lines", "quote", "restocked_pieces"]


class QuotedLine(NamedTuple):
    """What a refund takes of a line: the amount of its pieces, the fee that is kept of it, the pieces restocked."""

    line: str
    pieces: int
    amount: Amount
    fee: Amount = Amount()
    restocked: int = 0


@frozen(kw_only=True)
class Quote:
    """What one refund is: lines, charges, what is kept, where the money goes, and what is left after it.

    `return_shipping` is what we charge for the way back, with its own tax; `before` is what there was.
    """

    before: Refundable
    left: Refundable
    lines: tuple[QuotedLine, ...] = ()
    charges: tuple[SoldCharge, ...] = ()
    return_shipping: Amount = Amount()
    tenders: tuple[TenderRefund, ...] = ()

    @cached_property
    def amount(self) -> Amount:
        """Return net and tax of all that is refunded, by component; fees and the way back are not taken off."""
        return summed([*[line.amount for line in self.lines], *[charge.amount for charge in self.charges]])

    @cached_property
    def fees(self) -> Amount:
        """Return what is kept of the goods."""
        return summed([each.fee for each in self.lines])

    @cached_property
    def goods(self) -> Amount:
        """Return net and tax of the goods, of which fees are kept."""
        return summed([each.amount for each in self.lines])

    @property
    def goods_minor(self) -> int:
        """Return the net amount of the goods, less what is kept of it."""
        return self.goods.net_minor - self.fees.net_minor

    @property
    def suggested_minor(self) -> int:
        """Return what is to be refunded; never below zero."""
        return max(0, self._balance_minor)

    @property
    def owed_minor(self) -> int:
        """Return what the customer owes where the way back costs more than what came."""
        return max(0, -self._balance_minor)

    @property
    def maximum_minor(self) -> int:
        """Return the most that could have been refunded of the sale."""
        return self.before.maximum_minor

    @property
    def restocked(self) -> int:
        """Return the pieces that go on the shelf again."""
        return sum([each.restocked for each in self.lines])

    def charged(self, kind: ChargeKind) -> Amount:
        """Return what is refunded of the charges of a kind."""
        return summed([each.amount for each in self.charges if each.kind is kind])

    @property
    def _balance_minor(self) -> int:
        return self.amount.gross_minor - self.fees.gross_minor - self.return_shipping.gross_minor


def quote(
    before: Refundable,
    lines: Iterable[RefundLine] = (),
    charges: Iterable[RefundCharge] = (),
    *,
    return_shipping: Amount = Amount(),
    order: Sequence[str] = (),
    is_delivered: bool = True,
) -> Quote | Refused:
    """Return what a refund comes to, and what it leaves; or why there is none.

    What has not been delivered is restocked in any case. Tenders in `order` come first. Because: `MUST_BE_POSITIVE`,
    `EXCEEDS_CAPTURED`, `EXCEEDS_REMAINING` (found and needed), `NOTHING_TO_REFUND`. Raises `InvalidValue` for a line, a
    charge or a tender that is not there.

    >>> from unicommerce.pricing import Amount, TaxPart
    >>> sold = Refundable(lines=(SoldLine("1", 3, Amount(1000, (TaxPart("US-NJ", 66),))),))
    >>> one = quote(sold, [RefundLine("1", fee_minor=34)])
    >>> one.goods_minor, one.amount.tax_minor, one.suggested_minor, one.left.gross_minor
    (300, 22, 322, 710)
    """
    left, quoted, charged, because = before, list[QuotedLine](), list[SoldCharge](), list[Reason]()
    for asked in lines:
        sold = left.line(asked.line)
        if wrong := _wrong_line(left, sold, asked):
            because.append(wrong)
            continue
        amount = sold.of_pieces(asked.pieces)
        gone = asked.pieces if asked.gross_minor is None else 0
        amount = amount if asked.gross_minor is None else amount.of_gross(asked.gross_minor)
        restocked = restocked_pieces(gone, restocks=asked.restocks, is_delivered=is_delivered)
        quoted.append(QuotedLine(sold.line, gone, amount, _fee(asked, amount), restocked))
        left = attrs.evolve(left, lines=_with(left.lines, sold.less(gone, amount)))
    for each in charges:
        made = left.charge(each.id)
        if wrong := _wrong_amount(left, each.id, each.gross_minor, made.amount.gross_minor):
            because.append(wrong)
            continue
        amount = made.amount if each.gross_minor is None else made.amount.of_gross(each.gross_minor)
        charged.append(made._replace(amount=amount))
        left = attrs.evolve(left, charges=_with(left.charges, made._replace(amount=made.amount.minus(amount))))
    draft = Quote(
        before=before, left=left, lines=tuple(quoted), charges=tuple(charged), return_shipping=return_shipping
    )
    return _settled(draft, because, order)


def restocked_pieces(pieces: int, *, restocks: bool, is_delivered: bool) -> int:
    """Return how many pieces go on the shelf again: what was not delivered does in any case.

    >>> restocked_pieces(2, restocks=False, is_delivered=False)
    2
    """
    return pieces if restocks or not is_delivered else 0


def _settled(draft: Quote, because: Sequence[Reason], order: Sequence[str]) -> Quote | Refused:
    """Return the quote with what each tender gets, or why it is none."""
    if because:
        return Refused(tuple(because))
    if not draft.amount.gross_minor:
        return Refused((Reason(RefundCode.NOTHING_TO_REFUND, draft.before.sale),))
    if not draft.before.tenders:
        return draft
    back = paid_back(draft.suggested_minor, draft.before.tenders, order=order)
    if isinstance(back, Refused):
        return back
    amounts = {each.tender: each.amount_minor for each in back}
    tenders = [t._replace(refunded_minor=t.refunded_minor + amounts.get(t.id, 0)) for t in draft.before.tenders]
    return attrs.evolve(draft, left=attrs.evolve(draft.left, tenders=tuple(tenders)), tenders=back)


def _wrong_line(left: Refundable, sold: SoldLine, asked: RefundLine) -> Reason | None:
    """Say why so much of a line is not refunded."""
    whole(asked.fee_minor, "fee_minor")
    if asked.pieces < 1:
        return Reason(RefundCode.MUST_BE_POSITIVE, sold.line, asked.pieces, 1, "pieces")
    if asked.pieces > sold.pieces:
        return Reason(RefundCode.EXCEEDS_REMAINING, sold.line, sold.pieces, asked.pieces, "pieces")
    return _wrong_amount(left, sold.line, asked.gross_minor, sold.of_pieces(asked.pieces).gross_minor)


def _wrong_amount(left: Refundable, subject: str, gross_minor: int | None, left_minor: int) -> Reason | None:
    if gross_minor is None:
        return None
    if gross_minor < 1:
        return Reason(RefundCode.MUST_BE_POSITIVE, subject, gross_minor, 1, "minor units")
    if left.captured_minor is not None and gross_minor > left.captured_minor:
        return Reason(RefundCode.EXCEEDS_CAPTURED, left.sale, left.captured_minor, gross_minor)
    if gross_minor > left_minor:
        return Reason(RefundCode.EXCEEDS_REMAINING, subject, left_minor, gross_minor, "minor units")
    return None


class NoteLine(NamedTuple):
    """Pieces of equal amount on a credit note, and what they come to; `kind` of a charge, None of goods."""

    pieces: int
    amount: Amount
    kind: ChargeKind | None = None


def note_lines(quoted: Quote) -> tuple[NoteLine, ...]:
    """Return the lines of a credit note: pieces whose net amount and tax components are the same stand together.

    >>> from unicommerce.refunds import refund_of_all
    >>> sold = Refundable(lines=(SoldLine("1", 4, Amount(3601)),))
    >>> [(each.pieces, each.amount.net_minor) for each in note_lines(quote(sold, *refund_of_all(sold)))]
    [(1, 901), (3, 2700)]
    """
    groups: dict[object, NoteLine] = {}
    for each in quoted.lines:
        left = SoldLine(each.line, max(each.pieces, 1), each.amount)
        while left.pieces:
            amount = left.of_pieces(1)
            key = (amount.net_minor, *[component for component, _ in amount.taxes])
            known = groups.get(key, NoteLine(0, Amount()))
            groups[key] = NoteLine(known.pieces + 1, known.amount.plus(amount))
            left = left.less(1, amount)
    return (*groups.values(), *[NoteLine(1, each.amount, each.kind) for each in quoted.charges])


def _fee(asked: RefundLine, amount: Amount) -> Amount:
    """Return what is kept of an amount: at most all of the net."""
    fee_minor = min(asked.fee_minor, amount.net_minor)
    return amount.of_net(fee_minor) if asked.is_fee_taxed else Amount(fee_minor)


_Row = TypeVar("_Row", SoldLine, SoldCharge)


def _with(rows: Sequence[_Row], changed: _Row) -> tuple[_Row, ...]:
    return tuple([changed if row[0] == changed[0] else row for row in rows])
