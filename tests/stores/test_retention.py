"""A horizon goes along from any store to any other. What one store owes that lets go is in the contract of stores."""

from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest

from tests.laws.world import Happened, Note, note_key
from tests.stores.shelves import SHELVES, SUPPLIER, Shelf, at, move
from tests.stores.test_contract import everything, put
from unicommerce.errors import TooOld
from unicommerce.ledger import Entry, Movement, record

DC = at("dc")
KEEPERS = [name for name in SHELVES if name != "threaded"]


@pytest.fixture(params=KEEPERS)
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shelf]:
    """Give an empty store."""
    with SHELVES[request.param](tmp_path / "store.sqlite") as shelf:
        yield shelf


def told(id: str, now: int, occurred_at: int | None, *moves: Movement, notes: tuple[Note, ...] = ()) -> Entry:
    """Return an entry that was told with a moment of its own, or asked."""
    return record(id, (Happened(moves=moves, notes=notes),), now=now, occurred_at=occurred_at)


def retire(shelf: Shelf, before: int, *closed: str) -> None:
    """Let go of what is older, and of some notes."""
    store: Any = shelf.store
    letting_go: Coroutine[object, object, None] = store.retire(before, [note_key(id) for id in closed])
    shelf.do(letting_go)


LIFE = (
    told("fact", 10, 5, move(9, SUPPLIER, DC)),
    told("request", 20, None, move(2, DC, at("dc", "held", ref="b1")), notes=(Note(id="n"), Note(id="m", due_at=1))),
    told("late", 90, 6, move(1, SUPPLIER, DC)),
    told("new", 95, 94, move(1, SUPPLIER, DC)),
)


def test_the_horizon_goes_along_with_a_snapshot(shelf: Shelf, tmp_path: Path) -> None:
    """From any store to any other, with its tail."""
    put(shelf, *LIFE)
    retire(shelf, 50, "n")
    snapshot = shelf.do(shelf.store.snapshot())
    assert snapshot.horizon == 50
    tail = put(shelf, told("tail", 99, 98, move(1, SUPPLIER, DC)))

    for name in KEEPERS:
        with SHELVES[name](tmp_path / f"{name}.sqlite") as other:
            other.do(other.store.restore(snapshot, [each for each in tail if each]))
            assert everything(other) == everything(shelf)
            with pytest.raises(TooOld):
                put(other, attrs.evolve(LIFE[0], recorded_at=99))
