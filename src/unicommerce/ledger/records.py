"""What is put on record: events and documents in entries, all of an entry or nothing of it.

An event is immutable and its whole effect is `movements()` and `documents()`, pure functions of the event alone. An
entry stores what they answered when it was recorded: replay applies what is stored and never computes it again.
"""

from typing import ClassVar, Generic, NamedTuple, Protocol, TypeVar

from ..errors import InvalidValue
from ..values import LARGEST, frozen, whole
from .accounts import Movement
from .reasons import Reason

__all__ = ["Asked", "Disagreed", "Document", "Entry", "Event", "Key", "Recorded", "record"]

D_co = TypeVar("D_co", bound="Document", covariant=True)


class Key(NamedTuple, Generic[D_co]):
    """What a document is found by; its type says which class of document that is."""

    kind: str
    id: str


class Document(Protocol):
    """An immutable value with a key and a revision from 1 up, replaced whole: the highest revision counts.

    It never holds a quantity or a status. `due_at` (ms UTC) asks to be looked at then; None asks for nothing.
    """

    @property
    def key(self) -> "Key[Document]":
        """Return what it is found by."""
        ...

    @property
    def revision(self) -> int:
        """Return its revision, from 1."""
        ...

    @property
    def due_at(self) -> int | None:
        """Return the moment (ms UTC) at which it asks to be looked at."""
        ...


class Event(Protocol):
    """Something that happened. `kind` is its name on the wire, a promise for ever."""

    kind: ClassVar[str]

    def movements(self) -> tuple[Movement, ...]:
        """Return what it moves, from the event alone."""
        ...

    def documents(self) -> tuple[Document, ...]:
        """Return what it sets down or replaces, from the event alone."""
        ...


Asked = tuple[object, ...]
"""What was asked or told, where the events do not say it: pairs of a name and a value."""


@frozen
class Entry:
    """What one request or one message put on record: asked again, its id gives the same events.

    Moments are milliseconds UTC; `cause` is the id of the entry that this one follows from, `source` the system that
    asked or told, `because` what the decision rested on.
    """

    id: str
    recorded_at: int
    occurred_at: int
    events: tuple[Event, ...]
    movements: tuple[Movement, ...]
    documents: tuple[Document, ...]
    because: tuple[Reason, ...] = ()
    asked: Asked = ()
    cause: str = ""
    source: str = ""


class Recorded(NamedTuple):
    """An entry and its position in the journal, counted from 1 without gaps."""

    position: int
    entry: Entry


def record(
    id: str,
    events: tuple[Event, ...],
    *,
    now: int,
    occurred_at: int | None = None,
    because: tuple[Reason, ...] = (),
    asked: Asked = (),
    cause: str = "",
    source: str = "",
) -> Entry:
    """Return the entry of these events, with what they move and replace; nothing is stored yet.

    Raises `InvalidValue` where there is no event or a movement is not a positive quantity between two accounts.
    """
    if not events:
        raise InvalidValue("events", events, "one or more events")
    if occurred_at is not None:
        whole(occurred_at, "occurred_at", -LARGEST)
    if len(events) == 1:
        movements, documents = events[0].movements(), events[0].documents()
    else:
        movements = tuple([movement for event in events for movement in event.movements()])
        documents = tuple([document for event in events for document in event.documents()])
    for quantity, unit, source_account, target in movements:
        if type(quantity) is not int or quantity <= 0 or source_account == target:
            raise InvalidValue(f"{id}: movement of {unit}", quantity, "a positive quantity between two accounts")
    # By position: ten keywords would take three times as long, in the hottest call there is.
    occurred = now if occurred_at is None else occurred_at
    return Entry(id, now, occurred, events, movements, documents, because, asked, cause, source)


@frozen(kw_only=True)
class Disagreed:
    """A message came for a step that was implied by a later one, and told it otherwise; the first story stands."""

    kind: ClassVar[str] = "ledger.disagreed"
    entry: str
    field: str
    known: str
    told: str

    def movements(self) -> tuple[Movement, ...]:
        """Moves nothing: what is known stays; people look at the finding."""
        return ()

    def documents(self) -> tuple[Document, ...]:
        """Replaces nothing."""
        return ()
