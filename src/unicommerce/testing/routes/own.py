"""The laws of rules and costs of the retailer's own: each is a function of what it is asked, and does what it says.

A rule bars and does nothing else; a cost is paid as it is said, and the plan is the cheapest with it. With either, what
holds for every plan holds as before.
"""

from collections.abc import Iterable
from itertools import product
from typing import NamedTuple

from ...catalog import Node
from ...routing import Asked, Cost, Need, RoutingCode, RoutingPolicy, Rule, Supply
from ...values import Money
from .drawing import Errand, Own, Question, errands, planned, questions
from .laws import (
    Ask,
    Law,
    each,
    no_clock_and_no_chance_is_asked,
    the_same_question_has_the_same_answer,
    uphold,
    what_is_given_is_left_alone,
)

__all__ = ["COST_ASKED", "COST_ROUTED", "RULE_ASKED", "RULE_ROUTED", "check_cost", "check_rule"]

NAME = "the rule"
EARLIER = frozenset([*RoutingCode][: [*RoutingCode].index(RoutingCode.RULED_OUT)])
"""What bars a node before rules of the retailer's own are asked."""


class Bundle(NamedTuple):
    """Pieces of each need, from one node, and what they cost in minor units."""

    pieces: tuple[int, ...]
    minor: int


@each
def answers_true_or_false(ask: Ask[Question], question: Question) -> str:
    """It answers True or False, and raises nothing."""
    answer = ask(question)
    return "" if type(answer) is bool else f"answers {answer!r}"


@each
def a_node_that_is_barred_sends_nothing_and_says_why(policy: RoutingPolicy, errand: Errand) -> str:
    """What the rule bars is not sent; a node that may send nothing else is RULED_OUT; each node has one reason."""
    ((_, rule),) = policy.rules.items()
    plan = planned(errand, policy)
    if (named := [reason.subject for reason in plan.because]) != [supply.node.id for supply in errand.supplies]:
        return f"the reasons are those of {named}"
    sent = {(shipment.node, sku) for shipment in plan.shipments for sku, _ in shipment.items}
    for (node, available, *_), reason in zip(errand.supplies, plan.because, strict=True):
        offered = [need for need, have in zip(errand.needs, available, strict=True) if have]
        barred = [need for need in offered if not rule(node, need, errand.asked)]
        if wrong := [need.sku for need in barred if (node.id, need.sku) in sent]:
            return f"{node.id} sends {wrong[0]}, which the rule bars"
        fit = [need for need in offered if {*need.requires} <= {*node.handles}]
        is_barred = all(need in barred for need in fit)
        if fit and reason.code not in EARLIER and is_barred != (reason.code is RoutingCode.RULED_OUT):
            return f"{node.id} is said to be {reason.code.value}, and the rule bars {[need.sku for need in barred]}"
    return ""


@each
def who_does_not_ship_changes_nothing(policy: RoutingPolicy, errand: Errand) -> str:
    """Without a node that does not ship the plan is the same."""
    plan = planned(errand, policy)
    shipping = {shipment.node for shipment in plan.shipments}
    for supply in errand.supplies:
        if supply.node.id not in shipping:
            without = tuple([other for other in errand.supplies if other is not supply])
            found = planned(errand._replace(supplies=without), policy)
            if (found.shipments, found.unfilled) != (plan.shipments, plan.unfilled):
                return f"without {supply.node.id} the plan is {found.shipments}, and with it {plan.shipments}"
    return ""


@each
def more_stock_never_hurts(policy: RoutingPolicy, errand: Errand) -> str:
    """With a piece more somewhere no more is left over, and it costs no more, what is left over counted."""
    before = _worth(errand, policy)
    for number, supply in enumerate(errand.supplies):
        for line, need in enumerate(errand.needs):
            available = tuple([have + (other == line) for other, have in enumerate(supply.available)])
            more = supply._replace(available=available)
            supplies = (*errand.supplies[:number], more, *errand.supplies[number + 1 :])
            after = _worth(errand._replace(supplies=supplies), policy)
            if after[0] > before[0] or after[1] > before[1]:
                return (
                    f"leaves {before[0]} over at {before[1]}, "
                    f"and with one {need.sku} more at {supply.node.id} {after[0]} at {after[1]}"
                )
    return ""


def _worth(errand: Errand, policy: RoutingPolicy) -> tuple[int, int]:
    """Return what the plan leaves over, and what it costs with that, in minor units."""
    plan = planned(errand, policy)
    left = sum([quantity for _, quantity in plan.unfilled])
    return left, plan.cost_minor + policy.unfilled_minor * left


@each
def answers_an_amount_of_the_currency_asked(ask: Ask[Question], question: Question) -> str:
    """It answers `Money`, whole minor units of the currency asked, 0 or more, and raises nothing."""
    answer = ask(question)
    if not isinstance(answer, Money):
        return f"answers {answer!r}"
    amount, currency = answer
    is_right = type(amount) is int and amount >= 0 and currency == question.asked.currency
    return "" if is_right else f"answers {answer!r}"


@each
def it_is_paid_once_a_shipment_and_for_each_piece(policy: RoutingPolicy, errand: Errand) -> str:
    """Each shipment shows it under its name; the parts of all shipments add up to what the plan costs."""
    ((name, cost),) = policy.costs.items()
    plan, nodes = planned(errand, policy), {supply.node.id: supply.node for supply in errand.supplies}
    needs = {need.sku: need for need in errand.needs}
    for shipment in plan.shipments:
        node, found = nodes[shipment.node], dict(shipment.costs).get(name, 0)
        pieces = [quantity * cost(node, needs[sku], errand.asked).amount_minor for sku, quantity in shipment.items]
        due = cost(node, None, errand.asked).amount_minor + sum(pieces)
        if found != due:
            return f"{node.id} shows {found} for {shipment.items}, and it is {due}"
    parts = sum([minor for shipment in plan.shipments for _, minor in shipment.costs])
    return "" if parts == plan.cost_minor else f"the plan costs {plan.cost_minor}, and its parts {parts}"


