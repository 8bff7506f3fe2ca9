"""Messages between systems: late, twice, out of order, and what is done when the other side is down."""

from collections.abc import Callable
from typing import Protocol

from .places import HOUR, HUB, desk
from .world import World

__all__ = ["Clock", "Wire"]

TRIES = (5, 20, 60)
"""Minutes after the first try at which a message is tried again, before it is a ticket."""

Act = Callable[[], object]


class Clock(Protocol):
    """What the wire needs to know of the world: its time, and who takes tickets."""

    now: int

    def later(self, at: int, act: Act) -> None:
        """Let something happen at a moment."""

    def touch(self, kind: str, what: str) -> None:
        """Note that a person had to do something."""


class Wire:
    """All links of a stack; with tickets each message is tried again thrice, without it waits until it is taken."""

    def __init__(self, world: World, clock: Clock, *, has_tickets: bool) -> None:
        self._world = world
        self._clock = clock
        self._has_tickets = has_tickets

    def up(self, system: str, at: int) -> int:
        """Return the first moment from then on at which a system is up."""
        return self._world.over("system", system, at)

    def is_late(self, key: str) -> bool:
        """Tell whether a message is one of those that are late."""
        return self._world.chance.happens(20, "late", key)

    def send(self, key: str, act: Act, *, source: str = HUB, target: str = HUB, extra: int = 0) -> None:
        """Carry a message that is known by a key; `act` is what the target does with it, and may be done twice.

        `extra` minutes go by before it arrives in any case.
        """
        draw = self._world.chance
        at = self.up(source, self._clock.now) + extra + draw.between(1, 3, "lag", key)
        if self.is_late(key):
            at += draw.between(30, 8 * HOUR, "lateness", key)
        self._clock.later(self._arrives(source, target, at), act)
        if draw.happens(20, "twice", key):
            again = at + draw.between(2, 6 * HOUR, "again", key)
            self._clock.later(self.up(target, again) + 1, act)

    def _arrives(self, source: str, target: str, at: int) -> int:
        back = self.up(target, at)
        if back == at:
            return at
        if not self._has_tickets:
            return back + self._world.chance.between(1, 5, "back", source, target, back)
        for minutes in TRIES:
            if at + minutes >= back:
                return at + minutes
        staffed = desk(back)
        self._clock.touch("ticket", f"{target} {back}")
        return staffed + self._world.chance.between(5, HOUR, "ticket", target, back)
