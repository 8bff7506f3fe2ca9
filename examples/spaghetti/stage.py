"""What really happens: shelves, pickers, parcels, tills and counts; a stack is told of it and says what is to be done.

Pieces move only here. A stack believes, promises and instructs; it may be wrong, and then a picker finds too little.
"""

import heapq
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Protocol

import attrs

from unicommerce.catalog import NodeKind
from unicommerce.values import distance_m

from .channel import Channel
from .customers import Customers
from .places import CHANNELS, DAY, HOUR, LEAVES, PLACES, STORES, carrier_day, desk_after, transit_days
from .told import Fact, Told
from .wire import Act
from .world import Count, Happening, Loss, Truck, Visit, Walk, World

__all__ = ["Fact", "Job", "Stack", "Stage"]

BUSY, MISPLACED = 20, {NodeKind.STORE: 10, NodeKind.DARK_STORE: 3, NodeKind.WAREHOUSE: 3}
"""Per thousand jobs of a store; per thousand SKUs of a job."""
RETURNS = 80
NOTICED_AFTER = HOUR


@attrs.define
class Job:
    """What a node is to pick for an order, pieces by SKU."""

    id: str
    order: str
    node: str
    pieces: dict[str, int]
    is_picked: bool = False


class Stack(Protocol):
    """What a stack is asked and told by the world."""

    @property
    def channels(self) -> Mapping[str, Channel]:
        """Return the shop and the marketplace, with what they show on day 0."""

    def buy(self, visit: Visit) -> None:
        """Sell to a visitor who was shown enough."""

    def counts(self, node: str, skus: Iterable[str]) -> None:
        """Hear that a count begins."""

    def knows(self, fact: Fact) -> None:
        """Hear what a node's own system has just learned."""

    def answers(self, job: Job, found: Mapping[str, int], missing: Mapping[str, int], *, is_busy: bool) -> None:
        """Hear what a picker found, or that the node is too busy."""

    def arrived(self, job: Job) -> None:
        """Hear that a parcel has arrived."""

    def switch(self, node: str, *, is_open: bool) -> None:
        """Hear a person say that a node is closed, or open again."""

    def tick(self, minute: int) -> None:
        """Do what is done by the clock; called every ten minutes with the minute of the day."""

    def books(self) -> Mapping[tuple[str, str], int]:
        """Return what the system that promises believes to be on hand, by node and SKU."""


