"""The facade: three verbs over any store, and the network that they are asked on."""

import asyncio
from collections.abc import Mapping

import pytest

from tests.laws.world import CATALOG, NETWORK, NODES, NOW, POOLS, Distant, Turn, Waiting, World, make_order
from unicommerce.catalog import NETWORK as KEY
from unicommerce.catalog import Catalog, Network
from unicommerce.commerce import AsyncCommerce, Commerce
from unicommerce.errors import Busy, Contradiction, InvalidValue
from unicommerce.fulfillment import place
from unicommerce.inventory import InventoryCode, availability, expire, hold, received, reserve
from unicommerce.ledger import Accepted, Entry, Guard, LedgerCode, Memory, Reason, Recorded, Refused, run
from unicommerce.orders import order_status


def without(node: str, revision: int = 2) -> Catalog:
    """Return master data in which a node has closed for good."""
    nodes = tuple([each for each in NODES if each.id != node])
    pools = [type(pool)(id=pool.id, nodes=tuple([id for id in pool.nodes if id != node])) for pool in POOLS]
    return Catalog(network=Network(revision=revision, nodes=nodes, pools=tuple(pools)), products=CATALOG.products)


def test_the_network_goes_on_record_before_the_first_request() -> None:
    """Once, however many hosts begin with it."""
    store = Memory()
    for shop in (Commerce(CATALOG, store=store), Commerce(CATALOG, store=store)):
        shop.tell(received("r", node="dc", quantities={"MUG": 1}), now=NOW)

    assert [entry.id for _, entry in run(store.since(0, 10))] == ["network/1", "receipt/r"]
    assert store.ledger.document(KEY) == NETWORK


def test_seeing_records_nothing() -> None:
    """A view of an empty store is a view of nothing."""
    store = Memory()
    seen = Commerce(CATALOG, store=store).see(availability("MUG"))

    assert set(seen.pools.values()) == {0}
    assert run(store.since(0, 10)) == ()


def test_a_step_is_told_or_asked_whichever_it_is() -> None:
    """And what was taken for the other is named, before anything is on record of it."""
    shop = Commerce(CATALOG)
    told, asked = received("r", node="north", quantities={"MUG": 1}), reserve("c", place="north", quantities={"MUG": 2})
    assert isinstance(shop.enter(told, now=NOW, source="till"), Accepted)
    assert isinstance(shop.enter(asked, now=NOW), Refused)

    with pytest.raises(InvalidValue, match=r"^telling: .* it may be refused, and is asked"):
        shop.tell(asked, now=NOW)  # type: ignore[arg-type]  # that is the mistake
    with pytest.raises(InvalidValue, match=r"^request: .* it has happened, and is told"):
        shop.ask(told, now=NOW)  # type: ignore[arg-type]  # that is the mistake
    assert [entry.source for _, entry in run(shop.store.since(0, 10))] == ["", "till"]


def test_a_revised_network_rules_the_next_request() -> None:
    """A node that is gone is no place any more."""
    world = World()
    world.shop.revise(without("north"), now=NOW)

    assert world.ask(reserve("c", place="north", quantities={"MUG": 1})) == Refused(
        (Reason(InventoryCode.UNKNOWN_PLACE, "north"),)
    )
    assert world.shop.catalog.network.revision == 2


def test_a_host_learns_of_a_revision_that_another_made() -> None:
    """It is asked on the network on record, not on the one that it was started with."""
    store = Memory()
    one, other = Commerce(CATALOG, store=store), Commerce(CATALOG, store=store)
    one.tell(received("r", node="north", quantities={"MUG": 1}), now=NOW)
    other.revise(without("north"), now=NOW)
    answer = one.ask(reserve("c", place="north", quantities={"MUG": 1}), now=NOW)

    assert isinstance(answer, Refused)
    assert one.catalog.network == other.catalog.network


def test_a_host_with_an_older_network_goes_on_with_the_newer_one() -> None:
    """A revision that comes late replaces nothing."""
    world = World()
    world.shop.revise(without("north", 3), now=NOW)
    world.shop.revise(without("south", 2), now=NOW)
    answer = world.ask(reserve("c", place="south", quantities={"MUG": 1}))

    assert isinstance(answer, Accepted)
    assert world.shop.catalog.network.revision == 3


