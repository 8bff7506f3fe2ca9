"""The translators compute nothing: what a vector asserts is what the public API answered."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

FILES = [Path(__file__).parent / f"{name}.py" for name in ("reading", "refund", "tax", "valuation")]
COMPUTING = frozenset(
    {"abs", "divmod", "float", "max", "min", "pow", "round", "sum", "Decimal", "Fraction", "math", "operator"}
)
JOINING = (ast.BitOr, ast.BitAnd)  # of mappings, sets and types; numbers are never so joined here
COMPARING = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)


def computed(tree: ast.AST) -> Iterator[str]:
    """Yield what computes or compares amounts."""
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp | ast.AugAssign) and not isinstance(node.op, JOINING):
            yield f"{node.lineno}: {ast.unparse(node)}"
        if isinstance(node, ast.UnaryOp) and not isinstance(node.op, ast.Not):
            yield f"{node.lineno}: {ast.unparse(node)}"
        if isinstance(node, ast.Compare) and any(isinstance(op, COMPARING) for op in node.ops):
            yield f"{node.lineno}: {ast.unparse(node)}"
        if isinstance(node, ast.Name) and node.id in COMPUTING:
            yield f"{node.lineno}: {node.id}"
        if isinstance(node, ast.Import | ast.ImportFrom) and COMPUTING & {alias.name for alias in node.names}:
            yield f"{node.lineno}: {ast.unparse(node)}"


def foreign(tree: ast.AST) -> Iterator[str]:
    """Yield imports that are neither of a package of ours (never of a file inside it) nor of what only names types."""
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and not node.level:
            names.append(node.module or "")
        for name in names:
            if name not in ("collections.abc", "typing") and not (
                name.startswith("unicommerce.") and name.count(".") == 1
            ):
                yield f"{node.lineno}: {name}"  # type: ignore[attr-defined]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_translators_compute_nothing(file: Path) -> None:
    """No arithmetic and no import from within a room stands in a translator."""
    tree = ast.parse(file.read_text())
    assert list(computed(tree)) == []
    assert list(foreign(tree)) == []


@pytest.mark.parametrize(
    "code", ["a + b", "a -= 1", "-a", "sum(a)", "a // b", "from math import floor, operator", "a < b", "round(a)"]
)
def test_arithmetic_is_found(code: str) -> None:
    """The check can fail."""
    assert list(computed(ast.parse(code)))
