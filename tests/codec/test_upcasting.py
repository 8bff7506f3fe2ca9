"""Older kinds become newer ones by pure functions over plain data, one after the other, wherever they stand."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.codec.instances import PLAIN
from tests.codec.test_hostile import entry
from unicommerce.codec import Codec, Plain
from unicommerce.errors import InvalidValue, UnicommerceError, UnknownKind
from unicommerce.inventory import Claim, Received


def named_receipt(plain: Plain) -> Plain:
    """Turn the first form, which did not name its receipt, into the second."""
    return plain | {"kind": "inventory.got.2", "receipt": f"{plain['node']}/unnamed"}


def of_lines(plain: Plain) -> Plain:
    """Turn the second form, one SKU at a time, into the one of today."""
    rest = {name: value for name, value in plain.items() if name not in ("sku", "quantity")}
    return rest | {"kind": "inventory.received", "lines": [[plain["sku"], plain["quantity"]]]}


def claimed_forever(plain: Plain) -> Plain:
    """Turn a claim of old, which had no state, into a firm one."""
    return plain | {"kind": "inventory.claim", "state": "reserved"}


CODEC = Codec().extended(
    upcasters={"inventory.got": named_receipt, "inventory.got.2": of_lines, "inventory.basket": claimed_forever}
)
GOT: Plain = {"kind": "inventory.got", "node": "dc", "sku": "MUG", "quantity": 5}
BASKET: Plain = {"kind": "inventory.basket", "id": "b1", "place": "dc", "skus": ["MUG"]}


def test_older_kinds_become_newer_ones() -> None:
    """Through every step in between, in an event's place, in a document's, inside an event and in what was asked."""
    claimed = {"kind": "inventory.claimed", "place": "dc", "state": "reserved", "lines": [], "claim": BASKET}
    plain = entry(events=[GOT, claimed], documents=[BASKET], asked=[["was", GOT]])
    claim = Claim(id="b1", place="dc", state="reserved", skus=("MUG",))
    event = Received(receipt="dc/unnamed", node="dc", lines=(("MUG", 5),))

    read = CODEC.decode(json.dumps(plain).encode())

    assert read.events[0] == event
    assert read.events[1].documents() == (claim,)
    assert (read.documents, read.asked) == ((claim,), (("was", event),))
    assert CODEC.decode(CODEC.encode(read)) == read


def test_without_its_upcaster_an_older_kind_is_unknown() -> None:
    """Nothing is guessed."""
    with pytest.raises(UnknownKind):
        Codec().decode_event(json.dumps(GOT).encode())


def test_what_an_upcaster_stumbles_on_is_named() -> None:
    """An older record may be broken too."""
    broken = {name: value for name, value in GOT.items() if name != "sku"}
    with pytest.raises(InvalidValue) as caught:
        CODEC.decode(json.dumps(entry(events=[GOT, broken])).encode())

    assert caught.value.field == "events[1]"


def test_upcasters_that_turn_in_a_circle_come_to_an_end() -> None:
    """A table that never arrives is an error, not a program that hangs."""
    codec = Codec(upcasters={"a": lambda plain: plain | {"kind": "b"}, "b": lambda plain: plain | {"kind": "a"}})

    with pytest.raises(InvalidValue) as caught:
        codec.decode_event(b'{"kind": "a"}')

    assert caught.value.field == "kind"


def test_a_kind_has_one_meaning() -> None:
    """A kind is a class or an older name, not both."""
    with pytest.raises(InvalidValue):
        Codec(upcasters={"inventory.received": of_lines})
    with pytest.raises(InvalidValue):
        CODEC.extended(upcasters={"inventory.got": of_lines})
    with pytest.raises(InvalidValue):
        CODEC.extended(documents={"inventory.received": Claim})


@given(st.sampled_from([GOT, BASKET]), st.sampled_from(["node", "sku", "quantity", "id", "skus"]), PLAIN)
def test_any_change_of_an_older_record(plain: Plain, name: str, value: object) -> None:
    """Read or refused by a named error, as records of today are."""
    content = json.dumps(plain | {name: value}).encode()
    for read in (CODEC.decode_event, CODEC.decode_document):
        try:
            read(content)
        except UnicommerceError as error:
            assert isinstance(error, InvalidValue | UnknownKind)  # noqa: PT017 - either it is read, or one of these
