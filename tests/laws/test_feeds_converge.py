"""Law: a consumer that takes an offer only over a lower version ends with the truth.

A sender loops over the journal while the shop goes on between its reading of the entries and its look at the state. On
the way offers are lost (the sender then asks again from where it was), come twice, and overtake each other. Where lots
must last, time alone takes some away: the sender asks again when it was told to, and looks at no clock but then.
"""

from collections.abc import Sequence
from random import Random
from typing import NamedTuple

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.laws.test_what_lasts_is_shown import ACTS, SCENES, Act, Scene, Shop
from tests.laws.world import CATALOG, PRODUCTS, SKUS, Law, Program, Step, World, programs
from unicommerce.catalog import Catalog, Channel, Component, Product, SafetyStock
from unicommerce.feed import Feed, Offer, changes, offers
from unicommerce.inventory import availability, available, goods, reserve, sellable
from unicommerce.ledger import Recorded
from unicommerce.values import HOUR_MS

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
        """Take an offer over a lower version, and of one version over an earlier moment."""
        known = self.table.get(offer.sku)
        if known is None or known.stamp < offer.stamp:
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


# Where time passes


class Passing(NamedTuple):
    """A shop of lots, what happens while it is fed, and the seed of when, and of what happens on the way."""

    scene: Scene
    acts: Sequence[Act]
    random: Random
    kits_may_part: bool


class Host(Sender):
    """A sender that says when it looks, and asks again for what holds until then."""

    def __init__(self, case: Passing, shop: Shop) -> None:
        super().__init__(shop.world, "long", case.random)
        self.kits_may_part = case.kits_may_part
        self.until: dict[str, int] = {}

    def look(self, records: tuple[Recorded, ...]) -> Feed:
        """See what has changed by them."""
        parts, now = self.kits_may_part, self.world.now
        return self.world.shop.see(
            changes(self.channel, since=self.position, records=records, kits_may_part=parts, now=now)
        )

    def ask(self, skus: Sequence[str]) -> Feed:
        """See what may be sold of these now."""
        parts, now = self.kits_may_part, self.world.now
        seen = offers(self.channel, version=self.position, skus=skus, kits_may_part=parts, now=now)
        return Feed(self.position, self.world.shop.see(seen))

    def send(self, feed: Feed, *, losing: float) -> None:
        """Put the offers on the way; what was lost is to be asked for at once, and the entries read again."""
        before = len(self.on_the_way)
        super().send(feed, losing=losing)
        sent = set(self.on_the_way[before:])
        for offer in feed.offers:
            self.until.pop(offer.sku, None)
            until = offer.until if offer in sent else self.world.now
            self.until |= {} if until is None else {offer.sku: until}

    def tick(self, *, losing: float) -> None:
        """Ask again for what was to be asked for by now."""
        if due := [sku for sku, until in self.until.items() if until <= self.world.now]:
            self.send(self.ask(due), losing=losing)


def feeds_converge_in_time(case: Passing) -> None:
    """Raise where a consumer does not end with the truth of each moment."""
    shop = Shop(case.scene)
    world, host = shop.world, Host(case, shop)
    for act in case.acts:
        records = host.read()
        shop.do(act)
        world.now += case.random.choice((0, 0, 3, 20)) * HOUR_MS
        host.send(host.look(records), losing=0.2)
        host.tick(losing=0.2)
        host.deliver(case.random.randint(0, 3))
    host.finish()
    for hours in (0, 1, 7, 16, 24, 48):  # nothing happens any more, and time goes on
        world.now += hours * HOUR_MS
        host.tick(losing=0)
        host.deliver(len(host.on_the_way))
        shown = [host.consumer.shown(sku) for sku in ("MILK", "SET")]
        free = available(world.ledger, world.shop.catalog, place="pool:p0", sku="MILK", channel="long", now=world.now)
        assert shown == [max(free, 0), host.ask(["SET"]).offers[0].quantity], hours


IN_TIME = Law(
    "a consumer of the feed ends with the truth of each moment",
    st.builds(Passing, SCENES, st.lists(ACTS, max_size=5), st.randoms(use_true_random=False), st.booleans()),
    feeds_converge_in_time,
)


@settings(max_examples=40)
@given(IN_TIME.cases)
def test_a_consumer_ends_with_the_truth_of_each_moment(case: Passing) -> None:
    """Lots grow too old and days end while nothing is recorded: what is shown follows, with a call at those moments."""
    IN_TIME.check(case)
