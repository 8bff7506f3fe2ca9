"""Whatever a retailer does, a database answers and records what the ledger in memory does."""

from tests.laws.world import CATALOG, Distant, Program, World
from unicommerce.inventory import goods
from unicommerce.ledger import Account, Between, Entry, Found, Guard, Ledger, Recorded, Wanted, run
from unicommerce.testing import Handle
from unicommerce.testing.notes import entry
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


NODES = tuple([Account(f"n{number}", "sellable") for number in range(12)])
WIDE = (*NODES, *[Account(place, "sellable") for place in (*CATALOG.network.node_by_id, "pool:web")])
"""So many accounts that a store keeps what they hold together, and all that the retailer has is among them."""

SKUS = ("MUG", "CUP", "LID")


def live_through(program: Program, shelf: Handle) -> None:
    """Live through a retailer's days: every reading and every recording is the same, sums of all goods among them."""
    twin = Twin(shelf)
    for sku in SKUS:
        run(twin.append(entry(f"asked/{sku}"), (Between(goods(sku), WIDE, None),)))
    world = World(CATALOG, store=twin).run(program)
    journal = shelf.do(shelf.store.since(0, 1_000_000))

    assert journal == world.journal()
    assert added_up(Ledger.replay(journal).snapshot()) == shelf.everything()
