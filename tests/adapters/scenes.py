"""A shop in which the payloads of a marketplace play a story, and all that can be asserted of how it ended.

An outcome has where each piece stands, what the marketplace was told and hears back, what stock and claims there are,
what was to be paid, and what was said that did not fit. So a value of a payload that a story does not rest on is not
missed by chance: `test_a_field_that_counts_is_missed` takes away one after the other.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from examples.channels.marketplace import messages
from unicommerce.catalog import Calendar, Catalog, Channel, Network, Node, NodeKind, Pool
from unicommerce.commerce import Commerce
from unicommerce.fulfillment import FulfillmentPolicy
from unicommerce.intake import Intake, Step, take
from unicommerce.inventory import GoodsState, availability, goods, on_hand, received
from unicommerce.ledger import Accepted, Account, Decision, Entry, Event, Ledger, Memory, Telling
from unicommerce.marketplaces import MarketOrder, MarketPolicy, center, market_order_key, said_of
from unicommerce.orders import Order, order_key, order_status
from unicommerce.ports import Address, Message, Paper, Port, SalesOrder
from unicommerce.supply import BackorderPolicy, Short
from unicommerce.values import Position

EVERY_DAY = Calendar(days=(1, 2, 3, 4, 5, 6, 7))
NETWORK = Network(
    nodes=(
        Node(id="dc", position=Position.of(47.6, -122.3), kind=NodeKind.WAREHOUSE, calendar=EVERY_DAY),
        Node(id="store", position=Position.of(47.7, -122.2), calendar=EVERY_DAY, handling_minutes=60),
        center("fba", Position.of(39.5, -119.8)),
    ),
    pools=(Pool(id="web", nodes=("dc",)), Pool(id="stores", nodes=("store",)), Pool(id="centers", nodes=("fba",))),
)
CATALOG = Catalog(network=NETWORK, channels=(Channel(id="market", pool="web"), Channel(id="square", pool="stores")))
IN_PART = FulfillmentPolicy(backorders=BackorderPolicy(when_short=Short.PARTIAL))
"""What there is of an order is taken, and the rest is answered with a no."""


class Bill(NamedTuple):
    """What an order costs, and where it goes how: a host needs it for payments and labels, no room keeps it yet."""

    total_minor: int | None
    beside_minor: tuple[int, ...]
    lines_minor: tuple[tuple[int, int], ...]
    address: Address
    service: str

    @classmethod
    def of(cls, order: SalesOrder) -> "Bill":
        """Return the bill of an order."""
        beside = (order.tax_minor, order.shipping_minor, order.fees_minor, order.discount_minor)
        lines = tuple([(line.discount_minor, line.tax_minor) for line in order.lines])
        return cls(order.total_minor, beside, lines, order.destination, order.service)


class Outcome(NamedTuple):
    """How a story ended: of each order and SKU that it is about, and of all that was said."""

    lines: Mapping[str, object]
    told: Mapping[str, object]
    orders: tuple[tuple[Order | None, MarketOrder | None], ...]
    stock: Mapping[str, Mapping[str, tuple[int, int]]]
    can_be_sold: Mapping[str, Mapping[str, int]]
    bills: tuple[Bill, ...]
    left: tuple[Paper, ...]
    sent: tuple[tuple[str, str], ...]
    reasons: tuple[str, ...]
    recorded: tuple[tuple[str, int, tuple[Event, ...]], ...]


class Scene:
    """A shop, a marketplace's port, and a clock that is set by hand."""

    def __init__(self, port: Port, intake: Intake, *, now: int, stock: Mapping[str, Mapping[str, int]]) -> None:
        self.port, self.intake, self.now = port, intake, now
        self.store = Memory()
        self.shop = Commerce(CATALOG, store=self.store)
        self.bills: list[Bill] = []
        self.left: list[Paper] = []
        self.answers: list[Decision] = []
        for node, quantities in stock.items():
            self.shop.tell(received(f"opening {node}", node=node, quantities=quantities), now=now)
        self._opening = len(self.journal())

    @property
    def ledger(self) -> Ledger:
        """Return what is on record."""
        return self.store.ledger

    def journal(self) -> list[Entry]:
        """Return all entries."""
        return [recorded.entry for recorded in self.ledger.since(0, 1_000_000)]

    def hear(self, message: Message) -> list[Decision]:
        """Take a message as a host does, and remember what it said that no room takes."""
        reading = self.port.read(message)
        for paper in reading.papers:
            if isinstance(paper, SalesOrder):
                self.bills.append(Bill.of(paper))
        taken = take(reading, self.intake)
        self.left += taken.left
        return [self.do(step) for step in taken.steps]

    def do(self, step: Step) -> Decision:
        """Tell or ask, and remember the answer."""
        is_told = isinstance(step, Telling)
        answer = self.shop.tell(step, now=self.now) if is_told else self.shop.ask(step, now=self.now)  # type: ignore[arg-type]
        self.answers.append(answer)
        return answer

    def outcome(self, orders: Iterable[str], skus: Iterable[str]) -> Outcome:
        """Return how it ended."""
        skus = tuple(skus)
        state, see = self.ledger, self.shop.see
        statuses = {order: see(order_status(order)) for order in orders}
        pairs = [(state.document(order_key(order)), state.document(market_order_key(order))) for order in statuses]
        said = {order: see(said_of(order)) for order in statuses}
        stock = {node.id: {sku: self._stock(node.id, sku) for sku in skus} for node in NETWORK.nodes}
        return Outcome(
            lines={order: status and {line: dict(held) for line, held in status.lines.items()}
                   for order, status in statuses.items()},
            told={order: found and {line: dict(held) for line, held in found.items()} for order, found in said.items()},
            orders=tuple(pairs),
            stock=stock,
            can_be_sold={sku: dict(see(availability(sku)).pools) for sku in skus},
            bills=tuple(self.bills),
            left=tuple(self.left),
            sent=tuple([(each.topic, each.body) for each in self.sent()]),
            reasons=tuple([reason.code.value for answer in self.answers for reason in answer.because]),
            recorded=tuple([(entry.id, entry.occurred_at, entry.events) for entry in self.journal()[self._opening :]]),
        )  # fmt: skip

    def sent(self) -> list[Message]:
        """Return what the marketplace hears back, in the journal's order."""
        return [message for entry in self.journal() for message in messages(self.ledger, self.port, entry)]

    def _stock(self, node: str, sku: str) -> tuple[int, int]:
        """Return what is on hand of a SKU at a node, and how much of it is claimed."""
        reserved = self.ledger.balance(goods(sku), (Account(node, GoodsState.RESERVED),))
        return on_hand(self.ledger, node=node, sku=sku), reserved


def accepted(decisions: Iterable[Decision]) -> list[bool]:
    """Tell which of these were accepted."""
    return [isinstance(each, Accepted) for each in decisions]


def intake_of(market: str, *, channel: str, pool: str, pools: Mapping[str, str] = {}, **how: object) -> Intake:
    """Return what a host knows of a marketplace."""
    policy = how.get("policy", IN_PART)
    rules = how.get("rules", MarketPolicy())
    assert isinstance(policy, FulfillmentPolicy)
    assert isinstance(rules, MarketPolicy)
    return Intake(
        channel=channel,
        pool=pool,
        pools=pools,
        market=market,
        service="express",
        nodes={"RNO1": "fba", "EXSB": "fba", "057P5VYJ4A5X1": "store"},
        centers=("fba",),
        locate=lambda _address: Position.of(47.6, -122.3),
        policy=policy,
        rules=rules,
    )
