"""The other side: systems that take letters, keep books, say what they did, and fail each in its own way.

A system knows a letter by its id and takes it once. Some it never takes as it is, at some it hangs; it is down for
hours or a day, its answers are lost, its clock is off. What it says goes over the wire of the world: late, twice,
overtaken, cut short, or under a known id another story.
"""

from collections.abc import Callable, Mapping
from functools import partial

from ...delivery import Delivered, Outcome, Rejected, Unavailable
from ...fulfillment import FulfillmentPolicy, Shipment, shipment_key
from ...intake import Intake, take
from ...ledger import Accepted, Telling
from ...orders import LineQuantity
from ...ports import (
    Cancellation,
    Delivery,
    Dispatch,
    Message,
    Offered,
    Paper,
    Payment,
    Reading,
    Receipt,
    Refund,
    SalesOrder,
    ShipNotice,
)
from ...values import DAY_MS, HOUR_MS, MINUTE_MS
from ..selling.parcels import Parcel, on_its_way
from ..stage import Stage
from .dialect import Dialect
from .record import Link

__all__ = ["Carrier", "Erp", "Market", "Payments", "Remote"]

OUTAGES = (20 * MINUTE_MS, 3 * HOUR_MS, 9 * HOUR_MS, 26 * HOUR_MS)
Arrive = Callable[[Stage, Message, str, Callable[[Stage], None]], None]


