"""Where refunded money goes: back to what it came from, never more of it than came."""

from collections.abc import Sequence
from typing import NamedTuple

from ..errors import InvalidValue
from ..ledger import Reason, ReasonCode, Refused
from ..values import whole

__all__ = ["Exchange", "RefundCode", "Tender", "TenderRefund", "exchange", "paid_back"]


class RefundCode(ReasonCode):
    """Why money is not refunded."""

    MUST_BE_POSITIVE = "refunds.must_be_positive", "{found} {unit} of {subject}: a refund is above zero"
    EXCEEDS_CAPTURED = "refunds.exceeds_captured", "{needed} of {subject} is asked; {found} was captured and is left"
    EXCEEDS_REMAINING = "refunds.exceeds_remaining", "{needed} {unit} of {subject} are asked; {found} are left"
    NOTHING_TO_REFUND = "refunds.nothing_to_refund", "nothing of {subject} is left to be refunded"


class Tender(NamedTuple):
    """What was paid by one means (a card, a gift card) and taken back so far, in minor units.

    `disputed_minor` is what the customer's bank holds or has taken back: it is not refunded once more. `agent` holds
    the money where it is not us, as a marketplace or a carrier does: a refund goes against what it owes us and need not
    wait for its settlement.
    """

    id: str
    captured_minor: int
    refunded_minor: int = 0
    disputed_minor: int = 0
    agent: str = ""

    @property
    def left_minor(self) -> int:
        """Return what can still be refunded to it.

        >>> Tender("card", 7000, 2000, disputed_minor=1000).left_minor
        4000
        """
        return max(0, self.captured_minor - self.refunded_minor - self.disputed_minor)


class TenderRefund(NamedTuple):
    """What is refunded to a tender, in minor units; `agent` pays it where it is not us."""

    tender: str
    amount_minor: int
    agent: str = ""


def paid_back(
    refund_minor: int, tenders: Sequence[Tender], *, order: Sequence[str] = ()
) -> tuple[TenderRefund, ...] | Refused:
    """Return what each tender gets of a refund: as much as it can before the next, those in `order` first.

    Because: `EXCEEDS_CAPTURED`. Raises `InvalidValue` for a tender in the order that is not there.

    >>> tenders = (Tender("gift_card", 3000), Tender("card", 7000))
    >>> [each[:2] for each in paid_back(8000, tenders, order=["card"])]
    [('card', 7000), ('gift_card', 1000)]
    """
    by_id = {tender.id: tender for tender in tenders}
    if unknown := [each for each in order if each not in by_id]:
        raise InvalidValue("order", unknown, "tenders that were used")
    rest, refunds = whole(refund_minor, "refund_minor"), []
    for tender in [by_id[each] for each in dict.fromkeys((*order, *by_id))]:
        part = min(rest, tender.left_minor)
        rest -= part
        if part:
            refunds.append(TenderRefund(tender.id, part, tender.agent))
    if rest:
        return Refused((Reason(RefundCode.EXCEEDS_CAPTURED, "all that was paid", refund_minor - rest, refund_minor),))
    return tuple(refunds)


class Exchange(NamedTuple):
    """How a return and a sale settle: one of the two is zero. Each keeps the tax of its own."""

    refund_minor: int
    owed_minor: int


def exchange(returned_minor: int, new_minor: int) -> Exchange:
    """Return what is left between what comes back and what goes out instead, in minor units.

    >>> exchange(4400, 5500), exchange(4400, 4400)
    (Exchange(refund_minor=0, owed_minor=1100), Exchange(refund_minor=0, owed_minor=0))
    """
    return Exchange(max(0, returned_minor - new_minor), max(0, new_minor - returned_minor))
