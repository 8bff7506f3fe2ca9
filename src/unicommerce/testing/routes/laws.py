"""What a law is, how one is upheld, and those that hold for all that routing calls: it is a function, and no more.

A law is a function of what is tested and of all cases; it yields each case that breaks it. `uphold` takes the laws in
turn and names the first that is broken, with the case that is shortest to read.
"""

import gc
import os
import random
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from datetime import date, datetime
from enum import Enum
from functools import wraps
from types import FrameType
from typing import Generic, NamedTuple, TypeAlias, TypeVar

import attrs

__all__ = [
    "Ask",
    "Broken",
    "Law",
    "each",
    "no_clock_and_no_chance_is_asked",
    "shown",
    "the_same_question_has_the_same_answer",
    "uphold",
    "what_is_given_is_left_alone",
]

S = TypeVar("S")
C = TypeVar("C")


class Broken(NamedTuple, Generic[C]):
    """A case that breaks a law, what is wrong with it, and the error that was raised, if one was."""

    case: C
    wrong: str
    cause: Exception | None = None


Law: TypeAlias = Callable[[S, Sequence[C]], Iterator[Broken[C]]]
Ask: TypeAlias = Callable[[C], object]
"""What is tested, as a function of one case."""


def each(law: Callable[[S, C], str]) -> Law[S, C]:
    """Return the law that looks at each case by itself: the function says what is wrong ("": nothing)."""

    @wraps(law)
    def looks_at_each(subject: S, cases: Sequence[C]) -> Iterator[Broken[C]]:
        for case in cases:
            try:
                wrong, cause = law(subject, case), None
            except Exception as error:  # noqa: BLE001 - whatever is raised by what is tested, it is reported
                wrong, cause = f"raises {error!r}", error
            if wrong:
                yield Broken(case, wrong, cause)

    return looks_at_each


def uphold(laws: Sequence[Law[S, C]], subject: S, cases: Sequence[C]) -> None:
    """Raise `AssertionError` for the first law that is broken, with its name, what is wrong, and the smallest case."""
    for law in laws:
        broken = min(law(subject, cases), key=lambda found: len(shown(found.case)), default=None)
        if broken:
            rule = (law.__doc__ or "").partition("\n")[0]
            where = f"  where {shown(broken.case)}"
            raise AssertionError(f"{law.__name__}: {rule}\n  {broken.wrong}\n{where}") from broken.cause


def shown(value: object) -> str:
    """Return a value as one would write it down, without what is as it is by default.

    >>> from unicommerce.routing import Need
    >>> shown((Need("MUG", 2), True))
    "(Need(sku='MUG', quantity=2), True)"
    """
    if isinstance(value, Enum):
        return f"{type(value).__name__}.{value.name}"
    if fields := _fields(value):
        given = [(name, getattr(value, name)) for name in fields]
        return f"{type(value).__name__}({', '.join([f'{n}={shown(v)}' for n, v in given if v != fields[n]])})"
    if isinstance(value, tuple):
        return f"({', '.join(map(shown, value))}{',' * (len(value) == 1)})"
    return repr(value)


def _fields(value: object) -> Mapping[str, object]:
    """Return the names of the fields of a value, with what each is by default."""
    kind = type(value)
    if attrs.has(kind):
        return {field.name: field.default for field in attrs.fields(kind)}
    defaults: Mapping[str, object] = getattr(value, "_field_defaults", {})
    return {name: defaults.get(name, attrs.NOTHING) for name in getattr(value, "_fields", ())}


def the_same_question_has_the_same_answer(ask: Ask[C], cases: Sequence[C]) -> Iterator[Broken[C]]:
    """Asked twice, and in another order with equal values, it answers the same."""
    twice = [(_said(ask, case), _said(ask, case)) for case in cases]
    equal = [_said(ask, case) for case in deepcopy(cases)[::-1]][::-1]
    for case, (first, second), third in zip(cases, twice, equal, strict=True):
        if first != second:
            yield Broken(case, f"{first}, and asked again it {second}")
        elif first != third:
            yield Broken(case, f"{first}, and asked in another order with equal values it {third}")


def _said(ask: Ask[C], case: C) -> str:
    try:
        return f"answers {shown(ask(case))}"
    except Exception as error:  # noqa: BLE001 - whatever is raised by what is tested, it is an answer
        return f"raises {error!r}"


@each
def no_clock_and_no_chance_is_asked(ask: Ask[C], case: C) -> str:
    """It asks no clock and draws no lots: its answer is the same on any day and any machine."""
    found = _clocks_of(ask, deepcopy(case))
    return f"calls {found[0]}" if found else ""


@each
def what_is_given_is_left_alone(ask: Ask[C], case: C) -> str:
    """It changes nothing of what it is given."""
    given = deepcopy(case)
    _said(ask, given)
    return "" if given == case else f"leaves {shown(given)}"


TIMES = ("time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "process_time")
CLOCKS: Mapping[object, str] = {
    **{getattr(time, name): f"time.{name}" for name in (*TIMES, "localtime", "ctime", "strftime")},
    **{getattr(datetime, name): f"datetime.{name}" for name in ("now", "utcnow", "today")},
    date.today: "date.today",
    **{getattr(random, name): f"random.{name}" for name in ("random", "getrandbits")},
    os.urandom: "os.urandom",
    hash: "hash",
}
"""Where time and chance come from, and what differs between machines and runs; what else `random`, `uuid` and `secrets`
draw, they draw from these. A generator that is seeded with what is asked is a function of it, and none of them."""


def _clocks_of(ask: Ask[C], case: C) -> list[str]:
    """Return what of `CLOCKS` is called for an answer; a log may look at the clock, and a set needs hashes."""
    found: list[str] = []

    def watch(frame: FrameType, event: str, called: object) -> None:
        if event == "c_call" and called in CLOCKS:
            is_log = str(frame.f_globals.get("__name__")).startswith("logging")
            if not is_log and frame.f_code.co_name != "__hash__":
                found.append(CLOCKS[called])

    before, collects = sys.getprofile(), gc.isenabled()
    gc.disable()  # what others have hung on the collector, such as a clock of Hypothesis, is not asked for the answer
    sys.setprofile(watch)
    try:
        _said(ask, case)
    finally:
        sys.setprofile(before)
        if collects:
            gc.enable()
    return found
