"""The world that the demo plays in: orders, cancellations, nodes and ZIPs as they are in `examples/data`.

What the data does not say is drawn by a fixed seed, here and nowhere else: where a customer lives, which orders are
express, what a product weighs and costs, what is in stock where. `DRAWN` says so in words, and the command prints it.
"""

import csv
import gzip
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from statistics import median_low
from typing import NamedTuple

from .draw import draw, happens, share_out
from .wire import DAY_MS, HOUR_MS, kilometers, local

FOLDER = Path(__file__).parent.parent / "data"

DRAWN = (
    "two stores act as warehouses and one as a dark store; their calendars, and what each can handle a day",
    "where a customer lives: one of 1,500 ZIP codes, by customer number (the orders are British, the map is not)",
    "which orders are express: 12 %; from 400 pieces up an order goes to the wholesale channel",
    "which products bear less than the full tax: 5 % the reduced rate, 5 % none (prices are taken to hold it)",
    "weights, 50 to 900 g; purchase cost, 45 % of the median price, 4 % more for what comes in the second week",
    "stock: twice what the orders of the data need at least, and up to 100 pieces of each code, spread over the nodes",
    "who collects: 60 % of the web's customers within 200 km of a store, there; 8 % of them never come",
    "who buys through a marketplace with clocks of its own: 12 % of the web; 5 % of these cancel within a day",
    "who pays later: 4 % of the web, and one of five of these never",
    "2 % of lines are picked short, 4 % of parcels come late and 15 % early, 10 % of returns are not as new",
    "40 % of customers bring back to the nearest store that has not sold it; 40 % want something else for it",
    "6 % of what stores are given they turn down; of what was not found, some turns up when they look for it",
    "1 % of messages come twice, 1 % of picks are never told, 2 % of parcels leave without tracking",
)
WHOLESALE_PIECES = 400
EXPRESS_PER_THOUSAND = 120
MARKET_PER_THOUSAND = 120
COLLECTS_PER_THOUSAND = 600
COLLECTS_WITHIN_KM = 200
PAYS_LATER_PER_THOUSAND = 40
COST_PERCENT = 45
DEARER_PERCENT = 104
SPARE_PERCENT = 100
SPARE_PIECES = 100
"""What is stocked beyond what the data needs."""


class Line(NamedTuple):
    """Pieces of a code at a price in pence; below zero in a cancellation."""

    sku: str
    price: int
    quantity: int


class Invoice(NamedTuple):
    """An order, or a cancellation, at a moment (ms UTC)."""

    number: str
    at: int
    customer: str
    lines: tuple[Line, ...]

    @property
    def pieces(self) -> int:
        """Return the pieces of all lines."""
        return sum(line.quantity for line in self.lines)

    @property
    def channel(self) -> str:
        """Return the channel that it came by."""
        return "wholesale" if abs(self.pieces) >= WHOLESALE_PIECES else "web"


class Site(NamedTuple):
    """A place that holds stock; `part` is wh, dark or store."""

    id: str
    part: str
    city: str
    state: str
    zone: str
    lat: str
    lng: str


class Home(NamedTuple):
    """Where a customer lives."""

    zip: str
    place: str
    state: str
    lat: str
    lng: str


class Product(NamedTuple):
    """What is sold; price and cost in pence, in the first and the second week; "" is the category of the full tax."""

    sku: str
    name: str
    weight_g: int
    price: int
    costs: tuple[int, int]
    tax_category: str


class Supply(NamedTuple):
    """Goods that come in at a node at a moment (ms UTC)."""

    id: str
    at: int
    node: str
    pieces: Mapping[str, int]


class World(NamedTuple):
    """All that is given before the first tick; moments in ms UTC."""

    begins_at: int
    middle: int
    ends_at: int
    orders: tuple[Invoice, ...]
    cancellations: tuple[Invoice, ...]
    sites: tuple[Site, ...]
    homes: tuple[Home, ...]
    products: Mapping[str, Product]
    supplies: tuple[Supply, ...]
    left_out: Mapping[str, int]
    outage: tuple[int, int]

    def home(self, invoice: Invoice) -> Home:
        """Return where the customer of an invoice lives; one without a customer number lives where its number says."""
        return self.homes[draw(len(self.homes), "home", invoice.customer or invoice.number)]

    def collects_at(self, invoice: Invoice) -> str:
        """Return the store where the customer of an order of the web collects it, the nearest one; "" for none."""
        if invoice.channel != "web" or not happens(COLLECTS_PER_THOUSAND, "collects", invoice.number):
            return ""
        home = self.home(invoice)
        stores = [site for site in self.sites if site.part == "store"]
        away, id = min((kilometers(site.lat, site.lng, home.lat, home.lng), site.id) for site in stores)
        return id if away <= COLLECTS_WITHIN_KM else ""


