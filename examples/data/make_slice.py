"""Cut the slice that the demo runs on: `python examples/data/make_slice.py FOLDER` writes beside this file.

FOLDER holds the original data sets `online-retail`, `us-stores-walmart` and `us-zip-centroids` (README.md).
The same originals give the same bytes: rows are sorted, choices are made by SHA-256 of an id, and gzip bears no time.
What is left out is counted by reason in `slice.json`, which the demo prints.
"""

import csv
import gzip
import io
import json
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

HERE = Path(__file__).parent
FIRST_DAY, LAST_DAY = "2010-12-01", "2010-12-14"
NO_PRODUCTS = frozenset(("POST", "DOT", "M", "D", "C2", "S", "B", "BANK CHARGES", "AMAZONFEE", "CRUK", "PADS"))
MOST_LINES = 100
"""Longer invoices have no customer: they are the sales of many, booked as one."""
ZIPS = 1_500
BEYOND_THE_MAP = frozenset(("", "AK", "HI", "MH"))

CHOSEN = (
    ("wh", "OH", "America/New_York"),
    ("wh", "UT", "America/Denver"),
    ("dark", "IL", "America/Chicago"),
    ("store", "WA", "America/Los_Angeles"),
    ("store", "CA", "America/Los_Angeles"),
    ("store", "AZ", "America/Phoenix"),
    ("store", "CO", "America/Denver"),
    ("store", "MN", "America/Chicago"),
    ("store", "LA", "America/Chicago"),
    ("store", "AL", "America/Chicago"),
    ("store", "SC", "America/New_York"),
    ("store", "VA", "America/New_York"),
    ("store", "NY", "America/New_York"),
)
"""The part that each chosen store plays here, its state, and the time zone of that state."""


def read(path: Path) -> list[dict[str, str]]:
    """Return the rows of a compressed CSV file."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a CSV file, compressed where its name says so; the bytes depend on the rows alone."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    content = text.getvalue().encode()
    (HERE / name).write_bytes(gzip.compress(content, 9, mtime=0) if name.endswith(".gz") else content)


def why_left_out(row: dict[str, str]) -> str:
    """Return the reason to leave an invoice line out, empty for one that is kept."""
    if row["stock_code"] in NO_PRODUCTS:
        return "not a product (postage, fees, manual entries)"
    if Decimal(row["unit_price_gbp"]) <= 0:
        return "price of zero (write-offs and samples)"
    if (int(row["quantity"]) < 0) != row["invoice_no"].startswith("C"):
        return "quantity below zero outside a cancellation"
    return ""


def invoice_lines(rows: list[dict[str, str]]) -> tuple[list[tuple[object, ...]], Counter[str]]:
    """Return lines by invoice, moment, code and price in pence, duplicates merged; and what was left out or merged."""
    counts: Counter[str] = Counter()
    merged: dict[tuple[str, str, int], int] = {}
    about: dict[str, tuple[str, str, str]] = {}
    for row in rows:
        if reason := why_left_out(row):
            counts[reason] += 1
            continue
        invoice = row["invoice_no"]
        told = (row["invoice_ts"], row["customer_id"], row["country"])
        about[invoice] = min(told, about.get(invoice, told))
        line = (invoice, row["stock_code"], int(Decimal(row["unit_price_gbp"]) * 100))
        counts["merged into another line of the same invoice, code and price"] += line in merged
        merged[line] = merged.get(line, 0) + int(row["quantity"])
    length = Counter(invoice for invoice, *_ in merged)
    counts[f"of {sum(n > MOST_LINES for n in length.values())} invoices longer than {MOST_LINES} lines"] = sum(
        n for n in length.values() if n > MOST_LINES
    )
    kept = {key: quantity for key, quantity in merged.items() if length[key[0]] <= MOST_LINES}
    lines = [(*about[key[0]][:1], *key, quantity, *about[key[0]][1:]) for key, quantity in kept.items()]
    return sorted(lines), counts


def near_the_middle(stores: list[dict[str, str]]) -> dict[str, str]:
    """Return the store nearest to the mean position of these, by degrees; ties to the lower number."""
    lat, lng = (sum((Decimal(s[axis]) for s in stores), Decimal()) / len(stores) for axis in ("lat", "lng"))

    def distance(store: dict[str, str]) -> tuple[Decimal, int]:
        return (Decimal(store["lat"]) - lat) ** 2 + (Decimal(store["lng"]) - lng) ** 2, int(store["store_no"])

    return min(stores, key=distance)


def nodes(stores: list[dict[str, str]]) -> Iterable[tuple[str, ...]]:
    """Return the chosen stores with the part that they play."""
    for part, state, zone in CHOSEN:
        store = near_the_middle([store for store in stores if store["state"] == state])
        city = store["city"].split(" (")[0]
        node = f"{part}-{city.lower().replace(' ', '-')}"
        yield node, part, store["store_no"], city, state, zone, store["lat"], store["lng"]


def zips(rows: list[dict[str, str]]) -> list[tuple[str, ...]]:
    """Return the ZIPs of the 48 connected states with the lowest digests, by number."""
    inland = [row for row in rows if row["state"] not in BEYOND_THE_MAP]
    drawn = sorted(inland, key=lambda row: sha256(row["zip"].encode()).digest())[:ZIPS]
    return sorted((row["zip"], row["place"], row["state"], row["lat"], row["lng"]) for row in drawn)


def main(folder: Path) -> None:
    """Write the slice."""
    retail = read(folder / "online-retail" / "lines.csv.gz")
    fortnight = [row for row in retail if FIRST_DAY <= row["invoice_ts"][:10] <= LAST_DAY]
    lines, left_out = invoice_lines(fortnight)
    sold = {sku for _, _, sku, *_ in lines}
    names: dict[str, str] = {}
    for row in fortnight:
        if row["description"] and row["stock_code"] in sold:
            names.setdefault(row["stock_code"], " ".join(row["description"].split()))
    header = ("invoice_ts", "invoice_no", "stock_code", "unit_price_pence", "quantity", "customer_id", "country")
    write("invoice_lines.csv.gz", header, lines)
    write("products.csv.gz", ("stock_code", "name"), sorted(names.items()))
    stores = read(folder / "us-stores-walmart" / "stores.csv.gz")
    write("nodes.csv", ("node", "part", "store_no", "city", "state", "zone", "lat", "lng"), nodes(stores))
    places = zips(read(folder / "us-zip-centroids" / "zips.csv.gz"))
    write("zips.csv.gz", ("zip", "place", "state", "lat", "lng"), places)
    summary = {
        "first_day": FIRST_DAY,
        "last_day": LAST_DAY,
        "rows_read": len(fortnight),
        "rows_kept": len(lines),
        "left_out": dict(sorted((reason, count) for reason, count in left_out.items() if count)),
    }
    (HERE / "slice.json").write_text(json.dumps(summary, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python examples/data/make_slice.py FOLDER")
    main(Path(sys.argv[1]))
