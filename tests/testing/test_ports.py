"""Shopify and the plain ports keep the contract, and every broken port is rejected by the check named for it.

`python -m tests.testing.test_ports` prints the table.
"""

import json
from decimal import Decimal
from time import process_time

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples.adapters.shopify import Shopify
from tests.adapters.cases import payload
from tests.adapters.test_shopify import BESIDE, TABLE
from unicommerce.errors import InvalidValue
from unicommerce.ports import (
    PORTS,
    Cancellation,
    Line,
    Message,
    Offered,
    Reading,
    SalesOrder,
)
from unicommerce.testing.ports import (
    PORT_CHECKS,
    PORT_SABOTEURS,
    SOUND_PORTS,
    PlainPort,
    PortContract,
    PortSaboteur,
    PortSubject,
    Strange,
    hear,
    prove_port,
    say,
    specimen,
)
from unicommerce.testing.ports import subject as subjects
from unicommerce.testing.ports.broken_fields import AllWhereNoneIsNamed
from unicommerce.testing.ports.places import places
from unicommerce.testing.ports.shape import altered

BY_NAME = {check.name: check for check in PORT_CHECKS}
LONG = {check.name for check in PORT_CHECKS if check.name.startswith(("a_message_", "any_paper", "as_many"))}
LONG -= {"a_message_means_what_is_said_of_it", "a_message_says_nothing_beside_its_paper"}


def canceled() -> Message:
    """Return the order of the payloads as a short one of its own, canceled."""
    order = json.loads(payload("shopify", "order.json", "").body)["order"]
    short = {name: order[name] for name in ("created_at", "currency", "total_price")}
    short |= {"id": 450_789_470, "cancelled_at": "2008-01-11T09:00:00-05:00", "cancel_reason": "customer"}
    return Message("orders/cancelled", json.dumps(short | {"line_items": order["line_items"][:1]}))


def authorized() -> Message:
    """Return the transaction of the payloads, with its currency."""
    message = payload("shopify", "transaction.json", "order_transactions/create")
    money = json.loads(message.body)["transaction"]
    return message._replace(body=json.dumps({"transaction": money | {"currency": "USD"}}))


class TestShopify(PortContract):
    """What it leaves of numbers stands here, name by name."""

    kind = "channel"
    samples = (
        *[payload("shopify", name, topic) for name, topic in TABLE],
        canceled(),
        authorized(),
        payload("shopify", "fulfillment_order.json", "fulfillment_orders/order_routing_complete"),
    )
    means = (
        *[(payload("shopify", *key), papers) for key, papers in TABLE.items()],
        (
            samples[-3],
            (
                SalesOrder(
                    id="450789470",
                    placed_at=1_199_980_800_000,
                    currency="USD",
                    lines=(Line("466157049", "IPOD2008GREEN", 1, 19_900),),
                    total_minor=40_994,
                ),
                Cancellation(id="cancelled", order="450789470", reason="customer", occurred_at=1_200_060_000_000),
            ),
        ),
        (samples[-2], BESIDE["transaction.json", "order_transactions/create"]),
        (samples[-1], BESIDE["fulfillment_order.json", "fulfillment_orders/order_routing_complete"]),
    )
    refused = (
        (payload("shopify", "product.json", "products/update"), "topic"),
        (payload("shopify", "product.json", "orders/create"), "currency"),
    )
    papers = (
        Offered(channel="web", sku="808950810", quantity=6, version=9, node="905684977"),
        SalesOrder(
            id="450789471",
            placed_at=0,
            currency="KWD",
            lines=(Line("1", "MUG", 2, 1_250, 100, 210), Line("2", "MUG", 1, 999, 1, 7)),
            shipping_minor=5,
            discount_minor=3,
            tax_minor=217,
            total_minor=3_617,
            includes_tax=True,
        ),
    )
    left = (
        "order.number", "order_number", "subtotal_price", "total_line_items_price", "total_price_usd", "total_weight",
        "grams", "fulfillable_quantity", "tax_lines.rate", "order.tax_lines", "discount_codes.amount", "latitude",
        "longitude", "billing_address", "customer", "order.fulfillments",
        "fulfillment.line_items.price", "refund_line_items.line_item",
        "receipt",
    )  # fmt: skip

    make_port = staticmethod(Shopify)


@pytest.mark.parametrize("subject", SOUND_PORTS, ids=lambda subject: subject.kind)
def test_a_plain_port_of_each_kind_passes(subject: PortSubject) -> None:
    """All checks that are quick, and one of them those that are not: they read alike."""
    is_whole = subject.kind in {"pos", "carrier"}
    report = prove_port(subject, [check for check in PORT_CHECKS if is_whole or check.name not in LONG])

    assert report.failed == ()