def load(days: int) -> World:
    """Return the world of the first days of the data."""
    about = json.loads((FOLDER / "slice.json").read_text(encoding="utf-8"))
    first = date.fromisoformat(about["first_day"])
    begins_at, middle, ends_at = (_midnight(first + timedelta(days=n)) for n in (0, (days + 1) // 2, days))
    invoices = [invoice for invoice in _invoices() if invoice.at < ends_at]
    sites = tuple(
        Site(r["node"], r["part"], r["city"], r["state"], r["zone"], r["lat"], r["lng"]) for r in _rows("nodes.csv")
    )
    products = _products(invoices)
    down = begins_at + (ends_at - begins_at) * 3 // 7
    return World(
        begins_at=begins_at,
        middle=middle,
        ends_at=ends_at,
        orders=tuple(invoice for invoice in invoices if invoice.pieces > 0),
        cancellations=tuple(invoice for invoice in invoices if invoice.pieces < 0),
        sites=sites,
        homes=tuple(Home(r["zip"], r["place"], r["state"], r["lat"], r["lng"]) for r in _rows("zips.csv.gz")),
        products=products,
        supplies=_supplies(invoices, sites, begins_at, middle),
        left_out=about["left_out"],
        outage=(down, down + (2 if days >= 6 else 1) * DAY_MS),
    )


def _midnight(day: date) -> int:
    return local(day.isoformat(), 0, "UTC")


def _rows(name: str) -> Iterable[dict[str, str]]:
    path = FOLDER / name
    with gzip.open(path, "rt", encoding="utf-8", newline="") if name.endswith(".gz") else path.open(newline="") as file:
        yield from csv.DictReader(file)


def _invoices() -> list[Invoice]:
    """Return orders and cancellations in the order of their moments; the rows of one stand together."""
    found: dict[str, list[dict[str, str]]] = {}
    for row in _rows("invoice_lines.csv.gz"):
        found.setdefault(row["invoice_no"], []).append(row)
    invoices = []
    for number, rows in found.items():
        day, clock = rows[0]["invoice_ts"].split("T")
        hour, minute, _ = clock.split(":")
        at = local(day, int(hour) * 60 + int(minute), "Europe/London")
        lines = tuple(Line(r["stock_code"], int(r["unit_price_pence"]), int(r["quantity"])) for r in rows)
        invoices.append(Invoice(number, at, rows[0]["customer_id"], lines))
    return sorted(invoices, key=lambda invoice: (invoice.at, invoice.number))


def _products(invoices: Sequence[Invoice]) -> dict[str, Product]:
    names = {row["stock_code"]: row["name"] for row in _rows("products.csv.gz")}
    prices: dict[str, list[int]] = {}
    for line in (line for invoice in invoices for line in invoice.lines):
        prices.setdefault(line.sku, []).append(line.price)
    products = {}
    for sku, seen in sorted(prices.items()):
        price = median_low(seen)
        cost = max(price * COST_PERCENT // 100, 1)
        costs = (cost, max(cost * DEARER_PERCENT // 100, cost + 1))
        products[sku] = Product(
            sku, names.get(sku, sku), 50 + draw(851, "weight", sku), price, costs, _tax_category(sku)
        )
    return products


def _tax_category(sku: str) -> str:
    return ("zero", "reduced")[drawn // 5] if (drawn := draw(100, "tax", sku)) < 10 else ""


def is_express(invoice: Invoice) -> bool:
    """Tell whether an order is to come within three days."""
    return happens(EXPRESS_PER_THOUSAND, "express", invoice.number)


def is_of_market(invoice: Invoice) -> bool:
    """Tell whether an order comes through the marketplace."""
    return invoice.channel == "web" and happens(MARKET_PER_THOUSAND, "market", invoice.number)


def pays_later(invoice: Invoice) -> bool:
    """Tell whether an order is held until its payment has come."""
    return invoice.channel == "web" and happens(PAYS_LATER_PER_THOUSAND, "pays later", invoice.number)


def _supplies(invoices: Sequence[Invoice], sites: Sequence[Site], begins_at: int, middle: int) -> tuple[Supply, ...]:
    """Return opening stock, and what comes in the middle of the time, by node."""
    opening = _needed(invoice for invoice in invoices if invoice.at < middle)
    in_all = _needed(invoices)
    later = {key: pieces - opening.get(key, 0) for key, pieces in in_all.items() if pieces > opening.get(key, 0)}
    early = _spread("opening", begins_at + HOUR_MS, opening, sites)
    return (*early, *_spread("second", middle + HOUR_MS, later, sites)) if later else early


def _needed(invoices: Iterable[Invoice]) -> dict[tuple[str, str], int]:
    """Return minus the running minimum of the balance of each code in each channel."""
    balance: dict[tuple[str, str], int] = {}
    least: dict[tuple[str, str], int] = {}
    for invoice in invoices:
        for line in invoice.lines:
            key = (line.sku, invoice.channel)
            balance[key] = balance.get(key, 0) - line.quantity
            least[key] = min(least.get(key, 0), balance[key])
    return {key: -low for key, low in least.items() if low}


def _spread(name: str, at: int, needed: Mapping[tuple[str, str], int], sites: Sequence[Site]) -> tuple[Supply, ...]:
    pieces: dict[str, dict[str, int]] = {site.id: {} for site in sites}
    for (sku, channel), need in needed.items():
        spare = need * SPARE_PERCENT // 100 + draw(SPARE_PIECES + 1, "spare", name, sku)
        for node, share in share_out(need + spare, _weights(sku, channel, sites)).items():
            pieces[node][sku] = pieces[node].get(sku, 0) + share
    return tuple(
        Supply(f"{name}-{node}", at, node, dict(sorted(held.items()))) for node, held in pieces.items() if held
    )


def _weights(sku: str, channel: str, sites: Sequence[Site]) -> dict[str, int]:
    """Return how stock is spread: wholesale from the three large nodes; of the web's, stores have their assortments."""
    weights = {"wh": 50, "dark": 25, "store": 0} if channel == "wholesale" else {"wh": 40, "dark": 18, "store": 6}
    carries = {site.id: site.part != "store" or draw(100, "carries", site.id, sku) < 80 for site in sites}
    spread = {site.id: weights[site.part] + draw(4, "share", site.id, sku) for site in sites if weights[site.part]}
    return {node: weight for node, weight in spread.items() if carries[node]}
