"""Where a return goes: of the nodes that can take it the one that it is cheapest to bring to, and why not the others.

The same pipeline as for what goes out, the other way round: rules first, each node one reason, then the cost by the
rate card. Ties go to the lower rank, then to the id.
"""

from collections.abc import Iterable

from ..catalog import Catalog, Node
from ..ledger import Reason
from ..orders import Order
from ..routing import RoutingPolicy
from ..values import distance_m
from .codes import ReturnCode

__all__ = ["brought_to"]


def brought_to(catalog: Catalog, order: Order, skus: Iterable[str], policy: RoutingPolicy) -> tuple[str, list[Reason]]:
    """Return the node that takes pieces back from where an order went ("": none can), and one reason for each node."""
    products = [catalog.product(sku) for sku in skus]
    wanted = {need for product in products if product for need in product.requires}
    found = [(node, _cost_minor(node, order, policy)) for node in catalog.network.nodes]
    fit = [
        (cost, node.rank, node.id)
        for node, cost in found
        if cost is not None and node.is_open and wanted <= {*node.handles}
    ]
    best = min(fit, default=None)
    because = [_reason(node, cost, best, wanted, order.currency) for node, cost in found]
    return best[2] if best else "", because


def _cost_minor(node: Node, order: Order, policy: RoutingPolicy) -> int | None:
    meters = distance_m(node.position, order.destination)
    band = policy.band(meters, node=node.id, region=order.region, service=order.service)
    return None if band is None else band.parcel_minor + policy.handling_minor.get(node.kind, 0)


def _reason(node: Node, cost: int | None, best: tuple[int, int, str] | None, wanted: set[str], currency: str) -> Reason:
    if not node.is_open:
        return Reason(ReturnCode.CLOSED, node.id)
    if missing := sorted(wanted - {*node.handles}):
        return Reason(ReturnCode.NOT_EQUIPPED, node.id, None, ", ".join(missing))
    if cost is None or best is None:
        return Reason(ReturnCode.TOO_FAR, node.id)
    if node.id == best[2]:
        return Reason(ReturnCode.TAKES, node.id, cost, unit=currency)
    return Reason(ReturnCode.DEARER, node.id, cost - best[0], unit=currency)
