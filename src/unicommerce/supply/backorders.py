"""Orders that wait for goods: claims on what is expected, the earliest first, and new dates when that changes.

Pieces of a line that wait are `backordered` at the inbound that brings them, where they have their claim. When it lands
they are open, with the claim at the order's pool, in the same event: an open or backordered line always has a claim.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import attrs

from ..catalog import Catalog, Network, pool_place
from ..inventory import Claimed, ClaimLine, GoodsState, InventoryCode, claim_lines, free_of, goods, limits_of
from ..ledger import Accepted, Between, Decision, Event, Guard, Reason, Refused, Request, State, Supposed
from ..orders import Canceled, LineQuantity, LineState, Order, line_account, order_key
from ..values import Unit
from .codes import SupplyCode
from .documents import EXPECTED, Inbound, Promise, Wait, awaited, coming, inbound_key, promise_key
from .events import LINE, Awaited, Forgone, Redated
from .policy import BackorderPolicy, Short
from .tellings import claimants, order_of, serves

__all__ = ["claimed_or_awaited", "new_date", "open_again", "redate"]


class Case(NamedTuple):
    """An order that asks for goods, and what decides with it."""

    catalog: Catalog
    order: Order
    policy: BackorderPolicy
    now: int


def claimed_or_awaited(
    world: State, catalog: Catalog, order: Order, claimed: Claimed, *, policy: BackorderPolicy, now: int
) -> Decision:
    """Decide a claim at the pool for lines that are open; where there is too little, as the policy says.

    What is there is claimed by the lines in their order, and the rest is canceled, or claimed at inbounds. Because: as
    `claim_lines`; `SHORT` (with what is expected), `CUT` and `BACKORDERED` for each line (found and needed).
    """
    answer, case = claim_lines(world, catalog, claimed, now=now), Case(catalog, order, policy, now)
    is_open = isinstance(answer, Accepted) or policy.when_short is Short.REFUSE
    found = {} if is_open else _found(answer)
    if isinstance(answer, Accepted) or not found or (policy.when_short is Short.PARTIAL and order.kits):
        return answer
    there, rest = _split(claimed.lines, found)
    events: tuple[Event, ...] = ()
    guards: tuple[Guard, ...] = ()
    if there:
        part = claim_lines(world, catalog, _of(claimed, there), now=now)
        if isinstance(part, Refused):
            return part
        events, guards = part.events, part.guards
    more = (
        _awaiting(Supposed(world, events), case, rest)
        if policy.when_short is Short.BACKORDER
        else _cut(order, rest, there)
    )
    if isinstance(more, Refused):
        return more
    return Accepted(events + more.events, more.because, guards + more.guards)


def _found(answer: Decision) -> dict[str, int]:
    """Return the pieces of each SKU that falls short which can be claimed; none where it is refused for another why."""
    short = [each for each in answer.because if each.code is InventoryCode.SHORT]
    return {each.unit: each.found for each in short if isinstance(each.found, int)}


def _of(claimed: Claimed, lines: tuple[ClaimLine, ...]) -> Claimed:
    return attrs.evolve(claimed, lines=lines)


def _split(lines: Iterable[ClaimLine], found: Mapping[str, int]) -> tuple[tuple[ClaimLine, ...], tuple[ClaimLine, ...]]:
    """Return what of each line is there, and the rest; lines are served in their order."""
    left, there, rest = dict(found), [], []
    for ref, sku, quantity in lines:
        part = min(quantity, left.get(sku, quantity))
        left[sku] = left.get(sku, quantity) - part
        there.append(ClaimLine(ref, sku, part))
        rest.append(ClaimLine(ref, sku, quantity - part))
    return tuple([line for line in there if line.quantity]), tuple([line for line in rest if line.quantity])


def _cut(order: Order, rest: tuple[ClaimLine, ...], there: tuple[ClaimLine, ...]) -> Decision:
    """Cancel what is not there, and say so; nothing is taken where nothing is there."""
    given = {line.ref: line.quantity for line in there}
    because = tuple(
        [Reason(SupplyCode.CUT, r.ref, given.get(r.ref, 0), r.quantity + given.get(r.ref, 0), r.sku) for r in rest]
    )
    if not there:
        return Refused(because)
    lines = tuple([LineQuantity(ref.rpartition("/")[2], sku, quantity) for ref, sku, quantity in rest])
    return Accepted((Canceled(order=order.id, lines=lines, reason=SupplyCode.CUT.value),), because)


def _awaiting(world: State, case: Case, rest: tuple[ClaimLine, ...]) -> Decision:
    """Claim the rest of the lines at inbounds, all of it or none."""
    most, place = case.policy.most, pool_place(case.order.pool)
    demand: dict[str, int] = {}
    for _, sku, quantity in rest:
        demand[sku] = demand.get(sku, 0) + quantity
    waits, short = [], []
    for sku, needed in demand.items():
        found = _candidates(world, case.catalog.network, place, sku, latest=case.now + case.policy.within_ms)
        lines = [line for line in rest if line.sku == sku]
        given = _matched(lines, [(each.id, free) for each, free in found])
        total = sum([wait.quantity for wait in given])
        if total < needed or (most is not None and needed > most):
            allowed = total if most is None else min(total, most)
            short.append(Reason(SupplyCode.SHORT, place, allowed, needed, sku))
        waits += given
    quotas = _quotas(world, case, demand)
    for sku, limit in quotas.items():
        if (left := free_of(world, limit)) < demand[sku]:
            short.append(Reason(InventoryCode.QUOTA, case.order.channel, max(left, 0), demand[sku], sku))
    if short:
        return Refused(tuple(short))
    asked = {line.ref: line.quantity for line in rest}
    because = tuple([Reason(SupplyCode.BACKORDERED, ref, asked[ref], asked[ref], sku) for ref, sku, _ in rest])
    event = Awaited(
        waits=tuple(waits),
        promise=_promise(world, case, waits),
        channel=case.order.channel,
        quota=tuple([line for line in rest if line.sku in quotas]),
    )
    return Accepted((event,), because, (*_guards(waits), *quotas.values()))


def _quotas(world: State, case: Case, skus: Iterable[str]) -> dict[str, Between]:
    """Return what the order's channel may claim in all, there and expected, of each SKU for which it has a quota."""
    channel = case.catalog.channel_by_id.get(case.order.channel)
    limits = [(sku, limits_of(world, case.catalog, (), sku, channel, now=case.now)) for sku in skus]
    return {sku: limit for sku, (sums, _) in limits for limit in sums}


