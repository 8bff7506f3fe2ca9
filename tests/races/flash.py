"""A flash sale: everybody orders one SKU, or the kit that it is in, at once, and there is not enough for all.

Each order is placed, which claims at the pool, and then allocated, which routes it to nodes; a kit in one entry, for
it may not part. Some orders come twice,
from two clients. `verdict` says what is wrong in the end from what everybody was told and from the journal alone.
"""

from collections.abc import Iterable, Iterator, Sequence
from time import perf_counter_ns
from typing import NamedTuple

from unicommerce.catalog import Catalog, Component, Network, Node, Pool, Product
from unicommerce.commerce import AsyncCommerce
from unicommerce.fulfillment import FulfillmentPolicy, allocate, place
from unicommerce.inventory import SUPPLIER, GoodsState, InventoryCode, goods, received, sellable_accounts
from unicommerce.ledger import Accepted, Account, Decision, Ledger, Reason, Recorded
from unicommerce.orders import LineState, Order, OrderLine, line_unit, order_key, quantities_by_state
from unicommerce.supply import SupplyCode
from unicommerce.values import Position

__all__ = ["CATALOG", "Told", "buy", "stock", "verdict"]

HOME = Position.of(36.0, -94.0)
NODES = tuple([Node(id=f"n{rank}", position=Position.of(36.0 + rank / 10, -94.0), rank=rank) for rank in range(6)])
PLACES = tuple([node.id for node in NODES])
CATALOG = Catalog(
    network=Network(nodes=NODES, pools=(Pool(id="web", nodes=PLACES),)),
    products=(
        Product(sku="HOT", weight_g=200),
        Product(sku="BOX", weight_g=50),
        Product(sku="SET", components=(Component("HOT", 2), Component("BOX", 1))),
    ),
)
SHELVES = (*PLACES, "pool:web")
SKUS = ("HOT", "BOX")
LIMITS = (sellable_accounts(SHELVES), *[sellable_accounts((place,)) for place in PLACES])
LATER = FulfillmentPolicy(allocates_at_once=False)
EVERY_KIT = 4
EVERY_REPEAT = 10


class Told(NamedTuple):
    """What the sender of an order was told, and how long placing and allocating it took (ns)."""

    order: str
    placed: Decision
    allocated: Decision | None
    placing: int
    allocating: int


def order(number: int) -> tuple[Order, dict[str, int]]:
    """Return an order of one piece, or of one kit, as every fourth is."""
    sku = "SET" if number % EVERY_KIT == 0 else "HOT"
    line = OrderLine(id="1", sku=sku, price_minor=1_999)
    return Order(id=f"o{number}", pool="web", lines=(line,), destination=HOME, placed_at=0), {"1": 1}


async def stock(shop: AsyncCommerce, orders: int) -> None:
    """Put enough for about half of the orders on the shelves, unevenly, and boxes for most kits among them."""
    for rank, node in enumerate(PLACES):
        hot = orders // 2 * (rank + 1) // 21 + 1
        await shop.tell(received(f"for {node}", node=node, quantities={"HOT": hot, "BOX": hot // 6 + 1}), now=0)


async def buy(shop: AsyncCommerce, numbers: Sequence[int]) -> list[Told]:
    """Place each order, and allocate it where it was taken; every tenth is placed a second time, for another client."""
    told = []
    for number in numbers:
        for sent in (number, number - 1) if number % EVERY_REPEAT == EVERY_REPEAT - 1 else (number,):
            document, quantities = order(sent)
            start = perf_counter_ns()
            placed = await shop.ask(place(document, quantities, policy=LATER), now=1)
            middle = perf_counter_ns()
            allocated = placed if sent % EVERY_KIT == 0 else None  # a kit is taken where it is whole, in one entry
            if isinstance(placed, Accepted) and allocated is None:
                allocated = await shop.ask(allocate(document.id, policy=LATER), now=2)
            told.append(Told(document.id, placed, allocated, middle - start, perf_counter_ns() - middle))
    return told


def verdict(journal: Iterable[Recorded], told: Iterable[Told], orders: int) -> Iterator[str]:
    """Yield what is wrong: sold more often than it was there, lost, answered in two ways, or left waiting."""
    ledger = Ledger()
    for position, entry in journal:
        ledger.append(entry)
        for sku in SKUS:
            held = [ledger.balance(goods(sku), accounts) for accounts in LIMITS]
            if min(held) < 0:
                yield f"after {position} the shelves hold {held} {sku}: oversold"
    taken = {each.order for each in told if isinstance(each.placed, Accepted)}
    refused = {each.order for each in told if not isinstance(each.placed, Accepted)}
    if len(taken | refused) != orders:
        yield f"{len(taken)} taken and {len(refused)} refused are not {orders}"
    if taken & refused:
        yield f"{sorted(taken & refused)} were answered in two ways"
    if on_record := taken ^ {entry.id.split("/")[1] for _, entry in journal if entry.id.endswith("/placed")}:
        yield f"{sorted(on_record)} are on record or told, not both"
    yield from _refusals(told)
    yield from _goods(ledger, taken, refused)


def _refusals(told: Iterable[Told]) -> Iterator[str]:
    for each in told:
        placed, allocated = each.placed, each.allocated
        if isinstance(placed, Accepted):
            if not isinstance(allocated, Accepted):
                yield f"{each.order} was taken and not allocated: {allocated}"
        elif not placed.because or not all(map(_says_short, placed.because)):
            yield f"{each.order} was refused without numbers: {placed.because}"


def _says_short(reason: Reason) -> bool:
    found, needed = reason.found, reason.needed
    return (
        reason.code in (InventoryCode.SHORT, SupplyCode.WHOLE)
        and isinstance(found, int)
        and isinstance(needed, int)
        and 0 <= found < needed
    )


def _goods(ledger: Ledger, taken: Iterable[str], refused: Iterable[str]) -> Iterator[str]:
    """Say where pieces do not add up: came in = left on the shelves + reserved at nodes = allocated in the orders."""
    sold = dict.fromkeys(SKUS, 0)
    for id in taken:
        document = ledger.document(order_key(id))
        for line in document.lines if document else ():
            held = quantities_by_state(ledger, line_unit(id, line.id))
            sold[line.sku] += held.get(LineState.ALLOCATED, 0)
            if held.keys() != {LineState.ALLOCATED}:
                yield f"{id} stands at {held}"
    for sku, pieces in sold.items():
        came = -ledger.balance(goods(sku), (SUPPLIER,))
        left = ledger.balance(goods(sku), sellable_accounts(SHELVES))
        reserved = ledger.balance(goods(sku), [Account(node, GoodsState.RESERVED) for node in PLACES])
        if not reserved == pieces == came - left:
            yield f"of {came} {sku} {left} are left, {reserved} reserved, {pieces} allocated to orders"
        if sku == "HOT" and left and any(int(id[1:]) % EVERY_KIT for id in refused):
            yield f"{left} {sku} are left, and yet somebody who wanted one was refused"
