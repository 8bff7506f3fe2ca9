"""What a store in a file owes beside the contract: errors of the database, older kinds, one moment, a loop."""

import asyncio
import doctest
import sqlite3
import unicodedata
from contextlib import closing
from pathlib import Path
from types import ModuleType

import pytest

from examples.stores import lanes, threaded
from examples.stores import sqlite as schema
from examples.stores.sqlite import SQLiteStore
from examples.stores.threaded import ThreadedStore
from tests.stores.piles import piled
from tests.stores.shelves import memory, sqlite
from unicommerce import AsyncCommerce, Catalog, Commerce, Network, Node, Pool, Position, availability, received, reserve
from unicommerce.codec import Codec, Plain
from unicommerce.errors import Contradiction
from unicommerce.inventory import adjusted
from unicommerce.ledger import Accepted, LedgerCode, Recorded, Seal, breach, run, seal
from unicommerce.testing import CODEC, Handle, Note
from unicommerce.testing.answering import lived
from unicommerce.testing.notes import MUG, SUPPLIER, at, entry, move

DC = Node(id="dc", position=Position.of(36.34, -94.07))
CATALOG = Catalog(network=Network(nodes=(DC,), pools=(Pool(id="web", nodes=("dc",)),)))


def test_an_append_that_fails_half_way_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the database complains of, the entry is not there, and the store goes on."""
    with sqlite(tmp_path / "store.sqlite") as shelf:
        lived(shelf)
        before = shelf.everything()
        with monkeypatch.context() as broken:
            broken.setattr(schema, "RECORD", "INSERT INTO nowhere VALUES (?, ?, ?)")
            with pytest.raises(sqlite3.OperationalError):
                shelf.do(shelf.store.append(entry("e5", move(1, SUPPLIER, at("dc")), notes=(Note(id="x"),))))

        assert shelf.everything() == before
        assert shelf.do(shelf.store.append(entry("e5"))) == Recorded(5, entry("e5"))


def test_a_quantity_beyond_the_database_is_not_rounded(tmp_path: Path) -> None:
    """A sum of more than 64 bits is an error, and nothing has changed."""
    with sqlite(tmp_path / "store.sqlite") as shelf:
        shelf.do(shelf.store.append(entry("e1", move(2**62, SUPPLIER, at("dc")))))
        before = shelf.everything()

        with pytest.raises(sqlite3.Error):
            shelf.do(shelf.store.append(entry("e2", move(2**62, SUPPLIER, at("dc")))))

        assert shelf.everything() == before


class BeforePiles(SQLiteStore):
    """The store before moves of piles were noted."""

    migrations = SQLiteStore.migrations[:3]


def test_a_file_from_before_piles_were_noted(tmp_path: Path) -> None:
    """What moved to a pile and away is noted from the entries on record, once, and no earlier than the horizon."""
    path = tmp_path / "store.sqlite"
    with closing(BeforePiles(path, synchronous="NORMAL", codec=CODEC)) as store:
        noted = piled(Handle(store))
        assert store._file.execute("DELETE FROM moves WHERE place LIKE '%:dc'").rowcount == 4
        assert Handle(store).everything() != noted

    for _ in range(2):
        with sqlite(path) as shelf:
            assert shelf.everything() == noted


def test_a_file_of_older_kinds_is_read(tmp_path: Path) -> None:
    """Two versions of a program may share a file: the newer one's codec reads what the older one wrote."""
    path = tmp_path / "store.sqlite"
    with sqlite(path) as shelf:
        shelf.do(shelf.store.append(entry("e1", move(3, SUPPLIER, at("dc")))))
        shelf.do(shelf.store.append(entry("e2", notes=(Note(id="n", text="of old"),))))
        sealed = seal(Seal(), [CODEC.encode(each) for _, each in shelf.do(shelf.store.since(0, 9))])
    kept = {kind: shape for kind, shape in CODEC.documents.items() if kind != "testing.note"}

    def renamed(plain: Plain) -> Plain:
        return plain | {"kind": "testing.note.2"}

    codec = Codec(events=CODEC.events, documents=kept | {"testing.note.2": Note}, upcasters={"testing.note": renamed})
    store = SQLiteStore(path, codec=codec)

    assert [recorded.entry.documents for recorded in run(store.since(0, 9))] == [(), (Note(id="n", text="of old"),)]
    assert breach([sealed], run(store.bodies(0, 9))) is None, "a seal is kept over the bytes that were recorded"
    assert run(store.append(entry("e3", notes=(Note(id="n", text="of old"),)))) is not None
    with pytest.raises(Contradiction):
        run(store.append(entry("e4", notes=(Note(id="n", text="of today"),))))
    store.close()


