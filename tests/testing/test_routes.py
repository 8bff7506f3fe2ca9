"""Every broken rule, cost and strategy is rejected by the law that is named for it, and the sound ones pass."""

import gc
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from itertools import cycle
from logging import getLogger
from random import Random, choice, random
from uuid import uuid4

import attrs
import pendulum
import pytest

from unicommerce.catalog import Node, NodeKind
from unicommerce.ledger import Reason
from unicommerce.routing import (
    Asked,
    Cost,
    Destination,
    Need,
    Plan,
    Problem,
    RoutingCode,
    RoutingPolicy,
    Rule,
    Solution,
    Strategy,
    cheapest_first,
    complete_first,
    drain,
    fewest_parcels,
    solve,
)
from unicommerce.testing import check_cost, check_rule, check_strategy
from unicommerce.testing.routes import own
from unicommerce.testing.routes.drawing import Errand, Own, errands, planned, questions
from unicommerce.testing.routes.laws import Law, each, no_clock_and_no_chance_is_asked, shown, uphold
from unicommerce.testing.routes.strategies import STRATEGY, problems
from unicommerce.values import DAY_MS, Money, Position

AT = Position(52_000_000, 13_000_000)
DC = Node(id="dc", position=AT, kind=NodeKind.WAREHOUSE)
SHOP = Node(id="shop", position=AT, rank=1)
TABLE = (Need("TOP", 1, 9_000, group="table"), Need("LEG", 4, 800, group="table"))
UTAH = Asked(Destination(AT, "US-UT"), "", 90 * DAY_MS, "USD", DAY_MS)

ERRANDS = errands(Own((), (), ()))[:30]


def name_of(law: object) -> str:
    """Return the name of a law, or of what is tested."""
    return str(getattr(law, "__name__", law))


def licensed(node: Node, need: Need, asked: Asked) -> bool:
    """Tell whether a node may send wine: none to Utah, none from a store."""
    return need.sku != "WINE" or (node.kind is not NodeKind.STORE and asked.destination.region != "US-UT")


def insured(_: Node, need: Need | None, asked: Asked) -> Money:
    """Return what insurance costs: of a parcel a little, of rings more, of many pieces less each."""
    each_minor = 0 if need is None else 900 // need.quantity
    return Money(30 if need is None else each_minor * (need.sku == "RING"), asked.currency)


def in_turn(*answers: object) -> Callable[..., object]:
    """Return a function that answers one after the other, whatever it is asked."""
    asked = 0

    def function(*_: object) -> object:
        nonlocal asked
        asked += 1
        return answers[asked % len(answers)]

    return function


# ── Rules ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def promotes(node: Node, *_: object) -> bool:
    """Change the node."""
    node.rank = 0  # type: ignore[misc]
    return True


def of_known_regions(_: Node, need: Need, asked: Asked) -> bool:
    """Fail where the region is not in the table."""
    return {"DE-BE": True, "US-UT": need.sku != "WINE"}[asked.destination.region]


BROKEN_RULES = {
    "says a number": (lambda _, need, __: need.quantity, "answers_true_or_false"),
    "says nothing": (lambda *_: None, "answers_true_or_false"),
    "raises": (of_known_regions, "answers_true_or_false"),
    "asks the time": (lambda *_: time.time() > 0, "no_clock_and_no_chance_is_asked"),
    "asks the hour": (lambda *_: time.localtime().tm_hour < 99, "no_clock_and_no_chance_is_asked"),
    "asks by another library": (lambda *_: pendulum.now().hour < 99, "no_clock_and_no_chance_is_asked"),
    "asks the day": (lambda *_: datetime.now(UTC).year > 2000, "no_clock_and_no_chance_is_asked"),
    "draws lots": (lambda *_: random() < 2, "no_clock_and_no_chance_is_asked"),
    "chooses": (lambda *_: choice((True, True)), "no_clock_and_no_chance_is_asked"),
    "remembers when it was first asked": (cache(lambda *_: time.time() > 0), "no_clock_and_no_chance_is_asked"),
    "goes by a hash": (lambda _, need, __: hash(need.sku) is not None, "no_clock_and_no_chance_is_asked"),
    "makes an id": (lambda *_: bool(uuid4()), "no_clock_and_no_chance_is_asked"),
    "counts": (in_turn(True, True, False), "the_same_question_has_the_same_answer"),
    "counts twice": (in_turn(True, True, False, False), "the_same_question_has_the_same_answer"),
    "draws from a generator of its own": (
        lambda *_, draw=Random(1): draw.random() < 0.9,
        "the_same_question_has_the_same_answer",
    ),
    "knows a node by identity": (lambda node, *_: node is not DC, "the_same_question_has_the_same_answer"),
    "changes what it is given": (promotes, "what_is_given_is_left_alone"),
}


