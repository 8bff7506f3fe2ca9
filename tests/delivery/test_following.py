"""A system follows the journal, by example: outages, poison, urgent lanes, and what a host does in a turn."""

import asyncio
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unicommerce.delivery import (
    Delivered,
    DeliveryCode,
    DeliveryPolicy,
    Follower,
    Letter,
    Outcome,
    Owed,
    Progress,
    Reaction,
    Rejected,
    Skipped,
    Unavailable,
    by_cause,
    by_document,
    by_entry,
    drawn,
    turn,
)
from unicommerce.errors import InvalidValue
from unicommerce.inventory import Adjusted, Received
from unicommerce.ledger import Event, Ledger, Memory, Recorded, record, run
from unicommerce.values import DAY_MS, HOUR_MS, MINUTE_MS

TABLE = (
    Reaction("erp", "receipt", ("inventory.received",), by_entry),
    Reaction("erp", "loss", ("inventory.adjusted",), by_entry, lane="urgent"),
)
SLOW = DeliveryPolicy(in_flight=4, first_wait_ms=MINUTE_MS, longest_wait_ms=HOUR_MS, attempts=3, trips_after=5)


def journal(*what: str) -> list[Recorded]:
    """Return a journal of receipts and losses."""
    events: dict[str, Event] = {
        "receipt": Received(receipt="r", node="dc", lines=(("MUG", 1),)),
        "loss": Adjusted(adjustment="a", node="dc", sku="MUG", change=-1, reason=""),
    }
    return [Recorded(at, record(f"e{at}", (events[each],), now=0)) for at, each in enumerate(what, 1)]


def following(records: Sequence[Recorded], policy: DeliveryPolicy = SLOW) -> Follower:
    """Return a follower that has taken what it may of a journal."""
    follower = Follower("erp", TABLE, policy=policy)
    for _ in range(3):
        for lane, position, limit in follower.wishes():
            follower.take(lane, records[position : position + limit])
    return follower


def everything(follower: Follower, outcome: Outcome, now: int) -> list[str]:
    """Send what is due, with one outcome for all; return the ids."""
    due = follower.due(now)
    for letter in due:
        follower.settle(letter, outcome, now=now)
    return [letter.id for letter in due]


def test_an_outage_of_a_day_buries_nothing_and_asks_seldom() -> None:
    """Nobody answers for a day: one letter is tried from time to time, and then all are served."""
    follower = following(journal(*["receipt"] * 9))
    asked = now = 0
    while now < DAY_MS:
        asked += len(everything(follower, Unavailable("down"), now))
        assert follower.wakes_at is not None
        now = max(follower.wakes_at, now + 1)

    assert (follower.is_tripped, follower.dead) == (True, ())
    assert asked < 60  # every half hour, as no wait is drawn longer
    assert len(everything(follower, Delivered(), now)) == 1
    sent = [everything(follower, Delivered(), now + HOUR_MS) for _ in range(3)]
    assert [len(each) for each in sent] == [4, 4, 0]
    assert (follower.is_tripped, follower.counts["normal"].delivered) == (False, 9)


def test_a_letter_that_alone_fails_is_given_up() -> None:
    """Others are served meanwhile, so that it is its own fault; it says how often and why."""
    follower, now = following(journal(*["receipt"] * 30)), 0
    while not follower.dead:
        for letter in follower.due(now):
            poison = letter.id == "e3/receipt"
            follower.settle(letter, Unavailable("timed out") if poison else Delivered(), now=now)
        now += HOUR_MS

    (dead,) = follower.dead
    assert (dead.owed.id, dead.attempts) == ("e3/receipt", 3)
    assert (dead.because.code, dead.because.found) == (DeliveryCode.GIVEN_UP, "timed out")
    follower.replay("e3/receipt")
    assert everything(follower, Delivered(), now)[0] == "e3/receipt"


