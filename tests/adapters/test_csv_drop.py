"""Files of the old world become papers and files again; what is wrong in one is named by its line and column."""

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples.adapters.csv_drop import CsvDrop, Dialect, Table
from tests.adapters.cases import read
from unicommerce.catalog import Catalog, Network, Node, Pool
from unicommerce.commerce import Commerce
from unicommerce.errors import InvalidValue
from unicommerce.fulfillment import FulfillmentPolicy
from unicommerce.intake import Intake, take
from unicommerce.inventory import GoodsState
from unicommerce.ledger import Accepted, Account, Request
from unicommerce.orders import LineState, line_unit, standing
from unicommerce.ports import (
    Address,
    Delivery,
    Dispatch,
    Item,
    Line,
    Message,
    Paper,
    Reading,
    Receipt,
    SalesOrder,
    StockCount,
)
from unicommerce.values import Position, Unit

NOON = 1_795_777_200_000
"""The 27th of November 2026, noon by the clock of Vienna."""
TABLES = {
    "orders": Table(
        form="sales_order",
        columns={
            "Auftrag": "id",
            "Datum": "placed_at",
            "Pos": "line.id",
            "Artikel": "line.sku",
            "Menge": "line.quantity",
            "Preis": "line.price_minor",
            "Rabatt": "line.discount_minor",
            "MwSt": "line.tax_minor",
            "Fracht": "shipping_minor",
            "Summe": "total_minor",
            "Brutto": "includes_tax",
            "PLZ": "destination.postal_code",
            "Land": "destination.country",
        },
        left=("Kunde",),
        given={"currency": "EUR"},
    ),
    "counts": Table(
        form="stock_count",
        columns={"Lager": "node", "Stichtag": "as_of", "Artikel": "item.sku", "Bestand": "item.quantity"},
    ),
    "receipts": Table(
        form="receipt",
        columns={
            "Beleg": "id",
            "Bestellung": "inbound",
            "Gebucht": "occurred_at",
            "Artikel": "item.sku",
            "Menge": "item.quantity",
        },
        given={"node": "wien"},
    ),
    "dispatches": Table(
        form="dispatch",
        columns={
            "Lieferschein": "id",
            "Auftrag": "order",
            "Versandt": "occurred_at",
            "Frächter": "carrier",
            "Sendung": "tracking",
            "Pos": "item.line",
            "Artikel": "item.sku",
            "Menge": "item.quantity",
        },
    ),
}
GERMAN = Dialect(
    separator=";", decimal=",", moments="DD.MM.YYYY hh:mm", offset="+01:00", yes="ja", no="nein", has_mark=True
)
DROP = CsvDrop("erp", TABLES, GERMAN)