@pytest.mark.parametrize(("rule", "law"), BROKEN_RULES.values(), ids=BROKEN_RULES)
def test_a_broken_rule_is_rejected_by_name(rule: Rule, law: str) -> None:
    """The first word is the name of the law; the case stands there with its values."""
    with pytest.raises(AssertionError, match=rf"^{law}: [A-Z][^\n]+\n  [^\n]+\n  where Question\(node="):
        check_rule(rule, nodes=[DC])


def logged(node: Node, _: Need, asked: Asked) -> bool:
    """Tell whether it is one of two nodes, and log that it was asked."""
    getLogger("routing").warning("asked of %s", node.id)
    return node in {DC, SHOP} or asked.destination.region == ""


@pytest.mark.parametrize(
    "rule",
    [
        licensed,
        logged,
        lambda *_: False,
        lambda node, need, asked: Random(f"{node.id} {need.sku} {asked.now}").random() < 0.5,
        lambda _, need, asked: need.quantity < 3 and asked.now % DAY_MS < DAY_MS // 2,
    ],
    ids=["licenses", "a set and a log", "nothing at all", "seeded with what is asked", "by quantity and hour"],
)
def test_a_sound_rule_passes(rule: Rule) -> None:
    """With nodes, needs and orders of one's own, closed and open, single and in groups."""
    closed = attrs.evolve(SHOP, id="closed", is_open=False, regions=("FR",))
    check_rule(rule, nodes=[DC, SHOP, closed], needs=[Need("WINE", 12), *TABLE], asked=[UTAH])


