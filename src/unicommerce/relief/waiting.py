"""Those who wait for goods that do not come: an inbound was cut, closed short, lost, or is too late.

Of those who claimed at such an inbound the least precious lose their goods. First each of them, the most precious
first, gets others: from the place that the claim is for, else from the inbounds that come next. What is left then
gives way, the least precious first: a claim ends, an order is canceled, whole kits at a time, or named for people. No
piece is ended while there is another for it, and none beyond those that the inbound does not bring.
"""

from collections.abc import Iterable, Iterator, Mapping

import attrs

from ..catalog import pool_place
from ..inventory import Claimed, ClaimLine, GoodsState, InventoryCode, goods
from ..ledger import Accepted, Between, Guard, Reason, State, Supposed
from ..orders import LineState, line_account
from ..supply import (
    Awaited,
    Forgone,
    SupplyCode,
    Wait,
    awaited,
    coming,
    elsewhere,
    inbound_key,
    lapse,
    moved_by,
    new_date,
    spot,
    waiting_key,
    waits_at,
)
from ..supply import claimants as queue
from ..values import Unit
from .claimants import CLAIM, LINE, Case, canceled, order_of, plus, with_kit
from .codes import ReliefCode
from .policy import Claimant

__all__ = ["not_on_shelf", "told", "without_goods"]


def without_goods(world: State, case: Case) -> Accepted:
    """Find other goods for those who wait in vain for a SKU, and let give way who gets none."""
    taken = _over(world, case)
    for step in (_moved, _ended):
        for inbound in _inbounds(world, case):
            taken = plus(taken, step(Supposed(world, taken.events), case, inbound))
    return taken


def _inbounds(world: State, case: Case) -> list[str]:
    """Return the inbounds at which a SKU is claimed, the earliest first."""
    ids = {account.lot for account in world.parts(case.unit, awaited(""))}
    known = [document for id in sorted(ids) if (document := world.document(inbound_key(id)))]
    return [each.id for each in sorted(known, key=lambda each: (each.expected_at, each.id))]


def _is_late(world: State, case: Case, inbound: str) -> bool:
    """Tell whether nobody waits for an inbound any more."""
    document, since = world.document(inbound_key(inbound)), case.since
    return document is not None and since is not None and document.expected_at <= since


def _gone(world: State, case: Case, inbound: str) -> int:
    """Return how many of the claimed pieces an inbound does not bring; what is there already has come."""
    if not inbound:
        return 0
    if _is_late(world, case, inbound):
        return world.balance(case.unit, (awaited(inbound),))
    return max(-world.balance(case.unit, (coming(inbound),)), 0)


def _over(world: State, case: Case) -> Accepted:
    """End the holds whose time is over at inbounds that do not bring what was claimed: they stand in nobody's way."""
    taken, refs = Accepted(), set[str]()
    for account in world.parts(case.unit, awaited("")):
        if account.ref.startswith(CLAIM) and _gone(world, case, account.lot):
            refs.add(account.ref)
    for ref in sorted(refs):
        waiting = world.document(waiting_key(ref.removeprefix(CLAIM)))
        if waiting and waiting.due_at is not None and waiting.due_at <= case.now:
            answer = lapse(waiting.id).decide(Supposed(world, taken.events), None, case.now)
            taken = plus(taken, plus(Accepted((), (_expired(waiting.id, waiting.due_at, case.now),)), answer))
    return taken


def _expired(claim: str, due_at: int, now: int) -> Reason:
    return Reason(InventoryCode.EXPIRED, claim, due_at, now)


def _losing(world: State, case: Case, inbound: str) -> list[tuple[Claimant, int]]:
    """Return those who lose what an inbound does not bring, and how many pieces of it, the least precious first."""
    waiting = queue(world, inbound, case.sku, case.now)
    some = [Claimant(ref, place, state, held, -rank, since) for rank, since, ref, place, state, held in waiting]
    losing, gone = [], _gone(world, case, inbound)
    for one in reversed(case.most_precious_first(some)):
        if lost := min(one.quantity, gone):
            losing.append((one, lost))
            gone -= lost
    return losing


