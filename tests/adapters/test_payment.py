"""What became of money is read and asked for to the minor unit, and a request is known again by its key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples.adapters.payment import STATUS, PaymentProvider
from tests.adapters.cases import fields_that_count, payload, read
from unicommerce.errors import InvalidValue
from unicommerce.intake import Intake, take
from unicommerce.ports import Item, Message, Offered, Paper, Payment, Reading, Refund
from unicommerce.testing.ports import PortContract

PROVIDER = PaymentProvider()
NINE, DAY, MINUTE = 1_795_770_000_000, 86_400_000, 60_000
"""2026-11-27T09:00:00Z."""

TABLE: dict[tuple[str, str], Payment | Refund] = {
    ("authorized.json", "payment.authorized"): Payment(
        id="auth-1",
        status="authorized",
        order="o1",
        currency="EUR",
        amount_minor=5990,
        tender="card",
        occurred_at=NINE,
    ),
    ("captured.json", "payment.captured"): Payment(
        id="cap-1",
        status="captured",
        of="auth-1",
        order="o1",
        currency="EUR",
        amount_minor=3990,
        tender="card",
        occurred_at=NINE + 400 * MINUTE,
    ),
    ("failed.json", "payment.failed"): Payment(
        id="auth-2",
        status="failed",
        order="o2",
        currency="JPY",
        amount_minor=1200,
        tender="wallet",
        reason="insufficient_funds",
        occurred_at=NINE + 30 * MINUTE,
    ),
    ("refunded.json", "refund.succeeded"): Refund(
        id="ref-1",
        payment="cap-1",
        order="o1",
        currency="EUR",
        amount_minor=1990,
        tax_minor=318,
        items=(Item("MUG", 1, "1"),),
        occurred_at=NINE + 5 * DAY - 45 * MINUTE,
    ),
    ("disputed.json", "dispute.opened"): Payment(
        id="dis-1",
        status="disputed",
        of="cap-1",
        order="o1",
        currency="EUR",
        amount_minor=2000,
        reason="not_received",
        due_at=NINE + 23 * DAY + 15 * 60 * MINUTE - 1000,
        occurred_at=NINE + 9 * DAY + 60 * MINUTE,
    ),
}
COUNT = {"authorized.json": 6, "captured.json": 7, "failed.json": 7, "refunded.json": 10, "disputed.json": 8}
TEXTS = st.sampled_from(["", "card", "Zürich 7"])
IDS = st.sampled_from(["1", "o1/s1", "größe"])
MOMENTS = st.none() | st.integers(0, 2**41)
MONEY = {"currency": st.sampled_from(["EUR", "JPY", "KWD"]), "amount_minor": st.integers(0, 2**50)}
PAPERS = st.one_of(
    st.builds(
        Payment,
        id=IDS,
        status=st.sampled_from(sorted({*STATUS.values()})),
        of=st.just("") | IDS,
        order=st.just("") | IDS,
        tender=TEXTS,
        reason=TEXTS,
        due_at=MOMENTS,
        occurred_at=MOMENTS,
        **MONEY,
    ),
    st.builds(
        Refund,
        id=IDS,
        order=IDS,
        payment=st.just("") | IDS,
        items=st.lists(st.builds(Item, IDS, st.integers(1, 99), TEXTS, TEXTS), max_size=2).map(tuple),
        tax_minor=st.integers(0, 2**40),
        occurred_at=MOMENTS,
        **MONEY,
    ),
)


class TestPaymentProvider(PortContract):
    """The payment provider keeps the contract of ports."""

    kind = "payment"
    means = tuple([(payload("payment", *key), (paper,)) for key, paper in TABLE.items()])
    samples = tuple([message for message, _ in means])
    refused = tuple([(Message(topic, "{}"), "topic") for topic in PROVIDER.capabilities.refuses])

    @staticmethod
    def make_port() -> PaymentProvider:
        """Make the port."""
        return PaymentProvider()


@pytest.mark.parametrize(("name", "topic"), TABLE)
def test_a_payload_becomes_this_paper(name: str, topic: str) -> None:
    """And every value of it was read, or left on purpose; so many of them count. No room takes it yet."""
    message = payload("payment", name, topic)
    reading = PROVIDER.read(message)

    assert reading == Reading(papers=(TABLE[name, topic],))
    assert len(fields_that_count(PROVIDER, message)) == COUNT[name]
    assert take(reading, Intake()) == ((), reading.papers)


@given(PAPERS)
def test_what_is_written_is_read_again(paper: Paper) -> None:
    """Whatever a paper says, and of every status, to the minor unit."""
    assert PROVIDER.read(PROVIDER.write(paper)) == Reading(papers=(paper,))


@given(PAPERS, PAPERS)
def test_a_request_is_known_by_its_key(paper: Paper, other: Paper) -> None:
    """The same paper has the same key, written again; another id or another thing to do has another."""
    first, second = PROVIDER.write(paper), PROVIDER.write(other)

    assert PROVIDER.write(paper) == first
    assert first.id
    assert (first.id == second.id) == ((first.topic, name(paper)) == (second.topic, name(other)))


def name(paper: Paper) -> str:
    """Return the id of a payment or refund."""
    assert isinstance(paper, Payment | Refund)
    return paper.id


def test_what_is_no_payment_is_refused_by_name() -> None:
    """A topic of other things, an amount with a part of a minor unit, a paper of another port."""
    assert read(PROVIDER, Message("payout.paid", "{}")) == "topic"
    assert read(PROVIDER, Message("refund.failed", "{}")) == "topic"
    half = payload("payment", "captured.json", "payment.captured")
    assert read(PROVIDER, half._replace(body=half.body.replace("3990", "3990.5"))) == "amount_minor"
    long = Refund(id="1", order="o", currency="EUR", amount_minor=1, items=(Item("MUG", 1),) * 1_001)
    with pytest.raises(InvalidValue, match=r"refund\.items"):
        PROVIDER.write(long)
    with pytest.raises(InvalidValue, match="paper"):
        PROVIDER.write(Offered(channel="web", sku="MUG", quantity=1, version=1))
