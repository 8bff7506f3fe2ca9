"""Parcels that do not arrive as they should: lost, found, stopped, sent back; and who asks what is owed for them.

What becomes of a parcel is drawn when it leaves, so that nobody brings back what never came (`Stage.fates`). What is
told of all of it comes in any order; what is told of a part of it comes when the message before has arrived.
"""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import NamedTuple

from ...fulfillment import (
    FulfillmentCode,
    FulfillmentPolicy,
    Lost,
    Owed,
    SentBack,
    found,
    intercept,
    intercepted,
    lost,
    sent_back,
    undeliverable,
)
from ...inventory import GoodsState
from ...ledger import Accepted, LedgerCode, Reason, Recorded, Refused
from ...marketplaces import make_good
from ...orders import LineQuantity, LineState, Order, line_account, line_unit, order_key
from ...values import DAY_MS, HOUR_MS
from ..stage import Actor, Stage

__all__ = ["Claims", "Parcel", "on_its_way", "sent_off"]

OWED = "W4 what is owed for a parcel is sent again or refunded, all of it"


class Parcel(NamedTuple):
    """A shipment on its way, with its pieces, and who tells of it. `arrive` tells that it is where it was sent to.

    Of one that is sent to a store nothing is lost alone.
    """

    id: str
    order: str
    lines: tuple[LineQuantity, ...]
    who: str
    arrive: Callable[[], None]
    to_store: bool = False

    def settled(self, world: Stage) -> Callable[[object], None]:
        """Return what ends the work on it, once a message of it has arrived."""
        return lambda _answer: world.working.discard(self.id)

    def came(self, world: Stage, where: str, lines: tuple[LineQuantity, ...]) -> None:
        """Note where pieces really came to."""
        there = world.view.parcels.setdefault(self.id, {})
        there[where] = {line: quantity for line, _, quantity in lines}


def sent_off(world: Stage, shipment: str, order: str) -> None:
    """Draw what becomes of a parcel that leaves; nothing odd where others of the order are in hand, or came back."""
    others = {each for each in world.working if each.rpartition("/")[0] == order} - {shipment}
    if order.startswith("till ") or order in world.handed_back or others or shipment in world.fates:
        return
    fate = next((name for name in FATES if world.chance.strikes(name)), "")
    if fate:
        world.fates[shipment] = fate
        world.delicate.add(order)


def on_its_way(world: Stage, parcel: Parcel, way_ms: int) -> None:
    """Let a parcel come to where it was sent in so many milliseconds, or to what was drawn for it."""
    fate = world.fates.get(parcel.id, "")
    if fate:
        world.chance.reached[fate] += 1
        FATES[fate](world, parcel, way_ms)
    else:
        world.later(way_ms, parcel.arrive)


def _lost_for_good(world: Stage, parcel: Parcel, way_ms: int) -> None:
    draw = world.chance.stream("parcels")
    if len(parcel.lines) == 1 or draw.random() < 0.5 or parcel.to_store:
        parcel.came(world, "lost", parcel.lines)
        telling = lost(parcel.id)
        world.later(way_ms, partial(world.send, telling, parcel.settled(world), who=parcel.who))
        return
    line = draw.choice(parcel.lines)
    gone, rest = line._replace(quantity=draw.randint(1, line.quantity)), [each for each in parcel.lines if each != line]
    left = line.quantity - gone.quantity
    parcel.came(world, "lost", (gone,))
    parcel.came(world, "customer", (*rest, *([line._replace(quantity=left)] if left else [])))
    telling = lost(parcel.id, {line.line: gone.quantity}, id="part")
    world.later(way_ms, partial(world.send, telling, lambda _answer: parcel.arrive(), who=parcel.who))


def _found_again(world: Stage, parcel: Parcel, way_ms: int) -> None:
    """It is told that it was lost, then it turns up: somebody says so, or it just arrives."""
    draw = world.chance.stream("parcels")
    parcel.came(world, "customer", parcel.lines)
    world.later(way_ms, partial(world.send, lost(parcel.id), parcel.settled(world), who=parcel.who))
    arrives = parcel.arrive
    if draw.random() < 0.5:
        arrives = partial(world.send, found(parcel.id), lambda _answer: parcel.arrive(), who=parcel.who)
    world.later(way_ms + draw.randint(HOUR_MS, 4 * DAY_MS), arrives)


def _not_delivered(world: Stage, parcel: Parcel, way_ms: int) -> None:
    """Nobody is there, or the address is wrong: somebody says so, or that it is lost, or nothing; and it comes back."""
    tellings = (undeliverable(parcel.id, reason="nobody there"), lost(parcel.id), None)
    if (telling := world.chance.stream("parcels").choice(tellings)) is not None:
        world.later(way_ms, partial(world.send, telling, parcel.settled(world), who=parcel.who))
    _comes_back(world, parcel, way_ms)


