"""Why an order goes from where it goes: every node of its pool, by the exact figures of routing, as of now."""

from collections.abc import Callable

from ...catalog import Catalog
from ...ledger import State, Supposed
from ...orders import order_key
from ...routing import Explanation, why
from ..allocating.allocation import open_pieces_of, supplies_of
from ..allocating.pickups import destination
from ..allocating.wants import by_sku
from ..cases import Case
from ..names import taken_back
from ..policy import FulfillmentPolicy
from .alternatives import held_of

__all__ = ["explanation"]


def explanation(
    order: str, *, policy: FulfillmentPolicy = FulfillmentPolicy(), now: int
) -> Callable[[State, Catalog], Explanation | None]:
    """Return the view of why an order would go where it would, were all of it that is not picked given to nodes now.

    What it has at nodes counts as being there for it. Prices, stock and clocks are those of now (ms UTC), so it may say
    that another node is cheaper by now: `reconsider` moves it. None where the order is not known, or nothing is left to
    give. Kits are looked at piece by piece.
    """

    def view(state: State, catalog: Catalog) -> Explanation | None:
        document = state.document(order_key(order))
        if document is None:
            return None
        back = [event for each in held_of(state, document) for event in taken_back(state, document, *each)]
        case = Case(Supposed(state, back), catalog, document, policy, now)
        wants, routing = by_sku(catalog, open_pieces_of(case.world, document)), policy.routing
        if not wants:
            return None
        return why(
            tuple([want.need() for want in wants]),
            supplies_of(case, wants),
            destination=destination(case),
            service=document.service,
            due_at=policy.due_at(document),
            leave_by=document.ship_by,
            currency=routing.currency or document.currency,
            policy=routing,
            now=now,
        )

    return view
