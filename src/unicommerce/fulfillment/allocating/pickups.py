"""Orders that are collected at a node: what that node serves for nothing, and from when on each parcel waits there."""

import attrs

from ...catalog import Node, moment_text
from ...ledger import Reason
from ...routing import Band, Destination, Promise, collectable
from ..cases import Case, Routed
from ..codes import FulfillmentCode

__all__ = ["destination", "has_counter", "only", "serving", "to_collect"]

NO_PARCEL = (Band(None, 0, 0, 0),)
"""The rates of what is handed over."""


def only(case: Case, node: str) -> Case:
    """Return the case of one node; where the customer comes, nothing is paid for a parcel."""
    asked = case._replace(only=(node,))
    if node != case.order.collect_at:
        return asked
    return asked._replace(policy=attrs.evolve(case.policy, routing=attrs.evolve(case.policy.routing, bands=NO_PARCEL)))


def has_counter(case: Case) -> bool:
    """Tell whether customers can collect something at the node where the order is collected."""
    node = case.catalog.network.node_by_id.get(case.order.collect_at)
    return node is not None and node.is_open and collectable(node, now=case.now) is not None


def destination(case: Case) -> Destination:
    """Return where parcels go: to the customer, or to the node where they are collected."""
    if not case.order.collect_at:
        return Destination(case.order.destination, case.order.region, case.order.zone)
    counter = case.catalog.network.node_by_id[case.order.collect_at]
    return Destination(counter.position, zone=counter.calendar.zone)


def serving(case: Case, node: Node) -> Node:
    """Return a node as it serves an order: no carrier has to call where the customer comes."""
    return attrs.evolve(node, pickups=()) if node.id == case.order.collect_at else node


def to_collect(case: Case, routed: Routed) -> Routed:
    """Return a plan with the moments from which on its parcels can be collected, and what the node has itself."""
    at, needed = case.order.collect_at, sum([sum(parcel.pieces.values()) for parcel in routed.parcels])
    node, own = case.catalog.network.node_by_id[at], dict[str, Reason]()
    for parcel in [parcel for parcel in routed.parcels if parcel.node == at]:
        own[at] = Reason(FulfillmentCode.AT_HAND, at, sum(parcel.pieces.values()), needed)
    parcels = tuple(
        [parcel._replace(promise=_at_the_counter(node, parcel.promise, case.now)) for parcel in routed.parcels]
    )
    whys = [own.get(reason.subject, reason) for reason in routed.because]
    if parcels:
        from_when = moment_text(max([parcel.promise.latest for parcel in parcels]), node.calendar.zone)
        whys.append(Reason(FulfillmentCode.COLLECTABLE, case.order.id, None, from_when, at))
    return routed._replace(parcels=parcels, because=tuple(whys))


def _at_the_counter(node: Node, promise: Promise, now: int) -> Promise:
    """Return the promise of what a node hands over: once it has it ready; what is sent there, once it has arrived."""
    if promise.node == node.id:
        at = collectable(node, now=now) or promise.latest
        return promise._replace(ready_at=at, leaves_at=at, earliest=at, latest=at)
    soonest, latest = [collectable(node, now=arrival) or arrival for arrival in (promise.earliest, promise.latest)]
    return promise._replace(earliest=soonest, latest=latest)
