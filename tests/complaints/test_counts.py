"""What users of other systems complain about in counts, feeds and restocking, each as a test named for its cause.

The numbers are those of the public issue in which it was reported, where it gives any.
"""

import attrs

from tests.laws.world import CATALOG, NETWORK, NOW, Waiting, World, interleave, make_order
from unicommerce.catalog import Channel, Network, Pool
from unicommerce.commerce import AsyncCommerce
from unicommerce.counts import counted, discrepancy, reconcile
from unicommerce.feed import changes
from unicommerce.fulfillment import cancel, delivered, place, shipped
from unicommerce.inventory import CUSTOMER, GoodsState, adjusted, goods, on_hand, received, reserve
from unicommerce.ledger import Accepted, Account, Refused, run
from unicommerce.returns import restock, returned
from unicommerce.tills import brought_back, opened, sold, voided
from unicommerce.values import HOUR_MS


def conserved(world: World, sku: str, *, came: int) -> bool:
    """Tell whether what came is at a node, under way or with a customer."""
    held = world.ledger.snapshot().balances[goods(sku)]
    inside = sum(q for account, q in held.items() if not (account.ref or account.lot or account.owner))
    outside = held[Account("supplier", "delivered")]
    return inside == 0 and outside == -came


def test_prestashop_16869_a_refund_with_restock_then_a_cancellation_adds_stock_once() -> None:
    """Shipped, brought back, restocked; the order canceled afterwards has nothing left to give back."""
    world = World(stock=0)
    world.tell(received("r", node="dc", quantities={"MUG": 10}))
    world.ask(place(make_order("o", pool="web", skus=("MUG",)), {"1": 3}))
    shipment = world.shipments[0].id
    world.tell(shipped(shipment))
    world.tell(delivered(shipment))
    world.tell(returned("back", node="dc", order="o", lines={"1": 3}))
    world.ask(restock("back", {"MUG": 3}))

    assert isinstance(world.ask(cancel("o")), Refused)
    assert on_hand(world.ledger, node="dc", sku="MUG") == 10
    assert conserved(world, "MUG", came=10)


def test_prestashop_22756_what_is_reserved_does_not_grow_by_giving_back() -> None:
    """At the till as well: sold, undone, sold again and brought back; nothing stays reserved for nobody."""
    world = World(stock=0)
    world.tell(received("r", node="north", quantities={"MUG": 5}))
    world.tell(opened("t", node="north"))
    for number in range(3):
        world.tell(sold(f"s{number}", till="t", node="north", quantities={"MUG": 2}))
        world.tell(voided(f"v{number}", sale=f"s{number}", till="t", node="north", quantities={"MUG": 1}))
        back = brought_back(f"b{number}", sale=f"s{number}", node="north", quantities={"MUG": 1}, state="sellable")
        world.tell(back)

    assert world.ledger.balance(goods("MUG"), (Account("north", GoodsState.RESERVED),)) == 0
    assert on_hand(world.ledger, node="north", sku="MUG") == 5
    assert world.ledger.balance(goods("MUG"), (CUSTOMER,)) == 0
    assert conserved(world, "MUG", came=5)


def test_nopcommerce_8085_a_burst_of_reads_and_writes_loses_no_update() -> None:
    """Eight changes at once, on a store that lets each read before any writes: there are only movements to add up."""
    store = Waiting()
    shop = AsyncCommerce(CATALOG, store=store)
    interleave([shop.tell(received("r", node="dc", quantities={"MUG": 100}), now=NOW)], [0])
    burst = [
        shop.tell(adjusted(f"a{number}", node="dc", sku="MUG", change=-1), now=NOW + number) for number in range(8)
    ]
    interleave(burst, [0, 1, 2, 3, 4, 5, 6, 7])

    assert on_hand(store.ledger, node="dc", sku="MUG") == 92


def test_nopcommerce_8085_an_absolute_count_does_not_overwrite_what_moved_since() -> None:
    """A stock file of noon says 20, five were sold at one, and the file comes at two: 15 are there."""
    world = World(stock=0)
    noon = NOW - 2 * HOUR_MS
    world.tell(received("r", node="dc", quantities={"MUG": 20}, occurred_at=noon - HOUR_MS))
    world.tell(sold("s", till="t", node="dc", quantities={"MUG": 5}, occurred_at=noon + HOUR_MS))
    world.tell(counted("file", node="dc", quantities={"MUG": 20}, as_of=noon))

    assert world.ask(reconcile("count/file", node="dc", sku="MUG")) == Accepted()
    assert on_hand(world.ledger, node="dc", sku="MUG") == 15


def test_a_stock_file_that_comes_again_after_a_newer_one_changes_nothing() -> None:
    """Files overtake each other on the way; each says as of when it was written."""
    world = World(stock=0)
    for hours, found in ((3, 20), (1, 12), (3, 20), (2, 17)):
        file = counted(f"file {hours}", node="dc", quantities={"MUG": found}, as_of=NOW - hours * HOUR_MS)
        entry = f"{file.id}#{len(world.journal())}"
        world.tell(file)
        world.ask(reconcile(entry, node="dc", sku="MUG", accept=True))

    assert on_hand(world.ledger, node="dc", sku="MUG") == 12


def test_magento_2522_to_reconcile_costs_no_look_at_other_orders() -> None:
    """A million reservations do not matter: what is asked for is one shelf, and the answer is one entry."""
    world = World(stock=0)
    world.tell(received("r", node="dc", quantities={"MUG": 500, "CUP": 500}))
    for number in range(200):
        world.ask(reserve(f"c{number}", place="dc", quantities={"CUP": 1}))
    read: list[str] = []

    class Watched:
        """A state that notes which units it is asked for."""

        def __getattr__(self, name: str) -> object:
            question = getattr(world.ledger, name)

            def asked(unit: object, *rest: object) -> object:
                read.append(f"{unit}")
                return question(unit, *rest)

            return asked

    world.tell(counted("c", node="dc", quantities={"MUG": 499}, as_of=NOW))
    assert discrepancy(Watched(), node="dc", sku="MUG") == -1  # type: ignore[arg-type]  # asked as a state is
    assert {text for text in read if text.startswith("sku:")} == {"sku:MUG"}
    assert len(read) == 6, "four counts, what has moved, what is there"


def test_magento_2727_a_channel_hears_of_a_sale_in_a_pool_that_shares_its_node() -> None:
    """Pool X (10 and 5) sells all 15; pool Y shares the 5, and its channel is offered 0 and not 5."""
    nodes = tuple([node for node in NETWORK.nodes if node.id in {"dc", "north"}])
    pools = (Pool(id="x", nodes=("dc", "north")), Pool(id="y", nodes=("north",)))
    catalog = attrs.evolve(
        CATALOG, network=Network(nodes=nodes, pools=pools), channels=(Channel(id="shop-y", pool="y"),)
    )
    world = World(catalog, stock=0)
    world.tell(received("r1", node="dc", quantities={"MUG": 10}))
    world.tell(received("r2", node="north", quantities={"MUG": 5}))
    position = len(world.journal())
    world.ask(reserve("c", place="pool:x", quantities={"MUG": 15}))

    feed = world.shop.see(changes("shop-y", since=position, records=run(world.store.since(position, 10))))
    assert [(offer.sku, offer.quantity, offer.version) for offer in feed.offers] == [("MUG", 0, position + 1)]
