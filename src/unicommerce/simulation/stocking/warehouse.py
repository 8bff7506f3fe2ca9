"""A node at work: its people pick, fall short and ship; carriers deliver; each says so, or forgets."""

from ...fulfillment import (
    Allocated,
    Method,
    RejectionReason,
    Shipment,
    damaged,
    delivered,
    method_of,
    picked,
    rejected,
    shipped,
)
from ...ledger import Recorded, State, Telling
from ...orders import LineQuantity, LineState, Order, line_account, order_key
from ...values import DAY_MS, HOUR_MS, MINUTE_MS, Unit
from ..selling.parcels import Parcel, on_its_way, sent_off
from ..selling.pickups import Bag, hear_of_shelves, set_out
from ..stage import Actor, Stage

__all__ = ["Warehouse"]

STILL_HERE = (LineState.ALLOCATED, LineState.PICKED, LineState.PACKED)


class Warehouse(Actor):
    """The people and the system of a node: they pick, fall short, ship; carriers deliver; each says so, or forgets."""

    def __init__(self, node: str) -> None:
        super().__init__(f"warehouse {node}")
        self.node = node
        self._tickets: set[str] = set()
        self._heard: set[str] = set()

    def heard(self, world: Stage, recorded: Recorded) -> None:
        """Take what is allocated here as a ticket, once; and what nobody collected off the counter."""
        if recorded.entry.id not in self._heard:
            self._heard.add(recorded.entry.id)
            hear_of_shelves(world, self.node, recorded)
        for event in recorded.entry.events:
            if (
                isinstance(event, Allocated)
                and event.shipment.node == self.node
                and event.shipment.id not in self._tickets
            ):
                self._tickets.add(event.shipment.id)
                self._queue(world, event.shipment)

    def _queue(self, world: Stage, shipment: Shipment) -> None:
        is_counter = shipment.order.startswith("till ")
        delay = 1_000 if is_counter else self.draw(world).randint(20, 400) * MINUTE_MS
        world.later(delay, lambda: self._pick(world, shipment))

    def _pick(self, world: Stage, shipment: Shipment) -> None:
        draw = self.draw(world)
        node = world.view.network.node_by_id[self.node]
        if shipment.order in world.changing or world.is_relieving or not node.is_open:
            world.later(draw.randint(10, 60) * MINUTE_MS, lambda: self._pick(world, shipment))
            return
        order, there = world.see(lambda state, _given: _standing(state, shipment))
        if order is None or not there:
            return  # canceled or given to somebody else meanwhile
        if node.rank and world.chance.strikes("store_rejects"):
            self._reject(world, shipment, there)
            return
        found, short = {}, {}
        for line, wanted in there.items():
            key = (self.node, order.line_by_id[line].sku)
            pieces = min(wanted, world.at_hand(*key))
            if key[1] in world.scene.dated:  # people look at the printed day, and at the list of recalls
                fit = world.view.fit(self.node, Unit(f"sku:{key[1]}"), world.now)
                pieces = max(min(pieces, fit - world.trays.get(key, 0)), 0)
            if pieces and world.chance.strikes("short_pick"):
                pieces -= 1
            if pieces:
                found[line] = pieces
                world.trays[key] = world.trays.get(key, 0) + pieces
            if pieces < wanted:
                short[line] = wanted - pieces
                world.chance.reached["short_pick"] += 1
        world.working.add(shipment.id)
        world.view.in_hand[shipment.id] = world.view.position
        self._report(world, shipment, order, found, short)

    def _reject(self, world: Stage, shipment: Shipment, there: dict[str, int]) -> None:
        """Give back what there is no time for, or one line that is not found or broken, and look at the rest again."""
        draw = world.chance.stream("rejections")
        reason, line = draw.choice(tuple(RejectionReason)), draw.choice(sorted(there))
        part = None if reason is RejectionReason.BUSY and draw.random() < 0.7 else {line: draw.randint(1, there[line])}
        world.working.add(shipment.id)
        world.chance.reached["store_rejects"] += 1

        def arrived(_answer: object) -> None:
            world.working.discard(shipment.id)
            if part is not None:
                self._queue(world, shipment)

        id = f"{draw.randint(0, 10**9)}" if part else ""
        world.send(rejected(shipment.id, part, reason=reason, id=id), arrived, who=self.name)

    def _report(
        self, world: Stage, shipment: Shipment, order: Order, found: dict[str, int], short: dict[str, int]
    ) -> None:
        pick = picked(shipment.id, found, short=short)
        if short or shipment.order in world.delicate:  # told in order, each when the one before has arrived
            world.send(pick, lambda _answer: self._pack(world, shipment, order, found, is_plain=False), who=self.name)
            return
        if world.chance.strikes("skipped_step"):
            world.chance.reached["skipped_step"] += 1
        else:
            world.send(pick, who=self.name)
        self._pack(world, shipment, order, found, is_plain=True)

    def _pack(self, world: Stage, shipment: Shipment, order: Order, found: dict[str, int], *, is_plain: bool) -> None:
        if not found:
            world.working.discard(shipment.id)
            return
        if not shipment.order.startswith("till ") and world.chance.strikes("damaged_at_pack"):
            self._break(world, shipment, order, found)
            return
        delay = 1_000 if shipment.order.startswith("till ") else self.draw(world).randint(5, 90) * MINUTE_MS
        world.later(delay, lambda: self._ship(world, shipment, order, found, is_plain=is_plain))

    def _break(self, world: Stage, shipment: Shipment, order: Order, found: dict[str, int]) -> None:
        """Let some of what is packed break, and send what is left once that is known."""
        draw = world.chance.stream("damages")
        line = draw.choice(sorted(found))
        broken = draw.randint(1, found[line])
        world.trays[self.node, order.line_by_id[line].sku] -= broken
        left = {each: pieces for each, pieces in {**found, line: found[line] - broken}.items() if pieces}
        world.chance.reached["damaged_at_pack"] += 1

        def arrived(_answer: object) -> None:
            if left:
                self._ship(world, shipment, order, left, is_plain=False)
            else:
                world.working.discard(shipment.id)

        world.send(damaged(shipment.id, {line: broken}, reason="dropped"), arrived, who=self.name)

    def _ship(self, world: Stage, shipment: Shipment, order: Order, found: dict[str, int], *, is_plain: bool) -> None:
        if method_of(shipment) is Method.PICK_UP:
            set_out(world, Bag(shipment, order, found, is_plain), who=self.name)
            return
        found = self._wanted(world, shipment, order, found)
        if not found:
            world.working.discard(shipment.id)
            return
        gone: dict[str, int] = {}
        for line, pieces in found.items():
            sku = order.line_by_id[line].sku
            gone[sku] = gone.get(sku, 0) - pieces
            world.trays[self.node, sku] -= pieces
        said = None if is_plain and self.draw(world).random() < 0.5 else found
        tell = shipped(shipment.id, said, occurred_at=world.now)
        world.happens(tell.id, self.node, gone)
        sent_off(world, shipment.id, order.id)
        to_store = method_of(shipment) is Method.SHIP_TO_STORE

        def arrive() -> None:
            if to_store:
                set_out(world, Bag(shipment, order, found, is_plain), who=self.name)
            else:
                world.send(delivered(shipment.id), parcel.settled(world), who=self.name)

        lines = tuple([LineQuantity(line, order.line_by_id[line].sku, pieces) for line, pieces in found.items()])
        parcel = Parcel(shipment.id, order.id, lines, self.name, arrive, to_store)
        self._dispatch(world, tell, parcel, is_plain=is_plain)

    def _wanted(self, world: Stage, shipment: Shipment, order: Order, found: dict[str, int]) -> dict[str, int]:
        """Return what is still wanted of pieces in hand, of an order that is delicate; the rest is put back."""
        if order.id not in world.delicate:
            return found
        accounts = tuple([line_account(state, shipment.id) for state in STILL_HERE])
        there = world.see(lambda state, _given: {line: state.balance(order.unit(line), accounts) for line in found})
        for line, pieces in found.items():
            if pieces > there[line]:
                world.trays[self.node, order.line_by_id[line].sku] -= pieces - there[line]
                world.chance.reached["put back in time"] += 1
        return {line: n for line, pieces in found.items() if (n := min(pieces, there[line])) > 0}

    def _dispatch(self, world: Stage, tell: Telling[object], parcel: Parcel, *, is_plain: bool) -> None:
        """Tell that a parcel left, or forget it; a carrier that is connected says what becomes of it."""

        def left(_answer: object) -> None:
            if not parcel.to_store:
                world.working.discard(parcel.id)

        def goes(answer: object) -> None:
            left(answer)
            on_its_way(world, parcel, self._way(world))

        if world.scene.is_connected and not parcel.to_store:
            world.send(tell, left, who=self.name)
        elif not is_plain:
            world.send(tell, goes, who=self.name)
        else:
            if world.chance.strikes("skipped_step"):
                world.chance.reached["skipped_step"] += 1
            else:
                world.send(tell, left, who=self.name)
            on_its_way(world, parcel, self._way(world))

    def _way(self, world: Stage) -> int:
        return self.draw(world).randint(20 * HOUR_MS, 3 * DAY_MS)


def _standing(state: State, shipment: Shipment) -> tuple[Order | None, dict[str, int]]:
    """Return the order of a shipment, and its pieces by line that are to be picked."""
    order = state.document(order_key(shipment.order))
    at = (line_account(LineState.ALLOCATED, shipment.id),)
    held = {line.id: state.balance(order.unit(line.id), at) for line in order.lines} if order else {}
    return order, {line: pieces for line, pieces in held.items() if pieces > 0}
