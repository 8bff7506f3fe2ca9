"""How far a system has come, as a small value that a host keeps beside the journal, and what became of each letter.

Losing the value repeats deliveries and never loses one: what is settled is forgotten, so it would be sent again, under
the ids that the receiver knows.
"""

from collections.abc import Mapping
from typing import NamedTuple, Self

from ..errors import InvalidValue
from ..ledger import Reason
from ..values import frozen
from .codes import DeliveryCode
from .reactions import Owed

__all__ = [
    "Counts",
    "DeadLetter",
    "Delivered",
    "LaneProgress",
    "Outcome",
    "Progress",
    "Rejected",
    "Skipped",
    "Unavailable",
]


class Delivered(NamedTuple):
    """The system has it."""


class Rejected(NamedTuple):
    """The system answered that it will not take this letter, and why; asking again would not help."""

    why: str


class Skipped(NamedTuple):
    """There is nothing to say to the system, which was not asked; so this does not tell whether it answers."""


class Unavailable(NamedTuple):
    """Nobody answered, or not now: `retry_at` (ms UTC) is when the system wants to be asked again, where it said so."""

    why: str
    retry_at: int | None = None


Outcome = Delivered | Rejected | Skipped | Unavailable


class DeadLetter(NamedTuple):
    """A letter that is not sent again by itself: why, how often it was tried, since when (ms UTC)."""

    owed: Owed
    because: Reason
    attempts: int
    died_at: int


class Counts(NamedTuple):
    """What became of all that was taken from the journal in a lane: `taken` is the sum of the others."""

    taken: int
    delivered: int
    dropped: int
    waiting: int
    dead: int


@frozen(kw_only=True)
class LaneProgress:
    """How far a lane has come: the journal was taken up to `position`, and of that these letters are not settled."""

    lane: str
    position: int = 0
    waiting: tuple[Owed, ...] = ()
    dead: tuple[DeadLetter, ...] = ()
    taken: int = 0
    delivered: int = 0
    dropped: int = 0


@frozen(kw_only=True)
class Progress:
    """How far a system has come."""

    system: str
    lanes: tuple[LaneProgress, ...] = ()

    def plain(self) -> dict[str, object]:
        """Return it as what JSON can hold; `Progress.of` is the inverse."""
        return {"system": self.system, "lanes": [_plain(lane) for lane in self.lanes]}

    @classmethod
    def of(cls, plain: object) -> Self:
        """Return the progress that `plain` made. Raises `InvalidValue` for anything else.

        >>> Progress.of(Progress(system="erp").plain())
        Progress(system='erp', lanes=())
        """
        match plain:
            case {"system": str(system), "lanes": [*lanes]}:
                return cls(system=system, lanes=tuple(map(_lane, lanes)))
        raise InvalidValue("progress", plain, "what Progress.plain returned")


def _plain(lane: LaneProgress) -> dict[str, object]:
    return {
        "lane": lane.lane,
        "position": lane.position,
        "waiting": [list(owed) for owed in lane.waiting],
        "dead": [
            [list(owed), because.code.value, because.found, because.needed, attempts, died_at]
            for owed, because, attempts, died_at in lane.dead
        ],
        "counts": [lane.taken, lane.delivered, lane.dropped],
    }


def _lane(plain: object) -> LaneProgress:
    match plain:
        case {
            "lane": str(lane),
            "position": int(position),
            "waiting": [*waiting],
            "dead": [*dead],
            "counts": [int(taken), int(delivered), int(dropped)],
        }:
            return LaneProgress(
                lane=lane,
                position=position,
                waiting=tuple(map(_owed, waiting)),
                dead=tuple(map(_dead, dead)),
                taken=taken,
                delivered=delivered,
                dropped=dropped,
            )
    raise InvalidValue("lane of progress", plain, "what Progress.plain returned")


def _owed(plain: object) -> Owed:
    match plain:
        case [str(id), int(position), str(what), str(key), str(repaired)]:
            return Owed(id, position, what, key, repaired)
    raise InvalidValue("letter of progress", plain, "what Progress.plain returned")


CODES: Mapping[str, DeliveryCode] = {code.value: code for code in DeliveryCode}


def _dead(plain: object) -> DeadLetter:
    match plain:
        case [[*owed], str(code), str(why), int() | None as times, int(attempts), int(died_at)] if code in CODES:
            letter = _owed(owed)
            return DeadLetter(letter, Reason(CODES[code], letter.id, why, times), attempts, died_at)
    raise InvalidValue("dead letter of progress", plain, "what Progress.plain returned")
