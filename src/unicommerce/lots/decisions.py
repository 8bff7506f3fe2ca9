"""Requests for lots: claim named ones or those that a plan names, give them back, withdraw, hand back to the owner.

A claim of lots guards each lot's own account, so that no two can take the same piece (a serial is one), and every set
of places that its node is in, so that it takes nothing that was promised without a name: nor the lots that last, of
which a channel was promised some (docs/decisions/0037).
"""

from collections.abc import Iterable

import attrs

from ..catalog import Catalog, local_day
from ..inventory import (
    GoodsState,
    LotPieces,
    free_of,
    goods,
    lasting,
    limits_of,
    lot_key,
    may_be_sold,
    shelf,
)
from ..ledger import Accepted, Account, Between, Decision, Reason, Refused, Request, State, Supposed
from ..values import LARGEST, identifier, positive
from .codes import LotCode
from .documents import LotClaim, lot_claim_key
from .events import HandedBack, LotsClaimed, LotsReleased, Withdrawn

__all__ = ["claim_lots", "hand_back", "release_lots", "withdraw"]


def claim_lots(claim: str, *, node: str, lots: Iterable[LotPieces], minimum_life_days: int = 0) -> Request[Catalog]:
    """Ask for pieces of lots or serials by name, at a node: all of them or none; `pick_plan` proposes which.

    Because: `UNKNOWN_NODE`, `NODE_CLOSED`, `MAY_NOT_BE_SOLD`, `SHORT` (of a lot, or of what is not promised yet).
    """
    wanted = _summed(lots)
    document = LotClaim(id=claim, node=node, skus=tuple(dict.fromkeys([p.sku for p in wanted])))
    event = LotsClaimed(claim=document, lots=wanted)

    def decide(world: State, catalog: Catalog, now: int) -> Decision:
        place = catalog.network.node_by_id.get(node)
        if place is None:
            return Refused((Reason(LotCode.UNKNOWN_NODE, node),))
        if not place.is_open:
            return Refused((Reason(LotCode.NODE_CLOSED, node),))
        day = local_day(place.calendar.zone, now)
        batches = {p: world.document(lot_key(p.sku, p.lot)) for p in wanted}
        unfit = [p.lot for p, batch in batches.items() if not may_be_sold(batch, day, minimum_life_days)]
        short, guards = _taken(world, catalog, node, event, now)
        because = (*(Reason(LotCode.MAY_NOT_BE_SOLD, lot) for lot in unfit), *short)
        return Refused(because) if because else Accepted((event,), (), guards)

    return Request(f"lots/{claim}", (event,), decide)


def _taken(
    world: State, catalog: Catalog, node: str, event: LotsClaimed | HandedBack, now: int
) -> tuple[tuple[Reason, ...], tuple[Between, ...]]:
    """Return of what there is too little, and the guards: each lot's own pieces, and what is promised to others."""
    wanted, after = event.lots, Supposed(world, (event,))
    day = local_day(catalog.network.node_by_id[node].calendar.zone, now)
    checks = [
        (p.lot or p.owner, p.quantity, Between(goods(p.sku), (shelf(node, p),), _of_others(world, node, p)))
        for p in wanted
    ]
    still: tuple[Between, ...] = ()
    lasts: list[tuple[str, int, int]] = []
    for sku in dict.fromkeys([p.sku for p in wanted]):
        own = [p for p in wanted if p.sku == sku]
        needed = sum([p.quantity for p in own])
        limits = limits_of(world, catalog, catalog.network.limits[node], sku, now=now)
        checks += [(sku, needed, guard) for guard in limits.sums]
        still += limits.still
        for each in lasting(after, catalog, node, sku, _lasts(world, own, day), now=now):
            lasts.append((sku, needed, each.free + needed))
            still += each.guards(each.free)
    found = [*((subject, needed, free_of(world, guard)) for subject, needed, guard in checks), *lasts]
    short = [Reason(LotCode.SHORT, who, max(free, 0), needed, "pieces") for who, needed, free in found if free < needed]
    return tuple(dict.fromkeys(short)), (*(guard for *_, guard in checks), *still)


def _lasts(world: State, lots: Iterable[LotPieces], day: int) -> int:
    """Return for how many days the lot lasts that lasts longest: claims which need more lose nothing by them."""
    batches = [world.document(lot_key(p.sku, p.lot)) for p in lots]
    ends = [batch.expires_on if batch else None for batch in batches]
    return max([LARGEST if end is None else end - day for end in ends])


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


