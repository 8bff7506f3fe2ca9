"""Each store at work, by wall clock: a long history, a basket over many nodes, pools of many sizes, a flash sale."""

import asyncio
import sqlite3
import tempfile
from collections.abc import Coroutine, Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from time import perf_counter_ns

import psycopg

from examples.stores.postgres import PostgresStore
from examples.stores.postgres_host import PostgresHost
from examples.stores.sqlite import SQLiteStore
from tests import servers
from tests.races import flash
from tests.races.crowd import CROWDS, journal
from unicommerce import Accepted, AsyncCommerce, Catalog, Commerce, Network, Node, Pool, Position, received, reserve
from unicommerce.inventory import available
from unicommerce.ledger import Memory, State, Store

from .timing import Row, Speed, ratios, speed, turns

__all__ = ["basket", "flash_sale", "long_history", "pool_sizes"]

CLIENTS = 8
PLENTY = 10**9
NUMBERS = count()


def network(nodes: int) -> Catalog:
    """Return a network of one pool."""
    places = tuple([Node(id=f"n{number}", position=Position(0, 0)) for number in range(nodes)])
    return Catalog(network=Network(nodes=places, pools=(Pool(id="web", nodes=tuple([node.id for node in places])),)))


@contextmanager
def memory() -> Iterator[Store]:
    """Give a store in memory."""
    yield Memory()


@contextmanager
def sqlite() -> Iterator[Store]:
    """Give a store in a new file."""
    with tempfile.TemporaryDirectory() as folder, closing(SQLiteStore(Path(folder) / "bench.sqlite")) as store:
        yield store


@contextmanager
def postgres() -> Iterator[Store]:
    """Give a store in a new schema."""
    with closing(PostgresStore(servers.postgres(), schema=f"bench{next(NUMBERS)}")) as store:
        yield store


STORES = {"memory": memory, "SQLite": sqlite, "PostgreSQL": postgres}

# A long history


OLDER = """
    INSERT INTO journal (position, id, body) SELECT {last} + n, 'claim/p' || n, body
    FROM journal CROSS JOIN {series} WHERE id = 'claim/first'
"""
DOCUMENTS = """
    INSERT INTO documents (kind, id, revision, due_at, body) SELECT kind, 'p' || n, revision, due_at, body
    FROM documents CROSS JOIN {series} WHERE kind = 'inventory.claim' AND id = 'first'
"""
IN_SQLITE = "(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {}) SELECT n FROM s) AS s"
IN_POSTGRES = "generate_series(1, {}) AS s(n)"


def _fill(name: str, where: str, entries: int) -> None:
    """Put entries and the documents of their claims on record as copies of the first claim, by the database itself."""
    series = {"SQLite": IN_SQLITE, "PostgreSQL": IN_POSTGRES}[name].format(entries)
    statements = [each.format(last=10, series=series) for each in (OLDER, DOCUMENTS)]
    if name == "SQLite":
        with closing(sqlite3.connect(where)) as base, base:
            for statement in statements:
                base.execute(statement)
        return
    uri, schema = where.split("#")
    with psycopg.connect(uri, autocommit=True) as other:
        other.execute(f"SET search_path TO {schema}".encode())
        for statement in statements:
            other.execute(statement.encode())
        other.execute("VACUUM ANALYZE")
        other.execute("CHECKPOINT")


def long_history(*, entries: int = 1_000_000, rounds: int = 15, requests: int = 60) -> list[Row | Speed]:
    """Return how much dearer a reserve gets from a thousand to a million entries, on each store that is a database.

    In memory see `history`. The past is copies of one claim, entry and document, written by the database itself.
    """
    found: list[Row | Speed] = []
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        for name in ("SQLite", "PostgreSQL"):
            shops = {}
            for size in (1_000, entries):
                schema = f"bench{next(NUMBERS)}"
                where = str(Path(folder) / f"{size}.sqlite") if name == "SQLite" else f"{servers.postgres()}#{schema}"
                store = SQLiteStore(where) if name == "SQLite" else PostgresStore(servers.postgres(), schema=schema)
                stack.enter_context(closing(store))
                shops[size] = Commerce(network(1), store=store)
                shops[size].tell(received("r", node="n0", quantities={"MUG": PLENTY}), now=0)
                shops[size].ask(reserve("first", place="n0", quantities={"MUG": 1}), now=0)
                _fill(name, where, size)
            cases = {"young": shops[1_000], "again": shops[1_000], "old": shops[entries]}
            taken: dict[str, list[int]] = {case: [] for case in cases}
            times = turns(
                {case: partial(_reserves, shop, taken[case], requests) for case, shop in cases.items()}, count=rounds
            )
            title = f"{name}: reserve after {entries:,} entries"
            found += [
                ratios(f"{name}: noise control", "itself", times["again"], times["young"]),
                ratios(title, "after a thousand", times["old"], times["young"], ceiling=1.2),
                speed(title, times["old"], taken["old"]),
                speed(f"{name}: reserve after a thousand", times["young"], taken["young"]),
            ]
    return found


def _reserves(shop: Commerce, taken: list[int], requests: int, _round: int) -> float:
    start = last = perf_counter_ns()
    for _ in range(requests):
        assert isinstance(shop.ask(reserve(f"t{next(NUMBERS)}", place="n0", quantities={"MUG": 1}), now=1), Accepted)
        now = perf_counter_ns()
        taken.append(now - last)
        last = now
    return (last - start) / requests


