"""What invariants look at: the journal added up entry by entry, apart from the store; and what really happened.

Nothing here asks the code that it watches for its opinion. `changes` is the effect of the last entry, so that a check
after each step looks at what was touched and at nothing else.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from ..catalog import NETWORK, Network, pool_place
from ..counts import Counted, Reconciled
from ..fulfillment import Lost, PutDown, Rejected, RejectionReason, SentBack, ShortPicked
from ..inventory import ON_HAND, GoodsState, Lot
from ..ledger import Account, Dated, Document, Entry, Key, Recorded, Snapshot, is_part
from ..lots import Recalled
from ..marketplaces import CalledOff
from ..tills import Forfeited
from ..values import Unit
from .money.record import MoneyRecord
from .rules.matching import unserved
from .scene import Scene
from .systems.record import Link

__all__ = ["CLAIMED", "INBOUND", "Invariant", "View"]

INBOUND = "inbound"
CLAIMED = (GoodsState.HELD, GoodsState.RESERVED)


class View:
    """The state as the journal tells it, up to `entry` at `position`.

    `book` are balances by unit, `claims` what is held or reserved by ref and unit, `missing` how many claimed pieces of
    a unit no node can serve, `was_missing` the same before the entry. `asked` are the ids of requests (all others are
    facts), `known_at` is the position that the host which made the entry had read at the least.

    What really happened is kept beside it: `acts` by the id of the message that tells of it, `shelf` what is there,
    `sold` what customers have of each sale of a till, `loads` the pieces by inbound and unit that were announced and
    neither came nor were lost. Tills in `own_account` know what rights they have, `lost_tills` were given up.

    `counted` is the latest count of a SKU at a node, as (as of, pieces), `moves` what came there or left since the
    beginning, as (occurred at, pieces). `lots` are sellable pieces by unit, node and lot, `recalled` the position from
    which on a lot must not be sold, `inbounds` those that were ever to bring a unit, `listed` the copies that
    channels have of what they may sell, as (version, pieces) by channel and SKU.

    `had_none` are the SKUs that a node did not find, or that were broken there, by order and node.

    `parcels` are the pieces by line of parcels that went astray, by where they really came to in the end; `owed` and
    `answered` are the positions at which something of a shipment was lost or came back, and after which somebody asked
    what is owed for it.

    `clocks` are the clocks that a marketplace has said of an order, by their revision; `in_hand` is the position at
    which a node took a shipment off its shelves, `called_off` the one at which something of an order was last called
    off.

    `money` is what is looked at of papers and payments.

    `links` are the lines to connected systems, `link` the one that something has just happened on; `seen_at` is when
    each entry was recorded by the clock of the world.
    """

    def __init__(self, scene: Scene, live: Callable[[Unit, tuple[Account, ...]], Mapping[Account, int]]) -> None:
        self.scene = scene
        self.live = live
        self.network: Network = scene.catalog.network
        self.position = 0
        self.gap: tuple[int, int] | None = None
        self.entry: Entry | None = None
        self.entries: dict[str, Entry] = {}
        self.twice = ""
        self.is_latest = True
        self.documents: dict[Key[Document], Document] = {}
        self.book: dict[Unit, dict[Account, int]] = {}
        self.claims: dict[tuple[str, Unit], dict[Account, int]] = {}
        self.changes: dict[Unit, dict[Account, int]] = {}
        self.missing: dict[Unit, int] = {}
        self.was_missing: dict[Unit, int] = {}
        self.asked: set[str] = set()
        self.acts: dict[str, Mapping[tuple[str, Unit], int]] = {}
        self.shelf: dict[tuple[str, Unit], int] = {}
        self.counted: dict[tuple[str, Unit], tuple[int, int]] = {}
        self.moves: dict[tuple[str, Unit], list[tuple[int, int]]] = {}
        self.sold: dict[str, dict[Unit, int]] = {}
        self.own_account: set[str] = set()
        self.told: set[str] = set()
        self.waiting: tuple[str, ...] = ()
        self.snapshot: Snapshot | None = None
        self.journal: list[Recorded] = []
        self.heard = 0
        self.known_at = 0
        self.moment = 0
        self.inbounds: dict[Unit, set[str]] = {}
        self.loads: dict[str, dict[Unit, int]] = {}
        self.lots: dict[Unit, dict[tuple[str, str], int]] = {}
        self.listed: dict[tuple[str, str], tuple[int, int]] = {}
        self.recalled: dict[tuple[Unit, str], int] = {}
        self.lost_tills: set[str] = set()
        self.parcels: dict[str, dict[str, dict[str, int]]] = {}
        self.owed: dict[str, int] = {}
        self.answered: dict[str, int] = {}
        self.clocks: dict[str, dict[int, tuple[int | None, ...]]] = {}
        self.in_hand: dict[str, int] = {}
        self.had_none: dict[tuple[str, str], set[str]] = {}
        self.called_off: dict[str, int] = {}
        self.money = MoneyRecord()
        self.links: dict[str, Link] = {}
        self.link: Link | None = None
        self.seen_at: list[int] = []

    @property
    def is_request(self) -> bool:
        """Tell whether the entry is what was asked, and not a fact."""
        return self.entry is not None and self.entry.id in self.asked

    def balance(self, unit: Unit, account: Account) -> int:
        """Return what an account holds by the journal."""
        return self.book.get(unit, {}).get(account, 0)

    def on_hand(self, node: str, unit: Unit) -> int:
        """Return what a node has by the journal."""
        book = self.book.get(unit, {})
        return sum([book.get(Account(node, state), 0) for state in ON_HAND])

    def take(self, recorded: Recorded) -> None:
        """Add the next entry of the journal."""
        position, entry = recorded
        self.gap = None if position == self.position + 1 else (self.position, position)
        self.twice = entry.id if entry.id in self.entries else ""
        self.position, self.entry = position, entry
        self.entries[entry.id] = entry
        self.journal.append(recorded)
        before = {unit: self._unserved(unit) for unit in {m.unit for m in entry.movements} & self.lots.keys()}
        self._post(entry)
        self._note_facts(entry)
        self._note_mishaps(entry)
        self.money.take(entry)
        is_revised = False
        for document in entry.documents:
            key = document.key
            if (known := self.documents.get(key)) is None or known.revision < document.revision:
                self.documents[key] = document
                is_revised = is_revised or key == NETWORK
        if is_revised and isinstance(network := self.documents[NETWORK], Network):
            self.network = network
        for link in self.links.values():
            link.owe(position, entry, self.documents)
        self._count_missing([unit for unit in self.book if unit.startswith("sku:")] if is_revised else self.changes)
        self.was_missing.update(before)

    def goods(self) -> Iterator[tuple[Unit, Account, int]]:
        """Yield what the last entry changed of goods, by account."""
        for unit, changes in self.changes.items():
            if unit.startswith("sku:"):
                for account, change in changes.items():
                    yield unit, account, change

    def on_hand_change(self) -> dict[tuple[str, Unit], int]:
        """Return what the last entry changed of what nodes have."""
        net: dict[tuple[str, Unit], int] = {}
        for unit, account, change in self.goods():
            if account.state in ON_HAND and account.place in self.network.node_by_id:
                net[account.place, unit] = net.get((account.place, unit), 0) + change
        return {key: change for key, change in net.items() if change}

    def may_be_sold(self, node: str, unit: Unit, lot: str, moment: int, position: int) -> bool:
        """Tell whether a lot may be sold at a node at a moment (ms UTC), by what was on record up to a position."""
        if self.recalled.get((unit, lot), position + 1) <= position:
            return False
        known = self.documents.get(Key("inventory.lot", f"{unit.removeprefix('sku:')}/{lot}"))
        last_day = known.expires_on if isinstance(known, Lot) else None
        zone = ZoneInfo(self.network.node_by_id[node].calendar.zone)
        return last_day is None or datetime.fromtimestamp(moment / 1000, zone).toordinal() <= last_day

    def unfit(self, node: str, unit: Unit, moment: int) -> int:
        """Return the sellable pieces at a node, by the journal, of lots that may not be sold at a moment (ms UTC)."""
        lots = [(lot, held) for (place, lot), held in self.lots.get(unit, {}).items() if place == node and held > 0]
        return sum([held for lot, held in lots if not self.may_be_sold(node, unit, lot, moment, self.position)])

    def fit(self, node: str, unit: Unit, moment: int) -> int:
        """Return the sellable pieces at a node, by the journal, of lots that may be sold at a moment (ms UTC)."""
        there = sum([held for (place, _), held in self.lots.get(unit, {}).items() if place == node and held > 0])
        return there - self.unfit(node, unit, moment)

    def unmet(self, unit: Unit, inbound: str = "") -> int:
        """Return the pieces that are claimed at an inbound ("": at any of them) and do not come with it."""
        missing, inbounds = 0, self.inbounds.get(unit, set())
        for id in inbounds & {inbound} if inbound else inbounds:
            free = self.balance(unit, Account(INBOUND, "expected", lot=id))
            if free < 0:
                missing += min(-free, max(self.balance(unit, Account(INBOUND, GoodsState.RESERVED, lot=id)), 0))
        return missing

    def due(self, node: str, unit: Unit) -> int | None:
        """Return what should be on hand: the latest count and what has moved since; None where nobody has counted."""
        if (known := self.counted.get((node, unit))) is None:
            return None
        as_of, pieces = known
        return pieces + sum([change for at, change in self.moves.get((node, unit), ()) if at > as_of])

    def _note_facts(self, entry: Entry) -> None:
        for event in entry.events:
            if isinstance(event, Recalled):
                self.recalled.setdefault((Unit(f"sku:{event.batch.sku}"), event.batch.id), self.position)
            if isinstance(event, Forfeited):
                self.lost_tills.add(event.till.ref)
            for unit, place, change in event.changes if isinstance(event, Dated) else ():  # as of another moment
                self.moves.setdefault((place, unit), []).append((entry.occurred_at, change))
            if isinstance(event, Counted) and not event.of:  # nobody here counts one pile by itself
                for sku, pieces, _ in event.lines:
                    key = (event.node, Unit(f"sku:{sku}"))
                    if (known := self.counted.get(key)) is None or known[0] < event.as_of:
                        self.counted[key] = (event.as_of, pieces)
        if not any(isinstance(event, Reconciled) for event in entry.events):
            for key, change in self.on_hand_change().items():
                self.moves.setdefault(key, []).append((entry.occurred_at, change))

    def _note_mishaps(self, entry: Entry) -> None:
        for event in entry.events:
            if isinstance(event, Rejected | PutDown | ShortPicked) and not _was_busy(event):
                known = self.had_none.setdefault((event.order, event.node), set())
                known.update([sku for _, sku, _ in event.lines])
            if isinstance(event, Lost | SentBack):
                self.owed[event.shipment] = self.position
            if isinstance(event, CalledOff):
                self.called_off[event.order] = self.position

    def _post(self, entry: Entry) -> None:
        self.changes = {}
        for quantity, unit, source, target in entry.movements:
            if (book := self.book.get(unit)) is None:
                book = self.book[unit] = {}
            if (changes := self.changes.get(unit)) is None:
                changes = self.changes[unit] = {}
            for account, change in ((source, -quantity), (target, quantity)):
                changes[account] = changes.get(account, 0) + change
                for total in _counted(account):
                    book[total] = book.get(total, 0) + change
                if account.place == INBOUND:
                    self.inbounds.setdefault(unit, set()).add(account.lot)
                if is_part(account):
                    if account.lot and account.state == GoodsState.SELLABLE:
                        lots, key = self.lots.setdefault(unit, {}), (account.place, account.lot)
                        lots[key] = lots.get(key, 0) + change
                    if account.ref and account.state in CLAIMED:
                        own = self.claims.setdefault((account.ref, unit), {})
                        own[account] = own.get(account, 0) + change

    def _count_missing(self, units: "list[Unit] | dict[Unit, dict[Account, int]]") -> None:
        self.was_missing = {}
        for unit in units:
            if unit.startswith("sku:"):
                self.was_missing[unit] = self.missing.get(unit, 0)
                self.missing[unit] = self._unserved(unit)

    def _unserved(self, unit: Unit) -> int:
        book, network = self.book.get(unit, {}), self.network
        claims = {
            pool.id: -held for pool in network.pools if (held := book.get(Account(pool_place(pool.id), "sellable")))
        }
        stock = {node.id: book.get(Account(node.id, "sellable"), 0) for node in network.nodes}
        if unit in self.lots and self.entry:
            at = self.entry.recorded_at
            stock = {node: held - self.unfit(node, unit, at) for node, held in stock.items()}
        overdrawn = -sum([held for held in stock.values() if held < 0])
        if not claims:
            return overdrawn
        opened = {node.id: max(stock[node.id], 0) for node in network.nodes if node.is_open}
        reach = {pool: [id for id in network.pool_by_id[pool].nodes if id in opened] for pool in claims}
        return overdrawn + unserved(claims, opened, reach)


def _was_busy(event: Rejected | PutDown | ShortPicked) -> bool:
    return not isinstance(event, ShortPicked) and event.reason is RejectionReason.BUSY


def _counted(account: Account) -> set[Account]:
    """Return all accounts that a part counts in: itself, by each of what it bears, and the whole."""
    place, state, ref, lot, owner = account
    alone = (Account(place, state, ref), Account(place, state, "", lot), Account(place, state, "", "", owner))
    return {account, *alone, Account(place, state)}


class Invariant(NamedTuple):
    """A name, when it is looked at, and the function that yields what is wrong with a view."""

    name: str
    when: Literal["step", "link", "end"]
    check: Callable[[View], Iterable[str]]
