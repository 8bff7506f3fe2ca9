"""When an inbound brings less than was claimed of it, the least precious lose it, and get other goods or give way.

The oracle is a count: of what was cut, as much as is on the shelves or comes otherwise is moved, the rest gives way.
"""

from collections.abc import Mapping
from typing import NamedTuple

import attrs
from hypothesis import given
from hypothesis import strategies as st

from tests.laws.world import AHEAD, CATALOG, NOW, Law, World, make_order
from unicommerce.catalog import Channel, Component, Product, pool_place
from unicommerce.fulfillment import cancel, place
from unicommerce.inventory import available, goods, received
from unicommerce.inventory.documents import quota, quota_claimed
from unicommerce.ledger import Accepted, Account, ReasonCode
from unicommerce.orders import LineState, Order, OrderLine, line_account, order_key, quantities_by_state
from unicommerce.relief import ReliefCode, ReliefPolicy, relieve
from unicommerce.supply import SupplyCode, awaited, claim_ahead, coming, expected, landed, promise_key, redate
from unicommerce.values import DAY_MS

SET = Product(sku="SET", components=(Component("CUP", 2), Component("MUG", 1)))
WEB = Channel(id="shop", pool="web", quotas=(("MUG", 99), ("CUP", 99)))
SHOP = attrs.evolve(CATALOG, products=(*CATALOG.products, SET), channels=(WEB,))
PLACE = pool_place("web")


class Waiting(NamedTuple):
    """Somebody who waits: a claim that is held or firm, an order of mugs or of kits; of so many, how urgent."""

    kind: str
    pieces: int
    priority: int


class Case(NamedTuple):
    """Who waits for an inbound of mugs, how many do not come, what comes later, what is there, what is allowed."""

    waiting: list[Waiting]
    cut: int
    later: int
    there: int
    cancels: bool


CASES = st.builds(
    Case,
    st.lists(
        st.builds(Waiting, st.sampled_from(("held", "firm", "order", "kit")), st.integers(1, 3), st.integers(0, 2)),
        min_size=1,
        max_size=5,
    ),
    st.integers(0, 8),
    st.integers(0, 3),
    st.integers(0, 3),
    st.booleans(),
)


def hurt(case: Case) -> tuple[World, dict[str, Waiting]]:
    """Return the shop after the cut, and who waits in it by the `ref` of their mugs."""
    world, refs, total = World(SHOP, stock=0), dict[str, Waiting](), sum([each.pieces for each in case.waiting])
    _expect(world, "po-1", 1, total, 1)
    for number, one in enumerate(case.waiting):
        world.now += 1
        if one.kind in {"held", "firm"}:
            until, own = world.now + 9 * DAY_MS if one.kind == "held" else None, {"MUG": one.pieces}
            request = claim_ahead(
                f"c{number}", inbound="po-1", quantities=own, place=PLACE, until=until, priority=one.priority
            )
            assert isinstance(world.ask(request), Accepted)
            refs[f"claim:c{number}"] = one
            continue
        order = make_order(f"o{number}", pool="web", skus=("MUG",), at=world.now)
        line = OrderLine(id="1", sku="SET" if one.kind == "kit" else "MUG")
        order = attrs.evolve(order, lines=(line,), priority=one.priority, channel="shop")
        assert isinstance(
            world.ask(place(order, {"1": one.pieces}, policy=attrs.evolve(AHEAD, kits_may_part=True))), Accepted
        )
        refs[_mugs(_order(world, order.id))] = one
    _expect(world, "po-1", 2, max(total - case.cut, 0), 1)
    if case.later:
        _expect(world, "po-2", 1, case.later, 3, cups=0)
    if case.there:
        world.tell(received("r", node="dc", quantities={"MUG": case.there}))
    return world, refs


def _expect(world: World, id: str, version: int, mugs: int, days: int, *, cups: int = 99) -> None:
    pieces = {sku: quantity for sku, quantity in (("MUG", mugs), ("CUP", cups)) if quantity}
    world.tell(expected(id, node="south", quantities=pieces, expected_at=NOW + days * DAY_MS, version=version))


def _order(world: World, id: str) -> Order:
    order = world.ledger.document(order_key(id))
    assert order is not None
    return order


def _mugs(order: Order) -> str:
    return next(order.unit(line.id) for line in order.lines if line.sku == "MUG")


