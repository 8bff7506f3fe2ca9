"""What is tested: a port, the messages that its system sends, and what the kit cannot know of them."""

from collections.abc import Callable, Iterable
from functools import cached_property
from time import process_time
from typing import NamedTuple

from ...errors import InvalidValue
from ...ports import Message, Paper, Port, Reading
from .places import Place, Strange, json_strange, places
from .shape import FORMS

__all__ = ["LONGEST_S", "PortBench", "PortCheck", "PortSubject", "Sample"]

LONGEST_S = 2.0
"""Seconds of a processor that a message may take; a hostile one too."""


class PortSubject(NamedTuple):
    """A port to be tested.

    - `make`: makes it; each check has ports of its own.
    - `kind`: one of `PORTS`.
    - `samples`: messages of its system that it reads; `refused`: messages that it refuses, each with the field.
    - `means`: the papers that a message means, written by hand; of each sort of sample one at least, more are welcome.
    - `papers`: papers that it writes, where the samples do not show one of each form.
    - `left`: names of numbers in samples that it leaves on purpose, or of objects, with dots where one name does not
    tell: a change of them changes no paper.
    - `strange`: puts unknown values into the text of a message; the kit does so for JSON.
    - `kept_ms`: for how long the store keeps ids of entries, where that is known.
    """

    name: str
    make: Callable[[], Port]
    kind: str
    samples: tuple[Message, ...] = ()
    refused: tuple[tuple[Message, str], ...] = ()
    means: tuple[tuple[Message, tuple[Paper, ...]], ...] = ()
    papers: tuple[Paper, ...] = ()
    left: frozenset[str] = frozenset()
    strange: Callable[[str], Iterable[Strange]] = json_strange
    kept_ms: int | None = None


class Sample(NamedTuple):
    """A message, what is read in it, and its places."""

    message: Message
    reading: Reading
    places: tuple[Place, ...]

    @property
    def decimal(self) -> str:
        """Return the sign before decimals in its numbers that are text."""
        return self.places[0].decimal if self.places else ""

    @property
    def numbers(self) -> list[Place]:
        """Return its numbers, ids aside."""
        return [each for each in self.places if each.number is not None and not _is_id(each.path)]


def _is_id(path: str) -> bool:
    last = path.rpartition(".")[2].partition("[")[0]
    return last in {"id", "ids", "sku"} or last.endswith(("_id", "_ids", "Id", "Ids", "ID"))


class PortBench:
    """A port that a check is run on, and what is known of its messages."""

    def __init__(self, subject: PortSubject) -> None:
        self.subject = subject
        self.port = subject.make()
        self.claims = self.port.capabilities

    def read(self, message: Message, port: Port | None = None) -> Reading | InvalidValue:
        """Return the reading of a message, or the error that refuses it.

        Raises `AssertionError` for any other outcome, and where it took too long.
        """
        started = process_time()
        try:
            found: Reading | InvalidValue = (port or self.port).read(message)
        except InvalidValue as error:
            found = error
        except Exception as error:
            raise AssertionError(f"{_shown(message)} raised {error!r:.200}") from error
        if (took := process_time() - started) > LONGEST_S:
            raise AssertionError(f"{_shown(message)} took {took:.1f} s")
        self._check(found, message)
        return found

    def _check(self, found: object, message: Message) -> None:
        if isinstance(found, InvalidValue):
            if not found.field:
                raise AssertionError(f"{_shown(message)} was refused without a field: {found}")
        elif not isinstance(found, Reading):
            raise AssertionError(f"{_shown(message)} was read as {found!r:.80}")
        elif odd := [paper for paper in found.papers if getattr(paper, "form", None) not in self.claims.reads]:
            raise AssertionError(f"{_shown(message)} gave {odd[0]!r:.80}, which is not claimed to be read")

    def changed(self, message: Message, body: str) -> Reading | InvalidValue:
        """Return the outcome of a message with another text."""
        return self.read(message._replace(body=body))

    def write(self, paper: Paper) -> Message | InvalidValue:
        """Return the message that says a paper, or the error that refuses it. Raises `AssertionError` for others."""
        try:
            found = self.port.write(paper)
        except InvalidValue as error:
            return error
        except Exception as error:
            raise AssertionError(f"{paper!r:.200} raised {error!r:.200}") from error
        if not isinstance(found, Message):
            raise AssertionError(f"{paper!r:.200} was written as {found!r:.80}")
        return found

    @cached_property
    def samples(self) -> tuple[Sample, ...]:
        """Return the samples that are read; and what is written, in forms that no sample shows."""
        found = [each for message in self.subject.samples if (each := self._sample(message))]
        shown = {paper.form for each in found for paper in each.reading.papers}
        for paper in self.subject.papers:
            if paper.form in self.claims.reads and paper.form in self.claims.writes and paper.form not in shown:
                message = self.write(paper)
                each = self._sample(message) if isinstance(message, Message) else None
                found += [each] if each else []
        return tuple(found)

    def _sample(self, message: Message) -> Sample | None:
        reading = self.read(message)
        if isinstance(reading, InvalidValue) or not reading.papers:
            return None
        return Sample(message, reading, tuple(places(message.body)))

    @cached_property
    def papers(self) -> tuple[Paper, ...]:
        """Return papers of each form that is written, the given ones and those of the samples."""
        read = [paper for sample in self.samples for paper in sample.reading.papers]
        return tuple([paper for paper in (*self.subject.papers, *read) if paper.form in self.claims.writes])

    @property
    def both_ways(self) -> tuple[str, ...]:
        """Return the forms that are read and written."""
        return tuple([form for form in FORMS if form in self.claims.reads and form in self.claims.writes])


def _shown(message: Message) -> str:
    return f"{message.topic} {message.body!r:.160}"


class PortCheck(NamedTuple):
    """One thing that a port owes: its name, the rule in a sentence, and the function, which raises `AssertionError`.

    What the function returns is a note for the report: nothing is wrong, and somebody may want to know.
    """

    name: str
    rule: str
    run: Callable[[PortBench], str | None]

    @classmethod
    def of(cls, run: Callable[[PortBench], str | None]) -> "PortCheck":
        """Return the check of a function: its name, and the first line of its docstring as the rule."""
        return cls(run.__name__, (run.__doc__ or "").partition("\n")[0], run)

    def on(self, subject: PortSubject) -> str:
        """Run the check on ports of its own and return its note. Raises `AssertionError` where the rule is broken."""
        return self.run(PortBench(subject)) or ""
