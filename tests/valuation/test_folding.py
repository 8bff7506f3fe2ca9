"""Laws of valuation: a stock is worth its layers, nothing leaks, and small cases match piece-by-piece brute force."""

from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unicommerce.errors import InvalidValue
from unicommerce.ledger import Refused
from unicommerce.valuation import (
    Layer,
    Method,
    Scope,
    StockEvent,
    StockKind,
    Valuation,
    ValuationPolicy,
    running_balances,
    value_stock,
)

EXACT = [method for method in Method if method is not Method.ROUNDED_AVERAGE]
QUANTITIES, COSTS, DAYS = st.integers(1, 9), st.integers(0, 500), st.sampled_from(("1", "2", "3"))
CAME = st.builds(StockEvent, kind=st.just(StockKind.CAME), quantity=QUANTITIES, unit_cost_minor=COSTS, acquired=DAYS)
LEFT = st.builds(StockEvent, kind=st.just(StockKind.LEFT), quantity=QUANTITIES)
MOVED = st.builds(StockEvent, kind=st.just(StockKind.MOVED), quantity=QUANTITIES, target=st.just("B"))
OTHERS = st.one_of(
    MOVED,
    st.builds(StockEvent, kind=st.just(StockKind.COUNTED), quantity=st.integers(0, 9)),
    st.builds(StockEvent, kind=st.just(StockKind.COUNTED), quantity=st.integers(0, 9), unit_cost_minor=COSTS),
    st.builds(StockEvent, kind=st.just(StockKind.RECOSTED), unit_cost_minor=COSTS),
    st.builds(StockEvent, kind=st.just(StockKind.PRESET), unit_cost_minor=COSTS),
    st.builds(StockEvent, kind=st.just(StockKind.OPENED), quantity=st.integers(-5, 5), unit_cost_minor=COSTS),
    st.builds(StockEvent, kind=st.just(StockKind.CAME), quantity=QUANTITIES, owner=st.just("them")),
    st.builds(StockEvent, kind=st.just(StockKind.MOVED), quantity=QUANTITIES, target=st.just("B"), owner=st.just("us")),
    st.builds(StockEvent, kind=st.just(StockKind.CHARGED), quantity=QUANTITIES, value_minor=COSTS),
    st.builds(StockEvent, kind=st.just(StockKind.PASSED), quantity=QUANTITIES, unit_cost_minor=COSTS),
)
POLICIES = st.builds(ValuationPolicy, method=st.sampled_from(EXACT), scope=st.sampled_from(Scope))


def valued(events: list[StockEvent], policy: ValuationPolicy) -> Valuation:
    """Value a stock that may go below zero."""
    answer = value_stock(events, policy)
    assert isinstance(answer, Valuation)
    return answer


@given(st.lists(st.one_of(CAME, LEFT, OTHERS), max_size=12), POLICIES)
def test_a_stock_is_worth_its_layers_after_each_event(events: list[StockEvent], policy: ValuationPolicy) -> None:
    """Whatever happens: what changes sum up to is what the layers hold; without pieces there is no value."""
    for length in range(len(events) + 1):
        answer = valued(events[:length], policy)
        assert answer.whole.value_minor == sum(step.change_minor for step in answer.steps)
        assert answer.whole.quantity == sum(step.quantity_change for step in answer.steps)
        for stock in answer.stocks.values():
            below = [layer for layer in stock.layers if layer.quantity < 0]
            assert not below or len(stock.layers) == 1
            assert all(layer.quantity for layer in stock.layers)


@given(st.lists(st.one_of(CAME, LEFT), max_size=12), st.sampled_from(EXACT))
def test_what_came_in_is_in_stock_or_expensed(events: list[StockEvent], method: Method) -> None:
    """Cost of what left and variances of what came are all there is: with nothing left, all that came is expensed."""
    answer = valued(events, ValuationPolicy(method=method))
    pairs = list(zip(events, answer.steps, strict=True))
    issued = sum(step.cost_minor for event, step in pairs if event.kind is StockKind.LEFT)
    variance = sum(step.brought_minor - step.change_minor for event, step in pairs if event.kind is StockKind.CAME)

    assert answer.expensed_minor == issued + variance
    if not answer.whole.quantity:
        assert answer.expensed_minor == sum(event.worth_minor for event in events if event.kind is StockKind.CAME)


NEXT: dict[Method, Callable[[list[int]], int]] = {
    Method.FIFO: lambda _pieces: 0,
    Method.LIFO: lambda pieces: len(pieces) - 1,
    Method.HIFO: lambda pieces: pieces.index(max(pieces)),
}


