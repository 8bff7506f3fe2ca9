"""A host goes by what it read within the last second: a yes is recorded without reading, a no is never recalled."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unicommerce import Accepted, Catalog, Commerce, Network, Node, Pool, Position, availability, received, reserve
from unicommerce.catalog import pool_place
from unicommerce.errors import Contradiction
from unicommerce.inventory import InventoryCode, release
from unicommerce.ledger import Decision, Entry, Found, Guard, LedgerCode, Memory, Reason, Recorded, State, Wanted

NOW = 1_000_000
NODES = tuple([Node(id=f"n{number}", position=Position(0, 0)) for number in range(12)])
CATALOG = Catalog(network=Network(nodes=NODES, pools=(Pool(id="web", nodes=tuple([node.id for node in NODES])),)))


class Database(Memory):
    """A store whose state is elsewhere, as a database's is; it counts what it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.reads = self.appends = 0

    @property
    def state(self) -> State | None:  # type: ignore[override]  # that is what makes it a database
        """Return None."""
        return None

    async def read(self, wanted: Wanted) -> Found:
        """Count."""
        self.reads += 1
        return await super().read(wanted)

    async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:
        """Count."""
        self.appends += 1
        return await super().append(entry, guards)


class Heedless(Database):
    """A database that checks no guard."""

    async def append(self, entry: Entry, _guards: tuple[Guard, ...] = ()) -> Recorded | None:
        """Record whatever comes."""
        return await super().append(entry)


def stocked(store: Memory, pieces: int = 10) -> Commerce:
    """Return a host of a shop with pieces at the first node."""
    shop = Commerce(CATALOG, store=store)
    shop.tell(received("r", node="n0", quantities={"MUG": pieces}), now=NOW)
    return shop


def take(shop: Commerce, claim: str, pieces: int = 1, *, place: str = "n0", now: int = NOW) -> Decision:
    """Ask for mugs."""
    return shop.ask(reserve(claim, place=place, quantities={"MUG": pieces}), now=now)


@pytest.mark.parametrize("place", ["n0", pool_place("web")])
def test_the_second_of_a_second_reads_nothing(place: str) -> None:
    """One append is all that a claim on a SKU takes that was read just now, at a node and at a pool of many."""
    store = Database()
    shop = stocked(store)
    take(shop, "a", place=place)
    store.reads = store.appends = 0

    assert isinstance(take(shop, "b", place=place, now=NOW + 999), Accepted)
    assert (store.reads, store.appends) == (0, 1)


def test_after_a_second_it_is_read_again() -> None:
    """What is old is not gone by, nor what a clock that was put back makes older than now."""
    store = Database()
    shop = stocked(store)
    for number, now in enumerate((NOW, NOW + 1_000, NOW + 999)):
        store.reads = 0
        take(shop, f"c{number}", now=now)

        assert store.reads == 1


def test_another_host_took_them_meanwhile() -> None:
    """Guards are checked on what is on record; the answer then has the figures that are true now."""
    store = Database()
    here, there = stocked(store), Commerce(CATALOG, store=store)
    take(here, "a")
    take(there, "b", 8)

    assert take(here, "c", 2).because == (Reason(InventoryCode.SHORT, "n0", 1, 2, "MUG"),)


def test_another_host_gave_them_back_meanwhile() -> None:
    """A no is never recalled: it is read first whether it is still one."""
    store = Database()
    here, there = stocked(store), Commerce(CATALOG, store=store)
    take(here, "a", 10)
    take(here, "b")  # nothing is left, and this host knows it
    there.ask(release("a", id="1"), now=NOW)

    assert isinstance(take(here, "b"), Accepted)


def test_an_id_on_record_is_found_without_reading() -> None:
    """The same question has its first answer, another one names the field that differs."""
    shop = stocked(Database())
    take(shop, "a")

    assert take(shop, "a").because == (Reason(LedgerCode.ALREADY_DONE, "claim/a"),)
    with pytest.raises(Contradiction, match="quantity"):
        take(shop, "a", 2)


STEPS = st.lists(
    st.tuples(st.integers(0, 2), st.integers(1, 4), st.sampled_from(["n0", pool_place("web")]), st.integers(0, 700)),
    max_size=25,
)


def left(steps: list[tuple[int, int, str, int]], store: Database) -> tuple[int, int]:
    """Let three hosts take and give back by turns, and return what the books say is left, and what the answers say."""
    shops = [stocked(store), Commerce(CATALOG, store=store), Commerce(CATALOG, store=store)]
    told, now = 10, NOW
    for number, (host, pieces, place, pause) in enumerate(steps):
        now += pause
        if isinstance(take(shops[host], f"c{number}", pieces, place=place, now=now), Accepted):
            told -= pieces
        if number % 3 == 2:
            freed = shops[host].ask(release(f"c{number - 1}", id="back"), now=now)
            told += steps[number - 1][1] if isinstance(freed, Accepted) else 0
    return shops[0].see(availability("MUG")).pools["web"], told


@given(STEPS)
def test_no_host_is_promised_a_piece_twice(steps: list[tuple[int, int, str, int]]) -> None:
    """Whatever each of three hosts recalls, what they were told is what is on record, and never more than there was."""
    found, told = left(steps, Database())

    assert found == told >= 0


def test_guards_are_what_it_rests_on() -> None:
    """Where a store checks no guard, the same steps oversell: the law above can fail."""
    _, told = left([(0, 4, "n0", 0), (1, 1, "n0", 0), (0, 4, "n0", 0), (1, 4, "n0", 0), (0, 4, "n0", 0)], Heedless())

    assert told < 0
