"""What is put on record comes back as it was: every kind, every value, and in one form of bytes only."""

import json
import os
import subprocess
import sys
import unicodedata
from decimal import Decimal
from pathlib import Path
from typing import ClassVar, NamedTuple

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.codec.instances import DECIMALS, DOCUMENT, EVENT, KINDS, entries, snapshots
from tests.laws.world import Program, World, programs
from unicommerce.catalog import Network
from unicommerce.codec import DOCUMENTS, EVENTS, Codec, Drift, canonical, decode, drift
from unicommerce.errors import InvalidValue, UnknownKind
from unicommerce.fulfillment import Picked
from unicommerce.inventory import Adjusted
from unicommerce.ledger import Document, Entry, Event, Ledger, Movement, Recorded, Snapshot, record
from unicommerce.orders import LineQuantity
from unicommerce.values import Money, frozen

ROOT = Path(__file__).parents[2]
CODEC = Codec()


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_every_kind_comes_back(kind: str, data: st.DataObject) -> None:
    """An event or a document of each kind is equal to what was read from its bytes, and says its kind in them."""
    record = data.draw(KINDS[kind])
    content = CODEC.encode(record)  # type: ignore[arg-type]  # the table says that it is one

    back = CODEC.decode_event(content) if kind in EVENTS else CODEC.decode_document(content)

    assert back == record
    assert type(back) is type(record)
    assert json.loads(content)["kind"] == kind


def test_kinds_on_the_wire_are_those_of_the_classes() -> None:
    """The table and the classes say the same, so neither is renamed by chance."""
    assert {kind: shape.kind for kind, shape in EVENTS.items()} == {kind: kind for kind in EVENTS}


@given(DOCUMENT)
def test_kinds_of_documents_are_those_of_their_keys(document: Document) -> None:
    """What a document is found by says what it is."""
    assert type(document) is DOCUMENTS[document.key.kind]


def types(value: object) -> object:
    """Return the types in a value, so that 1 and True, or a text and an enum, are told apart."""
    return [type(value), *map(types, value)] if isinstance(value, tuple) else type(value)


@given(entries())
def test_an_entry_comes_back_with_the_types_of_what_was_asked(entry: Entry) -> None:
    """Nothing is lost, and a repeat of the question finds it answered."""
    back = decode(canonical(entry))

    assert back == entry
    assert types(back.asked) == types(entry.asked)
    assert types(back.movements) == types(entry.movements)
    assert canonical(back) == canonical(entry)


@given(snapshots())
def test_a_snapshot_comes_back(snapshot: Snapshot) -> None:
    """All of the state is in its bytes; the order in which documents came is no part of it."""
    back = CODEC.decode_snapshot(CODEC.encode(snapshot))
    turned = attrs.evolve(snapshot, documents=snapshot.documents[::-1])

    assert attrs.evolve(back, documents=()) == attrs.evolve(snapshot, documents=())
    assert sorted(map(repr, back.documents)) == sorted(map(repr, snapshot.documents))
    assert CODEC.encode(turned) == CODEC.encode(snapshot) == CODEC.encode(back)


@given(EVENT | DOCUMENT | entries())
def test_plain_data_is_what_the_bytes_say(record: Event | Document | Entry) -> None:
    """Plain data has JSON's types alone, and is read without being touched."""
    plain = CODEC.plain(record)
    said = json.dumps(plain)

    assert json.loads(said) == plain
    if isinstance(record, Entry):
        assert CODEC.decode(plain) == record
        assert json.dumps(plain) == said


@given(programs())
def test_a_journal_from_its_bytes_is_the_journal(program: Program) -> None:
    """Whatever our own decisions put on record comes back, replays to the live state, and means today what it meant."""
    world = World().run(program)
    lines = [canonical(entry) for _, entry in world.journal()]
    back = [decode(line) for line in lines]

    assert back == [entry for _, entry in world.journal()]
    assert [drift(entry) for entry in back] == [None] * len(back)
    replayed = Ledger.replay(Recorded(position, entry) for position, entry in enumerate(back, start=1))
    assert CODEC.encode(replayed.snapshot()) == CODEC.encode(world.ledger.snapshot())


def test_a_drift_is_named() -> None:
    """What is stored counts, and where today's code would make something else of the events, that is where."""
    was = an_entry()
    other = was.movements[0]._replace(quantity=2)
    document = Network()
    illegal = Picked(order="o1", shipment="o1/1", lines=(LineQuantity("1", "MUG", 0),))

    assert drift(was) is None
    assert drift(an_entry(movements=(other,))) == Drift("movements[0]", other, was.movements[0])
    assert drift(an_entry(movements=(*was.movements, other))) == Drift("movements[1]", other, None)
    assert drift(an_entry(documents=(document,))) == Drift("documents[0]", document, None)
    assert drift(an_entry(events=(illegal,), movements=())) is not None


