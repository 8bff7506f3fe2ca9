"""Channels that are told what they may sell: a host follows the journal for each, over the same wire as all others.

The channel keeps a copy, and takes an offer over a lower version only; that is all it has to know.
"""

from functools import partial

from ...feed import Offer, changes
from ...ledger import Recorded, run
from ...values import MINUTE_MS
from ..stage import Actor, Stage

__all__ = ["Lister"]


class Lister(Actor):
    """The host that feeds a channel: it reads entries, looks at the state a little later, sends offers, goes on."""

    def __init__(self, channel: str) -> None:
        super().__init__(f"lister {channel}")
        self.channel = channel
        self._position = 0
        self._is_reading = False

    def start(self, world: Stage) -> None:
        """Follow the journal."""
        self.every(world, 25 * MINUTE_MS, self._read)

    def _read(self, world: Stage) -> None:
        if self._is_reading:
            return
        if world.chance.strikes("rewind"):
            self._position -= min(self._position, self.draw(world).randint(1, 50))
        if records := run(world.store.since(self._position, self.draw(world).randint(5, 60))):
            self._is_reading = True
            world.later(self.draw(world).randint(0, 10 * MINUTE_MS), lambda: self._send(world, records))

    def _send(self, world: Stage, records: tuple[Recorded, ...]) -> None:
        self._is_reading = False
        feed = world.feed(changes(self.channel, since=self._position, records=records))
        is_taken = self.offer(world, feed.offers)
        if is_taken:
            self._position = feed.position
        if world.is_settling and is_taken:
            self._read(world)

    def offer(self, world: Stage, offers: tuple[Offer, ...]) -> bool:
        """Send offers; tell whether somebody took them, so that the next may follow."""
        for offer in offers:
            world.carry(partial(self._list, world, offer))
        return True

    def _list(self, world: Stage, offer: Offer) -> None:
        known, _ = world.view.listed.get((offer.channel, offer.sku), (0, 0))
        if known < offer.version:
            world.view.listed[offer.channel, offer.sku] = (offer.version, offer.quantity)
        elif known > offer.version:
            world.chance.reached["an offer is overtaken"] += 1

    def settle(self, world: Stage) -> None:
        """Follow to the end."""
        self._read(world)
