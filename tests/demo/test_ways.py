"""Ways of an order beside the straight one: collected or not, paid or not, turned down, called off, looked for."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from examples.demo.counter import Counter
from examples.demo.data import World, load
from examples.demo.marketplace import Marketplace, ship_by
from examples.demo.wire import DAY_MS, HOUR_MS, Message, local, moment, pack, stamp, unpack
from examples.demo.world import Fortnight
from unicommerce import order_status, received
from unicommerce.fulfillment import shipment_key
from unicommerce.inventory import GoodsState, goods
from unicommerce.ledger import Account, Memory

NOW = moment("2010-12-01T15:00:00Z")
SKU, DC, STORE = "22633", "wh-delaware", "store-norwich"


@pytest.fixture(scope="module")
def data() -> World:
    """Return what is given before the first tick."""
    return load(1)


@pytest.fixture
def world(data: World, tmp_path: Path) -> Iterator[Fortnight]:
    """Return a world in which nothing has happened but goods that came in at a warehouse and a store."""
    with closing(Fortnight(tmp_path, data, Memory())) as world:
        for node in (DC, STORE):
            world.core.shop.tell(received(node, node=node, quantities={SKU: 10}), now=NOW, source="supplier")
        world.core.react(NOW)
        yield world


def ordered(world: Fortnight, **more: object) -> str:
    """Place an order for three pieces near the store, let follow what follows, and return the answer."""
    about: Message = {"type": "OrderPlaced", "order": "o1", "placed_at": stamp(NOW), "channel": "web", "customer": "c"}
    about |= {"ship_to": {"zip": "13815", "lat": "42.54", "lng": "-75.52"}, "service": "standard", "currency": "GBP"}
    about |= {"lines": [{"line": "1", "sku": SKU, "quantity": 3, "price": "1.85"}]}
    hear = world.core.intake.relay if "market" in more else world.core.intake.hear
    answer = unpack(hear(pack(about | more), NOW))
    world.core.react(NOW)
    return str(answer["type"])


def relayed(world: Fortnight) -> str:
    """Let the marketplace sell three pieces."""
    clocks = {clock: stamp(NOW + DAY_MS) for clock in ("acknowledge_by", "ship_by", "deliver_by")}
    return ordered(world, type="OrderRelayed", market="bazaar", number="B-1", **clocks)


def told(world: Fortnight, now: int = NOW, **message: object) -> None:
    """Let a node say something, and let follow what follows."""
    world.core.intake.told_by_warehouse(pack({"at": stamp(now), "shipment": "o1/1", **message}), now)
    world.core.react(now)


def status(world: Fortnight) -> str:
    """Return where the pieces of the order stand."""
    seen = world.core.shop.see(order_status("o1"))
    return seen.words if seen else "unknown"


def in_quarantine(world: Fortnight, node: str) -> int:
    """Return the pieces that a node has in quarantine."""
    apart = Account(node, GoodsState.QUARANTINE)
    return world.core.shop.see(lambda state, _given: state.balance(goods(SKU), (apart,)))


def booked(world: Fortnight) -> list[str]:
    """Return what the ERP has booked beside the receipts."""
    world.core.react(NOW)
    for hours in range(30):  # a few of its answers are lost
        world.core.tell_erp(NOW + 30 * DAY_MS + hours * HOUR_MS, 100)
    return [id for id in world.erp.booked() if not id.startswith("receipt/")]


ROW = {"line": "1", "sku": SKU, "quantity": 3}


def test_what_is_sent_to_a_store_is_sold_when_it_is_collected(world: Fortnight) -> None:
    """The ERP hears of its invoice alone; the counter asks for a code, and the goods are sold with the hand-over."""
    world.core.shop.tell(received("r", node="store-calera", quantities={"22632": 1}), now=NOW)
    ordered(world, collect_at="store-calera")
    told(world, type="Shipped", lines=[ROW], tracking="P1")
    assert status(world) == "shipped"
    assert booked(world) == ["invoice/o1/1"]

    world.core.intake.told_by_carrier(pack({"shipment": "o1/1", "at": stamp(NOW + DAY_MS)}), NOW + DAY_MS)
    world.core.react(NOW + DAY_MS)
    owed = world.counter.due(NOW + 9 * DAY_MS)
    answers = [world.core.intake.told_by_counter(body, NOW + 2 * DAY_MS) for _, body in owed]
    assert [unpack(body)["type"] for _, body in owed] == ["Ready", "Notified", "Collect"]
    assert unpack(answers[-1]) == {"type": "HandOver", "node": "store-calera", "lines": [ROW]}
    assert status(world) == "collected"
    assert booked(world) == ["invoice/o1/1", "o1/1/collected"]


def test_a_wrong_code_is_refused(world: Fortnight) -> None:
    """Whoever comes with another code than the customer was told gets nothing, and is told why."""
    ordered(world, collect_at=STORE)
    told(world, type="Picked", lines=[ROW], short=[])
    ready, notified, collect = [unpack(body) for _, body in world.counter.due(NOW + 9 * DAY_MS)]
    for message in (ready, notified):
        world.core.intake.told_by_counter(pack(message), NOW)

    answer = unpack(world.core.intake.told_by_counter(pack(collect | {"code": "none"}), NOW))
    assert answer == {"type": "Refused", "because": ["  this is not the code with which o1/1 is collected"]}
    assert status(world) == "ready to be collected"


def test_what_nobody_collects_goes_back_when_it_is_due(world: Fortnight) -> None:
    """Not before; then the goods can be sold again, the counter expects nobody, and the invoice is credited."""
    ordered(world, collect_at=STORE)
    told(world, type="Picked", lines=[ROW], short=[])
    world.core.intake.told_by_counter(world.counter.due(NOW + 9 * DAY_MS)[0][1], NOW + HOUR_MS)

    for at in (NOW + 3 * DAY_MS, NOW + 5 * DAY_MS):
        world.core.due(at)
        world.core.react(at)
        assert status(world) == ("ready to be collected" if at < NOW + 4 * DAY_MS else "canceled")
    assert world.counter.due(NOW + 9 * DAY_MS) == []
    assert world.core.is_quiet is False  # the ERP has not heard of the receipts
    assert booked(world) == ["invoice/o1/1", "credit/o1/1/o1:1:put_back:1"]
    assert set(world.erp.vat().values()) == {(0, 0)}
    assert world.core.is_quiet


def test_what_is_paid_later_goes_to_no_node_before(world: Fortnight) -> None:
    """The payment gives it to a node; without one it is canceled when its time is over."""
    ordered(world, pays="later")
    assert (status(world), world.warehouse.due(NOW + 9 * DAY_MS)) == ("held for review", [])

    world.core.intake.hear(pack({"type": "Paid", "order": "o1", "at": stamp(NOW + HOUR_MS)}), NOW + HOUR_MS)
    world.core.react(NOW + HOUR_MS)
    assert status(world) == "waiting to be picked"


def test_what_is_never_paid_is_canceled(world: Fortnight) -> None:
    """Three days are given, and whoever pays afterwards pays for nothing."""
    ordered(world, pays="later")
    world.core.due(NOW + 3 * DAY_MS)
    world.core.intake.hear(pack({"type": "Paid", "order": "o1", "at": stamp(NOW + 4 * DAY_MS)}), NOW + 4 * DAY_MS)

    assert status(world) == "canceled"


def test_what_a_store_turns_down_goes_to_another_node(world: Fortnight) -> None:
    """It is given to the next node at once, and the desk is ready for the customer's call."""
    ordered(world)
    told(world, type="Rejected", reason="busy", lines=[ROW])
    call_at = local("2010-12-01", 21 * 60, "UTC")
    world.core.service.look(call_at)

    assert {unpack(body)["shipment"] for _, body in world.warehouse.due(NOW + 9 * DAY_MS)} >= {"o1/1", "o1/2"}
    (call,) = world.core.service.calls()
    assert (call["at"], call["order"], call["times"]) == (call_at, "o1", 1)
    assert [(piece["pieces"], piece["state"]) for piece in call["pieces"]] == [(f"3 {SKU}", "allocated")]


