"""Seeded sourcing instances with everything that the exact strategy knows, and their proof by an independent solver.

An instance is an order of `instances` with some of: rate cards by weight, capacities, most shipments, shipment costs,
prices of leaving pieces over, weight limits, lines that are not split, lines that come together, ship complete.
`python -m tests.routing.corpus` runs 2,000 of them in batches; what is done is kept in build/corpus.jsonl, so that it
goes on where it stopped, and at the end says how many agree and how many are proven.
"""

import argparse
import json
import time
from pathlib import Path
from random import Random

from tests.routing import instances, milp
from unicommerce.errors import InvalidValue
from unicommerce.routing import Candidate, Problem, RateCard, price, solve

__all__ = ["FEATURES", "drawn", "instance"]

FEATURES = ("cards", "capacities", "most", "shipment", "unfilled", "weights", "whole", "together", "complete")
SIZES = (10, 20, 50, 100, 200, 500, 1_000)
SIZE_WEIGHTS = (30, 20, 20, 12, 10, 5, 3)
STRESS = ("eight", "shallow", "tight", "cheap", "twelve", "combined")
KEPT = Path("build", "corpus.jsonl")


def instance(number: int) -> tuple[Problem, dict[str, object]]:
    """Return an instance of the corpus and what it has of everything: a fifth is under stress."""
    random = Random(f"corpus/{number}")
    nodes = random.choices(SIZES, SIZE_WEIGHTS)[0]
    regime = random.choice(STRESS) if random.random() < 0.2 else "everyday"
    chosen = random.sample(FEATURES, random.randint(0, 4))
    return drawn(number, nodes, chosen, regime=regime), {"nodes": nodes, "regime": regime, "features": chosen}


def drawn(seed: int, nodes: int, features: list[str] | tuple[str, ...], *, regime: str = "everyday") -> Problem:
    """Return an order of `instances` with these features."""
    random = Random(f"{seed}/{nodes}/{regime}/{features}")
    problem = instances.order(seed, nodes, regime=regime)
    lines = range(len(problem.quantities))
    problem = problem._replace(
        weights_g=tuple([random.randint(100, 3_000) for _ in lines]),
        candidates=tuple([_altered(random, each, features) for each in problem.candidates]),
    )
    if "most" in features:
        problem = problem._replace(max_shipments=random.choices((1, 2, 3, 4), (1, 3, 3, 2))[0])
    if "shipment" in features:
        problem = problem._replace(shipment_cost=random.choice((300, 1_000, 3_000)))
    if "unfilled" in features:
        problem = problem._replace(unfilled_costs=tuple([random.choice((None, 2_000, 6_000, 12_000)) for _ in lines]))
    if "whole" in features:
        problem = problem._replace(together=tuple([(line,) for line in lines]))
    if "together" in features:
        group = tuple(random.sample(lines, min(len(lines), random.randint(2, 3))))
        problem = problem._replace(together=(*problem.together, group))
    return problem._replace(ships_complete="complete" in features)


def _altered(random: Random, candidate: Candidate, features: list[str] | tuple[str, ...]) -> Candidate:
    """Return the candidate with a card, a capacity and a weight limit, as far as wanted."""
    if "cards" in features:
        offers = tuple([offer._replace(unit_cost=random.choice((0, 50, 80, 150))) for offer in candidate.offers])
        candidate = candidate._replace(card=_card(random), offers=offers)
    if "capacities" in features:
        candidate = candidate._replace(capacity=random.randint(0, 8))
    if "weights" in features and random.random() < 0.7:
        candidate = candidate._replace(max_weight_g=random.randint(500, 10_000))
    return candidate


def _card(random: Random) -> RateCard:
    """Return a card of up to ten slabs of 250 to 1,000 g, whose steps may grow or shrink."""
    width, cost, rise = random.choice((250, 500, 1_000)), random.randint(200, 900), random.randint(50, 600)
    slabs, weight_g = [], 0
    for _ in range(random.randint(1, 10)):
        weight_g += width * random.choice((1, 1, 2))
        slabs.append((weight_g, cost))
        cost += random.randint(rise // 2, rise * 3 // 2)
    if random.random() < 0.2:
        return RateCard(tuple(slabs))
    return RateCard(tuple(slabs), random.choice((500, 1_000)), random.randint(0, rise))


def judged(number: int, *, budget: int, seconds: float) -> dict[str, object]:
    """Return what both make of an instance: costs in minor units, re-priced, and how long each took."""
    problem, about = instance(number)
    start = time.process_time()
    solution = solve(problem, budget=budget)
    middle = time.process_time()
    try:
        plan = milp.solve(problem, seconds=seconds)
        theirs = "none" if plan is None else price(problem, plan)
    except TimeoutError:
        theirs = "not known"
    end = time.process_time()
    try:
        ours: object = "none" if solution.cost is None else price(problem, solution.assignments)
    except InvalidValue as error:
        ours = f"impossible: {error}"
    return {
        "id": number,
        "ours": ours,
        "said": solution.cost,
        "bound": solution.lower_bound,
        "proven": solution.proven,
        "theirs": theirs,
        "work": solution.work,
        "ms": round((middle - start) * 1e3, 2),
        "their_ms": round((end - middle) * 1e3, 2),
        **about,
    }


def told(rows: list[dict[str, object]]) -> str:
    """Say how many agree, are proven, and cannot be carried out."""
    known = [row for row in rows if row["theirs"] != "not known"]
    proven = [row for row in known if row["proven"]]
    wrong = [row["id"] for row in proven if row["ours"] != row["theirs"]]
    bad = [row["id"] for row in rows if row["ours"] not in ("none", row["said"])]
    share = 100 * sum(bool(row["proven"]) for row in rows) / max(len(rows), 1)
    return (
        f"{len(rows)} instances: {share:.2f} % proven; {len(proven)} of these beside a known optimum, {len(wrong)}"
        f" differ {wrong[:10]}; {len(bad)} plans cannot be carried out {bad[:10]}; {len(rows) - len(known)} are"
        f" not known to the solver; {sum(row['ours'] == 'none' for row in rows)} cannot be filled"
    )


def main() -> None:
    """Run a batch, keep it, and tell of all there is."""
    arguments = argparse.ArgumentParser(prog="python -m tests.routing.corpus", description=__doc__)
    arguments.add_argument("--count", type=int, default=2_000, help="instances in all")
    arguments.add_argument("--minutes", type=float, default=2.5, help="how long this batch may take")
    arguments.add_argument("--budget", type=int, default=5_000_000, help="steps for an instance")
    arguments.add_argument("--seconds", type=float, default=60, help="for the solver, an instance")
    options = arguments.parse_args()
    KEPT.parent.mkdir(exist_ok=True)
    rows = [json.loads(line) for line in KEPT.read_text().splitlines()] if KEPT.exists() else []
    done = {row["id"] for row in rows}
    end = time.monotonic() + options.minutes * 60
    with KEPT.open("a") as kept:
        for number in range(options.count):
            if number not in done and time.monotonic() < end:
                rows.append(judged(number, budget=options.budget, seconds=options.seconds))
                kept.write(json.dumps(rows[-1]) + "\n")
                kept.flush()
    print(told(rows))  # noqa: T201 - it was asked to


if __name__ == "__main__":
    main()
