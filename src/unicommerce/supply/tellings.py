"""What suppliers, senders and receivers say of goods that are to come: announced, landed, lost. Facts, never refused.

A later version of an announcement moves only the difference to what was announced; versions may come late, twice and
out of order, the highest counts. What lands serves those who wait, by priority, then age, in the same event. What one
node sends another keeps its lots: those that expire first leave first, and what is not sent after all goes back.
"""

from collections.abc import Iterable, Iterator, Mapping

import attrs

from ..catalog import Catalog, Network, pool_place
from ..inventory import Claim, GoodsState, LotPieces, day_at, first_of, goods, is_told_apart, lots_in, unfit
from ..ledger import Between, Fact, Guard, Reason, State, Telling, Unchanged
from ..lots import LotCode, LotPolicy, OwnersFirst, pick_plan, stocks
from ..orders import LineState, Order, line_account, order_key
from ..values import Unit, identifier, pieces
from .codes import SupplyCode
from .documents import Filled, Inbound, Sent, awaited, coming, inbound_key, missing, origin, sent, spot, waiting_key
from .events import LINE, Expected, Landed, Lost, Pieces

__all__ = ["Claimant", "announced", "claimants", "expected", "landed", "lost", "next_lots", "order_of", "serves"]

Claimant = tuple[int, int, str, str, str, int]
"""Who waits: priority (the lower number first), since when, ref, own place, state, pieces; least first."""


def expected(
    inbound: str,
    *,
    node: str,
    quantities: Mapping[str, int],
    expected_at: int,
    version: int = 1,
    source: str = "",
    is_closed: bool = False,
    occurred_at: int | None = None,
) -> Telling[object]:
    """Tell that goods are to come to a node at a moment (ms UTC): all pieces by SKU, as of a version of the message.

    `source` is the node that sent them; "" a supplier. `is_closed` says that no more comes than what has come; what is
    left is written off as missing, until the inbound is told open again or the goods turn up after all.

    >>> expected("po-1", node="dc", quantities={"MUG": 5}, expected_at=0).id
    'inbound/po-1/1'
    """
    wanted = pieces(quantities, "sku")
    skus = tuple([sku for sku, _ in wanted])
    document = Inbound(
        id=inbound,
        version=version,
        node=node,
        expected_at=expected_at,
        skus=skus,
        source=source,
        is_closed=is_closed,
    )
    told = (("inbound", document), ("quantities", wanted))
    id = f"inbound/{inbound}/{version}"

    def decide(world: State, given: object, now: int) -> tuple[Fact, ...]:
        event, guards = announced(world, given, document, wanted, now=now)
        assumed = {sku: sum([abs(lot.quantity) for lot in event.lots if lot.sku == sku]) for sku in skus}
        because = [Reason(LotCode.ASSUMED, sku, quantity) for sku, quantity in assumed.items() if quantity]
        return (Fact(id, (event,), tuple(because), told, guards),)

    return Telling(id, occurred_at, decide)


def announced(
    world: State, given: object, document: Inbound, wanted: tuple[tuple[str, int], ...], *, now: int
) -> tuple[Expected, tuple[Guard, ...]]:
    """Return the difference that a version of an announcement makes; one that is not the latest makes none."""
    known, id = world.document(document.key), document.id
    if known is not None and known.version >= document.version:
        return Expected(inbound=document), ()
    total = {(document.source, sku): quantity for sku, quantity in wanted}
    before = {(known.source, sku) for sku in known.skus} if known else set()
    document = attrs.evolve(document, skus=tuple(sorted({*document.skus, *(known.skus if known else ())})))
    changes = []
    for source, sku in sorted(before | total.keys() | {(document.source, sku) for sku in document.skus}):
        was = -world.balance(goods(sku), (origin(source, id),))
        if change := total.get((source, sku), 0) - was:
            changes.append((source, sku, change))
    written_off, guards = [], list[Guard]()
    for sku in document.skus:
        unit, gained = goods(sku), sum([change for _, own, change in changes if own == sku])
        here, off = (coming(id), awaited(id)), world.balance(goods(sku), (missing(id),))
        left = world.balance(unit, here) + gained + off
        due = max(left, 0) if document.is_closed else 0
        if document.is_closed or off:
            guards += [Between(unit, here, left - due, left - due), Between(unit, (missing(id),), due, due)]
        if due != off:
            written_off.append((sku, due - off))
    lots = tuple([lot for change in changes for lot in _sent(world, given, id, change, now=now)])
    back = [lot for lot in lots if lot.quantity < 0]
    guards += [Between(goods(lot.sku), (sent(lot.source, id, lot.lot, lot.owner),)) for lot in back]
    return Expected(inbound=document, changes=tuple(changes), missing=tuple(written_off), lots=lots), tuple(guards)


