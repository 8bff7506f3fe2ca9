"""The timeline of an order: what its entries of the journal say, in plain words and by the customer's clock.

A pure function of entries, in whatever order they come: promises follow the order of the record, rows the order in
which things happened. `concerning` tells which entries a host has to keep or to select.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from ..catalog import local_day, moment_text
from ..ledger import Entry, Reason, Recorded, explain
from ..orders import Order
from ..values import HOUR_MS, MINUTE_MS
from .promising import Promised, promised
from .saying import Said
from .sentences import said

__all__ = ["Row", "as_text", "concerning", "timeline"]


class Row(NamedTuple):
    """What happened: when (ms UTC, and by the customer's clock), what was said of it, and which system said so.

    `promises` are those that were made or moved with it, `because` the reasons why; `notes` are both in plain words.
    The `entry` follows from its `cause` ("": from none).
    """

    at: int
    when: str
    said: Said
    source: str
    promises: tuple[Promised, ...]
    because: tuple[Reason, ...]
    notes: tuple[str, ...]
    entry: str
    cause: str


def concerning(order: str) -> Callable[[Entry], bool]:
    """Return what tells whether an entry has to do with an order: its timeline is the same with those alone.

    >>> from unicommerce.ledger import record
    >>> from unicommerce.orders import Canceled, LineQuantity
    >>> entry = record("e", (Canceled(order="o1", lines=(LineQuantity("1", "MUG", 1),)),), now=0)
    >>> concerning("o1")(entry), concerning("o2")(entry)
    (True, False)
    """
    return lambda entry: any(said(event, order) for event in entry.events)


def timeline(order: str, entries: Iterable[Recorded], *, zone: str = "") -> tuple[Row, ...]:
    """Return what entries of the journal say of an order, as it happened; of others they may be as well.

    Clocks are those of a `zone` (IANA; raises `InvalidValue` where it is not known), else of the order's own, else UTC.
    There is a row for each thing said. The reasons of an entry stand with its last row, a promise with the shipment
    that makes it.
    """
    local_day(zone or "UTC", 0)
    spoken: dict[int, tuple[Entry, list[Said]]] = {}
    for position, entry in entries:
        if words := [its for event in entry.events for its in said(event, order)]:
            spoken[position] = (entry, words)
    recorded = [spoken[position] for position in sorted(spoken)]
    zone = zone or _zone(order, [entry for entry, _ in recorded])
    why = {(entry.id, its.shipment): its.words + _by(entry.source) for entry, words in recorded for its in words}
    promises = promised(order, [entry for entry, _ in recorded], why)
    happened = sorted(recorded, key=lambda each: each[0].occurred_at)
    return tuple([row for entry, words in happened for row in _rows(entry, words, promises[entry.id], zone)])


def _zone(order: str, entries: Iterable[Entry]) -> str:
    documents = [each for entry in entries for each in entry.documents]
    return next((each.zone for each in documents if isinstance(each, Order) and each.id == order and each.zone), "UTC")


def _rows(entry: Entry, words: list[Said], promises: tuple[Promised, ...], zone: str) -> Iterator[Row]:
    shipments, when = {its.shipment for its in words}, _clock(entry.occurred_at, zone)
    for number, its in enumerate(words, start=1):
        is_last = number == len(words)
        own = [each for each in promises if each.shipment and each.shipment == its.shipment]
        own += [each for each in promises if is_last and each.shipment not in shipments - {""}]
        because = entry.because if is_last else ()
        notes = (*(_promise(each, zone) for each in own), *map(explain, because))
        yield Row(entry.occurred_at, when, its, entry.source, tuple(own), because, notes, entry.id, entry.cause)


def as_text(rows: Iterable[Row]) -> str:
    """Return a timeline as text: a line for what happened, and below it what was promised with it, and why.

    >>> as_text([Row(0, "1970-01-01 00:00", Said("1 MUG left dc", tracking="1Z9"), "wms", (), (), (), "e", "")])
    '1970-01-01 00:00  1 MUG left dc, tracking 1Z9 (says wms)'
    """
    return "\n".join([line for row in rows for line in (_head(row), *(f"  {note}" for note in row.notes))])


def _head(row: Row) -> str:
    tracking = f", tracking {row.said.tracking}" if row.said.tracking else ""
    return f"{row.when}  {row.said.words}{tracking}{_by(row.source)}"


def _promise(promise: Promised, zone: str) -> str:
    after = "no date any more" if promise.after is None else f"promised for {_clock(promise.after, zone)}"
    if promise.before is None:
        return after
    by = f"instead of {_clock(promise.before, zone)}"
    if promise.after is not None:
        by += f", {_span(promise.after - promise.before)}"
    return f"{after} {by}{': ' if promise.why else ''}{promise.why}"


def _span(ms: int) -> str:
    hours, minutes = divmod(abs(ms) // MINUTE_MS, HOUR_MS // MINUTE_MS)
    long = " ".join([f"{n} {unit}" for n, unit in ((hours, "h"), (minutes, "min")) if n]) or "less than 1 min"
    return f"{long} {'later' if ms > 0 else 'earlier'}"


def _clock(at: int, zone: str) -> str:
    return moment_text(at, zone)[:16].replace("T", " ")


def _by(source: str) -> str:
    return f" (says {source})" if source else ""
