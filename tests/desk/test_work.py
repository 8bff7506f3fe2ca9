"""The work of nodes: each piece that a node has to give is in one job, by time; and how jobs are done together."""

from collections import Counter

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.laws.world import CATALOG, NETWORK, NODES, NOW, Happened, Program, World, make_order, programs
from unicommerce.catalog import Network, Pickup, moment
from unicommerce.desk import Job, PickLine, WorkList, batches, pick_list, waves, work_list
from unicommerce.errors import InvalidValue
from unicommerce.fulfillment import picked, place, shipped
from unicommerce.ledger import Fact, Telling
from unicommerce.orders import LineQuantity, LineState, line_account, line_move
from unicommerce.values import HOUR_MS

IN_HAND = (LineState.ALLOCATED, LineState.PICKED, LineState.PACKED, LineState.READY)


def work(world: World, node: str, *, skus: tuple[str, ...] = ()) -> WorkList:
    """Return the work of a node."""
    return world.shop.see(work_list(node, skus=skus, now=world.now))


def jobs_of(found: WorkList) -> list[Job]:
    """Return the jobs of a work list."""
    return [*found.to_pick, *found.to_pack, *found.to_hand_over, *found.to_be_collected]


@settings(max_examples=30)
@given(program=programs(most=40))
def test_each_piece_that_a_node_has_to_give_is_in_one_job(program: Program) -> None:
    """Over all nodes jobs have exactly the pieces that are allocated and have not left, each at its shipment's node."""
    world = World(stock=3).run(program)
    wanted = Counter[tuple[str, str, str, LineState]]()
    for shipment in world.shipments:
        for state in IN_HAND:
            for line, quantity in world.standing(shipment, state).items():
                wanted[shipment.node, shipment.id, line, state] += quantity
    there = Counter[tuple[str, str, str, LineState]]()
    for node in NODES:
        found = work(world, node.id)
        jobs = jobs_of(found)
        for job in jobs:
            for line, _, quantity in job.lines:
                there[node.id, job.shipment, line, job.state] += quantity
        assert list(found.overdue) == sorted(found.overdue, key=lambda job: (job.due_at, job.shipment))
        assert set(found.overdue) == {job for job in jobs if job.due_at is not None and job.due_at < world.now}
        assert all(job.due_at is None or job.due_at <= job.deliver_by for job in jobs)
    assert there == wanted


JOBS = st.lists(
    st.builds(
        lambda number, quantities, due_at: Job(
            f"o/{number}",
            "o",
            LineState.ALLOCATED,
            tuple([LineQuantity(f"{line}", sku, q) for line, (sku, q) in enumerate(quantities)]),
            due_at,
            0,
        ),
        st.integers(0, 99),
        st.lists(st.tuples(st.sampled_from(["MUG", "CUP", "LID"]), st.integers(1, 5)), min_size=1, max_size=3),
        st.none() | st.integers(0, 3),
    ),
    max_size=8,
    unique_by=lambda job: job.shipment,
)


@given(jobs=JOBS, most=st.integers(1, 12))
def test_batches_and_waves_have_each_job_once_and_in_order(jobs: list[Job], most: int) -> None:
    """No batch has more pieces than it may, but one job alone; the next job would have been too much for it."""
    found = batches(jobs, most)
    assert [job for batch in found for job in batch] == jobs
    for number, batch in enumerate(found):
        assert len(batch) == 1 or sum([job.pieces for job in batch]) <= most
        if number:
            assert sum([job.pieces for job in found[number - 1]]) + batch[0].pieces > most
    jobs.sort(key=lambda job: (job.due_at is None, job.due_at or 0))
    assert [job for wave in waves(jobs) for job in wave] == jobs
    assert len(waves(jobs)) == len({job.due_at for job in jobs})


@given(jobs=JOBS, zones=st.dictionaries(st.sampled_from(["MUG", "CUP"]), st.sampled_from("AB")))
def test_a_pick_list_has_each_piece_once_zone_by_zone(jobs: list[Job], zones: dict[str, str]) -> None:
    """Each SKU is one line in its zone; what goes to shipments is what jobs want."""
    found = pick_list(jobs, zones)
    wanted = Counter[tuple[str, str]]()
    for job in jobs:
        for _, sku, quantity in job.lines:
            wanted[sku, job.shipment] += quantity

    assert Counter({(sku, to): q for _, sku, _, shares in found for to, q in shares}) == wanted
    assert all(quantity == sum([q for _, q in shares]) for _, _, quantity, shares in found)
    assert [not line.zone for line in found] == sorted([not line.zone for line in found])
    assert [line.zone for line in found if line.zone] == sorted([zones[line.sku] for line in found if line.zone])
    assert [line.sku for line in found if not line.zone] == sorted({sku for sku, _ in wanted} - set(zones))


