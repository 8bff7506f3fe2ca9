"""The report: one page of HTML with its pictures in it, for light and dark screens; it loads nothing."""

from collections import Counter
from collections.abc import Sequence
from html import escape
from pathlib import Path
from string import Template

from .markup import day, items, table
from .sections import sections
from .shape import NOT_CHECKED, Figures
from .svg import Band, Place, bars, chart, columns, curve
from .wire import DAY_MS

PAGE = Path(__file__).parent / "page.html"
PARTS = {"wh": "warehouse", "dark": "dark store", "store": "store"}
MOST_HOURS = 72
"""Hours beyond which lateness is shown as this."""
BIN_HOURS = 3


def write_report(figures: Figures, path: Path, *, is_killed: bool) -> Path:
    """Write the page, and return where it lies."""
    page = Template(PAGE.read_text(encoding="utf-8")).substitute(
        title=f"{figures['days']} days of real orders",
        **_said(figures, is_killed=is_killed),
        tiles=_tiles(figures),
        map=_map(figures),
        **sections(figures),
        promise=_promise(figures),
        split=bars([(f"{n} parcel{'s' * (n != '1')}", count, f"{count:,}") for n, count in figures["parcels"].items()]),
        stock=bars(
            [(state, pieces, f"{pieces:,}") for state, pieces in figures["stock"].items() if state != "customer"]
        ),
        backlog=_backlog(figures),
        nodes=_nodes(figures),
        money=_money(figures),
        checks="".join(_check(*check) for check in figures["checks"]),
        digest=figures["digest"],
        drawn=items(figures["drawn"]),
    )
    path.write_text(page, encoding="utf-8")
    return path


def _said(figures: Figures, *, is_killed: bool) -> dict[str, str]:
    """Return the sentences above the pictures."""
    first, last = day(figures["begins_at"]), day(figures["ends_at"] - 1)
    kept, parcels = figures["kept"], figures["kept"] + figures["late"]
    baskets = sum(figures["orders"].values()) - len(figures["swaps"])
    return {
        "lead": f"{baskets:,} baskets of {first} to {last}, 2010, through"
        f" {len(figures['nodes'])} nodes, two pools and eight systems around one journal of"
        f" {figures['entries']:,} entries{', killed once on the way' * is_killed}.",
        "promise_lead": f"{kept:,} of {parcels:,} shipments were there by the moment that was promised, delivered or"
        " ready to be collected; in hours after it.",
        "split_lead": f"{figures['split_percent']} % of orders were split when they were placed;"
        f" {figures['rerouted']} were re-routed after a short pick, and many of these came in a parcel more.",
        "stock_lead": "Pieces at all nodes, each in exactly one state;"
        f" {figures['stock']['customer']:,} more are with customers.",
        "erp_lead": "Entries that moved goods and that the ERP has not heard of, over time. Orders keep flowing.",
    }


def _tiles(figures: Figures) -> str:
    parcels = figures["kept"] + figures["late"]
    passed = sum(not wrong and not said.startswith(NOT_CHECKED) for _, said, wrong in figures["checks"])
    tiles = [
        (f"{figures['orders'].get('delivered', 0) + figures['orders'].get('returned', 0):,}", "orders delivered"),
        (f"{figures['orders'].get('collected', 0):,}", "orders collected"),
        (f"{parcels:,}", "shipments"),
        (f"{100 * figures['kept'] / max(parcels, 1):.1f} %", "promises kept"),
        (f"{figures['split_percent']} %", "orders split"),
        (f"{100 * figures['proven'] / max(figures['routed'], 1):.1f} %", "routings proven optimal"),
        (f"{passed} of {len(figures['checks'])}", "checks passed"),
    ]
    return "".join(f'<div class="tile"><b>{number}</b><span>{name}</span></div>' for number, name in tiles)


def _map(figures: Figures) -> str:
    places = [
        Place(
            n["city"],
            n["part"],
            n["lat"],
            n["lng"],
            n["pieces"],
            f"{PARTS[n['part']]} {n['city']}: {n['shipments']:,} shipments, {n['pieces']:,} pieces",
        )
        for n in figures["nodes"]
    ]
    cities = {n["node"]: n["city"] for n in figures["nodes"]}
    flows = [(cities[node], lat, lng, pieces) for node, lat, lng, pieces in figures["flows"]]
    return chart(places, flows, figures["homes"])


def _promise(figures: Figures) -> str:
    """Show by how many hours parcels missed their moment, in bins; each bin begins at its least hour."""
    hours = Counter(max(min(late - late % BIN_HOURS, MOST_HOURS), -MOST_HOURS) for late in figures["hours_late"])
    return columns(hours, width=BIN_HOURS, names=("kept", "late"), unit="h")


def _backlog(figures: Figures) -> str:
    points = figures["backlog"]
    begins, ends = figures["outage"]
    days = [(at, day(at)) for at in range(figures["begins_at"], points[-1][0], 2 * DAY_MS)]
    return curve(points, [Band(begins, ends, "ERP down")], days)


def _nodes(figures: Figures) -> str:
    header = ("node", "shipments", "pieces", "lines picked short", "capacity used")
    rows = [
        (n["city"], f"{n['shipments']:,}", f"{n['pieces']:,}", f"{n['short_lines']:,}", f"{n['use_percent']} %")
        for n in figures["nodes"]
    ]
    return table(header, rows)


def _money(figures: Figures) -> str:
    rows = [
        (name.replace("_", " "), f"{ours / 100:,.2f}", number, f"{theirs / 100:,.2f}")
        for name, ours, number, theirs in figures["money"]
    ]
    return table(("account", "ours", "number there", "the ERP's own"), rows)


def _check(name: str, said: str, wrong: Sequence[str]) -> str:
    against = "".join(f"<br><code>{escape(each)}</code>" for each in wrong)
    kind = "wrong" if wrong else "open" * said.startswith(NOT_CHECKED)
    return f'<li class="{kind}">{escape(name)}<br><span>{escape(said)}</span>{against}</li>'
