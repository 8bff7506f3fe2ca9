"""A channel whose lots must last is never promised what only shorter lots could give, whoever claims in which order."""

from hypothesis import given
from hypothesis import strategies as st

from tests.laws.world import NOW, World
from tests.lots.shop import CATALOG, TODAY
from unicommerce.inventory import hold, reserve
from unicommerce.ledger import Accepted, Refused
from unicommerce.lots import BatchReceived, received_lots

BATCHES = st.tuples(st.sampled_from(["dc", "far"]), st.integers(0, 8), st.integers(1, 4))
CLAIMS = st.tuples(st.sampled_from(["dc", "far", "pool:web"]), st.sampled_from(["", "long"]), st.integers(1, 4))


def _flow(claims: list[tuple[str, str, int]], stock: dict[tuple[str, bool], int]) -> int:
    """Return how many claimed pieces can be served at once, one piece at a time (augmenting paths)."""
    wants = [(place, channel) for place, channel, quantity in claims for _ in range(quantity)]
    pieces = [kind for kind, quantity in stock.items() for _ in range(quantity)]
    owner: dict[int, int] = {}

    def serve(want: int, seen: set[int]) -> bool:
        place, channel = wants[want]
        for i, (node, is_long) in enumerate(pieces):
            if i not in seen and place in (node, "pool:web") and (is_long or not channel):
                seen.add(i)
                if i not in owner or serve(owner[i], seen):
                    owner[i] = want
                    return True
        return False

    return sum(serve(want, set()) for want in range(len(wants)))


@given(st.lists(BATCHES, max_size=6), st.lists(CLAIMS, max_size=8))
def test_what_was_promised_can_be_served(
    batches: list[tuple[str, int, int]], claims: list[tuple[str, str, int]]
) -> None:
    """All accepted claims together have an assignment to pieces of lots that last long enough."""
    world, stock = World(CATALOG, stock=0), dict[tuple[str, bool], int]()
    for i, (node, life, quantity) in enumerate(batches):
        zone_day = TODAY + life
        world.tell(received_lots(f"r{i}", node=node, batches=[BatchReceived("MILK", quantity, f"L{i}", zone_day)]))
        stock[node, life >= 5] = stock.get((node, life >= 5), 0) + quantity
    taken = []
    for i, (place, channel, quantity) in enumerate(claims):
        answer = world.ask(reserve(f"c{i}", place=place, quantities={"MILK": quantity}, channel=channel))
        if isinstance(answer, Accepted):
            taken.append((place, channel, quantity))
        if channel and place == "pool:web":
            assert isinstance(answer, Refused)
    assert _flow(taken, stock) == sum(quantity for *_, quantity in taken)
    assert world.now == NOW


def test_a_basket_of_short_lots_does_not_become_a_claim_of_long_ones() -> None:
    """What is drawn on was claimed before, but not of lots that last: it is looked at again."""
    world = World(CATALOG, stock=0)
    world.tell(received_lots("r", node="dc", batches=[BatchReceived("MILK", 5, "L", TODAY + 1)]))
    assert isinstance(world.ask(hold("h", place="dc", quantities={"MILK": 5})), Accepted)

    answer = world.ask(reserve("c", place="dc", quantities={"MILK": 5}, channel="long", own="h"))

    assert isinstance(answer, Refused)
