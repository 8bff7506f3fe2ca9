"""What the questions owe: answers of one moment, a journal in pages, what is due in order."""

from ..ledger import Between, Document, Key, Recorded, Snapshot, Wanted
from ..values import Unit
from .notes import CUP, MUG, SUPPLIER, Note, at, entry, expect, move, note_key
from .subject import Bench, Check, Handle

__all__ = ["ANSWERING", "DC", "HELD", "lived"]

DC, NORTH, HELD, BROKEN = at("dc"), at("north"), at("dc", "held", ref="b1"), at("dc", "damaged")
BOTH = at("dc", "held", ref="b1", lot="L1")
ALL = at("dc", "held", ref="b1", lot="L1", owner="them")


def lived(shelf: Handle) -> tuple[Recorded, ...]:
    """Fill a store with some of everything, and return its journal."""
    shelf.put(
        entry("e1", move(9, SUPPLIER, DC), move(3, DC, HELD), notes=(Note(id="n", due_at=7),), occurred_at=1),
        entry("e2", move(2, DC, ALL), move(3, HELD, DC), notes=(Note(id="o", text="stays"),), occurred_at=5),
        entry(
            "e3",
            move(1, DC, NORTH),
            move(5, SUPPLIER, DC, CUP),
            move(2, SUPPLIER, BROKEN, CUP),
            notes=(Note(id="n", revision=2),),
            occurred_at=3,
        ),
        entry("e4", move(1, ALL, DC), notes=(Note(id="m", due_at=9),), occurred_at=4),
    )
    return shelf.journal()


# read


def an_empty_store_answers(bench: Bench) -> None:
    """Zero, None, nothing, zero, and no entry; nothing is due, nothing is on record."""
    found = bench.read(Wanted({MUG: (DC,)}, {note_key("n"): 3}, [(MUG, DC)], [(MUG, "dc", 0)], "e1"))

    expect(dict(found.balances), {MUG: {DC: 0}}, "balances")
    expect(dict(found.documents), {note_key("n"): None}, "documents")
    expect({each: dict(parts) for each, parts in found.parts.items()}, {(MUG, DC): {}}, "parts")
    expect(dict(found.moved), {(MUG, "dc", 0): 0}, "moved")
    expect((found.entry, bench.journal(), bench.due(2**60)), (None, (), []), "the rest")
    expect(bench.everything(), Snapshot(), "the snapshot")


def nothing_is_asked_and_nothing_answered(bench: Bench) -> None:
    """A question without questions is answered; so is a unit of which no account is wanted, and a limit of nothing."""
    lived(bench)

    expect(bench.read(Wanted({}, {})), bench.read(Wanted({}, {}, (), (), "")), "nothing")
    expect({**bench.read(Wanted({MUG: ()}, {})).balances}.get(MUG, {}), {}, "no accounts")
    expect((bench.do(bench.store.since(0, 0)), bench.due(99, 0)), ((), []), "a limit of nothing")


def an_entry_that_is_wanted_is_found(bench: Bench) -> None:
    """The entry of a wanted id comes as it was put on record, with every field; one that is not there is None."""
    first, *_ = [recorded.entry for recorded in lived(bench)]

    expect(bench.read(Wanted({MUG: (DC,)}, {}, entry="e1")).entry, first, "the entry")
    expect(bench.read(Wanted({MUG: (DC,)}, {}, entry="e9")).entry, None, "an entry that is not there")


def a_document_that_is_known_is_not_sent_again(bench: Bench) -> None:
    """One at another revision than the reader knows is, also where the reader knows a later one."""
    bench.put(entry("e1", notes=(Note(id="n", revision=2),)))

    for known, is_sent in ((2, False), (0, True), (1, True), (3, True)):
        sent = {note_key("n"): Note(id="n", revision=2)} if is_sent else {}
        expect(dict(bench.read(Wanted({}, {note_key("n"): known})).documents), sent, f"to who knows revision {known}")
    expect(dict(bench.read(Wanted({}, {note_key("none"): 0})).documents), {}, "to who knows that there is none")


