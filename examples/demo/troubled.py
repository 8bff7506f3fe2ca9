"""One troubled order as the service desk sees it: its timeline in plain words, and the call that was taken about it."""

from collections.abc import Iterable, Sequence

from unicommerce.desk import Row, timeline
from unicommerce.ledger import Recorded

from .journeys import Journeys
from .shape import Call, Step


def chosen(calls: Sequence[Call], journeys: Journeys) -> Call | None:
    """Choose the call that says most: of orders turned down unpicked, the most varied; None where nobody has called."""
    turned = {each.order for each in journeys.turned_down}

    def worth(call: Call) -> tuple[bool, int, int, int, str]:
        states = {piece["state"] for piece in call["pieces"]}
        ways = {change["how"] for change in call["changes"]}
        return call["order"] not in turned, -len(ways) - len(states), len(call["pieces"]), call["at"], call["order"]

    return min(calls, key=worth, default=None)


def told(order: str, journal: Iterable[Recorded]) -> list[Step]:
    """Tell what the entries of an order say, in the order of their moments."""
    return [_step(row) for row in timeline(order, journal)]


def _step(row: Row) -> Step:
    _, _, kind, *_ = (*row.entry.split("/"), "")  # as order/536365/placed, 536365/1/shipped, return/C536379-1
    tracking = f", tracking {row.said.tracking}" if row.said.tracking else ""
    return Step(
        at=row.at,
        kind=kind,
        text=f"{row.said.words}{tracking}",
        source=row.source,
        notes=list(row.notes),
    )
