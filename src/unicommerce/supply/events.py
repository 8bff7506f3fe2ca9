"""What can happen to expected goods and to claims on them; where a line of an order waits, it moves with them."""

from typing import ClassVar

from ..catalog import place_name
from ..inventory import Claim, ClaimLine, LotPieces, goods, quota_drawn, sellable, shelf
from ..ledger import Account, Document, Movement
from ..orders import LineState, line_account, line_move
from ..values import frozen, identifier, positive
from .documents import (
    Filled,
    Inbound,
    Promise,
    Sent,
    Wait,
    Waiting,
    awaited,
    coming,
    lost_on_the_way,
    missing,
    origin,
    sent,
    waits_at,
)

__all__ = ["Awaited", "Expected", "Forgone", "Landed", "Lost", "Overdue", "Redated"]

LINE = "line:"
"""What the `ref` of a claim begins with that is an order's line."""

Pieces = tuple[tuple[str, int], ...]
"""(SKU, pieces)."""


def _signed(quantity: int, sku: str, source: Account, target: Account) -> Movement:
    """Return the movement of pieces, the other way where there are less than none."""
    start, end = (source, target) if quantity > 0 else (target, source)
    return Movement(abs(quantity), goods(sku), start, end)


def _line(ref: str, quantity: int, source: Account, target: Account) -> tuple[Movement, ...]:
    if not ref.startswith(LINE):
        return ()
    order, _, line = ref.removeprefix(LINE).rpartition("/")
    return (line_move(order, line, quantity, source, target),)


def _served(ref: str, quantity: int, waits: str, kept: str) -> tuple[Movement, ...]:
    opened, before = line_account(LineState.OPEN), line_account(LineState.BACKORDERED, waits)
    moves = _line(ref, quantity, before, opened)
    return moves + _line(ref, quantity, opened, line_account(LineState.BACKORDERED, kept)) if kept else moves


def _checked(lines: Pieces) -> None:
    for sku, quantity in lines:
        identifier(sku, "sku")
        positive(quantity, f"quantity of {sku}")


@frozen(kw_only=True)
class Expected:
    """Goods are announced, or what was announced is another quantity, date or node.

    Moves: the difference to what was announced before, origin -> expected, or back where it is less; `changes` are
    (source, SKU, difference). What was closed short goes expected -> missing (`missing`, above zero), and back where
    the inbound is opened again. What a node sends leaves its shelf: sellable -> sent, of its `lots` where it has some.
    """

    kind: ClassVar[str] = "supply.expected"
    inbound: Inbound
    changes: tuple[tuple[str, str, int], ...] = ()
    missing: Pieces = ()
    lots: tuple[Sent, ...] = ()

    def movements(self) -> tuple[Movement, ...]:
        """Move the difference."""
        id, moves = self.inbound.id, []
        for source, sku, change in self.changes:
            rest = change - sum([each.quantity for each in self.lots if each[:2] == (source, sku)])
            if source and rest:
                moves.append(_signed(rest, sku, sellable(source), Account(source, "sent")))
            moves.append(_signed(change, sku, origin(source, id), coming(id)))
        for source, sku, quantity, lot, owner in self.lots:
            here = shelf(source, LotPieces(sku, quantity, lot, owner))
            moves.append(_signed(quantity, sku, here, sent(source, id, lot, owner)))
        return (*moves, *(_signed(quantity, sku, coming(id), missing(id)) for sku, quantity in self.missing))

    def documents(self) -> tuple[Document, ...]:
        """Set down the inbound."""
        return (self.inbound,)


@frozen(kw_only=True)
class Landed:
    """Goods of an inbound came in at a node: `lines` are (SKU, pieces), `receipt` is the sender's id of it.

    Moves: who waited is served first (`filled`), inbound -> claim at its own place; the rest expected -> sellable.
    Pieces that were written off come back first (`found`): missing -> expected. Lines that waited: backordered -> open;
    of a kit that is kept together at the node, backordered there until all of it has come. `lots` are those that the
    `source` had sent, each in the state that it may be in: sent -> its shelf here, for pieces of none.
    """

    kind: ClassVar[str] = "supply.landed"
    receipt: str
    inbound: str
    node: str
    lines: Pieces
    source: str = ""
    filled: tuple[Filled, ...] = ()
    found: Pieces = ()
    claims: tuple[Claim, ...] = ()
    lots: tuple[LotPieces, ...] = ()

    def __attrs_post_init__(self) -> None:
        identifier(self.receipt, "receipt")
        identifier(self.inbound, "inbound")
        place_name(self.node, "node")
        _checked(self.lines)

    def movements(self) -> tuple[Movement, ...]:
        """Bring the pieces in, to those who waited first."""
        id, here, rest = self.inbound, sellable(self.node), dict(self.lines)
        moves = [_signed(quantity, sku, missing(id), coming(id)) for sku, quantity in self.found]
        for ref, sku, quantity, place, state in self.filled:
            rest[sku] -= quantity
            moves.append(Movement(quantity, goods(sku), awaited(id, ref), here))
            moves.append(Movement(quantity, goods(sku), sellable(place), Account(place, state, ref)))
            moves += _served(ref, quantity, waits_at(place, id), waits_at(place))
        moves += [Movement(quantity, goods(sku), coming(id), here) for sku, quantity in rest.items() if quantity]
        for lot in self.lots:
            moves.append(Movement(lot.quantity, goods(lot.sku), here, Account(self.source, "sent")))
            told = sent(self.source, id, lot.lot, lot.owner)
            moves.append(Movement(lot.quantity, goods(lot.sku), told, shelf(self.node, lot)))
        return tuple(moves)

    def documents(self) -> tuple[Document, ...]:
        """Set down the claims that have goods now."""
        return self.claims


