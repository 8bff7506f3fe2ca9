"""Stories of money: asked for, given, given back, disputed, settled; and what is odd about messages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unicommerce import Catalog, Commerce, Network
from unicommerce.errors import InvalidValue
from unicommerce.ledger import Accepted, Decision, Memory, Refused, Request, Telling, record, run
from unicommerce.payments import (
    PaymentCode,
    Step,
    Tender,
    TenderKind,
    authorized,
    capture,
    card_balance,
    card_filled,
    dispute_closed,
    disputed,
    lapse,
    money_of,
    moved,
    owed,
    redeem,
    refund,
    settled,
)

CARD, GIFT = Tender(TenderKind.CARD), Tender(TenderKind.GIFT_CARD, "G1")
AMAZON = Tender(TenderKind.AGENT, "amazon")
Asked = Request[object] | Telling[object]


class Till:
    """A shop in memory, in which one order's money is moved."""

    def __init__(self, *steps: Asked) -> None:
        self.store, self.now = Memory(), 1_000
        self.shop = Commerce(Catalog(network=Network(nodes=())), store=self.store)
        self.answers = [self.do(step) for step in steps]

    def do(self, step: Asked) -> Decision:
        """Ask or tell it."""
        if isinstance(step, Request):
            return self.shop.ask(step, now=self.now)
        return self.shop.tell(step, now=self.now)

    def due(self) -> list[str]:
        """Return what asks to be looked at by now."""
        return [document.key.id for document in run(self.store.due(self.now, 10))]

    def stands(self) -> dict[str, int]:
        """Return where the order's money stands, less what is nowhere."""
        return {
            state.value: amount for state, amount in self.shop.see(money_of("o1", "USD")).by_state.items() if amount
        }


def held(amount: int, payment: str = "a1", until: int | None = None) -> Telling[object]:
    """A bank holds it."""
    return authorized(payment, order="o1", tender=CARD, amount_minor=amount, currency="USD", expires_at=until)


def told(payment: str, step: Step, amount: int, tender: Tender = CARD) -> Telling[object]:
    """A provider tells it."""
    return moved(payment, step, order="o1", tender=tender, amount_minor=amount, currency="USD")


def taken(amount: int, id: str = "s1") -> Request[object]:
    """We ask for it."""
    return capture(id, order="o1", amounts={CARD: amount}, currency="USD")


def back(amount: int, id: str = "r1", tender: Tender = CARD) -> Request[object]:
    """We ask to give it back."""
    return refund(id, order="o1", amounts={tender: amount}, currency="USD")


def codes(answer: Decision) -> list[str]:
    """Return what is said."""
    return [reason.code.name for reason in answer.because]


def test_each_shipment_captures_its_part_and_the_rest_is_let_go() -> None:
    """Of 50.00 that a bank holds, two shipments take 45.00."""
    till = Till(held(5000), taken(2000), told("c1", Step.CAPTURED, 2000), taken(2500, "s2"))

    assert till.stands() == {"authorized": 500, "capturing": 2500, "captured": 2000}
    till.do(told("c2", Step.CAPTURED, 2500))
    till.do(told("v1", Step.VOIDED, 500))
    assert till.stands() == {"captured": 4500}


def test_more_than_a_bank_holds_is_not_asked_for() -> None:
    """The numbers are said, and nothing moves."""
    till = Till(held(5000), taken(5001))
    (reason,) = till.answers[1].because

    assert isinstance(till.answers[1], Refused)
    assert (reason.code, reason.found, reason.needed) == (PaymentCode.EXCEEDS_AUTHORIZED, 5000, 5001)
    assert till.stands() == {"authorized": 5000}


def test_refunds_in_parts_never_exceed_what_was_captured() -> None:
    """What is on its way back can not be given back again; what failed can."""
    till = Till(told("c1", Step.CAPTURED, 3000), back(2000), back(1001, "r2"))

    assert codes(till.answers[2]) == ["EXCEEDS_CAPTURED"]
    till.do(told("f1", Step.REFUND_FAILED, 2000))
    assert till.stands() == {"captured": 3000}
    assert isinstance(till.do(back(3000, "r3")), Accepted)
    till.do(told("b1", Step.REFUNDED, 3000))
    assert till.stands() == {}


def test_two_refunds_decided_at_once_can_not_both_be_recorded() -> None:
    """Each rests on the balance that it draws on: the store takes the first, and of the second nothing."""
    till = Till(told("c1", Step.CAPTURED, 3000))
    decided = [back(2000, id).decide(till.store.ledger, None, 0) for id in "ab"]
    yes = [(id, answer) for id, answer in zip("ab", decided, strict=True) if isinstance(answer, Accepted)]
    kept = [run(till.store.append(record(id, each.events, now=0), each.guards)) for id, each in yes]

    assert [recorded is not None for recorded in kept] == [True, False]
    assert till.stands() == {"captured": 1000, "refunding": 2000}


def test_a_refund_that_a_provider_made_by_itself_is_taken() -> None:
    """And what it gave back beyond what there was is named, and seen in the balance."""
    till = Till(told("c1", Step.CAPTURED, 1000), told("b1", Step.REFUNDED, 400), told("b2", Step.REFUNDED, 700))

    assert codes(till.answers[1]) == []
    assert codes(till.answers[2]) == ["BEYOND_CAPTURED"]
    assert till.stands() == {"captured": -100}
    assert till.shop.see(money_of("o1", "USD")).refundable_minor == 0


