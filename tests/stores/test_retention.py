"""What a store lets go of: entries, ids whose repeat is known by its moment, closed documents; and nothing else."""

from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest

from tests.laws.world import Happened, Note, note_key
from tests.stores.shelves import MUG, SHELVES, SUPPLIER, Shelf, at, move
from tests.stores.test_contract import everything, held, note_at, put
from unicommerce.errors import TooOld
from unicommerce.ledger import Account, Between, Entry, Movement, Recorded, Wanted, record

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


def test_balances_stay_and_entries_leave(shelf: Shelf) -> None:
    """The state is the same, but for what was let go; positions go on; what is due of a closed document is gone."""
    put(shelf, *LIFE)
    accounts: tuple[Account, ...] = (DC, SUPPLIER, at("dc", "held", ref="b1"))
    before = held(shelf, *accounts)

    retire(shelf, 50, "m")

    assert held(shelf, *accounts) == before
    assert [each.position for each in shelf.do(shelf.store.since(0, 9))] == [3, 4]
    assert (note_at(shelf, "n"), note_at(shelf, "m")) == (Note(id="n"), None)
    assert shelf.do(shelf.store.due(99, 9)) == ()
    more = told("more", 99, 98, move(1, DC, SUPPLIER))
    assert put(shelf, more, guards=(Between(MUG, (DC,), 0),)) == [Recorded(5, more)]


def test_what_has_left_is_not_taken_twice(shelf: Shelf) -> None:
    """A fact of old is refused by its moment, a request of old is still known by its id; nothing is done again."""
    put(shelf, *LIFE)
    retire(shelf, 50)
    before = everything(shelf)

    with pytest.raises(TooOld) as caught:
        put(shelf, told("fact", 99, 5, move(9, SUPPLIER, DC)))
    assert (caught.value.id, caught.value.occurred_at, caught.value.horizon) == ("fact", 5, 50)
    with pytest.raises(TooOld):
        put(shelf, told("never heard of", 99, 49, move(9, SUPPLIER, DC)))
    again = put(shelf, told("request", 99, None, move(2, DC, at("dc", "held", ref="b1"))))
    assert [each and each.entry.id for each in again] == ["request"]
    assert put(shelf, LIFE[2], told("at the horizon", 99, 50)) == [
        Recorded(3, LIFE[2]),
        Recorded(5, told("at the horizon", 99, 50)),
    ]
    assert shelf.do(shelf.store.snapshot()).ids == {"request", "late", "new", "at the horizon"}
    assert before != everything(shelf)


def test_the_horizon_only_moves_on(shelf: Shelf) -> None:
    """An earlier moment lets nothing back in; all may leave, and positions still go on."""
    put(shelf, *LIFE)
    retire(shelf, 100)
    retire(shelf, 50)

    assert shelf.do(shelf.store.since(0, 9)) == ()
    with pytest.raises(TooOld):
        put(shelf, told("fact", 99, 99))
    assert put(shelf, told("next", 101, None)) == [Recorded(5, told("next", 101, None))]


def test_moves_after_the_horizon_are_counted(shelf: Shelf) -> None:
    """What moved since a moment that is not before the horizon is as it was."""
    put(shelf, *LIFE, told("far", 96, 60, move(3, DC, at("north"))))
    questions = [(MUG, "dc", since) for since in (50, 59, 60, 93, 94)]
    before = shelf.do(shelf.store.read(Wanted({}, {}, (), questions))).moved

    retire(shelf, 50)

    assert shelf.do(shelf.store.read(Wanted({}, {}, (), questions))).moved == before
    assert shelf.do(shelf.store.read(Wanted({}, {}, (), [(MUG, "dc", 0)]))).moved == {(MUG, "dc", 0): -2}


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