# Other goods


def _moved(world: State, case: Case, inbound: str) -> Accepted:
    """Give those who lose their goods others, as far as there are any, the most precious first."""
    taken = Accepted()
    for one, lost in reversed(_losing(world, case, inbound)):
        taken = plus(taken, _elsewhere(Supposed(world, taken.events), case, one, lost, inbound))
    return taken


def _elsewhere(world: State, case: Case, one: Claimant, lost: int, inbound: str) -> Accepted:
    """Give pieces others, and say so."""
    wait = Wait(one.ref, case.sku, lost, _at(one, inbound))
    found = elsewhere(world, case.catalog, wait, one.place, state=one.state, since=case.since, now=case.now)
    if moved := moved_by(found):
        reason = Reason(SupplyCode.MOVED, one.ref, moved, one.quantity, case.sku)
        return attrs.evolve(found, because=(*found.because, reason))
    return found


def _at(one: Claimant, inbound: str) -> str:
    """Return how somebody waits for an inbound: at the node that keeps the kit of a line."""
    return waits_at(one.place, inbound) if one.ref.startswith(LINE) else inbound


def _still(wait: Wait) -> Iterator[Guard]:
    """Yield the guards that the pieces still wait."""
    yield Between(goods(wait.sku), (awaited(wait.inbound, wait.ref),))
    if wait.ref.startswith(LINE):
        yield Between(Unit(wait.ref), (line_account(LineState.BACKORDERED, wait.inbound),))


# Giving way


def _ended(world: State, case: Case, inbound: str) -> Accepted:
    """End or cancel what nobody has other goods for; where that is not allowed, name it."""
    taken = Accepted()
    for one, lost in _losing(world, case, inbound):
        state = Supposed(world, taken.events)
        held = state.balance(case.unit, (awaited(inbound, one.ref),))
        pieces = min(lost, held, _gone(state, case, inbound))  # its kit may have gone with another line
        if pieces <= 0:
            continue
        if not one.ref.startswith(LINE):
            more = _forgone(case, one, Wait(one.ref, case.sku, pieces, inbound))
        elif case.policy.cancels:
            more = _canceled(state, case, one, pieces, inbound)
        else:
            more = Accepted((), (Reason(ReliefCode.UNMET, one.ref, pieces, one.quantity, case.sku),))
        taken = plus(taken, more)
    return taken


def _forgone(case: Case, one: Claimant, wait: Wait) -> Accepted:
    reason = Reason(ReliefCode.GIVES_WAY, one.ref, wait.quantity, one.quantity, case.sku)
    return Accepted((Forgone(waits=(wait,)),), (reason,), tuple(_still(wait)))


def not_on_shelf(world: State, case: Case, one: Claimant, missing: int) -> Accepted:
    """Let pieces that a node keeps for a kit, and no longer has, come with an inbound to it; else the kit gives way."""
    held = world.balance(Unit(one.ref), (line_account(LineState.BACKORDERED, _at(one, "")),))
    if (lost := min(held, missing)) <= 0:
        return Accepted()
    taken = _elsewhere(world, case, one, lost, "")
    lost -= moved_by(taken)
    if lost <= 0:
        return taken
    if case.policy.cancels:
        return plus(taken, _canceled(Supposed(world, taken.events), case, one, lost, ""))
    return plus(taken, Accepted((), (Reason(ReliefCode.UNMET, one.ref, lost, one.quantity, case.sku),)))


