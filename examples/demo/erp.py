"""The ERP stand-in: books goods at a moving average of its own and papers with their tax; for two days it is down.

It speaks bytes and knows nothing of the library. Its own records are an inbox of message ids, a journal, its stock by
article, what each order line had cost and what was billed for it; a message is booked with its id in one transaction,
so once. The tax of an invoice it reckons itself, and of a credit note it looks that no more goes back than there was.
Cost of goods that leave: value x pieces / pieces in stock, rounded half up (IAS 2, weighted average cost).
"""

import sqlite3
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import NamedTuple

from .wire import Message, number, open_file, rows, text, unpack

SCHEMA = """
CREATE TABLE IF NOT EXISTS inbox (sequence INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL);
CREATE TABLE IF NOT EXISTS repeats (id TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS journal (
    sequence INTEGER PRIMARY KEY, id TEXT NOT NULL, debit TEXT NOT NULL, debit_ref TEXT NOT NULL,
    credit TEXT NOT NULL, credit_ref TEXT NOT NULL, pence INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS stock (article TEXT PRIMARY KEY, pieces INTEGER NOT NULL, pence INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS sold (
    line TEXT PRIMARY KEY, article TEXT NOT NULL, pieces INTEGER NOT NULL, pence INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS billed (
    shipment TEXT, line TEXT, rate TEXT NOT NULL, pieces INTEGER NOT NULL, net INTEGER NOT NULL, tax INTEGER NOT NULL,
    PRIMARY KEY (shipment, line));
"""

DEBTORS, STOCK, ACCRUALS, VAT, SALES = "1200", "1400", "2150", "2200", "4000"
CREDITED, COST_OF_SALES, DIFFERENCES = "4900", "5000", "5800"

VAT_REF = "GB/VAT"

LOST_ANSWERS = 5
"""So many answers are lost after the outage: the message was booked, and comes again."""

BOOK = "INSERT INTO journal (id, debit, debit_ref, credit, credit_ref, pence) VALUES (?, ?, ?, ?, ?, ?)"
SELL = (
    "INSERT INTO sold VALUES (?, ?, ?, ?)"
    " ON CONFLICT DO UPDATE SET pieces = pieces + excluded.pieces, pence = pence + excluded.pence"
)
BILL = (
    "INSERT INTO billed VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
    " ON CONFLICT DO UPDATE SET pieces = pieces + ?4, net = net + ?5, tax = tax + ?6"
)


class Booking(NamedTuple):
    """An amount in pence, debited here and credited there, each with its sub-ledger."""

    debit: str
    debit_ref: str
    credit: str
    credit_ref: str
    pence: int


class Unavailable(Exception):
    """Nobody answers."""


