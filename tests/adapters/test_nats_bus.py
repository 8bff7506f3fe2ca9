"""The bus loses nothing and nobody acts twice: JetStream drops repeats, what was not put on record comes again."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import cast

import nats as client
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nats.aio.msg import Msg
from nats.js import JetStreamContext

from examples.adapters.nats_bus import (
    DEAD,
    JOURNAL,
    MESSAGES,
    Inbox,
    Publisher,
    Subscription,
    consume,
    entry_of,
    follow,
    message_of,
    open_stream,
    recorder,
)
from examples.adapters.shopify import Shopify
from tests.adapters.cases import payload
from tests.servers import nats, start_nats
from unicommerce.catalog import Catalog, Network, Node, Pool
from unicommerce.commerce import AsyncCommerce
from unicommerce.delivery import Follower, Progress, Reaction, by_entry, turn
from unicommerce.errors import InvalidValue, UnicommerceError
from unicommerce.intake import Intake
from unicommerce.inventory import received
from unicommerce.ledger import Entry, Guard, Memory, Recorded
from unicommerce.orders import order_key
from unicommerce.ports import Message
from unicommerce.values import Position

TABLE = (Reaction("bus", "goods", ("inventory.received",), by_entry),)
CATALOG = Catalog(
    network=Network(nodes=(Node(id="dc", position=Position(0, 0)),), pools=(Pool(id="web", nodes=("dc",)),))
)
ORDER = payload("shopify", "order.json", "orders/create")._replace(id="hook-1", sent_at=5)
IPODS = {"IPOD2008GREEN": 2, "IPOD2008RED": 2, "IPOD2008BLACK": 2}
STREAM = "UNICOMMERCE"


@asynccontextmanager
async def bus(uri: str = "") -> AsyncIterator[JetStreamContext]:
    """Connect to the server of the tests, where nothing is on the stream."""
    connection = await client.connect(uri or nats().uri, allow_reconnect=bool(uri), reconnect_time_wait=0.05)
    try:
        stream = connection.jetstream(timeout=2)
        await open_stream(stream)
        try:
            yield stream
        finally:
            await stream.delete_stream(STREAM)
    finally:
        await connection.close()


async def shop_with(*receipts: str, quantities: dict[str, int] | None = None) -> AsyncCommerce:
    """Return a shop in which so many receipts are on record."""
    shop = AsyncCommerce(CATALOG)
    for receipt in receipts:
        await shop.tell(received(receipt, node="dc", quantities=quantities or {"MUG": 1}), now=7)
    return shop


async def deliver(shop: AsyncCommerce, stream: JetStreamContext, *, progress: Progress | None = None) -> Follower:
    """Let the bus have all that is owed, once."""
    follower = Follower("bus", TABLE, progress=progress)
    while await turn(shop.store, follower, Publisher(stream, source="/shop"), now=0):
        pass
    return follower


async def kept(stream: JetStreamContext) -> int:
    """Return how many messages the stream holds."""
    return (await stream.stream_info(STREAM)).state.messages


async def all_settled(subscription: Subscription) -> bool:
    """Tell whether all that was handed out is acknowledged; the server takes a moment to note that."""
    for _ in range(100):
        if not (await subscription.consumer_info()).num_ack_pending:
            return True
        await asyncio.sleep(0.01)
    return False


def collecting(entries: list[Entry]) -> Callable[[Msg], Awaitable[str]]:
    """Return a handler that keeps the entries."""

    async def handle(message: Msg) -> str:
        entries.append(entry_of(message.data))
        return ""

    return handle


@pytest.mark.integration
def test_the_journal_goes_out_once_and_whole() -> None:
    """A follower that forgot how far it was publishes all again; the stream holds each entry once, word for word."""

    async def run() -> None:
        shop, read = await shop_with("r1", "r/2", "größe 3"), list[Entry]()
        async with bus() as stream:
            goods = await follow(stream, f"{JOURNAL}.goods", "stock")
            for _ in range(2):
                follower = await deliver(shop, stream)
                assert follower.counts["normal"].delivered == 3
            assert await kept(stream) == 3
            assert await consume(goods, collecting(read), stream=stream) == 3
            assert await consume(goods, collecting(read), stream=stream, timeout_s=0.1) == 0
        journal = [recorded.entry for recorded in await shop.store.since(0, 10)]
        assert read == [entry for entry in journal if entry.events[0].kind == "inventory.received"]

    asyncio.run(run())


@pytest.mark.integration
def test_an_entry_goes_out_as_an_event_of_the_standard() -> None:
    """Its id is the letter's, its time when it was recorded, its sequence where it stands in the journal."""

    async def run() -> None:
        shop = await shop_with("r1")
        async with bus() as stream:
            goods = await follow(stream, f"{JOURNAL}.goods", "stock")
            await deliver(shop, stream)
            (message,) = await goods.fetch(1, timeout=1)
        said = json.loads(message.data)
        (_, (position, entry)) = await shop.store.since(0, 10)
        assert said.pop("data")["id"] == entry.id
        assert said == {
            "specversion": "1.0",
            "id": f"{entry.id}/goods",
            "source": "/shop",
            "type": "unicommerce.goods",
            "subject": entry.id,
            "time": "1970-01-01T00:00:00.007000Z",
            "datacontenttype": "application/json",
            "sequence": str(position),
        }

    asyncio.run(run())


