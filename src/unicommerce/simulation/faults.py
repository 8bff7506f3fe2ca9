"""What goes wrong, how often, and the store that it goes wrong at; all chance of a world comes from here.

Each name draws from a stream of its own, so that a fault which is left out changes as little as can be of the rest:
that is what lets a failing world be made small. Rates are strikes of a thousand opportunities.
"""

import random
from collections import Counter
from collections.abc import Generator, Iterable, Mapping
from types import MappingProxyType
from typing import Protocol

from ..catalog import Catalog
from ..errors import InvalidValue
from ..feed import Feed
from ..ledger import Document, Entry, Found, Guard, Recorded, Request, Snapshot, State, Store, Telling, Wanted
from ..values import HOUR_MS, MINUTE_MS, frozen
from .systems.wiring import Wiring

__all__ = ["FAULTS", "Chance", "Faults", "Pause", "Sabotage", "Shaky"]

FAULTS: Mapping[str, str] = MappingProxyType(
    {
        "closure": "a node closes for hours, in the middle of its work, and the network is revised in flight",
        "conflict": "the store answers a guarded append as if another had come first",
        "crash_before": "a host dies when it has decided and not recorded; it asks again",
        "crash_read": "a host dies while it reads; it asks again",
        "duplicate": "a message comes again: at once, hours or nine days later",
        "late_inbound": "what was announced comes days after its date",
        "late_count": "a count is told hours or days after it was made, so that later ones overtake it",
        "lost_inbound": "pieces are lost on the way to a node, and it is told",
        "lost_till": "a till is lost for good while it is offline; it may turn up, and tell what it sold, days later",
        "loss": "a message is lost, and sent again hours later",
        "miscount": "a count is wrong by a piece or two, until the next",
        "offline": "a till sells for up to three days without the network, then tells all of it in one burst",
        "other_content": "an id comes again and tells another story",
        "revision": "an inbound is announced again, with other quantities, another date, another node",
        "recall": "a lot must not be sold any more, and is on shelves, in claims and on the way",
        "reorder": "a message is held up, so that later ones overtake it",
        "rewind": "a consumer forgets where it was and hears entries again",
        "short_inbound": "an inbound brings less than was announced, and is closed short",
        "short_pick": "a node does not find what it was given to pick",
        "shrinkage": "pieces vanish, break or turn up",
        "skew": "a host's clock is off by up to a day, either way",
        "skipped_step": "a pick or a dispatch is never told; a later message implies it",
        "slow": "a host waits between reading, deciding and recording, and others run meanwhile",
        "theft": "pieces vanish and nobody knows; only a count finds it",
        "till_skew": "a till's clock is off by up to a day, and set again before it tells what it sold",
        "unknown_outcome": "the store records and dies before it answers; the host asks again",
        # of connected systems
        "outage": "a system is down for hours, or for more than a day",
        "sluggish": "a system takes minutes to answer",
        "rejection": "a system does not take a letter as it is, however often it is sent",
        "hang": "a system never answers one letter, and answers others",
        "lost_answer": "a system takes a letter, and its answer is lost",
        "garbled": "a message comes cut short, or as nobody can read it; it is sent again whole",
        "system_skew": "a system's clock is off by up to three hours, either way",
        "host_death": "a host of a system dies before it acknowledges a message, or keeps how far it has come",
        "lost_progress": "the progress of a host that died is old or gone",
        # of stores
        "store_rejects": "a store gives back what it is to pick: it has no time, does not find it, or it is broken",
        # of parcels
        "damaged_at_pack": "pieces break in the hands of who packs them",
        "lost_parcel": "a parcel is lost on its way, or some of it, and it is told",
        "found_parcel": "a parcel that was told to be lost is on its way after all",
        "undeliverable": "a parcel can not be delivered, and comes back, to any node, sound or broken",
        "intercepted": "a customer wants a parcel stopped, and the carrier may be too late",
        # of money
        "tax_outage": "the tax service is down for hours, or for more than a day",
        "declined": "a provider does not capture or give back what it was asked to",
        "dispute": "a customer's bank takes money back, what went back already too, and gives it to us again or not",
    }
)
"""Every kind of fault, and what it is."""

RATES = (10, 40, 150)


