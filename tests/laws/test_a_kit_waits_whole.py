"""Law: a kit that may not part and waits does so at one node, whole, and no fact tears it.

It is served whole once all its pieces are there; where they do not come, it gets others there, or gives way whole.
"""

from typing import NamedTuple

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.laws.invariants import (
    check_conservation,
    check_line_moves,
    check_lines_add_up,
    check_no_worse,
    check_open_lines_have_claims,
    check_parts_are_counted,
    deficits,
)
from tests.laws.world import AHEAD, CATALOG, NOW, Distant, Law, Step, World, make_order
from unicommerce.catalog import Channel, Component, Product
from unicommerce.fulfillment import FulfillmentPolicy, allocate, amend, cancel, picked, place
from unicommerce.inventory import adjusted, goods, received, release, reserve
from unicommerce.inventory.documents import quota, quota_claimed
from unicommerce.ledger import Accepted, Account, Ledger, Memory, Refused
from unicommerce.orders import LineState, Order, OrderLine, line_account, order_key, ordered, quantities_by_state
from unicommerce.relief import ReliefPolicy, relieve
from unicommerce.supply import SupplyCode, claim_ahead, expected, landed, lost, promise_key, redate
from unicommerce.values import DAY_MS, HOUR_MS

SET = Product(sku="SET", components=(Component("CUP", 2), Component("MUG", 1)))
WEB = Channel(id="shop", pool="web", quotas=(("MUG", 99), ("CUP", 99)))
SHOP = attrs.evolve(CATALOG, products=(*CATALOG.products, SET), channels=(WEB,))
NODES = ("dc", "south")
FACTS = ("land", "land", "land elsewhere", "cut", "late", "lose", "break", "short", "receive")
REQUESTS = ("cancel", "more", "allocate", "allocate")
STEPS = (*FACTS, "redate", "relieve", *REQUESTS)


class Days(NamedTuple):
    """Pieces on the shelves and to come by node, orders of kits (and mugs), and what happens: which, how many."""

    stock: tuple[tuple[int, int], ...]
    coming: tuple[tuple[int, int], ...]
    orders: list[tuple[int, int]]
    is_distant: bool
    steps: list[tuple[str, int, int]]


TWO = st.tuples(st.integers(0, 3), st.integers(0, 4))
DAYS = st.builds(
    Days,
    st.tuples(TWO, TWO),
    st.tuples(TWO, TWO),
    st.lists(st.tuples(st.integers(1, 2), st.integers(0, 1)), min_size=1, max_size=3),
    st.booleans(),
    st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 3), st.integers(1, 3)), max_size=7),
)


def opened(case: Days) -> World:
    """Return the shop with its orders: of some kits there are all the pieces, others wait."""
    world = World(SHOP, stock=0, store=Distant() if case.is_distant else Memory())
    for node, (mugs, cups), (more, others) in zip(NODES, case.stock, case.coming, strict=True):
        if here := {sku: pieces for sku, pieces in (("MUG", mugs), ("CUP", cups)) if pieces}:
            world.tell(received(f"r {node}", node=node, quantities=here))
        if soon := {sku: pieces for sku, pieces in (("MUG", more), ("CUP", others)) if pieces}:
            world.tell(expected(f"i {node}", node=node, quantities=soon, expected_at=NOW + DAY_MS))
    for number, (kits, loose) in enumerate(case.orders):
        order(world, f"o{number}", kits, loose)
    return world


def order(world: World, id: str, kits: int, loose: int = 0) -> bool:
    """Ask for kits, and mugs beside them; tell whether they were taken."""
    lines = (OrderLine(id="1", sku="SET"), OrderLine(id="2", sku="MUG"))
    made = attrs.evolve(make_order(id, pool="web", skus=("MUG",), at=NOW), lines=lines, channel="shop")
    is_taken = isinstance(world.ask(place(made, {"1": kits} | ({"2": loose} if loose else {}), policy=AHEAD)), Accepted)
    if is_taken:
        document = world.ledger.document(order_key(id))
        assert document is not None
        world.orders.append(document)
    return is_taken


