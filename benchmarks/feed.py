"""The feed of a channel: from a claim to its offer, in a catalog of a thousand SKUs and of a hundred thousand."""

import statistics
from itertools import count
from time import perf_counter_ns

from unicommerce import Catalog, Commerce, Network, Node, Pool, Position, Product, received, reserve
from unicommerce.catalog import Channel
from unicommerce.feed import Feed, changes
from unicommerce.ledger import run as drive

from .timing import Row, quiet_collector, ratios, rounds

__all__ = ["run"]

NODES, PAGE = 10, 500
FEW, MANY = 1_000, 100_000


class Fed:
    """A shop of so many SKUs at ten nodes, and a channel that has heard of all so far."""

    def __init__(self, skus: int) -> None:
        nodes = tuple([Node(id=f"n{number}", position=Position(0, number)) for number in range(NODES)])
        network = Network(nodes=nodes, pools=(Pool(id="all", nodes=tuple([node.id for node in nodes])),))
        products = tuple([Product(sku=f"S{number}") for number in range(skus)])
        self.shop = Commerce(Catalog(network=network, products=products, channels=(Channel(id="web", pool="all"),)))
        for node in nodes:
            stock = {product.sku: 1_000_000 for product in products}
            self.shop.tell(received(f"r{node.id}", node=node.id, quantities=stock), now=1)
        self.position, self.ids = 0, count()
        while self.read().offers:
            pass

    def claim(self, number: int) -> None:
        """Claim a piece of a SKU."""
        self.shop.ask(reserve(f"c{next(self.ids)}", place="pool:all", quantities={f"S{number}": 1}), now=2)

    def read(self) -> Feed:
        """Take the next page of the feed."""
        records = drive(self.shop.store.since(self.position, PAGE))
        feed = self.shop.see(changes("web", since=self.position, records=records))
        self.position = feed.position
        return feed

    def pages(self) -> int:
        """Claim ten pieces and read of them, twenty times; answer how many offers came."""
        offers = 0
        for page in range(20):
            for number in range(10):
                self.claim((page * 10 + number) % FEW)
            offers += len(self.read().offers)
        return offers

    def lags(self, times: int) -> list[int]:
        """Return nanoseconds from before a claim until its offer is in hand, each time."""
        quiet_collector()
        taken = []
        for number in range(times):
            start = perf_counter_ns()
            self.claim(number % FEW)
            (offer,) = self.read().offers
            taken.append(perf_counter_ns() - start)
            if offer.version != self.position:
                raise ValueError("an offer of another position")
        return taken


def run(*, count_of_rounds: int = 9, times: int = 5_000) -> list[Row]:
    """Return how much dearer an offer is where there are a hundred times as many SKUs, and the lag in the note."""
    few, many = Fed(FEW), Fed(MANY)
    taken = rounds({"few": few.pages, "many": many.pages}, count=count_of_rounds)
    cuts = statistics.quantiles(many.lags(times), n=100)
    note = f"claim to offer in hand: p50 {cuts[49] / 1_000:.0f} µs, p99 {cuts[98] / 1_000:.0f} µs"
    name = f"claim and feed with {MANY:,} SKUs"
    return [ratios(name, f"the same with {FEW:,}", taken["many"], taken["few"], ceiling=1.3, note=note)]
