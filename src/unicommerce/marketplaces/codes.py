"""What is said of the orders of marketplaces; the order of the codes is their precedence."""

from ..ledger import ReasonCode

__all__ = ["MarketCode"]


class MarketCode(ReasonCode):
    """Why a marketplace is not answered so, and what of its messages does not fit."""

    NOT_RELAYED = "marketplaces.not_relayed", "no marketplace has told of order {subject}"
    CALLED_OFF = "marketplaces.called_off", "of {subject} {found} pieces are still wanted, not {needed}"
    BEYOND_CLAIM = "marketplaces.beyond_claim", "only {found} of {needed} pieces of {subject} can be {unit}"
    HAS_LEFT = (
        "marketplaces.has_left",
        "{found} of {needed} canceled pieces of {subject} have left: intercept or return",
    )
    NOT_IN_REPORT = (
        "marketplaces.not_in_report",
        "{subject} had {found} of the {needed} {unit} that it says it has sent",
    )
