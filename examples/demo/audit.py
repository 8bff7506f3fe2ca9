"""One pass over the journal: what the checks need to know that no balance says, and what the report shows.

It counts sellable goods itself, from the movements as they are stored, and looks at every set of pools: an independent
second opinion on what the guards promise.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations

from unicommerce.catalog import Network, NodeKind, pool_place
from unicommerce.codec import canonical
from unicommerce.finance import Posted, Posting
from unicommerce.fulfillment import Allocated, Notice
from unicommerce.inventory import Claimed, GoodsState
from unicommerce.invoices import Issued
from unicommerce.ledger import Entry, Event, Reason, Recorded, Seal, Store, run, seal
from unicommerce.orders import Order, Placed
from unicommerce.routing import RoutingCode

from .comebacks import Comebacks
from .journeys import Journeys
from .writing import is_booked


@dataclass
class Audit:
    """What one pass over the journal found."""

    comebacks: Comebacks
    seal: Seal = field(default_factory=Seal)
    kinds: Counter[str] = field(default_factory=Counter)
    booked: list[str] = field(default_factory=list)
    posted: list[Entry] = field(default_factory=list)
    postings: dict[str, list[Posting]] = field(default_factory=dict)
    papers: list[Issued] = field(default_factory=list)
    orders: dict[str, Order] = field(default_factory=dict)
    journeys: Journeys = field(default_factory=Journeys)
    of_market: list[Entry] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)
    routed: int = 0
    proven: int = 0
    candidates: int = 0
    implied: int = 0
    decided: int = 0
    oversold: list[str] = field(default_factory=list)
    deficits: int = 0
    positions: dict[str, list[int]] = field(default_factory=dict)


def entries(store: Store) -> Iterator[Recorded]:
    """Return the journal from its beginning."""
    position = 0
    while batch := run(store.since(position, 200)):
        yield from batch
        position = batch[-1].position


def sealed(journal: Iterable[Recorded]) -> Seal:
    """Return the hash chain over the canonical bytes of the journal, as it lies on file."""
    return seal(Seal(), (canonical(entry) for _, entry in journal))


def audit(journal: Iterable[Recorded], network: Network) -> Audit:
    """Go through the journal once."""
    stores = frozenset(node.id for node in network.nodes if node.kind is NodeKind.STORE)
    found = Audit(Comebacks(stores))
    watch = _Watch(network)
    for position, entry in journal:
        found.seal = seal(found.seal, [canonical(entry)])
        watch.look(entry, found)
        _reasons(found, entry.because)
        found.implied += bool(entry.cause) and entry.source in ("wms", "carrier", "counter")
        for event in entry.events:
            found.kinds[event.kind] += 1
            found.journeys.follow(entry, event)
            found.comebacks.follow(event)
            _event(found, entry, event)
        _file(found, position, entry)
    return found


def _file(found: Audit, position: int, entry: Entry) -> None:
    """Remember which orders an entry is about, and whether of the marketplace."""
    orders = orders_of(entry)
    for order in orders:
        found.positions.setdefault(order, []).append(position)
    if any(order in found.journeys.market for order in orders):
        found.of_market.append(entry)


def orders_of(entry: Entry) -> dict[str, None]:
    """Return the orders that an entry is about: those whose lines it moves, or of whose shipment a customer is told."""
    lines = [unit.partition("line:")[2] for _, unit, *_ in entry.movements if "line:" in unit]
    told = [document.shipment for document in entry.documents if isinstance(document, Notice)]
    return dict.fromkeys(name.rpartition("/")[0] for name in (*lines, *told))


def _event(found: Audit, entry: Entry, event: Event) -> None:
    if is_booked(event, found.orders.get):
        found.booked.append(entry.id)
    if isinstance(event, Posted):
        found.posted.append(entry)
        found.postings.setdefault(entry.cause, []).extend(event.postings)
    elif isinstance(event, Issued):
        found.papers.append(event)
    elif isinstance(event, Placed):
        found.orders[event.order.id] = event.order


def _reasons(found: Audit, because: tuple[Reason, ...]) -> None:
    routing = [reason for reason in because if isinstance(reason.code, RoutingCode)]
    found.reasons.update(reason.code.name for reason in because)
    if routing:
        found.routed += 1
        found.candidates += len(routing)
        found.proven += all(reason.code is not RoutingCode.NOT_EXPLORED for reason in routing)


class _Watch:
    """Sellable goods by node, and by set of pools: at the nodes that they reach, less what the pools have claimed."""

    def __init__(self, network: Network) -> None:
        self._sets: dict[str, list[int]] = {}
        self._held: dict[tuple[str, str], int] = {}
        self._sums: dict[tuple[str, int], int] = {}
        self._nodes = network.node_by_id.keys()
        reach: Mapping[str, frozenset[str]] = {pool.id: frozenset(pool.nodes) for pool in network.pools}
        number = 0
        for size in range(1, len(reach) + 1):
            for pools in combinations(sorted(reach), size):
                places = frozenset[str]().union(*(reach[pool] for pool in pools)) | {pool_place(pool) for pool in pools}
                for place in places:
                    self._sets.setdefault(place, []).append(number)
                number += 1

    def look(self, entry: Entry, found: Audit) -> None:
        """Post an entry, and note where it took what was not there."""
        is_ours = any(isinstance(event, Claimed | Allocated) for event in entry.events)
        before: dict[tuple[str, int], int] = {}
        nodes: set[tuple[str, str]] = set()
        for quantity, unit, source, target in entry.movements:
            for account, change in ((source, -quantity), (target, quantity)):
                if account.state == GoodsState.SELLABLE:
                    self._post(account.place, unit, change, before, nodes)
        found.decided += is_ours
        below = [(unit, node, self._held[unit, node]) for unit, node in nodes if self._held[unit, node] < 0]
        found.oversold += [f"{entry.id}: {node} has {held} {unit}" for unit, node, held in sorted(below)]
        for key, held in before.items():
            now = self._sums[key]
            if now < min(held, 0) and is_ours:
                found.oversold.append(f"{entry.id}: a set of pools has {now} {key[0]}")
            elif now < min(held, 0):
                found.deficits += 1

    def _post(
        self, place: str, unit: str, change: int, before: dict[tuple[str, int], int], nodes: set[tuple[str, str]]
    ) -> None:
        self._held[unit, place] = self._held.get((unit, place), 0) + change
        if place in self._nodes:
            nodes.add((unit, place))
        for number in self._sets.get(place, ()):
            key = (unit, number)
            before.setdefault(key, self._sums.get(key, 0))
            self._sums[key] = self._sums.get(key, 0) + change
