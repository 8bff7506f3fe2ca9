"""Orders that are open are planned anew together: cheaper in all, no promise later, and nothing begun is touched."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fulfillment.test_decisions import refusal
from tests.fulfillment.test_lasting import ORDER as MILK
from tests.fulfillment.test_lasting import stocked
from tests.fulfillment.test_names import ordered as named
from tests.fulfillment.test_names import phones
from tests.laws.invariants import check_conservation, check_lines_add_up, check_open_lines_have_claims, deficits
from tests.laws.world import LATER, NOW, Waiting, World, interleave, make_order
from unicommerce.catalog import Calendar, Catalog, Component, Network, Node, NodeKind, Pool, Product, SafetyStock
from unicommerce.commerce import AsyncCommerce
from unicommerce.extras.optimize import batch_by_highs
from unicommerce.fulfillment import (
    Allocated,
    Deallocated,
    FulfillmentPolicy,
    ReconsiderCode,
    ReconsiderPolicy,
    Shipment,
    allocate,
    amend,
    picked,
    place,
    reconsider,
    shipment_key,
)
from unicommerce.inventory import adjusted, received, reserve
from unicommerce.ledger import Accepted, Between, Reason, State, Supposed
from unicommerce.orders import LineState, Order, OrderCode, by_shipment, line_account
from unicommerce.routing import Destination, Need, RoutingPolicy, Supply, route
from unicommerce.values import DAY_MS, HOUR_MS, Position

EVERY_DAY = Calendar(days=(1, 2, 3, 4, 5, 6, 7))
AT = {"a": ("52", "13"), "b": ("52.5", "13.5"), "c": ("48", "11.5"), "d": ("50", "8.5")}
NODES = tuple(
    [
        Node(id=id, position=Position.of(*at), rank=rank, calendar=EVERY_DAY, kind=kind, daily_capacity=most)
        for rank, ((id, at), kind, most) in enumerate(
            zip(AT.items(), (*[NodeKind.STORE] * 3, NodeKind.WAREHOUSE), (None, 6, None, None), strict=True)
        )
    ]
)
POOLS = (Pool(id="wide", nodes=tuple("abcd")), Pool(id="narrow", nodes=tuple("abc")))
PRODUCTS = (Product(sku="MUG", weight_g=350), Product(sku="CUP", weight_g=900), Product(sku="LID"))
CATALOG = Catalog(network=Network(nodes=NODES, pools=POOLS), products=PRODUCTS, safety=(SafetyStock("c", "LID", 1),))
SKUS = ("MUG", "CUP", "LID")
HOMES = (*AT.values(), ("51", "10"))


class Step(NamedTuple):
    """One step of a program: what is done, and small whole numbers that say with what."""

    op: str
    a: int
    b: int
    c: int


STEPS = st.builds(
    Step,
    st.sampled_from(("order", "order", "order", "receive", "lose", "pick", "claim", "wait", "more")),
    st.integers(0, 20),
    st.integers(0, 20),
    st.integers(1, 3),
)


def shop(**stock: Mapping[str, int]) -> World:
    """Return a shop with pieces by node and SKU."""
    world = World(CATALOG, stock=0)
    for node, pieces in stock.items():
        world.tell(received(f"opening {node}", node=node, quantities=pieces))
    return world


def order_of(id: str, *skus: str, home: tuple[str, str] = HOMES[0], pool: str = "wide", at: int = NOW) -> Order:
    """Return an order to a home."""
    return attrs.evolve(make_order(id, pool=pool, skus=skus, at=at), destination=Position.of(*home))


def ordered(world: World, order: Order, *pieces: int, policy: FulfillmentPolicy = FulfillmentPolicy()) -> World:
    """Place an order."""
    quantities = {line.id: quantity for line, quantity in zip(order.lines, pieces, strict=True)}
    if isinstance(world.ask(place(order, quantities, policy=policy)), Accepted):
        world.orders.append(order)
    return world


def do(world: World, step: Step) -> None:
    """Take a step."""
    op, a, b, c = step
    node, sku, id = "abcd"[a % 4], SKUS[b % 3], world.next_id(op)
    if op == "order":
        skus = [SKUS[(b + i) % 3] for i in range(1 + a % 3)]
        pool = "narrow" if a % 5 == 0 else "wide"
        order = order_of(id, *skus, home=HOMES[(a + b) % 5], pool=pool, at=world.now)
        ordered(world, order, *[1 + (c + i) % 2 for i in range(len(skus))])
    elif op == "receive":
        world.tell(received(id, node=node, quantities={sku: c}))
    elif op == "lose":
        world.tell(adjusted(id, node=node, sku=sku, change=-1))
    elif op == "claim":
        world.ask(reserve(id, place="pool:narrow" if a % 2 else node, quantities={sku: 1}))
    elif op == "wait":
        world.now += 5 * c * HOUR_MS
    elif op == "more" and world.orders:
        order = world.orders[a % len(world.orders)]
        world.ask(amend(order.id, {order.lines[0].id: c + 1}, id=id))
        world.ask(allocate(order.id, id=id))
    elif op == "pick" and world.shipments:
        shipment = world.shipments[a % len(world.shipments)]
        if there := world.standing(shipment, LineState.ALLOCATED):
            line, held = next(iter(there.items()))
            world.tell(picked(shipment.id, {line: held}))


def shipments(world: State, orders: Iterable[Order]) -> list[tuple[Order, Shipment, dict[str, int]]]:
    """Return what nodes have and have not picked: each shipment with its pieces by line."""
    found = []
    for order in orders:
        by_ref: dict[str, dict[str, int]] = {}
        for line in order.lines:
            parts = world.parts(order.unit(line.id), line_account(LineState.ALLOCATED)).items()
            for account, held in sorted(parts, key=by_shipment):
                by_ref.setdefault(account.ref, {})[line.id] = held
        for ref, pieces in by_ref.items():
            document = world.document(shipment_key(ref))
            assert document is not None
            found.append((order, document, pieces))
    return found


def cost_minor(world: State, orders: Iterable[Order]) -> int:
    """Return what all shipments cost that are not picked, each routed by itself from where it is."""
    total = 0
    for order, shipment, pieces in shipments(world, orders):
        lines = order.line_by_id
        by_sku: dict[str, int] = {}
        for line, quantity in pieces.items():
            by_sku[lines[line].sku] = by_sku.get(lines[line].sku, 0) + quantity
        products = {product.sku: product.weight_g for product in PRODUCTS}
        plan = route(
            [Need(sku, quantity, products[sku]) for sku, quantity in by_sku.items()],
            [Supply(CATALOG.network.node_by_id[shipment.node], tuple(by_sku.values()))],
            destination=Destination(order.destination),
            due_at=NOW + 1_000 * DAY_MS,
            currency=order.currency,
            policy=RoutingPolicy(),
            now=NOW,
        )
        assert not plan.unfilled
        total += plan.cost_minor
    return total


def promises(world: State, orders: Iterable[Order]) -> dict[tuple[str, str], list[int]]:
    """Return by when each piece is promised that is not picked, by order and line, the soonest first."""
    found: dict[tuple[str, str], list[int]] = {}
    for order, shipment, pieces in shipments(world, orders):
        for line, quantity in pieces.items():
            found.setdefault((order.id, line), []).extend([shipment.deliver_by] * quantity)
    return {at: sorted(by) for at, by in found.items()}


def check(world: World, answer: Accepted, before: Supposed) -> None:
    """Raise where an answer breaks a law; `before` is the state that it was decided on."""
    after = Supposed(before, answer.events)
    touched = {e.shipment.order for e in answer.events if isinstance(e, Allocated | Deallocated)}
    was, now = promises(before, world.orders), promises(after, world.orders)
    assert cost_minor(after, world.orders) < cost_minor(before, world.orders)
    assert was.keys() == now.keys()
    for at, by in was.items():
        assert len(now[at]) == len(by)
        assert all(new <= old for new, old in zip(now[at], by, strict=True)), at
    begun = {o.id for o in world.orders for line in o.lines if before.balance(o.unit(line.id), (PICKED,))}
    assert not touched & begun
    assert all(
        guard.admits(after.balance(guard.unit, guard.accounts)) for guard in answer.guards if isinstance(guard, Between)
    )
    moved = {reason.subject for reason in answer.because if reason.code is ReconsiderCode.MOVES}
    assert moved == touched


PICKED = line_account(LineState.PICKED)
JOINT = ReconsiderPolicy(strategy=batch_by_highs())


@given(st.lists(STEPS, min_size=4, max_size=14), st.sampled_from([ReconsiderPolicy(), JOINT]))
def test_the_whole_gets_cheaper_and_no_promise_later(program: list[Step], policy: ReconsiderPolicy) -> None:
    """Whatever has happened before: one reason for each order; the laws of goods and lines hold; a repeat is free."""
    world = shop(a={"MUG": 2, "CUP": 1}, b={"MUG": 1, "LID": 2}, c={"CUP": 2, "LID": 3}, d=dict.fromkeys(SKUS, 3))
    for step in program:
        do(world, step)
    wanted, short = [order.id for order in world.orders], deficits(world.ledger, world.network)
    request = reconsider([*wanted, "nobody"], id="1", policy=policy)
    frozen = Supposed(world.ledger, ())
    decided = request.decide(frozen, world.shop.catalog, world.now)

    assert sorted(reason.subject for reason in decided.because) == sorted([*wanted, "nobody"])
    if isinstance(decided, Accepted):
        check(world, decided, frozen)
        answer = world.ask(request)
        assert isinstance(answer, Accepted)
        assert answer.events == decided.events
        size = len(world.journal())
        again = world.ask(request)
        assert isinstance(again, Accepted)
        assert (again.events, len(world.journal())) == (answer.events, size)
    assert all(deficits(world.ledger, world.network).get(at, 0) >= held for at, held in short.items())
    assert deficits(world.ledger, world.network).keys() <= short.keys()
    check_conservation(world.ledger)
    check_lines_add_up(world)
    check_open_lines_have_claims(world)


BETWEEN = ("50", "12")
"""As far from a as from c."""


def swapped() -> World:
    """Return a shop where the first order has what the second needs more, and could have the second's as well."""
    world = shop(a={"MUG": 1}, c={"MUG": 1})
    ordered(world, order_of("x", "MUG", home=BETWEEN), 1)
    return ordered(world, order_of("y", "MUG"), 1)


