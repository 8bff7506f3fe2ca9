"""Why goods may not come back or be disposed of, and where they go; the order of the codes is their precedence."""

from ..ledger import ReasonCode

__all__ = ["ReturnCode"]


class ReturnCode(ReasonCode):
    """Why goods may not come back or be disposed of, and where they go."""

    UNKNOWN_ORDER = "returns.unknown_order", "there is no order {subject}"
    UNKNOWN_RETURN = "returns.unknown_return", "there is no return {subject}"
    NOT_WITH_CUSTOMER = (
        "returns.not_with_customer",
        "{found} of the {needed} pieces of {subject} can still be given back",
    )
    FINAL_SALE = "returns.final_sale", "{subject} was sold for good"
    WINDOW_OVER = "returns.window_over", "{subject} could come back until {found}; it is {needed}"
    NOT_THERE = "returns.not_there", "{found} of {needed} {unit} of return {subject} wait to be restocked"
    NOT_AUTHORIZED = "returns.not_authorized", "{found} of the {needed} pieces of {unit} were announced for {subject}"
    KEPT = "returns.kept", "what comes back of {subject} is worth {found} {unit}, and is kept by the customer"
    TAKES = "returns.takes", "{subject} takes it back, for {found} {unit}"
    DEARER = "returns.dearer", "to {subject} it costs {found} {unit} more"
    CLOSED = "returns.closed", "{subject} is closed"
    NOT_EQUIPPED = "returns.not_equipped", "{subject} can not handle {needed}"
    TOO_FAR = "returns.too_far", "nobody brings it to {subject}"
