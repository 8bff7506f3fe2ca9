"""Law: a snapshot and the tail after it give the state that a replay gives, at every cut."""

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.laws.world import NODES, NOW, SKUS, Album, Law, Program, World, programs
from unicommerce.catalog import Catalog
from unicommerce.commerce import Commerce
from unicommerce.errors import InvalidValue
from unicommerce.inventory import Received, goods, received
from unicommerce.ledger import Ledger, LedgerCode, Memory, record, run
from unicommerce.values import HOUR_MS


class Cut(NamedTuple):
    """A program, and where the journal that it leaves is cut, in thousandths of its length."""

    program: Program
    permille: int


CUTS = st.builds(Cut, programs(), st.integers(0, 1000))


def _answers(ledger: Ledger) -> Iterator[object]:
    """Yield what can be asked of a ledger beside its snapshot."""
    for sku, node in product(SKUS, NODES):
        for since in (0, NOW - 1, NOW, NOW + 5 * HOUR_MS):
            yield [ledger.moved(goods(sku), place, since) for place in (node.id, f"quarantine:{node.id}")]
    for now in (NOW, NOW + 3 * HOUR_MS, NOW + 1_000 * HOUR_MS):
        yield ledger.due(now, 1_000)


def snapshot_and_tail_equal_replay(case: Cut) -> None:
    """Raise where a restored ledger differs from the one that lived, in what it holds or in what it answers."""
    album = Album()
    world = World(store=album).run(case.program)
    cut = case.permille * (len(album.snapshots) - 1) // 1000
    restored = Ledger.restore(album.snapshots[cut], world.ledger.since(cut, 10_000))
    assert restored.snapshot() == world.ledger.snapshot(), cut
    assert list(_answers(restored)) == list(_answers(world.ledger)), cut
    assert restored.since(cut, 10_000) == world.ledger.since(cut, 10_000), cut


LAW = Law("snapshot and tail equal replay", CUTS, snapshot_and_tail_equal_replay)


@given(LAW.cases)
def test_a_snapshot_and_its_tail_give_the_state_that_was_lived(case: Cut) -> None:
    """Balances, parts, documents, what is due and what has moved are the same after any cut."""
    LAW.check(case)


@given(programs(most=20))
def test_what_is_on_record_stays_a_repeat_after_a_restore(program: Program) -> None:
    """The events have left with the snapshot; that they were recorded has not."""
    world = World().run(program)
    store = Memory()
    run(store.restore(run(world.store.snapshot())))
    shop = Commerce(Catalog(network=world.network, products=world.shop.catalog.products), store=store)
    before = store.ledger.snapshot()
    answer = shop.tell(received("opening dc", node="dc", quantities=dict.fromkeys(SKUS, 4)), now=NOW)

    assert [reason.code for reason in answer.because] == [LedgerCode.ALREADY_DONE]
    assert store.ledger.snapshot() == before


def test_a_store_with_entries_takes_no_snapshot_in() -> None:
    """Restoring over what is there would lose it."""
    world = World()
    with pytest.raises(InvalidValue):
        run(world.store.restore(Ledger().snapshot()))


def test_a_tail_with_a_gap_is_refused_and_not_passed_over() -> None:
    """What is missing between a snapshot and its tail is named by its position."""
    ledger = Ledger()
    for number in range(3):
        ledger.append(record(f"r{number}", (Received(receipt=f"r{number}", node="dc", lines=(("MUG", 1),)),), now=0))
    first, _, third = ledger.since(0, 3)

    with pytest.raises(InvalidValue, match="the entry at position 2"):
        Ledger.replay([first, third])
