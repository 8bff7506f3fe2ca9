"""Who writes papers: an invoice of each shipment in hand, a credit note of what is no longer, what is trued up later.

It follows the journal at its own pace, so what it asks may be about what has changed since. Half of its invoices have
the answer of the tax service, asked before.
"""

from functools import partial

import attrs

from ...invoices import InvoicePolicy, credits_of, invoice, late_invoices_of, settle_tax, tax_request
from ...ledger import Recorded, Refused
from ...orders import LineState
from ...values import HOUR_MS, MINUTE_MS
from ..stage import Actor, Stage
from .policy import paper_policy
from .service import TaxService

__all__ = ["Papers"]

GONE = (LineState.SHIPPED, LineState.DELIVERED, LineState.COLLECTED)
IN_HAND = (LineState.PICKED, LineState.PACKED, LineState.READY, *GONE)


class Papers(Actor):
    """The host that writes papers, when pieces are picked or when they have left."""

    def __init__(self, name: str, service: TaxService) -> None:
        super().__init__(name)
        self._service = service
        self._from: tuple[LineState, ...] = IN_HAND
        self._open: dict[str, None] = {}

    def start(self, world: Stage) -> None:
        """Choose when to write, and look for what can be trued up."""
        self._from = self.draw(world).choice((IN_HAND, GONE))
        self.every(world, 3 * HOUR_MS, self._true_up)

    def _policy(self, world: Stage) -> InvoicePolicy:
        return attrs.evolve(paper_policy(world.scene), engine=partial(self._service.engine, world))

    def heard(self, world: Stage, recorded: Recorded) -> None:
        """Note which shipments are to be invoiced, and ask for what came late and what is to be credited."""
        entry, draw = recorded.entry, self.draw(world)
        for _, unit, _, target in entry.movements:
            is_due = unit.startswith("line:") and target.state in self._from and target.ref
            if is_due and not target.ref.startswith("till ") and target.ref not in self._open:
                self._open[target.ref] = None
                world.later(draw.randint(1, 40 * MINUTE_MS), partial(self._invoice, world, target.ref))
        policy = self._policy(world)
        for request in (*late_invoices_of(entry, policy=policy), *credits_of(entry, policy=policy)):
            world.later(draw.randint(1, 2 * HOUR_MS), partial(world.ask, request, who=self.name))

    def _invoice(self, world: Stage, shipment: str) -> None:
        draw, policy = self.draw(world), self._policy(world)
        if draw.random() < 0.5:
            world.ask(invoice(shipment, policy=policy), who=self.name)
            return
        asked = world.see(tax_request(shipment, policy=policy))(world.now)
        answer = policy.engine(asked) if asked else None
        if answer is not None and not isinstance(answer, Refused):
            ready = partial(world.ask, invoice(shipment, policy=policy, answer=answer), who=self.name)
            world.later(draw.randint(1, 90 * MINUTE_MS), ready)

    def _true_up(self, world: Stage) -> None:
        """Ask the service what it would have said of each provisional invoice."""
        for shipment in list(world.view.money.provisional):
            asked = world.see(tax_request(shipment, policy=self._policy(world)))(world.now)
            answer = self._service.answer(world, asked) if asked else None
            if answer is not None and not isinstance(answer, Refused):
                world.chance.reached["trued up"] += 1
                world.ask(settle_tax(shipment, answer, policy=self._policy(world)), who=self.name)

    def settle(self, world: Stage) -> None:
        """Write what is missing."""
        self._true_up(world)
        for shipment in [each for each in self._open if not _is_invoiced(world, each)]:
            world.ask(invoice(shipment, policy=self._policy(world)), who=self.name)


def _is_invoiced(world: Stage, shipment: str) -> bool:
    return shipment in world.view.money.papers.get(shipment.rpartition("/")[0], {})
