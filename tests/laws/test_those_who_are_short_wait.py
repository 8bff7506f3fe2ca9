"""Law: who is short at a pool waits for what is expected, where that is allowed, before anything of it is canceled.

The oracle is a count: of what is missing at the pool, as much waits as inbounds bring in time, the most precious first.
"""

from typing import NamedTuple

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.laws.invariants import check_lines_add_up, check_open_lines_have_claims
from tests.laws.world import AHEAD, CATALOG, NOW, Law, World, make_order
from unicommerce.catalog import Channel, Component, Product
from unicommerce.fulfillment import FulfillmentPolicy, place
from unicommerce.inventory import adjusted, goods, received
from unicommerce.inventory.documents import quota, quota_claimed
from unicommerce.ledger import Accepted, Account
from unicommerce.orders import LineState, OrderLine, quantities_by_state
from unicommerce.relief import ReliefPolicy, decisions, relieve
from unicommerce.supply import BackorderPolicy, Redated, SupplyCode, expected, promise_key
from unicommerce.values import DAY_MS

SET = Product(sku="SET", components=(Component("CUP", 2), Component("MUG", 1)))
CHANNELS = tuple([Channel(id=id, pool="web", quotas=(("MUG", 99),)) for id in ("shop", "market")])
SHOP = attrs.evolve(CATALOG, products=(*CATALOG.products, SET), channels=CHANNELS)
LATER = FulfillmentPolicy(allocates_at_once=False)


def waits(channel: str) -> BackorderPolicy:
    """Let orders of the shop wait, a week at most, and those of the market not."""
    return attrs.evolve(AHEAD.backorders, within_ms=7 * DAY_MS) if channel == "shop" else BackorderPolicy()


class Case(NamedTuple):
    """Orders in turn (of which channel, how many), whether at nodes, what is lost, what comes in how many days."""

    orders: list[tuple[str, int]]
    at_once: bool
    lost: int
    coming: list[tuple[int, int]]
    patience: int | None
    cancels: bool


CASES = st.builds(
    Case,
    st.lists(st.tuples(st.sampled_from(("shop", "shop", "market")), st.integers(1, 3)), min_size=1, max_size=5),
    st.booleans(),
    st.integers(1, 8),
    st.lists(st.tuples(st.integers(1, 4), st.integers(-2, 9)), max_size=3),
    st.none() | st.integers(0, 3),
    st.booleans(),
)


def hurt(case: Case) -> World:
    """Return the shop after the loss: all that was there was ordered."""
    world, total = World(SHOP, stock=0), sum([pieces for _, pieces in case.orders])
    world.tell(received("r", node="dc", quantities={"MUG": total}))
    for number, (channel, pieces) in enumerate(case.orders):
        order = attrs.evolve(make_order(f"o{number}", pool="web", skus=("MUG",), at=NOW + number), channel=channel)
        policy = FulfillmentPolicy() if case.at_once else LATER
        assert isinstance(world.ask(place(order, {"1": pieces}, policy=policy)), Accepted)
        world.orders.append(order)
    for number, (pieces, days) in enumerate(case.coming):
        world.tell(expected(f"i{number}", node="dc", quantities={"MUG": pieces}, expected_at=NOW + days * DAY_MS))
    world.tell(adjusted("lost", node="dc", sku="MUG", change=-min(case.lost, total)))
    return world


def in_time(case: Case) -> int:
    """Return how many pieces come within a week, and are not too late already."""
    late = -99 if case.patience is None else -case.patience
    return sum([pieces for pieces, days in case.coming if late < days <= 7])


