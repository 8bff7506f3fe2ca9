"""What actors live in: the clock, the heap of what happens next, the wire, and hosts that ask the core for them.

The core is the real one, over a store that faults strike; after every entry the invariants of a step are checked.
Actors know the stage and nothing of who else is on it; nothing here reads a clock or waits.
"""

import heapq
import random
from collections.abc import Callable, Coroutine, Iterable, Mapping
from functools import partial
from typing import NamedTuple, TypeVar

import attrs

from ..catalog import Catalog, Network
from ..commerce import AsyncCommerce
from ..errors import Contradiction, UnicommerceError
from ..feed import Feed
from ..ledger import Accepted, Account, LedgerCode, Memory, Recorded, Request, State, Store, Telling, Wanted, run
from ..values import DAY_MS, HOUR_MS, MINUTE_MS, Unit
from .faults import Chance, Faults, Sabotage, Shaky
from .invariants import Invariant
from .report import Breach
from .scene import Scene
from .systems.record import Link
from .systems.wiring import Wiring
from .view import View

__all__ = ["Actor", "Stage", "Then"]

T = TypeVar("T")
Then = Callable[[object], None]
TRIES = 60
"""How often a host asks again after it died; faults alone make so many deaths in a row impossible."""


def _nothing(_answer: object) -> None:
    """Do nothing with an answer."""


class Job(NamedTuple):
    """A call of the core under way: its id, who called, how it is begun, and what its answer is for.

    `position` is that of the journal when it was begun: no host can know of a later entry, unless it reads again.
    """

    id: str
    who: str
    begin: Callable[[AsyncCommerce, int], Coroutine[int, None, object]]
    then: Then
    coroutine: Coroutine[int, None, object] | None = None
    tries: int = 0
    position: int = 0
    may_differ: bool = False


