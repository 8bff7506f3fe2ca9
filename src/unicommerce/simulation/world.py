"""A retailer's world from one seed: who is there, and its life from the first moment to the last.

It runs under faults; then faults stop, all is drained, and what must hold at the end is checked. The same seed, version
and plan are the same journal, on any machine.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256

from ..codec import canonical
from ..inventory import received
from ..ledger import Store, run
from ..values import DAY_MS, HOUR_MS
from .faults import Faults, Sabotage
from .invariants import INVARIANTS, Invariant
from .report import Report
from .scene import Scene
from .staff import everyone
from .stage import Actor, Stage

__all__ = ["World", "simulate"]

ROUNDS = 160
"""Rounds of six hours, at most, in which a world that has stopped its faults comes to rest: forty days."""


class World(Stage):
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
        wanted = tuple(invariants)
        super().__init__(seed, faults=faults, scene=scene, store=store, sabotage=sabotage, checks=wanted)
        self.without = tuple(sorted(without))
        self.actors = [a for a in (everyone(self.scene) if actors is None else actors) if a.name not in self.without]
        self._end_checks = tuple([each for each in wanted if each.when == "end"])
        self._sum, self._digested = sha256(), 0
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

    def run(self, *, until: int | None = None, steps: int | None = None) -> Report:
        """Let it go on under faults, two days or until a moment (ms UTC) or so many steps; a breach stops it."""
        end = self.scene.start + 2 * DAY_MS if until is None and steps is None else until
        while self._heap and not self.breaches:
            if (end is not None and self._heap[0][0] > end) or (steps is not None and self.steps >= steps):
                break
            self.step()
        return self.report()

    def settle(self) -> Report:
        """Stop all faults and new business, and let actors finish what is open, until nothing moves any more."""
        self.is_settling = self.chance.is_calm = True
        quiet = 0
        for _ in range(0 if self.breaches else ROUNDS):
            before, self.is_quiet = self.view.position, quiet > 3
            for actor in self.actors:
                actor.settle(self)
            while self._heap and not self.breaches:
                self.step()
            quiet = 0 if self.view.position > before else quiet + 1
            if self.breaches or quiet > 20:
                break
            self.now += 6 * HOUR_MS
        return self.report()

    def check(self) -> Report:
        """Check what must hold at the end."""
        if not self.breaches:
            self.view.moment = self.now
            self.view.waiting = tuple(self._open)
            self.view.snapshot = run(self.store.snapshot())
            self.look(self._end_checks)
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
        for _, entry in self.view.journal[self._digested :]:
            self._sum.update(canonical(entry))
        self._digested = len(self.view.journal)
        return self._sum.hexdigest()


def simulate(world: World, *, steps: int | None = None) -> Report:
    """Run a world under its faults, settle it and check it: the whole life of it.

    >>> simulate(World(7)).breaches
    ()
    """
    world.run(steps=steps)
    world.settle()
    return world.check()