def next_lots(world: State, given: object, node: str, sku: str, needed: int, *, now: int) -> tuple[LotPieces, ...]:
    """Return the pieces that a node sends next, of those that may be sold: what expires first, whoever owns it."""
    there, day = stocks(world, node, sku), day_at(given, node, now)
    return pick_plan(sku, there, needed, day=day, policy=LotPolicy(owners=OwnersFirst.EITHER))


def _sent(world: State, given: object, inbound: str, more: tuple[str, str, int], *, now: int) -> Iterator[Sent]:
    """Yield the lots that a node sends more of, those first that expire first; of what it keeps, the last are back."""
    source, sku, change = more
    if not source or not is_told_apart(given, sku):
        return
    if change > 0:
        plan = next_lots(world, given, source, sku, change, now=now)
    else:
        plan = first_of(reversed(lots_in(world, sku, sent(source, inbound))), -change)
    for each in plan:
        if each.lot or each.owner:
            yield Sent(source, sku, each.quantity if change > 0 else -each.quantity, each.lot, each.owner)


def _found(world: State, inbound: str, lines: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Return the pieces, of those that turn up, that had been written off, by SKU; none of them is left out."""
    return {sku: min(quantity, world.balance(goods(sku), (missing(inbound),))) for sku, quantity in lines}


def _still_written_off(world: State, inbound: str, found: Mapping[str, int]) -> list[Guard]:
    guards: list[Guard] = []
    for sku, quantity in found.items():
        left = world.balance(goods(sku), (missing(inbound),)) - quantity
        guards.append(Between(goods(sku), (missing(inbound),), left, left))
    return guards


def lost(loss: str, *, inbound: str, quantities: Mapping[str, int], occurred_at: int | None = None) -> Telling[object]:
    """Tell that pieces of an inbound by SKU were lost on the way."""
    lines = pieces(quantities, "sku")
    id = f"inbound/{identifier(inbound, 'inbound')}/lost/{loss}"

    def decide(world: State, _given: object, _now: int) -> tuple[Fact, ...]:
        found = _found(world, inbound, lines)
        given = tuple([(sku, quantity) for sku, quantity in found.items() if quantity])
        event = Lost(loss=loss, inbound=inbound, lines=lines, found=given)
        guards = tuple(_still_written_off(world, inbound, found))
        return (Fact(id, (event,), (), (("quantities", lines),), guards),)

    return Telling(id, occurred_at, decide)


def landed(
    receipt: str, *, inbound: str, node: str, quantities: Mapping[str, int], occurred_at: int | None = None
) -> Telling[Catalog]:
    """Tell that goods of an inbound came in at a node: pieces by SKU, under the sender's id of the receipt.

    Who waits is served first: by priority, then age, then id. More than was expected, or another SKU, is taken all the
    same. Because: `BEYOND` (found and needed).
    """
    lines = pieces(quantities, "sku")
    told = (("inbound", inbound), ("node", node), ("quantities", lines))
    identifier(inbound, "inbound")

    def decide(world: State, catalog: Catalog, now: int) -> tuple[Fact, ...]:
        document, found = world.document(inbound_key(inbound)), _found(world, inbound, lines)
        guards, filled = _still_written_off(world, inbound, found), list[Filled]()
        source = document.source if document else ""
        lots, because = _brought(world, catalog, document, lines, node=node, now=now)
        guards += [Between(goods(lot.sku), (sent(source, inbound, lot.lot, lot.owner),)) for lot in lots]
        if document is not None:
            guards.append(Unchanged(document.key, document.revision))
        for sku, quantity in lines:
            unit, claimed = goods(sku), world.balance(goods(sku), (awaited(inbound),))
            there = world.balance(unit, (coming(inbound),)) + claimed + found[sku]
            if quantity > there:
                because.append(Reason(SupplyCode.BEYOND, f"receipt/{receipt}", max(there, 0), quantity, sku))
            given = []
            if claimed:
                one = [each for each in claimants(world, inbound, sku, now) if serves(catalog.network, node, each[3])]
                apart = [lot.quantity for lot in lots if lot.sku == sku and lot.state == GoodsState.QUARANTINE]
                given = _given(one, sku, quantity - sum(apart))
            filled += given
            left = claimed - sum([each.quantity for each in given])
            guards.append(Between(unit, (awaited(inbound),), left, left))
            guards += [Between(unit, (awaited(inbound, each.ref),)) for each in given]
        event = Landed(
            receipt=receipt,
            inbound=inbound,
            node=node,
            lines=lines,
            source=source,
            filled=tuple(filled),
            found=tuple([(sku, quantity) for sku, quantity in found.items() if quantity]),
            claims=_claims(world, filled),
            lots=lots,
        )
        return (Fact(f"receipt/{receipt}", (event,), tuple(because), told, tuple(guards)),)

    return Telling(f"receipt/{receipt}", occurred_at, decide)


def _brought(
    world: State, catalog: Catalog, document: Inbound | None, lines: Pieces, *, node: str, now: int
) -> tuple[tuple[LotPieces, ...], list[Reason]]:
    """Return the lots that land of what a node had sent, each in the state that it may be in, and what is odd."""
    brought, because = list[LotPieces](), list[Reason]()
    for sku, quantity in lines:
        is_told = document and document.source and is_told_apart(catalog, sku)
        there = lots_in(world, sku, sent(document.source, document.id)) if document and is_told else ()
        if len(there) > 1 and sum([lot.quantity for lot in there]) > quantity:
            because.append(Reason(LotCode.ASSUMED, sku, quantity))
        brought += [lot._replace(state=GoodsState.SELLABLE) for lot in first_of(there, quantity)]
    apart = unfit(world, catalog, node, brought, now)
    because += [Reason(LotCode.WITHHELD, lot.lot, lot.quantity) for lot in apart]
    return tuple([lot._replace(state=GoodsState.QUARANTINE) if lot in apart else lot for lot in brought]), because


def serves(network: Network, node: str, place: str) -> bool:
    """Tell whether goods that come to a node can be given to claims at a place: the node itself, or a pool of it."""
    return place == node or any(place == pool_place(pool.id) and node in pool.nodes for pool in network.pools)


def order_of(ref: str) -> str:
    """Return the order of a line's `ref`."""
    return ref.removeprefix(LINE).rpartition("/")[0]


def claimants(world: State, inbound: str, sku: str, now: int) -> list[Claimant]:
    """Return who waits for a SKU of an inbound, in the order in which they are served; a hold that is over is not."""
    found: list[Claimant] = []
    for account, held in world.parts(goods(sku), awaited("")).items():
        ref = account.ref
        if account.lot != inbound or held <= 0:
            continue
        if ref.startswith(LINE):
            order = world.document(order_key(order_of(ref)))
            if order is not None:
                own, firm = _own(world, order, ref, inbound, held), GoodsState.RESERVED
                found += [(-order.priority, order.placed_at, ref, place, firm, held) for place, held in own]
            continue
        waiting = world.document(waiting_key(ref.removeprefix("claim:")))
        if waiting is not None and (waiting.due_at is None or waiting.due_at > now):
            found.append((-waiting.priority, waiting.claimed_at, ref, waiting.place, waiting.state, held))
    return sorted(found)


def _own(world: State, order: Order, ref: str, inbound: str, held: int) -> list[tuple[str, int]]:
    """Return where the pieces go that a line waits for with an inbound: to its pool, or the node that keeps its kit."""
    if not order.kits:
        return [(pool_place(order.pool), held)]
    parts = world.parts(Unit(ref), line_account(LineState.BACKORDERED))
    spots = [(*spot(account.ref), pieces) for account, pieces in sorted(parts.items())]
    return [(node or pool_place(order.pool), pieces) for node, own, pieces in spots if own == inbound]


def _given(waiting: Iterable[Claimant], sku: str, left: int) -> list[Filled]:
    """Give what came of a SKU to those who wait for it, in their order."""
    given = []
    for _, _, ref, place, state, held in waiting:
        if part := min(held, left):
            given.append(Filled(ref, sku, part, place, state))
            left -= part
    return given


def _claims(world: State, filled: Iterable[Filled]) -> tuple[Claim, ...]:
    """Return the documents of claims that have goods now: from here on they are claims like all others."""
    refs = dict.fromkeys([each.ref for each in filled if not each.ref.startswith(LINE)])
    waiting = [world.document(waiting_key(ref.removeprefix("claim:"))) for ref in refs]
    return tuple([each.claim for each in waiting if each])
