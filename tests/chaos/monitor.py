"""Looks at what is really there, on the bus, in the database and at the systems, and says what is wrong with it.

Nothing of it believes the host: messages are read from the stream, entries from the journal, progress from its table,
effects from each system's own record. Read in that order, each look is sound while everybody works on: what has left
the bus by then must be on record, and what progress calls delivered must have arrived.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import NamedTuple

import psycopg
from nats.errors import Error as BusError
from nats.js import JetStreamContext
from nats.js.errors import NotFoundError

from examples.adapters.nats_bus import DEAD, JOURNAL, MESSAGES
from examples.stores.postgres import PostgresStore
from examples.stores.postgres_host import Session
from tests.chaos.letters import PRICE_MINOR, TABLE, sku_of
from tests.chaos.points import SOURCES, SYSTEMS
from tests.chaos.systems import CURSED, STUCK, UNKNOWN, Record
from tests.chaos.traffic import Traffic
from unicommerce.delivery import LaneProgress, Owed, Progress
from unicommerce.delivery.reactions import owed
from unicommerce.inventory import goods
from unicommerce.ledger import Account, Ledger, Recorded, run
from unicommerce.testing.subject import added_up

__all__ = ["STREAM", "Inflow", "Known", "Look", "Monitor", "Outflow"]

STREAM = "UNICOMMERCE"
PAGE = 1_000
PROGRESS = "SELECT system, body FROM progress"
WORDS: Mapping[str, str] = {CURSED: "no bin holds it", STUCK: "out of memory", UNKNOWN: "no such article"}
"""The reason that a dead letter of such an article gives."""


class Inflow(NamedTuple):
    """What became of all that a system has said; `open` is what the bus will hand out (again)."""

    said: int
    processed: int
    waiting: int
    dead: int
    open: int


class Outflow(NamedTuple):
    """How far behind a system is, in entries of the journal, and what became of its letters.

    What is parked behind a dead letter keeps nobody behind, nor what breaks its system: that is given up in time.
    """

    behind: int
    owed: int
    arrived: int
    waiting: int
    dead: int


class Look(NamedTuple):
    """What was there at a moment, and what is wrong with it."""

    inflows: Mapping[str, Inflow]
    outflows: Mapping[str, Outflow]
    findings: tuple[str, ...]

    @property
    def is_settled(self) -> bool:
        """Tell whether the bus has nothing left to hand out."""
        return not any(flow.open for flow in self.inflows.values())


class Said(NamedTuple):
    """A message on the stream."""

    system: str
    id: str


class Known(NamedTuple):
    """What systems know themselves: what they have said, what of it the bus has taken, and their own records."""

    traffic: Traffic
    taken: AbstractSet[tuple[str, str]]
    records: Mapping[str, Record]


class Monitor:
    """What has been seen so far; a look reads what is new."""

    def __init__(
        self,
        stream: JetStreamContext,
        store: PostgresStore,
        session: Session,
        known: Known,
    ) -> None:
        self._stream, self._store, self._session = stream, store, session
        self._traffic, self._taken, self._records = known
        self._seen = 0
        self._said: dict[int, Said] = {}
        self._buried: dict[int, str] = {}
        self._published = Counter[str]()
        self.journal: list[Recorded] = []
        self._entries: set[str] = set()
        self._owed: dict[str, list[Owed]] = {system: [] for system in SYSTEMS}
        self._words: list[str] = []
        self._graves: set[tuple[str, str]] = set()

    async def look(self) -> Look:
        """Look at everything."""
        taken = set(self._taken)
        said = await self._until_now()
        still_open = {source: await self._open(source) for source in SOURCES}
        rows = dict(await self._progress())
        self._read_journal()
        await self._until_now()
        inflows = {source: self._inflow(source, said, still_open[source]) for source in SOURCES}
        progress = {system: _lane(rows.get(system)) for system in SYSTEMS}
        self._graves = {(system, self._article(each.owed)) for system in SYSTEMS for each in progress[system].dead}
        outflows = {system: self._outflow(system, progress[system]) for system in SYSTEMS}
        findings = [
            *self._words,
            *[f"the bus took {said} and has it not" for said in taken - set(self._said.values())],
            *[f"{source}: {line}" for source in SOURCES for line in self._lost(inflows[source])],
            *[f"{system}: {line}" for system in SYSTEMS for line in self._forgotten(system, progress[system])],
            *[
                f"{system}: {line}"
                for system in SYSTEMS
                for line in _wrong_effects(self._records[system], self._owed[system])
            ],
        ]
        return Look(inflows, outflows, tuple(findings))

    async def bus_is_back(self) -> None:
        """Wait until the bus shows its stream again."""
        for _ in range(PAGE):
            try:
                await self._stream.stream_info(STREAM)
            except BusError:
                await asyncio.sleep(0.05)
            else:
                return

    # What comes in

    async def _until_now(self) -> int:
        """Read what is new on the stream, and return how far that is."""
        last = (await self._stream.stream_info(STREAM)).state.last_seq
        if last < self._seen:
            self._words.append(f"the stream has lost what it had: {last} after {self._seen}")
        for place in range(self._seen + 1, last + 1):
            found = await self._stream.get_msg(STREAM, place)
            first, _, rest = str(found.subject).partition(".")
            id = (found.headers or {}).get("Nats-Msg-Id", "")
            if first == MESSAGES:
                self._said[place] = Said(rest, id.removeprefix(f"{found.subject}/"))
            elif first == JOURNAL:
                self._published[json.loads(found.data or b"")["id"]] += 1
            elif first == DEAD:
                self._bury(int(id.rpartition("/")[2]), (found.headers or {})["Reason"])
        self._seen = max(self._seen, last)
        return last

    def _bury(self, place: int, reason: str) -> None:
        if place in self._buried:
            self._words.append(f"message {place} was buried twice")
        self._buried[place] = reason
        said = self._traffic.said.get(self._said[place])
        if said is None or not said.because or said.because not in reason:
            self._words.append(f"{self._said[place]} was buried because of: {reason}")

    async def _open(self, source: str) -> int:
        """Return how many messages the bus has not been told are settled."""
        try:
            found = await self._stream.consumer_info(STREAM, source)
        except NotFoundError:
            return PAGE
        return int(found.num_pending or 0) + int(found.num_ack_pending or 0)

    async def _progress(self) -> list[tuple[str, str]]:
        """Read how far the systems are; a connection that the database has lost is made anew."""
        try:
            return await self._session.rows(PROGRESS)
        except psycopg.OperationalError:
            return await self._session.rows(PROGRESS)

    def _read_journal(self) -> None:
        while found := run(self._store.since(len(self.journal), PAGE)):
            for recorded in found:
                if recorded.position != len(self.journal) + 1:
                    self._words.append(f"the journal has a gap before {recorded.position}")
                self.journal.append(recorded)
                self._entries.add(recorded.entry.id)
                for system in SYSTEMS:
                    self._owed[system] += owed([row for row in TABLE if row.system == system], recorded)

    def _inflow(self, source: str, until: int, still_open: int) -> Inflow:
        places = [place for place, said in self._said.items() if said.system == source and place <= until]
        dead = [place for place in places if place in self._buried]
        processed = [place for place in places if self._is_on_record(self._said[place])]
        waiting = len(places) - len(dead) - len(processed)
        return Inflow(len(places), len(processed), waiting, len(dead), still_open)

    def _is_on_record(self, said: Said) -> bool:
        """Tell whether the last entry that a message makes is there; the warehouse's messages name their shipment."""
        if said.system == "wms":
            return f"{said.id.removeprefix('945/').rpartition('/')[0]}/shipped" in self._entries
        known = self._traffic.said.get(said)
        return known is not None and known.proof in self._entries

    def _lost(self, flow: Inflow) -> Iterator[str]:
        """What waits for us must be with the bus still."""
        if flow.waiting > flow.open or flow.waiting < 0:
            yield f"lost on the way in: {flow}"

    # What goes out

    def _outflow(self, system: str, lane: LaneProgress) -> Outflow:
        arrived, parked = self._records[system].ids, {self._article(letter.owed) for letter in lane.dead}
        waits = [
            each.position
            for each in self._owed[system]
            if each.id not in arrived and each.key not in parked and each.key != STUCK
        ]
        head = len(self.journal)
        first = min([*waits, head + 1])
        letters = len(self._owed[system])
        return Outflow(head + 1 - first, letters, len(arrived), letters - len(arrived) - len(lane.dead), len(lane.dead))

    def _forgotten(self, system: str, lane: LaneProgress) -> Iterator[str]:
        """What progress has passed waits, is dead, or has arrived, and its counts say so."""
        passed = [each for each in self._owed[system] if each.position <= lane.position]
        open_ids = {each.id for each in lane.waiting} | {letter.owed.id for letter in lane.dead}
        arrived = self._published if system == "channel" else self._records[system].ids
        lost = [each for each in passed if each.id not in open_ids and each.id not in arrived]
        lost = [each for each in lost if not any(row.key == each.key and row.covers(each) for row in lane.parked)]
        yield from [f"lost on the way out: {each.id}" for each in lost]
        letters = len(lane.waiting) + len(lane.dead) + sum(row.letters for row in lane.parked)
        settled = lane.delivered + lane.dropped + letters
        if not len(passed) == lane.taken == settled:
            yield f"{len(passed)} letters are owed, {lane.taken} were taken and {settled} are accounted for"
        for letter in lane.dead:
            article = self._article(letter.owed).partition("-")[0]
            if WORDS.get(article) != letter.because.found:
                yield f"{letter.owed.id} is dead because of: {letter.because.found}"

    def _article(self, letter: Owed) -> str:
        """Return the article of a letter by the journal, whatever key the host gave it."""
        return sku_of(self.journal[letter.position - 1].entry)

    # What must be in the end

    def wrong_books(self) -> Iterator[str]:
        """Yield where a system's sums differ from those of what was said, or from ours; all has been delivered."""
        ledger = Ledger.replay(self.journal)
        if added_up(ledger.snapshot()) != added_up(run(self._store.snapshot())):
            yield "the state in the database is not what its journal adds up to"
        traffic, records = self._traffic, self._records
        skus = sorted(traffic.received)
        for sku in skus:
            left = traffic.received[sku] - traffic.ordered[sku] - traffic.sold[sku]
            sellable = traffic.received[sku] - traffic.ordered[sku] - traffic.moved[sku]
            at_store = traffic.moved[sku] - traffic.sold[sku]
            ours = {place: ledger.balance(goods(sku), (Account(place, "sellable"),)) for place in ("dc", "store")}
            found = {
                "erp on hand": (records["erp"].pieces[sku], left),
                "wms shipped": (records["wms"].pieces[sku], traffic.ordered[sku]),
                "channel sellable": (records["channel"].pieces[sku], sellable),
                "pos landed": (records["pos"].pieces[sku], traffic.moved[sku]),
                "our dc": (ours["dc"], sellable),
                "our store": (ours["store"], at_store),
            }
            yield from [
                f"{name} of {sku}: {is_} and not {to_be}" for name, (is_, to_be) in found.items() if is_ != to_be
            ]
        gone = traffic.ordered.total() + traffic.sold.total()
        if records["erp"].minor != gone * PRICE_MINOR:
            yield f"erp sales: {records['erp'].minor} and not {gone * PRICE_MINOR}"
        for system in SYSTEMS:
            if missing := {each.id for each in self._owed[system]} ^ self._records[system].ids:
                yield f"{system}: owed or arrived, not both: {sorted(missing)[:3]}"

    def unburied(self) -> Iterator[str]:
        """Yield the poison that no dead letter tells of."""
        poison = {key for key, said in self._traffic.said.items() if said.because}
        found = Counter([self._said[place] for place in self._buried])
        yield from [f"{key} was buried {found[Said(*key)]} times" for key in sorted(poison) if found[Said(*key)] != 1]

    def wrong_graves(self) -> Iterator[str]:
        """Yield the articles that should have a dead letter, and have none, or the other way round."""
        asked = set(self._traffic.ordered)
        wanted = {("wms", sku) for sku in asked if sku.startswith((CURSED, STUCK))} | {("erp", UNKNOWN)}
        if self._graves != wanted:
            yield f"dead letters of {sorted(self._graves)}, and not of {sorted(wanted)}"


def _lane(body: str | None) -> LaneProgress:
    lanes = Progress.of(json.loads(body)).lanes if body else ()
    return lanes[0] if lanes else LaneProgress(lane="normal")


def _wrong_effects(record: Record, letters: Iterable[Owed]) -> Iterator[str]:
    """Yield what was done twice, or out of the order of its key."""
    times = Counter(record.effects)
    yield from [f"done twice: {id}" for id, count in times.items() if count > 1]
    known = {letter.id: letter for letter in letters}
    last: dict[str, Owed] = {}
    for done in [known[id] for id in record.effects if id in known]:
        if done.position < last.get(done.key, done).position:
            yield f"out of order: {done.id} after {last[done.key].id}"
        last[done.key] = done
