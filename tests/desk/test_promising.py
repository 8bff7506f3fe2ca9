"""Promises by example: which piece has lost which promise, and what it is promised instead."""

import pytest

from unicommerce.desk.promising import Promised, promised
from unicommerce.fulfillment import Allocated, Attempts, Deallocated, Named, Picked, Shipment
from unicommerce.ledger import Entry, Event, record
from unicommerce.orders import Amended, Canceled, LineQuantity


def shipment(number: int, by: int) -> Shipment:
    """Return a shipment of the order `o` with a promise."""
    return Shipment(id=f"o/{number}", order="o", node="dc", day=1, deliver_by=by)


def given(number: int, by: int, pieces: int = 1) -> Event:
    """Return that pieces of line 1 are given to a shipment."""
    own, lines = shipment(number, by), (LineQuantity("1", "MUG", pieces),)
    return Allocated(pool="web", shipment=own, lines=lines, attempts=Attempts(order="o", shipments=number))


def taken(number: int, by: int, pieces: int = 1) -> Event:
    """Return that pieces of line 1 are taken from a shipment."""
    return Deallocated(pool="web", shipment=shipment(number, by), lines=(LineQuantity("1", "MUG", pieces),))


ONE = (LineQuantity("1", "MUG", 1),)
FIRST = Promised(("1",), None, 10, "o/1")


@pytest.mark.parametrize(
    ("story", "end"),
    [
        ([given(1, 10)], [FIRST]),
        ([given(1, 10), taken(1, 10), given(2, 10)], [FIRST]),
        ([given(1, 10), taken(1, 10), given(2, 30)], [FIRST, Promised(("1",), 10, 30, "o/2", "why 1")]),
        (
            [given(1, 10), taken(1, 10), given(2, 30), Amended(order="o", added=ONE), given(3, 40)],
            [FIRST, Promised(("1",), 10, 30, "o/2", "why 1"), Promised(("1",), None, 40, "o/3")],
        ),
        (
            [given(1, 10), taken(1, 10), Canceled(order="o", lines=ONE), Amended(order="o", added=ONE), given(2, 30)],
            [FIRST, Promised(("1",), None, 30, "o/2")],
        ),
        (
            [given(1, 10, 2), taken(1, 10), taken(1, 10), given(2, 30), given(3, 40)],
            [FIRST, Promised(("1",), 10, 30, "o/2", "why 2"), Promised(("1",), 10, 40, "o/3", "why 2")],
        ),
        (
            [given(1, 10, 2), taken(1, 10), Picked(order="o", shipment="o/1", lines=ONE), given(2, 30)],
            [FIRST, Promised(("1",), 10, 30, "o/2", "why 1")],
        ),
        ([given(1, 10), Named(shipment=shipment(1, 25))], [FIRST, Promised((), 10, 25, "o/1", "why 1")]),
        ([given(1, 10), Named(shipment=shipment(1, 10))], [FIRST]),
        ([taken(1, 10), given(2, 30)], [Promised(("1",), None, 30, "o/2")]),
    ],
    ids=[
        "first",
        "kept",
        "moved",
        "one more",
        "canceled",
        "two pieces",
        "another is picked",
        "redated",
        "named",
        "older than the journal",
    ],
)
def test_what_is_promised_instead(story: list[Event], end: list[Promised]) -> None:
    """A promise is made, moved by as many pieces as have lost theirs, or new; one that is the same is none."""
    entries: list[Entry] = [record(f"{number}", (event,), now=0) for number, event in enumerate(story)]
    found = promised("o", entries, {(entry.id, "o/1"): f"why {entry.id}" for entry in entries})

    assert [promise for entry in entries for promise in found[entry.id]] == end
    assert not any(promised("other", entries, {}).values())
