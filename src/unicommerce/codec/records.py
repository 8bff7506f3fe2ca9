"""Records to and from plain data and canonical bytes: what is put on record today is read for ever.

An event or a document is an object with its `kind`, wherever it stands; another class an object of its fields; a tuple
an array, a named tuple one without its last values that are at their default; a reason code its name on the wire; a
decimal text. Every field of an object is written, so that a default that changes later changes no history. Reading is
strict: an unknown kind or reason code is `UnknownKind`, whatever else can not be is `InvalidValue` with its path, and
nothing else is raised; a field that is left out has its default; an older kind becomes a newer one by its upcaster.
"""

import json
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import zip_longest
from types import MappingProxyType
from typing import NamedTuple, TypeAlias, cast

import attrs

from ..errors import InvalidValue, UnicommerceError
from ..ledger import Document, Entry, Event, ReasonCode, Snapshot
from ..values import frozen
from .hooks import Hooks, Plain, Upcaster, named, prepare
from .kinds import DOCUMENTS, EVENTS, REASONS

__all__ = ["Codec", "Drift", "canonical", "decode", "drift"]

Record: TypeAlias = Entry | Snapshot | Event | Document

_JSON = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, allow_nan=False, sort_keys=True, separators=(",", ":")
)


@frozen(kw_only=True)
class Codec:
    """Which kinds are known, and how older ones become newer: a value, so that yours changes nobody else's.

    An upcaster takes the plain data of its older kind, `kind` included, and returns that of a newer kind; they chain.

    >>> from unicommerce.inventory import Received
    >>> print(Codec().encode(Received(receipt="r1", node="dc", lines=(("MUG", 5),))).decode())
    {"batches":[],"kind":"inventory.received","lines":[["MUG",5]],"lots":[],"node":"dc","receipt":"r1"}
    """

    events: Mapping[str, type[Event]] = EVENTS
    documents: Mapping[str, type[Document]] = DOCUMENTS
    reasons: tuple[type[ReasonCode], ...] = REASONS
    upcasters: Mapping[str, Upcaster] = MappingProxyType({})

    def __attrs_post_init__(self) -> None:
        kinds = [*self.events, *self.documents, *self.upcasters]
        if twice := sorted({kind for kind in kinds if kinds.count(kind) > 1}):
            raise InvalidValue("kinds", twice, "a list of kinds with one meaning each")

    def extended(
        self,
        *,
        events: Iterable[type[Event]] = (),
        documents: Mapping[str, type[Document]] = MappingProxyType({}),
        reasons: Iterable[type[ReasonCode]] = (),
        upcasters: Mapping[str, Upcaster] = MappingProxyType({}),
    ) -> "Codec":
        """Return a codec that knows these as well. Raises `InvalidValue` for a kind that is known already."""
        more: Mapping[str, type[Event]] = {event.kind: event for event in events}
        if taken := sorted({*self.events, *self.documents, *self.upcasters} & {*more, *documents, *upcasters}):
            raise InvalidValue("kinds", taken, "a list of kinds that are free")
        return Codec(
            events={**self.events, **more},
            documents={**self.documents, **documents},
            reasons=(*self.reasons, *reasons),
            upcasters={**self.upcasters, **upcasters},
        )

    def plain(self, record: Record) -> Plain:
        """Return a record as objects, arrays, text and whole numbers. Raises `UnknownKind`, `InvalidValue`."""
        shape = type(record) if isinstance(record, Entry | Snapshot) else object
        if isinstance(record, Snapshot):  # the order in which documents came is no part of the state
            record = attrs.evolve(record, documents=tuple(sorted(record.documents, key=lambda document: document.key)))
        try:
            return cast("Plain", self._trusting.writer(shape)(record))
        except (AttributeError, TypeError, ValueError) as error:
            raise named(error) from None

    def encode(self, record: Record) -> bytes:
        """Return the one form of a record in bytes: JSON, keys sorted, no space, UTF-8, text in Unicode form NFC."""
        return _encoded(self.plain(record))

    def decode(self, data: bytes | Plain) -> Entry:
        """Return the entry of bytes, or of plain data. Raises `UnknownKind`, `InvalidValue`."""
        entry = cast("Entry", self._read(data, Entry))
        if not entry.events:
            raise InvalidValue("events", entry.events, "one or more events")
        for index, (quantity, _, source, target) in enumerate(entry.movements):
            if quantity <= 0 or source == target:
                raise InvalidValue(f"movements[{index}]", quantity, "a positive quantity between two accounts")
        return entry

    def decode_event(self, data: bytes | Plain) -> Event:
        """Return an event, likewise."""
        return cast("Event", self._read(data, Event))

    def decode_document(self, data: bytes | Plain) -> Document:
        """Return a document, likewise."""
        return cast("Document", self._read(data, Document))

    def decode_snapshot(self, data: bytes | Plain) -> Snapshot:
        """Return a snapshot, likewise."""
        return cast("Snapshot", self._read(data, Snapshot))

    def _read(self, data: bytes | Plain, shape: object) -> object:
        content = data if isinstance(data, bytes) else _encoded(data)
        try:
            return self._trusting.reader(shape)(_parsed(content), shape)
        except Exception:  # noqa: BLE001 - whatever a class or an upcaster stumbles on; the second reading says where
            return self._read_again(content, shape)

    def _read_again(self, content: bytes, shape: object) -> object:
        try:
            return self._locating.reader(shape)(_parsed(content), shape)
        except Exception as error:  # noqa: BLE001 - likewise
            raise named(error) from None

    @cached_property
    def _trusting(self) -> Hooks:
        return self._hooks(is_locating=False)

    @cached_property
    def _locating(self) -> Hooks:
        return self._hooks(is_locating=True)

    def _hooks(self, *, is_locating: bool) -> Hooks:
        return prepare(
            events=self.events,
            documents=self.documents,
            reasons=self.reasons,
            upcasters=self.upcasters,
            is_locating=is_locating,
        )


