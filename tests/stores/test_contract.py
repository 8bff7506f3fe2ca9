"""What every store owes, method by method: the same tests over memory, a file, and a file behind a thread."""

from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

from tests.laws.world import Note, note_key
from tests.stores.shelves import CODEC, MUG, SHELVES, SUPPLIER, Shelf, at, entry, move
from unicommerce.errors import Contradiction, InvalidValue
from unicommerce.ledger import Account, Between, Entry, Guard, Ledger, Memory, Recorded, Snapshot, Unchanged, Wanted
from unicommerce.values import Unit

DC, NORTH = at("dc"), at("north")
HELD = at("dc", "held", ref="b1")


@pytest.fixture(params=SHELVES)
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shelf]:
    """Give an empty store."""
    with SHELVES[request.param](tmp_path / "store.sqlite") as shelf:
        yield shelf


def put(shelf: Shelf, *entries: Entry, guards: tuple[Guard, ...] = ()) -> list[Recorded | None]:
    """Append entries, each under these guards."""
    return [shelf.do(shelf.store.append(each, guards)) for each in entries]


def held(shelf: Shelf, *accounts: Account, unit: Unit = MUG) -> list[int]:
    """Return what accounts hold."""
    found = shelf.do(shelf.store.read(Wanted({unit: accounts}, {})))
    return [found.balances[unit][account] for account in accounts]


def note_at(shelf: Shelf, id: str) -> Note | None:
    """Return a note that is on record."""
    found = shelf.do(shelf.store.read(Wanted({}, {note_key(id): -1}))).documents[note_key(id)]
    assert found is None or isinstance(found, Note)
    return found


def everything(shelf: Shelf) -> bytes:
    """Return all of the state, in the one form that it has; moves of one moment at one place are one."""
    return CODEC.encode(added_up(shelf.do(shelf.store.snapshot())))


def added_up(snapshot: Snapshot) -> Snapshot:
    """Return a snapshot with the moves of one moment at one place added up: no question tells them apart."""
    moves: dict[Unit, dict[tuple[int, str], int]] = {}
    for unit, rows in snapshot.moves.items():
        for occurred_at, place, change in rows:
            book = moves.setdefault(unit, {})
            book[occurred_at, place] = book.get((occurred_at, place), 0) + change
    return Snapshot(
        position=snapshot.position,
        balances=snapshot.balances,
        parts=snapshot.parts,
        moves={unit: tuple(sorted((*key, change) for key, change in book.items())) for unit, book in moves.items()},
        documents=snapshot.documents,
        ids=snapshot.ids,
    )


# read


def test_an_empty_store_answers(shelf: Shelf) -> None:
    """Zero, None, nothing, zero, and no entry."""
    found = shelf.do(shelf.store.read(Wanted({MUG: (DC,)}, {note_key("n"): 3}, [(MUG, DC)], [(MUG, "dc", 0)], "e1")))

    assert found.balances == {MUG: {DC: 0}}
    assert found.documents == {note_key("n"): None}
    assert found.parts == {(MUG, DC): {}}
    assert found.moved == {(MUG, "dc", 0): 0}
    assert found.entry is None
    assert shelf.do(shelf.store.since(0, 9)) == ()
    assert shelf.do(shelf.store.due(2**60, 9)) == ()


def test_an_entry_that_is_wanted_is_found(shelf: Shelf) -> None:
    """As it was put on record."""
    first = entry("e1", move(3, SUPPLIER, DC), notes=(Note(id="n", text="Zoë"),), now=5)
    put(shelf, first)

    assert shelf.do(shelf.store.read(Wanted({}, {}, entry="e1"))).entry == first
    assert shelf.do(shelf.store.read(Wanted({}, {}, entry="e2"))).entry is None


def test_a_document_that_has_not_changed_is_not_sent_again(shelf: Shelf) -> None:
    """One of another revision is, also where the reader knows a later one than there is."""
    put(shelf, entry("e1", notes=(Note(id="n", revision=2),)))

    for known, sent in ((2, False), (0, True), (1, True), (3, True)):
        found = shelf.do(shelf.store.read(Wanted({}, {note_key("n"): known}))).documents
        assert found == ({note_key("n"): Note(id="n", revision=2)} if sent else {})
    assert shelf.do(shelf.store.read(Wanted({}, {note_key("none"): 0}))).documents == {}


