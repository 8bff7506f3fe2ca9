"""What systems say in an hour, and what must come of it: by sums of its own, made while it is said."""

from collections import Counter
from collections.abc import Callable, Sequence
from random import Random
from typing import NamedTuple

from tests.chaos.host import PORTS
from tests.chaos.systems import CURSED, STUCK, UNKNOWN
from unicommerce.ports import Item, Line, Message, Paper, Receipt, SalesOrder, StockTransfer, TillSale

__all__ = ["Said", "Traffic"]

SKUS = ("CUP", "MUG", "BOWL", "PLATE")
MANY = 10**9
STUCK_HOUR, UNKNOWN_HOURS = 5, (1, 2, 28)


class Said(NamedTuple):
    """A message of a system: the entry that proves that it is on record, or the words that its burial gives."""

    system: str
    message: Message | bytes
    proof: str = ""
    because: str = ""

    @property
    def id(self) -> str:
        """Return what the bus knows it by."""
        return self.message.id if isinstance(self.message, Message) else self.message.hex()


class Traffic:
    """All that is said, and what it adds up to. Systems number their messages alike: each its own."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self.said: dict[tuple[str, str], Said] = {}
        self.received, self.ordered, self.moved, self.sold = (Counter[str]() for _ in range(4))
        self._orders: list[SalesOrder] = []
        self._now = 0

    def opening(self, now: int, hours: int) -> list[Said]:
        """Return what comes in before anything is sold: usual articles, and those that make trouble."""
        self._now = now
        skus = [*SKUS, STUCK, *[f"{CURSED}-{hour}" for hour in range(hours)]]
        return [self._receipt(f"r0-{sku}", sku, 500) for sku in skus]

    def hour(self, hour: int, now: int, *, without: frozenset[str], is_cursed: bool) -> list[Said]:
        """Return what is said in an hour, as it comes: twice, in any order, with poison in it."""
        self._now = now
        said = self._shop(hour, is_cursed=is_cursed)
        if "pos" not in without:
            said += self.till(hour)
        if "erp" not in without:
            said += self._erp(hour)
        self._random.shuffle(said)
        return said

    def till(self, hour: int) -> list[Said]:
        """Return what a till says of an hour, perhaps long after it; the first of it twice."""
        sales = [self._sale(f"s{hour}-{number}", self._sku(), 1) for number in range(3)]
        return [*sales, sales[0], self._transfer(f"t{hour}", self._sku(), 6)]

    def _shop(self, hour: int, *, is_cursed: bool) -> list[Said]:
        """Orders; one comes twice as it is, one under another name of the message, one is poison."""
        orders = [self._order(f"o{hour}-{number}", self._sku(), 1 + number % 3) for number in range(4)]
        if is_cursed:
            orders += [self._order(f"o{hour}-cursed-{number}", f"{CURSED}-{hour}", 1) for number in range(2)]
        if hour == STUCK_HOUR:
            orders.append(self._order(f"o{hour}-stuck", STUCK, 1))
        again = self._said("shop", self._orders[-1], f"again-{hour}", orders[-1].proof)
        return [*orders, orders[0], again, self._poison(hour)]

    def _erp(self, hour: int) -> list[Said]:
        receipts = [self._receipt(f"r{hour}-{number}", self._sku(), 10) for number in range(2)]
        return [*receipts, self._receipt(f"r{hour}-unknown", UNKNOWN, 5)] if hour in UNKNOWN_HOURS else receipts

    def _poison(self, hour: int) -> Said:
        """What cannot be read, is not whole, is refused, or tells another story than was told before."""
        return POISON[hour % len(POISON)](self, hour)

    def _sku(self) -> str:
        return self._random.choice(SKUS)

    def _said(self, system: str, paper: Paper, id: str, proof: str = "", because: str = "") -> Said:
        message = PORTS[system].write(paper)._replace(id=id, sent_at=self._now)
        return self._kept(Said(system, message, proof, because))

    def _kept(self, said: Said) -> Said:
        return self.said.setdefault((said.system, said.id), said)

    # What each is

    def _receipt(self, id: str, sku: str, pieces: int) -> Said:
        self.received[sku] += pieces
        paper = Receipt(id=id, node="dc", items=(Item(sku, pieces),), occurred_at=self._now)
        return self._said("erp", paper, id[1:], f"receipt/{id}")

    def _order(self, id: str, sku: str, pieces: int) -> Said:
        self.ordered[sku] += pieces
        self._orders.append(self._paper(id, sku, pieces))
        return self._said("shop", self._orders[-1], id[1:], f"order/{id}/placed")

    def _paper(self, id: str, sku: str, pieces: int) -> SalesOrder:
        lines = (Line("1", sku, pieces, 100),)
        return SalesOrder(id=id, placed_at=self._now, currency="GBP", lines=lines, total_minor=100 * pieces)

    def _sale(self, id: str, sku: str, pieces: int) -> Said:
        self.sold[sku] += pieces
        paper = TillSale(id=id, till="store", node="store", items=(Item(sku, pieces),), occurred_at=self._now)
        return self._said("pos", paper, id[1:], f"sale/{id}")

    def _transfer(self, id: str, sku: str, pieces: int) -> Said:
        self.moved[sku] += pieces
        items = (Item(sku, pieces),)
        paper = StockTransfer(id=id, source="dc", target="store", items=items, occurred_at=self._now)
        return self._said("pos", paper, id, f"receipt/{id}/landed")

    # Poison

    def unreadable(self, hour: int) -> Said:
        """No event at all."""
        return self._kept(Said("shop", b"\xff" + bytes([hour]), because="CloudEvent"))

    def half(self, hour: int) -> Said:
        """An order that lacks what an order has."""
        return self._kept(Said("shop", Message("orders/create", "{}", f"half-{hour}"), because="currency"))

    def too_many(self, hour: int) -> Said:
        """An order that is refused."""
        paper = self._paper(f"many-{hour}", "MUG", MANY)
        return self._said("shop", paper, f"many-{hour}", because="refused")

    def other_story(self, hour: int) -> Said:
        """An order of long ago, with other content."""
        old = self._orders[0]
        return self._said("shop", self._paper(old.id, old.lines[0].sku, 7), f"other-{hour}", because=old.id)


POISON: Sequence[Callable[[Traffic, int], Said]] = (
    Traffic.unreadable,
    Traffic.half,
    Traffic.too_many,
    Traffic.other_story,
)
