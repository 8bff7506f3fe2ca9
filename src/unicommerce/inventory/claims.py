"""How a claim of several lines at one place is decided: what it draws on, who is in its way, who falls short and why.

What is asked for is summed by SKU before anything is checked. Pieces are drawn from the holder's own claim and the
channel's ring-fences first; those are not taken from anybody, so that only what goes beyond them needs room. An own
claim at another place is given back there, and what is wanted here draws on the ring-fences as if it were new. Where
there is too little, holds whose time is over are ended in the same entry: they stand in nobody's way, whether or not
anybody has looked at them.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import attrs

from ..catalog import Catalog, Channel, Component, Product
from ..ledger import (
    Accepted,
    Between,
    Decision,
    Guard,
    Movement,
    Reason,
    Refused,
    State,
    Supposed,
    whole,
)
from .codes import InventoryCode
from .documents import Claim, ClaimLine, claim_key, is_untold
from .endings import NOTHING, Part, Standing, closed, given_back, over, overdue_ended, share, standing
from .events import Claimed
from .keeping import Limits, free_of, is_within, limits_of, lives_of
from .lots import LotPieces
from .policy import ClaimPolicy

__all__ = ["claim_lines", "gained", "own_drawn"]

Kits = Mapping[str, Product]
NO_KITS: Kits = {}


# Claiming


class Case(NamedTuple):
    """A claim that is to be decided, and what decides it."""

    world: State
    catalog: Catalog
    wanted: Claimed
    channel: Channel | None
    now: int

    def life_days(self, sku: str) -> int:
        """Return for how many days lots must last: at a node. What is claimed at a pool is looked at where it goes."""
        is_node = self.wanted.place in self.catalog.network.node_by_id
        return self.catalog.life_days(self.wanted.channel, sku) if is_node else 0


def claim_lines(
    world: State,
    catalog: Catalog,
    wanted: Claimed,
    *,
    now: int,
    policy: ClaimPolicy = ClaimPolicy(),
    kits: Kits = NO_KITS,
    has_quota: bool = False,
    goes_on: bool = False,
) -> Decision:
    """Decide a claim of several lines at one place, and who falls short by how much.

    `wanted.own` names a claim of the same holder that is drawn on first; `kits` are the SKUs among the lines that are
    made of others, which are then what is claimed. All of it or nothing, unless the policy takes a part. What comes
    from another claim of the same `ref` (`has_quota`) has drawn the quota of its channel already. What must last is
    claimed at a pool only where it goes on to nodes in the same entry (`goes_on`).
    """
    network, place = catalog.network, wanted.place
    places, node = network.limits.get(place), network.node_by_id.get(place)
    if places is None:
        return Refused((Reason(InventoryCode.UNKNOWN_PLACE, place),))
    if node is not None and not node.is_open:
        return Refused((Reason(InventoryCode.NODE_CLOSED, place),))
    if not (wanted.own or wanted.channel or kits):  # nearly always; and then there nearly always is enough
        guards: tuple[Guard, ...] = ()
        demand: dict[str, int] = {}
        for _, sku, quantity, *_ in wanted.lines:
            demand[sku] = demand.get(sku, 0) + quantity
        for sku, needed in demand.items():
            untold = _untold(wanted, needed) if catalog.channels else 0
            sums, still = limits_of(world, catalog, places, sku, untold=untold, now=now)
            if min([world.balance(unit, accounts) - (least or 0) for unit, accounts, least, _ in sums]) < needed:
                break
            guards += sums + still if still else sums
        else:
            return Accepted((wanted,), (), guards)
    channel = catalog.channel_by_id.get(wanted.channel)
    if because := _not_there(catalog, wanted, channel, kits, goes_on=goes_on):
        return Refused(because)
    if channel and has_quota:
        channel = attrs.evolve(channel, quotas=())
    return _settled(Case(world, catalog, wanted, channel, now), policy, kits)


def _not_there(
    catalog: Catalog, wanted: Claimed, channel: Channel | None, kits: Kits, *, goes_on: bool
) -> tuple[Reason, ...]:
    """Return why a channel can not claim at a place at all."""
    place = wanted.place
    if channel is None:
        is_unknown = wanted.channel and catalog.channels
        return (Reason(InventoryCode.UNKNOWN_CHANNEL, wanted.channel),) if is_unknown else ()
    if not is_within(catalog, channel, place):
        return (Reason(InventoryCode.NOT_OF_CHANNEL, place, place, channel.id),)
    if goes_on or place in catalog.network.node_by_id:
        return ()
    dated = [sku for sku in _demand(wanted.lines, kits) if catalog.life_days(channel.id, sku)]
    return tuple([Reason(InventoryCode.BY_NODE, channel.id, None, None, sku) for sku in dated])


def _settled(case: Case, policy: ClaimPolicy, kits: Kits) -> Decision:
    """Decide a claim that draws on others, or that is bound by rules of a channel, or for which there is too little."""
    lines, demand = case.wanted.lines, _demand(case.wanted.lines, kits)
    drawn = _drawn(case, demand, policy)
    if drawn is None:
        return Refused((Reason(InventoryCode.UNKNOWN_CLAIM, case.wanted.own),))
    rooms, ended = [_room(case, sku, needed, drawn) for sku, needed in demand.items()], NOTHING
    if short := _short(rooms):
        ended = overdue_ended(case.world, case.catalog, short, case.now)
        rooms = [_room(case, sku, needed, drawn, ended) for sku, needed in demand.items()]
    if not _short(rooms):
        guards = tuple([guard for room in rooms for guard in room.guards])
        events = (*drawn.events, *ended.events, _taken(case, kits, demand))
        return Accepted(events, drawn.because + ended.because, drawn.guards + ended.guards + guards)
    fitting = _fitting(lines, kits, rooms) if policy.takes_part else ()
    if not fitting:
        return Refused(drawn.because + _why(case, rooms, dict.fromkeys(demand)))
    answer = _settled(case._replace(wanted=attrs.evolve(case.wanted, lines=fitting)), policy, kits)
    because = answer.because + _why(case, rooms, _demand(fitting, kits))
    return Refused(because) if isinstance(answer, Refused) else Accepted(answer.events, because, answer.guards)


def _untold(wanted: Claimed, needed: int) -> int:
    """Return of how many of so many pieces nobody will tell the lot."""
    return needed if any(is_untold(line.ref) for line in wanted.lines) else 0


def _parts(kits: Kits, sku: str) -> tuple[Component, ...]:
    return kits[sku].components if sku in kits else (Component(sku, 1),)


def _demand(lines: Iterable[ClaimLine], kits: Kits) -> dict[str, int]:
    demand: dict[str, int] = {}
    for _, sku, quantity, *_ in lines:
        for part, per in _parts(kits, sku):
            demand[part] = demand.get(part, 0) + quantity * per
    return demand


def _taken(case: Case, kits: Kits, demand: Mapping[str, int]) -> Claimed:
    """Return the event: of what kits are made of, with the quota that it draws."""
    wanted = case.wanted
    if kits:
        ref = wanted.lines[0].ref
        lines = tuple([ClaimLine(ref, sku, quantity) for sku, quantity in demand.items()])
        wanted = attrs.evolve(wanted, lines=lines)
    if wanted.claim and wanted.claim.skus != tuple(demand):
        wanted = attrs.evolve(wanted, claim=attrs.evolve(wanted.claim, skus=tuple(demand)))
    if days := max(map(case.life_days, demand), default=0):  # from today on its goods must last
        refs = dict.fromkeys([line.ref for line in wanted.lines], days)
        lives = lives_of(case.world, case.catalog, wanted.place, refs, now=case.now)
        wanted = attrs.evolve(wanted, lives=lives)
    if case.channel and case.channel.quotas:
        limited = case.channel.quota_by_sku
        wanted = attrs.evolve(wanted, quota=tuple([line for line in wanted.lines if line.sku in limited]))
    return wanted


# What is drawn on


def _drawn(case: Case, demand: Mapping[str, int], policy: ClaimPolicy) -> Part | None:
    """Draw on the holder's own claim, then on the ring-fences of the channel at this place; None: no such own claim."""
    wanted = tuple([LotPieces(sku, quantity) for sku, quantity in demand.items()])
    own = own_drawn(case.world, case.catalog, case.wanted.own, wanted, now=case.now, policy=policy)
    if own is None:
        return None
    claim = case.world.document(claim_key(case.wanted.own)) if case.wanted.own else None
    part, left = own if claim is None or claim.place == case.wanted.place else (own[0], wanted)
    for id in case.channel.ring_fences if case.channel else ():
        fence = case.world.document(claim_key(id))
        if fence and id != case.wanted.own and fence.place == case.wanted.place and not fence.is_over(case.now):
            more, left = _drawn_on(case.world, case.catalog, fence, left, now=case.now, gives_rest=False)
            part = part.plus(more)
    return part