def test_there_are_many_saboteurs_and_one_for_each_check() -> None:
    """So each check can fail."""
    assert len({saboteur.subject.name for saboteur in PORT_SABOTEURS}) == len(PORT_SABOTEURS) >= 20
    assert {saboteur.check for saboteur in PORT_SABOTEURS} == set(BY_NAME)


@pytest.mark.parametrize("saboteur", PORT_SABOTEURS, ids=lambda saboteur: saboteur.subject.name)
def test_a_broken_port_is_rejected_by_the_check_named_for_it(saboteur: PortSaboteur) -> None:
    """Not by any check: by that one."""
    assert prove_port(saboteur.subject, [BY_NAME[saboteur.check]]).failed


@pytest.mark.parametrize(
    "saboteur", [each for each in PORT_SABOTEURS if "means" in each.check], ids=lambda each: each[0].name
)
def test_what_a_message_means_is_caught_by_nothing_else(saboteur: PortSaboteur) -> None:
    """Every number counts, every name stays: a discount for each piece, a return that was sold, a void of another."""
    quick = [check for check in PORT_CHECKS if check.name not in LONG]
    assert [result.check for result in prove_port(saboteur.subject, quick).failed] == [saboteur.check]


def test_a_message_that_means_something_else_is_told_by_topic_and_field() -> None:
    """What is there, and what was written down; and a sort of message that nobody explains, by its topic."""
    said = {each.subject.name: each for each in PORT_SABOTEURS}

    def wrong(name: str) -> str:
        return prove_port(said[name].subject, [BY_NAME[said[name].check]]).failed[0].wrong

    assert "sales_order.lines[0].discount_minor is 200, where it means 100" in wrong("DiscountForEachPiece")
    assert "till_sale.is_return is False, where it means True" in wrong("ReturnsSold")
    assert "till_sale.sale is 'void', where it means 'till_sale-sale'" in wrong("VoidsOfThemselves")
    assert wrong("Unexplained").startswith("nobody says what `till_sale` means: ")
    sold = said["ReturnsSold"].subject
    lesser = sold._replace(make=lambda: PlainPort("pos"), means=sold.means[:1])
    check = [BY_NAME["each_sort_of_message_has_a_meaning"]]
    told = "nobody says what `till_sale` means where it is a till_sale and is_return: "
    assert prove_port(lesser, check).failed[0].wrong.startswith(told)


def test_a_message_that_means_other_papers_or_none_is_told_by_their_forms() -> None:
    """Too few, others, or an error."""
    check, sold = [BY_NAME["a_message_means_what_is_said_of_it"]], specimen("till_sale")
    subject = PortSubject("Plain", lambda: PlainPort("pos"), "pos", means=((say(sold), (sold, sold)),))
    odd = subject._replace(means=((Message("fax", "{}"), (sold,)),))

    assert "became till_sale, where it means till_sale, till_sale" in prove_port(subject, check).failed[0].wrong
    assert "`fax` '{}' was refused, and means something: topic: 'fax'" in prove_port(odd, check).failed[0].wrong


def test_numbers_that_are_only_unread_and_a_total_that_nobody_could_check_are_in_the_report() -> None:
    """Nothing is wrong; somebody may want to know."""
    sold = say(specimen("till_sale"))
    odd = sold._replace(body=sold.body.replace("{", '{"off": "0.50", ', 1))
    report = prove_port(PortSubject("Plain", lambda: PlainPort("pos"), "pos", (odd,)), PORT_CHECKS)

    assert report.notes == (
        "a_total_is_what_its_lines_come_to: there was nothing to check: no sample has both a total and priced lines",
        "every_number_counts: no paper says these numbers, they are only listed as unread: off",
    )
    assert f"- note: {report.notes[1]}" in report.markdown()


BETWEEN = st.sampled_from(("", " ", "'", "\u202f", "other"))
CENTS = st.integers(-(10**11), 10**11).map(lambda cents: Decimal(cents).scaleb(-2))


def spelled(value: Decimal, point: str, between: str) -> str:
    """Return a number with this sign before its decimals and that one between thousands."""
    signs = {".": point, ",": between.replace("other", "," if point == "." else ".")}
    return "".join([signs.get(each, each) for each in f"{value:,.2f}"])


