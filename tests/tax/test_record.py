"""What a document of finance will hold comes back from the wire as it was."""

import attrs
from hypothesis import given
from hypothesis import strategies as st

from tests.tax.calls import IN_WASHINGTON, TABLES, asked, silent
from tests.tax.drawn import SCHEMES, Levied, levied, sale
from unicommerce.codec import Codec
from unicommerce.ledger import Key
from unicommerce.tax import Scheme, TaxAnswer, TaxRequest, standing_in
from unicommerce.values import frozen


@frozen(kw_only=True)
class Bill:
    """A document as finance may make it: an answer, and what it answers."""

    id: str
    revision: int = 1
    answer: TaxAnswer
    request: TaxRequest

    @property
    def key(self) -> "Key[Bill]":
        """Return the key."""
        return Key("tests.bill", self.id)

    @property
    def due_at(self) -> None:
        """Ask for nothing."""
        return


CODEC = Codec().extended(documents={"tests.bill": Bill})


@given(levied(), st.sampled_from(SCHEMES))
def test_an_answer_and_its_question_come_back(lines: Levied, scheme: Scheme) -> None:
    """Line by line, component by component; a rate is the text that it was."""
    bill = Bill(id="b1", answer=sale(lines, scheme), request=asked(*[line for line, _ in lines], **IN_WASHINGTON))

    assert CODEC.decode_document(CODEC.encode(bill)) == bill


def test_reasons_come_back_with_their_codes() -> None:
    """Why a till reckoned by its own table stays on record."""
    request = asked(**IN_WASHINGTON, marketplace="bazaar")
    answer = standing_in(silent, other=TABLES)(request)
    assert isinstance(answer, TaxAnswer)
    bill = Bill(id="b1", answer=attrs.evolve(answer, document="b1"), request=request)

    back = CODEC.decode_document(CODEC.encode(bill))

    assert isinstance(back, Bill)
    assert [type(reason.code) for reason in back.answer.because] == [type(reason.code) for reason in answer.because]
    assert back == bill
