"""The knobs of fulfillment."""

from ..routing import RoutingPolicy
from ..supply import BackorderPolicy
from ..values import frozen

__all__ = ["FulfillmentPolicy"]


@frozen(kw_only=True)
class FulfillmentPolicy:
    """How orders are served.

    - `routing`: what routing weighs. - `allocates_at_once`: place and allocate in one entry, so that the customer is
    told the promise at once; a retailer who routes in waves sets it to False and asks `allocate` later. Lots that must
    last are allocated at once in any case. - `kits_may_part`: the components of a kit may come from several nodes; else
    they are taken only where a node has them whole, and allocated at once.
    - `kits_move`: a kit that waits at a node goes from another one that has it whole before; else it waits there.
    - `collect_within_hours`: how long what is ready waits for the customer, before it may be put back. - `checks`: how
    it may be checked who comes; by a code that the customer was told, or by a document that somebody looks at.
    - `backorders`: what is done with an order for which there is too little; by default it is refused.
    """

    routing: RoutingPolicy = RoutingPolicy()
    allocates_at_once: bool = True
    kits_may_part: bool = False
    kits_move: bool = True
    collect_within_hours: int = 168
    checks: tuple[str, ...] = ("code", "id")
    backorders: BackorderPolicy = BackorderPolicy()
