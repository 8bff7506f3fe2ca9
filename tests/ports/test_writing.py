"""What is sent is the paper: too long, of another form or not to be said in full, it is refused by its field."""

import pytest

from unicommerce.errors import InvalidValue
from unicommerce.ports import Capabilities, Delivery, Item, Message, Paper, Reading, Receipt, faithful

RECEIPT = Receipt(id="r1", node="dc", items=(Item("MUG", 2),), occurred_at=5)


class Blunt:
    """A port that reads one paper in whatever comes."""

    capabilities = Capabilities(system="blunt", reads=("receipt",), writes=("receipt",), most_lines=1)

    def __init__(self, *papers: Paper) -> None:
        self.papers = papers

    def read(self, _message: Message) -> Reading:
        """Return the same each time."""
        return Reading(papers=self.papers)

    def write(self, paper: Paper) -> Message:
        """Return a message if it says the paper."""
        self.capabilities.takes(paper)
        return faithful(self, paper, Message("any", "text"))


@pytest.mark.parametrize(
    ("read", "field"),
    [
        ((Receipt(id="r1", node="dc", items=(Item("MUG", 2),)),), "receipt.occurred_at"),
        ((Receipt(id="r1", node="dc", items=(Item("MUG", 3),), occurred_at=5),), "receipt.items"),
        ((Delivery(id="r1"),), "paper"),
        ((RECEIPT, RECEIPT), "paper"),
        ((), "paper"),
    ],
)
def test_what_would_be_read_otherwise_is_refused_by_the_field_that_differs(read: tuple[Paper, ...], field: str) -> None:
    """And what is read as it is goes out."""
    with pytest.raises(InvalidValue) as refused:
        Blunt(*read).write(RECEIPT)

    assert refused.value.field == field
    assert Blunt(RECEIPT).write(RECEIPT) == Message("any", "text")


def test_a_paper_is_taken_in_the_forms_and_of_the_length_that_are_claimed() -> None:
    """One line more is refused by its name."""
    with pytest.raises(InvalidValue, match=r"receipt\.items: 2 is not at most 1"):
        Blunt().write(Receipt(id="r1", node="dc", items=(Item("MUG", 2), Item("CUP", 2))))
    with pytest.raises(InvalidValue, match="paper: 'delivery' is not one of receipt"):
        Blunt().write(Delivery(id="d1"))
