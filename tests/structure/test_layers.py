"""What import-linter's layers do not say: how a room is entered, and which rooms know nothing but the core.

A room is a folder or a file directly below `unicommerce`. Others take what they need from the room, never from a file
inside it: its `__init__` is the whole of its face, for us as for users.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "unicommerce"
CORE = {"errors", "ledger", "values"}
CORE_ONLY = {"delivery", "ports"}
FILES = {path.relative_to(SOURCE).as_posix(): path for path in sorted(SOURCE.rglob("*.py"))}


class Import(NamedTuple):
    """A module of unicommerce that a file imports, as the parts of its name below `unicommerce`."""

    where: str
    parts: tuple[str, ...]


def imports(text: str, name: str) -> Iterator[Import]:
    """Yield what a file imports from unicommerce, whether it says so from the root or from where it stands."""
    here = ("unicommerce", *Path(name).parent.parts)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            targets = [alias.name.split(".") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = [*here[: len(here) + 1 - node.level]] if node.level else []
            base += node.module.split(".") if node.module else []
            targets = [base] if base != ["unicommerce"] else [[*base, alias.name] for alias in node.names]
        else:
            continue
        yield from (Import(f"{name}:{node.lineno}", tuple(each[1:])) for each in targets if each[0] == "unicommerce")


def room(name: str) -> str:
    """Return the room that a file belongs to; the root has none."""
    return Path(name).parts[0].removesuffix(".py").removesuffix("__init__")


def faults(text: str, name: str) -> Iterator[str]:
    """Yield each import that enters a room through a file inside it, or leaves the core where only that is allowed."""
    mine = room(name)
    for where, parts in imports(text, name):
        if parts and parts[0] != mine and len(parts) > 1:
            yield f"{where} reaches into {parts[0]}: import from `..{parts[0]}`, which exports what others may use"
        if mine in CORE_ONLY and parts and parts[0] not in CORE | {mine}:
            yield f"{where} imports {parts[0]}: {mine} knows the core only"


@pytest.mark.parametrize("name", FILES)
def test_rooms_are_entered_by_their_door(name: str) -> None:
    """No file imports from a file inside another room, and some rooms know the core only."""
    assert list(faults(FILES[name].read_text("utf-8"), name)) == []


@pytest.mark.parametrize(
    ("planted", "name", "fault"),
    [
        ("from ..ledger.asking import ask", "orders/views.py", "orders/views.py:1 reaches into ledger"),
        ("import unicommerce.ledger.asking", "orders/views.py", "orders/views.py:1 reaches into ledger"),
        ("from unicommerce.ledger.asking import ask", "commerce.py", "commerce.py:1 reaches into ledger"),
        ("from .orders.views import standing", "__init__.py", "__init__.py:1 reaches into orders"),
        ("from ..orders import Order", "delivery/machine.py", "delivery/machine.py:1 imports orders"),
        ("from .. import orders", "ports/channel.py", "ports/channel.py:1 imports orders"),
    ],
)
def test_what_breaks_a_rule_is_found(planted: str, name: str, fault: str) -> None:
    """A check that cannot fail is decoration: each planted import is named with its place."""
    assert [found[: len(fault)] for found in faults(planted, name)] == [fault]


def test_what_keeps_the_rules_is_left_alone() -> None:
    """Rooms by their door, files of the same room, and the world outside are no business of these rules."""
    text = (
        "import attrs\nfrom ..ledger import ask\nfrom .events import Placed\nfrom .. import values\nimport unicommerce"
    )

    assert list(faults(text, "orders/views.py")) == []
