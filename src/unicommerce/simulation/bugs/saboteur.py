"""A bug with a name, and where it sits: in what is recorded, in guards, in what is asked, told or shown, in a store."""

from collections.abc import Callable
from typing import NamedTuple, TypeVar

from ...catalog import Catalog
from ...feed import Feed
from ...ledger import Entry, Request, Store, Telling
from ..systems.wiring import Wiring
from .spoiled import Altered, Guards

__all__ = ["Saboteur"]

T = TypeVar("T")


def _same(value: T) -> T:
    return value


class Saboteur(NamedTuple):
    """A bug with a name, and where it sits."""

    name: str
    entry: Callable[[Entry], Entry] = _same
    guards: Callable[[Guards], Guards] = _same
    ask: Callable[[Request[Catalog]], Request[Catalog]] = _same
    hear: Callable[[Telling[Catalog]], Telling[Catalog]] = _same
    keep: Callable[[Store], Store] = _same
    show: Callable[[Feed], Feed] = _same
    plug: Callable[[Wiring], Wiring] = _same

    def store(self, store: Store) -> Store:
        """Return the store with the bug in it."""
        return self.keep(Altered(store, self.entry, self.guards))

    def request(self, request: Request[Catalog]) -> Request[Catalog]:
        """Return the request with the bug in it."""
        return self.ask(request)

    def telling(self, telling: Telling[Catalog]) -> Telling[Catalog]:
        """Return the message with the bug in it."""
        return self.hear(telling)

    def feed(self, feed: Feed) -> Feed:
        """Return what a channel is told, with the bug in it."""
        return self.show(feed)

    def wiring(self, wiring: Wiring) -> Wiring:
        """Return how hosts plug systems in, with the bug in it."""
        return self.plug(wiring)
