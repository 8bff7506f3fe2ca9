"""What a decision answers: `Accepted(events, because, guards)` or `Refused(because)`; reasons are data with numbers.

Guards are the condition under which the answer stays right; a store checks them in the same atomic step as the append.
`explain` alone makes English. A decision never raises for a business "no" and never answers with a bare bool.
"""

from typing import NamedTuple

from ..values import Unit, frozen
from .accounts import Account
from .reasons import Reason
from .records import Document, Event, Key

__all__ = ["Accepted", "Between", "Decision", "Guard", "Refused", "Unchanged", "explain"]


class Between(NamedTuple):
    """Once recorded, these accounts hold together at least `least` and at most `most` of one unit (None: no bound)."""

    unit: Unit
    accounts: tuple[Account, ...]
    least: int | None = 0
    most: int | None = None

    def admits(self, held: int) -> bool:
        """Tell whether the accounts may hold so much together."""
        return (self.least is None or held >= self.least) and (self.most is None or held <= self.most)


class Unchanged(NamedTuple):
    """Until recorded, the document stays at the revision that was read (0: there is none yet)."""

    key: Key[Document]
    revision: int


Guard = Between | Unchanged


@frozen
class Accepted:
    """Yes: what happens, why, and the condition under which this stays right. No events: there is nothing to do."""

    events: tuple[Event, ...] = ()
    because: tuple[Reason, ...] = ()
    guards: tuple[Guard, ...] = ()


@frozen
class Refused:
    """No, and why; nothing was recorded, and asked again it may be accepted."""

    because: tuple[Reason, ...]


Decision = Accepted | Refused


def explain(decision: Decision | Reason) -> str:
    """Say a decision in English: one line for the answer, one for each reason, in the order given; or a reason alone.

    >>> from unicommerce.ledger import LedgerCode
    >>> print(explain(Refused((Reason(LedgerCode.ALREADY_DONE, "claim/b1"),))))
    refused
      claim/b1 is on record already; nothing was done again
    """
    if isinstance(decision, Reason):
        return _sentence(decision)
    head = "accepted" if isinstance(decision, Accepted) else "refused"
    return "\n".join([head, *(f"  {_sentence(reason)}" for reason in decision.because)])


def _sentence(reason: Reason) -> str:
    return reason.code.sentence.format(**reason._asdict())
