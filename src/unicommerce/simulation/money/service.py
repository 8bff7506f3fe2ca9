"""The tax service, which is down at times; then a flat rate stands in, and what it says is provisional."""

from functools import partial

from ...ledger import Reason, Refused
from ...tax import Anywhere, Rate, RuleSet, TaxAnswer, TaxCode, TaxRequest, quote, standing_in
from ...values import HOUR_MS
from ..scene import Scene
from ..stage import Actor, Stage
from .policy import tax_rules
from .record import request_key

__all__ = ["TaxService"]

FLAT = RuleSet(version="flat", regime=Anywhere(), rates=(Rate("*", "VAT", "0.25"),))
"""What is charged while the service is silent: more than it may turn out to want."""


class TaxService(Actor):
    """A tax service: it answers at once, or not for hours."""

    def __init__(self, name: str, scene: Scene) -> None:
        super().__init__(name)
        self._rules = tax_rules(scene)
        self._down_until = 0

    def start(self, world: Stage) -> None:
        """Be there."""
        self.every(world, 4 * HOUR_MS, self._fail)

    def _fail(self, world: Stage) -> None:
        if world.chance.strikes("tax_outage"):
            self._down_until = world.now + self.draw(world).randint(1, 30) * HOUR_MS

    def is_up(self, world: Stage) -> bool:
        """Tell whether it answers."""
        return world.is_settling or world.now >= self._down_until

    def answer(self, world: Stage, request: TaxRequest) -> TaxAnswer | Refused:
        """Answer, or not."""
        pieces = tuple([(line.id, line.quantity) for line in request.lines])
        world.view.money.asked[request_key(request.document, request.tax_date, pieces)] = request
        if self.is_up(world):
            return quote(request, self._rules)
        world.chance.reached["tax_outage"] += 1
        return Refused((Reason(TaxCode.UNAVAILABLE, self.name),))

    def engine(self, world: Stage, request: TaxRequest, /) -> TaxAnswer | Refused:
        """Answer, or let a flat rate stand in."""
        return standing_in(partial(self.answer, world), other=partial(quote, rules=FLAT))(request)
