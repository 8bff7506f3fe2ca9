"""Coroutines that share one file share its transactions, and nothing else: each has an outcome of its own."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from examples.stores.sqlite import SQLiteStore
from examples.stores.sqlite_host import SQLiteHost
from unicommerce.errors import InvalidValue
from unicommerce.ledger import Between, Recorded
from unicommerce.testing import CODEC
from unicommerce.testing.notes import MUG, SUPPLIER, at, entry, move

DC = at("dc")
HELD = at("dc", "held")


def positions(answers: list[Recorded | BaseException | None]) -> list[int | None]:
    """Return at which position each was recorded."""
    return [each.position if isinstance(each, Recorded) else None for each in answers]


def test_each_of_a_batch_is_recorded_or_not_by_itself(tmp_path: Path) -> None:
    """Of eight who want one of five pieces, the first five get one; what the others wrote is taken back."""
    store = SQLiteStore(tmp_path / "store.sqlite", codec=CODEC)
    batch = [(entry(f"e{n}", move(1, DC, HELD)), (Between(MUG, (DC,), 0),)) for n in range(8)]

    async def main() -> list[Recorded | None]:
        await store.append(entry("stock", move(5, SUPPLIER, DC)))
        return await store.append_all([*batch, (entry("fact", move(2, SUPPLIER, DC)), ()), batch[0]])

    answers = asyncio.run(main())
    books = asyncio.run(store.snapshot()).balances[MUG]
    store.close()

    assert positions([*answers]) == [2, 3, 4, 5, 6, None, None, None, 7, 2]
    assert books == {DC: 2, HELD: 5, SUPPLIER: -7}


def test_a_batch_waits_for_the_disk_once(tmp_path: Path) -> None:
    """All who ask at the same time share a transaction."""
    committed: list[str] = []

    async def main() -> list[Recorded | None]:
        host = SQLiteHost(tmp_path / "store.sqlite", codec=CODEC)
        file: sqlite3.Connection = host._writer._store._file
        await host._writer.wait(lambda _: traced(file))
        answers = await asyncio.gather(*[host.append(entry(f"e{n}")) for n in range(8)])
        await host.close()
        return answers

    async def traced(file: sqlite3.Connection) -> None:
        file.set_trace_callback(lambda said: committed.append(said) if said == "COMMIT" else None)

    assert positions([*asyncio.run(main())]) == [*range(1, 9)]
    assert len(committed) == 1


def test_who_is_at_fault_fails_alone(tmp_path: Path) -> None:
    """One is on record with another story, one has more pieces than can be written: the others are served."""

    async def main() -> list[Recorded | BaseException | None]:
        host = SQLiteHost(tmp_path / "store.sqlite", codec=CODEC)
        await host.append(entry("e0", move(1, SUPPLIER, DC)))
        other, huge = entry("e0", move(2, SUPPLIER, DC)), entry("huge", move(2**70, SUPPLIER, DC))
        answers = await asyncio.gather(
            host.append(entry("e1")),
            host.append(other),
            host.append(huge),
            host.append(entry("e2")),
            return_exceptions=True,
        )
        await host.close()
        return [*answers]

    answers = asyncio.run(main())

    assert positions(answers) == [2, 1, None, 3]
    assert isinstance(answers[2], InvalidValue)


def test_a_host_shares_a_file() -> None:
    """What is in memory has one connection, and is refused by name."""
    with pytest.raises(InvalidValue, match="path"):
        SQLiteHost(":memory:")
