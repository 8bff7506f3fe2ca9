"""A state goes over from any store to any other: what one alone owes of snapshots is in the contract."""

from pathlib import Path

import pytest

from tests.stores.shelves import SHELVES
from unicommerce.errors import TooOld
from unicommerce.ledger import Ledger, Memory
from unicommerce.testing import Handle
from unicommerce.testing.answering import lived
from unicommerce.testing.notes import SUPPLIER, Note, at, entry, move
from unicommerce.testing.retiring import LIFE, retire

KEEPERS = ("memory", "sqlite", "postgres", "shared")


@pytest.mark.parametrize("name", SHELVES)
def test_a_snapshot_and_its_tail_fill_any_other_store(name: str, tmp_path: Path) -> None:
    """The state, the journal behind the snapshot and the moments of moves are the same, and there it goes on."""
    with SHELVES[name](tmp_path / "from") as shelf:
        journal = lived(shelf)
        snapshot = shelf.do(shelf.store.snapshot())
        tail = shelf.put(entry("e5", move(1, at("dc"), SUPPLIER), notes=(Note(id="n", revision=3),), occurred_at=2))
        whole = Handle(Memory(Ledger.replay(shelf.journal()))).everything()

        for to, make in SHELVES.items():
            with make(tmp_path / to) as other:
                other.do(other.store.restore(snapshot, [each for each in tail if each]))

                assert other.everything() == shelf.everything() == whole
                assert (other.journal(), other.due(9)) == (shelf.journal()[len(journal) :], ["m"])
                assert [each and each.position for each in other.put(entry("e6"))] == [6]


@pytest.mark.parametrize("name", KEEPERS)
def test_a_horizon_goes_along(name: str, tmp_path: Path) -> None:
    """What the first store has let go of is too old for every other one."""
    with SHELVES[name](tmp_path / "from") as shelf:
        shelf.put(*LIFE)
        retire(shelf, 50, "n")
        snapshot = shelf.do(shelf.store.snapshot())

        for to in KEEPERS:
            with SHELVES[to](tmp_path / to) as other:
                other.do(other.store.restore(snapshot))
                assert other.everything() == shelf.everything()
                with pytest.raises(TooOld):
                    other.put(LIFE[0])
