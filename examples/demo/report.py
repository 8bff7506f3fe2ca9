"""The report: one page of HTML with its pictures in it, for light and dark screens; it loads nothing."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from string import Template

from .shape import Figures, Step
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
        methods=_methods(figures),
        turned_down=_turned_down(figures),
        clocks=_clocks(figures),
        rates=_rates(figures),
        risks=_risks(figures),
        **_desk(figures),
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
        drawn=_items(figures["drawn"]),
    )
    path.write_text(page, encoding="utf-8")
    return path


def _day(at: int) -> str:
    return f"{datetime.fromtimestamp(at / 1000, UTC):%b} {datetime.fromtimestamp(at / 1000, UTC).day}"


def _moment(at: int) -> str:
    return f"{_day(at)}, {datetime.fromtimestamp(at / 1000, UTC):%H:%M}"


def _said(figures: Figures, *, is_killed: bool) -> dict[str, str]:
    """Return the sentences above the pictures."""
    first, last = _day(figures["begins_at"]), _day(figures["ends_at"] - 1)
    kept, parcels = figures["kept"], figures["kept"] + figures["late"]
    return {
        "lead": f"{sum(figures['orders'].values()):,} baskets of {first} to {last}, 2010, through"
        f" {len(figures['nodes'])} nodes, two pools and seven systems around one journal of"
        f" {figures['entries']:,} entries{', killed once on the way' * is_killed}.",
        "promise_lead": f"{kept:,} of {parcels:,} shipments were there by the moment that was promised, delivered or"
        " ready to be collected; in hours after it.",
        **_leads(figures),
        "split_lead": f"{figures['split_percent']} % of orders were split when they were placed;"
        f" {figures['rerouted']} were re-routed after a short pick, and many of these came in a parcel more.",
        "stock_lead": "Pieces at all nodes, each in exactly one state;"
        f" {figures['stock']['customer']:,} more are with customers.",
        "erp_lead": "Entries that moved goods and that the ERP has not heard of, over time. Orders keep flowing.",
    }


def _leads(figures: Figures) -> dict[str, str]:
    turned = figures["turned_down"]
    again = sum(bool(row["then"]) for row in turned)
    uncollected = sum(row["ends"]["put back"] for row in figures["methods"] if row["way"].startswith("collected"))
    agrees = all([row["counted"], row["of"]] == list(row["theirs"]) for row in figures["rates"])
    clocks, kept = figures["clocks"], sum(rate["is_kept"] for rate in figures["rates"])
    met, late = sum(row["met"] for row in clocks), sum(row["late"] for row in clocks)
    return {
        "methods_lead": "Orders and shipments by the way they took, and how the pieces ended that a node was given:"
        f" each piece has one end. {uncollected:,} pieces waited for a customer who never came.",
        "turned_lead": f"{len(turned)} times a store turned down a shipment or a line of it; {again} were given to"
        " another node. Who looks for what was not found counts on the next morning, and the books follow.",
        "clocks_lead": f"{met:,} clocks were met, {late:,} missed; {kept} of {len(figures['rates'])} limits are kept."
        f" The marketplace has counted by itself, and {'came to the same' if agrees else 'came to something else'}.",
    }


def _tiles(figures: Figures) -> str:
    parcels = figures["kept"] + figures["late"]
    passed = sum(not wrong for *_, wrong in figures["checks"])
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


def _methods(figures: Figures) -> str:
    rows = [
        (row["way"], *(f"{n:,}" for n in (row["orders"], row["shipments"], row["pieces"], *row["ends"].values())))
        for row in figures["methods"]
    ]
    return _table(("way", "orders", "shipments", "pieces", *figures["methods"][0]["ends"]), rows)


def _turned_down(figures: Figures) -> str:
    rows = [
        (
            _moment(row["at"]),
            row["node"],
            row["reason"],
            row["order"],
            f"{row['pieces']:,}",
            "; then ".join(row["then"]) or "nobody else",
            row["order_is"],
        )
        for row in figures["turned_down"]
    ]
    return _table(("when", "store", "reason", "order", "pieces", "given to, and how that ended", "the order now"), rows)


def _clocks(figures: Figures) -> str:
    rows = [
        (row["clock"].replace("_", " "), row["met"], row["late"], row["fell_away"], row["open"])
        for row in figures["clocks"]
    ]
    return _table(("clock", "met", "missed", "fell away", "running"), rows)


def _rates(figures: Figures) -> str:
    rows = [
        (
            f"{row['measure']}, {row['days']} days",
            f"{row['counted']} of {row['of']}",
            f"{100 * row['counted'] / max(row['of'], 1):.1f} %",
            f"below {row['limit_percent']:g} %",
            "kept" if row["is_kept"] else f"{-row['room']} too many",
            f"{row['theirs'][0]} of {row['theirs'][1]}",
        )
        for row in figures["rates"]
    ]
    return _table(("rate", "ours", "", "limit", "", "the marketplace's own"), rows)


def _risks(figures: Figures) -> str:
    rows = [
        (_moment(row["at"]), row["orders"], row["clocks"], row["late"], row["worst"])
        for row in figures["risks"]
        if row["clocks"]
    ]
    return _table(("each day at", "orders", "clocks running", "in vain", "the first in the list"), rows)


def _desk(figures: Figures) -> dict[str, str]:
    """Return what the service desk sees of an order: what happened, before the call and after, and what it told."""
    call, steps = figures["call"], figures["story"]
    if call is None:
        return dict.fromkeys(("story", "pieces", "changes", "story_after"), "") | {
            "story_lead": "Nobody has called.",
            "call_lead": "",
        }
    before = [step for step in steps if step["at"] <= call["at"]]
    pieces = [
        (p["pieces"], p["state"], p["place"], p["promised"], p["next"], p["by"], "late" * p["is_late"])
        for p in call["pieces"]
    ]
    changes = [
        (c["wish"], c["pieces"], c["how"], c["until"] and f"until {c['until']}", "; ".join(c["because"]))
        for c in call["changes"]
    ]
    return {
        "story_lead": f"Order {escape(call['order'])}: what its entries of the journal say in plain words, with each"
        " promise, who said so and why. Clocks are UTC.",
        "story": "".join(map(_step, before)),
        "call_lead": f"On {_moment(call['at'])} the customer calls. The order is then {escape(call['status'])}; nodes"
        f" had turned it down, in whole or in part, {call['times']} time{'s' * (call['times'] != 1)}.",
        "pieces": _table(("pieces", "state", "where", "promised", "next", "until", ""), pieces),
        "changes": _table(("the customer wants", "pieces", "possible", "", "because"), changes),
        "story_after": "".join(map(_step, steps[len(before) :])),
    }


def _step(step: Step) -> str:
    kinds = {"picked": "", "rejected": "short", "delivered": "done", "collected": "done"}
    notes = "".join(f'<li class="{"chose" * (" ships " in note)}">{escape(note)}</li>' for note in step["notes"])
    says = f" <small>says {escape(step['source'])}</small>" if step["source"] else ""
    kind, because = kinds.get(step["kind"], ""), f"<ul>{notes}</ul>" if notes else ""
    return f'<li class="{kind}"><time>{_moment(step["at"])}</time>{escape(step["text"])}{says}{because}</li>'


def _promise(figures: Figures) -> str:
    """Show by how many hours parcels missed their moment, in bins; each bin begins at its least hour."""
    hours = Counter(max(min(late - late % BIN_HOURS, MOST_HOURS), -MOST_HOURS) for late in figures["hours_late"])
    return columns(hours, width=BIN_HOURS, names=("kept", "late"), unit="h")


def _backlog(figures: Figures) -> str:
    points = figures["backlog"]
    begins, ends = figures["outage"]
    days = [(at, _day(at)) for at in range(figures["begins_at"], points[-1][0], 2 * DAY_MS)]
    return curve(points, [Band(begins, ends, "ERP down")], days)


def _table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in header)
    body = "".join("<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _nodes(figures: Figures) -> str:
    header = ("node", "shipments", "pieces", "lines picked short", "capacity used")
    rows = [
        (n["city"], f"{n['shipments']:,}", f"{n['pieces']:,}", f"{n['short_lines']:,}", f"{n['use_percent']} %")
        for n in figures["nodes"]
    ]
    return _table(header, rows)


def _money(figures: Figures) -> str:
    rows = [
        (name.replace("_", " "), f"{ours / 100:,.2f}", number, f"{theirs / 100:,.2f}")
        for name, ours, number, theirs in figures["money"]
    ]
    return _table(("account", "ours", "number there", "the ERP's own"), rows)


def _check(name: str, said: str, wrong: Sequence[str]) -> str:
    against = "".join(f"<br><code>{escape(each)}</code>" for each in wrong)
    return f'<li class="{"wrong" * bool(wrong)}">{escape(name)}<br><span>{escape(said)}</span>{against}</li>'


def _items(said: Iterable[str]) -> str:
    return "".join(f"<li>{escape(each)}</li>" for each in said)
