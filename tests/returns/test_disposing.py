"""What becomes of goods that came back: each piece ends somewhere, and no money moves by it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fulfillment.test_decisions import ordering
from tests.laws.invariants import check_conservation
from tests.laws.world import World
from unicommerce.finance import Chart, chart_account, money, post, trial_balance
from unicommerce.fulfillment import delivered
from unicommerce.inventory import goods, received
from unicommerce.ledger import Accepted, Account, LedgerCode, Refused, run
from unicommerce.returns import (
    ENDS,
    Condition,
    Disposition,
    ReturnCode,
    ReturnPolicy,
    dispose,
    disposed_of,
    graded,
    returned,
)


def came_back(pieces: int = 4) -> World:
    """Return a shop to which mugs came back."""
    world = ordering(pieces)
    for shipment in world.shipments:
        world.tell(delivered(shipment.id))
    world.tell(returned("r", node="south", order="o", lines={"1": pieces}))
    return world


def at(world: World, place: str, state: str, ref: str = "") -> int:
    """Return what stands there."""
    return world.ledger.balance(goods("MUG"), (Account(place, state, ref),))


PLACES = {
    Disposition.REFURBISH: ("south", "damaged", ""),
    Disposition.RETURN_TO_VENDOR: ("supplier", "delivered", ""),
    Disposition.LIQUIDATE: ("liquidator", "sold", ""),
    Disposition.SCRAP: ("loss", "lost", ""),
    Disposition.QUARANTINE: ("south", "quarantine", "quarantine:r"),
    Disposition.RECALL: ("south", "quarantine", "recall:r"),
    Disposition.RESTOCK: ("south", "sellable", ""),
}


@pytest.mark.parametrize("disposition", Disposition)
@pytest.mark.parametrize("condition", [None, Condition.OPENED])
def test_each_disposition_has_its_end(disposition: Disposition, condition: Condition | None) -> None:
    """Graded or not: so many pieces leave where they wait and are where the table says."""
    world = came_back()
    if condition:
        world.tell(graded("r", "1", {("MUG", condition): 3}))
    waits = ("south", "quarantine", f"return:r/{condition.value}" if condition else "return:r")
    before, there = at(world, *PLACES[disposition]), at(world, *waits)
    answer = world.ask(dispose("r", "a", {"MUG": 2}, disposition, condition=condition))

    assert isinstance(answer, Accepted)
    assert at(world, *waits) == there - 2
    assert at(world, *PLACES[disposition]) == before + 2
    assert set(PLACES) == set(ENDS)
    check_conservation(world.ledger)


def test_no_more_is_disposed_of_than_waits() -> None:
    """Of a condition as of what nobody graded."""
    world = came_back(3)
    world.tell(graded("r", "1", {("MUG", Condition.WASTE): 1}))
    answer = world.ask(dispose("r", "a", {"MUG": 2}, Disposition.SCRAP, condition=Condition.WASTE))

    assert isinstance(answer, Refused)
    assert answer.because[0][:4] == (ReturnCode.NOT_THERE, "r", 1, 2)
    assert isinstance(world.ask(dispose("r", "a", {"MUG": 3}, Disposition.SCRAP)), Refused)
    unknown = world.ask(dispose("x", "a", {"MUG": 1}, Disposition.SCRAP))
    assert [reason.code for reason in unknown.because] == [ReturnCode.UNKNOWN_RETURN]


def test_more_graded_than_came_back_is_named() -> None:
    """People have looked at what is there; the book says otherwise until it is mended."""
    world = came_back(2)
    answer = world.tell(graded("r", "1", {("MUG", Condition.SELLABLE): 2, ("MUG", Condition.WASTE): 1}))

    assert [(r.code, r.found, r.needed) for r in answer.because] == [(LedgerCode.DISAGREES, 2, 3)]
    assert [r.code for r in world.tell(graded("x", "1", {("MUG", Condition.WASTE): 1})).because][:1] == [
        ReturnCode.UNKNOWN_RETURN
    ]


@given(
    steps=st.lists(
        st.tuples(st.sampled_from(Disposition), st.sampled_from([None, *Condition]), st.integers(1, 2)), max_size=8
    )
)
def test_every_piece_that_came_back_is_somewhere(
    steps: list[tuple[Disposition, Condition | None, int]],
) -> None:
    """Whatever is graded and disposed of: goods sum to zero, nothing waits below zero, and money does not move."""
    world = came_back(4)
    for number, (disposition, condition, pieces) in enumerate(steps):
        if condition and at(world, "south", "quarantine", "return:r") >= pieces:
            world.tell(graded("r", f"{number}", {("MUG", condition): pieces}))
        world.ask(dispose("r", f"{number}", {"MUG": pieces}, disposition, condition=condition))
        waits = ["return:r", *[f"return:r/{each.value}" for each in Condition]]
        assert all(at(world, "south", "quarantine", ref) >= 0 for ref in waits)
    check_conservation(world.ledger)


def test_a_policy_says_what_is_done_by_condition() -> None:
    """By default as new goods are sold again, opened ones made good, parts sold as a lot, the rest thrown away."""
    assert [disposed_of(condition).value for condition in Condition] == [
        "restock",
        "refurbish",
        "liquidate",
        "scrap",
    ]
    with pytest.raises(ValueError, match="gradings"):
        ReturnPolicy(gradings={})


@pytest.mark.parametrize(
    ("disposition", "chart"),
    [
        (Disposition.SCRAP, Chart.SHRINKAGE),
        (Disposition.RETURN_TO_VENDOR, Chart.RECEIVED_NOT_INVOICED),
        (Disposition.LIQUIDATE, Chart.COST_OF_GOODS_SOLD),
        (Disposition.REFURBISH, Chart.INVENTORY),
    ],
)
def test_finance_follows_what_left(disposition: Disposition, chart: Chart) -> None:
    """What is thrown away, given back or sold as a lot is no stock of ours any more, at what it cost."""
    world = came_back(2)
    world.tell(received("in", node="dc", quantities={"MUG": 5}))
    world.ask(dispose("r", "a", {"MUG": 2}, disposition))
    for recorded in run(world.store.since(0, 1_000)):
        world.ask(post(recorded.entry))
    balance = world.shop.see(trial_balance("USD"))
    assert sum(balance.values()) == 0
    cost = world.ledger.balance(money("USD"), (chart_account(chart, "return:r"),))
    assert cost == (0 if chart is Chart.INVENTORY else 2 * 433)
