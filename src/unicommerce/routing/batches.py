"""Many orders that share stock: what they ask together, what an answer to all of them costs, and how good it is.

Orders that are routed one by one leave the last pieces of a good place to whoever came first. A batch knows what all of
them want: each order is a `Problem` of its own, and beside them stands what nodes have and can handle for all of them
together. `price_batch` is the judge that trusts no strategy. A batch can always be answered, by shipping nothing, since
each line has a price of leaving it unfilled.
"""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple, Protocol

from ..errors import InvalidValue
from ..values import frozen, whole
from .problem import Assignment, Problem, Solution, price

__all__ = ["Batch", "BatchOrder", "BatchSolution", "BatchStrategy", "answered", "price_batch", "uses"]

NO_LIMITS: Mapping[str, int] = MappingProxyType({})

Plans = Sequence[Iterable[Assignment]]
"""A plan for each order of a batch, in their order."""

Key = tuple[str, str]
"""What orders share: a unit at a node; with the unit "", what the node can handle."""


class BatchOrder(NamedTuple):
    """An order of a batch: `units` says of what (a SKU, say) the pieces of each line are, each of another unit."""

    id: str
    problem: Problem
    units: tuple[str, ...]


@frozen(kw_only=True)
class Batch:
    """Orders, and what they share: pieces by (node, unit), and pieces that a node can handle for all of them together.

    What is not named in `stock` or `capacity` is bound by each problem alone. Raises `InvalidValue` for two orders of
    one id, a line without a price of leaving it unfilled, or units that are not one for each line.
    """

    orders: tuple[BatchOrder, ...]
    stock: Mapping[tuple[str, str], int]
    capacity: Mapping[str, int] = NO_LIMITS

    def __attrs_post_init__(self) -> None:
        ids = [order.id for order in self.orders]
        if len(set(ids)) != len(ids):
            raise InvalidValue("orders", sorted({id for id in ids if ids.count(id) > 1}), "a list of unique ids")
        for id, problem, units in self.orders:
            if len(units) != len(problem.quantities) or len(set(units) - {""}) != len(units):
                raise InvalidValue(f"units of order {id}", units, "one for each line, each once")
            if None in problem.unfilled_costs:
                raise InvalidValue(f"unfilled_costs of order {id}", problem.unfilled_costs, "a price for each line")
        for (node, unit), pieces in self.limits().items():
            whole(pieces, f"what there is of {unit or 'capacity'} at {node}")

    def limits(self) -> dict[Key, int]:
        """Return how much there is of all that is shared: of units at nodes, and of what nodes can handle (unit "")."""
        return {**self.stock, **{(node, ""): pieces for node, pieces in self.capacity.items()}}


class BatchSolution(NamedTuple):
    """An answer for a batch: a solution for each order in their order, what they cost together, and a lower bound.

    The bound of each solution is what its order would pay at least if all that is shared were its own; its margins say
    nothing. `proven`: no answer costs less. `work` is steps counted, the same on every machine.
    """

    solutions: tuple[Solution, ...]
    cost: int
    lower_bound: int
    proven: bool
    work: int

    @property
    def plans(self) -> tuple[tuple[Assignment, ...], ...]:
        """Return the plan of each order."""
        return tuple([solution.assignments for solution in self.solutions])


class BatchStrategy(Protocol):
    """How orders are served together: from a batch to an answer that `price_batch` takes, at the cost that it says.

    The answer is no dearer than `start`, plans for all orders that are possible together; without them, than shipping
    nothing. Neither the order of the orders nor that of candidates matters. `solve_batch` is one, `one_by_one` another.
    """

    def __call__(self, batch: Batch, start: Plans | None = None) -> BatchSolution:
        """Return a plan for each order."""
        ...


def price_batch(batch: Batch, plans: Plans) -> int:
    """Return what plans for all orders cost together in minor units, from the batch alone.

    Raises `InvalidValue`, with the figure, for a plan that `price` refuses, and for plans that use more of a unit at a
    node, or more of a node's capacity, than there is.

    >>> from unicommerce.routing import Candidate, Offer
    >>> dc = Candidate("dc", 0, 500, None, (Offer(0, 9, 20),))
    >>> orders = tuple([BatchOrder(id, Problem((2,), (9_000,), (dc,)), ("MUG",)) for id in ("a", "b")])
    >>> plan = [Assignment(candidate=0, line=0, quantity=2)]
    >>> price_batch(Batch(orders=orders, stock={("dc", "MUG"): 4}), [plan, plan])
    1080
    >>> price_batch(Batch(orders=orders, stock={("dc", "MUG"): 3}), [plan, plan])
    Traceback (most recent call last):
        ...
    unicommerce.errors.InvalidValue: MUG at dc: 4 is not at most the 3 pieces that are there
    """
    plans, used = [tuple(plan) for plan in plans], dict[Key, int]()
    cost = sum([price(order.problem, plan) for order, plan in zip(batch.orders, plans, strict=True)])
    for order, plan in zip(batch.orders, plans, strict=True):
        for key, pieces in uses(order, plan).items():
            used[key] = used.get(key, 0) + pieces
    for (node, unit), most in batch.limits().items():
        if used.get((node, unit), 0) > most:
            what = f"{unit} at {node}" if unit else f"capacity of {node}"
            raise InvalidValue(what, used[node, unit], f"at most the {most} pieces that are there")
    return cost


def uses(order: BatchOrder, plan: Iterable[Assignment]) -> dict[Key, int]:
    """Return how much a plan uses of what orders share, as `Batch.limits` names it."""
    used: dict[Key, int] = {}
    for index, line, quantity in plan:
        node = order.problem.candidates[index].node
        for key in ((node, order.units[line]), (node, "")):
            used[key] = used.get(key, 0) + quantity
    return used


def answered(batch: Batch, plans: Plans, *, bounds: Sequence[int], lower_bound: int, work: int) -> BatchSolution:
    """Return plans for all orders as an answer, priced by the judge; `bounds` are those of each order alone.

    Raises `InvalidValue` as `price_batch` does.
    """
    ordered = [_in_order(order.problem, plan) for order, plan in zip(batch.orders, plans, strict=True)]
    cost = price_batch(batch, ordered)
    each = zip(batch.orders, ordered, bounds, strict=True)
    solutions = tuple([_solution(order.problem, plan, bound) for order, plan, bound in each])
    return BatchSolution(solutions, cost, lower_bound, cost <= lower_bound, work)


def _in_order(problem: Problem, plan: Iterable[Assignment]) -> tuple[Assignment, ...]:
    places = [(candidate.rank, candidate.node) for candidate in problem.candidates]
    return tuple(sorted(plan, key=lambda each: (places[each.candidate], each.line)))


def _solution(problem: Problem, plan: tuple[Assignment, ...], bound: int) -> Solution:
    left, shipping = list(problem.quantities), {each.candidate for each in plan}
    for _, line, quantity in plan:
        left[line] -= quantity
    cost = price(problem, plan)
    margins = tuple([None if index in shipping else 0 for index in range(len(problem.candidates))])
    return Solution(cost, plan, tuple(left), bound, cost <= bound, 0, margins)
