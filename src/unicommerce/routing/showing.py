"""An explanation to read: as text, as a table, as a picture; the same on every machine."""

from collections.abc import Iterator

from ..catalog import moment_text
from ..ledger import Reason, explain
from ..values import Money
from .documents import PlannedShipment
from .explaining import Explanation, Other, Verdict

__all__ = ["as_picture", "as_table", "as_text"]


def as_text(found: Explanation) -> str:
    """Return what ships, when it is there and what it costs in parts, then each node, then the runner-up."""
    plan, currency, then = found.plan, found.currency, found.runner_up
    lines = [f"{Money(plan.cost_minor, currency)}, {'no plan costs less' if plan.is_proven else 'the best found'}"]
    lines += [f"  {_shipment(each)}" for each in plan.shipments]
    lines += [f"  {left} of {sku} left over" for sku, left in plan.unfilled]
    lines += [f"  {soft.value} gave way, else more would be left over" for soft in plan.gave_way]
    lines += [line for verdict in found.verdicts for line in _lines(verdict, currency)]
    return "\n".join(lines + ([f"runner-up: {_than(then, currency)}"] if then else []))


def _shipment(sent: PlannedShipment) -> str:
    items = ", ".join([f"{quantity} {sku}" for sku, quantity in sent.items])
    parts = ", ".join([f"{name} {minor}" for name, minor in sent.costs + sent.weighed])
    return f"{sent.node} ships {items}, there by {moment_text(sent.promise.latest)}: {parts}"


def _lines(verdict: Verdict, currency: str) -> Iterator[str]:
    yield explain(verdict.reason)
    yield from [f"  and {explain(bar)}" for bar in verdict.bars if bar != verdict.reason]
    if verdict.other:
        yield f"  {'without' if verdict.ships else 'with'} it: {_than(verdict.other, currency)}"


def _than(other: Other, currency: str) -> str:
    """Say who would ship in another plan, how much dearer it is, and how many pieces more it leaves over."""
    return f"{' and '.join(other.nodes) or 'nobody'}, {_dearer(other, currency)}"


def _dearer(other: Other, currency: str) -> str:
    amount = Money(abs(other.dearer_minor), currency)
    more = f"{'exactly' if other.is_exact else 'at most'} {amount} {'more' if other.dearer_minor >= 0 else 'less'}"
    return f"{other.leaves} more left over, {more}" if other.leaves > 0 else more


COLUMNS = ("node", "verdict", "ships", "costs", "exactly dearer", "wins if cheaper by", "barred by")


def as_table(found: Explanation) -> str:
    """Return a row for each node as a table of text (Markdown); amounts in minor units."""
    shipments = {each.node: each for each in found.plan.shipments}
    rows = [COLUMNS, ("---", "---", *["---:"] * 4, "---")]
    rows += [_row(each, shipments.get(each.node)) for each in found.verdicts]
    return "\n".join([f"| {' | '.join(row)} |" for row in rows])


def _row(verdict: Verdict, sent: PlannedShipment | None) -> tuple[str, ...]:
    pieces = sum([quantity for _, quantity in sent.items]) if sent else ""
    dearer = verdict.other.dearer_minor if verdict.other and not verdict.other.leaves else ""
    wins = "" if verdict.wins_minor is None else verdict.wins_minor
    barred = ", ".join([_name(bar) for bar in verdict.bars])
    costs = sent.cost_minor if sent else ""
    return (verdict.node, _name(verdict.reason), str(pieces), str(costs), str(dearer), str(wins), barred)


def _name(reason: Reason) -> str:
    return reason.code.value.rpartition(".")[2].replace("_", " ")


def as_picture(found: Explanation) -> str:
    """Return a flowchart in Mermaid's words: who ships in full lines, who could in broken ones, who may not crossed."""
    shipments = {each.node: each for each in found.plan.shipments}
    lines = ["flowchart LR", f'    order(["{Money(found.plan.cost_minor, found.currency)}"])']
    for number, each in enumerate(found.verdicts):
        sent = shipments.get(each.node)
        if sent:
            label, line = f"{sum([q for _, q in sent.items])} for {Money(sent.cost_minor, found.currency)}", "-->"
        elif each.other:
            label, line = _dearer(each.other, found.currency), "-.->"
        else:
            label, line = _name(each.reason), "--x"
        lines.append(f'    n{number}["{each.node}"] {line}|"{label}"| order')
    return "\n".join(lines)