def test_what_breaks_a_rule_only_for_ones_own_is_found() -> None:
    """A node, a SKU and a region that nobody draws: each combination of one's own is asked."""

    def rule(node: Node, need: Need, asked: Asked) -> bool:
        return (node.id, need.sku, asked.destination.region) != ("dc", "GIN", "US-UT") or bool(1 // 0)

    check_rule(rule)
    with pytest.raises(AssertionError, match=r"raises ZeroDivisionError.*\n  where .*id='dc'.*sku='GIN'") as found:
        check_rule(rule, nodes=[SHOP, DC], needs=[Need("RUM", 1), Need("GIN", 1)], asked=[UTAH])
    assert isinstance(found.value.__cause__, ZeroDivisionError)


def test_each_of_ones_own_is_asked() -> None:
    """Of three hundred needs the last one breaks it, whatever is drawn beside them."""
    with pytest.raises(AssertionError, match=r"raises ZeroDivisionError.*\n  where .*sku='SKU 299'"):
        check_rule(
            lambda _, need, __: need.sku != "SKU 299" or 1 // 0 > 0, needs=[Need(f"SKU {n}", 1) for n in range(300)]
        )


# ── Costs ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def money(minor: object) -> Cost:
    """Return the cost that is always so much."""
    return lambda _, need, asked: Money(minor if need else 0, asked.currency)  # type: ignore[arg-type]


def charges(node: Node, _: Need | None, asked: Asked) -> Money:
    """Change the node."""
    node.daily_capacity = 1  # type: ignore[misc]
    return Money(1, asked.currency)


def dearer_each_time() -> Cost:
    """Return a cost that grows by a cent with each question."""
    minor = 0

    def cost(_: Node, __: Need | None, asked: Asked) -> Money:
        nonlocal minor
        minor += 1
        return Money(minor, asked.currency)

    return cost


AMOUNT = "answers_an_amount_of_the_currency_asked"
BROKEN_COSTS = {
    "another currency": (lambda *_: Money(1, "EUR"), AMOUNT),
    "below nothing": (money(-1), AMOUNT),
    "a float": (money(1.0), AMOUNT),
    "a bool": (money(True), AMOUNT),
    "a number": (lambda *_: 5, AMOUNT),
    "raises without a need": (lambda _, need, asked: Money(need.quantity, asked.currency), AMOUNT),
    "dearer when asked twice": (dearer_each_time(), "the_same_question_has_the_same_answer"),
    "asks the time": (
        lambda _, __, asked: Money(time.monotonic_ns() * 0, asked.currency),
        "no_clock_and_no_chance_is_asked",
    ),
    "knows an order by identity": (
        lambda _, __, asked: Money(int(asked is UTAH), asked.currency),
        "the_same_question_has_the_same_answer",
    ),
    "changes what it is given": (charges, "what_is_given_is_left_alone"),
}


@pytest.mark.parametrize(("cost", "law"), BROKEN_COSTS.values(), ids=BROKEN_COSTS)
def test_a_broken_cost_is_rejected_by_name(cost: Cost, law: str) -> None:
    """The first word is the name of the law."""
    with pytest.raises(AssertionError, match=f"^{law}: "):
        check_cost("insurance", cost, needs=[Need("RING", 2)], asked=[UTAH])


@pytest.mark.parametrize(
    "cost",
    [
        insured,
        money(0),
        money(10**9),
        lambda node, _, asked: Money(700 * (node.kind is NodeKind.STORE), asked.currency),
    ],
    ids=["insurance", "nothing", "more than leaving it", "by node"],
)
def test_a_sound_cost_passes(cost: Cost) -> None:
    """Even one for which it is cheaper to leave pieces over than to send them."""
    check_cost("insurance", cost, nodes=[DC, SHOP], needs=[Need("RING", 9), *TABLE], asked=[UTAH])


# ── In route ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("law", own.RULE_ROUTED, ids=name_of)
def test_a_rule_that_forgets_is_seen_in_every_law_of_plans(law: Law[RoutingPolicy, Errand]) -> None:
    """Each by itself rejects a rule that bars every third time."""
    policy = RoutingPolicy(rules={"forgets": in_turn(True, False, True)}, gives_way=())  # type: ignore[dict-item]
    with pytest.raises(AssertionError, match=f"^{name_of(law)}: "):
        uphold([law], policy, ERRANDS)


@pytest.mark.parametrize("law", own.COST_ROUTED, ids=name_of)
def test_a_cost_that_grows_is_seen_in_every_law_of_plans(law: Law[RoutingPolicy, Errand]) -> None:
    """Each by itself rejects a cost that is dearer with each question."""
    policy = RoutingPolicy(costs={"grows": dearer_each_time()}, gives_way=())
    with pytest.raises(AssertionError, match=f"^{name_of(law)}: "):
        uphold([law], policy, ERRANDS)


def paid_twice(plan: Plan) -> Plan:
    """Return a plan whose shipments each have one part twice."""
    shipments = [each._replace(costs=(*each.costs, ("parcel", 1))) for each in plan.shipments]
    return attrs.evolve(plan, shipments=tuple(shipments))


def without_insurance(plan: Plan) -> Plan:
    """Return a plan whose shipments do not show what is paid for insurance."""
    shipments = [each._replace(costs=tuple([c for c in each.costs if c[0] != "insurance"])) for each in plan.shipments]
    return attrs.evolve(plan, shipments=tuple(shipments))


def without_a_reason(plan: Plan) -> Plan:
    """Return a plan that says nothing of its first node."""
    return attrs.evolve(plan, because=plan.because[1:])


def with_another_reason(plan: Plan) -> Plan:
    """Return a plan that calls late what is ruled out."""
    because = [
        Reason(RoutingCode.TOO_LATE, each.subject, 1) if each.code is RoutingCode.RULED_OUT else each
        for each in plan.because
    ]
    return attrs.evolve(plan, because=tuple(because))


BARRED, PAID = own.a_node_that_is_barred_sends_nothing_and_says_why, own.it_is_paid_once_a_shipment_and_for_each_piece
MISROUTED = [
    (PAID, paid_twice),
    (PAID, without_insurance),
    (BARRED, without_a_reason),
    (BARRED, with_another_reason),
    (own.no_other_plan_costs_less, lambda plan: attrs.evolve(plan, cost_minor=plan.cost_minor + 1)),
]


@pytest.mark.parametrize(("law", "change"), MISROUTED, ids=name_of)
def test_a_plan_that_is_not_as_it_should_be_breaks_the_law(
    law: Law[RoutingPolicy, Errand], change: Callable[[Plan], Plan], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The laws look at what `route` answers, and not at what it should."""
    kind = {"rules": {"licenses": licensed}} if law is BARRED else {"costs": {"insurance": insured}}
    policy = RoutingPolicy(gives_way=(), **kind)
    uphold([law], policy, ERRANDS)
    monkeypatch.setattr(own, "planned", lambda errand, policy: change(planned(errand, policy)))
    with pytest.raises(AssertionError, match=f"^{name_of(law)}: "):
        uphold([law], policy, ERRANDS)


# ── Strategies ──────────────────────────────────────────────────────────────────────────────────────────────────────


def changed(how: Callable[[Solution], dict[str, object]], of: Strategy = solve) -> Strategy:
    """Return a strategy whose plans with shipments are changed."""

    def strategy(problem: Problem) -> Solution:
        found = of(problem)
        return found._replace(**how(found)) if found.assignments else found  # type: ignore[arg-type]

    return strategy


def as_listed(problem: Problem) -> Solution:
    """Drain candidates in the order of the list."""
    places = {candidate.node: place for place, candidate in enumerate(problem.candidates)}
    return drain(lambda candidate: places[candidate.node])(problem)


def gives_up(problem: Problem) -> Solution:
    """Find no plan, and say that it does not know."""
    return Solution(None, (), problem.quantities, 0, False, 0, (None,) * len(problem.candidates))


def in_time(problem: Problem) -> Solution:
    """Search for as long as there is time."""
    until = time.perf_counter() + 60
    return solve(problem) if time.perf_counter() < until else drain()(problem)


def remembers() -> Strategy:
    """Return a strategy that drains every second problem."""
    turns = cycle((solve, drain()))

    def strategy(problem: Problem) -> Solution:
        return next(turns)(problem)

    return strategy


MARGIN, CARRIED = "who_could_ship_and_does_not_has_a_margin", "a_plan_can_be_carried_out_at_its_cost"
BROKEN_STRATEGIES: dict[str, tuple[Strategy, str]] = {
    "answers nothing": (lambda _: None, "answers_a_solution"),  # type: ignore[dict-item]
    "raises": (lambda problem: solve(problem, budget=1 // len(problem.candidates)), "answers_a_solution"),
    "too few margins": (changed(lambda _: {"margins": ()}), "answers_a_solution"),
    "a cost of a float": (changed(lambda _: {"cost": 1.5}), "answers_a_solution"),
    "a limit of time": (in_time, "no_clock_and_no_chance_is_asked"),
    "remembers": (remembers(), "the_same_question_has_the_same_answer"),
    "too much": (
        changed(lambda found: {"assignments": tuple([a._replace(quantity=9) for a in found.assignments])}),
        CARRIED,
    ),
    "too cheap": (changed(lambda found: {"cost": (found.cost or 1) - 1}), CARRIED),
    "sends without a cost": (changed(lambda _: {"cost": None}), CARRIED),
    "says all is filled": (
        changed(lambda found: {"unfilled": (0,) * len(found.unfilled)}),
        "what_is_not_sent_is_unfilled",
    ),
    "a margin for all": (changed(lambda found: {"margins": (0,) * len(found.margins)}), MARGIN),
    "no margins": (changed(lambda found: {"margins": (None,) * len(found.margins)}), MARGIN),
    "margins too wide": (
        changed(lambda found: {"margins": tuple([m if m is None else m + 1 for m in found.margins])}),
        MARGIN,
    ),
    "as listed": (as_listed, "the_order_of_candidates_is_irrelevant"),
    "bound too high": (
        changed(lambda found: {"lower_bound": found.lower_bound + 1}),
        "no_plan_is_below_the_bound",
    ),
    "greedy and proven": (changed(lambda _: {"proven": True}, cheapest_first), "what_is_proven_is_the_best"),
    "gives up and calls it proven": (
        lambda problem: gives_up(problem)._replace(proven=True),
        "none_is_proven_only_where_there_is_none",
    ),
}


@pytest.mark.parametrize(("strategy", "law"), BROKEN_STRATEGIES.values(), ids=BROKEN_STRATEGIES)
def test_a_broken_strategy_is_rejected_by_name(strategy: Strategy, law: str) -> None:
    """The first word is the name of the law; the problem stands there with its values."""
    with pytest.raises(AssertionError, match=rf"^{law}: [^\n]+\n  [^\n]+\n  where Problem\(quantities="):
        check_strategy(strategy)


SOUND: dict[str, Strategy] = {
    "exact": solve,
    "drain": drain(),
    "complete first": complete_first(),
    "fewest parcels": fewest_parcels(),
    "cheapest first": cheapest_first,
    "gives up": gives_up,
}


@pytest.mark.parametrize("strategy", SOUND.values(), ids=SOUND)
def test_a_sound_strategy_passes(strategy: Strategy) -> None:
    """Those of the room, the exact one, and one that gives up and says so."""
    check_strategy(strategy)


def test_a_clock_that_hangs_on_the_collector_is_not_the_strategys() -> None:
    """Hypothesis measures each collection; one that falls into an answer is not asked for it."""
    before = gc.get_threshold()
    gc.callbacks.append(lambda *_: time.perf_counter())
    gc.set_threshold(1)
    try:
        uphold([no_clock_and_no_chance_is_asked], solve, problems()[:9])
    finally:
        gc.set_threshold(*before)
        gc.callbacks.pop()
    assert gc.isenabled()


# ── The laws themselves ─────────────────────────────────────────────────────────────────────────────────────────────


def test_every_law_has_something_that_breaks_it() -> None:
    """No law goes without proof that it can be broken."""
    broken = {law for table in (BROKEN_RULES, BROKEN_COSTS, BROKEN_STRATEGIES) for _, law in table.values()}

    assert {name_of(law) for law in (*own.RULE_ASKED, *own.COST_ASKED, *STRATEGY)} == broken


def test_the_smallest_case_is_named() -> None:
    """Of all cases that break a law the one that is shortest to read, with the cause."""

    @each
    def is_small(limit: int, case: tuple[int, ...]) -> str:
        """It is small."""
        return "" if sum(case) < limit else f"comes to {sum(case)}"

    cases: list[tuple[int, ...]] = [(1,), (1, 2, 3), (9,), (2, 7)]
    with pytest.raises(AssertionError) as found:
        uphold([is_small], 5, cases)
    assert str(found.value) == "is_small: It is small.\n  comes to 9\n  where (9,)"
    uphold([is_small], 10, cases)


def test_what_is_shown_can_be_typed_in() -> None:
    """Every case that is drawn is what its text makes."""
    drawn = (*questions(Own((DC,), TABLE, (UTAH,)))[::9], *ERRANDS[::5], *problems()[::9])
    names = {type(part).__name__: type(part) for case in drawn for part in parts(case)} | {"NodeKind": NodeKind}

    assert [eval(shown(case), names) for case in drawn] == list(drawn)  # noqa: S307 - our own words


def parts(value: object) -> list[object]:
    """Return a value and all that it is made of."""
    inside = attrs.astuple(value, recurse=False) if attrs.has(type(value)) else value  # type: ignore[arg-type]
    return [value, *[part for one in inside for part in parts(one)]] if isinstance(inside, tuple) else [value]
