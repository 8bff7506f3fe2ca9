"""Laws of the four schemes, in every price mode, and the examples of systems that break them."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tax.drawn import SCHEMES, Levied, levied
from unicommerce.errors import InvalidValue
from unicommerce.tax import Discount, Levy, Scheme, TaxedLine, TaxLine, reckon, rounded_to, weighted_rate

GST = (Levy("CGST", "0.09"), Levy("SGST", "0.09"))


def exact(lines: Levied) -> dict[str, Fraction]:
    """Return by code what is due to the fraction, written apart from the code that is under test."""
    sums: dict[str, Fraction] = {}
    for line, levies in lines:
        rates = {levy.code: Fraction(0 if levy.exempt else levy.rate) for levy in levies}
        taken = sum(d.amount_minor for d in line.discounts if d.funder == "seller")
        base = Fraction(line.amount_minor - taken) / (1 + (sum(rates.values()) if line.includes_tax else 0))
        for code, rate in rates.items():
            sums[code] = sums.get(code, Fraction()) + base * rate
    return sums


def amounts(lines: tuple[TaxedLine, ...]) -> dict[str, int]:
    """Return the amounts by code."""
    sums: dict[str, int] = {}
    for line in lines:
        for each in line.components:
            sums[each.code] = sums.get(each.code, 0) + each.amount_minor
    return sums


@given(levied(), st.sampled_from(SCHEMES))
def test_net_and_tax_are_the_gross_to_the_unit(lines: Levied, scheme: Scheme) -> None:
    """With tax on top the net is what was asked, with tax in the price the gross is; components sum to the tax."""
    for (line, _), taxed in zip(lines, reckon(lines, scheme=scheme), strict=True):
        assert taxed.net_minor + sum(each.amount_minor for each in taxed.components) == taxed.gross_minor
        assert (taxed.gross_minor if line.includes_tax else taxed.net_minor) == line.base_minor
        assert {each.taxable_minor for each in taxed.components if not each.exempt} <= {taxed.net_minor}
        assert all(each.amount_minor == each.taxable_minor == 0 for each in taxed.components if each.exempt)


@given(levied(), st.sampled_from((Scheme.DOCUMENT, Scheme.LINE_CARRY)))
def test_a_document_is_within_half_a_unit_of_exact_by_component(lines: Levied, scheme: Scheme) -> None:
    """However many lines there are; and the two schemes have the same sums."""
    found, due = amounts(reckon(lines, scheme=scheme)), exact(lines)

    assert found.keys() == due.keys()
    assert all(abs(found[code] - due[code]) <= Fraction(1, 2) for code in due)


@given(levied(), st.sampled_from((Scheme.LINE, Scheme.LINE_CARRY, Scheme.DOCUMENT)))
def test_each_amount_is_within_a_unit_of_exact(lines: Levied, scheme: Scheme) -> None:
    """What a scheme moves from line to line is less than one unit."""
    for row, taxed in zip(lines, reckon(lines, scheme=scheme), strict=True):
        due = exact([row])
        assert all(abs(each.amount_minor - due[each.code]) < 1 for each in taxed.components)


@given(levied())
def test_a_combined_line_is_within_half_a_unit_of_exact(lines: Levied) -> None:
    """The line is rounded once, at all rates together."""
    for row, taxed in zip(lines, reckon(lines, scheme=Scheme.LINE_COMBINED), strict=True):
        assert abs(taxed.tax_minor - sum(exact([row]).values(), Fraction())) <= Fraction(1, 2)


@given(levied(), st.sampled_from((Scheme.LINE, Scheme.LINE_COMBINED)), st.randoms())
def test_the_order_of_lines_is_irrelevant_where_each_is_rounded_alone(
    lines: Levied,
    scheme: Scheme,
    random: st.randoms,  # type: ignore[valid-type]
) -> None:
    """The same lines in another order have the same taxes."""
    shuffled = random.sample(lines, len(lines))  # type: ignore[attr-defined]

    assert set(reckon(shuffled, scheme=scheme)) == set(reckon(lines, scheme=scheme))


@given(levied(), st.randoms())
def test_the_order_of_lines_does_not_change_a_document(lines: Levied, random: st.randoms) -> None:  # type: ignore[valid-type]
    """Where sums are rounded, the sums are the same."""
    shuffled = random.sample(lines, len(lines))  # type: ignore[attr-defined]

    assert amounts(reckon(shuffled, scheme="document")) == amounts(reckon(lines, scheme="document"))


def taxes(amount: int, *rates: str, scheme: str = "line", includes_tax: bool = False) -> tuple[int, list[int]]:
    """Return the net and the taxes of one line."""
    levies = [Levy(f"T{number}", rate) for number, rate in enumerate(rates)]
    (line,) = reckon([(TaxLine(id="1", amount_minor=amount, includes_tax=includes_tax), levies)], scheme=scheme)
    return line.net_minor, [each.amount_minor for each in line.components]


def test_components_come_from_what_was_charged() -> None:
    """TaxJar's fixture reports 1.35 and 2.16 of 3.50 charged."""
    assert taxes(26_95, "0.05", "0.08", scheme="line_combined") == (26_95, [135, 215])


