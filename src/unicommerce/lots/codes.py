"""Why lots can not be claimed or moved, and what is found where a message does not fit."""

from ..ledger import ReasonCode

__all__ = ["LotCode"]


class LotCode(ReasonCode):
    """Why lots can not be claimed or moved, and what is found where a message does not fit."""

    UNKNOWN_NODE = "lots.unknown_node", "{subject} is not a node of the network"
    NODE_CLOSED = "lots.node_closed", "{subject} is closed and takes no new claims"
    UNKNOWN_LOT = "lots.unknown_lot", "there is no lot {subject}"
    UNKNOWN_CLAIM = "lots.unknown_claim", "there is no claim of lots {subject}"
    MAY_NOT_BE_SOLD = "lots.may_not_be_sold", "lot {subject} is expired, recalled or too short for this sale"
    SHORT = "lots.short", "only {found} of {needed} {unit} can be taken of {subject}"
    NOTHING_TO_MOVE = "lots.nothing_to_move", "nothing of {subject} is to be moved"
    DIFFERS = "lots.differs", "lot {subject} came with {unit} {needed}, but {found} is on record"
    SERIAL_TWICE = "lots.serial_twice", "serial {subject} is in the house already; its {needed} are in quarantine"
    WITHHELD = "lots.withheld", "{found} of lot {subject} went to quarantine: they may not be sold"
    ASSUMED = "lots.assumed", "nobody told the lots of {found} of {subject}; those that were next are taken to be they"