def test_a_gift_card_pays_and_gets_it_back_at_once() -> None:
    """Its balance is never below zero, and what was paid with it goes back onto it."""
    till = Till(card_filled("g1", card="G1", amount_minor=3000, currency="USD"))

    assert codes(till.do(redeem("1", order="o1", card="G1", amount_minor=3001, currency="USD"))) == ["EXCEEDS_BALANCE"]
    till.do(redeem("2", order="o1", card="G1", amount_minor=3000, currency="USD"))
    assert (till.shop.see(card_balance("G1", "USD")), till.stands()) == (0, {"captured": 3000})
    till.do(back(1000, "r1", GIFT))
    assert (till.shop.see(card_balance("G1", "USD")), till.stands()) == (1000, {"captured": 2000})


def test_what_is_disputed_can_not_be_refunded_as_well() -> None:
    """Until it is won; lost, it has gone back."""
    opened = disputed("d1", order="o1", tender=CARD, amount_minor=800, currency="USD", answer_by=5_000)
    till = Till(told("c1", Step.CAPTURED, 1000), opened)
    till.now = 5_000

    assert codes(till.do(back(201))) == ["EXCEEDS_CAPTURED"]
    assert till.due() == ["d1"]
    till.do(dispute_closed("d1", is_won=True))
    assert (till.stands(), till.due()) == ({"captured": 1000}, [])

    lost = Till(told("c1", Step.CAPTURED, 1000), opened, dispute_closed("d1", is_won=False))
    assert lost.stands() == {"captured": 200}


def test_a_dispute_of_what_went_back_already_is_named() -> None:
    """The bank takes it all the same: below zero is what the customer has had twice."""
    opened = disputed("d1", order="o1", tender=CARD, amount_minor=1000, currency="USD")
    till = Till(told("c1", Step.CAPTURED, 1000), told("b1", Step.REFUNDED, 1000), opened)

    assert codes(till.answers[2]) == ["BEYOND_CAPTURED"]
    assert till.stands() == {"captured": -1000, "disputed": 1000}
    assert codes(till.do(dispute_closed("d2", is_won=True))) == ["UNKNOWN_DISPUTE"]


def test_what_an_agent_collects_it_owes_until_it_settles() -> None:
    """A refund before the settlement is less that it owes; fees are said, and what does not add up is named."""
    till = Till(told("m1", Step.CAPTURED, 5000, AMAZON), told("m2", Step.REFUNDED, 1000, AMAZON))
    assert till.shop.see(owed("amazon", "USD")) == {"o1": 4000}

    answer = till.do(
        settled("st1", agent="amazon", currency="USD", orders={"o1": 4000}, fees={"referral": 600}, paid_minor=3400)
    )
    assert (codes(answer), till.shop.see(owed("amazon", "USD"))) == ([], {})

    odd = settled("st2", agent="amazon", currency="USD", orders={"o1": -200}, paid_minor=-150)
    assert codes(till.do(odd)) == ["NOT_OWED", "DOES_NOT_ADD_UP"]
    assert till.shop.see(owed("amazon", "USD")) == {"o1": 200}


def test_a_bank_lets_go_of_what_it_held_too_long() -> None:
    """As much as is left of it, and not before its time."""
    till = Till(held(5000, until=9_000), taken(2000), lapse("a1"))

    assert codes(till.answers[2]) == ["NOT_YET"]
    till.now = 9_000
    assert till.due() == ["a1"]
    till.do(lapse("a1"))
    assert (till.stands(), till.due()) == ({"capturing": 2000}, [])
    assert codes(till.do(lapse("a9"))) == ["UNKNOWN_PAYMENT"]


HOLDS = st.lists(st.tuples(st.integers(1, 9), st.integers(2, 6) | st.none()), min_size=1, max_size=4)


@given(HOLDS, st.integers(0, 36))
def test_a_bank_lets_go_of_no_other_authorization(holds: list[tuple[int, int | None]], taken_of_it: int) -> None:
    """On one card: what was captured is of what lapses first, and of each that lapses only what is left of it goes."""
    till = Till(*[held(amount, f"a{number}", until) for number, (amount, until) in enumerate(holds)])
    capturing = min(taken_of_it, sum(amount for amount, _ in holds))
    if capturing:
        till.do(taken(capturing))
    left, rest = [], capturing
    for amount, until in sorted(holds, key=lambda hold: hold[1] or 99):
        drawn = min(rest, amount)
        left.append((until or 99, amount - drawn))
        rest -= drawn
    for till.now in range(2, 8):
        for payment in till.due():
            till.do(lapse(payment))
        live = sum(amount for until, amount in left if until > till.now)
        assert till.stands().get("authorized", 0) == live


@pytest.mark.parametrize("step", [Step.CAPTURED, Step.VOIDED])
def test_who_says_which_authorization_was_drawn_on_is_believed(step: Step) -> None:
    """All of the later one was captured, or given up: the first one lapses with all that it holds."""
    till = Till(held(500, "a1", until=2_000), held(400, "a2", until=9_000))
    till.do(moved("c", step, order="o1", tender=CARD, amount_minor=400, currency="USD", authorization="a2"))
    till.now = 2_000
    till.do(lapse("a1"))

    assert till.stands().get("authorized", 0) == 0


@pytest.mark.parametrize("step", [Step.AUTHORIZED, Step.DISPUTED, Step.REFUND_ASKED])
def test_what_is_asked_or_has_a_document_is_not_told_as_moved(step: Step) -> None:
    """A named error with the field and the value."""
    with pytest.raises(InvalidValue, match="step"):
        told("x", step, 1)


@pytest.mark.parametrize("amount", [0, -1])
def test_amounts_are_positive(amount: int) -> None:
    """Zero and less are refused where they come in."""
    for step in (lambda: told("x", Step.CAPTURED, amount), lambda: back(amount), lambda: held(amount)):
        with pytest.raises(InvalidValue):
            step()
    with pytest.raises(InvalidValue):
        refund("r", order="o1", amounts={}, currency="USD")
