"""What a shipment may not leave without: the paper that the policy names, and the address that its order has now."""

from ..ledger import Fact, Reason, State, Telling
from ..orders import Order
from ..values import identifier
from .codes import FulfillmentCode
from .documents import Clearance, Shipment, clearance_key
from .handover_events import Cleared
from .messages import telling_of
from .picks import Case
from .policy import FulfillmentPolicy

__all__ = ["cleared", "elsewhere", "not_cleared"]


def cleared(shipment: str, paper: str, *, number: str, by: str = "", occurred_at: int | None = None) -> Telling[object]:
    """Tell that a shipment has a `paper` (as "invoice"), under which `number`, written `by` finance or the ERP.

    Told twice with other numbers it is a contradiction: there is one of a kind for a shipment.
    """

    def facts(case: Case) -> tuple[Fact, ...]:
        event = Cleared(clearance=Clearance(shipment=case.document.id, paper=paper, number=number, by=by))
        return (Fact(f"{case.document.id}/cleared/{paper}", (event,), (), (("number", number), ("by", by))),)

    return telling_of(shipment, f"cleared/{identifier(paper, 'paper')}", facts, occurred_at)


def not_cleared(world: State, shipment: Shipment, policy: FulfillmentPolicy) -> tuple[Reason, ...]:
    """Say that the paper is missing that a shipment has to have, where that is so."""
    paper = policy.clearance
    if not paper or world.document(clearance_key(shipment.id, paper)) is not None:
        return ()
    return (Reason(FulfillmentCode.NOT_CLEARED, shipment.id, None, paper),)


def elsewhere(order: Order, shipment: Shipment) -> tuple[Reason, ...]:
    """Say that a shipment was made for another destination than its order has now, where that is known."""
    if shipment.destination is None or (shipment.destination, shipment.collect_at) == (
        order.destination,
        order.collect_at,
    ):
        return ()
    return (Reason(FulfillmentCode.OTHER_ADDRESS, shipment.id),)
