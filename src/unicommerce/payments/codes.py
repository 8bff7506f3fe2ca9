"""Why money can not be moved, and what is odd about money that was; the order of the codes is their precedence."""

from ..ledger import ReasonCode

__all__ = ["PaymentCode"]


class PaymentCode(ReasonCode):
    """Why money can not be moved, or what is odd about money that was."""

    UNKNOWN_PAYMENT = "payments.unknown_payment", "there is no authorization {subject}"
    NOT_YET = "payments.not_yet", "authorization {subject} holds {needed}; it is {found} now"
    EXCEEDS_AUTHORIZED = (
        "payments.exceeds_authorized",
        "{found} of the {needed} {unit} to capture are authorized for {subject}",
    )
    EXCEEDS_CAPTURED = (
        "payments.exceeds_captured",
        "{found} of the {needed} {unit} to give back are captured for {subject}",
    )
    EXCEEDS_BALANCE = "payments.exceeds_balance", "gift card {subject} has {found} of {needed} {unit}"
    BEYOND_AUTHORIZED = (
        "payments.beyond_authorized",
        "{needed} {unit} were captured for {subject}, where {found} were authorized",
    )
    BEYOND_CAPTURED = (
        "payments.beyond_captured",
        "{needed} {unit} went back for {subject}, where {found} were captured",
    )
    UNKNOWN_DISPUTE = "payments.unknown_dispute", "there is no dispute {subject}"
    NOT_OWED = "payments.not_owed", "{subject} settles {needed} {unit}, where {found} are owed"
    DOES_NOT_ADD_UP = "payments.does_not_add_up", "{subject} pays {found} {unit}, and says {needed} less fees"