def _guards(waits: Iterable[Wait]) -> tuple[Guard, ...]:
    pairs = dict.fromkeys([(wait.sku, wait.inbound) for wait in waits])
    return tuple([Between(goods(sku), (coming(inbound),)) for sku, inbound in pairs])


def _candidates(
    world: State, network: Network, place: str, sku: str, *, latest: int | None, but: str = ""
) -> list[tuple[Inbound, int]]:
    """Return the inbounds that bring free pieces of a SKU for claims at a place, the earliest first."""
    parts = world.parts(goods(sku), EXPECTED)
    known = [(world.document(inbound_key(account.lot)), free) for account, free in parts.items() if free > 0]
    found = [
        (each.expected_at, each.id, each, free)
        for each, free in known
        if each
        and each.id != but
        and serves(network, each.node, place)
        and (latest is None or each.expected_at <= latest)
    ]
    return [(each, free) for _, _, each, free in sorted(found, key=lambda one: one[:2])]


def _matched(lines: Iterable[ClaimLine], supply: list[tuple[str, int]]) -> list[Wait]:
    """Match lines, in their order, with what inbounds bring, in theirs."""
    waits, left = [], dict(supply)
    for ref, sku, quantity in lines:
        needed = quantity
        for inbound, free in list(left.items()):
            if part := min(free, needed):
                waits.append(Wait(ref, sku, part, inbound))
                left[inbound] -= part
                needed -= part
    return waits