def own_drawn(
    world: State, given: object, own: str, wanted: Standing, *, now: int, policy: ClaimPolicy
) -> tuple[Part, Standing] | None:
    """Draw what is wanted on a claim of the same holder ("": none); with it, what else is wanted. None: no such claim.

    What was confirmed of a claim whose time is over stays where it is: nobody draws on it by accident.
    """
    if not own:
        return NOTHING, wanted
    claim = world.document(claim_key(own))
    if claim is None:
        return None
    if claim.is_over(now):
        return over(claim, now), wanted
    return _drawn_on(world, given, claim, wanted, now=now, gives_rest=not policy.keeps_rest)


def _drawn_on(
    world: State, given: object, claim: Claim, wanted: Standing, *, now: int, gives_rest: bool
) -> tuple[Part, Standing]:
    there = standing(world, claim)
    if not claim.lots:  # of no lot: its pieces serve any
        wanted = tuple([want._replace(lot="", owner="") for want in wanted])
    taken, left = share(there, wanted)
    taken = there if gives_rest else taken
    if not taken:
        return NOTHING, left
    is_empty = taken == there and claim.due_at is not None
    return given_back(world, given, claim, taken, closed(claim) if is_empty else None, now=now), left


# What there is room for


class Room(NamedTuple):
    """What can be claimed of a SKU, what is needed, what each limit has room for, and the guards that it needs."""

    sku: str
    needed: int
    found: int
    limits: Limits
    rooms: Sequence[int]
    guards: tuple[Between, ...]