@given(
    st.lists(st.tuples(st.sampled_from(["receipt", "loss"]), st.booleans()), min_size=2, max_size=12), st.integers(1, 6)
)
def test_what_breaks_its_system_does_not_keep_the_others_from_it(letters: list[tuple[str, bool]], early: int) -> None:
    """Some letters are answered by nobody, and have tripped the breaker before the others come: these are served."""
    records = journal(*[what for what, _ in letters])
    broken = {record.entry.id for record, (_, is_broken) in zip(records, letters, strict=True) if is_broken}
    follower, now = following(records[:early]), 0
    for step in range(100):
        if step == 30:
            for lane, position, limit in follower.wishes():
                follower.take(lane, records[position : position + limit])
        for letter in follower.due(now):
            is_broken = letter.id.partition("/")[0] in broken
            follower.settle(letter, Unavailable("timed out") if is_broken else Delivered(), now=now)
        now = max(follower.wakes_at or 0, now + MINUTE_MS)

    assert sum(counts.delivered for counts in follower.counts.values()) == len(records) - len(broken)


def test_what_fails_and_keeps_coming_does_not_keep_off_what_failed_once() -> None:
    """A loss was tried in an outage; since then a receipt that nobody answers comes before each trial."""
    records = journal("loss", *["receipt"] * 60)
    table = [row._replace(lane="normal") for row in TABLE]
    follower, now = Follower("erp", table, policy=SLOW), 0
    for recorded in records:
        follower.take("normal", [recorded])
        for letter in follower.due(now):
            answers = letter.what == "loss" and letter.position < recorded.position - 10
            follower.settle(letter, Delivered() if answers else Unavailable("timed out"), now=now)
        now = max(follower.wakes_at or 0, now + HOUR_MS)

    assert follower.counts["normal"].delivered == 1


def test_a_flash_sale_does_not_starve_what_is_urgent() -> None:
    """Behind a thousand receipts a loss is among the first letters, and the receipts go on beside it."""
    follower = following(journal(*["receipt"] * 1_000, "loss"))

    assert {letter.what for letter in follower.due(0)} == {"receipt", "loss"}


def test_what_is_urgent_does_not_starve_the_rest() -> None:
    """Of four letters under way one is left to the other lane."""
    follower = following(journal(*["loss"] * 50, "receipt"))

    assert sorted([letter.what for letter in follower.due(0)]) == ["loss"] * 3 + ["receipt"]


def test_a_system_says_when_it_wants_to_be_asked_again() -> None:
    """Its own moment counts where it is later than ours."""
    follower = following(journal("receipt"))
    everything(follower, Unavailable("busy", retry_at=DAY_MS), now=0)

    assert follower.wakes_at == DAY_MS
    assert everything(follower, Delivered(), DAY_MS - 1) == []
    assert everything(follower, Delivered(), DAY_MS) == ["e1/receipt"]


def test_a_rejected_letter_waits_for_people() -> None:
    """It is not tried again; repaired it goes once, and what came after it in its key follows."""
    table = [Reaction("erp", "receipt", ("inventory.received",), lambda _: "one key")]
    follower = Follower("erp", table)
    follower.take("normal", journal("receipt", "receipt"))

    assert everything(follower, Rejected("no such account"), 0) == ["e1/receipt"]
    assert everything(follower, Delivered(), DAY_MS) == []
    assert follower.dead[0].because.found == "no such account"
    follower.replay("e1/receipt", repaired="<fixed/>")
    assert [(letter.id, letter.repaired) for letter in follower.due(DAY_MS)] == [("e1/receipt", "<fixed/>")]


def test_waits_double_and_half_of_them_is_drawn() -> None:
    """From the first to the longest; a jitter outside of its bounds is refused or cut."""
    waits = [SLOW.wait_ms(times, 0) for times in range(1, 9)]

    assert waits == [30_000, 60_000, 120_000, 240_000, 480_000, 960_000, 1_800_000, 1_800_000]
    assert SLOW.wait_ms(1, 999) == 59_970


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("window", 0),
        ("in_flight", True),
        ("attempts", -1),
        ("lanes", ()),
        ("lanes", ("a", "a")),
        ("longest_wait_ms", 1),
    ],
)
def test_a_policy_that_cannot_be_is_refused(name: str, value: object) -> None:
    """By the name of the knob."""
    with pytest.raises(InvalidValue, match=name):
        DeliveryPolicy(**{name: value})  # type: ignore[arg-type]  # that is the point