@frozen
class Faults:
    """Which faults strike, each so many times of a thousand opportunities; what is not named is off.

    >>> Faults({"loss": 20}).without("loss")
    Faults({})
    """

    rates: Mapping[str, int]

    def __attrs_post_init__(self) -> None:
        if unknown := sorted(set(self.rates) - set(FAULTS)):
            raise InvalidValue("faults", unknown, f"some of {', '.join(FAULTS)}")

    @classmethod
    def swarm(cls, seed: int) -> "Faults":
        """Return the mix that a seed draws: about half of all faults are off, the others rare, common or frequent."""
        draw = random.Random(f"{seed}/faults")
        return cls({name: draw.choice(RATES) for name in FAULTS if draw.random() < 0.5})

    def without(self, name: str) -> "Faults":
        """Return the same plan with a fault turned off."""
        return Faults({each: rate for each, rate in self.rates.items() if each != name})

    def __repr__(self) -> str:
        return f"Faults({dict(self.rates)})"


class Chance:
    """The one source of chance of a world, what struck how often, and which rare states were reached."""

    def __init__(self, seed: int, faults: Faults) -> None:
        self.seed = seed
        self.faults = faults
        self.is_calm = True
        self.struck: Counter[str] = Counter()
        self.reached: Counter[str] = Counter()
        self._streams: dict[str, random.Random] = {}

    def stream(self, name: str) -> random.Random:
        """Return the generator of a name: the same draws for the same seed, whoever else draws."""
        if (known := self._streams.get(name)) is None:
            known = self._streams[name] = random.Random(f"{self.seed}/{name}")
        return known

    def strikes(self, name: str) -> bool:
        """Tell whether a fault strikes at this opportunity; never while the world is calm."""
        rate = self.faults.rates.get(name, 0)
        if not rate or self.is_calm or self.stream(name).random() * 1000 >= rate:
            return False
        self.struck[name] += 1
        return True

    def between(self, name: str, least: int, most: int) -> int:
        """Return a whole number of a stream, both ends included."""
        return self.stream(name).randint(least, most)


class Pause:
    """Awaited, it lets the world go on for so many milliseconds."""

    def __init__(self, ms: int) -> None:
        self.ms = ms

    def __await__(self) -> Generator[int, None, None]:
        yield self.ms


class Shaky:
    """A store that faults strike at each call; one that `waits` lets others run meanwhile and hides its state."""

    def __init__(self, store: Store, chance: Chance, *, waits: bool = False) -> None:
        self._store = store
        self._chance = chance
        self._waits = waits

    @property
    def state(self) -> State | None:
        """Return the state of the store, if it can be looked at."""
        return None if self._waits else self._store.state

    async def read(self, wanted: Wanted) -> Found:
        """Read, or die before."""
        if self._chance.strikes("crash_read"):
            raise ConnectionError("crash_read")
        await self._pause()
        return await self._store.read(wanted)

    async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:
        """Append, or die before or after, or lose a race."""
        chance = self._chance
        await self._pause()
        if chance.strikes("crash_before"):
            raise ConnectionError("crash_before")
        if guards and chance.strikes("conflict"):
            chance.reached["conflict"] += 1
            return None
        recorded = await self._store.append(entry, guards)
        if recorded is None:
            chance.reached["slow"] += 1
        elif chance.strikes("unknown_outcome"):
            raise ConnectionError("unknown_outcome")
        return recorded

    async def _pause(self) -> None:
        if self._waits:
            longest = 2 * HOUR_MS if self._chance.between("slow/how", 0, 9) < 2 else MINUTE_MS
            await Pause(self._chance.between("slow/how", 1, longest))

    async def since(self, position: int, limit: int) -> tuple[Recorded, ...]:
        """Return the next entries."""
        return await self._store.since(position, limit)

    async def due(self, now: int, limit: int) -> tuple[Document, ...]:
        """Return what is due."""
        return await self._store.due(now, limit)

    async def snapshot(self) -> Snapshot:
        """Return the state."""
        return await self._store.snapshot()

    async def restore(self, snapshot: Snapshot, tail: Iterable[Recorded] = ()) -> None:
        """Fill the store."""
        await self._store.restore(snapshot, tail)


class Sabotage(Protocol):
    """A bug that is planted around the core: in its store, in what it is asked or told, in what channels are told."""

    @property
    def name(self) -> str:
        """Return what it is called."""
        ...

    def store(self, store: Store) -> Store:
        """Return the store with the bug in it."""
        ...

    def request(self, request: Request[Catalog]) -> Request[Catalog]:
        """Return the request with the bug in it."""
        ...

    def telling(self, telling: Telling[Catalog]) -> Telling[Catalog]:
        """Return the message with the bug in it."""
        ...

    def feed(self, feed: Feed) -> Feed:
        """Return what a channel is told, with the bug in it."""
        ...

    def wiring(self, wiring: Wiring) -> Wiring:
        """Return how hosts plug systems in, with the bug in it."""
        ...
