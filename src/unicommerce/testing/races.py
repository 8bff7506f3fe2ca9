"""The races: eight clients at once, and what must be true in the end whatever the order was. Each caught a wrong store.

A race is filled by `prepare`, run by `clients` coroutines of `client`, each told what it got, and judged by `verdict`
from the journal and what everybody was told. The same races run as coroutines, as threads and as processes.
"""

import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from functools import partial
from typing import NamedTuple

from ..catalog import Catalog, Network, Node, Pool
from ..commerce import AsyncCommerce
from ..inventory import Claimed, Released, goods, received, release, reserve, sellable_accounts
from ..ledger import Accepted, Account, Between, Decision, Recorded, Refused, Request, State, Store, Wanted, ask
from ..values import Position, Unit
from .notes import MUG, SUPPLIER, Happened, Note, at, entry, move, note_key
from .running import Client

__all__ = ["CATALOG", "CLIENTS", "RACING", "Answers", "Race", "last_units", "twice"]

CLIENTS = 8
NODES = ("dc", "north")
NETWORK = Network(
    nodes=tuple([Node(id=id, position=Position(0, 0), rank=rank) for rank, id in enumerate(NODES)]),
    pools=(Pool(id="web", nodes=NODES), Pool(id="club", nodes=("north",))),
)
CATALOG = Catalog(network=NETWORK)
PLACES = ("pool:web", "dc", "pool:web", "north", "pool:club")
Answers = Sequence[Sequence[str]]


class Race(NamedTuple):
    """A race: its name, the rule, and the functions that fill the store, run in it, and say what is wrong after it."""

    name: str
    rule: str
    prepare: Callable[[Store], Coroutine[object, object, None]]
    client: Client
    verdict: Callable[[Sequence[Recorded], Answers], Iterator[str]]
    clients: int = CLIENTS


# The last units, on disjoint rows


async def _stock(pieces: Sequence[int], store: Store) -> None:
    shop = AsyncCommerce(CATALOG, store=store)
    for node, quantity in zip(NODES, pieces, strict=True):
        await shop.tell(received(f"for {node}", node=node, quantities={"MUG": quantity}), now=0)


async def _claim(rounds: int, store: Store, client: int) -> list[str]:
    """Ask for pieces, one or two at a time, at a pool or a node; give some back. Four send what another sends too."""
    shop = AsyncCommerce(CATALOG, store=store)
    told = []
    for number in range(rounds):
        sender = client - client % 2 if client < 4 else client  # 0 and 1, and 2 and 3, send the same requests
        claim = f"{sender}/{number}"
        quantities = {"MUG": 1 + (sender + number) % 2}
        place = PLACES[(sender + number) % len(PLACES)]
        decision = await shop.ask(reserve(claim, place=place, quantities=quantities), now=1)
        if isinstance(decision, Accepted):
            told.append(f"{claim}: {decision.events!r}")
            if (turn := client + number) % 3 == 0:
                part = {"MUG": 1} if turn % 2 else None
                await shop.ask(release(claim, quantities=part, id=f"back{turn}"), now=1)
    return told


def _claimed(pieces: Sequence[int], journal: Sequence[Recorded], answers: Answers) -> Iterator[str]:
    limits = dict.fromkeys(places for limits in NETWORK.limits.values() for places in limits)
    unit = goods("MUG")
    book: dict[Account, int] = {}
    for position, each in journal:
        for quantity, _, source, target in each.movements:
            for account, change in ((source, -quantity), (target, quantity)):
                book[account] = book.get(account, 0) + change
        for places in limits:
            if (left := sum(book.get(account, 0) for account in sellable_accounts(places))) < 0:
                yield f"oversold: after {position} {places} hold {left} {unit}"
    events = [event for _, entry in journal for event in entry.events]
    claimed = sum(quantity for event in events if isinstance(event, Claimed) for _, _, quantity, *_ in event.lines)
    returned = sum(quantity for event in events if isinstance(event, Released) for _, _, quantity, *_ in event.lines)
    left = sum(book.get(account, 0) for account in sellable_accounts((*NODES, "pool:web", "pool:club")))
    if claimed - returned + left != sum(pieces):
        yield f"lost or made: {claimed} claimed, {returned} given back and {left} left are not {sum(pieces)}"
    recorded = {f"{e.claim.id}: {(e,)!r}" for e in events if isinstance(e, Claimed) and e.claim}
    if different := recorded ^ {each for own in answers for each in own}:
        yield f"answered in two ways: {sorted(different)[:4]}"
    yield from twice(journal)


def twice(journal: Sequence[Recorded]) -> Iterator[str]:
    """Say where an id is on record twice, or a position is missing."""
    if len({entry.id for _, entry in journal}) < len(journal):
        yield "an id is on record twice"
    if [position for position, _ in journal] != [*range(1, len(journal) + 1)]:
        yield "positions with gaps"


