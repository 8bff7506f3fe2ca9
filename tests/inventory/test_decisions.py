"""Claims and what tills and counters say: each yes and each no by example, with found and needed."""

import pytest

from tests.laws.world import CATALOG, HOME, NOW, World
from tests.values.bad import COUNTS, NAMES, PIECES, refused
from unicommerce.catalog import Catalog, Channel, Network, Node, Pool
from unicommerce.inventory import (
    InventoryCode,
    adjusted,
    availability,
    claim_key,
    expire,
    goods,
    hold,
    on_hand,
    received,
    release,
    reserve,
    sellable,
)
from unicommerce.ledger import Accepted, Account, LedgerCode, Reason, Refused, Request, explain, run
from unicommerce.values import HOUR_MS

MUG = goods("MUG")


def _refusal(world: World, request: Request[Catalog]) -> tuple[Reason, ...]:
    answer = world.ask(request)
    assert isinstance(answer, Refused), answer
    return answer.because


def test_a_reservation_sets_pieces_aside_at_a_node() -> None:
    """What was sellable is reserved under the claim, and on hand is what it was."""
    world = World(stock=4)
    answer = world.ask(reserve("c", place="dc", quantities={"MUG": 3}))

    assert isinstance(answer, Accepted)
    assert world.ledger.balance(MUG, (sellable("dc"),)) == 1
    assert world.ledger.balance(MUG, (Account("dc", "reserved", "claim:c"),)) == 3
    assert on_hand(world.ledger, node="dc", sku="MUG") == 4


def test_a_claim_at_a_pool_makes_the_pool_negative() -> None:
    """No node is known yet, so the pool owes, and its nodes together can sell that much less."""
    world = World(stock=4)
    world.ask(reserve("c", place="pool:club", quantities={"MUG": 5}))
    seen = world.shop.see(availability("MUG"))

    assert world.ledger.balance(MUG, (sellable("pool:club"),)) == -5
    assert (seen.pools["club"], seen.pools["web"], seen.nodes["north"].available) == (3, 11, 3)
    assert seen.nodes["dc"].available == 4


def test_all_of_a_claim_is_taken_or_none() -> None:
    """One product is there and one is not: each that falls short is named, with found and needed."""
    world = World(stock=2)
    before = world.ledger.snapshot()
    because = _refusal(world, reserve("c", place="dc", quantities={"MUG": 2, "CUP": 3, "LID": 9}))

    assert because == (
        Reason(InventoryCode.SHORT, "dc", 2, 3, "CUP"),
        Reason(InventoryCode.SHORT, "dc", 2, 9, "LID"),
    )
    assert world.ledger.snapshot() == before


def test_a_refusal_says_how_much_could_be_had() -> None:
    """In English, one line for each product, with both figures."""
    answer = World(stock=1).ask(reserve("c", place="dc", quantities={"MUG": 2}))
    sentence = InventoryCode.SHORT.sentence.format(subject="dc", found=1, needed=2, unit="MUG")

    assert explain(answer) == f"refused\n  {sentence}"
    assert "1 of 2 MUG" in sentence


def test_an_unknown_place_is_a_refusal_and_no_error() -> None:
    """A channel may sell from a pool that was closed down."""
    assert _refusal(World(), reserve("c", place="atlantis", quantities={"MUG": 1})) == (
        Reason(InventoryCode.UNKNOWN_PLACE, "atlantis"),
    )


def test_a_closed_node_takes_no_claims_and_serves_none_at_its_pool() -> None:
    """What lies there can be claimed neither directly nor through a pool, and is shown as not available."""
    world = World(stock=0)
    world.tell(received("r", node="shut", quantities={"MUG": 5}))
    seen = world.shop.see(availability("MUG"))

    assert _refusal(world, reserve("a", place="shut", quantities={"MUG": 1})) == (
        Reason(InventoryCode.NODE_CLOSED, "shut"),
    )
    assert _refusal(world, reserve("b", place="pool:web", quantities={"MUG": 1})) == (
        Reason(InventoryCode.SHORT, "pool:web", 0, 1, "MUG"),
    )
    assert (seen.pools["web"], seen.nodes["shut"].available) == (0, 0)
    assert seen.nodes["shut"].by_state == {"sellable": 5}


def test_found_is_never_below_nothing() -> None:
    """Where facts have overtaken claims nothing can be had, and the customer is not told of a debt."""
    world = World(stock=2)
    world.ask(reserve("a", place="dc", quantities={"MUG": 2}))
    world.tell(adjusted("lost", node="dc", sku="MUG", change=-1))

    assert _refusal(world, reserve("b", place="dc", quantities={"MUG": 1}))[0].found == 0
    assert world.shop.see(availability("MUG")).nodes["dc"].available == -1


