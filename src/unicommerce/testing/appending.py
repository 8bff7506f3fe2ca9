"""What `append` owes: an entry whole or not at all, guards on the state that it leaves, and a repeat that is free."""

from ..errors import Contradiction
from ..ledger import Between, Entry, Guard, Recorded, Unchanged, record
from ..values import LARGEST, Unit
from .notes import CUP, MUG, SUPPLIER, Happened, Note, at, entry, expect, move, note_key
from .subject import Bench, Check, Handle

__all__ = ["APPENDING"]

DC, NORTH, HELD = at("dc"), at("north"), at("dc", "held", ref="b1")


def _contradicts(bench: Handle, said: Entry, guards: tuple[Guard, ...] = ()) -> Contradiction:
    try:
        bench.put(said, guards=guards)
    except Contradiction as contradiction:
        return contradiction
    raise AssertionError(f"{said.id} was taken, though a document contradicts the one on record")


def an_entry_is_put_on_record_whole(bench: Bench) -> None:
    """All movements and documents of all events of an entry are there, and the answer is the entry at its position."""
    events = (
        Happened(moves=(move(3, SUPPLIER, DC), move(1, DC, HELD)), notes=(Note(id="n"), Note(id="m"))),
        Happened(moves=(move(4, SUPPLIER, NORTH, CUP),), notes=(Note(id="o", text="three"),)),
    )
    whole = record("e1", events, now=5, occurred_at=3, asked=(("sku", "MUG"),), cause="c", source="wms")

    expect(bench.put(whole), [Recorded(1, whole)], "the answer to the first entry")
    expect(bench.held(DC, HELD, NORTH, SUPPLIER), [2, 1, 0, -3], "mugs")
    expect(bench.held(NORTH, SUPPLIER, unit=CUP), [4, -4], "cups")
    expect([bench.note(id) for id in "nmo"], [Note(id="n"), Note(id="m"), Note(id="o", text="three")], "documents")
    expect(bench.journal(), (Recorded(1, whole),), "the journal")


def a_repeat_is_free(bench: Bench) -> None:
    """The same entry again gives the one on record and changes nothing."""
    first = entry("e1", move(3, SUPPLIER, DC), notes=(Note(id="n"),))
    bench.put(first, entry("e2", move(1, DC, HELD)))
    before = bench.everything()

    expect(bench.put(first, first), [Recorded(1, first)] * 2, "the repeats")
    expect(bench.everything(), before, "the state")
    expect(len(bench.journal()), 2, "entries on record")


def an_id_answers_with_what_was_first(bench: Bench) -> None:
    """Whatever comes later under an id that is on record, the answer is the first entry and nothing changes."""
    first, other = entry("e1", move(3, SUPPLIER, DC)), entry("e1", move(4, SUPPLIER, DC), notes=(Note(id="n"),))
    bench.put(first)
    before = bench.everything()

    expect(bench.put(other), [Recorded(1, first)], "the answer to other content")
    expect(bench.everything(), before, "the state")


def a_repeat_comes_before_guards(bench: Bench) -> None:
    """An id on record is answered though the guards of the repeat do not hold any more."""
    first = entry("e1", move(3, SUPPLIER, DC), notes=(Note(id="n"),))
    bench.put(first)

    answers = bench.put(first, guards=(Between(MUG, (DC,), 99), Unchanged(note_key("n"), 0)))
    expect(answers, [Recorded(1, first)], "the answer")


SUMS: tuple[tuple[Between, bool], ...] = (
    (Between(MUG, (DC,), 2, None), True),
    (Between(MUG, (DC,), 3, None), False),
    (Between(MUG, (DC,), None, 2), True),
    (Between(MUG, (DC,), None, 1), False),
    (Between(MUG, (DC, NORTH), 6, 6), True),
    (Between(MUG, (DC, NORTH), 7, 7), False),
    (Between(MUG, (HELD,), 3, 3), True),
    (Between(MUG, (HELD,), 0, 0), False),
    (Between(MUG, (at("dc", "held"),), 3, 3), True),
    (Between(MUG, (SUPPLIER,), -9, -9), True),
    (Between(MUG, (SUPPLIER,), -8, None), False),
)


