"""What `retire` owes: what is old leaves and is not taken again, and all that is held stays (decision record 0018)."""

from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import cast

from ..errors import TooOld
from ..ledger import Between, Document, Entry, Key, Movement, Recorded, Wanted, record
from .notes import MUG, SUPPLIER, Happened, Note, at, expect, move, note_key
from .subject import Bench, Check, Guarantee, Handle, beside

__all__ = ["RETIRING", "retire"]

DC, NORTH, HELD = at("dc"), at("north"), at("dc", "held", ref="b1")
HORIZON = 50


def told(id: str, now: int, occurred_at: int | None, *moves: Movement, notes: tuple[Note, ...] = ()) -> Entry:
    """Return an entry that was told with a moment of its own, or asked."""
    return record(id, (Happened(moves=moves, notes=notes),), now=now, occurred_at=occurred_at)


LIFE = (
    told("fact", 10, 5, move(9, SUPPLIER, DC)),
    told("request", 20, None, move(2, DC, HELD), notes=(Note(id="n"), Note(id="m", due_at=1))),
    told("late", 90, 6, move(1, SUPPLIER, DC)),
    told("far", 91, 60, move(3, DC, NORTH)),
    told("new", 95, 94, move(1, SUPPLIER, DC)),
)
NEXT = len(LIFE) + 1


_Retire = Callable[[int, Iterable[Key[Document]]], Coroutine[object, object, None]]


def retire(shelf: Handle, before: int, *closed: str) -> None:
    """Let go of what is older, and of some notes."""
    letting_go = cast("_Retire", beside(shelf.store, "retire", Guarantee.RETENTION))
    shelf.do(letting_go(before, [note_key(id) for id in closed]))


def _too_old(shelf: Handle, said: Entry, horizon: int) -> None:
    """Expect that an entry is refused for its moment, by name, and changes nothing."""
    before = shelf.everything()
    try:
        shelf.put(said)
    except TooOld as error:
        named = (error.id, error.occurred_at, error.horizon)
        expect(named, (said.id, said.occurred_at, horizon), "what the refusal names")
        expect(shelf.everything(), before, "the state after a refusal")
    else:
        raise AssertionError(f"{said.id} occurred at {said.occurred_at}, before the horizon {horizon}, and was taken")


def _positions(journal: Sequence[Recorded]) -> list[int]:
    return [position for position, _ in journal]


def what_is_held_outlives_its_entries(bench: Bench) -> None:
    """Balances, parts and open documents are as they were, and guards are checked on them."""
    bench.put(*LIFE)
    accounts, held = (DC, SUPPLIER, HELD, NORTH), at("dc", "held")
    before = bench.held(*accounts)

    retire(bench, HORIZON)
    expect(bench.held(*accounts), before, "what is held")
    expect(dict(bench.read(Wanted({}, {}, [(MUG, held)])).parts[MUG, held]), {HELD: 2}, "parts")
    expect(bench.note("n"), Note(id="n"), "an open document")
    more = told("more", 99, 98, move(6, DC, SUPPLIER))
    expect(bench.put(more, guards=(Between(MUG, (DC,), 1),)), [None], "one piece too few")
    expect(bench.put(more, guards=(Between(MUG, (DC,), 0),)), [Recorded(NEXT, more)], "enough")


def old_entries_leave_and_positions_go_on(bench: Bench) -> None:
    """Entries recorded before the moment leave the journal, from the oldest on; nobody else gets their positions."""
    bench.put(*LIFE)
    for before, left in ((10, [1, 2, 3, 4, 5]), (11, [2, 3, 4, 5]), (HORIZON, [3, 4, 5]), (100, [])):
        retire(bench, before)
        expect(_positions(bench.do(bench.store.since(0, 9))), left, f"positions after {before}")
        expect(bench.everything().position, len(LIFE), "the position of the store")
    expect(bench.put(told("next", 101, None)), [Recorded(NEXT, told("next", 101, None))], "the next entry")
    expect(_positions(bench.do(bench.store.since(2, 9))), [NEXT], "the journal")


def closed_documents_leave_by_name(bench: Bench) -> None:
    """Those that the caller names, and no others; what is due of them is not due any more."""
    bench.put(*LIFE)
    expect(bench.due(99), ["m"], "what is due")

    retire(bench, HORIZON, "m", "none")
    expect((bench.note("n"), bench.note("m"), bench.due(99)), (Note(id="n"), None, []), "open, closed, due")


