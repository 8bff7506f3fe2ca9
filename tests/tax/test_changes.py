"""Laws of reversals, adjustments and true-ups: whatever comes after a sale adds up to it."""

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tax.drawn import SCHEMES, Levied, by_component, levied, sale
from unicommerce.errors import InvalidValue
from unicommerce.tax import (
    AlikePieces,
    Discount,
    Levy,
    Scheme,
    TaxAnswer,
    TaxLine,
    adjusted,
    left,
    reckon,
    reversed_,
    true_up,
)

LATER = "2026-12-01"
Costs = dict[int, tuple[int, int]]
"""What of a piece tax is on, and what of it others pay, by its number."""


def back(original: TaxAnswer, before: list[TaxAnswer], **what: object) -> TaxAnswer:
    """Return the next reversal."""
    return reversed_(original, f"c{len(before)}", tax_date=LATER, before=before, **what)  # type: ignore[arg-type]


def reverse_all(original: TaxAnswer, order: list[tuple[str, int]]) -> list[TaxAnswer]:
    """Return reversals of so many pieces of a line, one after the other."""
    before: list[TaxAnswer] = []
    for id, quantity in order:
        before.append(back(original, before, quantities={id: quantity}))
    return before


@given(levied(), st.sampled_from(SCHEMES), st.randoms(), st.integers(-50, 50))
def test_any_pieces_in_any_order_are_the_original_to_the_unit(
    lines: Levied,
    scheme: Scheme,
    random: st.randoms,  # type: ignore[valid-type]
    round_off: int,
) -> None:
    """Piece by piece, shuffled: every component ends at zero, and so does what was rounded off."""
    original = sale(lines, scheme, round_off)
    pieces = [(line.id, 1) for line in original.lines for _ in range(line.quantity)]

    reversals = reverse_all(original, random.sample(pieces, len(pieces)))  # type: ignore[attr-defined]

    assert by_component(original, *reversals) == {}
    assert sum(answer.net_minor for answer in (original, *reversals)) == 0
    assert sum(answer.funded_minor for answer in (original, *reversals)) == 0
    if original.gross_minor:
        assert sum(answer.payable_minor for answer in (original, *reversals)) == 0


@given(levied(), st.data())
def test_pieces_have_fixed_shares_however_they_are_grouped(lines: Levied, data: st.DataObject) -> None:
    """Reversing two times some pieces of a line is the same as reversing them at once."""
    original = sale(lines)
    line = data.draw(st.sampled_from(original.lines))
    first = data.draw(st.integers(1, line.quantity))
    second = data.draw(st.integers(0, line.quantity - first))

    apart = reverse_all(original, [(line.id, first), *([(line.id, second)] if second else [])])
    at_once = reverse_all(original, [(line.id, first + second)])

    assert by_component(*apart) == by_component(*at_once)
    assert sum(each.net_minor for each in apart) == at_once[0].net_minor


@st.composite
def mixed(draw: st.DrawFn) -> tuple[TaxAnswer, list[tuple[int, int]]]:
    """Draw a line whose pieces cost differently, and what of each tax is on and others pay: yen, dollars or dinars."""
    price = draw(st.sampled_from((3, 1_000, 123_457)))
    bases = draw(st.lists(st.integers(0, price), min_size=1, max_size=7))
    costs = [(base, draw(st.integers(0, base))) for base in bases]
    line = TaxLine(
        id="1",
        amount_minor=price * len(costs),
        quantity=len(costs),
        includes_tax=draw(st.booleans()),
        discounts=(Discount(price * len(costs) - sum(bases)), Discount(sum(own for _, own in costs), "maker")),
    )
    rates = draw(st.lists(st.sampled_from(("0.036", "0.065", "0.09", "0.255")), max_size=3))
    return sale([(line, tuple([Levy(f"T{number}", rate) for number, rate in enumerate(rates)]))]), costs