def _summed(lots: Iterable[LotPieces]) -> tuple[LotPieces, ...]:
    """Return pieces by lot and owner, each once and in order: what is asked twice is summed before it is checked."""
    wanted: dict[LotPieces, int] = {}
    for pieces in lots:
        identifier(pieces.lot or pieces.owner, "lot")
        known = LotPieces(pieces.sku, 0, pieces.lot, pieces.owner)
        wanted[known] = wanted.get(known, 0) + positive(pieces.quantity, f"quantity of {pieces.lot}")
    return tuple(sorted([pieces._replace(quantity=quantity) for pieces, quantity in wanted.items()]))


def release_lots(claim: str, *, id: str = "") -> Request[Catalog]:
    """Ask to give back a claim of lots; pieces that may not be sold any more go to quarantine.

    Because: `UNKNOWN_CLAIM`, `NOTHING_TO_MOVE`.
    """

    def decide(world: State, catalog: Catalog, now: int) -> Decision:
        document = world.document(lot_claim_key(claim))
        if document is None:
            return Refused((Reason(LotCode.UNKNOWN_CLAIM, claim),))
        place = catalog.network.node_by_id.get(document.node)
        day = local_day(place.calendar.zone if place else "UTC", now)
        pieces, guards = [], []
        for sku in document.skus:
            account = Account(document.node, GoodsState.RESERVED)
            for part, held in sorted(world.parts(goods(sku), account).items()):
                if part.ref == document.ref:
                    is_fit = may_be_sold(world.document(lot_key(sku, part.lot)), day)
                    state = GoodsState.SELLABLE if is_fit else GoodsState.QUARANTINE
                    pieces.append(LotPieces(sku, held, part.lot, part.owner, state))
                    guards.append(Between(goods(sku), (part,)))
        if not pieces:
            return Refused((Reason(LotCode.NOTHING_TO_MOVE, claim),))
        event = LotsReleased(node=document.node, ref=document.ref, lots=tuple(pieces))
        return Accepted((event,), (), tuple(guards))

    return Request(f"lots/{claim}/released{id and '/'}{id}", (), decide)


def withdraw(sku: str, lot: str, *, id: str = "") -> Request[Catalog]:
    """Ask to take a lot off the shelf at every node where it may not be sold; an `id` of its own for each time.

    Claims that have no goods then are short, and `relief` is what looks after them. Because: `UNKNOWN_LOT`,
    `NOTHING_TO_MOVE`.
    """

    def decide(world: State, catalog: Catalog, now: int) -> Decision:
        batch = world.document(lot_key(sku, lot))
        if batch is None:
            return Refused((Reason(LotCode.UNKNOWN_LOT, lot),))
        nodes = catalog.network.nodes
        unfit = [node for node in nodes if not may_be_sold(batch, local_day(node.calendar.zone, now))]
        events, guards = [], []
        for node in unfit:
            parts = world.parts(goods(sku), Account(node.id, GoodsState.SELLABLE))
            own = sorted([(part, held) for part, held in parts.items() if part.lot == lot and held > 0])
            if own:
                moved = tuple([LotPieces(sku, held, lot, part.owner) for part, held in own])
                events.append(Withdrawn(node=node.id, lots=moved))
                guards += [Between(goods(sku), (part,)) for part, _ in own]
        if len(unfit) == len(nodes) and not batch.is_withdrawn:
            over = attrs.evolve(batch, revision=batch.revision + 1, is_withdrawn=True)
            last = events.pop() if events else Withdrawn(node=nodes[-1].id if nodes else "", lots=())
            events.append(attrs.evolve(last, batch=over))
        if not events:
            return Refused((Reason(LotCode.NOTHING_TO_MOVE, lot),))
        return Accepted(tuple(events), (), tuple(guards))

    return Request(f"lot/{sku}/{lot}/withdrawn{id and '/'}{id}", (), decide)


def hand_back(id: str, *, node: str, lots: Iterable[LotPieces]) -> Request[Catalog]:
    """Ask to give consigned pieces at a node back to their owner.

    Because: `UNKNOWN_NODE`, `SHORT` (there are not so many, or they are promised).
    """
    wanted = _summed(lots)
    event = HandedBack(node=node, lots=wanted)

    def decide(world: State, catalog: Catalog, now: int) -> Decision:
        if node not in catalog.network.node_by_id:
            return Refused((Reason(LotCode.UNKNOWN_NODE, node),))
        short, guards = _taken(world, catalog, node, event, now)
        return Refused(short) if short else Accepted((event,), (), guards)

    return Request(f"lots/{id}/handed_back", (event,), decide)
