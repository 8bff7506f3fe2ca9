"""Whatever bytes come, they are read or refused by a named error that says where; nothing else is ever raised."""

import copy
import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.codec.instances import PLAIN
from tests.codec.journal import lines
from unicommerce.codec import Codec, Plain, canonical, decode
from unicommerce.errors import InvalidValue, UnicommerceError, UnknownKind

CODEC = Codec()
RECORDS = [json.loads(line) for line in lines()]


def is_refused_or_read(content: bytes) -> bool:
    """Tell whether bytes were read; then they can be written again, to one form."""
    try:
        entry = decode(content)
    except (InvalidValue, UnknownKind) as error:
        return not str(error)
    assert canonical(decode(canonical(entry))) == canonical(entry)
    return True


@given(
    st.binary(max_size=60)
    | st.sampled_from(lines()).flatmap(lambda line: st.integers(0, len(line)).map(lambda n: line[:n]))
)
def test_any_bytes(content: bytes) -> None:
    """Noise, and records that were cut off."""
    is_refused_or_read(content)


@given(PLAIN)
def test_any_json(plain: object) -> None:
    """Whatever JSON can say, and what Python adds to it."""
    assert not is_refused_or_read(json.dumps(plain).encode())


@st.composite
def mutants(draw: st.DrawFn) -> object:
    """Draw a golden record of which something was taken away, put in, or replaced, somewhere inside."""
    whole = node = copy.deepcopy(draw(st.sampled_from(RECORDS)))
    for _ in range(draw(st.integers(0, 6))):
        inside = list(node.values()) if isinstance(node, dict) else node
        deeper = [each for each in inside if isinstance(each, dict | list) and each]
        if not deeper:
            break
        node = draw(st.sampled_from(deeper))
    key = draw(st.sampled_from(sorted(node) if isinstance(node, dict) else range(len(node))))
    act = draw(st.sampled_from(["remove", "replace", "add", "twice"]))
    if act == "remove":
        del node[key]
    elif act == "replace":
        node[key] = draw(PLAIN)
    elif isinstance(node, dict):
        node[draw(st.text(max_size=5))] = draw(PLAIN)
    else:
        node.append(node[key] if act == "twice" else draw(PLAIN))
    return whole


@given(mutants())
def test_any_change_of_a_record(plain: object) -> None:
    """One thing is wrong with a record that was right."""
    is_refused_or_read(json.dumps(plain).encode())


@given(mutants(), mutants())
def test_reading_says_the_same_twice(one: object, other: object) -> None:
    """An error depends on the bytes alone, whatever was read before."""
    said = []
    for plain in (one, other, one):
        try:
            said.append(repr(decode(json.dumps(plain).encode())))
        except UnicommerceError as error:
            said.append(str(error))

    assert said[0] == said[2]


def received(**changes: object) -> Plain:
    """Return plain data of an event, changed; `...` takes a field away."""
    plain = {"kind": "inventory.received", "receipt": "r1", "node": "dc", "lines": [["MUG", 5]]} | changes
    return {name: value for name, value in plain.items() if value is not ...}


def entry(**changes: object) -> Plain:
    """Return plain data of an entry, changed."""
    move = [5, "sku:MUG", ["supplier", "delivered"], ["dc", "sellable"]]
    plain: Plain = {"id": "r1", "recorded_at": 1, "occurred_at": 1, "events": [received()], "movements": [move]}
    return plain | {"documents": []} | changes


