"""Who reacts to which entries: a table, and nothing else decides what a system is owed.

A row says which kinds of events make an entry something that a system is owed, what that is called, in which order
(entries of one key follow each other, keys are independent) and in which lane. What is sent is made from the entry when
it is sent, by the system's adapter; so nothing here knows a message, and what was repaired since is in it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from ..errors import InvalidValue
from ..ledger import Entry, Recorded
from ..values import identifier

__all__ = ["Owed", "Reaction", "by_cause", "by_document", "by_entry", "drawn", "in_order", "owed"]


class Reaction(NamedTuple):
    """A row: entries with an event of these kinds are owed to a system.

    `what` names the row among those of its system, and so the instruction; `key` answers whose order an entry is in.
    Where it answers several, as an entry is about several orders, a letter is owed in the order of each.
    """

    system: str
    what: str
    kinds: tuple[str, ...]
    key: Callable[[Entry], str | tuple[str, ...]]
    lane: str = "normal"


class Owed(NamedTuple):
    """One thing that a system is owed; its id is what the receiver knows a repeat by.

    `repaired` is what to send instead of what the entry says, where somebody repaired a dead letter by hand.
    """

    id: str
    position: int
    what: str
    key: str
    repaired: str = ""


def by_entry(entry: Entry) -> str:
    """Return a key of its own for each entry: no order is kept."""
    return entry.id


def in_order(_entry: Entry) -> str:
    """Return one key for all entries: all of them in the order of the journal, one at a time."""
    return ""


def by_cause(entry: Entry) -> str:
    """Return the entry's cause, or the entry itself where it has none: what follows from one entry stays in order."""
    return entry.cause or entry.id


def by_document(kind: str) -> Callable[[Entry], str]:
    """Return a key by the first document of a kind that an entry replaces: `by_document("orders.order")`."""

    def key(entry: Entry) -> str:
        return next((document.key.id for document in entry.documents if document.key.kind == kind), entry.id)

    return key


def owed(table: Iterable[Reaction], recorded: Recorded) -> Iterator[Owed]:
    """Yield what the rows of one system are owed by an entry."""
    position, entry = recorded
    kinds = {event.kind for event in entry.events}
    for row in table:
        if not kinds.isdisjoint(row.kinds):
            keys, id = row.key(entry), f"{entry.id}/{row.what}"
            if isinstance(keys, str):
                yield Owed(id, position, row.what, keys)
            else:
                yield from [Owed(f"{id}/{key}", position, row.what, key) for key in keys]


def checked(system: str, table: Sequence[Reaction], lanes: Sequence[str]) -> tuple[Reaction, ...]:
    """Return the rows of a system. Raises `InvalidValue` for two rows of one name, or a lane that there is not."""
    rows = tuple([row for row in table if row.system == system])
    for row in rows:
        identifier(row.what, f"what {system} is owed")
        if [other.what for other in rows].count(row.what) > 1:
            raise InvalidValue(f"what {system} is owed", row.what, "the name of one row")
        if row.lane not in lanes:
            raise InvalidValue(f"lane of {system}/{row.what}", row.lane, f"one of {', '.join(lanes)}")
    return rows


def drawn(table: Iterable[Reaction]) -> str:
    """Return the table as a Mermaid flowchart: kinds of events, an arrow named by what is owed, systems.

    >>> print(drawn([Reaction("wms", "ship", ("fulfillment.allocated",), by_entry)]))
    flowchart LR
      fulfillment.allocated["fulfillment.allocated"] -- ship --> wms(["wms"])
    """
    arrows = [
        f'  {kind}["{kind}"] -- {row.what} --> {row.system}(["{row.system}"])' for row in table for kind in row.kinds
    ]
    return "\n".join(["flowchart LR", *arrows])
