"""What a store on a server owes besides: lost connections, restarts, two who open it, queues, batches and sums."""

import asyncio
import doctest
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import ModuleType

import psycopg
import pytest
from hypothesis import given

from examples.stores import postgres as module_postgres
from examples.stores import postgres_rows as rows
from examples.stores import postgres_schema as schema
from examples.stores.postgres import OutcomeUnknownError, PostgresStore
from examples.stores.postgres_host import PostgresHost
from tests import servers
from tests.laws.world import CATALOG, Note, Program, World, note_key, programs
from tests.stores.shelves import CODEC, MUG, SHELVES, SUPPLIER, Shelf, at, entry, move, postgres, schema_of
from tests.stores.test_contract import added_up, everything, lived, piled
from tests.stores.test_model import Twin
from unicommerce.errors import InvalidValue
from unicommerce.ledger import Account, Between, Ledger, Memory, Recorded, Unchanged, Wanted, run
from unicommerce.values import Unit

ROOT = Path(__file__).parents[2]
DC = at("dc")
QUEUING = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'advisory'"
MANY = tuple(at(f"n{number}") for number in range(40))


def store_of(shelf: Shelf) -> PostgresStore:
    """Return the store on the shelf."""
    assert isinstance(shelf.store, PostgresStore)
    return shelf.store


def kill(store: PostgresStore) -> None:
    """End a store's session from outside, as a restart of the server or of a firewall does."""
    with psycopg.connect(servers.postgres(), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 10000)", (store._connection.info.backend_pid,))


# Connections


def test_what_was_answered_survives_a_killed_client(tmp_path: Path) -> None:
    """Killed at any moment, again and again: what was answered is there, all of each entry or nothing of it."""
    environment = {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])}
    command = [sys.executable, "-m", "tests.stores.killed", "postgres", servers.postgres(), schema_of(tmp_path)]
    for _ in range(3):
        process = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, cwd=ROOT)  # noqa: S603 - ourselves
        assert process.stdout is not None
        answered = [int(process.stdout.readline()) for _ in range(40)]
        process.send_signal(signal.SIGKILL)
        answered += [int(line) for line in process.stdout.read().splitlines(keepends=True) if line.endswith(b"\n")]
        process.wait()
        process.stdout.close()

        with postgres(tmp_path) as shelf:
            shelf.do(shelf.store.append(entry(f"after{answered[-1]}")))  # behind whatever the server still has in hand
            journal = shelf.do(shelf.store.since(0, 10**9))
            numbers = [int(each.entry.id[1:]) for each in journal if each.entry.id.startswith("e")]
            assert numbers == sorted(numbers)
            assert {*answered} <= {*numbers}
            assert CODEC.encode(added_up(Ledger.replay(journal).snapshot())) == everything(shelf)


def test_a_lost_connection_is_an_unknown_outcome(tmp_path: Path) -> None:
    """Who loses it while the server works is told that nobody knows; asked again, he gets the one answer."""
    with postgres(tmp_path) as shelf, postgres(tmp_path) as other:
        store = store_of(shelf)
        taken = entry("e1", move(1, SUPPLIER, DC))
        with store_of(other)._connection.transaction():
            store_of(other)._connection.execute("SELECT pg_advisory_xact_lock(queue('pen'))")
            killer = threading.Timer(0.3, kill, [store])
            killer.start()
            with pytest.raises(OutcomeUnknownError) as caught:
                shelf.do(store.append(taken))
            killer.join()

        assert caught.value.args == ("e1",)
        assert shelf.do(store.append(taken)) == Recorded(1, taken)
        assert shelf.do(store.since(0, 9)) == (Recorded(1, taken),)


def test_a_session_that_ended_between_two_calls(tmp_path: Path) -> None:
    """Reading goes on by itself; an append may have to be asked again, and is recorded once."""
    with postgres(tmp_path) as shelf:
        store = store_of(shelf)
        lived(shelf)
        before = everything(shelf)
        kill(store)
        assert shelf.do(store.read(Wanted({MUG: (DC,)}, {}))).balances == {MUG: {DC: 8}}
        assert everything(shelf) == before
        kill(store)
        assert len(shelf.do(store.since(0, 99))) == 4
        kill(store)
        with pytest.raises(OutcomeUnknownError):
            shelf.do(store.append(entry("e5")))
        assert shelf.do(store.append(entry("e5"))) == Recorded(5, entry("e5"))


