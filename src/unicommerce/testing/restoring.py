"""What snapshots owe: they are the state, and a store that is restored or opened again answers as the first one."""

from ..errors import InvalidValue
from ..ledger import Between, Recorded, Snapshot, Wanted
from .answering import DC, HELD, lived
from .model import Reference
from .notes import MUG, SUPPLIER, Note, at, entry, expect, move
from .subject import Bench, Check, Guarantee, Handle, added_up

__all__ = ["RESTORING"]


def a_snapshot_is_the_state(bench: Bench) -> None:
    """It holds every balance, part, move, document and id, and the position: as the reference has them."""
    model = Handle(Reference())
    lived(model)
    lived(bench)

    expect(bench.everything(), model.everything(), "the snapshot")


def a_snapshot_does_not_change_any_more(bench: Bench) -> None:
    """What is put on record later is not in a snapshot that was taken earlier."""
    lived(bench)
    taken = bench.do(bench.store.snapshot())
    before = bench.everything()
    bench.put(entry("e5", move(4, SUPPLIER, HELD), notes=(Note(id="n", revision=9, due_at=1),)))

    expect(added_up(taken), before, "the snapshot")


def a_snapshot_and_its_tail_are_the_store(bench: Bench) -> None:
    """At every cut a store that is restored answers as the first one, and goes on from there."""
    journal = lived(bench)
    whole_state = bench.everything()
    for cut in range(len(journal) + 1):
        shorter, other = bench.empty(), bench.empty()
        shorter.put(*[recorded.entry for recorded in journal[:cut]])
        other.do(other.store.restore(shorter.do(shorter.store.snapshot()), journal[cut:]))

        expect(other.everything(), whole_state, f"the state, cut at {cut}")
        expect(other.do(other.store.since(cut, 99)), journal[cut:], f"the journal, cut at {cut}")
        expect(other.due(9), ["m"], f"what is due, cut at {cut}")
        expect(other.note("o"), Note(id="o", text="stays"), f"a document, cut at {cut}")
        expect(other.put(entry("e5")), [Recorded(5, entry("e5"))], f"the next entry, cut at {cut}")


def ids_outlive_a_restore(bench: Bench) -> None:
    """An id that a snapshot brought along stays taken: a repeat changes nothing, though its events are elsewhere."""
    lived(bench)
    other = bench.empty()
    other.do(other.store.restore(bench.do(bench.store.snapshot())))
    before = other.everything()

    [repeated] = other.put(entry("e1", move(9, SUPPLIER, DC)))
    expect(repeated is not None and repeated.entry.id, "e1", "the answer to the repeat")
    found = other.read(Wanted({}, {}, entry="e2")).entry
    expect(found is not None and found.id, "e2", "the entry that is wanted")
    expect(other.everything(), before, "the state")


def only_an_empty_store_is_restored(bench: Bench) -> None:
    """`InvalidValue` where there are entries already, and where the tail has a gap; nothing has changed."""
    journal = lived(bench)
    before = bench.everything()
    for shelf, tail in ((bench, journal), (bench.empty(), journal[1:]), (bench.empty(), journal[:1] + journal[2:])):
        state = shelf.everything()
        try:
            shelf.do(shelf.store.restore(Snapshot(), tail))
        except InvalidValue:
            expect(shelf.everything(), state, "the state")
        else:
            raise AssertionError(f"restored into {state.position} entries from {[position for position, _ in tail]}")
    expect(bench.everything(), before, "the state")


def a_tail_begins_right_behind_its_snapshot(bench: Bench) -> None:
    """`InvalidValue` where an entry between the two is missing, or is in both; nothing has changed."""
    journal = lived(bench)
    cut = bench.empty()
    cut.put(*[recorded.entry for recorded in journal[:2]])
    snapshot = cut.do(cut.store.snapshot())
    for tail in (journal[3:], journal[1:], journal):
        other = bench.empty()
        try:
            other.do(other.store.restore(snapshot, tail))
        except InvalidValue:
            expect(other.everything(), Snapshot(), "the state")
        else:
            raise AssertionError(f"restored {[position for position, _ in tail]} behind {snapshot.position}")


def sums_follow_a_restore(bench: Bench) -> None:
    """Sums that were asked for before are those of what was restored, and of what comes after it."""
    many = (*[at(f"n{number}") for number in range(12)], DC)
    question, journal = Wanted({}, {}, sums=((MUG, many),)), lived(bench)
    other = bench.empty()
    expect(other.read(question).sums, (0,), "the sum of an empty store")
    other.do(other.store.restore(bench.do(bench.store.snapshot())))
    for shelf in (bench, other):
        expect(shelf.read(question).sums, (7,), "the sum")
        more = entry("e5", move(2, SUPPLIER, many[3]))
        expect(shelf.put(more, guards=(Between(MUG, many, 10),)), [None], "one piece too few")
        expect(shelf.put(more, guards=(Between(MUG, many, 9, 9),)), [Recorded(len(journal) + 1, more)], "enough")
        expect(shelf.read(question).sums, (9,), "the sum later on")


# durable


def what_was_restored_is_there_when_opened_again(bench: Bench) -> None:
    """A restore is on record like an append: opened again the store is what was restored, and goes on."""
    journal = lived(bench)
    other = bench.empty()
    other.do(other.store.restore(Snapshot(), journal[:3]))
    again = other.another()
    expect((again.journal(), again.everything()), (journal[:3], other.everything()), "what was restored")
    expect(again.put(journal[3].entry), [journal[3]], "the next entry")


def what_was_answered_is_there_when_opened_again(bench: Bench) -> None:
    """After each append the store may be lost sight of: opened again it is the same, and goes on."""
    for number, recorded in enumerate(lived(bench)):
        again = bench.another()
        expect(again.everything(), bench.everything(), f"the state, opened again {number}")
        expect(again.put(recorded.entry), [recorded], "the answer to a repeat")
    shelf = bench.another()
    for number in range(5, 9):
        [answer] = shelf.put(entry(f"e{number}", move(1, SUPPLIER, HELD), notes=(Note(id="n", revision=number),)))
        shelf = bench.another()
        expect((answer and answer.position, len(shelf.journal())), (number, number), "entries on record")
        expect(shelf.note("n"), Note(id="n", revision=number), "the document")


RESTORING = (
    *map(
        Check.of,
        (
            a_snapshot_is_the_state,
            a_snapshot_does_not_change_any_more,
            a_snapshot_and_its_tail_are_the_store,
            ids_outlive_a_restore,
            only_an_empty_store_is_restored,
            a_tail_begins_right_behind_its_snapshot,
            sums_follow_a_restore,
        ),
    ),
    Check.of(what_was_answered_is_there_when_opened_again, Guarantee.DURABLE),
    Check.of(what_was_restored_is_there_when_opened_again, Guarantee.DURABLE),
)
