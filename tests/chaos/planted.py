"""Bugs, each with a short plan of the same run that finds it: what is planted, where it hurts, what the run says."""

from collections.abc import Mapping
from typing import NamedTuple

from tests.chaos import host
from tests.chaos.days import Blow, Plan
from tests.chaos.points import Armed
from tests.chaos.systems import MISCOUNT, NO_REPEAT

__all__ = ["PLANTED", "Planted", "without"]


class Planted(NamedTuple):
    """A plan, and the words by which the run tells that something is wrong in it."""

    plan: Plan
    words: str


def _plan(bug: str, *, blow: Blow | None = None, hours: int = 2, down: Mapping[str, range] | None = None) -> Plan:
    return Plan(0, {} if blow is None else {1: blow}, hours, down or {}, bug=bug)


PLANTED: Mapping[str, Planted] = {
    bug: Planted(plan, words)
    for bug, plan, words in (
        (host.EARLY_ACK, _plan(host.EARLY_ACK, blow=Armed("read, not on record", "shop")), "lost on the way in"),
        (host.EARLY_PROGRESS, _plan(host.EARLY_PROGRESS, blow=Armed("due, not sent", "wms")), "lost on the way out"),
        (NO_REPEAT, _plan(NO_REPEAT, blow=Armed("answered, not settled", "erp")), "done twice"),
        (MISCOUNT, _plan(MISCOUNT), "erp sales"),
        (host.OWN_IDS, _plan(host.OWN_IDS, blow=Armed("on record, not answered", "shop")), "lost on the way in"),
        (host.NO_BURIAL, _plan(host.NO_BURIAL), "lost on the way in"),
        (host.NO_DEAD, _plan(host.NO_DEAD), "lost on the way out"),
        (host.NO_ORDER, _plan(host.NO_ORDER, hours=5, down={"erp": range(2, 4)}), "out of order"),
        (host.ONE_ROW, _plan(host.ONE_ROW, hours=3, down={"erp": range(2, 3)})._replace(patience=200), "never settled"),
    )
}


def without(plan: Plan) -> Plan:
    """Return the same plan with nothing planted."""
    return plan._replace(bug="")
