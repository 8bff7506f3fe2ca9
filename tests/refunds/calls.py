"""A call for each reason why money is not refunded."""

from unicommerce.ledger import Reason, Refused
from unicommerce.pricing import Amount
from unicommerce.refunds import Refundable, RefundCode, RefundLine, SoldLine, Tender, quote

SOLD = Refundable(
    sale="order-1",
    lines=(SoldLine("mug", 2, Amount(2000)), SoldLine("gift", 1, Amount())),
    tenders=(Tender("card", 900),),
)
ASKED = {
    RefundCode.MUST_BE_POSITIVE: RefundLine("mug", 1, -5),
    RefundCode.EXCEEDS_CAPTURED: RefundLine("mug", 1),
    RefundCode.EXCEEDS_REMAINING: RefundLine("mug", 3),
    RefundCode.NOTHING_TO_REFUND: RefundLine("gift", 1),
}


def said(code: RefundCode) -> tuple[Reason, ...]:
    """Return why nothing is refunded."""
    answer = quote(SOLD, [ASKED[code]])
    assert isinstance(answer, Refused)
    return answer.because