class Erp:
    """Books messages."""

    def __init__(self, path: Path, outage: tuple[int, int]) -> None:
        self._file = open_file(path, SCHEMA)
        self._outage = outage

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def is_up(self, now: int) -> bool:
        """Tell whether somebody answers."""
        begins, ends = self._outage
        return not begins <= now < ends

    def receive(self, body: bytes, now: int) -> None:
        """Book a message, or note that it is known. Raises `Unavailable` while it is down, or if its answer is lost."""
        if not self.is_up(now):
            raise Unavailable
        message = unpack(body)
        id = text(message, "id")
        self._file.execute("BEGIN")
        try:
            self._file.execute("INSERT INTO inbox (id) VALUES (?)", (id,))
        except sqlite3.IntegrityError:
            self._file.execute("INSERT INTO repeats VALUES (?)", (id,))
            is_lost = False
        else:
            self.book(id, message)
            is_lost = now >= self._outage[1] and self.repeats() < LOST_ANSWERS
        self._file.execute("COMMIT")
        if is_lost:
            raise Unavailable

    def book(self, id: str, message: Message) -> None:
        """Put the bookings of a message into the journal."""
        rule = {
            "GoodsReceived": self._received,
            "GoodsSold": self._sold,
            "GoodsReturned": self._returned,
            "StockCounted": self._counted,
            "StockDisposed": self._disposed,
            "Invoiced": self._invoiced,
            "Credited": self._credited,
        }
        bookings = [(id, *booking) for booking in rule[text(message, "type")](message) if booking.pence]
        self._file.executemany(BOOK, bookings)

    def _received(self, message: Message) -> list[Booking]:
        receipt = text(message, "receipt")
        bookings = []
        for row in rows(message, "lines"):
            article, pieces = text(row, "sku"), number(row, "quantity")
            pence = pieces * number(row, "unit_cost")
            self._stock(article, pieces, pence)
            bookings.append(Booking(STOCK, article, ACCRUALS, receipt, pence))
        return bookings

    def _sold(self, message: Message) -> list[Booking]:
        order = text(message, "order")
        bookings = []
        for row in rows(message, "lines"):
            article, pieces, line = text(row, "sku"), number(row, "quantity"), f"{order}/{text(row, 'line')}"
            pence = self._issued(article, pieces)
            self._file.execute(SELL, (line, article, pieces, pence))
            bookings.append(Booking(COST_OF_SALES, line, STOCK, article, pence))
        return bookings

    def _returned(self, message: Message) -> list[Booking]:
        order, credit = text(message, "order"), text(message, "return")
        bookings = []
        for row in rows(message, "lines"):
            article, pieces, line = text(row, "sku"), number(row, "quantity"), f"{order}/{text(row, 'line')}"
            left, value = self._one("SELECT pieces, pence FROM sold WHERE line = ?", line)
            pence = _half_up(value * pieces, left)
            self._file.execute(
                "UPDATE sold SET pieces = pieces - ?, pence = pence - ? WHERE line = ?", (pieces, pence, line)
            )
            self._stock(article, pieces, pence)
            bookings.append(Booking(STOCK, article, COST_OF_SALES, line, pence))
        for row in rows(message, "found"):
            article, pieces = text(row, "sku"), number(row, "quantity")
            pence = pieces * number(row, "unit_cost")
            self._stock(article, pieces, pence)
            bookings.append(Booking(STOCK, article, DIFFERENCES, credit, pence))
        return bookings

    def _counted(self, message: Message) -> list[Booking]:
        bookings = []
        for row in rows(message, "lines"):
            article, pieces, count = text(row, "sku"), number(row, "quantity"), text(message, "count")
            if pieces < 0:
                bookings.append(Booking(DIFFERENCES, count, STOCK, article, self._issued(article, -pieces)))
            else:
                pence = pieces * number(row, "unit_cost")
                self._stock(article, pieces, pence)
                bookings.append(Booking(STOCK, article, DIFFERENCES, count, pence))
        return bookings

    def _disposed(self, message: Message) -> list[Booking]:
        accounts, ref = {"scrap": DIFFERENCES, "liquidate": COST_OF_SALES}, f"return:{text(message, 'return')}"
        bookings = []
        for row in rows(message, "lines"):
            article, pieces = text(row, "sku"), number(row, "quantity")
            bookings.append(Booking(accounts[text(row, "how")], ref, STOCK, article, self._issued(article, pieces)))
        return bookings

    def _invoiced(self, message: Message) -> list[Booking]:
        order, net, tax = text(message, "order"), 0, 0
        for row in rows(message, "lines"):
            gross, part = number(row, "quantity") * number(row, "unit_price"), Decimal(text(row, "rate"))
            vat = int((gross * part / (1 + part)).quantize(Decimal(1), ROUND_HALF_UP))
            net, tax = net + self._billed(message, row, gross, vat), tax + vat
        return [Booking(DEBTORS, order, SALES, order, net), Booking(DEBTORS, order, VAT, VAT_REF, tax)]

    def _credited(self, message: Message) -> list[Booking]:
        order, net, tax = text(message, "order"), 0, 0
        for row in rows(message, "lines"):
            gross, vat = number(row, "quantity") * number(row, "unit_price"), number(row, "tax")
            net, tax = net - self._billed(message, row, -gross, -vat), tax + vat
        return [Booking(CREDITED, order, DEBTORS, order, net), Booking(VAT, VAT_REF, DEBTORS, order, tax)]

    def _billed(self, message: Message, row: Message, gross: int, tax: int) -> int:
        """Add pieces to what is billed of a line, or take them off (below zero); return their net."""
        pieces = number(row, "quantity") if gross > 0 else -number(row, "quantity")
        line = (text(message, "shipment"), text(row, "line"), text(row, "rate"))
        self._file.execute(BILL, (*line, pieces, gross - tax, tax))
        return gross - tax

    def _issued(self, article: str, pieces: int) -> int:
        """Take pieces out of stock at the moving average, and return what they had cost."""
        in_stock, value = self._one("SELECT pieces, pence FROM stock WHERE article = ?", article)
        pence = _half_up(value * pieces, in_stock)
        self._stock(article, -pieces, -pence)
        return pence

    def _one(self, query: str, key: str) -> tuple[int, ...]:
        found: tuple[int, ...] = self._file.execute(query, (key,)).fetchone()
        return found

    def _stock(self, article: str, pieces: int, pence: int) -> None:
        change = "INSERT INTO stock VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET pieces = pieces + ?2, pence = pence + ?3"
        self._file.execute(change, (article, pieces, pence))

    # What it has on its books

    def booked(self) -> list[str]:
        """Return the ids of all messages that were booked, in that order."""
        return [id for (id,) in self._file.execute("SELECT id FROM inbox ORDER BY sequence")]

    def repeats(self) -> int:
        """Return how many messages came again and were not booked again."""
        return int(self._file.execute("SELECT count(*) FROM repeats").fetchone()[0])

    def bookings(self) -> dict[str, list[Booking]]:
        """Return the bookings of each message, in the order in which they were made."""
        found: dict[str, list[Booking]] = {}
        query = "SELECT id, debit, debit_ref, credit, credit_ref, pence FROM journal ORDER BY sequence"
        for id, *booking in self._file.execute(query):
            found.setdefault(id, []).append(Booking(*booking))
        return found

    def vat(self) -> dict[str, tuple[int, int]]:
        """Return net and tax of all papers together, by rate."""
        query = "SELECT rate, sum(net), sum(tax) FROM billed GROUP BY rate ORDER BY rate"
        return {rate: (net, tax) for rate, net, tax in self._file.execute(query)}

    def overcredited(self) -> list[str]:
        """Return the lines of invoices of which more was credited than billed, or not all though no piece is left."""
        query = (
            "SELECT shipment || ' line ' || line FROM billed"
            " WHERE min(pieces, net, tax) < 0 OR pieces = 0 AND (net OR tax) ORDER BY 1"
        )
        return [line for (line,) in self._file.execute(query)]

    def stock(self) -> dict[str, tuple[int, int]]:
        """Return pieces and value of each article."""
        return {article: (pieces, pence) for article, pieces, pence in self._file.execute("SELECT * FROM stock")}


def _half_up(dividend: int, divisor: int) -> int:
    return (2 * dividend + divisor) // (2 * divisor)
