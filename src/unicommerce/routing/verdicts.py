"""What is said of each node that was compared: it ships, or how much dearer any plan with it is, or who does better."""

from collections.abc import Sequence

from ..catalog import day_text, local_day
from ..ledger import Reason
from ..values import Money
from .codes import RoutingCode
from .compiling import Attempt
from .costs import Question
from .documents import PlannedShipment

__all__ = ["dominating", "verdicts_of"]


def verdicts_of(attempt: Attempt, shipments: Sequence[PlannedShipment], question: Question) -> dict[str, Reason]:
    """Return one reason for each node that was let in or kept out by a soft rule."""
    barred = {reason.subject: reason for reason in attempt.barred}
    return barred | _compared(attempt, question) | _late(attempt) | _shipping(attempt, shipments, question)


def _late(attempt: Attempt) -> dict[str, Reason]:
    """Say of each node that was let in late, and ships nothing, how late it would be."""
    late = [option for option in attempt.options if option.late_hours]
    return {o.supply.node.id: Reason(RoutingCode.TOO_LATE, o.supply.node.id, o.late_hours) for o in late}


def _compared(attempt: Attempt, question: Question) -> dict[str, Reason]:
    """Say of each node that was compared by how much the plan would be dearer with it, at the least."""
    solution, verdicts = attempt.solution, {}
    quantities, pieces = [need.quantity for need in question.needs], question.pieces
    for index, (option, margin) in enumerate(zip(attempt.options, solution.margins, strict=True)):
        node, available = option.supply.node.id, option.available
        has = sum(map(min, quantities, available))
        if margin:
            code = RoutingCode.COSTLIER if has == pieces else RoutingCode.COSTLIER_IN_PART
            verdicts[node] = Reason(code, node, has, pieces, str(Money(margin, question.asked.currency)))
        elif question.policy.strategy and not solution.proven:
            verdicts[node] = Reason(RoutingCode.NOT_CHOSEN, node, has, pieces)
        elif (better := dominating(attempt, index)) is not None:
            verdicts[node] = Reason(RoutingCode.DOMINATED, node, better)
        elif solution.proven:
            verdicts[node] = Reason(RoutingCode.NO_CHEAPER, node, has, pieces)
        else:
            verdicts[node] = Reason(RoutingCode.NOT_EXPLORED, node, solution.work, question.policy.budget)
    return verdicts


def dominating(attempt: Attempt, index: int) -> str | None:
    """Return the shipping node that could give, at no more, all that a candidate could; None: there is none."""
    problem = attempt.problem
    if problem.weights_g:  # the freight of all pieces is not that of each
        return None
    quantities, other = problem.quantities, problem.candidates[index]
    for shipping in dict.fromkeys([each.candidate for each in attempt.solution.assignments]):
        one = problem.candidates[shipping]
        whole = {line: cost for line, available, cost in one.offers if available == quantities[line]}
        is_wide = one.capacity is None or one.capacity >= sum(quantities)
        is_cheap = one.fixed_cost <= other.fixed_cost
        if is_wide and is_cheap and all(whole.get(line, cost + 1) <= cost for line, _, cost in other.offers):
            return one.node
    return None


def _shipping(attempt: Attempt, shipments: Sequence[PlannedShipment], question: Question) -> dict[str, Reason]:
    zones = {option.supply.node.id: option.supply.node.calendar.zone for option in attempt.options}
    verdicts = {}
    for shipment in shipments:
        ships = sum([quantity for _, quantity in shipment.items])
        code = RoutingCode.SHIPS_ALL if ships == question.pieces else RoutingCode.SHIPS_PART
        day = day_text(local_day(zones[shipment.node], shipment.promise.latest))
        terms = f"{Money(shipment.cost_minor, question.asked.currency)}, there by {day}"
        verdicts[shipment.node] = Reason(code, shipment.node, ships, question.pieces, terms)
    return verdicts
