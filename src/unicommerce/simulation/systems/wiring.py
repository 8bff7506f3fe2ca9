"""The steps of a host between a system and the journal, each one to be replaced by a planted bug."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from ...delivery import DeliveryPolicy, Follower, Letter, Outcome, Progress, Reaction
from ...intake import Intake, Taken, take
from ...ports import Reading
from .tables import TABLE

__all__ = ["POLICY", "Follow", "Wiring"]

POLICY = DeliveryPolicy(window=60, attempts=8)
"""How patient hosts are: windows are small, so that they are full now and then."""


class Follow(Protocol):
    """What makes the delivery machine of a system."""

    def __call__(
        self, system: str, table: Sequence[Reaction], *, policy: DeliveryPolicy, progress: Progress | None
    ) -> Follower:
        """Make it."""
        ...


def _by_id(letter: Letter, _times: int) -> str:
    return letter.owed.id


def _as_it_is(outcome: Outcome) -> Outcome:
    return outcome


def _taken(reading: Reading, intake: Intake, _number: int) -> Taken:
    return take(reading, intake)


class Wiring(NamedTuple):
    """How a host plugs a system in.

    - `follow` makes its delivery machine; `table` says what systems are owed.
    - `sign` gives a message its id by the letter and how often it was sent; `heard` is what it makes of an outcome.
    - `take` is given a reading, and the number of the arrival.
    - `acknowledges_first`: a message is settled before it is on record. `forgets_poison`: one that can not be read is
    settled and said nothing of. `stops_at_poison`: it waits for ever, and all that come after it.
    - `keeps_first`: progress is kept before a letter is sent.
    - `is_newer` tells whether a version that is known gives way to another: how the channel keeps its copy.
    """

    table: tuple[Reaction, ...] = TABLE
    follow: Follow = Follower
    sign: Callable[[Letter, int], str] = _by_id
    heard: Callable[[Outcome], Outcome] = _as_it_is
    take: Callable[[Reading, Intake, int], Taken] = _taken
    acknowledges_first: bool = False
    forgets_poison: bool = False
    keeps_first: bool = False
    stops_at_poison: bool = False
    is_newer: Callable[[int, int], bool] = int.__lt__
