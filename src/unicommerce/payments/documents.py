"""What a customer pays with, where their money stands, and what a bank disputes or holds for a time.

Amounts are balances in minor units, by order and tender: `authorized` (a bank holds it for us), `capturing` (we asked
for it), `captured` (it is ours, less what went back), `refunding` (we asked to give it back), `disputed` (a bank took
it back for now). So no second count of what is left to refund exists. What has moved may not be more than the state
that it leaves holds; only a message can break that, and then it is a finding.
"""

from enum import StrEnum
from typing import NamedTuple

from ..ledger import Account, Key
from ..values import Unit, frozen, identifier, positive

__all__ = [
    "ISSUER",
    "PAYER",
    "Authorization",
    "Dispute",
    "MoneyState",
    "Tender",
    "TenderKind",
    "authorization_key",
    "dispute_key",
    "gift_card",
    "held",
    "owed_by",
    "owing",
    "paid",
    "promised_by",
    "promising",
]

PAYER = Account("payer", "charged")
"""Whoever pays, outside: below zero by what is ours or held for us."""
ISSUER = Account("issuer", "promised")
"""We, who promise the balance of gift cards: below zero by what was put on all of them."""


class TenderKind(StrEnum):
    """Kinds of tenders: by whom money is moved when a customer pays or gets it back.

    A provider moves that of cards and bank transfers; cash moves at the till; a gift card's balance is a liability of
    ours; an agent (a marketplace, a carrier that takes cash) collects for us and owes it to us.
    """

    CARD = "card"
    BANK = "bank"
    CASH = "cash"
    GIFT_CARD = "gift_card"
    AGENT = "agent"


class Tender(NamedTuple):
    """What an order is paid with: its kind and which one ("": the only one of its kind).

    >>> Tender(TenderKind.GIFT_CARD, "G-1").ref
    'gift_card:G-1'
    """

    kind: TenderKind
    id: str = ""

    @property
    def ref(self) -> str:
        """Return the name under which its money stands in an order."""
        return f"{self.kind.value}:{self.id}"


class MoneyState(StrEnum):
    """States of an order's money, and who has it otherwise; which steps lead where is one table, in `events`."""

    PAYER = "payer"
    GIFT_CARD = "gift_card"
    AUTHORIZED = "authorized"
    CAPTURING = "capturing"
    CAPTURED = "captured"
    REFUNDING = "refunding"
    DISPUTED = "disputed"


def paid(currency: str) -> Unit:
    """Return the unit that counts minor units of what customers pay.

    >>> paid("USD")
    'paid:USD'
    """
    return Unit(f"paid:{identifier(currency, 'currency')}")


def owing(currency: str) -> Unit:
    """Return the unit that counts minor units of what agents owe us.

    >>> owing("USD")
    'owed:USD'
    """
    return Unit(f"owed:{identifier(currency, 'currency')}")


def promising(currency: str) -> Unit:
    """Return the unit that counts minor units of what banks promise to hold, by authorization.

    >>> promising("USD")
    'promised:USD'
    """
    return Unit(f"promised:{identifier(currency, 'currency')}")


def promised_by(order: str, tender: Tender | None = None, payment: str = "") -> Account:
    """Return the account of what banks promise to hold for an order, of one authorization where that is named."""
    return Account(f"payments:{order}", "promised", tender.ref if tender else "", payment)


def held(order: str, state: MoneyState, tender: Tender | None = None) -> Account:
    """Return the account of money in a state: of an order's tender or of all of its; with who pays; on a gift card.

    >>> held("o1", MoneyState.CAPTURED, Tender(TenderKind.CARD)).ref
    'card:'
    """
    if state is MoneyState.GIFT_CARD and tender:
        return gift_card(tender.id)
    return PAYER if state is MoneyState.PAYER else Account(f"payments:{order}", state, tender.ref if tender else "")


def gift_card(card: str) -> Account:
    """Return the account of a gift card's balance, which is owed to who has it."""
    return Account(f"gift_card:{card}", "balance")


def owed_by(agent: str, order: str = "") -> Account:
    """Return the account of what an agent has collected for us and not settled, for one order or for all."""
    return Account(f"agent:{agent}", "owed", order)


@frozen(kw_only=True)
class Authorization:
    """An amount that a bank holds for us until a moment (ms UTC; None: it does not say); `is_over`: no longer."""

    id: str
    revision: int = 1
    order: str
    tender: Tender
    currency: str
    amount_minor: int
    expires_at: int | None = None
    is_over: bool = False

    def __attrs_post_init__(self) -> None:
        identifier(self.id, "payment")
        identifier(self.order, "order")
        positive(self.amount_minor, "amount_minor")

    @property
    def key(self) -> "Key[Authorization]":
        """Return the key."""
        return authorization_key(self.id)

    @property
    def due_at(self) -> int | None:
        """Ask to be looked at when the bank lets go of it."""
        return None if self.is_over else self.expires_at


def authorization_key(payment: str) -> Key[Authorization]:
    """Return the key of an authorization, by the id of the payment."""
    return Key("payments.authorization", payment)


@frozen(kw_only=True)
class Dispute:
    """A customer's bank takes money back; until `answer_by` (ms UTC) we may object. `is_won`: None while open."""

    id: str
    revision: int = 1
    order: str
    tender: Tender
    currency: str
    amount_minor: int
    reason: str = ""
    answer_by: int | None = None
    is_won: bool | None = None

    def __attrs_post_init__(self) -> None:
        identifier(self.id, "dispute")
        identifier(self.order, "order")
        positive(self.amount_minor, "amount_minor")

    @property
    def key(self) -> "Key[Dispute]":
        """Return the key."""
        return dispute_key(self.id)

    @property
    def due_at(self) -> int | None:
        """Ask to be looked at while it can be answered."""
        return self.answer_by if self.is_won is None else None


def dispute_key(dispute: str) -> Key[Dispute]:
    """Return the key of a dispute."""
    return Key("payments.dispute", dispute)