# A basket


def basket(*, nodes: int = 1_000, lines: int = 10, rounds: int = 15, looks: int = 20) -> list[Row | Speed]:
    """Return how long it takes to see what can be sold of each line of a basket at a pool of many nodes."""
    catalog, skus = network(nodes), [f"S{line}" for line in range(lines)]

    def view(state: State, given: Catalog) -> list[int]:
        return [available(state, given, place="pool:web", sku=sku) for sku in skus]

    with ExitStack() as stack:
        shops = {name: Commerce(catalog, store=stack.enter_context(store())) for name, store in STORES.items()}
        taken: dict[str, list[int]] = {name: [] for name in shops}
        for shop in shops.values():
            for number, node in enumerate(catalog.network.nodes):
                shop.tell(received(f"r{number}", node=node.id, quantities=dict.fromkeys(skus, 1)), now=0)
            shop.ask(reserve("sold", place="pool:web", quantities=dict.fromkeys(skus, 1)), now=0)  # a shop that sells

        def look(name: str, shop: Commerce, _round: int) -> float:
            start = last = perf_counter_ns()
            for _ in range(looks):
                assert shop.see(view) == [nodes - 1] * lines
                now = perf_counter_ns()
                taken[name].append(now - last)
                last = now
            return (last - start) / looks

        times = turns({name: partial(look, name, shop) for name, shop in shops.items()}, count=rounds)
    title = f"availability of a {lines}-line basket over {nodes:,} nodes"
    return [speed(f"{title}: {name}", times[name], taken[name]) for name in times]


# Pools of many sizes


def pool_sizes(*, rounds: int = 15, requests: int = 400) -> list[Row | Speed]:
    """Return the rate of claims at pools of 3, 50 and 500 nodes, eight clients in one host, beside the smallest."""
    sizes = {"3": 3, "3, again": 3, "50": 50, "500": 500}
    with asyncio.Runner() as loop:
        runs, taken = {}, {name: list[int]() for name in sizes}
        hosts = []
        for name, nodes in sizes.items():
            host = PostgresHost(servers.postgres(), schema=f"bench{next(NUMBERS)}")
            hosts.append(host)
            shop = AsyncCommerce(network(nodes), store=host)
            for number in range(nodes):
                goods = {"MUG": PLENTY // nodes}
                loop.run(shop.tell(received(f"r{number}", node=f"n{number}", quantities=goods), now=0))
            runs[name] = partial(_claims, loop, shop, taken[name], requests)
        times = turns(runs, count=rounds)
        for host in hosts:
            loop.run(host.close())
    rows: list[Row | Speed] = [ratios("PostgreSQL: noise control", "itself", times["3, again"], times["3"])]
    for name in ("50", "500"):
        floor = 0.7 if name == "500" else None
        row = ratios(f"PostgreSQL: rate at {name} nodes", "rate at 3", times["3"], times[name])
        rows.append(row._replace(floor=floor))
    return rows + [speed(f"PostgreSQL: claims at a pool of {name} nodes", times[name], taken[name]) for name in sizes]


def _claims(loop: asyncio.Runner, shop: AsyncCommerce, taken: list[int], requests: int, _round: int) -> float:
    """Let eight clients claim."""

    async def client() -> list[str]:
        claims = []
        for _ in range(requests // CLIENTS):
            claim = f"c{next(NUMBERS)}"
            start = perf_counter_ns()
            assert isinstance(await shop.ask(reserve(claim, place="pool:web", quantities={"MUG": 1}), now=1), Accepted)
            taken.append(perf_counter_ns() - start)
            claims.append(claim)
        return claims

    async def together(each: list[Coroutine[object, object, list[str]]]) -> list[list[str]]:
        return await asyncio.gather(*each)

    start = perf_counter_ns()
    loop.run(together([client() for _ in range(CLIENTS)]))
    return (perf_counter_ns() - start) / requests


# A flash sale


def flash_sale(*, orders: int = 10_000) -> list[Row | Speed]:
    """Return how fast orders of one SKU and its kit are placed and allocated on each store; verified afterwards."""
    found: list[Row | Speed] = []
    for name, open_crowd in CROWDS.items():
        with tempfile.TemporaryDirectory() as folder, open_crowd(flash.CATALOG, Path(folder) / "flash") as crowd:

            async def stock(shop: AsyncCommerce, _client: int) -> None:
                await flash.stock(shop, orders)

            async def buy(shop: AsyncCommerce, client: int) -> list[flash.Told]:
                return await flash.buy(shop, range(client, orders, CLIENTS))

            crowd.all(1, stock)
            start = perf_counter_ns()
            told = [each for own in crowd.all(CLIENTS, buy) for each in own]
            spent = perf_counter_ns() - start
            wrong = [*flash.verdict(crowd.all(1, journal)[0], told, orders)]
        taken = {each.order for each in told if isinstance(each.placed, Accepted)}
        note = "; ".join(wrong[:3]) or f"{len(taken):,} taken and allocated, {orders - len(taken):,} refused, none lost"
        times = [each.placing + each.allocating for each in told]
        found.append(speed(f"flash sale of {orders:,} orders: {name}", [spent / orders], times, note=note))
        allocating = [each.allocating for each in told if each.allocated]
        for what, parts in (("place", [each.placing for each in told]), ("allocate", allocating)):
            found.append(speed(f"  {name}: {what}", [spent / len(parts)], parts))
    return found
