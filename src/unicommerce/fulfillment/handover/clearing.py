"""Why a shipment may not leave: its order is held, it lacks the paper of the policy, or its address is an old one."""

from ...ledger import Fact, Reason, State, Telling
from ...orders import Order, is_held
from ...values import identifier
from ..codes import FulfillmentCode
from ..documents import Clearance, Shipment, clearance_key
from ..handover_events import Cleared
from ..policy import FulfillmentPolicy
from .messages import telling_of
from .picks import Case

__all__ = ["cleared", "why_not"]


def cleared(shipment: str, paper: str, *, number: str, by: str = "", occurred_at: int | None = None) -> Telling[object]:
    """Tell that a shipment has a `paper` (as "invoice"), under which `number`, written `by` finance or the ERP.

    Told twice with other numbers it is a contradiction: there is one of a kind for a shipment.
    """

    def facts(case: Case) -> tuple[Fact, ...]:
        event = Cleared(clearance=Clearance(shipment=case.document.id, paper=paper, number=number, by=by))
        return (Fact(f"{case.document.id}/cleared/{paper}", (event,), (), (("number", number), ("by", by))),)

    return telling_of(shipment, f"cleared/{identifier(paper, 'paper')}", facts, occurred_at)


def why_not(world: State, order: Order, shipment: Shipment, policy: FulfillmentPolicy) -> tuple[Reason, ...]:
    """Say why a shipment may not leave: its order is held, its paper is missing, or it is for another address."""
    because, paper = list(is_held(world, order.id)), policy.clearance
    if paper and world.document(clearance_key(shipment.id, paper)) is None:
        because.append(Reason(FulfillmentCode.NOT_CLEARED, shipment.id, None, paper))
    made_for = (shipment.destination, shipment.collect_at)
    is_kept = shipment.destination is None or shipment.id in order.as_addressed
    if not is_kept and made_for != (order.destination, order.collect_at):
        because.append(Reason(FulfillmentCode.OTHER_ADDRESS, shipment.id))
    return tuple(because)
