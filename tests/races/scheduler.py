"""The store that reads, decides and then writes, under the scheduler of the contract kit."""

from unicommerce.ledger import Between, Entry, Guard, Ledger, Recorded, Supposed
from unicommerce.testing import Turn, Waiting, run_interleaved

__all__ = ["Naive", "Turn", "Waiting", "run_interleaved"]


class Naive(Waiting):
    """The store that reads, decides, and then writes: each in one step, but not both in the same."""

    async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:
        """Append where the guards held a turn ago."""
        sums = [guard for guard in guards if isinstance(guard, Between)]
        after = Supposed(Ledger.replay(await self.since(0, 10**6)), entry.events)
        if not all(guard.admits(after.balance(guard.unit, guard.accounts)) for guard in sums):
            return None
        await Turn()
        return await self.store.append(entry)
