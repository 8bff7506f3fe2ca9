"""What the terminal shows: two bars while the work runs, tables when it is done; the one module that needs rich."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn
from rich.table import Table

from .data import DRAWN, World
from .markup import percent, pound, pounds
from .outcomes import dearer_or_cheaper
from .shape import NOT_CHECKED, Figures
from .wire import DAY_MS, stamp

NEXT = """\
  python -m examples.demo --plant oversold   sell a piece too many behind the library's back: a check finds it
  python -m examples.demo --plant erp-twice  let the ERP book a message twice: a check finds it
  python -m examples.demo --plant page-lost  let the accountant lose a page of the books: a check finds it
  python -m examples.demo --days 2 --no-kill a short one; the files of every system are in {folder}
  bean-check {folder}/books.beancount        the books, read by an accounting program of others
  README.md                                  twelve lines to your own first order"""


class Screen:
    """Bars and tables, or only the essentials where it is to be quiet."""

    def __init__(self, world: World, *, is_quiet: bool, kills: bool) -> None:
        self._world = world
        self._kills = kills
        self._is_quiet = is_quiet
        self._console = Console(width=None if Console().is_terminal else 120)
        columns = (TextColumn("{task.description:<34}"), BarColumn(), TextColumn("{task.fields[said]}"))
        self._progress = Progress(*columns, console=self._console, disable=is_quiet)
        self._bars: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        """Say what is about to happen."""
        if not self._is_quiet:
            self._open()
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the bars."""
        self._progress.stop()

    def _open(self) -> None:
        world, say = self._world, self._console.print
        days = (world.ends_at - world.begins_at) // DAY_MS
        say(f"[bold]{days} days of real orders on SQLite[/bold]\n")
        say(
            f"[bold]Real[/bold]: {len(world.orders)} baskets with prices, {len(world.cancellations)} cancellations"
            f" (Online Retail, D. Chen, CC BY 4.0); {len(world.sites)} store positions (T. Holmes, MIT);"
            f" {len(world.homes)} ZIP centroids (GeoNames, CC BY 4.0)"
        )
        for reason, count in world.left_out.items():
            say(f"  left out of the fortnight: {count} lines, {reason}")
        say("[bold]Drawn by a fixed seed[/bold]:")
        for drawn in DRAWN:
            say(f"  {drawn}")
        down, up = world.outage
        kills = "; the process is killed once, between a record and its acknowledgement" * self._kills
        say(f"[bold]On stage[/bold]: the ERP is down from {stamp(down)} to {stamp(up)}{kills}\n")

    def advance(self, name: str, now: int, entries: int) -> None:
        """Move a bar to a moment of simulated time."""
        if name not in self._bars:
            titles = {
                "main": "killed once, and resumed" if self._kills else "at work",
                "twin": "twin, under another hash seed",
            }
            days = self._world.ends_at - self._world.begins_at
            self._bars[name] = self._progress.add_task(titles[name], total=days, said="")
        is_over = now >= self._world.ends_at
        said = f"{stamp(now)[:10]}  {entries:>6} entries{'  (last parcels)' if is_over else ''}"
        self._progress.update(self._bars[name], completed=now - self._world.begins_at, said=said)

    def failed(self) -> None:
        """Say that the work ended before its time; what it said about that has been printed."""
        self._console.print("[red]the work ended before its time[/red]")

    def killed(self, entries: int) -> None:
        """Say that the process was killed."""
        if not self._is_quiet:
            self._console.print(
                f"[red]killed[/red] right after entry {entries:,}, before anybody knew; started again on its files"
            )

    def show(self, figures: Figures, *, is_killed: bool) -> None:
        """Print the tables, and what each check found."""
        if not self._is_quiet:
            tables = (_orders, _methods, _nodes, _turned_down, _returns, _swaps, _market, _papers, _taxes, _money)
            for table in (*(table(figures) for table in tables), _service(figures, is_killed=is_killed)):
                self._console.print(table)
        for name, said, wrong in figures["checks"]:
            mark = "[red]✗[/red]" if wrong else "[green]✓[/green]"
            mark = "[yellow]?[/yellow]" if said.startswith(NOT_CHECKED) else mark
            self._console.print(f"{mark} {name}: {said}", highlight=False)
            for each in wrong:
                self._console.print(f"    [red]{each}[/red]", highlight=False)

    def end(self, digest: str, other: str, report: Path, seconds: float) -> None:
        """Print the digest, and what to look at next."""
        say = self._console.print
        if other and other == digest:
            say("[green]✓[/green] the twin, under another PYTHONHASHSEED and never killed, has the same digest")
        elif other:
            say(f"[red]✗[/red] the twin has another digest: {other}")
        say(f"digest: {digest}", soft_wrap=True, highlight=False)
        if not self._is_quiet:
            say(f"report: {report}   ({seconds:.0f} s)\n\n[bold]The next thing to try[/bold]", highlight=False)
            say(NEXT.format(folder=report.parent), highlight=False)


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", header_style="bold")
    for column in columns:
        table.add_column(column, justify="left" if column == columns[0] else "right")
    return table


def _filled(table: Table, rows: Iterable[Sequence[object]]) -> Table:
    for row in rows:
        table.add_row(*(f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in row))
    return table


def _orders(figures: Figures) -> Table:
    table = _table("Orders by final state", "state", "orders")
    rows: list[tuple[object, ...]] = list(figures["orders"].items())
    rows += [(f"  refused, for example {order}: {because[0]}", "") for order, because in figures["refusals"][:2]]
    rows += [
        (f"  waiting {order}: {because[-1].strip()}", "") for order, because in list(figures["waiting"].items())[:2]
    ]
    return _filled(table, rows)


