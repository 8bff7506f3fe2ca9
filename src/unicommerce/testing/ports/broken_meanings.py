"""Tills that read every number and name, each once and exactly, and take a message for something that it is not."""

from collections.abc import Callable, Mapping

import attrs

from ...ports import Message, Paper, Payment, Reading, SalesOrder, TillSale
from .plain import PlainPort
from .shape import altered

__all__ = ["MISTAKES", "LastTicketVoided", "Mistaken"]


class Mistaken(PlainPort):
    """A till that only reads receipts, and makes the same mistake in each."""

    def __init__(self, mistake: Callable[[Paper], Paper]) -> None:
        super().__init__("pos")
        reads = (TillSale.form, SalesOrder.form, Payment.form)
        self.capabilities = attrs.evolve(self.capabilities, reads=reads, writes=())
        self._mistake = mistake

    def read(self, message: Message) -> Reading:
        """Read, and mistake it."""
        reading = super().read(message)
        return attrs.evolve(reading, papers=tuple(map(self._mistake, reading.papers)))


class LastTicketVoided(Mistaken):
    """A void is of the ticket that was there before."""

    def __init__(self) -> None:
        super().__init__(self._of_the_last)
        self._last = ""

    def _of_the_last(self, paper: Paper) -> Paper:
        if not isinstance(paper, TillSale):
            return paper
        if paper.is_void:
            return attrs.evolve(paper, sale=self._last or paper.sale)
        self._last = paper.id
        return paper


def _for_each_piece(paper: Paper) -> Paper:
    """What is taken off a line is taken off each of its pieces."""
    if not isinstance(paper, SalesOrder):
        return paper
    lines = [line._replace(discount_minor=line.discount_minor * line.quantity) for line in paper.lines]
    return altered(paper, {"lines": tuple(lines)})


def _sold(paper: Paper) -> Paper:
    """What came back was sold."""
    return attrs.evolve(paper, is_return=False) if isinstance(paper, TillSale) else paper


def _of_itself(paper: Paper) -> Paper:
    """A void is of a ticket of its own number."""
    is_void = isinstance(paper, TillSale) and paper.is_void
    return altered(paper, {"sale": getattr(paper, "id", "")}) if is_void else paper


def _by_card(paper: Paper) -> Paper:
    """Whatever was paid with, it was a card."""
    return attrs.evolve(paper, tender="card") if isinstance(paper, Payment) else paper


MISTAKES: Mapping[str, Callable[[Paper], Paper]] = {
    "DiscountForEachPiece": _for_each_piece,
    "ReturnsSold": _sold,
    "VoidsOfThemselves": _of_itself,
    "AllPaidByCard": _by_card,
}
"""What a paper is mistaken for, by the name of the mistake."""