def test_what_a_host_gets_wrong_is_named() -> None:
    """An entry left out, a letter not under way, a lane or a dead letter that is not there, two rows of one name."""
    follower = following(journal("receipt"))
    wrong: list[Callable[[], object]] = [
        lambda: follower.take("normal", journal("receipt", "receipt", "receipt")[2:]),
        lambda: follower.settle(Owed("x", 1, "receipt", "x"), Delivered(), now=0),
        lambda: follower.take("no", ()),
        lambda: follower.replay("x"),
        lambda: follower.drop("x"),
        lambda: Follower("erp", [*TABLE, TABLE[0]]),
        lambda: Follower("erp", [TABLE[0]._replace(lane="no")]),
        lambda: Follower("erp", TABLE, progress=Progress(system="wms")),
        lambda: Follower("erp", TABLE, progress=Progress.of({"system": "erp", "lanes": [lane("gone")]})),
    ]
    for each in wrong:
        with pytest.raises(InvalidValue):
            each()


def lane(name: str) -> dict[str, object]:
    """Return the plain progress of a lane."""
    return {"lane": name, "position": 0, "waiting": [], "dead": [], "parked": [], "counts": [0, 0, 0]}


@pytest.mark.parametrize(
    "plain",
    [
        None,
        [],
        {"system": 1, "lanes": []},
        {"system": "erp", "lanes": [{}]},
        {"system": "erp", "lanes": [lane("a") | {"waiting": [["x"]]}]},
        {"system": "erp", "lanes": [lane("a") | {"parked": [["x", 1]]}]},
        {"system": "erp", "lanes": [lane("a") | {"dead": [[["x", 1, "y", "k", ""], "odd", "", None, 1, 1]]}]},
    ],
)
def test_progress_that_nobody_kept_is_refused(plain: object) -> None:
    """Whatever it is."""
    with pytest.raises(InvalidValue, match="progress"):
        Progress.of(plain)


# A turn


def store(receipts: int) -> Memory:
    """Return a store with receipts on record."""
    found = Memory()
    for recorded in journal(*["receipt"] * receipts):
        run(found.append(recorded.entry))
    return found


def test_a_turn_reads_sends_and_settles() -> None:
    """A host that never waits; the third letter raises and is tried again, the others are not touched by that."""
    memory, follower, sent = store(4), Follower("erp", TABLE), []

    async def send(letter: Letter) -> Outcome:
        sent.append(letter.owed.id)
        if letter.owed.id == "e3/receipt" and sent.count("e3/receipt") < 2:
            raise KeyError("total")
        assert letter.recorded.entry.id == letter.owed.id.partition("/")[0]
        return Delivered()

    turns = [run(turn(memory, follower, send, now=moment)) for moment in (0, 1, DAY_MS, DAY_MS)]

    assert turns == [4, 0, 1, 0]
    assert follower.counts["normal"].delivered == 4
    assert sent == ["e1/receipt", "e2/receipt", "e3/receipt", "e4/receipt", "e3/receipt"]


def test_letters_go_side_by_side_where_the_host_can() -> None:
    """With `asyncio.gather` all that are due are under way at once."""
    memory, follower = store(4), Follower("erp", TABLE)

    async def main() -> tuple[int, int]:
        under_way = most = 0

        async def send(_letter: Letter) -> Outcome:
            nonlocal under_way, most
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(0)
            under_way -= 1
            return Delivered()

        return await turn(memory, follower, send, now=0, gather=asyncio.gather), most

    assert asyncio.run(main()) == (4, 4)