def test_a_host_goes_on_after_its_sessions_ended(tmp_path: Path) -> None:
    """All who waited are told, none twice; asked again, each entry is there once."""

    async def main() -> list[Recorded | None]:
        host = PostgresHost(servers.postgres(), schema=schema_of(tmp_path), codec=CODEC)
        await host.append(entry("e0"))
        with psycopg.connect(servers.postgres(), autocommit=True) as other:
            pids = [each._connection.info.backend_pid for each in host._sessions if each._connection]
            other.execute("SELECT pg_terminate_backend(pid, 10000) FROM unnest(%s::int[]) AS pid", (pids,))
        lost = await asyncio.gather(*[host.append(entry(f"e{n}")) for n in range(1, 9)], return_exceptions=True)
        assert [type(each) for each in lost] == [OutcomeUnknownError] * 8
        again = await asyncio.gather(*[host.append(entry(f"e{n}")) for n in range(9)])
        assert [each.entry.id for each in await host.since(0, 99)] == [each.entry.id for each in again if each]
        await host.close()
        return again

    assert sorted(each.position for each in asyncio.run(main()) if each) == [*range(1, 10)]


# Queues


def test_a_fact_does_not_wait_for_the_queue_of_its_unit(tmp_path: Path) -> None:
    """While one holds the unit's place and others queue behind him, a fact of the same unit is recorded."""
    with postgres(tmp_path) as shelf, postgres(tmp_path) as other, postgres(tmp_path) as fact:
        shelf.do(shelf.store.append(entry("e0", move(5, SUPPLIER, DC))))
        queued = entry("queued", move(1, DC, at("dc", "held")))
        with store_of(other)._connection.transaction():
            store_of(other)._connection.execute("SELECT pg_advisory_xact_lock(queue(%s))", (f"unit/{MUG}",))
            waiting = threading.Thread(target=lambda: shelf.do(shelf.store.append(queued, (Between(MUG, (DC,), 0),))))
            waiting.start()
            fact.do(fact.store.append(entry("fact", move(1, SUPPLIER, DC))))
            other_unit = Between(Unit("sku:CUP"), (DC,), 0)
            fact.do(fact.store.append(entry("other"), (other_unit,)))
            assert [each.entry.id for each in fact.do(fact.store.since(0, 9))] == ["e0", "fact", "other"]
            assert waiting.is_alive()
        waiting.join()
        assert [each.entry.id for each in fact.do(fact.store.since(3, 9))] == ["queued"]


def test_a_check_sees_what_was_recorded_while_it_waited(tmp_path: Path) -> None:
    """Two ask for the last piece and queue: who comes second sees what the first one took, and conflicts."""
    with postgres(tmp_path) as one, postgres(tmp_path) as two, postgres(tmp_path) as other:
        one.do(one.store.append(entry("e0", move(1, SUPPLIER, DC))))
        answers: dict[str, Recorded | None] = {}

        def take(shelf: Shelf, id: str) -> None:
            wanted = entry(id, move(1, DC, at("dc", "held", ref=id)))
            answers[id] = shelf.do(shelf.store.append(wanted, (Between(MUG, (DC,), 0), Unchanged(note_key("n"), 0))))

        takers = [threading.Thread(target=take, args=pair) for pair in ((one, "a"), (two, "b"))]
        with store_of(other)._connection.transaction():
            store_of(other)._connection.execute("SELECT pg_advisory_xact_lock(queue(%s))", (f"unit/{MUG}",))
            for taker in takers:
                taker.start()
            assert any(store_of(other)._one(QUEUING) == 2 for _ in range(20_000)), "nobody queues"
        for taker in takers:
            taker.join()

        assert sorted(answer is None for answer in answers.values()) == [False, True]


