"""Who moves money: a provider that answers late or not as asked, a bank that disputes, an agent that pays what it owes.

What they tell comes as the wire will have it. What they really moved is kept beside it (`view.money.real`).
"""

from collections import Counter
from collections.abc import Mapping
from functools import partial
from types import MappingProxyType

from ...ledger import Recorded
from ...payments import MoneyMoved, Step, Tender, TenderKind, dispute_closed, disputed, moved, settled
from ...values import DAY_MS, HOUR_MS, MINUTE_MS
from ..stage import Actor, Stage
from .record import CURRENCY

__all__ = ["Agent", "Bank", "Provider"]

ANSWERS: Mapping[Step, tuple[Step, Step, int]] = MappingProxyType(
    {
        Step.CAPTURE_ASKED: (Step.CAPTURED, Step.CAPTURE_FAILED, 1),
        Step.REFUND_ASKED: (Step.REFUNDED, Step.REFUND_FAILED, -1),
    }
)
"""What is said to what we ask: that it was done, or not, and the sign of what then moves."""


class Provider(Actor):
    """Who is asked to capture and to give back; now and then it does not."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._known: set[tuple[str, str]] = set()

    def heard(self, world: Stage, recorded: Recorded) -> None:
        """Take what is asked, each amount once."""
        for event in recorded.entry.events:
            if not isinstance(event, MoneyMoved) or event.step not in ANSWERS:
                continue
            key = (recorded.entry.id, event.tender.ref)
            if key not in self._known:
                self._known.add(key)
                delay = self.draw(world).choice((1_000, 30 * MINUTE_MS, 9 * HOUR_MS))
                world.later(delay, partial(self._answer, world, event, ":".join(key).replace("/", ":")))

    def _answer(self, world: Stage, event: MoneyMoved, id: str) -> None:
        done, failed, sign = ANSWERS[event.step]
        is_done = not world.chance.strikes("declined")
        world.chance.reached["declined"] += not is_done
        step = done if is_done else failed
        amount = event.amount_minor
        if is_done:
            world.view.money.real[event.order, event.tender.ref] += sign * amount
        tell = partial(moved, id, step, order=event.order, tender=event.tender, currency=CURRENCY)
        world.send(tell(amount_minor=amount), who=self.name, other=tell(amount_minor=amount + 1))


class Bank(Actor):
    """A bank of customers: it takes money back at any time, also what went back already, and gives it to us or not."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._open: dict[str, None] = {}

    def start(self, world: Stage) -> None:
        """Hear complaints."""
        self.every(world, HOUR_MS, self._dispute)

    def _dispute(self, world: Stage) -> None:
        charged = world.view.money.charged
        if not charged or not world.chance.strikes("dispute"):
            return
        draw, id = self.draw(world), self.next_id()
        order, card = draw.choice(sorted(charged))
        world.chance.reached["dispute"] += 1
        telling = disputed(
            id,
            order=order,
            tender=Tender(TenderKind.CARD, card),
            amount_minor=draw.choice((charged[order, card], draw.randint(1, charged[order, card]))),
            currency=CURRENCY,
            reason="not received",
            answer_by=draw.choice((None, world.now + 3 * DAY_MS)),
        )
        self._open[id] = None
        world.send(telling, who=self.name)
        world.later(draw.randint(1, 5 * DAY_MS), partial(self._close, world, id))

    def _close(self, world: Stage, id: str) -> None:
        if id in self._open:
            del self._open[id]
            world.insist(dispute_closed(id, is_won=self.draw(world).random() < 0.5), who=self.name)

    def settle(self, world: Stage) -> None:
        """Decide what is open."""
        for id in list(self._open):
            self._close(world, id)


class Agent(Actor):
    """Who collects for us: it pays what it has, less its fee, every day, by its own book."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._paid: Counter[str] = Counter()

    def start(self, world: Stage) -> None:
        """Collect."""
        self.every(world, DAY_MS, self.pay)

    def pay(self, world: Stage) -> None:
        """Pay for each order what it has of it and has not paid; what it gave back it takes."""
        ref = Tender(TenderKind.AGENT, self.name).ref
        has = {order: amount for (order, tender), amount in world.view.money.real.items() if tender == ref}
        orders = {order: left for order, amount in has.items() if (left := amount - self._paid[order])}
        if not orders:
            return
        self._paid.update(orders)
        fee = abs(sum(orders.values())) // 20
        world.chance.reached["an agent pays"] += 1
        telling = settled(
            self.next_id(),
            agent=self.name,
            currency=CURRENCY,
            orders=orders,
            fees={"commission": fee},
            paid_minor=sum(orders.values()) - fee,
        )
        world.send(telling, who=self.name)

    def settle(self, world: Stage) -> None:
        """Pay."""
        self.pay(world)
