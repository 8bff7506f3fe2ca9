"""What we ask of money: capture it, give it back, pay with a gift card, let go of what a bank held too long.

Each is guarded by the balance that it draws on, so that no race captures more than is held, gives back more than was
captured, or spends a gift card twice.
"""

from collections.abc import Mapping, Sequence

import attrs

from ..errors import InvalidValue
from ..ledger import Accepted, Between, Decision, Reason, Refused, Request, State
from ..values import identifier, positive
from .codes import PaymentCode
from .documents import (
    Authorization,
    MoneyState,
    Tender,
    TenderKind,
    authorization_key,
    held,
    paid,
    promised_by,
    promising,
)
from .events import STEPS, MoneyMoved, Step

__all__ = ["capture", "lapse", "redeem", "refund"]


def capture(id: str, *, order: str, amounts: Mapping[Tender, int], currency: str) -> Request[object]:
    """Ask for amounts (minor units, by tender) that are held for us; the provider tells whether it gave them.

    All of it or none. Because: `EXCEEDS_AUTHORIZED` (found and needed) for each tender of which too little is held.
    """
    asked = [(tender, amount, Step.CAPTURE_ASKED) for tender, amount in _checked(amounts)]
    return _moving(f"payment/{order}/capture/{identifier(id, 'id')}", order, currency, asked)


def refund(id: str, *, order: str, amounts: Mapping[Tender, int], currency: str, reason: str = "") -> Request[object]:
    """Ask to give amounts (minor units, by tender) back; the provider tells whether it did.

    What goes onto a gift card of ours is there at once. All of it or none. Because: `EXCEEDS_CAPTURED` (found and
    needed) for each tender of which too little is captured; what is disputed, or on its way back, is not there.
    """
    wanted = _checked(amounts)
    own = TenderKind.GIFT_CARD
    asked = [(each, amount, Step.CREDITED if each.kind is own else Step.REFUND_ASKED) for each, amount in wanted]
    return _moving(f"payment/{order}/refund/{identifier(id, 'id')}", order, currency, asked, reason)


def redeem(id: str, *, order: str, card: str, amount_minor: int, currency: str) -> Request[object]:
    """Ask to pay for an order with a gift card. Because: `EXCEEDS_BALANCE` (found and needed)."""
    tender = Tender(TenderKind.GIFT_CARD, identifier(card, "gift card"))
    asked = [(tender, positive(amount_minor, "amount_minor"), Step.REDEEMED)]
    return _moving(f"payment/{order}/redeem/{identifier(id, 'id')}", order, currency, asked)


def lapse(payment: str) -> Request[object]:
    """Ask to let go of what a bank held, once its time is over: as much as was not captured or voided.

    What others hold on the same tender stays; what was captured or voided of no named one is of those that lapse first.

    Because: `UNKNOWN_PAYMENT`, `NOT_YET` (now and until when, ms UTC). Asked of one that is over, nothing is done.
    """

    def decide(world: State, _given: object, now: int) -> Decision:
        known = world.document(authorization_key(payment))
        if known is None:
            return Refused((Reason(PaymentCode.UNKNOWN_PAYMENT, payment),))
        if known.expires_at is None or now < known.expires_at:
            needed = "until it is voided" if known.expires_at is None else f"until {known.expires_at} ms UTC"
            return Refused((Reason(PaymentCode.NOT_YET, payment, now, needed),))
        return Accepted() if known.is_over else _lapsed(world, known)

    return Request(f"payment/{payment}/lapsed", (("payment", payment),), decide)


def _lapsed(world: State, known: Authorization) -> Decision:
    unit, account = paid(known.currency), held(known.order, MoneyState.AUTHORIZED, known.tender)
    promises = world.parts(promising(known.currency), promised_by(known.order))
    own = promises.get(promised_by(known.order, known.tender, known.id), 0)
    others = sum([max(p, 0) for at, p in promises.items() if at.ref == known.tender.ref and at.lot != known.id])
    left = min(known.amount_minor, max(world.balance(unit, (account,)) - others, 0))
    event = MoneyMoved(
        step=Step.LAPSED,
        order=known.order,
        tender=known.tender,
        currency=known.currency,
        parts=((MoneyState.AUTHORIZED, left),) if left else (),
        authorization=attrs.evolve(known, revision=known.revision + 1, is_over=True),
        promised=((known.id, -own),) if own else (),
    )
    return Accepted((event,), (), (Between(unit, (account,)),) if left else ())


SHORT: Mapping[MoneyState, PaymentCode] = {
    MoneyState.AUTHORIZED: PaymentCode.EXCEEDS_AUTHORIZED,
    MoneyState.CAPTURED: PaymentCode.EXCEEDS_CAPTURED,
    MoneyState.GIFT_CARD: PaymentCode.EXCEEDS_BALANCE,
}
"""What is said where the state that money is to leave has too little of it."""


def _moving(
    id: str, order: str, currency: str, asked: Sequence[tuple[Tender, int, Step]], reason: str = ""
) -> Request[object]:
    """Ask for steps of amounts by tender, each guarded by the balance that it draws on: all of them or none."""
    identifier(order, "order")
    unit = paid(currency)

    def decide(world: State, _given: object, _now: int) -> Decision:
        events, guards, short = list[MoneyMoved](), list[Between](), list[Reason]()
        for tender, amount, step in asked:
            (left, *_), _ = STEPS[step]
            account = held(order, left, tender)
            there = world.balance(unit, (account,))
            if there < amount:
                short.append(Reason(SHORT[left], f"{order}/{tender.ref}", there, amount, currency))
            parts = ((left, amount),)
            events.append(
                MoneyMoved(step=step, order=order, tender=tender, currency=currency, parts=parts, reason=reason)
            )
            guards.append(Between(unit, (account,)))
        return Refused(tuple(short)) if short else Accepted(tuple(events), (), tuple(guards))

    said = tuple([(tender.ref, amount) for tender, amount, _ in asked])
    return Request(id, (("amounts", said), ("currency", currency), ("reason", reason)), decide)


def _checked(amounts: Mapping[Tender, int]) -> list[tuple[Tender, int]]:
    """Return amounts by tender, checked and in one order."""
    if not amounts:
        raise InvalidValue("amounts", amounts, "an amount of one tender or more")
    return sorted([(tender, positive(amount, f"amount of {tender.ref}")) for tender, amount in amounts.items()])
