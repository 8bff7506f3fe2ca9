"""A till, a click-and-collect desk and three channels whose pools of 3, 50 and 500 nodes overlap: all at once.

The till tells what it sold, and nobody asked us. The desk claims at nodes, the channels at their pools; both may be
refused. Afterwards every order that was taken is allocated, by real routing. `oversold` says which entry took what was
promised to others: only the till's may, and what it took is what waits, piece by piece.
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager

from examples.stores.postgres import PostgresStore
from examples.stores.sqlite import SQLiteStore
from unicommerce.catalog import Catalog, Network, Node, Pool
from unicommerce.commerce import Commerce
from unicommerce.fulfillment import FulfillmentPolicy, allocate, place
from unicommerce.inventory import goods, received, reserve, sellable_accounts
from unicommerce.ledger import Accepted, Ledger, Recorded, Store
from unicommerce.orders import LineState, Order, OrderLine, line_unit, standing
from unicommerce.tills import opened, sold
from unicommerce.values import Position

__all__ = ["CATALOG", "ROLES", "allocate_all", "open_store", "overdrawn", "oversold", "send", "stock", "waiting"]

HOME = Position.of(40.0, -90.0)
IDS = tuple([f"n{number:03}" for number in range(502)])
POOLS = {"three": IDS[:3], "fifty": IDS[1:51], "web": IDS[2:]}
CATALOG = Catalog(
    network=Network(
        nodes=tuple([Node(id=id, position=HOME, rank=rank) for rank, id in enumerate(IDS)]),
        pools=tuple([Pool(id=id, nodes=nodes) for id, nodes in POOLS.items()]),
    )
)
LIMITS = tuple(dict.fromkeys(sellable_accounts(group.places()) for group in CATALOG.network.groups))
SKU = "MUG"
TILL_AT = IDS[1]
DESKS = (IDS[0], IDS[2])
LATER = FulfillmentPolicy(allocates_at_once=False)


@contextmanager
def open_store(where: str) -> Iterator[Store]:
    """Open the store: a URI of PostgreSQL and a schema, or a file."""
    uri, _, schema = where.partition("#")
    with closing(PostgresStore(uri, schema=schema) if schema else SQLiteStore(uri)) as store:
        yield store


def stock(shop: Commerce, pieces: int) -> None:
    """Put so many on the shelf of each of the first three nodes, one or none on all others."""
    for number, node in enumerate(IDS):
        quantity = pieces if number < 3 else int(number <= 50 or number % 10 == 0)
        if quantity:
            shop.tell(received(f"for {node}", node=node, quantities={SKU: quantity}), now=0)
    shop.tell(opened("till", node=TILL_AT), now=0)


def _sell(shop: Commerce, sender: str, number: int) -> bool:
    sale = f"{sender}-{number}"
    shop.tell(sold(sale, till="till", node=TILL_AT, quantities={SKU: 1}, occurred_at=1), now=1)
    return True


def _reserve(shop: Commerce, sender: str, number: int) -> bool:
    node = DESKS[number % len(DESKS)]
    return isinstance(shop.ask(reserve(f"{sender}-{number}", place=node, quantities={SKU: 1}), now=1), Accepted)


def _order(pool: str) -> Callable[[Commerce, str, int], bool]:
    def ask(shop: Commerce, sender: str, number: int) -> bool:
        order = Order(
            id=f"{pool}-{sender}-{number}",
            pool=pool,
            lines=(OrderLine(id="1", sku=SKU, price_minor=1_000),),
            destination=HOME,
            placed_at=0,
        )
        return isinstance(shop.ask(place(order, {"1": 1 + number % 2}, policy=LATER), now=1), Accepted)

    return ask


ROLES: Mapping[str, Callable[[Commerce, str, int], bool]] = {
    "till": _sell,
    "desk": _reserve,
    **{pool: _order(pool) for pool in POOLS},
}


def send(shop: Commerce, role: str, sender: str, messages: int) -> int:
    """Send so many messages in a role; return how many were taken."""
    return sum([ROLES[role](shop, sender, number) for number in range(messages)])


def allocate_all(shop: Commerce, journal: Iterable[Recorded], id: str = "") -> list[str]:
    """Allocate every order that was taken, in the order that they were taken in; return them."""
    orders = [entry.id.split("/")[1] for _, entry in journal if entry.id.endswith("/placed")]
    for order in orders:
        shop.ask(allocate(order, policy=LATER, id=id), now=2)
    return orders


def waiting(journal: Iterable[Recorded], orders: Iterable[str]) -> int:
    """Return the pieces of orders that no node has been given."""
    ledger = Ledger.replay(journal)
    units = [line_unit(order, "1") for order in orders]
    assert all(standing(ledger, unit, LineState.OPEN) + standing(ledger, unit, LineState.ALLOCATED) for unit in units)
    return sum([standing(ledger, unit, LineState.OPEN) for unit in units])


def oversold(journal: Iterable[Recorded]) -> Iterator[str]:
    """Yield each entry after which a group of pools, or a node, holds less than it has promised, but for the till's."""
    ledger, unit = Ledger(), goods(SKU)
    limits = (*LIMITS, *[sellable_accounts((node,)) for node in IDS])
    held = dict.fromkeys(limits, 0)
    for position, entry in journal:
        ledger.append(entry)
        touched = {account for movement in entry.movements for account in (movement.source, movement.target)}
        for limit in [limit for limit in limits if not touched.isdisjoint(limit)]:
            before, held[limit] = held[limit], ledger.balance(unit, limit)
            if held[limit] < min(before, 0) and not entry.id.startswith("sale/"):
                yield f"{position} {entry.id}: {held[limit]} after {before}"


def overdrawn(journal: Iterable[Recorded]) -> int:
    """Return the pieces that are promised and no longer there: of the group that lacks most."""
    ledger = Ledger.replay(journal)
    return max(0, *[-ledger.balance(goods(SKU), limit) for limit in LIMITS])


def main(where: str, role: str, sender: str, messages: int) -> None:
    """Be one of the processes: say that it is ready, wait for the start, send, and say how many were taken."""
    with open_store(where) as store:
        shop = Commerce(CATALOG, store=store)
        shop.revise(CATALOG, now=0)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        sys.stdout.write(f"{send(shop, role, sender, messages)}\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
