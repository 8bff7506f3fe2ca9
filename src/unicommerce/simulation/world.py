"""A retailer's world from one seed: its clock, its heap of what happens next, its actors, and the core that they ask.

The core is the real one, over a store that faults strike. After every entry the invariants of a step are checked; then
faults stop, all is drained, and those of the end. Nothing here reads a clock or waits: the same seed, version and plan
are the same journal, on any machine.
"""

import heapq
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple, TypeVar

import attrs

from ..catalog import Catalog, Network
from ..codec import Codec
from ..commerce import AsyncCommerce
from ..errors import Contradiction, UnicommerceError
from ..inventory import received
from ..ledger import Accepted, Account, LedgerCode, Memory, Recorded, Request, State, Store, Telling, Wanted, run
from ..values import DAY_MS, HOUR_MS, MINUTE_MS, Unit
from .actors import Actor
from .faults import Chance, Faults, Sabotage, Shaky
from .invariants import INVARIANTS, Invariant
from .report import Breach, Report
from .scene import Scene
from .staff import everyone
from .view import View

__all__ = ["World", "simulate"]

T = TypeVar("T")
Then = Callable[[object], None]
TRIES = 60
"""How often a host asks again after it died; faults alone make so many deaths in a row impossible."""

ROUNDS = 160
"""Rounds of six hours, at most, in which a world that has stopped its faults comes to rest: forty days."""


def _nothing(_answer: object) -> None:
    """Do nothing with an answer."""


class Job(NamedTuple):
    """A call of the core under way: its id, who called, how it is begun, and what its answer is for."""

    id: str
    who: str
    begin: Callable[[AsyncCommerce, int], Coroutine[int, None, object]]
    then: Then
    coroutine: Coroutine[int, None, object] | None = None
    tries: int = 0


