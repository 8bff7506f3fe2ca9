"""Orders that wait for goods: claims on what is expected, the earliest first; when that changes, see `redating`.

Pieces of a line that wait are `backordered` at the inbound that brings them, where they have their claim. When it lands
they are open, with the claim at the order's pool, in the same event: an open or backordered line always has a claim.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

import attrs

from ..catalog import Catalog, Network, pool_place
from ..inventory import Claimed, ClaimLine, GoodsState, InventoryCode, claim_lines, free_of, goods, limits_of
from ..ledger import Accepted, Between, Decision, Event, Guard, Reason, Refused, State, Supposed
from ..orders import Bundle, Canceled, LineQuantity, LineState, Order, bundles, line_account
from ..values import Unit
from .codes import SupplyCode
from .documents import EXPECTED, Inbound, Promise, Wait, awaited, coming, inbound_key, promise_key
from .events import LINE, Awaited, Forgone
from .policy import BackorderPolicy, Short
from .tellings import serves

__all__ = [
    "candidates",
    "claimed_or_awaited",
    "found_in",
    "guards_of",
    "matched",
    "of_lines",
    "open_again",
    "still_waiting",
    "waits_of",
]


NONE_GIVEN: Mapping[str, int] = MappingProxyType({})


class Case(NamedTuple):
    """An order that asks for goods, and what decides with it."""

    catalog: Catalog
    order: Order
    policy: BackorderPolicy
    now: int


def claimed_or_awaited(
    world: State,
    catalog: Catalog,
    order: Order,
    claimed: Claimed,
    *,
    policy: BackorderPolicy,
    now: int,
    given: Mapping[str, int] = NONE_GIVEN,
) -> Decision:
    """Decide a claim at the pool for lines that are open; where there is too little, as the policy says.

    What is there is claimed by kits and then by the lines in their order, and the rest is canceled, or claimed at
    inbounds. `given` are the lines that go on to nodes in the same entry, each with the most pieces that can be had:
    those of kits that may not part, and of what must last. They do not wait.
    Because: as `claim_lines`; `SHORT` (with what is expected), `WHOLE` for each kit, `LASTING`, `CUT` and `BACKORDERED`
    for each line (found and needed).
    """
    goes_on, case = bool(given), Case(catalog, order, policy, now)
    answer = claim_lines(world, catalog, claimed, now=now, goes_on=goes_on)
    found = {} if isinstance(answer, Accepted) else found_in(answer)
    if not (given if isinstance(answer, Accepted) else found):
        return answer
    wanted = _bundles(order, claimed.lines, given, is_whole=policy.when_short is Short.PARTIAL)
    there, rest = _split(claimed.lines, _fitting(wanted, claimed.lines, found, given))
    if not rest:
        return answer
    torn = _torn(order, wanted, there, given)
    if policy.when_short is Short.REFUSE or (torn and policy.when_short is Short.BACKORDER):
        return Refused((answer.because if isinstance(answer, Refused) else ()) + torn)
    events: tuple[Event, ...] = ()
    guards: tuple[Guard, ...] = ()
    if there:
        part = claim_lines(world, catalog, of_lines(claimed, there), now=now, goes_on=goes_on)
        if isinstance(part, Refused):
            return part
        events, guards = part.events, part.guards
    waits = policy.when_short is Short.BACKORDER
    more = _awaiting(Supposed(world, events), case, rest) if waits else _cut(order, rest, there, torn)
    if isinstance(more, Refused):
        return more
    return Accepted(events + more.events, more.because, guards + more.guards)


def found_in(answer: Decision) -> dict[str, int]:
    """Return the pieces of each SKU that falls short which can be claimed; none where it is refused for another why."""
    short = [each for each in answer.because if each.code is InventoryCode.SHORT]
    return {each.unit: each.found for each in short if isinstance(each.found, int)}


def of_lines(claimed: Claimed, lines: tuple[ClaimLine, ...]) -> Claimed:
    """Return the same claim of other lines."""
    return attrs.evolve(claimed, lines=lines)


def _line(ref: str) -> str:
    return ref.rpartition("/")[2]


def _bundles(
    order: Order, lines: Iterable[ClaimLine], given: Mapping[str, int], *, is_whole: bool
) -> tuple[Bundle, ...]:
    """Return what is served together: whole kits, always where all their pieces go on to nodes, or each by itself."""
    pieces = {_line(ref): quantity for ref, _, quantity, *_ in lines}
    if is_whole or all(line in given for kit in order.kits for line, _ in kit.components if line in pieces):
        return bundles(order, pieces)
    return tuple([Bundle("", quantity, ((line, 1),)) for line, quantity in pieces.items()])


def _fitting(
    wanted: Iterable[Bundle], lines: Iterable[ClaimLine], found: Mapping[str, int], most: Mapping[str, int]
) -> dict[str, int]:
    """Return the pieces of each line that are there, the first bundles served first; of some lines at most so many."""
    left, skus, there = dict(found), {_line(ref): sku for ref, sku, *_ in lines}, dict[str, int]()
    for _, quantity, parts in wanted:
        per = _pieces([(skus[line], each) for line, each in parts])
        had = [most[line] // each for line, each in parts if line in most]
        part = min([quantity, *had, *(left[sku] // per[sku] for sku in per if sku in left)])
        for sku in per.keys() & left.keys():
            left[sku] -= part * per[sku]
        for line, each in parts:
            there[line] = there.get(line, 0) + part * each
    return there


def _split(lines: Iterable[ClaimLine], there: Mapping[str, int]) -> tuple[tuple[ClaimLine, ...], tuple[ClaimLine, ...]]:
    """Return what of each line is there, and the rest."""
    own = [(line, there.get(_line(line.ref), 0)) for line in lines]
    taken = [line._replace(quantity=part) for line, part in own if part]
    return tuple(taken), tuple([line._replace(quantity=line.quantity - p) for line, p in own if p < line.quantity])


def _torn(
    order: Order, wanted: Iterable[Bundle], there: Iterable[ClaimLine], given: Mapping[str, int]
) -> tuple[Reason, ...]:
    """Say of which kits, with their pieces, and of which lines that must last there is less than is wanted."""
    pieces, because = {_line(ref): quantity for ref, _, quantity, *_ in there}, list[Reason]()
    for kit, quantity, parts in wanted:
        part = min([pieces.get(line, 0) // each for line, each in parts])
        if kit and part < quantity:
            names = [(kit, order.kit_by_id[kit].sku, 1), *((line, order.line_by_id[line].sku, n) for line, n in parts)]
            because += [Reason(SupplyCode.WHOLE, order.unit(id), part * n, quantity * n, sku) for id, sku, n in names]
        elif (line := parts[0][0]) in given and part < quantity:
            because.append(Reason(SupplyCode.LASTING, order.unit(line), part, quantity, order.line_by_id[line].sku))
    return tuple(because)


def _cut(order: Order, rest: tuple[ClaimLine, ...], there: tuple[ClaimLine, ...], torn: tuple[Reason, ...]) -> Decision:
    """Cancel what is not there, and say so; nothing is taken where nothing is there."""
    given, said = {line.ref: line.quantity for line in there}, {reason.subject for reason in torn}
    cut = [(ref, sku, given.get(ref, 0), quantity) for ref, sku, quantity, *_ in rest if ref not in said]
    because = torn + tuple([Reason(SupplyCode.CUT, ref, got, got + left, sku) for ref, sku, got, left in cut])
    if not there:
        return Refused(because)
    lines = tuple([LineQuantity(_line(ref), sku, quantity) for ref, sku, quantity, *_ in rest])
    return Accepted((Canceled(order=order.id, lines=lines, reason=SupplyCode.CUT.value),), because)


def _awaiting(world: State, case: Case, rest: tuple[ClaimLine, ...]) -> Decision:
    """Claim the rest of the lines at inbounds, all of it or none."""
    most, place = case.policy.most, pool_place(case.order.pool)
    demand = _pieces([(sku, quantity) for _, sku, quantity, *_ in rest])
    before = {} if most is None else _pieces([(wait.sku, wait.quantity) for wait in waits_of(world, case.order)])
    waits, short = [], []
    for sku, needed in demand.items():
        found = candidates(world, case.catalog.network, place, sku, latest=case.now + case.policy.within_ms)
        lines = [line for line in rest if line.sku == sku]
        given = matched(lines, [(each.id, free) for each, free in found])
        total = sum([wait.quantity for wait in given])
        allowed = total if most is None else min(total, max(most - before.get(sku, 0), 0))
        if allowed < needed:
            short.append(Reason(SupplyCode.SHORT, place, allowed, needed, sku))
        waits += given
    quotas = _quotas(world, case, demand)
    for sku, limit in quotas.items():
        if (left := free_of(world, limit)) < demand[sku]:
            short.append(Reason(InventoryCode.QUOTA, case.order.channel, max(left, 0), demand[sku], sku))
    if short:
        return Refused(tuple(short))
    asked = {line.ref: line.quantity for line in rest}
    because = tuple([Reason(SupplyCode.BACKORDERED, ref, asked[ref], asked[ref], sku) for ref, sku, *_ in rest])
    event = Awaited(
        waits=tuple(waits),
        promise=_promise(world, case, waits),
        channel=case.order.channel,
        quota=tuple([line for line in rest if line.sku in quotas]),
    )
    return Accepted((event,), because, (*guards_of(waits), *quotas.values()))


def _pieces(quantities: Iterable[tuple[str, int]]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for sku, quantity in quantities:
        sums[sku] = sums.get(sku, 0) + quantity
    return sums


def _quotas(world: State, case: Case, skus: Iterable[str]) -> dict[str, Between]:
    """Return what the order's channel may claim in all, there and expected, of each SKU for which it has a quota."""
    channel = case.catalog.channel_by_id.get(case.order.channel)
    limits = [(sku, limits_of(world, case.catalog, (), sku, channel, now=case.now)) for sku in skus]
    return {sku: limit for sku, (sums, _) in limits for limit in sums}


