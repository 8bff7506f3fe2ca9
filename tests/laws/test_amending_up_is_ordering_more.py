"""Law: more of a line is served as an order of its own for so many more would be, by the same policy."""

from collections import Counter
from collections.abc import Coroutine, Sequence
from typing import NamedTuple

import attrs
from hypothesis import given
from hypothesis import strategies as st

from tests.laws.invariants import deficits
from tests.laws.test_kits_stay_whole import RECIPES, STOCK, kit_order, shop
from tests.laws.world import AHEAD, CATALOG, IN_PART, NOW, Law, Waiting, World, interleave, make_order
from unicommerce.commerce import AsyncCommerce
from unicommerce.fulfillment import FulfillmentPolicy, amend, place
from unicommerce.inventory import InventoryCode, received
from unicommerce.ledger import Accepted, Decision, Reason, Refused
from unicommerce.orders import LineState, line_unit, order_key, quantities_by_state
from unicommerce.supply import Awaited, SupplyCode, expected
from unicommerce.values import DAY_MS

POLICIES = [
    attrs.evolve(policy, kits_may_part=parting)
    for policy in (FulfillmentPolicy(), AHEAD, IN_PART)
    for parting in (False, True)
]


class Growth(NamedTuple):
    """A kit's recipe, what is there and expected, pieces of both lines at first and later, and the policy."""

    recipe: dict[str, int]
    stock: list[list[int]]
    coming: int
    first: tuple[int, int]
    more: tuple[int, int]
    policy: FulfillmentPolicy


CASES = st.builds(
    Growth,
    RECIPES,
    STOCK,
    st.integers(0, 6),
    st.tuples(st.integers(1, 3), st.integers(0, 3)),
    st.tuples(st.integers(0, 4), st.integers(0, 4)).filter(any),
    st.sampled_from(POLICIES),
)


def ordered(case: Growth) -> World:
    """Return the shop with what was ordered first, where it could be had."""
    world = shop(case.recipe, case.stock)
    if case.coming:
        quantities = dict.fromkeys(("MUG", "CUP"), case.coming)
        world.tell(expected("po", node="dc", quantities=quantities, expected_at=NOW + DAY_MS))
    world.ask(place(kit_order(mug=True), wanted(case.first)))
    return world


def wanted(pieces: tuple[int, int]) -> dict[str, int]:
    """Return what is wanted, by line."""
    return {line: quantity for line, quantity in zip(("1", "2"), pieces, strict=True) if quantity}


def standing(world: World, order: str) -> Counter[tuple[str, str]]:
    """Return where the pieces of an order's lines stand; open or allocated, they have their claim."""
    found = Counter[tuple[str, str]]()
    document = world.ledger.document(order_key(order))
    for line in document.lines if document else ():
        for state, quantity in quantities_by_state(world.ledger, line_unit(order, line.id)).items():
            is_claimed = state in {LineState.OPEN, LineState.ALLOCATED}
            found[line.id, "claimed" if is_claimed else state.value] += quantity
    return found


def amending_up_is_ordering_more(case: Growth) -> None:
    """Raise where an amendment is answered otherwise than an order of the difference, or does other things."""
    grown, beside = ordered(case), ordered(case)
    before = standing(grown, "o")
    if not before:
        return
    after = (case.first[0] + case.more[0], case.first[1] + case.more[1])
    one = grown.ask(amend("o", wanted(after), id="more", policy=case.policy))
    other = beside.ask(place(attrs.evolve(kit_order(mug=True), id="p"), wanted(case.more), policy=case.policy))

    assert isinstance(one, Accepted) == isinstance(other, Accepted), (one, other)
    assert standing(grown, "o") - before == standing(beside, "p")
    assert not before - standing(grown, "o")
    assert not deficits(grown.ledger, grown.network)
    assert said(one, "o") == said(other, "p")