def _guarded(bench: Handle, guard: Guard, *, holds: bool) -> None:
    bench.put(entry("e1", move(5, SUPPLIER, DC), move(4, SUPPLIER, NORTH), notes=(Note(id="n", revision=2),)))
    before = bench.everything()
    taken = entry("e2", move(3, DC, HELD), notes=(Note(id="n", revision=3), Note(id="none")))

    answers = bench.put(taken, guards=(Between(MUG, (DC,), 0), guard))
    expect(answers, [Recorded(2, taken) if holds else None], f"the answer under {guard}")
    if not holds:
        expect(bench.everything(), before, f"the state after {guard} did not hold")
        expect(bench.put(entry("e2")), [Recorded(2, entry("e2"))], "the same id, asked again")


def sums_are_held_against_the_state_that_is_left(bench: Bench) -> None:
    """A sum is checked as it is after the entry, at both bounds; where it does not hold nothing has changed."""
    for number, (guard, holds) in enumerate(SUMS):
        _guarded(bench if not number else bench.empty(), guard, holds=holds)


def a_guard_may_name_what_was_never_used(bench: Bench) -> None:
    """Accounts and units that nobody has seen hold nothing; no accounts hold nothing together."""
    cup, many = Unit("sku:NEVER"), tuple([at(f"n{number}") for number in range(9)])
    for number, (guard, holds) in enumerate(
        (
            (Between(cup, (DC,), 0, 0), True),
            (Between(cup, (DC,), 1, None), False),
            (Between(cup, (DC,), None, -1), False),
            (Between(MUG, (), 0, 0), True),
            (Between(MUG, (), 1, None), False),
            (Between(MUG, many, 0, 0), True),
            (Between(MUG, many, 1, None), False),
        )
    ):
        _guarded(bench if not number else bench.empty(), guard, holds=holds)


def a_document_is_guarded_at_its_exact_revision(bench: Bench) -> None:
    """`Unchanged` holds at the revision on record before the entry, neither below nor above; 0 is: there is none."""
    for number, (id, revision, holds) in enumerate(
        (("n", 2, True), ("n", 1, False), ("n", 0, False), ("n", 3, False), ("none", 0, True), ("none", 1, False))
    ):
        _guarded(bench if not number else bench.empty(), Unchanged(note_key(id), revision), holds=holds)


def the_highest_revision_counts_in_any_order(bench: Bench) -> None:
    """A lower revision that comes later is on record and replaces nothing."""
    for number, revision in enumerate((2, 1, 4, 3)):
        bench.put(entry(f"e{number}", notes=(Note(id="n", revision=revision, text=f"at {revision}"),)))

    expect(bench.note("n"), Note(id="n", revision=4, text="at 4"), "the document")
    expect(len(bench.journal()), 4, "entries on record")


def documents_of_one_entry_are_told_apart_by_revision(bench: Bench) -> None:
    """Where an entry sets down several revisions of a document, in any order, the highest counts."""
    bench.put(entry("two", notes=(Note(id="m", revision=2), Note(id="m"), Note(id="m", revision=3, text="last"))))

    expect(bench.note("m"), Note(id="m", revision=3, text="last"), "the document")


def an_equal_revision_with_other_content_is_a_contradiction(bench: Bench) -> None:
    """It names the entry, the document and both stories; the same content is welcome."""
    said, other = Note(id="n", text="this"), Note(id="n", text="that")
    bench.put(entry("e1", notes=(said,)))

    caught = _contradicts(bench, entry("e2", notes=(other,)))
    named = (caught.id, caught.field, caught.known, caught.told)
    expect(named, ("e2", "testing.note n", said, other), "what the contradiction names")
    _contradicts(bench, entry("e3", notes=(Note(id="m"), Note(id="m", text="at once"))))
    expect(bench.put(entry("e4", notes=(said,))), [Recorded(2, entry("e4", notes=(said,)))], "the same content")


def a_contradiction_changes_nothing(bench: Bench) -> None:
    """Neither the movements nor the other documents of an entry that contradicts are there, and its id is free."""
    bench.put(entry("e1", notes=(Note(id="n", text="this"),)))
    before = bench.everything()

    told = entry("e2", move(1, SUPPLIER, DC), notes=(Note(id="a"), Note(id="n", text="that"), Note(id="z")))
    _contradicts(bench, told)
    expect(bench.everything(), before, "the state")
    expect(bench.put(entry("e2")), [Recorded(2, entry("e2"))], "the same id without the contradiction")


def a_lost_race_comes_before_a_contradiction(bench: Bench) -> None:
    """Who read an old revision decides again before anybody is accused."""
    bench.put(entry("e1", notes=(Note(id="n", text="this"),)))

    answers = bench.put(entry("e2", notes=(Note(id="n", text="that"),)), guards=(Unchanged(note_key("n"), 0),))
    expect(answers, [None], "the answer")


