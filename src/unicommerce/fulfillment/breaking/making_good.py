"""What is owed for pieces that were lost on their way or came back: they are sent again, or their price is refunded.

To send them again, their lines are open once more, so that what was ordered stays the sum of where pieces stand; they
are claimed like any other. Pieces that stay lost or returned are refunded: the postings of the loss have said so.
"""

from collections.abc import Callable

from ...catalog import Catalog, pool_place
from ...inventory import Claimed, GoodsState, claim_lines
from ...ledger import Accepted, Between, Decision, Reason, Refused, Request, State, Supposed
from ...orders import LineQuantity, LineState, Order, line_account, order_key
from ..allocating.openings import claims_of
from ..codes import FulfillmentCode
from ..documents import shipment_key
from ..handover.counter import refunds_due
from ..handover.messages import lines_of, standing_at
from ..handover.picks import Case
from ..mishap_events import Reopened
from ..policy import FulfillmentPolicy, Owed

__all__ = ["make_good"]


Most = Callable[[State, Order, str], int | None]
"""How many more pieces of a line of an order are wanted at most; None: as many as there were."""


def make_good(
    shipment: str,
    *,
    policy: FulfillmentPolicy = FulfillmentPolicy(),
    most: Most = lambda _world, _order, _line: None,
    id: str = "",
) -> Request[Catalog]:
    """Ask what is owed for pieces of a shipment that were lost or came back: the policy says, for each of both.

    What is to be sent again is open, and `allocate` gives it to a node; a line of which there is too little for that
    is refunded, and so is what is beyond the `most` that somebody still wants. Where all is refunded there is nothing
    to record.

    Because: `UNKNOWN_SHIPMENT`, `NOTHING_OWED` refuse; `SENT_AGAIN` and `REFUND_DUE` for each line.
    """

    def decide(world: State, catalog: Catalog, now: int) -> Decision:
        document = world.document(shipment_key(shipment))
        order = world.document(order_key(document.order)) if document else None
        if document is None or order is None:
            return Refused((Reason(FulfillmentCode.UNKNOWN_SHIPMENT, shipment),))
        case, taken = Case(world, catalog, now, document, order), Accepted()
        for state, owed in ((LineState.LOST, policy.when_lost), (LineState.RETURNED, policy.when_sent_back)):
            for line in lines_of(order, standing_at(case, state)):
                after = case._replace(world=Supposed(world, taken.events))
                limit = most(after.world, order, line.line) if owed is Owed.REPLACEMENT else 0
                more = _owed(after, catalog, line, state, line.quantity if limit is None else limit)
                taken = Accepted(taken.events + more.events, taken.because + more.because, taken.guards + more.guards)
        return taken if taken.because else Refused((Reason(FulfillmentCode.NOTHING_OWED, shipment),))

    return Request(f"{shipment}/made_good{id and '/'}{id}", (("shipment", shipment),), decide)


def _owed(case: Case, catalog: Catalog, line: LineQuantity, state: LineState, most: int) -> Accepted:
    """Return how at most so many pieces are sent again, where there is enough, and what is refunded of them."""
    again = line._replace(quantity=max(min(most, line.quantity), 0))
    sent = _sent_again(case, catalog, again, state) if again.quantity else None
    if not isinstance(sent, Accepted):
        return Accepted((), refunds_due(case.order, (line,)))
    rest = line._replace(quantity=line.quantity - again.quantity)
    return Accepted(sent.events, sent.because + refunds_due(case.order, (rest,) if rest.quantity else ()), sent.guards)


def _sent_again(case: Case, catalog: Catalog, line: LineQuantity, state: LineState) -> Decision:
    """Decide that pieces are open again with a claim at the pool; the quota of their channel was drawn already."""
    order, shipment = case.order, case.document.id
    opened = Reopened(order=order.id, shipment=shipment, lines=(line,), source=state)
    place, claims = pool_place(order.pool), claims_of(order.id, (line,))
    wanted = Claimed(place=place, state=GoodsState.RESERVED, lines=claims, channel=order.channel)
    claim = claim_lines(Supposed(case.world, (opened,)), catalog, wanted, now=case.now, has_quota=True)
    if isinstance(claim, Refused):
        return claim
    still = Between(order.unit(line.line), (line_account(state, shipment),))
    because = Reason(FulfillmentCode.SENT_AGAIN, order.unit(line.line), line.quantity, None, line.sku)
    return Accepted((opened, *claim.events), (because,), (*claim.guards, still))
