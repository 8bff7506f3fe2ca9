"""What is a stock of one SKU worth? A pure fold over what happened to it, giving layers, costs and variances.

What is shipped by the supplier never was here, and what changes hands inside one scope changes no cost. This file knows
no journal: finance brings it what the journal says.
"""

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction

from ..ledger import Reason, Refused
from ..values import half_up
from .codes import ValuationCode
from .documents import BRINGING, Layer, Step, Stock, StockEvent, StockKind, Valuation
from .layers import POOLED, arrive, charged, draw
from .policy import Method, Scope, ValuationPolicy

__all__ = ["running_balances", "value_stock"]


def value_stock(events: Iterable[StockEvent], policy: ValuationPolicy | None = None) -> Valuation | Refused:
    """Value a stock: fold its events in their order. Refused where more leaves than there is and may not.

    >>> came = [StockEvent(kind=StockKind.CAME, quantity=q, unit_cost_minor=c) for q, c in ((60, 1500), (140, 1550))]
    >>> answer = value_stock([*came, StockEvent(kind=StockKind.LEFT, quantity=190)])
    >>> [step.change_minor for step in answer.steps], answer.whole.value_minor
    ([90000, 217000, -291650], 15350)
    """
    known = policy or ValuationPolicy()
    stocks: dict[str, Stock] = {}
    steps: list[Step] = []
    before = Step()
    for event in events:
        place = event.place if known.scope is Scope.LOCATION else ""
        stock = stocks.get(place, Stock())
        if _is_short(stock, event, known):
            found = stock.consigned if event.owner else stock.owned
            return Refused((Reason(ValuationCode.INSUFFICIENT, place or "stock", found, event.quantity),))
        if event.kind is StockKind.MOVED:
            drawn = _move(stocks, place, event, known)
        else:
            stocks[place], drawn = _RULES[event.kind](stock, event, known.method)
        unit_cost = _shown(stocks.get(place, stock), known.method)
        before = _step(before, stocks, event)._replace(drawn=drawn, unit_cost=unit_cost)
        steps.append(before)
    return Valuation(stocks, tuple(steps))


def running_balances(timeline: Iterable[tuple[int, int, int | None]]) -> tuple[int, ...]:
    """Return what is on hand after each (day, pieces that came, pieces counted or None), in the order of the days.

    A count sets what is there: a move of an earlier day changes what is there up to the next count and no further.

    >>> running_balances([(1, 10, None), (3, 0, 6), (4, 1, None), (2, 1, None)])
    (10, 11, 6, 7)
    """
    balances: list[int] = []
    held = 0
    for _, came, counted in sorted(timeline, key=lambda row: row[0]):
        held = held + came if counted is None else counted
        balances.append(held)
    return tuple(balances)


def _shown(stock: Stock, method: Method) -> Fraction:
    return stock.last_cost if method in POOLED or not stock.owned else Fraction(stock.value_minor, stock.owned)


def _step(before: Step, stocks: Mapping[str, Stock], event: StockEvent) -> Step:
    quantity = sum([each.quantity for each in stocks.values()])
    value = sum([each.value_minor for each in stocks.values()])
    brought = event.worth_minor if event.kind in BRINGING and not event.owner else 0
    return Step(quantity - before.quantity, value - before.value_minor, (), brought, quantity, value)


def _is_short(stock: Stock, event: StockEvent, policy: ValuationPolicy) -> bool:
    if event.kind not in (StockKind.LEFT, StockKind.MOVED) or (policy.may_go_below and event.may_go_below):
        return False
    return event.quantity > (stock.consigned if event.owner else stock.owned)


_Done = tuple[Stock, tuple[Layer, ...]]


def _preset(stock: Stock, event: StockEvent, method: Method) -> _Done:
    """Set the last cost; a standard is that of every piece, and the average of what is there stays what it is."""
    if method is Method.STANDARD:
        return _recosted(stock, event, method)
    if method in POOLED and stock.owned:
        return stock, ()
    return Stock(stock.layers, Fraction(event.unit_cost_minor or 0), stock.consigned), ()


def _opened(stock: Stock, event: StockEvent, method: Method) -> _Done:
    if event.quantity > 0:
        return _came(stock, event, method)
    known, _ = _preset(stock, event, method)
    return draw(known, -event.quantity, method)[0], ()


def _came(stock: Stock, event: StockEvent, method: Method) -> _Done:
    if event.owner:
        return Stock(stock.layers, stock.last_cost, stock.consigned + event.quantity), ()
    return arrive(stock, Layer(event.quantity, event.worth_minor, event.acquired), method), ()


def _left(stock: Stock, event: StockEvent, method: Method) -> _Done:
    if event.owner:
        return Stock(stock.layers, stock.last_cost, stock.consigned - event.quantity), ()
    return draw(stock, event.quantity, method)


def _move(stocks: dict[str, Stock], place: str, event: StockEvent, policy: ValuationPolicy) -> tuple[Layer, ...]:
    """Take layers to another place as they are, with their cost and their day; within one scope there is no move."""
    if policy.scope is Scope.COMPANY or place == event.target:
        return ()
    if event.owner:
        for where, sign in ((place, -1), (event.target, 1)):
            stock = stocks.get(where, Stock())
            stocks[where] = Stock(stock.layers, stock.last_cost, stock.consigned + sign * event.quantity)
        return ()
    stocks[place], drawn = draw(stocks.get(place, Stock()), event.quantity, policy.method)
    for layer in drawn:
        stocks[event.target] = arrive(stocks.get(event.target, Stock()), layer, policy.method)
    return drawn


def _counted(stock: Stock, event: StockEvent, method: Method) -> _Done:
    """Set the pieces, and the value where the count says a cost; else the value moves at the unit cost."""
    more = event.quantity - stock.quantity
    if event.unit_cost_minor is not None:
        owned = event.quantity - stock.consigned
        layers = (Layer(owned, owned * event.unit_cost_minor, event.acquired),) if owned else ()
        return Stock(layers, Fraction(event.unit_cost_minor), stock.consigned), ()
    if more <= 0:
        return draw(stock, -more, method) if more else (stock, ())
    newest = stock.layers[-1].unit_cost if stock.layers and method is not Method.STANDARD else stock.last_cost
    return arrive(stock, Layer(more, half_up(newest * more), event.acquired), method), ()


def _recosted(stock: Stock, event: StockEvent, _method: Method) -> _Done:
    """Give every piece a new cost, also those that are missing."""
    cost = event.unit_cost_minor or 0
    layers = tuple([layer._replace(value_minor=layer.quantity * cost) for layer in stock.layers])
    return Stock(layers, Fraction(cost), stock.consigned), ()


def _charged(stock: Stock, event: StockEvent, method: Method) -> _Done:
    return charged(stock, Layer(event.quantity, event.worth_minor, event.acquired), method), ()


def _passed(stock: Stock, _event: StockEvent, _method: Method) -> _Done:
    """Leave all as it is: what the supplier ships to the customer, and takes back from there, is never here."""
    return stock, ()


_RULES: Mapping[StockKind, Callable[[Stock, StockEvent, Method], _Done]] = {
    StockKind.PRESET: _preset,
    StockKind.OPENED: _opened,
    StockKind.CAME: _came,
    StockKind.LEFT: _left,
    StockKind.COUNTED: _counted,
    StockKind.RECOSTED: _recosted,
    StockKind.CHARGED: _charged,
    StockKind.PASSED: _passed,
}
