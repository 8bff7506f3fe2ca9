"""Pieces that move to piles which are counted apart, and away: what a store of an older version did not note."""

import attrs

from unicommerce.ledger import Snapshot
from unicommerce.testing import Handle
from unicommerce.testing.notes import SUPPLIER, at, entry, move

__all__ = ["piled"]

DC, HELD = at("dc"), at("dc", "held")


def piled(shelf: Handle) -> Snapshot:
    """Move pieces to piles and away, let go of the oldest, and return the state."""
    broken, aside = at("dc", "damaged"), at("dc", "quarantine", ref="r1")
    moments = {
        10: (move(9, SUPPLIER, DC), move(2, DC, broken)),
        20: (move(2, SUPPLIER, broken), move(3, DC, broken), move(1, broken, aside)),
        25: (move(1, aside, at("dc", "quarantine")), move(1, broken, at("dc", "missing"))),
        30: (move(1, at("dc", "quarantine"), DC), move(1, DC, HELD), move(1, broken, SUPPLIER)),
        40: (move(1, SUPPLIER, broken),),
    }
    for now, moves in moments.items():
        told = entry(f"e{now}", *moves, occurred_at=12 if now == 40 else now)  # the last one is late
        shelf.put(attrs.evolve(told, recorded_at=now))
    shelf.do(shelf.store.retire(15))  # type: ignore[attr-defined]  # it is no part of the protocol
    return shelf.everything()