@given(st.sampled_from((".", ",")), BETWEEN, CENTS, CENTS)
def test_a_number_is_seen_and_another_is_written_in_its_spelling(
    point: str, between: str, there: Decimal, other: Decimal
) -> None:
    """With a point or a comma, with and without a sign between thousands, in JSON and in lines of text."""
    text = spelled(there, point, between)
    in_lines = f"A;{text}\nB;x" if between != "'" else "{}"
    for body in (json.dumps({"at": "x", "price": text}), in_lines):
        for place in [each for each in places(body) if each.path in {"price", "[0].A.01"}]:
            (new,) = [each for each in places(place.like(other), point) if each.path == place.path]
            assert (place.value, place.number, place.has_decimals, place.is_like_an_amount) == (
                text,
                there,
                True,
                False,
            )
            assert new.number == other
            if abs(there) >= 1_000:  # so that the sign between thousands shows
                assert new.value == spelled(other, point, between)


@pytest.mark.parametrize(
    ("body", "numbers", "unclear"),
    [
        ({"a": "1,234", "b": "12,50"}, ["1.234", "12.50"], []),
        ({"a": "1,234", "b": "12.50"}, ["1234", "12.50"], []),
        ({"a": "1.234", "b": "12,50"}, ["1234", "12.50"], []),
        ({"a": "1.234", "b": 3}, ["1.234", "3"], []),
        ({"a": "1,234"}, [], ["a"]),
        ({"a": "1,234", "b": "12,50", "c": "12.50"}, ["12.50", "12.50"], ["a"]),
        ({"a": "0,125", "b": "1.234.567", "c": "7"}, ["0.125", "1234567", "7"], []),
        ({"a": "$ 12.50", "b": "12,50-", "c": "EUR 1.234,50", "d": "+12.50"}, [], ["a", "b", "c", "d"]),
        ({"a": "1.2.3", "b": "27.11.2026", "c": "10.100.200.150", "d": "555 123 456", "e": "12,34,56"}, [], []),
        ({"a": "1.234.50", "b": "X 1", "c": "", "d": "2026-11-27", "e": "12:30"}, [], []),
    ],
)  # fmt: skip
def test_what_could_be_two_numbers_is_the_one_that_its_message_writes(
    body: dict[str, object], numbers: list[str], unclear: list[str]
) -> None:
    """Or none, and says so; what is no amount is not taken for one."""
    found = places(json.dumps(body))

    assert [place.number for place in found if place.number is not None] == [Decimal(each) for each in numbers]
    assert [place.path for place in found if place.is_like_an_amount] == unclear


def test_an_amount_that_may_be_no_other_is_named() -> None:
    """A port that refuses a receipt which does not add up hides its amounts, and says which."""

    class Strict(PlainPort):
        def read(self, message: Message) -> Reading:
            (paper,) = super().read(message).papers
            if getattr(paper, "total_minor", 1_999) != 1_999:
                raise InvalidValue("total", paper, "what it was")
            return super().read(message)

    subject = PortSubject("Strict", lambda: Strict("pos"), "pos", (say(specimen("till_sale")),))
    check = [BY_NAME["every_amount_is_seen"], BY_NAME["every_number_counts"]]
    wrong = "total: '19.99' looks like an amount and was never changed, since any other number is refused there; "

    assert prove_port(subject, check).failed[0].wrong.startswith(wrong)
    assert prove_port(subject._replace(left=frozenset(["total"])), check).failed == ()


def test_a_void_whose_items_are_missing_is_not_one_of_the_whole_sale() -> None:
    """What lost its items on the way would undo what was sold beside them."""
    void = altered(specimen("till_sale"), {"is_void": True})
    check = [BY_NAME["what_is_missing_counts_nothing"]]

    assert prove_port(PortSubject("Plain", lambda: PlainPort("pos"), "pos", (say(void),)), check).failed == ()
    broken = PortSubject("Broken", lambda: AllWhereNoneIsNamed("pos"), "pos", (say(void),))
    assert (
        prove_port(broken, check).failed[0].wrong == "without items a till_sale has no items, which means all of them"
    )


