"""Solve sourcing instances: `python examples/solve_instances.py IN.json OUT.json`.

IN is a JSON list of orders in the exchange format: `id`, `lines` (`id`, `qty`, `weight_g`, `unfilled_cost`), `nodes`
(`id`, `fixed_cost`, `capacity`, `max_weight_g`, `offers` of `line`, `available`, `unit_cost`; `slabs` of `up_to_g`,
`cost`; `extra` of `step_g`, `cost`), `max_shipments`, `shipment_penalty`, `allow_line_split`. All are whole numbers of
minor units, grams, pieces; null in a field that may be left out is as if it were left out, and fields of other names
are not looked at. OUT has for each instance the `status` (optimal, infeasible or unknown), the `cost` (null: no plan
was found), how many `shipments`, the `plan` as sorted [node, line, units], the `bound` that no plan undercuts, and the
`seconds` that it took; and the same as a claim for others to check: `claimed_cost`, `claimed_plan`, `lower_bound`,
`proven_optimal`. How lines, nodes and offers are listed changes no plan.

What cannot be read is an error that names the instance, the field and the value; then nothing is written.
"""

import argparse
import json
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from unicommerce.errors import InvalidValue
from unicommerce.routing import Candidate, Offer, Problem, RateCard, solve

BUDGET = 10_000_000
"""Steps for an instance: some seconds at most, for the few that are hard."""
MOST = 2**63 - 1
"""No number is larger; some write it where they mean no limit."""
MOST_G = 10**18
"""All that was ordered weighs no more."""


class Fields(NamedTuple):
    """A JSON object, and where it is; each field is read as what it has to be, or refused by name."""

    where: str
    values: Mapping[str, object]

    @classmethod
    def of(cls, where: str, value: object) -> "Fields":
        """Return the fields of an object."""
        if not isinstance(value, dict):
            raise InvalidValue(where, value, "an object")
        return cls(where, value)

    def name(self, field: str) -> str:
        """Return how a field is called in an error."""
        return f"{self.where}.{field}"

    def text(self, field: str) -> str:
        """Return a text that must be there."""
        value = self.values.get(field)
        if not isinstance(value, str):
            raise InvalidValue(self.name(field), value, "a text")
        return value

    def flag(self, field: str, *, absent: bool) -> bool:
        """Return true or false."""
        value = self.values.get(field)
        value = absent if value is None else value
        if not isinstance(value, bool):
            raise InvalidValue(self.name(field), value, "true or false")
        return value

    def count(self, field: str, *, least: int | None = 0, absent: int | None = None) -> int:
        """Return a whole number up to `MOST`; absent, it is an error or what is said."""
        value = self.values.get(field)
        value = absent if value is None else value
        if not isinstance(value, int) or isinstance(value, bool) or (least is not None and value < least):
            raise InvalidValue(self.name(field), value, "a whole number" + ("" if least is None else f" from {least}"))
        if abs(value) > MOST:
            raise InvalidValue(self.name(field), value, f"{MOST} or less")
        return value

    def limit(self, field: str) -> int | None:
        """Return a whole number from 0, or None if it is null or absent."""
        return None if self.values.get(field) is None else self.count(field)

    def each(self, field: str, *, may_be_absent: bool = False) -> list["Fields"]:
        """Return the objects of a list; where it may be absent, or is null then, none."""
        value = self.values.get(field)
        if value is None and may_be_absent:
            return []
        if not isinstance(value, list):
            raise InvalidValue(self.name(field), value, "a list")
        return [Fields.of(f"{self.name(field)}[{place}]", row) for place, row in enumerate(value)]


def unique(rows: Sequence[Fields], field: str) -> list[str]:
    """Return a text of each row, no two the same."""
    seen: dict[str, Fields] = {}
    for row in rows:
        value = row.text(field)
        if value in seen:
            raise InvalidValue(row.name(field), value, f"told once, {seen[value].where} has it too")
        seen[value] = row
    return list(seen)


def problem(instance: Fields) -> tuple[Problem, list[str], list[str]]:
    """Return an instance as a problem, with the names of its nodes and lines."""
    lines = sorted(instance.each("lines"), key=lambda line: line.text("id"))
    nodes = instance.each("nodes")
    line_ids, node_ids = unique(lines, "id"), unique(nodes, "id")
    places = {line: place for place, line in enumerate(line_ids)}
    is_split = instance.flag("allow_line_split", absent=True)
    total_g = sum([line.count("qty") * line.count("weight_g", absent=0) for line in lines])
    if total_g > MOST_G:
        raise InvalidValue(instance.name("lines"), total_g, f"{MOST_G} g in all, or less")
    made = Problem(
        quantities=tuple([line.count("qty") for line in lines]),
        unfilled_costs=tuple([line.limit("unfilled_cost") for line in lines]),
        candidates=tuple([candidate(node, places) for node in nodes]),
        shipment_cost=instance.count("shipment_penalty", absent=0),
        weights_g=tuple([line.count("weight_g", absent=0) for line in lines]),
        max_shipments=instance.limit("max_shipments"),
        together=() if is_split else tuple([(place,) for place in places.values()]),
    )
    return made, node_ids, line_ids