def torn() -> World:
    """Return a shop with an order in two parcels, whose nodes have more by now."""
    world = ordered(shop(a={"MUG": 1}, b={"CUP": 1}), order_of("o", "MUG", "CUP"), 1, 1)
    world.tell(received("more", node="a", quantities={"CUP": 3}))
    return world


def crowded() -> World:
    """Return a shop with orders at the far node, and pieces near each of them, of which others claim one."""
    world = shop(d={"MUG": 2})
    for id, home in (("x", AT["a"]), ("y", AT["b"])):
        ordered(world, order_of(id, "MUG", home=home), 1)
    world.tell(received("near", node="a", quantities={"MUG": 1}))
    world.tell(received("near too", node="b", quantities={"MUG": 1}))
    world.ask(reserve("others", place="pool:narrow", quantities={"MUG": 1}))
    return world


def nodes(world: World) -> dict[str, list[str]]:
    """Return by order where its shipments are."""
    found: dict[str, list[str]] = {}
    for order, shipment, _ in shipments(world.ledger, world.orders):
        found.setdefault(order.id, []).append(shipment.node)
    return found


@pytest.mark.parametrize("policy", [ReconsiderPolicy(), JOINT])
def test_the_last_piece_goes_to_whom_it_saves_most(policy: ReconsiderPolicy) -> None:
    """The first order gives its piece to the second, and takes that of the second, which is as near to it."""
    world = swapped()
    assert nodes(world) == {"x": ["a"], "y": ["c"]}
    answer = world.ask(reconsider(["y", "x"], id="1", policy=policy))

    assert nodes(world) == {"x": ["c"], "y": ["a"]}
    assert [reason[:4] for reason in answer.because] == [
        (ReconsiderCode.MOVES, "x", "a", "c"),
        (ReconsiderCode.MOVES, "y", "c", "a"),
    ]