def totals_are_kept_by_each_dimension(bench: Bench) -> None:
    """What a part holds counts in its ref alone, its lot alone, its owner alone, and in the whole account."""
    bench.put(entry("e1", move(9, SUPPLIER, DC), move(3, DC, HELD), move(2, DC, BOTH), move(1, DC, ALL)))

    def state(ref: str = "", lot: str = "", owner: str = "") -> int:
        return bench.held(at("dc", "held", ref, lot, owner))[0]

    expect(state(), 6, "the whole")
    expect(state(ref="b1"), 6, "the ref alone")
    expect(state(lot="L1"), 3, "the lot alone")
    expect(state(owner="them"), 1, "the owner alone")
    expect((state(ref="b1", lot="L1"), state("b1", "L1", "them")), (2, 1), "what was posted to two and to three")
    expect((state(ref="b1", owner="them"), state(lot="L1", owner="them")), (0, 0), "what was posted to no part")


def parts_are_what_was_posted_to_them(bench: Bench) -> None:
    """Parts of an account are the sub-accounts that were posted to and hold something, below zero too; no totals."""
    question = (MUG, at("dc", "held"))
    bench.put(entry("e1", move(5, SUPPLIER, BOTH)), entry("e2", move(5, HELD, SUPPLIER)))

    expect(bench.held(HELD, BOTH, at("dc", "held")), [0, 5, 0], "balances")
    expect(dict(bench.read(Wanted({}, {}, [question])).parts[question]), {BOTH: 5, HELD: -5}, "parts")


def a_part_that_is_empty_is_no_part(bench: Bench) -> None:
    """What is back at zero is in no answer: no part, no balance in a snapshot."""
    question = (MUG, at("dc", "held"))
    bench.put(entry("e1", move(5, SUPPLIER, HELD)), entry("e2", move(5, HELD, SUPPLIER)))

    expect(dict(bench.read(Wanted({}, {}, [question])).parts[question]), {}, "parts")
    expect((bench.everything().balances, bench.everything().parts), ({}, {}), "the snapshot")


def moved_goes_by_when_it_occurred(bench: Bench) -> None:
    """What came less what left after a moment, whenever it was recorded; between states of a place nothing moves."""
    bench.put(
        entry("late", move(1, DC, SUPPLIER), occurred_at=30),
        entry("first", move(9, SUPPLIER, DC), move(1, SUPPLIER, DC), occurred_at=10),
        entry("at once", move(1, SUPPLIER, DC), occurred_at=10),
        entry("inside", move(4, DC, HELD), occurred_at=20),
        entry("on", move(2, DC, NORTH), occurred_at=20),
        entry("before", move(5, SUPPLIER, DC), occurred_at=-(2**40)),
    )

    moments = ((0, 8), (9, 8), (10, -3), (19, -3), (20, -1), (29, -1), (30, 0), (-(2**41), 13))
    asked = [(MUG, "dc", since) for since, _ in moments] + [(MUG, "north", 19), (MUG, "south", 0), (CUP, "dc", 0)]
    moved = bench.read(Wanted({}, {}, (), asked)).moved
    expect([moved[each] for each in asked], [*(change for _, change in moments), 2, 0, 0], "moved")


