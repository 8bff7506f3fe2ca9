"""Users import from packages, so what a package exports is the whole of its face: complete, in order, explained."""

import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

SOURCE = Path(__file__).parents[2] / "src"
FILES = sorted(SOURCE.rglob("*.py"))
NAMES = [".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__") for path in FILES]


def faults(module: ModuleType) -> Iterator[str]:
    """Yield what is wrong with the names that a package or a module exports.

    They are written in one list, each exists and stands there once; constants come first, then classes, then functions,
    each by the alphabet (ruff's RUF022); each class and each function has a docstring that somebody wrote.
    """
    names = vars(module).get("__all__")
    if not isinstance(names, list):
        yield f"{module.__name__} has no list __all__"
        return
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"{module.__name__}.{name} is exported twice"
    if names != sorted(names, key=_place):
        yield f"{module.__name__}.__all__ is out of order: {sorted(names, key=_place)}"
    for name in names:
        if not hasattr(module, name):
            yield f"{module.__name__}.{name} does not exist"
        elif not _is_explained(getattr(module, name)):
            yield f"{module.__name__}.{name} has no docstring"


def _place(name: str) -> tuple[int, str]:
    return (0 if name.isupper() else 1 if name[0].isupper() else 2), name


def _is_explained(thing: object) -> bool:
    if not (inspect.isclass(thing) or inspect.isroutine(thing)):
        return True
    words = thing.__dict__.get("__doc__") if inspect.isclass(thing) else thing.__doc__
    made_by_python = f"{thing.__name__}("  # a named tuple without words of its own lists its fields
    return bool(words) and not str(words).startswith(made_by_python)


@pytest.mark.parametrize("name", NAMES)
def test_what_a_module_exports_is_complete_in_order_and_explained(name: str) -> None:
    """Every package, and every module inside one, has an `__all__` that can be trusted."""
    try:
        module = importlib.import_module(name)
    except ModuleNotFoundError as missing:
        if not name.startswith("unicommerce.extras.") or f"{missing.name}".startswith("unicommerce"):
            raise
        pytest.skip(f"{missing.name} is not installed")

    assert list(faults(module)) == []


def test_every_folder_is_a_package() -> None:
    """No folder of modules goes without a face."""
    folders = {path.parent for path in FILES}

    assert {path.parent for path in FILES if path.name == "__init__.py"} == folders - {SOURCE}


def explained() -> None:
    """Serve as an example."""


SOUND = {"__all__": ["ROOT", "Place", "explained"], "ROOT": 1, "Place": ModuleType, "explained": explained}


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"__all__": None}, "planted has no list __all__"),
        ({"__all__": ["explained", "explained"]}, "planted.explained is exported twice"),
        ({"__all__": ["Place", "ROOT"]}, "planted.__all__ is out of order: ['ROOT', 'Place']"),
        ({"__all__": ["missing"]}, "planted.missing does not exist"),
        ({"explained": lambda: None}, "planted.explained has no docstring"),
    ],
)
def test_each_fault_is_found(change: dict[str, object], fault: str) -> None:
    """A check that cannot fail is decoration: each planted fault is named, and the sound module has none."""
    planted = ModuleType("planted")
    vars(planted).update(SOUND)

    assert list(faults(planted)) == []

    vars(planted).update(change)

    assert list(faults(planted)) == [fault]