def they_lose_no_more_than_must(case: Case) -> None:
    """The least precious lose what was cut; what else there is goes to them, the rest of it gives way or is named."""
    world, refs = hurt(case)
    gone = max(-world.ledger.balance(goods("MUG"), (coming("po-1"),)), 0)
    answer = world.ask(relieve("facts", ["MUG"], policy=ReliefPolicy(cancels=case.cancels)))
    said: dict[ReasonCode, dict[str, int]] = {
        code: dict.fromkeys(refs, 0) for code in (SupplyCode.MOVED, ReliefCode.GIVES_WAY, ReliefCode.UNMET)
    }
    for reason in answer.because:
        if reason.subject in refs and reason.code in said:
            said[reason.code][reason.subject] += int(reason.found or 0)
    lost = {ref: sum([by_ref[ref] for by_ref in said.values()]) for ref in refs}
    assert sum(lost.values()) == gone
    ranked = sorted(refs, key=lambda ref: _rank(refs[ref], ref))
    for kept, loser in zip(ranked[1:], ranked, strict=False):
        assert not lost[kept] or lost[loser] == refs[loser].pieces, "somebody more precious has lost"
    moved = sum(said[SupplyCode.MOVED].values())
    orders = sum([lost[ref] for ref in refs if ref.startswith("line:")])
    assert moved >= max(min(gone, case.there), min(orders, case.there + case.later))
    left = gone - moved
    assert left == 0 or available(world.ledger, SHOP, place=PLACE, sku="MUG") == 0
    named = sum(said[ReliefCode.UNMET].values())
    assert -world.ledger.balance(goods("MUG"), (coming("po-1"),)) <= named
    assert not named or not case.cancels
    for ref in refs:
        at = [awaited(id, ref) for id in ("po-1", "po-2")]
        pieces = world.ledger.balance(goods("MUG"), at) + _claimed(world, ref)
        assert pieces == refs[ref].pieces - said[ReliefCode.GIVES_WAY][ref]
    for number, one in enumerate(case.waiting):
        if one.kind in {"order", "kit"}:
            _check_order(world, _order(world, f"o{number}"), one, said)


def _claimed(world: World, ref: str) -> int:
    return world.ledger.balance(goods("MUG"), [Account(PLACE, state, ref) for state in ("held", "reserved")])


def _check_order(world: World, order: Order, one: Waiting, said: Mapping[ReasonCode, Mapping[str, int]]) -> None:
    """An order keeps whole kits, and knows the date of what it waits for, or that there is none."""
    canceled = {
        line.sku: quantities_by_state(world.ledger, order.unit(line.id)).get(LineState.CANCELED, 0)
        for line in order.lines
    }
    ref = _mugs(order)
    assert canceled["MUG"] == said[ReliefCode.GIVES_WAY][ref]
    assert canceled.get("CUP", 0) == (2 * canceled["MUG"] if one.kind == "kit" else 0), "a kit was torn"
    promise = world.ledger.document(promise_key(order.id))
    assert promise is not None
    if said[ReliefCode.UNMET][ref]:
        assert promise.promised_at is None
    elif world.ledger.balance(goods("MUG"), (awaited("po-2", ref),)):
        assert promise.promised_at == NOW + 3 * DAY_MS
    elif said[SupplyCode.MOVED][ref] == one.pieces and one.kind == "order":
        assert promise.promised_at == world.now


def _rank(one: Waiting, ref: str) -> tuple[int, ...]:
    """Return how precious a claim is: firm, urgent, an order, and an old one."""
    number = int(ref.partition(":")[2].partition("/")[0][1:])
    return one.kind != "held", one.priority, one.kind in {"order", "kit"}, -number


def quotas_follow_their_pieces(case: Case) -> None:
    """Moved by `redate` or `relieve`, or canceled: each piece that an order claims counts once, and no other does."""
    world, _ = hurt(case)
    _check_quotas(world, case)
    if case.later % 2:
        world.ask(redate("po-1", 2))
    _check_quotas(world, case)
    world.ask(relieve("facts", ["MUG"], policy=ReliefPolicy(cancels=case.cancels)))
    _check_quotas(world, case)
    world.tell(landed("r1", inbound="po-1", node="south", quantities={"MUG": 2, "CUP": 3}))
    _check_quotas(world, case)
    for number, one in enumerate(case.waiting):
        if one.kind in {"order", "kit"}:
            world.ask(cancel(f"o{number}"))
    _check_quotas(world, case)


def _check_quotas(world: World, case: Case) -> None:
    states = [line_account(state) for state in (LineState.OPEN, LineState.BACKORDERED, LineState.ALLOCATED)]
    orders = [_order(world, f"o{number}") for number, one in enumerate(case.waiting) if one.kind in {"order", "kit"}]
    for sku in ("MUG", "CUP"):
        units = [order.unit(line.id) for order in orders for line in order.lines if line.sku == sku]
        drawn = world.ledger.balance(quota("shop", sku), (quota_claimed("shop"),))
        assert drawn == sum([world.ledger.balance(unit, states) for unit in units]), sku


LAW = Law("they lose no more than must", CASES, they_lose_no_more_than_must)

QUOTA_LAW = Law("quotas follow their pieces", CASES, quotas_follow_their_pieces)


@given(QUOTA_LAW.cases)
def test_a_quota_follows_its_pieces(case: Case) -> None:
    """On random queues, cuts, landings and cancellations."""
    QUOTA_LAW.check(case)


@given(LAW.cases)
def test_those_who_wait_in_vain_lose_no_more_than_must(case: Case) -> None:
    """On random queues and cuts."""
    LAW.check(case)
