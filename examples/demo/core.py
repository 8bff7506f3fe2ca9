"""The host: it wires the library to the systems around it, and is all that a retailer writes.

What comes in is told or asked, and answered (`intake`); what follows from what is on record is the table of `wiring`
(`reactions`); what time alone brings about is `due`. Its own file holds progress and indexes.
"""

from pathlib import Path

from unicommerce import Commerce
from unicommerce.ledger import Store

from .data import World
from .due import ask_what_is_due, is_anything_to_come
from .intake import Intake
from .master import catalog
from .reactions import Reactions, Systems
from .returns_desk import ReturnsDesk
from .service import ServiceDesk
from .wire import open_file
from .wiring import Followers

OURS = ("wms", "carrier", "counter", "market", "desk", "papers", "finance")
"""The systems that are served at once; the ERP is served when it can."""


class Core:
    """The record of every piece, and what follows from it."""

    def __init__(self, store: Store, folder: Path, world: World, systems: Systems) -> None:
        self._world = world
        self._catalogs = (catalog(world, 0), catalog(world, 1))
        self.shop = Commerce(self._catalogs[0], store=store)
        self.file = open_file(folder / "core.sqlite", "")
        self.desk = ReturnsDesk(self.shop, self.file, systems.warehouse)
        self.service = ServiceDesk(self.shop, self.file)
        self.intake = Intake(self.shop, self.file, self.desk, self.service)
        self._reactions = Reactions(
            self.shop, self.file, world, catalogs=self._catalogs, systems=systems, service=self.service
        )
        self._followers = Followers(store, self.file, self._reactions.sends)
        self._week = 0

    def close(self) -> None:
        """Close the file."""
        self.file.close()

    def costs_of(self, now: int) -> None:
        """Take over the purchase costs of the week."""
        week = int(now >= self._world.middle)
        if week != self._week:
            self._week = week
            self.shop.revise(self._catalogs[week], now=now)

    def react(self, now: int) -> None:
        """Serve all systems that answer at once, until nothing more follows."""
        while sum([self._followers.serve(system, now) for system in OURS]):
            pass

    def due(self, now: int) -> None:
        """Ask for what is due by now."""
        ask_what_is_due(self.shop, now)

    def retry(self, now: int) -> None:
        """Ask again for the pieces that wait for a node."""
        self._reactions.retry(now)

    def tell_erp(self, now: int, limit: int) -> None:
        """Send the ERP so many entries at the most, in their order."""
        self._followers.serve("erp", now, limit)

    @property
    def backlog(self) -> int:
        """Return how many entries the ERP has not heard of; finance is owed the same ones, and is never behind."""
        return self._followers.taken("finance") - self._followers.delivered("erp")

    @property
    def position(self) -> int:
        """Return the position of the last entry that was reacted to."""
        return self._followers.position("finance")

    @property
    def is_quiet(self) -> bool:
        """Tell whether nothing is to come by itself."""
        return self.desk.is_quiet and not self.backlog and not is_anything_to_come(self.shop)
