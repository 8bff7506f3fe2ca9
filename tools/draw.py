"""Draw what the documentation shows: pictures from the tables that run, reference pages from the code, real outputs.

`python -m tools.draw` writes the pages, `python -m tools.draw --check` fails where one is stale; both show what
changes. Read that: an output may have come to say the reverse of the words around it. Two things of a page are drawn,
and everything else is written by people and stays as it is:

- what stands between `<!-- drawn: name -->` and `<!-- /drawn -->`: it comes from the function of that name in `PARTS`;
- a text block that directly follows a Python block: it is what that block prints. The Python blocks of a page are run
  from top to bottom in one namespace.
"""

import ast
import contextlib
import difflib
import importlib
import inspect
import io
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import attrs

from tests.fulfillment import matrix
from tests.lives import rules, traces
from unicommerce import (
    Catalog,
    Commerce,
    FulfillmentPolicy,
    Money,
    Network,
    Node,
    Order,
    OrderLine,
    Pool,
    Position,
    Product,
    allocate,
    delivered,
    moment,
    picked,
    place,
    received,
    shipped,
)
from unicommerce.finance import post
from unicommerce.ledger import Account, ReasonCode, is_part, run
from unicommerce.orders import LINE_MOVES, LineState
from unicommerce.returns import restock, returned

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "unicommerce"

FLOORS: Mapping[str, Mapping[str, str]] = {
    "edge": {
        "commerce": "the facade: tell, ask, see",
        "ports": "how messages of other systems are read and written",
        "codec": "events and documents to plain data and back",
        "delivery": "what other systems are owed: order, retries, dead letters",
        "intake": "what each paper of another system is told or asked as",
        "estate": "which system writes what; reconciliation, tracing",
        "testing": "checks that adapters and stores of others run against themselves",
        "simulation": "a world with faults, for what-if runs",
        "extras": "one file for each optional library",
    },
    "insight": {
        "insight": "demand, replenishment, anomalies, recommendations",
        "desk": "where an order is, what may still be changed of it, what a node has to do",
    },
    "books": {
        "finance": "postings: what goods, papers and payments mean in the books",
        "invoices": "papers of shipments: invoices, credit notes, numbers without a gap",
        "valuation": "what stock is worth: layers, averages, landed cost",
        "payments": "authorize, capture, refund, settlement",
        "refunds": "what can be refunded, and to what it was paid with",
        "tax": "registrations, rules as dated data, quote and commit",
        "procurement": "purchase orders, receipts, supplier invoices, three-way match",
    },
    "goods and orchestration": {
        "returns": "goods that come back, and what is done with them",
        "marketplaces": "orders that marketplaces relay, their clocks, our answers",
        "relief": "who gives way when facts have taken the goods",
        "fulfillment": "goods and lines move together",
        "routing": "which node serves what",
        "orders": "lines and where their pieces stand",
        "pricing": "discounts, and their share for each piece",
        "supply": "what is to come: inbound goods, transfers, arrivals",
        "bundles": "bundles in stock: made of their components, taken apart",
        "counts": "what people find on the shelf, and the book brought to it",
        "tills": "what a till sells, offline too",
        "feed": "what changed for a channel, as absolute quantities with a version",
        "lots": "which pieces: lots, serial numbers, best before",
        "inventory": "goods: received, claimed, adjusted",
        "catalog": "master data",
    },
    "ledger": {
        "ledger": "accounts, movements, entries, decisions",
        "values": "identifiers, whole numbers, money",
        "errors": "what a program can do wrong",
    },
}
"""The building, the top floor first: all its rooms and what each is for. The code says which of them stand."""


# The building


def standing() -> tuple[str, ...]:
    """Return the rooms that the code has, by floor. Raises `ValueError` for a room that has no floor."""
    found = {path.stem for path in SOURCE.iterdir() if path.stem[0] not in "_." and any(_files(path.stem))}
    planned = [room for rooms in FLOORS.values() for room in rooms]
    if homeless := found - set(planned):
        raise ValueError(f"rooms without a floor in tools/draw.py: {', '.join(sorted(homeless))}")
    return tuple(room for room in planned if room in found)


def _files(room: str) -> Iterator[Path]:
    yield from [path for path in (SOURCE / f"{room}.py",) if path.is_file()]
    yield from sorted((SOURCE / room).rglob("*.py"))