def test_two_parcels_become_one_and_what_need_not_move_stays() -> None:
    """The parcel that goes on as it is, is not touched where another node has the rest in one with it already."""
    world = torn()
    answer = world.ask(reconsider(["o"], id="1"))
    assert isinstance(answer, Accepted)

    assert nodes(world) == {"o": ["a"]}
    assert [type(event) for event in answer.events] == [Deallocated, Deallocated, Allocated]
    assert [reason.code for reason in answer.because] == [ReconsiderCode.MOVES]
    assert [*refusal(world.ask(reconsider(["o"], id="2")))] == [Reason(ReconsiderCode.STAYS, "o", "a")]


def test_a_shipment_that_gives_nothing_up_stays_as_it_is() -> None:
    """Of two parcels, the one from afar goes from nearer; the other keeps its number and its pieces."""
    world = ordered(shop(a={"MUG": 1}, d={"CUP": 1}), order_of("o", "MUG", "CUP"), 1, 1)
    world.tell(received("nearer", node="b", quantities={"CUP": 1}))
    answer = world.ask(reconsider(["o"], id="1"))
    assert isinstance(answer, Accepted)

    assert [type(event) for event in answer.events] == [Deallocated, Allocated]
    assert nodes(world) == {"o": ["a", "b"]}


def test_what_all_moves_save_must_be_enough() -> None:
    """A minor unit below the least, and nothing moves; each order says by how much."""
    enough, too_much = ReconsiderPolicy(least_gain_minor=827), ReconsiderPolicy(least_gain_minor=828)
    answer = torn().ask(reconsider(["o"], id="1", policy=enough))

    assert answer.because == (Reason(ReconsiderCode.MOVES, "o", "a, b", "a", "8.27 USD"),)
    assert refusal(torn().ask(reconsider(["o"], id="1", policy=too_much))) == (
        Reason(ReconsiderCode.TOO_LITTLE, "o", 827, 828, "USD"),
    )