def test_parts_and_totals(shelf: Shelf) -> None:
    """A part counts in the whole and in each of its dimensions alone; parts are what was posted to them, no more."""
    both = at("dc", "held", ref="b1", lot="L1")
    put(shelf, entry("e1", move(9, SUPPLIER, DC), move(3, DC, HELD), move(2, DC, both)))

    assert held(shelf, DC, at("dc", "held"), HELD, both, at("dc", "held", lot="L1")) == [4, 5, 5, 2, 2]
    wanted = [(MUG, at("dc", "held")), (MUG, DC)]
    assert shelf.do(shelf.store.read(Wanted({}, {}, wanted))).parts == {wanted[0]: {HELD: 3, both: 2}, wanted[1]: {}}

    put(shelf, entry("e2", move(2, both, DC), move(3, HELD, DC)))
    assert held(shelf, DC, at("dc", "held"), HELD, both) == [9, 0, 0, 0]
    assert shelf.do(shelf.store.read(Wanted({}, {}, wanted))).parts[wanted[0]] == {}


def test_a_part_that_gave_what_it_never_had(shelf: Shelf) -> None:
    """Facts run ahead: a part below zero is a part, though its total with another is nothing."""
    both = at("dc", "held", ref="b1", lot="L1")
    put(shelf, entry("e1", move(5, SUPPLIER, both)), entry("e2", move(5, HELD, SUPPLIER)))

    assert held(shelf, HELD, both, at("dc", "held")) == [0, 5, 0]
    parts = shelf.do(shelf.store.read(Wanted({}, {}, [(MUG, at("dc", "held"))]))).parts
    assert parts == {(MUG, at("dc", "held")): {both: 5, HELD: -5}}


def test_moved(shelf: Shelf) -> None:
    """What came less what left after a moment, by when it occurred, in whatever order it was recorded."""
    put(
        shelf,
        entry("late", move(1, DC, SUPPLIER), now=30),
        entry("first", move(9, SUPPLIER, DC), move(1, SUPPLIER, DC), now=10),
        entry("inside", move(4, DC, HELD), now=20),
        entry("on", move(2, DC, NORTH), now=20),
    )

    questions = [
        (MUG, "dc", 0),
        (MUG, "dc", 10),
        (MUG, "dc", 20),
        (MUG, "dc", 30),
        (MUG, "north", 19),
        (MUG, "south", 0),
    ]
    moved = shelf.do(shelf.store.read(Wanted({}, {}, (), questions))).moved
    assert [moved[question] for question in questions] == [7, -3, -1, 0, 2, 0]


@pytest.mark.parametrize("places", [1, 4, 5, 40])
def test_many_questions_at_once(shelf: Shelf, places: int) -> None:
    """Hundreds of accounts of hundreds of units, some of which hold nothing."""
    units = [Unit(f"sku:{number}") for number in range(300)]
    accounts = [at(f"n{number}") for number in range(places)] + [at("n0", "held", ref="b1"), at("n0", "damaged")]
    put(shelf, entry("e1", *[move(number + 1, SUPPLIER, at("n0"), unit) for number, unit in enumerate(units)]))
    put(shelf, entry("e2", move(7, SUPPLIER, accounts[-2], units[0]), move(7, SUPPLIER, at("beyond"), units[0])))

    found = shelf.do(shelf.store.read(Wanted(dict.fromkeys(units, accounts), {}))).balances

    nothing = dict.fromkeys(accounts, 0)
    assert found[units[0]] == nothing | {at("n0"): 1, accounts[-2]: 7}
    assert all(found[unit] == nothing | {at("n0"): number + 1} for number, unit in enumerate(units) if number)


# append


def test_an_id_answers_with_what_was_first(shelf: Shelf) -> None:
    """Whatever comes under it later, and under whatever guards; nothing changes."""
    first, other = entry("e1", move(3, SUPPLIER, DC)), entry("e1", move(4, SUPPLIER, DC), notes=(Note(id="n"),))
    assert put(shelf, first) == [Recorded(1, first)]
    before = everything(shelf)

    assert put(shelf, first, other) == [Recorded(1, first)] * 2
    assert put(shelf, other, guards=(Between(MUG, (DC,), 99), Unchanged(note_key("n"), 5))) == [Recorded(1, first)]
    assert everything(shelf) == before


