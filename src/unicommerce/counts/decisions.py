"""Count, regrade, reconcile: what was found is told and never refused; that the book follows it is asked for.

`reconcile` is level-triggered: it brings what is there to the latest count plus what has moved since, whenever it is
asked and however often, and one entry does it. So a late movement never undoes a count, and a late count never undoes
a sale: both only change what "the latest count plus what moved since" is.
"""

from collections.abc import Iterable, Iterator, Mapping

import attrs

from ..catalog import Catalog
from ..errors import InvalidValue
from ..inventory import LotPieces, first_of, goods, is_told_apart, lots_in
from ..ledger import (
    Accepted,
    Account,
    Between,
    Decision,
    Disagreed,
    Fact,
    LedgerCode,
    Reason,
    ReasonCode,
    Refused,
    Request,
    State,
    Supposed,
    Telling,
    being_dated,
)
from ..values import by_name, identifier, pieces, positive
from .documents import APART, CountLine, count_key, missing
from .events import Counted, Reconciled, Regraded
from .piles import Pile, piles
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
    of: str = "",
    apart: Mapping[str, Mapping[str, int]] | None = None,
    policy: CountPolicy = CountPolicy(),
) -> Telling[Catalog]:
    """Tell what was found at a node as of a moment (ms UTC): pieces by SKU; zero is a count.

    `of` says what was counted: all on hand (""), the shelf alone (`SHELF`: what is for sale or claimed), what is
    `damaged`, or what is in `quarantine`. Of all on hand `apart` says, by SKU and state, how many of the pieces stand
    apart: each is a count of that state too. A stock file of another system is told in the same way, as of the moment
    at which that system wrote it. A count of the same moment that found something else is put on record as a finding;
    the first one stands.

    Because: `UNKNOWN_NODE`, `CLOCK_AHEAD`, `DISAGREES` (same moment, other content), `TOO_FAR` (found and needed).

    >>> counted("week-47/aisle-3", node="dc", quantities={"MUG": 7, "CUP": 0}, as_of=1).id
    'count/week-47/aisle-3'
    """
    if strange := [sku for sku in apart or {} if sku not in quantities]:
        raise InvalidValue("apart", strange, "SKUs that were counted")
    split = {
        sku: [(identifier(name, "state"), q) for name, q in states.items()] for sku, states in (apart or {}).items()
    }
    found = [CountLine(identifier(sku, "sku"), q, tuple(sorted(split.get(sku, ())))) for sku, q in quantities.items()]
    lines = tuple(sorted(found))
    event = Counted(count=count, node=node, as_of=as_of, lines=lines, of=of)
    events = (event, *_apart(event))
    id = f"count/{count}"
    told = (("node", node), ("as_of", as_of), ("lines", by_name(lines)), *((("of", of),) if of else ()))

    def decide(world: State, catalog: Catalog, now: int) -> tuple[Fact, ...]:
        because: list[Reason] = []
        if node not in catalog.network.node_by_id:
            because.append(Reason(CountCode.UNKNOWN_NODE, id, None, node))
        if as_of > now + policy.ahead_ms:
            because.append(Reason(CountCode.CLOCK_AHEAD, id, now, as_of))
            early = Disagreed(entry=id, field="as_of", known=f"{now}", told=f"{as_of}")
            # Not under the message's own id: once its moment has come, it can be told again.
            return (Fact(f"{id}/ahead", (early,), tuple(because)),)
        fitting, disagreed, findings = _weighed(world, id, events)
        because += [*findings, *_distances(world, id, fitting, policy)]
        return (Fact(id, (*fitting, *disagreed), tuple(because), told),)

    return Telling(id, as_of, decide)


def _apart(event: Counted) -> Iterator[Counted]:
    """Yield the counts of what stands apart that a count of all on hand contains."""
    for of in APART:
        lines = [CountLine(line.sku, quantity) for line in event.lines for state, quantity in line.apart if state == of]
        if lines:
            yield attrs.evolve(event, lines=tuple(lines), of=of)


