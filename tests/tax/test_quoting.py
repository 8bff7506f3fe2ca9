"""The table engine and its three regimes, asked as a shop asks them."""

from collections.abc import Callable
from fractions import Fraction
from functools import partial

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tax.calls import GUJARAT, IN_GUJARAT, IN_WASHINGTON, TAMIL_NADU, WASHINGTON, answer, asked, charged, silent
from tests.tax.drawn import RATES, SCHEMES
from unicommerce.errors import InvalidValue
from unicommerce.ledger import Refused
from unicommerce.tax import (
    Anywhere,
    Buyer,
    Component,
    Discount,
    Exemption,
    Kind,
    Place,
    Rate,
    Registration,
    RuleSet,
    TaxAnswer,
    TaxCode,
    TaxLine,
    TaxRequest,
    eu,
    held_to,
    india,
    quote,
    rates_at,
    standing_in,
    true_up,
    us,
)

SHIRT = TaxLine(id="1", amount_minor=1_000_00, category="apparel")
SHIPPING = TaxLine(id="s", amount_minor=10_00, kind="shipping", category="shipping")


def codes(found: TaxAnswer | Refused) -> list[object]:
    """Return the codes of what is said."""
    return [reason.code for reason in found.because]


# India


@pytest.mark.parametrize(
    ("more", "due"),
    [
        ({}, {"CGST IN": 9_00, "SGST IN/24": 9_00}),
        ({"ship_to": Place("IN/24/Surat")}, {"CGST IN": 9_00, "SGST IN/24": 9_00}),
        ({"ship_to": Place("IN/27")}, {"IGST IN": 18_00}),
        ({"ship_to": Place("AE")}, {}),
        ({"handed_over_at": Place("IN/24"), "bill_to": Place("IN/27")}, {"IGST IN": 18_00}),
        ({"registrations": ()}, {}),
        ({"registrations": (GUJARAT._replace(scheme="composition"),)}, {}),
        ({"registrations": (GUJARAT._replace(valid_from="2026-11-28"),)}, {}),
    ],
)
def test_india_is_charged_by_the_place_of_supply(more: dict[str, object], due: dict[str, int]) -> None:
    """Against the state that goods leave from; the buyer's own state decides nothing."""
    assert charged(answer(asked(**{**IN_GUJARAT, **more}), india.rules())) == due


def test_a_registered_buyer_of_another_state_is_charged_where_goods_are_delivered() -> None:
    """Its number says where it is registered; a third person's word is another matter."""
    buyer = Buyer(registrations=(Registration("IN/36", "36AAQCA8719H1Z7"),), is_business=True)
    here = asked(**IN_GUJARAT, ship_to=Place("IN/24"), buyer=buyer)

    assert charged(answer(here, india.rules())) == {"CGST IN": 9_00, "SGST IN/24": 9_00}
    directed = attrs.evolve(here, directed_by=Place("IN/36"))
    assert charged(answer(directed, india.rules())) == {"IGST IN": 18_00}


def test_a_union_territory_without_a_legislature_has_its_own_component() -> None:
    """Chandigarh charges UTGST, Delhi SGST."""
    for state, code in (("04", "UTGST"), ("07", "SGST")):
        here = {"ship_from": Place(f"IN/{state}"), "registrations": (Registration(f"IN/{state}", "x"),)}
        assert list(charged(answer(asked(**here), india.rules()))) == ["CGST IN", f"{code} IN/{state}"]


def test_a_transfer_between_two_registrations_is_taxed_and_within_one_is_not() -> None:
    """Two registrations of one owner are distinct persons."""
    move = asked(
        **{**IN_GUJARAT, "registrations": (GUJARAT, TAMIL_NADU)}, kind=Kind.OWN_TRANSFER, ship_to=Place("IN/33")
    )

    assert charged(answer(move, india.rules())) == {"IGST IN": 18_00}
    within = answer(attrs.evolve(move, ship_to=Place("IN/24")), india.rules())
    assert (charged(within), codes(within)) == ({}, [TaxCode.NOT_DUE])


def test_an_export_is_charged_where_it_is_made_with_payment() -> None:
    """Without, its component says why nothing is due."""
    abroad = asked(**IN_GUJARAT, ship_to=Place("AE"))

    assert [c.exempt for c in answer(abroad, india.rules()).components()] == ["export"]
    with_payment = india.rules(regime=india.India(exports_with_payment=True))
    assert charged(answer(abroad, with_payment)) == {"IGST IN": 18_00}