@pytest.mark.parametrize(
    ("guard", "holds"),
    [
        (Between(MUG, (DC,), 2, None), True),
        (Between(MUG, (DC,), 3, None), False),
        (Between(MUG, (DC,), None, 2), True),
        (Between(MUG, (DC,), None, 1), False),
        (Between(MUG, (DC, NORTH), 6, 6), True),
        (Between(MUG, (DC, NORTH), 7, 7), False),
        (Between(MUG, (HELD,), 3, 3), True),
        (Between(MUG, (), 0, 0), True),
        (Between(Unit("sku:CUP"), (DC,), 0, 0), True),
        (Between(Unit("sku:CUP"), (DC,), 1, None), False),
        (Between(MUG, tuple(at(f"n{number}") for number in range(9)), 0, 0), True),
        (Unchanged(note_key("n"), 2), True),
        (Unchanged(note_key("n"), 1), False),
        (Unchanged(note_key("n"), 0), False),
        (Unchanged(note_key("n"), 3), False),
        (Unchanged(note_key("none"), 0), True),
        (Unchanged(note_key("none"), 1), False),
    ],
)
def test_a_guard_is_held_against_the_state_that_is_left(shelf: Shelf, guard: Guard, *, holds: bool) -> None:
    """Sums as they are after the entry, revisions as they were before; where one fails, nothing has changed."""
    put(shelf, entry("e1", move(5, SUPPLIER, DC), move(4, SUPPLIER, NORTH), notes=(Note(id="n", revision=2),)))
    before = everything(shelf)
    taken = entry("e2", move(3, DC, HELD), notes=(Note(id="n", revision=3), Note(id="none")))

    answers = put(shelf, taken, guards=(Between(MUG, (DC,), 0), guard))

    assert answers == [Recorded(2, taken) if holds else None]
    assert (everything(shelf) == before) is not holds
    assert put(shelf, entry("e3")) == [Recorded(3 if holds else 2, entry("e3"))]


def test_the_highest_revision_counts_in_any_order(shelf: Shelf) -> None:
    """A lower one that comes later is on record, and replaces nothing."""
    for number, revision in enumerate((2, 1, 4, 3)):
        put(shelf, entry(f"e{number}", notes=(Note(id="n", revision=revision, text=f"at {revision}"),)))
    put(shelf, entry("two", notes=(Note(id="m", revision=2), Note(id="m"), Note(id="m", revision=3))))

    assert note_at(shelf, "n") == Note(id="n", revision=4, text="at 4")
    assert note_at(shelf, "m") == Note(id="m", revision=3)
    assert len(shelf.do(shelf.store.since(0, 99))) == 5


def test_an_equal_revision_with_other_content_is_a_contradiction(shelf: Shelf) -> None:
    """It names the document and both stories, and nothing has changed; with the same content it is welcome."""
    said, other = Note(id="n", text="this"), Note(id="n", text="that")
    put(shelf, entry("e1", notes=(said,)))
    before = everything(shelf)

    with pytest.raises(Contradiction) as caught:
        put(shelf, entry("e2", move(1, SUPPLIER, DC), notes=(other,)))
    with pytest.raises(Contradiction):
        put(shelf, entry("e3", notes=(Note(id="m"), Note(id="m", text="at once"))))

    assert (caught.value.id, caught.value.field) == ("e2", "test.note n")
    assert (caught.value.known, caught.value.told) == (said, other)
    assert everything(shelf) == before
    assert put(shelf, entry("e4", notes=(said,)))[0] is not None


def test_a_guard_that_fails_comes_before_a_contradiction(shelf: Shelf) -> None:
    """Who lost a race decides again before anybody is accused."""
    put(shelf, entry("e1", notes=(Note(id="n", text="this"),)))

    assert put(shelf, entry("e2", notes=(Note(id="n", text="that"),)), guards=(Unchanged(note_key("n"), 0),)) == [None]


def test_a_movement_that_comes_back_in_the_same_entry(shelf: Shelf) -> None:
    """What goes and returns leaves nothing behind."""
    put(shelf, entry("e1", move(2, SUPPLIER, HELD), move(2, HELD, SUPPLIER)))

    assert held(shelf, HELD, SUPPLIER, at("dc", "held")) == [0, 0, 0]
    assert shelf.do(shelf.store.snapshot()).balances == {}


def test_names_of_any_letters(shelf: Shelf) -> None:
    """Quotes, semicolons, signs of a pattern and other scripts are names like any others."""
    names = ["O'Hara", 'a"b', "c;d --", "%_", "漢字", "ß", "A", "a", "é"]
    put(shelf, entry("e1", *[move(n + 1, SUPPLIER, at(name, ref=name), Unit(name)) for n, name in enumerate(names)]))

    for number, name in enumerate(names):
        assert held(shelf, at(name), at(name, ref=name), unit=Unit(name)) == [number + 1, number + 1]


# since and due


@pytest.mark.parametrize("limit", [1, 3, 100])
def test_the_journal_is_read_in_pages_without_gaps(shelf: Shelf, limit: int) -> None:
    """Each entry once, in order, counted from one."""
    entries = [entry(f"e{number}", move(1, SUPPLIER, DC)) for number in range(10)]
    put(shelf, *entries)
    put(shelf, entry("lost", move(1, DC, SUPPLIER)), guards=(Between(MUG, (DC,), 99),))
    put(shelf, entries[3], entry("last"))

    read: list[Recorded] = []
    while page := shelf.do(shelf.store.since(len(read), limit)):
        assert len(page) <= limit
        read += page

    assert read == [Recorded(n, each) for n, each in enumerate([*entries, entry("last")], start=1)]


