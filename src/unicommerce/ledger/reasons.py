"""Reasons are data with numbers: a code, whom it is about, what was found and what was needed.

Each room has one table of codes; the sentence that stands with a code is its documentation, and `explain` alone makes
English of it.
"""

from enum import StrEnum
from typing import NamedTuple, Self

__all__ = ["LedgerCode", "Reason", "ReasonCode"]


class ReasonCode(StrEnum):
    """The base of every room's table of reason codes: the wire name, and the sentence that explains it.

    The order of the members is their precedence: the first that applies is named first. A sentence may use
    `{subject}`, `{found}`, `{needed}` and `{unit}` of its reason.
    """

    sentence: str

    def __new__(cls, value: str, sentence: str) -> Self:
        """Make a member of a wire name and a sentence."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.sentence = sentence
        return member


class LedgerCode(ReasonCode):
    """The reasons that the ledger itself gives."""

    ALREADY_DONE = "ledger.already_done", "{subject} is on record already; nothing was done again"
    DISAGREES = "ledger.disagrees", "{subject} says {unit} {needed}, but {found} is on record"


class Reason(NamedTuple):
    """Why: a code, whom it is about, what was found and what was needed; `unit` says what the two numbers count."""

    code: ReasonCode
    subject: str
    found: int | str | None = None
    needed: int | str | None = None
    unit: str = ""