def test_a_letter_whose_entry_has_left_the_journal_is_dead() -> None:
    """A host that lets go of entries before they were delivered is told which."""
    memory, follower = store(3), Follower("erp", TABLE)
    for name, position, limit in follower.wishes():
        follower.take(name, run(memory.since(position, limit)))
    memory.ledger.retire(1)

    async def send(_letter: Letter) -> Outcome:
        return Delivered()

    run(turn(memory, follower, send, now=0))

    assert {letter.because.found for letter in follower.dead} == {"its entry has left the journal"}


# The table


def test_keys_are_read_off_the_entry() -> None:
    """By itself, by its cause, by a document that it replaces."""
    ledger = Ledger()
    memory = Memory(ledger)
    run(memory.append(record("r1", (Received(receipt="r1", node="dc", lines=(("MUG", 1),)),), now=0, cause="po-1")))
    entry = run(memory.since(0, 1))[0].entry

    assert (by_entry(entry), by_cause(entry), by_document("orders.order")(entry)) == ("r1", "po-1", "r1")
    assert drawn(TABLE).count("-->") == 2


def test_an_entry_about_several_orders_is_owed_in_the_order_of_each() -> None:
    """One entry cancels pieces of two orders: the next letter of the second is not sent beside it."""
    table = [Reaction("erp", "receipt", ("inventory.received",), lambda e: ("a", "b") if e.id == "e1" else ("b",))]
    follower = Follower("erp", table)
    follower.take("normal", journal("receipt", "receipt"))

    assert everything(follower, Unavailable("down"), 0) == ["e1/receipt/a", "e1/receipt/b"]
    assert everything(follower, Delivered(), HOUR_MS) == ["e1/receipt/a", "e1/receipt/b"]
    assert everything(follower, Delivered(), HOUR_MS) == ["e2/receipt/b"]


def test_one_letter_that_is_never_answered_does_not_keep_all_others_from_being_sent() -> None:
    """After an outage the breaker is tried with the letter that was tried least; the hopeless one is given up."""
    follower, now = following(journal(*["receipt"] * 30)), 0
    while now < DAY_MS and not follower.dead:
        for letter in follower.due(now):
            hopeless = letter.id == "e1/receipt" or now < 6 * HOUR_MS
            follower.settle(letter, Unavailable("timed out") if hopeless else Delivered(), now=now)
        now += HOUR_MS

    assert [letter.owed.id for letter in follower.dead] == ["e1/receipt"]
    while everything(follower, Delivered(), now):
        pass
    assert follower.counts["normal"].delivered == 29


def test_a_letter_in_which_there_is_nothing_to_say_does_not_tell_that_the_system_answers() -> None:
    """Else an outage would bury the letters beside those that concern others."""
    follower, now = following(journal(*["receipt"] * 40)), 0
    for _ in range(60):
        for letter in follower.due(now):
            has_words = letter.position % 2
            follower.settle(letter, Unavailable("down") if has_words else Skipped(), now=now)
        now += HOUR_MS

    assert (follower.dead, follower.is_tripped) == ((), True)
    counts = follower.counts["normal"]
    assert (counts.taken, counts.dropped, counts.waiting) == (40, 20, 20)


def test_a_turn_that_is_cut_short_leaves_nothing_under_way() -> None:
    """A host that waits no longer goes on with the same follower: what was due is sent again."""
    memory, follower, sent = store(3), Follower("erp", TABLE), []

    async def send(letter: Letter) -> Outcome:
        sent.append(letter.owed.id)
        if len(sent) == 2:
            await asyncio.sleep(60)
        return Delivered()

    async def main() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(turn(memory, follower, send, now=0), 0.01)
        await turn(memory, follower, send, now=DAY_MS)

    asyncio.run(main())
    assert sent == ["e1/receipt", "e2/receipt", "e1/receipt", "e2/receipt", "e3/receipt"]
    assert follower.counts["normal"].delivered == 3
