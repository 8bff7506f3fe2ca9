"""All that a port owes in one list, as a report and as a class of tests; and what a place for telemetry owes."""

from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import version
from typing import ClassVar, NamedTuple

from ...errors import InvalidValue
from ...ports import PORTS, Message, Paper, Port, Telemetry
from ..checks import Report, Result
from .counting import COUNTING
from .hostile import HOSTILE
from .meaning import MEANING
from .places import Strange, json_strange
from .reading import READING
from .subject import PortCheck, PortSubject
from .writing import WRITING

__all__ = ["PORT_CHECKS", "PortContract", "Told", "check_telemetry", "prove_port"]

PORT_CHECKS: tuple[PortCheck, ...] = (*READING, *MEANING, *COUNTING, *WRITING, *HOSTILE)
"""Everything that a port owes."""


def prove_port(subject: PortSubject, checks: Iterable[PortCheck] = PORT_CHECKS) -> Report:
    """Run all checks of ports, or these, and report. A check that raises anything at all has failed."""
    results, notes = [], []
    for check in checks:
        wrong = ""
        try:
            if note := check.on(subject):
                notes.append(f"{check.name}: {note}")
        except Exception as error:  # noqa: BLE001 - whatever a port under test raises, it is reported
            wrong = f"{error}" if isinstance(error, AssertionError) else repr(error)
        results.append(Result(check.name, check.rule, wrong))
    claims = subject.make().capabilities
    claimed = [f"{how} {form}" for how, forms in (("reads", claims.reads), ("writes", claims.writes)) for form in forms]
    allowed = zip(("reads", "writes"), PORTS.get(subject.kind, ((), ())), strict=True)
    open_ones = [f"{how} {form}" for how, forms in allowed for form in forms if f"{how} {form}" not in claimed]
    found = (tuple(claimed), tuple(open_ones), tuple(results))
    return Report(subject.name, version("unicommerce"), *found, seeds=(), notes=tuple(notes))


class PortContract:
    """Inherit, say how your port is made and what its system sends; pytest finds one test for each thing it owes.

    The attributes are those of `PortSubject`; `make_port` is a static method.
    """

    kind: ClassVar[str]
    samples: ClassVar[Iterable[Message]] = ()
    refused: ClassVar[Iterable[tuple[Message, str]]] = ()
    means: ClassVar[Iterable[tuple[Message, Iterable[Paper]]]] = ()
    papers: ClassVar[Iterable[Paper]] = ()
    left: ClassVar[Iterable[str]] = ()
    kept_ms: ClassVar[int | None] = None

    @staticmethod
    def make_port() -> Port:
        """Make the port."""
        raise NotImplementedError

    @staticmethod
    def strange(body: str) -> Iterable[Strange]:
        """Put unknown values into the text of a message, each in turn; into JSON, where nothing else is said."""
        return json_strange(body)

    @classmethod
    def subject(cls) -> PortSubject:
        """Return what is tested, as `prove_port` takes it."""
        return PortSubject(
            name=cls.__name__,
            make=cls.make_port,
            kind=cls.kind,
            samples=tuple(cls.samples),
            refused=tuple(cls.refused),
            means=tuple([(message, tuple(papers)) for message, papers in cls.means]),
            papers=tuple(cls.papers),
            left=frozenset(cls.left),
            strange=cls.strange,
            kept_ms=cls.kept_ms,
        )

    def __init_subclass__(cls) -> None:
        """Give the class a test for each check. Raises `InvalidValue` for what would be taken apart by mistake."""
        super().__init_subclass__()
        if isinstance(cls.samples, Message):
            raise InvalidValue("samples", cls.samples, "a tuple of messages: (SALE,)")
        if isinstance(cls.left, str):
            raise InvalidValue("left", cls.left, 'a tuple of names: ("total_weight",)')
        pairs: Iterable[object] = cls.means
        for each in pairs:
            if isinstance(each, Message) or not isinstance(each, tuple) or hasattr(each[-1], "form"):
                raise InvalidValue("means", each, "a message and the tuple of its papers: (SALE, (sold,))")
        for check in PORT_CHECKS:
            setattr(cls, f"test_{check.name}", _test(check))


def _test(check: PortCheck) -> Callable[[PortContract], None]:
    def test(self: PortContract) -> None:
        check.on(self.subject())

    test.__doc__ = check.rule
    test.__name__ = test.__qualname__ = f"test_{check.name}"
    return test


class Told(NamedTuple):
    """What was told under one name with the same attributes: how much in all, and how often."""

    name: str
    attributes: Mapping[str, str]
    total: int
    times: int


TOLD: tuple[tuple[str, str, int, dict[str, str]], ...] = (
    *[("count", "sent", by, {"system": system}) for by, system in ((1, "erp"), (41, "erp"), (7, "größe/4"))],
    ("took", "sent.duration", 1_999_999, {"system": "erp", "outcome": "delivered"}),
    ("took", "sent.duration", 0, {"system": "erp", "outcome": "delivered"}),
    ("count", "idle", 0, {}),
)


def check_telemetry(make: Callable[[], Telemetry], seen: Callable[[Telemetry], tuple[Told, ...]]) -> None:
    """Tell one that `make` returns something, and look at what is `seen` of it then.

    Raises `AssertionError` where something is lost, added, mixed up, cut to a coarser unit, or shared with another.
    """
    telemetry, other = make(), make()
    wanted: dict[tuple[str, tuple[tuple[str, str], ...]], Told] = {}
    for way, name, value, attributes in TOLD:
        try:
            getattr(telemetry, way)(name, value, **attributes)
        except Exception as error:
            raise AssertionError(f"{way} {name} raised {error!r:.200}: telemetry never stops the work") from error
        key = (name, tuple(sorted(attributes.items())))
        before = wanted.get(key, Told(name, attributes, 0, 0))
        wanted[key] = Told(name, attributes, before.total + value, before.times + 1)
    found = {(told.name, tuple(sorted(told.attributes.items()))): told for told in seen(telemetry)}
    for key, told in wanted.items():
        if found.pop(key, None) != told:
            raise AssertionError(f"{told} was told, and is not what is seen: {seen(telemetry)!r:.300}")
    if found or seen(other):
        raise AssertionError(f"{(*found.values(), *seen(other))!r:.300} is seen, and nobody told it")