ORDERS = """\ufeffAuftrag;Kunde;Datum;Pos;Artikel;Menge;Preis;Rabatt;MwSt;Fracht;Summe;Brutto;PLZ;Land;Notiz\r
A-1;"Huber; Anna";27.11.2026 12:00;10;TASSE;2;12,50;1,00;4,00;4,90;40,90;ja;1010;AT;\r
A-2;Wimmer;27.11.2026 12:01;10;TASSE;1;12,50;;;;12,50;nein;4020;AT;"bitte
läuten"\r
A-1;"Huber; Anna";27.11.2026 12:00;20;"TELLER ""BLAU"" M";3;4,00;;;4,90;40,90;ja;1010;AT;\r
"""
COUNTS = """Lager;Stichtag;Artikel;Bestand
wien;27.11.2026 12:00;TASSE;12
wien;27.11.2026 12:00;TELLER;0
linz;27.11.2026 12:00;TASSE;3
"""
RECEIPTS = """Beleg;Bestellung;Gebucht;Artikel;Menge
WE-7;B-1;27.11.2026 12:00;TASSE;20
WE-7;B-1;27.11.2026 12:00;TELLER;10
"""
DISPATCHES = """Lieferschein;Auftrag;Versandt;Frächter;Sendung;Pos;Artikel;Menge
L-1;A-1;27.11.2026 12:00;Post;T1 T2;10;TASSE;2
L-2;A-2;;;;;;
"""
FILES = {"orders": ORDERS, "counts": COUNTS, "receipts": RECEIPTS, "dispatches": DISPATCHES}
ORDER = SalesOrder(
    id="A-1",
    placed_at=NOON,
    currency="EUR",
    lines=(Line("10", "TASSE", 2, 1_250, 100, 400), Line("20", 'TELLER "BLAU" M', 3, 400)),
    shipping_minor=490,
    total_minor=4_090,
    includes_tax=True,
    destination=Address("AT", "", "1010", ""),
)
PAPERS: dict[str, tuple[Paper, ...]] = {
    "orders": (
        ORDER,
        SalesOrder(
            id="A-2",
            placed_at=NOON + 60_000,
            currency="EUR",
            lines=(Line("10", "TASSE", 1, 1_250),),
            total_minor=1_250,
            destination=Address("AT", "", "4020", ""),
        ),
    ),
    "counts": (
        StockCount(id=f"wien/{NOON}", node="wien", items=(Item("TASSE", 12), Item("TELLER", 0)), as_of=NOON),
        StockCount(id=f"linz/{NOON}", node="linz", items=(Item("TASSE", 3),), as_of=NOON),
    ),
    "receipts": (
        Receipt(
            id="WE-7",
            node="wien",
            inbound="B-1",
            items=(Item("TASSE", 20), Item("TELLER", 10)),
            occurred_at=NOON,
        ),
    ),
    "dispatches": (
        Dispatch(
            id="L-1",
            order="A-1",
            items=(Item("TASSE", 2, "10"),),
            carrier="Post",
            tracking=("T1", "T2"),
            occurred_at=NOON,
        ),
        Dispatch(id="L-2", order="A-2"),
    ),
}
UNREAD = {"orders": [("line 3.Notiz", "bitte\nläuten")]}


@pytest.mark.parametrize("topic", FILES)
def test_a_file_becomes_these_papers(topic: str) -> None:
    """Every column is read, left by name, or listed with its line; a customer's name is left."""
    reading = DROP.read(Message(topic, FILES[topic]))

    assert reading.papers == PAPERS[topic]
    assert list(reading.unread) == UNREAD.get(topic, [])


@pytest.mark.parametrize(
    ("topic", "number"), [(topic, n) for topic, papers in PAPERS.items() for n in range(len(papers))]
)
def test_what_is_written_is_read_again(topic: str, number: int) -> None:
    """To the cent and the minute, with the mark and the signs that were declared."""
    paper = PAPERS[topic][number]
    message = DROP.write(paper)

    assert (message.topic, message.body[0]) == (topic, "\ufeff")
    assert DROP.read(message) == Reading(papers=(paper,))


WORDS = st.text(st.sampled_from('aZ9 ;,"\r\n|\tß.='), max_size=6)
NAMES = st.sampled_from(("a", "b;c", 'd "e"', "f,g", "1,5", "=1", "größe"))
DIALECTS = st.builds(
    Dialect,
    separator=st.sampled_from((",", ";", "\t", "|")),
    decimal=st.sampled_from((".", ",")),
    moments=st.sampled_from(("YYYY-MM-DDThh:mm:ssZZ", "DD.MM.YYYY hh:mm:ss", "YYYYMMDDhhmmss", "ss;mm;hh,DD/MM/YYYY")),
    offset=st.sampled_from(("Z", "+01:00", "-05:30")),
    has_mark=st.booleans(),
)
AMOUNTS = st.integers(-(10**9), 10**9)
LINES = st.tuples(NAMES, NAMES, st.integers(0, 10**9), AMOUNTS, AMOUNTS, AMOUNTS).map(lambda drawn: Line(*drawn))
ORDERED = st.builds(
    SalesOrder,
    id=NAMES,
    placed_at=st.integers(-(10**9), 10**10).map(lambda second: second * 1_000),
    currency=st.sampled_from(("USD", "JPY", "KWD")),
    lines=st.lists(LINES, min_size=1, max_size=4, unique_by=lambda line: line.id).map(tuple),
    number=WORDS,
    shipping_minor=AMOUNTS,
    total_minor=st.none() | AMOUNTS,
    includes_tax=st.booleans(),
    destination=st.builds(Address, WORDS, WORDS, WORDS, WORDS),
)
FIELDS = (
    *("id", "placed_at", "currency", "number", "shipping_minor", "total_minor", "includes_tax"),
    *("destination.country", "destination.region", "destination.postal_code", "destination.city"),
    *("line.id", "line.sku", "line.quantity", "line.price_minor", "line.discount_minor", "line.tax_minor"),
)