def candidate(node: Fields, places: Mapping[str, int]) -> Candidate:
    """Return a node; all have the same rank, so that among equal plans the first by name is chosen."""
    offers = node.each("offers", may_be_absent=True)
    known = unique(offers, "line")
    for offer, line in zip(offers, known, strict=True):
        if line not in places:
            raise InvalidValue(offer.name("line"), line, "a line of this instance")
    supplies = [
        (places[row.text("line")], row.count("available", least=None), row.count("unit_cost")) for row in offers
    ]
    return Candidate(
        node=node.text("id"),
        rank=0,
        fixed_cost=node.count("fixed_cost"),
        capacity=node.limit("capacity"),
        offers=tuple([Offer(*supply) for supply in supplies if supply[1] > 0]),
        max_weight_g=node.limit("max_weight_g"),
        card=card(node),
    )


def card(node: Fields) -> RateCard | None:
    """Return the rate card of a node, if it has one."""
    rows = node.each("slabs", may_be_absent=True)
    slabs = [(row.count("up_to_g"), row.count("cost")) for row in rows]
    for row, slab, before in zip(rows[1:], slabs[1:], slabs, strict=False):
        if slab[0] <= before[0]:
            raise InvalidValue(row.name("up_to_g"), slab[0], f"more than {before[0]}")
        if slab[1] < before[1]:
            raise InvalidValue(row.name("cost"), slab[1], f"{before[1]} or more")
    if node.values.get("extra") is None:
        return RateCard(tuple(slabs)) if slabs else None
    extra = Fields.of(node.name("extra"), node.values["extra"])
    if not slabs:
        raise InvalidValue(extra.where, extra.values, "beside slabs, beyond the last of which it counts")
    return RateCard(tuple(slabs), extra.count("step_g", least=1), extra.count("cost"))


def answered(instance: Fields, *, budget: int) -> dict[str, object]:
    """Return the answer for an instance."""
    asked, nodes, lines = problem(instance)
    began = time.perf_counter()
    solution = solve(asked, budget=budget)
    seconds = round(time.perf_counter() - began, 6)
    cost, is_proven = solution.cost, solution.proven or solution.lower_bound == solution.cost
    plan = sorted([(nodes[index], lines[line], units) for index, line, units in solution.assignments])
    found = plan if cost is not None else None
    bound = solution.lower_bound if cost is not None else None
    return {
        "id": instance.text("id"),
        "status": "unknown" if not is_proven else "infeasible" if cost is None else "optimal",
        "cost": cost,
        "shipments": len({node for node, _, _ in plan}),
        "plan": found,
        "bound": bound,
        "seconds": seconds,
        "claimed_cost": cost,
        "claimed_plan": found,
        "lower_bound": bound,
        "proven_optimal": is_proven,
    }


def once(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    """Return an object whose fields are each told once; else it is not known which is meant."""
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise ValueError(f"a field is told twice among {[name for name, _ in pairs]}")
    return fields


def read(text: bytes) -> list[Fields]:
    """Return the instances of a file, each with its id in the names of its fields."""
    try:
        found = json.loads(text, object_pairs_hook=once)
    except (ValueError, RecursionError) as error:
        raise InvalidValue("instances", str(error), "JSON") from error
    if not isinstance(found, list):
        raise InvalidValue("instances", found, "a list")
    rows = [Fields.of(f"instances[{place}]", value) for place, value in enumerate(found)]
    return [row._replace(where=f"instance {name!r}") for row, name in zip(rows, unique(rows, "id"), strict=True)]


def write(target: Path, answers: Sequence[Mapping[str, object]]) -> None:
    """Write all answers, or leave the file as it was."""
    part = target.with_name(f"{target.name}.part")
    part.write_text(json.dumps(answers, indent=1) + "\n", encoding="utf-8")
    part.replace(target)


def main(given: Sequence[str] | None = None) -> int:
    """Read, solve, write; tell how many are proven."""
    parser = argparse.ArgumentParser("solve_instances.py", description="Solve sourcing instances.")
    parser.add_argument("source", type=Path, metavar="IN.json")
    parser.add_argument("target", type=Path, metavar="OUT.json")
    parser.add_argument("--budget", type=int, default=BUDGET, help="steps for an instance (default %(default)s)")
    options = parser.parse_args(given)
    try:
        instances = read(options.source.read_bytes())
        answers = [answered(instance, budget=options.budget) for instance in instances]
        write(options.target, answers)
    except (InvalidValue, OSError) as error:
        print(f"{options.source}: {error}", file=sys.stderr)
        return 2
    proven = sum(bool(answer["proven_optimal"]) for answer in answers)
    print(f"{len(answers)} instances, {proven} proven: {options.target}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
