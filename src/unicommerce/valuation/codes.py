"""Why stock can not be valued, or a charge not be spread; the order of the codes is their precedence."""

from ..ledger import ReasonCode

__all__ = ["ValuationCode"]


class ValuationCode(ReasonCode):
    """Why stock can not be valued, or a charge not be spread over it."""

    INSUFFICIENT = "valuation.insufficient", "{subject} has {found} pieces, {needed} were to leave it"
    ZERO_BASIS = "valuation.zero_basis", "there is no {unit} over which {subject} of {needed} could be spread"
