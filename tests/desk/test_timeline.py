"""The timeline: the same from entries in any order, complete, true about promises; and lives of orders by example."""

from itertools import permutations

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.laws.world import AHEAD, NOW, Program, World, make_order, programs
from unicommerce.desk import Row, as_text, concerning, timeline, whereabouts
from unicommerce.errors import InvalidValue
from unicommerce.fulfillment import (
    Allocated,
    FulfillmentPolicy,
    RejectionPolicy,
    Then,
    allocate,
    amend,
    cancel,
    delivered,
    picked,
    place,
    rejected,
    shipped,
)
from unicommerce.ledger import Accepted, Recorded, Telling, record
from unicommerce.orders import LineState, Order, Placed
from unicommerce.returns import returned
from unicommerce.supply import expected, landed, redate
from unicommerce.values import DAY_MS, HOUR_MS

ORDER = make_order("o", pool="web", skus=("MUG", "CUP"))


def rows(world: World, order: str = "o", zone: str = "") -> tuple[Row, ...]:
    """Return the timeline of an order."""
    return timeline(order, world.journal(), zone=zone)


def words(world: World, order: str = "o") -> list[str]:
    """Return what the timeline of an order says, without when and why."""
    return [row.said.words for row in rows(world, order)]


def placed(quantities: dict[str, int], *, stock: int = 4) -> World:
    """Return a world in which the order is placed."""
    world = World(stock=stock)
    assert isinstance(world.ask(place(ORDER, quantities)), Accepted)
    return world


# Laws


@settings(max_examples=20)
@given(program=programs(most=40), seed=st.randoms(use_true_random=False))
def test_what_it_says_does_not_depend_on_how_entries_come(program: Program, seed: st.DataObject) -> None:
    """Entries in any order, some of them twice, with those of others or without: the rows are the same."""
    world = World(stock=3).run(program)
    journal = list(world.journal())
    mixed = [*journal, *journal[::3]]
    seed.shuffle(mixed)  # type: ignore[attr-defined]  # a generator of chance
    for order in world.orders:
        concerns = concerning(order.id)

        assert timeline(order.id, mixed) == rows(world, order.id)
        assert timeline(order.id, [each for each in mixed if concerns(each.entry)]) == rows(world, order.id)


@settings(max_examples=30)
@given(program=programs(most=40))
def test_all_that_happens_to_an_order_is_said_and_all_that_is_promised(program: Program) -> None:
    """An entry that moves pieces of a line has a row; each shipment promises what its document says, when it is made.

    Each promise that is moved was made before, and is another one than that.
    """
    world = World(stock=3).run(program)
    for order in world.orders:
        found = rows(world, order.id)
        moving = {e.id for _, e in world.journal() if any(m.unit.startswith(f"line:{order.id}/") for m in e.movements)}
        assert moving <= {row.entry for row in found}
        known = {entry.id: position for position, entry in world.journal()}
        made: set[int | None] = set()
        for row in sorted(found, key=lambda row: known[row.entry]):
            promised = [each for each in row.promises if each.shipment]
            assert all(each.shipment == row.said.shipment or not row.said.shipment for each in promised)
            assert all(each.before is None or each.before in made for each in row.promises)
            assert all(each.before != each.after for each in row.promises)
            made |= {each.after for each in row.promises}
        for entry in {row.entry for row in found}:
            reasons = [reason for row in found if row.entry == entry for reason in row.because]
            assert tuple(reasons) == world.journal()[known[entry] - 1].entry.because
        for shipment in [each for each in world.shipments if each.order == order.id]:
            assert shipment.deliver_by in made


