"""What a carrier says becomes papers; its scans tell what left and what arrived, and nothing else."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples.adapters.carrier import SCANS, Carrier
from tests.adapters.cases import fields_that_count, payload, read
from unicommerce.catalog import Catalog, Network, Node, Pool
from unicommerce.commerce import Commerce
from unicommerce.errors import InvalidValue
from unicommerce.fulfillment import place
from unicommerce.intake import Intake, take
from unicommerce.inventory import goods, received, sellable
from unicommerce.ledger import Accepted, Account, Telling
from unicommerce.orders import LineState, Order, OrderLine, line_unit, standing
from unicommerce.ports import (
    PORTS,
    Address,
    Delivery,
    Dispatch,
    Item,
    Label,
    Message,
    Offered,
    Paper,
    Rate,
    Reading,
    ShipRequest,
    Undelivered,
)
from unicommerce.testing.ports import PortContract
from unicommerce.values import Position

CARRIER = Carrier()
HAMBURG = Address("DE", "HH", "20095", "Hamburg")
MUGS = Item("MUG", 3, "1")
NOON, DAY = 1_795_777_200_000, 86_400_000
"""2026-11-27, noon in Germany."""
HOUR = 3_600_000
EVENING = NOON + DAY + 390 * 60_000
"""Of the next day."""

TABLE: dict[tuple[str, str], tuple[Paper, ...]] = {
    ("labels_request.json", "labels/request"): (
        ShipRequest(
            id="o1/s1",
            order="o1",
            node="dc",
            items=(MUGS,),
            destination=HAMBURG,
            service="standard",
            deliver_by=NOON + 4 * DAY + 6 * HOUR,
            weight_g=1150,
        ),
    ),
    ("rates_quoted.json", "rates/quoted"): (
        Rate(
            id="q-1",
            request="o1/s1",
            currency="EUR",
            amount_minor=490,
            carrier="Posta",
            service="standard",
            deliver_by=NOON + 4 * DAY + 6 * HOUR,
            expires_at=NOON,
        ),
        Rate(
            id="q-2",
            request="o1/s1",
            currency="EUR",
            amount_minor=1150,
            carrier="Swift",
            service="next_day",
            deliver_by=NOON + DAY,
            expires_at=NOON,
        ),
    ),
    ("labels_created.json", "labels/created"): (
        Label(
            id="lab-77",
            request="o1/s1",
            currency="EUR",
            amount_minor=490,
            tracking="PX0001",
            carrier="Posta",
            service="standard",
            document="https://carrier.example/labels/lab-77.pdf",
            occurred_at=NOON - 115 * 60_000,
        ),
    ),
    ("picked_up.json", "tracking/updated"): (
        Dispatch(
            id="o1/s1",
            order="o1",
            node="dc",
            items=(Item("MUG", 2, "1"),),
            carrier="Posta",
            tracking=("PX0001", "PX0002"),
            occurred_at=NOON + 280 * 60_000 + 12_250,
        ),
    ),
    ("in_transit.json", "tracking/updated"): (),
    ("delivered.json", "tracking/updated"): (Delivery(id="o1/s1", occurred_at=NOON + DAY - 58 * 60_000),),
    ("lost.json", "tracking/updated"): (
        Undelivered(id="scan-4", shipment="o1/s1", status="lost", occurred_at=NOON + 8 * DAY - 3 * HOUR),
    ),
    ("lost_in_part.json", "tracking/updated"): (
        Undelivered(
            id="scan-5",
            shipment="o1/s1",
            status="lost",
            items=(Item("MUG", 1, "1"),),
            occurred_at=NOON + 8 * DAY - 3 * HOUR,
        ),
    ),
    ("undeliverable.json", "tracking/updated"): (
        Undelivered(
            id="scan-6", shipment="o1/s1", status="undeliverable", reason="no such street", occurred_at=EVENING
        ),
    ),
    ("rejected.json", "tracking/updated"): (
        Undelivered(id="scan-7", shipment="o1/s1", status="undeliverable", reason="rejected", occurred_at=EVENING),
    ),
    ("returned.json", "tracking/updated"): (
        Undelivered(
            id="scan-8",
            shipment="o1/s1",
            status="sent_back",
            node="dc",
            condition="sellable",
            reason="no such street",
            occurred_at=NOON + 5 * DAY - 165 * 60_000,
        ),
    ),
}
COUNT = {
    "labels_request.json": 13,
    "rates_quoted.json": 14,
    "labels_created.json": 9,
    "picked_up.json": 11,
    "in_transit.json": 1,
    "delivered.json": 3,
    "lost.json": 4,
    "lost_in_part.json": 7,
    "undeliverable.json": 5,
    "rejected.json": 4,
    "returned.json": 7,
}
TEXTS = st.sampled_from(["", "a", "Zürich 7"])
IDS = st.sampled_from(["1", "o1/s1", "größe"])
MOMENTS = st.none() | st.integers(0, 2**41)
ITEMS = st.builds(Item, st.sampled_from(["MUG", "CUP"]), st.integers(1, 99), TEXTS, TEXTS)
MONEY = {"currency": st.sampled_from(["EUR", "JPY", "KWD"]), "amount_minor": st.integers(0, 2**40)}
QUOTED = {"id": IDS, "request": IDS, "carrier": TEXTS, "service": TEXTS, **MONEY}
PIECES = st.lists(ITEMS, max_size=2).map(tuple)
SOME = st.lists(ITEMS, min_size=1, max_size=2).map(tuple)
PAPERS = st.one_of(
    st.builds(
        ShipRequest,
        id=IDS,
        order=IDS,
        node=IDS,
        items=st.lists(ITEMS, min_size=1, max_size=2).map(tuple),
        destination=st.builds(Address, TEXTS, TEXTS, TEXTS, TEXTS),
        service=TEXTS,
        deliver_by=MOMENTS,
        weight_g=st.integers(0, 10**6),
    ),
    st.builds(Rate, deliver_by=MOMENTS, expires_at=MOMENTS, **QUOTED),
    st.builds(Label, tracking=IDS, document=TEXTS, occurred_at=MOMENTS, **QUOTED),
    st.builds(
        Dispatch,
        id=IDS,
        order=st.just("") | IDS,
        node=st.just("") | IDS,
        items=PIECES,
        carrier=TEXTS,
        tracking=st.lists(IDS, max_size=2).map(tuple),
        occurred_at=MOMENTS,
    ),
    st.builds(Delivery, id=IDS, occurred_at=MOMENTS),
    st.builds(Undelivered, id=IDS, shipment=IDS, status=st.just("undeliverable"), reason=TEXTS, occurred_at=MOMENTS),
    st.builds(Undelivered, id=IDS, shipment=IDS, status=st.just("lost"), items=SOME, occurred_at=MOMENTS),
    st.builds(
        Undelivered,
        id=IDS,
        shipment=IDS,
        status=st.just("sent_back"),
        node=st.just("") | IDS,
        condition=TEXTS,
        reason=TEXTS,
        occurred_at=MOMENTS,
    ),
)


class TestCarrier(PortContract):
    """The carrier keeps the contract of ports; a scan on the way says nothing of the goods and is no sample of it."""

    kind = "carrier"
    means = tuple([(payload("carrier", *key), papers) for key, papers in TABLE.items() if papers])
    samples = tuple([message for message, _ in means])
    refused = (
        (payload("carrier", "damaged.json", "tracking/updated"), "status"),
        *[(Message(topic, "{}"), "topic") for topic in CARRIER.capabilities.refuses],
    )

    @staticmethod
    def make_port() -> Carrier:
        """Make the port."""
        return Carrier()


@pytest.mark.parametrize(("name", "topic"), TABLE)
def test_a_payload_becomes_these_papers(name: str, topic: str) -> None:
    """And every value of it was read, or left on purpose; so many of them count."""
    message = payload("carrier", name, topic)

    assert CARRIER.read(message) == Reading(papers=TABLE[name, topic])
    assert len(fields_that_count(CARRIER, message)) == COUNT[name]


@given(PAPERS)
def test_what_is_written_is_read_again(paper: Paper) -> None:
    """Whatever a paper says, to the minor unit and the millisecond."""
    assert CARRIER.read(CARRIER.write(paper)) == Reading(papers=(paper,))


def test_a_request_without_a_service_asks_what_each_would_cost() -> None:
    """And one that names a service buys a label."""
    request = ShipRequest(id="s", order="o", node="dc", items=(MUGS,))

    assert CARRIER.write(request).topic == "rates/request"
    assert CARRIER.write(ShipRequest(id="s", order="o", node="dc", items=(MUGS,), service="slow")).topic == (
        "labels/request"
    )


def test_what_cannot_be_said_is_refused_by_name() -> None:
    """A parcel that is damaged is for people; so are a status that is new, and topics of invoices."""
    assert read(CARRIER, payload("carrier", "damaged.json", "tracking/updated")) == "status"
    assert read(CARRIER, Message("invoices/created", "{}")) == "topic"
    assert read(CARRIER, Message("rates/quoted", '{"shipment": "s", "currency": "EUR"}')) == "rates"
    assert "damaged" not in SCANS


@pytest.mark.parametrize(
    "said", ['"lines": []', '"complete": false', '"complete": true, "lines": [{"sku": "A", "quantity": 1}]']
)
def test_lines_that_are_missing_do_not_ship_the_rest(said: str) -> None:
    """A dispatch without items means all that was asked for; so a scan has to say that it is all."""
    scan = '{"shipment": "s", "status": "picked_up", "occurred_at": "2026-11-27T12:00:00Z", %s}'

    assert read(CARRIER, Message("tracking/updated", scan % said)) == "lines"
    all_of_it = CARRIER.read(Message("tracking/updated", scan % '"complete": true'))
    assert all_of_it.papers == (Dispatch(id="s", occurred_at=NOON + HOUR),)


def test_no_more_lines_are_written_than_are_claimed() -> None:
    """The next one is refused by name."""
    most = CARRIER.capabilities.most_lines
    assert CARRIER.write(ShipRequest(id="s", order="o", node="dc", items=(MUGS,) * most))
    with pytest.raises(ValueError, match=r"ship_request\.items"):
        CARRIER.write(ShipRequest(id="s", order="o", node="dc", items=(MUGS,) * (most + 1)))


def test_only_the_papers_of_a_carrier_are_written() -> None:
    """Which are those of its kind of port."""
    assert (CARRIER.capabilities.reads, CARRIER.capabilities.writes) == (
        ("ship_request", "rate", "label", "dispatch", "delivery", "undelivered"),
    ) * 2
    assert [set(forms) for forms in PORTS["carrier"]] == [set(CARRIER.capabilities.reads)] * 2
    with pytest.raises(ValueError, match="paper"):
        CARRIER.write(Offered(channel="web", sku="MUG", quantity=1, version=1))
    with pytest.raises(ValueError, match=r"dispatch\.short"):
        CARRIER.write(Dispatch(id="s", short=(MUGS,)))


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: Undelivered(id="1", shipment="s", status="late"), "undelivered.status"),
        (lambda: Undelivered(id="1", shipment="", status="lost"), "undelivered.shipment"),
        (lambda: Undelivered(id="1", shipment="s", status="undeliverable", items=(MUGS,)), "undelivered.items"),
        (lambda: Undelivered(id="1", shipment="s", status="lost", node="dc"), "undelivered.node"),
        (lambda: Undelivered(id="1", shipment="s", status="lost", condition="sellable"), "undelivered.condition"),
    ],
)
def test_what_did_not_arrive_says_nothing_that_cannot_be(make: Callable[[], Paper], field: str) -> None:
    """A status that moves nothing, pieces of a parcel that can not be delivered, a place of what is nowhere."""
    with pytest.raises(InvalidValue) as refused:
        make()

    assert refused.value.field == field


def shipped_mugs() -> tuple[Commerce, str]:
    """Return a shop that was asked for three mugs, and their shipment."""
    network = Network(nodes=(Node(id="dc", position=Position(0, 0)),), pools=(Pool(id="web", nodes=("dc",)),))
    shop = Commerce(Catalog(network=network))
    shop.tell(received("r", node="dc", quantities={"MUG": 3}), now=0)
    line = OrderLine(id="1", sku="MUG", price_minor=1990)
    order = Order(id="o1", pool="web", lines=(line,), currency="EUR", destination=Position(0, 0), placed_at=NOON)
    placed = shop.ask(place(order, {"1": 3}), now=NOON)
    assert isinstance(placed, Accepted)
    documents = [document.key for event in placed.events for document in event.documents()]
    (shipment,) = [key.id for key in documents if key.kind == "fulfillment.shipment"]
    return shop, shipment


def scanned(shop: Commerce, shipment: str, *names: str) -> dict[LineState, int]:
    """Take scans of a shipment, and return where its pieces are then."""
    for name in names:
        body = payload("carrier", name, "tracking/updated")
        said = body._replace(body=body.body.replace("o1/s1", shipment))
        for step in take(CARRIER.read(said), Intake()).steps:
            assert isinstance(step, Telling)
            shop.tell(step, now=NOON + 9 * DAY)
    held = shop.see(lambda state, _: [standing(state, line_unit("o1", "1"), each) for each in LineState])
    return {state: pieces for state, pieces in zip(LineState, held, strict=True) if pieces > 0}


def test_a_parcel_is_followed_from_the_dock_to_the_door() -> None:
    """Scans come twice: what left and what arrived is on record once; a rate is nobody's yet."""
    shop, shipment = shipped_mugs()
    twice = ("picked_up.json", "in_transit.json", "picked_up.json", "delivered.json", "delivered.json")

    assert scanned(shop, shipment, *twice) == {LineState.ALLOCATED: 1, LineState.DELIVERED: 2}
    quoted = take(CARRIER.read(payload("carrier", "rates_quoted.json", "rates/quoted")), Intake())
    assert quoted.steps == ()
    assert quoted.left == TABLE["rates_quoted.json", "rates/quoted"]


