"""Payments: the money of orders as balances by tender; authorized, captured, refunded, disputed, settled."""

from .codes import PaymentCode
from .decisions import capture, lapse, redeem, refund
from .documents import Authorization, Dispute, MoneyState, Tender, TenderKind
from .events import STEPS, CardFilled, MoneyMoved, Settled, Step
from .tellings import authorized, card_filled, dispute_closed, disputed, moved, settled
from .views import OrderMoney, card_balance, money_of, owed

__all__ = [
    "STEPS",
    "Authorization",
    "CardFilled",
    "Dispute",
    "MoneyMoved",
    "MoneyState",
    "OrderMoney",
    "PaymentCode",
    "Settled",
    "Step",
    "Tender",
    "TenderKind",
    "authorized",
    "capture",
    "card_balance",
    "card_filled",
    "dispute_closed",
    "disputed",
    "lapse",
    "money_of",
    "moved",
    "owed",
    "redeem",
    "refund",
    "settled",
]
