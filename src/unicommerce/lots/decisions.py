"""Requests for lots beside claims: give an older claim back, withdraw what may not be sold, hand back to the owner."""

from collections.abc import Iterable

import attrs

from ..catalog import Catalog, local_day
from ..inventory import GoodsState, LotPieces, claim_key, day_at, goods, lot_key, may_be_sold, release, summed
from ..ledger import Accepted, Account, Between, Decision, Reason, Refused, Request, State
from .claims import taken
from .codes import LotCode
from .documents import lot_claim_key
from .events import HandedBack, LotsReleased, Withdrawn

__all__ = ["hand_back", "release_lots", "withdraw"]


def release_lots(claim: str, *, id: str = "") -> Request[Catalog]:
    """Ask to give back all of a claim of lots: `inventory.release`, which does not know those of earlier versions.

    Pieces that may not be sold any more go to quarantine. Because: `UNKNOWN_CLAIM`, `NOTHING_TO_MOVE`.
    """

    def decide(world: State, catalog: Catalog, now: int) -> Decision:
        document = world.document(lot_claim_key(claim))
        if document is None and world.document(claim_key(claim)) is not None:
            return release(claim).decide(world, catalog, now)
        if document is None:
            return Refused((Reason(LotCode.UNKNOWN_CLAIM, claim),))
        day = day_at(catalog, document.node, now)
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
    wanted = summed(lots)
    event = HandedBack(node=node, lots=wanted)

    def decide(world: State, catalog: Catalog, now: int) -> Decision:
        if node not in catalog.network.node_by_id:
            return Refused((Reason(LotCode.UNKNOWN_NODE, node),))
        return taken(world, catalog, node, event, wanted, now=now)

    return Request(f"lots/{id}/handed_back", (event,), decide)
