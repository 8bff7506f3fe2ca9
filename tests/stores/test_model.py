"""Whatever a retailer does, a database answers and records what the ledger in memory does."""

import pytest
from hypothesis import given

from tests.laws.world import CATALOG, Distant, Program, World, programs
from tests.stores.shelves import SHELVES
from unicommerce.ledger import Entry, Found, Guard, Ledger, Recorded, Wanted
from unicommerce.testing import Handle
from unicommerce.testing.subject import added_up


class Twin(Distant):
    """The store in memory that asks a second one all that it is asked itself, and minds a difference."""

    __slots__ = ("other",)

    def __init__(self, other: Handle) -> None:
        super().__init__()
        self.other = other

    async def read(self, wanted: Wanted) -> Found:
        """Read both."""
        wanted = wanted._replace(parts=[*wanted.parts], moved=[*wanted.moved])
        found, other = await super().read(wanted), self.other.do(self.other.store.read(wanted))
        assert found == other
        return other

    async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:
        """Append to both."""
        recorded, other = await super().append(entry, guards), self.other.do(self.other.store.append(entry, guards))
        assert recorded == other
        return recorded


@pytest.mark.parametrize("name", ["sqlite", "postgres"])
@given(program=programs())
def test_a_retailers_day_on_a_database(name: str, program: Program) -> None:
    """Orders, shipments, returns, counts and postings: every reading and every recording is the same."""
    with SHELVES[name](":memory:") as shelf:
        twin = Twin(shelf)
        world = World(CATALOG, store=twin).run(program)
        journal = shelf.do(shelf.store.since(0, 1_000_000))

        assert journal == world.journal()
        assert added_up(Ledger.replay(journal).snapshot()) == shelf.everything()
