"""What an operator sees: where each system stands, how sending went; and what a place for it owes."""

from collections.abc import Callable

import pytest

from examples.adapters.telemetry import Point, counted, points
from unicommerce.delivery import (
    Delivered,
    DeliveryPolicy,
    Follower,
    Letter,
    Outcome,
    Reaction,
    Rejected,
    in_order,
    turn,
)
from unicommerce.inventory import Received
from unicommerce.ledger import Memory, record, run
from unicommerce.testing.ports import Told, check_telemetry

TABLE = (Reaction("erp", "goods", ("inventory.received",), in_order),)


class Kept:
    """Telemetry that is kept in memory."""

    def __init__(self) -> None:
        self.told: dict[tuple[str, tuple[tuple[str, str], ...]], tuple[int, int]] = {}

    def count(self, name: str, by: int = 1, **attributes: str) -> None:
        """Count."""
        total, times = self.told.get(self.key(name, attributes), (0, 0))
        self.told[self.key(name, attributes)] = total + by, times + 1

    def took(self, name: str, duration_us: int, **attributes: str) -> None:
        """Keep how long it took."""
        self.count(name, duration_us, **attributes)

    def key(self, name: str, attributes: dict[str, str]) -> tuple[str, tuple[tuple[str, str], ...]]:
        """Return what tells it apart."""
        return name, tuple(sorted(attributes.items()))


def seen(kept: object) -> tuple[Told, ...]:
    """Return what was told."""
    assert isinstance(kept, Kept)
    return tuple([Told(name, dict(about), *sums) for (name, about), sums in kept.told.items()])


class Nameless(Kept):
    """Attributes are dropped."""

    def key(self, name: str, _attributes: dict[str, str]) -> tuple[str, tuple[tuple[str, str], ...]]:
        """Return the name alone."""
        return name, ()


class Milliseconds(Kept):
    """Durations are cut."""

    def took(self, name: str, duration_us: int, **attributes: str) -> None:
        """Keep milliseconds."""
        self.count(name, duration_us // 1_000 * 1_000, **attributes)


class Last(Kept):
    """The last value counts."""

    def count(self, name: str, by: int = 1, **attributes: str) -> None:
        """Keep it."""
        self.told[self.key(name, attributes)] = by, 1


class Strict(Kept):
    """What it does not know stops the work."""

    def count(self, name: str, by: int = 1, **attributes: str) -> None:
        """Refuse."""
        if not attributes:
            raise KeyError(name)
        super().count(name, by, **attributes)


class Shared(Kept):
    """All of them are one."""

    ONE: dict[tuple[str, tuple[tuple[str, str], ...]], tuple[int, int]] = {}  # noqa: RUF012 - the fault that is planted

    def __init__(self) -> None:
        self.told = self.ONE


def test_one_that_keeps_all_passes() -> None:
    """In memory."""
    check_telemetry(Kept, seen)


@pytest.mark.parametrize("broken", [Nameless, Milliseconds, Last, Strict, Shared])
def test_a_broken_one_is_rejected(broken: Callable[[], Kept]) -> None:
    """Each in its own way."""
    with pytest.raises(AssertionError):
        check_telemetry(broken, seen)


def test_a_host_sees_lag_and_dead_letters_and_how_sending_went() -> None:
    """Of four receipts one was delivered, one rejected, one waits behind it in the journal, one is not read yet."""
    memory, kept, ticks = Memory(), Kept(), iter(range(0, 10_000, 250))
    for number in range(1, 5):
        run(memory.append(record(f"r{number}", (Received(receipt="r", node="dc", lines=(("MUG", 1),)),), now=0)))
    erp = Follower("erp", TABLE, policy=DeliveryPolicy(window=2))

    async def send(letter: Letter) -> Outcome:
        return Delivered() if letter.owed.position == 1 else Rejected("no such account")

    watched = counted(send, kept, "erp", lambda: next(ticks))
    for lane, position, _ in erp.wishes():
        erp.take(lane, run(memory.since(position, 3)))

    async def next_one() -> None:
        (owed,) = erp.due(0)
        (recorded,) = await memory.since(owed.position - 1, 1)
        erp.settle(owed, await watched(Letter(owed, recorded)), now=0)

    run(next_one())
    run(next_one())

    about = {"system": "erp", "lane": "normal"}
    name = "unicommerce.delivery."
    assert list(points(erp, head=4)) == [
        *[
            Point(f"{name}letters", value, "{letter}", {**about, "state": state})
            for state, value in (("delivered", 1), ("dropped", 0), ("waiting", 1), ("dead", 1), ("parked", 1))
        ],
        Point(f"{name}lag", 1, "{entry}", about),
        Point(f"{name}lane", 1, "1", {**about, "state": "following"}),
        Point(f"{name}tripped", 0, "1", {"system": "erp"}),
    ]
    sent = {told.attributes["outcome"]: (told.total, told.times) for told in seen(kept) if told.name == f"{name}sent"}
    assert sent == {"delivered": (1, 1), "rejected": (1, 1)}
    assert {told.total for told in seen(kept) if told.name == f"{name}duration"} == {250}


def test_what_raises_is_counted_and_raises_still() -> None:
    """A turn takes it for nobody at home."""
    memory, kept = Memory(), Kept()
    run(memory.append(record("r1", (Received(receipt="r", node="dc", lines=(("MUG", 1),)),), now=0)))
    erp = Follower("erp", TABLE)

    async def send(_letter: Letter) -> Outcome:
        raise OSError("refused")

    assert run(turn(memory, erp, counted(send, kept, "erp", lambda: 0), now=0)) == 1
    assert [told.attributes["outcome"] for told in seen(kept)] == ["raised", "raised"]
    assert erp.counts["normal"].waiting == 1
