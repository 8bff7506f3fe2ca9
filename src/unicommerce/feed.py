"""What changed for a channel since a position of the journal: absolute quantities, each with a version.

A host loops: it reads the next settled entries, sees `changes`, sends the offers and keeps the position. The version of
an offer is the position up to which it is true at the least: it was seen after that was read. So a consumer that takes
an offer only over a lower version ends with the truth, whatever was lost on the way (it asks again from where it is),
came twice or overtook another. Nothing is kept here, and a call costs as many SKUs as the entries have touched.

Lots grow too old with time alone, and no entry says so. A host that gives the moment at which it looks is told of each
offer until when it holds, and asks for `offers` of those SKUs again then. Of one version, the later moment counts.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from .catalog import NETWORK, Catalog, Channel, Product, pool_place
from .errors import InvalidValue
from .inventory import Lot, available, capacity_used, changes_at, given_on, goods, sellable
from .ledger import Entry, Recorded, State, whole

__all__ = ["Feed", "Offer", "changes", "offers"]


class Offer(NamedTuple):
    """How many pieces of a SKU a channel may sell, zero at the least; `version` is a position of the journal.

    `at` is the moment (ms UTC) as of which it is true, 0 where the host gave none. `until` is when to ask for it again,
    for then it may be another with time alone; None: with the next entry that touches it. It is for the host.

    >>> late, early = Offer("web", "MILK", 2, version=7, at=2_000), Offer("web", "MILK", 5, version=7, at=1_000)
    >>> early.stamp < late.stamp
    True
    """

    channel: str
    sku: str
    quantity: int
    version: int
    at: int = 0
    until: int | None = None

    @property
    def stamp(self) -> tuple[int, int]:
        """Return what is higher the newer an offer is: a consumer takes it over a lower one only."""
        return (self.version, self.at)


class Feed(NamedTuple):
    """The offers of all that may have changed up to a position, from which to go on."""

    position: int
    offers: tuple[Offer, ...]


def changes(
    channel: str, *, since: int, records: Sequence[Recorded], kits_may_part: bool = False, now: int | None = None
) -> Callable[[State, Catalog], Feed]:
    """Return the view of what changed for a channel by these entries, the next that the store has after a position.

    Where the first of them is not the very next one, as after a snapshot, or the network was revised, all is offered.
    Other master data leaves no entry: raise the network's revision with it, or send `offers` of all. Of a kit as many
    are offered as open nodes have whole, unless kits may part (`FulfillmentPolicy.kits_may_part`). `now` (ms UTC) says
    which lots are too old; without it nothing is offered of what must last.

    >>> from unicommerce import Commerce, Network, Pool, received
    >>> from unicommerce.catalog import Node
    >>> from unicommerce.ledger import run
    >>> from unicommerce.values import Position
    >>> dc = Node(id="dc", position=Position(0, 0))
    >>> network = Network(nodes=(dc,), pools=(Pool(id="all", nodes=("dc",)),))
    >>> shop = Commerce(Catalog(network=network, channels=(Channel(id="web", pool="all"),)))
    >>> _ = shop.tell(received("r1", node="dc", quantities={"MUG": 5}), now=0)
    >>> feed = shop.see(changes("web", since=0, records=run(shop.store.since(0, 500))))
    >>> print(feed.position, *feed.offers)
    2 Offer(channel='web', sku='MUG', quantity=5, version=2, at=0, until=None)
    """

    def view(state: State, catalog: Catalog) -> Feed:
        if not records:
            return Feed(since, ())
        position = records[-1].position
        rules = _rules(catalog, channel)
        touched = set(_touched(catalog, rules, [entry for _, entry in records], now=now))
        is_whole = records[0].position == since + 1 and not any(_revises(entry) for _, entry in records)
        skus = sorted(touched if is_whole else touched | catalog.product_by_sku.keys())
        seen = _Seen(state, catalog, rules, kits_may_part, now)
        return Feed(position, tuple([seen.offer(sku, position) for sku in skus]))

    return view


def offers(
    channel: str,
    *,
    version: int,
    skus: Iterable[str] | None = None,
    kits_may_part: bool = False,
    now: int | None = None,
) -> Callable[[State, Catalog], tuple[Offer, ...]]:
    """Return the view of what a channel may sell of these SKUs (None: all that the catalog knows).

    `version` is a position that was read before this is seen; with it a consumer that lost its way starts anew. So a
    host asks again, `now` (ms UTC), for what was to be asked for then (`Offer.until`).
    """
    wanted = None if skus is None else sorted(skus)

    def view(state: State, catalog: Catalog) -> tuple[Offer, ...]:
        every = sorted(catalog.product_by_sku) if wanted is None else wanted
        seen = _Seen(state, catalog, _rules(catalog, channel), kits_may_part, now)
        return tuple([seen.offer(sku, version) for sku in every])

    return view


def _rules(catalog: Catalog, channel: str) -> Channel:
    rules = catalog.channel_by_id.get(channel)
    if rules is None:
        raise InvalidValue("channel", channel, "a channel of the catalog")
    return rules


def _revises(entry: Entry) -> bool:
    return any(document.key == NETWORK for document in entry.documents)


def _touched(catalog: Catalog, rules: Channel, entries: Iterable[Entry], *, now: int | None = None) -> Iterator[str]:
    """Yield the SKUs of which the channel may sell another quantity, and the kits that they are in."""
    moved = dict.fromkeys(_moved(catalog, rules, entries))
    handled = _handled(catalog, rules, entries) if now is not None and rules.minimum_life_days else ()
    for sku in (*moved, *handled):
        yield sku
        yield from catalog.kits_by_component.get(sku, ())


def _moved(catalog: Catalog, rules: Channel, entries: Iterable[Entry]) -> Iterator[str]:
    """Yield what moved on a shelf that the pool draws on or shares, what was drawn of the quotas, and changed lots.

    A ring-fence needs no look of its own: what is drawn on it or given back goes over a shelf.
    """
    reach = {place for places in catalog.network.limits.get(pool_place(rules.pool), ()) for place in places}
    shelves = {sellable(place) for place in reach}
    quotas = f"quota:{rules.id}/"
    for entry in entries:
        yield from [document.sku for document in entry.documents if isinstance(document, Lot)]
        for _, unit, source, target in entry.movements:
            if unit.startswith("sku:") and (whole(source) in shelves or whole(target) in shelves):
                yield unit.removeprefix("sku:")
            elif unit.startswith(quotas):
                yield unit.removeprefix(quotas)


def _handled(catalog: Catalog, rules: Channel, entries: Iterable[Entry]) -> Iterator[str]:
    """Yield all that must last where a node of the pool that can handle only so much was given something to handle."""
    network = catalog.network
    pool = network.pool_by_id.get(rules.pool)
    nodes = [network.node_by_id[id] for id in (pool.nodes if pool else ())]
    used = {capacity_used(node.id) for node in nodes if node.daily_capacity is not None}
    if used and any(used.intersection(move[2:]) for entry in entries for move in entry.movements):
        yield from [sku for sku in catalog.product_by_sku if catalog.has_lots(sku)]


class _Seen(NamedTuple):
    """What offers are made of: a state, the channel, whether kits may part, and the moment (ms UTC) of looking."""

    state: State
    catalog: Catalog
    rules: Channel
    kits_may_part: bool
    now: int | None

    def free(self, sku: str) -> int:
        """Return how many pieces the channel may sell."""
        state, catalog, rules, _, now = self
        return max(available(state, catalog, place=pool_place(rules.pool), sku=sku, channel=rules.id, now=now), 0)

    def until(self, skus: Iterable[str], now: int) -> int | None:
        """Return when what may be sold of these is another with time alone."""
        state, catalog, rules, *_ = self
        place = pool_place(rules.pool)
        moments = [changes_at(state, catalog, place=place, sku=sku, channel=rules.id, now=now) for sku in skus]
        return min([moment for moment in moments if moment is not None], default=None)

    def offer(self, sku: str, version: int) -> Offer:
        """Return the offer of a SKU."""
        channel, now, kit = self.rules.id, self.now, self.catalog.kits.get(sku)
        quantity = self.kits(kit) if kit else self.free(sku)
        if now is None:
            return Offer(channel, sku, quantity, version)
        parts = [part for part, _ in kit.components] if kit else [sku]
        return Offer(channel, sku, quantity, version, now, self.until(parts, now))

    def kits(self, kit: Product) -> int:
        """Return how many kits there are: each whole at one node unless they may part, and of lots that last."""
        state, catalog, rules, kits_may_part, now = self
        found = min([self.free(sku) // needed for sku, needed in kit.components])
        lasting = [(sku, needed) for sku, needed in kit.components if catalog.life_days(rules.id, sku)]
        if not found or now is None or not lasting:
            return found if kits_may_part else min(found, _whole_kits(state, catalog, rules.pool, kit))
        if not kits_may_part:
            return min(found, given_on(state, catalog, rules, dict(kit.components), now=now))
        given = [given_on(state, catalog, rules, {sku: 1}, now=now, is_alone=False) // each for sku, each in lasting]
        return min([found, *given])


def _whole_kits(state: State, catalog: Catalog, pool: str, kit: Product) -> int:
    """Return how many kits the open nodes of a pool have whole, of what they can sell above their safety stock."""
    network = catalog.network
    known = network.pool_by_id.get(pool)
    nodes = [network.node_by_id[id] for id in (known.nodes if known else ()) if network.node_by_id[id].is_open]
    return sum(
        [
            min(
                [
                    max(state.balance(goods(sku), (sellable(node.id),)) - catalog.safety_stock(node.id, sku), 0)
                    // needed
                    for sku, needed in kit.components
                ]
            )
            for node in nodes
        ]
    )
