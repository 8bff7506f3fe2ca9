"""The knobs of claims."""

import attrs

from ..values import HOUR_MS, MINUTE_MS, frozen, positive, whole
from .documents import Claim

__all__ = ["ClaimPolicy"]


@frozen(kw_only=True)
class ClaimPolicy:
    """How long holds last, and what is done where there is less than was asked for.

    - `lasts_ms`: a hold that names no moment lasts so long; a quarter of an hour is what baskets are used to.
    - `grace_ms`: so long after the moment that the customer is shown it really ends, so that whoever pays in the last
    second is not turned away. - `extensions`: how often it may be prolonged. - `longest_ms`: no prolonging goes further
    than this beyond the moment that was shown first. - `takes_part`: less than was asked for is taken, and the
    shortfall named for each SKU; otherwise it is all or nothing. - `keeps_rest`: what is not needed of a claim that is
    drawn on stays in it; otherwise it is given back in the same entry.
    """

    lasts_ms: int = 15 * MINUTE_MS
    grace_ms: int = 0
    extensions: int = 4
    longest_ms: int = HOUR_MS
    takes_part: bool = False
    keeps_rest: bool = False

    def __attrs_post_init__(self) -> None:
        positive(self.lasts_ms, "lasts_ms")
        whole(self.grace_ms, "grace_ms")
        whole(self.extensions, "extensions")
        positive(self.longest_ms, "longest_ms")

    def lasting(self, claim: Claim, until: int) -> Claim:
        """Return a hold that is shown to last until a moment (ms UTC), and that really ends when the grace is over."""
        return attrs.evolve(claim, until=until, due_at=until + self.grace_ms)
