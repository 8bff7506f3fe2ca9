"""Strategies for every kind of record: what a class says of its fields, and what else it insists on."""

import unicodedata
from collections.abc import Mapping
from enum import Enum
from types import NoneType, UnionType
from typing import ClassVar, TypeVar, cast, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from unicommerce.bundles import Recipe
from unicommerce.catalog import Calendar, Network, Node, NodeKind, Pool
from unicommerce.codec import DOCUMENTS, EVENTS, REASONS
from unicommerce.counts import APART, REGRADES, SCOPES, Count, Counted, CountLine, Reconciled, Regraded
from unicommerce.inventory import Adjusted, Claim
from unicommerce.invoices import Invoice, PaperKind, Pieces
from unicommerce.ledger import Account, Document, Entry, Event, Movement, Reason, Snapshot
from unicommerce.marketplaces import ASK_MOVES, Answered, AskState, MarketOrder, Relayed
from unicommerce.orders import Order, OrderLine
from unicommerce.payments import STEPS, MoneyMoved, Step, Tender, TenderKind
from unicommerce.supply import Inbound
from unicommerce.tax import Component, TaxAnswer, TaxedLine
from unicommerce.tills import BroughtBack, SaleLine
from unicommerce.values import LARGEST, Position, Unit

T = TypeVar("T")
Strategy = st.SearchStrategy[object]

IDS = st.text("abcXYZ019-_. äß€漢", min_size=1, max_size=8).map("i{}d".format)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12).map(
    lambda text: unicodedata.normalize("NFC", text)
)
SMALL = st.integers(1, 1_000_000)
FREE_TEXT = {"reason", "tracking", "known", "told", "field"}


def of(shape: object) -> Strategy:
    """Return a strategy for a shape: a class has its own, or one made of those of its fields."""
    if (own := OWN.get(shape)) is not None:
        return own
    origin, args = get_origin(shape), get_args(shape)
    if origin is UnionType:
        return st.one_of([of(arg) for arg in args])
    if origin is tuple:
        return st.lists(of(args[0]), max_size=3).map(tuple) if args[-1] is ... else st.tuples(*map(of, args))
    assert isinstance(shape, type)
    if issubclass(shape, Enum):
        return st.sampled_from(shape)
    hints = [(name, hint) for name, hint in get_type_hints(shape).items() if get_origin(hint) is not ClassVar]
    fields = {name: TEXTS if name in FREE_TEXT and hint is str else of(hint) for name, hint in hints}
    return st.builds(shape, **fields)


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """Draw a network whose ids are its own."""
    ids = draw(st.lists(st.text("abc", min_size=1, max_size=3).map("n{}".format), min_size=1, max_size=4, unique=True))
    calendars = [Calendar(), Calendar(zone="Asia/Kolkata", days=(7,), closed=("2026-12-25",))]
    nodes = [
        Node(
            id=id,
            position=Position(draw(SMALL), -draw(SMALL)),
            kind=draw(st.sampled_from(NodeKind)),
            calendar=draw(st.sampled_from(calendars)),
            daily_capacity=draw(st.none() | SMALL),
            is_open=draw(st.booleans()),
            rank=draw(SMALL),
        )
        for id in ids
    ]
    reach = draw(st.lists(st.sets(st.sampled_from(ids), min_size=1), max_size=3))
    pools = tuple([Pool(id=f"p{i}", nodes=tuple(sorted(own))) for i, own in enumerate(reach)])
    return Network(revision=draw(SMALL), nodes=tuple(nodes), pools=pools)


def _order_lines(prices: Mapping[str, int]) -> tuple[OrderLine, ...]:
    return tuple([OrderLine(id=line, sku=f"SKU {price}", price_minor=price) for line, price in prices.items()])


LINES = st.lists(st.tuples(IDS, SMALL), max_size=3).map(tuple)
"""Pieces by SKU."""

SCOPE = st.sampled_from(SCOPES)
APARTS = st.lists(st.tuples(st.sampled_from(APART), SMALL), max_size=2).map(tuple)
COUNTED_LINES = st.builds(
    lambda sku, more, apart: CountLine(sku, more + sum(pieces for _, pieces in apart), apart), IDS, SMALL, APARTS
)
CHANGES = st.integers(-9, 9).filter(bool)
PAIRS = [(source, target) for source, targets in REGRADES.items() for target in targets]


