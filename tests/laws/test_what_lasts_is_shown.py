"""Law: of a channel whose lots must last, what is shown can be ordered piece by piece, and nothing more.

The reference is the order path itself: orders of one piece each come from anywhere, until one is refused. Shelves,
moments and pools are random; other channels, baskets, claims by name and facts have been there before.
"""

from collections.abc import Sequence
from typing import NamedTuple

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.laws.world import NOW, Distant, Law, World, make_order
from unicommerce.catalog import (
    Calendar,
    Catalog,
    Channel,
    Component,
    Network,
    Node,
    Pool,
    Product,
    SafetyStock,
    Tracking,
    local_day,
)
from unicommerce.commerce import Commerce
from unicommerce.feed import offers
from unicommerce.fulfillment import FulfillmentPolicy, place
from unicommerce.inventory import LotPieces, adjusted, availability, hold, received, reserve
from unicommerce.ledger import Accepted
from unicommerce.lots import BatchReceived, claim_lots, recalled, received_lots
from unicommerce.values import HOUR_MS, Position

LIFE = 5
TODAY = local_day("UTC", NOW)
ZONES = ("UTC", "Pacific/Auckland", "America/Chicago", "UTC")
IDS = ("a", "b", "c", "d")
ENDS = (99, 1, 4, 5, 6, 7, 30)
"""In how many days a lot ends; None: never."""

SET = Product(sku="SET", components=(Component("MILK", 2), Component("MUG", 1)))
PARTS = st.lists(st.sampled_from(IDS), min_size=1, max_size=3, unique=True)


class Act(NamedTuple):
    """What has happened before: what, where, of which lot, how many pieces."""

    kind: str
    place: int
    which: int
    quantity: int


KINDS = ("receive", "receive", "claim", "long", "by name", "basket", "order", "lose", "recall", "loose")
ACTS = st.builds(Act, st.sampled_from(KINDS), st.integers(0, 7), st.integers(0, 6), st.integers(1, 4))


class Scene(NamedTuple):
    """Pools that share nodes, the rules of the channel, what has happened, and in how many hours we look."""

    pools: Sequence[Sequence[str]]
    stock: Sequence[tuple[int, int]]
    capacity: Sequence[int | None]
    safety: int
    rules: Channel
    acts: Sequence[Act]
    hours: int


RULES = st.builds(
    lambda buffer, allowance, quota, fenced: Channel(
        id="long",
        pool="p0",
        buffer=buffer,
        allowance=allowance,
        quotas=(("MILK", quota),) if quota else (),
        ring_fences=("fence",) if fenced else (),
        minimum_life_days=LIFE,
    ),
    st.sampled_from([0, 0, 1]),
    st.sampled_from([0, 0, 2]),
    st.sampled_from([0, 0, 0, 2]),
    st.booleans(),
)
SCENES = st.builds(
    Scene,
    st.lists(PARTS, min_size=1, max_size=4),
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2)), min_size=4, max_size=4),
    st.lists(st.sampled_from([None, None, None, 2]), min_size=4, max_size=4),
    st.sampled_from([0, 0, 1]),
    RULES,
    st.lists(ACTS, max_size=8),
    st.sampled_from([0, 0, 1, 9, 25, 50]),
)


