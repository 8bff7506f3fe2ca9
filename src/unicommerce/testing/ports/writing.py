"""What a port owes when it writes: what is sent is the paper, all of it, and nothing beside it."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ...errors import InvalidValue
from ...ports import Message, Paper, Reading
from .papers import papers, variants
from .places import Place, places
from .reading import moment_of
from .shape import FORMS, altered, fields_of, specimen
from .subject import PortBench, PortCheck

__all__ = ["WRITING"]

T = TypeVar("T")

PERSONAL = frozenset(
    ("email", "phone", "first_name", "last_name", "firstname", "lastname", "street", "address1", "address2", "birthday")
)
"""Names of fields for what papers do not have."""


def what_is_written_is_read_again(bench: PortBench) -> None:
    """Where a form goes both ways the message of a paper says that paper, the same each time, and no more."""
    for form in bench.both_ways:
        known = [paper for paper in bench.papers if paper.form == form]
        if not known:
            raise AssertionError(f"{form} is read and written, and no paper shows it: give a sample or a paper")
        for paper in known:
            message = bench.write(paper)
            if not isinstance(message, Message):
                raise AssertionError(f"{paper!r:.200} was not written: {message}")
            _read_again(bench, paper, message)
            if (again := bench.write(paper)) != message:
                raise AssertionError(f"{paper!r:.200} was written as {message!r:.200} and then as {again!r:.200}")


def any_paper_is_said_whole_or_refused_by_name(bench: PortBench) -> None:
    """A paper with other fields is read again as it is, or refused: what a system cannot say is not left out."""

    def check(paper: Paper) -> None:
        message = bench.write(paper)
        if isinstance(message, InvalidValue) and not message.field:
            raise AssertionError(f"{paper!r:.200} was refused without a field: {message}")
        if isinstance(message, Message) and paper.form in bench.both_ways:
            _read_again(bench, paper, message)

    for form in bench.claims.writes:
        known = [paper for paper in bench.papers if paper.form == form][:2]
        _each(st.one_of(papers(form), *[variants(paper) for paper in known]), check)


def a_paper_that_is_not_written_is_refused(bench: PortBench) -> None:
    """A paper of a form that is not claimed, by the field `paper`."""
    for form in FORMS:
        if form not in bench.claims.writes:
            found = bench.write(specimen(form))
            if not isinstance(found, InvalidValue) or found.field != "paper":
                raise AssertionError(f"{form} was not refused by the field `paper`: {found!r:.200}")


def as_many_lines_are_written_as_claimed(bench: PortBench) -> None:
    """A paper of `most_lines` lines is written, one of a line more is refused by the name of what is too long."""
    most = bench.claims.most_lines
    for paper in bench.papers:
        for name in ("lines", "items"):
            longest, longer = _long(paper, name, most), _long(paper, name, most + 1)
            if not longest or not longer:
                continue
            if isinstance(fits := bench.write(longest), InvalidValue):
                raise AssertionError(f"{paper.form} of {most} {name} was not written: {fits}")
            found = bench.write(longer)
            if not isinstance(found, InvalidValue) or name not in found.field:
                raise AssertionError(f"{paper.form} of {most + 1} {name} was not refused by `{name}`: {found!r:.200}")


def a_message_says_nothing_beside_its_paper(bench: PortBench) -> None:
    """Each word of a message stands in its paper or in all of its form; no person's data, no moment is made up."""
    for paper in bench.papers:
        message, other = bench.write(paper), bench.write(_twin(paper))
        if isinstance(message, Message):
            fixed = {(place.path, place.value) for place in places(other.body)} if isinstance(other, Message) else None
            for place in places(message.body):
                is_fixed = fixed is None or (place.path, place.value) in fixed
                if not _is_said(place, paper, is_fixed=is_fixed):
                    raise AssertionError(f"{paper.form}: {place.path} is {place.value!r}, which the paper does not say")


WRITING = tuple(
    map(
        PortCheck.of,
        (
            what_is_written_is_read_again,
            any_paper_is_said_whole_or_refused_by_name,
            a_paper_that_is_not_written_is_refused,
            as_many_lines_are_written_as_claimed,
            a_message_says_nothing_beside_its_paper,
        ),
    )
)
"""What is owed of papers."""


def _read_again(bench: PortBench, paper: Paper, message: Message) -> None:
    found = bench.read(message)
    if found != Reading(papers=(paper,)):
        raise AssertionError(f"{paper!r} was written as {message!r:.300} and read as {found!r}")


def _each(drawn: st.SearchStrategy[T], check: Callable[[T], None], examples: int = 25) -> None:
    """Run a check on examples; the same ones each time."""

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=(Phase.generate,),  # papers are small as they are
        derandomize=True,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    @given(drawn)
    def run(value: T) -> None:
        check(value)

    run()


def _long(paper: Paper, name: str, most: int) -> Paper | None:
    """Return a paper of so many lines that differ in what tells them apart: their ids, or where none is, SKUs.

    None where it has no such lines, or what else it says goes with the lines that it has.
    """
    if not (lines := getattr(paper, name, ())):
        return None
    by = "id" if name == "lines" else "line" if lines[0].line else "sku"
    try:
        return altered(paper, {name: tuple([lines[0]._replace(**{by: f"{i + 1}"}) for i in range(most)])})
    except InvalidValue:
        return None


def _twin(paper: Paper) -> Paper:
    """Return the same paper under another id."""
    id = "id" if hasattr(paper, "id") else "sku"
    return altered(paper, {id: f"{getattr(paper, id)}7"})


def _is_said(place: Place, paper: Paper, *, is_fixed: bool) -> bool:
    said = list(_atoms(tuple([getattr(paper, field.name) for field in fields_of(type(paper))])))
    if (at := moment_of(place.value)) is not None:
        return at in said
    text = place.value if isinstance(place.value, str) else ""
    if not any(letter.isalpha() for letter in text) or any(
        f"{each}" in text or text in f"{each}" for each in said if each
    ):
        return True
    return is_fixed and not PERSONAL & {*place.kind.split(".")}


def _atoms(value: object) -> Iterator[object]:
    """Yield all that is said in a value."""
    if isinstance(value, tuple):
        for each in value:
            yield from _atoms(each)
    else:
        yield value