def test_a_price_with_tax_is_never_split_into_more_or_less() -> None:
    """ERPNext splits 50.00 into 42.37 and 7.62, and 20.00 into 16.95 and 3.06."""
    assert taxes(50_00, "0.09", "0.09", includes_tax=True) == (42_38, [381, 381])
    assert taxes(20_00, "0.09", "0.09", includes_tax=True) == (16_94, [153, 153])


def test_a_discount_of_a_price_with_tax_holds_tax_as_well() -> None:
    """Medusa reckons 89.10 of 99.00 less 9.00 at 10 %."""
    line = TaxLine(id="1", amount_minor=99_00, includes_tax=True, discounts=(Discount(9_00),))
    (taxed,) = reckon([(line, (Levy("VAT", "0.10"),))])

    assert (taxed.net_minor, taxed.tax_minor, taxed.gross_minor) == (81_82, 8_18, 90_00)


def test_rounding_is_carried_to_the_next_line() -> None:
    """Two lines of 7.60 at 6 % have 0.46 and 0.45."""
    lines = [(TaxLine(id=id, amount_minor=760), (Levy("CGST", "0.06"),)) for id in "12"]

    assert [line.tax_minor for line in reckon(lines, scheme="line_carry")] == [46, 45]


def test_a_tax_by_the_piece_stands_beside_its_rate_and_within_a_price() -> None:
    """Two pieces at 20.00 each, whatever they cost."""
    levies = (Levy("GST", "0.10"), Levy("CESS", "0", per_unit_minor=20_00))
    for includes_tax, amount in ((False, 100_00), (True, 150_00)):
        line = TaxLine(id="1", amount_minor=amount, quantity=2, includes_tax=includes_tax)
        (taxed,) = reckon([(line, levies)])
        assert (taxed.net_minor, [each.amount_minor for each in taxed.components]) == (100_00, [10_00, 40_00])


def test_what_the_buyer_assesses_is_not_charged() -> None:
    """It stands among the components, and neither in the tax nor within a price."""
    levies = (Levy("GST", "0.18", collected_by="buyer"),)
    for includes_tax in (False, True):
        (line,) = reckon([(TaxLine(id="1", amount_minor=100_00, includes_tax=includes_tax), levies)])
        assert (line.gross_minor, line.tax_minor, line.components[0].amount_minor) == (100_00, 0, 18_00)


def test_a_price_below_the_taxes_that_it_holds_is_refused() -> None:
    """A bottle at 0.10 does not hold 0.20 of a tax by the piece."""
    with pytest.raises(InvalidValue, match=r"lines\[1\].amount_minor"):
        reckon([(TaxLine(id="1", amount_minor=10, includes_tax=True), (Levy("CESS", "0", per_unit_minor=20),))])


@pytest.mark.parametrize("rate", ["", "9%", "-0.1", "0,09", ".5", "1e-2", "NaN", 0.09])
def test_a_rate_is_decimal_text(rate: str) -> None:
    """No float decides a tax."""
    with pytest.raises(InvalidValue, match="rate"):
        taxes(100, rate)


def test_a_document_takes_no_unit_from_a_line_that_is_exact() -> None:
    """Split in proportion to the rounded sum, 63 of 0.27, 19.24 and 63 became 64."""
    rows = [(3, "0.09"), (296, "0.065"), (700, "0.09")]
    lines = [(TaxLine(id=f"{n}", amount_minor=amount), (Levy("T", rate),)) for n, (amount, rate) in enumerate(rows)]

    assert [line.tax_minor for line in reckon(lines, scheme="document")] == [1, 19, 63]


def test_an_unknown_scheme_is_named() -> None:
    """The four are listed."""
    with pytest.raises(InvalidValue, match="line_carry"):
        reckon([], scheme="bankers")


@given(st.integers(-(10**9), 10**9), st.sampled_from((1, 5, 100)))
def test_what_is_payable_is_the_nearest_step(amount: int, step: int) -> None:
    """Halves go up, away from zero: so a reversal is rounded as its original was."""
    rounded = rounded_to(amount, step)

    assert rounded % step == 0
    assert 2 * abs(rounded - amount) <= step
    assert rounded_to(-amount, step) == -rounded


@given(st.lists(st.tuples(st.integers(0, 10**6), st.sampled_from(("0.03", "0.10", "0.23"))), max_size=5))
def test_a_weighted_rate_lies_between_those_that_it_is_of(rows: list[tuple[int, str]]) -> None:
    """Where nothing weighs, the default stands."""
    found = weighted_rate(rows, "0.20")
    rates = [Fraction(rate) for net, rate in rows if net]

    assert found == "0.20" if not rates else min(rates) <= Fraction(found) <= max(rates)
    assert len(set(rates)) != 1 or Fraction(found) == rates[0]
