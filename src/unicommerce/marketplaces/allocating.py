"""Giving the pieces of a relayed order to nodes, at first and again: as `fulfillment`, for what its marketplace wants.

Pieces that were called off can be open again, as when they were picked all the same and broke. Nobody wants them, so
they are canceled before anything else is given; and what is lost of them, or comes back, is not opened again.
"""

from .. import fulfillment
from ..catalog import Catalog
from ..fulfillment import FulfillmentPolicy, shipment_key
from ..ledger import Accepted, Between, Decision, Refused, Request, State
from ..orders import Order, order_key
from .documents import MarketOrder, asked, market_order_key
from .events import ask_account
from .standing import LIVE
from .stopping import Case, given_beyond, stopped, wanted_beside

__all__ = ["allocate", "make_good"]


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


def make_good(shipment: str, *, policy: FulfillmentPolicy = FulfillmentPolicy(), id: str = "") -> Request[Catalog]:
    """Ask what is owed for pieces of a shipment that were lost or came back; what is wanted no more is not sent again.

    It has the id of `fulfillment.make_good`, for both are one; of an order of no marketplace it is that. Because: as
    there; of what was called off `REFUND_DUE`.
    """
    asking = fulfillment.make_good(shipment, policy=policy, id=id, most=_still_wanted)

    def decide(world: State, catalog: Catalog, now: int) -> Decision:
        answer, known = asking.decide(world, catalog, now), world.document(shipment_key(shipment))
        document = world.document(market_order_key(known.order)) if known else None
        if document is None or isinstance(answer, Refused):
            return answer
        return Accepted(answer.events, answer.because, (*answer.guards, *_as_told(world, document)))

    return Request(asking.id, asking.asked, decide)


def _still_wanted(world: State, order: Order, line: str) -> int | None:
    """Return how many more pieces of a line a marketplace wants; None: that is not for one to say."""
    document = world.document(market_order_key(order.id))
    return wanted_beside(world, document, order)[line] if document else None


def _as_told(world: State, document: MarketOrder) -> list[Between]:
    """Hold what the marketplace still wants of each line."""
    live = tuple([ask_account(document.market, state) for state in LIVE])
    units = [asked(document.order, line) for line, _ in document.lines]
    return [Between(unit, live, held, held) for unit in units for held in [world.balance(unit, live)]]
