"""One message of a system that follows the journal, where a hundred wait for it and where a million do."""

from unicommerce.delivery import Delivered, Follower, LaneProgress, Letter, Progress, Reaction, by_entry, turn
from unicommerce.inventory import Received
from unicommerce.ledger import Memory, record
from unicommerce.ledger import run as drive

from .timing import Row, ratios, rounds

__all__ = ["run"]

TABLE = (Reaction("erp", "receipt", ("inventory.received",), by_entry),)
LETTERS = 5_000


class Behind:
    """A system that so many entries of a journal wait for."""

    def __init__(self, store: Memory, entries: int, waiting: int) -> None:
        self._store = store
        self._progress = Progress(system="erp", lanes=(LaneProgress(lane="normal", position=entries - waiting),))

    def deliver(self) -> int:
        """Deliver letters; who has nothing left to deliver goes back to where it was."""
        sent = 0
        while sent < LETTERS:
            follower = Follower("erp", TABLE, progress=self._progress)
            while sent < LETTERS and (more := drive(turn(self._store, follower, _send, now=0))):
                sent += more
        return sent


async def _send(_letter: Letter) -> Delivered:
    return Delivered()


def run(*, few: int = 100, many: int = 1_000_000, count: int = 9) -> list[Row]:
    """Return how much dearer a message is with so many more behind it."""
    store, events = Memory(), (Received(receipt="r", node="dc", lines=(("MUG", 1),)),)
    for number in range(many):
        drive(store.append(record(f"e{number}", events, now=0)))
    cases = {size: Behind(store, many, size).deliver for size in (few, many)}
    taken = rounds({str(size): case for size, case in cases.items()}, count=count)
    name = f"a message delivered, {many:,} waiting"
    return [ratios(name, f"{few:,} waiting", taken[str(many)], taken[str(few)], ceiling=1.5)]
