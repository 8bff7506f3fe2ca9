"""Which nodes may serve an order, and with what: every rule that bars a node, and what is left as an option.

The rules of a node stand in `bars`, in the order of their codes; the first that applies is its reason, all of them are
its explanation. What may give way is looked at last, by `admitted`: what stores keep for those who walk in, and whether
it would be in time.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ..catalog import Node
from ..ledger import Reason
from ..values import HOUR_MS, distance_m
from .codes import RoutingCode
from .costs import Question, piece_parts, shipment_parts, total
from .documents import Need, Soft, Supply
from .policy import Band
from .promises import Promise, Transit, promised

__all__ = ["Option", "Terms", "admitted", "bars", "options_of"]


class Terms(NamedTuple):
    """What is the same for all nodes of a kind and a calendar in a zone: rates, promise, and what these come to.

    `promise` bears the name of one of them; `late_hours` is by how much it misses what was asked; `shipment_minor` and
    `pieces_minor`, by need, are what a shipment and a piece cost.
    """

    band: Band
    promise: Promise
    late_hours: int
    shipment_minor: int
    pieces_minor: tuple[int, ...]


class Option(NamedTuple):
    """An eligible node, the pieces that it may send, by need, and its terms."""

    supply: Supply
    available: tuple[int, ...]
    terms: Terms

    @property
    def late_hours(self) -> int:
        """Return by how many hours begun it would be late."""
        return self.terms.late_hours


def options_of(supplies: Iterable[Supply], question: Question) -> list[Option | Reason]:
    """Return, in their order, what each node may do for an order, or the first rule that bars it."""
    known: dict[object, Terms | None] = {}
    return [next(bars(supply, question), None) or _option(supply, question, known) for supply in supplies]


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
    if not any(supply.available):
        yield Reason(RoutingCode.NO_STOCK, node.id, 0, question.pieces)
    elif supply.turned_down or not question.is_plain:
        yield from _unfit(supply, question)
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


def _option(supply: Supply, question: Question, known: dict[object, Terms | None]) -> Option | Reason:
    """Return the terms of a node that no rule bars, or that it has none; those `known` are not worked out again."""
    node, to, policy = supply.node, question.asked.destination, question.policy
    meters = distance_m(node.position, to.position)
    band = policy.band(meters, node=node.id, region=to.region, service=question.asked.service)
    available = _fit(supply, band, question) if band else ()
    if band is None or not any(available):
        return Reason(RoutingCode.NO_RATE, node.id, meters // 1000, None, to.region or "no region")
    is_of_its_own = policy.costs or policy.carrier.transits
    key = node.id if is_of_its_own else (node.kind, node.calendar, node.handling_minutes, node.pickups, band)
    if key not in known:
        known[key] = _terms(node, meters, band, question)
    terms = known[key]
    return Reason(RoutingCode.CLOSED, node.id) if terms is None else Option(supply, available, terms)


def _terms(node: Node, meters: int, band: Band, question: Question) -> Terms | None:
    """Return what a node's rates and clock make of an order; None where it works on no day, or nobody goes."""
    asked = question.asked
    promise = promised(
        node,
        asked.destination,
        meters=meters,
        carrier=question.policy.carrier,
        otherwise=Transit(((100, band.transit_days),)),
        service=asked.service,
        now=asked.now,
    )
    if promise is None:
        return None
    late_hours = max(-((asked.due_at - promise.latest) // HOUR_MS), 0)
    shipment_minor = total(shipment_parts(node, band, late_hours, question))
    pieces = [total(piece_parts(node, band, need, question)) for need in question.needs]
    return Terms(band, promise, late_hours, shipment_minor, tuple(pieces))


def _fit(supply: Supply, band: Band, question: Question) -> tuple[int, ...]:
    """Return the pieces that a node may send: none of a need that a rule bars, or that is too heavy for its rates."""
    policy, needs, available = question.policy, question.needs, supply.available
    if question.is_plain and not supply.turned_down and not band.card:
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