def test_a_reading_that_takes_too_long_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the time of a processor, not by the clock on the wall."""

    class Slow(PlainPort):
        def read(self, message: Message) -> Reading:
            until = process_time() + 0.03
            while process_time() < until:
                pass
            return super().read(message)

    monkeypatch.setattr(subjects, "LONGEST_S", 0.02)
    report = prove_port(SOUND_PORTS[0]._replace(make=lambda: Slow("channel")), PORT_CHECKS[:1])
    assert report.failed == ()  # it reads nothing

    report = prove_port(SOUND_PORTS[0]._replace(make=lambda: Slow("channel")), PORT_CHECKS[2:3])
    assert "took 0.0 s" in report.failed[0].wrong


class Delimited:
    """A port of deliveries in a syntax of its own."""

    capabilities = PlainPort("carrier").capabilities

    def read(self, message: Message) -> Reading:
        """Return what a line of words says."""
        return hear(
            message._replace(body=json.dumps(dict([each.partition("=")[::2] for each in message.body.split(";")])))
        )

    def write(self, paper: object) -> Message:
        """Write nothing."""
        raise InvalidValue("paper", paper, "written")


def test_a_syntax_of_its_own_has_places_and_needs_strange_values_of_its_own() -> None:
    """The kit says so, and takes them."""
    check = [BY_NAME["what_is_unknown_is_listed"]]
    subject = PortSubject(
        "Delimited", Delimited, "carrier", (Message("delivery", "id=d1;occurred_at=2026-11-27T12:00:00Z"),)
    )

    assert "give `strange`" in prove_port(subject, check).failed[0].wrong
    assert prove_port(subject._replace(strange=lambda body: [Strange(f"{body};odd=1", "odd")]), check).failed == ()
    deaf = subject._replace(strange=lambda body: [Strange(body, "odd")])
    assert "odd in the message was dropped" in prove_port(deaf, check).failed[0].wrong


def test_a_report_of_a_port_is_that_of_a_store() -> None:
    """What is claimed, what goes over such a port and is not claimed, each check with its rule."""
    report = prove_port(TestShopify.subject(), PORT_CHECKS[:2])
    page = report.markdown()

    assert page.startswith("# TestShopify: 2 of 2 checks passed\n\nunicommerce ")
    assert "seed" not in page
    assert "- claimed and tested: reads sales_order" in page
    assert "- not claimed, not tested: reads goods_return" in page
    assert "| what_is_claimed_is_shown | Each form that is claimed comes out of a sample" in page


def test_a_contract_that_cannot_be_meant_is_refused() -> None:
    """A message would be taken for its fields, a name for its letters, and the wrong things be tested."""
    with pytest.raises(InvalidValue, match="samples"):
        type("TestOne", (PortContract,), {"samples": Message("receipt", "{}")})
    with pytest.raises(InvalidValue, match="means"):
        type("TestThree", (PortContract,), {"means": ((Message("receipt", "{}"), specimen("till_sale")),)})
    with pytest.raises(InvalidValue, match="left"):
        type("TestTwo", (PortContract,), {"left": "total"})


def test_what_is_named_as_left_must_be_there_and_be_left() -> None:
    """So a list of names does not outlive what it was for, and hides nothing new."""
    check = [BY_NAME["every_number_counts"]]
    subject = TestShopify.subject()

    stale = prove_port(subject._replace(left=subject.left | {"total_price"}), check).failed[0].wrong
    dropped = prove_port(subject._replace(left=subject.left - {"grams"}), check).failed[0].wrong
    assert stale == "named in `left`, and no number that is left in a sample: total_price"
    assert dropped.startswith("count for nothing, and are not named in `left`: fulfillment.line_items.grams, ")


@pytest.mark.parametrize("form", sorted({form for ways in PORTS.values() for way in ways for form in way}))
def test_a_specimen_says_something_in_every_field(form: str) -> None:
    """But for flags, which are down."""
    paper = specimen(form)

    assert paper.form == form
    assert [field.name for field in attrs.fields(type(paper)) if getattr(paper, field.name) in ("", None)] == []


def test_what_shopify_cannot_say_is_not_sent() -> None:
    """An order with a way of sending would reach the shop without it."""
    order = SalesOrder(id="1", placed_at=0, currency="USD", lines=(Line("1", "MUG", 1),), total_minor=0, service="bike")

    with pytest.raises(InvalidValue, match=r"sales_order\.service: 'bike' is not something that shopify can say"):
        Shopify().write(order)


def test_a_plain_port_says_what_the_other_side_hears() -> None:
    """Both ways, by one form of words; and a kind that is none is refused."""
    for form in PORTS["wms"][1]:
        assert hear(PlainPort("wms").write(specimen(form))) == Reading(papers=(specimen(form),))
    for form in PORTS["wms"][0]:
        assert PlainPort("wms").read(say(specimen(form))).papers == (specimen(form),)
    with pytest.raises(InvalidValue, match="kind"):
        PlainPort("fax")


def table() -> str:
    """Return the table of broken ports and the checks that each failed."""
    lines = ["| port | checks | rejected by |", "|---|---|---|"]
    for subject in (TestShopify.subject(), *SOUND_PORTS):
        report = prove_port(subject)
        lines.append(f"| {subject.name} | {len(report.results)} | {', '.join(r.check for r in report.failed) or '-'} |")
    for subject, check in PORT_SABOTEURS:
        names = [f"**{each.check}**" if each.check == check else each.check for each in prove_port(subject).failed]
        lines.append(f"| {subject.name} | {len(PORT_CHECKS)} | {', '.join(names)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())  # noqa: T201 - it was asked to
