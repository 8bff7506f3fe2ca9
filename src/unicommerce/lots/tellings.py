"""What is told of lots: they came in, they are recalled. Facts: what does not fit is taken and named."""

from collections.abc import Iterable
from typing import NamedTuple

import attrs

from ..catalog import Catalog, Tracking
from ..inventory import (
    CUSTOMER,
    LOSS,
    SUPPLIER,
    GoodsState,
    Lot,
    LotPieces,
    Received,
    day_at,
    goods,
    lot_key,
    may_be_sold,
)
from ..ledger import Fact, Reason, State, Telling
from ..values import by_name, identifier, positive
from .codes import LotCode
from .events import Recalled
from .views import HANDED_BACK

__all__ = ["BatchReceived", "recalled", "received_lots"]


class BatchReceived(NamedTuple):
    """Pieces of a SKU that came in, of a lot or of an owner ("": ours); days are ordinals of the node's calendar."""

    sku: str
    quantity: int
    lot: str = ""
    expires_on: int | None = None
    produced_on: int | None = None
    owner: str = ""


def received_lots(
    receipt: str, *, node: str, batches: Iterable[BatchReceived], occurred_at: int | None = None
) -> Telling[Catalog]:
    """Tell that lots came in at a node, under the sender's id of the receipt.

    Because: `DIFFERS` (the first story of a lot stands), `SERIAL_TWICE`, `WITHHELD`.

    >>> received_lots("r1", node="dc", batches=[BatchReceived("MILK", 5, "L1", expires_on=740_000)]).id
    'receipt/r1'
    """
    told = tuple(sorted(batches, key=lambda batch: batch[:3]))
    for sku, quantity, lot, *_ in told:
        identifier(sku, "sku")
        positive(quantity, f"quantity of {lot or sku}")

    def decide(world: State, catalog: Catalog, now: int) -> tuple[Fact, ...]:
        coming, documents, because = _Coming(world, catalog, node, now), dict[str, Lot](), list[Reason]()
        pieces: list[LotPieces] = []
        for batch in told:
            _take(coming, batch, documents, pieces, because)
        plain = tuple([(p.sku, p.quantity) for p in pieces if not (p.lot or p.owner) and p.state == "sellable"])
        named = tuple([p for p in pieces if p.lot or p.owner or p.state != "sellable"])
        event = Received(receipt=receipt, node=node, lines=plain, lots=named, batches=tuple(documents.values()))
        return (Fact(f"receipt/{receipt}", (event,), tuple(because), (("node", node), ("batches", by_name(told)))),)

    return Telling(f"receipt/{receipt}", occurred_at, decide)


class _Coming(NamedTuple):
    """Where a receipt comes in, and when."""

    world: State
    catalog: Catalog
    node: str
    now: int

    def day(self) -> int:
        """Return the day at the node."""
        return day_at(self.catalog, self.node, self.now)


def _take(
    coming: _Coming, batch: BatchReceived, documents: dict[str, Lot], pieces: list[LotPieces], because: list[Reason]
) -> None:
    if not batch.lot:
        pieces.append(LotPieces(batch.sku, batch.quantity, "", batch.owner))
        return
    key = lot_key(batch.sku, batch.lot)
    known = documents.get(key.id) or coming.world.document(key)
    lot = _described(known, batch, coming.now)
    because += _differences(lot, batch)
    product, quantity = coming.catalog.product(batch.sku), batch.quantity
    is_serial = product is not None and product.tracking is Tracking.SERIAL
    if is_serial:
        is_there = any(p.sku == batch.sku and p.lot == batch.lot for p in pieces)
        room = 0 if is_there else max(1 - _in_house(coming.world, batch), 0)
        if (excess := quantity - min(quantity, room)) > 0:
            because.append(Reason(LotCode.SERIAL_TWICE, batch.lot, None, excess, batch.sku))
            pieces.append(LotPieces(batch.sku, excess, "", batch.owner, GoodsState.QUARANTINE))
            quantity -= excess
    if known is None or lot != known or is_serial:  # a serial's receipts queue: the second one sees the first
        documents[key.id] = lot if known is None else attrs.evolve(lot, revision=known.revision + 1)
    is_fit = may_be_sold(lot, coming.day())
    if quantity:
        state = GoodsState.SELLABLE if is_fit else GoodsState.QUARANTINE
        pieces.append(LotPieces(batch.sku, quantity, batch.lot, batch.owner, state))
    if quantity and not is_fit:
        because.append(Reason(LotCode.WITHHELD, batch.lot, quantity))


def _described(known: Lot | None, batch: BatchReceived, now: int) -> Lot:
    """Return what is known of a lot: what was said first stands, what nobody said is filled in."""
    expires_on, produced_on = batch.expires_on, batch.produced_on
    if known is None:
        return Lot(sku=batch.sku, id=batch.lot, expires_on=expires_on, produced_on=produced_on, received_at=now)
    return attrs.evolve(
        known,
        expires_on=expires_on if known.expires_on is None else known.expires_on,
        produced_on=produced_on if known.produced_on is None else known.produced_on,
    )


def _differences(lot: Lot, batch: BatchReceived) -> list[Reason]:
    said = (("expiry day", lot.expires_on, batch.expires_on), ("production day", lot.produced_on, batch.produced_on))
    return [
        Reason(LotCode.DIFFERS, lot.id, known, told, what) for what, known, told in said if told not in (None, known)
    ]


def _in_house(world: State, batch: BatchReceived) -> int:
    """Return the pieces of a lot that came and have neither reached a customer, nor left us, nor been lost."""
    outside = [account._replace(lot=batch.lot) for account in (SUPPLIER, HANDED_BACK, CUSTOMER, LOSS)]
    return -world.balance(goods(batch.sku), outside)


def recalled(sku: str, lot: str, *, reason: str, id: str = "", occurred_at: int | None = None) -> Telling[object]:
    """Tell that a lot must not be sold any more, anywhere; also one that has not come yet. `withdraw` moves it."""
    fact = f"lot/{sku}/{lot}/recalled{id and '/'}{id}"
    identifier(reason, "reason")

    def decide(world: State, _given: object, now: int) -> tuple[Fact, ...]:
        known = world.document(lot_key(sku, lot))
        batch = Lot(sku=sku, id=lot, received_at=now, recalled=reason)
        if known is not None:
            batch = attrs.evolve(known, revision=known.revision + 1, recalled=reason)
        return (Fact(fact, (Recalled(batch=batch),), (), (("reason", reason),)),)

    return Telling(fact, occurred_at, decide)
