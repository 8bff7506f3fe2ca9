"""What a store on a server owes besides: lost connections, restarts, two who open it, queues, batches and sums."""

import asyncio
import doctest
import threading
from contextlib import closing
from pathlib import Path
from types import ModuleType

import psycopg
import pytest
from hypothesis import given

from examples.stores import postgres as module_postgres
from examples.stores import postgres_rows as rows
from examples.stores.postgres import OutcomeUnknownError, PostgresStore
from examples.stores.postgres_host import PostgresHost
from tests import servers
from tests.laws.world import Program, programs
from tests.stores.piles import piled
from tests.stores.shelves import postgres, schema_of
from tests.stores.twins import SKUS, live_through
from tests.testing import stores
from unicommerce.errors import InvalidValue
from unicommerce.ledger import Between, Recorded, Wanted, run
from unicommerce.testing import CODEC, Handle, Note
from unicommerce.testing.answering import lived
from unicommerce.testing.notes import CUP, MUG, SUPPLIER, at, entry, move
from unicommerce.values import Unit

DC = at("dc")
MANY = tuple(at(f"n{number}") for number in range(40))


def store_of(shelf: Handle) -> PostgresStore:
    """Return the store on the shelf."""
    assert isinstance(shelf.store, PostgresStore)
    return shelf.store


def kill(store: PostgresStore) -> None:
    """End a store's session from outside, as a restart of the server or of a firewall does."""
    with psycopg.connect(servers.postgres(), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 10000)", (store._connection.info.backend_pid,))


# Connections


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
        before = shelf.everything()
        kill(store)
        assert shelf.do(store.read(Wanted({MUG: (DC,)}, {}))).balances == {MUG: {DC: 7}}
        assert shelf.everything() == before
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


def test_a_request_does_not_wait_for_the_queue_of_another_unit(tmp_path: Path) -> None:
    """While one holds a unit's place, requests for another are recorded; that facts are is in the contract."""
    with postgres(tmp_path) as shelf, stores.holding(servers.postgres(), schema_of(tmp_path), Between(MUG, (DC,))):
        assert shelf.put(entry("other"), guards=(Between(CUP, (DC,), 0),)) == [Recorded(1, entry("other"))]


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
    """Whatever is recorded, of goods that are asked for in every way; and all that is read is as in memory."""
    with postgres(":memory:") as shelf:
        live_through(program, shelf)

        assert unequal(store_of(shelf)) == []
        assert store_of(shelf)._one("SELECT count(*) FROM sums") == len(SKUS)


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
    conninfo, name, failures = servers.postgres(), schema_of(tmp_path), list[BaseException]()

    def open_it() -> None:
        try:
            PostgresStore(conninfo, schema=name).close()
        except BaseException as error:  # noqa: BLE001 - the test says it
            failures.append(error)

    openers = [threading.Thread(target=open_it) for _ in range(6)]
    for opener in openers:
        opener.start()
    for opener in openers:
        opener.join()

    assert failures == []


class BeforePiles(PostgresStore):
    """The store before moves of piles were noted."""

    migrations = PostgresStore.migrations[:1]
    recording = "CALL record(%s::jsonb, NULL)"


def test_a_schema_from_before_piles_were_noted(tmp_path: Path) -> None:
    """What moved to a pile and away is noted from the entries on record, once, and no earlier than the horizon."""
    with closing(BeforePiles(servers.postgres(), schema=schema_of(tmp_path), codec=CODEC)) as store:
        noted = piled(Handle(store))
        assert store._connection.execute("DELETE FROM moves WHERE place LIKE '%:dc'").rowcount == 4
        assert Handle(store).everything() != noted

        for _ in range(2):
            with postgres(tmp_path) as shelf:
                assert shelf.everything() == noted
        with pytest.raises(InvalidValue, match="schema"):  # who does not note piles records nothing any more
            run(store.append(entry("late")))


def test_a_schema_is_named_plainly() -> None:
    """A name that would have to be quoted is refused before anything is asked of the server."""
    with pytest.raises(InvalidValue):
        PostgresStore(servers.postgres(), schema='a"; DROP TABLE journal; --')


@pytest.mark.parametrize("module", [module_postgres])
def test_the_examples_of_the_store_run(module: ModuleType) -> None:
    """What a docstring shows is what comes out."""
    failed, attempted = doctest.testmod(module, extraglobs={"conninfo": servers.postgres()})

    assert failed == 0 < attempted