def test_what_is_not_committed_yet_is_not_passed(tmp_path: Path) -> None:
    """A reader never sees an entry before one with an earlier position, though that one is still under way."""
    with postgres(tmp_path) as shelf, postgres(tmp_path) as other:
        posting = rows.JSON([rows.posting(entry("first"), (), CODEC, store_of(other)._sets).told])
        with store_of(other)._connection.transaction():
            assert store_of(other)._one(rows.PUT, posting) == [["recorded", 1]]
            late = threading.Thread(target=lambda: shelf.do(shelf.store.append(entry("second"))))
            late.start()
            with postgres(tmp_path) as reader:
                assert reader.do(reader.store.since(0, 9)) == ()
            assert late.is_alive()
        late.join()
        assert [(n, each.id) for n, each in shelf.do(shelf.store.since(0, 9))] == [(1, "first"), (2, "second")]


# Batches


def test_each_of_a_batch_has_its_own_outcome(tmp_path: Path) -> None:
    """One conflicts, one is a repeat, one contradicts, one is beyond the database: the others are recorded."""

    async def main() -> list[object]:
        host = PostgresHost(servers.postgres(), schema=schema_of(tmp_path), codec=CODEC)
        await host.append(entry("e0", move(3, SUPPLIER, DC), notes=(Note(id="n", text="this"),)))
        batch = [
            host.append(entry("a", move(2, DC, at("dc", "held"))), (Between(MUG, (DC,), 0),)),
            host.append(entry("b", move(2, DC, at("dc", "held"))), (Between(MUG, (DC,), 0),)),
            host.append(entry("e0"), (Between(MUG, (DC,), 0),)),
            host.append(entry("c", notes=(Note(id="n", text="that"),)), (Between(MUG, (DC,), 0),)),
            host.append(entry("d", move(1, DC, at("dc", "held"))), (Between(MUG, (DC,), 0),)),
        ]
        answers = await asyncio.gather(*batch, return_exceptions=True)
        huge = [host.append(entry(f"h{n}", move(2**62, SUPPLIER, at("far"), Unit("sku:SAND")))) for n in range(3)]
        answers += await asyncio.gather(*huge, return_exceptions=True)
        await host.close()
        return [each.entry.id if isinstance(each, Recorded) else type(each).__name__ for each in answers]

    assert asyncio.run(main()) == [
        *("a", "NoneType", "e0", "Contradiction", "d"),
        *("h0", "NumericValueOutOfRange", "NumericValueOutOfRange"),
    ]


# Sums


def test_a_sum_is_the_sum_of_its_members_at_all_times(tmp_path: Path) -> None:
    """Rows that guards asked for are kept by facts and requests of all who share the schema, also after a new start."""
    everywhere, nodes = (*MANY, at("pool:web")), MANY[:9]
    with postgres(tmp_path) as shelf, postgres(tmp_path) as other:
        for number in range(30):
            one = (shelf, other)[number % 2]
            guards = tuple(Between(MUG, accounts, None) for accounts in (everywhere, nodes)[: number % 3])
            step = move(1 + number, SUPPLIER, MANY[number % 12]) if number % 2 else move(number + 1, MANY[3], SUPPLIER)
            one.do(one.store.append(entry(f"e{number}", step), guards))
            for accounts in (everywhere, nodes):
                assert not unequal(store_of(other))
                found = [
                    s.do(s.store.read(Wanted({MUG: accounts}, {}, sums=[(MUG, accounts)]))) for s in (shelf, other)
                ]
                assert [each.sums for each in found] == [(sum(each.balances[MUG].values()),) for each in found]
            if number == 15:
                run(store_of(other).forget_sums())
        assert store_of(other)._one("SELECT count(*) FROM sums") == 2


def unequal(store: PostgresStore) -> list[tuple[object, ...]]:
    """Return the sums that are not those of their members."""
    return store._rows(
        "SELECT set, unit, quantity, added_up(set, unit) FROM sums WHERE quantity <> added_up(set, unit)"
    )


@given(program=programs())
def test_sums_are_kept_through_a_retailers_days(program: Program) -> None:
    """Whatever is recorded, of goods that are asked for in every way."""
    with postgres(":memory:") as shelf:
        wide: tuple[Account, ...] = (*MANY, *(at(node) for node in CATALOG.network.node_by_id), at("pool:web"))
        twin = Twin(shelf)
        for sku in ("MUG", "CUP", "LID"):
            run(twin.append(entry(f"asked/{sku}"), (Between(Unit(f"sku:{sku}"), wide, None),)))
        World(CATALOG, store=twin).run(program)

        assert unequal(store_of(shelf)) == []
        assert store_of(shelf)._one("SELECT count(*) FROM sums") == 3


