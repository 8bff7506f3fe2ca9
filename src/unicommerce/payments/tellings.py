"""What providers, tills, agents and banks tell of money: it has moved, so none of it is refused.

Where a message says more than a state holds, what is beyond is named, and the balance says it until people have looked.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import attrs

from ..errors import InvalidValue
from ..ledger import Disagreed, Fact, Reason, State, Telling
from ..values import identifier, positive, whole
from .codes import PaymentCode
from .documents import Authorization, Dispute, MoneyState, Tender, dispute_key, held, owed_by, owing, paid
from .events import STEPS, CardFilled, MoneyMoved, Part, Settled, Step

__all__ = ["authorized", "card_filled", "dispute_closed", "disputed", "moved", "settled"]

BEYOND = MappingProxyType(
    {
        Step.CAPTURED: PaymentCode.BEYOND_AUTHORIZED,
        Step.CAPTURE_FAILED: PaymentCode.BEYOND_AUTHORIZED,
        Step.VOIDED: PaymentCode.BEYOND_AUTHORIZED,
        Step.REFUNDED: PaymentCode.BEYOND_CAPTURED,
        Step.REFUND_FAILED: PaymentCode.BEYOND_CAPTURED,
    }
)
"""The steps that a provider tells of, and what is said where more has moved than was there."""


def authorized(
    payment: str,
    *,
    order: str,
    tender: Tender,
    amount_minor: int,
    currency: str,
    expires_at: int | None = None,
    occurred_at: int | None = None,
) -> Telling[object]:
    """Tell that a bank holds an amount for us, until a moment (ms UTC) where it says so."""
    document = Authorization(
        id=payment,
        order=order,
        tender=tender,
        currency=currency,
        amount_minor=amount_minor,
        expires_at=expires_at,
    )
    parts = ((MoneyState.PAYER, amount_minor),)
    event = MoneyMoved(
        step=Step.AUTHORIZED,
        order=order,
        tender=tender,
        currency=currency,
        parts=parts,
        authorization=document,
        promised=((payment, amount_minor),),
    )
    id = f"payment/{payment}"
    return Telling(id, occurred_at, lambda _world, _given, _now: (Fact(id, (event,)),))


def moved(  # noqa: PLR0913 - what is told of money is nine things
    payment: str,
    step: Step,
    *,
    order: str,
    tender: Tender,
    amount_minor: int,
    currency: str,
    reason: str = "",
    authorization: str = "",
    occurred_at: int | None = None,
) -> Telling[object]:
    """Tell what became of an amount: captured, refunded, voided, or not captured or refunded as we had asked.

    What is captured is of what we asked for, then of what was held, then of nothing that we knew of: a till's cash, an
    agent's. What is refunded is of what we asked to give back, then of what else is captured. What leaves what was held
    is of the `authorization` that is named; where none is, of those of its tender that lapse first.

    Because: `BEYOND_AUTHORIZED` and `BEYOND_CAPTURED` where more has moved than was there (found and needed); of money
    of which nothing was held before, capturing it is nothing odd.

    >>> from unicommerce.payments import TenderKind
    >>> cash = Tender(TenderKind.CASH)
    >>> moved("p1", Step.CAPTURED, order="o1", tender=cash, amount_minor=1200, currency="USD").id
    'payment/p1'
    """
    if step not in BEYOND:
        raise InvalidValue("step", step, f"one of {', '.join(BEYOND)}")
    id, amount = f"payment/{identifier(payment, 'payment')}", positive(amount_minor, "amount_minor")
    said = (("step", step.value), ("order", order), ("tender", tender.ref))
    told = (*said, ("currency", currency), ("amount_minor", amount), ("reason", reason))
    promised = ((authorization, -amount),) if authorization and MoneyState.AUTHORIZED in STEPS[step][0] else ()

    def decide(world: State, _given: object, _now: int) -> tuple[Fact, ...]:
        left, _ = STEPS[step]
        there = _there(world, order, tender, currency, left)
        parts = dict(_drawn(there, amount))
        drawn = sum(parts.values())
        is_odd = drawn < amount and (drawn > 0 or step is not Step.CAPTURED)
        because = (Reason(BEYOND[step], order, drawn, amount, currency),) if is_odd else ()
        if drawn < amount:
            parts[left[-1]] = parts.get(left[-1], 0) + amount - drawn
        event = MoneyMoved(
            step=step,
            order=order,
            tender=tender,
            currency=currency,
            parts=tuple(parts.items()),
            reason=reason,
            promised=promised,
        )
        return (Fact(id, (event,), because, (*told, *[("authorization", each) for each, _ in promised])),)

    return Telling(id, occurred_at, decide)


def _there(
    world: State, order: str, tender: Tender, currency: str, states: Iterable[MoneyState]
) -> Mapping[MoneyState, int]:
    """Return how much stands in each of some states; who pays is outside, and has nothing that we know of."""
    known = [state for state in states if state is not MoneyState.PAYER]
    return {state: max(world.balance(paid(currency), (held(order, state, tender),)), 0) for state in known}


def _drawn(there: Mapping[MoneyState, int], amount: int) -> Iterable[Part]:
    """Yield from which states an amount is drawn, one after the other, as far as they reach."""
    for state, most in there.items():
        if part := min(amount, most):
            yield state, part
            amount -= part


def disputed(
    dispute: str,
    *,
    order: str,
    tender: Tender,
    amount_minor: int,
    currency: str,
    reason: str = "",
    answer_by: int | None = None,
    occurred_at: int | None = None,
) -> Telling[object]:
    """Tell that a customer's bank takes an amount back for now; what is disputed can not be refunded as well.

    Because: `BEYOND_CAPTURED` where it disputes more than there is: some of it went back already.
    """
    document = Dispute(
        id=dispute,
        order=order,
        tender=tender,
        currency=currency,
        amount_minor=amount_minor,
        reason=reason,
        answer_by=answer_by,
    )
    id, event = f"dispute/{dispute}", _of_dispute(document, Step.DISPUTED)

    def decide(world: State, _given: object, _now: int) -> tuple[Fact, ...]:
        there = world.balance(paid(currency), (held(order, MoneyState.CAPTURED, tender),))
        odd = (Reason(PaymentCode.BEYOND_CAPTURED, order, there, amount_minor, currency),)
        return (Fact(id, (event,), odd if there < amount_minor else ()),)

    return Telling(id, occurred_at, decide)


def dispute_closed(dispute: str, *, is_won: bool, occurred_at: int | None = None) -> Telling[object]:
    """Tell that a dispute is won, so that its amount is ours again, or lost, so that it has gone back.

    Because: `UNKNOWN_DISPUTE`, and nothing moves; once the dispute is on record, it may be told again.
    """
    id, told = f"dispute/{identifier(dispute, 'dispute')}/closed", (("is_won", is_won),)

    def decide(world: State, _given: object, _now: int) -> tuple[Fact, ...]:
        known = world.document(dispute_key(dispute))
        if known is None:
            event = Disagreed(entry=id, field="dispute", known="None", told=dispute)
            return (Fact(f"{id}/disagreed", (event,), (Reason(PaymentCode.UNKNOWN_DISPUTE, dispute),)),)
        closed = attrs.evolve(known, revision=known.revision + 1, is_won=is_won)
        return (Fact(id, (_of_dispute(closed, Step.DISPUTE_WON if is_won else Step.DISPUTE_LOST),), (), told),)

    return Telling(id, occurred_at, decide)


def _of_dispute(document: Dispute, step: Step) -> MoneyMoved:
    return MoneyMoved(
        step=step,
        order=document.order,
        tender=document.tender,
        currency=document.currency,
        parts=((STEPS[step][0][0], document.amount_minor),),
        reason=document.reason,
        dispute=document,
    )


def card_filled(
    payment: str, *, card: str, amount_minor: int, currency: str, occurred_at: int | None = None
) -> Telling[object]:
    """Tell that an amount was put on a gift card: bought, or given for goods that came back."""
    id, event = (
        f"payment/{identifier(payment, 'payment')}",
        CardFilled(card=card, currency=currency, amount_minor=amount_minor),
    )
    event.movements()  # which checks the names and the amount
    return Telling(id, occurred_at, lambda _world, _given, _now: (Fact(id, (event,)),))


def settled(
    statement: str,
    *,
    agent: str,
    currency: str,
    orders: Mapping[str, int],
    fees: Mapping[str, int] = MappingProxyType({}),
    paid_minor: int,
    occurred_at: int | None = None,
) -> Telling[object]:
    """Tell what an agent has paid out: amounts by order (below zero: taken back), its fees by name, what came of it.

    Because: `NOT_OWED` for each order that it settles with another amount than it owes; `DOES_NOT_ADD_UP` where what
    it pays is not the orders less the fees. Both are findings: what it says is on record as it said it.
    """
    id = f"settlement/{identifier(agent, 'agent')}/{identifier(statement, 'statement')}"
    amounts, taken = (tuple(sorted([(identifier(n, "name"), a) for n, a in each.items()])) for each in (orders, fees))
    event = Settled(
        statement=statement,
        agent=agent,
        currency=currency,
        orders=amounts,
        fees=taken,
        paid_minor=whole(paid_minor, "paid_minor", -(2**53)),
    )

    def decide(world: State, _given: object, _now: int) -> tuple[Fact, ...]:
        owed = {order: world.balance(owing(currency), (owed_by(agent, order),)) for order, _ in amounts}
        because = [
            Reason(PaymentCode.NOT_OWED, f"{id}/{order}", owed[order], amount, currency)
            for order, amount in amounts
            if owed[order] != amount
        ]
        expected = sum([amount for _, amount in amounts]) - sum([fee for _, fee in taken])
        if expected != paid_minor:
            because.append(Reason(PaymentCode.DOES_NOT_ADD_UP, id, paid_minor, expected, currency))
        return (Fact(id, (event,), tuple(because)),)

    return Telling(id, occurred_at, decide)
