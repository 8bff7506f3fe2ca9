"""Count, regrade, reconcile: what was found is told and never refused; that the book follows it is asked for.

`reconcile` is level-triggered: it brings what is on hand to the latest count plus what has moved since, whenever it is
asked and however often, and one entry does it. So a late movement never undoes a count, and a late count never undoes
a sale: both only change what "the latest count plus what moved since" is.
"""

from collections.abc import Iterable, Iterator, Mapping

import attrs

from ..catalog import Catalog
from ..errors import InvalidValue
from ..inventory import LotPieces, first_of, goods, is_told_apart, lots_in, on_hand, on_hand_accounts
from ..ledger import (
    Accepted,
    Account,
    Between,
    Decision,
    Disagreed,
    Event,
    Fact,
    LedgerCode,
    Reason,
    ReasonCode,
    Refused,
    Request,
    State,
    Telling,
)
from ..values import by_name, identifier, pieces, positive
from .documents import CountLine, count_key
from .events import Counted, Reconciled, Regraded
from .policy import CountPolicy

__all__ = ["CountCode", "counted", "reconcile", "regraded"]


class CountCode(ReasonCode):
    """What is odd about a count, and why the book is not brought to it."""

    UNKNOWN_NODE = "counts.unknown_node", "{subject} tells of {needed}, which is not a node of the network"
    CLOCK_AHEAD = "counts.clock_ahead", "{subject} is of a moment that has not come: {needed}, and it is {found}"
    NOT_COUNTED = "counts.not_counted", "{subject} was never counted"
    TOO_FAR = "counts.too_far", "{subject}: the book has {found} {unit}, by the count it should be {needed}"
    EXCEEDS = "counts.exceeds", "{subject} takes {needed} {unit} out of a state that holds {found}"
    ASSUMED = (
        "counts.assumed",
        "{subject} names no lot of {needed} {unit}; those that expire first are taken to be they",
    )


def counted(
    count: str,
    *,
    node: str,
    quantities: Mapping[str, int],
    as_of: int,
    apart: Mapping[str, Mapping[str, int]] | None = None,
    policy: CountPolicy = CountPolicy(),
) -> Telling[Catalog]:
    """Tell what was found at a node as of a moment (ms UTC): pieces by SKU, in all states together; zero is a count.

    `apart` says, by SKU and state (damaged, quarantine), how many of these pieces stand apart. A stock file of another
    system is told in the same way, as of the moment at which that system wrote it. A count of the same moment that
    found something else is put on record as a finding; the first one stands.

    Because: `UNKNOWN_NODE`, `CLOCK_AHEAD`, `DISAGREES` (same moment, other content), `TOO_FAR` (found and needed).

    >>> counted("week-47/aisle-3", node="dc", quantities={"MUG": 7, "CUP": 0}, as_of=1).id
    'count/week-47/aisle-3'
    """
    if strange := [sku for sku in apart or {} if sku not in quantities]:
        raise InvalidValue("apart", strange, "SKUs that were counted")
    split = {sku: tuple(sorted(pieces(states, "state"))) for sku, states in (apart or {}).items()}
    found = [CountLine(identifier(sku, "sku"), quantity, split.get(sku, ())) for sku, quantity in quantities.items()]
    lines = tuple(sorted(found))
    event = Counted(count=count, node=node, as_of=as_of, lines=lines)
    id = f"count/{count}"
    told = (("node", node), ("as_of", as_of), ("lines", by_name(lines)))

    def decide(world: State, catalog: Catalog, now: int) -> tuple[Fact, ...]:
        because: list[Reason] = []
        if node not in catalog.network.node_by_id:
            because.append(Reason(CountCode.UNKNOWN_NODE, id, None, node))
        if as_of > now + policy.ahead_ms:
            because.append(Reason(CountCode.CLOCK_AHEAD, id, now, as_of))
            early = Disagreed(entry=id, field="as_of", known=f"{now}", told=f"{as_of}")
            # Not under the message's own id: once its moment has come, it can be told again.
            return (Fact(f"{id}/ahead", (early,), tuple(because)),)
        events, findings = _weighed(world, id, event, policy)
        return (Fact(id, events, (*because, *findings), told),)

    return Telling(id, as_of, decide)


def _weighed(world: State, id: str, event: Counted, policy: CountPolicy) -> tuple[tuple[Event, ...], list[Reason]]:
    """Return what a count puts on record: what it found, and where it disagrees with one of the same moment."""
    fitting: list[CountLine] = []
    because: list[Reason] = []
    disagreed: list[Event] = []
    for line in event.lines:
        known = world.document(count_key(event.node, line.sku))
        if known is None or known.revision < event.as_of:
            because += _distance(world, id, event, line, policy)
        elif known.revision == event.as_of and (known.quantity, known.apart) != line[1:]:
            because.append(Reason(LedgerCode.DISAGREES, id, known.quantity, line.quantity, line.sku))
            was, told = f"{(known.quantity, known.apart)}", f"{(line.quantity, line.apart)}"
            disagreed.append(Disagreed(entry=id, field=line.sku, known=was, told=told))
            continue
        fitting.append(line)
    if fitting or not disagreed:
        found = Counted(count=event.count, node=event.node, as_of=event.as_of, lines=tuple(fitting))
        return (found, *disagreed), because
    return tuple(disagreed), because