def _canceled(world: State, case: Case, one: Claimant, pieces: int, inbound: str) -> Accepted:
    """Cancel pieces that wait in vain, and those of their kit; of these too, first what waits in vain."""
    order = order_of(world, one.ref)
    if order is None:
        return Accepted()
    waits = [Wait(one.ref, case.sku, pieces, _at(one, inbound))]
    for line, quantity in with_kit(order, one.ref, pieces).items():
        ref, mate = order.unit(line), case._replace(sku=order.line_by_id[line].sku)
        missing, node = quantity - (pieces if ref == one.ref else 0), spot(_at(one, inbound))[0]
        if ref != one.ref or node:
            waits += _mates(Supposed(world, (Forgone(waits=tuple(waits)),)), mate, ref, missing, node)
    lines = tuple([ClaimLine(wait.ref, wait.sku, wait.quantity) for wait in waits])
    opened = Claimed(place=pool_place(order.pool), state=GoodsState.RESERVED, lines=lines, channel=order.channel)
    events = (Forgone(waits=tuple(waits)), opened)
    more = canceled(Supposed(world, events), one, pieces)
    guards = [guard for wait in waits for guard in _still(wait)]
    return Accepted((*events, *more.events), more.because, (*guards, *more.guards)) if more.events else Accepted()


def _mates(world: State, case: Case, ref: str, most: int, node: str) -> Iterator[Wait]:
    """Yield the pieces of a line that go with its kit: what waits in vain, then what a node keeps for it."""
    parts = sorted(world.parts(Unit(ref), line_account(LineState.BACKORDERED)).items())
    held = {account.ref: quantity for account, quantity in parts if spot(account.ref)[0] == node}
    vain = {at: min(quantity, _gone(world, case, spot(at)[1])) for at, quantity in held.items()}
    rest = {at: quantity - vain[at] for at, quantity in held.items() if node}
    for at, quantity in (*vain.items(), *rest.items()):
        if (part := min(quantity, most)) > 0:
            yield Wait(ref, case.sku, part, at)
            most -= part


# Telling


def told(world: State, taken: Accepted, waited: Accepted, now: int) -> Accepted:
    """Tell each order that waits, or has waited in vain, its new date, or that there is none, where it knows another.

    Orders come by priority, then age, then id. The guards say that no more is taken away than does not come.
    """
    waits = [wait for event in waited.events if isinstance(event, Forgone) for wait in event.waits]
    anew = [wait for event in taken.events if isinstance(event, Awaited) for wait in event.waits]
    inbounds = {wait.ref: wait.inbound for wait in reversed([*waits, *anew]) if wait.ref.startswith(LINE)}
    short = [each.subject for each in taken.because if each.code is ReliefCode.UNMET]
    unmet = {ref for ref in short if world.parts(Unit(ref), line_account(LineState.BACKORDERED))}
    moved = {each.subject for each in taken.because if each.code is SupplyCode.MOVED}
    orders = {order.id: order for ref in {*inbounds, *unmet} if (order := order_of(world, ref))}
    events = []
    for order in sorted(orders.values(), key=lambda each: (-each.priority, each.placed_at, each.id)):
        refs = [order.unit(line.id) for line in order.lines]
        if not (inbound := next(_inbounds_of(world, refs, inbounds), "")):
            continue
        event = new_date(world, inbound, order.id, is_lost=not unmet.isdisjoint(refs), now=now)
        if event and (event.lines or not moved.isdisjoint(refs)):  # of what is canceled no date is left to be told
            events.append(event)
    pairs = dict.fromkeys([(goods(wait.sku), coming(wait.inbound)) for wait in waits if spot(wait.inbound)[1]])
    guards = [Between(unit, (at,), None, max(world.balance(unit, (at,)), 0)) for unit, at in pairs]
    return Accepted(tuple(events), (), tuple(guards))


def _inbounds_of(world: State, refs: Iterable[str], known: Mapping[str, str]) -> Iterator[str]:
    """Yield the inbounds that lines have waited for, those first that were left."""
    yield from [known[ref] for ref in refs if ref in known]
    for ref in refs:
        yield from sorted([account.ref for account in world.parts(Unit(ref), line_account(LineState.BACKORDERED))])
