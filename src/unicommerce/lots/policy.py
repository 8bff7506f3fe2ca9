"""The knobs of lots."""

from enum import StrEnum

from ..values import frozen

__all__ = ["LotPolicy", "OwnersFirst"]


class OwnersFirst(StrEnum):
    """Whose goods leave first: our own, consigned ones, or whichever expire first."""

    OWN = "own"
    CONSIGNED = "consigned"
    EITHER = "either"


@frozen(kw_only=True)
class LotPolicy:
    """Which pieces leave first: `owners` before expiry. Our own first, as they bind our money."""

    owners: OwnersFirst = OwnersFirst.OWN
