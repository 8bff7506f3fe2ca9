"""Sections of the page about orders on their ways: methods, what was turned down, clocks, one order at the desk."""

from html import escape

from .markup import moment, percent, pound, pounds, table
from .shape import Figures, Step
from .svg import bars

_MOST = {"matched": 5, "blind": 5}
"""So many reasons are shown of what went well."""


def sections(figures: Figures) -> dict[str, str]:
    """Return what the page puts into these sections, by its names."""
    return {
        "methods": _methods(figures),
        "turned_down": _turned_down(figures),
        "clocks": _clocks(figures),
        "rates": _rates(figures),
        "risks": _risks(figures),
        "returns": _returns(figures),
        "why_returns": _why_returns(figures),
        "landed": bars([(where, pieces, f"{pieces:,} pieces") for where, pieces in figures["landed"].items()]),
        "disposed": _disposed(figures),
        "swaps": _swaps(figures),
        "papers": _papers(figures),
        "taxes": _taxes(figures),
        **_leads(figures),
        **_desk(figures),
    }


def _leads(figures: Figures) -> dict[str, str]:
    """Return the sentences above them."""
    turned = figures["turned_down"]
    again = sum(bool(row["then"]) for row in turned)
    uncollected = sum(row["ends"]["put back"] for row in figures["methods"] if row["way"].startswith("collected"))
    agrees = all([row["counted"], row["of"]] == list(row["theirs"]) for row in figures["rates"])
    clocks, kept = figures["clocks"], sum(rate["is_kept"] for rate in figures["rates"])
    met, late = sum(row["met"] for row in clocks), sum(row["late"] for row in clocks)
    notes = sum(row["count"] for row in figures["papers"] if row["kind"] != "invoice")
    papers = sum(row["count"] for row in figures["papers"])
    return {
        "methods_lead": "Orders and shipments by the way they took, and how the pieces ended that a node was given:"
        f" each piece has one end. {uncollected:,} pieces waited for a customer who never came.",
        "turned_lead": f"{len(turned)} times a store turned down a shipment or a line of it; {again} were given to"
        " another node. Who looks for what was not found counts on the next morning, and the books follow.",
        "clocks_lead": f"{met:,} clocks were met, {late:,} missed; {kept} of {len(figures['rates'])} limits are kept."
        f" The marketplace has counted by itself, and {'came to the same' if agrees else 'came to something else'}.",
        **_returns_leads(figures),
        "papers_lead": f"{papers - notes:,} invoices, each of what a node has picked for a shipment, and {notes:,}"
        " credit notes of what came back or was never collected. Each division of the company numbers its own, without"
        " a gap; a credit note stands under the division that wrote the invoice, wherever the goods have come back to.",
    }


def _returns_leads(figures: Figures) -> dict[str, str]:
    lines = sum(row["lines"] for row in figures["returns"])
    dearer = sum(bool(row["owed"]) for row in figures["swaps"])
    return {
        "returns_lead": f"{lines:,} lines that customers want to give back, matched with what they were sold. What is"
        f" matched is authorized, {figures['authorized']:,} times, and received wherever it is brought: 40 % of"
        " customers go to the nearest store that has not sold it.",
        "swaps_lead": f"{len(figures['swaps'])} times the customer wanted something else for it: {dearer} owe the"
        " difference, the others get it back. Each leg keeps its own papers.",
    }


def _methods(figures: Figures) -> str:
    rows = [
        (row["way"], *(f"{n:,}" for n in (row["orders"], row["shipments"], row["pieces"], *row["ends"].values())))
        for row in figures["methods"]
    ]
    return table(("way", "orders", "shipments", "pieces", *figures["methods"][0]["ends"]), rows)


def _turned_down(figures: Figures) -> str:
    rows = [
        (
            moment(row["at"]),
            row["node"],
            row["reason"],
            row["order"],
            f"{row['pieces']:,}",
            "; then ".join(row["then"]) or "nobody else",
            row["order_is"],
        )
        for row in figures["turned_down"]
    ]
    return table(("when", "store", "reason", "order", "pieces", "given to, and how that ended", "the order now"), rows)


def _clocks(figures: Figures) -> str:
    rows = [
        (row["clock"].replace("_", " "), row["met"], row["late"], row["fell_away"], row["open"])
        for row in figures["clocks"]
    ]
    return table(("clock", "met", "missed", "fell away", "running"), rows)


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
    return table(("rate", "ours", "", "limit", "", "the marketplace's own"), rows)


def _risks(figures: Figures) -> str:
    rows = [
        (moment(row["at"]), row["orders"], row["clocks"], row["late"], row["worst"])
        for row in figures["risks"]
        if row["clocks"]
    ]
    return table(("each day at", "orders", "clocks running", "in vain", "the first in the list"), rows)


def _returns(figures: Figures) -> str:
    rows = [(row["verdict"], f"{row['lines']:,}", f"{row['pieces']:,}", row["explained"]) for row in figures["returns"]]
    return table(("verdict", "lines", "pieces", "what it says"), rows)


def _why_returns(figures: Figures) -> str:
    """Return the reason of every line that is impossible, and of a few others."""
    shown = [(row["verdict"], each) for row in figures["returns"] for each in row["each"][: _MOST.get(row["verdict"])]]
    return table(("verdict", "return, pieces and why"), shown)


def _disposed(figures: Figures) -> str:
    rows = [(row["condition"], row["disposition"], f"{row['pieces']:,}") for row in figures["disposed"]]
    return table(("condition", "what was done", "pieces"), rows)


def _swaps(figures: Figures) -> str:
    rows = [
        (
            row["order"],
            pound(row["returned"]),
            pound(row["new"]),
            f"{pound(row['owed'])} owed" if row["owed"] else f"{pound(row['refund'])} refunded",
            row["order_is"],
        )
        for row in figures["swaps"]
    ]
    return table(("order", "came back", "went out", "settled by", "the order now"), rows)


def _papers(figures: Figures) -> str:
    rows = [
        (
            row["registration"],
            row["kind"],
            f"{row['count']:,}",
            f"{row['first']} to {row['last']}",
            *pounds(row["net"], row["tax"]),
        )
        for row in figures["papers"]
    ]
    return table(("registration", "", "papers", "numbers", "net", "tax", "gross"), rows)


def _taxes(figures: Figures) -> str:
    rows = [(percent(row["rate"]), *pounds(row["net"], row["tax"])) for row in figures["taxes"]]
    return table(("rate", "net", "tax", "gross"), rows)


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
        "call_lead": f"On {moment(call['at'])} the customer calls. The order is then {escape(call['status'])}; nodes"
        f" had turned it down, in whole or in part, {call['times']} time{'s' * (call['times'] != 1)}.",
        "pieces": table(("pieces", "state", "where", "promised", "next", "until", ""), pieces),
        "changes": table(("the customer wants", "pieces", "possible", "", "because"), changes),
        "story_after": "".join(map(_step, steps[len(before) :])),
    }


def _step(step: Step) -> str:
    kinds = {"rejected": "short", "delivered": "done", "collected": "done"}
    notes = "".join(f'<li class="{"chose" * (" ships " in note)}">{escape(note)}</li>' for note in step["notes"])
    says = f" <small>says {escape(step['source'])}</small>" if step["source"] else ""
    kind, because = kinds.get(step["kind"], ""), f"<ul>{notes}</ul>" if notes else ""
    return f'<li class="{kind}"><time>{moment(step["at"])}</time>{escape(step["text"])}{says}{because}</li>'
