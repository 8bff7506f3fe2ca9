"""How orders that want the same pieces settle it: first by prices on what too many want, then by trades between two.

Prices are Lagrange multipliers in whole minor units: with any of them, what all orders pay by themselves, less what all
that is shared is worth, is no more than the best answer costs (weak duality). So they give a lower bound, and they tell
an order that comes early what its pieces are worth to those who come later. Nothing is random and no clock is asked:
orders take their turns by their ids, and steps are counted.
"""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from .batches import Batch, BatchOrder, BatchSolution, Key, Plans, answered, uses
from .exact import solve
from .problem import Assignment, Candidate, Problem, Solution, price

__all__ = ["one_by_one", "solve_batch"]

ROUNDS = 40
"""As often are prices changed; later ones gain little."""
TRIES = 5
"""After so many rounds each, orders are routed in turn at the best prices so far."""
PATIENCE = 3
"""After so many rounds that did not raise the bound, prices change by less."""
FREE: Mapping[Key, int] = MappingProxyType({})


def one_by_one(batch: Batch, start: Plans | None = None) -> BatchSolution:
    """Route the orders of a batch by their ids, each exactly on what those before it left; or answer with the start.

    >>> from unicommerce.routing import Candidate, Offer
    >>> near, far = (Candidate(id, 0, cost, None, (Offer(0, 1, 0),)) for id, cost in (("near", 100), ("far", 900)))
    >>> orders = (
    ...     BatchOrder("a", Problem((1,), (9_000,), (near, far._replace(fixed_cost=150))), ("MUG",)),
    ...     BatchOrder("b", Problem((1,), (9_000,), (near, far)), ("MUG",)),
    ... )
    >>> batch = Batch(orders=orders, stock={("near", "MUG"): 1, ("far", "MUG"): 1})
    >>> one_by_one(batch).cost, solve_batch(batch).cost, solve_batch(batch).proven
    (1000, 250, True)
    """
    return _Search(batch, start).answer()


