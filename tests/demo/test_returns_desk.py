"""The returns desk: matched to the earliest delivered line, waited for, blind, or impossible for a reason."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from examples.demo.data import World, load
from examples.demo.master import POLICY
from examples.demo.wire import DAY_MS, MINUTE_MS, Message, moment, pack, stamp, unpack
from examples.demo.world import Fortnight
from unicommerce import Commerce, Order, OrderLine, Position, delivered, place, received, shipped
from unicommerce.fulfillment import collected
from unicommerce.inventory import GoodsState, goods
from unicommerce.ledger import Account, Memory
from unicommerce.returns import Return, return_key, rma_key, swap_key

NOW = moment("2010-12-01T15:00:00Z")
HOME = {"zip": "72712", "lat": "36.34", "lng": "-94.07"}


@pytest.fixture(scope="module")
def data() -> World:
    """Return what is given before the first tick."""
    return load(1)


@pytest.fixture
def world(data: World, tmp_path: Path) -> Iterator[Fortnight]:
    """Return a world in which nothing has happened but goods that came in."""
    with closing(Fortnight(tmp_path, data, Memory())) as world:
        world.core.shop.tell(received("r1", node="wh-delaware", quantities={"22633": 10}), now=NOW)
        yield world


def ordered(world: Fortnight, id: str, pieces: int, now: int) -> Commerce:
    """Place an order of customer 17850 for a code, and remember who ordered it."""
    order = Order(
        id=id,
        pool="web",
        lines=(OrderLine(id="1", sku="22633", price_minor=185),),
        destination=Position.of("36.34", "-94.07"),
        placed_at=now,
        customer="17850",
        currency="GBP",
    )
    decision = world.core.shop.ask(place(order, {"1": pieces}, policy=POLICY), now=now)
    world.core.desk.index(order, {"1": pieces}, is_accepted=bool(getattr(decision, "events", ())))
    return world.core.shop


def settled(world: Fortnight, pieces: int, now: int, **more: object) -> list[tuple[str, int, int]]:
    """Bring pieces back, and return the verdicts some days later."""
    about: Message = {"type": "ReturnRequested", "return": "C1", "customer": "17850", "from": HOME}
    about |= {"requested_at": stamp(now), "lines": [{"sku": "22633", "quantity": pieces}], **more}
    world.core.desk.take(about, pack(about), now)
    world.core.desk.settle(now + 3 * DAY_MS)
    rows = world.core.desk.settled()
    return [(row["verdict"], row["lines"], row["pieces"]) for row in rows if row["lines"]]


def because(world: Fortnight, verdict: str) -> list[str]:
    """Return the reasons that the desk has given for a verdict."""
    return [each for row in world.core.desk.settled() if row["verdict"] == verdict for each in row["each"]]


def had(world: Fortnight, pieces: int) -> Commerce:
    """Return the shop of a customer who was sent pieces from Delaware and has them."""
    shop = ordered(world, "a", pieces, NOW)
    shop.tell(shipped("a/1"), now=NOW + DAY_MS)
    shop.tell(delivered("a/1"), now=NOW + DAY_MS)
    return shop


def came_in(world: Fortnight) -> Message:
    """Let the node take in what it was told to expect, and return what it has said of it."""
    ((id, body),) = world.warehouse.due(NOW + 9 * DAY_MS)
    world.core.intake.told_by_warehouse(body, NOW + 6 * DAY_MS)
    world.warehouse.acknowledged(id)
    return unpack(body)


def test_what_was_delivered_is_matched_the_earliest_first(world: Fortnight) -> None:
    """Six come back of two orders of four: all of the first, and two of the second."""
    for at, id in ((NOW + MINUTE_MS, "b"), (NOW, "a")):
        shop = ordered(world, id, 4, at)
        shop.tell(shipped(f"{id}/1"), now=at + DAY_MS)
        shop.tell(delivered(f"{id}/1"), now=at + DAY_MS)

    assert settled(world, 6, NOW + 2 * DAY_MS) == [("matched", 2, 6)]
    rows = world.core.file.execute("SELECT id, quantity FROM settled ORDER BY number").fetchall()
    assert rows == [("a", 4), ("b", 2)]


def test_what_is_under_way_is_waited_for(world: Fortnight) -> None:
    """Nothing can come back before it has arrived."""
    ordered(world, "a", 4, NOW)

    assert settled(world, 1, NOW) == []
    assert not world.core.desk.is_quiet


def test_what_was_never_ordered_is_blind(world: Fortnight) -> None:
    """It was bought before the data begins."""
    assert settled(world, 1, NOW) == [("blind", 1, 1)]
    assert because(world, "blind") == ["C1: 1 of 22633, no order of this customer has it"]


def test_what_was_refused_cannot_come_back(world: Fortnight) -> None:
    """An order that was refused has delivered nothing."""
    ordered(world, "a", 11, NOW)

    assert settled(world, 1, NOW) == [("impossible", 1, 1)]
    assert because(world, "impossible") == ["C1: 1 of 22633, order a was refused, and nothing of it sent"]


def test_more_than_was_delivered_cannot_come_back(world: Fortnight) -> None:
    """What exceeds all deliveries is counted apart."""
    shop = ordered(world, "a", 4, NOW)
    shop.tell(delivered("a/1"), now=NOW + DAY_MS)

    assert settled(world, 5, NOW + DAY_MS) == [("matched", 1, 4), ("impossible", 1, 1)]
    assert because(world, "impossible") == [
        "C1: 1 of 22633, of 4 handed over 0 came back before, and 5 are brought now"
    ]


def test_what_was_collected_can_come_back(world: Fortnight) -> None:
    """A customer who came for it has it as one who was sent it."""
    shop = ordered(world, "a", 4, NOW)
    shop.tell(collected("a/1"), now=NOW + DAY_MS)

    assert settled(world, 3, NOW + DAY_MS) == [("matched", 1, 3)]


def test_what_is_brought_to_a_store_goes_to_one_that_has_not_sold_it(world: Fortnight) -> None:
    """Sent from Delaware, it is brought to the nearest store, under its authorization, and sold again as it is."""
    shop = had(world, 3)
    assert settled(world, 2, NOW + 2 * DAY_MS, way_back="store") == [("matched", 1, 2)]
    said = came_in(world)

    back = shop.see(lambda state, _given: state.document(return_key("C1-0")))
    assert back == Return(id="C1-0", order="a", rma="C1-0", node="store-new-roads")
    assert shop.see(lambda state, _given: state.document(rma_key("C1-0"))) is not None
    assert said["graded"] == [{"sku": "22633", "quantity": 2, "condition": "a"}]
    here = Account("store-new-roads", GoodsState.SELLABLE)
    assert shop.see(lambda state, _given: state.balance(goods("22633"), (here,))) == 2


@pytest.mark.parametrize(("condition", "state"), [("b", "quarantine"), ("c", "sold"), ("d", "lost")])
def test_what_is_not_as_new_goes_where_the_policy_says(world: Fortnight, condition: str, state: str) -> None:
    """What was opened stands apart, parts are sold as a lot, and what is good for nothing is scrapped."""
    shop = had(world, 3)
    settled(world, 2, NOW + 2 * DAY_MS)
    ((_, body),) = world.warehouse.due(NOW + 9 * DAY_MS)
    said = unpack(body) | {"graded": [{"sku": "22633", "quantity": 2, "condition": condition}]}
    world.core.intake.told_by_warehouse(pack(said), NOW + 6 * DAY_MS)

    places = {"sold": "liquidator", "lost": "loss"}
    there = Account(places.get(state, str(said["node"])), state)
    assert shop.see(lambda world, _given: world.balance(goods("22633"), (there,))) == 2


@pytest.mark.parametrize(("quantity", "settles"), [(3, (0, 80)), (1, (220, 0)), (4, None)])
def test_an_exchange_is_an_order_that_settles_by_the_difference(
    world: Fortnight, quantity: int, settles: tuple[int, int] | None
) -> None:
    """Two at 1.85 come back for others at 1.50; of what is not there nothing goes out, and the return stands."""
    shop = had(world, 4)
    shop.tell(received("r2", node="wh-delaware", quantities={"22632": 3}), now=NOW)
    wanted: Message = {"sku": "22632", "price": "1.50", "quantity": quantity}

    assert settled(world, 2, NOW + 2 * DAY_MS, instead=wanted) == [("matched", 1, 2)]
    found = shop.see(lambda state, _given: state.document(swap_key("C1-0-instead")))
    assert (found and found.settles) == settles