@pytest.mark.parametrize(("paid", "owed"), [(5_000_00, {}), (5_000_01, {"CGST IN": 450_00, "SGST IN/24": 450_00})])
def test_a_purchase_from_somebody_unregistered_is_assessed_by_the_buyer(paid: int, owed: dict[str, int]) -> None:
    """Above a threshold; the supplier is paid the net either way."""
    rules = india.rules(regime=india.India(reverse_charge_above_minor=5_000_00))
    line = TaxLine(id="1", amount_minor=paid)
    found = answer(asked(line, kind=Kind.PURCHASE, ship_from=Place("IN/24"), ship_to=Place("IN/24")), rules)

    assert (charged(found), found.gross_minor, found.tax_minor) == (owed, paid, 0)


@pytest.mark.parametrize(
    ("date", "price", "pieces", "rate"),
    [
        ("2025-09-21", 1_000_00, 1, "0.025"),
        ("2025-09-21", 1_000_01, 1, "0.06"),
        ("2025-09-21", 2_000_00, 2, "0.025"),
        ("2025-09-22", 2_500_00, 1, "0.025"),
        ("2025-09-22", 2_500_01, 1, "0.09"),
    ],
)
def test_a_band_is_of_the_price_of_a_piece_on_the_day(date: str, price: int, pieces: int, rate: str) -> None:
    """Both ends of a validity are in it, and so is the end of a band."""
    line = attrs.evolve(SHIRT, amount_minor=price, quantity=pieces)
    found = answer(asked(line, **IN_GUJARAT, tax_date=date), india.rules())

    assert [c.rate for c in found.components()] == [rate, rate]


def test_a_band_of_a_price_with_tax_is_of_what_the_tax_leaves() -> None:
    """1,050.00 with 5 % is 1,000.00; what fits neither band is in the upper one."""
    for gross, rate in ((1_050_00, "0.025"), (1_050_01, "0.06"), (1_120_00, "0.06")):
        line = attrs.evolve(SHIRT, amount_minor=gross, includes_tax=True)
        found = answer(asked(line, **IN_GUJARAT, tax_date="2025-01-01"), india.rules())
        assert [c.rate for c in found.components()] == [rate, rate]


def test_the_payable_of_an_invoice_is_in_rupees() -> None:
    """The components keep their paise."""
    found = answer(asked(TaxLine(id="1", amount_minor=62_51), **IN_GUJARAT), india.rules())

    assert (found.gross_minor, found.round_off_minor, found.payable_minor) == (73_77, 23, 74_00)


def test_july_of_2024_has_two_rates_of_collection_at_source() -> None:
    """So a month is not enough; a day is."""
    assert india.tcs(100_00, 0, period="2024-07-09", kind="inter").amounts == (("IGST", 1_00),)
    assert india.tcs(100_00, 0, period="2024-07-10", kind="inter").amounts == (("IGST", 50),)
    for period, kind, field in (
        ("2024-07", "inter", "period"),
        ("2024-13", "inter", "period"),
        ("2024-08", "x", "kind"),
    ):
        with pytest.raises(InvalidValue, match=field):
            india.tcs(100_00, 0, period=period, kind=kind)


def test_a_sandbox_number_passes_where_its_check_digit_is_left_out() -> None:
    """A collector at source has a C; a number of no state is none."""
    assert india.gstin("02AMBPG7773M002") is None
    assert india.gstin("24AAQCA8719H1Z1") is None
    assert india.gstin("24AAQCA8719H1Z1", is_checked=False) == ("24", "AAQCA8719H", False)
    assert india.gstin("99AAQCA8719H1ZC", is_checked=False) is None
    collector = india.gstin("24AAQCA8719H1C1", is_checked=False)
    assert collector is not None
    assert collector.is_collector


@pytest.mark.parametrize(
    ("given_values", "value"),
    [
        ({"open_market_minor": 130_000, "cost_minor": 100_000}, 130_000),
        ({"like_kind_minor": 120_000, "cost_minor": 100_000}, 120_000),
        ({"cost_minor": 100_000}, 110_000),
        ({"resale_minor": 140_000, "open_market_minor": 130_000}, 126_000),
    ],
)
def test_a_transfer_is_worth_what_rule_28_says(given_values: dict[str, int], value: int) -> None:
    """The first value that is there counts."""
    assert india.transfer_value(**given_values) == value


