"""A reserve (decide and record, with reasons, guards and events as objects) beside what people would use instead."""

import sqlite3
from collections.abc import Callable
from itertools import count
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

from unicommerce import Catalog, Commerce, Network, Node, Pool, Position, received, reserve
from unicommerce.inventory import release

from .timing import Row, ratios, rounds

__all__ = ["run", "shop"]

SKUS = 1_000
OPERATIONS = 2_000
PLENTY = 10**9


def shop(nodes: int, *, skus: int = SKUS) -> Commerce:
    """Return a shop with goods at its first node; with several nodes there is one pool of them."""
    places = tuple(Node(id=f"n{i}", position=Position(0, 0)) for i in range(nodes))
    pools = (Pool(id="web", nodes=tuple(node.id for node in places)),) if nodes > 1 else ()
    commerce = Commerce(Catalog(network=Network(nodes=places, pools=pools)))
    for number in range(skus):
        commerce.tell(received(f"r{number}", node="n0", quantities={f"S{number}": PLENTY}), now=1)
    return commerce


def _ours(nodes: int, place: str) -> Callable[[], int]:
    commerce, ids = shop(nodes), count()
    skus = [f"S{number}" for number in range(SKUS)]

    def case() -> int:
        for number in range(OPERATIONS):
            commerce.ask(reserve(f"b{next(ids)}", place=place, quantities={skus[number % SKUS]: 1}), now=2)
        return OPERATIONS

    return case


def _ours_hot() -> Callable[[], int]:
    """Reserve and release one SKU that has 400 open holds."""
    commerce, ids = shop(1, skus=1), count()
    for _ in range(400):
        commerce.ask(reserve(f"o{next(ids)}", place="n0", quantities={"S0": 1}), now=2)

    def case() -> int:
        for _ in range(OPERATIONS // 2):
            claim = f"h{next(ids)}"
            commerce.ask(reserve(claim, place="n0", quantities={"S0": 1}), now=2)
            commerce.ask(release(claim), now=2)
        return OPERATIONS

    return case


def _dict() -> Callable[[], int]:
    """A counter by SKU and a set of ids: no events, no journal, no holds, nothing to undo."""
    free = {f"S{number}": PLENTY for number in range(SKUS)}
    skus, ids, seen = list(free), count(), set[str]()

    def case() -> int:
        for number in range(OPERATIONS):
            id, sku = f"b{next(ids)}", skus[number % SKUS]
            if id not in seen and free[sku] >= 1:
                free[sku] -= 1
                seen.add(id)
        return OPERATIONS

    return case


class Stock(Aggregate):
    """The stock of one SKU as an aggregate: holds and events, no guards, no reasons, no accounts."""

    @event("Received")
    def __init__(self, sku: str, quantity: int) -> None:
        self.sku = sku
        self.free = quantity
        self.holds: dict[str, int] = {}

    @event("Reserved")
    def reserve(self, hold: str, quantity: int) -> None:
        """Hold some of it."""
        if quantity > self.free:
            raise ValueError(hold)
        self.free -= quantity
        self.holds[hold] = quantity


def _eventsourcing_hot() -> Callable[[], int]:
    """Load, reserve, save on one stream that has 400 holds, in an application on its recorder in memory.

    The stream is made anew for each sample, outside of what is timed, so that it does not grow from round to round.
    """
    application: Application[UUID] = Application()
    ids = count()
    streams = []
    for _ in range(20):
        stock = Stock(f"S{next(ids)}", PLENTY)
        for _ in range(400):
            stock.reserve(f"o{next(ids)}", 1)
        application.save(stock)
        streams.append(stock.id)

    def case() -> int:
        key = streams.pop()
        for _ in range(10):
            loaded: Stock = application.repository.get(key)
            loaded.reserve(f"b{next(ids)}", 1)
            application.save(loaded)
        return 10

    return case


def _eventsourcing_fresh() -> Callable[[], int]:
    """As above, each reserve on a stream of its own that holds nothing but its receipt."""
    application: Application[UUID] = Application()
    ids = count()
    streams: list[UUID] = []
    for _ in range(400 * 20):
        stock = Stock(f"S{next(ids)}", PLENTY)
        application.save(stock)
        streams.append(stock.id)

    def case() -> int:
        for _ in range(400):
            stock: Stock = application.repository.get(streams.pop())
            stock.reserve(f"b{next(ids)}", 1)
            application.save(stock)
        return 400

    return case


def _sqlite() -> Callable[[], int]:
    """A conditional update and a row for the hold, one transaction, in memory: no journal, no events, no disk."""
    base = sqlite3.connect(":memory:", isolation_level=None)
    base.execute("CREATE TABLE stock (sku TEXT PRIMARY KEY, free INTEGER NOT NULL) WITHOUT ROWID")
    base.execute("CREATE TABLE hold (id TEXT PRIMARY KEY, sku TEXT, quantity INTEGER) WITHOUT ROWID")
    base.executemany("INSERT INTO stock VALUES (?, ?)", [(f"S{number}", PLENTY) for number in range(SKUS)])
    ids = count()

    def case() -> int:
        for number in range(OPERATIONS):
            base.execute("BEGIN IMMEDIATE")
            sku = f"S{number % SKUS}"
            found = base.execute("UPDATE stock SET free = free - 1 WHERE sku = ? AND free >= 1", (sku,))
            if found.rowcount == 1:
                base.execute("INSERT INTO hold VALUES (?, ?, 1)", (f"b{next(ids)}", sku))
            base.execute("COMMIT")
        return OPERATIONS

    return case


def run(*, count: int = 15) -> list[Row]:
    """Return the rows of a reserve."""
    taken = rounds(
        {
            "ours": _ours(1, "n0"),
            "again": _ours(1, "n0"),
            "pool": _ours(10, "pool:web"),
            "hot": _ours_hot(),
            "dict": _dict(),
            "fresh": _eventsourcing_fresh(),
            "streams": _eventsourcing_hot(),
            "sqlite": _sqlite(),
        },
        count=count,
    )
    ours, rate = taken["ours"], 1e9 / sorted(taken["ours"])[len(taken["ours"]) // 2]
    said = f"{rate:,.0f} a second here"
    return [
        ratios(
            "noise control: the same reserve twice",
            "itself",
            taken["again"],
            ours,
            note="within 10 % or nothing counts",
        ),
        ratios(
            "reserve at a node", "eventsourcing application, fresh streams", taken["fresh"], ours, floor=3.3, note=said
        ),
        ratios(
            "reserve and release, 400 holds on one SKU",
            "eventsourcing application, 400 holds",
            taken["streams"],
            taken["hot"],
            floor=100.0,
        ),
        ratios("reserve at a node", "SQLite in memory, conditional update, a transaction each", taken["sqlite"], ours),
        ratios(
            "reserve at a node",
            "a plain dict and a set of ids",
            taken["dict"],
            ours,
            note="what accounts, events and guards cost",
        ),
        ratios("reserve at a pool of 10 nodes", "reserve at one node", taken["pool"], ours, note="11 balances guarded"),
    ]
