"""Fields of a message: exact, bounded, named by their path, and none forgotten."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unicommerce.errors import InvalidValue
from unicommerce.ports import Fields, Line, Refund, Unread, amount, moment

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text("abc", min_size=1), inside, max_size=3),
    max_leaves=12,
)
READERS = ("text", "id", "flag", "whole", "decimal", "moment", "one", "many", "raw")


@given(st.datetimes(timezones=st.just(UTC)))
def test_moments_are_those_of_the_standard_library(at: datetime) -> None:
    """Read and written, for every year that there is."""
    ms = (at - EPOCH) // timedelta(milliseconds=1)

    assert Fields({"at": at.isoformat()}).moment("at") == ms
    assert datetime.fromisoformat(moment(ms)) == EPOCH + timedelta(milliseconds=ms)


@given(st.integers(-(2**53), 2**53), st.sampled_from(["USD", "JPY", "KWD"]))
def test_amounts_come_back(minor: int, currency: str) -> None:
    """Whatever the currency's decimals; as text and as a number of the wire."""
    assert Fields({"price": amount(minor, currency)}).minor("price", currency) == minor
    assert Fields.parsed(f'{{"price": {amount(minor, currency)}}}').minor("price", currency) == minor


@given(st.text(max_size=40) | JSON.map(json.dumps), st.sampled_from(READERS), st.text("abc", min_size=1, max_size=2))
def test_nothing_but_a_named_error_comes_of_any_text(text: str, reader: str, name: str) -> None:
    """A field is read, or `InvalidValue` names it."""
    error = None
    try:
        getattr(Fields.parsed(text), reader)(name)
    except InvalidValue as named:
        error = named

    assert error is None or error.field


@given(st.dictionaries(st.text("abc", min_size=1), JSON, max_size=4), st.sets(st.text("abc", min_size=1)))
def test_what_is_not_read_is_named(value: dict[str, object], read: set[str]) -> None:
    """Every leaf that says something is read, left or named; never two of these."""
    fields = Fields(value)
    for name in read:
        fields.raw(name)
    unread = {path.partition(".")[0].partition("[")[0] for path, _ in fields.unread()}

    assert not unread & read
    assert unread == {name for name, held in value.items() if name not in read and says_something(held)}


def says_something(value: object) -> bool:
    """Tell whether there is a leaf in it."""
    if isinstance(value, dict | list):
        return any(map(says_something, value.values() if isinstance(value, dict) else value))
    return value is not None and value != ""


@pytest.mark.parametrize(
    ("text", "read", "field"),
    [
        ('{"a": 1.005}', lambda f: f.minor("a", "USD"), "a"),
        ('{"a": "1e999999999"}', lambda f: f.decimal("a"), "a"),
        ('{"a": true}', lambda f: f.whole("a"), "a"),
        ('{"a": 1.5}', lambda f: f.whole("a"), "a"),
        ('{"a": -1}', lambda f: f.whole("a"), "a"),
        ('{"a": {"b": [{}]}}', lambda f: f.one("a").many("b")[0].text("c"), "a.b[0].c"),
        ('{"a": "2026-11-27T09:00:00"}', lambda f: f.moment("a"), "a"),
        ('{"a": "2026-02-30T09:00:00Z"}', lambda f: f.moment("a"), "a"),
        ('{"a": "x\\u202ey"}', lambda f: f.id("a"), "a"),
        ('{"a": 1.25}', lambda f: f.id("a"), "a"),
        ('{"a": NaN}', lambda f: f.raw("a"), "number"),
        ("[" * 100_000, lambda f: f.raw("a"), "message"),
        ('{"a":' * 60 + "1" + "}" * 60, lambda f: f.raw("a"), "message"),
        ("[]", lambda f: f.raw("a"), "message"),
        ('{"a": 1', lambda f: f.raw("a"), "message"),
        (" " * (4 * 1024 * 1024 + 1), lambda f: f.raw("a"), "message"),
    ],
)
def test_a_mistake_is_named_by_its_path(text: str, read: object, field: str) -> None:
    """With what was there and what is needed."""
    with pytest.raises(InvalidValue) as caught:
        read(Fields.parsed(text))  # type: ignore[operator]  # each case is a function

    assert caught.value.field == field


def test_numbers_are_exact() -> None:
    """No float is between the wire and us: a tenth is a tenth, and what is long stays long."""
    fields = Fields.parsed('{"a": 0.1, "b": 9007199254740993, "c": "3.0", "d": null}')

    assert fields.decimal("a") * 3 == Decimal("0.3")
    assert fields.decimal("b") == 9007199254740993
    assert (fields.whole("c"), fields.whole("d", default=4), fields.id("b")) == (3, 4, "9007199254740993")
    assert fields.unread() == ()
    assert Fields({"x": {"y": [1, None, ""]}}).unread() == (Unread("x.y[0]", 1),)