def _promise(world: State, case: Case, waits: Iterable[Wait]) -> Promise | None:
    """Return the date by which all that an order waits for is expected, where that is another one."""
    order, known = case.order.id, world.document(promise_key(case.order.id))
    releases = dict(case.policy.releases)
    documents = [(world.document(inbound_key(wait.inbound)), wait.sku) for wait in waits]
    dates = [max(each.expected_at, releases.get(sku, each.expected_at), case.now) for each, sku in documents if each]
    if known and known.promised_at is not None and _waits(world, case.order):
        dates.append(known.promised_at)
    return Promise(order=order, revision=(known.revision if known else 0) + 1, promised_at=max(dates, default=case.now))


def _waits(world: State, order: Order) -> list[Wait]:
    """Return what an order waits for."""
    return [
        Wait(order.unit(line.id), line.sku, held, account.ref)
        for line in order.lines
        for account, held in sorted(world.parts(order.unit(line.id), line_account(LineState.BACKORDERED)).items())
    ]


def open_again(world: State, order: Order, wanted: Mapping[str, int]) -> tuple[tuple[Event, ...], tuple[Guard, ...]]:
    """Return how backordered pieces by line are open ones again, with a claim at the pool: the latest inbound first."""
    waits = []
    for line, quantity in wanted.items():
        left = quantity
        mine = [wait for wait in _waits(world, order) if wait.ref == order.unit(line)]
        dated = [(world.document(inbound_key(wait.inbound)), wait) for wait in mine]
        for _, wait in sorted([(each.expected_at if each else 0, wait) for each, wait in dated], reverse=True):
            if part := min(wait.quantity, left):
                waits.append(wait._replace(quantity=part))
                left -= part
    if not waits:
        return (), ()
    lines = tuple([ClaimLine(wait.ref, wait.sku, wait.quantity) for wait in waits])
    place, state = pool_place(order.pool), GoodsState.RESERVED  # the quota that they drew stays theirs
    claimed = Claimed(place=place, state=state, lines=lines, channel=order.channel)
    return (Forgone(waits=tuple(waits)), claimed), _still(waits)


def _still(waits: Iterable[Wait]) -> tuple[Guard, ...]:
    guards: list[Guard] = []
    for ref, sku, _, inbound in waits:
        guards.append(Between(goods(sku), (awaited(inbound, ref),)))
        if ref.startswith(LINE):
            guards.append(Between(Unit(ref), (line_account(LineState.BACKORDERED, inbound),)))
    return tuple(guards)


# When an inbound changes


def redate(inbound: str, version: int, *, cause: str = "") -> Request[Catalog]:
    """Ask that those who wait for an inbound be told of a version of it: one event for each order that is affected.

    Who comes last loses first what is not expected any more, and gets it from the pool or from another inbound where
    there is some: `MOVED`. What nobody has is `UNMET`; the line keeps its claim, and people, or `relieve`, see to it.
    Orders come by priority, then age, then id. `cause` tells several changes under one version apart (a loss).
    """

    def decide(world: State, catalog: Catalog, now: int) -> Decision:
        document = world.document(inbound_key(inbound))
        if document is None:
            return Refused((Reason(SupplyCode.UNKNOWN_INBOUND, inbound),))
        taken, unmet = Accepted(), dict[str, None]()
        refs: dict[tuple[int, int, str], None] = {}
        for sku in document.skus:
            waiting = claimants(world, inbound, sku, now)
            refs.update(dict.fromkeys([one[:3] for one in waiting]))
            more = _moved(Supposed(world, taken.events), catalog, document, sku, now)
            unmet.update(dict.fromkeys([each.subject for each in more.because if each.code is SupplyCode.UNMET]))
            taken = Accepted(taken.events + more.events, taken.because + more.because, taken.guards + more.guards)
        after = Supposed(world, taken.events)
        ids = dict.fromkeys([order_of(ref) for *_, ref in sorted(refs) if ref.startswith(LINE)])
        lost = {order_of(ref) for ref in unmet}
        told = [each for id in ids if (each := new_date(after, inbound, id, is_lost=id in lost, now=now))]
        return Accepted(taken.events + tuple(told), taken.because, taken.guards)

    id = f"inbound/{inbound}/{version}/redated{cause and '/'}{cause}"
    return Request(id, (), decide)


