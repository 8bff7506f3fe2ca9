"""Any plan that fills what must be filled, or proof that there is none: where the search has nothing to start from.

Where only so many may ship, the few nodes that have enough are tried first. Else what is missing gets a price, and what
the search finds at that price may be complete. In the end nothing but what is missing has a price; where even that is
more than nothing, there is no such plan.
"""

from collections.abc import Sequence
from typing import NamedTuple

from ..problem import Candidate, Problem
from .covering import covers
from .freight import Freight, compiled, counts
from .packing import pack
from .proof import prove

__all__ = ["Completion", "complete", "must_of"]

COVERS = 30
"""Sets of nodes that have enough of everything, of which one is hoped to be able to ship it."""
DEARER = (1, 16)
"""Prices of a missing piece, in terms of what all pieces cost in the relaxation."""


class Completion(NamedTuple):
    """A plan that fills what must be filled, or what is missing of each line, and whether that is proven."""

    plan: dict[int, int] | None
    missing: tuple[int, ...]
    is_proven: bool
    work: int


def must_of(problem: Problem) -> list[int]:
    """Return the lines that must be filled."""
    return [line for line, cost in enumerate(problem.unfilled_costs) if cost is None and problem.quantities[line]]


def complete(problem: Problem, freight: Freight, order: list[int], prices: list[int], *, budget: int) -> Completion:
    """Look for a plan by these candidates, given what their lines cost in the relaxation."""
    must, work = must_of(problem), 0
    if problem.max_shipments is not None:
        completion = _covering(freight, must, budget)
        work += completion.work
        if completion.plan is not None or completion.is_proven:
            return completion
    paid = sum([need * price for need, price in zip(problem.quantities, prices, strict=True)]) // freight.unit + 1
    for times in DEARER:
        trial = compiled(_priced(problem, must, paid * times), freight.portions, order)
        start = [min(pair) for pair in zip(prices, trial.core.ceilings, strict=True)]
        proven = prove(trial, start, {}, must, budget=budget // 4)
        work += proven.work
        if not any(_missing(freight, must, proven.plan)):
            return Completion(proven.plan, (), is_proven=False, work=work)
    bare = compiled(_bare(problem, must), freight.portions, order)
    proven = prove(bare, bare.core.ceilings, {}, must, budget=budget // 2, tie=bare.unit)
    missing, work = _missing(freight, must, proven.plan), work + proven.work
    return Completion(None if any(missing) else proven.plan, missing, proven.bound >= bare.unit, work)


def _covering(freight: Freight, must: list[int], budget: int) -> Completion:
    """Try sets of few nodes that have enough of everything. Where there is none, nothing can be filled."""
    seen = steps = 0
    for nodes, taken in covers(freight, must, steps=budget):
        steps = taken
        seen += 1
        if not nodes or seen > COVERS:
            break
        packing = pack(freight, nodes, freight.core.ceilings)
        if packing.cost() < freight.core.endless:
            return Completion(packing.plan(), (), is_proven=False, work=steps)
    return Completion(None, _missing(freight, must, {}), is_proven=not seen, work=steps)


def _missing(freight: Freight, must: list[int], plan: dict[int, int]) -> tuple[int, ...]:
    """Return what a plan leaves of the lines that must be filled."""
    left = freight.portions.quantities[:]
    for load in plan.values():
        left = [have - count for have, count in zip(left, counts(freight.portions, load), strict=True)]
    return tuple([have if line in must else 0 for line, have in enumerate(left)])


def _priced(problem: Problem, must: Sequence[int], price: int) -> Problem:
    """Return the problem in which a missing portion has a price."""
    costs = [price if line in must else cost for line, cost in enumerate(problem.unfilled_costs)]
    return problem._replace(unfilled_costs=tuple(costs))


def _bare(problem: Problem, must: Sequence[int]) -> Problem:
    """Return the problem in which only what is missing costs anything: 1 for a portion."""
    costs = tuple([int(line in must) for line in range(len(problem.quantities))])
    candidates = tuple([_stripped(candidate, must) for candidate in problem.candidates])
    return problem._replace(unfilled_costs=costs, candidates=candidates, shipment_cost=0)


def _stripped(candidate: Candidate, must: Sequence[int]) -> Candidate:
    """Return a candidate that asks for nothing and is limited as before."""
    card = candidate.card
    limits_g = [candidate.max_weight_g, card.slabs[-1][0] if card and card.step_g is None else None]
    return candidate._replace(
        fixed_cost=0,
        offers=tuple([offer._replace(unit_cost=0) for offer in candidate.offers if offer.line in must]),
        max_weight_g=min([limit_g for limit_g in limits_g if limit_g is not None], default=None),
        card=None,
    )