def take(world: World, step: str, number: int, quantity: int) -> None:
    """Take one step."""
    node, sku, version = NODES[number % 2], ("MUG", "CUP")[number // 2], world.next_id("v")
    inbound = f"i {node}"
    if step in {"land", "land elsewhere"}:
        where = node if step == "land" else NODES[1 - number % 2]
        world.tell(landed(world.next_id("l"), inbound=inbound, node=where, quantities={sku: quantity}))
    elif step in {"cut", "late"}:
        pieces = {sku: quantity, ("CUP", "MUG")[number // 2]: 9} if step == "late" else {sku: quantity}
        at = NOW + (9 if step == "late" else 2) * DAY_MS
        number = int(version[1:]) + 1
        world.tell(expected(inbound, node=node, quantities=pieces, expected_at=at, version=number))
    elif step in {"receive", "lose", "break"}:
        id = world.next_id("x")
        facts = {
            "receive": received(id, node=node, quantities={"MUG": quantity, "CUP": quantity}),
            "lose": lost(id, inbound=inbound, quantities={sku: quantity}),
            "break": adjusted(id, node=node, sku=sku, change=-quantity),
        }
        world.tell(facts[step])
    elif step == "redate":
        world.ask(redate(inbound, 1, cause=version))
    elif step == "relieve":
        policy = ReliefPolicy(cancels=quantity > 1, backorders=lambda _: AHEAD.backorders if number else IN_NO_CASE)
        world.ask(relieve(world.next_id("hurt"), ["MUG", "CUP"], policy=policy))
    elif step == "short":
        for shipment in world.shipments[number : number + 1]:
            held = world.standing(shipment, LineState.ALLOCATED)
            world.tell(picked(shipment.id, {}, short=dict(list(held.items())[:1])))
    elif world.orders:
        change(world, step, world.orders[number % len(world.orders)], quantity)


def change(world: World, step: str, order: Order, quantity: int) -> None:
    """Ask for fewer kits, or more, or to give them to nodes."""
    id, (line, each) = world.next_id("change"), order.kits[0].components[0]
    kits = ordered(world.ledger, order.unit(line)) // each + quantity - 1
    requests = {
        "cancel": cancel(order.id, {"1": 1}, id=id),
        "more": amend(order.id, {"1": kits}, id=id, policy=AHEAD),
        "allocate": allocate(order.id, id=id),
    }
    world.ask(requests[step])


IN_NO_CASE = ReliefPolicy().backorders("")


def kept(world: World, order: Order) -> dict[str, dict[str, int]]:
    """Return the pieces by line that each node keeps or expects for the kits of an order."""
    found: dict[str, dict[str, int]] = {}
    for line, _ in order.kits[0].components:
        for account, held in world.ledger.parts(order.unit(line), line_account(LineState.BACKORDERED)).items():
            node = account.ref.split(":", 2)[1] if account.ref.startswith("node:") else ""
            at = found.setdefault(node, {})
            at[line] = at.get(line, 0) + held
    return found


def a_kit_waits_whole(case: Days) -> None:
    """Raise where pieces of a kit wait at a node without the others, or their claims are not where they wait."""
    world = opened(case)
    for step in (("", 0, 0), *case.steps):
        before = deficits(world.ledger, world.network)
        if step[0]:
            take(world, *step)
        if step[0] in REQUESTS:
            check_no_worse(before, world)
        check_open_lines_have_claims(world)
        check_lines_add_up(world)
        check_conservation(world.ledger)
        check_parts_are_counted(world.ledger)
        for each in world.orders:
            components = dict(each.kits[0].components)
            for node, pieces in kept(world, each).items():
                if node:
                    assert len({pieces.get(line, 0) / n for line, n in components.items()}) == 1, (step, node, pieces)
        check_quotas(world)
    check_line_moves(world)
    assert Ledger.replay(world.journal()).snapshot() == world.ledger.snapshot()


def check_quotas(world: World) -> None:
    """Each piece that an order has claimed or waits for counts once, and no other does."""
    claimed = [line_account(state) for state in (LineState.OPEN, LineState.BACKORDERED, LineState.ALLOCATED)]
    for sku in ("MUG", "CUP"):
        units = [each.unit(line.id) for each in world.orders for line in each.lines if line.sku == sku]
        drawn = world.ledger.balance(quota("shop", sku), (quota_claimed("shop"),))
        assert drawn == sum([world.ledger.balance(unit, claimed) for unit in units]), sku


LAW = Law("a kit waits whole", DAYS, a_kit_waits_whole)


@given(LAW.cases)
def test_a_kit_that_waits_is_torn_by_no_fact(case: Days) -> None:
    """Short landings, cuts, losses, relief and cancellations."""
    LAW.check(case)


def _waiting(mugs: int = 1, cups: int = 0, *, coming: tuple[int, int] = (0, 2)) -> World:
    """Return a shop where a kit waits at the dc: what is there, and what comes, mugs and cups."""
    world = opened(Days(((mugs, cups), (0, 0)), (coming, (0, 0)), [], is_distant=False, steps=[]))
    assert order(world, "o", 1)
    return world


def _states(world: World) -> dict[str, dict[str, int]]:
    placed = world.orders[0]
    lines = {line.sku: quantities_by_state(world.ledger, placed.unit(line.id)) for line in placed.lines[:2]}
    return {sku: {state.value: held for state, held in by.items()} for sku, by in lines.items()}


def test_a_kit_waits_at_the_node_that_has_a_part_of_it() -> None:
    """The mug is set aside where the cups come, and nobody else gets it; all is allocated once the cups are there."""
    world = _waiting()
    assert _states(world) == {"CUP": {"backordered": 2}, "MUG": {"backordered": 1}}
    assert world.ledger.balance(goods("MUG"), (Account("dc", "sellable"),)) == 0
    promise = world.ledger.document(promise_key("o"))
    assert promise is not None
    assert promise.promised_at == NOW + DAY_MS
    world.tell(landed("l1", inbound="i dc", node="dc", quantities={"CUP": 1}))
    world.ask(allocate("o", id="too early"))
    assert _states(world) == {"CUP": {"backordered": 2}, "MUG": {"backordered": 1}}
    world.tell(landed("l2", inbound="i dc", node="dc", quantities={"CUP": 1}))
    assert isinstance(world.ask(allocate("o", id="all is there")), Accepted)
    assert _states(world) == {"CUP": {"allocated": 2}, "MUG": {"allocated": 1}}


def test_pieces_that_come_to_two_nodes_are_no_kit() -> None:
    """A mug at the dc and cups for the south do not make a kit that waits."""
    world = opened(Days(((1, 0), (0, 0)), ((0, 0), (0, 2)), [], is_distant=False, steps=[]))
    assert not order(world, "o", 1)


@pytest.mark.parametrize("cancels", [True, False])
def test_a_kit_whose_cups_do_not_come_gives_way_whole(cancels: bool) -> None:  # noqa: FBT001
    """The mug goes with the cups, or waits with them for people."""
    world = _waiting()
    world.tell(lost("x", inbound="i dc", quantities={"CUP": 2}))
    world.ask(relieve("inbound/i dc/lost/x", ["CUP"], policy=ReliefPolicy(cancels=cancels)))
    state = "canceled" if cancels else "backordered"
    assert _states(world) == {"CUP": {state: 2}, "MUG": {state: 1}}


STAYS = FulfillmentPolicy(kits_move=False)


def test_a_kit_goes_from_where_it_is_whole_first() -> None:
    """It waits at the dc; the south has it whole before: it goes from there and says so, unless the policy keeps it."""
    world = _waiting()
    world.tell(received("r", node="south", quantities={"MUG": 1, "CUP": 2}))
    assert isinstance(world.ask(allocate("o", policy=STAYS, id="stays")), Refused)
    answer = world.ask(allocate("o", id="moves"))

    assert _states(world) == {"CUP": {"allocated": 2}, "MUG": {"allocated": 1}}
    assert [shipment.node for shipment in world.shipments] == ["south"]
    moved = [(reason.subject, reason.found) for reason in answer.because if reason.code is SupplyCode.MOVED]
    assert moved == [("line:o/1.1", 2), ("line:o/1.2", 1)]
    left = {
        (sku, place, state): world.ledger.balance(goods(sku), (Account(place, state),))
        for sku, place, state in (("MUG", "dc", "sellable"), ("CUP", "inbound", "expected"))
    }
    assert set(left.values()) == {1, 2}  # the mug, and the cups that are to come, are free for others
    check_quotas(world)
    check_open_lines_have_claims(world)


def test_a_kit_is_moved_whole_or_not_at_all() -> None:
    """The cups are in the south and the mug is not: it waits where it did, though both are in the pool."""
    world = _waiting()
    world.tell(received("r", node="south", quantities={"CUP": 2}))
    before = world.ledger.snapshot()

    assert isinstance(world.ask(allocate("o", id="too early")), Refused)
    assert world.ledger.snapshot() == before


def test_of_two_kits_as_many_move_as_are_whole() -> None:
    """One goes from the south; the other waits on, whole, for what comes last to nobody."""
    world = opened(Days(((2, 0), (0, 0)), ((0, 4), (0, 0)), [], is_distant=False, steps=[]))
    assert order(world, "o", 2)
    world.tell(received("r", node="south", quantities={"MUG": 1, "CUP": 3}))
    world.ask(allocate("o"))

    assert _states(world) == {"CUP": {"allocated": 2, "backordered": 2}, "MUG": {"allocated": 1, "backordered": 1}}
    assert kept(world, world.orders[0]) == {"dc": {"1.1": 2, "1.2": 1}}


def test_pieces_that_are_promised_to_others_move_no_kit() -> None:
    """The south has it whole, and the pool has sold the mug."""
    world = _waiting()
    world.tell(received("r", node="south", quantities={"MUG": 1, "CUP": 2}))
    world.ask(reserve("b", place="south", quantities={"CUP": 1}))

    assert isinstance(world.ask(allocate("o")), Refused)
    assert deficits(world.ledger, world.network) == {}


def test_a_mug_that_breaks_on_the_shelf_comes_with_the_next_inbound() -> None:
    """The kit waits on, at its node, for the mug as well, and the customer is told a new date."""
    world = _waiting()
    world.tell(expected("i2", node="dc", quantities={"MUG": 1}, expected_at=NOW + 3 * DAY_MS))
    world.tell(adjusted("count", node="dc", sku="MUG", change=-1))
    assert isinstance(world.ask(relieve("adjustment/count", ["MUG"])), Accepted)
    assert kept(world, world.orders[0]) == {"dc": {"1.1": 2, "1.2": 1}}
    promise = world.ledger.document(promise_key("o"))
    assert promise is not None
    assert promise.promised_at == NOW + 3 * DAY_MS


def test_no_more_of_an_order_goes_than_a_node_has_lost() -> None:
    """A mug that waits on the shelf stays where one that was given to the node is enough."""
    world = opened(Days(((2, 2), (0, 0)), ((0, 2), (0, 0)), [], is_distant=False, steps=[]))
    assert order(world, "o", 2)
    assert _states(world)["MUG"] == {"allocated": 1, "backordered": 1}
    world.tell(adjusted("count", node="dc", sku="MUG", change=-1))
    world.tell(expected("i2", node="dc", quantities={"MUG": 1}, expected_at=NOW + 3 * DAY_MS))
    world.ask(relieve("adjustment/count", ["MUG"]))
    assert _states(world)["MUG"] == {"open": 1, "backordered": 1}
    assert world.ledger.balance(goods("MUG"), (Account("inbound", "reserved"),)) == 0


def test_a_hold_that_is_over_stands_in_no_kits_way() -> None:
    """The cups that it kept are the kit's."""
    world = opened(Days(((1, 0), (0, 0)), ((0, 2), (0, 0)), [], is_distant=False, steps=[]))
    until = world.now + HOUR_MS
    assert isinstance(world.ask(claim_ahead("c", inbound="i dc", quantities={"CUP": 2}, until=until)), Accepted)
    assert not order(world, "too early", 1)
    world.now += 2 * HOUR_MS
    assert order(world, "o", 1)


def test_what_a_closed_node_keeps_is_not_given_from_elsewhere_twice() -> None:
    """The dc has the kit whole and closes; the pieces of the other node are promised to somebody else by then."""
    world = _waiting()
    world.tell(landed("l1", inbound="i dc", node="dc", quantities={"CUP": 2}))
    world.do(Step("turn", 0, 0, 1))
    world.tell(received("r", node="south", quantities={"MUG": 1, "CUP": 2}))
    world.ask(reserve("b", place="pool:web", quantities={"MUG": 1}))
    world.ask(allocate("o", id="while it is closed"))
    assert deficits(world.ledger, world.network) == {}
    assert _states(world)["MUG"] == {"backordered": 1}

    world.ask(release("b"))
    world.ask(allocate("o", id="now there is room"))
    assert _states(world) == {"CUP": {"allocated": 2}, "MUG": {"allocated": 1}}
    assert [shipment.node for shipment in world.shipments] == ["south"]
    assert deficits(world.ledger, world.network) == {}