def last_units(pieces: Sequence[int], rounds: int) -> Race:
    """Return the race for so many pieces at each node, in which each client asks so often."""
    return Race(
        "the_last_units_are_promised_once",
        "No group of places is oversold where half of the claims are at a pool and half at its nodes.",
        *(partial(_stock, pieces), partial(_claim, rounds), partial(_claimed, pieces)),
    )


# A hot unit: the check must see what was recorded while it waited

SHELVES = (at("dc"), at("north"))
HOT = 60


async def _heap(store: Store) -> None:
    await store.append(entry("stock", *[move(HOT // 2, SUPPLIER, shelf) for shelf in SHELVES]))


async def _grab(store: Store, client: int) -> list[str]:
    guard = Between(MUG, SHELVES, 0)
    told = []
    for number in range(HOT // 4):
        id = f"{client}/{number}"
        taken = entry(id, move(1, SHELVES[(client + number) % 2], at("dc", "reserved", ref=id)))
        if await store.append(taken, (guard,)) is not None:
            told.append(id)
    return told


def _grabbed(journal: Sequence[Recorded], answers: Answers) -> Iterator[str]:
    taken = {entry.id for _, entry in journal} - {"stock"}
    if len(taken) != HOT:
        yield f"oversold: {len(taken)} took one of {HOT} pieces" if len(taken) > HOT else f"{len(taken)} of {HOT} taken"
    if taken != {id for own in answers for id in own}:
        yield "answered in two ways"
    yield from twice(journal)


# The eager consumer beside eight writers

WRITTEN = 40


async def _nothing(_store: Store) -> None:
    return


async def _write_or_follow(store: Store, client: int) -> list[str]:
    """Append facts as fast as possible; the last client follows the journal until it has seen where each ends."""
    if client < CLIENTS:
        for number in range(WRITTEN):
            own = entry(f"{client}/{number}", move(1, SUPPLIER, at("dc", ref=f"{client}"), Unit(f"sku:{client}")))
            await store.append(own)
        return []
    seen: list[str] = []
    ends = {f"{writer}/{WRITTEN - 1}" for writer in range(CLIENTS)}
    position, idle = 0, 0
    while not ends <= {*seen} and idle < 1_000:
        page = await store.since(position, 7)
        seen += [recorded.entry.id for recorded in page]
        position, idle = (page[-1].position, 0) if page else (position, idle + 1)
        time.sleep(0.001 * (not page))  # noqa: ASYNC251 - threads and processes write meanwhile
        if idle % 100 == 99 and ends <= {recorded.entry.id for recorded in await store.since(0, 1_000_000)}:
            idle = 1_000 * (not await store.since(position, 1))  # all have ended, and nothing is behind what was seen
    return seen


def _followed(journal: Sequence[Recorded], answers: Answers) -> Iterator[str]:
    seen, there = answers[-1], [entry.id for _, entry in journal]
    if len(there) != CLIENTS * WRITTEN:
        yield f"{len(there)} of {CLIENTS * WRITTEN} entries are on record"
    if missed := set(there) - set(seen):
        yield f"the consumer lost {len(missed)} entries"
    if list(seen) != there[: len(seen)]:
        yield "the consumer saw another order"
    yield from twice(journal)


# Amend against ship

ORDERS = 12
ORDERED = 6


def _line(number: int) -> Unit:
    return Unit(f"line:{number}")


OPEN, CANCELED, SHIPPED = (at("order", state) for state in ("allocated", "canceled", "shipped"))


async def _order(store: Store) -> None:
    for number in range(ORDERS):
        placed = move(ORDERED, at("customer", "asked"), OPEN, _line(number))
        await store.append(entry(f"order/{number}", placed, notes=(Note(id=f"o{number}", text="open"),)))


def _change(number: int, client: int) -> Request[None]:
    """Take a piece off an order, or ship all that is left of it: not both at once, and not after it was shipped."""
    id, unit = f"change/{number}/{client}", _line(number)

    def decide(state: State, _given: None, _now: int) -> Decision:
        order, left = state.document(note_key(f"o{number}")), state.balance(unit, (OPEN,))
        if not isinstance(order, Note) or order.text == "shipped" or not left:
            return Refused(())
        quantity, target, text = (left, SHIPPED, "shipped") if client % 4 == 3 else (1, CANCELED, "open")
        note = Note(id=order.id, revision=order.revision + 1, text=text)
        return Accepted((Happened(moves=(move(quantity, OPEN, target, unit),), notes=(note,)),))

    return Request(id, (), decide)


async def _amend_or_ship(store: Store, client: int) -> list[str]:
    told = []
    for number in range(ORDERS):
        request = _change(number, client)
        if isinstance(await ask(store, request, given=lambda _: None, now=1), Accepted):
            told.append(request.id)
    return told


def _kept_apart(journal: Sequence[Recorded], answers: Answers) -> Iterator[str]:
    left = dict.fromkeys(map(_line, range(ORDERS)), 0)
    revisions: dict[str, int] = {}
    shipped: set[Unit] = set()
    for position, each in journal:
        for quantity, unit, source, target in each.movements:
            left[unit] += quantity * ((target == OPEN) - (source == OPEN))
            if left[unit] < 0:
                yield f"after {position} {left[unit]} of {unit} are left"
            if source == OPEN and unit in shipped:
                yield f"after it was shipped {unit} was changed"
            if target == SHIPPED:
                shipped.add(unit)
        for document in each.documents:
            if document.revision != (known := revisions.get(document.key.id, 0)) + 1:
                yield f"revision {document.revision} of {document.key.id} was decided on {known}: an update was lost"
            revisions[document.key.id] = document.revision
    if {entry.id for _, entry in journal if "change" in entry.id} != {id for own in answers for id in own}:
        yield "answered in two ways"


# The same request from everybody

SAME = 30


async def _ask_the_same(store: Store, client: int) -> list[str]:
    told = []
    for turn in range(SAME):
        number = (turn + client) % SAME if client % 2 else turn
        id = f"same/{number}"
        same = entry(id, move(1, SUPPLIER, at("dc", ref=id)), notes=(Note(id=id),), occurred_at=client)
        answer = await store.append(same, (Between(MUG, (at("dc", ref=id),), 1, 1),))
        told.append(f"{id}: {answer and (answer.position, answer.entry.occurred_at)}")
    return told


def _once(journal: Sequence[Recorded], answers: Answers) -> Iterator[str]:
    yield from twice(journal)
    there = {f"{entry.id}: {(position, entry.occurred_at)}" for position, entry in journal}
    if len(there) != SAME:
        yield f"{len(there)} entries for {SAME} requests"
    for client, own in enumerate(answers):
        if {*own} != there:
            yield f"client {client} was answered otherwise: {sorted({*own} ^ there)[:2]}"


# A count beside late sales

COUNTED, COUNTED_AT, SALES = 500, 100, 15
SHELF, MISSING = at("dc"), at("dc", "missing")


async def _open_shop(store: Store) -> None:
    await store.append(entry("stock", move(530, SUPPLIER, SHELF), occurred_at=1))


def _reconcile(id: str) -> Request[None]:
    """Bring the shelf to what was counted and what has moved since."""

    def decide(state: State, _given: None, _now: int) -> Decision:
        wanted = COUNTED + state.moved(MUG, "dc", COUNTED_AT)
        change = wanted - state.balance(MUG, (SHELF,))
        if not change:
            return Accepted()
        source, target = (MISSING, SHELF) if change > 0 else (SHELF, MISSING)
        event = Happened(moves=(move(abs(change), source, target),))
        return Accepted((event,), (), (Between(MUG, (SHELF,), wanted, wanted),))

    return Request(id, (), decide)


async def _sell_and_reconcile(store: Store, client: int) -> list[str]:
    for number in range(SALES):
        occurred_at = COUNTED_AT + (60 if number % 2 else -60)  # every other one was made before the count
        await store.append(
            entry(f"sale/{client}/{number}", move(1, SHELF, at("customer", "sold")), occurred_at=occurred_at)
        )
        await ask(store, _reconcile(f"reconcile/{client}/{number}"), given=lambda _: None, now=1_000)
    found = await store.read(Wanted({MUG: (SHELF,)}, {}, (), [(MUG, "dc", COUNTED_AT)]))
    return [f"{found.balances[MUG][SHELF] - found.moved[MUG, 'dc', COUNTED_AT]}"]


def _reconciled(journal: Sequence[Recorded], _answers: Answers) -> Iterator[str]:
    held = late = 0
    for _, each in journal:
        for quantity, _, source, target in each.movements:
            change = quantity * ((target == SHELF) - (source == SHELF))
            held += change
            if each.occurred_at > COUNTED_AT and source.place != target.place:
                late += change
    if held != COUNTED + late:
        yield f"{held} on the shelf, where {COUNTED} were counted and {late} came since"
    if sum("sale" in entry.id for _, entry in journal) != CLIENTS * SALES:
        yield "a sale is not on record"
    yield from twice(journal)


RACING = (
    last_units((150, 100), 125),
    Race(
        "a_check_sees_what_was_recorded_while_it_waited",
        "Guarded appends of one unit queue, and each checks on what the one before it left.",
        *(_heap, _grab, _grabbed),
    ),
    Race(
        "an_eager_consumer_loses_nothing",
        "Who follows the journal beside eight writers sees every entry once, in the one order.",
        *(_nothing, _write_or_follow, _followed),
        clients=CLIENTS + 1,
    ),
    Race(
        "amend_and_ship_exclude_each_other",
        "What is shipped is not amended, and no update of a document is lost.",
        *(_order, _amend_or_ship, _kept_apart),
    ),
    Race(
        "the_same_request_has_one_effect",
        "Everybody who sends the same request gets the one entry on record.",
        *(_nothing, _ask_the_same, _once),
    ),
    Race(
        "a_count_stands_beside_late_sales",
        "In the end the shelf holds what was counted and what moved since, however late a sale was told.",
        *(_open_shop, _sell_and_reconcile, _reconciled),
    ),
)
