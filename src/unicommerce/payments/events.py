"""What can happen to the money of orders. No event here moves goods or lines, and none knows what was sold.

`STEPS` is the one table of from where to where money goes, by what has happened to it.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar

from ..errors import InvalidValue
from ..ledger import Account, Document, Movement
from ..values import Unit, frozen, identifier, positive
from .documents import (
    ISSUER,
    Authorization,
    Dispute,
    MoneyState,
    Tender,
    TenderKind,
    gift_card,
    held,
    owed_by,
    owing,
    paid,
    promised_by,
    promising,
)

__all__ = ["STEPS", "CardFilled", "MoneyMoved", "Part", "Settled", "Step"]


class Step(StrEnum):
    """What has happened to money of an order: asked for by us, or told by who moves it."""

    AUTHORIZED = "authorized"
    VOIDED = "voided"
    LAPSED = "lapsed"
    CAPTURE_ASKED = "capture_asked"
    CAPTURE_FAILED = "capture_failed"
    CAPTURED = "captured"
    REDEEMED = "redeemed"
    REFUND_ASKED = "refund_asked"
    REFUND_FAILED = "refund_failed"
    REFUNDED = "refunded"
    CREDITED = "credited"
    DISPUTED = "disputed"
    DISPUTE_WON = "dispute_won"
    DISPUTE_LOST = "dispute_lost"


S = MoneyState
STEPS: Mapping[Step, tuple[tuple[MoneyState, ...], MoneyState]] = {
    Step.AUTHORIZED: ((S.PAYER,), S.AUTHORIZED),
    Step.VOIDED: ((S.AUTHORIZED,), S.PAYER),
    Step.LAPSED: ((S.AUTHORIZED,), S.PAYER),
    Step.CAPTURE_ASKED: ((S.AUTHORIZED,), S.CAPTURING),
    Step.CAPTURE_FAILED: ((S.CAPTURING,), S.AUTHORIZED),
    Step.CAPTURED: ((S.CAPTURING, S.AUTHORIZED, S.PAYER), S.CAPTURED),
    Step.REDEEMED: ((S.GIFT_CARD,), S.CAPTURED),
    Step.REFUND_ASKED: ((S.CAPTURED,), S.REFUNDING),
    Step.REFUND_FAILED: ((S.REFUNDING,), S.CAPTURED),
    Step.REFUNDED: ((S.REFUNDING, S.CAPTURED), S.PAYER),
    Step.CREDITED: ((S.CAPTURED,), S.GIFT_CARD),
    Step.DISPUTED: ((S.CAPTURED,), S.DISPUTED),
    Step.DISPUTE_WON: ((S.DISPUTED,), S.CAPTURED),
    Step.DISPUTE_LOST: ((S.DISPUTED,), S.PAYER),
}
"""By what has happened: the states that money may leave, in the order in which it does, and the one that it enters."""

Part = tuple[MoneyState, int]
"""A state that money leaves, and how much of it, in minor units."""


@frozen(kw_only=True)
class MoneyMoved:
    """Money of an order, of one tender, has taken a step, or we have asked for it (`STEPS`).

    Moves each of the `parts` from its state to that of the step; what an agent collects it owes us from then on, less
    what it gives back. `authorization` and `dispute` are set down where the step begins or ends one.
    `promised` is by how much more a bank promises to hold, by authorization; below zero by how much less.
    """

    kind: ClassVar[str] = "payments.moved"
    step: Step
    order: str
    tender: Tender
    currency: str
    parts: tuple[Part, ...] = ()
    reason: str = ""
    authorization: Authorization | None = None
    dispute: Dispute | None = None
    promised: tuple[tuple[str, int], ...] = ()

    def __attrs_post_init__(self) -> None:
        identifier(self.order, "order")
        left, _ = STEPS[self.step]
        for state, amount in self.parts:
            if state not in left:
                raise InvalidValue("parts", self.parts, f"amounts that leave {' or '.join(left)}")
            positive(amount, f"amount of {state}")

    @property
    def amount_minor(self) -> int:
        """Return how much it is."""
        return sum([amount for _, amount in self.parts])

    def movements(self) -> tuple[Movement, ...]:
        """Move it."""
        unit, (_, entered) = paid(self.currency), STEPS[self.step]
        target = held(self.order, entered, self.tender)
        parts = [(amount, held(self.order, left, self.tender)) for left, amount in self.parts]
        moves = [Movement(amount, unit, source, target) for amount, source in parts]
        return (*moves, *self._owed(), *self._promised())

    def _promised(self) -> list[Movement]:
        unit, banks = promising(self.currency), Account("banks", "promised")
        changes = [(change, promised_by(self.order, self.tender, payment)) for payment, change in self.promised]
        return [_signed(change, unit, banks, account) for change, account in changes]

    def _owed(self) -> tuple[Movement, ...]:
        sign = {Step.CAPTURED: 1, Step.REFUNDED: -1}.get(self.step, 0)
        if self.tender.kind is not TenderKind.AGENT or not sign:
            return ()
        collected, owed = Account("agents", "collected"), owed_by(self.tender.id, self.order)
        return (_signed(sign * self.amount_minor, owing(self.currency), collected, owed),)

    def documents(self) -> tuple[Document, ...]:
        """Set down what it begins or ends."""
        return tuple([document for document in (self.authorization, self.dispute) if document is not None])


@frozen(kw_only=True)
class CardFilled:
    """An amount was put on a gift card: a liability, no revenue. Moves: issuer -> its balance."""

    kind: ClassVar[str] = "payments.card_filled"
    card: str
    currency: str
    amount_minor: int

    def movements(self) -> tuple[Movement, ...]:
        """Promise it."""
        amount = positive(self.amount_minor, "amount_minor")
        return (Movement(amount, paid(self.currency), ISSUER, gift_card(identifier(self.card, "gift card"))),)

    def documents(self) -> tuple[Document, ...]:
        """Replace nothing."""
        return ()


@frozen(kw_only=True)
class Settled:
    """An agent pays what it has collected for us, by order, less its fees by name.

    Moves: what it owes for each order -> settled; an amount below zero the other way round.
    """

    kind: ClassVar[str] = "payments.settled"
    statement: str
    agent: str
    currency: str
    orders: tuple[tuple[str, int], ...]
    fees: tuple[tuple[str, int], ...] = ()
    paid_minor: int

    def movements(self) -> tuple[Movement, ...]:
        """Take it."""
        unit, done = owing(self.currency), Account("agents", "settled")
        return tuple(
            [_signed(amount, unit, owed_by(self.agent, order), done) for order, amount in self.orders if amount]
        )

    def documents(self) -> tuple[Document, ...]:
        """Replace nothing."""
        return ()


def _signed(amount: int, unit: Unit, source: Account, target: Account) -> Movement:
    return Movement(amount, unit, source, target) if amount > 0 else Movement(-amount, unit, target, source)
