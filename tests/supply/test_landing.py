"""Expected goods that land while others claim or forgo: decided again, never wrong; and the queue in its order."""

from collections.abc import Coroutine
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.laws.world import CATALOG, NOW, Waiting, World, interleave
from unicommerce.catalog import Catalog
from unicommerce.commerce import AsyncCommerce
from unicommerce.inventory import goods, release
from unicommerce.ledger import Accepted, Account, Telling, run
from unicommerce.supply import claim_ahead, expected, forgo, landed, lost
from unicommerce.values import DAY_MS

ACCOUNTS = {
    "expected": Account("inbound", "expected", lot="po-1"),
    "awaited": Account("inbound", "reserved", lot="po-1"),
    "missing": Account("inbound", "missing", lot="po-1"),
    "sellable": Account("dc", "sellable"),
    "claimed": Account("dc", "reserved"),
}


def standing(world: World) -> dict[str, int]:
    """Return where the mugs of an inbound stand."""
    held = {name: world.ledger.balance(goods("MUG"), (account,)) for name, account in ACCOUNTS.items()}
    return {name: pieces for name, pieces in held.items() if pieces}


def test_several_claims_are_filled_in_part_by_priority_then_age() -> None:
    """Seven of ten come: the urgent claim has all of its four, the elder other its two, the last one of three."""
    world = World(stock=0)
    world.tell(expected("po-1", node="dc", quantities={"MUG": 10}, expected_at=NOW + DAY_MS))
    for claim, pieces, priority in (("elder", 2, 0), ("younger", 3, 0), ("urgent", 4, 1)):
        world.now += 1
        world.ask(claim_ahead(claim, inbound="po-1", quantities={"MUG": pieces}, priority=priority))
    world.tell(landed("r", inbound="po-1", node="dc", quantities={"MUG": 7}))
    held = {
        claim: world.ledger.balance(goods("MUG"), (Account("dc", "reserved", f"claim:{claim}"),))
        for claim in ("elder", "younger", "urgent")
    }

    assert held == {"elder": 2, "younger": 1, "urgent": 4}
    assert standing(world) == {"expected": 1, "awaited": 2, "claimed": 7}


def _race(schedule: list[int], first: str) -> World:
    store = Waiting()
    world, shop = World(stock=0, store=store), AsyncCommerce(CATALOG, store=store)

    def do(coroutine: Coroutine[object, object, object]) -> object:
        return interleave([coroutine], [0] * 100)[0]

    do(shop.tell(expected("po-1", node="dc", quantities={"MUG": 3}, expected_at=NOW), now=NOW))
    do(shop.ask(claim_ahead("a", inbound="po-1", quantities={"MUG": 2}), now=NOW))
    both: list[Coroutine[object, object, object]] = [
        shop.tell(landed("r", inbound="po-1", node="dc", quantities={"MUG": 3}), now=NOW),
        shop.ask(forgo("a"), now=NOW)
        if first == "forgo"
        else shop.ask(claim_ahead("b", inbound="po-1", quantities={"MUG": 1}), now=NOW)
        if first == "claim"
        else shop.tell(
            expected("po-1", node="dc", quantities={"MUG": 3}, expected_at=NOW, version=2, is_closed=True), now=NOW
        ),
    ]
    interleave(both, schedule)
    return world


@pytest.mark.parametrize("other", ["forgo", "claim", "close"])
@given(schedule=st.lists(st.integers(0, 1), max_size=12))
def test_what_lands_beside_another_change_is_as_if_one_came_after_the_other(other: str, schedule: list[int]) -> None:
    """Whoever is recorded first: nobody waits for goods that are there, none is below zero, none counts twice."""
    found = standing(_race(schedule, other))
    ends = {
        "forgo": [{"sellable": 1, "claimed": 2}, {"sellable": 3}],
        "claim": [{"sellable": 1, "claimed": 2}, {"claimed": 3}],
        "close": [{"sellable": 1, "claimed": 2}],
    }

    assert found in ends[other], found


def test_facts_of_one_inbound_come_to_one_end_in_any_order() -> None:
    """Two versions, a loss, two receipts, closed short: all 120 orders of arrival leave the same balances."""
    told: tuple[Telling[Catalog], ...] = (
        expected("po-1", node="dc", quantities={"MUG": 9, "CUP": 2}, expected_at=NOW),
        expected("po-1", node="dc", quantities={"MUG": 8}, expected_at=NOW, version=2, is_closed=True),
        lost("l", inbound="po-1", quantities={"MUG": 1}),
        landed("r1", inbound="po-1", node="dc", quantities={"MUG": 3}),
        landed("r2", inbound="po-1", node="north", quantities={"MUG": 2, "LID": 1}),
    )
    ends = []
    for order in permutations(told):
        world = World(stock=0)
        for message in order:
            world.tell(message)
        ends.append(world.ledger.snapshot().balances)

    assert all(end == ends[0] for end in ends)
    assert ends[0][goods("MUG")][Account("inbound", "missing", lot="po-1")] == 2


def test_a_claim_that_has_landed_is_a_claim_like_all_others() -> None:
    """It is released by `inventory.release`, under the id that it was made with; what is still to come by `forgo`."""
    world = World(stock=0)
    world.tell(expected("po-1", node="dc", quantities={"MUG": 3}, expected_at=NOW))
    world.ask(claim_ahead("c", inbound="po-1", quantities={"MUG": 3}))
    world.tell(landed("r", inbound="po-1", node="dc", quantities={"MUG": 2}))

    assert isinstance(world.ask(release("c")), Accepted)
    assert isinstance(world.ask(forgo("c")), Accepted)
    assert standing(world) == {"expected": 1, "sellable": 2}
    assert [document.key.id for document in run(world.store.due(NOW, 10))] == ["po-1"]
