"""The knobs of counting."""

from ..values import MINUTE_MS, frozen, whole

__all__ = ["CountPolicy"]


@frozen(kw_only=True)
class CountPolicy:
    """How far a count may be from the book before somebody has to approve it.

    - `pieces`: a difference up to so many is posted at once; ten pieces are a miscounted shelf, more may be a unit of
    measure or a decimal gone wrong. - `percent`: and so is one up to this share of what the book has, for goods that
    are counted by the hundred. - `ahead_ms`: how far the counter's clock may run before ours; a count of a later moment
    would overrule every count until then, so it is kept as a finding and overrules none.
    """

    pieces: int = 10
    percent: int = 2
    ahead_ms: int = 5 * MINUTE_MS

    def __attrs_post_init__(self) -> None:
        whole(self.pieces, "pieces")
        whole(self.percent, "percent")
        whole(self.ahead_ms, "ahead_ms")

    def allows(self, difference: int, *, book: int) -> bool:
        """Tell whether a difference is small enough to be posted unseen.

        >>> CountPolicy().allows(-10, book=40), CountPolicy().allows(-11, book=40), CountPolicy().allows(20, book=1000)
        (True, False, True)
        """
        return abs(difference) <= max(self.pieces, self.percent * max(book, 0) // 100)