def back_of(original: TaxAnswer, before: list[TaxAnswer], costs: Costs, *, taken: set[int]) -> TaxAnswer:
    """Return the reversal of pieces by number, of those whose costs are left."""
    pieces = [AlikePieces(1, number in taken, *cost) for number, cost in costs.items()]
    return back(original, before, quantities={"1": pieces})


@given(mixed(), st.data())
def test_a_piece_takes_its_own_share_whatever_went_before(
    sold: tuple[TaxAnswer, list[tuple[int, int]]], data: st.DataObject
) -> None:
    """What it costs is exact; its tax is what it takes alone; whatever is grouped in whatever order, zero stays."""
    original, costs = sold
    (line,) = original.lines
    rest = dict(enumerate(costs))
    alone = {number: back_of(original, [], dict(enumerate(costs)), taken={number}) for number in rest}
    before: list[TaxAnswer] = []
    while rest:
        taken = data.draw(st.sets(st.sampled_from(sorted(rest)), min_size=1))
        note = back_of(original, before, rest, taken=taken)
        (found,) = note.lines
        assert -(found.gross_minor if line.includes_tax else found.net_minor) == sum(costs[n][0] for n in taken)
        assert -found.funded_minor == sum(costs[n][1] for n in taken)
        assert by_component(note) == by_component(*[alone[number] for number in taken])
        before.append(note)
        rest = {number: cost for number, cost in rest.items() if number not in taken}

    assert by_component(original, *before) == {}
    assert original.net_minor + sum(note.net_minor for note in before) == 0
    assert original.funded_minor + sum(note.funded_minor for note in before) == 0


@given(levied(), st.data())
def test_amounts_and_pieces_together_never_exceed_what_was_paid(lines: Levied, data: st.DataObject) -> None:
    """Each flat amount is split to the unit; whatever is left then comes back, and nothing after that."""
    original = sale(lines)
    before: list[TaxAnswer] = []
    for _ in range(data.draw(st.integers(0, 4))):
        rest = left(original, before)
        gross = sum(line.gross_minor for line in rest)
        held = [line for line in rest if line.quantity]
        if data.draw(st.booleans()) and gross:
            amount = data.draw(st.integers(1, gross))
            before.append(back(original, before, amount_minor=amount))
            assert before[-1].gross_minor == -amount
        elif held:
            before.append(back(original, before, quantities={data.draw(st.sampled_from(held)).id: 1}))
        assert all(line.gross_minor >= 0 <= line.net_minor for line in left(original, before))
        assert all(c.amount_minor >= 0 for line in left(original, before) for c in line.components)
    before.append(back(original, before))

    assert by_component(original, *before) == {}
    assert original.net_minor + sum(answer.net_minor for answer in before) == 0
    assert back(original, before).lines == ()


@given(levied(), levied(), st.sampled_from(SCHEMES))
def test_a_true_up_is_the_exact_difference_by_component(guess: Levied, known: Levied, scheme: Scheme) -> None:
    """What stood in and the true-up are together what the engine answered."""
    provisional = attrs.evolve(sale(guess, scheme, 3), provisional=True)
    answer = sale(known, Scheme.LINE_COMBINED, -2)

    change = true_up(provisional, answer)

    assert by_component(provisional, change) == by_component(answer)
    assert provisional.payable_minor + change.payable_minor == answer.payable_minor
    assert not change.provisional


@given(levied(), levied())
def test_an_adjustment_is_the_difference_of_two_versions(old: Levied, new: Levied) -> None:
    """And what is then reversed is what is left of both."""
    first, second = sale(old), attrs.evolve(sale(new), version=2)

    change = adjusted(first, second)

    assert by_component(first, change) == by_component(second)
    assert by_component(first, change, back(first, [change])) == {}


MUG = TaxLine(id="1", amount_minor=100_00, quantity=3)
SALE = sale([(MUG, (Levy("CGST", "0.09"), Levy("SGST", "0.09")))])


def test_one_and_the_same_answer_leaves_nothing_to_true_up() -> None:
    """No line, no component, no amount."""
    change = true_up(attrs.evolve(SALE, provisional=True), SALE)

    assert (change.lines, change.payable_minor) == ((), 0)


