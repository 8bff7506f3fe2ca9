"""The host that plugs a system in, as an integrator writes it: an inbox for its messages, a follower of the journal.

A message stays until it is settled: read, taken, put on record, acknowledged. The host dies between any two of these,
and between sending and keeping how far it has come; what it kept may be old, or gone. People look after the dead.
"""

from collections.abc import Callable, Coroutine
from functools import partial

from ...delivery import DeadLetter, Follower, Letter, Outcome, Progress, Skipped, turn
from ...errors import Contradiction, InvalidValue, UnicommerceError
from ...intake import Step
from ...ledger import Refused, Telling
from ...orders import OrderCode
from ...ports import Cancellation, Message, Paper, SalesOrder
from ...values import HOUR_MS, MINUTE_MS
from ..faults import Pause
from ..stage import Actor, Stage
from .remotes import Remote
from .tables import WRITERS
from .wiring import POLICY

__all__ = ["Host"]

AGAIN_MS = 25 * MINUTE_MS
"""When a host that died, or that can not settle a message yet, looks at it again."""
MOST_LOOKS = 2_000
"""Looks at one message: more than there are half hours in which anything it waits for may come."""
WATCHED_MS = 3 * HOUR_MS
"""How often all letters are looked at one by one."""


class Host(Actor):
    """The host of one system."""

    def __init__(self, remote: Remote) -> None:
        super().__init__(remote.name)
        self.remote = remote
        self.link = remote.link
        self._life = 0
        self._is_turning = False
        self._kept: list[object] = [None]
        self._times: dict[str, int] = {}
        self._looks: dict[int, int] = {}
        self._arrivals: dict[int, tuple[str, Callable[[Stage], None]]] = {}
        self._refused: set[str] = set()
        self._asking: set[str] = set()
        self._is_stopped = False
        self._follower: Follower | None = None
        remote.door = self.arrive

    def start(self, world: Stage) -> None:
        """Plug it in."""
        world.view.links[self.name] = self.link
        for position, entry in world.view.journal:
            self.link.owe(position, entry, world.view.documents)
        self._begin(world, None)
        self.every(world, 9 * MINUTE_MS, self._follow)
        self.every(world, 5 * HOUR_MS, self._tend)

    def settle(self, world: Stage) -> None:
        """Follow to the end; people look after all that is dead."""
        self.remote.settle(world)
        self._tend(world)
        self._follow(world)

    # What the system is owed

    @property
    def follower(self) -> Follower:
        """Return the delivery machine as it is since the host began last."""
        assert self._follower is not None
        return self._follower

    def _begin(self, world: Stage, progress: object) -> None:
        self._life += 1
        self._is_turning = False
        known = Progress.of(progress) if progress else None
        wiring = world.wiring
        self._follower = wiring.follow(self.name, wiring.table, policy=POLICY, progress=known)

    def _die(self, world: Stage) -> None:
        """Begin again from what was kept last; that may be old or gone."""
        world.chance.reached["host_death"] += 1
        kept = self._kept[-1]
        if world.chance.strikes("lost_progress"):
            world.chance.reached["lost_progress"] += 1
            kept = self.draw(world).choice([None, *self._kept[:-1]])
        self._begin(world, kept)
        self.link.disturbed_at = world.now
        self._watch(world)

    def _follow(self, world: Stage) -> None:
        self.remote.weather(world)
        if not self._is_turning:
            self._is_turning = True
            draw = self.draw(world)
            turning = turn(
                world.store,
                self.follower,
                partial(self._send, world),
                now=world.now,
                clock=lambda: world.now,
                jitter=lambda: draw.randrange(1_000),
            )
            self._go_on(world, turning, self._life)

    def _go_on(self, world: Stage, turning: Coroutine[int, None, int], life: int) -> None:
        if life != self._life:
            turning.close()
            return
        try:
            pause = turning.send(None)
        except StopIteration as done:
            self._is_turning = False
            self._keep(world)
            if done.value:
                world.later(1_000, lambda: self._follow(world))
        except UnicommerceError as error:
            world.breach("X2 each letter is delivered, waits or is dead", f"{self.name}: {error!r}")
        else:
            world.later(pause, lambda: self._go_on(world, turning, life))

    def _keep(self, world: Stage) -> None:
        self._kept = [*self._kept[-3:], self.follower.progress.plain()]
        self._look(world)
        if world.now - self.link.looked_at >= WATCHED_MS:
            self._watch(world)

    def _look(self, world: Stage) -> None:
        self.link.counts = self.follower.counts
        self.link.dead_ids = frozenset([letter.owed.id for letter in self.follower.dead])
        world.look_at(self.link)

    def _watch(self, world: Stage) -> None:
        """Have every letter looked at, one by one."""
        self.link.looked_at = world.now
        self.link.progress = self.follower.progress
        self.link.is_jumping = world.is_settling
        self._look(world)
        self.link.progress = None

    async def _send(self, world: Stage, letter: Letter) -> Outcome:
        chance, id = world.chance, letter.owed.id
        if chance.strikes("sluggish"):
            chance.reached["sluggish"] += 1
            await Pause(chance.between(self.name, 1_000, 3 * MINUTE_MS))
        message = self._written(world, letter)
        if message is None:
            return Skipped()
        self._times[id] = self._times.get(id, 0) + 1
        message = message._replace(id=world.wiring.sign(letter, self._times[id]), sent_at=world.now)
        if world.wiring.keeps_first:
            self._keep(world)
        outcome = self.remote.receive(world, message)
        if chance.strikes("host_death"):
            self._die(world)
            await Pause(1)  # nobody comes back to this
        return world.wiring.heard(outcome)

    def _written(self, world: Stage, letter: Letter) -> Message | None:
        paper = world.see(WRITERS[letter.owed.what](letter, self.link.channel))
        if paper is None:
            return None
        message = self.remote.dialect.port.write(paper)
        return message._replace(body=letter.owed.repaired) if letter.owed.repaired else message

    # What people do

    def _tend(self, world: Stage) -> None:
        for dead in self.follower.dead:
            if world.is_settling or self.draw(world).random() < 0.6:
                self._mend(world, dead)
        self._look(world)

    def _mend(self, world: Stage, dead: DeadLetter) -> None:
        """Have it repaired there, or here; or type it in there by hand and let it go."""
        owed, way = dead.owed, self.draw(world).randrange(3)
        found = [r for r in world.view.journal[owed.position - 1 : owed.position] if r.position == owed.position]
        message = self._written(world, Letter(owed, found[0])) if found else None
        if message is None or way == 0:
            self.remote.repair(owed.id)
            self.follower.replay(owed.id)
        elif way == 1:
            self.follower.replay(owed.id, repaired=f"{message.body} ")
        else:
            world.chance.reached["a letter is typed in"] += 1
            if owed.id not in self.link.got:
                self.remote.take(world, message._replace(id=owed.id))
            self.follower.drop(owed.id)

    # What the system says

    def arrive(self, world: Stage, message: Message, wrong: str, settled: Callable[[Stage], None]) -> None:
        """Keep a message until it is settled."""
        link = self.link
        link.came += 1
        number = link.came
        link.waiting[number] = message
        self._arrivals[number] = (wrong, settled)
        if wrong:
            link.spoiled[number] = wrong
        self._handle(world, number)
        world.look_at(link)

    def _handle(self, world: Stage, number: int) -> None:
        message = self.link.waiting.get(number)
        if message is None:
            return
        if self._is_stopped or world.chance.strikes("host_death"):
            self._again(world, number)
            return
        wiring = world.wiring
        try:
            reading = self.remote.dialect.port.read(message)
            steps, left = wiring.take(reading, self.remote.intake, number)
        except InvalidValue as error:
            self._bury(world, number, str(error))
            return
        for paper in left:
            known = self.link.papers.setdefault((paper.form, self._id(paper)), paper)
            if known != paper:
                self._bury(world, number, "tells another story")
                return
        for step in steps:
            if wiring.acknowledges_first:
                self._acknowledge(world, number)
                if world.chance.strikes("host_death"):
                    return
            self._ask(world, number, reading.papers[0], step)
        if not steps:
            self._acknowledge(world, number)

    def _id(self, paper: Paper) -> str:
        return str(getattr(paper, "id", ""))

    def _ask(self, world: Stage, number: int, paper: Paper, step: Step) -> None:
        order = paper.order if isinstance(paper, Cancellation) else ""
        if step.id in self._asking or (order and (world.is_worked_on(order) or order in world.changing)):
            self._again(world, number)  # it is being asked, or somebody has a piece of the order in hand
            return
        if isinstance(paper, SalesOrder) and paper.id in self._refused:
            self._acknowledge(world, number)  # what was refused stays so, however often it comes
            return
        self._asking.add(step.id)
        if order:
            world.changing.add(order)

        def then(answer: object) -> None:
            self._asking.discard(step.id)
            if order:
                world.changing.discard(order)
            self._answered(world, number, paper, answer)

        if isinstance(step, Telling):
            world.tell(step, then, who=self.name, may_differ=True)
        else:
            world.ask(step, then, who=self.name)

    def _answered(self, world: Stage, number: int, paper: Paper, answer: object) -> None:
        if world.chance.strikes("host_death"):  # on record, and not acknowledged
            self._again(world, number)
        elif isinstance(answer, Contradiction):
            world.chance.reached["other_content"] += 1
            self._bury(world, number, str(answer))
        elif isinstance(paper, Cancellation) and _is_ahead(answer) and paper.order not in self._refused:
            self._again(world, number)
        else:
            if isinstance(paper, SalesOrder) and isinstance(answer, Refused):
                self._refused.add(paper.id)
            self.remote.answered(world, paper, answer)
            self._acknowledge(world, number)

    def _again(self, world: Stage, number: int) -> None:
        looks = self._looks[number] = self._looks.get(number, 0) + 1
        if looks < MOST_LOOKS:  # one that waits for ever is found in the end
            world.later(AGAIN_MS, lambda: self._handle(world, number))

    def _acknowledge(self, world: Stage, number: int) -> None:
        if self.link.waiting.pop(number, None) is None:
            return
        self.link.processed += 1
        wrong, settled = self._arrivals.pop(number)
        if wrong:
            self.link.taken_anyway.append(number)
        settled(world)
        world.look_at(self.link)

    def _bury(self, world: Stage, number: int, why: str) -> None:
        if world.wiring.stops_at_poison:
            self._is_stopped = True
            self._again(world, number)
            return
        self.link.waiting.pop(number, None)
        self._arrivals.pop(number, None)
        if not world.wiring.forgets_poison:
            self.link.dead[number] = why
        world.look_at(self.link)


def _is_ahead(answer: object) -> bool:
    """Tell whether a message is about an order that has not come yet."""
    return isinstance(answer, Refused) and any(reason.code is OrderCode.UNKNOWN_ORDER for reason in answer.because)