class Stage:
    """One quarter of one world, with one stack in it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.now = 0
        self.shelf = {(node, sku): n for node, skus in world.first_stock.items() for sku, n in skus.items()}
        self.trays = Counter[tuple[str, str]]()
        self.customers = Customers(world.chance)
        self.told = Told(self.shelf)
        self.seen = Counter[str]()
        self.walked_out = 0
        self.touches: dict[tuple[str, str], None] = {}
        self.unexplained: list[int] = []
        self.off: list[int] = []
        self._jobs: set[str] = set()
        self._look_for: dict[str, dict[str, None]] = {node: {} for node in PLACES}
        self._returning: set[str] = set()
        self._heap: list[tuple[int, int, Act]] = []
        self._last = 0

    # What a stack may do

    def later(self, at: int, act: Act) -> None:
        """Let something happen at a moment, not before now."""
        self._last += 1
        heapq.heappush(self._heap, (max(at, self.now), self._last, act))

    def touch(self, kind: str, what: str) -> None:
        """Note that a person had to do something; the same thing once."""
        self.touches[kind, what] = None

    def instruct(self, job: Job) -> None:
        """Give a node something to pick; again it is a repeat."""
        if job.id not in self._jobs:
            self._jobs.add(job.id)
            self.later(PLACES[job.node].slot(self.now), partial(self._pick, job))

    def withdraw(self, job: Job, pieces: Mapping[str, int]) -> bool:
        """Take pieces back from a node, if it has not picked them; tell whether it has not."""
        if not job.is_picked:
            left = {sku: n - pieces.get(sku, 0) for sku, n in job.pieces.items()}
            job.pieces = {sku: n for sku, n in left.items() if n > 0}
        return not job.is_picked

    # Time

    def run(self, stack: Stack) -> None:
        """Let the quarter pass, and its tail."""
        self._stack, days = stack, self.world.scale.days + self.world.scale.tail_days
        for happening in self.world.happenings:
            self.later(happening.at, partial(self._happen, happening))
        for window in self.world.windows:
            if window.fault == "closed":
                for at, is_open in ((window.begins, False), (window.ends, True)):
                    act = partial(self._noticed, window.what, is_open=is_open)
                    self.later(desk_after(at, NOTICED_AFTER), act)
        for day in range(days):
            for minute in range(0, DAY, 10):
                self.later(day * DAY + minute, partial(stack.tick, minute))
            self.later(day * DAY + 5 * HOUR + 5, partial(self._audit, day))
            self.later(day * DAY + 12 * HOUR, lambda: self.customers.ask(self.now))
        while self._heap and self._heap[0][0] < days * DAY:
            self.now, _, happens = heapq.heappop(self._heap)
            happens()
        self.now = days * DAY

    def _noticed(self, node: str, *, is_open: bool) -> None:
        self.touch("switch", f"{node} {self.now}")
        self._stack.switch(node, is_open=is_open)

    def _audit(self, day: int) -> None:
        if day < self.world.scale.days:
            books = self._stack.books()
            self.unexplained.append(sum([books[key] != due for key, due in self.told.due.items()]))
            self.off.append(sum([books[key] != there for key, there in self.shelf.items()]))

    # What happens

    def _happen(self, happening: Happening) -> None:
        self.seen[type(happening).__name__] += 1
        match happening:
            case Visit():
                self._visit(happening)
            case Walk():
                self._sell(happening)
            case Truck():
                self._unload(happening)
            case Loss(_, _, node, sku):
                self._move(node, sku, -min(self.at_hand(node, sku), 1))
            case Count():
                self._count(happening)

    def at_hand(self, node: str, sku: str) -> int:
        """Return the pieces on a shelf that are not in a parcel yet."""
        return self.shelf[node, sku] - self.trays[node, sku]

    def _move(self, node: str, sku: str, change: int) -> None:
        self.shelf[node, sku] += change
        assert self.shelf[node, sku] >= 0

    def _visit(self, visit: Visit) -> None:
        is_up = self.world.over("system", visit.channel, self.now) == self.now
        if is_up and self._stack.channels[visit.channel].has(visit):
            self._stack.buy(visit)
        else:
            self.customers.turned_away += 1

    def _sell(self, walk: Walk) -> None:
        _, _, node, sku, pieces = walk
        if self._is_closed(node) or self.at_hand(node, sku) < pieces:
            self.walked_out += 1
            return
        self._move(node, sku, -pieces)
        fact = Fact(walk.id, "sold", node, self.now, ((sku, -pieces),))
        self._know(fact, self.world.over("till", node, self.now))

    def _unload(self, truck: Truck) -> None:
        if self._is_closed(truck.node):
            self.later(self.world.over("closed", truck.node, self.now), partial(self._unload, truck))
            return
        for sku, pieces in truck.pieces:
            self._move(truck.node, sku, pieces)
        self._know(Fact(truck.id, "received", truck.node, self.now, truck.pieces), self.now + 30)

    def _count(self, count: Count) -> None:
        if self._is_closed(count.node):
            return
        skus = tuple(dict.fromkeys([*count.skus, *self._look_for[count.node]]))
        self._look_for[count.node].clear()
        self._stack.counts(count.node, skus)
        found = tuple([(sku, self.shelf[count.node, sku]) for sku in skus])
        self._know(Fact(count.id, "counted", count.node, self.now, found), self.now + count.keyed_after)

    def _know(self, fact: Fact, at: int) -> None:
        """Let a node's system learn something, once it is up."""
        self.later(self.world.over("system", fact.node, at), partial(self._stack.knows, fact))

    def _is_closed(self, node: str) -> bool:
        return self.world.over("closed", node, self.now) > self.now

    # Parcels

    def _pick(self, job: Job) -> None:
        place = PLACES[job.node]
        back = self.world.over("system", job.node, self.world.over("closed", job.node, self.now))
        if back > self.now:
            self.later(
                back + 15 if place.works(back // DAY) and back % DAY < LEAVES - HOUR else place.slot(back),
                partial(self._pick, job),
            )
            return
        if not job.pieces:
            return
        job.is_picked = True
        draw, wanted = self.world.chance, dict(job.pieces)
        is_busy = place.kind is NodeKind.STORE and draw.happens(BUSY, "busy", job.order, job.node)
        found = {} if is_busy else {sku: self._found(job, sku, n) for sku, n in wanted.items()}
        missing = {sku: n - found.get(sku, 0) for sku, n in wanted.items() if n > found.get(sku, 0)}
        job.pieces = {sku: n for sku, n in found.items() if n}
        for sku, n in job.pieces.items():
            self.trays[job.node, sku] += n
        if not is_busy:
            self._look_for[job.node] |= dict.fromkeys(missing)
        self._stack.answers(job, job.pieces, missing, is_busy=is_busy)
        if job.pieces:
            self.later(max(self.now, self.now // DAY * DAY + LEAVES), partial(self._leave, job))

    def _found(self, job: Job, sku: str, wanted: int) -> int:
        is_misplaced = self.world.chance.happens(
            MISPLACED[PLACES[job.node].kind], "misplaced", job.order, job.node, sku
        )
        return max(min(wanted, self.at_hand(job.node, sku)) - is_misplaced, 0)

    def _leave(self, job: Job) -> None:
        for sku, n in job.pieces.items():
            self.trays[job.node, sku] -= n
            self._move(job.node, sku, -n)
        gone = tuple([(sku, -n) for sku, n in job.pieces.items()])
        self._know(Fact(f"left-{job.id}", "left", job.node, self.now, gone, job.order, job.id), self.now)
        draw, where = self.world.chance, self.customers.orders[job.order].visit.where
        days = transit_days(distance_m(PLACES[job.node].position, where))
        days += 2 * draw.happens(50, "transit", job.order, job.node)
        at = carrier_day(self.now // DAY, days) * DAY + draw.between(
            10 * HOUR, 20 * HOUR - 1, "rings", job.order, job.node
        )
        self.later(at, partial(self._arrive, job))

    def _arrive(self, job: Job) -> None:
        self.customers.delivered(job.order, job.pieces, now=self.now)
        self._stack.arrived(job)
        draw = self.world.chance
        if draw.happens(RETURNS, "returns", job.order) and job.order not in self._returning:
            self._returning.add(job.order)
            node = draw.choose(("wh-north", "wh-south", *STORES), (180, 180, *[70] * 12), "returns to", job.order)
            at = carrier_day(self.now // DAY, draw.between(3, 12, "returns in", job.order)) * DAY + 11 * HOUR
            self.later(at, partial(self._take_back, job.order, node, min(job.pieces)))

    def _take_back(self, order: str, node: str, sku: str) -> None:
        node = "wh-north" if self._is_closed(node) else node
        self._move(node, sku, 1)
        self._know(Fact(f"back-{order}", "returned", node, self.now, ((sku, 1),), order), self.now)

    def figures(self) -> dict[str, float]:
        """Return what is measured."""
        days = max(len(self.off), 1)
        kinds = Counter([kind for kind, _ in self.touches])
        return {
            **self.customers.figures(self.now),
            "unexplained a day": sum(self.unexplained) / days,
            "off the shelf a day": sum(self.off) / days,
            "visits": self.seen["Visit"],
            "walks": self.seen["Walk"],
            "walked out": self.walked_out,
            "touches": len(self.touches),
            **{f"touch: {kind}": n for kind, n in sorted(kinds.items())},
            **{f"{what} minutes {channel}": n for channel in CHANNELS for what, n in self.told.minutes(channel)},
        }