@given(ORDERED, DIALECTS)
def test_an_order_comes_back_as_it_went_in_every_dialect(order: SalesOrder, dialect: Dialect) -> None:
    """Separators, quotes and line ends in its texts, amounts below zero, currencies of all kinds of decimals."""
    drop = CsvDrop("any", {"orders": Table(form="sales_order", columns={f"={f};": f for f in FIELDS})}, dialect)

    assert drop.read(drop.write(order)) == Reading(papers=(order,))


@given(st.sampled_from(tuple(FILES)), st.lists(st.tuples(st.integers(0, 400), WORDS), min_size=1, max_size=3))
def test_any_text_is_read_or_refused_by_name(topic: str, changes: list[tuple[int, str]]) -> None:
    """Whatever stands in a file: a reading, or the name of what is wrong."""
    body = FILES[topic]
    for at, word in changes:
        body = f"{body[:at]}{word}{body[at + 1 :]}"

    assert read(DROP, Message(topic, body)) != ""


def test_every_cell_counts() -> None:
    """Without it a file is read as something else, or not at all; but for what is left, and a no, which none is too."""
    idle = []
    for topic, file in FILES.items():
        whole = DROP.read(Message(topic, file)).papers
        header, *rows = [line.split(";") for line in file.replace("Huber; Anna", "Huber Anna").splitlines()]
        for i, row in enumerate(rows):
            for j, cell in enumerate(row):
                less = [header, *rows[:i], [*row[:j], "", *row[j + 1 :]], *rows[i + 1 :]]
                found = read(DROP, Message(topic, "\n".join(map(";".join, less))))
                if cell and isinstance(found, Reading) and found.papers == whole:
                    idle.append((topic, i, header[j]))

    assert idle == [("orders", 0, "Kunde"), ("orders", 1, "Kunde"), ("orders", 1, "Brutto"), ("orders", 3, "Kunde")]


WRONG = [
    ("counts", "TELLER;0", "TELLER;0,5", "line 3.Bestand"),
    ("counts", "TELLER;0", "TELLER;-1", "line 3.Bestand"),
    ("counts", "TELLER;0", "TELLER;1.000", "line 3.Bestand"),
    ("counts", "TELLER;0", "TELLER;", "line 3.Bestand"),
    ("counts", "TELLER;0", "TELLER;٣", "line 3.Bestand"),
    ("counts", "TELLER;0", "TELLER", "line 3"),
    ("counts", "TELLER;0", '"TELLER;0', "line 3"),
    ("counts", "TELLER;0", " TELLER;0", "line 3.Artikel"),
    ("counts", "linz;27.11.2026", "linz;31.11.2026", "line 4.Stichtag"),
    ("counts", "linz;27.11.2026", "linz;11/27/2026", "line 4.Stichtag"),
    ("counts", "linz;", ";", "line 4.Lager"),
    ("counts", "Bestand", "Anzahl", "header"),
    ("counts", "12:00;TELLER", '12:00;"TELL"ER', "line 3"),
    ("counts", "Lager;", "Artikel;", "header"),
    ("counts", "Bestand", "Bestand;Bestand", "header"),
    ("counts", "Bestand", "Bestand;", "header"),
    ("counts", COUNTS, "", "header"),
    ("receipts", "TELLER;10", "TELLER;0", "line 3.Menge"),
    ("receipts", "B-1;27.11.2026 12:00;TELLER", "B-2;27.11.2026 12:00;TELLER", "line 3.Bestellung"),
    ("orders", "12:00;20;", "12:00;10;", "line 5.Pos"),
    ("orders", "4,00;;", "4,001;;", "line 5.Preis"),
    ("orders", "4,00;;", "4.00;;", "line 5.Preis"),
    ("orders", "40,90;ja;1010;AT;\r\nA-2", "40,91;ja;1010;AT;\r\nA-2", "line 5.Summe"),
    ("orders", "nein", "no", "line 3.Brutto"),
    ("orders", "A-2;Wimmer", ";Wimmer", "line 3.Auftrag"),
]


