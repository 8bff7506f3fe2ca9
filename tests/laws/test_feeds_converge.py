"""Law: a consumer that takes an offer only over a lower version ends with the truth.

A sender loops over the journal while the shop goes on between its reading of the entries and its look at the state. On
the way offers are lost (the sender then asks again from where it was), come twice, and overtake each other.
"""

from random import Random
from typing import NamedTuple

import attrs
from hypothesis import given
from hypothesis import strategies as st

from tests.laws.world import CATALOG, PRODUCTS, SKUS, Law, Program, Step, World, programs
from unicommerce.catalog import Catalog, Channel, Component, Product, SafetyStock
from unicommerce.feed import Feed, Offer, changes
from unicommerce.inventory import availability, goods, reserve, sellable
from unicommerce.ledger import Recorded

SET = Product(sku="SET", components=(Component("MUG", 1), Component("CUP", 2)))
CHANNELS = ("web", "club")
SHOP = attrs.evolve(
    CATALOG, products=(*PRODUCTS, SET), channels=tuple([Channel(id=pool, pool=pool) for pool in CHANNELS])
)


RULED = attrs.evolve(
    SHOP,
    channels=(
        Channel(id="web", pool="web", buffer=1, quotas=(("CUP", 3),), ring_fences=("fence",)),
        Channel(id="club", pool="club", allowance=1),
    ),
    safety=(SafetyStock("north", "MUG", 1), SafetyStock("dc", "", 1)),
)
"""The same shop, where something is kept back from each channel."""


class Fed(NamedTuple):
    """What happens in the shop, and the seed of what happens on the way to the consumer."""

    program: Program
    random: Random
    catalog: Catalog


class Consumer:
    """A channel's own table of what it may sell."""

    def __init__(self) -> None:
        self.table: dict[str, Offer] = {}

    def take(self, offer: Offer) -> None:
        """Take an offer over a lower version."""
        known = self.table.get(offer.sku)
        if known is None or known.version < offer.version:
            self.table[offer.sku] = offer

    def shown(self, sku: str) -> int:
        """Return what it would sell."""
        return self.table[sku].quantity if sku in self.table else 0


def truth(world: World, channel: str) -> dict[str, int]:
    """Return what may be sold in a channel's pool now, found without the feed."""
    free = {sku: max(world.shop.see(availability(sku, channel=channel)).pools[channel], 0) for sku in SKUS}
    network, whole = world.network, 0
    for node in [network.node_by_id[id] for id in network.pool_by_id[channel].nodes]:
        mugs, cups = (
            max(
                world.ledger.balance(goods(sku), (sellable(node.id),)) - world.shop.catalog.safety_stock(node.id, sku),
                0,
            )
            for sku in ("MUG", "CUP")
        )
        whole += min(mugs, cups // 2) if node.is_open else 0
    return free | {"SET": min(free["MUG"], free["CUP"] // 2, whole)}


class Sender:
    """The host that feeds one channel over a bad line."""

    def __init__(self, world: World, channel: str, random: Random) -> None:
        self.world, self.channel, self.random = world, channel, random
        self.position = 0
        self.on_the_way: list[Offer] = []
        self.consumer = Consumer()

    def read(self) -> tuple[Recorded, ...]:
        """Read the next entries."""
        return self.world.ledger.since(self.position, self.random.randint(1, 5))

    def look(self, records: tuple[Recorded, ...]) -> Feed:
        """See what has changed by them."""
        return self.world.shop.see(changes(self.channel, since=self.position, records=records))

    def send(self, feed: Feed, *, losing: float) -> None:
        """Put the offers on the way; where one was lost, ask again from here."""
        lost = [self.random.random() < losing for _ in feed.offers]
        for offer, is_lost in zip(feed.offers, lost, strict=True):
            if not is_lost:
                self.on_the_way += [offer] * self.random.randint(1, 2)
        if not any(lost):
            self.position = feed.position

    def finish(self) -> None:
        """Send all that there is, and lose nothing any more."""
        while records := self.read():
            self.send(self.look(records), losing=0)
        self.deliver(len(self.on_the_way))

    def deliver(self, count: int) -> None:
        """Let some offers arrive, in any order."""
        self.random.shuffle(self.on_the_way)
        while self.on_the_way and count:
            self.consumer.take(self.on_the_way.pop())
            count -= 1


def feeds_converge(case: Fed) -> None:
    """Raise where a consumer does not end with the truth."""
    world = World(case.catalog, stock=2)
    world.ask(reserve("fence", place="pool:web", quantities={"MUG": 2}))
    senders = [Sender(world, channel, case.random) for channel in CHANNELS]
    for step in case.program:
        sender = case.random.choice(senders)
        records = sender.read()
        world.do(step)  # between the reading of the entries and the look at the state
        if case.random.random() < 0.3:
            place, sku, channel = f"pool:{sender.channel}", case.random.choice(SKUS), sender.channel
            world.ask(reserve(world.next_id("own"), place=place, quantities={sku: 1}, channel=channel))
        elif case.random.random() < 0.3:  # a pool that is neither's, and shares nodes with both
            world.ask(reserve(world.next_id("other"), place="pool:corner", quantities={case.random.choice(SKUS): 1}))
        elif case.random.random() < 0.1:
            world.do(Step("turn", case.random.randrange(9), 0, 0))
        sender.send(sender.look(records), losing=0.2)
        sender.deliver(case.random.randint(0, 3))
    for sender in senders:
        sender.finish()
    for sku in SKUS:  # all is told; now another pool claims, and has the last word
        world.ask(reserve(world.next_id("last"), place="pool:corner", quantities={sku: 1}))
    for sender in senders:
        sender.finish()
        for sku, quantity in truth(world, sender.channel).items():
            assert sender.consumer.shown(sku) == quantity, (sender.channel, sku)


LAW = Law(
    "a consumer of the feed ends with the truth",
    st.builds(Fed, programs(), st.randoms(use_true_random=False), st.sampled_from([SHOP, RULED])),
    feeds_converge,
)


@given(LAW.cases)
def test_a_consumer_ends_with_the_truth_over_a_bad_line(case: Fed) -> None:
    """Lost, twice, overtaken: the last version of each SKU is what is true at the end."""
    LAW.check(case)
