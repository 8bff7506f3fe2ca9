"""How stock is valued: one method and one scope, chosen once."""

from enum import StrEnum

from ..values import frozen

__all__ = ["Method", "Scope", "ValuationPolicy"]


class Method(StrEnum):
    """What a piece costs that leaves stock.

    IAS 2 (paragraphs 21 to 27) allows first in, first out, the average, and standard cost where it is near to cost.
    Last in, first out (`LIFO`) and dearest first (`HIFO`) are for books that are kept elsewise; `ROUNDED_AVERAGE`
    multiplies a unit cost that was rounded before: it leaks cents, and is here to show how many.
    """

    FIFO = "fifo"
    LIFO = "lifo"
    HIFO = "hifo"
    AVERAGE = "moving_average"
    ROUNDED_AVERAGE = "rounded_average"
    STANDARD = "standard"


class Scope(StrEnum):
    """What has a stock of its own: all of the company, or each location; a transfer within it changes no cost."""

    COMPANY = "company"
    LOCATION = "location"


@frozen(kw_only=True)
class ValuationPolicy:
    """The method and the scope of valuation, and whether more may leave than there is.

    A small shop is safe with the defaults: the average of the company needs no layers, and a fact that ran ahead is
    taken. Pieces that left before they came stand at the last cost, and are set right by those that come.
    """

    method: Method = Method.AVERAGE
    scope: Scope = Scope.COMPANY
    may_go_below: bool = True
