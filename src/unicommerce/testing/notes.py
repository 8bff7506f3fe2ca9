"""What the checks put on record: the smallest document, an event that moves what it is told to, and a codec for both.

A store under test is opened with `CODEC`, which reads these two kinds beside those of the library.
"""

from collections.abc import Mapping
from typing import ClassVar

import attrs

from ..codec import Codec
from ..ledger import Account, Document, Entry, Key, Movement, record
from ..values import Unit, frozen

__all__ = ["CODEC", "CUP", "MUG", "SUPPLIER", "Happened", "Note", "at", "entry", "expect", "move", "note_key"]

MUG, CUP = Unit("sku:MUG"), Unit("sku:CUP")
SUPPLIER = Account("supplier", "delivered")
RECORDED_AT = 17
SHOWN = 400
"""So much text of a difference is shown whole."""


@frozen(kw_only=True)
class Note:
    """The smallest document."""

    id: str
    revision: int = 1
    text: str = ""
    due_at: int | None = None

    @property
    def key(self) -> "Key[Note]":
        """Return the key."""
        return note_key(self.id)


def note_key(id: str) -> Key[Note]:
    """Return the key of a note."""
    return Key("testing.note", id)


@frozen(kw_only=True)
class Happened:
    """The event that moves and replaces what it is told to."""

    kind: ClassVar[str] = "testing.happened"
    moves: tuple[Movement, ...] = ()
    notes: tuple[Note, ...] = ()

    def movements(self) -> tuple[Movement, ...]:
        """Move it."""
        return self.moves

    def documents(self) -> tuple[Document, ...]:
        """Replace them."""
        return self.notes


CODEC = Codec().extended(events=[Happened], documents={"testing.note": Note})
"""Reads the event and the document of the checks too."""


def at(place: str, state: str = "sellable", ref: str = "", lot: str = "", owner: str = "") -> Account:
    """Return an account."""
    return Account(place, state, ref, lot, owner)


def move(quantity: int, source: Account, target: Account, unit: Unit = MUG) -> Movement:
    """Return a movement, of mugs where nothing else is said."""
    return Movement(quantity, unit, source, target)


def entry(id: str, *moves: Movement, notes: tuple[Note, ...] = (), occurred_at: int = 0) -> Entry:
    """Return an entry of one event that moves and replaces what it is told to; it is recorded at another moment."""
    return record(id, (Happened(moves=moves, notes=notes),), now=RECORDED_AT, occurred_at=occurred_at)


def expect(found: object, wanted: object, what: str) -> None:
    """Raise `AssertionError` where something is not as a store owes it, also where Python leaves asserts out."""
    if found != wanted:
        where, here, there = _difference(found, wanted, what)
        raise AssertionError(f"{where}: {here!r:.400} instead of {there!r:.400}")


def _difference(found: object, wanted: object, where: str) -> tuple[str, object, object]:
    """Return the first that differs and where it is, from what is too large to be looked at."""
    these, those = _inside(found), _inside(wanted)
    if not these or not those or len(f"{found!r}{wanted!r}") <= SHOWN:
        return where, found, wanted
    name = next(name for name in (*those, *these) if these.get(name) != those.get(name))
    return _difference(these.get(name), those.get(name), f"{where}, {name}")


def _inside(value: object) -> Mapping[object, object]:
    fields: tuple[attrs.Attribute[object], ...] = getattr(type(value), "__attrs_attrs__", ())
    if fields:
        return {each.name: getattr(value, each.name) for each in fields}
    if isinstance(value, list | tuple):
        return dict(zip(getattr(value, "_fields", range(len(value))), value, strict=True))
    return value if isinstance(value, Mapping) else {}
