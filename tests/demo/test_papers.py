"""Papers and books of a few orders; and their checks can fail: a number left out, a piece billed that is not there."""

import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from examples.demo.agreements import agreements
from examples.demo.audit import Audit, audit, entries
from examples.demo.checks import Check
from examples.demo.data import World, load
from examples.demo.papers import paper_checks, paper_rows, tax_rows
from examples.demo.shape import NOT_CHECKED
from examples.demo.wire import DAY_MS, HOUR_MS, Message, moment, pack, stamp
from examples.demo.world import Fortnight
from unicommerce import received
from unicommerce.ledger import Memory, run

NOW = moment("2010-12-01T15:00:00Z")
SKU, ROW = "22633", {"line": "1", "sku": "22633"}


@pytest.fixture(scope="module")
def data() -> World:
    """Return what is given before the first tick."""
    return load(1)


@pytest.fixture
def world(data: World, tmp_path: Path) -> Iterator[Fortnight]:
    """Return a world in which three orders of two pieces at 1.85 were picked and sent, and one piece came back."""
    with closing(Fortnight(tmp_path, data, Memory())) as world:
        world.core.shop.tell(received("r1", node="wh-delaware", quantities={SKU: 10}), now=NOW, source="supplier")
        for id in ("o1", "o2", "o3"):
            order: Message = {"type": "OrderPlaced", "order": id, "placed_at": stamp(NOW), "channel": "web"}
            order |= {"customer": "c", "service": "standard", "currency": "GBP"}
            order |= {"ship_to": {"zip": "72712", "lat": "36.34", "lng": "-94.07"}}
            order |= {"lines": [{"line": "1", "sku": SKU, "quantity": 2, "price": "1.85"}]}
            world.core.intake.hear(pack(order), NOW)
            for kind in ("Picked", "Shipped"):
                told: Message = {"type": kind, "shipment": f"{id}/1", "at": stamp(NOW), "tracking": "P"}
                world.core.intake.told_by_warehouse(pack(told | {"lines": [ROW | {"quantity": 2}]}), NOW)
        world.core.react(NOW)
        back: Message = {"type": "ReturnReceived", "id": "C1", "node": "wh-orem", "order": "o2", "rma": "", "blind": []}
        back |= {"at": stamp(NOW), "lines": [ROW | {"quantity": 1}], "graded": []}
        world.core.intake.told_by_warehouse(pack(back), NOW + DAY_MS)
        world.core.react(NOW + DAY_MS)
        for hours in range(9):  # a few of its answers are lost
            world.core.tell_erp(NOW + 9 * DAY_MS + hours * HOUR_MS, 100)
        yield world


def audited(world: Fortnight) -> Audit:
    """Return what one pass over the journal finds."""
    return audit(entries(world.store), world.core.shop.catalog.network)


def wrong(world: Fortnight, found: Audit) -> dict[str, tuple[str, ...]]:
    """Return what speaks against the claims about papers."""
    checks = paper_checks(world.erp, run(world.store.snapshot()), found)
    return {check.name: check.wrong for check in checks if check.wrong}


def test_papers_of_a_few_orders_agree(world: Fortnight) -> None:
    """Three invoices and a credit note of one piece, under the division that sent it though another took it back."""
    found = audited(world)

    assert wrong(world, found) == {}
    assert [(row["kind"], row["count"], row["last"]) for row in paper_rows(found.papers)] == [
        ("credit note", 1, "2010-000004"),
        ("invoice", 3, "2010-000003"),
    ]
    (rate,) = tax_rows(found.papers)
    assert rate["net"] + rate["tax"] == 5 * 185
    assert world.erp.vat() == {rate["rate"]: (rate["net"], rate["tax"])}


def test_a_paper_that_is_not_there_is_missed(world: Fortnight) -> None:
    """Its number, what it was for, and its tax."""
    found = audited(world)
    papers = [event for event in found.papers if event.paper.id != "o1/1"]

    gap, owed, tax = wrong(world, replace(found, papers=papers)).values()
    assert gap[0] == "o2/1 of GB-DEPOTS is 2010-000002, and the next one was 1"
    assert owed == ("o1 is billed too much by -370",)
    assert len(tax) == 1


def test_a_piece_that_is_credited_and_still_there_is_found(world: Fortnight) -> None:
    """The number is right, and the customer still has what was credited."""
    found = audited(world)
    (credited,) = [event for event in found.papers if event.paper.of]
    again = replace(found, papers=[*found.papers, credited])

    assert wrong(world, again)["papers say of each order what its customer has"] == ("o2 is billed too much by -185",)


def books(world: Fortnight) -> Check:
    """Return what Beancount says of the books."""
    done = agreements(world, run(world.store.snapshot()), audited(world))
    return next(check for check in done if "Beancount" in check.name)


def test_books_that_nobody_could_read_are_not_said_to_be_right(
    world: Fortnight, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Read, they hold the same there; without Beancount it is said that they were not checked, and how to get it."""
    assert books(world).figures == "9 transactions, 7 accounts, 0 errors"
    assert books(world).wrong == ()

    monkeypatch.setitem(sys.modules, "beancount", None)
    assert books(world).figures.startswith(f"{NOT_CHECKED}: Beancount is not installed")
    assert books(world).wrong == ()