@given(st.integers(-(2**53), 2**53), st.sampled_from(["USD", "JPY", "KWD"]))
def test_amounts_with_a_comma_come_back_where_that_is_said(minor: int, currency: str) -> None:
    """At any depth, and numbers of the wire beside them; the point is no decimal sign then, nor the comma without."""
    text = amount(minor, currency).replace(".", ",")
    body = json.dumps({"lines": [{"price": text}], "total": 2})
    fields = Fields.parsed(body, decimal=",")

    assert fields.many("lines")[0].minor("price", currency) == minor
    assert fields.whole("total") == 2
    with pytest.raises(InvalidValue, match=r"^lines\[0\].price: .* with a decimal comma"):
        Fields.parsed('{"lines": [{"price": "1.000"}]}', decimal=",").many("lines")[0].decimal("price")
    with pytest.raises(
        InvalidValue, match=r"^price: '12,50' is not a number of at most 40 digits, with a decimal point"
    ):
        Fields({"price": "12,50"}).minor("price", currency)
    with pytest.raises(InvalidValue, match="decimal: ';' is not one of"):
        Fields({}, decimal=";")


def test_a_moment_that_is_known_to_be_in_utc_needs_no_offset() -> None:
    """And one that has an offset keeps it; what is no moment is refused all the same."""
    fields = Fields({"bare": "2026-11-27T09:00:00", "east": "2026-11-27T10:00:00+01:00", "day": "2026-11-27"})

    assert fields.moment("bare", utc=True) == fields.moment("east", utc=True) == 1_795_770_000_000
    with pytest.raises(InvalidValue, match="day"):
        fields.moment("day", utc=True)


def test_a_list_at_the_top_goes_by_a_name() -> None:
    """Where one is given; without it a message is an object."""
    first, second = Fields.parsed('[{"id": 1}, {"id": 2}]', list_as="orders").many("orders")

    assert (first.id("id"), second.unread()) == ("1", (Unread("orders[1].id", 2),))
    with pytest.raises(InvalidValue, match="message"):
        Fields.parsed("[]")


@given(st.integers(0, 999), st.integers(-10_000, 10_000), st.integers(-500, 500))
def test_a_line_of_an_amount_costs_that_amount(quantity: int, amount_minor: int, discount_minor: int) -> None:
    """Whatever its pieces do not divide into; and a price is above the exact one by less than a minor unit."""
    if amount_minor and not quantity:
        with pytest.raises(InvalidValue, match="quantity"):
            Line.of_amount("1", "MUG", quantity, amount_minor)
        return
    line = Line.of_amount("1", "MUG", quantity, amount_minor, discount_minor=discount_minor)

    assert line.price_minor * quantity - line.discount_minor == amount_minor - discount_minor
    assert 0 <= line.price_minor * quantity - amount_minor < max(quantity, 1)


@pytest.mark.parametrize("code", ["", "eur", "EURO", "EU", "XBT", "CLF", " EUR"])
def test_a_currency_whose_decimals_nobody_knows_is_refused_by_name(code: str) -> None:
    """Hundredths are not assumed: a word, lowercase, none at all, and one of ten-thousandths."""
    with pytest.raises(InvalidValue) as caught:
        Fields.parsed('{"lines": [{"price": "12.50"}]}').many("lines")[0].minor("price", code)

    assert (caught.value.field, caught.value.value) == ("currency", code)
    assert "lines[0].price" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('{"a": 1, "a": 1}', "a"),
        ('{"a": [{}, {"b": {"c": 1, "d": 2, "c": 3}}]}', "a[1].b.c"),
        ('{"a": {"b": 1, "b": 2}, "a": 3}', "a"),
        ('[{"id": 1}, {"id": 1, "id": 2}]', "all[1].id"),
    ],
)
def test_a_field_that_is_said_twice_is_refused_by_its_path(text: str, path: str) -> None:
    """Which of two quantities counts, no reader may choose."""
    with pytest.raises(InvalidValue) as caught:
        Fields.parsed(text, "all")

    assert str(caught.value) == f"{path}: 'said twice' is not a field that is said once"


def test_what_is_missing_is_said_to_be_missing_by_its_path() -> None:
    """And what is there and wrong, to be wrong."""
    line = Fields.parsed('{"lines": [{"sku": ""}]}').many("lines")[0]
    fields = ((line.id, "ref"), (line.text, "note"), (line.whole, "qty"), (line.moment, "at"), (line.one, "x"))
    for read, name in fields:
        with pytest.raises(InvalidValue, match=rf"^lines\[0\].{name} is missing; it is to be "):
            read(name)
    with pytest.raises(InvalidValue, match=r"^lines\[0\].sku: '' is not an identifier"):
        line.id("sku")


def test_a_paper_that_refuses_its_field_is_told_by_the_field_of_the_message() -> None:
    """Where a name is given for it; any other error is as it was."""
    back = Fields.parsed('{"back": {"of": ""}}').one("back")
    with pytest.raises(InvalidValue, match=r"^back.of: '' is not an identifier"), back.naming(order="of"):
        Refund(id="1", order=back.text("of"), currency="EUR", amount_minor=1)
    with pytest.raises(InvalidValue, match=r"^refund.currency: ''"), back.naming(order="of"):
        Refund(id="1", order="2", currency="", amount_minor=1)