def _distance(world: State, id: str, event: Counted, line: CountLine, policy: CountPolicy) -> Iterator[Reason]:
    due = line.quantity + world.moved(goods(line.sku), event.node, event.as_of)
    book = on_hand(world, node=event.node, sku=line.sku)
    if not policy.allows(due - book, book=book):
        yield Reason(CountCode.TOO_FAR, id, book, due, line.sku)


def reconcile(
    cause: str, *, node: str, sku: str, accept: bool = False, policy: CountPolicy = CountPolicy()
) -> Request[object]:
    """Ask that the book follow the latest count of a SKU at a node; nothing to do is a yes without events.

    `cause` names what it is asked for: the id of the entry that was just recorded, or of somebody's approval, with
    `accept` for a difference above the policy. The difference is posted to `sellable`, whatever is claimed: below
    zero, the claims that are too many are for `relieve`.

    Because: `NOT_COUNTED`, `TOO_FAR` (found: the book; needed: the count and what has moved since).
    """
    subject = f"{node}:{sku}"
    unit = goods(sku)

    def decide(world: State, _given: object, _now: int) -> Decision:
        count = world.document(count_key(node, sku))
        if count is None:
            return Refused((Reason(CountCode.NOT_COUNTED, subject),))
        due = count.quantity + world.moved(unit, node, count.revision)
        book = on_hand(world, node=node, sku=sku)
        if due == book:
            return Accepted()
        if not accept and not policy.allows(due - book, book=book):
            return Refused((Reason(CountCode.TOO_FAR, subject, book, due, sku),))
        event = Reconciled(node=node, sku=sku, change=due - book, as_of=count.revision)
        return Accepted((event,), (), (Between(unit, on_hand_accounts(node), due, due),))

    return Request(f"{identifier(cause, 'cause')}/reconcile/{subject}", (), decide)


def regraded(  # noqa: PLR0913 - what is told of a piece is nine things
    regrade: str,
    *,
    node: str,
    quantities: Mapping[str, int],
    source: str,
    target: str,
    ref: str = "",
    reason: str = "",
    lots: Iterable[LotPieces] = (),
    occurred_at: int | None = None,
) -> Telling[object]:
    """Tell that pieces at a node stand in another state now: found again in quarantine, broken on the shelf, mended.

    `lots` says of which lot or owner some of them are. The others, where they are told apart, are taken to be of those
    that stand there, the earliest to expire first (`ASSUMED` where they need not be).

    Raises `IllegalMove` for a pair of states that `REGRADES` does not have. Because: `EXCEEDS` (found and needed).

    >>> regraded("look-7", node="dc", quantities={"MUG": 1}, source="quarantine", target="sellable").id
    'regrade/look-7'
    """
    lines = pieces(quantities, "sku")
    named = tuple(sorted([each._replace(quantity=positive(each.quantity, "quantity")) for each in lots]))
    event = Regraded(regrade=regrade, node=node, lines=lines, source=source, target=target, ref=ref, reason=reason)
    id = f"regrade/{regrade}"
    account = Account(node, source, ref)
    told = (("lots", by_name(named)),) if named else ()

    def decide(world: State, given: object, _now: int) -> tuple[Fact, ...]:
        plain, own, because = list[tuple[str, int]](), list[LotPieces](), list[Reason]()
        for sku, quantity in lines:
            held = world.balance(goods(sku), (account,))
            because += [Reason(CountCode.EXCEEDS, id, held, quantity, sku)] if quantity > held else []
            parts = first_of([each for each in named if each.sku == sku and (each.lot or each.owner)], quantity)
            left = quantity - sum([part.quantity for part in parts])
            if left and is_told_apart(given, sku):
                there = _without(lots_in(world, sku, account), parts)
                if len(there) > 1 and sum([lot.quantity for lot in there]) > left:
                    because.append(Reason(CountCode.ASSUMED, id, None, left, sku))
                parts += first_of(there, left)
                left = quantity - sum([part.quantity for part in parts])
            own += parts
            plain += [(sku, left)] if left else []
        return (Fact(id, (attrs.evolve(event, lines=tuple(plain), lots=tuple(own)),), tuple(because), told),)

    return Telling(id, occurred_at, decide)


def _without(there: Iterable[LotPieces], taken: Iterable[LotPieces]) -> list[LotPieces]:
    """Return the pieces of lots that are left without those that are taken."""
    gone = {(lot.lot, lot.owner): lot.quantity for lot in taken}
    left = [lot._replace(quantity=lot.quantity - gone.get((lot.lot, lot.owner), 0)) for lot in there]
    return [lot for lot in left if lot.quantity > 0]