@given(st.lists(st.tuples(st.integers(-6, 6).filter(bool), COSTS), max_size=10), st.sampled_from(list(NEXT)))
def test_layers_match_pieces_that_are_kept_one_by_one(changes: list[tuple[int, int]], method: Method) -> None:
    """Small cases against brute force: each piece is a cost in a list, taken by the rule of the method."""
    pieces: list[int] = []
    events: list[StockEvent] = []
    for change, cost in changes:
        if change > 0:
            events.append(StockEvent(kind=StockKind.CAME, quantity=change, unit_cost_minor=cost))
            pieces += [cost] * change
        elif len(pieces) >= -change:
            events.append(StockEvent(kind=StockKind.LEFT, quantity=-change))
            taken = [pieces.pop(NEXT[method](pieces)) for _ in range(-change)]
            assert valued(events, ValuationPolicy(method=method)).steps[-1].cost_minor == sum(taken)
    layers = valued(events, ValuationPolicy(method=method)).whole.layers

    assert [layer.unit_cost for layer in layers for _ in range(layer.quantity)] == pieces


@given(st.lists(st.one_of(CAME, LEFT), max_size=12))
def test_an_average_is_the_value_over_the_pieces(events: list[StockEvent]) -> None:
    """Nothing is lost to rounding: the last to leave takes what is left."""
    answer = valued(events, ValuationPolicy())
    emptied = StockEvent(kind=StockKind.COUNTED, quantity=0)

    assert valued([*events, emptied], ValuationPolicy()).whole.value_minor == 0
    assert answer.leak_minor == 0


def test_a_rounded_unit_cost_leaks() -> None:
    """The worked example of section 6 of the notes on money: ten cents too much have left, in three issues."""
    came = [(60, 1_500), (140, 1_550), (-190, 0), (70, 1_600), (-30, 0), (-50, 0)]
    events = [
        StockEvent(kind=StockKind.CAME if q > 0 else StockKind.LEFT, quantity=abs(q), unit_cost_minor=cost)
        for q, cost in came
    ]
    answer = valued(events, ValuationPolicy(method=Method.ROUNDED_AVERAGE))

    assert [s.cost_minor for e, s in zip(events, answer.steps, strict=True) if e.kind is StockKind.LEFT] == [
        291_650,
        47_760,
        79_600,
    ]
    assert (answer.whole.value_minor, answer.leak_minor) == (-10, 10)
    assert valued(events, ValuationPolicy()).leak_minor == 0


def test_layers_take_their_cost_and_their_day_to_another_location() -> None:
    """First in, first out at B takes what was acquired first, though it came there last."""
    events = [
        StockEvent(kind=StockKind.CAME, quantity=5, unit_cost_minor=100, place="A", acquired="2026-01-01"),
        StockEvent(kind=StockKind.CAME, quantity=5, unit_cost_minor=300, place="B", acquired="2026-01-02"),
        StockEvent(kind=StockKind.MOVED, quantity=2, place="A", target="B"),
    ]
    answer = valued(events, ValuationPolicy(method=Method.FIFO, scope=Scope.LOCATION))

    assert answer.stocks["A"].layers == (Layer(3, 300, "2026-01-01"),)
    assert answer.stocks["B"].layers == (Layer(2, 200, "2026-01-01"), Layer(5, 1_500, "2026-01-02"))
    assert answer.steps[-1].change_minor == 0


def test_more_than_there_is_is_refused_where_policy_says_so() -> None:
    """Also of a move, and of what others own."""
    strict = ValuationPolicy(scope=Scope.LOCATION, may_go_below=False)
    came = StockEvent(kind=StockKind.CAME, quantity=2, unit_cost_minor=100, place="A")
    consigned = StockEvent(kind=StockKind.CAME, quantity=2, place="A", owner="them")
    for event in (
        StockEvent(kind=StockKind.LEFT, quantity=3, place="A"),
        StockEvent(kind=StockKind.LEFT, quantity=1, place="B"),
        StockEvent(kind=StockKind.MOVED, quantity=3, place="A", target="B"),
        StockEvent(kind=StockKind.LEFT, quantity=3, place="A", owner="them"),
    ):
        assert isinstance(value_stock([came, consigned, event], strict), Refused), event