def what_stands_apart_moves_as_a_place_of_its_own(bench: Bench) -> None:
    """Damaged pieces and those in quarantine are on piles of their own; what a count corrects has moved nowhere."""
    aside = at("dc", "quarantine", ref="r1")
    bench.put(
        entry("come", move(9, SUPPLIER, DC), occurred_at=10),
        entry("fell", move(4, DC, BROKEN), occurred_at=20),
        entry("seen", move(1, BROKEN, aside), occurred_at=30),
        entry("late", move(2, SUPPLIER, BROKEN), occurred_at=25),
        entry("corrected", move(1, BROKEN, at("dc", "missing")), move(5, at("dc", "missing"), aside), occurred_at=40),
        entry("named", move(1, aside, at("dc", "quarantine")), occurred_at=41),
        entry("sent", move(1, BROKEN, at("north", "damaged")), occurred_at=50),
    )
    moves = {
        ("dc", 0): 10,
        ("dc", 20): 1,
        ("damaged:dc", 0): 4,
        ("damaged:dc", 20): 0,
        ("damaged:dc", 25): -2,
        ("damaged:dc", 30): -1,
        ("quarantine:dc", 29): 1,
        ("quarantine:dc", 30): 0,
        ("damaged:north", 0): 1,
        ("quarantine:north", 0): 0,
    }
    moved = bench.read(Wanted({}, {}, (), [(MUG, *question) for question in moves])).moved
    expect({question[1:]: change for question, change in moved.items()}, moves, "moved")


def many_questions_are_answered_at_once(bench: Bench) -> None:
    """Thousands of accounts of hundreds of units, most of which hold nothing, and many of each other question."""
    units = [Unit(f"sku:{number}") for number in range(300)]
    accounts = [at(f"n{number}") for number in range(40)] + [at("n0", "held", ref="b1")]
    bench.put(entry("e1", *[move(number + 1, SUPPLIER, at("n0"), unit) for number, unit in enumerate(units)]))
    keys: dict[Key[Document], int] = {note_key(f"n{number}"): 0 for number in range(200)}
    moves = [(unit, "n0", -1) for unit in units]

    found = bench.read(Wanted(dict.fromkeys(units, accounts), keys, [(unit, at("n0")) for unit in units], moves))
    wanted = {unit: dict.fromkeys(accounts, 0) | {at("n0"): number + 1} for number, unit in enumerate(units)}
    expect(dict(found.balances), wanted, "balances")
    expect((dict(found.documents), [*found.moved.values()]), ({}, [*range(1, 301)]), "the rest")


def sums_are_answered_in_their_order(bench: Bench) -> None:
    """A sum is what its accounts hold together, however many they are; sums come in the order asked for."""
    many = tuple([at(f"n{number}") for number in range(200)])
    bench.put(entry("e1", *[move(1, SUPPLIER, account) for account in many], move(5, many[0], HELD)))

    sums = bench.read(Wanted({}, {}, sums=((MUG, many), (MUG, (HELD,)), (CUP, many), (MUG, many[:3]), (MUG, ())))).sums
    expect(sums, (195, 5, 0, -2, 0), "the sums")
    bench.put(entry("e2", move(2, many[3], SUPPLIER)))
    expect(bench.read(Wanted({}, {}, sums=((MUG, many), (MUG, many[:3])))).sums, (193, -2), "the sums later on")


def a_state_at_hand_answers_what_is_read(bench: Bench) -> None:
    """`state` is None, or it answers each of the four questions as `read` does, also after the next entry."""
    state = bench.store.state
    lived(bench)
    if state is None:
        expect(bench.store.state, None, "the state later on")
        return
    found = bench.read(Wanted({MUG: (DC,)}, {note_key("n"): -1}, [(MUG, at("dc", "held"))], [(MUG, "dc", 1)]))
    expect(state.balance(MUG, (DC, NORTH)), sum(bench.held(DC, NORTH)), "a balance")
    expect(state.document(note_key("n")), found.documents[note_key("n")], "a document")
    expect(dict(state.parts(MUG, at("dc", "held"))), dict(found.parts[MUG, at("dc", "held")]), "parts")
    expect(state.moved(MUG, "dc", 1), found.moved[MUG, "dc", 1], "moved")
    expect((state.balance(CUP, (HELD,)), state.document(note_key("none"))), (0, None), "what is not there")


# since and due


