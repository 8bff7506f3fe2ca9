"""Where pieces are: all of them, each once, as the order's status has them; what comes next, and what is late."""

import attrs
from hypothesis import given, settings

from tests.laws.test_kits_stay_whole import catalog, kit_order
from tests.laws.world import AHEAD, CATALOG, NETWORK, NOW, Distant, Program, World, make_order, programs
from unicommerce.catalog import Calendar, Network, Pickup, moment
from unicommerce.desk import NextStep, Pieces, Whereabouts, whereabouts
from unicommerce.desk.whereabouts import NEXT
from unicommerce.fulfillment import Allocated, Attempts, Named, cancel, delivered, picked, place, shipped
from unicommerce.inventory import received
from unicommerce.ledger import Accepted, Supposed
from unicommerce.orders import LineState, is_final
from unicommerce.returns import returned
from unicommerce.supply import expected, transfer
from unicommerce.values import DAY_MS, HOUR_MS

ORDER = make_order("o", pool="club", skus=("MUG", "CUP"))


def seen(world: World, order: str = "o") -> Whereabouts:
    """Return where an order is."""
    found = world.shop.see(whereabouts(order, now=world.now))
    assert found is not None
    return found


def shop(pickups: tuple[Pickup, ...] = (), calendar: Calendar = Calendar()) -> World:
    """Return a world in which `north` alone serves the pool `club`, with these calls of its carrier and hours."""
    north = attrs.evolve(NETWORK.node_by_id["north"], pickups=pickups, calendar=calendar)
    south = attrs.evolve(NETWORK.node_by_id["south"], is_open=False)
    nodes = tuple([{"north": north, "south": south}.get(node.id, node) for node in NETWORK.nodes])
    return World(attrs.evolve(CATALOG, network=Network(nodes=nodes, pools=NETWORK.pools)))


@settings(max_examples=30)
@given(program=programs(most=40))
def test_every_piece_is_somewhere_once(program: Program) -> None:
    """By line and state the pieces are those of the status; something comes next exactly until all is final."""
    world = World(stock=3).run(program)
    for order in world.orders:
        found = seen(world, order.id)
        sums: dict[str, dict[LineState, int]] = {line.id: {} for line in order.lines}
        for each in found.pieces:
            assert each.quantity > 0
            sums[each.line][each.state] = sums[each.line].get(each.state, 0) + each.quantity
        assert sums == found.status.lines
        assert (found.next is None) == is_final(found.status) or found.status.status == "backordered"
        assert set(found.late) <= set(found.pieces)


@given(program=programs(most=20))
@settings(max_examples=10)
def test_a_store_that_is_far_away_says_the_same(program: Program) -> None:
    """What is read bit by bit is what is seen at once."""
    near, far = World(stock=3).run(program), World(stock=3, store=Distant()).run(program)

    assert [seen(near, order.id) for order in near.orders] == [seen(far, order.id) for order in far.orders]


def test_a_shipment_from_the_shelf_to_the_customer_and_back() -> None:
    """Each step names who is to take it and until when."""
    calendar = Calendar(zone="Europe/Berlin", open_minute=9 * 60)
    world = shop((Pickup(12 * 60), Pickup(16 * 60), Pickup(17 * 60, service="express")), calendar)
    world.ask(place(ORDER, {"1": 2}))
    calls, by = moment("2026-11-23T11:00:00Z"), world.shipments[0].deliver_by
    pieces = Pieces("1", "MUG", 2, LineState.ALLOCATED, "o/1", "north", by, NextStep("picked", "north", calls))
    assert seen(world).pieces == (pieces,)

    world.tell(picked("o/1", {"1": 2}))
    assert seen(world).next == NextStep("packed", "north", calls)

    world.tell(shipped("o/1"))
    on_its_way = pieces._replace(state=LineState.SHIPPED, place="carrier", next=NextStep("delivered", "carrier", by))
    assert seen(world).pieces == (on_its_way,)

    world.tell(delivered("o/1"))
    world.tell(returned("v", node="dc", order="o", lines={"1": 1}))
    delivered_one, back = seen(world).pieces
    assert (delivered_one.place, delivered_one.next, delivered_one.quantity) == ("customer", None, 1)
    assert (back.state, back.place, back.ref, back.promised_at) == (LineState.RETURNED, "dc", "v", None)


def test_what_a_carrier_does_not_call_for_on_its_day_leaves_with_the_next_call() -> None:
    """A carrier that calls on Tuesdays alone; without any call it is the end of the day; never later than promised."""
    world = shop((Pickup(11 * 60, weekday=2),))
    world.ask(place(ORDER, {"1": 1}))
    assert seen(world).next == NextStep("picked", "north", moment("2026-11-24T11:00:00Z"))

    world = shop()
    world.ask(place(ORDER, {"1": 1}))
    assert seen(world).next == NextStep("picked", "north", moment("2026-11-23T18:00:00Z"))