@given(entries())
def test_bytes_are_canonical(entry: Entry) -> None:
    """Keys sorted, no space, UTF-8, form NFC: there is one way to write an entry."""
    content = canonical(entry)

    dumped = json.dumps(json.loads(content), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert content == dumped.encode()
    assert unicodedata.is_normalized("NFC", content.decode())


def an_entry(**changes: object) -> Entry:
    """Return a small entry, changed."""
    event = Adjusted(adjustment="a1", node="dc", sku="MUG", change=-1)
    return attrs.evolve(record("a1", (event,), now=7), **changes)  # type: ignore[arg-type]  # a test says what it likes


def test_text_is_brought_to_one_form() -> None:
    """Two ways to write a letter give the same bytes, also where an escape stands before a combining sign."""
    one, other = "Caf\u00e9 \n\u0303 \\\u0301", "Cafe\u0301 \n\u0303 \\\u0301"

    assert canonical(an_entry(source=one)) == canonical(an_entry(source=other))
    assert decode(canonical(an_entry(source=other))).source == one


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_comes_back_in_that_form(text: str) -> None:
    """Whatever people type is kept, up to the form of its letters."""
    asked = ("note", text)

    assert decode(canonical(an_entry(asked=asked, source=text))).source == unicodedata.normalize("NFC", text)


class Pair(NamedTuple):
    """A named tuple of which a question would lose the name."""

    one: int
    other: int


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"asked": (1.5,)}, UnknownKind),
        ({"asked": (Pair(1, 2),)}, UnknownKind),
        ({"asked": ([1],)}, UnknownKind),
        ({"asked": (Decimal("NaN"),)}, InvalidValue),
        ({"asked": (Decimal("1e999999999"),)}, InvalidValue),
        ({"asked": (2**63,)}, InvalidValue),
        ({"source": "\ud800"}, InvalidValue),
        ({"source": 5}, InvalidValue),
        ({"recorded_at": True}, InvalidValue),
        ({"recorded_at": 1.0}, InvalidValue),
        ({"movements": (Movement(1.5, "sku:MUG", "dc", "dc"),)}, InvalidValue),  # type: ignore[arg-type]
        ({"events": (object(),)}, UnknownKind),
        ({"events": [1]}, InvalidValue),
    ],
)
def test_what_could_not_be_read_is_not_written(change: dict[str, object], error: type[Exception]) -> None:
    """A record that would poison the journal is an error of the program that makes it, and a named one."""
    with pytest.raises(error):
        canonical(an_entry(**change))


@frozen(kw_only=True)
class Rated:
    """An event of a user's own, with a rate."""

    kind: ClassVar[str] = "acme.rated"
    rate: Decimal
    price: Money | None = None
    is_final: bool = False

    def movements(self) -> tuple[Movement, ...]:
        """Move nothing."""
        return ()

    def documents(self) -> tuple[Document, ...]:
        """Replace nothing."""
        return ()


@given(rate=DECIMALS, is_final=st.booleans())
def test_kinds_of_your_own_are_read_by_your_codec_alone(*, rate: Decimal, is_final: bool) -> None:
    """A codec is a value: to extend it changes nobody else's; decimals are text and keep their scale."""
    mine = CODEC.extended(events=[Rated])
    event = Rated(rate=rate, is_final=is_final, price=Money(5, "USD"))
    content = mine.encode(event)

    assert mine.decode_event(content) == event
    assert json.loads(content)["rate"] == f"{rate:f}"
    with pytest.raises(UnknownKind):
        CODEC.encode(event)
    with pytest.raises(UnknownKind):
        CODEC.decode_event(content)
    with pytest.raises(InvalidValue):
        mine.extended(events=[Rated])


HASHED = """
import hashlib, sys
from tests.codec.journal import read
from unicommerce.codec import Codec, canonical
from unicommerce.ledger import Ledger, Recorded
journal = [Recorded(*pair) for pair in enumerate(read(), start=1)]
content = b"".join([canonical(entry) for _, entry in journal]) + Codec().encode(Ledger.replay(journal).snapshot())
sys.stdout.write(hashlib.sha256(content).hexdigest())
"""


def test_the_seed_of_hashes_changes_no_byte() -> None:
    """The order of a set or a dictionary never gets into a record."""
    path = os.pathsep.join([str(ROOT), str(ROOT / "src")])
    digests = {
        subprocess.run(  # noqa: S603 - this very interpreter
            [sys.executable, "-c", HASHED],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": path},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("0", "1", "4242")
    }

    assert len(digests) == 1
