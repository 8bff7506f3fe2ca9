"""Sizes may only shrink. One table holds the limits; what is over one today is pinned by name where it stands.

A pin may only go down: one that is looser than it need be fails as well, and a pin of what is within its limit goes.
So does nobody have to pretend that all is small, and nothing that is small grows. Raising a limit or adding a pin is a
decision, to be argued in the change that does it. `python -m tests.structure.test_ratchet` prints where we stand.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from statistics import median
from typing import NamedTuple

import pytest

from tools.measure import Module, percent, percentile, read, read_all

ROOT = Path(__file__).parents[2]


class Limit(NamedTuple):
    """The most there may be of something; what is over it today; how much looser than it need be a pin may stand."""

    most: float
    pinned: Mapping[str, float] = {}
    step: float = 0


class Measure(NamedTuple):
    """How much of something there is, and where."""

    what: str
    where: str
    value: float


LIMITS = {
    "lines of a module": Limit(350, step=25),
    "lines of a module, pinned or not": Limit(500),
    "lines of a function": Limit(70),
    "lines of the median function": Limit(8),
    "lines of the function at the 95th percentile": Limit(30),
    "files of a room, its face aside": Limit(
        8,
        {
            "src/unicommerce/desk": 9,
            "src/unicommerce/finance": 11,
            "src/unicommerce/fulfillment": 40,
            "src/unicommerce/fulfillment/handover": 9,
            "src/unicommerce/inventory": 10,
            "src/unicommerce/ledger": 11,
            "src/unicommerce/marketplaces": 12,
            "src/unicommerce/ports": 9,
            "src/unicommerce/returns": 11,
            "src/unicommerce/routing": 35,
            "src/unicommerce/routing/exact": 15,
            "src/unicommerce/simulation": 51,
            "src/unicommerce/simulation/money": 11,
            "src/unicommerce/simulation/systems": 9,
            "src/unicommerce/supply": 11,
            "src/unicommerce/tax": 12,
            "src/unicommerce/testing": 41,
            "src/unicommerce/testing/ports": 16,
        },
        step=1,
    ),
    "lines of a room": Limit(
        900,
        {
            "src/unicommerce/codec": 1000,
            "src/unicommerce/delivery": 1100,
            "src/unicommerce/desk": 1500,
            "src/unicommerce/finance": 1500,
            "src/unicommerce/fulfillment": 6900,
            "src/unicommerce/fulfillment/handover": 1500,
            "src/unicommerce/fulfillment/ordering": 1300,
            "src/unicommerce/fulfillment/quoting": 1000,
            "src/unicommerce/inventory": 2100,
            "src/unicommerce/invoices": 1100,
            "src/unicommerce/ledger": 1800,
            "src/unicommerce/marketplaces": 1500,
            "src/unicommerce/ports": 1400,
            "src/unicommerce/returns": 1300,
            "src/unicommerce/routing": 5200,
            "src/unicommerce/routing/exact": 2500,
            "src/unicommerce/simulation": 7700,
            "src/unicommerce/simulation/money": 1400,
            "src/unicommerce/simulation/systems": 1600,
            "src/unicommerce/supply": 2000,
            "src/unicommerce/tax": 2400,
            "src/unicommerce/testing": 7700,
            "src/unicommerce/testing/ports": 2800,
        },
        step=100,
    ),
    "names of the root": Limit(30),
    "names of a package": Limit(
        25,
        {
            "src/unicommerce/catalog": 35,
            "src/unicommerce/delivery": 26,
            "src/unicommerce/desk": 26,
            "src/unicommerce/fulfillment": 120,
            "src/unicommerce/inventory": 65,
            "src/unicommerce/ledger": 55,
            "src/unicommerce/marketplaces": 31,
            "src/unicommerce/orders": 45,
            "src/unicommerce/ports": 37,
            "src/unicommerce/returns": 45,
            "src/unicommerce/routing": 60,
            "src/unicommerce/supply": 45,
            "src/unicommerce/tax": 40,
            "src/unicommerce/testing": 28,
            "src/unicommerce/tills": 30,
        },
        step=10,
    ),
    "exception classes": Limit(7),
    "comments, % of lines": Limit(15),
    "type: ignore, per 1,000 lines": Limit(1),
}


def measures(modules: Iterable[Module], package: Path) -> Iterator[Measure]:
    """Yield how much there is of all that has a limit; `package` is the folder that the modules are in."""
    modules = list(modules)
    lengths = [function.lines for module in modules for function in module.functions]
    lines = sum(module.lines for module in modules)
    for module in modules:
        where, is_face = module.path.as_posix(), module.path.name == "__init__.py"
        yield Measure("lines of a module", where, module.lines)
        yield Measure("lines of a module, pinned or not", where, module.lines)
        if is_face:
            what = "names of the root" if module.path.parent == package else "names of a package"
            yield Measure(what, module.path.parent.as_posix(), len(module.names))
        for function in module.functions:
            yield Measure("lines of a function", f"{where}:{function.line} {function.name}", function.lines)
    for folder in sorted({module.path.parent for module in modules} - {package}):
        inside = [module for module in modules if module.path.is_relative_to(folder)]
        files = sum(module.path.name != "__init__.py" for module in inside)
        yield Measure("files of a room, its face aside", folder.as_posix(), files)
        yield Measure("lines of a room", folder.as_posix(), sum(module.lines for module in inside))
    comments = percent(sum(module.comments for module in modules), sum(module.filled for module in modules))
    ignores = 1000 * sum(module.ignores for module in modules) / lines
    for what, value in {
        "lines of the median function": median(lengths),
        "lines of the function at the 95th percentile": percentile(lengths, 0.95),
        "exception classes": sum(module.errors for module in modules),
        "comments, % of lines": comments,
        "type: ignore, per 1,000 lines": ignores,
    }.items():
        yield Measure(what, package.as_posix(), value)


def faults(measured: Iterable[Measure], limits: Mapping[str, Limit]) -> Iterator[str]:
    """Yield what is over its limit, and each pin that is looser than it need be."""
    values = {(measure.what, measure.where): measure.value for measure in measured}
    for (what, where), value in values.items():
        limit = limits[what]
        if value > limit.pinned.get(where, limit.most):
            yield f"{where}: {value:g} {what}, {limit.pinned.get(where, limit.most):g} is the most"
    for what, limit in limits.items():
        for where, pin in limit.pinned.items():
            value = values.get((what, where), 0)
            if value <= limit.most:
                yield f"{where}: {value:g} {what} is within the limit, take its pin away"
            elif pin - value >= limit.step > 0:
                yield f"{where}: {value:g} {what}, lower its pin from {pin:g}"


@cache
def present() -> tuple[Measure, ...]:
    """Return the measures of this repository, with paths from its root."""
    modules = [module._replace(path=module.path.relative_to(ROOT)) for module in read_all(ROOT / "src")]
    return tuple(measures(modules, Path("src/unicommerce")))


@pytest.mark.parametrize("what", LIMITS)
def test_nothing_grows_beyond_its_limit(what: str) -> None:
    """Each size is within its limit or its pin, and each pin is as low as it can be."""
    found = [measure for measure in present() if measure.what == what]

    assert list(faults(found, {what: LIMITS[what]})) == []


SMALL = "def f():\n    return 1\n"
LONG = "def f():\n" + "    f()\n" * 70
PLANTED = [
    ("lines of a module", {"a.py": "\n" * 351}, "a.py: 351 lines of a module, 350 is the most"),
    (
        "lines of a module, pinned or not",
        {"a.py": "\n" * 501},
        "a.py: 501 lines of a module, pinned or not, 500 is the most",
    ),
    ("lines of a function", {"a.py": LONG}, "a.py:1 f: 71 lines of a function, 70 is the most"),
    ("lines of the median function", {"a.py": LONG}, ".: 36.5 lines of the median function, 8 is the most"),
    (
        "lines of the function at the 95th percentile",
        {"a.py": SMALL * 18 + LONG},
        ".: 71 lines of the function at the 95th percentile, 30 is the most",
    ),
    (
        "files of a room, its face aside",
        {f"r/{n}.py": "" for n in "abcdefghi"},
        "r: 9 files of a room, its face aside, 8 is the most",
    ),
    ("lines of a room", {f"r/{n}.py": "\n" * 301 for n in "abc"}, "r: 903 lines of a room, 900 is the most"),
    ("names of the root", {"__init__.py": f"__all__ = {['a'] * 31}"}, ".: 31 names of the root, 30 is the most"),
    ("names of a package", {"r/__init__.py": f"__all__ = {['a'] * 26}"}, "r: 26 names of a package, 25 is the most"),
    (
        "exception classes",
        {"a.py": "".join(f"class E{n}(Exception): ...\n" for n in range(8))},
        ".: 8 exception classes, 7 is the most",
    ),
    ("comments, % of lines", {"a.py": "# why\n"}, ".: 33.3333 comments, % of lines, 15 is the most"),
    (
        "type: ignore, per 1,000 lines",
        {"a.py": "f()  # type: ignore\n" * 2},
        ".: 500 type: ignore, per 1,000 lines, 1 is the most",
    ),
]


@pytest.mark.parametrize(("what", "files", "fault"), PLANTED, ids=[what for what, _, _ in PLANTED])
def test_what_is_too_large_is_named(what: str, files: dict[str, str], fault: str) -> None:
    """A check that cannot fail is decoration: what is planted is found, with its place and its size."""
    modules = [read(text, Path(path)) for path, text in {"b.py": SMALL, **files}.items()]
    found = [measure for measure in measures(modules, Path()) if measure.what == what]

    assert list(faults(found, {what: Limit(LIMITS[what].most)})) == [fault]


def test_every_limit_has_something_planted() -> None:
    """No limit goes without proof that it can be broken."""
    assert {what for what, _, _ in PLANTED} == set(LIMITS)


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        (11, "a: 11 lines, 10 is the most"),
        (10, None),
        (8, "a: 8 lines, lower its pin from 10"),
        (5, "a: 5 lines is within the limit, take its pin away"),
    ],
)
def test_a_pin_may_only_go_down(value: int, fault: str | None) -> None:
    """What is pinned may not grow, and when it shrinks the pin follows."""
    limits = {"lines": Limit(5, {"a": 10}, step=2)}

    assert list(faults([Measure("lines", "a", value)], limits)) == ([fault] if fault else [])


if __name__ == "__main__":
    largest = {measure.what: measure for measure in sorted(present(), key=lambda measure: measure.value)}
    for what, where, value in largest.values():
        print(f"{value:7.4g} of {LIMITS[what].most:<5g}{what:47}{where}")  # noqa: T201 - it was asked to
