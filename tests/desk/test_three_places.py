"""Social and assisted: ordered at one place, collected at a third; who said what stands beside it.

That it was paid at a second place has no event yet, and is therefore not told.
"""

import attrs
import pytest

from tests.laws.world import NOW, World, make_order
from unicommerce.desk import NextStep, Pieces, Whereabouts, bound_for, timeline, whereabouts, work_list
from unicommerce.fulfillment import (
    Allocated,
    Collection,
    arrival_key,
    collect,
    delivered,
    notified,
    packed,
    place,
    put_back,
    ready,
    shipped,
    unpack,
    withhold,
)
from unicommerce.ledger import Accepted, run
from unicommerce.orders import LineQuantity, LineState
from unicommerce.values import DAY_MS, HOUR_MS

ORDER = attrs.evolve(
    make_order("o", pool="web", skus=("MUG", "CUP")), channel="assisted", customer="c7", collect_at="south"
)


def ordered() -> World:
    """Return a world in which `south` has the mugs of an order, and the cups are sent there from elsewhere."""
    world = World(stock=4)
    answer = world.shop.ask(place(ORDER, {"1": 4, "2": 6}), now=NOW, source="tablet of north")
    assert isinstance(answer, Accepted)
    world.shipments += [event.shipment for event in answer.events if isinstance(event, Allocated)]
    world.orders.append(ORDER)
    return world


def words(world: World) -> list[tuple[str, str]]:
    """Return who said what."""
    return [(row.source, row.said.words) for row in timeline("o", world.journal())]


def seen(world: World) -> Whereabouts:
    """Return where the order is."""
    found = world.shop.see(whereabouts("o", now=world.now))
    assert found is not None
    return found


def test_ordered_at_one_place_sent_from_another_and_collected_at_a_third() -> None:
    """A tablet orders at `north`, `dc` or another node sends, the customer collects at `south`, by a friend."""
    world = ordered()
    own, sent = world.shipments
    assert (own.node, own.collect_at, sent.collect_at) == ("south", "south", "south")
    world.shop.tell(packed(own.id, {"1": 4, "2": 4}), now=NOW + HOUR_MS, source="app of south")
    world.shop.tell(shipped(sent.id, tracking="T1"), now=NOW + HOUR_MS, source="wms")
    for shipment in (own, sent):
        world.shop.tell(ready(shipment.id, spot="A3"), now=NOW + DAY_MS, source="app of south")
    world.shop.tell(notified(own.id, "sms", code="4711"), now=NOW + DAY_MS, source="messenger")
    answer = world.shop.ask(
        collect(own.id, by="proxy", checked_by="code", code="4711"), now=NOW + 2 * DAY_MS, source="till of south"
    )
    assert isinstance(answer, Accepted)

    assert words(world) == [
        ("tablet of north", "4 MUG, 6 CUP ordered through assisted, to be collected at south"),
        ("tablet of north", "4 MUG, 4 CUP to be made ready at south"),
        ("tablet of north", f"2 CUP to be sent from {sent.node} to south"),
        ("app of south", "4 MUG, 4 CUP picked"),
        ("app of south", "4 MUG, 4 CUP packed"),
        ("wms", "2 CUP picked"),
        ("wms", f"2 CUP left {sent.node}"),
        ("app of south", "4 MUG, 4 CUP ready to be collected at south"),
        ("app of south", "2 CUP ready to be collected at south"),
        ("messenger", f"customer told by sms that {own.id} waits"),
        ("till of south", "4 MUG, 4 CUP collected at south by proxy, checked by code"),
    ]


def test_where_it_is_on_its_way_to_the_counter() -> None:
    """Each step is somebody's: the node's until it leaves, the counter's when it arrives, then the customer's."""
    world = ordered()
    own, sent = world.shipments
    assert {each.next for each in seen(world).pieces} == {
        NextStep("picked", "south", own.leaves_at),
        NextStep("picked", sent.node, sent.leaves_at),
    }
    world.tell(packed(own.id, {"1": 4, "2": 4}))
    world.tell(shipped(sent.id))
    by_ref = {each.ref: each for each in seen(world).pieces}
    assert by_ref[own.id].next == NextStep("made ready", "south", own.leaves_at)
    assert (by_ref[sent.id].place, by_ref[sent.id].next) == (
        "carrier",
        NextStep("made ready", "south", sent.deliver_by),
    )
    assert [job.shipment for job in world.shop.see(work_list("south", now=NOW)).to_hand_over] == [own.id]

    world.now = sent.deliver_by + 2 * HOUR_MS
    assert {each.ref for each in seen(world).late} == {own.id, sent.id}

    world.tell(ready(sent.id))
    world.tell(ready(own.id))
    until = world.now + 168 * HOUR_MS
    waits = Pieces(
        "2", "CUP", 2, LineState.READY, sent.id, "south", sent.deliver_by, NextStep("collected", "customer", until)
    )
    assert waits in seen(world).pieces
    assert seen(world).late == ()  # it is there, if later than promised
    found = world.shop.see(work_list("south", now=until))
    assert {(job.shipment, job.due_at) for job in found.to_be_collected} == {(own.id, until), (sent.id, until)}
    assert found.overdue == ()
    assert world.shop.see(work_list(sent.node, now=until)).to_be_collected == ()

    world.now = until + 1
    assert {each.ref for each in seen(world).late} == {own.id, sent.id}
    assert len(world.shop.see(work_list("south", now=world.now)).overdue) == 2