def test_a_reader_sees_one_moment_while_others_write(tmp_path: Path) -> None:
    """A snapshot that was begun is not changed by what is recorded meanwhile, and nobody waits."""
    path = tmp_path / "store.sqlite"
    with sqlite(path) as shelf, sqlite(path) as other:
        lived(shelf)
        assert isinstance(other.store, SQLiteStore)
        with other.store._transaction("DEFERRED"):
            before = other.store._balances({MUG: (at("dc"),)})
            shelf.do(shelf.store.append(entry("e5", move(100, SUPPLIER, at("dc")))))
            assert other.store._balances({MUG: (at("dc"),)}) == before
        assert other.store._balances({MUG: (at("dc"),)})[MUG][at("dc")] == before[MUG][at("dc")] + 100


def test_a_locked_file_is_waited_for_and_then_named(tmp_path: Path) -> None:
    """A store that stays locked is an error of the database, not an answer."""
    path = tmp_path / "store.sqlite"
    store, patient = SQLiteStore(path), SQLiteStore(path, wait_ms=50, codec=CODEC)
    with store._transaction("IMMEDIATE"), pytest.raises(sqlite3.OperationalError):
        run(patient.append(entry("e1")))
    store.close()
    patient.close()


@pytest.mark.parametrize("make", [memory, sqlite])
def test_a_repeat_in_other_unicode_is_a_repeat(tmp_path: Path, make: type) -> None:
    """The codec keeps text in form NFC; a sender who writes the same letters in another form tells no other story."""
    one, other = (unicodedata.normalize(form, "verlegt: Café") for form in ("NFC", "NFD"))
    with make(tmp_path / "store.sqlite") as shelf:
        shop = Commerce(CATALOG, store=shelf.store)
        tellings = [adjusted("c1", node="dc", sku="MUG", change=-1, reason=reason) for reason in (other, one, other)]
        answers = [shop.tell(telling, now=0) for telling in tellings]

    assert [[each.code for each in answer.because] for answer in answers] == [[], *[[LedgerCode.ALREADY_DONE]] * 2]


@pytest.mark.parametrize("module", [lanes, schema, threaded])
def test_the_examples_of_the_stores_run(module: ModuleType) -> None:
    """What a docstring shows is what comes out."""
    failed, attempted = doctest.testmod(module)

    assert failed == 0 < attempted


def test_a_threaded_store_waits(tmp_path: Path) -> None:
    """Who drives it as if it did not is told, inside a loop and outside."""
    store = ThreadedStore(lambda: SQLiteStore(tmp_path / "store.sqlite"))

    async def inside() -> None:
        run(store.since(0, 1))

    with pytest.raises(RuntimeError):
        run(store.since(0, 1))
    with pytest.raises(RuntimeError):
        asyncio.run(inside())
    asyncio.run(store.close(SQLiteStore.close))


def test_an_async_host_over_a_threaded_store(tmp_path: Path) -> None:
    """Twelve ask at once for five pieces: five get one, and the loop has served others meanwhile."""
    turns = 0

    async def serve_others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async def main() -> list[bool]:
        store = ThreadedStore(lambda: SQLiteStore(tmp_path / "store.sqlite"))
        shop = AsyncCommerce(CATALOG, store=store)
        await shop.tell(received("r1", node="dc", quantities={"MUG": 5}), now=0)
        others = asyncio.create_task(serve_others())
        wants = [reserve(f"b{n}", place=("dc", "pool:web")[n % 2], quantities={"MUG": 1}) for n in range(12)]
        answers = await asyncio.gather(*[shop.ask(want, now=0) for want in wants])
        others.cancel()
        assert (await shop.see(availability("MUG"))).pools == {"web": 0}
        await store.close(SQLiteStore.close)
        return [isinstance(answer, Accepted) for answer in answers]

    assert sum(asyncio.run(main())) == 5
    assert turns > 12
