"""Lines with their levies, drawn at random."""

from collections.abc import Sequence

from hypothesis import strategies as st

from unicommerce.tax import Discount, Levy, Scheme, TaxAnswer, TaxLine, reckon

RATES = ("0", "0.025", "0.036", "0.05", "0.065", "0.09", "0.19", "0.255")
CODES = ("STATE", "COUNTY", "CITY")
SCHEMES = tuple(Scheme)
Levied = list[tuple[TaxLine, tuple[Levy, ...]]]


@st.composite
def levied(draw: st.DrawFn) -> Levied:
    """Draw up to five lines of all kinds."""
    return [_line(draw, number) for number in range(draw(st.integers(1, 5)))]


def _line(draw: st.DrawFn, number: int) -> tuple[TaxLine, tuple[Levy, ...]]:
    amount = draw(st.integers(0, 5_000))
    discount = draw(st.integers(0, amount // 2))
    funder = draw(st.sampled_from(("seller", "maker")))
    exempt = draw(st.sampled_from(("", "", "food")))
    levies = [
        Levy(code, draw(st.sampled_from(RATES)), f"US/{code}", exempt=exempt)
        for code in CODES[: draw(st.integers(0, 3))]
    ]
    line = TaxLine(
        id=f"{number}",
        amount_minor=amount,
        quantity=draw(st.integers(1, 6)),
        includes_tax=draw(st.booleans()),
        discounts=(Discount(discount, funder),),
    )
    return line, tuple(levies)


def sale(lines: Sequence[tuple[TaxLine, tuple[Levy, ...]]], scheme: str = Scheme.LINE, round_off: int = 0) -> TaxAnswer:
    """Return lines as the answer for a sale."""
    return TaxAnswer(
        document="i1",
        tax_date="2026-11-27",
        currency="XXX",
        lines=reckon(lines, scheme=scheme),
        scheme=scheme,
        round_off_minor=round_off,
    )


def by_component(*answers: TaxAnswer) -> dict[tuple[str, ...], tuple[int, int]]:
    """Return taxable values and amounts by line and component, summed over answers; those of zero left out."""
    sums: dict[tuple[str, ...], tuple[int, int]] = {}
    for answer in answers:
        for line in answer.lines:
            for each in line.components:
                key = (line.id, each.code, each.rate, each.jurisdiction, each.exempt)
                taxable, amount = sums.get(key, (0, 0))
                sums[key] = (taxable + each.taxable_minor, amount + each.amount_minor)
    return {key: pair for key, pair in sums.items() if any(pair)}
