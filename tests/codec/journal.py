"""The golden journals: bytes that some version wrote, to be read by every later one, for ever.

`python -m tests.codec.journal 0.2` writes the files of a version, and refuses to write them twice.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from hypothesis import find

from tests.codec.instances import of
from unicommerce.catalog import Calendar, Network, NetworkRevised, Node, NodeKind, Pool
from unicommerce.codec import EVENTS, REASONS, Codec, canonical, decode
from unicommerce.finance import Chart, Posted, Posting, ValuedMove
from unicommerce.fulfillment import (
    Allocated,
    Arrival,
    Attempts,
    Deallocated,
    Delivered,
    Doubt,
    Picked,
    Rejected,
    RejectionReason,
    Shipment,
    Shipped,
    ShortPicked,
)
from unicommerce.inventory import Adjusted, Claim, Claimed, ClaimLine, InventoryCode, Life, Received, Released
from unicommerce.invoices import Invoice, InvoiceList, Issued, Series
from unicommerce.ledger import Disagreed, Entry, Event, Ledger, LedgerCode, Reason, Recorded, record
from unicommerce.orders import Amended, Canceled, LineQuantity, Order, OrderKit, OrderLine, Placed
from unicommerce.payments import Authorization, Dispute, MoneyMoved, MoneyState, Step, Tender, TenderKind
from unicommerce.returns import Restocked, Return, Returned
from unicommerce.routing import RoutingCode
from unicommerce.tax import Component, TaxAnswer, TaxedLine
from unicommerce.values import Position

FOLDER = Path(__file__).parent / "golden"

NETWORK = Network(
    nodes=(
        Node(id="dc", position=Position.of("50.11", "8.68"), kind=NodeKind.WAREHOUSE, daily_capacity=500),
        Node(
            id="Köln",
            position=Position.of("50.94", "6.96"),
            calendar=Calendar(zone="Europe/Berlin", closed=("2026-12-25",)),
        ),
    ),
    pools=(Pool(id="web", nodes=("dc", "Köln")),),
)
ORDER = Order(
    id="o1",
    pool="web",
    lines=(OrderLine(id="1", sku="MUG", price_minor=1999), OrderLine(id="2", sku="CUP", price_minor=499)),
    destination=Position.of("52.52", "13.405"),
    placed_at=1_700_000_000_000,
    channel="shop",
    customer="Zoë",
    currency="EUR",
    kits=(OrderKit("3", "SET", 999, (("2", 2),)),),
)
SHIPMENT = Shipment(id="o1/1", order="o1", node="dc", day=740_000, deliver_by=1_700_600_000_000)
SECOND = Shipment(id="o1/2", order="o1", node="Köln", day=740_001, deliver_by=1_700_700_000_000)
TRIED = Attempts(order="o1", revision=3, shipments=2, turned_down=("Köln",))


def _mugs(quantity: int) -> tuple[LineQuantity, ...]:
    return (LineQuantity("1", "MUG", quantity),)


def _events() -> Iterator[tuple[str, tuple[Event, ...], tuple[Reason, ...], tuple[object, ...]]]:
    cups = (LineQuantity("2", "CUP", 2),)
    yield "network/1", (NetworkRevised(network=NETWORK),), (), ()
    yield "receipt/r1", (Received(receipt="r1", node="dc", lines=(("MUG", 9), ("CUP", 4))),), (), ()
    yield "receipt/r2", (Received(receipt="r2", node="Köln", lines=(("MUG", 3),)),), (), ()
    held = Claim(id="b1", place="dc", state="held", skus=("MUG",), due_at=1_700_000_900_000)
    lines = (ClaimLine("claim:b1", "MUG", 2),)
    yield "claim/b1", (Claimed(place="dc", state="held", lines=lines, claim=held),), (), ()
    ended = Claim(id="b1", revision=2, place="dc", state="held", skus=("MUG",))
    yield "claim/b1/expired", (Released(place="dc", state="held", lines=lines, claim=ended),), (), ()
    claims = (ClaimLine("line:o1/1", "MUG", 3), ClaimLine("line:o1/2", "CUP", 2))
    claimed = Claimed(place="pool:web", state="reserved", lines=claims)
    first = Allocated(
        pool="web", shipment=SHIPMENT, lines=(*_mugs(1), *cups), attempts=Attempts(order="o1", shipments=1)
    )
    other = Attempts(order="o1", revision=2, shipments=2)
    lives = (Life(node="Köln", ref="line:o1/1", until=740_010),)
    second = Allocated(pool="web", shipment=SECOND, lines=_mugs(2), attempts=other, lives=lives)
    because = (
        Reason(RoutingCode.SHIPS_PART, "dc", 3, 5, "6.20 EUR"),
        Reason(RoutingCode.SHIPS_PART, "Köln", 2, 5, "4.70 EUR"),
    )
    yield "order/o1/placed", (Placed(order=ORDER, lines=(*_mugs(3), *cups)), claimed, first, second), because, ()
    yield "o1/1/picked", (Picked(order="o1", shipment="o1/1", lines=(*_mugs(1), *cups)),), (), (("short", ()),)
    sent = Shipped(order="o1", node="dc", shipment="o1/1", lines=(*_mugs(1), *cups), tracking="1Z 漢字")
    yield "o1/1/shipped", (sent,), (), (("pieces", (("1", 1), ("2", 2))), ("tracking", None))
    yield "o1/1/delivered", (Delivered(order="o1", shipment="o1/1", lines=(*_mugs(1), *cups)),), (), (("pieces", None),)
    arrival = Arrival(shipment="o1/3", node="Köln", at=1_700_000_000_000)
    yield "o1/3/delivered", (Delivered(order="o1", shipment="o1/3", lines=(), arrival=arrival),), (), ()
    short = ShortPicked(pool="web", node="Köln", order="o1", shipment="o1/2", lines=_mugs(1), attempts=TRIED)
    yield "o1/2/picked", (short,), (Reason(LedgerCode.DISAGREES, "o1/2/picked", 1, 2, "pieces"),), (("exact", True),)
    doubt = Doubt(node="Köln", sku="MUG", heard=((RejectionReason.NOT_FOUND, 1_700_000_000_000),))
    gone = Rejected(
        pool="web",
        node="Köln",
        order="o1",
        shipment="o1/2",
        reason=RejectionReason.NOT_FOUND,
        lines=_mugs(1),
        attempts=TRIED,
        doubts=(doubt,),
    )
    yield "o1/2/rejected", (gone,), (), (("reason", "not_found"),)
    yield "o1/2/back", (Deallocated(pool="web", shipment=SECOND, lines=_mugs(1)),), (), (("order", "o1"),)
    yield "o1/more", (Amended(order="o1", added=_mugs(1)),), (Reason(InventoryCode.SHORT, "web", 0, None, "MUG"),), ()
    yield (
        "o1/less",
        (Amended(order="o1", removed=_mugs(1)), Canceled(order="o1", lines=_mugs(1), reason="too late")),
        (),
        (),
    )
    back = Returned(
        document=Return(id="v1", node="Köln", order="o1"), lines=(("1", "MUG", 1, "o1/1"),), blind=(("HAT", 1),)
    )
    yield "return/v1", (back,), (), ()
    yield "return/v1/restocked", (Restocked(id="v1", node="Köln", items=(("MUG", 1),)),), (), ()
    yield (
        "count/c1",
        (Adjusted(adjustment="c1", node="dc", sku="CUP", change=-1, reason='broken, "by hand"\n'),),
        (),
        (),
    )
    postings = (Posting(433, Chart.COST_OF_GOODS_SOLD.value, Chart.INVENTORY.value, "line:o1/1", "MUG"),)
    pieces = (ValuedMove("MUG", 1, "inventory", "MUG", "cost_of_goods_sold", "line:o1/1"),)
    yield "o1/1/shipped/posted", (Posted(currency="EUR", postings=postings, pieces=pieces),), (), ()
    card, listed = Tender(TenderKind.CARD), InvoiceList(order="o1", shipments=("o1/1",))
    paying = {"order": "o1", "tender": card, "currency": "EUR", "amount_minor": 999}
    for_us = MoneyMoved(
        step=Step.AUTHORIZED,
        order="o1",
        tender=card,
        currency="EUR",
        parts=((MoneyState.PAYER, 999),),
        authorization=Authorization(id="p1", expires_at=1_700_600_000_000, **paying),  # type: ignore[arg-type]
    )
    yield "payment/p1", (for_us,), (), ()
    disputed = MoneyMoved(
        step=Step.DISPUTED,
        order="o1",
        tender=card,
        currency="EUR",
        parts=((MoneyState.CAPTURED, 999),),
        dispute=Dispute(id="d1", reason="not received", **paying),  # type: ignore[arg-type]
    )
    yield "dispute/d1", (disputed,), (), ()
    vat = Component("VAT", "0.19", 839, 160, "DE")
    tax = TaxAnswer(document="o1/1", tax_date="2023-11-14", currency="EUR", lines=(TaxedLine("1", 839, (vat,)),))
    series = Series(registration="DE1", year="2023")
    paper = Invoice(id="o1/1", number=series.number, registration="DE1", shipment="o1/1", order="o1", tax=tax)
    yield "invoice/o1/1", (Issued(paper=paper, series=series, listed=listed),), (), ()
    told = Disagreed(entry="o1/1/picked", field="picked", known="(('1', 1),)", told="(('1', 2),)")
    yield "o1/1/picked/disagreed", (told,), (), ()


def _others() -> Iterator[tuple[str, tuple[Event, ...], tuple[Reason, ...], tuple[object, ...]]]:
    """Yield an entry for each kind that occurs nowhere above, the simplest that says something."""
    kinds = {type(event) for _, events, _, _ in _events() for event in events}
    for kind, cls in sorted(EVENTS.items()):
        if cls not in kinds:
            event = cast("Event", find(of(cls), _says_something))
            yield f"simplest/{kind}", (event,), (), ()


def _says_something(event: object) -> bool:
    return bool(event.movements() or event.documents())  # type: ignore[attr-defined]  # it is an event


def make() -> tuple[Entry, ...]:
    """Return a journal in which every kind occurs."""
    entries = []
    for number, (id, events, because, asked) in enumerate((*_events(), *_others())):
        at = 1_700_000_000_000 + number * 60_000
        told = {"cause": id.rpartition("/")[0], "source": "erp"} if number % 3 else {}
        entries.append(record(id, events, now=at, occurred_at=at - number, because=because, asked=asked, **told))
    return tuple(entries)


def lines(version: str = "0.2") -> tuple[bytes, ...]:
    """Return the bytes of the entries that a version wrote."""
    content = (FOLDER / f"journal-{version}.json").read_bytes()
    return tuple([line.rstrip(b",") for line in content.splitlines()[1:-1]])


def read(version: str = "0.2") -> tuple[Entry, ...]:
    """Return the entries that a version wrote."""
    return tuple([decode(line) for line in lines(version)])


def versions() -> list[str]:
    """Return every version whose journal we keep."""
    return sorted(path.stem.removeprefix("journal-") for path in FOLDER.glob("journal-*.json"))


def write(version: str) -> None:
    """Write the journal, the state that it leaves, and all reason codes. Raises `FileExistsError`: it was promised."""
    if version in versions():
        raise FileExistsError(version)
    journal = make()
    state = Ledger.replay(Recorded(*pair) for pair in enumerate(journal, start=1)).snapshot()
    codes = sorted(code.value for table in REASONS for code in table)
    contents = {
        "journal": b"[\n" + b",\n".join([canonical(entry) for entry in journal]) + b"\n]\n",
        "state": Codec().encode(state) + b"\n",
        "reasons": b"[\n" + b",\n".join([f'"{code}"'.encode() for code in codes]) + b"\n]\n",
    }
    for name, content in contents.items():
        with (FOLDER / f"{name}-{version}.json").open("xb") as file:
            file.write(content)


if __name__ == "__main__":
    write(sys.argv[1])
