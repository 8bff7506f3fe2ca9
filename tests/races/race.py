"""One race, for every store: nine who ask at once for the last pieces, half at the pool and half at its nodes.

Some give back what they got, or some of it, and four send what another sends too. Whoever runs them may interleave them
as he likes; `verdict` says what is wrong in the end, and nothing is wrong whatever the order was.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from unicommerce.catalog import Catalog, Network, Node, Pool
from unicommerce.commerce import AsyncCommerce
from unicommerce.inventory import Claimed, Released, goods, received, release, reserve, sellable_accounts
from unicommerce.ledger import Accepted, Ledger, Recorded, Store
from unicommerce.values import Position

RACERS = 9
NODES = ("dc", "north")
HOME = Position(0, 0)
NETWORK = Network(
    nodes=tuple([Node(id=id, position=HOME, rank=rank) for rank, id in enumerate(NODES)]),
    pools=(Pool(id="web", nodes=NODES), Pool(id="club", nodes=("north",))),
)
CATALOG = Catalog(network=NETWORK)
PLACES = ("pool:web", "dc", "pool:web", "north", "pool:club")


class Answer(NamedTuple):
    """What somebody was told about a claim: the events that gave it, as text, or nothing where he was refused."""

    claim: str
    given: str


async def stock(shop: AsyncCommerce, pieces: Sequence[int]) -> None:
    """Put so many pieces on the shelf of each node."""
    for node, quantity in zip(NODES, pieces, strict=True):
        await shop.tell(received(f"for {node}", node=node, quantities={"MUG": quantity}), now=0)


async def race(store: Store, racer: int, *, rounds: int) -> list[Answer]:
    """Ask for pieces, one or two at a time; every third gives back, every other one all of it or a piece."""
    shop = AsyncCommerce(CATALOG, store=store)
    answers = []
    for number in range(rounds):
        turn = racer + number
        owner = racer - racer % 2 if racer < 4 else racer  # 0 and 1, and 2 and 3, send the same requests
        claim = f"{owner}/{number}"
        quantities = {"MUG": 1 + (owner + number) % 2}
        place = PLACES[(owner + number) % len(PLACES)]
        decision = await shop.ask(reserve(claim, place=place, quantities=quantities), now=1)
        answers.append(Answer(claim, repr(decision.events) if isinstance(decision, Accepted) else ""))
        if isinstance(decision, Accepted) and turn % 3 == 0:
            part = {"MUG": 1} if turn % 2 else None
            await shop.ask(release(claim, quantities=part, id=f"back{turn}"), now=1)
    return answers


def verdict(journal: Iterable[Recorded], answers: Iterable[Answer], pieces: int) -> Iterator[str]:
    """Yield what is wrong with how a race went."""
    journal = tuple(journal)
    limits = dict.fromkeys(places for limits in NETWORK.limits.values() for places in limits)
    unit, ledger = goods("MUG"), Ledger()
    for position, entry in journal:
        ledger.append(entry)
        for places in limits:
            if (held := ledger.balance(unit, sellable_accounts(places))) < 0:
                yield f"after {position} {places} hold {held}: oversold"
    events = [event for _, entry in journal for event in entry.events]
    claimed = sum([q for event in events if isinstance(event, Claimed) for _, _, q, *_ in event.lines])
    returned = sum([q for event in events if isinstance(event, Released) for _, _, q, *_ in event.lines])
    left = ledger.balance(unit, sellable_accounts((*NODES, "pool:web", "pool:club")))
    if claimed - returned + left != pieces:
        yield f"{claimed} claimed, {returned} given back and {left} left are not {pieces}"
    accepted = {answer for answer in answers if answer.given}
    recorded = {
        Answer(event.claim.id, repr((event,))) for event in events if isinstance(event, Claimed) and event.claim
    }
    if accepted != recorded:
        yield f"{sorted(accepted ^ recorded)} were answered in two ways"
    if len({entry.id for _, entry in journal}) < len(journal):
        yield "an id is on record twice"