def _regraded(pair: tuple[str, str], regrade: str, node: str, lines: tuple[tuple[str, int], ...]) -> Regraded:
    source, target = pair
    return Regraded(regrade=regrade, node=node, lines=lines, source=source, target=target)


MARKET_ORDERS = st.builds(
    MarketOrder,
    order=IDS,
    revision=SMALL,
    market=IDS,
    placed_at=SMALL,
    number=st.just("") | IDS,
    lines=st.lists(st.tuples(IDS, IDS), max_size=2).map(tuple),
    acknowledge_by=st.none() | SMALL,
    ship_by=st.none() | SMALL,
    deliver_by=st.none() | SMALL,
    assumed=st.just(()) | st.just(("ship_by",)),
)
ANSWERS = [(source, target) for source, targets in ASK_MOVES.items() for target in targets if source != AskState.ASKED]

ACCOUNTS = st.builds(Account, IDS, IDS, *[st.just("") | IDS] * 3)
UNITS = IDS.map(Unit)
MOVEMENTS = st.builds(Movement, SMALL, UNITS, ACCOUNTS, ACCOUNTS).filter(lambda move: move.source != move.target)
NUMBERS = st.integers(-(2**63), 2**63 - 1)
DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9)

TENDERS = st.builds(Tender, st.sampled_from(TenderKind), st.just("") | IDS)


def _moved(step: Step, order: str, tender: Tender, amounts: list[int]) -> MoneyMoved:
    left, _ = STEPS[step]
    parts = tuple(zip(left, amounts, strict=False))
    return MoneyMoved(step=step, order=order, tender=tender, currency="USD", parts=parts)


COMPONENTS = st.tuples(IDS, st.sampled_from(["0.19", "0"]), SMALL, SMALL).map(lambda row: Component(*row))
TAXED = st.tuples(IDS, SMALL, st.lists(COMPONENTS, max_size=2).map(tuple)).map(lambda row: TaxedLine(*row))


def _taxed(document: str, currency: str, lines: list[TaxedLine], *, provisional: bool) -> TaxAnswer:
    return TaxAnswer(
        document=document, tax_date="2026-11-23", currency=currency, lines=tuple(lines), provisional=provisional
    )


ANSWERS_OF_TAX = st.builds(
    _taxed, IDS, IDS, st.lists(TAXED, max_size=2, unique_by=lambda line: line.id), provisional=st.booleans()
)


def _paper(role: PaperKind, id: str, tax: TaxAnswer, pieces: list[Pieces], notes: list[str]) -> Invoice:
    return Invoice(
        id=id,
        role=role,
        number=f"R-{id}",
        registration="DE1",
        shipment=f"{id}/1",
        order=id,
        of="" if role is PaperKind.INVOICE else "R-1",
        tax=tax,
        pieces=tuple(pieces),
        notes=tuple(notes),
    )


PAPERS = st.builds(
    _paper,
    st.sampled_from(PaperKind),
    IDS,
    ANSWERS_OF_TAX,
    st.lists(st.builds(Pieces, IDS, SMALL, SMALL, SMALL, SMALL), max_size=2),
    st.lists(IDS, max_size=2),
)


