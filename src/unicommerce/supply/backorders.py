"""Orders that wait for goods: claims on what is expected, the earliest first; when that changes, see `redating`.

Pieces of a line that wait are `backordered` at the inbound that brings them, where they have their claim. When it lands
they are open, with the claim at the order's pool, in the same event: an open or backordered line always has a claim.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import attrs

from ..catalog import Catalog, pool_place
from ..inventory import Claimed, ClaimLine, InventoryCode, claim_lines, free_of, goods, limits_of
from ..ledger import Accepted, Between, Decision, Event, Guard, Reason, Refused, State, Supposed
from ..orders import Bundle, Canceled, LineQuantity, Order, bundles
from .codes import SupplyCode
from .documents import Promise, Wait, awaited, inbound_of, promise_key
from .events import Awaited, Forgone
from .policy import BackorderPolicy, Short
from .tellings import serves
from .together import Case, dates, together
from .waits import are_over, candidates, guards_of, is_within, lapsed, matched, waits_of

__all__ = ["awaiting", "claimed_or_awaited"]

NONE_GIVEN: Mapping[str, int] = MappingProxyType({})


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
    those of kits that may not part, and of what must last. Such kits wait whole, each together at one node; what must
    last does not wait.
    Because: as `claim_lines`; `SHORT` (with what is expected), `WHOLE` for each kit, `LASTING`, `CUT` and `BACKORDERED`
    for each line (found and needed).
    """
    goes_on, case = bool(given), Case(catalog, order, policy, now)
    answer = claim_lines(world, catalog, claimed, now=now, goes_on=goes_on)
    found = {} if isinstance(answer, Accepted) else found_in(answer)
    if not (given if isinstance(answer, Accepted) else found):
        return answer
    goes_whole = bool(order.kits) and _go_on(order, claimed.lines, given)
    wanted = _bundles(order, claimed.lines, is_whole=goes_whole or policy.when_short is Short.PARTIAL)
    there, rest = _split(claimed.lines, _fitting(wanted, claimed.lines, found, given))
    if not rest:
        return answer
    torn = _torn(order, wanted, there, given)
    lasts = [line.sku for line in rest if catalog.life_days(order.channel, line.sku)]
    if policy.when_short is Short.REFUSE or (lasts and policy.when_short is Short.BACKORDER):
        return Refused((answer.because if isinstance(answer, Refused) else ()) + torn)
    events: tuple[Event, ...] = ()
    guards: tuple[Guard, ...] = ()
    if there:
        part = claim_lines(world, catalog, of_lines(claimed, there), now=now, goes_on=goes_on)
        if isinstance(part, Refused):
            return part
        events, guards = part.events, part.guards
    waits = policy.when_short is Short.BACKORDER
    after = Supposed(world, events)
    more = awaiting(after, case, rest, is_whole=goes_whole) if waits else _cut(order, rest, there, torn)
    if isinstance(more, Refused):
        return Refused((torn if waits else ()) + more.because)
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


def _go_on(order: Order, lines: Iterable[ClaimLine], given: Mapping[str, int]) -> bool:
    """Tell whether all pieces of kits go on to nodes, so that kits go whole."""
    own = {_line(line.ref) for line in lines}
    return all(line in given for kit in order.kits for line, _ in kit.components if line in own)


def _bundles(order: Order, lines: Iterable[ClaimLine], *, is_whole: bool) -> tuple[Bundle, ...]:
    """Return what is served together: whole kits, or each piece by itself."""
    pieces = {_line(line.ref): line.quantity for line in lines}
    if is_whole:
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


def awaiting(world: State, case: Case, lines: tuple[ClaimLine, ...], *, is_whole: bool) -> Decision:
    """Claim open lines at inbounds, all of it or none, whole kits together at one node where they may not part.

    Holds that are over are ended there where they stand in the way. Because: `inventory.EXPIRED`, `BACKORDERED` for
    each line; `SHORT` and `inventory.QUOTA` refuse (found and needed).
    """
    answer = _awaiting(world, case, lines, is_whole=is_whole)
    short = [each.unit for each in answer.because if each.code is SupplyCode.SHORT]
    over = _in_the_way(world, case, short) if short else ()
    if not over:
        return answer
    again = _awaiting(Supposed(world, over), case, lines, is_whole=is_whole)
    if isinstance(again, Refused):
        return again
    because, guards = are_over(over, case.now)
    return Accepted((*over, *again.events), because + again.because, guards + again.guards)


def _in_the_way(world: State, case: Case, skus: list[str]) -> tuple[Forgone, ...]:
    """Return the ends of holds that are over, at inbounds that an order could wait for."""
    place = pool_place(case.order.pool)
    ids = {account.lot for sku in skus for account in world.parts(goods(sku), awaited(""))}
    known = [inbound for id in sorted(ids) if (inbound := inbound_of(world, id))]
    serving = [each for each in known if serves(case.catalog.network, each.node, place)]
    return lapsed(world, [each.id for each in serving if is_within(each, case.within)], skus, case.now)


