"""Questions about money: where that of an order stands, what a gift card has, what an agent owes."""

from collections.abc import Callable, Mapping

from ..ledger import State
from ..values import frozen
from .documents import MoneyState, gift_card, held, owed_by, owing, paid

__all__ = ["OrderMoney", "card_balance", "money_of", "owed"]


OWN = tuple(sorted({*MoneyState} - {MoneyState.PAYER, MoneyState.GIFT_CARD}))
"""The states of an order's own money."""


@frozen(kw_only=True)
class OrderMoney:
    """Where an order's money stands, in minor units of one currency: by state, and of each state by tender."""

    order: str
    currency: str
    by_state: Mapping[MoneyState, int]
    by_tender: Mapping[MoneyState, Mapping[str, int]]

    @property
    def refundable_minor(self) -> int:
        """Return what can still be given back: captured, not disputed, and not on its way back."""
        return max(self.by_state[MoneyState.CAPTURED], 0)


def money_of(order: str, currency: str) -> Callable[[State, object], OrderMoney]:
    """Return the view of an order's money.

    >>> from unicommerce.commerce import Commerce
    >>> from unicommerce.catalog import Catalog, Network
    >>> from unicommerce.payments import Step, Tender, TenderKind, moved
    >>> shop, card = Commerce(Catalog(network=Network(nodes=()))), Tender(TenderKind.CARD)
    >>> _ = shop.tell(moved("p1", Step.CAPTURED, order="o1", tender=card, amount_minor=1200, currency="USD"), now=0)
    >>> shop.see(money_of("o1", "USD")).refundable_minor
    1200
    """

    def view(state: State, _given: object) -> OrderMoney:
        unit = paid(currency)
        by_state = {each: state.balance(unit, (held(order, each),)) for each in OWN}
        parts = {each: state.parts(unit, held(order, each)) for each in OWN}
        by_tender = {each: {account.ref: amount for account, amount in sorted(parts[each].items())} for each in parts}
        return OrderMoney(order=order, currency=currency, by_state=by_state, by_tender=by_tender)

    return view


def card_balance(card: str, currency: str) -> Callable[[State, object], int]:
    """Return the view of what a gift card can still pay, in minor units."""
    return lambda state, _given: state.balance(paid(currency), (gift_card(card),))


def owed(agent: str, currency: str) -> Callable[[State, object], Mapping[str, int]]:
    """Return the view of what an agent has collected for us and not settled, by order, in minor units."""

    def view(state: State, _given: object) -> Mapping[str, int]:
        parts = state.parts(owing(currency), owed_by(agent))
        return {account.ref: amount for account, amount in sorted(parts.items()) if amount}

    return view