@pytest.mark.parametrize(
    ("names", "states", "places"),
    [
        (("lost.json",), {LineState.LOST: 2}, {"loss": 2}),
        (("lost_in_part.json", "lost_in_part.json"), {LineState.SHIPPED: 1, LineState.LOST: 1}, {"loss": 1}),
        (("rejected.json",), {LineState.SHIPPED: 2}, {}),
        (("undeliverable.json", "returned.json"), {LineState.RETURNED: 2}, {"dc": 2}),
        (("returned.json", "undeliverable.json"), {LineState.RETURNED: 2}, {"dc": 2}),
        (("lost.json", "returned.json"), {LineState.RETURNED: 2}, {"dc": 2}),
    ],
)
def test_a_parcel_that_does_not_arrive_is_where_the_scans_say(
    names: tuple[str, ...], states: dict[LineState, int], places: dict[str, int]
) -> None:
    """Lost and out of the books, under way still, or for sale again; in whatever order they come, and however often."""
    shop, shipment = shipped_mugs()
    scanned(shop, shipment, "picked_up.json")

    assert scanned(shop, shipment, *names, *names) == {LineState.ALLOCATED: 1, **states}
    ends = {"loss": Account("loss", "lost"), "dc": sellable("dc")}
    found = shop.see(lambda state, _: {place: state.balance(goods("MUG"), (at,)) for place, at in ends.items()})
    assert found == {"loss": 0, "dc": 0, **places}
