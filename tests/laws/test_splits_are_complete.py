"""Law: splits are complete and never over: what is allocated and what waits is what was open, line by line."""

from collections.abc import Mapping
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from tests.laws.world import LATER, Law, Program, World, make_order, programs
from unicommerce.fulfillment import Allocated, FulfillmentCode, FulfillmentPolicy, allocate, amend, place
from unicommerce.ledger import Accepted, Decision
from unicommerce.orders import LineState, Order, quantities_by_state


class Split(NamedTuple):
    """What happened before, an order of up to four lines of three products, and whether it is allocated at once."""

    before: Program
    pool: str
    skus: list[str]
    quantities: list[int]
    is_at_once: bool


SPLITS = st.builds(
    Split,
    programs(),
    st.sampled_from(("web", "club", "corner")),
    st.lists(st.sampled_from(("MUG", "CUP", "LID")), min_size=1, max_size=4),
    st.lists(st.integers(1, 7), min_size=4, max_size=4),
    st.booleans(),
)


def _allocated(answer: Decision, order: Order) -> Mapping[str, int]:
    """Return the pieces that an answer gives to nodes by line, each shipment from one node of the pool."""
    given = dict.fromkeys(order.line_by_id, 0)
    shipments = []
    for event in answer.events if isinstance(answer, Accepted) else ():
        if isinstance(event, Allocated):
            shipments.append(event.shipment)
            for line, sku, quantity in event.lines:
                assert quantity > 0
                assert sku == order.line_by_id[line].sku
                given[line] += quantity
    assert len({shipment.id for shipment in shipments}) == len(shipments)
    assert len({shipment.node for shipment in shipments}) == len(shipments)
    return given


def splits_are_complete(case: Split) -> None:
    """Raise where pieces are allocated twice or forgotten, on the first wave or on a later one."""
    world = World().run(case.before)
    order = make_order("x", pool=case.pool, skus=case.skus, at=world.now)
    wanted = dict(zip(order.line_by_id, case.quantities, strict=False))
    answer = world.ask(place(order, wanted, policy=FulfillmentPolicy() if case.is_at_once else LATER))
    if not isinstance(answer, Accepted):
        return
    if not case.is_at_once:
        answer = world.ask(allocate("x"))
    given = _allocated(answer, order)
    waits: dict[str, int] = {}
    for reason in answer.because:
        if reason.code is FulfillmentCode.WAITS:
            assert isinstance(reason.found, int)
            waits[reason.subject] = waits.get(reason.subject, 0) + reason.found
    for sku in set(case.skus):
        lines = [line.id for line in order.lines if line.sku == sku]
        assert sum(given[line] for line in lines) + waits.get(sku, 0) == sum(wanted[line] for line in lines), sku
    for line in order.lines:
        held = quantities_by_state(world.ledger, order.unit(line.id))
        assert held.get(LineState.ALLOCATED, 0) == given[line.id] <= wanted[line.id]
        assert held.get(LineState.OPEN, 0) == wanted[line.id] - given[line.id]
    more = world.ask(amend("x", {"1": wanted["1"] + 1}, id="more"))
    if isinstance(more, Accepted):
        left = {
            line.id: quantities_by_state(world.ledger, order.unit(line.id)).get(LineState.OPEN, 0)
            for line in order.lines
        }
        again = _allocated(world.ask(allocate("x", id="second wave")), order)
        assert all(again[line] <= left[line] for line in left)


LAW = Law("splits are complete and never over", SPLITS, splits_are_complete)


@given(LAW.cases)
def test_what_is_allocated_and_what_waits_is_what_was_open(case: Split) -> None:
    """Orders with several lines of one product too, at pools where other claims have left little."""
    LAW.check(case)
