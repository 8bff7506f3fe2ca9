"""What users of other systems complain about, as far as claims and availability go: each is excluded by construction.

Numbers are those of the table of complaints in the project's notes on its peers.
"""

import attrs
import pytest

from tests.laws.world import CATALOG, HOME, NOW, Waiting, World, interleave, make_order
from unicommerce.catalog import Catalog, Channel, Component, Network, Node, Pool, Product
from unicommerce.commerce import AsyncCommerce
from unicommerce.fulfillment import Allocated, allocate, amend, cancel, place, shipped
from unicommerce.inventory import (
    ClaimPolicy,
    InventoryCode,
    adjusted,
    availability,
    available,
    confirm,
    expire,
    goods,
    hold,
    on_hand,
    received,
    release,
    reserve,
    sellable,
)
from unicommerce.ledger import Accepted, Account, Decision, LedgerCode, Reason, Refused
from unicommerce.relief import orphans
from unicommerce.values import HOUR_MS

WEB = "pool:web"
KIT = Product(sku="SET", weight_g=1, cost_minor=1, components=(Component("MUG", 1), Component("LID", 2)))


def left(world: World, ref: str, sku: str = "MUG") -> int:
    """Return what is claimed under a ref, wherever that is."""
    places = [WEB, *(node.id for node in world.network.nodes)]
    accounts = [Account(where, state, ref) for where in places for state in ("held", "reserved")]
    return world.ledger.balance(goods(sku), accounts)


def codes(answer: Decision) -> list[str]:
    """Return the names of the reasons."""
    return [reason.code.name for reason in answer.because]


@pytest.mark.parametrize("buyers", [2, 10])
def test_simultaneous_buyers_of_the_last_piece(buyers: int) -> None:
    """1, 2, 18, 35: check and promise are one decision, guarded where it is recorded; one of them gets it."""
    store = Waiting()
    shops = [AsyncCommerce(CATALOG, store=store) for _ in range(2)]
    interleave([shops[0].tell(received("r", node="dc", quantities={"MUG": 1}), now=NOW)], [])
    asking = [shops[i % 2].ask(reserve(f"c{i}", place=WEB, quantities={"MUG": 1}), now=NOW) for i in range(buyers)]

    assert sum(isinstance(answer, Accepted) for answer in interleave(asking, [5, 3, 1, 4] * 9)) == 1


def test_two_pools_that_share_a_node() -> None:
    """3: what one pool sells is gone for the other, because both are derived from the nodes."""
    nodes = tuple(Node(id=id, position=HOME) for id in ("ten", "five", "other"))
    pools = (Pool(id="x", nodes=("ten", "five")), Pool(id="y", nodes=("five", "other")))
    world = World(Catalog(network=Network(nodes=nodes, pools=pools)), stock=0)
    for node, pieces in (("ten", 10), ("five", 5)):
        world.tell(received(node, node=node, quantities={"MUG": pieces}))
    world.ask(reserve("all", place="pool:x", quantities={"MUG": 15}))

    assert world.shop.see(availability("MUG")).pools == {"x": 0, "y": 0}
    refused = world.ask(reserve("one", place="five", quantities={"MUG": 1}))
    assert refused.because == (
        Reason(InventoryCode.SHORT, "five", 0, 1, "MUG"),
        Reason(InventoryCode.PROTECTED, "x", 0, 1, "MUG"),
    )


def test_giving_back_what_was_never_taken() -> None:
    """4: a release names an open claim and gives back no more than is left of it."""
    world = World(stock=4)
    world.ask(reserve("c", place=WEB, quantities={"MUG": 2}))

    assert codes(world.ask(release("d"))) == ["UNKNOWN_CLAIM"]
    assert codes(world.ask(release("c", quantities={"MUG": 3}, id="1"))) == ["EXCEEDS"]


def test_canceling_an_order_that_was_shipped() -> None:
    """5: each piece of a claim ends once; what has shipped gives nothing back."""
    world = World(stock=4)
    order = make_order("o", pool="web", skus=("MUG",))
    world.ask(place(order, {"1": 4}))
    world.orders.append(order)
    for shipment in list(world.shipments):
        world.tell(shipped(shipment.id))
    before = world.shop.see(availability("MUG"))

    assert isinstance(world.ask(cancel("o")), Refused)
    assert world.shop.see(availability("MUG")) == before
    assert left(world, "line:o/1") == 0


def test_the_cost_of_availability_does_not_grow_with_history() -> None:
    """13: availability is read from balances; a thousand ended claims leave nothing behind to be summed."""
    world = World(stock=4)
    for number in range(1_000):
        world.ask(reserve(f"c{number}", place="dc", quantities={"MUG": 1}))
        world.ask(release(f"c{number}"))

    assert not world.ledger.parts(goods("MUG"), Account("dc", "reserved"))
    assert len(world.ledger.snapshot().balances[goods("MUG")]) == len(world.network.nodes) - 1 + 1 + 1


