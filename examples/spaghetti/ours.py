"""The same quarter through unicommerce: a host that wires the same systems to the record, by its public API alone.

What comes in is told or asked; what follows from what is on record is a loop over the journal. Policies are ordinary.
"""

from collections.abc import Iterable, Mapping
from functools import partial

from unicommerce import (
    Accepted,
    Catalog,
    Commerce,
    FulfillmentPolicy,
    allocate,
    cancel,
    delivered,
    order_status,
    picked,
    place,
    received,
)
from unicommerce.counts import CountCode, concerned, reconcile
from unicommerce.feed import changes
from unicommerce.fulfillment import Allocated, Deallocated, Rejected, Shipped, ShortPicked, rejected
from unicommerce.inventory import on_hand
from unicommerce.ledger import Decision, Entry, Refused, Request, State, Telling, run
from unicommerce.orders import LineState, Placed
from unicommerce.relief import relieve
from unicommerce.returns import restock
from unicommerce.routing import RoutingPolicy
from unicommerce.supply import BackorderPolicy, Short
from unicommerce.tills import opened

from .channel import Channel
from .master import ORDINARY, SOLD, catalog, minute_of, ms, order_of, telling
from .places import CHANNELS, HOUR, HUB, LAG, PATIENCE, PLACES, SKUS, STORES, desk, desk_after, promised_by
from .stage import Fact, Job, Stage
from .wire import Wire
from .world import Visit

__all__ = ["Ours"]

NODE = "node"
"""The source of what nodes and carriers tell."""