def what_goes_and_returns_leaves_nothing(bench: Bench) -> None:
    """Movements of one entry that cancel out leave no balance, part or total behind."""
    bench.put(entry("e1", move(2, SUPPLIER, HELD), move(2, HELD, SUPPLIER)))

    state = bench.everything()
    expect((state.balances, state.parts), ({}, {}), "what is kept")


def facts_are_taken_below_zero(bench: Bench) -> None:
    """An entry without guards is never refused, however far below zero it leaves an account."""
    bench.put(entry("e1", move(7, DC, SUPPLIER)), entry("e2", move(2, SUPPLIER, DC)))

    expect(bench.held(DC, SUPPLIER), [-5, 5], "mugs")


def large_quantities_are_exact(bench: Bench) -> None:
    """Quantities up to 2**53 are kept and added exactly, also where sums go beyond."""
    bench.put(entry("e1", move(LARGEST, SUPPLIER, DC)), entry("e2", move(LARGEST - 1, SUPPLIER, DC)))
    expect(bench.held(DC, SUPPLIER), [2 * LARGEST - 1, 1 - 2 * LARGEST], "mugs")

    full = Between(MUG, (DC,), 2 * LARGEST, None)
    expect(bench.put(entry("e3", move(1, DC, HELD)), guards=(full,)), [None], "one piece too few")
    expect(
        bench.put(entry("e4", move(1, SUPPLIER, DC)), guards=(full,)),
        [Recorded(3, entry("e4", move(1, SUPPLIER, DC)))],
        "enough",
    )


def names_of_any_letters(bench: Bench) -> None:
    """Quotes, signs of a pattern, other scripts and letters that differ in case only are names like any others."""
    names = ["O'Hara", 'a"b', "c;d --", "%_", "{}", "漢字", "ß", "ss", "A", "a", "é", "e", "🜲"]
    moves = [move(n + 1, SUPPLIER, at(name, ref=name), Unit(name)) for n, name in enumerate(names)]
    moves += [move(n + 1, SUPPLIER, DC, Unit(name)) for n, name in enumerate(names)]
    notes = tuple([Note(id=name, text=name) for name in names])
    bench.put(entry("漢 '字\"", *moves, notes=notes))

    for number, name in enumerate(names):
        found = bench.held(at(name), at(name, ref=name), DC, unit=Unit(name))
        expect(found, [number + 1] * 3, f"what is held of {name}")
        expect(bench.note(name), Note(id=name, text=name), f"the note {name}")
    expect([recorded.entry.id for recorded in bench.journal()], ["漢 '字\""], "the journal")


def a_long_entry_is_an_entry(bench: Bench) -> None:
    """A thousand movements and a hundred documents are put on record together, and read again as they were."""
    moves = [move(n + 1, SUPPLIER, at(f"n{n % 40}", ref=f"r{n}"), Unit(f"sku:{n % 50}")) for n in range(1_000)]
    notes = tuple([Note(id=f"n{n}", text="é" * 50) for n in range(100)])
    long = entry("long", *moves, notes=notes)

    expect(bench.put(long), [Recorded(1, long)], "the answer")
    expect(bench.journal(), (Recorded(1, long),), "the journal")
    expect(bench.held(at("n7", ref="r7"), unit=Unit("sku:7")), [8], "the eighth movement")
    expect(bench.held(SUPPLIER, unit=Unit("sku:49")), [-sum(range(50, 1_001, 50))], "the last of each fifty")


APPENDING = tuple(
    map(
        Check.of,
        (
            an_entry_is_put_on_record_whole,
            a_repeat_is_free,
            an_id_answers_with_what_was_first,
            a_repeat_comes_before_guards,
            sums_are_held_against_the_state_that_is_left,
            a_guard_may_name_what_was_never_used,
            a_document_is_guarded_at_its_exact_revision,
            the_highest_revision_counts_in_any_order,
            documents_of_one_entry_are_told_apart_by_revision,
            an_equal_revision_with_other_content_is_a_contradiction,
            a_contradiction_changes_nothing,
            a_lost_race_comes_before_a_contradiction,
            what_goes_and_returns_leaves_nothing,
            facts_are_taken_below_zero,
            large_quantities_are_exact,
            names_of_any_letters,
            a_long_entry_is_an_entry,
        ),
    )
)
