"""Route: which node serves what, provably at the least cost, and why each node or not.

A pipeline of small steps: rules -> promise -> integer costs -> exact search -> plan. Policy is compiled to whole
numbers for each node and need before the search; nothing is looked up inside it. Soft rules give way, in the order of
the policy, only where pieces would be left over, and no more of them than it takes.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ..errors import InvalidValue
from ..ledger import Reason
from .compiling import Attempt, problem_of, shipments_of
from .costs import Question
from .documents import Asked, Need, Plan, Soft, Supply
from .exact import solve
from .options import Option, admitted, options_of
from .policy import RoutingPolicy
from .promises import Destination
from .verdicts import verdicts_of

__all__ = ["Routed", "by_sku", "question_of", "route", "routed"]


class Routed(NamedTuple):
    """A plan, and what it was made of."""

    plan: Plan
    attempt: Attempt


def route(
    needs: Sequence[Need],
    supplies: Sequence[Supply],
    *,
    destination: Destination,
    service: str = "",
    due_at: int,
    currency: str,
    policy: RoutingPolicy,
    now: int,
) -> Plan:
    """Return the cheapest plan; moments are ms UTC, `due_at` the latest delivery that counts as on time.

    `service` is the level that the customer chose, which cut-offs, pick-ups, rates and transits may be for. How needs
    and supplies are listed changes no plan; a shipment has its items by SKU. Raises `InvalidValue` for a currency that
    is not the one of the policy.

    >>> from unicommerce.catalog import Node
    >>> from unicommerce.values import Position
    >>> dc = Node(id="dc", position=Position.of(36.3, -94.1))
    >>> plan = route([Need("MUG", 2, 350)], [Supply(dc, (5,))], destination=Destination(Position.of(36.4, -94.2)),
    ...     due_at=10**12, currency="USD", policy=RoutingPolicy(), now=0)
    >>> plan.shipments[0].items, plan.is_proven
    ((('MUG', 2),), True)
    """
    needs, supplies = by_sku(needs, supplies)
    return routed(question_of(needs, Asked(destination, service, due_at, currency, now), policy), supplies).plan


def by_sku(needs: Sequence[Need], supplies: Sequence[Supply]) -> tuple[Sequence[Need], Sequence[Supply]]:
    """Return both by SKU: where a capacity has to choose, the plan does not hang on how the needs were listed."""
    order = sorted(range(len(needs)), key=lambda line: needs[line].sku)
    if order == list(range(len(needs))):
        return needs, supplies
    listed = [each._replace(available=tuple([each.available[line] for line in order])) for each in supplies]
    return [needs[line] for line in order], listed


def question_of(needs: Sequence[Need], asked: Asked, policy: RoutingPolicy) -> Question:
    """Return a question. Raises `InvalidValue` for a currency that is not the one of the policy."""
    if policy.currency not in ("", asked.currency):
        raise InvalidValue("currency", asked.currency, f"{policy.currency}, in which the policy has its amounts")
    is_plain = not policy.rules and not any(need.requires for need in needs)
    return Question(tuple(needs), asked, policy, sum([need.quantity for need in needs]), is_plain)


def routed(question: Question, supplies: Sequence[Supply]) -> Routed:
    """Return the cheapest plan with what it was made of."""
    needs, policy = question.needs, question.policy
    found = options_of(supplies, question)
    options = [each for each in found if isinstance(each, Option)]
    attempt = _with_the_least_given_way(options, question)
    solution, shipments = attempt.solution, shipments_of(attempt, question)
    verdicts = {reason.subject: reason for reason in found if isinstance(reason, Reason)}
    verdicts |= verdicts_of(attempt, shipments, question)
    plan = Plan(
        shipments=shipments,
        unfilled=tuple([(need.sku, left) for need, left in zip(needs, solution.unfilled, strict=True) if left]),
        cost_minor=sum([shipment.cost_minor for shipment in shipments]),
        lower_bound_minor=solution.lower_bound - policy.unfilled_minor * sum(solution.unfilled),
        is_proven=solution.proven,
        because=tuple([verdicts[supply.node.id] for supply in supplies]),
        destination=question.asked.destination,
        gave_way=tuple([soft for soft in policy.gives_way if soft in attempt.gave_way]),
    )
    return Routed(plan, attempt)


def _with_the_least_given_way(options: Sequence[Option], question: Question) -> Attempt:
    """Return the best attempt: soft rules give way in their order while pieces are left over, and none in vain."""
    best = _attempt(options, question, frozenset())
    gave_way = frozenset[Soft]()
    for soft in [each for each in question.policy.gives_way if _binds(each, options, question.policy)]:
        if not best.left:
            break
        gave_way |= {soft}
        more = _attempt(options, question, gave_way)
        best = more if more.left < best.left else best
    for soft in [each for each in question.policy.gives_way if {each} < best.gave_way]:
        less = _attempt(options, question, best.gave_way - {soft})
        best = less if less.left == best.left else best
    return best


def _binds(soft: Soft, options: Iterable[Option], policy: RoutingPolicy) -> bool:
    """Tell whether it could make a difference that a soft rule gives way."""
    if soft is Soft.PROTECTION:
        return bool(policy.keeps)
    if soft is Soft.SPLITS:
        return policy.max_shipments is not None or not policy.splits_lines
    return any(option.late_hours for option in options)


def _attempt(options: Iterable[Option], question: Question, gave_way: frozenset[Soft]) -> Attempt:
    found = [admitted(option, question, gave_way) for option in options]
    usable = tuple([each for each in found if isinstance(each, Option)])
    problem, policy = problem_of(usable, question, gave_way), question.policy
    solution = policy.strategy(problem) if policy.strategy else solve(problem, budget=policy.budget)
    return Attempt(usable, tuple([each for each in found if isinstance(each, Reason)]), problem, solution, gave_way)
