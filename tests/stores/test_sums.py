"""A sum that a file keeps as a row is only ever a short way to the same answer."""

from pathlib import Path

import pytest
from hypothesis import given

from examples.stores.sqlite import SQLiteStore
from tests.laws.world import Program, programs
from tests.stores.shelves import sqlite
from tests.stores.twins import SKUS, live_through
from unicommerce.ledger import Between, Wanted, run
from unicommerce.testing import Handle
from unicommerce.testing.notes import MUG, SUPPLIER, at, entry, move

MANY = tuple([at(f"n{number}") for number in range(12)])
UNEQUAL = """
    SELECT unit, digest FROM sums AS s WHERE quantity <> (
        SELECT coalesce(sum(b.quantity), 0) FROM members AS m JOIN balances AS b USING (place, state, ref, lot, owner)
        WHERE m.digest = s.digest AND b.unit = s.unit
    )
"""


def rows(shelf: Handle, statement: str) -> list[tuple[object, ...]]:
    """Return what the file answers."""
    assert isinstance(shelf.store, SQLiteStore)
    return shelf.store._file.execute(statement).fetchall()


@given(program=programs())
def test_sums_are_those_of_their_members_after_any_program(program: Program) -> None:
    """Whatever is recorded, of goods that are asked for in every way; and all that is read is as in memory."""
    with sqlite(":memory:") as shelf:
        live_through(program, shelf)

        assert rows(shelf, UNEQUAL) == []
        assert len(rows(shelf, "SELECT 1 FROM sums")) == len(SKUS)


@pytest.mark.parametrize("trigger", ["sums_follow_a_new_row", "sums_follow_a_change"])
def test_a_sum_that_does_not_follow_is_noticed(tmp_path: Path, trigger: str) -> None:
    """Planted: a file without one of its triggers has a row that is not the sum of its members."""
    with sqlite(tmp_path / "store.sqlite") as shelf:
        shelf.do(shelf.store.append(entry("e1", move(5, SUPPLIER, MANY[0])), (Between(MUG, MANY, 5, 5),)))
        rows(shelf, f"DROP TRIGGER {trigger}")
        shelf.do(shelf.store.append(entry("e2", move(2, SUPPLIER, MANY[1]), move(1, SUPPLIER, MANY[0]))))

        assert len(rows(shelf, UNEQUAL)) == 1


def test_a_refused_guard_leaves_no_row_and_a_forgotten_one_comes_back(tmp_path: Path) -> None:
    """Others who have the file open find it as it is, whatever they knew."""
    path = tmp_path / "store.sqlite"
    with sqlite(path) as shelf, sqlite(path) as other:
        shelf.do(shelf.store.append(entry("e1", move(5, SUPPLIER, MANY[0]))))
        assert shelf.do(shelf.store.append(entry("e2"), (Between(MUG, MANY, 6),))) is None
        assert rows(shelf, "SELECT 1 FROM members UNION ALL SELECT 1 FROM sums") == []
        for number, each in enumerate((shelf, other, shelf)):
            assert each.do(each.store.append(entry(f"g{number}"), (Between(MUG, MANY, 5, 5),))) is not None
            assert other.do(other.store.read(Wanted({}, {}, sums=[(MUG, MANY)]))).sums == (5,)
            if number == 1:
                assert isinstance(other.store, SQLiteStore)
                run(other.store.forget_sums())
        assert len(rows(other, "SELECT 1 FROM sums")) == 1


def test_accounts_that_are_named_twice_count_twice(tmp_path: Path) -> None:
    """They are no set, and are added up as they are named, in a guard and in a question."""
    with sqlite(tmp_path / "store.sqlite") as shelf:
        shelf.do(shelf.store.append(entry("e1", move(2, SUPPLIER, MANY[0]))))
        assert shelf.do(shelf.store.append(entry("e2"), (Between(MUG, (*MANY, *MANY), 4, 4),))) is not None
        assert shelf.do(shelf.store.read(Wanted({}, {}, sums=[(MUG, (*MANY, *MANY))]))).sums == (4,)
        assert rows(shelf, "SELECT 1 FROM sums") == []