def guards_of(waits: Iterable[Wait]) -> tuple[Guard, ...]:
    """Return the guards of new claims at inbounds: none is claimed beyond what it brings."""
    pairs = dict.fromkeys([(wait.sku, wait.inbound) for wait in waits])
    return tuple([Between(goods(sku), (coming(inbound),)) for sku, inbound in pairs])


def candidates(
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


def matched(lines: Iterable[ClaimLine], supply: list[tuple[str, int]]) -> list[Wait]:
    """Match lines, in their order, with what inbounds bring, in theirs."""
    waits, left = [], dict(supply)
    for ref, sku, quantity, *_ in lines:
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
    if known and known.promised_at is not None and waits_of(world, case.order):
        dates.append(known.promised_at)
    return Promise(order=order, revision=(known.revision if known else 0) + 1, promised_at=max(dates, default=case.now))


def waits_of(world: State, order: Order) -> list[Wait]:
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
        mine = [wait for wait in waits_of(world, order) if wait.ref == order.unit(line)]
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
    return (Forgone(waits=tuple(waits)), claimed), still_waiting(waits)


def still_waiting(waits: Iterable[Wait]) -> tuple[Guard, ...]:
    """Return the guards of those who leave an inbound: that they still wait there."""
    guards: list[Guard] = []
    for ref, sku, _, inbound in waits:
        guards.append(Between(goods(sku), (awaited(inbound, ref),)))
        if ref.startswith(LINE):
            guards.append(Between(Unit(ref), (line_account(LineState.BACKORDERED, inbound),)))
    return tuple(guards)
