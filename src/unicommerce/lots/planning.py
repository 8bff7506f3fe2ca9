"""Which lots leave first: a pure function of dated lots, first expired first out.

A plan takes no more of a lot than there is, nothing of a lot that may not be sold, and in all what is needed if the
lots that may be sold have it; earlier lots are emptied before later ones are touched. It holds nothing back for anyone:
it is a proposal, and what was picked is told.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from ..inventory import GoodsState, Lot, LotPieces, goods, lot_key, may_be_sold, sellable
from ..ledger import Account, State
from ..values import frozen

__all__ = ["LotPolicy", "OwnersFirst", "Stock", "pick_plan", "stocks"]

NEVER = 2**53
"""The day on which lots without an expiry expire, for their order only."""


class OwnersFirst(StrEnum):
    """Whose goods leave first: our own, consigned ones, or whichever expire first."""

    OWN = "own"
    CONSIGNED = "consigned"
    EITHER = "either"


@frozen(kw_only=True)
class LotPolicy:
    """Which pieces leave first: `owners` before expiry. Our own first, as they bind our money."""

    owners: OwnersFirst = OwnersFirst.OWN


class Stock(NamedTuple):
    """Pieces of a lot or an owner at a node that nobody has claimed by name; `batch` is the lot's document."""

    lot: str
    owner: str
    quantity: int
    batch: Lot | None = None


def stocks(state: State, node: str, sku: str) -> tuple[Stock, ...]:
    """Return the pieces of a SKU that can be picked at a node, by lot and owner; own ones of no lot among them."""
    unit, named = goods(sku), []
    loose = 0
    for where in (GoodsState.SELLABLE, GoodsState.HELD, GoodsState.RESERVED):
        account = Account(node, where)
        loose += state.balance(unit, (account,))
        for part, held in state.parts(unit, account).items():
            if part.lot or part.owner:
                loose -= held
                if account == sellable(node) and held > 0:
                    batch = state.document(lot_key(sku, part.lot)) if part.lot else None
                    named.append(Stock(part.lot, part.owner, held, batch))
    return (*named, *((Stock("", "", loose),) if loose > 0 else ()))


def pick_plan(
    sku: str,
    there: Iterable[Stock],
    needed: int,
    *,
    day: int,
    minimum_life_days: int = 0,
    policy: LotPolicy = LotPolicy(),
) -> tuple[LotPieces, ...]:
    """Return which pieces to take, in order; fewer than needed where the lots that may be sold have no more.

    >>> batches = [Lot(sku="MILK", id=id, expires_on=day) for id, day in (("L1", 740_009), ("L2", 740_003))]
    >>> there = [Stock(batch.id, "", 5, batch) for batch in batches]
    >>> [(part.lot, part.quantity) for part in pick_plan("MILK", there, 7, day=740_000)]
    [('L2', 5), ('L1', 2)]
    """
    plan = []
    fit = [stock for stock in there if may_be_sold(stock.batch, day, minimum_life_days)]
    for stock in sorted(fit, key=lambda stock: _order(stock, policy)):
        if (part := min(stock.quantity, needed)) > 0:
            plan.append(LotPieces(sku, part, stock.lot, stock.owner))
            needed -= part
    return tuple(plan)


def _order(stock: Stock, policy: LotPolicy) -> tuple[int, int, int, str, str]:
    rank = {OwnersFirst.OWN: bool(stock.owner), OwnersFirst.CONSIGNED: not stock.owner}.get(policy.owners, False)
    expires = stock.batch.expires_on if stock.batch else None
    came = stock.batch.received_at if stock.batch else 0
    return int(rank), NEVER if expires is None else expires, came, stock.lot, stock.owner