class Remote:
    """A system: what it has, what it says, how it fails.

    `intake` is what our host knows of it. `door` is where its messages arrive: with what is wrong about one, if
    anything is, and what to do once it is settled.
    """

    is_versioned = False
    """Whether the same letter may say something newer when it comes again."""

    def __init__(self, name: str, dialect: Dialect, intake: Intake = Intake(), channel: str = "") -> None:
        self.name = name
        self.dialect = dialect
        self.intake = intake
        self.link = Link(name, channel)
        self.door: Arrive = lambda _world, _message, _wrong, _settled: None
        self.down_until = 0
        self._skew: int | None = None
        self._rejects: dict[str, str] = {}
        self._hangs: dict[str, str] = {}

    # What it takes

    def weather(self, world: Stage) -> None:
        """Let it go down, or not."""
        if world.now >= self.down_until and world.chance.strikes("outage"):
            self.down_until = world.now + world.chance.stream(self.name).choice(OUTAGES)
            world.chance.reached["outage"] += 1
        self.link.disturbed_at = max(self.link.disturbed_at, min(self.down_until, world.now))

    def receive(self, world: Stage, message: Message) -> Outcome:
        """Take a letter, or answer why not."""
        link, chance, id, body = self.link, world.chance, message.id, message.body
        if world.now < self.down_until:
            return Unavailable("connection refused", self._retry_at(world))
        if id not in link.got:
            if chance.strikes("rejection"):
                self._rejects.setdefault(id, body)
                link.bad.add(id)
            elif chance.strikes("hang"):
                self._hangs.setdefault(id, body)
                link.bad.add(id)
            if self._rejects.get(id) == body:
                chance.reached["rejection"] += 1
                return Rejected("no such account")
            if self._hangs.get(id) == body:
                chance.reached["hang"] += 1
                return Unavailable("timed out")
            self.take(world, message)
        elif link.got[id].strip() != body.strip() and not self.is_versioned:
            link.wrong.append(f"{id} came to {self.name} again and says {body}, it said {link.got[id]}")
        if chance.strikes("lost_answer"):
            chance.reached["lost_answer"] += 1
            return Unavailable("timed out")
        return Delivered()

    def _retry_at(self, world: Stage) -> int | None:
        draw = world.chance.stream(self.name)
        return self.clock(world) + draw.randint(5, 60) * MINUTE_MS if draw.random() < 0.5 else None

    def clock(self, world: Stage) -> int:
        """Return what time it is there (ms UTC)."""
        if self._skew is None:
            strikes = world.chance.strikes("system_skew")
            self._skew = world.chance.between(self.name, -3 * HOUR_MS, 3 * HOUR_MS) if strikes else 0
            world.chance.reached["system_skew"] += strikes
        return world.now + self._skew

    def take(self, world: Stage, message: Message) -> None:
        """Put a letter on its own record."""
        self.link.arrived(message.id, message.body)
        for paper in self.dialect.hear(message).papers:
            self.book(world, paper)

    def repair(self, id: str) -> None:
        """Let people there do what a letter needed, so that it is taken as it is."""
        self._rejects.pop(id, None)
        self._hangs.pop(id, None)

    def book(self, world: Stage, paper: Paper) -> None:
        """Note what a paper says in its books, and do what is to be done."""

    # What it says

    def tell(self, world: Stage, paper: Paper, *, other: Paper | None = None) -> None:
        """Send a message until it arrives whole; `other` tells another story under its id, after it."""
        message = self.dialect.say(paper)._replace(id=f"{paper.form}/{self._id(paper)}", sent_at=self.clock(world))
        for step in take(Reading(papers=(paper,)), self.intake).steps:
            if isinstance(step, Telling):
                world.view.told.add(step.id)
        arrive = partial(self.door, world, message, "", partial(self._settled, paper, other))
        if world.chance.strikes("garbled"):
            cut = self._garbled(world, message)
            world.chance.reached["garbled"] += 1
            world.carry(lambda: self.door(world, cut, "garbled", lambda _world: None))
            world.later(world.chance.between("wire", HOUR_MS, 9 * HOUR_MS), lambda: world.carry(arrive))
        else:
            world.carry(arrive)

    def _garbled(self, world: Stage, message: Message) -> Message:
        kind = world.chance.between("wire", 0, 3)
        if kind == 0:
            return message._replace(topic="price_list")
        if kind == 1 and message.topic == Receipt.form:
            return message._replace(body=message.body.replace('"uom": ""', '"uom": "CASE"'))
        return message._replace(body=message.body[: len(message.body) // 2] if kind == 2 else "[" * 9)

    def _settled(self, _paper: Paper, other: Paper | None, world: Stage) -> None:
        if other is not None and world.chance.strikes("other_content"):
            message = self.dialect.say(other)._replace(id="other")
            delay = world.chance.between("wire", 1, DAY_MS)
            world.later(delay, lambda: self.door(world, message, "other_content", lambda _world: None))

    def _id(self, paper: Paper) -> str:
        return str(getattr(paper, "id", ""))

    def answered(self, world: Stage, paper: Paper, answer: object) -> None:
        """Hear what became of what it said."""

    def settle(self, world: Stage) -> None:
        """Stop to hang, once the world is quiet: a letter that waits alone is never given up."""
        if world.is_quiet:
            self._hangs.clear()


class Erp(Remote):
    """It has the books of orders and shipments, and says what came in."""

    is_versioned = True

    def __init__(self, name: str, dialect: Dialect) -> None:
        super().__init__(name, dialect)

    def book(self, _world: Stage, paper: Paper) -> None:
        """Take an order as it stands, add a shipment."""
        if isinstance(paper, SalesOrder):
            page = self.link.books.setdefault("orders", {})
            page.update({f"{paper.id}/{line.id}": line.quantity for line in paper.lines})
        elif isinstance(paper, ShipNotice):
            for item in paper.items:
                self.link.add("shipped", f"{paper.id} {item.line}", item.quantity)

    def came_in(self, world: Stage, paper: Receipt, other: Receipt, pieces: Mapping[str, int]) -> None:
        """Say that goods came in at a node."""
        for step in take(Reading(papers=(paper,)), self.intake).steps:
            world.happens(step.id, paper.node, pieces)
        self.tell(world, paper, other=other)


class Payments(Remote):
    """It captures and refunds, and says so later."""

    def book(self, world: Stage, paper: Paper) -> None:
        """Move money, once for each letter."""
        if isinstance(paper, Payment):
            self.link.add("captured", paper.id, paper.amount_minor)
        elif isinstance(paper, Refund):
            self.link.add("refunded", paper.id, paper.amount_minor)
        if isinstance(paper, Payment | Refund):
            delay = world.chance.stream(self.name).randint(MINUTE_MS, 2 * HOUR_MS)
            world.later(delay, lambda: self.tell(world, paper))


class Carrier(Remote):
    """It carries parcels, and says when they are delivered, by its own clock."""

    def book(self, world: Stage, paper: Paper) -> None:
        """Take a parcel on the way."""
        if isinstance(paper, Dispatch):
            for item in paper.items:
                self.link.add("carried", f"{paper.id} {item.line}", item.quantity)
            self._carry(world, paper, world.chance.stream(self.name).randint(20 * HOUR_MS, 3 * DAY_MS))

    def _carry(self, world: Stage, paper: Dispatch, way_ms: int) -> None:
        """Bring a parcel, or not; who sends to a store sees to that."""

        def arrive() -> None:
            self.tell(world, Delivery(id=paper.id, occurred_at=self.clock(world)))

        known = world.view.documents.get(shipment_key(paper.id))
        if not isinstance(known, Shipment) or not known.collect_at:
            lines = tuple([LineQuantity(item.line, item.sku, item.quantity) for item in paper.items])
            on_its_way(world, Parcel(paper.id, paper.order, lines, self.name, arrive), way_ms)
        elif paper.id not in world.fates:
            world.later(way_ms, arrive)


class Market(Remote):
    """A sales channel: customers order and cancel there, and it holds what it may sell, what was sent and canceled."""

    def __init__(self, name: str, dialect: Dialect, *, channel: str, pool: str, policy: FulfillmentPolicy) -> None:
        super().__init__(name, dialect, Intake(channel=channel, pool=pool, policy=policy), channel)

    def book(self, _world: Stage, paper: Paper) -> None:
        """Note what was sent, and what is not wanted any more."""
        if isinstance(paper, Dispatch):
            for item in paper.items:
                self.link.add("shipped", f"{paper.id} {item.line}", item.quantity)
        elif isinstance(paper, Cancellation):
            for item in paper.items:
                self.link.add("canceled", f"{paper.order}/{item.line}", item.quantity)

    def offer(self, world: Stage, message: Message) -> None:
        """Take an offer over an older version only."""
        for paper in self.dialect.hear(message).papers:
            if isinstance(paper, Offered):
                known, _ = world.view.listed.get((paper.channel, paper.sku), (0, 0))
                if world.wiring.is_newer(known, paper.version):
                    world.view.listed[paper.channel, paper.sku] = (paper.version, paper.quantity)
                    if paper.version < known:
                        self.link.wrong.append(f"{self.name} had version {known} of {paper.sku}, now {paper.version}")
                        world.look_at(self.link)
                elif known > paper.version:
                    world.chance.reached["an offer is overtaken"] += 1

    def answered(self, _world: Stage, paper: Paper, answer: object) -> None:
        """Note whether an order was taken; the first answer that it hears stands."""
        if isinstance(paper, SalesOrder):
            self.link.answers.setdefault(paper.id, isinstance(answer, Accepted))
