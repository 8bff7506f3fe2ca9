"""What if: the same history under several policies, piece by piece accounted for, the same whenever it is asked."""

import attrs
from hypothesis import given
from hypothesis import strategies as st

from tests.laws.routes import EVERY_DAY, PLACES
from tests.laws.world import HOME, NOW
from unicommerce.catalog import Node, NodeKind
from unicommerce.routing import (
    Destination,
    Need,
    Outcome,
    Outlook,
    PastOrder,
    RoutingPolicy,
    chart,
    drain,
    table,
    what_if,
)
from unicommerce.values import HOUR_MS

NODES = tuple(
    [
        Node(id=f"n{number}", position=place, kind=kind, calendar=EVERY_DAY, rank=number, daily_capacity=capacity)
        for number, (place, kind, capacity) in enumerate(
            zip(PLACES[:3], (NodeKind.STORE, NodeKind.STORE, NodeKind.WAREHOUSE), (None, 2, None), strict=True)
        )
    ]
)
POLICIES = {"exact": RoutingPolicy(), "by rank": RoutingPolicy(strategy=drain())}
STOCK = st.dictionaries(
    st.tuples(st.sampled_from([node.id for node in NODES]), st.sampled_from(("MUG", "CUP"))), st.integers(0, 6)
)
ORDERS = st.lists(
    st.lists(
        st.builds(Need, st.sampled_from(("MUG", "CUP")), st.integers(1, 3), st.integers(0, 900)),
        min_size=1,
        max_size=2,
        unique_by=lambda need: need.sku,
    ),
    max_size=8,
)


def history(baskets: list[list[Need]]) -> list[PastOrder]:
    """Return orders of an hour each."""
    to = Destination(HOME)
    return [PastOrder(f"o{n}", tuple(needs), to, NOW + n * HOUR_MS) for n, needs in enumerate(baskets)]


@given(baskets=ORDERS, stock=STOCK, percent=st.sampled_from((0, 30, 100)), seed=st.integers(0, 9))
def test_every_piece_is_sent_short_or_canceled(
    baskets: list[list[Need]], stock: dict[tuple[str, str], int], percent: int, seed: int
) -> None:
    """Under each policy, and no node sends more than it had; asked again, the answer is the same."""
    ordered = sum([need.quantity for needs in baskets for need in needs])

    def ask(past: list[PastOrder]) -> tuple[Outcome, ...]:
        return what_if(past, nodes=NODES, stock=stock, policies=POLICIES, turned_down_percent=percent, seed=seed)

    found = ask(history(baskets))

    assert [each.policy for each in found] == list(POLICIES)
    assert found == ask(history(baskets)[::-1])
    for each in found:
        assert each.pieces + each.unfilled + each.canceled == ordered
        assert each.pieces == sum(each.load.values())
        for node, sent in each.load.items():
            assert sent <= sum([pieces for (at, _), pieces in stock.items() if at == node])
        assert each.pieces == 0 or percent < 100


def test_policies_meet_the_same_refusals_and_are_judged_at_the_same_prices() -> None:
    """A policy that believes freight to be free is judged by what it costs; with one policy twice nothing differs."""
    orders = history([[Need("MUG", 1)]] * 20)
    free = attrs.evolve(RoutingPolicy(), bands=tuple([band._replace(parcel_minor=0) for band in RoutingPolicy().bands]))
    stock = {(node.id, "MUG"): 9 for node in NODES}
    policies = {"exact": RoutingPolicy(), "again": RoutingPolicy(), "free": free}
    exact, again, unpaid = what_if(orders, nodes=NODES, stock=stock, policies=policies, turned_down_percent=25, seed=3)

    assert exact._replace(policy="") == again._replace(policy="")
    assert 0 < exact.cost_minor <= unpaid.cost_minor


def test_an_outlook_keeps_the_last_pieces_of_stores() -> None:
    """Fewer stores are left with nothing, for a few cents more today."""
    orders = history([[Need("MUG", 1, 5_000)]] * 6)
    stock = {("n0", "MUG"): 3, ("n2", "MUG"): 9}
    outlook = Outlook(daily_micro={("n0", "MUG"): 5_000_000}, until=NOW + 10**10, package_minor=2_000)
    today, ahead = what_if(
        orders, nodes=NODES, stock=stock, policies={"today": RoutingPolicy(), "ahead": RoutingPolicy(outlook=outlook)}
    )

    assert (today.emptied, ahead.emptied) == (1, 0)
    assert today.cost_minor < ahead.cost_minor


def test_a_table_and_a_chart_are_text() -> None:
    """Each policy has a row and a bar; of nothing there is a table as well."""
    found = what_if(history([[Need("MUG", 1)]]), nodes=NODES, stock={("n0", "MUG"): 1}, policies=POLICIES)

    assert table(found).splitlines()[2].startswith("| exact | 760.0 | 1.000 | 0.0 % |")
    assert chart(found).splitlines()[-1] == "    bar [760.0, 760.0]"
    assert len(table(()).splitlines()) == 2