@pytest.mark.parametrize(("topic", "right", "wrong", "field"), WRONG)
def test_a_wrong_row_is_named_and_the_file_refused(topic: str, right: str, wrong: str, field: str) -> None:
    """By the line it starts in, also behind line ends in quotes, and by its column."""
    assert right in FILES[topic]
    assert read(DROP, Message(topic, FILES[topic].replace(right, wrong, 1))) == field


@pytest.mark.parametrize(
    ("paper", "field"),
    [
        (attrs.evolve(ORDER, currency="USD"), "sales_order.currency"),
        (attrs.evolve(ORDER, placed_at=NOON + 1_000), "sales_order.placed_at"),
        (attrs.evolve(ORDER, number="7"), "sales_order.number"),
        (attrs.evolve(ORDER, is_draft=True), "sales_order.is_draft"),
        (StockCount(id="count-1", node="wien", items=(Item("TASSE", 1),), as_of=NOON), "stock_count.id"),
        (Dispatch(id="d", short=(Item("TASSE", 1, "1"),)), "dispatch.short"),
        (Delivery(id="d"), "paper"),
    ],
)
def test_what_has_no_column_is_refused(paper: Paper, field: str) -> None:
    """By its name, and nothing is left out of a file."""
    with pytest.raises(InvalidValue) as refused:
        DROP.write(paper)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("table", "field"),
    [
        (Table(form="delivery", columns={"A": "id"}), "x.form"),
        (Table(form="receipt", columns={"A": "id", "B": "colour"}), "x.columns"),
        (Table(form="receipt", columns=TABLES["receipts"].columns, given={"node": "wien", "id": "1"}), "x.columns"),
        (Table(form="receipt", columns={"A": "id", "B": "node", "C": "item.sku"}), "x.columns"),
    ],
)
def test_a_wrong_table_is_refused_before_any_file_comes(table: Table, field: str) -> None:
    """A form that files have not, a field that its paper has not, twice, or one that it needs."""
    with pytest.raises(InvalidValue) as refused:
        CsvDrop("erp", {"x": table})
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"separator": "x"}, "dialect.separator"),
        ({"decimal": "'"}, "dialect.decimal"),
        ({"moments": "DD.MM."}, "dialect.moments"),
        ({"moments": "DD.MM.YYYY hh:mm:mm"}, "dialect.moments"),
    ],
)
def test_a_wrong_dialect_is_refused(wrong: dict[str, str], field: str) -> None:
    """Before any file comes."""
    with pytest.raises(InvalidValue) as refused:
        Dialect(**wrong)  # type: ignore[arg-type]  # texts, all of them
    assert refused.value.field == field


def test_a_file_that_is_too_long_and_one_of_another_kind_are_refused() -> None:
    """Without reading them."""
    assert read(DROP, Message("counts", "x" * (16 * 1024 * 1024 + 1))) == "file"
    assert read(DROP, Message("prices", COUNTS)) == "topic"


def test_a_day_of_files() -> None:
    """Goods come in, an order is placed, its pieces leave, somebody counts; each file may come twice."""
    network = Network(
        nodes=tuple([Node(id=id, position=Position(0, 0)) for id in ("wien", "linz")]),
        pools=(Pool(id="web", nodes=("wien", "linz")),),
    )
    shop = Commerce(Catalog(network=network))
    intake = Intake(pool="web", skus={'TELLER "BLAU" M': "TELLER"}, policy=FulfillmentPolicy(allocates_at_once=False))
    for topic in ("receipts", "orders", "orders", "counts", "receipts"):
        taken = take(DROP.read(Message(topic, FILES[topic])), intake)
        assert taken.left == ()
        for step in taken.steps:
            if isinstance(step, Request):
                assert isinstance(shop.ask(step, now=NOON), Accepted)
            else:
                shop.tell(step, now=NOON)

    account = (Account("wien", GoodsState.SELLABLE),)
    lines = [("A-1", "10"), ("A-1", "20"), ("A-2", "10")]
    assert shop.see(lambda state, _: state.balance(Unit("sku:TELLER"), account)) == 10
    assert shop.see(lambda state, _: [standing(state, line_unit(*line), LineState.OPEN) for line in lines]) == [2, 3, 1]
