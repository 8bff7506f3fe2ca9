"""Why: what is to be said of every candidate of a plan, exactly, and what comes next, found by solving anew.

`route` gives one reason for each node, with a bound that costs nothing. Here each node that could ship is forced into
the plan, or out of it, and the order is solved anew: so "at least" becomes "exactly", what would make a node win is
known, and so is the runner-up. Nothing here changes a plan.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ..ledger import Reason
from .compiling import Attempt
from .costs import Question
from .decisions import by_sku, question_of, routed
from .documents import Asked, Need, Plan, Supply
from .forcing import with_candidate, without_candidate
from .options import Option, admitted, bars, options_of
from .policy import RoutingPolicy
from .problem import Solution
from .promises import Destination
from .verdicts import dominating

__all__ = ["Explanation", "Other", "Verdict", "why"]


class Other(NamedTuple):
    """Another plan than the chosen one: who ships, by how much it is dearer, and how many pieces more it leaves over.

    The amount is as plans are weighed, what pieces weigh that are left over aside. `is_exact`: no plan of its kind is
    cheaper; else it is the best that was found.
    """

    nodes: tuple[str, ...]
    dearer_minor: int
    leaves: int
    is_exact: bool


class Verdict(NamedTuple):
    """What is to be said of a node: the one reason of the plan, every rule that bars it, and what it comes to exactly.

    `other` is the best plan that uses the node, if it does not ship, and the best without it, if it does (None: there
    is no such plan). `dominated_by`: the shipping node that has all that this one has, at no more.
    """

    node: str
    ships: bool
    reason: Reason
    bars: tuple[Reason, ...]
    other: Other | None = None
    dominated_by: str = ""

    @property
    def wins_minor(self) -> int | None:
        """Return by how much its shipment must cost less to be in the best plan; None: it is, or price is not why."""
        return None if self.ships or self.other is None or self.other.leaves > 0 else self.other.dearer_minor + 1


class Explanation(NamedTuple):
    """A plan with a verdict for each candidate, in their order, and the runner-up (None: no other nodes could ship)."""

    plan: Plan
    verdicts: tuple[Verdict, ...]
    runner_up: Other | None
    currency: str


def why(
    needs: Sequence[Need],
    supplies: Sequence[Supply],
    *,
    destination: Destination,
    service: str = "",
    due_at: int,
    currency: str,
    policy: RoutingPolicy,
    now: int,
) -> Explanation:
    """Return the plan that `route` makes of the same arguments, with all that is to be said of each node.

    It solves the order once or more for each node that could ship: for the service desk, not for each order.

    >>> from unicommerce.catalog import Node
    >>> from unicommerce.values import Position
    >>> near, far = (Node(id=id, position=Position.of(at, 13)) for id, at in (("near", 52), ("far", 48)))
    >>> found = why([Need("MUG", 1)], [Supply(near, (1,)), Supply(far, (1,))], due_at=10**12, currency="EUR",
    ...     destination=Destination(Position.of(52, 13)), policy=RoutingPolicy(), now=0)
    >>> found.verdicts[1].other
    Other(nodes=('far',), dearer_minor=250, leaves=0, is_exact=True)
    >>> found.verdicts[1].wins_minor, found.runner_up == found.verdicts[1].other
    (251, True)
    """
    needs, supplies = by_sku(needs, supplies)
    question = question_of(needs, Asked(destination, service, due_at, currency, now), policy)
    plan, attempt = routed(question, supplies)
    others = _others(attempt, question)
    index = {option.supply.node.id: number for number, option in enumerate(attempt.options)}
    shipping = {shipment.node for shipment in plan.shipments}
    verdicts = []
    for supply, reason in zip(supplies, plan.because, strict=True):
        node, ships = supply.node.id, supply.node.id in shipping
        better = dominating(attempt, index[node]) if node in index and not ships else None
        barring = () if ships else tuple(_bars(supply, attempt, question))
        verdicts.append(Verdict(node, ships, reason, barring, others.get(node), better or ""))
    found = [(each.leaves, each.dearer_minor, len(each.nodes), each.nodes, each) for each in others.values()]
    return Explanation(plan, tuple(verdicts), min(found)[-1] if found else None, currency)


def _bars(supply: Supply, attempt: Attempt, question: Question) -> Iterator[Reason]:
    """Yield every rule that bars a node: the hard ones, else the first of the soft ones that did not give way."""
    hard = tuple(bars(supply, question))
    yield from hard
    (option,) = options_of([supply], question)
    left = admitted(option, question, attempt.gave_way) if isinstance(option, Option) else option
    if isinstance(left, Reason) and not hard:
        yield left


def _others(attempt: Attempt, question: Question) -> Mapping[str, Other]:
    """Return the plan with or without each node, by node."""
    solution, budget = attempt.solution, question.policy.budget
    shipping = {each.candidate for each in solution.assignments}
    found = {}
    for index, candidate in enumerate(attempt.problem.candidates):
        force = without_candidate if index in shipping else with_candidate
        forced = force(attempt.problem, index, budget=budget)
        if forced is not None:
            found[candidate.node] = _other(forced, attempt, question)
    return found


def _other(forced: Solution, attempt: Attempt, question: Question) -> Other:
    leaves = sum(forced.unfilled) - sum(attempt.solution.unfilled)
    dearer = (forced.cost or 0) - (attempt.solution.cost or 0) - leaves * question.policy.unfilled_minor
    senders = dict.fromkeys([attempt.problem.candidates[each.candidate].node for each in forced.assignments])
    return Other(tuple(senders), dearer, leaves, forced.proven)
