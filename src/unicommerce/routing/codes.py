"""What routing says of a candidate node: one of these for each, the first that applies."""

from ..ledger import ReasonCode

__all__ = ["RoutingCode"]


class RoutingCode(ReasonCode):
    """One of these for each candidate node."""

    SHIPS_ALL = "routing.ships_all", "{subject} ships everything ({needed}): costs {unit}"
    SHIPS_PART = "routing.ships_part", "{subject} ships {found} of {needed}: costs {unit}"
    CLOSED = "routing.closed", "{subject} is closed"
    TURNED_DOWN = "routing.turned_down", "{subject} has turned this order down before"
    OTHER_REGION = "routing.other_region", "{subject} does not send to {found}, only to {needed}"
    OTHER_SERVICE = "routing.other_service", "{subject} does not send by {found}, only by {needed}"
    NO_STOCK = "routing.no_stock", "{subject} has none of the {needed} pieces"
    NOT_HANDLED = "routing.not_handled", "{subject} is not fit for what is {unit}, which {found} is"
    RULED_OUT = "routing.ruled_out", "{subject} may not send {found}: {unit}"
    KEPT = "routing.kept", "{subject} has {found} and keeps up to {needed} of each for those who walk in"
    NO_CAPACITY = "routing.no_capacity", "{subject} can handle nothing more that day"
    NO_RATE = "routing.no_rate", "{subject} has no rate for a parcel over {found} km to {unit}"
    TOO_LATE = "routing.too_late", "{subject} would deliver {found} h later than the service level allows"
    DOMINATED = "routing.dominated", "{subject} has nothing that {found} does not have too, and no cheaper"
    COSTLIER = (
        "routing.costlier",
        "{subject} could ship everything, but any plan that uses it costs at least {unit} more",
    )
    COSTLIER_IN_PART = (
        "routing.costlier_in_part",
        "{subject} has only {found} of {needed}; any plan that uses it costs at least {unit} more",
    )
    NO_CHEAPER = "routing.no_cheaper", "{subject} has {found} of {needed}, and no plan that uses it is cheaper"
    NOT_EXPLORED = "routing.not_explored", "{subject} was not compared: the search stopped after {needed} steps"
    NOT_CHOSEN = "routing.not_chosen", "{subject} has {found} of {needed}, and the strategy in use chose others"