def test_no_promise_gets_later_for_a_cheaper_parcel() -> None:
    """After the cut-off the node next door would be cheaper, and a day late: nothing moves."""
    world = shop(d={"MUG": 1})
    ordered(world, order_of("o", "MUG"), 1)
    world.tell(received("near", node="a", quantities={"MUG": 1}))
    world.now += 3 * DAY_MS

    assert refusal(world.ask(reconsider(["o"], id="1"))) == (Reason(ReconsiderCode.STAYS, "o", "d"),)


def test_each_promise_holds_for_what_it_was_given_for() -> None:
    """One node has all by now, in time for one line and late for the other: one line goes there, and one stays."""
    world = ordered(shop(a={"CUP": 1}, c={"MUG": 1}), order_of("o", "MUG", "CUP"), 1, 1)
    world.tell(received("more", node="d", quantities={"MUG": 1, "CUP": 1}))
    assert isinstance(world.ask(reconsider(["o"], id="1")), Accepted)

    assert nodes(world) == {"o": ["d", "a"]}


def test_a_pick_of_what_stays_is_in_the_way_of_what_moves() -> None:
    """The answer is right only as long as nothing of the order is picked, at whatever node."""
    world = ordered(shop(a={"MUG": 1}, d={"CUP": 1}), order_of("o", "MUG", "CUP"), 1, 1)
    world.tell(received("nearer", node="b", quantities={"CUP": 1}))
    answer = reconsider(["o"], id="1").decide(Supposed(world.ledger, ()), world.shop.catalog, world.now)
    assert isinstance(answer, Accepted)
    assert {e.shipment.id for e in answer.events if isinstance(e, Deallocated)} == {"o/2"}
    world.tell(picked("o/1", {"1": 1}))
    after = Supposed(world.ledger, answer.events)

    sums = [guard for guard in answer.guards if isinstance(guard, Between)]
    assert not all(guard.admits(after.balance(guard.unit, guard.accounts)) for guard in sums)


def test_what_is_promised_to_others_is_left_to_them() -> None:
    """Each of two orders could move, but not both: one stays, and says why."""
    world = crowded()
    answer = world.ask(reconsider(["x", "y"], id="1"))

    assert {reason.code for reason in answer.because} == {ReconsiderCode.MOVES, ReconsiderCode.PROMISED_ELSEWHERE}
    assert deficits(world.ledger, world.network) == {}


def test_an_order_of_which_something_is_picked_is_not_touched() -> None:
    """Not even the parcel of it that nobody has begun."""
    world = torn()
    world.tell(picked("o/1", {"1": 1}))

    assert refusal(world.ask(reconsider(["o"], id="1"))) == (Reason(ReconsiderCode.IN_WORK, "o", 1),)