# United States


AT_HOME = {**IN_WASHINGTON, "registrations": (WASHINGTON,)}


@pytest.mark.parametrize(
    ("more", "due"),
    [
        ({}, {"STATE US/WA": 6_50, "LOCAL US/WA/Seattle": 3_75}),
        ({"handed_over_at": Place("US/WA/Tacoma")}, {"STATE US/WA": 6_50}),
        ({"ship_to": None, "bill_to": Place("US/WA/Seattle")}, {"STATE US/WA": 6_50, "LOCAL US/WA/Seattle": 3_75}),
        ({"ship_to": Place("US/OR/Portland")}, {}),
        ({"ship_to": Place("CA/BC")}, {}),
        ({"registrations": ()}, {}),
    ],
)
def test_a_sale_is_taxed_where_it_is_received_and_one_is_registered(
    more: dict[str, object], due: dict[str, int]
) -> None:
    """At the store where it is picked up; at the address on file where nothing else is known."""
    assert charged(answer(asked(**{**AT_HOME, **more}), us.rules())) == due


def test_california_has_districts_by_destination_and_the_rest_by_origin() -> None:
    """A seller of Oakland who delivers to Los Angeles."""
    places = {"ship_from": Place("US/CA/Oakland"), "ship_to": Place("US/CA/Los Angeles", ("US/CA/~LACMTA",))}
    found = answer(asked(**places, registrations=(Registration("US/CA", "x"),)), us.rules())

    assert list(charged(found)) == ["STATE US/CA", "LOCAL US/CA/Oakland", "DISTRICT US/CA/~LACMTA"]


def test_a_marketplace_collects_where_the_law_says_so() -> None:
    """The buyer pays it all the same, whether the seller is registered or not."""
    found = answer(asked(**IN_WASHINGTON, marketplace="bazaar"), us.rules())

    assert {c.collected_by for c in found.components()} == {"bazaar"}
    assert found.gross_minor == 110_25
    elsewhere = us.rules(regime=us.UnitedStates(facilitators=("TX",)))
    assert charged(answer(asked(**IN_WASHINGTON, marketplace="bazaar"), elsewhere)) == {}


def test_shipping_follows_what_is_shipped() -> None:
    """Half of the parcel is food, so half of its rates apply; a carrier's is not taxed in California."""
    goods = (TaxLine(id="1", amount_minor=50_00), TaxLine(id="2", amount_minor=50_00, category="food"), SHIPPING)
    found = answer(asked(*goods, **AT_HOME), us.rules())
    shipping = found.lines[-1]

    assert [(c.code, c.rate) for c in shipping.components] == [("STATE", "0.0325"), ("LOCAL", "0.0375")]
    california = {"ship_from": Place("US/CA/Oakland"), "registrations": (Registration("US/CA", "x"),)}
    assert answer(asked(*goods, **california), us.rules()).lines[-1].components == ()


def test_clothing_is_free_below_a_price_in_new_york() -> None:
    """A row of a band says why."""
    here = {"ship_to": Place("US/NY/Albany"), "registrations": (Registration("US/NY", "x"),)}
    for price, exempt in ((109_99, "clothing"), (110_00, "")):
        line = TaxLine(id="1", amount_minor=price, category="clothing/shoes")
        (component,) = answer(asked(line, **here), us.rules()).components()
        assert component.exempt == exempt


def test_a_certificate_exempts_what_it_names_while_it_is_valid() -> None:
    """By jurisdiction, category and day."""
    resale = Exemption("US/WA", "resale", "A-1", valid_to="2026-12-31")
    buyer = Buyer(exemptions=(resale,))

    assert charged(answer(asked(**AT_HOME, buyer=buyer), us.rules())) == {}
    assert charged(answer(asked(**AT_HOME, buyer=buyer, tax_date="2027-01-01"), us.rules()))
    other = Buyer(exemptions=(resale._replace(category="books"),))
    assert charged(answer(asked(**AT_HOME, buyer=other), us.rules()))


def test_a_coupon_of_the_maker_stays_in_the_base() -> None:
    """A discount of the shop does not; who pays what is told apart."""
    line = TaxLine(id="1", amount_minor=10_00, discounts=(Discount(1_00), Discount(1_00, "maker")))
    flat = RuleSet(version="flat", regime=Anywhere(), rates=(Rate("*", "STATE", "0.09"),))
    found = answer(asked(line), flat)

    assert (found.gross_minor, found.customer_minor, found.funded_minor) == (9_81, 8_81, 1_00)


