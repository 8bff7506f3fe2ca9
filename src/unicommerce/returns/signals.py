"""Signs that returns are abused: findings with their numbers, for people to look at. Nothing is refused by them."""

from collections.abc import Iterable
from typing import NamedTuple

from ..ledger import Reason, ReasonCode
from ..values import frozen, whole

__all__ = ["CustomerReturns", "SignalCode", "SignalPolicy", "signals"]


class SignalCode(ReasonCode):
    """What is odd about the returns of a customer."""

    RETURNS_MUCH = "returns.returns_much", "{subject} gave back {found} % of what was bought, above {needed} %"
    RETURNS_BLIND = "returns.returns_blind", "{subject} gave back {found} pieces of no known order, above {needed}"
    SENDS_LESS = "returns.sends_less", "{subject} gave back {found} of {needed} pieces that were announced"
    WEARS = "returns.wears", "{found} of {needed} pieces that {subject} gave back can not be sold as new"


class CustomerReturns(NamedTuple):
    """What a customer has bought and given back over a time, in pieces."""

    customer: str
    bought: int = 0
    returned: int = 0
    blind: int = 0
    announced: int = 0
    received: int = 0
    worn: int = 0


@frozen(kw_only=True)
class SignalPolicy:
    """From when on something is odd; of few pieces nothing is.

    - `least_pieces`: bought, before shares mean something. - `share_percent`: returned of what was bought.
    - `blind_pieces`: of no known order. - `worn_percent`: of what came back, not as new.
    """

    least_pieces: int = 10
    share_percent: int = 60
    blind_pieces: int = 3
    worn_percent: int = 50

    def __attrs_post_init__(self) -> None:
        for field in ("least_pieces", "share_percent", "blind_pieces", "worn_percent"):
            whole(getattr(self, field), field)


def signals(customers: Iterable[CustomerReturns], policy: SignalPolicy = SignalPolicy()) -> tuple[Reason, ...]:
    """Return what is odd, customer by customer.

    >>> [reason.code.name for reason in signals([CustomerReturns("c1", bought=20, returned=15)])]
    ['RETURNS_MUCH']
    """
    found = list[Reason]()
    for each in customers:
        if each.bought >= policy.least_pieces and 100 * each.returned > policy.share_percent * each.bought:
            percent = 100 * each.returned // each.bought
            found.append(Reason(SignalCode.RETURNS_MUCH, each.customer, percent, policy.share_percent))
        if each.blind > policy.blind_pieces:
            found.append(Reason(SignalCode.RETURNS_BLIND, each.customer, each.blind, policy.blind_pieces))
        if each.received < each.announced:
            found.append(Reason(SignalCode.SENDS_LESS, each.customer, each.received, each.announced))
        if each.returned >= policy.least_pieces and 100 * each.worn > policy.worn_percent * each.returned:
            found.append(Reason(SignalCode.WEARS, each.customer, each.worn, each.returned))
    return tuple(found)
