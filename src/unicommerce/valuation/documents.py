"""What a stock is made of, what can happen to it, and what each event did.

Value is held exactly and never as a rounded unit cost: a layer is pieces and what they are worth together. The value of
a stock is the sum of its layers. Under an average there is one layer at the most; pieces that left before they came are
one layer below zero. What others own counts as pieces and is worth nothing.
"""

from collections.abc import Mapping
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from ..values import frozen, half_up, whole

__all__ = ["Layer", "Step", "Stock", "StockEvent", "StockKind", "Valuation"]


class Layer(NamedTuple):
    """Pieces that came together and what they are worth together; `acquired` is a text that sorts by time, as a day."""

    quantity: int
    value_minor: int
    acquired: str = ""

    @property
    def unit_cost(self) -> Fraction:
        """Return what a piece is worth, exactly."""
        return Fraction(self.value_minor, self.quantity)

    @property
    def unit_cost_minor(self) -> int:
        """Return what a piece is worth, rounded to be shown."""
        return half_up(self.unit_cost)


@frozen
class Stock:
    """Layers in the order of their acquisition, the last unit cost, and pieces that others own.

    >>> stock = Stock((Layer(10, 1_000), Layer(1, 501)))
    >>> stock.quantity, stock.value_minor, stock.unit_cost_minor
    (11, 1501, 136)
    """

    layers: tuple[Layer, ...] = ()
    last_cost: Fraction = Fraction(0)
    consigned: int = 0

    @property
    def owned(self) -> int:
        """Return our own pieces; below zero where more left than came."""
        return sum([layer.quantity for layer in self.layers])

    @property
    def quantity(self) -> int:
        """Return all pieces."""
        return self.owned + self.consigned

    @property
    def value_minor(self) -> int:
        """Return what the stock is worth: the sum of its layers."""
        return sum([layer.value_minor for layer in self.layers])

    @property
    def unit_cost_minor(self) -> int:
        """Return the average of what is there, or the last cost, rounded to be shown."""
        return half_up(Fraction(self.value_minor, self.owned) if self.owned else self.last_cost)


class StockKind(StrEnum):
    """What can happen to a stock."""

    PRESET = "preset"
    OPENED = "opened"
    CAME = "came"
    LEFT = "left"
    MOVED = "moved"
    COUNTED = "counted"
    RECOSTED = "recosted"
    CHARGED = "charged"
    PASSED = "passed"


OF_PIECES = frozenset((StockKind.CAME, StockKind.LEFT, StockKind.MOVED, StockKind.CHARGED))
"""What is of one piece at least."""

BRINGING = frozenset((StockKind.OPENED, StockKind.CAME, StockKind.CHARGED))
"""What brings value in."""


@frozen(kw_only=True)
class StockEvent:
    """One thing that happened to a stock of one SKU; what a kind does not need is left out.

    `value_minor` is the whole value of what came (a return, at what it left with), or of a late charge on `quantity`
    pieces that came as `acquired`; without it, pieces come at `unit_cost_minor` each. `place` and `target` matter where
    locations are valued apart. `may_go_below` refuses for this event alone.
    """

    kind: StockKind
    quantity: int = 0
    unit_cost_minor: int | None = None
    value_minor: int | None = None
    place: str = ""
    target: str = ""
    acquired: str = ""
    owner: str = ""
    may_go_below: bool = True

    def __attrs_post_init__(self) -> None:
        if self.kind is not StockKind.OPENED:
            whole(self.quantity, "quantity", int(self.kind in OF_PIECES))

    @property
    def worth_minor(self) -> int:
        """Return what it is worth together."""
        return self.quantity * (self.unit_cost_minor or 0) if self.value_minor is None else self.value_minor


class Step(NamedTuple):
    """What an event did: the change of pieces and value, what was drawn, what it brought in, and how all stands after.

    `brought_minor` less `change_minor` of what came is a variance, which goes to cost of sales.
    """

    quantity_change: int = 0
    change_minor: int = 0
    drawn: tuple[Layer, ...] = ()
    brought_minor: int = 0
    quantity: int = 0
    value_minor: int = 0
    unit_cost: Fraction = Fraction(0)

    @property
    def cost_minor(self) -> int:
        """Return what left stock."""
        return -self.change_minor

    @property
    def unit_cost_text(self) -> str:
        """Return the unit cost as a decimal text, to six places where it does not end before.

        >>> Step(unit_cost=Fraction(1250)).unit_cost_text, Step(unit_cost=Fraction(12735, 8)).unit_cost_text
        ('1250', '1591.875')
        """
        millionths = half_up(self.unit_cost * 1_000_000)
        sign, (units, rest) = "-" * (millionths < 0), divmod(abs(millionths), 1_000_000)
        return f"{sign}{units}.{rest:06}".rstrip("0").rstrip(".")


@frozen
class Valuation:
    """The stock of each place ("": of the company) and what each event did to it."""

    stocks: Mapping[str, Stock]
    steps: tuple[Step, ...]

    @property
    def whole(self) -> Stock:
        """Return all stocks as one."""
        layers = [layer for stock in self.stocks.values() for layer in stock.layers]
        lasts = [stock.last_cost for stock in self.stocks.values()]
        consigned = sum([stock.consigned for stock in self.stocks.values()])
        return Stock(
            tuple(sorted(layers, key=lambda layer: layer.acquired)), lasts[-1] if lasts else Fraction(), consigned
        )

    @property
    def expensed_minor(self) -> int:
        """Return what came in and is not in stock any more: the cost of all that left, variances included."""
        return sum([step.brought_minor for step in self.steps]) - self.whole.value_minor

    @property
    def leak_minor(self) -> int:
        """Return, under an average, by how much pieces at the last unit cost are worth more than the books say."""
        return sum([half_up(s.last_cost * s.owned) - s.value_minor for s in self.stocks.values()])