def floors() -> str:
    """Draw the five floors; what is planned and not there yet stands in parentheses."""
    there = standing()
    rows = [(floor, [room if room in there else f"({room})" for room in rooms]) for floor, rooms in FLOORS.items()]
    lines: list[tuple[str, str]] = []
    for floor, rooms in rows:
        built = "  ".join(room for room in rooms if not room.startswith("("))
        planned = "  ".join(room for room in rooms if room.startswith("("))
        lines += [(floor, built or planned), *([("", planned)] if built and planned else []), ("-", "-")]
    wide = max(len(rooms) for _, rooms in lines)
    rule = f"{'':25}+{'-' * (wide + 2)}+"
    drawn = [rule if floor == "-" else f"{floor:>23}  | {rooms:{wide}} |" for floor, rooms in lines]
    return _block("text", [rule, *drawn])


def rooms() -> str:
    """List the rooms that stand, each with the first sentence of its own words."""
    rows = []
    for room in standing():
        path = SOURCE / room / "__init__.py"
        words = (
            ast.get_docstring(ast.parse((path if path.exists() else SOURCE / f"{room}.py").read_text("utf-8"))) or ""
        )
        rows.append(f"| `{room}` | {words.splitlines()[0]} |")
    return "\n".join(["| room | its own words |", "|---|---|", *rows])


def planned() -> str:
    """List the rooms that are planned and not there yet."""
    there = standing()
    rows = [f"| `{room}` | {what} |" for of in FLOORS.values() for room, what in of.items() if room not in there]
    return "\n".join(["| planned room | what it is for |", "|---|---|", *rows])


def imports() -> str:
    """Draw which room imports which, read from the import statements; what follows from another arrow is left out."""
    below = {room: _imported(room) for room in standing()}
    arrows = []
    for room, direct in below.items():
        implied = set().union(*(_reached(other, below) for other in direct)) if direct else set()
        if room in implied:
            raise ValueError(f"{room} imports itself by a detour")
        arrows += [f"  {room} --> {other}" for other in below if other in direct - implied]
    return _block("mermaid", ["flowchart TD", *arrows])


def _imported(room: str) -> set[str]:
    found = set()
    for path in _files(room):
        depth = len(path.relative_to(SOURCE).parts)
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom):
                names = [node.module.split(".")[0]] if node.module else [alias.name for alias in node.names]
                if node.level == depth:
                    found |= set(names)
                elif node.level == 0 and node.module and node.module.startswith("unicommerce."):
                    found.add(node.module.split(".")[1])
    return (found & set(standing())) - {room}