def test_a_reversal_keeps_rates_and_jurisdictions_and_names_its_document() -> None:
    """It is dated by itself, and it is of the original."""
    found = back(SALE, [], quantities={"1": 2})

    assert (found.document, found.of, found.kind, found.tax_date) == ("c0", "i1", "return", LATER)
    assert [(c.code, c.rate, c.amount_minor) for c in found.components()] == [
        ("CGST", "0.09", -600),
        ("SGST", "0.09", -600),
    ]
    assert found.lines[0].quantity == -2


def test_what_each_piece_owes_whatever_it_costs_goes_with_each() -> None:
    """A piece that was free has its cess, and none of the tax on its value."""
    line = TaxLine(id="1", amount_minor=300, quantity=3, discounts=(Discount(100),))
    sold = sale([(line, (Levy("GST", "0.10"), Levy("CESS", "0", per_unit_minor=7)))])
    free = back_of(sold, [], {0: (0, 0), 1: (100, 0), 2: (100, 0)}, taken={0})
    dear = back_of(sold, [free], {1: (100, 0), 2: (100, 0)}, taken={1, 2})

    assert (free.net_minor, free.by_code) == (0, {"GST": 0, "CESS": -7})
    assert (dear.net_minor, dear.by_code) == (-200, {"GST": -20, "CESS": -14})


def test_an_amount_may_be_of_one_line() -> None:
    """The other line is untouched."""
    two = sale([(MUG, (Levy("VAT", "0.20"),)), (attrs.evolve(MUG, id="2"), (Levy("VAT", "0.05"),))])
    found = back(two, [], amount_minor=1_20, line="1")

    assert [(line.id, line.net_minor, line.tax_minor) for line in found.lines] == [("1", -100, -20)]


@pytest.mark.parametrize(
    ("what", "field"),
    [
        ({"quantities": {"1": 4}}, r"quantities\[1\]"),
        ({"quantities": {"1": 0}}, r"quantities\[1\]"),
        ({"quantities": {"9": 1}}, "quantities"),
        ({"quantities": {"1": [AlikePieces(2, is_taken=True)]}}, r"quantities\[1\]"),
        ({"amount_minor": 118_01}, "amount_minor"),
        ({"amount_minor": 0}, "amount_minor"),
        ({"amount_minor": 1, "line": "9"}, "amount_minor"),
        ({"amount_minor": 1, "quantities": {"1": 1}}, "amount_minor"),
        ({"line": "1"}, "line"),
    ],
)
def test_more_than_there_is_is_not_reversed(what: dict[str, object], field: str) -> None:
    """Each is named by its field."""
    with pytest.raises(InvalidValue, match=field):
        back(SALE, [], **what)


@pytest.mark.parametrize(
    ("provisional", "answer", "field"),
    [
        (SALE, SALE, "provisional"),
        (attrs.evolve(SALE, provisional=True), attrs.evolve(SALE, provisional=True), "answer"),
        (attrs.evolve(SALE, provisional=True), attrs.evolve(SALE, document="i2"), "document"),
        (attrs.evolve(SALE, provisional=True), attrs.evolve(SALE, currency="EUR"), "currency"),
    ],
)
def test_a_true_up_is_of_one_document(provisional: TaxAnswer, answer: TaxAnswer, field: str) -> None:
    """And only of an answer that stood in for another."""
    with pytest.raises(InvalidValue, match=field):
        true_up(provisional, answer)


def test_an_adjustment_is_of_a_later_version() -> None:
    """The same version adds nothing that could be told."""
    with pytest.raises(InvalidValue, match="version"):
        adjusted(SALE, SALE)


def test_what_the_buyer_assessed_is_reversed_as_well() -> None:
    """By pieces, and by amounts in proportion."""
    owed = sale([(MUG, (Levy("GST", "0.18", collected_by="buyer"),))])
    half = back(owed, [], amount_minor=50_00)
    rest = back(owed, [half])

    assert [next(answer.components()).amount_minor for answer in (half, rest)] == [-9_00, -9_00]
    assert reckon([]) == ()