class World:
    """A world from a seed.

    `faults` is the plan (None: the mix that the seed draws), `scene` what it starts with, `without` names actors that
    stay away, `actors` replaces all of them, `store` is any store that does not wait, and empty; `sabotage` plants a
    bug, `invariants` are those that are checked.

    >>> World(7, faults=Faults({})).run(steps=200).breaches
    ()
    """

    def __init__(
        self,
        seed: int,
        *,
        faults: Faults | None = None,
        scene: Scene | None = None,
        without: Iterable[str] = (),
        actors: Sequence[Actor] | None = None,
        store: Store | None = None,
        sabotage: Sabotage | None = None,
        invariants: Iterable[Invariant] = INVARIANTS,
    ) -> None:
        self.scene = scene or Scene.drawn(seed)
        self.without = tuple(sorted(without))
        self.chance = Chance(seed, Faults.swarm(seed) if faults is None else faults)
        self.sabotage = sabotage
        self.store = sabotage.store(store or Memory()) if sabotage else store or Memory()
        self.now = self.scene.start
        self.steps = 0
        self.is_settling = self.is_quiet = self.is_relieving = False
        self.breaches: list[Breach] = []
        self.view = View(self.scene, self._live)
        self.working: set[str] = set()
        self.changing: set[str] = set()
        self.trays: dict[tuple[str, str], int] = {}
        self.network = self.scene.catalog.network
        self._step_checks = tuple([each for each in invariants if each.when == "step"])
        self._end_checks = tuple([each for each in invariants if each.when == "end"])
        self._heap: list[tuple[int, int, Callable[[], None]]] = []
        self._last = 0
        self._open: dict[str, int] = {}
        catalog = self.scene.catalog
        self._hosts = [AsyncCommerce(catalog, store=Shaky(self.store, self.chance, waits=w)) for w in (False, True)]
        self._skews: dict[str, int] = {}
        self.actors = [a for a in (everyone(self.scene) if actors is None else actors) if a.name not in self.without]
        self._open_shop()

    def _open_shop(self) -> None:
        catalog, stock = self.scene.catalog, self.scene.stock
        self.revise(catalog.network)
        for node in catalog.network.nodes:
            quantities = dict.fromkeys(self.scene.skus, stock * (3 if node.rank == 0 else 1))
            telling = received(f"opening {node.id}", node=node.id, quantities=quantities, occurred_at=self.now)
            self.happens(telling.id, node.id, quantities)
            self.tell(telling, who="opening")
        self.chance.is_calm = False
        for actor in self.actors:
            actor.start(self)

    # Time

    def later(self, delay_ms: int, action: Callable[[], None]) -> None:
        """Let something happen after so many milliseconds."""
        self._last += 1
        heapq.heappush(self._heap, (self.now + delay_ms, self._last, action))

    def run(self, *, until: int | None = None, steps: int | None = None) -> Report:
        """Let it go on under faults, two days or until a moment (ms UTC) or so many steps; a breach stops it."""
        end = self.scene.start + 2 * DAY_MS if until is None and steps is None else until
        while self._heap and not self.breaches:
            if (end is not None and self._heap[0][0] > end) or (steps is not None and self.steps >= steps):
                break
            self._step()
        return self.report()

    def _step(self) -> None:
        at, _, action = heapq.heappop(self._heap)
        self.now = max(self.now, at)
        self.steps += 1
        action()

    def settle(self) -> Report:
        """Stop all faults and new business, and let actors finish what is open, until nothing moves any more."""
        self.is_settling = self.chance.is_calm = True
        quiet = 0
        for _ in range(0 if self.breaches else ROUNDS):
            before, self.is_quiet = self.view.position, quiet > 3
            for actor in self.actors:
                actor.settle(self)
            while self._heap and not self.breaches:
                self._step()
            quiet = 0 if self.view.position > before else quiet + 1
            if self.breaches or quiet > 20:
                break
            self.now += 6 * HOUR_MS
        return self.report()

    def check(self) -> Report:
        """Check what must hold at the end."""
        if not self.breaches:
            self.view.waiting = tuple(self._open)
            self.view.snapshot = run(self.store.snapshot())
            self._look(self._end_checks)
        return self.report()

    def report(self) -> Report:
        """Return what came of it so far."""
        return Report(
            seed=self.chance.seed,
            faults=self.chance.faults,
            without=self.without,
            sabotage=self.sabotage.name if self.sabotage else "",
            steps=self.steps,
            now=self.now,
            entries=self.view.position,
            digest=self._digest(),
            struck=dict(sorted(self.chance.struck.items())),
            reached=dict(sorted(self.chance.reached.items())),
            breaches=tuple(self.breaches),
        )

    def _digest(self) -> str:
        digest, codec = sha256(), Codec()
        for _, entry in self.view.journal:
            digest.update(codec.encode(entry))
        return digest.hexdigest()

    # What actors do

    def ask(self, request: Request[Catalog], then: Then = _nothing, *, who: str = "") -> None:
        """Ask the core, again and again where it dies; `then` is given the answer, or the `UnicommerceError` raised."""
        if self.sabotage:
            request = self.sabotage.request(request)
        self.view.asked.add(request.id)
        self._start(Job(request.id, who, lambda core, now: core.ask(request, now=now, source=who), then))

    def tell(self, telling: Telling[Catalog], then: Then = _nothing, *, who: str = "") -> None:
        """Tell the core at once; as `ask`."""
        if self.sabotage:
            telling = self.sabotage.telling(telling)
        self._start(Job(telling.id, who, lambda core, now: core.tell(telling, now=now, source=who), then))

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
        delay = chance.between("wire", 1, 1_000)
        if chance.strikes("reorder"):
            delay += chance.between("wire", MINUTE_MS, 8 * HOUR_MS)
        if chance.strikes("loss"):
            delay += chance.between("wire", HOUR_MS, 30 * HOUR_MS)
        if chance.strikes("duplicate"):
            again = chance.stream("wire").choice((0, 0, 3 * HOUR_MS, 9 * DAY_MS))
            self.later(delay + again, lambda: self.tell(telling, self._repeated, who=who))

        def arrived(answer: object) -> None:
            if other is not None and chance.strikes("other_content"):
                self.later(chance.between("wire", 1, DAY_MS), lambda: self.tell(other, self._contradicted, who=who))
            then(answer)

        self.later(delay, lambda: self.tell(telling, arrived, who=who))

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

    def happens(self, id: str, node: str, change: Mapping[str, int]) -> None:
        """Let pieces by SKU come to a node, or leave it (below zero); the message `id` tells of it, sooner or later."""
        units = {(node, Unit(f"sku:{sku}")): pieces for sku, pieces in change.items() if pieces}
        self.view.acts[id] = {**self.view.acts.get(id, {}), **units}
        for key, pieces in units.items():
            self.view.shelf[key] = self.view.shelf.get(key, 0) + pieces

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
        self._turn(job._replace(coroutine=job.begin(self._hosts[is_slow], now)))

    def _skew(self, who: str) -> int:
        if who not in self._skews:
            draw = self.chance.between(f"skew/{who}", -DAY_MS, DAY_MS)
            self._skews[who] = draw if self.chance.strikes("skew") else 0
        return 0 if self.is_settling else self._skews[who]

    def _turn(self, job: Job) -> None:
        assert job.coroutine is not None
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
        elif isinstance(answer, UnicommerceError) and not isinstance(answer, Contradiction):
            self.breach("O3 what is asked is answered", f"{job.id}: {answer!r}")
        job.then(answer)

    def _observe(self) -> None:
        while batch := run(self.store.since(self.view.position, 100)):
            for recorded in batch:
                self._take(recorded, is_latest=recorded is batch[-1])

    def _take(self, recorded: Recorded, *, is_latest: bool) -> None:
        view = self.view
        view.take(recorded)
        view.is_latest = is_latest
        if any(view.missing[unit] > was for unit, was in view.was_missing.items()):
            self.chance.reached["goods are missing"] += 1
        self._look(self._step_checks)

    def _look(self, checks: Iterable[Invariant]) -> None:
        for name, _, check in checks:
            for what in check(self.view):
                self.breach(name, what)

    def _live(self, unit: Unit, accounts: tuple[Account, ...]) -> Mapping[Account, int]:
        if (state := self.store.state) is not None:
            return {account: state.balance(unit, (account,)) for account in accounts}
        return run(self.store.read(Wanted({unit: accounts}, {}))).balances[unit]


def simulate(world: World, *, steps: int | None = None) -> Report:
    """Run a world under its faults, settle it and check it: the whole life of it.

    >>> simulate(World(7)).breaches
    ()
    """
    world.run(steps=steps)
    world.settle()
    return world.check()