def test_accounts_that_are_named_twice_count_twice(tmp_path: Path) -> None:
    """They are no set, and are added up as they are named."""
    doubled = (*MANY, *MANY)
    with postgres(tmp_path) as shelf:
        shelf.do(shelf.store.append(entry("e0", move(2, SUPPLIER, MANY[0]))))
        assert shelf.do(shelf.store.append(entry("e1"), (Between(MUG, doubled, 5),))) is None
        assert shelf.do(shelf.store.append(entry("e1"), (Between(MUG, doubled, 4, 4),))) is not None
        assert store_of(shelf)._one("SELECT count(*) FROM sets") == 0


# The schema


def test_two_who_open_it_at_once(tmp_path: Path) -> None:
    """The schema is made once, whoever comes first."""
    name, failures = schema_of(tmp_path), list[BaseException]()

    def open_it() -> None:
        try:
            PostgresStore(servers.postgres(), schema=name).close()
        except BaseException as error:  # noqa: BLE001 - the test says it
            failures.append(error)

    openers = [threading.Thread(target=open_it) for _ in range(6)]
    for opener in openers:
        opener.start()
    for opener in openers:
        opener.join()

    assert failures == []


def test_a_schema_of_an_older_version_is_brought_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each version is made from the one before it, once, with what is in it; a newer one is not touched."""
    with postgres(tmp_path) as shelf:
        lived(shelf)
        before = everything(shelf)
    more = (("ALTER TABLE journal ADD COLUMN note text",), ("CREATE INDEX notes ON journal (note)",))
    with monkeypatch.context() as newer:
        newer.setattr(module_postgres, "MIGRATIONS", (*schema.MIGRATIONS, *more))
        for _ in range(2):
            with postgres(tmp_path) as shelf:
                assert everything(shelf) == before

    with pytest.raises(InvalidValue) as caught:
        PostgresStore(servers.postgres(), schema=schema_of(tmp_path))
    assert (caught.value.field, caught.value.value) == ("schema", len(schema.MIGRATIONS) + 2)


def test_a_schema_from_before_piles_were_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What moved to a pile and away is noted from the entries on record, once, and no earlier than the horizon."""
    with monkeypatch.context() as older:
        older.setattr(module_postgres, "MIGRATIONS", schema.MIGRATIONS[:1])
        with postgres(tmp_path) as shelf:
            noted = piled(shelf)
            assert isinstance(shelf.store, PostgresStore)
            assert shelf.store._connection.execute("DELETE FROM moves WHERE place LIKE '%:dc'").rowcount == 4
            assert everything(shelf) != noted

    for _ in range(2):
        with postgres(tmp_path) as shelf:
            assert everything(shelf) == noted


def test_a_schema_is_named_plainly() -> None:
    """A name that would have to be quoted is refused before anything is asked of the server."""
    with pytest.raises(InvalidValue):
        PostgresStore(servers.postgres(), schema='a"; DROP TABLE journal; --')


def test_a_backup_to_a_file_and_back(tmp_path: Path) -> None:
    """The snapshot and the tail go to a file and from there to another schema: all three are equal."""
    with postgres(tmp_path / "a") as shelf, SHELVES["sqlite"](tmp_path / "b") as file, postgres(tmp_path / "c") as back:
        lived(shelf)
        snapshot = shelf.do(shelf.store.snapshot())
        shelf.do(shelf.store.append(entry("e5", move(1, DC, SUPPLIER), notes=(Note(id="n", revision=3),))))
        file.do(file.store.restore(snapshot, shelf.do(shelf.store.since(snapshot.position, 99))))
        back.do(back.store.restore(file.do(file.store.snapshot())))

        assert everything(shelf) == everything(file) == everything(back)
        assert everything(back) == everything(Shelf(Memory(Ledger.replay(shelf.do(shelf.store.since(0, 99))))))


@pytest.mark.parametrize("module", [module_postgres])
def test_the_examples_of_the_store_run(module: ModuleType) -> None:
    """What a docstring shows is what comes out."""
    failed, attempted = doctest.testmod(module, extraglobs={"conninfo": servers.postgres()})

    assert failed == 0 < attempted
