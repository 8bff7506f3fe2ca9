"""Requests for expected goods: transfer, claim ahead, forgo, lapse; and looking at an inbound whose moment has passed.

A claim on what an inbound brings guards that inbound alone: no two can promise the same expected piece. Once the goods
are there it is a claim like all others, under the same id and `ref`, and `inventory` gives it back.
"""

from collections.abc import Iterable, Mapping

import attrs

from ..catalog import Catalog
from ..errors import InvalidValue
from ..inventory import (
    Claimed,
    ClaimLine,
    GoodsState,
    InventoryCode,
    LotPieces,
    claim_lines,
    goods,
    is_told_apart,
    overdue_ended,
    sellable,
)
from ..ledger import Accepted, Between, Decision, Guard, Reason, Refused, Request, State, Supposed
from ..lots import taken as off_the_shelf
from ..values import pieces
from .codes import SupplyCode
from .documents import Inbound, Wait, Waiting, awaited, coming, inbound_key, waiting_key
from .events import Awaited, Forgone, Overdue
from .tellings import announced, next_lots, serves
from .waits import ended, lapsed, left_of, still_waiting, waits_for

__all__ = ["claim_ahead", "forgo", "lapse", "look_at", "transfer"]


def transfer(
    inbound: str, *, source: str, node: str, quantities: Mapping[str, int], expected_at: int
) -> Request[Catalog]:
    """Ask to send goods from one node to another, where they are expected at a moment (ms UTC): pieces by SKU.

    They leave what can be sold at the source at once, as far as no claim needs them, and are under way until they have
    landed or are lost. Of what is told apart those leave that expire first; those that last stay as far as they were
    promised to channels that need them. Because: `ANNOUNCED`, `inventory.UNKNOWN_PLACE`, `NODE_CLOSED` and `SHORT`,
    `lots.SHORT`.
    """
    wanted = pieces(quantities, "sku")
    skus = tuple([sku for sku, _ in wanted])
    document = Inbound(id=inbound, version=1, node=node, expected_at=expected_at, skus=skus, source=source)

    def decide(world: State, catalog: Catalog, now: int) -> Decision:
        plain = [(sku, quantity) for sku, quantity in wanted if not is_told_apart(catalog, sku)]
        lines = tuple([ClaimLine(f"inbound:{inbound}", sku, quantity) for sku, quantity in plain])
        known, taken = world.document(document.key), Claimed(place=source, state=GoodsState.RESERVED, lines=lines)
        answer = claim_lines(world, catalog, taken, now=now)
        if known is not None:
            return Refused((Reason(SupplyCode.ANNOUNCED, inbound, known.version),))
        if isinstance(answer, Refused):
            return answer
        freed = tuple([event for event in answer.events if not isinstance(event, Claimed)])
        leaving = _leaving(Supposed(world, freed), catalog, document, wanted, now=now)
        if isinstance(leaving, Refused):
            return leaving
        return Accepted((*freed, *leaving.events), answer.because + leaving.because, answer.guards + leaving.guards)

    return Request(f"inbound/{inbound}/1", (("inbound", document), ("quantities", wanted)), decide)


def _leaving(
    world: State, catalog: Catalog, document: Inbound, wanted: tuple[tuple[str, int], ...], *, now: int
) -> Decision:
    """Decide the event by which goods leave: what is told apart by its names, also what a hold that is over has."""
    source, apart = document.source, [(sku, quantity) for sku, quantity in wanted if is_told_apart(catalog, sku)]
    there = {sku: next_lots(world, catalog, source, sku, quantity, now=now) for sku, quantity in apart}
    short = [sku for sku, quantity in apart if sum([lot.quantity for lot in there[sku]]) < quantity]
    over = overdue_ended(world, catalog, [Between(goods(sku), (sellable(source),)) for sku in short], now)
    after = Supposed(world, over.events)
    event, _ = announced(after, catalog, document, wanted, now=now)
    told = [LotPieces(*lot[1:]) for lot in event.lots]
    rest = [LotPieces(sku, q - sum([lot.quantity for lot in told if lot.sku == sku])) for sku, q in apart]
    named = (*told, *[each for each in rest if each.quantity])
    answer = off_the_shelf(after, catalog, source, event, named, now=now)
    if isinstance(answer, Refused):
        return answer
    return Accepted((*over.events, *answer.events), over.because + answer.because, over.guards + answer.guards)