def test_claims_that_nobody_wants_are_listed() -> None:
    """14: who is over, and whose order does not want it, is a view with owner and reason."""
    world = World(stock=4)
    world.ask(hold("basket", place=WEB, quantities={"MUG": 1}, until=NOW + 1))
    world.ask(reserve("mine", place="dc", quantities={"MUG": 1}))
    order = make_order("o", pool="web", skus=("MUG",))
    world.ask(place(order, {"1": 1}))
    assert world.shop.see(orphans("MUG", now=NOW)) == ()
    world.now = NOW + HOUR_MS

    assert world.shop.see(orphans("MUG", now=world.now)) == (
        Reason(InventoryCode.EXPIRED, "claim:basket", NOW + 1, world.now, "MUG"),
    )


def test_a_store_without_stock_is_not_offered() -> None:
    """16: what can be claimed at a store is what it has, kits included."""
    world = World(attrs.evolve(CATALOG, products=(*CATALOG.products, KIT)), stock=0)
    world.tell(received("r", node="north", quantities={"MUG": 1, "LID": 1}))

    assert available(world.ledger, world.shop.catalog, place="south", sku="MUG") == 0
    assert codes(world.ask(reserve("c", place="south", quantities={"MUG": 1}))) == ["SHORT"]
    answer = world.ask(reserve("k", place="north", quantities={"SET": 1}))
    assert answer.because == (Reason(InventoryCode.SHORT, "north", 1, 2, "LID"),)


def test_a_kit_and_its_component_in_one_basket() -> None:
    """17: demand is summed by SKU before anything is checked; kits count as what they are made of."""
    world = World(attrs.evolve(CATALOG, products=(*CATALOG.products, KIT)), stock=0)
    world.tell(received("r", node="dc", quantities={"MUG": 3, "LID": 9}))
    both = {"SET": 2, "MUG": 2}

    answer = world.ask(reserve("c", place="dc", quantities=both))
    assert answer.because == (Reason(InventoryCode.SHORT, "dc", 3, 4, "MUG"),)
    part = world.ask(reserve("d", place="dc", quantities=both, policy=ClaimPolicy(takes_part=True)))
    lids = Reason(InventoryCode.SHORT, "dc", 2, 4, "LID")
    assert part.because == (Reason(InventoryCode.SHORT, "dc", 3, 4, "MUG"), lids)
    assert (left(world, "claim:d"), left(world, "claim:d", "LID")) == (3, 2)


def test_a_counter_of_what_is_reserved_that_drifts() -> None:
    """19, 28: reserved is the sum of the claims, there is no second counter; ending twice changes nothing."""
    world = World(stock=4)
    for claim in "abc":
        world.ask(hold(claim, place="dc", quantities={"MUG": 1}, until=NOW + 1))
    world.ask(release("a"))
    again = world.ask(release("a"))
    world.now += 1
    late = world.ask(expire("a"))

    assert codes(again) == [LedgerCode.ALREADY_DONE.name]
    assert codes(late) == ["ENDED"]
    parts = world.ledger.parts(goods("MUG"), Account("dc", "held"))
    assert sum(parts.values()) == world.ledger.balance(goods("MUG"), (Account("dc", "held"),)) == 2


def test_taking_an_allocation_back_restores_the_claim() -> None:
    """20, 23: undo is the exact inverse: the claim is back at its pool, under its order, with its quota."""
    world = World(attrs.evolve(CATALOG, channels=(Channel(id="web", pool="web", quotas=(("MUG", 5),)),)), stock=4)
    order = attrs.evolve(make_order("o", pool="web", skus=("MUG",)), channel="web")
    world.ask(place(order, {"1": 3}))
    world.ask(amend("o", {"1": 1}, id="less"))
    assert left(world, "line:o/1") == 1
    world.ask(cancel("o"))

    assert left(world, "line:o/1") == 0
    assert available(world.ledger, world.shop.catalog, place=WEB, sku="MUG", channel="web") == 5
    assert codes(world.ask(cancel("o"))) == [LedgerCode.ALREADY_DONE.name]
    assert world.ledger.balance(goods("MUG"), (sellable(WEB),)) == 0


def test_what_is_allocated_beyond_what_was_ordered() -> None:
    """21: the nodes' parts sum to the demand, each within what the node has."""
    nodes = tuple(Node(id=id, position=HOME, rank=rank) for rank, id in enumerate(("ten", "fifteen")))
    world = World(Catalog(network=Network(nodes=nodes, pools=(Pool(id="web", nodes=("ten", "fifteen")),))), stock=0)
    for node, pieces in (("ten", 10), ("fifteen", 15)):
        world.tell(received(node, node=node, quantities={"MUG": pieces}))
    world.ask(reserve("other", place="fifteen", quantities={"MUG": 12}))
    answer = world.ask(place(make_order("o", pool="web", skus=("MUG",)), {"1": 13}))

    assert isinstance(answer, Accepted)
    events = [event for event in answer.events if isinstance(event, Allocated)]
    given = {event.shipment.node: sum(q for _, _, q in event.lines) for event in events}
    assert given == {"ten": 10, "fifteen": 3}


