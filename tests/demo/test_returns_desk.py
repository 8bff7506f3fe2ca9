"""The returns desk: matched to the earliest delivered line, waited for, blind, or impossible for a reason."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from examples.demo.data import World, load
from examples.demo.master import POLICY
from examples.demo.wire import DAY_MS, MINUTE_MS, Message, moment, pack, stamp
from examples.demo.world import Fortnight
from unicommerce import Commerce, Order, OrderLine, Position, delivered, place, received, shipped
from unicommerce.fulfillment import collected
from unicommerce.ledger import Memory

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


def settled(world: Fortnight, pieces: int, now: int) -> list[tuple[str, int, int]]:
    """Bring pieces back, and return the verdicts some days later."""
    about: Message = {"type": "ReturnRequested", "return": "C1", "customer": "17850", "from": HOME}
    about |= {"requested_at": stamp(now), "lines": [{"sku": "22633", "quantity": pieces}]}
    world.core.desk.take(about, pack(about), now)
    world.core.desk.settle(now + 3 * DAY_MS)
    return world.core.desk.settled()


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


def test_what_was_refused_cannot_come_back(world: Fortnight) -> None:
    """An order that was refused has delivered nothing."""
    ordered(world, "a", 11, NOW)

    assert settled(world, 1, NOW) == [("impossible: refused", 1, 1)]


def test_more_than_was_delivered_cannot_come_back(world: Fortnight) -> None:
    """What exceeds all deliveries is counted apart."""
    shop = ordered(world, "a", 4, NOW)
    shop.tell(delivered("a/1"), now=NOW + DAY_MS)

    assert settled(world, 5, NOW + DAY_MS) == [("matched", 1, 4), ("impossible: exceeds", 1, 1)]


def test_what_was_collected_can_come_back(world: Fortnight) -> None:
    """A customer who came for it has it as one who was sent it."""
    shop = ordered(world, "a", 4, NOW)
    shop.tell(collected("a/1"), now=NOW + DAY_MS)

    assert settled(world, 3, NOW + DAY_MS) == [("matched", 1, 3)]