def what_has_left_is_not_taken_again(bench: Bench) -> None:
    """What occurred before the horizon and is not on record is `TooOld`; what is on record is still a repeat."""
    bench.put(*LIFE)
    retire(bench, HORIZON)

    _too_old(bench, told("fact", 99, 5, move(9, SUPPLIER, DC)), HORIZON)
    _too_old(bench, told("never heard of", 99, HORIZON - 1), HORIZON)
    expect(bench.put(LIFE[2]), [Recorded(3, LIFE[2])], "what was told late")
    there = told("at the horizon", 99, HORIZON)
    expect(bench.put(there), [Recorded(NEXT, there)], "what occurred at the horizon")


def the_id_of_a_request_outlives_its_entry(bench: Bench) -> None:
    """A repeat of a request bears another moment, so its id stays; that of a fact leaves with its entry."""
    bench.put(*LIFE)
    retire(bench, HORIZON)
    before = bench.everything()

    [repeated] = bench.put(told("request", 99, None, move(2, DC, HELD)))
    expect(repeated and repeated.entry.id, "request", "the answer to the request")
    expect(bench.everything(), before, "the state")
    expect(before.ids, frozenset(("request", "late", "far", "new")), "the ids on record")


def the_horizon_only_moves_on(bench: Bench) -> None:
    """An earlier moment lets nothing back in; an empty store has a horizon too."""
    shelf = bench.empty()
    retire(shelf, HORIZON)
    _too_old(shelf, told("early", 99, 49), HORIZON)
    bench.put(*LIFE)
    retire(bench, 100)
    retire(bench, HORIZON)

    _too_old(bench, told("fact", 99, 99), 100)
    expect(bench.everything().horizon, 100, "the horizon of a snapshot")


def moves_from_the_horizon_on_are_counted(bench: Bench) -> None:
    """What moved since a moment that is not before the horizon is as it was; what occurred before it is let go of."""
    bench.put(*LIFE, told("at the horizon", 96, HORIZON, move(4, DC, NORTH)))
    questions = [(MUG, "dc", since) for since in (HORIZON - 1, HORIZON, 59, 60, 93, 94)]
    before = bench.read(Wanted({}, {}, (), questions)).moved

    retire(bench, HORIZON)
    expect(dict(bench.read(Wanted({}, {}, (), questions)).moved), dict(before), "moved")
    expect(bench.read(Wanted({}, {}, (), [(MUG, "dc", 0)])).moved[MUG, "dc", 0], -6, "moved since long ago")


def the_horizon_goes_along_with_a_snapshot(bench: Bench) -> None:
    """A store that is restored, with a tail, is as the first one, and refuses what the first one refuses."""
    bench.put(*LIFE)
    retire(bench, HORIZON, "n")
    snapshot, tail = bench.do(bench.store.snapshot()), told("tail", 99, 98, move(1, SUPPLIER, DC))
    expect(snapshot.horizon, HORIZON, "the horizon of the snapshot")
    bench.put(tail)

    other = bench.empty()
    other.do(other.store.restore(snapshot, [Recorded(NEXT, tail)]))
    expect(other.everything(), bench.everything(), "the state")
    _too_old(other, told("fact", 99, 5, move(9, SUPPLIER, DC)), HORIZON)


def what_was_let_go_of_stays_away_when_opened_again(bench: Bench) -> None:
    """Opened again the store has let go of the same, has the same horizon and goes on at the same position."""
    bench.put(*LIFE)
    retire(bench, 100, "m")

    again = bench.another()
    expect(again.everything(), bench.everything(), "the state")
    expect((again.journal(), again.note("m")), ((), None), "what has left")
    _too_old(again, told("fact", 99, 5, move(9, SUPPLIER, DC)), 100)
    expect(again.put(told("next", 101, None)), [Recorded(NEXT, told("next", 101, None))], "the next entry")


RETIRING = (
    *[
        Check.of(check, Guarantee.RETENTION)
        for check in (
            what_is_held_outlives_its_entries,
            old_entries_leave_and_positions_go_on,
            closed_documents_leave_by_name,
            what_has_left_is_not_taken_again,
            the_id_of_a_request_outlives_its_entry,
            the_horizon_only_moves_on,
            moves_from_the_horizon_on_are_counted,
            the_horizon_goes_along_with_a_snapshot,
        )
    ],
    Check.of(what_was_let_go_of_stays_away_when_opened_again, Guarantee.RETENTION, Guarantee.DURABLE),
)
"""What a store owes that claims to let go of what is old."""
