"""All that a port owes in one list, as a report and as a class of tests."""

from collections.abc import Callable, Iterable
from importlib.metadata import version
from typing import ClassVar

from ...errors import InvalidValue
from ...ports import PORTS, Message, Paper, Port
from ..checks import Report, Result
from .counting import COUNTING
from .hostile import HOSTILE
from .places import Strange, json_strange
from .reading import READING
from .subject import PortCheck, PortSubject
from .writing import WRITING

__all__ = ["PORT_CHECKS", "PortContract", "prove_port"]

PORT_CHECKS: tuple[PortCheck, ...] = (*READING, *COUNTING, *WRITING, *HOSTILE)
"""Everything that a port owes."""


def prove_port(subject: PortSubject, checks: Iterable[PortCheck] = PORT_CHECKS) -> Report:
    """Run all checks of ports, or these, and report. A check that raises anything at all has failed."""
    results = []
    for check in checks:
        wrong = ""
        try:
            check.on(subject)
        except Exception as error:  # noqa: BLE001 - whatever a port under test raises, it is reported
            wrong = f"{error}" if isinstance(error, AssertionError) else repr(error)
        results.append(Result(check.name, check.rule, wrong))
    claims = subject.make().capabilities
    claimed = [f"{how} {form}" for how, forms in (("reads", claims.reads), ("writes", claims.writes)) for form in forms]
    allowed = zip(("reads", "writes"), PORTS.get(subject.kind, ((), ())), strict=True)
    open_ones = [f"{how} {form}" for how, forms in allowed for form in forms if f"{how} {form}" not in claimed]
    return Report(subject.name, version("unicommerce"), tuple(claimed), tuple(open_ones), tuple(results), seeds=())


class PortContract:
    """Inherit, say how your port is made and what its system sends; pytest finds one test for each thing it owes.

    The attributes are those of `PortSubject`; `make_port` is a static method.
    """

    kind: ClassVar[str]
    samples: ClassVar[Iterable[Message]] = ()
    refused: ClassVar[Iterable[tuple[Message, str]]] = ()
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
        for check in PORT_CHECKS:
            setattr(cls, f"test_{check.name}", _test(check))


def _test(check: PortCheck) -> Callable[[PortContract], None]:
    def test(self: PortContract) -> None:
        check.on(self.subject())

    test.__doc__ = check.rule
    test.__name__ = test.__qualname__ = f"test_{check.name}"
    return test
