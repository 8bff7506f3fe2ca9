"""Claims of lots and serials by name, at a node: firm, or held until a moment; which lots, `pick_plan` proposes.

They are claims like any other: `inventory.confirm`, `extend`, `release` and `expire` end them, in whole or in part, and
every piece keeps its lot. Only what there must be differs: each lot's own account is guarded, so that no two take the
same piece (a serial is one), and every set of places that the node is in, so that nothing is taken that was promised
without a name: nor the lots that last, of which a channel was promised some (docs/decisions/0037, 0044).
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import attrs

from ..catalog import Catalog
from ..inventory import (
    Claim,
    Claimed,
    ClaimLine,
    ClaimPolicy,
    GoodsState,
    InventoryCode,
    LotPieces,
    day_at,
    free_of,
    gained,
    goods,
    lasting,
    limits_of,
    lot_key,
    may_be_sold,
    overdue_ended,
    own_drawn,
    sellable,
    shelf,
    summed,
)
from ..ledger import Accepted, Between, Decision, Event, Reason, Refused, Request, State, Supposed
from ..values import LARGEST, whole
from .codes import LotCode

__all__ = ["claim_lots", "hold_lots", "taken"]


def claim_lots(
    claim: str,
    *,
    node: str,
    lots: Iterable[LotPieces],
    minimum_life_days: int = 0,
    own: str = "",
    policy: ClaimPolicy = ClaimPolicy(),
) -> Request[Catalog]:
    """Ask for pieces of lots or serials by name, at a node, firm: all of them or none.

    `own` names a claim of the same holder that is drawn on first, by name or not. Because: `UNKNOWN_NODE`,
    `NODE_CLOSED`, `MAY_NOT_BE_SOLD`, `SHORT` (of a lot, or of what is not promised yet); `inventory.UNKNOWN_CLAIM`,
    `inventory.EXPIRED` for each hold that was ended for it.
    """
    wanted = summed(lots)
    return _request(_claim(claim, node, GoodsState.RESERVED, wanted), wanted, minimum_life_days, own, policy)


def hold_lots(
    claim: str,
    *,
    node: str,
    lots: Iterable[LotPieces],
    until: int | None = None,
    minimum_life_days: int = 0,
    own: str = "",
    policy: ClaimPolicy = ClaimPolicy(),
) -> Request[Catalog]:
    """Ask for pieces of lots or serials by name that are given back by themselves at a moment (ms UTC), as a basket is.

    Without a moment the policy says how long it lasts; else as `claim_lots`.
    """
    wanted = summed(lots)
    document = _claim(claim, node, GoodsState.HELD, wanted)
    if until is not None:
        document = policy.lasting(document, whole(until, "until", -LARGEST))
    return _request(document, wanted, minimum_life_days, own, policy)


def _claim(claim: str, node: str, state: str, wanted: Sequence[LotPieces]) -> Claim:
    skus = tuple(dict.fromkeys([each.sku for each in wanted]))
    names = tuple([(each.sku, each.lot, each.owner) for each in wanted])
    return Claim(id=claim, place=node, state=state, skus=skus, lots=names)


def _request(
    claim: Claim, wanted: tuple[LotPieces, ...], life_days: int, own: str, policy: ClaimPolicy
) -> Request[Catalog]:
    """Return the request; what is asked is the event that says yes to it, where no moment is left to the policy."""
    node, lasts = claim.place, claim.state == GoodsState.HELD and claim.until is None
    lines = tuple([ClaimLine(claim.ref, each.sku, each.quantity, each.lot, each.owner) for each in wanted])
    asked = Claimed(place=node, state=claim.state, lines=lines, claim=claim, own=own)

    def decide(world: State, catalog: Catalog, now: int) -> Decision:
        place = catalog.network.node_by_id.get(node)
        if place is None:
            return Refused((Reason(LotCode.UNKNOWN_NODE, node),))
        if not place.is_open:
            return Refused((Reason(LotCode.NODE_CLOSED, node),))
        event = attrs.evolve(asked, claim=policy.lasting(claim, now + policy.lasts_ms)) if lasts else asked
        batches, day = [world.document(lot_key(each.sku, each.lot)) for each in wanted], day_at(catalog, node, now)
        unfit = [
            Reason(LotCode.MAY_NOT_BE_SOLD, each.lot)
            for each, batch in zip(wanted, batches, strict=True)
            if not may_be_sold(batch, day, life_days)
        ]
        answer = taken(world, catalog, node, event, wanted, now=now, own=own, policy=policy)
        if not unfit:
            return answer
        return Refused((*unfit, *(answer.because if isinstance(answer, Refused) else ())))

    return Request(f"claim/{claim.id}", (asked,), decide)


# What there is room for


def taken(
    world: State,
    catalog: Catalog,
    node: str,
    event: Event,
    wanted: tuple[LotPieces, ...],
    *,
    now: int,
    own: str = "",
    policy: ClaimPolicy = ClaimPolicy(),
) -> Decision:
    """Decide whether pieces can be taken off the shelf, by this event: beside what is promised to others.

    Each is named by lot or owner, or is of none. They are drawn from the holder's own claim first; holds whose time is
    over stand in nobody's way.
    """
    drawn = own_drawn(world, catalog, own, wanted, now=now, policy=policy)
    if drawn is None:
        return Refused((Reason(InventoryCode.UNKNOWN_CLAIM, own),))
    part, _ = drawn
    taking = Taking(world, catalog, node, event, wanted, now)
    checks = _checks(taking, part.events)
    if short := [check.limit for check in checks if check.found < check.needed]:
        ended = overdue_ended(world, catalog, short, now)
        checks, part = _checks(taking, part.events, ended.events), part.plus(ended)
    because = [
        Reason(LotCode.SHORT, check.subject, max(check.found, 0), check.needed, "pieces")
        for check in checks
        if check.found < check.needed
    ]
    if because:
        return Refused((*part.because, *dict.fromkeys(because)))
    guards = [guard for check in checks for guard in check.guards]
    return Accepted((*part.events, event), part.because, (*part.guards, *guards))


class Taking(NamedTuple):
    """Pieces that are taken off the shelf of a node by an event, and what decides whether they can be."""

    world: State
    catalog: Catalog
    node: str
    event: Event
    wanted: tuple[LotPieces, ...]
    now: int


class Check(NamedTuple):
    """How many pieces of a lot or of a SKU are needed, how many can be taken within a limit, and what holds them."""

    subject: str
    needed: int
    found: int
    limit: Between
    guards: tuple[Between, ...]


def _checks(taking: Taking, drawn: Sequence[Event], ended: Sequence[Event] = ()) -> list[Check]:
    """Return what is to be checked; what was drawn on needs no room, for it was claimed before."""
    world, node, wanted = Supposed(taking.world, (*drawn, *ended)), taking.node, taking.wanted
    moves = [move for event in drawn for move in event.movements()]

    def check(subject: str, needed: int, limit: Between, still: tuple[Between, ...] = ()) -> Check:
        gain = gained(limit, moves)
        return Check(subject, needed, max(free_of(world, limit), gain), limit, (limit, *still) if needed > gain else ())

    named = [each for each in wanted if each.lot or each.owner]
    own = [Between(goods(each.sku), (shelf(node, each),), _of_others(world, node, each)) for each in named]
    checks = [check(each.lot or each.owner, each.quantity, limit) for each, limit in zip(named, own, strict=True)]
    beyond = [each for each, one in zip(named, checks, strict=True) if one.guards]
    beyond += [each for each in wanted if each not in named]
    for sku in dict.fromkeys([each.sku for each in wanted]):
        needed = sum([each.quantity for each in wanted if each.sku == sku])
        limits = limits_of(world, taking.catalog, taking.catalog.network.limits[node], sku, now=taking.now)
        checks += [check(sku, needed, limit, limits.still) for limit in limits.sums]
        checks += _lasting(taking, world, sku, needed, [each for each in beyond if each.sku == sku])
    return checks


def _lasting(taking: Taking, world: State, sku: str, needed: int, beyond: Sequence[LotPieces]) -> list[Check]:
    """Return what is to be checked of lots that last, where such are taken: who needs them must find as many still."""
    _, catalog, node, event, _, now = taking
    batches, day = [world.document(lot_key(sku, each.lot)) for each in beyond], day_at(catalog, node, now)
    ends = [batch.expires_on if batch else None for batch in batches]
    life = max([LARGEST if end is None else end - day for end in ends], default=0)
    all_of_it = Between(goods(sku), (sellable(node),))
    found = lasting(Supposed(world, (event,)), catalog, node, sku, life, now=now)
    return [
        Check(sku, needed, needed + (each.free if each.needing else 0), all_of_it, each.guards(max(each.free, 0)))
        for each in found
    ]


def _of_others(world: State, node: str, pieces: LotPieces) -> int:
    """Return what the account of these pieces counts beside them: a lot's total includes what others own of it."""
    own = shelf(node, pieces)
    return sum(
        [
            held
            for part, held in world.parts(goods(pieces.sku), own._replace(lot="", owner="")).items()
            if part != own and pieces.lot in ("", part.lot) and pieces.owner in ("", part.owner)
        ]
    )
