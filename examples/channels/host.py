"""Orders of any channel come in, and each channel hears what has left: all that is known of one is its row.

What a channel says is read by its port and told or asked as `intake` has it. What it is owed is a table of reactions,
made of the rows: a channel follows the journal at its own pace, and hears of its own orders. Copy this file.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import NamedTuple

from unicommerce import Commerce, Order
from unicommerce.delivery import Delivered, Follower, Letter, Outcome, Reaction, by_entry, turn
from unicommerce.fulfillment import Shipped
from unicommerce.intake import Intake, take
from unicommerce.ledger import Decision, Entry, Telling, run
from unicommerce.orders import order_key
from unicommerce.ports import Dispatch, Item, Message, Port

__all__ = ["Channel", "Post", "hear", "reactions", "serve"]

Post = Callable[[Message], Awaitable[Outcome]]
"""Hand a message to a channel, and answer how that ended."""


class Channel(NamedTuple):
    """A sales channel: what it is called here, its adapter, and what its messages do not say."""

    name: str
    port: Port
    intake: Intake


def hear(shop: Commerce, channel: Channel, message: Message, *, now: int) -> list[Decision]:
    """Put on record what a channel says, at a moment (ms UTC); again it is a repeat.

    Raises `InvalidValue` for what cannot be read.
    """
    return [
        shop.tell(step, now=now, source=channel.name)
        if isinstance(step, Telling)
        else shop.ask(step, now=now, source=channel.name)
        for step in take(channel.port.read(message), channel.intake).steps
    ]


def reactions(channels: Iterable[Channel]) -> tuple[Reaction, ...]:
    """Return who reacts to which entries: each channel hears what has left."""
    return tuple([Reaction(channel.name, "dispatch", (Shipped.kind,), by_entry) for channel in channels])


def serve(shop: Commerce, channel: Channel, follower: Follower, post: Post, *, now: int) -> int:
    """Send a channel what it is owed now (ms UTC), and return how many letters that were."""

    async def send(letter: Letter) -> Outcome:
        for message in _owed(shop, channel, letter.recorded.entry):
            if not isinstance(outcome := await post(message), Delivered):
                return outcome
        return Delivered()

    return run(turn(shop.store, follower, send, now=now))


def _owed(shop: Commerce, channel: Channel, entry: Entry) -> Iterator[Message]:
    """Yield what a channel is to hear of an entry; nothing, where it is of an order of another channel."""
    for event in entry.events:
        if isinstance(event, Shipped) and _order(shop, event.order).channel == channel.intake.channel:
            yield channel.port.write(_dispatch(event, entry.occurred_at))


def _dispatch(event: Shipped, occurred_at: int) -> Dispatch:
    return Dispatch(
        id=event.shipment,
        order=event.order,
        node=event.node,
        items=tuple([Item(sku, quantity, line) for line, sku, quantity in event.lines]),
        tracking=(event.tracking,) if event.tracking else (),
        occurred_at=occurred_at,
    )


def _order(shop: Commerce, id: str) -> Order:
    found = shop.see(lambda state, _given: state.document(order_key(id)))
    assert found is not None, f"{id} has shipped and is not on record"
    return found
