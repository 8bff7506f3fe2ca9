"""Who waits at which inbound: what inbounds bring for a place, how a wait ends, and holds there that are over."""

from collections.abc import Collection, Iterable, Mapping

import attrs

from ..catalog import Network, pool_place
from ..inventory import Claimed, ClaimLine, GoodsState, InventoryCode, goods
from ..ledger import Between, Event, Guard, Reason, State
from ..orders import LineState, Order, line_account
from ..values import Unit
from .documents import EXPECTED, Inbound, Wait, Waiting, awaited, coming, inbound_key, inbound_of, spot, waiting_key
from .events import LINE, Forgone
from .tellings import serves

__all__ = [
    "are_over",
    "candidates",
    "ended",
    "guards_of",
    "is_within",
    "lapsed",
    "left_of",
    "matched",
    "open_again",
    "opened",
    "still_waiting",
    "waits_for",
    "waits_of",
]


Within = tuple[int | None, int | None]
"""After which moment, and up to which (ms UTC), something is expected."""


def is_within(inbound: Inbound, within: Within) -> bool:
    """Tell whether an inbound is expected in some time."""
    since, latest = within
    return (since is None or since < inbound.expected_at) and (latest is None or inbound.expected_at <= latest)


def guards_of(waits: Iterable[Wait]) -> tuple[Guard, ...]:
    """Return the guards of new claims at inbounds: none is claimed beyond what it brings."""
    pairs = dict.fromkeys([(wait.sku, wait.inbound) for wait in waits])
    return tuple([Between(goods(sku), (coming(inbound),)) for sku, inbound in pairs])


def candidates(
    world: State, network: Network, place: str, sku: str, *, within: Within = (None, None), but: str = ""
) -> list[tuple[Inbound, int]]:
    """Return the inbounds that bring free pieces of a SKU for claims at a place, the earliest first."""
    parts = world.parts(goods(sku), EXPECTED)
    known = [(world.document(inbound_key(account.lot)), free) for account, free in parts.items() if free > 0]
    found = [
        (each.expected_at, each.id, each, free)
        for each, free in known
        if each and each.id != but and serves(network, each.node, place) and is_within(each, within)
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


def waits_of(world: State, order: Order) -> list[Wait]:
    """Return what an order waits for."""
    return [
        Wait(order.unit(line.id), line.sku, held, account.ref)
        for line in order.lines
        for account, held in sorted(world.parts(order.unit(line.id), line_account(LineState.BACKORDERED)).items())
    ]


def open_again(
    world: State, order: Order, wanted: Mapping[str, int], *, node: str = ""
) -> tuple[tuple[Event, ...], tuple[Guard, ...]]:
    """Return how backordered pieces by line are open ones again, with a claim at the pool: the latest inbound first.

    Only those that wait together at a `node`, where one is named.
    """
    waits, there = list[Wait](), _latest_first(world, waits_of(world, order))
    there = [wait for wait in there if node in ("", spot(wait.inbound)[0])]
    for line, quantity in wanted.items():
        left = quantity
        for wait in [wait for wait in there if wait.ref == order.unit(line)]:
            if part := min(wait.quantity, left):
                waits.append(wait._replace(quantity=part))
                left -= part
    return opened(order, waits)


def opened(order: Order, waits: Collection[Wait]) -> tuple[tuple[Event, ...], tuple[Guard, ...]]:
    """Return how pieces that wait are open ones again, with a claim at the pool."""
    if not waits:
        return (), ()
    lines = tuple([ClaimLine(wait.ref, wait.sku, wait.quantity) for wait in waits])
    place, state = pool_place(order.pool), GoodsState.RESERVED  # the quota that they drew stays theirs
    claimed = Claimed(place=place, state=state, lines=lines, channel=order.channel)
    return (Forgone(waits=tuple(waits)), claimed), still_waiting(waits)


def _latest_first(world: State, waits: Iterable[Wait]) -> list[Wait]:
    """Return waits with those of the latest date first; of kits the latest node, so that whole ones go."""
    dated = [(inbound_of(world, wait.inbound), spot(wait.inbound)[0], wait) for wait in waits]
    ranked = [(each.expected_at if each else 0, node, wait) for each, node, wait in dated]
    last = {node: max([at for at, own, _ in ranked if own == node]) for _, node, _ in ranked if node}
    return [
        wait for *_, wait in sorted([(last.get(node, at), node, at, wait) for at, node, wait in ranked], reverse=True)
    ]


def still_waiting(waits: Iterable[Wait]) -> tuple[Guard, ...]:
    """Return the guards of those who leave an inbound: that they still wait there."""
    guards: list[Guard] = []
    for ref, sku, _, inbound in waits:
        guards.append(Between(goods(sku), (awaited(inbound, ref),)))
        if ref.startswith(LINE):
            guards.append(Between(Unit(ref), (line_account(LineState.BACKORDERED, inbound),)))
    return tuple(guards)


# Holds that are over


def lapsed(world: State, inbounds: Collection[str], skus: Iterable[str], now: int) -> tuple[Forgone, ...]:
    """End the holds at inbounds whose moment has come and that are in somebody's way, in the order of their refs."""
    refs = {part.ref for sku in skus for part in world.parts(goods(sku), awaited("")) if part.lot in inbounds}
    claims = [ref for ref in sorted(refs) if not ref.startswith(LINE)]
    waiting = [world.document(waiting_key(ref.removeprefix("claim:"))) for ref in claims]
    return tuple([ended(world, each) for each in waiting if each and each.due_at is not None and each.due_at <= now])


def ended(world: State, waiting: Waiting) -> Forgone:
    """Return the end of a hold whose moment has come."""
    over = attrs.evolve(waiting, revision=waiting.revision + 1, due_at=None)
    return Forgone(waits=waits_for(waiting, left_of(world, waiting)), waiting=over)


def left_of(world: State, waiting: Waiting) -> dict[str, int]:
    """Return what a claim of its own still waits for, by SKU."""
    account = (awaited(waiting.inbound, waiting.ref),)
    return {sku: held for sku in waiting.skus if (held := world.balance(goods(sku), account))}


def waits_for(waiting: Waiting, quantities: Mapping[str, int]) -> tuple[Wait, ...]:
    """Return how a claim of its own waits for pieces by SKU."""
    return tuple([Wait(waiting.ref, sku, quantity, waiting.inbound) for sku, quantity in quantities.items()])


def are_over(events: Iterable[Forgone], now: int) -> tuple[tuple[Reason, ...], tuple[Guard, ...]]:
    """Say that holds are over, and return the guards that what they held still was theirs."""
    ids = [event.waiting.id for event in events if event.waiting]
    reasons = tuple([Reason(InventoryCode.EXPIRED, id, None, now) for id in ids])
    return reasons, still_waiting([wait for event in events for wait in event.waits])