class Shop:
    """The shop in which all of it has happened."""

    def __init__(self, scene: Scene) -> None:
        nodes = tuple(
            [
                Node(
                    id=id,
                    position=Position.of("0", str(10 * number)),
                    calendar=Calendar(zone=zone, days=(1, 2, 3, 4, 5, 6, 7)),
                    daily_capacity=most,
                    is_open=id != "d" or scene.safety == 0,
                )
                for number, (id, zone, most) in enumerate(zip(IDS, ZONES, scene.capacity, strict=True))
            ]
        )
        pools = tuple([Pool(id=f"p{number}", nodes=tuple(part)) for number, part in enumerate(scene.pools)])
        other = Channel(id="any", pool=pools[-1].id, allowance=scene.rules.buffer)
        self.world = World(
            Catalog(
                network=Network(nodes=nodes, pools=pools),
                products=(Product(sku="MILK", tracking=Tracking.LOT), Product(sku="MUG"), SET),
                channels=(scene.rules, other),
                safety=(SafetyStock("a", "MILK", scene.safety),),
            ),
            stock=0,
        )
        self.pools = [f"pool:{pool.id}" for pool in pools]
        for id, (long, short) in zip(IDS, scene.stock, strict=True):
            there = [(f"L{which}", many, TODAY + ENDS[which]) for which, many in ((6, long), (2, short)) if many]
            lots = [BatchReceived("MILK", many, lot, ends) for lot, many, ends in there]
            if lots:
                self.world.tell(received_lots(f"r{id}", node=id, batches=lots))
                self.world.tell(received(f"m{id}", node=id, quantities={"MUG": 1 + short}))
        for act in scene.acts:
            self.do(act)
        if "fence" in scene.rules.ring_fences:
            self.world.ask(reserve("fence", place="pool:p0", quantities={"MILK": 2}))
        self.world.now += scene.hours * HOUR_MS

    def do(self, act: Act) -> None:
        """Let it happen."""
        world, id, node, lot = self.world, self.world.next_id("x"), IDS[act.place % 4], f"L{act.which}"
        where = [*IDS, *self.pools][act.place % (4 + len(self.pools))]
        pieces, ends = {"MILK": act.quantity}, ENDS[act.which]
        if act.kind == "receive":
            batch = BatchReceived("MILK", act.quantity, lot, TODAY + ends)
            world.tell(received_lots(id, node=node, batches=[batch]))
        elif act.kind == "loose":
            world.tell(received(id, node=node, quantities=pieces))
        elif act.kind == "claim":
            channel = "any" if act.which % 2 and where == self.pools[-1] else ""
            world.ask(reserve(id, place=where, quantities=pieces, channel=channel))
        elif act.kind == "long":
            world.ask(reserve(id, place=node, quantities=pieces, channel="long"))
        elif act.kind == "by name":
            world.ask(claim_lots(id, node=node, lots=[LotPieces("MILK", act.quantity, lot)]))
        elif act.kind == "basket":
            world.ask(hold(id, place=where, quantities=pieces, until=world.now + act.which * 8 * HOUR_MS + 1))
        elif act.kind == "order":
            order = attrs.evolve(make_order(id, pool="p0", skus=("MILK",), at=world.now), channel="long")
            world.ask(place(order, {"1": act.quantity}))
        elif act.kind == "lose":
            world.tell(adjusted(id, node=node, sku="MILK", change=-act.quantity, reason="gone"))
        else:
            world.tell(recalled("MILK", lot, reason="glass"))

    def ordered(self, far: int, sku: str = "MILK", policy: FulfillmentPolicy = FulfillmentPolicy()) -> int:
        """Return how many orders of one piece or kit are taken, from all over the place."""
        taken = 0
        while True:
            at = Position.of("0", str((far * (taken + 1) * 7) % 31))
            order = make_order(f"one{taken}", pool="p0", skus=(sku,), at=self.world.now)
            order = attrs.evolve(order, channel="long", destination=at)
            if not isinstance(self.world.ask(place(order, {"1": 1}, policy=policy)), Accepted):
                return taken
            taken += 1

    def reserved(self, node: str) -> int:
        """Return how many claims of one piece are taken at a node."""
        taken = 0
        while isinstance(
            self.world.ask(reserve(f"{node}{taken}", place=node, quantities={"MILK": 1}, channel="long")), Accepted
        ):
            taken += 1
        return taken


def may_be_fewer(scene: Scene) -> bool:
    """Tell whether two other pools may cross at nodes, and somebody may have more than there is."""
    beyond = scene.rules.allowance or scene.rules.buffer or scene.rules.ring_fences
    return len(scene.pools) > 2 and bool(beyond or any(act.kind == "lose" for act in scene.acts))


def check_pool(scene: Scene) -> None:
    """Raise where more or fewer pieces are shown at the pool than orders get."""
    shop = Shop(scene)
    seen = max(shop.world.shop.see(availability("MILK", channel="long", now=shop.world.now)).pools["p0"], 0)
    taken = shop.ordered(1 + scene.hours)
    assert seen <= taken
    if not may_be_fewer(scene):
        assert seen == taken


def check_node(scene: Scene) -> None:
    """Raise where more or fewer pieces are shown at a node than can be claimed there."""
    shop = Shop(scene)
    node = scene.pools[0][0]
    seen = max(shop.world.shop.see(availability("MILK", channel="long", now=shop.world.now)).nodes[node].available, 0)
    taken = shop.reserved(node)
    assert seen <= taken
    if not scene.rules.allowance:  # one by one, it promises what is kept back as well
        assert seen == taken


def check_kits(scene: Scene, *, kits_may_part: bool) -> None:
    """Raise where more kits are offered than orders get; or fewer, where no other pool and no basket is in the way."""
    shop = Shop(scene)
    (offer,) = shop.world.shop.see(
        offers("long", version=0, skus=["SET"], kits_may_part=kits_may_part, now=shop.world.now)
    )
    taken = shop.ordered(1 + scene.hours, "SET", FulfillmentPolicy(kits_may_part=kits_may_part))
    assert offer.quantity <= taken
    is_plain = len(scene.pools) <= 2 and not any(act.kind == "basket" for act in scene.acts)
    if is_plain and not (kits_may_part and any(most is not None for most in scene.capacity)):
        assert offer.quantity == taken


WHAT_IS_SHOWN = Law("lots that last: what is shown at a pool can be ordered piece by piece", SCENES, check_pool)


@settings(max_examples=70)
@given(SCENES)
def test_what_is_shown_at_a_pool_can_be_ordered_piece_by_piece(scene: Scene) -> None:
    """And nothing more, but where pools cross and are below zero."""
    check_pool(scene)


@settings(max_examples=70)
@given(SCENES)
def test_what_is_shown_at_a_node_can_be_claimed_piece_by_piece(scene: Scene) -> None:
    """And nothing more."""
    check_node(scene)


