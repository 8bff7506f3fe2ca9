"""Law: an open line always has a claim and no closed one has; what was ordered is the sum over the states."""

from hypothesis import given

from tests.laws.invariants import (
    check_goods_under_way,
    check_line_moves,
    check_lines_add_up,
    check_open_lines_have_claims,
)
from tests.laws.world import NOW, Law, Program, World, make_order, programs
from unicommerce.fulfillment import FulfillmentPolicy, allocate, cancel, picked, place
from unicommerce.inventory import goods
from unicommerce.ledger import Accepted, Account

WORK = (
    "expect",
    "land",
    "lose",
    "redate",
    "place_ahead",
    "place_in_part",
    "place",
    "place_later",
    "allocate",
    "amend",
    "cancel_part",
    "pick",
    "pick_short",
    "ship",
    "deliver",
    "give_back",
)


def an_open_line_has_a_claim(program: Program) -> None:
    """Raise where pieces that are to be shipped are not set aside, or pieces that are not still are."""
    world = World()
    for step in program:
        world.do(step)
        check_open_lines_have_claims(world)


def ordered_is_the_sum(program: Program) -> None:
    """Raise where a line does not add up, a state holds less than nothing, or goods and lines part."""
    world = World()
    for step in program:
        world.do(step)
        check_lines_add_up(world)
        check_goods_under_way(world)
    check_line_moves(world)


LAW = Law("an open line always has a claim", programs() | programs(WORK), an_open_line_has_a_claim)
SUM_LAW = Law("ordered is the sum over the states", programs() | programs(WORK), ordered_is_the_sum)


@given(LAW.cases)
def test_what_is_to_be_shipped_is_set_aside(program: Program) -> None:
    """At the pool while open, at the node of its shipment from allocating until it leaves, nowhere else."""
    LAW.check(program)


@given(SUM_LAW.cases)
def test_a_line_adds_up_by_moves_of_the_one_table(program: Program) -> None:
    """No piece of a line is made, lost, or in two states; what is under way is what was shipped."""
    SUM_LAW.check(program)


def test_a_short_pick_gives_the_claim_back_to_the_pool() -> None:
    """The node could not find two of three: they are claimed at the pool again, and looked for in quarantine."""
    world = World()
    order = make_order("o", pool="club", skus=("MUG",))
    world.ask(place(order, {"1": 3}))
    world.orders.append(order)
    node = world.shipments[0].node
    world.tell(picked("o/1", {"1": 1}, short={"1": 2}))
    at_pool = Account("pool:club", "reserved", order.unit("1"))

    assert world.ledger.balance(goods("MUG"), (at_pool,)) == 2
    assert world.ledger.balance(goods("MUG"), (Account(node, "quarantine"),)) == 2
    check_open_lines_have_claims(world)


def test_pieces_that_no_node_could_find_are_canceled_from_the_pool() -> None:
    """After a short pick the rest is allocated elsewhere, or canceled; either way no claim is left behind."""
    world = World()
    order = make_order("o", pool="club", skus=("MUG",))
    world.ask(place(order, {"1": 3}, policy=FulfillmentPolicy()))
    world.orders.append(order)
    world.tell(picked("o/1", {"1": 1}, short={"1": 2}))
    wave = world.ask(allocate("o", id="wave"))
    canceled = world.shop.ask(cancel("o", {"1": 2}, id="rest"), now=NOW)

    assert isinstance(wave, Accepted)
    assert isinstance(canceled, Accepted)
    check_open_lines_have_claims(world)
    check_lines_add_up(world)