@each
def no_other_plan_costs_less(policy: RoutingPolicy, errand: Errand) -> str:
    """Of all that nodes could send the plan is the cheapest, with the cost and with what is left over."""
    ((_, cost),) = policy.costs.items()
    chosen = product(*[_bundles(supply, errand, cost) for supply in errand.supplies])
    least = min([minor for each_sends in chosen if (minor := _total(each_sends, errand, policy)) is not None])
    _, found = _worth(errand, policy)
    return "" if found == least else f"the plan comes to {found}, and the cheapest of all to {least}"


def _total(bundles: tuple[Bundle, ...], errand: Errand, policy: RoutingPolicy) -> int | None:
    """Return what it costs that each node sends a bundle; None where more would be sent than is needed."""
    left = [need.quantity for need in errand.needs]
    for pieces, _ in bundles:
        left = [before - sent for before, sent in zip(left, pieces, strict=True)]
    return None if min(left) < 0 else policy.unfilled_minor * sum(left) + sum([minor for _, minor in bundles])


def _bundles(supply: Supply, errand: Errand, cost: Cost) -> list[Bundle]:
    """Return all that a node could send, or nothing: by `route` without the cost, and that beside it."""
    node, asked, found = supply.node, errand.asked, [Bundle((0,) * len(errand.needs), 0)]
    most = [range(min(have, need.quantity) + 1) for have, need in zip(supply.available, errand.needs, strict=True)]
    for pieces in [pieces for pieces in product(*most) if any(pieces)]:
        plan = planned(errand._replace(supplies=(supply._replace(available=pieces),)), RoutingPolicy(gives_way=()))
        if sum([quantity for shipment in plan.shipments for _, quantity in shipment.items]) == sum(pieces):
            costs = [cost(node, None, asked), *[cost(node, need, asked) for need in errand.needs]]
            own = sum([times * minor for times, (minor, _) in zip((1, *pieces), costs, strict=True)])
            found.append(Bundle(pieces, plan.cost_minor + own))
    return found


RULE_ASKED: tuple[Law[Ask[Question], Question], ...] = (
    no_clock_and_no_chance_is_asked,
    what_is_given_is_left_alone,
    answers_true_or_false,
    the_same_question_has_the_same_answer,
)
RULE_ROUTED: tuple[Law[RoutingPolicy, Errand], ...] = (
    a_node_that_is_barred_sends_nothing_and_says_why,
    who_does_not_ship_changes_nothing,
    more_stock_never_hurts,
)
COST_ASKED: tuple[Law[Ask[Question], Question], ...] = (
    no_clock_and_no_chance_is_asked,
    what_is_given_is_left_alone,
    answers_an_amount_of_the_currency_asked,
    the_same_question_has_the_same_answer,
)
COST_ROUTED: tuple[Law[RoutingPolicy, Errand], ...] = (
    it_is_paid_once_a_shipment_and_for_each_piece,
    no_other_plan_costs_less,
    who_does_not_ship_changes_nothing,
    more_stock_never_hurts,
)


def check_rule(
    rule: Rule, *, nodes: Iterable[Node] = (), needs: Iterable[Need] = (), asked: Iterable[Asked] = ()
) -> None:
    """Try a rule of your own, by itself and in `route`, on drawn cases mixed with nodes, needs and orders of yours.

    Give some that the rule bars and some that it does not: what is drawn knows nothing of your licenses. Raises
    `AssertionError` with the name of the law that is broken and the smallest case found.

    >>> check_rule(lambda node, need, asked: need.sku != "WINE" or asked.destination.region != "US-UT")
    >>> check_rule(lambda node, need, asked: need.quantity or None)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    AssertionError: answers_true_or_false: It answers True or False, and raises nothing.
    ...
    """
    own = Own(tuple(nodes), tuple(needs), tuple(asked))

    def ask(question: Question) -> object:
        assert question.need is not None
        return rule(question.node, question.need, question.asked)

    uphold(RULE_ASKED, ask, questions(own))
    uphold(RULE_ROUTED, RoutingPolicy(rules={NAME: rule}, gives_way=()), errands(own))


def check_cost(
    name: str,
    cost: Cost,
    *,
    nodes: Iterable[Node] = (),
    needs: Iterable[Need] = (),
    asked: Iterable[Asked] = (),
) -> None:
    """Try a cost of your own, by itself and in `route`, on drawn cases mixed with nodes, needs and orders of yours.

    It is asked of shipments and of pieces, in several currencies. Raises `AssertionError` with the name of the law that
    is broken and the smallest case found, `InvalidValue` for a name that another part of a cost has.

    >>> check_cost("insurance", lambda node, need, asked: Money(0 if need is None else 5, asked.currency))
    >>> check_cost("insurance", lambda node, need, asked: Money(0 if need is None else 5, "EUR"))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    AssertionError: answers_an_amount_of_the_currency_asked: ...
    """
    own = Own(tuple(nodes), tuple(needs), tuple(asked))
    policy = RoutingPolicy(costs={name: cost}, gives_way=())
    of_pieces = questions(own)
    of_shipments = [question._replace(need=None) for question in of_pieces]
    uphold(COST_ASKED, lambda question: cost(*question), (*of_pieces, *of_shipments))
    uphold(COST_ROUTED, policy, errands(own))