def said(code: ReconsiderCode) -> tuple[Reason, ...]:
    """Return what a call answers that says a code."""
    kit = Product(sku="SET", components=(Component("MUG", 1), Component("CUP", 1)))
    worlds = {
        ReconsiderCode.MOVES: torn,
        ReconsiderCode.TOO_LITTLE: torn,
        ReconsiderCode.STAYS: lambda: ordered(shop(a={"MUG": 1}), order_of("o", "MUG"), 1),
        ReconsiderCode.NOTHING_ALLOCATED: lambda: ordered(shop(a={"MUG": 1}), order_of("o", "MUG"), 1, policy=LATER),
        ReconsiderCode.PROMISED_ELSEWHERE: crowded,
        ReconsiderCode.TO_COLLECT: to_collect,
        ReconsiderCode.BY_NAME: by_name,
        ReconsiderCode.MUST_LAST: lasting,
    }
    world = worlds.get(code, torn)()
    if code is ReconsiderCode.IN_WORK:
        world.tell(picked("o/1", {"1": 1}))
    elif code is ReconsiderCode.WHOLE_KITS:
        world = World(attrs.evolve(CATALOG, products=(*PRODUCTS, kit)))
        ordered(world, order_of("o", "SET"), 1)
    elif code is ReconsiderCode.NOT_WEIGHED:
        world.tell(adjusted("gone", node="b", sku="CUP", change=-1))
        world.now += 3 * DAY_MS
    least = 10_000 if code is ReconsiderCode.TOO_LITTLE else 1
    orders = [order.id for order in world.orders]
    return world.ask(reconsider(orders, id="1", policy=ReconsiderPolicy(least_gain_minor=least))).because


def to_collect() -> World:
    """Return a shop with an order whose customer comes to a node."""
    return ordered(shop(a={"MUG": 1}), attrs.evolve(order_of("o", "MUG"), collect_at="a"), 1)


def by_name() -> World:
    """Return a shop with an order that has a phone by its serial number."""
    world = phones("S1", "S2")
    named(world, "S2")
    return world


def lasting() -> World:
    """Return a shop with an order of milk that must last."""
    world = stocked(dc={9: 2})
    return ordered(world, MILK, 1)


@pytest.mark.parametrize("code", ReconsiderCode, ids=str)
def test_each_reason_is_said(code: ReconsiderCode) -> None:
    """Of an order that stays, why; and nothing of it moves."""
    assert code in [reason.code for reason in said(code)]


def test_orders_that_are_not_known_are_named() -> None:
    """Nothing else is said of them."""
    assert refusal(World().ask(reconsider(["o"], id="1"))) == (Reason(OrderCode.UNKNOWN_ORDER, "o"),)


RACES = st.lists(st.integers(0, 5), max_size=60)


@settings(max_examples=40)
@given(RACES)
def test_in_a_race_nothing_is_oversold_and_nothing_begun_is_touched(schedule: list[int]) -> None:
    """Two who reconsider, one who picks, one who orders and one who claims, at once, over a store that waits.

    Where the pick is there first, its order stays.
    """
    world = World(CATALOG, stock=0, store=Waiting())
    hosts = [AsyncCommerce(CATALOG, store=world.store) for _ in range(2)]

    def run(*asked: object, turns: Iterable[int] = ()) -> None:
        interleave(list(asked), list(turns))  # type: ignore[arg-type]

    for node, goods in {"a": {"MUG": 1}, "c": {"MUG": 1}, "b": {"CUP": 1}}.items():
        run(hosts[0].tell(received(node, node=node, quantities=goods), now=NOW))
    world.orders += [order_of("x", "MUG", home=BETWEEN), order_of("y", "MUG"), order_of("z", "MUG", "CUP")]
    for order in world.orders[:2]:
        run(hosts[0].ask(place(order, {"1": 1}), now=NOW))
    run(hosts[0].tell(received("more", node="d", quantities={"MUG": 1, "CUP": 1}), now=NOW))
    run(
        hosts[0].ask(reconsider(["x", "y"], id="1"), now=NOW),
        hosts[1].ask(reconsider(["x", "y"], id="2"), now=NOW),
        hosts[1].tell(picked("x/1", {"1": 1}), now=NOW),
        hosts[0].ask(place(world.orders[2], {"1": 1, "2": 1}), now=NOW),
        hosts[1].ask(reserve("c", place="d", quantities={"MUG": 1}), now=NOW),
        turns=schedule,
    )
    world.shipments += [
        event.shipment for _, entry in world.journal() for event in entry.events if isinstance(event, Allocated)
    ]

    ids = [entry.id for _, entry in world.journal()]
    moves = [entry for _, entry in world.journal() if entry.id.startswith("orders/reconsidered/")]
    check_conservation(world.ledger)
    check_lines_add_up(world)
    check_open_lines_have_claims(world)
    moved = {
        e.shipment.order: ids.index(entry.id) for entry in moves for e in entry.events if isinstance(e, Deallocated)
    }
    # A fact that comes too late for the move takes the piece from under the other order: `relieve`.
    assert deficits(world.ledger, world.network) == {} or moved["x"] < ids.index("x/1/picked")
    assert moved.get("x", 0) < ids.index("x/1/picked")
