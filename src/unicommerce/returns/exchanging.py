"""Exchanges: what comes back for something else, as a return and a sale that settle by their difference.

Each leg keeps its own tax and papers. A customer is never made to buy something dearer to get a refund: what the new
order costs less is refunded, what it costs more is owed.
"""

from collections.abc import Mapping
from typing import ClassVar

from ..catalog import Catalog
from ..fulfillment import FulfillmentPolicy, place
from ..ledger import Accepted, Decision, Document, Key, Movement, Reason, Refused, Request, State
from ..orders import Order
from ..refunds import Exchange, exchange
from ..values import frozen, identifier, whole
from .authorizing import rma_key
from .codes import ReturnCode

__all__ = ["Exchanged", "Swap", "swap", "swap_key"]


@frozen(kw_only=True)
class Swap:
    """An order that goes out for what comes back under an authorization, and what is left between the two."""

    order: str
    revision: int = 1
    rma: str
    returned_minor: int
    new_minor: int

    @property
    def settles(self) -> Exchange:
        """Return what is refunded or owed, in minor units; one of the two is zero."""
        return exchange(self.returned_minor, self.new_minor)

    @property
    def key(self) -> "Key[Swap]":
        """Return the key."""
        return swap_key(self.order)

    @property
    def due_at(self) -> None:
        """Ask for nothing."""
        return


def swap_key(order: str) -> Key[Swap]:
    """Return the key of an exchange, by the order that goes out."""
    return Key("returns.swap", order)


@frozen(kw_only=True)
class Exchanged:
    """An order was placed for what comes back. Nothing moves by this; the order's own events say what does."""

    kind: ClassVar[str] = "returns.exchanged"
    swap: Swap

    def movements(self) -> tuple[Movement, ...]:
        """Move nothing."""
        return ()

    def documents(self) -> tuple[Document, ...]:
        """Set down what settles it."""
        return (self.swap,)


def swap(
    rma: str,
    order: Order,
    quantities: Mapping[str, int],
    *,
    returned_minor: int,
    policy: FulfillmentPolicy = FulfillmentPolicy(),
) -> Request[Catalog]:
    """Ask to place an order for what comes back under an authorization, worth so much by its quote (minor units).

    Placed as any other, in one entry with what settles it. Because: `UNKNOWN_RETURN`, and what `place` says.
    """
    placing = place(order, quantities, policy=policy)
    worth = whole(returned_minor, "returned_minor")

    def decide(world: State, catalog: Catalog, now: int) -> Decision:
        known = world.document(rma_key(rma))
        answer = placing.decide(world, catalog, now)
        if known is None:
            return Refused((Reason(ReturnCode.UNKNOWN_RETURN, rma),))
        if isinstance(answer, Refused):
            return answer
        new = order.total_minor(quantities)
        event = Exchanged(swap=Swap(order=order.id, rma=rma, returned_minor=worth, new_minor=new))
        return Accepted((*answer.events, event), answer.because, answer.guards)

    return Request(f"rma/{identifier(rma, 'rma')}/swapped/{order.id}", (*placing.asked, ("worth", worth)), decide)
