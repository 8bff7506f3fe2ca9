"""NATS JetStream as the bus: entries of the journal go out as CloudEvents, messages of systems come in.

Out: `Publisher` is the `send` of `delivery.turn`. Subject and id of a letter are its message id, by which JetStream
drops what is published twice within its window; later than that a repeat goes out, and is one to whoever keeps ids.
In: `consume` acknowledges a message once what it said is on record, and not before; so what a crash interrupts comes
again, as a repeat. What no repeat can mend, because it cannot be read, tells two stories or is refused, goes to the
dead subject with the reason, and then the next comes; for whatever else goes wrong the message comes again later.

A system's message travels as text, not as JSON within JSON: no number of it passes through a float. JetStream answers
once a message is in its file, which it forces to the disk from time to time (`sync_interval`): where a server loses
power, set back the `Progress` of the follower, and what was lost goes out again. Copy this file with `recording.py`;
it needs `nats-py` and `cloudevents`.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from cloudevents.core.base import BaseCloudEvent
from cloudevents.core.exceptions import BaseCloudEventException
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from nats.aio.msg import Msg
from nats.errors import MaxPayloadError
from nats.js import JetStreamContext
from nats.js.api import ConsumerConfig, StreamConfig

from examples.adapters.recording import record, refusals
from unicommerce.codec import Codec
from unicommerce.commerce import AsyncCommerce
from unicommerce.delivery import Delivered, Letter, Outcome, Rejected
from unicommerce.errors import Contradiction, InvalidValue, TooOld, UnicommerceError
from unicommerce.intake import Intake
from unicommerce.ledger import Entry
from unicommerce.ports import Fields, Message, Port

__all__ = [
    "DEAD",
    "JOURNAL",
    "MESSAGES",
    "Inbox",
    "Publisher",
    "Subscription",
    "consume",
    "entry_of",
    "follow",
    "message_of",
    "open_stream",
    "recorder",
]

JOURNAL, MESSAGES, DEAD = "journal", "messages", "dead"
"""The first word of subjects: of entries, of what systems say, of what could not be put on record."""
MESSAGE_ID, REASON = "Nats-Msg-Id", "Reason"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
FORMAT = JSONFormat()

Subscription = JetStreamContext.PullSubscription
HOPELESS = (InvalidValue, Contradiction, TooOld)
"""What comes again as it is will be no better."""


async def open_stream(stream: JetStreamContext, name: str = "UNICOMMERCE", *, window_s: float = 120) -> None:
    """Make the stream that all is kept in, unless it is there; `window_s` is how long message ids are known."""
    subjects = [f"{first}.>" for first in (JOURNAL, MESSAGES, DEAD)]
    await stream.add_stream(StreamConfig(name=name, subjects=subjects, duplicate_window=window_s))


async def follow(stream: JetStreamContext, subject: str, name: str, *, wait_s: float = 30) -> Subscription:
    """Return the subscription of a durable consumer; what it did not acknowledge for so long comes again."""
    return await stream.pull_subscribe(subject, durable=name, config=ConsumerConfig(ack_wait=wait_s))


# Out


class Publisher:
    """Publishes letters: what it is owed for is an entry, and the entry is what it sends."""

    def __init__(self, stream: JetStreamContext, *, source: str, codec: Codec = Codec(), timeout_s: float = 5) -> None:
        self._stream, self._source, self._codec, self._timeout_s = stream, source, codec, timeout_s

    async def __call__(self, letter: Letter) -> Outcome:
        """Publish a letter, and answer once the stream has kept it; whatever is raised is tried again by `turn`."""
        owed, (position, entry) = letter
        event = _event(
            {
                "specversion": "1.0",
                "id": owed.id,
                "source": self._source,
                "type": f"unicommerce.{owed.what}",
                "subject": owed.key,
                "time": EPOCH + entry.recorded_at * MILLISECOND,
                "datacontenttype": "application/json",
                "sequence": str(position),
            },
            dict(self._codec.plain(entry)),
        )
        try:
            await _publish(self._stream, f"{JOURNAL}.{owed.what}", event, timeout_s=self._timeout_s)
        except MaxPayloadError:
            return Rejected("it is larger than the server takes")
        return Delivered()


async def _publish(stream: JetStreamContext, subject: str, event: BaseCloudEvent, *, timeout_s: float = 5) -> None:
    headers = {MESSAGE_ID: f"{subject}/{event.get_id()}"}  # the stream is one for all, and systems number alike
    await stream.publish(subject, FORMAT.write(event), headers=headers, timeout=timeout_s)


class Inbox:
    """Where systems' messages are put on the bus, as soon as they come and before they are read."""

    def __init__(self, stream: JetStreamContext) -> None:
        self._stream = stream

    async def put(self, system: str, message: Message) -> None:
        """Publish a message of a system under its sender's name and id, by which a repeat is known.

        Raises `InvalidValue` for a message without an id: its repeat would be another one.
        """
        said: dict[str, object] = {
            "specversion": "1.0",
            "id": message.id,
            "source": system,
            "type": message.topic,
            "datacontenttype": "text/plain",
        }
        if message.sent_at is not None:
            said["time"] = EPOCH + message.sent_at * MILLISECOND
        await _publish(self._stream, f"{MESSAGES}.{system}", _event(said, message.body))


