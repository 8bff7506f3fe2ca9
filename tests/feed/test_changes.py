"""What the feed offers, one question at a time."""

import attrs
import pytest

from tests.laws.test_feeds_converge import SHOP
from tests.laws.world import HOME, NOW, Happened, World, make_order
from unicommerce.catalog import Channel, Network, Node, Pool, Product, SafetyStock, Tracking, local_day, moment
from unicommerce.errors import InvalidValue
from unicommerce.feed import Feed, Offer, changes, offers
from unicommerce.fulfillment import place
from unicommerce.inventory import received, release, reserve
from unicommerce.ledger import Account, Ledger, Memory, Movement, record, run
from unicommerce.lots import BatchReceived, recalled, received_lots
from unicommerce.values import Unit


def since(world: World, position: int, channel: str = "club") -> Feed:
    """Return what has changed since."""
    records = run(world.store.since(position, 1_000))
    return world.shop.see(changes(channel, since=position, records=records))


def test_nothing_new_is_no_offer() -> None:
    """The position stays."""
    world = World(SHOP)
    assert since(world, len(world.journal())) == Feed(len(world.journal()), ())


def test_only_what_was_touched_is_offered() -> None:
    """A SKU that moved, and the kit that it is in; not what moved where nobody can claim."""
    world = World(SHOP)
    position = len(world.journal())
    world.tell(received("r1", node="north", quantities={"MUG": 5}))
    world.tell(received("r2", node="shut", quantities={"LID": 5}))

    assert since(world, position).offers == (
        Offer("club", "MUG", 13, position + 2),
        Offer("club", "SET", 4, position + 2),
    )


def test_a_claim_and_its_end_are_offered() -> None:
    """In whatever pool that shares a node; below zero is nothing to sell."""
    world = World(SHOP)
    position = len(world.journal())
    world.ask(reserve("c", place="pool:corner", quantities={"LID": 4}))
    world.ask(release("c"))

    assert [offer.sku for offer in since(world, position).offers] == ["LID"]


def test_what_is_drawn_of_a_quota_is_offered_wherever_it_was_drawn() -> None:
    """A claim on what is still to come leaves every shelf as it is, and less of the quota."""
    world = World(attrs.evolve(SHOP, channels=(Channel(id="club", pool="club", quotas=(("CUP", 3),)),)))
    position = len(world.journal())
    drawn = Movement(2, Unit("quota:club/CUP"), Account("channel:club", "open"), Account("channel:club", "used", "ref"))
    assert world.ledger.append(record("c", (Happened(moves=(drawn,)),), now=world.now)) is not None
    other = drawn._replace(unit=Unit("quota:web/LID"))
    assert world.ledger.append(record("d", (Happened(moves=(other,)),), now=world.now)) is not None

    assert [offer.sku for offer in since(world, position).offers] == ["CUP", "SET"]


def test_what_a_channel_keeps_back_is_not_offered() -> None:
    """The buffer of the channel, the safety stock of its nodes; what is set aside for it is its own."""
    fenced = Channel(id="club", pool="club", buffer=1, ring_fences=("fence",))
    world = World(attrs.evolve(SHOP, channels=(fenced,), safety=(SafetyStock("north", "", 2),)))
    world.ask(reserve("fence", place="pool:club", quantities={"MUG": 2}))

    assert {offer.sku: offer.quantity for offer in since(world, 0).offers} == {"MUG": 5, "CUP": 5, "LID": 5, "SET": 2}


@pytest.mark.parametrize(("kits_may_part", "sets"), [(False, 1), (True, 3)])
def test_kits_whose_components_lie_apart_are_not_offered(*, kits_may_part: bool, sets: int) -> None:
    """Two cups and a mug make a set; mugs here and cups there make none, unless kits may part."""
    world = World(SHOP, stock=0)
    world.tell(received("r1", node="north", quantities={"MUG": 3, "CUP": 2}))
    world.tell(received("r2", node="south", quantities={"CUP": 7}))
    seen = world.shop.see(offers("club", version=1, skus=["SET"], kits_may_part=kits_may_part))

    assert [offer.quantity for offer in seen] == [sets]


def test_a_recalled_lot_is_offered_anew() -> None:
    """A recall moves nothing, and there is less to sell."""
    world = World(attrs.evolve(SHOP, products=(Product(sku="MILK", tracking=Tracking.LOT),)), stock=0)
    batches = [BatchReceived("MILK", 3, "L1", None), BatchReceived("MILK", 2, "L2", None)]
    world.tell(received_lots("r", node="north", batches=batches))
    position = len(world.journal())
    world.tell(recalled("MILK", "L1", reason="glass"))

    assert [(offer.sku, offer.quantity) for offer in since(world, position).offers] == [("MILK", 2)]


def test_a_network_that_was_revised_is_offered_whole() -> None:
    """A node that closes changes what every SKU may sell."""
    world = World(SHOP)
    position = len(world.journal())
    network = world.network
    nodes = tuple([attrs.evolve(node, is_open=node.id != "north") for node in network.nodes])
    world.shop.revise(attrs.evolve(SHOP, network=Network(revision=2, nodes=nodes, pools=network.pools)), now=world.now)

    assert {offer.sku: offer.quantity for offer in since(world, position).offers} == {
        "MUG": 4,
        "CUP": 4,
        "LID": 4,
        "SET": 2,
    }