def _awaiting(world: State, case: Case, lines: tuple[ClaimLine, ...], *, is_whole: bool) -> Decision:
    kept, loose = _kept(world, case, lines) if is_whole else (Accepted(), lines)
    waits = [wait for event in kept.events if isinstance(event, Awaited) for wait in event.waits]
    ended = tuple([event for event in kept.events if not isinstance(event, Awaited)])
    after, place = Supposed(world, kept.events), pool_place(case.order.pool)
    for sku in dict.fromkeys([line.sku for line in loose]):
        found = candidates(after, case.catalog.network, place, sku, within=case.within)
        waits += matched([line for line in loose if line.sku == sku], [(each.id, free) for each, free in found])
    demand = _pieces([(sku, quantity) for _, sku, quantity, *_ in lines])
    quotas = _quotas(world, case, demand)
    if short := _too_few(world, case, demand, waits) + _beyond_quota(world, case, demand, quotas):
        return Refused(short)
    asked = {line.ref: line.quantity for line in lines}
    because = tuple([Reason(SupplyCode.BACKORDERED, ref, asked[ref], asked[ref], sku) for ref, sku, _, *_ in lines])
    event = Awaited(
        waits=tuple(waits),
        promise=_promise(world, case, waits),
        channel=case.order.channel,
        quota=tuple([line for line in lines if line.sku in quotas]),
    )
    guards = (*kept.guards, *guards_of(waits), *quotas.values())
    return Accepted((*ended, event), kept.because + because, guards)


def _kept(world: State, case: Case, lines: tuple[ClaimLine, ...]) -> tuple[Accepted, tuple[ClaimLine, ...]]:
    """Return how the whole kits of lines wait, each together at one node, and the pieces beside them."""
    taken, left = Accepted(), {_line(line.ref): line for line in lines}
    for kit, number, parts in _bundles(case.order, lines, is_whole=True):
        if kit:
            ones = [left[line]._replace(quantity=each) for line, each in parts]
            more = together(Supposed(world, taken.events), case, ones, number)
            taken = Accepted(taken.events + more.events, taken.because + more.because, taken.guards + more.guards)
            for line, each in parts:
                left[line] = left[line]._replace(quantity=left[line].quantity - number * each)
    return taken, tuple([line for line in left.values() if line.quantity])


def _too_few(world: State, case: Case, demand: Mapping[str, int], waits: Iterable[Wait]) -> tuple[Reason, ...]:
    """Say of which SKUs too few are expected, or more are asked for than an order may wait for."""
    most, place = case.policy.most, pool_place(case.order.pool)
    found = _pieces([(wait.sku, wait.quantity) for wait in waits])
    if most is not None:
        before = _pieces([(wait.sku, wait.quantity) for wait in waits_of(world, case.order)])
        found = {sku: min(quantity, max(most - before.get(sku, 0), 0)) for sku, quantity in found.items()}
    short = [(sku, found.get(sku, 0), needed) for sku, needed in demand.items() if found.get(sku, 0) < needed]
    return tuple([Reason(SupplyCode.SHORT, place, there, needed, sku) for sku, there, needed in short])


def _beyond_quota(
    world: State, case: Case, demand: Mapping[str, int], quotas: Mapping[str, Between]
) -> tuple[Reason, ...]:
    left = {sku: free_of(world, limit) for sku, limit in quotas.items()}
    over = [(sku, max(free, 0)) for sku, free in left.items() if free < demand[sku]]
    return tuple([Reason(InventoryCode.QUOTA, case.order.channel, free, demand[sku], sku) for sku, free in over])


def _pieces(quantities: Iterable[tuple[str, int]]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for sku, quantity in quantities:
        sums[sku] = sums.get(sku, 0) + quantity
    return sums


def _quotas(world: State, case: Case, skus: Iterable[str]) -> dict[str, Between]:
    """Return what the order's channel may claim in all, there and expected, of each SKU for which it has a quota."""
    channel = None if case.has_quota else case.catalog.channel_by_id.get(case.order.channel)
    limits = [(sku, limits_of(world, case.catalog, (), sku, channel, now=case.now)) for sku in skus]
    return {sku: limit for sku, (sums, _) in limits for limit in sums}


def _promise(world: State, case: Case, waits: Iterable[Wait]) -> Promise | None:
    """Return the date by which all that an order waits for is expected, where that is another one."""
    order, known = case.order.id, world.document(promise_key(case.order.id))
    found = dates(world, case, waits)
    if known and known.promised_at is not None and waits_of(world, case.order):
        found.append(known.promised_at)
    return Promise(order=order, revision=(known.revision if known else 0) + 1, promised_at=max(found, default=case.now))