class Ours:
    """A host of unicommerce, and the systems around it."""

    def __init__(self, stage: Stage, *, routing: RoutingPolicy = ORDINARY) -> None:
        self._stage = stage
        self._policy = FulfillmentPolicy(routing=routing)
        self._partly = FulfillmentPolicy(routing=routing, backorders=BackorderPolicy(when_short=Short.PARTIAL))
        self._wire = Wire(stage.world, stage, has_tickets=False)
        self._shop = Commerce(catalog())
        self._closed: set[str] = set()
        self._revision = 1
        self._position = 0
        self._is_reacting = False
        self._fed = dict.fromkeys(CHANNELS, 0)
        self._fresh: dict[str, list[Fact]] = {channel: [] for channel in CHANNELS}
        self._order_numbers: dict[str, int] = {}
        self._jobs: dict[str, Job] = {}
        self._dates: dict[str, dict[str, int]] = {}
        self._left: dict[str, Fact] = {}
        self._withdrawn: set[str] = set()
        self._open: dict[str, int] = {}
        self._unplaced: dict[str, tuple[Visit, int]] = {}
        for node, skus in stage.world.first_stock.items():
            self._tell(received(f"first-{node}", node=node, quantities=skus))
        for node in STORES:
            self._tell(opened(f"till-{node}", node=node))
        self.channels = {name: Channel(name, dict.fromkeys(SKUS, 0)) for name in CHANNELS}
        for name in CHANNELS:
            self.channels[name].load(self._offers(name)[0], stamp=0, known={}, upto=0)

    # The record

    def _ask(self, request: Request[Catalog], cause: str = "") -> Decision:
        answer = self._shop.ask(request, now=ms(self._stage.now), cause=cause)
        self._react()
        return answer

    def _tell(self, what: Telling[Catalog], source: str = "") -> None:
        self._shop.tell(what, now=ms(self._stage.now), source=source)
        self._react()

    def _react(self) -> None:
        """Do what follows from what is new on record, and from that."""
        if self._is_reacting:
            return
        self._is_reacting = True
        while records := run(self._shop.store.since(self._position, 100)):
            for self._position, entry in records:
                self._follow(entry)
        self._is_reacting = False

    def _follow(self, entry: Entry) -> None:
        if entry.source == NODE:
            self._settle(entry)
        again: dict[str, None] = {}
        for event in entry.events:
            match event:
                case Placed():
                    self._order_numbers[event.order.id] = len(self._order_numbers) + 1
                    self._open[event.order.id] = self._stage.now
                case Allocated():
                    self._instruct(event)
                case Deallocated():
                    self._withdraw(event, entry.id)
                    again[event.shipment.order] = None
                case ShortPicked() | Rejected():
                    again[event.order] = None
                case Shipped():
                    self._stage.customers.told(event.order, now=self._stage.now)
        for order in again:
            self._open.setdefault(order, self._stage.now)
            self._ask(allocate(order, id=entry.id, policy=self._policy), cause=entry.id)

    def _settle(self, entry: Entry) -> None:
        """Bring the book to the counts, and let claims give way where goods are gone from under them."""
        places = concerned(entry)
        for node, sku in places:
            answer = self._ask(reconcile(entry.id, node=node, sku=sku), cause=entry.id)
            if isinstance(answer, Refused) and answer.because[0].code == CountCode.TOO_FAR:
                self._approve(entry.id, node, sku)
        if places:
            self._ask(relieve(entry.id, {sku for _, sku in places}), cause=entry.id)

    def _approve(self, cause: str, node: str, sku: str) -> None:
        stage = self._stage
        stage.touch("approval", f"{node} {sku} {stage.now}")
        request = reconcile(f"{cause}/approved", node=node, sku=sku, accept=True)
        stage.later(desk_after(stage.now, HOUR), partial(self._ask, request))

    def _is_down(self) -> bool:
        return self._wire.up(HUB, self._stage.now) > self._stage.now

    # Orders

    def buy(self, visit: Visit) -> None:
        """Ask at checkout; where nobody can be asked, and on the marketplace, hear of the order later."""
        customers, now = self._stage.customers, self._stage.now
        if visit.channel == "market" or self._is_down() or self._wire.is_late(visit.id):
            self.channels[visit.channel].sold(visit)
            customers.taken(visit, promise=promised_by(visit.at), now=now)
            self._wire.send(visit.id, partial(self._hear, visit), source=visit.channel)
        elif isinstance(self._place(visit, visit.channel), Accepted):
            self.channels[visit.channel].sold(visit)
            customers.taken(visit, promise=self._date(visit.id) or promised_by(visit.at), now=now)
        else:
            customers.refused += 1

    def _place(self, visit: Visit, channel: str = SOLD, *, is_partly: bool = False) -> Decision:
        policy = self._partly if is_partly else self._policy
        return self._ask(place(order_of(visit, channel), dict(visit.wants), policy=policy))

    def _hear(self, visit: Visit) -> None:
        if visit.id not in self._unplaced and isinstance(self._place(visit), Refused):
            self._unplaced[visit.id] = visit, self._stage.now

    def _date(self, order: str) -> int | None:
        """Return by when all parcels of an order are promised, a minute of the world."""
        dates = self._dates.get(order, {})
        return max(dates.values()) if dates else None

    def _instruct(self, event: Allocated) -> None:
        shipment = event.shipment
        job = Job(shipment.id, shipment.order, shipment.node, {sku: n for sku, _, n in event.lines})
        self._dates.setdefault(shipment.order, {})[shipment.id] = minute_of(shipment.deliver_by)
        self._jobs[job.id] = job
        self._say(job.order)
        self._wire.send(f"job-{job.order}-{job.node}", partial(self._stage.instruct, job), target=job.node)

    def _withdraw(self, event: Deallocated, cause: str) -> None:
        job, pieces = self._jobs[event.shipment.id], {sku: n for sku, _, n in event.lines}
        key = f"withdraw-{job.id}-{cause}"

        def act() -> None:
            if key not in self._withdrawn:
                self._withdrawn.add(key)
                self._stage.withdraw(job, pieces)

        self._wire.send(key, act, target=job.node)

    def _say(self, order: str) -> None:
        """Tell a customer whose goods come later than was said."""
        known, date = self._stage.customers.orders.get(order), self._date(order)
        if known is not None and date is not None and date > known.said:
            self._stage.customers.told(order, now=self._stage.now, date=date)

    def _opened(self, order: str) -> dict[str, int]:
        status = self._shop.see(order_status(order))
        assert status is not None
        held = {sku: states.get(LineState.OPEN, 0) for sku, states in status.lines.items()}
        return {sku: n for sku, n in held.items() if n}

    def _try_again(self) -> None:
        now = self._stage.now
        for id, (visit, since) in list(self._unplaced.items()):
            is_over = now >= since + PATIENCE and desk(now) == now
            answer = self._place(visit, is_partly=is_over)
            if is_over or isinstance(answer, Accepted):
                del self._unplaced[id]
            if is_over:
                self._give_up(id, dict(visit.wants), answer)
        for order, since in list(self._open.items()):
            if not (pieces := self._opened(order)):
                del self._open[order]
                continue
            self._ask(allocate(order, id=f"at-{now}", policy=self._policy))
            if now >= since + PATIENCE and desk(now) == now and (pieces := self._opened(order)):
                self._stage.touch("canceled", f"{order} {now}")
                self._ask(cancel(order, pieces, id=f"at-{now}", reason="nobody has it"))
                self._stage.customers.canceled(order, pieces)

    def _give_up(self, order: str, wanted: dict[str, int], answer: Decision) -> None:
        """Cancel what nobody has of an order that was sold elsewhere."""
        taken = [event for event in answer.events if isinstance(event, Placed)] if isinstance(answer, Accepted) else []
        status = self._shop.see(order_status(order)) if taken else None
        if status is not None:
            gone = {sku: states.get(LineState.CANCELED, 0) for sku, states in status.lines.items()}
            wanted = {sku: n for sku, n in gone.items() if n}
        if wanted:
            self._stage.touch("canceled", f"{order} {self._stage.now}")
            self._stage.customers.canceled(order, wanted)

    # Nodes

    def counts(self, node: str, skus: Iterable[str]) -> None:
        """Nothing has to stand still for a count."""

    def knows(self, fact: Fact) -> None:
        """Let a node's system tell what it has learned."""
        if fact.kind == "left":
            self._left[fact.job] = fact
        self._wire.send(fact.id, partial(self._learn, fact), source=fact.node)

    def _learn(self, fact: Fact) -> None:
        if self._stage.told.has(fact) and fact.kind != "left":
            return
        self._tell(telling(fact), NODE)
        if fact.kind == "returned":
            self._ask(restock(fact.id, dict(fact.pieces)))
        self._note(fact)

    def _note(self, fact: Fact) -> None:
        if not self._stage.told.has(fact):
            for fresh in self._fresh.values():
                fresh.append(fact)
            self._stage.told.learned([fact])

    def answers(self, job: Job, found: Mapping[str, int], missing: Mapping[str, int], *, is_busy: bool) -> None:
        """Let a node tell what it picked and what it did not find, or that it is too busy."""
        at = ms(self._stage.now)
        what = picked(job.id, dict(found), short=dict(missing), occurred_at=at)
        if is_busy:
            what = rejected(job.id, dict(missing), reason="busy", occurred_at=at)
        self._wire.send(f"picked-{job.order}-{job.node}", partial(self._tell, what, NODE), source=job.node)

    def arrived(self, job: Job) -> None:
        """Let the carrier tell."""
        what = delivered(job.id, occurred_at=ms(self._stage.now))

        def act() -> None:
            self._tell(what, NODE)
            if job.id in self._left:
                self._note(self._left[job.id])

        self._wire.send(f"arrived-{job.order}-{job.node}", act, source="carrier")

    def switch(self, node: str, *, is_open: bool) -> None:
        """Close a store or open it; what it has not picked is given to others."""
        (self._closed.discard if is_open else self._closed.add)(node)
        self._revision += 1
        self._shop.revise(catalog(self._closed, self._revision), now=ms(self._stage.now))
        self._react()
        for job in [] if is_open else list(self._jobs.values()):
            pieces = dict(job.pieces)
            if job.node == node and pieces and self._stage.withdraw(job, pieces):
                self._tell(rejected(job.id, pieces, reason="busy", id="closed"))

    # Channels

    def tick(self, minute: int) -> None:
        """Feed the channels, and try what waits."""
        if not self._is_down():
            for channel in CHANNELS:
                self._feed(channel)
            if minute % HOUR == 0:
                self._try_again()

    def _offers(self, channel: str) -> tuple[dict[str, int], int]:
        """Return what has changed for a channel, and up to where."""
        found: dict[str, int] = {}
        while records := run(self._shop.store.since(self._fed[channel], 500)):
            feed = self._shop.see(changes(channel, since=self._fed[channel], records=records))
            found |= {offer.sku: offer.quantity for offer in feed.offers}
            self._fed[channel] = feed.position
        return found, self._fed[channel]

    def _feed(self, channel: str) -> None:
        stage = self._stage
        offers, stamp = self._offers(channel)
        upto = len(self._order_numbers)
        stage.told.sent(channel, self._fresh[channel], stamp=stamp)
        self._fresh[channel].clear()

        def load() -> None:
            self.channels[channel].load(offers, stamp=stamp, known=self._order_numbers, upto=upto)
            stage.told.loaded(channel, offers, stamp=stamp, now=stage.now)

        if offers:
            self._wire.send(f"offers-{channel}-{stage.now}", load, target=channel, extra=LAG[channel])

    def books(self) -> Mapping[tuple[str, str], int]:
        """Return what is on record to be on hand."""

        def view(state: State, _catalog: Catalog) -> dict[tuple[str, str], int]:
            return {(node, sku): on_hand(state, node=node, sku=sku) for node in PLACES for sku in SKUS}

        return self._shop.see(view)
