"""Why: the exact figures against every plan there is, what would make a node win, the runner-up, and how it reads."""

from hypothesis import assume, given

from tests.laws.routes import Errand, errands, plan, prices
from tests.laws.world import HOME, NOW
from tests.routing.test_rules import HOME as BERLIN
from tests.routing.test_rules import ICE, MUGS, node
from unicommerce.catalog import NodeKind
from unicommerce.ledger import Reason
from unicommerce.routing import (
    Band,
    Destination,
    Explanation,
    RoutingCode,
    RoutingPolicy,
    Supply,
    as_picture,
    as_table,
    as_text,
    drain,
    why,
)
from unicommerce.values import Position

PENALTY = RoutingPolicy().unfilled_minor


def explained(errand: Errand, policy: RoutingPolicy = RoutingPolicy()) -> Explanation:
    """Return why an errand is routed as it is."""
    return why(
        errand.needs,
        errand.supplies,
        destination=Destination(HOME),
        due_at=errand.due_at,
        currency="USD",
        policy=policy,
        now=NOW,
    )


@given(errands() | errands(is_on_time=False))
def test_the_plan_is_that_of_route_and_each_candidate_has_one_verdict(errand: Errand) -> None:
    """In the order of the candidates; who ships is barred by nothing, whom something bars has no other plan."""
    found = explained(errand)

    assert found.plan == plan(errand)
    assert [each.node for each in found.verdicts] == [supply.node.id for supply in errand.supplies]
    assert tuple([each.reason for each in found.verdicts]) == found.plan.because
    shipping = {shipment.node for shipment in found.plan.shipments}
    for each in found.verdicts:
        assert each.ships == (each.node in shipping)
        assert not (each.bars and (each.ships or each.other)), each
        assert not each.bars or each.bars[0] == each.reason
        assert each.bars == () or [*each.bars] == sorted(each.bars, key=lambda bar: [*RoutingCode].index(bar.code))


@given(errands(most=3))
def test_the_other_plan_is_the_best_of_all_that_use_a_node_or_do_without_it(errand: Errand) -> None:
    """Every plan there is was tried."""
    tried, found = list(prices(errand)), explained(errand)
    best = min(cost for cost, _ in tried)
    chosen = frozenset(shipment.node for shipment in found.plan.shipments)
    for each in found.verdicts:
        least = min([cost for cost, shipping in tried if (each.node in shipping) != each.ships], default=None)
        if each.bars or least is None:
            assert each.other is None
        else:
            assert each.other is not None
            assert best + each.other.dearer_minor + each.other.leaves * PENALTY == least, each
            assert each.other.is_exact
            assert (each.node in each.other.nodes) != each.ships
    others = [cost for cost, shipping in tried if shipping != chosen]
    assert (found.runner_up is None) == (not others)
    if found.runner_up:
        assert best + found.runner_up.dearer_minor + found.runner_up.leaves * PENALTY == min(others)
        assert frozenset(found.runner_up.nodes) != chosen


@given(errands(is_open=True))
def test_a_node_whose_parcel_costs_less_by_so_much_ships(errand: Errand) -> None:
    """What would make it win is true by routing again, and a minor unit less may not do."""
    usual = RoutingPolicy(bands=(Band(None, 5_000, 90, 2),))
    found = explained(errand, usual)
    losers = [each for each in found.verdicts if each.wins_minor is not None and each.wins_minor <= 5_000]
    assume(losers)
    for each in losers:
        cheaper = Band(None, 5_000 - (each.wins_minor or 0), 90, 2, node=each.node)
        assert each.node in {s.node for s in plan(errand, RoutingPolicy(bands=(cheaper, *usual.bands))).shipments}
        if each.wins_minor and each.wins_minor > 1:
            nearly = cheaper._replace(parcel_minor=cheaper.parcel_minor + 2)
            assert each.node not in {
                s.node for s in plan(errand, RoutingPolicy(bands=(nearly, *usual.bands))).shipments
            }


@given(errands())
def test_another_strategy_is_held_against_the_best_plan(errand: Errand) -> None:
    """With the node that the exact plan would use, the plan may well cost less."""
    exact, drained = explained(errand), explained(errand, RoutingPolicy(strategy=drain()))
    saved = drained.plan.cost_minor - exact.plan.cost_minor
    assume(saved > 0 and drained.plan.unfilled == exact.plan.unfilled)

    others = [each.other.dearer_minor for each in drained.verdicts if each.other and not each.other.leaves]
    assert min(others, default=0) >= -saved
    if {each.node for each in exact.plan.shipments} != {each.node for each in drained.plan.shipments}:
        assert min(others) == -saved


FAR = Position.of("48.14", "11.58")
SHOP = (
    Supply(node("dc", kind=NodeKind.WAREHOUSE, position=FAR), (9, 0)),
    Supply(node("store-7", rank=1, handles=("cold",)), (2, 1)),
    Supply(node("store-9", rank=2, position=FAR, handles=("cold",)), (9, 9)),
    Supply(node("store-8", is_open=False), (9, 0), 0),
)
FOUND = why(
    (MUGS, ICE),
    SHOP,
    destination=BERLIN,
    service="standard",
    due_at=NOW + 9 * 24 * 3_600_000,
    currency="EUR",
    policy=RoutingPolicy(),
    now=NOW,
)


BY = "2026-11-24T20:00:00+00:00"


def test_all_codes_of_a_node_are_told() -> None:
    """It is closed, and its day is full as well."""
    assert FOUND.verdicts[3].bars == (
        Reason(RoutingCode.CLOSED, "store-8"),
        Reason(RoutingCode.NO_CAPACITY, "store-8", 0),
    )
    assert FOUND.verdicts[2].dominated_by == "store-7"


def test_it_reads_the_same_on_every_machine() -> None:
    """As text, as a table, as a picture."""
    assert as_text(FOUND).splitlines() == [
        "9.52 EUR, no plan costs less",
        f"  store-7 ships 1 ICE, 2 MUG, there by {BY}: parcel 450, handling 250, picking 180, weight 72",
        "dc has only 2 of 3; any plan that uses it costs at least 7.76 EUR more",
        "  with it: dc and store-7, exactly 7.76 EUR more",
        "store-7 ships everything (3): costs 9.52 EUR, there by 2026-11-24",
        "  without it: store-9, exactly 3.46 EUR more",
        "store-9 could ship everything, but any plan that uses it costs at least 3.46 EUR more",
        "  with it: store-9, exactly 3.46 EUR more",
        "store-8 is closed",
        "  and store-8 can handle nothing more that day",
        "runner-up: store-9, exactly 3.46 EUR more",
    ]
    assert as_table(FOUND).splitlines()[2:] == [
        "| dc | costlier in part |  |  | 776 | 777 |  |",
        "| store-7 | ships all | 3 | 952 | 346 |  |  |",
        "| store-9 | costlier |  |  | 346 | 347 |  |",
        "| store-8 | closed |  |  |  |  | closed, no capacity |",
    ]
    assert as_picture(FOUND).splitlines() == [
        "flowchart LR",
        '    order(["9.52 EUR"])',
        '    n0["dc"] -.->|"exactly 7.76 EUR more"| order',
        '    n1["store-7"] -->|"3 for 9.52 EUR"| order',
        '    n2["store-9"] -.->|"exactly 3.46 EUR more"| order',
        '    n3["store-8"] --x|"closed"| order',
    ]