def the_journal_is_read_in_pages_without_gaps(bench: Bench) -> None:
    """Each entry once, in order, counted from one, in pages of any size; refused and repeated entries leave no gap."""
    entries = [entry(f"e{number}", move(1, SUPPLIER, DC)) for number in range(10)]
    bench.put(*entries)
    bench.put(entry("lost", move(1, DC, SUPPLIER)), guards=(Between(MUG, (DC,), 99),))
    bench.put(entries[3], entry("last"))

    for limit in (1, 3, 100):
        read: list[Recorded] = []
        while page := bench.do(bench.store.since(len(read), limit)):
            expect(len(page), min(limit, len(page)), f"entries on a page of {limit}")
            read += page
        wanted = [Recorded(number, each) for number, each in enumerate([*entries, entry("last")], start=1)]
        expect(read, wanted, f"the journal in pages of {limit}")


def pages_stand_still_while_others_write(bench: Bench) -> None:
    """Who reads a page between two appends misses nothing and reads nothing twice."""
    read: list[str] = []
    for number in range(30):
        bench.put(*[entry(f"e{number}.{each}") for each in range(number % 3)])
        read += [recorded.entry.id for recorded in bench.do(bench.store.since(len(read), 2))]

    rest = bench.do(bench.store.since(len(read), 100))
    expect(
        [*read, *(recorded.entry.id for recorded in rest)], [each.entry.id for each in bench.journal()], "what was read"
    )


def what_is_due_comes_in_order(bench: Bench) -> None:
    """The earliest first, ties by key, at or before the moment that is asked for, no more than the limit."""
    wanted = (("b", 20), ("a", 20), ("B", 20), ("c", 10), ("d", None), ("e", 40), ("aa", 20), ("é", 20))
    for id, due in wanted:
        bench.put(entry(f"of {id}", notes=(Note(id=id, due_at=due),)))

    expect(bench.due(9), [], "before all")
    expect(bench.due(19), ["c"], "before the ties")
    expect(bench.due(20), ["c", "B", "a", "aa", "b", "é"], "the ties")
    expect(bench.due(99), ["c", "B", "a", "aa", "b", "é", "e"], "all")
    expect(bench.due(99, 2), ["c", "B"], "two")


def what_is_due_stays_due(bench: Bench) -> None:
    """It is shown again to who asks again, until it is replaced: being shown settles nothing."""
    bench.put(entry("e1", notes=(Note(id="a", due_at=1), Note(id="b", due_at=2))))

    expect([bench.due(5), bench.due(5, 1), bench.due(5), bench.due(1)], [["a", "b"], ["a"], ["a", "b"], ["a"]], "due")


def what_was_replaced_is_due_as_it_is_now(bench: Bench) -> None:
    """A higher revision asks for another moment or for none; a lower one that comes late asks for nothing."""
    bench.put(entry("e1", notes=(Note(id="a", due_at=10), Note(id="b", due_at=10), Note(id="c", due_at=10))))
    bench.put(entry("e2", notes=(Note(id="a", revision=3), Note(id="b", revision=3, due_at=30))))
    bench.put(entry("e3", notes=(Note(id="a", revision=2, due_at=5), Note(id="b", revision=2, due_at=5))))
    bench.put(entry("e4", notes=(Note(id="c", revision=2, due_at=4),)))

    expect(([*bench.due(4)], [*bench.due(29)], [*bench.due(30)]), (["c"], ["c"], ["c", "b"]), "due")


ANSWERING = tuple(
    map(
        Check.of,
        (
            an_empty_store_answers,
            nothing_is_asked_and_nothing_answered,
            an_entry_that_is_wanted_is_found,
            a_document_that_is_known_is_not_sent_again,
            totals_are_kept_by_each_dimension,
            parts_are_what_was_posted_to_them,
            a_part_that_is_empty_is_no_part,
            moved_goes_by_when_it_occurred,
            what_stands_apart_moves_as_a_place_of_its_own,
            many_questions_are_answered_at_once,
            sums_are_answered_in_their_order,
            a_state_at_hand_answers_what_is_read,
            the_journal_is_read_in_pages_without_gaps,
            pages_stand_still_while_others_write,
            what_is_due_comes_in_order,
            what_is_due_stays_due,
            what_was_replaced_is_due_as_it_is_now,
        ),
    )
)
