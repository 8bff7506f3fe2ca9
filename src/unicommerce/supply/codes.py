"""Why expected goods can not be had, or came otherwise; the order of the codes is their precedence."""

from ..ledger import ReasonCode

__all__ = ["SupplyCode"]


class SupplyCode(ReasonCode):
    """What is said of expected goods."""

    UNKNOWN_INBOUND = "supply.unknown_inbound", "no inbound {subject} is announced"
    ANNOUNCED = "supply.announced", "inbound {subject} is on record already, at version {found}"
    NOT_SERVED = "supply.not_served", "what comes to {found} with {subject} does not serve {needed}"
    SHORT = "supply.short", "only {found} of {needed} {unit} can be had at {subject}, those that are expected included"
    BEYOND = "supply.beyond", "{subject} brings {needed} {unit} where {found} were expected"
    WHOLE = "supply.whole", "only {found} of {needed} {unit} for {subject} can be had in whole kits"
    LASTING = (
        "supply.lasting",
        "at most {found} of {needed} {unit} for {subject} can be had of lots that last long enough",
    )
    BACKORDERED = "supply.backordered", "{found} of {needed} {unit} for {subject} are expected, not there yet"
    CUT = "supply.cut", "{subject} gets {found} of {needed} {unit}: there are no more"
    MOVED = "supply.moved", "{found} of {needed} {unit} for {subject} come otherwise than was promised"
    UNMET = "supply.unmet", "{found} of {needed} {unit} for {subject} are not expected any more"
    LATE = "supply.late", "{found} {unit} of inbound {subject} have not come"
    NOT_LATE = "supply.not_late", "inbound {subject} is not due yet"
