"""What can happen between a marketplace and us: it relays an order, we answer, it calls off; its centers ship.

Beside the lines of our order, which say where pieces stand with us, each piece that a marketplace asked for stands in
one state of what it was told (`AskState`), by one table of moves. So that we answer twice, or for more than was asked,
shows as a balance below zero and is refused. Goods move in `Fulfilled` alone.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import ClassVar, NamedTuple

from ..errors import IllegalMove
from ..inventory import CUSTOMER, goods, sellable
from ..ledger import Account, Document, Movement
from ..orders import Order
from ..pricing import Amount
from ..values import frozen
from .documents import MarketOrder, asked

__all__ = [
    "ASK_MOVES",
    "Acknowledged",
    "Answered",
    "AskState",
    "CalledOff",
    "Fulfilled",
    "Relayed",
    "ask_account",
]


class AskState(StrEnum):
    """What became of pieces that a marketplace asked for. `asked` is below zero by all that it asked for."""

    ASKED = "asked"
    UNANSWERED = "unanswered"
    ACCEPTED = "accepted"
    BACKORDERED = "backordered"
    REJECTED = "rejected"
    CALLED_OFF = "called_off"


_A = AskState
ASK_MOVES: Mapping[AskState, tuple[AskState, ...]] = MappingProxyType(
    {
        _A.ASKED: (_A.UNANSWERED,),
        _A.UNANSWERED: (_A.ACCEPTED, _A.BACKORDERED, _A.REJECTED, _A.CALLED_OFF),
        _A.ACCEPTED: (_A.BACKORDERED, _A.REJECTED, _A.CALLED_OFF),
        _A.BACKORDERED: (_A.ACCEPTED, _A.REJECTED, _A.CALLED_OFF),
        _A.REJECTED: (),
        _A.CALLED_OFF: (),
    }
)
"""Which state pieces may go to from which: what was accepted may be taken back, what was rejected is final."""


def ask_account(market: str, state: AskState) -> Account:
    """Return the account of pieces that a marketplace asked for, in a state."""
    return Account(f"market:{market}", state)


class Answered(NamedTuple):
    """Pieces of a line that go from one state to another."""

    line: str
    quantity: int
    source: AskState
    target: AskState


def _moves(market: str, order: str, answers: tuple[Answered, ...]) -> tuple[Movement, ...]:
    for _, _, source, target in answers:
        if target not in ASK_MOVES[source]:
            raise IllegalMove("asked", source, target)
    return tuple(
        [
            Movement(quantity, asked(order, line), ask_account(market, source), ask_account(market, target))
            for line, quantity, source, target in answers
        ]
    )


@frozen(kw_only=True)
class Relayed:
    """A marketplace has sold in our name: pieces by line, and by when it wants them.

    Moves: asked -> unanswered, each line. `replaced` is our order, where that has other clocks now.
    """

    kind: ClassVar[str] = "marketplaces.relayed"
    document: MarketOrder
    lines: tuple[tuple[str, int], ...]
    replaced: Order | None = None

    def movements(self) -> tuple[Movement, ...]:
        """Ask for them."""
        answers = tuple([Answered(line, q, _A.ASKED, _A.UNANSWERED) for line, q in self.lines])
        return _moves(self.document.market, self.document.order, answers)

    def documents(self) -> tuple[Document, ...]:
        """Set down whose order it is, and its clocks."""
        return (self.document, self.replaced) if self.replaced else (self.document,)


@frozen(kw_only=True)
class Acknowledged:
    """We have answered a marketplace: pieces accepted, backordered, or rejected for a `reason`.

    `by` is who wanted what is rejected to be so: the "seller", or the "buyer", whose wish we have done.

    Moves: of each line, from what was said before to what is said now.
    """

    kind: ClassVar[str] = "marketplaces.acknowledged"
    market: str
    order: str
    answers: tuple[Answered, ...]
    reason: str = ""
    by: str = "seller"

    def movements(self) -> tuple[Movement, ...]:
        """Answer."""
        return _moves(self.market, self.order, self.answers)

    def documents(self) -> tuple[Document, ...]:
        """Replace nothing: answers are balances."""
        return ()


@frozen(kw_only=True)
class CalledOff:
    """A marketplace has canceled pieces. `by` is who wanted that: "buyer", "seller", "market", or "" (nobody said).

    Moves: of each line, what was not answered yet, or was accepted or backordered -> called off.
    """

    kind: ClassVar[str] = "marketplaces.called_off"
    market: str
    order: str
    answers: tuple[Answered, ...]
    by: str = ""
    reason: str = ""

    def movements(self) -> tuple[Movement, ...]:
        """Call them off."""
        return _moves(self.market, self.order, self.answers)

    def documents(self) -> tuple[Document, ...]:
        """Replace nothing."""
        return ()


@frozen(kw_only=True)
class Fulfilled:
    """A center of a marketplace has sent pieces by SKU to a customer of its own; `order` is what it calls the order.

    Moves: goods: sellable at the node -> customer. `takings` are what its customer paid, in minor units of a currency;
    "": its report says nothing of money.
    """

    kind: ClassVar[str] = "marketplaces.fulfilled"
    report: str
    node: str
    lines: tuple[tuple[str, int], ...]
    order: str = ""
    currency: str = ""
    takings: Amount = Amount()

    def movements(self) -> tuple[Movement, ...]:
        """Hand them over."""
        return tuple([Movement(q, goods(sku), sellable(self.node), CUSTOMER) for sku, q in self.lines])

    def documents(self) -> tuple[Document, ...]:
        """Replace nothing."""
        return ()
