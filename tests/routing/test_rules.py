"""Rules that bar a node, costs in parts, and soft rules that give way: by example, and the laws of giving way."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.laws.routes import EVERY_DAY, FAR_OFF, Errand, errands
from tests.laws.routes import plan as routed
from tests.laws.world import NOW
from tests.values.bad import refused
from unicommerce.catalog import Node, NodeKind
from unicommerce.ledger import Reason
from unicommerce.routing import (
    Asked,
    Band,
    Destination,
    Need,
    Outlook,
    Plan,
    RateCard,
    RoutingCode,
    RoutingPolicy,
    Soft,
    Supply,
    route,
)
from unicommerce.values import HOUR_MS, Money, Position

BERLIN, NEW_YORK = Position.of("52.52", "13.405"), Position.of("40.7", "-74")
MUGS = Need("MUG", 2, 350)
ICE = Need("ICE", 1, 500, requires=("cold",))
WINE = Need("WINE", 1, 1_200, requires=("age-checked",))
HOME = Destination(BERLIN, "DE-BE")


def node(id: str, **how: object) -> Node:
    """Return a store around the corner that works every day, unless told otherwise."""
    return Node(**{"id": id, "position": BERLIN, "calendar": EVERY_DAY, **how})  # type: ignore[arg-type]


def planned(
    *supplies: Supply,
    needs: tuple[Need, ...] = (MUGS,),
    policy: RoutingPolicy = RoutingPolicy(),
    service: str = "standard",
    due_at: int = FAR_OFF,
    currency: str = "EUR",
) -> Plan:
    """Return the plan for a customer in Berlin."""
    return route(
        needs, supplies, destination=HOME, service=service, due_at=due_at, currency=currency, policy=policy, now=NOW
    )


def sent(plan: Plan) -> dict[str, dict[str, int]]:
    """Return what each node ships."""
    return {each.node: dict(each.items) for each in plan.shipments}


def licensed(at: Node, need: Need, asked: Asked) -> bool:
    """Tell whether a node may send wine: none to Utah, none from a store."""
    return need.sku != "WINE" or (at.kind is not NodeKind.STORE and asked.destination.region != "US-UT")


def insured(_: Node, need: Need | None, asked: Asked) -> Money:
    """Return the price of a parcel's insurance, and of each ring's."""
    if need is None:
        return Money(30, asked.currency)
    return Money(200 if need.sku == "RING" else 0, asked.currency)


@pytest.mark.parametrize(
    ("supply", "needs", "reason"),
    [
        (
            Supply(node("n", regions=("DE-BY", "AT-5")), (9,)),
            (MUGS,),
            Reason(RoutingCode.OTHER_REGION, "n", "DE-BE", "DE-BY, AT-5"),
        ),
        (
            Supply(node("n", services=("same-day",)), (9,)),
            (MUGS,),
            Reason(RoutingCode.OTHER_SERVICE, "n", "standard", "same-day"),
        ),
        (Supply(node("n"), (9,)), (ICE,), Reason(RoutingCode.NOT_HANDLED, "n", "ICE", None, "cold")),
        (Supply(node("n"), (9,), turned_down=("MUG",)), (MUGS,), Reason(RoutingCode.TURNED_DOWN, "n")),
        (
            Supply(node("n", handles=("age-checked",)), (9,)),
            (WINE,),
            Reason(RoutingCode.RULED_OUT, "n", "WINE", None, "liquor license"),
        ),
        (Supply(node("n", position=NEW_YORK), (9,)), (MUGS,), Reason(RoutingCode.NO_RATE, "n", 6385, None, "DE-BE")),
        (
            Supply(node("n"), (9,)),
            (Need("SOFA", 1, 60_000),),
            Reason(RoutingCode.NO_RATE, "n", 0, None, "DE-BE"),
        ),
    ],
    ids=["region", "service", "cold", "this SKU was turned down", "own rule", "too far", "too heavy"],
)
def test_a_rule_that_bars_a_node_is_named_with_its_figures(
    supply: Supply, needs: tuple[Need, ...], reason: Reason
) -> None:
    """Region, service, what a product requires, own rules, and rates: each says who and what."""
    parcels = Band(1_000_000, 450, 0, 1, card=RateCard(((10_000, 500), (31_500, 900))))
    policy = RoutingPolicy(rules={"liquor license": licensed}, bands=(parcels,))

    plan = planned(supply, needs=needs, policy=policy)

    assert (plan.because, plan.shipments) == ((reason,), ())


def test_a_node_that_may_send_one_product_and_not_another_sends_the_one() -> None:
    """What requires cold goes from where it is cold, the rest from wherever is cheapest."""
    store, dark = node("store", rank=1), node("dark", kind=NodeKind.DARK_STORE, handles=("cold",), position=NEW_YORK)

    plan = planned(Supply(store, (9, 9)), Supply(dark, (9, 9)), needs=(MUGS, ICE))

    assert sent(plan) == {"dark": {"MUG": 2, "ICE": 1}}
    assert sent(planned(Supply(store, (9, 9)), Supply(dark, (0, 9)), needs=(MUGS, ICE))) == {
        "store": {"MUG": 2},
        "dark": {"ICE": 1},
    }


def test_parts_of_the_cost_are_each_shown() -> None:
    """Parcel, card by billed weight, labor, own costs, penalties; they add up, and nothing of 0 is named."""
    bands = (Band(None, 450, 60, 1, card=RateCard(((1_000, 100), (5_000, 300)))),)
    policy = RoutingPolicy(bands=bands, costs={"insurance": insured}, shipment_minor=75)
    needs = (Need("RING", 2, 100, volume_cm3=10_000),)  # 2 kg each by volume, at 5,000 cm3 per kg

    (shipment,) = planned(Supply(node("n"), (9,)), needs=needs, policy=policy).shipments

    assert shipment.costs == (
        ("parcel", 450),
        ("handling", 250),
        ("split", 75),
        ("insurance", 30 + 2 * 200),
        ("picking", 120),
        ("weight", 2 * 120),
        ("card", 300),
    )
    assert shipment.cost_minor == sum(minor for _, minor in shipment.costs)


def test_rates_are_by_zone() -> None:
    """A band of a region, of a lane, of a service; the first that fits counts."""
    bands = (
        Band(None, 100, 0, 1, node="n", region="DE-BE", service="standard"),
        Band(None, 200, 0, 1, region="DE-BE"),
        Band(None, 900, 0, 1),
    )
    policy = RoutingPolicy(bands=bands)

    assert [
        band.parcel_minor
        for where in (("n", "DE-BE", "standard"), ("n", "DE-BE", "express"), ("n", "FR", "standard"))
        if (band := policy.band(5, node=where[0], region=where[1], service=where[2]))
    ] == [100, 200, 900]


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: RoutingPolicy(bands=(Band(None, 1, 1, 1, currency="CHF"),), currency="EUR"), "bands"),
        (lambda: planned(Supply(node("n"), (9,)), policy=RoutingPolicy(currency="CHF")), "currency"),
        (lambda: planned(Supply(node("n"), (9,)), policy=RoutingPolicy(costs={"x": francs})), "cost 'x' of n"),
        (lambda: planned(Supply(node("n"), (9,)), policy=RoutingPolicy(costs={"y": gains})), "cost 'y' of n"),
        (lambda: RoutingPolicy(costs={"parcel": insured}), "costs"),
        (lambda: RoutingPolicy(gives_way=(Soft.PROMISE, Soft.PROMISE)), "gives_way"),
        (lambda: RoutingPolicy(max_shipments=0), "max_shipments"),
        (lambda: RoutingPolicy(keeps={NodeKind.STORE: -1}), "keeps[store]"),
        (lambda: node("n", handles="cold"), "handles"),
        (lambda: node("n", regions=("a", "a")), "regions"),
    ],
)
def test_amounts_of_two_currencies_and_knobs_that_mean_nothing_are_refused(
    make: Callable[[], object], field: str
) -> None:
    """Named by field, where they enter."""
    assert refused(make)[0] == field


def francs(*_: object) -> Money:
    """Return a cost in another currency."""
    return Money(1, "CHF")


def gains(*_: object) -> Money:
    """Return a cost below nothing."""
    return Money(-1, "EUR")


def test_pieces_for_those_who_walk_in_are_kept_until_an_order_would_be_short() -> None:
    """A store keeps three of each; they are taken only where nobody else has any, and the plan says so."""
    policy = RoutingPolicy(keeps={NodeKind.STORE: 3})
    store, far = node("store"), node("far", kind=NodeKind.WAREHOUSE, position=NEW_YORK)

    kept = planned(Supply(store, (3,)), Supply(far, (2,)), policy=policy)
    taken = planned(Supply(store, (3,)), Supply(far, (1,)), policy=policy)
    never = planned(Supply(store, (3,)), policy=RoutingPolicy(keeps={NodeKind.STORE: 3}, gives_way=()))

    assert (sent(kept), kept.gave_way) == ({"far": {"MUG": 2}}, ())
    assert kept.because[0] == Reason(RoutingCode.KEPT, "store", 3, 3)
    assert (sent(taken), taken.gave_way) == ({"store": {"MUG": 2}}, (Soft.PROTECTION,))
    assert (sent(never), never.unfilled) == ({}, (("MUG", 2),))


def test_limits_of_splitting_hold_until_they_may_give_way() -> None:
    """Two nodes with one piece each: one parcel at most, unless splits may give way."""
    supplies = (Supply(node("a"), (1,)), Supply(node("b"), (1,)))
    hard = planned(*supplies, policy=RoutingPolicy(max_shipments=1))
    soft = planned(*supplies, policy=RoutingPolicy(max_shipments=1, gives_way=(Soft.PROMISE, Soft.SPLITS)))
    whole = planned(*supplies, policy=RoutingPolicy(splits_lines=False))

    assert (hard.unfilled, hard.gave_way) == ((("MUG", 1),), ())
    assert (soft.unfilled, soft.gave_way) == ((), (Soft.SPLITS,))
    assert whole.unfilled == (("MUG", 2),)
    assert planned(*supplies, policy=RoutingPolicy(ships_complete=True)).unfilled == ()
    assert planned(*supplies[:1], policy=RoutingPolicy(ships_complete=True)).unfilled == (("MUG", 2),)


def test_needs_of_a_group_come_from_one_node() -> None:
    """A table top and its legs."""
    group = (Need("TOP", 1, 9_000, group="table"), Need("LEG", 4, 800, group="table"))
    apart = (Supply(node("a"), (1, 3)), Supply(node("b"), (0, 4)))

    assert planned(*apart, needs=group).unfilled == (("LEG", 4), ("TOP", 1))
    assert sent(planned(*apart, Supply(node("c", position=NEW_YORK), (1, 4)), needs=group)) == {
        "c": {"TOP": 1, "LEG": 4}
    }


def test_work_is_spread_and_goods_to_be_marked_down_go_first() -> None:
    """What is weighed decides between nodes, and is not part of the cost."""
    full, idle = node("full", daily_capacity=10), node("idle", daily_capacity=10, rank=9)
    supplies = (Supply(full, (9,), 2), Supply(idle, (9,), 10))
    spread = planned(*supplies, policy=RoutingPolicy(busy_minor=200))
    coats = Outlook(daily_micro={}, until=0, package_minor=0, markdown_minor={("idle", "MUG"): 500})
    cleared = planned(*supplies, policy=RoutingPolicy(outlook=coats))

    assert sent(planned(*supplies)) == {"full": {"MUG": 2}}
    assert sent(spread) == sent(cleared) == {"idle": {"MUG": 2}}
    assert planned(supplies[0], policy=RoutingPolicy(busy_minor=200)).shipments[0].weighed == (("busy", 160),)
    assert planned(supplies[0], policy=RoutingPolicy(outlook=coats)).shipments[0].part("markdown forgone") == 1_000


SOFTS = st.lists(st.sampled_from(list(Soft)), unique=True).map(tuple)


@st.composite
def policies(draw: st.DrawFn) -> RoutingPolicy:
    """Draw policies with all soft rules, of which some may give way."""
    return RoutingPolicy(
        gives_way=draw(SOFTS),
        keeps={NodeKind.STORE: draw(st.integers(0, 3))},
        max_shipments=draw(st.none() | st.integers(1, 2)),
        splits_lines=draw(st.booleans()),
    )


@given(errands(is_on_time=False), policies())
def test_no_soft_rule_gives_way_in_vain(errand: Errand, policy: RoutingPolicy) -> None:
    """The more may give way, the less is left over; and without any of those that did, more would be."""
    softs, most = policy.gives_way, policy.max_shipments

    def left(*gives_way: Soft) -> int:
        same = RoutingPolicy(
            gives_way=gives_way, keeps=policy.keeps, max_shipments=most, splits_lines=policy.splits_lines
        )
        return sum(q for _, q in routed(errand, same).unfilled)

    plan = routed(errand, policy)
    found = sum(quantity for _, quantity in plan.unfilled)

    assert set(plan.gave_way) <= set(softs)
    assert found == left(*plan.gave_way)
    assert found <= left()
    for soft in plan.gave_way:
        assert left(*[each for each in plan.gave_way if each is not soft]) > found
    if Soft.PROMISE not in plan.gave_way:
        assert all(each.promise.latest < errand.due_at + HOUR_MS for each in plan.shipments)
    if Soft.SPLITS not in plan.gave_way and most is not None:
        assert len(plan.shipments) <= most
