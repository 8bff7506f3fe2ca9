"""What goods mean in money, by example: debits, credits, average cost, and currencies that are never added."""

from collections.abc import Mapping

import pytest

from tests.laws.world import CATALOG, HOME, NETWORK, NOW, World, make_order
from unicommerce.catalog import Catalog, Product
from unicommerce.counts import counted, reconcile
from unicommerce.finance import Chart, Posted, Posting, chart_account, money, post, trial_balance, valued
from unicommerce.fulfillment import delivered, picked, place, shipped
from unicommerce.inventory import adjusted, received, reserve
from unicommerce.ledger import Accepted, LedgerCode, Movement
from unicommerce.orders import Order, OrderLine
from unicommerce.returns import returned


def books(world: World, currency: str = "USD") -> Mapping[str, int]:
    """Return the accounts of the chart that hold something."""
    return {account: held for account, held in world.shop.see(trial_balance(currency)).items() if held}


def posted(world: World, id: str) -> tuple[Posted, ...]:
    """Post an entry and return what that put on record."""
    recorded = world.ledger.entry(id)
    assert recorded is not None
    answer = world.ask(post(recorded.entry))
    assert isinstance(answer, Accepted)
    return tuple([event for event in answer.events if isinstance(event, Posted)])


def sold(quantity: int = 2) -> World:
    """Return a shop that has posted its opening stock, and whose order has left in one shipment."""
    world = World(stock=4)
    world.ask(place(make_order("o", pool="club", skus=("MUG",), price_minor=1_000), {"1": quantity}))
    for node in NETWORK.nodes:
        posted(world, f"receipt/opening {node.id}")
    world.tell(shipped("o/1"))
    return world


def test_a_receipt_is_owed_to_the_supplier() -> None:
    """Inventory by SKU against what was received and not invoiced, at the catalog's cost."""
    world = World(stock=0)
    world.tell(received("r", node="dc", quantities={"MUG": 2, "CUP": 1}))
    (event,) = posted(world, "receipt/r")

    assert event.postings == (
        Posting(199, "inventory", "received_not_invoiced", "CUP", "r"),
        Posting(2 * 433, "inventory", "received_not_invoiced", "MUG", "r"),
    )
    assert books(world) == {"inventory": 1_065, "received_not_invoiced": -1_065}


def test_a_long_receipt_asks_each_of_its_postings_once_what_it_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    """Steps decided each on all before it anew would ask as often as the square of the lines."""
    skus = [f"S{n:02}" for n in range(40)]
    world = World(stock=0)
    world.shop.revise(Catalog(network=NETWORK, products=tuple([Product(sku=s, cost_minor=7) for s in skus])), now=NOW)
    world.tell(received("r", node="dc", quantities=dict.fromkeys(skus, 3)))
    asked, movements = list[Posted](), Posted.movements

    def counting(event: Posted) -> tuple[Movement, ...]:
        asked.append(event)
        return movements(event)

    monkeypatch.setattr(Posted, "movements", counting)
    (event,) = posted(world, "receipt/r")

    assert len(event.postings) == len(skus)
    assert len(asked) < 3 * len(skus)


def test_a_shipment_earns_its_price_and_costs_its_goods() -> None:
    """Prices are those of the order, an entry of its own with the shipment as cause."""
    world = sold()
    (event,) = posted(world, "o/1/shipped")

    assert event.postings == (
        Posting(2 * 1_001, "receivable", "revenue", "o", "o"),
        Posting(2 * 433, "cost_of_goods_sold", "inventory", "line:o/1", "MUG"),
    )
    assert sum(books(world).values()) == 0


def test_what_comes_back_is_credited_and_comes_at_the_cost_that_it_left_with() -> None:
    """Though the catalog knows another cost by then."""
    world = sold()
    posted(world, "o/1/shipped")
    dearer = (Product(sku="MUG", cost_minor=999),)
    world.shop.revise(Catalog(network=NETWORK, products=dearer), now=NOW)
    world.tell(delivered("o/1"))
    world.tell(returned("r", node="dc", order="o", lines={"1": 1}))
    (event,) = posted(world, "return/r")

    assert event.postings == (
        Posting(1_001, "returns", "receivable", "o", "o"),
        Posting(433, "inventory", "cost_of_goods_sold", "MUG", "line:o/1"),
    )


