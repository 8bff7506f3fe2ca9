"""What is odd about what a till tells, and why it is given no rights; the order of the codes is their precedence."""

from ..ledger import ReasonCode

__all__ = ["TillCode"]


class TillCode(ReasonCode):
    """What is odd about what a till tells, and why it is given no rights."""

    UNKNOWN_TILL = "tills.unknown_till", "{subject} is of a till that was never opened: {needed}"
    LOST = "tills.lost", "{subject} is of a till that was given up for lost: {needed}"
    NOT_LOST = "tills.not_lost", "{subject} tells that a till was found which was not given up for lost: {needed}"
    UNKNOWN_NODE = "tills.unknown_node", "{subject} tells of {needed}, which is not a node of the network"
    ELSEWHERE = "tills.elsewhere", "{subject} was sold at {needed}, its till stands at {found}"
    CLOCK_AHEAD = "tills.clock_ahead", "{subject} is of a moment that has not come: {needed} ms, and it is {found} ms"
    UNKNOWN_SALE = "tills.unknown_sale", "{subject} is of a sale that is not on record: {needed}"
    EXCEEDS = "tills.exceeds", "{subject} gives back {needed} {unit}, of which only {found} is still sold or held"
    SHORT = "tills.short", "{subject} took {needed} {unit} from a shelf with {found}: somebody is promised too many"