def test_a_host_that_begins_with_another_network_of_a_known_revision_is_told() -> None:
    """Two truths of one revision are an error of whoever set them up; nothing is asked on either."""
    store = Memory()
    Commerce(CATALOG, store=store).revise(CATALOG, now=NOW)
    other = Commerce(without("north", 1), store=store)
    for _ in range(2):
        with pytest.raises(Contradiction):
            other.ask(reserve("c", place="dc", quantities={"MUG": 1}), now=NOW)

    assert store.ledger.entry("claim/c") is None


def test_a_cause_and_a_source_are_kept_with_the_entry() -> None:
    """Who asked, and because of what."""
    shop = Commerce(CATALOG)
    shop.tell(received("r", node="dc", quantities={"MUG": 1}), now=NOW, source="wms")
    shop.ask(reserve("c", place="dc", quantities={"MUG": 1}), now=NOW, cause="receipt/r", source="web")
    told, asked = [entry for _, entry in run(shop.store.since(1, 10))]

    assert (told.source, told.cause) == ("wms", "")
    assert (asked.source, asked.cause) == ("web", "receipt/r")


def test_a_request_is_refused_today_and_taken_tomorrow() -> None:
    """A refusal is not kept: asked again, it may be accepted."""
    world = World(stock=0)
    request = reserve("c", place="dc", quantities={"MUG": 1})
    first = world.ask(request)
    world.tell(received("r", node="dc", quantities={"MUG": 1}))

    assert isinstance(first, Refused)
    assert isinstance(world.ask(request), Accepted)


class Contested(Distant):
    """A store in which somebody else is always first."""

    __slots__ = ("races",)

    def __init__(self) -> None:
        super().__init__()
        self.races = 0

    async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:
        """Lose the race, unless nothing guards the entry."""
        self.races += bool(guards)
        return None if guards else await super().append(entry, guards)


def test_who_loses_every_race_is_told_so() -> None:
    """The id is still free, and the caller may ask again."""
    store = Contested()
    shop = Commerce(CATALOG, store=store)
    shop.tell(received("r", node="dc", quantities={"MUG": 1}), now=NOW)
    with pytest.raises(Busy) as raised:
        shop.ask(reserve("c", place="dc", quantities={"MUG": 1}), now=NOW)

    assert (raised.value.id, raised.value.attempts) == ("claim/c", store.races)


def test_a_store_that_waits_needs_the_facade_that_awaits() -> None:
    """Driven by `run`, it is an error of the program; awaited, it answers."""
    with pytest.raises(RuntimeError):
        Commerce(CATALOG, store=Waiting()).tell(received("r", node="dc", quantities={"MUG": 1}), now=NOW)


class Sleeping(Distant):
    """A store over a loop: it gives way before each answer."""

    __slots__ = ()

    async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:
        """Give way, then append."""
        await Turn()
        return await super().append(entry, guards)


async def _day(shop: AsyncCommerce) -> Mapping[str, object]:
    await shop.tell(received("r", node="north", quantities={"MUG": 3}), now=NOW)
    order = make_order("o", pool="club", skus=("MUG",))
    asked = [
        shop.ask(place(order, {"1": 2}), now=NOW),
        shop.ask(hold("h", place="north", quantities={"MUG": 2}, until=NOW), now=NOW),
    ]
    answers = await asyncio.gather(*asked)
    status = await shop.see(order_status("o"))
    ended = await shop.ask(expire("h"), now=NOW)
    return {"answers": answers, "status": status.status if status else "", "ended": ended}


def test_the_same_day_over_an_event_loop() -> None:
    """Two who ask at once for more than there is: one of them gets it."""
    day = asyncio.run(_day(AsyncCommerce(CATALOG, store=Sleeping())))
    answers = day["answers"]
    assert isinstance(answers, list)

    assert sorted(type(answer).__name__ for answer in answers) == ["Accepted", "Refused"]
    assert (day["status"] == "allocated") != isinstance(day["ended"], Accepted)


def test_a_repeat_says_that_it_was_done_already() -> None:
    """Over any store, near or distant."""
    for store in (Memory(), Distant()):
        world = World(store=store)
        request = reserve("c", place="dc", quantities={"MUG": 1})
        world.ask(request)
        again = world.ask(request)

        assert isinstance(again, Accepted)
        assert again.because == (Reason(LedgerCode.ALREADY_DONE, "claim/c"),)