def test_losses_and_finds_are_shrinkage() -> None:
    """One way and the other, by the adjustment that says so; blind returns were lost before."""
    world = World(stock=0)
    world.tell(received("r", node="dc", quantities={"MUG": 3}))
    world.tell(adjusted("lost", node="dc", sku="MUG", change=-1))
    world.tell(adjusted("found", node="dc", sku="CUP", change=1))
    world.tell(returned("blind", node="dc", blind={"LID": 2}))
    ids = ("receipt/r", "adjustment/lost", "adjustment/found", "return/blind")
    lost, found, blind = [posted(world, id)[0].postings for id in ids][1:]

    assert lost == (Posting(433, "shrinkage", "inventory", "lost", "MUG"),)
    assert found == (Posting(199, "inventory", "shrinkage", "CUP", "found"),)
    assert blind == (Posting(14, "inventory", "shrinkage", "LID", "blind"),)


def test_pieces_of_two_costs_leave_at_their_average() -> None:
    """One at 100 and two at 101 are worth 302: the first to leave costs 101 (100.67), the last what is left."""
    world = World(stock=0)
    for number, (cost, pieces) in enumerate(((100, 1), (101, 2))):
        products = (Product(sku="MUG", cost_minor=cost),)
        world.shop.revise(Catalog(network=NETWORK, products=products), now=NOW)
        world.tell(received(f"r{number}", node="dc", quantities={"MUG": pieces}))
        posted(world, f"receipt/r{number}")
    costs = []
    for number in range(3):
        world.tell(adjusted(f"a{number}", node="dc", sku="MUG", change=-1))
        costs += [
            posting.amount_minor for event in posted(world, f"adjustment/a{number}") for posting in event.postings
        ]

    assert costs == [101, 101, 100]
    assert books(world)["shrinkage"] == 302


def test_half_a_cent_is_rounded_up_once() -> None:
    """Two pieces worth 201: one costs 101 and the other 100; both together 201."""
    world = World(stock=0)
    for number, cost in enumerate((100, 101)):
        world.shop.revise(Catalog(network=NETWORK, products=(Product(sku="MUG", cost_minor=cost),)), now=NOW)
        world.tell(received(f"r{number}", node="dc", quantities={"MUG": 1}))
        posted(world, f"receipt/r{number}")
    world.tell(adjusted("a", node="dc", sku="MUG", change=-1))

    assert [posting.amount_minor for posting in posted(world, "adjustment/a")[0].postings] == [101]


def test_pieces_that_left_before_they_came_are_set_right_by_those_that_come() -> None:
    """Two left at 433 that finance had not seen, three come at 10: one is left, worth 10, and 846 was too much."""
    world = World(stock=0)
    world.tell(adjusted("early", node="dc", sku="MUG", change=-2))
    posted(world, "adjustment/early")
    world.shop.revise(Catalog(network=NETWORK, products=(Product(sku="MUG", cost_minor=10),)), now=NOW)
    world.tell(received("r", node="dc", quantities={"MUG": 3}))
    (came,) = posted(world, "receipt/r")
    world.tell(adjusted("late", node="dc", sku="MUG", change=-1))
    (event,) = posted(world, "adjustment/late")

    assert came.postings[-1] == Posting(846, "received_not_invoiced", "cost_of_goods_sold", "r", "MUG")
    assert event.postings == (Posting(10, "shrinkage", "inventory", "late", "MUG"),)
    assert world.ledger.balance(money("USD"), (chart_account(Chart.INVENTORY, "MUG"),)) == 0