class Actor:
    """Somebody with a name, which is also that of the stream of chance that it draws from."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._last = 0

    def start(self, world: "Stage") -> None:
        """Begin."""

    def heard(self, world: "Stage", recorded: Recorded) -> None:
        """Hear an entry of the journal; it may come again."""

    def slowed(self, world: "Stage") -> None:
        """See a host become slow, with a call of the core in its hands."""

    def settle(self, world: "Stage") -> None:
        """Finish what is open: called every six hours once the world takes no new business."""

    def every(self, world: "Stage", mean_ms: int, act: "Callable[[Stage], None]") -> None:
        """Act again and again, at moments around so many milliseconds apart, until the world settles."""

        def turn() -> None:
            if not world.is_settling:
                act(world)
                self.every(world, mean_ms, act)

        world.later(1 + int(self.draw(world).expovariate(1) * mean_ms), turn)

    def draw(self, world: "Stage") -> random.Random:
        """Return the chance of this actor."""
        return world.chance.stream(self.name)

    def next_id(self) -> str:
        """Return an id that nobody else gives."""
        self._last += 1
        return f"{self.name}-{self._last}"


class Stage:
    """Where actors act. `World` is the whole of it: who is there, and its life from beginning to end.

    `fates` are what becomes of parcels that go astray, by shipment; of `delicate` orders each step is told by the piece
    and in order, because others move them meanwhile, and nothing is returned; of those `handed_back` something was.
    """

    def __init__(
        self,
        seed: int,
        *,
        faults: Faults | None,
        scene: Scene | None,
        store: Store | None,
        sabotage: Sabotage | None,
        checks: Iterable[Invariant],
    ) -> None:
        self.scene = scene or Scene.drawn(seed)
        self.chance = Chance(seed, Faults.swarm(seed) if faults is None else faults)
        self.sabotage = sabotage
        self.wiring = sabotage.wiring(Wiring()) if sabotage else Wiring()
        self.store = sabotage.store(store or Memory()) if sabotage else store or Memory()
        self.now = self.scene.start
        self.steps = 0
        self.is_settling = self.is_quiet = self.is_relieving = False
        self.breaches: list[Breach] = []
        self.view = View(self.scene, self._live)
        self.working: set[str] = set()
        self.changing: set[str] = set()
        self.fates: dict[str, str] = {}
        self.delicate: set[str] = set()
        self.handed_back: set[str] = set()
        self.trays: dict[tuple[str, str], int] = {}
        self.network = self.scene.catalog.network
        self.actors: list[Actor] = []
        checks = tuple(checks)
        self._checks = tuple([each for each in checks if each.when == "step"])
        self._link_checks = tuple([each for each in checks if each.when == "link"])
        self._heap: list[tuple[int, int, Callable[[], None]]] = []
        self._last = 0
        self._open: dict[str, int] = {}
        catalog = self.scene.catalog
        self._hosts = [AsyncCommerce(catalog, store=Shaky(self.store, self.chance, waits=w)) for w in (False, True)]
        self._skews: dict[str, int] = {}

    # Time

    def later(self, delay_ms: int, action: Callable[[], None]) -> None:
        """Let something happen after so many milliseconds."""
        self._last += 1
        heapq.heappush(self._heap, (self.now + delay_ms, self._last, action))

    def step(self) -> None:
        """Let the next thing happen."""
        at, _, action = heapq.heappop(self._heap)
        self.now = max(self.now, at)
        self.steps += 1
        action()

    # What actors do

    def ask(self, request: Request[Catalog], then: Then = _nothing, *, who: str = "") -> None:
        """Ask the core, again and again where it dies; `then` is given the answer, or the `UnicommerceError` raised."""
        if self.sabotage:
            request = self.sabotage.request(request)
        self.view.asked.add(request.id)
        self._start(Job(request.id, who, lambda core, now: core.ask(request, now=now, source=who), then))

    def tell(
        self, telling: Telling[Catalog], then: Then = _nothing, *, who: str = "", may_differ: bool = False
    ) -> None:
        """Tell the core at once; as `ask`. It may be another story under a known id (`may_differ`)."""
        if self.sabotage:
            telling = self.sabotage.telling(telling)
        job = Job(telling.id, who, lambda core, now: core.tell(telling, now=now, source=who), then)
        self._start(job._replace(may_differ=may_differ))

    def revise(self, network: Network) -> None:
        """Put a network on record; `network` is the newest that was drawn up, on record or not yet."""
        self.network = network
        catalog = attrs.evolve(self.scene.catalog, network=network)
        id = f"network/{network.revision}"
        self._start(Job(id, "control", lambda core, now: core.revise(catalog, now=now), _nothing))

    def send(
        self, telling: Telling[Catalog], then: Then = _nothing, *, who: str, other: Telling[Catalog] | None = None
    ) -> None:
        """Send a message that arrives at least once, late, repeated or out of order as faults will have it.

        `other` is the same id with another story, which is sent after it where that fault strikes.
        """
        chance = self.chance
        self.view.told.add(telling.id)

        def arrived(answer: object) -> None:
            if other is not None and chance.strikes("other_content"):
                tell = partial(self.tell, other, self._contradicted, who=who, may_differ=True)
                self.later(chance.between("wire", 1, DAY_MS), tell)
            then(answer)

        self.carry(
            lambda: self.tell(telling, arrived, who=who), again=lambda: self.tell(telling, self._repeated, who=who)
        )

    def carry(self, arrive: Callable[[], None], *, again: Callable[[], None] | None = None) -> None:
        """Let something arrive over the wire: late, once more (`again`), or overtaken, as faults will have it."""
        chance = self.chance
        delay = chance.between("wire", 1, 1_000)
        if chance.strikes("reorder"):
            delay += chance.between("wire", MINUTE_MS, 8 * HOUR_MS)
        if chance.strikes("loss"):
            delay += chance.between("wire", HOUR_MS, 30 * HOUR_MS)
        if chance.strikes("duplicate"):
            more = chance.stream("wire").choice((0, 0, 3 * HOUR_MS, 9 * DAY_MS))
            self.later(delay + more, again or arrive)
        self.later(delay, arrive)

    def insist(self, telling: Telling[Catalog], *, who: str, every_ms: int = HOUR_MS) -> None:
        """Send a message, and again until it is on record: one that overtook what it is about is not taken."""

        def arrived(_answer: object) -> None:
            if telling.id not in self.view.entries:
                self.later(every_ms, lambda: self.insist(telling, who=who, every_ms=every_ms))

        self.send(telling, arrived, who=who)

    def _repeated(self, answer: object) -> None:
        if isinstance(answer, Accepted) and any(r.code is LedgerCode.ALREADY_DONE for r in answer.because):
            self.chance.reached["duplicate"] += 1

    def _contradicted(self, answer: object) -> None:
        if isinstance(answer, Contradiction):
            self.chance.reached["other_content"] += 1
        else:
            self.breach("M2 another story under a known id is a contradiction", repr(answer)[:200])

    def see(self, view: Callable[[State, Catalog], T]) -> T:
        """Return a view of what is on record."""
        return run(self._hosts[0].see(view))

    def feed(self, view: Callable[[State, Catalog], Feed]) -> Feed:
        """Return what changed for a channel."""
        found = self.see(view)
        return self.sabotage.feed(found) if self.sabotage else found

    def happens(self, id: str, node: str, change: Mapping[str, int]) -> None:
        """Let pieces by SKU come to a node, or leave it (below zero); the message `id` tells of it, sooner or later."""
        units = {(node, Unit(f"sku:{sku}")): pieces for sku, pieces in change.items() if pieces}
        self.view.acts[id] = {**self.view.acts.get(id, {}), **units}
        for key, pieces in units.items():
            self.view.shelf[key] = self.view.shelf.get(key, 0) + pieces

    def at_hand(self, node: str, sku: str) -> int:
        """Return the pieces at a node that are really there and that nobody has in hand."""
        return max(self.view.shelf.get((node, Unit(f"sku:{sku}")), 0) - self.trays.get((node, sku), 0), 0)

    def is_worked_on(self, order: str) -> bool:
        """Tell whether somebody has pieces of an order in hand that the core does not know of yet."""
        return any(shipment.rpartition("/")[0] == order for shipment in self.working)

    def breach(self, invariant: str, what: str) -> None:
        """Note that something does not hold; the world stops."""
        entry = self.view.entry.id if self.view.entry else ""
        self.breaches.append(Breach(invariant, self.steps, self.now, entry, what))

    # The core, called by hosts that may die and be slow

    def _start(self, job: Job) -> None:
        is_slow = self.chance.strikes("slow")
        self._open[job.id] = self._open.get(job.id, 0) + 1
        now = self.now + self._skew(job.who)
        for actor in self.actors if is_slow else ():
            actor.slowed(self)
        self._turn(job._replace(coroutine=job.begin(self._hosts[is_slow], now), position=self.view.position))

    def _skew(self, who: str) -> int:
        if who not in self._skews:
            draw = self.chance.between(f"skew/{who}", -DAY_MS, DAY_MS)
            self._skews[who] = draw if self.chance.strikes("skew") else 0
        return 0 if self.is_settling else self._skews[who]

    def _turn(self, job: Job) -> None:
        assert job.coroutine is not None
        self.view.known_at = job.position
        answer: object
        try:
            pause = job.coroutine.send(None)
        except StopIteration as done:
            answer = done.value
        except ConnectionError as died:
            self._close(job)
            self.chance.reached[str(died.args[0])] += 1
            self._observe()
            if job.tries > TRIES:
                self.breach("O3 what is asked is answered", f"{job.id}: not after {job.tries} tries")
            again = job._replace(tries=job.tries + 1)
            self.later(self.chance.between("hosts", 1_000, 20 * MINUTE_MS), lambda: self._start(again))
            return
        except UnicommerceError as error:
            answer = error
        else:
            self._observe()
            self.later(pause, lambda: self._turn(job))
            return
        self._close(job)
        self._observe()
        self._answered(job, answer)

    def _close(self, job: Job) -> None:
        self._open[job.id] -= 1
        if not self._open[job.id]:
            del self._open[job.id]

    def _answered(self, job: Job, answer: object) -> None:
        if isinstance(answer, Accepted) and answer.events and job.id in self.view.asked:
            known = self.view.entries.get(job.id)
            if known is None or known.events != answer.events:
                self.breach("M1 the same question has the same effect", f"{job.id} is on record otherwise")
        elif isinstance(answer, UnicommerceError) and not (job.may_differ and isinstance(answer, Contradiction)):
            self.breach("O3 what is asked is answered", f"{job.id}: {answer!r}")
        job.then(answer)

    def _observe(self) -> None:
        while batch := run(self.store.since(self.view.position, 100)):
            for recorded in batch:
                self._take(recorded, is_latest=recorded is batch[-1])

    def _take(self, recorded: Recorded, *, is_latest: bool) -> None:
        view = self.view
        view.take(recorded)
        view.seen_at.append(self.now)
        view.is_latest = is_latest
        if any(view.missing[unit] > was for unit, was in view.was_missing.items()):
            self.chance.reached["goods are missing"] += 1
        self.look(self._checks)

    def look_at(self, link: Link) -> None:
        """Look at what must hold of a connected system."""
        self.view.link, self.view.moment = link, self.now
        self.look(self._link_checks)

    def look(self, checks: Iterable[Invariant]) -> None:
        """Look at what must hold."""
        for name, _, check in checks:
            for what in check(self.view):
                self.breach(name, what)

    def _live(self, unit: Unit, accounts: tuple[Account, ...]) -> Mapping[Account, int]:
        if (state := self.store.state) is not None:
            return {account: state.balance(unit, (account,)) for account in accounts}
        return run(self.store.read(Wanted({unit: accounts}, {}))).balances[unit]
