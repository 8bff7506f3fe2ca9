"""A journal that any earlier version wrote is read for ever, to the state that it left then."""

import json

import attrs
import pytest

from tests.codec.journal import FOLDER, lines, read, versions, write
from unicommerce.codec import DOCUMENTS, EVENTS, REASONS, Codec, canonical, drift
from unicommerce.ledger import Ledger, Recorded, Snapshot

VERSIONS = versions()
BEFORE_PILES = ("0.1", "0.2")


@pytest.mark.parametrize("version", VERSIONS)
def test_the_journal_of_a_version_is_read_to_the_state_that_it_left(version: str) -> None:
    """Replay of what was stored then gives the state that was stored then; what was added since is at its default."""
    ledger = Ledger.replay(Recorded(*pair) for pair in enumerate(read(version), start=1))
    state = Codec().decode_snapshot((FOLDER / f"state-{version}.json").read_bytes().strip())
    replayed = ledger.snapshot() if version not in BEFORE_PILES else without_piles(ledger.snapshot())

    assert Codec().encode(replayed) == Codec().encode(state)


def without_piles(snapshot: Snapshot) -> Snapshot:
    """Leave out what moved to piles that are counted apart, and away: it is noted beside all else."""
    moves = {
        unit: tuple([each for each in rows if not each[1].startswith(("damaged:", "quarantine:"))])
        for unit, rows in snapshot.moves.items()
    }
    return attrs.evolve(snapshot, moves={unit: rows for unit, rows in moves.items() if rows})


@pytest.mark.parametrize("version", VERSIONS)
def test_the_journal_of_a_version_means_today_what_it_meant(version: str) -> None:
    """No kind has changed its meaning: what the events of then move today is what they moved."""
    assert [drift(entry) for entry in read(version)] == [None] * len(lines(version))


@pytest.mark.parametrize("version", VERSIONS)
def test_the_reason_codes_of_a_version_are_known(version: str) -> None:
    """A reason code is never taken back."""
    codes = json.loads((FOLDER / f"reasons-{version}.json").read_text("utf-8"))

    assert set(codes) <= {code.value for table in REASONS for code in table}


def test_the_newest_journal_is_written_as_it_was() -> None:
    """The bytes are canonical today as well: nothing was added, reordered or spelled otherwise."""
    assert [canonical(entry) for entry in read(VERSIONS[-1])] == list(lines(VERSIONS[-1]))


def test_every_kind_is_in_some_journal() -> None:
    """A kind without golden bytes is not yet promised: write the journal of the next version with it."""
    written = {
        each["kind"]
        for version in VERSIONS
        for line in lines(version)
        for each in (*json.loads(line)["events"], *json.loads(line)["documents"])
    }

    assert written == {*EVENTS, *DOCUMENTS}


def test_a_golden_journal_is_written_once() -> None:
    """What was promised is not written over."""
    with pytest.raises(FileExistsError):
        write(VERSIONS[-1])