# In


async def consume(
    subscription: Subscription,
    handle: Callable[[Msg], Awaitable[str]],
    *,
    stream: JetStreamContext,
    most: int = 100,
    timeout_s: float = 1,
    again_s: float = 1,
) -> int:
    """Handle what has come, at most so many; return how many were settled.

    A message is acknowledged after `handle` has returned; where that says a reason, or raises an error that no repeat
    can mend, it goes to the dead subject first. Whatever else is raised leaves it unsettled: it comes again.
    """
    try:
        found = await subscription.fetch(most, timeout=timeout_s)
    except TimeoutError:  # the client's own is one too, and sometimes it raises this
        return 0
    settled = 0
    for message in found:
        try:
            reason = await handle(message)
        except HOPELESS as error:
            reason = str(error)
        except Exception:  # noqa: BLE001 - whatever it is, this message comes again, and the others are handled
            await message.nak(delay=again_s)
            continue
        if reason:
            await _bury(stream, message, reason)
        await message.ack()
        settled += 1
    return settled


async def _bury(stream: JetStreamContext, message: Msg, reason: str) -> None:
    place = message.metadata.sequence.stream
    line = reason.replace("\r", " ").replace("\n", "; ")
    headers = {MESSAGE_ID: f"{DEAD}/{place}", REASON: line}
    await stream.publish(f"{DEAD}.{message.subject}", message.data, headers=headers)


def recorder(
    commerce: AsyncCommerce, port: Port, *, intake: Intake, clock: Callable[[], int]
) -> Callable[[Msg], Awaitable[str]]:
    """Return the handler that puts on record what messages of a system say; it answers what was refused, and why."""

    async def handle(message: Msg) -> str:
        return refusals(await record(commerce, port, message_of(message.data), intake=intake, now=clock()))

    return handle


def message_of(data: bytes) -> Message:
    """Return the message of an event. Raises `InvalidValue` for what is none."""
    event = _read(data)
    time, body = event.get_time(), event.get_data()
    if not isinstance(body, str):
        raise InvalidValue("data", body, "the text of a message")
    sent_at = None if time is None else (time - EPOCH) // MILLISECOND
    return Message(event.get_type(), body, event.get_id(), sent_at)


def entry_of(data: bytes, codec: Codec = Codec()) -> Entry:
    """Return the entry of an event. Raises `InvalidValue`, `UnknownKind` for what is none."""
    body = _read(data).get_data()
    if not isinstance(body, dict):
        raise InvalidValue("data", body, "an entry")
    return codec.decode(body)


def _read(data: bytes) -> BaseCloudEvent:
    """Bounds come first: the library below reads whatever it is given."""
    try:
        text = data.decode()
        Fields.parsed(text)
        return FORMAT.read(_event, text)
    except UnicommerceError:
        raise
    except (BaseCloudEventException, ValueError, TypeError, OverflowError) as error:
        raise InvalidValue("message", data[:80], "a CloudEvent in JSON") from error


def _event(attributes: dict[str, object], data: dict[str, object] | str | bytes | None = None) -> BaseCloudEvent:
    """The library makes up an id and a time where there are none; here nothing is said that nobody said."""
    for name in ("specversion", "id"):
        if not attributes.get(name):
            raise InvalidValue(name, attributes.get(name), "said by every event")
    is_timed = "time" in attributes
    event = CloudEvent(attributes, data)
    if not is_timed:
        del event.get_attributes()["time"]
    return event