def _parsed(content: bytes) -> object:
    try:
        text = content.decode()
        plain: object = json.loads(text)
        if "\\ud" in text or "\\uD" in text:  # an escape may be half a letter, which no UTF-8 can hold
            _JSON.encode(plain).encode()
    except (RecursionError, ValueError) as error:
        raise InvalidValue("record", f"{error}", "JSON in UTF-8") from None
    return plain


def _encoded(plain: object) -> bytes:
    try:
        text = _JSON.encode(plain)
        # Where all of the text has that form, so has each text in it; where not, each is brought to it by itself.
        if not text.isascii() and not unicodedata.is_normalized("NFC", text):
            text = _JSON.encode(_normalized(plain))
        return text.encode()
    except (RecursionError, TypeError, ValueError) as error:
        raise InvalidValue("record", f"{error}", "what JSON in UTF-8 can hold") from None


def _normalized(plain: object) -> object:
    if isinstance(plain, str):
        return unicodedata.normalize("NFC", plain)
    if isinstance(plain, dict):
        return {_normalized(name): _normalized(value) for name, value in plain.items()}
    return [_normalized(value) for value in plain] if isinstance(plain, list) else plain


_STANDARD = Codec()


def canonical(entry: Entry) -> bytes:
    """Return an entry as bytes, the same on every platform; see `Codec.encode`. Raises `UnknownKind`, `InvalidValue`.

    >>> from unicommerce.ledger import record
    >>> from unicommerce.inventory import Adjusted
    >>> entry = record("a1", (Adjusted(adjustment="a1", node="dc", sku="MUG", change=-1),), now=0)
    >>> decode(canonical(entry)) == entry
    True
    """
    return _STANDARD.encode(entry)


def decode(data: bytes) -> Entry:
    """Return the entry of bytes; see `Codec.decode`. Raises `UnknownKind`, `InvalidValue`.

    >>> decode(b'{"id": "a1"}')
    Traceback (most recent call last):
        ...
    unicommerce.errors.InvalidValue: recorded_at: 'nothing' is not a value, and the field may not be left out
    """
    return _STANDARD.decode(data)


class Drift(NamedTuple):
    """Where an entry differs from what today's code makes of its events: a field, as stored and as made now."""

    field: str
    stored: object
    recomputed: object


def drift(entry: Entry) -> Drift | None:
    """Return the first movement or document of an entry that its events do not answer today, None if they answer all.

    Replay applies what is stored, so a drift does no harm to what is on record; it says that a kind has changed its
    meaning and needs a new name.

    >>> from unicommerce.ledger import record
    >>> from unicommerce.inventory import Adjusted
    >>> entry = record("a1", (Adjusted(adjustment="a1", node="dc", sku="MUG", change=-1),), now=0)
    >>> drift(entry), drift(attrs.evolve(entry, movements=())).field
    (None, 'movements[0]')
    """
    try:
        movements = tuple([movement for event in entry.events for movement in event.movements()])
        documents = tuple([document for event in entry.events for document in event.documents()])
    except UnicommerceError as error:
        return Drift("events", entry.events, error)
    for name, stored, made in (("movements", entry.movements, movements), ("documents", entry.documents, documents)):
        for index, (was, now) in enumerate(zip_longest(stored, made)):
            if was != now:
                return Drift(f"{name}[{index}]", was, now)
    return None