@pytest.mark.parametrize(
    ("count", "operator", "sales", "transactions", "nexus"),
    [
        (100, "and", 600_000, 100, True),
        (100, "and", 600_000, 99, False),
        (100, "and", 400_000, 500, False),
        (None, "or", 500_000, 9_999, False),
        (None, "or", 500_001, 0, True),
    ],
)
def test_nexus_is_an_amount_and_or_a_count(
    count: int | None, operator: str, sales: int, transactions: int, *, nexus: bool
) -> None:
    """Many states dropped the count."""
    found = us.has_nexus(
        sales_minor=sales,
        transactions=transactions,
        threshold_minor=500_000,
        threshold_transactions=count,
        operator=operator,
    )
    assert found == nexus


# European Union


PRICED = TaxLine(id="1", amount_minor=10_00, includes_tax=True)


def sold(country: str, line: TaxLine = PRICED, /, **more: object) -> TaxRequest:
    """Return a sale from Germany of something whose price holds its tax."""
    return asked(line, ship_from=Place("DE"), ship_to=Place(country), **more)


@pytest.mark.parametrize(
    ("country", "more", "due"),
    [
        ("DE", {}, {"VAT DE": 1_60}),
        ("FR", {}, {"VAT DE": 1_60}),
        ("FR", {"cumulative_minor": 10_000_00}, {"VAT FR": 1_67}),
        ("FR", {"registrations": (Registration("EU", "x", "OSS"),)}, {"VAT FR": 1_67}),
        ("FR", {"buyer": Buyer(is_business=True, registrations=(Registration("FR", "x"),))}, {}),
        ("FR", {"buyer": Buyer(is_business=True)}, {"VAT DE": 1_60}),
        ("CH", {}, {}),
    ],
)
def test_a_sale_across_a_border_has_the_rate_of_its_destination_above_the_threshold(
    country: str, more: dict[str, object], due: dict[str, int]
) -> None:
    """Or from the first on, with OSS; a business with a number assesses itself."""
    assert charged(answer(sold(country, **more), eu.rules())) == due


def test_either_the_price_or_the_net_stays() -> None:
    """10.00 at 19 % becomes 10.42 at 24 %, or stays and leaves less."""
    oss = {"registrations": (Registration("EU", "x", "OSS"),), "tax_date": "2024-08-31"}
    keep_net = eu.rules(regime=eu.Union(gross_policy="keep_net"))
    moved, kept = answer(sold("FI", **oss), keep_net), answer(sold("FI", **oss), eu.rules())

    assert (moved.net_minor, moved.gross_minor) == (8_40, 10_42)
    assert (kept.net_minor, kept.gross_minor) == (8_06, 10_00)
    abroad = answer(sold("CH", attrs.evolve(PRICED, amount_minor=30_00)), keep_net)
    assert (abroad.net_minor, abroad.gross_minor) == (25_21, 25_21)


def test_small_consignments_from_outside_are_taxed_when_they_are_sold() -> None:
    """By the importer's scheme or by the marketplace; larger ones, and all others, at the border."""
    parcel = TaxLine(id="1", amount_minor=150_00)
    places = {"ship_from": Place("IN/24"), "ship_to": Place("FR")}
    ioss = {"registrations": (Registration("EU", "x", "IOSS"),)}

    assert charged(answer(asked(parcel, **places, **ioss), eu.rules())) == {"VAT FR": 30_00}
    market = answer(asked(parcel, **places, marketplace="bazaar"), eu.rules())
    assert [c.collected_by for c in market.components()] == ["bazaar"]
    large = attrs.evolve(parcel, amount_minor=150_01)
    for request in (asked(large, **places, **ioss), asked(parcel, **places)):
        assert charged(answer(request, eu.rules())) == {}


def test_shipping_with_prices_that_hold_tax_is_weighted_by_nets() -> None:
    """Books and a mug in one parcel."""
    lines = [TaxLine(id="1", amount_minor=119_00, includes_tax=True)]
    lines += [TaxLine(id="2", amount_minor=107_00, includes_tax=True, category="books"), SHIPPING]
    found = answer(asked(*lines, ship_from=Place("DE"), ship_to=Place("DE")), eu.rules())

    assert [c.rate for c in found.lines[-1].components] == ["0.13"]
    only = answer(asked(SHIPPING, ship_from=Place("DE"), ship_to=Place("DE")), eu.rules())
    assert [c.rate for c in only.components()] == ["0.19"]


