"""A third sales channel is one adapter file and one row: the diff of the how-to is applied, and the shop runs on it."""

import json
import re
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path

import pytest

from examples.channels.host import Channel, hear, reactions, serve
from examples.channels.wiring import CHANNELS
from tests.adapters.cases import payload
from unicommerce import Catalog, Commerce, Network, Node, Pool, Position, moment, received, shipped
from unicommerce.delivery import Delivered, Follower, Outcome, Unavailable, drawn
from unicommerce.ledger import Accepted
from unicommerce.ports import Message
from unicommerce.values import MINUTE_MS

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/how-to/add-a-sales-channel.md"
NOW = moment("2026-11-27T12:00:00Z")
DEAL = Message("deal", '{"deal": "F-1", "article": "MUG", "pieces": 2, "each": "4.50", "at": "2026-11-27T11:00:00Z"}')


def diff() -> dict[str, list[str]]:
    """Return the lines of each file of the diff on the page."""
    (text,) = re.findall(r"```diff\n(.*?)```", PAGE.read_text("utf-8"), flags=re.DOTALL)
    _, *parts = re.split(r"^--- .*\n\+\+\+ b/(.*)\n", text, flags=re.MULTILINE)
    return {name: part.splitlines() for name, part in zip(parts[::2], parts[1::2], strict=True)}


def before(lines: Sequence[str]) -> str:
    """Return what stands there without the diff."""
    return "".join([f"{line[1:]}\n" for line in lines if not line.startswith("+")])


def after(lines: Sequence[str]) -> str:
    """Return what stands there with it."""
    return "".join([f"{line[1:]}\n" for line in lines])


@pytest.fixture
def wired(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Channel, ...]]:
    """Return the channels of a tree in which nothing but the diff is new."""
    for name, lines in diff().items():
        place = tmp_path / name.replace("examples/", "wired/")
        place.parent.mkdir(parents=True, exist_ok=True)
        is_new = not (ROOT / name).exists()
        whole = after(lines) if is_new else (ROOT / name).read_text("utf-8").replace(before(lines), after(lines))
        whole = whole.replace("examples.adapters.flea_market", "wired.adapters.flea_market")
        place.write_text(whole.replace("from .host", "from examples.channels.host"), "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    yield import_module("wired.channels.wiring").CHANNELS
    for name in [name for name in sys.modules if name.partition(".")[0] == "wired"]:
        del sys.modules[name]


def shop() -> Commerce:
    """Return a shop with mugs and cards."""
    dc = Node(id="dc", position=Position.of(50.7, 7.1))
    found = Commerce(Catalog(network=Network(nodes=(dc,), pools=(Pool(id="web", nodes=("dc",)),))))
    found.tell(received("r1", node="dc", quantities={"MUG": 20, "CARD": 20}), now=NOW)
    return found


class Desk:
    """What the channels have been sent; one of them may be down."""

    def __init__(self, down: str = "") -> None:
        self.down = down
        self.sent: list[tuple[str, Message]] = []

    def serve(self, made: Commerce, channels: Sequence[Channel], followers: dict[str, Follower], now: int) -> None:
        """Serve each channel until nothing is due."""
        for channel in channels:

            async def post(message: Message, name: str = channel.name) -> Outcome:
                if name == self.down:
                    return Unavailable("down")
                self.sent.append((name, message))
                return Delivered()

            while serve(made, channel, followers[channel.name], post, now=now):
                pass


def following(channels: Sequence[Channel]) -> dict[str, Follower]:
    """Return a follower for each channel."""
    table = reactions(channels)
    return {channel.name: Follower(channel.name, table) for channel in channels}


def test_the_diff_is_one_new_file_and_one_row() -> None:
    """And an import; what it takes for given stands in the file as it is."""
    (adapter, new), (wiring, changed) = diff().items()

    assert not (ROOT / adapter).exists()
    assert all(line.startswith("+") for line in new)
    assert before(changed) in (ROOT / wiring).read_text("utf-8")
    added = [line for line in changed if line.startswith("+")]
    assert [line.split()[0] for line in added] == ["+from", "+"]
    assert re.search(r'^\+ +Channel\("flea", .*\),$', added[1])


def test_with_its_row_a_third_channel_sends_orders_in_and_hears_what_left(wired: tuple[Channel, ...]) -> None:
    """Nothing else has changed: the first two hear of their own orders, the third of its own."""
    made, desk, followers = shop(), Desk(), following(wired)
    by_name = {channel.name: channel for channel in wired}
    assert list(by_name) == ["shopify", "chat", "flea"]
    chat = payload("social", "order.json", "order.placed")
    for name, message in (("flea", DEAL), ("chat", chat), ("flea", DEAL)):
        assert all(isinstance(each, Accepted) for each in hear(made, by_name[name], message, now=NOW))
    for shipment in ("F-1/1", "S-1/1"):
        made.tell(shipped(shipment, occurred_at=NOW), now=NOW)
    desk.serve(made, wired, followers, NOW)

    assert sorted((name, message.topic) for name, message in desk.sent) == [("chat", "shipment.sent"), ("flea", "sent")]
    (told,) = [json.loads(message.body) for name, message in desk.sent if name == "flea"]
    assert told == {"deal": "F-1", "parcel": "F-1/1", "pieces": 2, "at": "2026-11-27T12:00:00Z"}
    assert drawn(reactions(wired)) == drawn(reactions(CHANNELS)) + (
        '\n  fulfillment.shipped["fulfillment.shipped"] -- dispatch --> flea(["flea"])'
    )


def test_a_channel_that_is_down_delays_itself_alone(wired: tuple[Channel, ...]) -> None:
    """Its letters wait for it, and the others have theirs."""
    made, desk, followers = shop(), Desk(down="chat"), following(wired)
    hear(made, wired[1], payload("social", "order.json", "order.placed"), now=NOW)
    hear(made, wired[2], DEAL, now=NOW)
    for shipment in ("S-1/1", "F-1/1"):
        made.tell(shipped(shipment, occurred_at=NOW), now=NOW)
    desk.serve(made, wired, followers, NOW)

    assert [name for name, _ in desk.sent] == ["flea"]
    assert followers["chat"].counts["normal"].waiting == 1
    desk.down = ""
    desk.serve(made, wired, followers, NOW + MINUTE_MS)
    assert [name for name, _ in desk.sent] == ["flea", "chat"]


def test_the_page_shows_the_table_as_it_draws_itself() -> None:
    """In a block of its own, which is drawn where the page is shown."""
    (shown,) = re.findall(r"```mermaid\n(.*?)```", PAGE.read_text("utf-8"), flags=re.DOTALL)

    assert shown == f"{drawn(reactions(CHANNELS))}\n"