def test_what_was_not_found_is_looked_for_and_booked(world: Fortnight) -> None:
    """Of three, one turns up; two are no more in quarantine, in our stock, or in that of the ERP."""
    ordered(world)
    shipment = world.core.shop.see(lambda state, _given: state.document(shipment_key("o1/1")))
    assert shipment is not None
    told(world, type="Rejected", reason="not_found", lines=[ROW])
    assert in_quarantine(world, shipment.node) == 3
    told(world, NOW + DAY_MS, type="Looked", node=shipment.node, sku=SKU, found=1, apart=0)
    assert in_quarantine(world, shipment.node) == 0
    assert booked(world) == [f"count/o1/1/{SKU}/reconcile/{shipment.node}:{SKU}"]
    assert world.erp.stock()[SKU][0] == 18


def test_what_a_buyer_cancels_is_not_sent(world: Fortnight) -> None:
    """The warehouse forgets what it had still to do, and the marketplace was answered before."""
    assert relayed(world) == "OrderAccepted"
    assert world.market.counted("canceled", 7, NOW + DAY_MS)[0] == 0
    canceled: Message = {"type": "Canceled", "market": "bazaar", "order": "o1", "by": "buyer", "at": stamp(NOW)}
    world.core.intake.relay(pack(canceled), NOW)
    world.core.react(NOW)

    assert status(world) == "canceled"
    assert world.warehouse.due(NOW + 9 * DAY_MS) == []


def test_a_marketplace_counts_by_its_own_records(data: World, tmp_path: Path) -> None:
    """Late is what it hears after its clock, untracked what names no number, canceled what was rejected."""
    market = Marketplace(tmp_path / "m.sqlite", data)
    with closing(market):
        first, second = [unpack(body)["order"] for body in market.due(data.ends_at)][:2]
        order = next(order for order in data.orders if order.number == first)
        after = ship_by(order) + HOUR_MS
        about: Message = {"type": "Sent", "id": "1", "order": first, "at": stamp(after), "tracking": ""}
        for message in (about, about, about | {"id": "2", "order": second, "at": stamp(order.at), "tracking": "P"}):
            market.hear(pack(message))
        market.hear(pack({"type": "Answered", "id": "3", "order": second, "at": stamp(order.at), "rejected": [ROW]}))

        assert market.counted("late", 10, after) == (1, 2)
        assert market.counted("untracked", 10, after) == (1, 2)
        assert market.counted("canceled", 10, after)[0] == 1


def test_a_counter_is_closed_at_night_and_on_sundays(data: World, tmp_path: Path) -> None:
    """What arrives on a Saturday night is set out on Monday; told again, it is set out once."""
    counter, saturday = Counter(tmp_path / "c.sqlite", data.sites), local("2010-12-04", 22 * 60, "America/New_York")
    with closing(counter):
        for _ in range(2):
            counter.accept(pack({"type": "Arrived", "shipment": "o1/1", "node": STORE, "at": stamp(saturday)}))
        monday = local("2010-12-06", 9 * 60, "America/New_York")

        assert counter.due(monday - 1) == []
        assert [unpack(body)["type"] for _, body in counter.due(monday + 2 * HOUR_MS)] == ["Ready", "Notified"]
