"""How pieces come to layers and are drawn from them, by each method.

What leaves a layer is rounded half up once, and what is left is kept. Pieces that left before they came stand at the
last cost; those that come set it right, and the difference is a variance in cost of sales, never in stock.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from fractions import Fraction

from ..values import allocate, half_up
from .documents import Layer, Stock
from .policy import Method

__all__ = ["POOLED", "arrive", "charged", "draw"]

POOLED = frozenset((Method.AVERAGE, Method.ROUNDED_AVERAGE, Method.STANDARD))
"""Methods under which pieces lose their origin: a stock is one layer at the most."""


def arrive(stock: Stock, came: Layer, method: Method = Method.FIFO) -> Stock:
    """Bring pieces in; where some were missing, they go out at once; what is left, or missing yet, costs as they do.

    >>> arrive(Stock((Layer(-10, -8_000),)), Layer(8, 9_600))
    Stock(layers=(Layer(quantity=-2, value_minor=-2400, acquired=''),), last_cost=Fraction(1200, 1), consigned=0)
    """
    owned, value = stock.owned, stock.value_minor
    if method is Method.STANDARD:
        came = came._replace(value_minor=half_up(stock.last_cost * came.quantity))
    if owned < 0:
        left = owned + came.quantity
        rest = (Layer(left, half_up(came.unit_cost * left), came.acquired if left > 0 else ""),) if left else ()
        return Stock(rest, came.unit_cost if method is not Method.STANDARD else stock.last_cost, stock.consigned)
    if method not in POOLED:
        at = bisect_right([layer.acquired for layer in stock.layers], came.acquired)
        layers = (*stock.layers[:at], came, *stock.layers[at:])
        return Stock(layers, stock.last_cost, stock.consigned)
    pool = Layer(owned + came.quantity, value + came.value_minor, came.acquired)
    return Stock((pool,), _pooled_cost(method, pool, stock.last_cost), stock.consigned)


def _pooled_cost(method: Method, pool: Layer, last: Fraction) -> Fraction:
    """Return the unit cost of a pool to which something has come."""
    if method is Method.STANDARD:
        return last
    return Fraction(pool.unit_cost_minor) if method is Method.ROUNDED_AVERAGE else pool.unit_cost


def charged(stock: Stock, late: Layer, method: Method = Method.FIFO) -> Stock:
    """Add a late charge on pieces that came as one layer to those that are still there; the rest is cost of sales.

    >>> charged(Stock((Layer(1, 100, "a"), Layer(5, 900, "b"))), Layer(4, 80, "a")).layers[0]
    Layer(quantity=1, value_minor=120, acquired='a')
    """
    named = () if method in POOLED or not late.acquired else (late.acquired,)
    bears = [layer.quantity > 0 and (not named or layer.acquired in named) for layer in stock.layers]
    weights = [layer.quantity * is_one for layer, is_one in zip(stock.layers, bears, strict=True)]
    on_hand = min(sum(weights), late.quantity)
    if not on_hand or method is Method.STANDARD:
        return stock
    shares = allocate(half_up(Fraction(late.value_minor * on_hand, late.quantity)), weights)
    layers = [layer._replace(value_minor=layer[1] + share) for layer, share in zip(stock.layers, shares, strict=True)]
    last = _pooled_cost(method, layers[0], stock.last_cost) if method in POOLED else stock.last_cost
    return Stock(tuple(layers), last, stock.consigned)


def draw(stock: Stock, quantity: int, method: Method = Method.FIFO) -> tuple[Stock, tuple[Layer, ...]]:
    """Take pieces out: what is left, and the layers that were drawn, in their order; what is not there, at last cost.

    >>> draw(Stock((Layer(2, 200), Layer(3, 450))), 3)[1]
    (Layer(quantity=2, value_minor=200, acquired=''), Layer(quantity=1, value_minor=150, acquired=''))
    """
    if method in POOLED:
        return _draw_pool(stock, quantity, method)
    left = dict(enumerate(stock.layers))
    drawn: list[Layer] = []
    for number in _order(stock.layers, method):
        layer, part = left[number], min(quantity, left[number].quantity)
        if part <= 0:
            continue
        taken = layer._replace(quantity=part, value_minor=half_up(layer.unit_cost * part))
        left[number] = layer._replace(quantity=layer[0] - part, value_minor=layer[1] - taken.value_minor)
        quantity -= part
        drawn.append(taken)
    last = drawn[-1].unit_cost if drawn else stock.last_cost
    rest = [layer for layer in left.values() if layer.quantity]
    if quantity:
        missing = Layer(quantity, half_up(last * quantity))
        owed = sum([layer.quantity for layer in rest]), sum([layer.value_minor for layer in rest])
        rest = [Layer(owed[0] - missing.quantity, owed[1] - missing.value_minor)]
        drawn.append(missing)
    return Stock(tuple(rest), last, stock.consigned), tuple(drawn)


def _order(layers: Sequence[Layer], method: Method) -> Iterable[int]:
    """Return the numbers of layers in the order in which they are drawn; of two that cost the same the older first."""
    if method is Method.HIFO:
        return sorted(range(len(layers)), key=lambda number: -layers[number].unit_cost)
    return range(len(layers)) if method is Method.FIFO else reversed(range(len(layers)))


def _draw_pool(stock: Stock, quantity: int, method: Method) -> tuple[Stock, tuple[Layer, ...]]:
    owned, value = stock.owned, stock.value_minor
    unit_cost = Fraction(value, owned) if owned and method is Method.AVERAGE else stock.last_cost
    taken = Layer(quantity, half_up(unit_cost * quantity))
    rest = Layer(owned - quantity, value - taken.value_minor)
    last = rest.unit_cost if rest.quantity and method is Method.AVERAGE else unit_cost
    return Stock((rest,) if rest.quantity or rest.value_minor else (), last, stock.consigned), (taken,)