def _reached(room: str, below: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    fresh = {room}
    while fresh:
        fresh = set().union(*(below[each] for each in fresh)) - found
        found |= fresh
    return found


# The one table of line moves


def moves() -> str:
    """Draw the table of line moves; states that no event uses yet are grey."""
    lines = ["stateDiagram-v2", "  classDef planned fill:#eee,stroke:#bbb,color:#999", f"  [*] --> {LineState.ORDERED}"]
    for state, targets in LINE_MOVES.items():
        lines += [f"  {state} --> {target}" for target in targets or ("[*]",)]
    if unused := _unused_states():
        lines.append(f"  class {','.join(unused)} planned")
    return _block("mermaid", lines)


def _unused_states() -> tuple[str, ...]:
    """Return the states that no class of an event and no function beside one names."""
    named = set()
    for path in sorted(SOURCE.glob("*/*events.py")):
        for block in ast.parse(path.read_text("utf-8")).body:
            if isinstance(block, ast.ClassDef | ast.FunctionDef):
                named |= {node.attr for node in ast.walk(block) if isinstance(node, ast.Attribute)}
    return tuple(state.value for state in LineState if state.name not in named)


# One worked example


@attrs.frozen
class Step:
    """A column of the table: what it is called, and every balance of whole accounts after it, by unit."""

    name: str
    balances: Mapping[str, Mapping[Account, int]]


def day() -> tuple[Step, ...]:
    """Run the worked example: five mugs come in, two are sold, one comes back; finance follows each step."""
    now = moment("2026-11-23T15:00:00Z")
    dc = Node(id="dc", position=Position.of(36.34, -94.07))
    network = Network(nodes=(dc,), pools=(Pool(id="web", nodes=("dc",)),))
    mug = Product(sku="MUG", weight_g=350, cost_minor=400)
    shop = Commerce(Catalog(network=network, products=(mug,)))
    line = OrderLine(id="1", sku="MUG", price_minor=1200)
    order = Order(id="o1", pool="web", lines=(line,), destination=Position.of(36.37, -94.21), placed_at=now)
    later = FulfillmentPolicy(allocates_at_once=False)
    steps: list[tuple[str, Callable[[], object]]] = [
        ("receive 5", lambda: shop.tell(received("r1", node="dc", quantities={"MUG": 5}), now=now)),
        ("place 2", lambda: shop.ask(place(order, {"1": 2}, policy=later), now=now)),
        ("allocate 2", lambda: shop.ask(allocate("o1"), now=now)),
        ("pick 2", lambda: shop.tell(picked("o1/1", {"1": 2}), now=now)),
        ("ship 2", lambda: shop.tell(shipped("o1/1"), now=now)),
        ("deliver 2", lambda: shop.tell(delivered("o1/1"), now=now)),
        ("return 1", lambda: shop.tell(returned("rma1", node="dc", order="o1", lines={"1": 1}), now=now)),
        ("restock 1", lambda: shop.ask(restock("rma1", {"MUG": 1}), now=now)),
    ]
    taken = []
    for name, step in steps:
        step()
        for recorded in run(shop.store.since(0, 1_000)):
            shop.ask(post(recorded.entry), now=now, cause=recorded.entry.id)
        taken.append(Step(name, {str(unit): book for unit, book in run(shop.store.snapshot()).balances.items()}))
    return tuple(taken)


def goods_and_lines() -> str:
    """Tabulate the goods book and the book of one order line after each step of the worked example."""
    return "\n\n".join([_book("Goods, unit `sku:MUG`", "sku:MUG"), _book("Lines, unit `line:o1/1`", "line:o1/1")])


def books_of_money() -> str:
    """Tabulate the money book after each step of the worked example."""
    return _book("Money, unit `money:USD`", "money:USD", lambda minor: str(Money(minor, "USD")).split()[0])


def _book(title: str, unit: str, show: Callable[[int], str] = str) -> str:
    steps = day()
    books = [{a: held for a, held in step.balances.get(unit, {}).items() if not is_part(a)} for step in steps]
    accounts = dict.fromkeys(account for book in books for account in book)
    rows = []
    for account in accounts:
        cells = [show(book[account]) if book.get(account) else "·" for book in books]
        rows.append(f"| {account.place} {account.state} | {' | '.join(cells)} |")
    sums = [str(sum(book.values())) for book in books]
    head = f"| {title} | {' | '.join(step.name for step in steps)} |"
    rule = "|---|" + "--:|" * len(steps)
    return "\n".join([head, rule, *rows, f"| **sum** | {' | '.join(sums)} |"])


# Reference


def _classes(is_wanted: Callable[[ast.ClassDef], bool]) -> Iterator[tuple[str, type]]:
    """Yield the classes of the library that a look at the source picks, lower floors first, with their room."""
    for room in reversed(standing()):
        for path in _files(room):
            classes = [node for node in ast.parse(path.read_text("utf-8")).body if isinstance(node, ast.ClassDef)]
            if names := [node.name for node in classes if is_wanted(node)]:
                dotted = ".".join(("unicommerce", *path.relative_to(SOURCE).with_suffix("").parts))
                module = importlib.import_module(dotted.removesuffix(".__init__"))
                yield from ((room, getattr(module, name)) for name in names)


def reasons() -> str:
    """Write a heading for each reason code, in order of precedence within its table."""
    said = _answers()
    parts = []
    for room, table in _classes(lambda node: any(ast.unparse(base) == "ReasonCode" for base in node.bases)):
        assert issubclass(table, ReasonCode)
        parts.append(f"## {table.__name__}\n\n`unicommerce.{room}.{table.__name__}`. {_text(table)[0]}")
        for code in table:
            requests = sorted(said.get((room, code.name), ()))
            answers = f"Named by {', '.join(f'`{each}`' for each in requests)}." if requests else ""
            unused = "" if _is_given(table.__name__, code.name) else "No decision gives it yet."
            section = (f"### {code.value}", f"> {code.sentence}", answers, unused)
            parts.append("\n\n".join(part for part in section if part))
    return "\n\n".join(parts)


def _answers() -> Mapping[tuple[str, str], set[str]]:
    """Return, by room and code, the public functions whose docstring names the code after `Because:`."""
    found: dict[tuple[str, str], set[str]] = {}
    for room in standing():
        if not (SOURCE / room).is_dir():
            continue
        module = importlib.import_module(f"unicommerce.{room}")
        for name in getattr(module, "__all__", ()):
            words = inspect.getdoc(getattr(module, name)) or ""
            if inspect.isfunction(getattr(module, name)) and "Because:" in words:
                for where, code in re.findall(r"`(?:(\w+)\.)?([A-Z_]+)`", words.split("Because:")[1]):
                    found.setdefault((where or room, code), set()).add(f"{room}.{name}")
    return found


def _is_given(table: str, code: str) -> bool:
    named = f"{table}.{code}"
    return any(named in path.read_text("utf-8") for path in SOURCE.rglob("*.py"))


def events() -> str:
    """Write a section for each kind of event: what it means, what it moves, which documents it sets, its fields."""
    parts = []
    for room, event in _classes(_is_event):
        first, *rest = _text(event)
        documents = _text(vars(event)["documents"])[0]
        kind = vars(event)["kind"]
        body = [f"## {event.__name__}", f"`{kind}`, `unicommerce.{room}.{event.__name__}`", first, *rest]
        if not any(paragraph.startswith("Moves:") for paragraph in rest):
            body.append("Moves: nothing.")
        body.append(f"Documents: {documents[0].lower()}{documents[1:]}")
        rows = [f"| `{field.name}` | `{_type(field.type)}` | {_default(field)} |" for field in attrs.fields(event)]
        body.append("\n".join(["| field | type | default |", "|---|---|---|", *rows]))
        parts.append("\n\n".join(body))
    return "\n\n".join(parts)


def _is_event(node: ast.ClassDef) -> bool:
    fields = [line for line in node.body if isinstance(line, ast.AnnAssign) and line.value is not None]
    return any(ast.unparse(line.target) == "kind" and "ClassVar" in ast.unparse(line.annotation) for line in fields)


def _text(of: object) -> list[str]:
    """Return the paragraphs of a docstring, each on one line."""
    return [" ".join(paragraph.split()) for paragraph in (inspect.getdoc(of) or "").split("\n\n")]


def _type(annotation: object) -> str:
    if isinstance(annotation, type) and not getattr(annotation, "__args__", ()):
        return annotation.__name__
    return re.sub(r"\b(?:\w+\.)+(\w+)", r"\1", str(annotation)).replace(" | ", " or ")


def _default(field: "attrs.Attribute[object]") -> str:
    return "" if field.default is attrs.NOTHING else f"`{field.default!r}`"


# Pages

PARTS: Mapping[str, Callable[[], str]] = {
    "books of money": books_of_money,
    "events": events,
    "failures": matrix.drawn,
    "floors": floors,
    "goods and lines": goods_and_lines,
    "imports": imports,
    "lives": traces.drawn,
    "laws of lives": rules.drawn,
    "moves": moves,
    "planned": planned,
    "reasons": reasons,
    "rooms": rooms,
}

MARK = re.compile(r"(<!-- drawn: ([a-z ]+) -->\n).*?(<!-- /drawn -->)", re.DOTALL)
BLOCK = re.compile(
    r"^```python\n(?P<code>.*?)^```\n(?:(?P<gap>\n*)^```text\n(?P<text>.*?)^```\n)?", re.DOTALL | re.MULTILINE
)


def _block(language: str, lines: list[str]) -> str:
    return "\n".join([f"```{language}", *(line.rstrip() for line in lines), "```"])


def pages() -> tuple[Path, ...]:
    """Return the pages of the documentation; decision records are history and nothing in them is drawn."""
    found = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return tuple(path for path in found if "decisions" not in path.parts)


def drawn(page: str) -> str:
    """Return the text of a page with all that is drawn in it as the code of today draws it."""
    return _printed(parts(page))


def parts(page: str) -> str:
    """Return the text of a page with what stands between marks drawn anew; what its code prints stays as it is."""
    return MARK.sub(lambda mark: f"{mark[1]}\n{PARTS[mark[2]]()}\n\n{mark[3]}", page)


def _printed(page: str) -> str:
    namespace: dict[str, object] = {"__name__": "__page__"}

    def put(block: re.Match[str]) -> str:
        out = io.StringIO()
        line = page[: block.start()].count("\n") + 1
        with contextlib.redirect_stdout(out):
            exec(compile("\n" * line + block["code"], "<page>", "exec"), namespace)  # noqa: S102 - our own pages
        code = f"```python\n{block['code']}```\n"
        return code if block["text"] is None else f"{code}{block['gap']}```text\n{out.getvalue()}```\n"

    return BLOCK.sub(put, page)


def stale(draw: Callable[[str], str] = drawn) -> dict[Path, str]:
    """Return the pages that are not as the code would draw them, with the text that they should have."""
    texts = {path: path.read_text("utf-8") for path in pages()}
    wanted = {path: draw(text) for path, text in texts.items()}
    return {path: text for path, text in wanted.items() if text != texts[path]}


def main(arguments: list[str]) -> int:
    """Write the stale pages, or fail; what changes is shown, so that somebody reads whether the words still fit."""
    for path, text in (found := stale()).items():
        name = path.relative_to(ROOT).as_posix()
        before = path.read_text("utf-8")
        print(*difflib.unified_diff(before.splitlines(), text.splitlines(), name, name, n=1, lineterm=""), sep="\n")
        if "--check" not in arguments:
            path.write_text(text, "utf-8")
    return 1 if found and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