@pytest.mark.integration
def test_a_message_travels_as_it_is() -> None:
    """No number of it passes through a float; the sender's id and moment come along."""
    messages = (
        Message("orders/create", '{"total": 0.10000000000000000001, "größe": [1.10]}', "hook-1", 1_795_770_000_123),
        Message("x12/850", "ISA*00~\nGS*PO~", "7"),
    )

    async def run() -> None:
        async with bus() as stream:
            inbox = await follow(stream, f"{MESSAGES}.shop", "all")
            for message in (*messages, *messages):
                await Inbox(stream).put("shop", message)
            assert await kept(stream) == 2
            assert tuple([message_of((await inbox.fetch(1, timeout=1))[0].data) for _ in messages]) == messages

    asyncio.run(run())


@pytest.mark.integration
def test_two_systems_may_number_their_messages_alike() -> None:
    """The stream knows repeats for all subjects at once: it would have dropped the second as a repeat of the first."""
    message = Message("orders/create", "{}", "7")

    async def run() -> None:
        async with bus() as stream:
            for system in ("shop", "till", "shop"):
                await Inbox(stream).put(system, message)
            assert await kept(stream) == 2
            for system in ("shop", "till"):
                found = await (await follow(stream, f"{MESSAGES}.{system}", system)).fetch(2, timeout=1)
                assert [message_of(each.data) for each in found] == [message]

    asyncio.run(run())


@pytest.mark.integration
def test_what_is_larger_than_the_server_takes_is_a_dead_letter() -> None:
    """Sending it again would not help; people see why."""

    async def run() -> None:
        shop = await shop_with("r1")
        async with bus() as stream:
            stream._nc._max_payload = 200
            follower = await deliver(shop, stream)
        (letter,) = follower.dead
        assert letter.because.found == "it is larger than the server takes"

    asyncio.run(run())


@pytest.mark.integration
def test_nothing_is_acknowledged_before_it_is_on_record() -> None:
    """A store that fails leaves the message with the bus; it comes again, and is on record once."""

    class Failing(Memory):
        fails = True

        async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:
            if self.fails:
                raise OSError("disk full")
            return await super().append(entry, guards)

    async def run() -> None:
        store = Failing()
        shop = AsyncCommerce(CATALOG, store=store)
        handle = recorder(shop, Shopify(), intake=Intake(pool="web"), clock=lambda: 7)
        async with bus() as stream:
            orders = await follow(stream, f"{MESSAGES}.shopify", "orders")
            await Inbox(stream).put("shopify", ORDER)
            assert await consume(orders, handle, stream=stream, again_s=0.05) == 0
            assert (await orders.consumer_info()).num_ack_pending == 1
            store.fails = False
            await shop.tell(received("r", node="dc", quantities=IPODS), now=0)
            assert await consume(orders, handle, stream=stream) == 1
            assert await all_settled(orders)
            assert await kept(stream) == 1
        assert await shop.see(lambda state, _: state.document(order_key("450789469"))) is not None

    asyncio.run(run())


@pytest.mark.integration
def test_a_crash_between_the_record_and_the_acknowledgement_repeats() -> None:
    """What was on record already is known by its id: nothing is done again."""

    class CrashError(BaseException):
        pass

    async def run() -> None:
        shop = await shop_with("r", quantities=IPODS)
        handle = recorder(shop, Shopify(), intake=Intake(pool="web"), clock=lambda: 7)

        async def crash(message: Msg) -> str:
            await handle(message)
            raise CrashError

        async with bus() as stream:
            orders = await follow(stream, f"{MESSAGES}.shopify", "orders", wait_s=0.2)
            await Inbox(stream).put("shopify", ORDER)
            with pytest.raises(CrashError):
                await consume(orders, crash, stream=stream)
            before = await shop.store.since(0, 100)
            assert await consume(orders, handle, stream=stream) == 1
            assert await shop.store.since(0, 100) == before
            assert await kept(stream) == 1
            assert await all_settled(orders)

    asyncio.run(run())