def said(answer: Decision, order: str) -> list[tuple[object, ...]]:
    """Return what is said of what is missing, whatever the order's name."""
    return [
        (reason.code, reason.subject.replace(f"line:{order}/", "line:"), reason.unit, reason.found, reason.needed)
        for reason in answer.because
        if isinstance(reason.code, (InventoryCode, SupplyCode))
    ]


LAW = Law("more is served as another order would be", CASES, amending_up_is_ordering_more)


@given(LAW.cases)
def test_more_is_served_as_another_order_would_be(case: Growth) -> None:
    """Claimed, canceled, awaited or refused: the same pieces for the same reasons, kits as single pieces."""
    LAW.check(case)


def test_more_waits_for_what_is_expected_and_the_customer_is_told_when() -> None:
    """Two are there, the other three are expected; what the order had keeps its claim."""
    world = waiting(5)
    answer = world.ask(amend("o", {"1": 6}, id="more", policy=AHEAD))

    assert isinstance(answer, Accepted)
    assert answer.because == (Reason(SupplyCode.BACKORDERED, "line:o/1", 3, 3, "MUG"),)
    assert standing(world, "o") == {("1", "claimed"): 3, ("1", "backordered"): 3}
    assert [event.promise.promised_at for event in answer.events if isinstance(event, Awaited) and event.promise] == [
        NOW + DAY_MS
    ]


def test_an_order_waits_for_no_more_than_the_policy_allows_however_often_it_is_amended() -> None:
    """What it waits for already counts: four at most, two and then three are one too many."""
    policy = attrs.evolve(AHEAD, backorders=attrs.evolve(AHEAD.backorders, most=4))
    world = waiting(9)
    world.ask(amend("o", {"1": 5}, id="more", policy=policy))
    answer = world.ask(amend("o", {"1": 8}, id="and more", policy=policy))

    assert isinstance(answer, Refused)
    assert answer.because == (Reason(SupplyCode.SHORT, "pool:club", 2, 3, "MUG"),)
    assert standing(world, "o") == {("1", "claimed"): 3, ("1", "backordered"): 2}


def test_an_order_waits_no_longer_than_the_policy_allows() -> None:
    """What comes after that is not offered."""
    policy = attrs.evolve(AHEAD, backorders=attrs.evolve(AHEAD.backorders, within_ms=DAY_MS - 1))
    world = waiting(9)

    assert isinstance(world.ask(amend("o", {"1": 5}, id="more", policy=policy)), Refused)


@given(st.lists(st.integers(0, 1), max_size=40))
def test_what_is_expected_is_promised_once_to_two_who_ask_for_more_at_once(schedule: list[int]) -> None:
    """Whoever reads before the other writes: of the two amendments for all that is expected, one is taken."""
    store = Waiting()
    shop = AsyncCommerce(CATALOG, store=store)

    def done(*coroutines: Coroutine[object, object, object], order: Sequence[int] = ()) -> list[object]:
        return interleave(list(coroutines), [*order, *[0, 1] * 100])

    done(shop.tell(received("r", node="north", quantities={"MUG": 2}), now=NOW))
    done(shop.tell(expected("po", node="north", quantities={"MUG": 2}, expected_at=NOW + DAY_MS), now=NOW))
    orders = [make_order(id, pool="club", skus=("MUG",)) for id in ("a", "b")]
    for order in orders:
        done(shop.ask(place(order, {"1": 1}), now=NOW))
    asked = [shop.ask(amend(order.id, {"1": 3}, id="more", policy=AHEAD), now=NOW) for order in orders]
    answers = done(*asked, order=schedule)

    assert sorted([isinstance(answer, Accepted) for answer in answers]) == [False, True]


def waiting(coming: int) -> World:
    """Return a shop with three mugs, one of which is ordered, and so many expected tomorrow."""
    world = World(stock=0)
    world.tell(received("r", node="north", quantities={"MUG": 3}))
    world.tell(expected("po", node="north", quantities={"MUG": coming}, expected_at=NOW + DAY_MS))
    world.ask(place(make_order("o", pool="club", skus=("MUG",)), {"1": 1}))
    return world
