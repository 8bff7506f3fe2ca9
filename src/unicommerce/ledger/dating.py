"""When a step occurred that was implied: as of another moment than its record says, once somebody tells it.

An implied step is recorded as of the message that implied it, the latest moment at which it can have happened. What it
moved is counted by that moment (`moved`), so a count between the two would be undone. Its entry stays as it is; two
others, one as of each moment, move what `moved` counts there and back, in accounts of their own: on hand and every
other balance stay (docs/decisions/0007).
"""

from collections.abc import Iterable
from typing import ClassVar, NamedTuple

import attrs

from ..errors import TooOld
from ..values import LARGEST, Unit, frozen, whole
from .accounts import Account, Movement
from .answers import Guard, Unchanged
from .records import Asked, Document, Entry, Key, record
from .state import Wanted
from .store import Store

__all__ = ["Dated", "Moment", "Told", "being_dated", "date"]

CAME, LEFT = "dated_in", "dated_out"
"""States in which `moved` of what came, and of what left, is set right; over both entries of it each is empty.

They are two, so that of what is set right at once at a place nothing hides the other: each has one sign.
"""

Change = tuple[Unit, str, int]
"""What came to a place or a pile of a unit; below zero: what left it."""


def being_dated(place: str) -> tuple[Account, ...]:
    """Return accounts of which one holds something while half of a pair only is on record: `moved` is no use then.

    >>> [account.state for account in being_dated("dc")]
    ['dated_in', 'dated_out']
    """
    return (Account(place, CAME), Account(place, LEFT))


@frozen(kw_only=True)
class Moment:
    """When a step occurred (ms UTC) that was implied, as is known by now; `is_told` where a message of it said so."""

    entry: str
    revision: int = 1
    at: int
    is_told: bool = False

    def __attrs_post_init__(self) -> None:
        whole(self.at, "at", -LARGEST)

    @property
    def key(self) -> "Key[Moment]":
        """Return the key."""
        return moment_key(self.entry)

    @property
    def due_at(self) -> None:
        """Ask for nothing."""
        return


def moment_key(entry: str) -> Key[Moment]:
    """Return the key of the moment of an entry."""
    return Key("ledger.moment", entry)


@frozen(kw_only=True)
class Dated:
    """What an entry moved is counted as of another moment, or (`moment` is None) no more as of the one before.

    Moves: the changes of each place, in and out of accounts that hold nothing once both are on record. `said` are texts
    by name that nobody had said of it before, as a tracking id; `asked` of its entry is all that the message said.
    """

    kind: ClassVar[str] = "ledger.dated"
    entry: str
    changes: tuple[Change, ...] = ()
    moment: Moment | None = None
    said: tuple[tuple[str, str], ...] = ()

    def movements(self) -> tuple[Movement, ...]:
        """Move what `moved` counts."""
        return tuple([self._movement(*change) for change in self.changes])

    def _movement(self, unit: Unit, place: str, change: int) -> Movement:
        state = CAME if (change > 0) is (self.moment is not None) else LEFT
        other, own = Account(f"entry:{self.entry}", state), Account(place, state)
        return Movement(abs(change), unit, *((other, own) if change > 0 else (own, other)))

    def documents(self) -> tuple[Document, ...]:
        """Set down the moment."""
        return (self.moment,) if self.moment else ()


class Told(NamedTuple):
    """What a message of a step tells, by name, and what of it nobody had said before."""

    said: Asked
    more: Asked


async def date(
    store: Store, step: Entry, at: int | None, *, told: Told | None = None, now: int, cause: str, source: str
) -> Entry | None:
    """Count what an implied step moved as of a moment; return the entry that says so, None where nothing changes.

    Where a message of the step itself is told, its moment stands, or it gives none (None). Else a message implies the
    step again: the earliest such moment counts, until the step is told.
    """
    key, own = moment_key(step.id), f"{step.id}/told"
    while True:
        found = await store.read(Wanted({}, {key: 0}, entry=own if told else ""))
        if found.entry is not None:
            return found.entry
        known = found.documents.get(key)
        before = known if isinstance(known, Moment) else Moment(entry=step.id, revision=0, at=step.occurred_at)
        if not told and (at is None or before.is_told or at >= before.at):
            return None
        revision, then = before.revision + 1, before.at if at is None else at
        id, changes = f"{step.id}/moment/{revision}", () if at is None else _changes(step.movements)
        if changes:
            back = Dated(entry=step.id, changes=tuple([(unit, place, -change) for unit, place, change in changes]))
            undone = record(f"{id}/before", (back,), now=now, occurred_at=before.at, cause=cause, source=source)
            await _append(store, undone)
        said, more = told or Told((), ())
        moment = Moment(entry=step.id, revision=revision, at=then, is_told=told is not None and at is not None)
        dated = Dated(entry=step.id, changes=changes, moment=moment, said=_texts(more))
        id = own if told else id
        entry = record(id, (dated,), now=now, occurred_at=then, asked=said, cause=cause, source=source)
        if (recorded := await _append(store, entry, (Unchanged(key, before.revision),))) is not None:
            return recorded


def _changes(movements: Iterable[Movement]) -> tuple[Change, ...]:
    changes: dict[tuple[Unit, str], int] = {}
    for movement in movements:
        for place, change in movement.moves():
            changes[movement.unit, place] = changes.get((movement.unit, place), 0) + change
    return tuple([(unit, place, change) for (unit, place), change in sorted(changes.items()) if change])


def _texts(named: Asked) -> tuple[tuple[str, str], ...]:
    pairs = [pair for pair in named if isinstance(pair, tuple)]
    return tuple([(name, value) for name, value in pairs if isinstance(value, str)])


async def _append(store: Store, entry: Entry, guards: tuple[Guard, ...] = ()) -> Entry | None:
    """Append; what occurred before the horizon, after which counts are kept, occurred at the horizon for them."""
    while True:
        try:
            recorded = await store.append(entry, guards)
        except TooOld as error:
            entry = attrs.evolve(entry, occurred_at=error.horizon)
        else:
            return recorded.entry if recorded else None