def test_a_claim_is_given_back_in_parts_and_no_more_than_it_has() -> None:
    """Found is what is left of it, product by product."""
    world = World(stock=4)
    world.ask(reserve("c", place="dc", quantities={"MUG": 3, "CUP": 1}))
    world.ask(release("c", quantities={"MUG": 2}, id="first"))
    because = _refusal(world, release("c", quantities={"MUG": 2, "LID": 1}, id="second"))

    assert because == (
        Reason(InventoryCode.EXCEEDS, "c", 0, 1, "LID"),
        Reason(InventoryCode.EXCEEDS, "c", 1, 2, "MUG"),
    )


def test_what_has_ended_has_nothing_to_give_back() -> None:
    """Released in parts to the last piece, a claim has ended; an unknown one never began."""
    world = World(stock=4)
    world.ask(reserve("c", place="dc", quantities={"MUG": 1}))
    world.ask(release("c", quantities={"MUG": 1}, id="all of it"))

    assert _refusal(world, release("c")) == (Reason(InventoryCode.ENDED, "c"),)
    assert _refusal(world, release("d")) == (Reason(InventoryCode.UNKNOWN_CLAIM, "d"),)


def test_a_release_comes_again_for_free() -> None:
    """The same id gives the same events, and says that it is done already."""
    world = World(stock=4)
    world.ask(reserve("c", place="dc", quantities={"MUG": 1}))
    first, again = world.ask(release("c")), world.ask(release("c"))

    assert isinstance(first, Accepted)
    assert isinstance(again, Accepted)
    assert again.events == first.events
    assert [reason.code for reason in again.because] == [LedgerCode.ALREADY_DONE]


def test_a_hold_ends_by_itself_and_not_before() -> None:
    """A minute early it stands, on the moment it ends, and the document asks for no other look."""
    world = World(stock=4)
    world.ask(hold("basket", place="pool:web", quantities={"MUG": 2}, until=NOW + HOUR_MS))
    early = _refusal(world, expire("basket"))
    world.now += HOUR_MS
    ended = world.ask(expire("basket"))
    document = world.ledger.document(claim_key("basket"))

    assert early == (Reason(InventoryCode.NOT_DUE, "basket", NOW, NOW + HOUR_MS),)
    assert isinstance(ended, Accepted)
    assert document is not None
    assert (document.revision, document.due_at) == (2, None)
    assert world.ledger.balance(MUG, (sellable("pool:web"),)) == 0


def test_a_hold_that_was_given_back_ends_without_a_movement() -> None:
    """The ticker that comes later finds nothing to do, and is not asked to come again."""
    world = World(stock=4)
    world.ask(hold("basket", place="dc", quantities={"MUG": 2}, until=NOW))
    world.ask(release("basket"))
    answer = world.ask(expire("basket"))

    assert isinstance(answer, Accepted)
    assert answer == Accepted((), (Reason(InventoryCode.ENDED, "basket"),))
    assert run(world.store.due(NOW, 10)) == ()


def test_no_clock_ends_what_is_firm() -> None:
    """A reservation has no moment, and says so."""
    world = World(stock=4)
    world.ask(reserve("c", place="dc", quantities={"MUG": 1}))

    assert _refusal(world, expire("c")) == (Reason(InventoryCode.FIRM, "c"),)
    assert _refusal(world, expire("nobody's")) == (Reason(InventoryCode.UNKNOWN_CLAIM, "nobody's"),)


def test_two_holds_that_end_at_one_moment_are_due_in_the_order_of_their_ids() -> None:
    """Ties are settled by key, so that every ticker sees the same list."""
    world = World(stock=4)
    for id in ("b", "a", "c"):
        world.ask(hold(id, place="dc", quantities={"MUG": 1}, until=NOW + (id == "c")))

    assert [document.key.id for document in world.ledger.due(NOW + 1, 10)] == ["a", "b", "c"]
    assert [document.key.id for document in world.ledger.due(NOW + 1, 2)] == ["a", "b"]
    assert [document.key.id for document in world.ledger.due(NOW, 10)] == ["a", "b"]


def test_a_fact_is_taken_however_little_is_there() -> None:
    """A till sold one that we thought we had not: the book goes below zero, and shows it."""
    world = World(stock=0)
    answer = world.tell(adjusted("till 7", node="north", sku="MUG", change=-1))

    assert isinstance(answer, Accepted)
    assert on_hand(world.ledger, node="north", sku="MUG") == -1


