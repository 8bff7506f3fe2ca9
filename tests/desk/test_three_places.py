"""Social and assisted: ordered at one place, served from others, for a third; who said what stands beside it.

That it was paid on the web and collected at the third place has no events yet, and is therefore not told.
"""

import attrs

from tests.laws.world import NODES, NOW, World, make_order
from unicommerce.desk import timeline, whereabouts
from unicommerce.fulfillment import Allocated, delivered, place, shipped
from unicommerce.ledger import Accepted
from unicommerce.values import HOUR_MS


def test_ordered_at_one_place_and_sent_to_another_from_two() -> None:
    """The tablet of one store orders, two places send, and the order is for the place that the customer chose."""
    world, there = World(stock=4), NODES[2].position
    order = make_order("o", pool="web", skus=("MUG", "CUP"))
    order = attrs.evolve(order, destination=there, channel="assisted", customer="c7")
    answer = world.shop.ask(place(order, {"1": 6, "2": 1}), now=NOW, source="tablet of north")
    assert isinstance(answer, Accepted)
    senders = [event.shipment.node for event in answer.events if isinstance(event, Allocated)]
    for number, source in enumerate(("wms", "store app"), start=1):
        telling = shipped(f"o/{number}", tracking=f"T{number}")
        world.shop.tell(telling, now=NOW + number * HOUR_MS, source=source)
    world.shop.tell(delivered("o/1"), now=NOW + 30 * HOUR_MS, source="carrier")

    rows = timeline("o", world.journal(), zone="Europe/Berlin")
    assert (rows[0].when, rows[0].source, rows[0].said.words) == (
        "2026-11-23 10:00",
        "tablet of north",
        "6 MUG, 1 CUP ordered through assisted",
    )
    assert [row.said.place for row in rows if row.promises] == senders
    assert [(row.source, row.said.tracking) for row in rows if row.said.tracking] == [
        ("wms", "T1"),
        ("store app", "T2"),
    ]
    assert (rows[-1].source, rows[-1].when) == ("carrier", "2026-11-24 16:00")
    seen = world.shop.see(whereabouts("o", now=NOW + 31 * HOUR_MS))
    assert seen is not None
    assert {(each.ref, each.place) for each in seen.pieces} == {("o/1", "customer"), ("o/2", "carrier")}