CASES: list[tuple[str, Plain, str]] = [
    ("a field is missing", {"id": "r1"}, "recorded_at: 'nothing' is not"),
    ("one of an event is missing", entry(events=[received(), received(node=...)]), "events[1].node: 'nothing' is not"),
    ("a field is unknown", entry(color="red"), "color: 'color' is not a field of Entry"),
    (
        "one of an event is unknown",
        entry(events=[received(color=1)]),
        "events[0].color: 'color' is not a field of Received",
    ),
    ("true is no number", entry(recorded_at=True), "recorded_at: True is not a whole number"),
    ("nor deep inside", entry(events=[received(lines=[["MUG", True]])]), "events[0].lines[0][1]: True is not a whole"),
    ("a float is none", entry(recorded_at=1.0), "recorded_at: 1.0 is not a whole number"),
    ("nor where anything goes", entry(asked=[["rate", 1.5]]), "asked[0][1]: 1.5 is not"),
    ("nor is infinity", entry(occurred_at=float("inf")), "occurred_at: inf is not a whole number"),
    ("nor one of 65 bits", entry(recorded_at=2**63), f"recorded_at: {2**63} is not a whole number of 64 bits"),
    ("a number is no text", entry(source=5), "source: 5 is not text"),
    ("text is no array", entry(events=[received(lines="MUG")]), "events[0].lines: 'MUG' is not an array"),
    (
        "an array is too short",
        entry(movements=[[5, "sku:MUG", ["a", "b"]]]),
        "movements[0]: [5, 'sku:MUG', ['a', 'b']] is",
    ),
    ("an array is too long", entry(movements=[[5, "sku:MUG", ["a", "b"], ["a"] * 6]]), "movements[0][3]: ['a', 'a',"),
    (
        "a movement goes nowhere",
        entry(movements=[[5, "sku:MUG", ["a", "b"], ["a", "b"]]]),
        "movements[0]: 5 is not a pos",
    ),
    (
        "a movement of nothing",
        entry(movements=[[0, "sku:MUG", ["a", "b"], ["b", "a"]]]),
        "movements[0]: 0 is not a pos",
    ),
    ("no event", entry(events=[]), "events: () is not one or more events"),
    ("a class refuses", entry(events=[received(lines=[["MUG", -5]])]), "events[0].quantity of MUG: -5 is not"),
    (
        "a kind is missing",
        entry(events=[received(kind=...)]),
        "events[0].kind is missing; it is to be the kind of an object",
    ),
    ("a kind is no text", entry(events=[received(kind=[])]), "events[0].kind: [] is not the kind of an object"),
    ("a document is no event", entry(events=[{"kind": "orders.order"}]), "events[0].kind: 'orders.order' is not"),
    ("no object", entry(events=[7]), "events[0].kind is missing; it is to be the kind of an object"),
    ("a decimal is no number", entry(asked=[{"decimal": 1}]), "asked[0]: 1 is not a decimal as text"),
    ("a decimal has no exponent", entry(asked=[{"decimal": "1e9"}]), "asked[0]: '1e9' is not a decimal as text"),
]


@pytest.mark.parametrize(("plain", "said"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_what_is_wrong_is_named_with_its_path(plain: Plain, said: str) -> None:
    """An error says where, what was found there and what was needed."""
    with pytest.raises(InvalidValue) as caught:
        decode(json.dumps(plain).encode())

    assert str(caught.value)[: len(said)] == said


@pytest.mark.parametrize(
    ("plain", "kind"),
    [
        (entry(events=[received(kind="inventory.teleported")]), "inventory.teleported"),
        (entry(documents=[{"kind": "acme.note"}]), "acme.note"),
        (entry(asked=[["note", {"kind": "acme.note"}]]), "acme.note"),
        (entry(because=[["inventory.tired", "dc"]]), "inventory.tired"),
    ],
)
def test_an_unknown_kind_is_named(plain: Plain, kind: str) -> None:
    """A record of a later version is not mistaken for a broken one."""
    with pytest.raises(UnknownKind) as caught:
        decode(json.dumps(plain).encode())

    assert caught.value.kind == kind


def test_what_is_left_out_has_its_default() -> None:
    """A field that was added later, and the last values of a named tuple, are at their default where they are not."""
    read = decode(json.dumps(entry()).encode())

    assert (read.because, read.asked, read.cause, read.source) == ((), (), "", "")
    assert read.movements[0].source == ("supplier", "delivered", "", "", "")


HOSTILE: list[tuple[str, Callable[[], bytes]]] = [
    ("nested too deep", lambda: b"[" * 1_000_000),
    ("nested too deep, and closed", lambda: b"[" * 100_000 + b"]" * 100_000),
    ("asked too deep", lambda: json.dumps(entry()).encode()[:-1] + b',"asked":%s%s}' % (b"[" * 900, b"]" * 900)),
    ("a number of a million digits", lambda: b'{"id":' + b"9" * 1_000_000 + b"}"),
    ("an exponent bomb", lambda: b'{"recorded_at":1e999999999}'),
    ("half a character", lambda: b'{"id":"\xc3"}'),
    ("a lone surrogate", lambda: json.dumps(entry(id="\ud800")).encode()),
    ("a lone surrogate of an event", lambda: json.dumps(entry(events=[received(node="\udfff")])).encode()),
    ("a byte order mark", lambda: b"\xef\xbb\xbf{}"),
    ("nothing", lambda: b""),
]


@pytest.mark.parametrize("make", [make for _, make in HOSTILE], ids=[name for name, _ in HOSTILE])
def test_what_is_meant_to_hurt_is_refused(make: Callable[[], bytes]) -> None:
    """In bounded time, by a named error."""
    with pytest.raises(InvalidValue):
        decode(make())


def test_plain_data_that_is_none_is_refused() -> None:
    """Plain data comes from programs, and may hold anything."""
    for plain in ({"id": object()}, {1: 2, "id": 3}, {"id": {1, 2}}):
        with pytest.raises(InvalidValue):
            CODEC.decode(plain)  # type: ignore[arg-type]  # that is the point
