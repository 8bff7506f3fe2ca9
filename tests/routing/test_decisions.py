"""Routing by example: who ships, who does not and why, by when, and what it costs."""

import pytest

from tests.laws.routes import EVERY_DAY, FAR_OFF, hard_errand
from tests.laws.routes import plan as routed
from tests.laws.world import NOW
from unicommerce.catalog import Calendar, Node, NodeKind, moment, moment_text
from unicommerce.ledger import Reason, ReasonCode
from unicommerce.routing import Destination, Need, Plan, RoutingCode, RoutingPolicy, Supply, route
from unicommerce.values import Position

BERLIN, MUNICH, NEW_YORK = Position.of("52.52", "13.405"), Position.of("48.14", "11.58"), Position.of("40.7", "-74")
TWO_MUGS = (Need("MUG", 2, 350),)


def node(id: str, at: Position = BERLIN, **how: object) -> Node:
    """Return a node, a store that works every day unless told otherwise."""
    return Node(**{"id": id, "position": at, "calendar": EVERY_DAY, **how})  # type: ignore[arg-type]


def planned(
    *supplies: Supply,
    needs: tuple[Need, ...] = TWO_MUGS,
    due_at: int = FAR_OFF,
    policy: RoutingPolicy = RoutingPolicy(),
    now: int = NOW,
) -> Plan:
    """Return the plan for a customer in Berlin."""
    return route(
        needs, supplies, destination=Destination(BERLIN), due_at=due_at, currency="EUR", policy=policy, now=now
    )


def codes(plan: Plan) -> dict[str, ReasonCode]:
    """Return what is said of each node."""
    return {reason.subject: reason.code for reason in plan.because}


def test_a_near_node_ships_before_a_far_one() -> None:
    """Freight by distance; the far node is told by how much it would be dearer."""
    plan = planned(Supply(node("far", MUNICH), (9,)), Supply(node("near"), (9,)))

    assert [(shipment.node, shipment.items) for shipment in plan.shipments] == [("near", (("MUG", 2),))]
    assert codes(plan) == {"far": RoutingCode.COSTLIER, "near": RoutingCode.SHIPS_ALL}
    assert plan.is_proven


def test_the_cost_of_a_shipment_is_the_sum_of_what_it_is_made_of() -> None:
    """Parcel and handling once, picking and freight by weight for each piece, rounded half up piece by piece."""
    (shipment,) = planned(Supply(node("near"), (9,))).shipments

    assert shipment.costs == (("parcel", 450), ("handling", 250), ("picking", 2 * 60), ("weight", 2 * 21))
    assert shipment.weighed == ()
    assert shipment.cost_minor == 450 + 250 + 162


def test_one_parcel_is_cheaper_than_two() -> None:
    """A node that has all of it ships all of it, though another could give some."""
    plan = planned(Supply(node("some"), (1,)), Supply(node("all", rank=9), (2,)))

    assert codes(plan) == {"some": RoutingCode.COSTLIER_IN_PART, "all": RoutingCode.SHIPS_ALL}


def test_an_order_is_split_where_no_node_has_all() -> None:
    """Both ship in part, and nothing is left over."""
    plan = planned(Supply(node("one"), (1,)), Supply(node("other"), (1,)))

    assert codes(plan) == {"one": RoutingCode.SHIPS_PART, "other": RoutingCode.SHIPS_PART}
    assert plan.unfilled == ()
    assert sum(quantity for shipment in plan.shipments for _, quantity in shipment.items) == 2


def test_what_nobody_has_is_left_over() -> None:
    """Stock is used before freight is saved, and the rest is named."""
    plan = planned(Supply(node("far", NEW_YORK), (1,)), Supply(node("near"), (0,)))

    assert plan.unfilled == (("MUG", 1),)
    assert codes(plan) == {"far": RoutingCode.SHIPS_PART, "near": RoutingCode.NO_STOCK}


def test_without_nodes_everything_is_left_over() -> None:
    """No shipment, no cost, no reason."""
    plan = planned()

    assert (plan.shipments, plan.unfilled, plan.cost_minor, plan.because) == ((), (("MUG", 2),), 0, ())


@pytest.mark.parametrize(
    ("supply", "reason"),
    [
        (Supply(node("n", is_open=False), (9,)), Reason(RoutingCode.CLOSED, "n")),
        (
            Supply(node("n", calendar=Calendar(days=(7,), closed=("2026-11-29",))), (0,)),
            Reason(RoutingCode.NO_STOCK, "n", 0, 2),
        ),
        (Supply(node("n"), (9,), None, is_excluded=True), Reason(RoutingCode.TURNED_DOWN, "n")),
        (Supply(node("n"), (9,), 0), Reason(RoutingCode.NO_CAPACITY, "n", 0)),
        (Supply(node("n"), (9,), -2), Reason(RoutingCode.NO_CAPACITY, "n", -2)),
        (Supply(node("n", is_open=False), (0,), 0, is_excluded=True), Reason(RoutingCode.CLOSED, "n")),
    ],
    ids=["closed", "empty", "turned down", "full", "more than full", "the first that applies"],
)
def test_a_node_that_cannot_ship_says_why(supply: Supply, reason: Reason) -> None:
    """One reason each, the first that applies in the order of the codes."""
    plan = planned(supply)

    assert plan.because == (reason,)
    assert plan.shipments == ()


