"""Law: removing a node that was not chosen changes nothing, and the order in which nodes are listed neither."""

from random import Random
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from tests.laws.routes import Errand, errands, plan, worth
from tests.laws.world import Law
from unicommerce.routing import Plan


def _answer(found: Plan) -> object:
    """Return what is decided, whoever else was looked at."""
    return (sorted(found.shipments), found.unfilled, found.cost_minor, found.is_proven)


def unchosen_nodes_are_irrelevant(errand: Errand) -> None:
    """Raise where a plan changes because a node that ships nothing was never there."""
    found = plan(errand)
    shipping = {shipment.node for shipment in found.shipments}
    for index, supply in enumerate(errand.supplies):
        if supply.node.id not in shipping:
            rest = (*errand.supplies[:index], *errand.supplies[index + 1 :])
            assert _answer(plan(errand._replace(supplies=rest))) == _answer(found), supply.node.id


class Reordered(NamedTuple):
    """An errand, and chance to list its nodes and needs in another order."""

    errand: Errand
    random: Random


def order_of_listing_is_irrelevant(case: Reordered) -> None:
    """Raise where another order of nodes makes another plan or other reasons, or one of needs a dearer plan."""
    found = plan(case.errand)
    supplies = list(case.errand.supplies)
    case.random.shuffle(supplies)
    other = plan(case.errand._replace(supplies=tuple(supplies)))
    assert _answer(other) == _answer(found)
    assert sorted(other.because) == sorted(found.because)
    turned = [supply._replace(available=supply.available[::-1]) for supply in case.errand.supplies]
    backward = plan(Errand(case.errand.needs[::-1], tuple(turned), case.errand.due_at))
    assert worth(backward) == worth(found)


ERRANDS = errands() | errands(is_on_time=False)
LAW = Law("removing an unchosen node changes nothing", ERRANDS, unchosen_nodes_are_irrelevant)
ORDER_LAW = Law(
    "the order of listing changes nothing",
    st.builds(Reordered, ERRANDS, st.randoms(use_true_random=False)),
    order_of_listing_is_irrelevant,
)


@given(LAW.cases)
def test_a_node_that_ships_nothing_might_as_well_not_be_there(errand: Errand) -> None:
    """Shipments, costs and what is left over do not depend on irrelevant alternatives, ties included."""
    LAW.check(errand)


@given(ORDER_LAW.cases)
def test_nodes_are_chosen_by_their_data_and_not_by_their_place_in_a_list(case: Reordered) -> None:
    """Ties are settled by rank and id."""
    ORDER_LAW.check(case)