OWN: Mapping[object, Strategy] = {
    TaxAnswer: ANSWERS_OF_TAX,
    Invoice: PAPERS,
    str: IDS,
    Unit: IDS,
    int: SMALL,
    bool: st.booleans(),
    NoneType: st.none(),
    Network: networks(),
    Adjusted: st.builds(Adjusted, adjustment=IDS, node=IDS, sku=IDS, change=CHANGES, reason=TEXTS),
    Count: st.builds(
        lambda node, line, as_of, of: Count(
            node=node, sku=line.sku, revision=as_of, quantity=line.quantity, apart=() if of else line.apart, of=of
        ),
        IDS,
        COUNTED_LINES,
        SMALL,
        SCOPE,
    ),
    Counted: st.builds(
        lambda count, node, as_of, lines, of: Counted(
            count=count,
            node=node,
            as_of=as_of,
            lines=tuple([line._replace(apart=()) if of else line for line in lines]),
            of=of,
        ),
        IDS,
        IDS,
        SMALL,
        st.lists(COUNTED_LINES, max_size=3),
        SCOPE,
    ),
    Reconciled: st.builds(
        Reconciled, node=IDS, sku=IDS, change=CHANGES, as_of=SMALL, state=st.sampled_from(("sellable", *APART))
    ),
    Recipe: st.builds(
        Recipe,
        node=IDS,
        bundle=IDS.map("set of {}".format),
        quantity=SMALL,
        components=st.lists(st.tuples(IDS, SMALL), min_size=1, max_size=3).map(tuple),
    ),
    Regraded: st.builds(_regraded, st.sampled_from(PAIRS), IDS, IDS, LINES),
    SaleLine: st.builds(SaleLine, IDS, SMALL, st.sampled_from(["reserved", "quarantine", "sellable"])),
    BroughtBack: st.builds(
        BroughtBack,
        id=IDS,
        sale=st.just("") | IDS,
        node=IDS,
        state=st.sampled_from(["sellable", "damaged", "quarantine"]),
        lines=LINES,
    ),
    Inbound: st.builds(
        Inbound,
        id=IDS,
        version=SMALL,
        node=IDS,
        expected_at=st.integers(-LARGEST, LARGEST),
        skus=st.lists(IDS, max_size=3).map(tuple),
        source=st.just("") | IDS.map("from {}".format),
        is_closed=st.booleans(),
        is_checked=st.booleans(),
    ),
    Claim: st.builds(
        Claim,
        id=IDS,
        revision=SMALL,
        place=IDS,
        state=st.sampled_from(["held", "reserved"]),
        skus=st.lists(IDS, min_size=1, max_size=3).map(tuple),
        due_at=st.none() | SMALL,
    ),
    MoneyMoved: st.builds(_moved, st.sampled_from(Step), IDS, TENDERS, st.lists(SMALL, max_size=3)),
    MarketOrder: MARKET_ORDERS,
    Relayed: st.builds(Relayed, document=MARKET_ORDERS, lines=LINES),
    Answered: st.builds(lambda line, q, pair: Answered(line, q, *pair), IDS, SMALL, st.sampled_from(ANSWERS)),
    Order: st.builds(
        Order,
        id=IDS,
        revision=SMALL,
        pool=IDS,
        lines=st.dictionaries(IDS, SMALL, min_size=1, max_size=3).map(_order_lines),
        destination=st.builds(Position, st.integers(-90, 90), st.integers(-180, 180)),
        placed_at=st.integers(-LARGEST, LARGEST),
        channel=st.just("") | IDS,
        customer=st.just("") | IDS,
    ),
}

KINDS: Mapping[str, Strategy] = {kind: of(shape) for kind, shape in (*EVENTS.items(), *DOCUMENTS.items())}
EVENT = cast("st.SearchStrategy[Event]", st.one_of([KINDS[kind] for kind in EVENTS]))
DOCUMENT = cast("st.SearchStrategy[Document]", st.one_of([KINDS[kind] for kind in DOCUMENTS]))
FOUND = st.none() | NUMBERS | TEXTS
REASON = st.builds(Reason, st.sampled_from([code for table in REASONS for code in table]), TEXTS, FOUND, FOUND, TEXTS)
ASKED = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS | DECIMALS | EVENT | DOCUMENT,
    lambda inner: st.lists(inner, max_size=3).map(tuple),
    max_leaves=6,
)


def tuples(each: st.SearchStrategy[T], least: int = 0) -> st.SearchStrategy[tuple[T, ...]]:
    """Return a strategy for short tuples."""
    return st.lists(each, min_size=least, max_size=3).map(tuple)


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    """Draw an entry of anything."""
    return Entry(
        id=draw(IDS),
        recorded_at=draw(NUMBERS),
        occurred_at=draw(NUMBERS),
        events=draw(tuples(EVENT, 1)),
        movements=draw(tuples(MOVEMENTS)),
        documents=draw(tuples(DOCUMENT)),
        because=draw(tuples(REASON)),
        asked=draw(tuples(ASKED)),
        cause=draw(TEXTS),
        source=draw(TEXTS),
    )


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    """Draw a snapshot of anything."""
    books = st.dictionaries(UNITS, st.dictionaries(ACCOUNTS, NUMBERS, max_size=3), max_size=3)
    return Snapshot(
        position=draw(SMALL),
        balances=draw(books),
        parts=draw(books),
        moves=draw(st.dictionaries(UNITS, tuples(st.tuples(SMALL, IDS, NUMBERS)), max_size=3)),
        documents=tuple(draw(st.lists(DOCUMENT, max_size=3, unique_by=lambda document: document.key))),
        ids=draw(st.frozensets(IDS, max_size=3)),
    )


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6) | st.sampled_from(sorted(KINDS)),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4) | st.just("kind"), inner, max_size=3)
    ),
    max_leaves=8,
)
"""Whatever JSON can say, and what it can not."""
