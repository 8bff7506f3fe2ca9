"""Which nodes may serve an order, and with what: every rule that bars a node, and what is left as an option.

The rules of a node stand in `bars`, in the order of their codes; the first that applies is its reason, all of them are
its explanation. What may give way is looked at last, by `admitted`: what stores keep for those who walk in, and whether
it would be in time.
"""

from collections.abc import Iterator
from typing import NamedTuple

from ..ledger import Reason
from ..values import HOUR_MS, distance_m
from .codes import RoutingCode
from .costs import Question
from .documents import Need, Soft, Supply
from .policy import Band
from .promises import Promise, Transit, promised

__all__ = ["Option", "admitted", "bars", "option_of"]

Line = tuple[Need, int]


class Option(NamedTuple):
    """An eligible node: the pieces that it may send, by need, its rates and its promise, and how late that is."""

    supply: Supply
    available: tuple[int, ...]
    band: Band
    promise: Promise
    late_hours: int


def option_of(supply: Supply, question: Question) -> Option | Reason:
    """Return what a node may do for an order, or the first rule that bars it."""
    barred = next(bars(supply, question), None)
    return barred or _option(supply, question)


def bars(supply: Supply, question: Question) -> Iterator[Reason]:
    """Yield every rule that bars a node, in the order of the codes; none gives way."""
    node, capacity = supply.node, supply.capacity
    if not node.is_open:
        yield Reason(RoutingCode.CLOSED, node.id)
    if supply.is_excluded:
        yield Reason(RoutingCode.TURNED_DOWN, node.id)
    if node.regions and question.asked.destination.region not in node.regions:
        region = question.asked.destination.region or "no region"
        yield Reason(RoutingCode.OTHER_REGION, node.id, region, ", ".join(node.regions))
    if node.services and question.asked.service not in node.services:
        service = question.asked.service or "no service"
        yield Reason(RoutingCode.OTHER_SERVICE, node.id, service, ", ".join(node.services))
    if any(supply.available):
        yield from _unfit(supply, question)
    else:
        yield Reason(RoutingCode.NO_STOCK, node.id, 0, question.pieces)
    if capacity is not None and capacity <= 0:
        yield Reason(RoutingCode.NO_CAPACITY, node.id, capacity)


def _unfit(supply: Supply, question: Question) -> Iterator[Reason]:
    """Yield why a node may send nothing of what it has, if so: of each need the first reason."""
    offered = [need for need, have in zip(question.needs, supply.available, strict=True) if have > 0]
    reasons = [_barred(supply, need, question) for need in offered]
    if None not in reasons:
        yield from dict.fromkeys([reason for reason in reasons if reason])


def _barred(supply: Supply, need: Need, question: Question) -> Reason | None:
    """Return why a node may not send pieces of a need; None: it may."""
    node = supply.node
    if need.sku in supply.turned_down:
        return Reason(RoutingCode.TURNED_DOWN, node.id)
    for name in need.requires:
        if name not in node.handles:
            return Reason(RoutingCode.NOT_HANDLED, node.id, need.sku, None, name)
    for name, rule in question.policy.rules.items():
        if not rule(node, need, question.asked):
            return Reason(RoutingCode.RULED_OUT, node.id, need.sku, None, name)
    return None


def _option(supply: Supply, question: Question) -> Option | Reason:
    """Return the promise and the rates of a node that no rule bars, or that it has none."""
    node, asked, policy = supply.node, question.asked, question.policy
    meters = distance_m(node.position, asked.destination.position)
    band = policy.band(meters, node=node.id, region=asked.destination.region, service=asked.service)
    if band is None:
        region = asked.destination.region or "no region"
        return Reason(RoutingCode.NO_RATE, node.id, meters // 1000, None, region)
    promise = promised(
        node,
        asked.destination,
        meters=meters,
        carrier=policy.carrier,
        otherwise=Transit(((100, band.transit_days),)),
        service=asked.service,
        now=asked.now,
    )
    if promise is None:
        return Reason(RoutingCode.CLOSED, node.id)
    available = _fit(supply, band, question)
    if not any(available):
        return Reason(RoutingCode.NO_RATE, node.id, meters // 1000, None, asked.destination.region or "no region")
    late_hours = max(-((asked.due_at - promise.latest) // HOUR_MS), 0)
    return Option(supply, available, band, promise, late_hours)


def _fit(supply: Supply, band: Band, question: Question) -> tuple[int, ...]:
    """Return the pieces that a node may send: none of a need that a rule bars, or that is too heavy for its rates."""
    policy, needs, available = question.policy, question.needs, supply.available
    if not (supply.turned_down or policy.rules or band.card or any(need.requires for need in needs)):
        return available
    fits = [
        _barred(supply, need, question) is None and (not band.card or band.card.cost(policy.billed_g(need)) is not None)
        for need in needs
    ]
    return tuple([have if is_fit else 0 for have, is_fit in zip(available, fits, strict=True)])


def admitted(option: Option, question: Question, gave_way: frozenset[Soft]) -> Option | Reason:
    """Return what of an option the soft rules leave, but for those that give way; or the one that bars it."""
    supply, available = option.supply, option.available
    keeps = 0 if Soft.PROTECTION in gave_way else question.policy.keeps.get(supply.node.kind, 0)
    if keeps:
        available = tuple([max(have - keeps, 0) for have in available])
        if not any(available):
            return Reason(RoutingCode.KEPT, supply.node.id, sum(option.available), keeps)
    if option.late_hours and Soft.PROMISE not in gave_way:
        return Reason(RoutingCode.TOO_LATE, supply.node.id, option.late_hours)
    return option._replace(available=available) if keeps else option
