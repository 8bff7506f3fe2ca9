"""The same plans everywhere: to the letter, on any platform, in any version of Python, however the input is listed."""

import os
import subprocess
import sys
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import pytest

import unicommerce
from tests.routing.plain import HERE, Draws, errand, problem
from unicommerce.routing import Need, Plan, Problem, RoutingPolicy, Supply, route, solve
from unicommerce.values import HOUR_MS

ROOT = Path(__file__).parents[2]
SOURCE = Path(unicommerce.__file__).parents[1]
CODE = "from tests.routing.test_same_plans import digest; print(digest())"
ORDERS = range(250)
NOW = 1_795_446_000_000
PINNED = "2c36a5cbb6e5c8b1a984c9091c14e8744673c63e50a67a1fa0f25ffa7469c620"
"""Of all plans below. It may change where what is drawn does, or on purpose where another plan is preferred."""


def solved(order: Problem, *, budget: int = 200_000) -> tuple[object, ...]:
    """Return a plan by the names of the nodes, its cost and its bound."""
    solution = solve(order, budget=budget)
    plan = [(order.candidates[at].node, line, pieces) for at, line, pieces in solution.assignments]
    return plan, solution.cost, solution.lower_bound, solution.proven


def said(order: Problem, *, budget: int = 200_000) -> tuple[object, ...]:
    """Return all that is said of an order: the plan, what is left over, the work, and how far each node is off."""
    solution = solve(order, budget=budget)
    margins = sorted(zip([each.node for each in order.candidates], solution.margins, strict=True))
    return *solved(order, budget=budget), solution.unfilled, solution.work, margins


def routed(needs: Sequence[Need], supplies: Sequence[Supply], hours: int) -> tuple[object, ...]:
    """Return what each node ships, what it costs, when it arrives, what is left over, and the bound."""
    plan: Plan = route(
        needs,
        supplies,
        destination=HERE,
        due_at=NOW + hours * HOUR_MS,
        currency="EUR",
        policy=RoutingPolicy(),
        now=NOW,
    )
    ships = [(each.node, sorted(each.items), each.cost_minor, each.promise.latest) for each in plan.shipments]
    return ships, sorted(plan.unfilled), plan.cost_minor, plan.lower_bound_minor


def digest() -> str:
    """Return the digest of all plans: of problems, and of errands."""
    plans = [*[solved(problem(seed)) for seed in ORDERS], *[routed(*errand(seed)) for seed in ORDERS]]
    return sha256(repr(plans).encode()).hexdigest()


def test_the_plans_are_those_that_were_pinned() -> None:
    """By this interpreter, and whatever the hash seed of this run is."""
    assert digest() == PINNED


@pytest.mark.parametrize("hash_seed", ["0", "1", "random"])
def test_the_hash_seed_changes_no_plan(hash_seed: str) -> None:
    """An interpreter of its own for each."""
    paths = os.pathsep.join([str(SOURCE), str(ROOT)])
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": paths}
    command = [sys.executable, "-c", CODE]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - this very interpreter

    assert (done.stdout, done.stderr) == (f"{PINNED}\n", "")


@pytest.mark.parametrize("budget", [0, 40, 200_000])
def test_how_candidates_and_offers_are_listed_changes_nothing(budget: int) -> None:
    """Not the plan, nor the work, nor what is said of the others: not even where the search ends early."""
    for seed in ORDERS:
        order, draws = problem(seed), Draws(seed)
        listed = [each._replace(offers=tuple(draws.shuffled(each.offers))) for each in order.candidates]
        other = order._replace(candidates=tuple(draws.shuffled(listed)))

        assert said(other, budget=budget) == said(order, budget=budget), seed


def test_how_needs_and_supplies_are_listed_changes_no_plan() -> None:
    """What is needed has a SKU, who could give it has an id, and neither has a place in a list."""
    for seed in ORDERS:
        needs, supplies, hours = errand(seed)
        draws = Draws(seed)
        order = draws.shuffled(range(len(needs)))
        turned = [each._replace(available=tuple([each.available[at] for at in order])) for each in supplies]
        other = routed([needs[at] for at in order], draws.shuffled(turned), hours)

        assert other == routed(needs, supplies, hours), seed