@settings(max_examples=50)
@given(SCENES, st.booleans())
def test_kits_that_are_offered_can_be_ordered_one_by_one(scene: Scene, kits_may_part: bool) -> None:  # noqa: FBT001
    """With what must last in them: each whole at a node, or of what is there."""
    check_kits(scene, kits_may_part=kits_may_part)


# What a random scene does not show in a hurry, each named for its cause

LONG = Channel(id="long", pool="p0", minimum_life_days=LIFE)
NO_LIMIT = (None, None, None, None)


def scene(
    pools: Sequence[str],
    stock: Sequence[tuple[int, int]],
    *,
    rules: Channel = LONG,
    capacity: Sequence[int | None] = NO_LIMIT,
) -> Scene:
    """Return a shop in which nothing has happened."""
    return Scene([tuple(pool) for pool in pools], stock, capacity, 0, rules, (), 0)


def shown(shop: Shop) -> int:
    """Return what is shown at the pool."""
    return shop.world.shop.see(availability("MILK", channel="long", now=shop.world.now)).pools["p0"]


def from_c(shop: Shop) -> int:
    """Return how many orders are taken that come from where c is."""
    order = make_order("o", pool="p0", skus=("MILK",), at=shop.world.now)
    order = attrs.evolve(order, channel="long", destination=Position.of("0", "20"))
    asked = [place(attrs.evolve(order, id=f"o{number}"), {"1": 1}) for number in range(9)]
    answers = [isinstance(shop.world.ask(each), Accepted) for each in asked]
    return answers.index(False)


def test_where_pools_cross_and_are_below_zero_what_one_node_can_give_is_shown() -> None:
    """Two orders from elsewhere would be taken; the first from c leaves nothing to both pools."""
    shop = Shop(scene(["abc", "dac", "dbc", "d"], [(3, 0), (3, 0), (3, 0), (5, 0)]))
    shop.world.ask(reserve("r", place="pool:p3", quantities={"MILK": 5}))
    shop.do(Act("lose", 3, 0, 5))

    assert (shown(shop), from_c(shop)) == (1, 1)


def test_an_allowance_does_not_show_what_pools_that_cross_would_not_leave() -> None:
    """The channel may go below what all pools have together; what nodes can give depends on where orders come from."""
    shop = Shop(scene(["abc", "ac", "bc"], [(3, 0)] * 3 + [(0, 0)], rules=attrs.evolve(LONG, allowance=5)))
    for pool in ("p1", "p2"):
        shop.world.ask(reserve(pool, place=f"pool:{pool}", quantities={"MILK": 4}))

    assert (shown(shop), from_c(shop)) == (2, 2)


def test_what_is_set_aside_at_a_node_of_short_lots_is_not_shown_there() -> None:
    """A ring-fence is of any lot: a claim that draws on it is looked at again."""
    shop = Shop(scene(["a"], [(0, 2), (0, 0), (0, 0), (0, 0)], rules=attrs.evolve(LONG, ring_fences=("shelf",))))
    shop.world.ask(reserve("shelf", place="a", quantities={"MILK": 1}))
    seen = shop.world.shop.see(availability("MILK", channel="long", now=shop.world.now))

    assert (seen.nodes["a"].available, shop.reserved("a")) == (0, 0)


def test_a_basket_that_is_over_at_a_node_is_in_the_way_unless_the_pool_falls_short() -> None:
    """An order ends what stands in the way of its claim at the pool, and nothing else."""
    rules = attrs.evolve(LONG, quotas=(("MILK", 3),))
    shop = Shop(scene(["ab"], [(3, 0), (1, 5), (0, 0), (0, 0)], rules=rules, capacity=(None, 0, None, None)))
    until = shop.world.now + 1
    shop.world.ask(hold("any", place="a", quantities={"MILK": 1}, until=until))
    shop.world.ask(hold("own", place="b", quantities={"MILK": 1}, until=until, channel="long"))
    shop.world.now = until

    far = Commerce(shop.world.shop.catalog, store=Distant(shop.world.ledger))
    seen = availability("MILK", channel="long", now=until)
    assert far.see(seen) == shop.world.shop.see(seen)  # though each round of reading tells it more

    assert (shown(shop), shop.ordered(1)) == (2, 2)


def test_a_node_whose_day_is_full_gives_nothing_more() -> None:
    """An order of what must last is given to a node at once, or not taken."""
    shop = Shop(scene(["a"], [(4, 0), (0, 0), (0, 0), (0, 0)], capacity=(3, None, None, None)))

    assert (shown(shop), shop.ordered(1), shown(shop)) == (3, 3, 0)


def test_without_a_moment_nobody_knows_what_lasts() -> None:
    """As it was before: nothing is shown."""
    shop = Shop(scene(["a"], [(4, 0), (0, 0), (0, 0), (0, 0)]))

    assert shop.world.shop.see(availability("MILK", channel="long")).pools == {"p0": 0}
