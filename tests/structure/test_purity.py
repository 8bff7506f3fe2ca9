"""No room but `testing`, `simulation` and `extras` does I/O, asks a clock or chance, or keeps state outside a ledger.

The syntax tree of each module is walked, so that what is never called in a test is found as well. import-linter bars
some of the same imports; here the list is of what is allowed, and calls, statements and state are looked at too.
"""

import ast
import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple, TypeAlias

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "unicommerce"
FREE = {"extras", "simulation", "testing"}
PURE = {path.relative_to(SOURCE).as_posix(): path for path in SOURCE.rglob("*.py")}
PURE = {name: path for name, path in sorted(PURE.items()) if name.split("/")[0] not in FREE}

# Modules of the standard library that answer the same for the same arguments on any machine, and attrs.
ALLOWED = set(
    """
    __future__ abc attrs base64 binascii bisect collections contextlib copy dataclasses decimal enum fractions functools
    graphlib hashlib heapq itertools json keyword math numbers operator re statistics string struct textwrap types
    typing unicodedata zlib
    """.split()  # noqa: SIM905 - a list of words reads best as words
)
ONLY_IN = {"pendulum": "catalog/calendars.py", "cattrs": "codec/hooks.py"}

CLOCKS = re.compile(r"^(now|today|utcnow|uuid\d*)$")
DOORS = {"__import__", "breakpoint", "compile", "eval", "exec", "globals", "input", "open", "print"}
SEEDED = {"hash", "id"}
MUTATORS = re.compile(
    "(add|append|clear|discard|extend|insert|pop|popitem|remove|reverse|setdefault|sort|update)(left)?"
)

Scope: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


class Rule(StrEnum):
    """What a pure module does not do."""

    IMPORT = "imports what is not on the list of pure modules"
    ONE_HOME = "imports a library that has its one home elsewhere"
    CLOCK = "asks a clock or makes an id: both are arguments"
    DOOR = "opens a door to the world, or runs text as code"
    SEED = "asks for a hash or an identity: both differ from run to run"
    REBIND = "rebinds a name of another scope"
    STATE = "changes what the module holds"
    CACHE = "keeps a cache without a bound"


class Finding(NamedTuple):
    """Where a rule is broken, and by what."""

    rule: Rule
    where: str
    what: str


def findings(text: str, name: str) -> list[Finding]:
    """Return all that is impure in a module, by line."""
    tree = ast.parse(text)
    found = [(node, rule) for walk in (_imports(tree, name), _names(tree), _state(tree)) for node, rule in walk]
    found.sort(key=lambda pair: pair[0].lineno)
    return [Finding(rule, f"{name}:{node.lineno}", ast.unparse(node).partition("\n")[0]) for node, rule in found]


def _imports(tree: ast.Module, name: str) -> Iterator[tuple[ast.stmt, Rule]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            roots = [alias.name.partition(".")[0] for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            roots = [(node.module or "").partition(".")[0]]
        else:
            continue
        for root in roots:
            if root in ONLY_IN:
                if name != ONLY_IN[root]:
                    yield node, Rule.ONE_HOME
            elif root not in ALLOWED:
                yield node, Rule.IMPORT
        if isinstance(node, ast.ImportFrom) and any(CLOCKS.match(alias.name) for alias in node.names):
            yield node, Rule.CLOCK


def _names(tree: ast.Module) -> Iterator[tuple[ast.expr | ast.stmt, Rule]]:
    modules = {alias.asname or alias.name for n in ast.walk(tree) if isinstance(n, ast.Import) for alias in n.names}
    hashing = {id(call) for f in ast.walk(tree) if isinstance(f, Scope) and _is_hash(f) for call in ast.walk(f)}
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=called) | ast.Attribute(attr=called)) if CLOCKS.match(called):
                yield node, Rule.CLOCK
            case ast.Attribute(value=ast.Name(id=module), attr=said) if module in modules and CLOCKS.match(said):
                yield node, Rule.CLOCK
            case ast.Name(id=door, ctx=ast.Load()) if door in DOORS:
                yield node, Rule.DOOR
            case ast.Call(func=ast.Name(id=called)) if called in SEEDED and id(node) not in hashing:
                yield node, Rule.SEED
            case ast.Global() | ast.Nonlocal():
                yield node, Rule.REBIND
            case ast.Name(id="cache") | ast.Attribute(value=ast.Name(id="functools"), attr="cache"):
                yield node, Rule.CACHE
            case ast.Call(func=ast.Name(id="lru_cache") | ast.Attribute(attr="lru_cache")) if _is_unbounded(node):
                yield node, Rule.CACHE


def _is_hash(node: Scope) -> bool:
    return getattr(node, "name", "") == "__hash__"


def _is_unbounded(node: ast.Call) -> bool:
    return any(isinstance(v, ast.Constant) and v.value is None for v in (*node.args, *(k.value for k in node.keywords)))


def _state(tree: ast.Module) -> Iterator[tuple[ast.expr, Rule]]:
    held = {*_bound(tree), *(node.name for node in tree.body if isinstance(node, ast.ClassDef))}
    return _changes(tree, held, inside=False)


def _changes(node: ast.AST, held: set[str], *, inside: bool) -> Iterator[tuple[ast.expr, Rule]]:
    """Yield what changes a held name in a function; a name that the function binds itself is not held there."""
    if isinstance(node, Scope):
        held = held - {argument.arg for argument in ast.walk(node.args) if isinstance(argument, ast.arg)}
        held, inside = held.difference(_bound(node)), True
    if inside and isinstance(node, ast.expr) and _changed(node) in held:
        yield node, Rule.STATE
    for child in ast.iter_child_nodes(node):
        yield from _changes(child, held, inside=inside)


