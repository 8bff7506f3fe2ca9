"""Why goods can not be claimed, kept or given back; the order of the codes is their precedence."""

from ..ledger import ReasonCode

__all__ = ["InventoryCode"]


class InventoryCode(ReasonCode):
    """Why goods can not be claimed, kept or given back. Moments are ms UTC."""

    UNKNOWN_PLACE = "inventory.unknown_place", "{subject} is not a node or pool of the network"
    NODE_CLOSED = "inventory.node_closed", "{subject} is closed and takes no new claims"
    UNKNOWN_CHANNEL = "inventory.unknown_channel", "{subject} is not a channel of the catalog"
    NOT_OF_CHANNEL = "inventory.not_of_channel", "{subject} is neither the pool of channel {needed} nor a node of it"
    BY_NODE = "inventory.by_node", "{subject} needs days of life left: it claims {unit} at a node, not at a pool"
    UNKNOWN_CLAIM = "inventory.unknown_claim", "there is no claim {subject}"
    FIRM = "inventory.firm", "claim {subject} is firm: there is nothing to confirm, and no clock ends it"
    EXPIRED = "inventory.expired", "the time of claim {subject} was over at {found}; it is {needed} now"
    ENDED = "inventory.ended", "nothing is left of claim {subject}: it was given back or drawn on"
    NOT_DUE = "inventory.not_due", "claim {subject} is not due yet"
    OFTEN = "inventory.often", "claim {subject} was prolonged {found} times, {needed} is the most"
    TOO_LONG = "inventory.too_long", "claim {subject} may last until {found} at most, not until {needed}"
    EXCEEDS = "inventory.exceeds", "claim {subject} has {found} {unit} left, {needed} were asked for"
    UNFIT = "inventory.unfit", "lot {subject} was recalled or has expired since it was claimed"
    SHORT = "inventory.short", "only {found} of {needed} {unit} can be claimed at {subject}"
    PROTECTED = "inventory.protected", "{found} of {needed} {unit} are left beside what pools {subject} have claimed"
    KEPT = "inventory.kept", "{found} {unit} at {subject} are kept back: safety stock, buffer, lots not to be sold"
    QUOTA = "inventory.quota", "channel {subject} may claim {found} more of {unit} by its quota, not {needed}"
