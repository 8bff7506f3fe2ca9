"""What a port owes when it reads: its claims, topics, ids that stay, moments as meant, nothing dropped in silence."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from operator import itemgetter

from ...errors import InvalidValue
from ...ports import PORTS, Fields, Message, Paper, Reading, moment
from ...values import DAY_MS
from .places import Place, is_json, within
from .subject import PortBench, PortCheck, Sample

__all__ = ["READING", "moment_of"]

ZONES = ("XXX-05:30", "YYY+08")
"""Two places of the earth, as POSIX writes them."""


def only_what_is_claimed_goes_over_a_port(bench: PortBench) -> None:
    """The forms that a port claims are among those of its kind."""
    if bench.subject.kind not in PORTS:
        raise AssertionError(f"{bench.subject.kind!r} is no kind of port: {', '.join(PORTS)}")
    for claimed, allowed in zip((bench.claims.reads, bench.claims.writes), PORTS[bench.subject.kind], strict=True):
        if odd := [form for form in claimed if form not in allowed]:
            raise AssertionError(f"{odd[0]} does not go over a port of kind {bench.subject.kind}")


def what_is_claimed_is_shown(bench: PortBench) -> None:
    """Each form that is claimed comes out of a sample, or is written from a paper."""
    read = {paper.form for sample in bench.samples for paper in sample.reading.papers}
    written = {paper.form for paper in bench.papers if isinstance(bench.write(paper), Message)}
    for claimed, shown, how in ((bench.claims.reads, read, "read"), (bench.claims.writes, written, "written")):
        if hollow := [form for form in claimed if form not in shown]:
            raise AssertionError(f"{hollow[0]} is claimed to be {how}, and nothing shows it: give a sample or a paper")


def every_sample_is_read_or_refused_by_name(bench: PortBench) -> None:
    """Each sample becomes papers, or is of a topic that is refused; what must be refused is, for its field."""
    for message in bench.subject.samples:
        found = bench.read(message)
        is_refused = message.topic in bench.claims.refuses and isinstance(found, InvalidValue)
        if not is_refused and not (isinstance(found, Reading) and found.papers):
            raise AssertionError(f"{message.topic} {message.body[:80]!r} gave no paper: {found}")
    for message, field in bench.subject.refused:
        found = bench.read(message)
        if not isinstance(found, InvalidValue) or found.field != field:
            raise AssertionError(f"{message.topic} {message.body[:80]!r} was not refused for {field!r}: {found!r:.200}")


def a_topic_that_is_not_read_is_refused(bench: PortBench) -> None:
    """A topic that nobody knows, none at all, and each that is named as refused, by the field `topic`."""
    body = bench.samples[0].message.body if bench.samples else "{}"
    for topic in ("nobody/heard", "", *bench.claims.refuses):
        found = bench.read(Message(topic, body))
        if not isinstance(found, InvalidValue) or found.field != "topic":
            raise AssertionError(f"topic {topic!r} was not refused by the field `topic`: {found!r:.200}")


def reading_is_a_function_of_the_message(bench: PortBench) -> None:
    """The same message gives the same reading: twice, by another port, after others in any order, of other ids too."""
    shared, others = bench.subject.make(), _others(bench)
    for sample in (*bench.samples, *reversed(bench.samples)):
        for port in (bench.subject.make(), shared, shared):
            _same(bench.read(sample.message, port), sample.reading, "read again")
        for other in others:
            bench.read(other, shared)
        _same(bench.read(sample.message, shared), sample.reading, "read after messages of other ids")


def reading_does_not_depend_on_where_it_runs(bench: PortBench) -> None:
    """The time zone of the machine changes nothing."""
    for zone in ZONES:
        with _running_in(zone):
            for sample in bench.samples:
                _same(bench.read(sample.message), sample.reading, f"read in zone {zone}")


def a_moment_is_what_its_offset_says(bench: PortBench) -> None:
    """The same moment, written with another offset, is the same moment."""
    for sample in bench.samples:
        for place in sample.places:
            if (at := moment_of(place.value)) is not None:
                text = moment(at + 19_800_000).replace("Z", "+05:30")
                found = bench.changed(sample.message, place.put(text))
                if isinstance(found, Reading) and found.papers != sample.reading.papers:
                    raise AssertionError(
                        f"{place.path} {place.value} was read as another moment when written as {text}"
                    )


def a_repeat_bears_the_ids_of_the_first(bench: PortBench) -> None:
    """A message that comes again has papers with the same ids, in whatever order its fields are written."""
    for sample in bench.samples:
        for body in (sample.message.body, _rewritten(sample.message.body), sample.message.body):
            found = bench.changed(sample.message, body)
            _same([key(paper) for paper in _papers(found)], [key(paper) for paper in sample.reading.papers], "repeated")


def ids_come_from_the_message(bench: PortBench) -> None:
    """Some value of a message decides on the id of each paper, and two samples share an id only with one paper."""
    known: dict[tuple[str, ...], Paper] = {}
    for sample in bench.samples:
        open_ones = set(range(len(sample.reading.papers)))
        for place in sample.places:
            papers = _papers(bench.changed(sample.message, _other(place))) if open_ones else ()
            if len(papers) == len(sample.reading.papers):
                open_ones -= {i for i in open_ones if key(papers[i]) != key(sample.reading.papers[i])}
        if open_ones:
            raise AssertionError(
                f"nothing in the message changes the id of {sample.reading.papers[min(open_ones)]!r:.200}"
            )
        for paper in sample.reading.papers:
            _same(known.setdefault(key(paper), paper), paper, "the paper of one id in two samples")


def what_is_unknown_is_listed(bench: PortBench) -> None:
    """An unknown value is among the unread, or refused by its name: in the message, and in all of it that is read."""
    for sample in bench.samples:
        strange = list(bench.subject.strange(sample.message.body))
        if not strange:
            raise AssertionError("the kit puts unknown fields into JSON only: give `strange` for this syntax")
        counting = [place.path for place in sample.places if _counts(bench, sample, place)]
        for body, name, inside in strange:
            if any(within(path, inside) for path in counting):
                found = bench.changed(sample.message, body)
                names = [found.field] if isinstance(found, InvalidValue) else [path for path, _ in found.unread]
                if not any(name in each for each in names):
                    raise AssertionError(f"{name} in {inside or 'the message'} was dropped in silence")


def ids_are_needed_for_longer_than_messages_repeat(bench: PortBench) -> None:
    """A store that forgets ids while a message may come again is refused, and one that keeps them is not."""
    longest = bench.claims.longest_redelivery_ms
    if bench.claims.repeats:
        try:
            bench.claims.needs_ids_for(longest)
        except InvalidValue:
            pass
        else:
            raise AssertionError(f"ids that are kept for {longest} ms are taken for enough, and messages come as late")
    try:
        bench.claims.needs_ids_for(longest + 1 if bench.subject.kept_ms is None else bench.subject.kept_ms)
    except InvalidValue as error:
        raise AssertionError(str(error)) from error


READING = tuple(
    map(
        PortCheck.of,
        (
            only_what_is_claimed_goes_over_a_port,
            what_is_claimed_is_shown,
            every_sample_is_read_or_refused_by_name,
            a_topic_that_is_not_read_is_refused,
            reading_is_a_function_of_the_message,
            reading_does_not_depend_on_where_it_runs,
            a_moment_is_what_its_offset_says,
            a_repeat_bears_the_ids_of_the_first,
            ids_come_from_the_message,
            what_is_unknown_is_listed,
            ids_are_needed_for_longer_than_messages_repeat,
        ),
    )
)
"""What is owed of messages as they are."""


def key(paper: Paper) -> tuple[str, ...]:
    """Return what a paper is known by."""
    named = ("id", "order") if hasattr(paper, "id") else ("channel", "sku", "version")
    return (paper.form, *[f"{getattr(paper, name, '')}" for name in named])


def moment_of(value: object) -> int | None:
    """Return the moment that a text with an offset is."""
    try:
        return Fields({"at": value}).moment("at")
    except InvalidValue:
        return None


def _papers(found: Reading | InvalidValue) -> tuple[Paper, ...]:
    return found.papers if isinstance(found, Reading) else ()


def _others(bench: PortBench) -> list[Message]:
    """Return each sample as it would be of another ticket: with the one value changed on which most ids depend."""
    found = []
    for sample in bench.samples:
        known = [key(paper) for paper in sample.reading.papers]
        changed: list[tuple[int, Message]] = []
        for place in sample.places:
            message = sample.message._replace(body=_other(place))
            keys = map(key, _papers(bench.read(message)))
            changed.append((sum([now != then for now, then in zip(keys, known, strict=False)]), message))
        most, message = max(changed, key=itemgetter(0), default=(0, sample.message))
        found += [message] if most else []
    return found


def _same(found: object, wanted: object, what: str) -> None:
    if found != wanted:
        raise AssertionError(f"{what}: {found!r:.300} instead of {wanted!r:.300}")


def _other(place: Place) -> str:
    """Return the message with another value at a place, of the same kind."""
    if (at := moment_of(place.value)) is not None:
        return place.put(moment(at + DAY_MS))
    if (value := place.number) is not None:
        return place.like(value + Decimal(1))
    return place.put(f"{place.value}1" if isinstance(place.value, str) else not place.value)


def _counts(bench: PortBench, sample: Sample, place: Place) -> bool:
    found = bench.changed(sample.message, place.put(None))
    return not isinstance(found, Reading) or found.papers != sample.reading.papers


def _rewritten(body: str) -> str:
    """Return a message in JSON with its fields in the reverse order; any other with a line end more."""
    if not is_json(body):
        return f"{body}\n"
    return json.dumps(_reversed(json.loads(body)), indent=1)


def _reversed(value: object) -> object:
    if isinstance(value, dict):
        return {name: _reversed(value[name]) for name in reversed(value)}
    return [_reversed(each) for each in value] if isinstance(value, list) else value


@contextmanager
def _running_in(zone: str) -> Iterator[None]:
    """Let the machine stand in another time zone, where it can."""
    before = os.environ.get("TZ")
    try:
        os.environ["TZ"] = zone
        if hasattr(time, "tzset"):
            time.tzset()
        yield
    finally:
        if before is None:
            del os.environ["TZ"]
        else:
            os.environ["TZ"] = before
        if hasattr(time, "tzset"):
            time.tzset()
