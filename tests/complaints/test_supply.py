"""What users of other systems complain about in backorders and expected supply, each as a test named for its cause.

The numbers are those of the public issue in which it was reported, where it gives any.
"""

from tests.laws.invariants import check_lines_add_up, check_open_lines_have_claims
from tests.laws.world import AHEAD, IN_PART, NOW, World, make_order
from unicommerce.fulfillment import allocate, cancel, place
from unicommerce.inventory import received
from unicommerce.ledger import Accepted, Refused
from unicommerce.orders import LineState, quantities_by_state
from unicommerce.supply import Redated, available_by, expected, landed, redate
from unicommerce.values import DAY_MS


def expecting(*pieces: int) -> World:
    """Return a shop that has nothing, and expects mugs at a node of every pool: an inbound a day."""
    world = World(stock=0)
    for day, quantity in enumerate(pieces, start=1):
        at = NOW + day * DAY_MS
        world.tell(expected(f"po-{day}", node="south", quantities={"MUG": quantity}, expected_at=at))
    return world


def ordered(world: World, id: str, pieces: int) -> dict[LineState, int]:
    """Place an order that may wait, and return where its pieces stand."""
    order = make_order(id, pool="club", skus=("MUG",), at=world.now)
    if isinstance(world.ask(place(order, {"1": pieces}, policy=AHEAD)), Accepted):
        world.orders.append(order)
    return states(world, id)


def states(world: World, id: str) -> dict[LineState, int]:
    """Return where the pieces of the first line of an order stand."""
    check_lines_add_up(world)
    check_open_lines_have_claims(world)
    return dict(quantities_by_state(world.ledger, make_order(id, pool="club", skus=("MUG",)).unit("1")))


def test_medusa_11703_what_is_canceled_and_ordered_again_waits_as_before() -> None:
    """A canceled backorder gives its place at the inbound back; ordered again, it waits there again."""
    world = expecting(3)
    before = world.shop.see(available_by("MUG", NOW + DAY_MS))
    ordered(world, "o", 3)
    world.ask(cancel("o"))

    assert world.shop.see(available_by("MUG", NOW + DAY_MS)) == before
    assert ordered(world, "p", 3) == {LineState.BACKORDERED: 3}


def test_vendure_3508_an_order_is_never_silently_smaller() -> None:
    """Two of five are there: refused with found and needed, taken in part and so said, or waited for; nothing else."""
    order = make_order("o", pool="club", skus=("MUG",))
    found = {}
    for name, policy in (("in part", IN_PART), ("ahead", AHEAD)):
        world = expecting(3)
        world.tell(received("r", node="south", quantities={"MUG": 2}))
        answer = world.ask(place(order, {"1": 5}, policy=policy))
        said = {(reason.code.value, reason.found, reason.needed) for reason in answer.because}
        found[name] = said, sorted(quantities_by_state(world.ledger, order.unit("1")).items())
    refused = expecting(3).ask(place(order, {"1": 5}))

    assert isinstance(refused, Refused)
    assert [(reason.found, reason.needed) for reason in refused.because][:1] == [(0, 5)]
    assert ("supply.cut", 2, 5) in found["in part"][0]
    assert found["in part"][1] == [(LineState.ALLOCATED, 2), (LineState.CANCELED, 3)]
    assert ("supply.backordered", 3, 3) in found["ahead"][0]
    assert found["ahead"][1] == [(LineState.ALLOCATED, 2), (LineState.BACKORDERED, 3)]


def test_solidus_583_one_piece_from_each_of_two_inbounds_is_two_pieces() -> None:
    """An order of two is taken where two inbounds bring one each; a third piece is refused, for there is none."""
    world = expecting(1, 1)

    assert ordered(world, "three", 3) == {}
    assert ordered(world, "two", 2) == {LineState.BACKORDERED: 2}


def test_solidus_2285_backordered_pieces_that_move_are_neither_on_hand_nor_doubled() -> None:
    """The inbound is closed with nothing: what waited there waits for the next one, each piece once."""
    world = expecting(3, 3)
    ordered(world, "o", 2)
    closed = expected("po-1", node="south", quantities={"MUG": 3}, expected_at=NOW, version=2, is_closed=True)
    world.tell(closed)
    answer = world.ask(redate("po-1", 2))

    assert states(world, "o") == {LineState.BACKORDERED: 2}
    assert world.shop.see(available_by("MUG", NOW + 9 * DAY_MS))["pool:club"] == 1
    assert isinstance(answer, Accepted)
    assert [(e.before, e.after) for e in answer.events if isinstance(e, Redated)] == [(NOW + DAY_MS, NOW + 2 * DAY_MS)]


def test_backorders_are_filled_first_come_first_served() -> None:
    """A later order never gets the pieces that an earlier one waits for, in however small parts they come."""
    world = expecting(5)
    for id in ("first", "second"):
        ordered(world, id, 2)
        world.now += 1
    for number in range(3):
        world.tell(landed(f"r{number}", inbound="po-1", node="south", quantities={"MUG": 1}))

    assert states(world, "first") == {LineState.OPEN: 2}
    assert states(world, "second") == {LineState.OPEN: 1, LineState.BACKORDERED: 1}
    assert isinstance(world.ask(allocate("first", id="wave")), Accepted)
    assert states(world, "first") == {LineState.ALLOCATED: 2}
    assert ordered(world, "third", 2) == {}


def test_a_late_or_cut_inbound_tells_each_order_once_in_the_order_of_the_queue() -> None:
    """Peers re-date nothing: here both orders have one event each, and the younger one loses first."""
    world = expecting(4)
    for id in ("first", "second"):
        ordered(world, id, 2)
        world.now += 1
    late = NOW + 5 * DAY_MS
    world.tell(expected("po-1", node="south", quantities={"MUG": 3}, expected_at=late, version=2))
    answer = world.ask(redate("po-1", 2))

    assert isinstance(answer, Accepted)
    told = [(e.promise.order, e.before, e.after) for e in answer.events if isinstance(e, Redated)]
    assert told == [("first", NOW + DAY_MS, late), ("second", NOW + DAY_MS, None)]
    assert [(r.subject, r.found) for r in answer.because if r.code.value == "supply.unmet"] == [("line:second/1", 1)]
