"""What changed for a channel since a position of the journal: absolute quantities, each with a version.

A host loops: it reads the next settled entries, sees `changes`, sends the offers and keeps the position. The version of
an offer is the position up to which it is true at the least: it was seen after that was read. So a consumer that takes
an offer only over a lower version ends with the truth, whatever was lost on the way (it asks again from where it is),
came twice or overtook another. Nothing is kept here, and a call costs as many SKUs as the entries have touched.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from .catalog import NETWORK, Catalog, Channel, Product, pool_place
from .errors import InvalidValue
from .inventory import Lot, available, goods, sellable
from .ledger import Entry, Recorded, State, whole

__all__ = ["Feed", "Offer", "changes", "offers"]


class Offer(NamedTuple):
    """How many pieces of a SKU a channel may sell, zero at the least; `version` is a position of the journal."""

    channel: str
    sku: str
    quantity: int
    version: int


class Feed(NamedTuple):
    """The offers of all that may have changed up to a position, from which to go on."""

    position: int
    offers: tuple[Offer, ...]


def changes(
    channel: str, *, since: int, records: Sequence[Recorded], kits_may_part: bool = False
) -> Callable[[State, Catalog], Feed]:
    """Return the view of what changed for a channel by these entries, the next that the store has after a position.

    Where the first of them is not the very next one, as after a snapshot, or the network was revised, all is offered.
    Other master data leaves no entry: raise the network's revision with it, or send `offers` of all. Of a kit as many
    are offered as open nodes have whole, unless kits may part (`FulfillmentPolicy.kits_may_part`).

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
    2 Offer(channel='web', sku='MUG', quantity=5, version=2)
    """

    def view(state: State, catalog: Catalog) -> Feed:
        if not records:
            return Feed(since, ())
        position = records[-1].position
        rules = _rules(catalog, channel)
        touched = set(_touched(catalog, rules, [entry for _, entry in records]))
        is_whole = records[0].position == since + 1 and not any(_revises(entry) for _, entry in records)
        skus = sorted(touched if is_whole else touched | catalog.product_by_sku.keys())
        return Feed(position, tuple(_offers(state, catalog, rules, skus, position, kits_may_part=kits_may_part)))

    return view


def offers(
    channel: str, *, version: int, skus: Iterable[str] | None = None, kits_may_part: bool = False
) -> Callable[[State, Catalog], tuple[Offer, ...]]:
    """Return the view of what a channel may sell of these SKUs (None: all that the catalog knows).

    `version` is a position that was read before this is seen; with it a consumer that lost its way starts anew.
    """
    wanted = None if skus is None else sorted(skus)

    def view(state: State, catalog: Catalog) -> tuple[Offer, ...]:
        every = sorted(catalog.product_by_sku) if wanted is None else wanted
        rules = _rules(catalog, channel)
        return tuple(_offers(state, catalog, rules, every, version, kits_may_part=kits_may_part))

    return view


def _rules(catalog: Catalog, channel: str) -> Channel:
    rules = catalog.channel_by_id.get(channel)
    if rules is None:
        raise InvalidValue("channel", channel, "a channel of the catalog")
    return rules


def _revises(entry: Entry) -> bool:
    return any(document.key == NETWORK for document in entry.documents)


def _touched(catalog: Catalog, rules: Channel, entries: Iterable[Entry]) -> Iterator[str]:
    """Yield the SKUs of which the channel may sell another quantity, and the kits that they are in."""
    for sku in dict.fromkeys(_moved(catalog, rules, entries)):
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


def _offers(
    state: State, catalog: Catalog, rules: Channel, skus: Iterable[str], version: int, *, kits_may_part: bool
) -> Iterator[Offer]:
    place = pool_place(rules.pool)

    def free(sku: str) -> int:
        return max(available(state, catalog, place=place, sku=sku, channel=rules.id), 0)

    for sku in skus:
        kit = catalog.kits.get(sku)
        quantity = min([free(part) // needed for part, needed in kit.components]) if kit else free(sku)
        if kit and not kits_may_part:
            quantity = min(quantity, _whole_kits(state, catalog, rules.pool, kit))
        yield Offer(rules.id, sku, quantity, version)


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