def _moved(world: State, catalog: Catalog, document: Inbound, sku: str, now: int) -> Accepted:
    """Find other goods for those who have lost theirs, the last in order first."""
    taken, unit, id = Accepted(), goods(sku), document.id
    gone = -world.balance(unit, (coming(id),))
    for _, _, ref, place, _, held in reversed(claimants(world, id, sku, now)) if gone > 0 else ():
        lost = min(held, gone)
        gone -= lost
        state = Supposed(world, taken.events)
        more = _elsewhere(state, catalog, Wait(ref, sku, lost, id), place, now) if ref.startswith(LINE) else Accepted()
        moved = sum([wait.quantity for event in more.events if isinstance(event, Forgone) for wait in event.waits])
        reasons = [
            Reason(code, ref, quantity, held, sku)
            for code, quantity in ((SupplyCode.MOVED, moved), (SupplyCode.UNMET, lost - moved))
            if quantity
        ]
        taken = Accepted(taken.events + more.events, (*taken.because, *reasons), taken.guards + more.guards)
    return taken


def _elsewhere(world: State, catalog: Catalog, wait: Wait, place: str, now: int) -> Accepted:
    """Claim pieces of a line at the pool, as far as they are there, and then at other inbounds."""
    ref, sku, needed, inbound = wait
    line, order = ClaimLine(ref, sku, needed), world.document(order_key(order_of(ref)))
    channel = order.channel if order else ""
    claimed = Claimed(place=place, state=GoodsState.RESERVED, lines=(line,), channel=channel)
    answer = claim_lines(world, catalog, claimed, now=now, has_quota=True)
    here = needed if isinstance(answer, Accepted) else _found(answer).get(sku, 0)
    events: tuple[Event, ...] = ()
    guards: tuple[Guard, ...] = ()
    if here:
        part = _of(claimed, (line._replace(quantity=here),))
        answer = claim_lines(world, catalog, part, now=now, has_quota=True)
        events, guards = (answer.events, answer.guards) if isinstance(answer, Accepted) else (events, guards)
    rest = line._replace(quantity=needed - (here if events else 0))
    found = _candidates(world, catalog.network, place, sku, latest=None, but=inbound)
    waits = _matched([rest], [(each.id, free) for each, free in found]) if rest.quantity else []
    moved = needed - rest.quantity + sum([wait.quantity for wait in waits])
    if not moved:
        return Accepted()
    back = (Wait(ref, sku, moved, inbound),)
    events = (Forgone(waits=back), *events, *((Awaited(waits=tuple(waits)),) if waits else ()))
    return Accepted(events, (), (*guards, *_still(back), *_guards(waits)))


def new_date(world: State, inbound: str, id: str, *, is_lost: bool, now: int) -> Redated | None:
    """Tell an order its new date, where it has another one: when the last of what it waits for is expected."""
    order, known = world.document(order_key(id)), world.document(promise_key(id))
    if order is None:
        return None
    waits = _waits(world, order)
    inbounds = [world.document(inbound_key(inbound)) for inbound in dict.fromkeys([wait.inbound for wait in waits])]
    dates = [max(each.expected_at, now) for each in inbounds if each]
    after, before = None if is_lost else max(dates, default=now), known.promised_at if known else None
    if known is not None and before == after:
        return None
    promise = Promise(order=id, revision=(known.revision if known else 0) + 1, promised_at=after)
    lines = tuple(dict.fromkeys([wait.ref.rpartition("/")[2] for wait in waits]))
    return Redated(promise=promise, inbound=inbound, before=before, after=after, lines=lines)