def test_a_smaller_number_without_a_word() -> None:
    """22: all or nothing unless the policy says otherwise, and then the shortfall is named for each SKU."""
    world = World(stock=0)
    world.tell(received("r", node="dc", quantities={"MUG": 1, "CUP": 2}))
    wanted = {"MUG": 2, "CUP": 2, "LID": 1}
    short = (Reason(InventoryCode.SHORT, "dc", 0, 1, "LID"), Reason(InventoryCode.SHORT, "dc", 1, 2, "MUG"))
    answer = world.ask(reserve("c", place="dc", quantities=wanted))
    part = world.ask(reserve("d", place="dc", quantities=wanted, policy=ClaimPolicy(takes_part=True)))

    assert answer == Refused(short)
    assert isinstance(part, Accepted)
    assert part.because == short
    assert [left(world, "claim:d", sku) for sku in ("MUG", "CUP", "LID")] == [1, 2, 0]


def test_selling_what_lies_at_another_channels_node() -> None:
    """24: a channel sees and claims what its own pool reaches, and nothing else."""
    world = World(attrs.evolve(CATALOG, channels=(Channel(id="app", pool="club"),)), stock=4)
    seen = world.shop.see(availability("MUG", channel="app"))

    assert (set(seen.pools), set(seen.nodes)) == ({"club"}, {"north", "south"})
    assert codes(world.ask(reserve("c", place="dc", quantities={"MUG": 1}, channel="app"))) == ["NOT_OF_CHANNEL"]
    assert codes(world.ask(reserve("d", place=WEB, quantities={"MUG": 1}, channel="fax"))) == ["UNKNOWN_CHANNEL"]


def test_moving_a_claim_to_a_node_changes_no_quantity() -> None:
    """26: a move is a release at one place and a claim at the other, in one event."""
    world = World(stock=4)
    order = make_order("o", pool="web", skus=("MUG",))
    world.ask(place(order, {"1": 3}))
    there = sum(on_hand(world.ledger, node=node.id, sku="MUG") for node in world.network.nodes)
    world.ask(allocate("o", id="again"))

    assert left(world, "line:o/1") == 3
    assert there == 4 * len(world.network.nodes)


def test_ones_own_basket_in_the_way_of_ones_own_order() -> None:
    """31: what the customer holds is there for the customer; more comes from what is free, the rest goes back."""
    world = World(stock=0)
    world.tell(received("r", node="dc", quantities={"MUG": 5, "CUP": 1}))
    world.ask(hold("basket", place=WEB, quantities={"MUG": 4, "CUP": 1}, until=NOW + 1))
    stranger = world.ask(place(make_order("s", pool="web", skus=("MUG",)), {"1": 2}))
    mine = attrs.evolve(make_order("o", pool="web", skus=("MUG",)), basket="basket")
    answer = world.ask(place(mine, {"1": 5}))

    assert codes(stranger)[0] == "SHORT"
    assert isinstance(answer, Accepted)
    assert (left(world, "line:o/1"), left(world, "claim:basket"), left(world, "claim:basket", "CUP")) == (5, 0, 0)
    assert available(world.ledger, world.shop.catalog, place=WEB, sku="CUP") == 1


@pytest.mark.parametrize(("keeps", "rest"), [(True, 3), (False, 0)])
def test_what_is_not_needed_of_an_own_claim(keeps: bool, rest: int) -> None:  # noqa: FBT001
    """31: it stays or goes back, as the policy says."""
    world = World(stock=4)
    world.ask(reserve("pallet", place="dc", quantities={"MUG": 4}))
    policy = ClaimPolicy(keeps_rest=keeps)
    answer = world.ask(reserve("box", place="dc", quantities={"MUG": 1}, own="pallet", policy=policy))

    assert isinstance(answer, Accepted)
    assert (left(world, "claim:box"), left(world, "claim:pallet")) == (1, rest)
    assert available(world.ledger, world.shop.catalog, place="dc", sku="MUG") == 3 - rest


def test_a_draft_that_becomes_more_than_there_is() -> None:
    """33: a draft that holds is a hold: confirming takes what it holds and no more; one that ended takes nothing."""
    world = World(stock=4)
    world.ask(hold("draft", place="dc", quantities={"MUG": 3}, until=NOW + 1))
    over = world.ask(confirm("draft", quantities={"MUG": 4}, id="1"))
    world.now += 1
    world.ask(reserve("other", place="dc", quantities={"MUG": 4}))
    late = world.ask(confirm("draft"))

    assert over.because == (Reason(InventoryCode.EXCEEDS, "draft", 3, 4, "MUG"),)
    assert late.because == (Reason(InventoryCode.EXPIRED, "draft", NOW + 1, NOW + 1),)


def test_updates_that_are_lost_in_a_burst() -> None:
    """35: quantities change by movements only; a loss and a receipt at once are both on record."""
    store = Waiting()
    shop = AsyncCommerce(CATALOG, store=store)
    telling = [shop.tell(received(f"r{i}", node="dc", quantities={"MUG": 1}), now=NOW) for i in range(8)]
    telling += [shop.tell(adjusted(f"a{i}", node="dc", sku="MUG", change=-1), now=NOW) for i in range(3)]
    interleave(telling, [7, 2, 9, 4] * 9)

    assert on_hand(store.ledger, node="dc", sku="MUG") == 5