def test_goods_come_in_at_a_node_that_nobody_knows() -> None:
    """The receipt is a fact; that the node is missing from the network is for the master data to mend."""
    world = World(stock=0)
    world.tell(received("r", node="new store", quantities={"MUG": 1, "UNHEARD OF": 2}))

    assert on_hand(world.ledger, node="new store", sku="UNHEARD OF") == 2


@pytest.mark.parametrize("quantity", PIECES.values(), ids=PIECES)
def test_what_counts_no_pieces_is_refused_by_name(quantity: int) -> None:
    """Zero, negative, huge, a bool or a float: the product is named, before anything is asked or told."""
    bad = {"MUG": quantity}
    for make in (
        lambda: reserve("c", place="dc", quantities=bad),
        lambda: hold("c", place="dc", quantities=bad, until=NOW),
        lambda: release("c", quantities=bad, id="part"),
        lambda: received("r", node="dc", quantities=bad),
    ):
        assert refused(make)[0] == "quantity of MUG"


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_what_names_nothing_is_refused_by_field(name: str) -> None:
    """Claims, SKUs, receipts, adjustments and nodes."""
    assert refused(lambda: reserve(name, place="dc", quantities={"MUG": 1})) == ("claim", name)
    assert refused(lambda: reserve("c", place="dc", quantities={name: 1})) == ("sku", name)
    assert refused(lambda: received(name, node="dc", quantities={"MUG": 1})) == ("receipt", name)
    assert refused(lambda: received("r", node=name, quantities={"MUG": 1})) == ("node", name)
    assert refused(lambda: adjusted(name, node="dc", sku="MUG", change=1)) == ("adjustment", name)
    assert refused(lambda: adjusted("a", node="dc", sku=name, change=1)) == ("sku", name)


@pytest.mark.parametrize("node", ["pool:web", "transit:o/1", "customer", "supplier", "loss"])
def test_goods_come_in_at_nodes_only(node: str) -> None:
    """Pieces received at a pool would be sold from no shelf."""
    assert refused(lambda: received("r", node=node, quantities={"MUG": 1})) == ("node", node)
    assert refused(lambda: adjusted("a", node=node, sku="MUG", change=1)) == ("node", node)


@pytest.mark.parametrize("change", [0, *COUNTS.values()][1:], ids=[*COUNTS])
def test_a_change_is_a_whole_number(change: int) -> None:
    """Above or below zero, and within what is counted."""
    if change != -1:
        assert refused(lambda: adjusted("a", node="dc", sku="MUG", change=change))[0] == "change"
    assert refused(lambda: adjusted("a", node="dc", sku="MUG", change=0)) == ("change", 0)


@pytest.mark.parametrize("at", [1.5, True, "tomorrow", 10**30], ids=str)
def test_a_moment_is_a_whole_number(at: int) -> None:
    """No float decides when a hold ends or a message happened."""
    arrival = received("r", node="dc", quantities={"MUG": 1}, occurred_at=at)

    assert refused(lambda: hold("c", place="dc", quantities={"MUG": 1}, until=at)) == ("until", at)
    assert refused(lambda: World(CATALOG, stock=0).tell(arrival)) == ("occurred_at", at)


def test_a_claim_of_nothing_is_refused() -> None:
    """Nothing to claim is a slip of the caller's program; a part to release needs an id of its own."""
    assert refused(lambda: reserve("c", place="dc", quantities={})) == ("skus", ())
    assert refused(lambda: release("c", quantities={"MUG": 1})) == ("id", "")


def test_pools_whose_nodes_are_all_closed_have_nothing_to_do_with_each_other() -> None:
    """What one of them has promised takes nothing from what a channel of the other may promise beyond its stock."""
    nodes = tuple([Node(id=id, position=HOME, is_open=False) for id in ("east", "west")])
    pools = (Pool(id="e", nodes=("east",)), Pool(id="w", nodes=("west",)))
    network = Network(nodes=nodes, pools=pools)
    channels = (Channel(id="bold", pool="e", allowance=2), Channel(id="other", pool="w", allowance=5))
    shop = World(Catalog(network=network, channels=channels), stock=0)
    taken = shop.ask(reserve("a", place="pool:w", quantities={"MUG": 5}, channel="other"))
    answer = shop.ask(reserve("b", place="pool:e", quantities={"MUG": 2}, channel="bold"))
    assert [type(each) for each in (taken, answer)] == [Accepted, Accepted]