# One order, many messages


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_messages_in_any_order_end_in_one_story(order: tuple[int, ...]) -> None:
    """Picked, shipped, delivered, each told twice: what has happened to which pieces is the same story in the end."""
    world = placed({"1": 2, "2": 1})
    messages: list[Telling[object]] = [
        picked("o/1", {"1": 2, "2": 1}, occurred_at=NOW + 1 * HOUR_MS),
        shipped("o/1", {"1": 2, "2": 1}, occurred_at=NOW + 2 * HOUR_MS),
        delivered("o/1", occurred_at=NOW + 3 * HOUR_MS),
    ]
    for number in (*order, *order):
        world.tell(messages[number])

    assert words(world)[-3:] == ["2 MUG, 1 CUP picked", "2 MUG, 1 CUP left north", "2 MUG, 1 CUP delivered"]
    seen = world.shop.see(whereabouts("o", now=NOW))
    assert seen is not None
    assert [(each.line, each.quantity, each.state, each.place) for each in seen.pieces] == [
        ("1", 2, LineState.DELIVERED, "customer"),
        ("2", 1, LineState.DELIVERED, "customer"),
    ]


def test_a_promise_that_moves_says_by_how_much_who_and_why() -> None:
    """A node does not find a piece; the next shipment promises another day, and names what it stands in for and why."""
    world = placed({"1": 2})
    world.shop.tell(picked("o/1", {"1": 1}, short={"1": 1}), now=NOW, source="store")
    world.now += 30 * HOUR_MS
    world.ask(allocate("o", id="again"))
    first, again = [promise for row in rows(world) for promise in row.promises]

    assert (first.before, first.shipment) == (None, "o/1")
    assert (again.before, again.shipment, again.lines) == (first.after, "o/2", ("1",))
    assert again.why == "1 MUG not found at north (says store)"
    assert "instead of 2026-11-24 20:00, 48 h later: 1 MUG not found" in rows(world)[-1].notes[0]
    assert "routing.turned_down" in {reason.code for reason in rows(world)[-1].because}


def test_what_nodes_turn_down_is_said_and_how_it_ends() -> None:
    """A node is too busy, the next has broken one; after so many attempts the order is canceled, as the policy says."""
    policy = FulfillmentPolicy(rejections=RejectionPolicy(most_attempts=2, then=Then.CANCEL))
    world = placed({"1": 1})
    world.shop.tell(rejected("o/1", reason="busy"), now=NOW, source="north")
    world.ask(allocate("o", id="2", policy=policy))
    world.tell(rejected(world.shipments[-1].id, reason="not_found"))
    world.ask(allocate("o", id="3", policy=policy))
    second = world.shipments[-1].node

    assert words(world) == [
        "1 MUG ordered",
        "1 MUG to be sent from north",
        "1 MUG rejected by north: busy",
        f"1 MUG to be sent from {second}",
        f"1 MUG rejected by {second}: not found",
        "turned down too often to be tried again",
        "1 MUG canceled",
    ]


def test_what_waits_is_promised_too() -> None:
    """A backorder has a date, gets another, and then the date of its shipment; each says what it stands in for."""
    world = World(stock=0)
    world.tell(expected("po-1", node="dc", quantities={"MUG": 2}, expected_at=NOW + 2 * DAY_MS))
    world.ask(place(ORDER, {"1": 2}, policy=AHEAD))
    world.tell(expected("po-1", node="dc", quantities={"MUG": 2}, expected_at=NOW + 4 * DAY_MS, version=2))
    world.ask(redate("po-1", 2))
    world.now += 4 * DAY_MS
    world.tell(landed("r1", inbound="po-1", node="dc", quantities={"MUG": 2}))
    world.ask(allocate("o", id="landed"))

    assert words(world) == [
        "2 MUG ordered",
        "2 MUG wait for po-1",
        "another date for what comes with po-1",
        "2 MUG came in at dc",
        "2 MUG to be sent from dc",
    ]
    chain = [(each.before, each.after) for row in rows(world) for each in row.promises]
    assert [before for before, _ in chain] == [None, *[after for _, after in chain][:-1]]
    assert len(chain) == 3
    assert [each.why for row in rows(world) for each in row.promises][-1] == "2 MUG came in at dc"


