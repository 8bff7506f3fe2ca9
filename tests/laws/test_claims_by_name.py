"""Law: a claim of named lots is accepted if and only if its lots are there, beside those that others have.

The reference knows how many pieces of each lot there are and who has which, and no account. A hold whose time is over
has nothing, whether or not anybody has looked; what the holder has himself is there for him.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from tests.laws.world import Law
from tests.lots.shop import shop
from unicommerce.inventory import GoodsState, LotPieces, confirm, expire, extend, goods, release
from unicommerce.ledger import Accepted, Account, Request
from unicommerce.lots import BatchReceived, claim_lots, hold_lots, received_lots

THERE = {"L1": 2, "L2": 3}
FOREVER = 10**15


class Step(NamedTuple):
    """What is asked, of how many pieces of each lot, and of which claim that was made before; then time goes by."""

    what: str
    pieces: tuple[int, int]
    which: int
    lasts_ms: int
    waits_ms: int


STEPS = st.builds(
    Step,
    st.sampled_from(("claim", "hold", "hold", "hold", "confirm", "release", "expire", "extend")),
    st.sampled_from([(1, 0), (0, 1), (2, 0), (0, 3), (1, 2), (2, 3)]),
    st.integers(-3, 3),
    st.integers(1, 3),
    st.integers(0, 2),
)


class Has(NamedTuple):
    """What a claim has, by lot, and until when."""

    pieces: dict[str, int]
    until: int


class Shelf:
    """A shop with two lots of milk, and beside it who has what of them."""

    def __init__(self) -> None:
        self.world = shop()
        batches = [BatchReceived("MILK", quantity, lot) for lot, quantity in THERE.items()]
        self.world.tell(received_lots("r", node="dc", batches=batches))
        self.claims: dict[str, Has] = {}

    def running(self) -> dict[str, Has]:
        """Return the claims that have something."""
        return {id: has for id, has in self.claims.items() if has.until > self.world.now and any(has.pieces.values())}

    def claim(self, id: str, step: Step, own: str) -> None:
        """Claim lots by name, drawing on a claim of one's own."""
        pieces = {lot: q for lot, q in zip(THERE, step.pieces, strict=True) if q}
        lots, until = [LotPieces("MILK", q, lot) for lot, q in pieces.items()], self.world.now + step.lasts_ms
        running = self.running()
        others = [has.pieces for other, has in running.items() if other != own]
        is_there = all(q <= THERE[lot] - sum([has.get(lot, 0) for has in others]) for lot, q in pieces.items())
        firm = claim_lots(id, node="dc", lots=lots, own=own)
        soft = hold_lots(id, node="dc", lots=lots, until=until, own=own)
        answer = self.world.ask(firm if step.what == "claim" else soft)
        assert isinstance(answer, Accepted) == is_there, (step, running, answer)
        if is_there:
            if own in running:
                self.claims[own] = Has({}, self.claims[own].until)
            self.claims[id] = Has(pieces, FOREVER if step.what == "claim" else until)

    def ask(self, id: str, step: Step, which: str) -> None:
        """Ask something of a claim."""
        has, is_running = self.claims[which], which in self.running()
        is_soft, longer = is_running and has.until != FOREVER, has.until + step.lasts_ms
        requests: Mapping[str, Request[object]] = {
            "confirm": confirm(which, id=id),
            "extend": extend(which, id=id, until=min(longer, FOREVER)),
            "release": release(which, id=id),
            "expire": expire(which),
        }
        answer = self.world.ask(requests[step.what])
        is_yes = isinstance(answer, Accepted)
        least, most, becomes = {
            "confirm": (is_soft, is_soft, Has(has.pieces, FOREVER)),
            "extend": (False, is_soft, Has(has.pieces, longer)),
            "release": (is_running, True, Has({}, has.until)),
            "expire": (has.until <= self.world.now, not is_running, has),
        }[step.what]
        assert least <= is_yes <= most, (step, has, answer)
        self.claims[which] = becomes if is_yes else has

    def check(self) -> None:
        """Raise where a claim that runs has not what it was given."""
        states = (GoodsState.HELD, GoodsState.RESERVED)
        for id, has in self.claims.items():
            at = [Account("dc", state, f"claim:{id}") for state in states]
            held = self.world.ledger.balance(goods("MILK"), at)
            assert has.until <= self.world.now or held == sum(has.pieces.values()), (id, has, held)


def named_lots_are_there(program: Sequence[Step]) -> None:
    """Raise where an answer is another than the reference gives, or a claim has not what it was given."""
    shelf = Shelf()
    for number, step in enumerate(program):
        which = list(shelf.claims)[step.which % len(shelf.claims)] if shelf.claims and step.which >= 0 else ""
        if step.what in ("claim", "hold"):
            shelf.claim(str(number), step, which)
        elif which:
            shelf.ask(str(number), step, which)
        shelf.check()
        shelf.world.now += step.waits_ms


PROGRAMS: st.SearchStrategy[Sequence[Step]] = st.lists(STEPS, min_size=3, max_size=12)
LAW = Law("claims by name", PROGRAMS, named_lots_are_there)


@given(LAW.cases)
def test_a_claim_by_name_is_accepted_if_and_only_if_its_lots_are_there(program: Sequence[Step]) -> None:
    """Held, firm, claimed again, prolonged, given back and over, in any order."""
    LAW.check(program)