def _weighed(world: State, id: str, told: Iterable[Counted]) -> tuple[list[Counted], list[Disagreed], list[Reason]]:
    """Return what of a count is put on record, and where it disagrees with one of the same moment."""
    fitting: list[Counted] = []
    disagreed: list[Disagreed] = []
    because: list[Reason] = []
    for event in told:
        lines: list[CountLine] = []
        for line in event.lines:
            known = world.document(count_key(event.node, line.sku, event.of))
            if known is None or known.revision != event.as_of or (known.quantity, known.apart) == line[1:]:
                lines.append(line)
                continue
            because.append(Reason(LedgerCode.DISAGREES, id, known.quantity, line.quantity, line.sku))
            was, says, field = f"{(known.quantity, known.apart)}", f"{line[1:]}", _named(event.of, line.sku)
            disagreed.append(Disagreed(entry=id, field=field, known=was, told=says))
        if lines or not event.lines:
            fitting.append(attrs.evolve(event, lines=tuple(lines)))
    return fitting, disagreed, because


def _distances(world: State, id: str, told: Iterable[Counted], policy: CountPolicy) -> Iterator[Reason]:
    """Yield what would be too far from the book by the counts that are told, where they are the latest."""
    after = Supposed(world, told)
    for event in told:
        for line in event.lines:
            for pile in piles(after, node=event.node, sku=line.sku):
                if (pile.by.of, pile.by.revision) == (event.of, event.as_of) and _is_far(pile, policy):
                    yield Reason(CountCode.TOO_FAR, id, pile.book, pile.due, line.sku)


def _is_far(pile: Pile, policy: CountPolicy) -> bool:
    return not policy.allows(pile.due - pile.book, book=pile.book)


def _named(of: str, name: str) -> str:
    return f"{of}:{name}" if of else name


def reconcile(
    cause: str, *, node: str, sku: str, accept: bool = False, policy: CountPolicy = CountPolicy()
) -> Request[object]:
    """Ask that the book follow the latest counts of a SKU at a node; nothing to do is a yes without events.

    `cause` names what it is asked for: the id of the entry that was just recorded, or of somebody's approval, with
    `accept` for a difference above the policy. Each pile that was counted by itself is corrected by itself, or left and
    named where it is too far; any other difference is posted to `sellable`, whatever is claimed: below zero, the claims
    that are too many are for `relieve`. Refused is what would correct nothing. While something is being set right
    as of when it moved (`ledger.Dated`), nothing is done.

    Because: `NOT_COUNTED`, `TOO_FAR` (found: the book; needed: the count and what has moved since).
    """
    subject = f"{node}:{sku}"

    def decide(world: State, _given: object, _now: int) -> Decision:
        ruled = piles(world, node=node, sku=sku)
        if not ruled:
            return Refused((Reason(CountCode.NOT_COUNTED, subject),))
        dating = [(each,) for place in (node, *[f"{of}:{node}" for of in APART]) for each in being_dated(place)]
        if any(world.balance(goods(sku), accounts) for accounts in dating):
            return Accepted()  # the entry that comes next ends it, and concerns the shelf as well
        far = [pile for pile in ruled if not accept and _is_far(pile, policy)]
        because = [Reason(CountCode.TOO_FAR, _named(pile.by.of, subject), pile.book, pile.due, sku) for pile in far]
        events = tuple([_corrected(pile) for pile in ruled if pile not in far and pile.due != pile.book])
        if not events:
            return Refused(tuple(because)) if far else Accepted()
        left = [(pile.accounts, pile.book if pile in far else pile.due) for pile in ruled]
        # What came in and what another correction took may cancel: that nobody else has corrected is held by itself.
        gone = (missing(node),)
        left.append((gone, world.balance(goods(sku), gone) - sum([event.change for event in events])))
        left += [(accounts, 0) for accounts in dating]
        guards = tuple([Between(goods(sku), accounts, held, held) for accounts, held in left])
        return Accepted(events, tuple(because), guards)

    return Request(f"{identifier(cause, 'cause')}/reconcile/{subject}", (), decide)


def _corrected(pile: Pile) -> Reconciled:
    count = pile.by
    change = pile.due - pile.book
    return Reconciled(node=count.node, sku=count.sku, change=change, as_of=count.revision, state=pile.state)


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