def test_what_is_due_comes_in_order(shelf: Shelf) -> None:
    """The earliest first, ties by key; what was replaced or asks for nothing is not due any more."""
    notes = [
        Note(id=id, due_at=due) for id, due in (("b", 20), ("a", 20), ("B", 20), ("c", 10), ("d", None), ("e", 40))
    ]
    put(shelf, entry("e1", notes=tuple(notes)))
    put(shelf, entry("e2", notes=(Note(id="c", revision=2), Note(id="e", revision=2, due_at=5))))

    def due(now: int, limit: int = 9) -> list[str]:
        return [each.key.id for each in shelf.do(shelf.store.due(now, limit))]

    assert due(4) == []
    assert due(5) == ["e"]
    assert due(20) == due(99) == ["e", "B", "a", "b"]
    assert due(20, 2) == ["e", "B"]
    assert due(19) == ["e"]


# snapshot and restore


def lived(shelf: Shelf) -> list[Recorded]:
    """Fill a store with some of everything, and return its journal."""
    both = at("dc", "held", ref="b1", lot="L1", owner="us")
    put(
        shelf,
        entry("e1", move(9, SUPPLIER, DC), move(3, DC, HELD), notes=(Note(id="n", due_at=7),), now=1),
        entry("e2", move(2, DC, both), move(3, HELD, DC), now=5),
        entry(
            "e3", move(1, DC, NORTH), move(5, SUPPLIER, DC, Unit("sku:CUP")), notes=(Note(id="n", revision=2),), now=3
        ),
        entry("e4", move(2, both, DC), notes=(Note(id="m", due_at=9),), now=4),
    )
    return [*shelf.do(shelf.store.since(0, 99))]


def piled(shelf: Shelf) -> bytes:
    """Move pieces to the piles that are counted apart and away, let go of the oldest, and return the state."""
    broken, aside = at("dc", "damaged"), at("dc", "quarantine", ref="r1")
    put(
        shelf,
        entry("e1", move(9, SUPPLIER, DC), move(2, DC, broken), now=10),
        entry("e2", move(2, SUPPLIER, broken), move(3, DC, broken), move(1, broken, aside), now=20),
        entry("e3", move(1, aside, at("dc", "quarantine")), move(1, broken, at("dc", "missing")), now=25),
        entry("e4", move(1, at("dc", "quarantine"), DC), move(1, DC, HELD), move(1, broken, SUPPLIER), now=30),
        attrs.evolve(entry("late", move(1, SUPPLIER, broken), now=40), occurred_at=12),
    )
    shelf.do(shelf.store.retire(15))  # type: ignore[attr-defined]  # it is no part of the protocol
    return everything(shelf)


@pytest.mark.parametrize("cut", range(5))
def test_a_snapshot_and_its_tail_are_the_store(shelf: Shelf, tmp_path: Path, cut: int) -> None:
    """At every cut, from any store into any other, and it goes on from there."""
    journal = lived(shelf)
    start = Ledger.replay(journal[:cut]).snapshot()

    for name, make in SHELVES.items():
        with make(tmp_path / f"{name}.sqlite") as other:
            other.do(other.store.restore(start, journal[cut:]))

            assert everything(other) == everything(shelf) == everything(Shelf(Memory(Ledger.replay(journal))))
            assert other.do(other.store.since(cut, 99)) == tuple(journal[cut:])
            assert [each.key.id for each in other.do(other.store.due(9, 9))] == ["m"]
            repeated = other.do(other.store.append(entry("e1", move(1, SUPPLIER, DC))))
            assert repeated is not None
            assert (repeated.entry.id, everything(other)) == ("e1", everything(shelf))
            more = entry("e5", move(1, DC, HELD))
            assert other.do(other.store.append(more, (Between(MUG, (DC,), 0),))) == Recorded(5, more)


def test_a_snapshot_of_this_store_fills_another(shelf: Shelf, tmp_path: Path) -> None:
    """The state goes over whole, and the moments of its moves too."""
    lived(shelf)

    for name, make in SHELVES.items():
        with make(tmp_path / f"{name}.sqlite") as other:
            other.do(other.store.restore(shelf.do(shelf.store.snapshot())))

            questions = [(MUG, "dc", since) for since in range(6)]
            moved = [s.do(s.store.read(Wanted({}, {}, (), questions))).moved for s in (shelf, other)]
            assert moved[0] == moved[1]
            assert everything(other) == everything(shelf)
            assert other.do(other.store.since(0, 99)) == ()


def test_a_store_with_entries_is_not_restored(shelf: Shelf) -> None:
    """What is there is not mixed with anything, and stays."""
    lived(shelf)
    before = everything(shelf)

    with pytest.raises(InvalidValue):
        shelf.do(shelf.store.restore(Snapshot()))
    with pytest.raises(InvalidValue):
        shelf.do(shelf.store.restore(Snapshot(position=9)))

    assert everything(shelf) == before
