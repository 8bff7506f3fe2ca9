"""Lots: which pieces of a SKU belong together, until when they may be sold, and whose they are.

A lot's pieces at a place are the sub-account with its id; a serial number is a lot of one piece. One rule says whether
a lot may be sold, and every room asks it here. The day printed on the goods is the last on which they may be sold:
food is deemed unsafe after its "use by" date, not on it (Regulation (EU) No 1169/2011, Art. 24(1) and Annex X); we
hold a "best before" date to the same day, though the law would let it be sold longer. The day is the node's own.
"""

from collections.abc import Iterable
from typing import NamedTuple

from ..catalog import Catalog, Tracking, at_local, local_day
from ..ledger import Account, Key, State
from ..values import frozen, identifier, positive, whole
from .documents import GoodsState, goods, sellable

__all__ = [
    "Lot",
    "LotPieces",
    "day_at",
    "first_of",
    "is_told_apart",
    "life_days",
    "lot_key",
    "lots_in",
    "may_be_sold",
    "shelf",
    "summed",
    "unsellable",
]

NEVER = 2**53
"""The day on which lots without an expiry expire, for their order only."""


class LotPieces(NamedTuple):
    """Pieces of a SKU, of a lot or of an owner, or both; `state` is where they stand at a node."""

    sku: str
    quantity: int
    lot: str = ""
    owner: str = ""
    state: str = GoodsState.SELLABLE


def shelf(node: str, pieces: LotPieces) -> Account:
    """Return the account of these pieces at a node."""
    return Account(node, pieces.state, "", pieces.lot, pieces.owner)


def summed(lots: Iterable[LotPieces]) -> tuple[LotPieces, ...]:
    """Return pieces by lot and owner, each once and in order: what is asked twice is summed before it is checked."""
    wanted: dict[LotPieces, int] = {}
    for pieces in lots:
        identifier(pieces.lot or pieces.owner, "lot")
        known = LotPieces(pieces.sku, 0, pieces.lot, pieces.owner)
        wanted[known] = wanted.get(known, 0) + positive(pieces.quantity, f"quantity of {pieces.lot}")
    return tuple(sorted([pieces._replace(quantity=quantity) for pieces, quantity in wanted.items()]))


@frozen(kw_only=True)
class Lot:
    """A batch of a SKU, or one piece by its serial number: until when it may be sold, and whether it was recalled.

    `expires_on` and `produced_on` are days (ordinals, None: none is known), `received_at` the moment (ms UTC) at which
    it came first, `recalled` the reason of a recall ("": there was none).
    """

    sku: str
    id: str
    revision: int = 1
    expires_on: int | None = None
    produced_on: int | None = None
    received_at: int = 0
    recalled: str = ""
    is_withdrawn: bool = False

    def __attrs_post_init__(self) -> None:
        identifier(self.sku, "sku")
        identifier(self.id, "lot")
        positive(self.revision, "revision")
        for field, day in (("expires_on", self.expires_on), ("produced_on", self.produced_on)):
            if day is not None:
                positive(day, field)
        whole(self.received_at, "received_at", -(2**53))

    @property
    def key(self) -> "Key[Lot]":
        """Return the key."""
        return lot_key(self.sku, self.id)

    @property
    def due_at(self) -> int | None:
        """Return when to look whether pieces are to be withdrawn: at the end of its last day (ms UTC, by UTC)."""
        if self.expires_on is None or self.is_withdrawn:
            return None
        return at_local("UTC", self.expires_on + 1, 0)


def lot_key(sku: str, lot: str) -> Key[Lot]:
    """Return the key of a lot's document."""
    return Key("inventory.lot", f"{sku}/{lot}")


def life_days(lot: Lot, day: int) -> int | None:
    """Return for how many more days a lot may be sold after a day: 0 on its last; None: no end is known.

    >>> life_days(Lot(sku="MILK", id="L1", expires_on=740_000), 739_998)
    2
    """
    return None if lot.expires_on is None else lot.expires_on - day


def may_be_sold(lot: Lot | None, day: int, minimum_life_days: int = 0) -> bool:
    """Tell whether a lot may be sold on a day (of the node's calendar) where it must last so many days more.

    >>> [may_be_sold(Lot(sku="MILK", id="L1", expires_on=740_000), day) for day in (739_999, 740_000, 740_001)]
    [True, True, False]
    """
    if lot is None:
        return True
    left = life_days(lot, day)
    return not lot.recalled and (left is None or left >= minimum_life_days)


def day_at(given: object, node: str, now: int) -> int:
    """Return the day at a node, by the catalog, where that is what is given; by UTC where it knows no such node."""
    place = given.network.node_by_id.get(node) if isinstance(given, Catalog) else None
    return local_day(place.calendar.zone if place else "UTC", now)


def lots_in(state: State, sku: str, account: Account) -> tuple[LotPieces, ...]:
    """Return the pieces of lots and owners that an account holds under its `ref`, those first that expire first."""
    parts = state.parts(goods(sku), account._replace(ref="")).items()
    own = [(part, held) for part, held in parts if part.ref == account.ref and (part.lot or part.owner) and held > 0]
    lots = [(state.document(lot_key(sku, part.lot)) if part.lot else None, part, held) for part, held in own]
    ranked = [
        (NEVER if lot is None or lot.expires_on is None else lot.expires_on, part, held) for lot, part, held in lots
    ]
    return tuple([LotPieces(sku, held, part.lot, part.owner, part.state) for _, part, held in sorted(ranked)])


def first_of(there: Iterable[LotPieces], needed: int) -> tuple[LotPieces, ...]:
    """Return so many pieces of these lots, the first ones first; all of them where there are fewer.

    >>> [(lot.lot, lot.quantity) for lot in first_of([LotPieces("MILK", 2, "L1"), LotPieces("MILK", 5, "L2")], 3)]
    [('L1', 2), ('L2', 1)]
    """
    taken = []
    for lot in there:
        if (part := min(lot.quantity, needed)) > 0:
            taken.append(lot._replace(quantity=part))
            needed -= part
    return tuple(taken)


def is_told_apart(given: object, sku: str) -> bool:
    """Tell whether the catalog, where that is what is given, tells pieces of a SKU apart: by lot, serial or owner."""
    product = given.product(sku) if isinstance(given, Catalog) else None
    return product is not None and product.tracking is not Tracking.NONE


def unsellable(
    state: State, catalog: Catalog, node: str, sku: str, *, now: int | None, minimum_life_days: int = 0
) -> int:
    """Return the sellable pieces of a SKU at a node that belong to lots which may not be sold (ms UTC).

    Without a moment only recalled lots count. A product that is not told apart by lots costs no reading.
    """
    place = catalog.network.node_by_id.get(node)
    if place is None or not catalog.has_lots(sku):
        return 0
    day = 0 if now is None else local_day(place.calendar.zone, now)
    kept = 0
    for part, held in state.parts(goods(sku), sellable(node)).items():
        if part.lot and held > 0 and not may_be_sold(state.document(lot_key(sku, part.lot)), day, minimum_life_days):
            kept += held
    return kept
