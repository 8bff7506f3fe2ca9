"""How far a system has come, as a small value that a host keeps beside the journal, and what became of each letter.

Losing the value repeats deliveries and never loses one: what is settled is forgotten, so it would be sent again, under
the ids that the receiver knows.
"""

from collections.abc import Mapping
from enum import StrEnum
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
    "LaneState",
    "Outcome",
    "Parked",
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


class Parked(NamedTuple):
    """What comes after a dead letter in its key: so many letters, left to the journal from the position `since` on.

    At that position only letters of these `ids` are meant, where there are any: others of its entry are settled.
    """

    key: str
    since: int
    ids: tuple[str, ...]
    letters: int

    def covers(self, owed: Owed) -> bool:
        """Tell whether a letter of the key is among them."""
        return owed.position > self.since or (owed.position == self.since and owed.id in (self.ids or (owed.id,)))


class LaneState(StrEnum):
    """Whether a lane reads on, and why not; in each of them it goes on to send what it holds."""

    FOLLOWING = "following"
    """It reads what comes."""
    FULL = "full"
    """It holds as many letters as it may, and reads once some are delivered: the system is slow, or does not answer."""
    BURIED = "buried"
    """Dead letters alone are as many as it may hold: it reads once people have looked at them."""
    CATCHING_UP = "catching_up"
    """It reads again what it had left to the journal behind a dead letter, and then what comes."""


class Counts(NamedTuple):
    """What became of all that was taken from the journal in a lane.

    `taken` is the sum of those delivered, dropped, waiting and dead. Of those waiting, `parked` are left to the journal
    behind dead letters of their keys.
    """

    taken: int
    delivered: int
    dropped: int
    waiting: int
    dead: int
    parked: int = 0


@frozen(kw_only=True)
class LaneProgress:
    """How far a lane has come: the journal was taken up to `position`, and of that these letters are not settled."""

    lane: str
    position: int = 0
    waiting: tuple[Owed, ...] = ()
    dead: tuple[DeadLetter, ...] = ()
    parked: tuple[Parked, ...] = ()
    taken: int = 0
    delivered: int = 0
    dropped: int = 0

    @property
    def needs_from(self) -> int:
        """Return the first position of the journal that it has yet to read, for the first time or again."""
        letters = [owed.position for owed in (*self.waiting, *[letter.owed for letter in self.dead])]
        return min([self.position + 1, *letters, *[parked.since for parked in self.parked]])


@frozen(kw_only=True)
class Progress:
    """How far a system has come."""

    system: str
    lanes: tuple[LaneProgress, ...] = ()

    @property
    def needs_from(self) -> int:
        """Return the first position that has to stay in the journal: retention lets go of what is before it.

        >>> Progress(system="erp", lanes=(LaneProgress(lane="normal", position=7),)).needs_from
        8
        """
        return min([lane.needs_from for lane in self.lanes], default=1)

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
        "parked": [[key, since, list(ids), letters] for key, since, ids, letters in lane.parked],
        "counts": [lane.taken, lane.delivered, lane.dropped],
    }


def _lane(plain: object) -> LaneProgress:
    match plain:
        case {
            "lane": str(lane),
            "position": int(position),
            "waiting": [*waiting],
            "dead": [*dead],
            "parked": [*parked],
            "counts": [int(taken), int(delivered), int(dropped)],
        }:
            return LaneProgress(
                lane=lane,
                position=position,
                waiting=tuple(map(_owed, waiting)),
                dead=tuple(map(_dead, dead)),
                parked=tuple(map(_parked, parked)),
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


def _parked(plain: object) -> Parked:
    match plain:
        case [str(key), int(since), [*ids], int(letters)]:
            return Parked(key, since, tuple(map(str, ids)), letters)
    raise InvalidValue("parked letters of progress", plain, "what Progress.plain returned")


CODES: Mapping[str, DeliveryCode] = {code.value: code for code in DeliveryCode}


def _dead(plain: object) -> DeadLetter:
    match plain:
        case [[*owed], str(code), str(why), int() | None as times, int(attempts), int(died_at)] if code in CODES:
            letter = _owed(owed)
            return DeadLetter(letter, Reason(CODES[code], letter.id, why, times), attempts, died_at)
    raise InvalidValue("dead letter of progress", plain, "what Progress.plain returned")
