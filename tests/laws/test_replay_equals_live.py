"""Law: replay equals live at every prefix, and today's code computes what is stored."""

from hypothesis import given

from tests.laws.world import Album, Law, Program, World, programs
from unicommerce.ledger import Ledger


def replay_equals_live(program: Program) -> None:
    """Raise where a journal up to any position replays to another state than the one that was lived."""
    album = Album()
    journal = World(store=album).run(program).journal()
    for position, live in enumerate(album.snapshots):
        assert Ledger.replay(journal[:position]).snapshot() == live, position


def todays_code_computes_what_is_stored(program: Program) -> None:
    """Raise where an event on record says something else than was stored with it."""
    for _, entry in World().run(program).journal():
        assert entry.movements == tuple(move for event in entry.events for move in event.movements()), entry.id
        assert entry.documents == tuple(new for event in entry.events for new in event.documents()), entry.id


LAW = Law("replay equals live at every prefix", programs(), replay_equals_live)
STORED_LAW = Law("today's code computes what is stored", programs(), todays_code_computes_what_is_stored)


@given(LAW.cases)
def test_a_journal_replays_to_the_state_that_was_lived_at_every_position(program: Program) -> None:
    """What was stored is applied, guards and decisions play no part, and the state is the same at each position."""
    LAW.check(program)


@given(STORED_LAW.cases)
def test_todays_code_computes_what_is_stored(program: Program) -> None:
    """An event's movements and documents are a pure function of the event."""
    STORED_LAW.check(program)