def test_capacity_is_shared_by_the_products_of_an_order() -> None:
    """Three pieces fit into the day, whatever they are; the fourth is left over."""
    plan = planned(Supply(node("n"), (2, 2), 3), needs=(Need("MUG", 2, 350), Need("CUP", 2, 120)))

    assert sum(quantity for shipment in plan.shipments for _, quantity in shipment.items) == 3
    assert sum(left for _, left in plan.unfilled) == 1


def test_who_would_be_late_is_looked_at_only_where_the_others_do_not_suffice() -> None:
    """On time before cheap: the late node says by how many hours; where it is needed, it ships and costs extra.

    Five days on which carriers move from Monday the 23rd are up on Saturday the 28th at 20:00, 91 hours late.
    """
    due_at = moment("2026-11-25T01:00:00Z")
    late, near = Supply(node("late", NEW_YORK), (9,)), Supply(node("near"), (1,))
    without = planned(late, Supply(node("near"), (2,)), due_at=due_at)
    needed = planned(late, near, due_at=due_at)

    assert codes(without) == {"late": RoutingCode.TOO_LATE, "near": RoutingCode.SHIPS_ALL}
    assert without.because[0].found == 91
    assert sum(shipment.part("late") for shipment in needed.shipments) == 1_000 + 60 * 91
    assert needed.unfilled == ()


@pytest.mark.parametrize(
    ("due", "code"),
    [
        ("2026-11-24T20:00:00Z", RoutingCode.SHIPS_ALL),
        ("2026-11-24T19:59:59Z", RoutingCode.SHIPS_ALL),
    ],
)
def test_a_promise_is_kept_to_the_minute(due: str, code: RoutingCode) -> None:
    """Delivered by 20:00 is on time for 20:00, and an hour begun is an hour late a second before."""
    plan = planned(Supply(node("n"), (9,)), due_at=moment(due))
    (shipment,) = plan.shipments

    assert codes(plan) == {"n": code}
    assert moment_text(shipment.promise.latest) == "2026-11-24T20:00:00+00:00"
    assert (shipment.part("late") > 0) == (due < "2026-11-24T20:00:00Z")


@pytest.mark.parametrize(
    ("now", "calendar", "expected"),
    [
        ("2026-11-23T14:59:00Z", Calendar(), "2026-11-24T20:00:00+00:00"),
        ("2026-11-23T15:00:00Z", Calendar(), "2026-11-25T20:00:00+00:00"),
        ("2026-11-28T09:00:00Z", Calendar(), "2026-11-30T20:00:00+00:00"),
        ("2026-11-28T15:00:00Z", Calendar(), "2026-12-01T20:00:00+00:00"),
        ("2026-12-24T16:00:00Z", Calendar(closed=("2026-12-25", "2026-12-26")), "2026-12-29T20:00:00+00:00"),
        ("2026-11-23T09:00:00Z", Calendar(zone="Pacific/Kiritimati"), "2026-11-25T06:00:00+00:00"),
        ("2026-03-27T09:00:00Z", Calendar(zone="Europe/Berlin"), "2026-03-28T19:00:00+00:00"),
        ("2026-03-28T09:00:00Z", Calendar(zone="Europe/Berlin"), "2026-03-30T18:00:00+00:00"),
    ],
)
def test_a_promise_counts_working_days_of_the_node_and_of_the_carrier(
    now: str, calendar: Calendar, expected: str
) -> None:
    """Cut-off, Sunday, holidays, a zone a day ahead, and the night in which the clocks change."""
    (shipment,) = planned(Supply(node("n", calendar=calendar), (9,)), now=moment(now)).shipments

    assert moment_text(shipment.promise.latest) == expected


def test_a_search_that_ran_out_of_steps_says_what_it_did_not_compare() -> None:
    """The plan is the best found, it is not called proven, and its bound is not above it."""
    plan = routed(hard_errand(), RoutingPolicy(budget=1))

    assert not plan.is_proven
    assert RoutingCode.NOT_EXPLORED in codes(plan).values()
    assert plan.lower_bound_minor <= plan.cost_minor


def test_equal_nodes_are_chosen_by_rank_and_then_by_id() -> None:
    """Data of the node decides, never its place in a list."""
    by_rank = planned(Supply(node("a", rank=2), (9,)), Supply(node("b", rank=1), (9,)))
    by_id = planned(Supply(node("b"), (9,)), Supply(node("a"), (9,)))

    assert [shipment.node for shipment in (*by_rank.shipments, *by_id.shipments)] == ["b", "a"]


def test_a_warehouse_packs_for_less_than_a_store() -> None:
    """Handling and picking are priced by the kind of node."""
    plan = planned(Supply(node("store"), (9,)), Supply(node("warehouse", kind=NodeKind.WAREHOUSE, rank=9), (9,)))

    assert [shipment.node for shipment in plan.shipments] == ["warehouse"]
    assert plan.because[0].found == 2