def test_an_order_in_another_currency_earns_in_that_currency() -> None:
    """What the customer owes is in euros and what the goods cost in dollars: two postings, each in balance."""
    world = World(stock=4)
    line = OrderLine(id="1", sku="MUG", price_minor=1_000)
    order = Order(id="o", pool="club", lines=(line,), destination=HOME, placed_at=NOW, currency="EUR")
    world.ask(place(order, {"1": 2}))
    world.tell(delivered("o/1"))
    world.tell(returned("r", node="dc", order="o", lines={"1": 1}))
    currencies = [[event.currency for event in posted(world, id)] for id in ("o/1/shipped", "return/r")]

    assert currencies == [["USD", "EUR"], ["USD", "EUR"]]
    assert books(world, "EUR") == {"receivable": 1_000, "revenue": -2_000, "returns": 1_000}
    assert books(world, "USD") == {"inventory": -433, "cost_of_goods_sold": 433}


def test_a_gift_earns_nothing_and_costs_its_goods() -> None:
    """A posting of nothing is left out, and the goods have left all the same."""
    world = World(stock=4)
    world.ask(place(make_order("o", pool="club", skus=("MUG",), price_minor=-1), {"1": 1}))
    world.tell(shipped("o/1"))
    (event,) = posted(world, "o/1/shipped")

    assert event.postings == (Posting(433, "cost_of_goods_sold", "inventory", "line:o/1", "MUG"),)


@pytest.mark.parametrize("id", ["claim/c", "o/1/picked", "network/1", "receipt/r/posted"])
def test_what_means_nothing_in_money_is_posted_as_nothing(id: str) -> None:
    """Claims, picks, master data and postings themselves: accepted, and not on record."""
    world = World(stock=4)
    world.tell(received("r", node="dc", quantities={"MUG": 1}))
    posted(world, "receipt/r")
    world.ask(reserve("c", place="dc", quantities={"MUG": 1}))
    world.ask(place(make_order("o", pool="club", skus=("MUG",)), {"1": 1}))
    world.tell(picked("o/1", {"1": 1}))

    assert posted(world, id) == ()
    assert world.ledger.entry(f"{id}/posted") is None


def test_an_entry_is_posted_once() -> None:
    """Asked again, the same postings come back."""
    world = World(stock=0)
    world.tell(received("r", node="dc", quantities={"MUG": 2}))
    first = posted(world, "receipt/r")
    recorded = world.ledger.entry("receipt/r")
    assert recorded is not None
    again = world.ask(post(recorded.entry))

    assert isinstance(again, Accepted)
    assert again.events == first
    assert [reason.code for reason in again.because] == [LedgerCode.ALREADY_DONE]


def test_a_product_without_a_cost_moves_pieces_and_no_money() -> None:
    """A posting of nothing is left out; the pieces are counted."""
    world = World(stock=0)
    world.tell(received("r", node="dc", quantities={"UNHEARD OF": 2}))
    (event,) = posted(world, "receipt/r")

    assert event.postings == ()
    assert world.ledger.balance(valued("UNHEARD OF"), (chart_account(Chart.INVENTORY, "UNHEARD OF"),)) == 2
    assert CATALOG.product("UNHEARD OF") is None


def test_the_trial_balance_lists_every_account() -> None:
    """Also those that hold nothing."""
    assert World(stock=0).shop.see(trial_balance("USD")) == dict.fromkeys(Chart, 0)


def test_what_a_count_did_not_find_is_shrinkage_and_what_it_found_comes_back() -> None:
    """As an adjustment is: at average cost, to the account of shrinkage, and finance counts what is there."""
    for found, shrinkage in ((3, 433), (5, -433)):
        world = World(stock=0)
        world.tell(received("r", node="dc", quantities={"MUG": 4}, occurred_at=NOW - 1))
        posted(world, "receipt/r")
        world.tell(counted("c", node="dc", quantities={"MUG": found}, as_of=NOW))
        world.ask(reconcile("count/c", node="dc", sku="MUG"))
        posted(world, "count/c/reconcile/dc:MUG")

        assert books(world)[Chart.SHRINKAGE] == shrinkage
        assert world.ledger.balance(valued("MUG"), (chart_account(Chart.INVENTORY, "MUG"),)) == found
