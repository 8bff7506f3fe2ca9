"""The chain over canonical bytes finds a record that was flipped, lost, repeated or moved."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from tests.codec.journal import lines
from unicommerce.ledger import Seal, breach, seal

LINES = lines()


def seals(cuts: Sequence[int]) -> list[Seal]:
    """Return the chain at some positions and at the end, each sealed on from the last."""
    found, last = [], Seal()
    for cut in (*sorted(set(cuts)), len(LINES)):
        last = seal(last, LINES[last.position : cut])
        found.append(last)
    return found


CUTS = st.lists(st.integers(1, len(LINES) - 1), max_size=4)


@given(CUTS)
def test_a_journal_bears_out_its_seals(cuts: list[int]) -> None:
    """However it was sealed, in stretches of any length, the end is the same."""
    assert breach(seals(cuts), LINES) is None
    assert seals(cuts)[-1] == seal(Seal(), LINES)


@given(CUTS, st.integers(0, len(LINES) - 2), st.data())
def test_what_was_done_to_a_record_is_found(cuts: list[int], at: int, data: st.DataObject) -> None:
    """The seal that is named is the first that covers the harm; those before it hold."""
    position = data.draw(st.integers(0, len(LINES[at]) - 1))
    flipped = bytearray(LINES[at])
    flipped[position] ^= 1 << data.draw(st.integers(0, 7))
    first, second = (next(each for each in seals(cuts) if each.position > after) for after in (at, at + 1))

    assert breach(seals(cuts), (*LINES[:at], bytes(flipped), *LINES[at + 1 :])) == first
    assert breach(seals(cuts), (*LINES[:at], *LINES[at + 1 :])) == first
    assert breach(seals(cuts), (*LINES[: at + 1], *LINES[at:])) == second
    assert breach(seals(cuts), (*LINES[:at], LINES[at + 1], LINES[at], *LINES[at + 2 :])) == first