def _stopped(world: Stage, parcel: Parcel, way_ms: int) -> None:
    """A customer wants it stopped; if it is known to be under way the carrier is asked, and may be too late."""
    comes_back = world.chance.stream("parcels").random() < 0.7

    def answered(answer: object) -> None:
        is_stopped = comes_back and isinstance(answer, Accepted)
        if isinstance(answer, Accepted):
            world.send(intercepted(parcel.id, comes_back=comes_back), who=parcel.who)
        if is_stopped:
            _comes_back(world, parcel, way_ms)
        else:
            parcel.came(world, "customer", parcel.lines)
            world.later(way_ms, parcel.arrive)

    request = intercept(parcel.id, by="customer", reason="changed my mind")
    world.later(way_ms // 2, partial(world.ask, request, answered, who=parcel.who))


def _comes_back(world: Stage, parcel: Parcel, way_ms: int) -> None:
    draw = world.chance.stream("parcels")
    node = draw.choice(world.scene.catalog.network.nodes).id
    condition = draw.choice((GoodsState.QUARANTINE, GoodsState.SELLABLE, GoodsState.DAMAGED))
    parcel.came(world, "back", parcel.lines)

    def back() -> None:
        pieces: dict[str, int] = {}
        for _, sku, quantity in parcel.lines:
            pieces[sku] = pieces.get(sku, 0) + quantity
        telling = sent_back(parcel.id, node=node, condition=condition, occurred_at=world.now)
        world.happens(telling.id, node, pieces)
        world.send(telling, parcel.settled(world), who=parcel.who)

    world.later(way_ms + draw.randint(HOUR_MS, 3 * DAY_MS), back)


FATES: Mapping[str, Callable[[Stage, Parcel, int], None]] = MappingProxyType(
    {
        "lost_parcel": _lost_for_good,
        "found_parcel": _found_again,
        "undeliverable": _not_delivered,
        "intercepted": _stopped,
    }
)
"""What may become of a parcel, by the name of the fault."""


class Claims(Actor):
    """The host that asks what is owed where a parcel was lost or came back."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._asked: set[str] = set()

    def heard(self, world: Stage, recorded: Recorded) -> None:
        """Ask, once for each entry, at once or hours later."""
        for event in recorded.entry.events if recorded.entry.id not in self._asked else ():
            if isinstance(event, Lost | SentBack):
                world.later(self.draw(world).randint(1, 10 * HOUR_MS), partial(self._ask, world, event.shipment))
        self._asked.add(recorded.entry.id)

    def _ask(self, world: Stage, shipment: str) -> None:
        draw, before = self.draw(world), world.view.position
        policy = FulfillmentPolicy(when_lost=draw.choice((*Owed,)), when_sent_back=draw.choice((*Owed,)))
        standing = _owed(world, shipment)

        def answered(answer: object) -> None:
            because = answer.because if isinstance(answer, Accepted | Refused) else ()
            is_repeat = any(reason.code is LedgerCode.ALREADY_DONE for reason in because)
            between = world.view.position - before - bool(isinstance(answer, Accepted) and answer.events)
            world.view.answered[shipment] = max(before, world.view.answered.get(shipment, 0))
            if not is_repeat and not between:
                self._look(world, shipment, standing, because)

        world.ask(make_good(shipment, policy=policy, id=self.next_id()), answered, who=self.name)

    def _look(self, world: Stage, shipment: str, standing: Mapping[str, int], because: tuple[Reason, ...]) -> None:
        world.chance.reached["made good"] += 1
        order = world.view.documents.get(order_key(shipment.rpartition("/")[0]))
        lines = order.lines if isinstance(order, Order) else ()
        prices = {str(line_unit(shipment.rpartition("/")[0], line.id)): line.price_minor for line in lines}
        said: dict[str, int] = {}
        for code, unit, pieces, amount, _ in because:
            if code in (FulfillmentCode.SENT_AGAIN, FulfillmentCode.REFUND_DUE) and isinstance(pieces, int):
                said[unit] = said.get(unit, 0) + pieces
            if code is FulfillmentCode.REFUND_DUE and isinstance(pieces, int) and amount != pieces * prices[unit]:
                world.breach(OWED, f"{pieces} of {unit} cost {pieces * prices[unit]}, {amount} is to be refunded")
        if said != standing:
            world.breach(OWED, f"{dict(standing)} of {shipment} did not arrive, {said} are sent again or refunded")


def _owed(world: Stage, shipment: str) -> dict[str, int]:
    """Return the pieces of a shipment that were lost or came back, by unit."""
    order = world.view.documents.get(order_key(shipment.rpartition("/")[0]))
    units = [line_unit(order.id, line.id) for line in order.lines] if isinstance(order, Order) else []
    accounts = [line_account(state, shipment) for state in (LineState.LOST, LineState.RETURNED)]
    held = {unit: sum([world.view.balance(unit, account) for account in accounts]) for unit in units}
    return {unit: pieces for unit, pieces in held.items() if pieces}
