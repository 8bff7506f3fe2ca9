"""Giving the open pieces of a relayed order to nodes: as `fulfillment.allocate`, for what the marketplace still wants.

Pieces that were called off can be open again: picked all the same and broken, lost and to be sent again. Nobody wants
them, so they are canceled before anything else is given.
"""

from .. import fulfillment
from ..catalog import Catalog
from ..fulfillment import FulfillmentPolicy
from ..ledger import Accepted, Between, Decision, Refused, Request, State
from ..orders import order_key
from .documents import MarketOrder, asked, market_order_key
from .events import ask_account
from .standing import LIVE
from .stopping import Case, given_beyond, stopped

__all__ = ["allocate"]


def allocate(order: str, *, policy: FulfillmentPolicy = FulfillmentPolicy(), id: str = "") -> Request[Catalog]:
    """Ask to give the open pieces of an order to nodes; what its marketplace wants no more is canceled before.

    It has the id of `fulfillment.allocate`, for both are one; of an order of no marketplace it is that. Because: as
    there. Where something is canceled, that is all that is done: the rest is asked for again, under another id.
    """
    asking = fulfillment.allocate(order, policy=policy, id=id)

    def decide(world: State, catalog: Catalog, now: int) -> Decision:
        document, placed = world.document(market_order_key(order)), world.document(order_key(order))
        if document is None or placed is None:
            return asking.decide(world, catalog, now)
        answer, told = asking.decide(world, catalog, now), _as_told(world, document)
        if beyond := given_beyond(world, document, placed):
            off = stopped(Case(world, catalog, now), placed, beyond, "called off")
            return Accepted(off.events, off.because, (*off.guards, *told))
        if isinstance(answer, Refused):
            return answer
        return Accepted(answer.events, answer.because, (*answer.guards, *told))

    return Request(asking.id, asking.asked, decide)


def _as_told(world: State, document: MarketOrder) -> list[Between]:
    """Hold what the marketplace still wants of each line."""
    live = tuple([ask_account(document.market, state) for state in LIVE])
    units = [asked(document.order, line) for line, _ in document.lines]
    return [Between(unit, live, held, held) for unit in units for held in [world.balance(unit, live)]]
