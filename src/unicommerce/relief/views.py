"""Questions about claims and those who have them: which pieces are set aside for nobody who wants them."""

from collections.abc import Callable, Iterator

from ..catalog import Catalog
from ..inventory import GoodsState, InventoryCode, claim_key, goods
from ..ledger import Account, Reason, State
from ..orders import LineState, line_account
from ..values import Unit
from .codes import ReliefCode

__all__ = ["orphans"]

WAITING = (
    LineState.PENDING,
    LineState.OPEN,
    LineState.BACKORDERED,
    LineState.ALLOCATED,
    LineState.PICKED,
    LineState.PACKED,
    LineState.READY,
)
"""States of a line in which its goods are still to leave, so that it has a claim on them."""


def orphans(*skus: str, now: int) -> Callable[[State, Catalog], tuple[Reason, ...]]:
    """Return the view of claims on these SKUs that nobody wants any more, each with its owner and why.

    A hold whose time is over at a moment (ms UTC): `inventory.EXPIRED`; a claim without a document of it:
    `inventory.UNKNOWN_CLAIM`; a line that claims more than it still waits for, or whose order is not on record:
    `ORPHAN` (found and needed). Decisions leave only the first behind; the others would be a fault of ours or of what
    was told. It reads every claim on the SKU at the places of the network.
    """

    def view(state: State, catalog: Catalog) -> tuple[Reason, ...]:
        return tuple([reason for sku in skus for reason in _orphans(state, catalog, sku, now)])

    return view


def _orphans(state: State, catalog: Catalog, sku: str, now: int) -> Iterator[Reason]:
    unit = goods(sku)
    owners: dict[str, int] = {}
    for place in catalog.network.limits:
        for kind in (GoodsState.HELD, GoodsState.RESERVED):
            for account, pieces in state.parts(unit, Account(place, kind)).items():
                owners[account.ref] = owners.get(account.ref, 0) + pieces
    for ref, pieces in sorted(owners.items()):
        book, _, id = ref.partition(":")
        if book == "line":
            wanted = state.balance(Unit(ref), [line_account(each) for each in WAITING])
            if pieces > wanted:
                yield Reason(ReliefCode.ORPHAN, ref, pieces, wanted, sku)
        elif book == "claim":
            claim = state.document(claim_key(id))
            if claim is None:
                yield Reason(InventoryCode.UNKNOWN_CLAIM, ref, pieces, None, sku)
            elif claim.due_at is not None and claim.due_at <= now:
                yield Reason(InventoryCode.EXPIRED, ref, claim.due_at, now, sku)
