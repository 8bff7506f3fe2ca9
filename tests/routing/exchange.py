"""Problems written in the exchange format of sourcing instances."""

from unicommerce.routing import Candidate, Problem

__all__ = ["shown"]


def shown(name: str, problem: Problem) -> dict[str, object] | None:
    """Return a problem as an instance; None if it asks for what the format cannot say."""
    split = {(line,) for line in range(len(problem.quantities))}
    if problem.ships_complete or (problem.together and set(problem.together) != split):
        return None
    weights_g = problem.weights_g or (0,) * len(problem.quantities)
    rows = zip(problem.quantities, problem.unfilled_costs, weights_g, strict=True)
    return {
        "id": name,
        "lines": [
            {"id": f"l{line}", "qty": quantity, "weight_g": weight_g, "unfilled_cost": cost}
            for line, (quantity, cost, weight_g) in enumerate(rows)
        ],
        "nodes": [_node(candidate) for candidate in problem.candidates],
        "max_shipments": problem.max_shipments,
        "shipment_penalty": problem.shipment_cost,
        "allow_line_split": not problem.together,
    }


def _node(candidate: Candidate) -> dict[str, object]:
    node: dict[str, object] = {
        "id": candidate.node,
        "fixed_cost": candidate.fixed_cost,
        "capacity": candidate.capacity,
        "max_weight_g": candidate.max_weight_g,
        "offers": [
            {"line": f"l{line}", "available": available, "unit_cost": cost}
            for line, available, cost in candidate.offers
        ],
    }
    if candidate.card is not None:
        slabs, step_g, step_cost = candidate.card
        node["slabs"] = [{"up_to_g": up_to_g, "cost": cost} for up_to_g, cost in slabs]
        node["extra"] = None if step_g is None else {"step_g": step_g, "cost": step_cost}
    return node
