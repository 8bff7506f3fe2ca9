"""Why a tax is what it is, and why an engine has no answer."""

from ..ledger import ReasonCode

__all__ = ["TaxCode"]


class TaxCode(ReasonCode):
    """The reasons of tax: the first three are a refusal's, the others stand in an answer's `because`."""

    UNAVAILABLE = "tax.unavailable", "{subject} did not answer"
    NO_PLACE = "tax.no_place", "where {subject} is supplied cannot be told: {needed} is not given"
    NO_RATE = "tax.no_rate", "no rate of {subject} is known for {needed}"
    SOURCED = "tax.sourced", "{subject} is taxed at {found}, by the rule {needed}"
    NOT_REGISTERED = "tax.not_registered", "{subject} has no registration in {needed}, so it collects nothing"
    NOT_DUE = "tax.not_due", "{subject} is not taxed: {found}"
    COLLECTED_BY = "tax.collected_by", "the tax of {subject} is collected by {found}"
    STOOD_IN = "tax.stood_in", "{found} stood in for {subject}, so the answer is provisional"