def solve_batch(batch: Batch, start: Plans | None = None, *, budget: int = 2_000_000) -> BatchSolution:
    """Route the orders of a batch together: no dearer than one by one, or than the start, and with a lower bound.

    First, prices on what too many want are raised and lowered, and orders are routed in turn at those prices. Then an
    order that pays more than it would alone is taken out, by itself or with one that has what it would like, and both
    are solved again, it first; so it goes on while the whole gets cheaper and less than the budget of steps is used.
    """
    search = _Search(batch, start)
    search.bid(budget // 2)
    search.trade(budget)
    return search.answer()


class _Search:
    """A batch with the best plans so far, what they leave of what is shared, and the best bound so far."""

    def __init__(self, batch: Batch, start: Plans | None) -> None:
        self.batch, self.work = batch, 0
        self.turns = sorted(range(len(batch.orders)), key=lambda index: batch.orders[index].id)
        self.limits = batch.limits()
        self.asked = [_asked(order, self.limits) for order in batch.orders]
        self.alone = [self._solved(problem) for problem in self.asked]
        self.bound = sum([solution.lower_bound for solution in self.alone])
        self.plans = self._in_turn(FREE) if start is None else [tuple(plan) for plan in start]
        self.costs, self.left = self._weighed(self.plans)

    def answer(self) -> BatchSolution:
        """Return the best plans so far."""
        bounds = [solution.lower_bound for solution in self.alone]
        return answered(self.batch, self.plans, bounds=bounds, lower_bound=self.bound, work=self.work)

    def _solved(self, problem: Problem) -> Solution:
        solution = solve(problem)
        self.work += solution.work + 1
        return solution

    def _in_turn(self, prices: Mapping[Key, int]) -> list[tuple[Assignment, ...]]:
        """Route the orders one by one, each as if it paid these prices too."""
        left, plans = dict(self.limits), [*map(_nothing, self.batch.orders)]
        for index in self.turns:
            order = self.batch.orders[index]
            plans[index] = self._solved(_priced(order, _asked(order, left), prices)).assignments
            _take(left, uses(order, plans[index]))
        return plans

    def _weighed(self, plans: Sequence[tuple[Assignment, ...]]) -> tuple[list[int], dict[Key, int]]:
        left = dict(self.limits)
        for order, plan in zip(self.batch.orders, plans, strict=True):
            _take(left, uses(order, plan))
        return [price(order.problem, plan) for order, plan in zip(self.batch.orders, plans, strict=True)], left

    # Prices

    def bid(self, budget: int) -> None:
        """Raise the bound by prices, and route the orders in turn at the best of them (Held and Karp 1971)."""
        prices: dict[Key, int] = {}
        best, percent, idle = prices, 100, 0
        for number in range(1, ROUNDS + 1):
            if sum(self.costs) <= self.bound or self.work >= budget:
                return
            bound, over = self._bound(prices)
            if bound > self.bound:
                self.bound, best, idle = bound, prices, 0
            else:
                idle += 1
                percent = percent * 7 // 10 if idle % PATIENCE == 0 else percent
            if number % TRIES == 0:
                self._keep(self._in_turn(best))
            step = percent * max(sum(self.costs) - bound, 1)
            norm = max(100 * sum([more * more for more in over.values()]), 1)
            prices = {key: more for key in over if (more := prices.get(key, 0) + step * over[key] // norm) > 0}

    def _bound(self, prices: Mapping[Key, int]) -> tuple[int, dict[Key, int]]:
        """Return the bound that prices give, and by how much more than there is orders would use of what is priced."""
        bound, over = 0, {key: -pieces for key, pieces in self.limits.items()}
        for order, problem in zip(self.batch.orders, self.asked, strict=True):
            solution = self._solved(_priced(order, problem, prices))
            bound += solution.lower_bound
            for key, pieces in uses(order, solution.assignments).items():
                if key in over:
                    over[key] += pieces
        bound -= sum([pieces * self.limits[key] for key, pieces in prices.items()])
        return bound, {key: more for key, more in over.items() if more > 0 or key in prices}

    def _keep(self, plans: list[tuple[Assignment, ...]]) -> None:
        costs, left = self._weighed(plans)
        if sum(costs) < sum(self.costs):
            self.plans, self.costs, self.left = plans, costs, left

    # Trades

    def trade(self, budget: int) -> None:
        """Solve orders that pay more than alone again, with those that have what they would like."""
        is_better = True
        while is_better:
            is_better = False
            for index in self.turns:
                while self._traded(index, budget):
                    is_better = True

    def _traded(self, index: int, budget: int) -> bool:
        """Solve an order again, alone or with one other, the first with whom it gets cheaper."""
        if self.costs[index] <= (self.alone[index].cost or 0):
            return False
        sets = [[index], *([index, rival] for rival in self._rivals(index))]
        return any(self.work < budget and self._again(some) for some in sets)

    def _rivals(self, index: int) -> list[int]:
        """Return the orders that have what an order would like and can not have."""
        order = self.batch.orders[index]
        own = uses(order, self.plans[index])
        likes = uses(order, self.alone[index].assignments).items()
        lacks = {key for key, pieces in likes if self.left.get(key, pieces) + own.get(key, 0) < pieces}
        others = [other for other in self.turns if other != index]
        return [other for other in others if lacks & uses(self.batch.orders[other], self.plans[other]).keys()]

    def _again(self, some: Iterable[int]) -> bool:
        """Take some orders out and solve them again, in this order; keep that if it is cheaper."""
        left, plans, costs = dict(self.left), list(self.plans), list(self.costs)
        for index in some:
            _take(left, uses(self.batch.orders[index], plans[index]), times=-1)
        for index in some:
            order = self.batch.orders[index]
            solution = self._solved(_asked(order, left))
            plans[index], costs[index] = solution.assignments, solution.cost or 0
            _take(left, uses(order, plans[index]))
        if sum(costs) >= sum(self.costs):
            return False
        self.plans, self.costs, self.left = plans, costs, left
        return True


def _nothing(_order: BatchOrder) -> tuple[Assignment, ...]:
    return ()


def _take(left: dict[Key, int], used: Mapping[Key, int], *, times: int = 1) -> None:
    """Take what is used from what is left; give it back with `times` -1."""
    for key, pieces in used.items():
        if key in left:
            left[key] -= times * pieces


def _asked(order: BatchOrder, left: Mapping[Key, int]) -> Problem:
    """Return what an order asks of what is left."""
    candidates = tuple([_offered(order, candidate, left) for candidate in order.problem.candidates])
    return order.problem._replace(candidates=candidates)


def _offered(order: BatchOrder, candidate: Candidate, left: Mapping[Key, int]) -> Candidate:
    node, capacity = candidate.node, candidate.capacity
    room = left.get((node, ""))
    if room is not None:
        capacity = room if capacity is None else min(capacity, room)
    there = [(each, left.get((node, order.units[each.line]), each.available)) for each in candidate.offers]
    offers = tuple([each._replace(available=min(each.available, pieces)) for each, pieces in there if pieces > 0])
    return candidate._replace(capacity=capacity, offers=offers)


def _priced(order: BatchOrder, problem: Problem, prices: Mapping[Key, int]) -> Problem:
    """Return a problem as if pieces had these prices too."""
    if not prices:
        return problem
    candidates = []
    for candidate in problem.candidates:
        node, extra = candidate.node, prices.get((candidate.node, ""), 0)
        more = [(offer, extra + prices.get((node, order.units[offer.line]), 0)) for offer in candidate.offers]
        offers = tuple([offer._replace(unit_cost=offer.unit_cost + cost) for offer, cost in more])
        candidates.append(candidate._replace(offers=offers))
    return problem._replace(candidates=tuple(candidates))