def _room(case: Case, sku: str, needed: int, drawn: Part, ended: Part = NOTHING) -> Room:
    """Return the room for a SKU once others have given back; what is drawn on needs none, for it was claimed before."""
    events = drawn.events + ended.events
    world: State = Supposed(case.world, events) if events else case.world
    places, life_days = case.catalog.network.limits[case.wanted.place], case.life_days(sku)
    untold = _untold(case.wanted, needed)
    limits = limits_of(world, case.catalog, places, sku, case.channel, life_days=life_days, untold=untold, now=case.now)
    rooms = [free_of(world, guard) for guard in limits.sums]
    if not drawn.events:
        return Room(sku, needed, min(rooms), limits, rooms, limits.sums + limits.still)
    moves = [move for event in drawn.events for move in event.movements()]
    gains = [gained(guard, moves) for guard in limits.sums]
    if life_days:
        gains[0] = 0  # at its node: what was drawn on may have been claimed of lots that do not last as long
    rooms = [max(free, gain) for free, gain in zip(rooms, gains, strict=True)]
    needs = tuple([guard for guard, gain in zip(limits.sums, gains, strict=True) if needed > gain])
    return Room(sku, needed, min(rooms), limits, rooms, needs + limits.still if needs else ())


def _short(rooms: Iterable[Room]) -> list[Between]:
    """Return the sums that leave less than is needed."""
    return [
        guard
        for room in rooms
        for guard, there in zip(room.limits.sums, room.rooms, strict=True)
        if there < room.needed
    ]


def gained(guard: Between, moves: Iterable[Movement]) -> int:
    """Return what these movements bring to the accounts of a guard; pieces of a lot to the whole account, too."""
    accounts = set(guard.accounts)
    came = [(quantity, target) for quantity, unit, _, target in moves if unit == guard.unit]
    return sum([quantity for quantity, target in came if target in accounts or whole(target) in accounts])


def _fitting(lines: Iterable[ClaimLine], kits: Kits, rooms: Iterable[Room]) -> tuple[ClaimLine, ...]:
    """Return what there is room for, of the lines in their order; of a kit, complete ones."""
    left = {room.sku: max(room.found, 0) for room in rooms}
    fitting = []
    for ref, sku, quantity, *_ in lines:
        parts = _parts(kits, sku)
        part = min(quantity, *[left[each] // per for each, per in parts])
        for each, per in parts:
            left[each] -= part * per
        if part:
            fitting.append(ClaimLine(ref, sku, part))
    return tuple(fitting)


def _why(case: Case, rooms: Iterable[Room], taken: Mapping[str, int | None]) -> tuple[Reason, ...]:
    """Say who falls short, by how much, and for whose sake; `taken` are the pieces that are claimed all the same."""
    place, reasons = case.wanted.place, []
    sets = case.catalog.network.limits[place]
    for room in rooms:
        found = taken.get(room.sku, 0)
        found = max(room.found, 0) if found is None else found
        if found < room.needed:
            reasons.append(Reason(InventoryCode.SHORT, place, found, room.needed, room.sku))
        if case.channel and len(room.rooms) > len(sets) and room.rooms[-1] < room.needed:
            reasons.append(Reason(InventoryCode.QUOTA, case.channel.id, max(room.rooms[-1], 0), room.needed, room.sku))
        tightest = min(range(len(sets)), key=room.rooms.__getitem__)
        least, there = room.limits.sums[tightest].least or 0, room.rooms[tightest]
        if there < room.needed and there < room.rooms[0]:
            others = [place for place in sets[tightest] if place not in sets[0]]
            pools = " + ".join([other.partition(":")[2] for other in others if ":" in other])
            reasons.append(Reason(InventoryCode.PROTECTED, pools, max(there, 0), room.needed, room.sku))
        if there < room.needed and least > 0:
            reasons.append(Reason(InventoryCode.KEPT, place, least, None, room.sku))
    return tuple(sorted(reasons, key=lambda reason: list(InventoryCode).index(reason.code)))  # type: ignore[arg-type]