def test_what_is_late_is_named() -> None:
    """First the node is late, then the promise is broken; what has arrived is late no more."""
    world = shop()
    world.ask(place(ORDER, {"1": 1}))
    assert seen(world).late == ()

    world.now = moment("2026-11-23T18:00:00Z")
    assert seen(world).late == ()

    world.now += 1
    assert [each.line for each in seen(world).late] == ["1"]

    world.tell(shipped("o/1"))
    assert seen(world).late == ()

    world.now += 9 * DAY_MS
    assert [each.state for each in seen(world).late] == [LineState.SHIPPED]

    world.tell(delivered("o/1"))
    assert seen(world).late == ()
    assert seen(world).next is None


def test_what_has_a_date_comes_before_what_has_none() -> None:
    """One piece was not found and is given to nobody yet; the other has a carrier to catch."""
    world = shop()
    world.ask(place(ORDER, {"1": 2}))
    world.tell(picked("o/1", {"1": 1}, short={"1": 1}))
    found = seen(world)

    assert [each.next and each.next.by for each in found.pieces] == [None, moment("2026-11-23T18:00:00Z")]
    assert found.next == found.pieces[1].next
    assert {each.promised_at for each in found.pieces} == {world.shipments[0].deliver_by}

    world.tell(shipped("o/1"))
    world.tell(delivered("o/1"))
    world.now = world.shipments[0].deliver_by + 1
    assert [each.state for each in seen(world).late] == [LineState.OPEN]


def test_what_waits_names_what_it_waits_for() -> None:
    """The inbound, who sends it, when it is expected, and the date that the customer was given."""
    world = World(stock=0)
    world.tell(expected("po-1", node="north", quantities={"MUG": 3}, expected_at=NOW + DAY_MS))
    world.ask(place(ORDER, {"1": 2}, policy=AHEAD))
    (waits,) = seen(world).pieces

    assert (waits.state, waits.ref, waits.next) == (
        LineState.BACKORDERED,
        "po-1",
        NextStep("come in", "supplier", NOW + DAY_MS),
    )
    assert waits.promised_at is not None
    world.now += DAY_MS + HOUR_MS
    assert seen(world).late

    world.ask(cancel("o"))
    assert [(each.state, each.next, each.place) for each in seen(world).pieces] == [(LineState.CANCELED, None, "")]


def test_what_waits_for_a_transfer_waits_for_the_node_that_sends_it() -> None:
    """And pieces of a kit that is kept together wait at its node, those that are there already for nobody's date."""
    world = World(catalog({"CUP": 1, "MUG": 1}), stock=0)
    world.tell(received("r1", node="dc", quantities={"MUG": 1}))
    world.tell(received("r2", node="north", quantities={"CUP": 1}))
    world.ask(transfer("t1", source="north", node="dc", quantities={"CUP": 1}, expected_at=NOW + DAY_MS))
    answer = world.ask(place(kit_order(), {"1": 1}, policy=AHEAD))
    assert isinstance(answer, Accepted)
    cup, mug = sorted(seen(world).pieces, key=lambda each: each.sku)

    assert (cup.place, cup.next) == ("dc", NextStep("come in", "north", NOW + DAY_MS))
    assert (mug.place, mug.next) == ("dc", None)


def test_what_is_open_was_promised_by_the_last_shipment_that_had_it() -> None:
    """Not by one of other lines; and what is canceled is promised by nobody."""
    world = World(stock=4)
    world.ask(place(make_order("o", pool="web", skus=("MUG", "CUP")), {"1": 1, "2": 6}))
    first = world.shipments[0]
    other = attrs.evolve(world.shipments[-1], id="o/9", lines=("2",), deliver_by=first.deliver_by + DAY_MS)
    tried = Attempts(order="o", revision=9, shipments=9)
    world.tell(picked(first.id, {"2": 1}, short={"1": 1}))
    known = Allocated(pool="web", shipment=other, lines=(), attempts=tried)
    found = whereabouts("o", now=NOW)(Supposed(world.ledger, (known,)), None)
    assert found is not None
    assert [each.promised_at for each in found.pieces if each.state is LineState.OPEN] == [first.deliver_by]

    world.ask(cancel("o", {"1": 1}, id="c"))
    assert [each.promised_at for each in seen(world).pieces if each.state is LineState.CANCELED] == [None]


def test_there_is_no_order_and_a_shipment_of_an_older_journal() -> None:
    """Nobody is None; of a shipment whose moments were not kept the promise is what is known."""
    world = World()
    assert world.shop.see(whereabouts("o", now=NOW)) is None

    world.ask(place(ORDER, {"1": 1}))
    older = attrs.evolve(world.shipments[0], revision=2, percent=0)
    found = whereabouts("o", now=NOW)(Supposed(world.ledger, (Named(shipment=older),)), None)
    assert found is not None
    assert found.next == NextStep("picked", "north", older.deliver_by)


def test_every_state_that_is_not_final_has_a_next_step() -> None:
    """Whoever adds a state says what comes after it."""
    final = {LineState.ORDERED, LineState.DELIVERED, LineState.COLLECTED, LineState.CANCELED}

    assert set(LineState) - set(NEXT) == final | {LineState.LOST, LineState.RETURNED}
