"""Why a letter is dead; the order of the codes is their precedence."""

from ..ledger import ReasonCode

__all__ = ["DeliveryCode"]


class DeliveryCode(ReasonCode):
    """Why a letter is not sent again by itself."""

    REJECTED = "delivery.rejected", "{subject} was rejected: {found}"
    GIVEN_UP = "delivery.given_up", "{subject} was tried {needed} times while others were served: {found}"