def _bound(node: ast.AST) -> Iterator[str]:
    """Yield the names that a module or function binds, but for those that functions and classes inside it bind."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store):
            yield child.id
        if not isinstance(child, Scope | ast.ClassDef):
            yield from _bound(child)


def _changed(node: ast.expr) -> str:
    """Return the name that stands for what this node changes in place, or nothing."""
    match node:
        case ast.Subscript(value=target, ctx=ast.Store() | ast.Del()):
            pass
        case ast.Attribute(value=target, ctx=ast.Store() | ast.Del()):
            pass
        case ast.Call(func=ast.Attribute(value=target, attr=called)) if MUTATORS.fullmatch(called):
            pass
        case _:
            return ""
    while isinstance(target, ast.Subscript | ast.Attribute):
        target = target.value
    return target.id if isinstance(target, ast.Name) else ""


@pytest.mark.parametrize("name", PURE)
def test_a_module_is_pure(name: str) -> None:
    """Nothing in a module but those of the three free rooms touches the world or keeps state."""
    assert findings(PURE[name].read_text("utf-8"), name) == []


def test_each_library_with_one_home_is_imported_there() -> None:
    """One module names pendulum, one cattrs: each can be replaced in an afternoon."""
    for library, home in ONLY_IN.items():
        if home in PURE:
            assert re.search(rf"^\s*(import|from) {library}\b", PURE[home].read_text("utf-8"), re.MULTILINE), home


IMPURE = [
    (Rule.IMPORT, "import random"),
    (Rule.IMPORT, "import os.path as path"),
    (Rule.IMPORT, "def f():\n    from time import monotonic"),
    (Rule.IMPORT, "from datetime import datetime"),
    (Rule.IMPORT, "import gc"),
    (Rule.ONE_HOME, "import pendulum"),
    (Rule.ONE_HOME, "from cattrs.preconf.json import make_converter"),
    (Rule.CLOCK, "def f(clock): return clock.now()"),
    (Rule.CLOCK, "def f(now): return now()"),
    (Rule.CLOCK, "def f(): return uuid4()"),
    (Rule.CLOCK, "def f(date): return date.today()"),
    (Rule.CLOCK, "def f(moment): return moment.utcnow()"),
    (Rule.CLOCK, "import attrs\nclock = attrs.now"),
    (Rule.CLOCK, "from attrs import now"),
    (Rule.DOOR, "print('here')"),
    (Rule.DOOR, "def f(name): return open(name)"),
    (Rule.DOOR, "def f(read=input): return read()"),
    (Rule.DOOR, "def f(text): return eval(text)"),
    (Rule.DOOR, "def f(text): exec(text)"),
    (Rule.DOOR, "def f(name): return __import__(name)"),
    (Rule.SEED, "def f(order): return hash(order)"),
    (Rule.SEED, "def f(order): return id(order)"),
    (Rule.REBIND, "count = 0\ndef f():\n    global count\n    count += 1"),
    (Rule.REBIND, "def f():\n    n = 0\n    def g():\n        nonlocal n\n        n += 1"),
    (Rule.STATE, "known = {}\ndef f(key): known[key] = 1"),
    (Rule.STATE, "known = {}\ndef f(key): del known[key]"),
    (Rule.STATE, "known: dict = {}\ndef f(key): known.setdefault(key, []).append(1)"),
    (Rule.STATE, "seen = [[]]\ndef f(key): seen[0].append(key)"),
    (Rule.STATE, "seen = set()\nclass C:\n    def f(self): seen.add(self)"),
    (Rule.STATE, "class C:\n    total = 0\ndef f(): C.total += 1"),
    (Rule.STATE, "f = lambda key: seen.append(key)\nseen = []"),
    (Rule.CACHE, "from functools import cache\n@cache\ndef f(n): return n"),
    (Rule.CACHE, "import functools\n@functools.lru_cache(maxsize=None)\ndef f(n): return n"),
]


@pytest.mark.parametrize(("rule", "planted"), IMPURE, ids=[f"{rule.name}-{n}" for n, (rule, _) in enumerate(IMPURE)])
def test_what_is_impure_is_found(rule: Rule, planted: str) -> None:
    """A check that cannot fail is decoration: each planted line is found under its rule, with its place."""
    found = findings(planted, "planted.py")

    assert rule in {finding.rule for finding in found}
    assert all(re.fullmatch(r"planted\.py:\d", finding.where) for finding in found)


def test_every_rule_has_something_planted() -> None:
    """No rule goes without proof that it can be broken."""
    assert {rule for rule, _ in IMPURE} == set(Rule)


def test_what_is_pure_is_left_alone() -> None:
    """Local state, bounded caches, `now` as an argument and homes of libraries break no rule."""
    pure = """
from functools import lru_cache
from .sibling import print_label
import attrs

TABLE = {"a": 1}
TABLE["b"] = 2

@lru_cache(maxsize=64)
def f(now, id, *, known=None):
    known = dict(known or TABLE)
    known[id] = now
    known.update(TABLE)
    return known

def g(rows):
    sent = {}
    def h(row): sent[row] = row
    return [sent.update(row) for row in rows]

def i(rows):
    return [rows for sent in rows for rows in sent]

class C:
    def __init__(self): self.rows = []
    def __hash__(self): return hash(self.rows[0])
    def add(self, row): self.rows.append(row)
"""

    assert findings(pure, "pure.py") == []
    assert findings("import pendulum", ONLY_IN["pendulum"]) == []
    assert findings("import cattrs", ONLY_IN["cattrs"]) == []
