"""What a message said is put on record before anybody is told that it arrived: shared by the bus and the HTTP edge."""

from unicommerce.commerce import AsyncCommerce
from unicommerce.intake import Intake, Taken, take
from unicommerce.ledger import Decision, Refused, explain
from unicommerce.ports import Message, Port, Reading
from unicommerce.values import frozen

__all__ = ["Outcome", "record", "refusals"]


@frozen(kw_only=True)
class Outcome:
    """What became of a message: how it was read, what that meant, and what each of its steps was answered."""

    reading: Reading
    taken: Taken
    decisions: tuple[Decision, ...]


async def record(commerce: AsyncCommerce, port: Port, message: Message, *, intake: Intake, now: int) -> Outcome:
    """Read a message and put on record what it says, at a moment (ms UTC); again it is a repeat.

    Raises `InvalidValue` for what cannot be read, `Contradiction` for what an id is on record with otherwise.
    """
    reading = port.read(message)
    taken, source = take(reading, intake), port.capabilities.system
    decisions = [await commerce.enter(step, now=now, source=source) for step in taken.steps]
    return Outcome(reading=reading, taken=taken, decisions=tuple(decisions))


def refusals(outcome: Outcome) -> str:
    """Say in English what was refused of a message; empty where nothing was."""
    return "\n".join([explain(decision) for decision in outcome.decisions if isinstance(decision, Refused)])