# The engine


def test_no_rate_is_never_taken_for_zero() -> None:
    """Each line without one is named, and so is a price whose own tax nobody knows."""
    request = asked(SHIRT, TaxLine(id="2", amount_minor=1), ship_from=Place("PL"), ship_to=Place("PL"))
    refused = quote(request, eu.rules())

    assert isinstance(refused, Refused)
    assert [(reason.code, reason.subject) for reason in refused.because] == [
        (TaxCode.NO_RATE, "1"),
        (TaxCode.NO_RATE, "2"),
    ]
    keep_net = eu.rules(regime=eu.Union(gross_policy="keep_net"))
    from_poland = attrs.evolve(sold("FR", cumulative_minor=10_000_00), ship_from=Place("PL"))
    assert codes(quote(from_poland, keep_net)) == [TaxCode.NO_RATE]


@pytest.mark.parametrize("rules", [india.rules(), us.rules(), eu.rules()], ids=["india", "us", "eu"])
def test_where_no_place_is_known_the_engine_refuses(rules: RuleSet) -> None:
    """It does not guess."""
    assert codes(quote(asked(), rules)) == [TaxCode.NO_PLACE]


def test_what_stood_in_is_trued_up_when_the_service_answers() -> None:
    """A till charges by its own table, and the difference is a document."""
    table = partial(quote, rules=us.rules())
    request = asked(**AT_HOME)
    first = standing_in(silent, other=table)(request)
    assert isinstance(first, TaxAnswer)
    service = answer(request, us.rules((Rate("US/WA", "STATE", "0.07"),), version="theirs"))

    change = true_up(first, service)

    assert first.provisional
    assert first.because[-1].code == TaxCode.STOOD_IN
    assert charged(change) == {"STATE US/WA": 50, "LOCAL US/WA/Seattle": -3_75}


def test_nobody_stands_in_for_a_no() -> None:
    """An engine that answers is believed, also where it refuses; two that are silent are both named."""
    table = partial(quote, rules=us.rules())
    nowhere = asked()

    assert codes(standing_in(table, other=silent)(nowhere)) == [TaxCode.NO_PLACE]
    assert standing_in(table, other=silent)(asked(**AT_HOME)) == table(asked(**AT_HOME))
    assert codes(standing_in(silent, other=table)(nowhere)) == [TaxCode.UNAVAILABLE, TaxCode.NO_PLACE]


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.sampled_from(RATES), st.sampled_from(SCHEMES), st.booleans())
def test_a_quote_says_what_its_lines_say(first: int, second: int, rate: str, scheme: str, holds: bool) -> None:  # noqa: FBT001
    """Every line comes back in its place, and sums are of lines."""
    lines = [TaxLine(id=id, amount_minor=n, includes_tax=holds) for id, n in (("1", first), ("2", second))]
    rules = RuleSet(version="flat", regime=Anywhere(), rates=(Rate("*", "T", rate),), scheme=scheme)
    found = held_to(partial(quote, rules=rules))(asked(*lines))

    assert isinstance(found, TaxAnswer)
    assert [line.id for line in found.lines] == ["1", "2"]
    assert (found.gross_minor if holds else found.net_minor) == first + second
    assert sum(found.by_code.values()) == found.tax_minor == found.gross_minor - found.net_minor
    assert abs(found.tax_minor - (first + second) * Fraction(rate) / (1 + Fraction(rate) * holds)) <= 1