def test_a_date_that_nobody_can_give_any_more_is_said() -> None:
    """What an inbound was to bring does not come: there is no date."""
    world = World(stock=0)
    world.tell(expected("po-1", node="dc", quantities={"MUG": 2}, expected_at=NOW + 2 * DAY_MS))
    world.ask(place(ORDER, {"1": 2}, policy=AHEAD))
    world.tell(expected("po-1", node="dc", quantities={"MUG": 1}, expected_at=NOW + 2 * DAY_MS, version=2))
    world.ask(redate("po-1", 2))

    assert words(world)[-1] == "no date for what comes with po-1"
    assert rows(world)[-1].notes[0].startswith("no date any more instead of 2026-11-25 09:00")


def test_what_is_changed_canceled_and_sent_back_is_said_in_words() -> None:
    """More, less, a reason, a return with more than was sent, and a message that disagrees."""
    world = placed({"1": 2})
    world.ask(amend("o", {"1": 3}, id="more"))
    world.ask(amend("o", {"1": 2}, id="less"))
    world.ask(amend("o", {"1": 2}, id="same"))
    world.ask(cancel("o", {"1": 1}, id="one", reason="too many"))
    world.tell(delivered("o/1"))
    world.tell(picked("o/1", {"1": 2}))
    world.tell(returned("v", node="south", order="o", lines={"1": 2}))

    assert words(world) == [
        "2 MUG ordered",
        "2 MUG to be sent from north",
        "1 MUG ordered in addition",
        "1 MUG not wanted any more",
        "left as it was",
        "1 MUG not any more to be sent from north",
        "1 MUG canceled: too many",
        "1 MUG picked",
        "1 MUG left north",
        "1 MUG delivered",
        "o/1/picked was told with another picked.1: 2, and 1 is on record",
        "2 MUG came back to south",
    ]


def test_what_happened_stands_where_it_happened_and_not_where_it_was_told() -> None:
    """A node that was offline tells late when it picked; the row is where the clock says, the source who said so."""
    world = placed({"1": 1})
    world.now += DAY_MS
    world.ask(amend("o", {"1": 2}, id="more"))
    world.shop.tell(picked("o/1", {"1": 1}, occurred_at=NOW + HOUR_MS), now=world.now + HOUR_MS, source="wms")

    assert [(row.said.words, row.source) for row in rows(world)][-2:] == [
        ("1 MUG picked", "wms"),
        ("1 MUG ordered in addition", ""),
    ]


def test_the_clock_is_the_customers() -> None:
    """The zone of the order, where it has one; another where somebody else reads."""
    world = placed({"1": 1})
    world.ask(place(attrs.evolve(ORDER, id="p", zone="Asia/Tokyo"), {"1": 1}))

    assert rows(world)[0].when == "2026-11-23 09:00"
    both = [
        Placed(order=attrs.evolve(ORDER, id=id, zone=zone), lines=()) for id, zone in (("q", "Asia/Tokyo"), ("r", ""))
    ]
    (row,) = timeline("r", [Recorded(1, record("both", tuple(both), now=NOW))])
    assert row.when == "2026-11-23 09:00"
    assert rows(world, "p")[0].when == "2026-11-23 18:00"
    assert rows(world, "p", zone="UTC")[0].when == "2026-11-23 09:00"

    assert rows(world, zone="America/New_York")[0].when == "2026-11-23 04:00"
    assert rows(world, zone="Asia/Kolkata")[0].when == "2026-11-23 14:30"
    assert "promised for 2026-11-25 01:30" in as_text(rows(world, zone="Asia/Kolkata"))
    with pytest.raises(InvalidValue, match="zone"):
        rows(world, zone="Mars/Olympus")


def test_an_order_is_not_another_whose_id_begins_like_it() -> None:
    """Ids of orders may have slashes; `o` hears nothing of `o/1`."""
    world = placed({"1": 1})
    other = Order(
        id="o/1", pool="web", lines=ORDER.lines, destination=ORDER.destination, placed_at=NOW, channel="{shop}"
    )
    answer = world.ask(place(other, {"1": 3}))

    assert isinstance(answer, Accepted)
    assert [each.shipment.id for each in answer.events if isinstance(each, Allocated)] == ["o/1/1"]
    assert words(world) == ["1 MUG ordered", "1 MUG to be sent from north"]
    assert words(world, "o/1")[0] == "3 MUG ordered through {shop}"
    assert rows(world, "nobody") == ()