def who_is_short_waits(case: Case) -> None:
    """As much waits as comes in time; the rest gives way or is named; each order is told once."""
    world = hurt(case)
    patience = None if case.patience is None else case.patience * DAY_MS
    policy = ReliefPolicy(cancels=case.cancels, patience_ms=patience, backorders=waits)
    answer = world.ask(relieve("facts", ["MUG"], policy=policy))
    assert isinstance(answer, Accepted) or not case.cancels
    states = {order.id: quantities_by_state(world.ledger, order.unit("1")) for order in world.orders}
    waiting = {id: by.get(LineState.BACKORDERED, 0) for id, by in states.items()}
    short, gone = shortage(case), {id: by.get(LineState.CANCELED, 0) for id, by in states.items()}
    asked = sum([pieces for id, pieces in short.items() if channel_of(world, id) == "shop"])
    assert sum(waiting.values()) == min(asked, in_time(case))
    assert {id: waiting[id] + gone[id] for id in short} == (short if case.cancels else waiting)
    told = [event for event in answer.events if isinstance(event, Redated)] if isinstance(answer, Accepted) else []
    assert sorted([event.promise.order for event in told]) == sorted([id for id, held in waiting.items() if held])
    for id, held in waiting.items():
        promise = world.ledger.document(promise_key(id))
        assert (promise is not None) == bool(held)
        assert not held or channel_of(world, id) == "shop"
    moved = sum([int(r.found or 0) for r in answer.because if r.code is SupplyCode.MOVED])
    assert moved == sum(waiting.values())
    check_lines_add_up(world)
    check_open_lines_have_claims(world)
    claimed = sum([sum(by.values()) - by.get(LineState.CANCELED, 0) for by in states.values()])
    drawn = [world.ledger.balance(quota(each.id, "MUG"), (quota_claimed(each.id),)) for each in CHANNELS]
    assert sum(drawn) == claimed


def shortage(case: Case) -> dict[str, int]:
    """Return what each order is short of: the youngest lose first."""
    left, short = min(case.lost, sum([pieces for _, pieces in case.orders])), dict[str, int]()
    for number, (_, pieces) in reversed(list(enumerate(case.orders))):
        short[f"o{number}"] = min(pieces, left)
        left -= short[f"o{number}"]
    return short


def channel_of(world: World, id: str) -> str:
    """Return the channel of an order."""
    return next(order.channel for order in world.orders if order.id == id)


LAW = Law("who is short waits", CASES, who_is_short_waits)


@given(LAW.cases)
def test_who_is_short_at_a_pool_waits_for_what_is_expected(case: Case) -> None:
    """On random orders, losses and inbounds."""
    LAW.check(case)


def test_without_waiting_the_law_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """As it was: the order is named although an inbound has room."""
    monkeypatch.setattr(decisions, "wait_instead", lambda *_: Accepted())
    with pytest.raises(AssertionError):
        who_is_short_waits(Case([("shop", 1)], at_once=False, lost=1, coming=[(1, 1)], patience=None, cancels=True))


@pytest.mark.parametrize("cups", [2, 1])
def test_a_kit_that_is_short_of_a_mug_waits_with_its_cups(cups: int) -> None:
    """The cups wait on the shelf of the node that the mug comes to; where they are not all there, the kit goes."""
    world = World(SHOP, stock=0)
    world.tell(received("r", node="dc", quantities={"MUG": 1, "CUP": 2}))
    order = attrs.evolve(make_order("o", pool="web", skus=("SET",)), channel="shop")
    order = attrs.evolve(order, lines=(OrderLine(id="1", sku="SET"),))
    assert isinstance(world.ask(place(order, {"1": 1})), Accepted)
    world.tell(expected("i", node="dc", quantities={"MUG": 1}, expected_at=NOW + DAY_MS))
    world.tell(adjusted("lost", node="dc", sku="MUG", change=-1))
    if cups < 2:
        world.tell(adjusted("broken", node="dc", sku="CUP", change=-1))
    policy = ReliefPolicy(cancels=True, backorders=waits)
    assert isinstance(world.ask(relieve("facts", ["CUP", "MUG"], policy=policy)), Accepted)
    state = LineState.BACKORDERED if cups == 2 else LineState.CANCELED
    for line, pieces in (("1.1", 2), ("1.2", 1)):
        assert quantities_by_state(world.ledger, order.unit(line)) == {state: pieces}
    assert world.ledger.balance(goods("CUP"), (Account("dc", "reserved"),)) == (2 if cups == 2 else 0)
