"""What an order was promised by when, and what moved each promise: read from the journal, by what its entries move.

A shipment promises for the lines that are given to it. What takes pieces of a line from it takes the promise away, and
whoever is given them next promises another date instead. No kind of event is named here.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from ..fulfillment import Shipment
from ..ledger import Entry
from ..orders import LineState
from ..supply import Promise

__all__ = ["Promised", "promised"]


class Promised(NamedTuple):
    """Lines are promised by a moment (ms UTC; None: there is no date any more).

    No line is named where it is all of the shipment, or all that waits. `before` is the promise that it stands in for
    (None: there was none), and `why` what took that away. `shipment` is the one that promises, "" the goods that are
    waited for.
    """

    lines: tuple[str, ...]
    before: int | None
    after: int | None
    shipment: str = ""
    why: str = ""


class _Gone(NamedTuple):
    """So many pieces of a line have lost a promise, and why."""

    pieces: int
    before: int
    why: str


def promised(
    order: str, entries: Iterable[Entry], why: Mapping[tuple[str, str], str]
) -> Mapping[str, tuple[Promised, ...]]:
    """Return the promises that each entry makes or moves, by its id; entries come as they were recorded.

    `why` says what happened, by entry and shipment ("": to none, or to what waits).
    """
    made: dict[str, int] = {}
    waits: int | None = None
    gone: dict[str, _Gone] = {}
    found: dict[str, tuple[Promised, ...]] = {}
    for entry in entries:
        own = [each for each in entry.documents if isinstance(each, Shipment | Promise) and each.order == order]
        shipments = {each.id: each.deliver_by for each in own if isinstance(each, Shipment)}
        dates = [each.promised_at for each in own if isinstance(each, Promise)]
        waited, waits = waits, dates[-1] if dates else waits
        given: dict[Promised, list[str]] = {
            Promised((), made[id], at, id, _why(why, entry, id)): [] for id, at in shipments.items() if id in made
        }
        made |= shipments
        for line, quantity, (state, ref), (target, to) in _moves(order, entry):
            had = gone.get(line)
            lost = made.get(ref, waited if state is LineState.BACKORDERED else None)
            if target is LineState.OPEN and lost is not None:
                gone[line] = _Gone(quantity + (had.pieces if had else 0), lost, _why(why, entry, ref))
            elif had and state is LineState.OPEN:
                gone[line] = had._replace(pieces=had.pieces - quantity)
            if target in (LineState.ALLOCATED, LineState.BACKORDERED):
                after = made.get(to) if target is LineState.ALLOCATED else waits
                before, because = (had.before, had.why) if had and had.pieces > 0 else (None, "")
                shipment = to if target is LineState.ALLOCATED else ""
                given.setdefault(Promised((), before, after, shipment, because), []).append(line)
        if dates and waits != waited and not given:
            given[Promised((), waited, waits, "", _why(why, entry, ""))] = []
        moved = [each._replace(lines=tuple(lines)) for each, lines in given.items() if each.before != each.after]
        found[entry.id] = tuple(moved)
    return found


def _why(why: Mapping[tuple[str, str], str], entry: Entry, shipment: str) -> str:
    return why.get((entry.id, shipment), why.get((entry.id, ""), ""))


def _moves(order: str, entry: Entry) -> Iterator[tuple[str, int, tuple[LineState, str], tuple[LineState, str]]]:
    """Yield what an entry moves of an order: line, pieces, from which state and ref, and to which."""
    for quantity, unit, source, target in entry.movements:
        of, _, line = unit.rpartition("/")
        if of == f"line:{order}":
            yield line, quantity, (LineState(source.state), source.ref), (LineState(target.state), target.ref)
