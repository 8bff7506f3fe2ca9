"""Law: an accepted decision's guards hold on the state it saw, and on the state after recording."""

from hypothesis import given

from tests.laws.world import Distant, Law, Program, World, balances, programs
from unicommerce.ledger import Between, Entry, Guard, Ledger, Memory, Recorded, Supposed, Unchanged


def holds(guard: Guard, ledger: Ledger) -> bool:
    """Tell whether a guard holds on what is on record."""
    if isinstance(guard, Unchanged):
        document = ledger.document(guard.key)
        return guard.revision == (document.revision if document else 0)
    held = ledger.balance(guard.unit, guard.accounts)
    return (guard.least is None or held >= guard.least) and (guard.most is None or held <= guard.most)


def check_append(ledger: Ledger, entry: Entry, guards: tuple[Guard, ...]) -> Recorded | None:
    """Append, and raise where a guard does not hold before, on the state supposed, or after."""
    supposed = Supposed(ledger, entry.events)
    unchanged = [guard for guard in guards if isinstance(guard, Unchanged)]
    between = [guard for guard in guards if isinstance(guard, Between)]
    assert all(holds(guard, ledger) for guard in unchanged), entry.id
    expected = {guard: supposed.balance(guard.unit, guard.accounts) for guard in between}
    assert all(guard.admits(held) for guard, held in expected.items()), entry.id
    recorded = ledger.append(entry, guards)
    assert recorded is not None, entry.id
    assert recorded.entry is entry, entry.id
    assert {guard: ledger.balance(guard.unit, guard.accounts) for guard in between} == expected
    assert all(holds(guard, ledger) for guard in between), entry.id
    return recorded


class Strict(Memory):
    """A store that nobody else writes to, so that every guard must hold."""

    __slots__ = ()

    async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:
        """Append what is new under guards that hold."""
        if self.ledger.entry(entry.id) is not None:
            return self.ledger.append(entry, guards)
        return check_append(self.ledger, entry, guards)


class StrictAndDistant(Strict, Distant):
    """The same, read through notes."""

    __slots__ = ()


def guards_hold(program: Program) -> None:
    """Raise where a decision is accepted under guards that its own state breaks, or the two ways of asking differ."""
    near, far = World(store=Strict()), World(store=StrictAndDistant())
    for step in program:
        near.do(step)
        far.do(step)
    assert [answer for _, answer in near.asked] == [answer for _, answer in far.asked]
    assert balances(near.ledger.snapshot()) == balances(far.ledger.snapshot())


LAW = Law("an accepted decision's guards hold", programs(), guards_hold)


@given(LAW.cases)
def test_what_is_accepted_holds_on_what_was_seen_and_on_what_follows(program: Program) -> None:
    """Without anybody else no guard fails, and it does not matter whether the state is near or read through notes."""
    LAW.check(program)
