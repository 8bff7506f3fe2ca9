"""How long, how commented, how typed is the code? `python -m tools.measure src/unicommerce tests` prints the figures.

Everything is read from the text and the syntax tree; nothing is imported. Lines are physical lines; functions include
methods and nested ones; a comment is a line that starts with `#`; public is what bears no leading underscore and is not
inside a function.
tests/structure/test_ratchet.py holds the same figures to limits.
"""

import ast
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple, TypeAlias, TypeGuard

__all__ = ["Function", "Module", "percent", "percentile", "read", "read_all", "table"]

Def: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef

PATTERNS = (r"^\s*(?:async )?def test_", r"^\s*@given\(", r"^class \w+\([^)]*RuleBasedStateMachine")


class Function(NamedTuple):
    """A function or method, and how much of it is said in types and words."""

    name: str
    line: int
    lines: int
    arguments: int
    annotated: int
    returns: bool
    public: bool
    documented: bool


class Module(NamedTuple):
    """What one file of Python says about itself."""

    path: Path
    text: str
    lines: int
    filled: int
    comments: int
    words: int
    functions: tuple[Function, ...]
    classes: tuple[tuple[str, bool], ...]
    errors: int
    anys: int
    ignores: int
    names: tuple[str, ...]


def read_all(folder: Path) -> list[Module]:
    """Return what there is to know of each file of Python below a folder, by path."""
    return [read(path.read_text("utf-8"), path) for path in sorted(folder.rglob("*.py"))]


def read(text: str, path: Path) -> Module:
    r"""Return what there is to know of one file.

    >>> read("def one() -> int:\n    return 1\n", Path("small.py")).functions[0].name
    'one'
    """
    tree = ast.parse(text)
    nodes = list(ast.walk(tree))
    classes = [node for node in nodes if isinstance(node, ast.ClassDef)]
    inner = {id(child) for node in nodes if isinstance(node, Def) for child in ast.walk(node) if child is not node}
    filled = [line.strip() for line in text.splitlines() if line.strip()]
    return Module(
        path=path,
        text=text,
        lines=len(text.splitlines()),
        filled=len(filled),
        comments=sum(line.startswith("#") for line in filled),
        words=sum(_lines(node) for node in nodes if _is_words(node)),
        functions=tuple(_function(node, reachable=id(node) not in inner) for node in nodes if isinstance(node, Def)),
        classes=tuple((c.name, ast.get_docstring(c) is not None) for c in classes if not c.name.startswith("_")),
        errors=sum(bool(re.search("Error|Exception", ast.unparse(base))) for c in classes for base in c.bases[:1]),
        anys=sum(isinstance(node, ast.Name) and node.id == "Any" for node in nodes),
        ignores=len(re.findall(r"#\s*type:\s*ignore", text)),
        names=tuple(_exported(tree)),
    )


def percent(part: float, whole: float) -> float:
    """Return what share of the whole a part is; of nothing, everything is there.

    >>> percent(1, 8)
    12.5
    """
    return 100 * part / whole if whole else 100.0


def percentile(values: Sequence[int], share: float) -> int:
    """Return the value that this share of the values does not exceed.

    >>> percentile([1, 2, 3, 4], 0.5)
    3
    """
    return sorted(values)[min(int(share * len(values)), len(values) - 1)]


def table(source: Sequence[Module], tests: Sequence[Module]) -> list[tuple[str, str]]:
    """Return the figures in the order of a scorecard: what is measured, and the value."""
    functions = [function for module in source for function in module.functions]
    public = [function for function in functions if function.public]
    classes = [documented for module in source for _, documented in module.classes]
    files, lengths = [module.lines for module in source], [function.lines for function in functions]
    thousand = sum(files) / 1000
    filled = sum(module.filled for module in source)
    written = percent(sum(m.comments for m in source), filled), percent(sum(m.words for m in source), filled)
    spoken = percent(sum(classes), len(classes)), percent(sum(f.documented for f in public), len(public))
    typed = (
        percent(sum(f.annotated for f in functions), sum(f.arguments for f in functions)),
        percent(sum(f.returns for f in functions), len(functions)),
    )
    loose = sum(module.anys for module in source) / thousand, sum(module.ignores for module in source) / thousand
    found = [sum(len(re.findall(pattern, m.text, re.MULTILINE)) for m in tests) for pattern in PATTERNS]
    root = min(source, key=lambda module: len(module.path.parts))
    return [
        ("files, lines", f"{len(files)}, {sum(files)}"),
        ("lines of a file: min, median, max", f"{min(files)}, {median(files):.0f}, {max(files)}"),
        (
            "lines of a function: median, p95, max",
            f"{median(lengths):.0f}, {percentile(lengths, 0.95)}, {max(lengths)}",
        ),
        ("comments, docstrings, % of lines", "{:.1f}, {:.0f}".format(*written)),
        ("docstrings, %: public classes, functions", "{:.0f}, {:.0f}".format(*spoken)),
        ("annotated, %: arguments, returns", "{:.0f}, {:.0f}".format(*typed)),
        ("Any, type: ignore, per 1,000 lines", "{:.1f}, {:.1f}".format(*loose)),
        ("exception classes", str(sum(module.errors for module in source))),
        ("names at the root", str(len(root.names))),
        ("lines of tests per line of source", f"{sum(module.lines for module in tests) / sum(files):.2f}"),
        ("tests, of them properties, state machines", "{}, {}, {}".format(*found)),
    ]


def _lines(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _is_words(node: ast.AST) -> TypeGuard[ast.Expr]:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _function(node: Def, *, reachable: bool) -> Function:
    named = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    arguments = [argument for argument in named if argument.arg not in {"self", "cls"}]
    return Function(
        name=node.name,
        line=node.lineno,
        lines=_lines(node),
        arguments=len(arguments),
        annotated=sum(argument.annotation is not None for argument in arguments),
        returns=node.returns is not None,
        public=reachable and not node.name.startswith("_"),
        documented=ast.get_docstring(node) is not None,
    )


def _exported(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "__all__" for t in node.targets):
            yield from ast.literal_eval(node.value)


if __name__ == "__main__":
    for what, value in table(read_all(Path(sys.argv[1])), read_all(Path(sys.argv[2]))):
        print(f"{what:44}{value}")