def test_what_has_arrived_is_not_ready_yet() -> None:
    """Between the carrier and the counter: the store has it to make ready, and the customer is told that it waits."""
    world = ordered()
    own, sent = world.shipments
    bound = [order for _, entry in world.journal() for order in bound_for("south")(entry)]
    world.tell(shipped(sent.id))
    coming = world.shop.see(work_list("south", bound=bound, now=NOW))
    left = seen(world).words
    world.tell(delivered(sent.id, occurred_at=NOW + DAY_MS))
    told = seen(world)
    there = world.shop.see(work_list("south", bound=bound, now=NOW))
    (piece,) = [each for each in seen(world).pieces if each.ref == sent.id]
    world.now = sent.deliver_by + 1
    late = world.shop.see(work_list("south", bound=bound, now=world.now))
    world.tell(delivered(sent.id, part="again", occurred_at=NOW + 2 * DAY_MS))
    world.tell(ready(sent.id))
    (waiting,) = [each for each in seen(world).pieces if each.ref == sent.id]

    assert bound == ["o"]
    assert [(job.shipment, job.lines, job.due_at) for job in coming.under_way] == [
        (sent.id, (LineQuantity("2", "CUP", 2),), sent.deliver_by)
    ]
    assert (coming.to_make_ready, there.under_way) == ((), ())
    assert [job.shipment for job in there.to_make_ready] == [sent.id]
    assert set(there.to_make_ready) < set(late.overdue)
    assert (piece.state, piece.place, piece.words) == (LineState.SHIPPED, "south", "arrived at south, not ready yet")
    assert left == "2 of 10 shipped, 8 of 10 waiting to be picked"
    assert told.words == "2 of 10 arrived at south, not ready yet, 8 of 10 waiting to be picked"
    assert told.status.words == left  # no line knows that it has arrived, so what is said of it is true of both
    assert piece.next == NextStep("made ready", "south", sent.deliver_by)
    assert (waiting.has_arrived, waiting.words) == (False, "ready to be collected")
    assert world.shop.see(work_list(sent.node, bound=bound, now=world.now)).to_make_ready == ()
    arrival = world.ledger.document(arrival_key(sent.id))
    assert (arrival.node, arrival.at, arrival.revision) == ("south", NOW + DAY_MS, 1) if arrival else False
    assert [said for _, said in words(world) if sent.id in said] == [f"{sent.id} arrived at south, not ready yet"]
    assert not [said for _, said in words(world) if own.id in said]


def test_what_is_undone_and_what_nobody_comes_for_is_said() -> None:
    """Unpacked, withheld with a reason, put back; the reason of the last is explained beside it and not in code."""
    world = ordered()
    own, _ = world.shipments
    world.tell(packed(own.id, {"1": 4}))
    world.ask(unpack(own.id, {"1": 1}, id="u", reason="wrong box"))
    world.tell(ready(own.id, {"1": 4}))
    world.ask(withhold(own.id, {"1": 1}, id="w", reason="chipped"))
    world.now += 30 * DAY_MS
    (waiting,) = run(world.store.due(world.now, 10))
    assert isinstance(waiting, Collection)
    world.ask(put_back(waiting))
    said = [what for _, what in words(world)]

    assert said[5:] == [
        "1 MUG unpacked: wrong box",
        "4 MUG ready to be collected at south",
        "1 MUG not ready after all at south: chipped",
        "3 MUG put back on the shelf of south",
        "3 MUG canceled",
    ]
    assert "were not collected" in timeline("o", world.journal())[-1].notes[0]
    assert all("." not in what for what in said)


@pytest.mark.parametrize("source", ["", "web"])
def test_who_said_so_is_said_where_it_is_known(source: str) -> None:
    """A host that names no system has rows all the same."""
    world = World(stock=9)
    world.shop.ask(place(ORDER, {"1": 1}), now=NOW, source=source)

    assert {row.source for row in timeline("o", world.journal())} == {source}