def test_a_batch_has_at_least_one_piece() -> None:
    """No pieces at all is a mistake of whoever asks."""
    with pytest.raises(InvalidValue, match="most"):
        batches((), 0)


def store_with_calls() -> World:
    """Return a world in which carriers call at `north` at noon, and for express at four."""
    calls = (Pickup(12 * 60, service="standard"), Pickup(16 * 60, service="express"))
    nodes = tuple([attrs.evolve(node, pickups=calls) if node.id == "north" else node for node in NODES])
    return World(attrs.evolve(CATALOG, network=Network(nodes=nodes, pools=NETWORK.pools)), stock=9)


def test_a_morning_in_a_store() -> None:
    """Two orders leave at noon, an express one at four; they are picked in two waves, the noon ones zone by zone."""
    world = store_with_calls()
    noon, four = moment("2026-11-23T12:00:00Z"), moment("2026-11-23T16:00:00Z")
    orders = {
        "o1": make_order("o1", pool="club", skus=("MUG", "CUP")),
        "o2": attrs.evolve(make_order("o2", pool="club", skus=("MUG", "CUP")), service="express"),
        "o3": make_order("o3", pool="club", skus=("MUG", "CUP")),
    }
    for order in orders.values():
        world.ask(place(order, {"1": 2, "2": 1}))
    assert {shipment.node for shipment in world.shipments} == {"north"}

    found = work(world, "north")
    assert [(job.shipment, job.due_at) for job in found.to_pick] == [("o1/1", noon), ("o3/1", noon), ("o2/1", four)]
    first, second = waves(found.to_pick)
    assert pick_list(first, {"CUP": "A", "MUG": "B"}) == (
        PickLine("A", "CUP", 2, (("o1/1", 1), ("o3/1", 1))),
        PickLine("B", "MUG", 4, (("o1/1", 2), ("o3/1", 2))),
    )
    assert batches(first, 6) == (first,)
    assert [len(batch) for batch in batches((*first, *second), 6)] == [2, 1]
    assert work(world, "south") == WorkList((), (), (), (), ())

    world.tell(picked("o1/1", {"1": 2, "2": 1}))
    world.tell(picked("o2/1", {"1": 1}))
    found = work(world, "north")
    assert [(job.shipment, job.pieces) for job in found.to_pick] == [("o3/1", 3), ("o2/1", 2)]
    assert [(job.shipment, job.pieces) for job in found.to_pack] == [("o1/1", 3), ("o2/1", 1)]
    assert [job.pieces for job in work(world, "north", skus=("CUP",)).to_pack] == [3, 1]

    world.tell(shipped("o1/1"))
    world.now = noon
    assert work(world, "north").overdue == ()
    world.now += 1
    found = work(world, "north")
    assert [job.shipment for job in found.to_pack] == ["o2/1"]
    assert [job.shipment for job in found.overdue] == ["o3/1"]


def test_what_is_packed_is_handed_over_and_what_is_ready_waits_for_nobody_elses_clock() -> None:
    """States that no event of ours uses yet have their lists."""
    world = World(stock=4)
    world.ask(place(make_order("o", pool="club", skus=("MUG",)), {"1": 3}))
    world.tell(picked("o/1", {"1": 3}))
    path = (LineState.PICKED, LineState.PACKED, LineState.READY)
    moves = [
        line_move("o", "1", quantity, line_account(start, "o/1"), line_account(end, "o/1"))
        for start, end, quantity in ((*path[:2], 2), (*path[1:], 1))
    ]
    world.tell(Telling("by hand", None, lambda *_: (Fact("by hand", (Happened(moves=tuple(moves)),)),)))
    found = work(world, "north")

    assert [[job.pieces for job in jobs] for jobs in found[:4]] == [[], [1], [1], [1]]
    assert [job.due_at for job in found.to_be_collected] == [None]
    assert found.to_pack[0].due_at == NOW + 9 * HOUR_MS