def _nodes(figures: Figures) -> Table:
    table = _table("Nodes", "node", "shipments", "pieces", "lines picked short", "capacity used on order days")
    rows = [
        (n["node"], n["shipments"], n["pieces"], n["short_lines"], f"{n['use_percent']} %") for n in figures["nodes"]
    ]
    return _filled(table, rows)


def _methods(figures: Figures) -> Table:
    methods = figures["methods"]
    table = _table("By which way, and how the pieces ended", "", *(method["way"] for method in methods))
    counts = [("orders", [m["orders"] for m in methods]), ("shipments", [m["shipments"] for m in methods])]
    counts.append(("pieces", [m["pieces"] for m in methods]))
    counts += [(f"  {end}", [m["ends"][end] for m in methods]) for end in methods[0]["ends"]]
    return _filled(table, [(name, *numbers) for name, numbers in counts])


def _turned_down(figures: Figures) -> Table:
    table = _table("What stores turned down", "reason", "times", "pieces", "given to another", "to nobody else")
    rows = []
    for reason in dict.fromkeys(row["reason"] for row in figures["turned_down"]):
        own = [row for row in figures["turned_down"] if row["reason"] == reason]
        again = sum(bool(row["then"]) for row in own)
        rows.append((reason, len(own), sum(row["pieces"] for row in own), again, len(own) - again))
    return _filled(table, rows)


def _returns(figures: Figures) -> Table:
    table = _table("What customers bring back", "verdict", "lines", "pieces", "")
    table.columns[-1].justify = "left"
    rows: list[tuple[object, ...]] = [
        (row["verdict"], row["lines"], row["pieces"], row["explained"]) for row in figures["returns"]
    ]
    rows += [(f"  matched, came to {where}", "", pieces, "") for where, pieces in figures["landed"].items()]
    rows += [(f"  {row['condition']}: {row['disposition']}", "", row["pieces"], "") for row in figures["disposed"]]
    return _filled(table, rows)


def _swaps(figures: Figures) -> Table:
    table = _table("Exchanges, in pounds", "", "exchanges", "came back", "went out", "settled by")
    rows: list[tuple[object, ...]] = []
    for name, own in dearer_or_cheaper(figures["swaps"]).items():
        back, out = sum(row["returned"] for row in own), sum(row["new"] for row in own)
        rows.append((name, len(own), pound(back), pound(out), pound(out - back)))
    return _filled(table, rows)


def _market(figures: Figures) -> Table:
    table = _table("The marketplace", "clock, or what it counts", "met", "missed", "fell away", "limit", "kept")
    clocks = [(c["clock"].replace("_", " "), c["met"], c["late"], c["fell_away"], "", "") for c in figures["clocks"]]
    rates = [
        (
            f"{r['measure']} in {r['days']} days",
            r["of"] - r["counted"],
            r["counted"],
            "",
            f"below {r['limit_percent']:g} %",
            "yes" if r["is_kept"] else "no",
        )
        for r in figures["rates"]
    ]
    return _filled(table, [*clocks, *rates])


def _service(figures: Figures, *, is_killed: bool) -> Table:
    kept, late, routed = figures["kept"], figures["late"], max(figures["routed"], 1)
    backlog = figures["backlog"]
    most = max(count for _, count in backlog)
    up = figures["outage"][1]
    caught_up = next((at for at, count in backlog if at >= up and not count), None)
    rows: list[tuple[object, object]] = [
        ("shipments that kept their promise", f"{kept} of {kept + late} ({100 * kept / max(kept + late, 1):.1f} %)"),
        ("orders split when they were placed", f"{figures['split_percent']} %"),
        ("orders re-routed after a short pick", figures["rerouted"]),
        (
            "routings proven optimal",
            f"{figures['proven']} of {routed}; {figures['candidates'] / routed:.1f} nodes weighed each",
        ),
        ("most entries that the ERP was behind", most),
        ("ERP caught up", stamp(caught_up) if caught_up else "never"),
        ("steps told late or not at all, and implied", figures["implied"]),
        (
            "fields that nobody understood, named",
            ", ".join(f"{n} x {f}" for f, n in figures["unknown_fields"].items()) or 0,
        ),
        ("killed and resumed", "once" if is_killed else "no"),
    ]
    table = _table("Service, returns, the ERP", "", "")
    table.show_header = False
    return _filled(table, rows)


def _papers(figures: Figures) -> Table:
    table = _table("Papers, in pounds", "registration", "", "papers", "first", "last", "net", "tax", "gross")
    rows = [
        (row["registration"], row["kind"], row["count"], row["first"], row["last"], *pounds(row["net"], row["tax"]))
        for row in figures["papers"]
    ]
    return _filled(table, rows)


def _taxes(figures: Figures) -> Table:
    table = _table("Tax by rate, credit notes taken off, in pounds", "rate", "net", "tax", "gross")
    return _filled(table, [(percent(row["rate"]), *pounds(row["net"], row["tax"])) for row in figures["taxes"]])


def _money(figures: Figures) -> Table:
    table = _table("Trial balance, in pounds", "account", "ours", "number there", "the ERP's own")
    rows = [
        (name, f"{ours / 100:,.2f}", number, f"{theirs / 100:,.2f}") for name, ours, number, theirs in figures["money"]
    ]
    sums = sum(row[1] for row in figures["money"]), sum(row[3] for row in figures["money"])
    return _filled(table, [*rows, ("sum", f"{sums[0] / 100:,.2f}", "", f"{sums[1] / 100:,.2f}")])