@pytest.mark.integration
def test_what_no_repeat_can_mend_goes_to_the_dead_and_the_next_comes() -> None:
    """What cannot be read, and what is refused; each with its reason, in the words of the one who said no."""

    async def run() -> None:
        shop = await shop_with("r", quantities={**IPODS, "IPOD2008RED": 1})
        handle = recorder(shop, Shopify(), intake=Intake(pool="web"), clock=lambda: 7)
        short = ORDER._replace(id="hook-2", body=ORDER.body.replace('"quantity": 1', '"quantity": 9'))
        async with bus() as stream:
            orders = await follow(stream, f"{MESSAGES}.shopify", "orders")
            await stream.publish(f"{MESSAGES}.shopify", b"\xff no event")
            for message in (Message("products/update", "{}", "hook-0"), short, ORDER):
                await Inbox(stream).put("shopify", message)
            assert await consume(orders, handle, stream=stream) == 4
            assert await all_settled(orders)
            dead = await (await follow(stream, f"{DEAD}.>", "people")).fetch(10, timeout=1)
        reasons = [(message.headers or {})["Reason"] for message in dead]
        assert [reason.partition(":")[0].partition(";")[0] for reason in reasons] == ["message", "topic", "refused"]
        assert "IPOD2008RED" in reasons[2]
        assert {message.subject for message in dead} == {f"{DEAD}.{MESSAGES}.shopify"}
        assert dead[0].data == b"\xff no event"
        assert await shop.see(lambda state, _: state.document(order_key("450789469"))) is not None

    asyncio.run(run())


@pytest.mark.integration
def test_an_outage_of_the_bus_loses_nothing() -> None:
    """What was published before it was killed is there; what could not be is sent when somebody answers again."""
    server = start_nats()

    async def run() -> None:
        shop, read = await shop_with("r1"), list[Entry]()
        async with bus(server.uri) as stream:
            follower = await deliver(shop, stream)
            await shop.tell(received("r2", node="dc", quantities={"MUG": 1}), now=8)
            server.crash()
            publisher = Publisher(stream, source="/shop", timeout_s=0.3)
            assert await turn(shop.store, follower, publisher, now=0) == 1
            assert follower.counts["normal"].waiting == 1
            server.restart()
            now = 0
            while follower.counts["normal"].waiting and now < 100:
                await asyncio.sleep(0.05)
                now += 1
                await turn(shop.store, follower, publisher, now=now * 60_000)
            goods = await follow(stream, f"{JOURNAL}.goods", "stock")
            await consume(goods, collecting(read), stream=stream)
        assert len(read) == len({entry.id for entry in read}) == 2

    try:
        asyncio.run(run())
    finally:
        server.stop()


@pytest.mark.integration
def test_the_client_says_in_two_ways_that_nothing_came(monkeypatch: pytest.MonkeyPatch) -> None:
    """With its own error, or with the bare one where the time is over between two of its steps."""

    async def run() -> None:
        async with bus() as stream:
            goods = await follow(stream, f"{JOURNAL}.goods", "stock")
            assert await consume(goods, collecting([]), stream=stream, timeout_s=0.05) == 0

            async def bare(*_args: object, **_kwargs: object) -> list[Msg]:
                raise TimeoutError

            monkeypatch.setattr(goods, "fetch", bare)
            assert await consume(goods, collecting([]), stream=stream) == 0

    asyncio.run(run())


@given(
    st.binary(max_size=60)
    | st.dictionaries(
        st.sampled_from(["id", "source", "type", "specversion", "time", "data", "subject", "data_base64"]),
        st.sampled_from(["1.0", "x", "", 7, None, True, [1], {"a": 1}, "2026-11-27T09:00:00", "2026-11-27T09:00:00Z"]),
    ).map(lambda said: json.dumps({"specversion": "1.0", "id": "1", "source": "/", "type": "t", **said}).encode())
)
def test_nothing_but_a_named_error_comes_of_any_bytes(data: bytes) -> None:
    """Read as a message or as an entry."""
    for read in (message_of, entry_of):
        error = None
        try:
            read(data)
        except UnicommerceError as named:
            error = named
        assert error is None or str(error)


def test_neither_an_id_nor_a_moment_is_made_up() -> None:
    """An event without a time has none, whenever it is read; one without an id is none."""
    event = {"specversion": "1.0", "id": "1", "source": "/", "type": "t", "data": "a"}

    assert message_of(json.dumps(event).encode()) == Message("t", "a", "1")
    for name in ("specversion", "id"):
        with pytest.raises(InvalidValue, match=name):
            message_of(json.dumps({key: value for key, value in event.items() if key != name}).encode())


def test_a_message_without_an_id_is_not_put_on_the_bus() -> None:
    """Nobody could tell its repeat from it; the error names the field."""
    nowhere = cast("JetStreamContext", None)
    with pytest.raises(InvalidValue, match="id"):
        asyncio.run(Inbox(nowhere).put("shop", Message("orders/create", "{}")))


def test_what_is_no_event_is_refused() -> None:
    """One that is too deep for whoever reads it next, too; and a message whose body is no text."""
    event = {"specversion": "1.0", "id": "1", "source": "/", "type": "t", "data": {"a": 1}}

    with pytest.raises(InvalidValue, match="CloudEvent"):
        message_of(b'{"specversion": "1.0", "id": "1"}')
    with pytest.raises(InvalidValue, match="deep"):
        message_of(b'{"a":' * 100_000)
    with pytest.raises(InvalidValue, match="data"):
        message_of(json.dumps(event).encode())