def claim_ahead(
    claim: str,
    *,
    inbound: str,
    quantities: Mapping[str, int],
    place: str = "",
    until: int | None = None,
    priority: int = 0,
) -> Request[Catalog]:
    """Ask for goods that an inbound will bring: pieces by SKU, all or none; firm, or held until a moment (ms UTC).

    Once there, they are claimed at `place`, a pool of the node that they come to, or that node. A higher priority is
    served first. Because: `UNKNOWN_INBOUND`, `NOT_SERVED`; `SHORT` for each SKU (found and needed).
    """
    wanted = pieces(quantities, "sku")
    if not wanted:
        raise InvalidValue("quantities", quantities, "pieces of one SKU or more")

    def decide(world: State, catalog: Catalog, now: int) -> Decision:
        document = world.document(inbound_key(inbound))
        free = {sku: world.balance(goods(sku), (coming(inbound),)) for sku, _ in wanted}
        if document is None:
            return Refused((Reason(SupplyCode.UNKNOWN_INBOUND, inbound),))
        if not serves(catalog.network, document.node, place or document.node):
            return Refused((Reason(SupplyCode.NOT_SERVED, inbound, document.node, place),))
        waiting = Waiting(
            id=claim,
            inbound=inbound,
            place=place or document.node,
            state=GoodsState.RESERVED if until is None else GoodsState.HELD,
            skus=tuple([sku for sku, _ in wanted]),
            claimed_at=now,
            priority=priority,
            due_at=until,
        )
        over = lapsed(world, (inbound,), [sku for sku, quantity in wanted if free[sku] < quantity], now)
        after = Supposed(world, over)
        free = {sku: after.balance(goods(sku), (coming(inbound),)) for sku, _ in wanted}
        short = [Reason(SupplyCode.SHORT, inbound, max(free[sku], 0), q, sku) for sku, q in wanted if free[sku] < q]
        if short:
            return Refused(tuple(short))
        event = Awaited(waits=tuple([Wait(waiting.ref, sku, q, inbound) for sku, q in wanted]), waiting=waiting)
        return Accepted((*over, event), (), (*_still_there(over), *_free(inbound, free)))

    asked = (("inbound", inbound), ("quantities", wanted), ("place", place), ("until", until), ("priority", priority))
    return Request(f"claim/{claim}", asked, decide)


def _still_there(events: Iterable[Forgone]) -> tuple[Guard, ...]:
    return still_waiting([wait for event in events for wait in event.waits])


def _free(inbound: str, skus: Iterable[str]) -> list[Between]:
    return [Between(goods(sku), (coming(inbound),)) for sku in skus]


def forgo(claim: str, *, quantities: Mapping[str, int] | None = None, id: str = "") -> Request[object]:
    """Ask to give back what a claim still waits for, or some pieces of it by SKU; a part needs an `id` of its own.

    What has come is given back by `inventory.release`. Because: `inventory.UNKNOWN_CLAIM`, `ENDED`, `EXCEEDS`.
    """
    if quantities is not None and not id:
        raise InvalidValue("id", id, "an id of its own for a part")
    part = None if quantities is None else pieces(quantities, "sku")

    def decide(world: State, _given: object, _now: int) -> Decision:
        waiting = world.document(waiting_key(claim))
        if waiting is None:
            return Refused((Reason(InventoryCode.UNKNOWN_CLAIM, claim),))
        left = left_of(world, waiting)
        wanted = left if part is None else dict(part)
        over = [
            Reason(InventoryCode.EXCEEDS, claim, left.get(sku, 0), needed, sku)
            for sku, needed in wanted.items()
            if needed > left.get(sku, 0)
        ]
        if over or not wanted:
            return Refused(tuple(over) or (Reason(InventoryCode.ENDED, claim),))
        event = Forgone(waits=waits_for(waiting, wanted))
        return Accepted((event,), (), _still_there((event,)))

    return Request(f"claim/{claim}/forgone{id and '/'}{id}", (("quantities", part),), decide)


def lapse(claim: str) -> Request[object]:
    """Ask to end a hold on expected goods whose moment has come; any number of tickers may ask, and none is needed.

    Because: `inventory.UNKNOWN_CLAIM`, `FIRM`, `NOT_DUE`.
    """

    def decide(world: State, _given: object, now: int) -> Decision:
        waiting = world.document(waiting_key(claim))
        if waiting is None:
            return Refused((Reason(InventoryCode.UNKNOWN_CLAIM, claim),))
        if waiting.state == GoodsState.RESERVED:
            return Refused((Reason(InventoryCode.FIRM, claim),))
        if waiting.due_at is None:
            return Accepted()
        if waiting.due_at > now:
            return Refused((Reason(InventoryCode.NOT_DUE, claim, now, waiting.due_at),))
        event = ended(world, waiting)
        return Accepted((event,), (), _still_there((event,)))

    return Request(f"claim/{claim}/lapsed", (), decide)


def look_at(inbound: str, version: int) -> Request[object]:
    """Ask what has not come of an inbound whose moment has passed: `due` lists it until then, and not any more after.

    Because: `UNKNOWN_INBOUND`, `NOT_LATE`; `LATE` for each SKU of which pieces have not come.
    """

    def decide(world: State, _given: object, now: int) -> Decision:
        document = world.document(inbound_key(inbound))
        if document is None:
            return Refused((Reason(SupplyCode.UNKNOWN_INBOUND, inbound),))
        if document.version != version or document.due_at is None:
            return Accepted()
        if document.due_at > now:
            return Refused((Reason(SupplyCode.NOT_LATE, inbound, now, document.due_at),))
        still = [(sku, world.balance(goods(sku), (coming(inbound), awaited(inbound)))) for sku in document.skus]
        left = tuple([(sku, held) for sku, held in still if held > 0])
        event = Overdue(inbound=attrs.evolve(document, is_checked=True), lines=left)
        return Accepted((event,), tuple([Reason(SupplyCode.LATE, inbound, held, 0, sku) for sku, held in left]))

    return Request(f"inbound/{inbound}/{version}/late", (), decide)