def test_a_journal_that_does_not_reach_back_is_offered_whole() -> None:
    """After a snapshot the entries of before are gone: what they changed is not known, so all may have."""
    world = World(SHOP)
    store = Memory(Ledger.restore(world.ledger.snapshot()))
    again = World(SHOP, stock=0, store=store)
    again.tell(received("r", node="north", quantities={"LID": 1}))

    assert [offer.sku for offer in since(again, 0).offers] == ["CUP", "LID", "MUG", "SET"]


def test_pages_are_whatever_they_are() -> None:
    """The last page of a long journal ends where one page would."""
    world = World(SHOP)
    position, pages = 0, 0
    while records := run(world.store.since(position, 2)):
        position = world.shop.see(changes("web", since=position, records=records)).position
        pages += 1

    assert (position, pages) == (len(world.journal()), -(-len(world.journal()) // 2))


def test_a_consumer_that_lost_its_way_is_offered_all() -> None:
    """With the position that was read before as the version."""
    world = World(SHOP)
    seen = world.shop.see(offers("web", version=7))

    assert [(offer.sku, offer.quantity, offer.version) for offer in seen] == [
        ("CUP", 16, 7),
        ("LID", 16, 7),
        ("MUG", 16, 7),
        ("SET", 8, 7),
    ]
    assert world.shop.see(offers("web", version=7, skus=["MUG"])) == (seen[2],)


def test_a_channel_that_nobody_knows_is_the_callers_mistake() -> None:
    """It is named."""
    world = World(SHOP)
    with pytest.raises(InvalidValue, match="nobody"):
        since(world, 0, "nobody")


# What must last

TODAY = local_day("UTC", NOW)


def dairy(*, capacity: int | None = None) -> World:
    """Return a shop of milk that must last for five days."""
    nodes = (Node(id="dc", position=HOME, daily_capacity=capacity),)
    products = (Product(sku="MILK", tracking=Tracking.LOT), Product(sku="MUG"))
    channels = (Channel(id="long", pool="web", minimum_life_days=5), Channel(id="any", pool="web"))
    network = Network(nodes=nodes, pools=(Pool(id="web", nodes=("dc",)),))
    world = World(attrs.evolve(SHOP, network=network, products=products, channels=channels), stock=0)
    batches = [BatchReceived("MILK", 3, "L1", TODAY + 5), BatchReceived("MILK", 2, "L2", TODAY + 6)]
    world.tell(received_lots("r", node="dc", batches=batches))
    return world


def milk(world: World, channel: str = "long", version: int = 7) -> Offer:
    """Return the offer of milk now."""
    (offer,) = world.shop.see(offers(channel, version=version, skus=["MILK"], now=world.now))
    return offer


def test_an_offer_says_until_when_it_holds() -> None:
    """From lot to lot, at the midnight after the last day on which it is good enough."""
    world, seen = dairy(), []
    for _ in range(2):
        seen.append(milk(world))
        world.now = seen[-1].until or 0

    days = [moment("2026-11-24T00:00:00Z"), moment("2026-11-25T00:00:00Z")]
    assert [(offer.quantity, offer.until) for offer in seen] == [(5, days[0]), (2, days[1])]
    assert milk(world).quantity == 0
    assert seen[0].stamp < seen[1].stamp < milk(world).stamp < milk(world, version=8).stamp


def test_a_lot_that_expires_is_offered_no_more_through_any_channel() -> None:
    """Though nobody has withdrawn it yet."""
    world = dairy()
    first = milk(world, "any")
    world.now = first.until or 0

    assert (first.quantity, first.until) == (5, moment("2026-11-29T00:00:00Z"))
    assert milk(world, "any").quantity == 2


def test_a_short_lot_that_expires_takes_from_those_that_last() -> None:
    """It served the claims at the pool, which need the others from then on."""
    world = dairy()
    batches = [BatchReceived("MILK", 5, "SHORT", TODAY + 2), BatchReceived("MILK", 5, "LONG", TODAY + 30)]
    world.tell(received_lots("s", node="dc", batches=batches))
    world.ask(reserve("c", place="pool:web", quantities={"MILK": 9}))
    world.now = moment("2026-11-25T09:00:00Z")
    first = milk(world)
    world.now = first.until or 0

    assert (first.quantity, first.until) == (5, moment("2026-11-26T00:00:00Z"))
    assert milk(world).quantity == 1


def test_what_a_node_was_given_to_handle_is_offered_anew() -> None:
    """An order of a mug takes of the day of its node, and there is less of it for what must be given to it at once."""
    world = dairy(capacity=3)
    world.tell(received("m", node="dc", quantities={"MUG": 9}))
    position, first = len(world.journal()), milk(world)
    world.ask(place(make_order("o", pool="web", skus=("MUG",)), {"1": 2}))
    records = run(world.store.since(position, 1_000))
    feed = world.shop.see(changes("long", since=position, records=records, now=world.now))

    assert (first.quantity, first.until) == (3, moment("2026-11-23T15:00:00Z"))
    assert {offer.sku: offer.quantity for offer in feed.offers} == {"MILK": 1, "MUG": 7}
    world.now = first.until or 0
    assert milk(world).quantity == 3


def test_without_a_moment_nothing_is_offered_of_what_must_last() -> None:
    """A host that does not say when it looks is told what it was told before."""
    assert Offer("long", "MILK", 0, 2) in since(dairy(), 0, "long").offers
