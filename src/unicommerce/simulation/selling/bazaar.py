"""A marketplace that sells in our name: it relays orders with clocks, moves them, asks for more, and calls off.

Its cancel is a fact and comes when it comes: before the order itself, in the midst of a pick, after all has left. Our
host serves what is relayed and answers, now in part, now by what stands. What is at risk is compared with what was
really said, at moments of chance.
"""

from collections.abc import Mapping
from functools import partial

import attrs

from ...fulfillment import FulfillmentPolicy
from ...marketplaces import MarketOrder, MarketPolicy, acknowledge, called_off, late_risk, relayed, serve
from ...orders import Order
from ...supply import BackorderPolicy, Short
from ...values import DAY_MS, HOUR_MS, MINUTE_MS
from ..rules.bazaar import clocks_unmet, is_unsaid
from ..stage import Stage, Then
from .people import Shopper

__all__ = ["Bazaar"]

POLICY = MarketPolicy(acknowledge_hours=4, ship_hours=48)
"""What is set for a clock that is not said; by when it is to be delivered is then open."""
CLOCKS = "A4 a clock is listed exactly when it is unmet"


class Bazaar(Shopper):
    """Customers of a marketplace, the marketplace, and our host that answers it."""

    def start(self, world: Stage) -> None:
        """Open the shop, and look at the clocks now and then."""
        super().start(world)
        self.every(world, 5 * HOUR_MS, self._look)

    def order(self, world: Stage, order: Order, quantities: dict[str, int]) -> None:
        """Sell, tell of it, and it may be change that."""
        draw = self.draw(world)
        short = draw.choice((Short.REFUSE, Short.PARTIAL, Short.BACKORDER)) if world.scene.expects else Short.REFUSE
        policy = FulfillmentPolicy(backorders=BackorderPolicy(when_short=short))
        world.delicate.add(order.id)

        def arrived(_answer: object) -> None:
            request = serve(_of_none(order), quantities, policy=policy)
            world.later(draw.randint(1, HOUR_MS), partial(world.ask, request, who=self.name))
            for _ in range(draw.randint(1, 3)):
                world.later(draw.randint(1, 30 * HOUR_MS), partial(self._answer, world, order, quantities))

        self._relay(world, order, quantities, arrived, is_first=True)
        if draw.random() < 0.3:
            more = {line: pieces + draw.choice((0, 0, 1)) for line, pieces in quantities.items()}
            again = partial(self._relay, world, order, more, lambda _answer: None)
            world.later(draw.randint(1, 20 * HOUR_MS), again)
        if draw.random() < 0.5:
            line = draw.choice(order.lines).id
            part = None if draw.random() < 0.4 else {line: draw.randint(1, quantities[line])}
            delay = draw.choice((MINUTE_MS, 6 * HOUR_MS, 9 * HOUR_MS, 3 * DAY_MS))
            world.later(draw.randint(1, delay), partial(self._call_off, world, order.id, part))

    def _relay(
        self, world: Stage, order: Order, quantities: Mapping[str, int], arrived: Then, *, is_first: bool = False
    ) -> None:
        draw, now = self.draw(world), world.now
        ship_by = now + draw.randint(6, 60) * HOUR_MS
        clocks = (now + draw.randint(1, 9) * HOUR_MS, ship_by, ship_by + draw.randint(1, 5) * DAY_MS)
        said = [at if not is_first or draw.random() < 0.7 else None for at in clocks]
        paper = MarketOrder(
            order=order.id,
            revision=now,
            market=self.name,
            placed_at=order.placed_at,
            number=f"number of {order.id}",
            acknowledge_by=said[0],
            ship_by=said[1],
            deliver_by=said[2],
        )
        assumed = [POLICY.clock(name, None, order.placed_at) for name in ("acknowledge_by", "ship_by", "deliver_by")]
        known = tuple([at or other for at, other in zip(said, assumed, strict=True)])
        world.view.clocks.setdefault(order.id, {})[now] = known
        world.chance.reached["a marketplace tells"] += 1
        world.send(relayed(paper, quantities, policy=POLICY), arrived, who=self.name)

    def _call_off(self, world: Stage, order: str, part: Mapping[str, int] | None) -> None:
        world.chance.reached["a marketplace calls off"] += 1
        by = self.draw(world).choice(("buyer", "market", ""))
        world.insist(called_off(order, part, id=self.next_id(), by=by, reason="changed my mind"), who=self.name)

    def _answer(self, world: Stage, order: Order, quantities: Mapping[str, int]) -> None:
        """Say what stands, or that some of it is accepted."""
        draw, kinds = self.draw(world), ("accepted", "backordered", "rejected")
        said: dict[str, Mapping[str, int]] = {}
        if draw.random() < 0.4:
            line = draw.choice([*quantities])
            said = {draw.choice(kinds): {line: draw.randint(1, quantities[line])}}
        request = acknowledge(
            order.id,
            accepted=said.get("accepted"),
            backordered=said.get("backordered"),
            rejected=said.get("rejected"),
            rejects=draw.random() < 0.5,
            reason="no stock",
            id=self.next_id(),
        )
        world.ask(request, who=self.name)

    def _look(self, world: Stage) -> None:
        """Look at what is late, or may be."""
        orders = list(world.view.clocks)
        listed: dict[tuple[str, str, int], int] = {}
        for risk in world.see(late_risk(orders, now=world.now)):
            key = (risk.order, risk.clock, risk.by)
            listed[key] = listed.get(key, 0) + sum(risk.pieces.values())
        unmet = clocks_unmet(world.view)
        world.chance.reached["clocks run"] += bool(unmet)
        for key in sorted(listed.keys() | unmet.keys()):
            if listed.get(key, 0) != unmet.get(key, 0):
                world.breach(CLOCKS, f"{key}: {unmet.get(key, 0)} pieces are to come, {listed.get(key, 0)} are listed")

    def settle(self, world: Stage) -> None:
        """Say what stands where that is not what was said."""
        for order in world.view.clocks:
            if is_unsaid(world.view, order):
                world.ask(acknowledge(order, reason="no stock", id=self.next_id()), who=self.name)


def _of_none(order: Order) -> Order:
    """Return an order of no channel: the marketplace is no feed of ours."""
    return attrs.evolve(order, channel="")