def _first(found: TaxAnswer, **change: object) -> TaxAnswer:
    (line, *_) = found.lines
    return attrs.evolve(found, lines=(line._replace(**change),))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (lambda found: attrs.evolve(found, document="d2"), "answer.document"),
        (lambda found: attrs.evolve(found, version=2), "answer.version"),
        (lambda found: attrs.evolve(found, currency="EUR"), "answer.currency"),
        (lambda found: attrs.evolve(found, lines=()), "answer.lines"),
        (lambda found: _first(found, quantity=2), "answer.lines"),
        (lambda found: _first(found, net_minor=99_99), r"answer.lines\[1\]"),
        (lambda found: _first(found, components=(Component("T", "0", 0, -1),)), r"answer.lines\[1\]"),
    ],
    ids=["document", "version", "currency", "lines", "pieces", "net", "amount"],
)
def test_an_engine_is_held_to_what_was_asked(wrong: Callable[[TaxAnswer], TaxAnswer], field: str) -> None:
    """A service that answers something else is found out; one that refuses is believed."""
    table = partial(quote, rules=us.rules())
    request = asked(**AT_HOME)

    assert held_to(table)(request) == table(request)
    assert codes(held_to(silent)(request)) == [TaxCode.UNAVAILABLE]
    with pytest.raises(InvalidValue, match=field):
        held_to(lambda asked: wrong(answer(asked, us.rules())))(request)


# Rules


def test_the_longest_category_counts() -> None:
    """What no longer path says, a shorter one does."""
    rows = (Rate("X", "T", "0.1"), Rate("X", "T", "0.2", "food"), Rate("X", "T", "0.3", "food/wine"))
    for category, rate in (("", "0.1"), ("toys", "0.1"), ("food", "0.2"), ("food/wine/red", "0.3"), ("foods", "0.1")):
        line = TaxLine(id="1", amount_minor=1, category=category)
        assert [row.rate for row in rates_at(rows, "X", line, date="2026-01-01")] == [rate]


@pytest.mark.parametrize(
    ("rows", "field"),
    [
        ([Rate("X", "T", "9 %")], r"rates\[0\].rate"),
        ([Rate("X", "T", "0.1", valid_from="2026-02-30")], r"rates\[0\].valid_from"),
        ([Rate("X", "T", "0.1", valid_to="soon")], r"rates\[0\].valid_to"),
        ([Rate("X", "T", "0.1", valid_from="2026-02-02", valid_to="2026-02-01")], r"rates\[0\].valid_to"),
        ([Rate("X", "T", "0.1", valid_to="2026-01-31"), Rate("X", "T", "0.2", valid_from="2026-01-31")], r"rates\[1\]"),
        ([Rate("X", "T", "0.1"), Rate("X", "T", "0.1")], r"rates\[1\]"),
        ([Rate("X", "T", "0.1", per_unit_minor=-1)], r"rates\[0\].per_unit_minor"),
    ],
)
def test_a_table_that_cannot_be_is_refused_by_its_row(rows: list[Rate], field: str) -> None:
    """Two rows never say two things of one day."""
    with pytest.raises(InvalidValue, match=field):
        RuleSet(version="1", regime=Anywhere(), rates=tuple(rows))


@pytest.mark.parametrize("rows", [india.RATES, us.RATES, eu.RATES], ids=["india", "us", "eu"])
def test_each_rate_has_a_source(rows: tuple[Rate, ...]) -> None:
    """Whoever doubts a figure can look."""
    assert all(row.source for row in rows)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "gift"}, "kind"),
        ({"kind": "return"}, "of"),
        ({"tax_date": "27.11.2026"}, "tax_date"),
        ({"tax_date": "2026-02-30"}, "tax_date"),
        ({"version": 0}, "version"),
        ({"cumulative_minor": -1}, "cumulative_minor"),
        ({"currency": ""}, "currency"),
        ({"lines": (SHIRT, SHIRT)}, "lines"),
        ({"registrations": (GUJARAT._replace(valid_to="soon"),)}, "IN/24.valid_to"),
        ({"buyer": Buyer(exemptions=(Exemption("US", "resale", valid_from="1.1.2026"),))}, "US.valid_from"),
    ],
)
def test_a_request_that_cannot_be_is_refused_by_its_field(change: dict[str, object], field: str) -> None:
    """Also where it was a copy of a good one."""
    with pytest.raises(InvalidValue, match=field):
        asked(**change)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount_minor": -1}, "line.amount_minor"),
        ({"quantity": 0}, "line.quantity"),
        ({"kind": "gift"}, "line.kind"),
        ({"discounts": (Discount(-1),)}, r"line.discounts\[0\]"),
        ({"discounts": (Discount(600_00), Discount(500_00, "maker"))}, "line.discounts"),
    ],
)
def test_a_line_that_cannot_be_is_refused_by_its_field(change: dict[str, object], field: str) -> None:
    """What is taken off is never more than there is."""
    with pytest.raises(InvalidValue, match=field):
        attrs.evolve(SHIRT, **change)  # type: ignore[arg-type]
