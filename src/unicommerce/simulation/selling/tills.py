"""Tills: online they ask the core; offline they sell under their rights, and beyond, and tell all of it much later.

What a till sold is kept beside what it told: at the end each sale is on record once, less what came back of it.
"""

from collections import Counter
from functools import partial

from ...fulfillment import place
from ...ledger import Accepted
from ...orders import Order, OrderLine
from ...tills import by_our_clock, forfeited, given_back, grant, opened, rights, sold, voided
from ...values import DAY_MS, HOUR_MS, MINUTE_MS, Unit
from ..scene import counter
from ..stage import Actor, Stage

__all__ = ["Till"]


class Till(Actor):
    """The till of a node. One that keeps account of its rights says what it sold under them; else our book does."""

    def __init__(self, node: str, mean_ms: int, *, has_rights: bool = True) -> None:
        super().__init__(f"till {node}")
        self.node = node
        self.mean_ms = mean_ms
        self.has_rights = has_rights
        self.keeps_account = True
        self._is_offline = self._is_lost = False
        self._ahead_ms = 0
        self._rights: Counter[str] = Counter()
        self._kept: list[tuple[str, str, str, int, int]] = []

    def start(self, world: Stage) -> None:
        """Open the till."""
        self.keeps_account = self.draw(world).random() < 0.6
        if self.keeps_account:
            world.view.own_account.add(f"till:{self.name}")
        if self.has_rights:
            world.send(opened(self.name, node=self.node, occurred_at=world.now), who=self.name)
            self.every(world, 2 * self.mean_ms, self._ask)
        self.every(world, self.mean_ms, self._sell)

    def _ask(self, world: Stage) -> None:
        """Ask for rights, or give some back."""
        if self._is_offline or self._is_lost:
            return
        draw, id = self.draw(world), self.next_id()
        sku = draw.choice(world.scene.skus)
        if self._rights[sku] and self.keeps_account and draw.random() < 0.3:
            self._give_back(world, {sku: 1})
            return
        wanted = {sku: draw.randint(1, 2)}

        def granted(answer: object) -> None:
            if isinstance(answer, Accepted):
                self._rights.update(wanted)
            if self._is_lost:
                world.later(DAY_MS, lambda: self._forfeit(world))

        world.ask(grant(id, till=self.name, quantities=wanted), granted, who=self.name)

    def _sell(self, world: Stage) -> None:
        draw = self.draw(world)
        if self._is_lost:
            return
        sku = draw.choice(world.scene.skus)
        if not self._is_offline and world.chance.strikes("offline"):
            self._is_offline = True
            world.later(draw.randint(MINUTE_MS, 72 * HOUR_MS), lambda: self._tell_all(world))
        if self._is_offline and self.has_rights and world.chance.strikes("lost_till"):
            self._is_lost = True
            world.later(draw.randint(2, 5) * DAY_MS, lambda: self._forfeit(world))
        if self._is_offline:
            self._sell_offline(world, sku)
            return
        id, line = self.next_id(), OrderLine(id="1", sku=sku)
        here = world.scene.catalog.network.node_by_id[self.node].position
        order = Order(id=id, pool=counter(self.node), lines=(line,), destination=here, placed_at=world.now)
        world.ask(place(order, {"1": 1}), who=self.name)

    def _sell_offline(self, world: Stage, sku: str) -> None:
        if world.chance.strikes("till_skew"):
            self._ahead_ms = self.draw(world).randint(-DAY_MS, DAY_MS)
            world.chance.reached["till_skew"] += 1
        if not world.at_hand(self.node, sku):
            return
        sale, own = self.next_id(), min(self._rights[sku], 1)
        self._rights[sku] -= own
        world.happens(f"sale/{sale}", self.node, {sku: -1})
        world.view.sold[sale] = {Unit(f"sku:{sku}"): 1}
        self._kept.append((sale, "", sku, own, world.now + self._ahead_ms))
        if self.draw(world).random() < 0.2:  # the customer has changed her mind
            void = self.next_id()
            self._rights[sku] += own
            world.happens(f"void/{void}", self.node, {sku: 1})
            world.view.sold[sale] = {Unit(f"sku:{sku}"): 0}
            self._kept.append((sale, void, sku, own, world.now + self._ahead_ms))

    def _forfeit(self, world: Stage) -> None:
        """Give the till up: days later, when nothing that it has told is on the wire any more."""
        world.insist(forfeited(self.next_id(), till=self.name, occurred_at=world.now), who="manager")
        world.chance.reached["lost_till"] += 1

    def _tell_all(self, world: Stage) -> None:
        """Tell what was sold; of what a lost till has sold nobody ever hears, unless it turns up: people count."""
        self._is_offline = False
        kept, self._kept = self._kept, []
        if self._is_lost and world.scene.counts and self.draw(world).random() < 0.5:
            for sale, *_ in kept:
                world.view.sold.pop(sale, None)
            return
        for sale, void, sku, own, moment in kept:
            at = by_our_clock(moment, sent_at=world.now + self._ahead_ms, now=world.now)
            if void:
                undo = partial(voided, void, sale=sale, till=self.name, node=self.node)
                world.insist(undo(quantities={sku: 1}, occurred_at=at), who=self.name)
            else:
                under = {sku: own} if self.keeps_account else None
                sell = partial(sold, sale, till=self.name, node=self.node, quantities={sku: 1})
                world.send(sell(under_rights=under, occurred_at=at), who=self.name)
            world.chance.reached["offline"] += 1

    def _give_back(self, world: Stage, quantities: dict[str, int]) -> None:
        self._rights.subtract(quantities)
        telling = given_back(self.next_id(), till=self.name, quantities=quantities, occurred_at=world.now)
        world.send(telling, who=self.name)

    def settle(self, world: Stage) -> None:
        """Tell what was sold, and give back what is left of the rights."""
        self._tell_all(world)
        if self._is_lost:
            return
        if self.keeps_account:
            if left := {sku: pieces for sku, pieces in sorted(self._rights.items()) if pieces}:
                self._give_back(world, left)
        elif world.see(lambda state, _given: rights(state, till=self.name)):
            world.send(given_back(self.next_id(), till=self.name, occurred_at=world.now), who=self.name)
