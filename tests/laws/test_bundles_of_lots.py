"""Law: bundles of lots lose no piece, last no longer than what is in them, and are found by what is in them.

The reference knows how many bottles of each lot stand on the shelf and are in each lot of hampers, and no account.
"""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from tests.bundles.calls import GROCER
from tests.laws.invariants import check_conservation, check_parts_are_counted
from tests.laws.world import Law, World
from tests.lots.shop import TODAY
from unicommerce.bundles import MadeOf, assemble, disassemble, made_of
from unicommerce.inventory import LotPieces, goods, received, sellable
from unicommerce.ledger import Accepted, Account
from unicommerce.lots import BatchReceived, recalled, received_lots, trace

EXPIRES = {"L1": TODAY + 5, "L2": TODAY + 3, "L3": TODAY + 5}
HAMPERS = ("B1", "B2")


class Step(NamedTuple):
    """What is done: with how many hampers of which lot, and which lot of milk is named, if any."""

    what: str
    hamper: str
    quantity: int
    lot: str


STEPS = st.builds(
    Step,
    st.sampled_from(("receive", "make", "make", "make", "take apart", "take apart", "recall", "recall")),
    st.sampled_from(HAMPERS),
    st.integers(1, 2),
    st.sampled_from(("", "", *EXPIRES)),
)


class Larder:
    """A shop with milk of three lots, and beside it where each bottle is."""

    def __init__(self) -> None:
        self.world = World(GROCER, stock=0)
        self.came, self.shelf, self.apart = Counter[str](), Counter[str](), Counter[str]()
        self.inside = {hamper: Counter[str]() for hamper in HAMPERS}
        self.hampers, self.ends = Counter[str](), dict[str, int]()
        self.recalled: set[str] = set()
        self.world.tell(received("mugs", node="dc", quantities={"MUG": 99}))
        for lot in EXPIRES:
            self.receive(lot, 3)

    def receive(self, lot: str, quantity: int) -> None:
        """Take bottles in."""
        batch = BatchReceived("MILK", quantity, lot, EXPIRES[lot])
        self.world.tell(received_lots(self.world.next_id("r"), node="dc", batches=[batch]))
        self.came[lot] += quantity
        (self.apart if lot in self.recalled else self.shelf)[lot] += quantity

    def _some(self, there: Counter[str], order: Sequence[str], needed: int, named: Counter[str]) -> Counter[str]:
        """Return the bottles that are named, then those that come first."""
        some = Counter(named)
        for lot in order:
            some[lot] += max(min(there[lot] - some[lot], needed - some.total()), 0)
        return +some

    def make(self, step: Step) -> None:
        """Make hampers of two bottles each."""
        named = Counter({step.lot: step.quantity}) if step.lot else Counter[str]()
        fit = Counter({lot: held for lot, held in self.shelf.items() if lot not in self.recalled})
        some = self._some(fit, sorted(EXPIRES, key=lambda lot: (EXPIRES[lot], lot)), 2 * step.quantity, named)
        ends = min([EXPIRES[lot] for lot in some], default=0)
        is_there = some <= fit and some.total() == 2 * step.quantity and ends >= self.ends.get(step.hamper, 0)
        lots = [LotPieces("MILK", quantity, lot) for lot, quantity in named.items()]
        answer = self.world.ask(
            assemble(
                self.world.next_id("a"),
                node="dc",
                bundle="HAMPER",
                quantity=step.quantity,
                lot=step.hamper,
                lots=lots,
            )
        )
        assert isinstance(answer, Accepted) == is_there, (step, self.shelf, answer)
        if is_there:
            self.shelf -= some
            self.inside[step.hamper] += some
            self.hampers[step.hamper] += step.quantity
            self.ends.setdefault(step.hamper, ends)

    def take_apart(self, step: Step) -> None:
        """Take hampers apart."""
        inside = self.inside[step.hamper]
        named = Counter({step.lot: step.quantity}) if step.lot else Counter[str]()
        some = self._some(inside, sorted(EXPIRES), 2 * step.quantity, named)
        is_there = self.hampers[step.hamper] >= step.quantity and some <= inside
        lots = [LotPieces("MILK", quantity, lot) for lot, quantity in named.items()]
        answer = self.world.ask(
            disassemble(
                self.world.next_id("d"),
                node="dc",
                bundle="HAMPER",
                quantity=step.quantity,
                lot=step.hamper,
                lots=lots,
            )
        )
        assert isinstance(answer, Accepted) == is_there, (step, inside, answer)
        if is_there:
            self.inside[step.hamper] = inside - some
            self.hampers[step.hamper] -= step.quantity
            for lot, quantity in some.items():
                (self.apart if lot in self.recalled else self.shelf)[lot] += quantity

    def recall(self, lot: str) -> None:
        """Something is wrong with a lot."""
        self.world.tell(recalled("MILK", lot, reason="glass", id=self.world.next_id("x")))
        self.recalled.add(lot)

    def check(self) -> None:
        """Raise where a bottle is not where it is."""
        ledger = self.world.ledger
        for lot in EXPIRES:
            seen = self.world.shop.see(trace("MILK", lot))
            at = [
                ledger.balance(goods("MILK"), (Account("dc", where, lot=lot),)) for where in ("sellable", "quarantine")
            ]
            assert at == [self.shelf[lot], self.apart[lot]], (lot, at)
            assert (seen.came, seen.under_way) == (self.came[lot], 0), (lot, seen)
            inside = [MadeOf("HAMPER", b, self.inside[b][lot]) for b in HAMPERS if self.inside[b][lot]]
            assert self.world.shop.see(made_of("MILK", lot)) == tuple(inside), lot
        for hamper in HAMPERS:
            held = ledger.balance(goods("HAMPER"), (sellable("dc")._replace(lot=hamper),))
            assert held == self.hampers[hamper]
        check_conservation(ledger)
        check_parts_are_counted(ledger)


def bundles_of_lots_are_found(program: Sequence[Step]) -> None:
    """Raise where the ledger and the reference differ."""
    larder = Larder()
    for step in program:
        if step.what == "make":
            larder.make(step)
        elif step.what == "take apart":
            larder.take_apart(step)
        elif step.lot and step.what == "receive":
            larder.receive(step.lot, step.quantity)
        elif step.lot:
            larder.recall(step.lot)
        larder.check()


PROGRAMS: st.SearchStrategy[Sequence[Step]] = st.lists(STEPS, min_size=4, max_size=10)
LAW = Law("bundles of lots", PROGRAMS, bundles_of_lots_are_found)


@given(LAW.cases)
def test_bundles_of_lots_are_found_by_what_is_in_them(program: Sequence[Step]) -> None:
    """Made, taken apart and recalled, in any order."""
    LAW.check(program)