def test_what_others_own_counts_and_is_worth_nothing() -> None:
    """It comes and goes beside ours, and its value is never drawn on."""
    events = [
        StockEvent(kind=StockKind.CAME, quantity=2, unit_cost_minor=100),
        StockEvent(kind=StockKind.CAME, quantity=3, unit_cost_minor=100, owner="them"),
        StockEvent(kind=StockKind.LEFT, quantity=1, owner="them"),
        StockEvent(kind=StockKind.LEFT, quantity=1),
    ]
    steps = valued(events, ValuationPolicy()).steps

    assert [(step.quantity, step.value_minor) for step in steps] == [(2, 200), (5, 200), (4, 200), (3, 100)]


def test_a_standard_cost_makes_a_variance_of_every_other_price() -> None:
    """A hundred ordered at 10.00 stand at 9.50; a sale costs the standard; a new standard revalues what is there."""
    events = [
        StockEvent(kind=StockKind.PRESET, unit_cost_minor=950),
        StockEvent(kind=StockKind.CAME, quantity=100, unit_cost_minor=1_000),
        StockEvent(kind=StockKind.LEFT, quantity=40),
        StockEvent(kind=StockKind.RECOSTED, unit_cost_minor=1_000),
    ]
    steps = valued(events, ValuationPolicy(method=Method.STANDARD)).steps

    assert [step.change_minor for step in steps] == [0, 95_000, -38_000, 3_000]
    assert steps[1].brought_minor - steps[1].change_minor == 5_000


@pytest.mark.parametrize("method", [Method.FIFO, Method.AVERAGE])
def test_a_late_charge_goes_to_what_is_on_hand_and_the_rest_to_cost_of_sales(method: Method) -> None:
    """Ten came, seven of them have left: three tenths of the charge are in stock, the rest is a variance."""
    events = [
        StockEvent(kind=StockKind.CAME, quantity=10, unit_cost_minor=100, acquired="r1"),
        StockEvent(kind=StockKind.LEFT, quantity=7),
        StockEvent(kind=StockKind.CHARGED, quantity=10, value_minor=1_000, acquired="r1"),
    ]
    answer = valued(events, ValuationPolicy(method=method))

    assert (answer.steps[-1].change_minor, answer.steps[-1].brought_minor) == (300, 1_000)
    assert [layer[:2] for layer in answer.whole.layers] == [(3, 600)]


def test_a_standard_that_is_set_again_leaves_no_value_without_pieces() -> None:
    """Three stand at 10, then at 20: when they leave, nothing is left over."""
    events = [
        StockEvent(kind=StockKind.PRESET, unit_cost_minor=10),
        StockEvent(kind=StockKind.CAME, quantity=3, unit_cost_minor=10),
        StockEvent(kind=StockKind.PRESET, unit_cost_minor=20),
        StockEvent(kind=StockKind.LEFT, quantity=3),
    ]
    assert valued(events, ValuationPolicy(method=Method.STANDARD)).whole.layers == ()


def test_a_preset_cost_changes_no_average_of_what_is_there() -> None:
    """It is for what leaves before anything has come."""
    events = [
        StockEvent(kind=StockKind.CAME, quantity=2, unit_cost_minor=100),
        StockEvent(kind=StockKind.PRESET, unit_cost_minor=900),
        StockEvent(kind=StockKind.LEFT, quantity=1),
    ]
    assert [step.unit_cost for step in valued(events, ValuationPolicy()).steps] == [100, 100, 100]


def test_a_return_comes_back_at_what_it_left_with() -> None:
    """Three pieces left for 100 together; they come back as a layer of 100, to the cent."""
    events = [
        StockEvent(kind=StockKind.CAME, quantity=6, value_minor=200),
        StockEvent(kind=StockKind.LEFT, quantity=3),
        StockEvent(kind=StockKind.CAME, quantity=3, value_minor=100),
    ]

    assert valued(events, ValuationPolicy(method=Method.FIFO)).whole.layers == (Layer(3, 100), Layer(3, 100))


def test_balances_change_up_to_the_next_count_and_no_further() -> None:
    """A receipt that is told late changes what was there before the count, not after it."""
    timeline = [(1, 5, None), (3, 0, 4), (4, 1, None)]

    assert running_balances(timeline) == (5, 4, 5)
    assert running_balances([*timeline, (2, 7, None)]) == (5, 12, 4, 5)


def test_events_are_checked_where_they_enter() -> None:
    """Nothing comes or leaves in less than one piece; an opening may be below zero."""
    with pytest.raises(InvalidValue, match="quantity"):
        StockEvent(kind=StockKind.LEFT, quantity=0)
    opened = StockEvent(kind=StockKind.OPENED, quantity=-5, unit_cost_minor=100)
    whole = valued([opened], ValuationPolicy()).whole

    assert (whole.quantity, whole.value_minor, whole.last_cost) == (-5, -500, Fraction(100))
