"""The loosely coupled stack: counters of their own, joined by files and messages; the rules are in README.md."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from functools import partial

import attrs

from .backoffice import BackOffice, Full, Transactions
from .channel import Channel
from .counters import Counters
from .places import (
    BUFFER,
    CHANNELS,
    DAY,
    HOUR,
    HUB,
    LAG,
    PATIENCE,
    PLACES,
    PROMISE_DAYS,
    SKUS,
    desk,
    desk_after,
    nearest,
    promised_by,
)
from .stage import Fact, Job, Stage
from .wire import Wire
from .world import Visit

__all__ = ["Files", "Loose"]

NIGHT, NIGHT_OUT = 2 * HOUR, {"shop": 3 * HOUR + 30, "market": 4 * HOUR}
MINUTE_IN, MINUTE_OUT = 10, {"shop": 20, "market": 40}
TRIED_AT = 30
READS_MAIL = (HOUR, 4 * HOUR)


class Files(StrEnum):
    """Full files at night; full files at night and what has changed each hour; full files each hour."""

    NIGHTLY = "nightly"
    DELTAS = "deltas"
    HOURLY = "hourly"

    def is_full(self, *, is_night: bool) -> bool | None:
        """Tell whether the file of this hour is full; None: there is none."""
        if is_night or self is Files.HOURLY:
            return True
        return False if self is Files.DELTAS else None


@attrs.define
class Waiting:
    """What the OMS has of an order: which nodes turned it down, and pieces that no node has, since when."""

    visit: Visit
    refused: set[str] = attrs.field(factory=set)
    pieces: Counter[str] = attrs.field(factory=Counter)
    since: int = 0
    jobs: int = 0


class Loose:
    """The OMS, and the systems around it; which files it sends at night, and which each hour."""

    def __init__(
        self,
        stage: Stage,
        *,
        files: Files = Files.DELTAS,
        promise_days: int = PROMISE_DAYS,
        reads_mail: tuple[int, int] = READS_MAIL,
    ) -> None:
        self._stage = stage
        self._reads_mail = reads_mail
        self._files = files
        self._promise_days = promise_days
        self._wire = Wire(stage.world, stage, has_tickets=True)
        first = stage.world.first_stock
        self._offices = {node: BackOffice(node, first[node]) for node in PLACES}
        self._counters = Counters(first)
        self._orders: dict[str, Waiting] = {}
        self._order_numbers: dict[str, int] = {}
        self._waiting: dict[str, None] = {}
        self._jobs: dict[str, Job] = {}
        self._fresh: dict[str, list[Fact]] = {channel: [] for channel in CHANNELS}
        self._stamp = 0
        self.channels = {name: Channel(name, self._offers(name, SKUS)) for name in CHANNELS}

    # The shop and the marketplace

    def buy(self, visit: Visit) -> None:
        """Sell by the channel's own counter, and hand the order over by message."""
        stage = self._stage
        self.channels[visit.channel].sold(visit)
        stage.customers.taken(visit, promise=self._promise(visit.at), now=stage.now)
        self._wire.send(visit.id, partial(self._ordered, visit), source=visit.channel)

    def _promise(self, at: int) -> int:
        return promised_by(at, self._promise_days)

    def _offers(self, channel: str, skus: Iterable[str]) -> dict[str, int]:
        waiting = Counter[str]()
        for id in self._waiting:
            waiting += self._orders[id].pieces
        free = {sku: self._counters.free_in_all(sku) for sku in skus}
        return {sku: max(n - waiting[sku] - BUFFER[channel], 0) for sku, n in free.items()}

    def _send_offers(self, channel: str, *, is_full: bool) -> None:
        stage, now = self._stage, self._stage.now
        touched = self._counters.touched[channel]
        skus = SKUS if is_full else sorted(touched)
        self._stamp += 1
        stamp, upto = self._stamp, len(self._order_numbers)
        file = self._offers(channel, skus)
        stage.told.sent(channel, self._fresh[channel], stamp=stamp)
        touched.clear()
        self._fresh[channel].clear()

        def load() -> None:
            self.channels[channel].load(file, stamp=stamp, known=self._order_numbers, upto=upto)
            stage.told.loaded(channel, file, stamp=stamp, now=stage.now)

        if file:
            self._wire.send(f"offers-{channel}-{now}", load, target=channel, extra=LAG[channel])

    # The WMS and the POS

    def counts(self, node: str, skus: Iterable[str]) -> None:
        """Freeze what the node's system has."""
        self._offices[node].begins_to_count(skus)

    def knows(self, fact: Fact) -> None:
        """Book a fact in the node's own system; what has left is confirmed to the OMS."""
        number = self._offices[fact.node].knows(fact, self._stage.now)
        if fact.kind == "left":
            self._wire.send(fact.id, partial(self._confirmed, fact, number), source=fact.node)
        if fact.kind == "returned" and PLACES[fact.node].kind == "store":
            self._stage.touch("store return", fact.id)

    def answers(self, job: Job, found: Mapping[str, int], missing: Mapping[str, int], *, is_busy: bool) -> None:
        """Let a node write a mail about what it cannot pick; somebody reads it."""
        del found
        if missing:
            stage = self._stage
            reads = stage.world.chance.between(*self._reads_mail, "mail", job.order, job.node)
            act = partial(self._rejected, job, dict(missing), stage.now, is_busy=is_busy)
            stage.later(desk_after(stage.now, reads), act)

    def arrived(self, job: Job) -> None:
        """Nothing follows."""

    # The files

    def tick(self, minute: int) -> None:
        """Write and send files, try what waits, compare on Mondays."""
        now = self._stage.now
        for office in self._offices.values():
            if minute == NIGHT or minute % HOUR == MINUTE_IN:
                is_full = self._files.is_full(is_night=minute == NIGHT)
                if is_full is not None:
                    self._stage.later(self._wire.up(office.node, now), partial(self._write, office, is_full=is_full))
        if not self._is_down():
            for channel in CHANNELS:
                if minute == NIGHT_OUT[channel] or minute % HOUR == MINUTE_OUT[channel]:
                    is_full = self._files.is_full(is_night=minute == NIGHT_OUT[channel])
                    if is_full is not None:
                        self._send_offers(channel, is_full=is_full)
            if minute % HOUR == TRIED_AT:
                self._try_again()
            if minute == 5 * HOUR and now // DAY % 7 == 0:
                self._compare()

    def _write(self, office: BackOffice, *, is_full: bool) -> None:
        node, now = office.node, self._stage.now
        if is_full:
            self._wire.send(f"full-{node}-{now}", partial(self._load, office.full(now)), source=node)
        elif lines := office.transactions():
            self._wire.send(f"lines-{node}-{now}", partial(self._add, lines), source=node)

    def _is_down(self) -> bool:
        return self._wire.up(HUB, self._stage.now) > self._stage.now

    def _load(self, file: Full) -> None:
        if self._counters.load(file):
            self._learned(file.facts)

    def _add(self, file: Transactions) -> None:
        self._counters.add(file)
        self._learned(file.facts)

    def _learned(self, facts: Iterable[Fact]) -> None:
        new = [fact for fact in facts if not self._stage.told.has(fact)]
        self._counters.counted(new)
        for fresh in self._fresh.values():
            fresh.extend(new)
        self._stage.told.learned(new)

    def _compare(self) -> None:
        for (node, sku), held in self._counters.on_hand.items():
            if held != self._offices[node].counter[sku]:
                self._stage.touch("comparison", f"{node} {sku} {self._stage.now}")

    def books(self) -> Mapping[tuple[str, str], int]:
        """Return what the OMS believes to be on hand."""
        return self._counters.on_hand

    # Orders

    def _ordered(self, visit: Visit) -> None:
        if visit.id not in self._orders:
            self._orders[visit.id] = Waiting(visit)
            self._order_numbers[visit.id] = len(self._order_numbers) + 1
            self._give(visit.id, dict(visit.wants))

    def _give(self, id: str, pieces: Mapping[str, int]) -> bool:
        """Give pieces of an order to the nearest nodes that have some; what none has waits. Tell whether all went."""
        order = self._orders[id]
        left = Counter(pieces)
        for node in [place.id for place in nearest(order.visit.where) if place.id not in order.refused]:
            given = {sku: min(n, self._counters.free(node, sku)) for sku, n in left.items()}
            if given := {sku: n for sku, n in given.items() if n}:
                self._instruct(order, node, given)
                left -= Counter(given)
        if left and not order.pieces:
            order.since = self._stage.now
        order.pieces += left
        if order.pieces:
            self._waiting[id] = None
        for sku in pieces:
            self._counters.touch(sku)
        return not left

    def _instruct(self, order: Waiting, node: str, pieces: dict[str, int]) -> None:
        order.jobs += 1
        job = Job(f"{order.visit.id}/{order.jobs}", order.visit.id, node, pieces)
        self._jobs[job.id] = job
        self._counters.reserve(node, pieces)
        self._wire.send(f"job-{job.order}-{node}", partial(self._stage.instruct, job), target=node)

    def _confirmed(self, fact: Fact, number: int) -> None:
        """Hear that a parcel has left: nothing is reserved for it any more, and it is no longer on hand."""
        if self._counters.left(fact, number):
            self._learned([fact])
            self._stage.customers.told(fact.order, now=self._stage.now)

    def _rejected(self, job: Job, missing: Mapping[str, int], since: int, *, is_busy: bool) -> None:
        """Give what a node cannot pick to others: a person keys it in, and the customer is told."""
        self._stage.touch("rejection", job.id)
        self._counters.reserve(job.node, missing, -1)
        for sku, n in missing.items():
            if not is_busy and not self._stage.told.is_counted_since(job.node, sku, since):
                self._counters.blocked[job.node, sku] += n
        self._orders[job.order].refused.add(job.node)
        self._give_again(job.order, missing)

    def _give_again(self, order: str, pieces: Mapping[str, int]) -> None:
        if self._give(order, pieces):
            self._say(order)

    def _say(self, order: str) -> None:
        customers, now = self._stage.customers, self._stage.now
        date = self._promise(now)
        if date > customers.orders[order].said:
            customers.told(order, now=now, date=date)

    def _try_again(self) -> None:
        for id in list(self._waiting):
            order = self._orders[id]
            pieces, order.pieces = order.pieces, Counter()
            del self._waiting[id]
            since = order.since
            self._give_again(id, pieces)
            if not order.pieces:
                continue
            order.since = since
            now = self._stage.now
            if now >= since + PATIENCE and desk(now) == now:
                self._stage.touch("canceled", f"{id} {now}")
                self._stage.customers.canceled(id, order.pieces)
                order.pieces = Counter()
                del self._waiting[id]

    # Stores that close

    def switch(self, node: str, *, is_open: bool) -> None:
        """Switch a store off or on; what it has not picked is moved by hand."""
        self._counters.switch(node, is_open=is_open)
        for job in [] if is_open else list(self._open_jobs(node)):
            pieces = dict(job.pieces)
            if self._stage.withdraw(job, pieces):
                self._stage.touch("rejection", job.id)
                self._counters.reserve(node, pieces, -1)
                self._give_again(job.order, pieces)

    def _open_jobs(self, node: str) -> Iterator[Job]:
        yield from [job for job in self._jobs.values() if job.node == node and not job.is_picked and job.pieces]
