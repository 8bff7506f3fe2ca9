"""The knobs of backorders and preorders."""

from enum import StrEnum

from ..values import DAY_MS, frozen, identifier, positive, whole

__all__ = ["BackorderPolicy", "Short"]


class Short(StrEnum):
    """What is done with an order when there is too little for it."""

    REFUSE = "refuse"
    PARTIAL = "partial"
    BACKORDER = "backorder"


@frozen(kw_only=True)
class BackorderPolicy:
    """What is done when an order asks for more than there is, and how far we go for it.

    - `when_short`: refuse; take what is there, whole kits of kits, and cancel the rest, saying so; or claim the rest of
    what is expected, the earliest first; kits that may not part wait whole, at one node, and lots that must last never.
    - `within_ms`: the longest a customer is asked to wait, from now. - `most`: pieces of one SKU that an order may wait
    for. - `releases`: (SKU, moment in ms UTC) of products that are not launched yet: a preorder is promised no earlier
    than that.
    """

    when_short: Short = Short.REFUSE
    within_ms: int = 365 * DAY_MS
    most: int | None = None
    releases: tuple[tuple[str, int], ...] = ()

    def __attrs_post_init__(self) -> None:
        whole(self.within_ms, "within_ms")
        if self.most is not None:
            positive(self.most, "most")
        for sku, moment in self.releases:
            identifier(sku, "sku of a release")
            whole(moment, f"release of {sku}", -(2**53))