@frozen(kw_only=True)
class Lost:
    """Pieces of an inbound were lost on the way, as (SKU, pieces); `found` of them had been written off before.

    Moves: expected -> loss.
    """

    kind: ClassVar[str] = "supply.lost"
    loss: str
    inbound: str
    lines: Pieces
    found: Pieces = ()

    def __attrs_post_init__(self) -> None:
        identifier(self.loss, "loss")
        identifier(self.inbound, "inbound")
        _checked(self.lines)

    def movements(self) -> tuple[Movement, ...]:
        """Write them off."""
        id = self.inbound
        back = [_signed(quantity, sku, missing(id), coming(id)) for sku, quantity in self.found]
        return (*back, *(_signed(quantity, sku, coming(id), lost_on_the_way(id)) for sku, quantity in self.lines))

    def documents(self) -> tuple[Document, ...]:
        """Replace nothing."""
        return ()


@frozen(kw_only=True)
class Awaited:
    """Somebody waits for expected goods: they are promised to nobody else.

    Moves: expected -> claimed, at the inbound, under the `ref` of each; lines of orders open -> backordered; the
    `quota` of the `channel`, open -> claimed. It stays when the goods land, and goes back when the claim is released.
    """

    kind: ClassVar[str] = "supply.awaited"
    waits: tuple[Wait, ...]
    waiting: Waiting | None = None
    promise: Promise | None = None
    channel: str = ""
    quota: tuple[ClaimLine, ...] = ()

    def movements(self) -> tuple[Movement, ...]:
        """Set the pieces aside."""
        moves: list[Movement] = []
        for ref, sku, quantity, inbound in self.waits:
            moves.append(Movement(quantity, goods(sku), coming(inbound), awaited(inbound, ref)))
            moves += _line(ref, quantity, line_account(LineState.OPEN), line_account(LineState.BACKORDERED, inbound))
        return (*moves, *quota_drawn(self.channel, self.quota))

    def documents(self) -> tuple[Document, ...]:
        """Set down the claim, or the date that an order was promised."""
        return tuple([document for document in (self.waiting, self.promise) if document])


@frozen(kw_only=True)
class Forgone:
    """Somebody does not wait any more: the exact inverse of `Awaited`, but for the quota.

    Moves: claimed -> expected, at the inbound; lines of orders backordered -> open. The quota that a line drew stays
    its own, for its pieces are claimed elsewhere; it goes back when that claim is released. `waiting` is the document
    without its due moment, where that has come.
    """

    kind: ClassVar[str] = "supply.forgone"
    waits: tuple[Wait, ...]
    waiting: Waiting | None = None

    def movements(self) -> tuple[Movement, ...]:
        """Set the pieces free."""
        moves: list[Movement] = []
        for ref, sku, quantity, inbound in self.waits:
            moves.append(Movement(quantity, goods(sku), awaited(inbound, ref), coming(inbound)))
            moves += _line(ref, quantity, line_account(LineState.BACKORDERED, inbound), line_account(LineState.OPEN))
        return tuple(moves)

    def documents(self) -> tuple[Document, ...]:
        """Replace the claim that needs no look any more."""
        return (self.waiting,) if self.waiting else ()


@frozen(kw_only=True)
class Redated:
    """An order that waits for goods gets another date (ms UTC), or none (`after` is None). Moves nothing.

    `before` is None where it had none. Which of its lines wait for what are balances.
    """

    kind: ClassVar[str] = "supply.redated"
    promise: Promise
    inbound: str
    before: int | None
    after: int | None
    lines: tuple[str, ...]

    def movements(self) -> tuple[Movement, ...]:
        """Move nothing."""
        return ()

    def documents(self) -> tuple[Document, ...]:
        """Replace the promise."""
        return (self.promise,)


@frozen(kw_only=True)
class Overdue:
    """The moment of an inbound has passed; `lines` are (SKU, pieces) that had not come by then. Moves nothing."""

    kind: ClassVar[str] = "supply.overdue"
    inbound: Inbound
    lines: Pieces = ()

    def movements(self) -> tuple[Movement, ...]:
        """Move nothing."""
        return ()

    def documents(self) -> tuple[Document, ...]:
        """Set down that somebody has looked."""
        return (self.inbound,)
