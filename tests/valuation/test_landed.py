"""Charges sum to the cent and no share is below zero; an allowance is never less than nothing."""

from hypothesis import given
from hypothesis import strategies as st

from unicommerce.ledger import Refused
from unicommerce.valuation import Basis, LandedLine, Landing, allowance_change_minor, land

LINES = st.lists(
    st.builds(LandedLine, st.integers(-500, 500), st.integers(-9, 9), st.integers(0, 300)), min_size=1, max_size=6
)


@given(st.integers(0, 2_000), st.sampled_from(Basis), LINES)
def test_shares_sum_to_the_charge_and_none_is_below_zero(charge: int, basis: Basis, lines: list[LandedLine]) -> None:
    """Whatever bears it; refused where the basis sums to nothing, also where its parts only cancel."""
    answer = land(charge, basis, lines)
    measured = {Basis.AMOUNT: [line.amount_minor for line in lines], Basis.QUANTITY: [line.quantity for line in lines]}

    assert isinstance(answer, Refused) == (sum(measured.get(basis, [1])) <= 0)
    if isinstance(answer, Landing):
        assert answer.charge_minor == charge
        assert min(answer.shares) >= 0


def test_shares_set_by_hand_are_trimmed_from_the_last_line() -> None:
    """Never below zero; what they lack, the last line takes."""
    for hand, shares in (((10_001, 0), (10_000, 0)), ((5_000, 5_001), (5_000, 5_000)), ((9_000, 0), (9_000, 1_000))):
        answer = land(10_000, Basis.MANUAL, [LandedLine(share_minor=share) for share in hand])
        assert isinstance(answer, Landing)
        assert answer.shares == shares


@given(st.integers(0, 9_000), st.integers(0, 9_000), st.integers(0, 9_000))
def test_stock_stands_at_the_lower_of_cost_and_what_it_fetches(cost: int, fetches: int, allowance: int) -> None:
    """After each look the allowance is the excess, so a reversal is never more than what was written down."""
    after = allowance + allowance_change_minor(cost, net_realizable_minor=fetches, allowance_minor=allowance)

    assert after >= 0
    assert cost - after == min(cost, fetches)
