"""What may still be changed of an order, until which step, and how; where it may not, why not.

Nothing is worked out here that a request works out: the requests themselves are asked what they would answer, on the
state as it is, and nothing is recorded. So what is called possible is accepted, and what is not is refused.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from ..catalog import Catalog
from ..fulfillment import Change as Wish
from ..fulfillment import FulfillmentCode, FulfillmentPolicy, amend, cancel, intercept, revise
from ..ledger import Accepted, Decision, Reason, Refused, Request, State
from ..orders import LineState, Order, in_lines, ordered
from ..supply import SupplyCode
from ..values import Position, distance_m
from .whereabouts import Pieces, whereabouts

__all__ = ["Change", "Changeable", "How", "changeable"]

_S = LineState
UNPICKED = (_S.PENDING, _S.OPEN, _S.BACKORDERED, _S.ALLOCATED)
IN_HAND = (_S.PICKED, _S.PACKED, _S.READY)


class Change(StrEnum):
    """What a customer may want to change."""

    LESS = "less"
    MORE = "more"
    ADDRESS = "address"
    SERVICE = "service"
    PICK_UP = "pick_up"
    TENDER = "tender"


class How(StrEnum):
    """How it is changed.

    - `AT_ONCE`: by a request, `cancel`, `amend` or `revise`; what a node has in hand goes as it is (`keeps`).
    - `PUT_BACK`: by the same request, of what a node has in hand and then puts back (`reshelves`). - `INTERCEPT`: the
    carrier is asked by `intercept`, and may fail. - `RETURN`: the customer sends it back.
    """

    AT_ONCE = "at_once"
    PUT_BACK = "put_back"
    INTERCEPT = "intercept"
    RETURN = "return"


AFTERWARDS: Mapping[LineState, tuple[How, LineState | None]] = MappingProxyType(
    {
        _S.SHIPPED: (How.INTERCEPT, _S.DELIVERED),
        _S.DELIVERED: (How.RETURN, None),
        _S.COLLECTED: (How.RETURN, None),
    }
)
"""How less is had of pieces that no request takes back any more, and before which step."""


class Changeable(NamedTuple):
    """A change that is possible, or (`how` None) is not.

    `subject` is a line as ordered, "" the order; `quantity` the pieces (or kits) that it is possible for. It is so
    until they reach a step, which may be expected at a moment (ms UTC). `because` says why not, or not for all pieces;
    of one more that would have to wait, what it lacks.
    """

    change: Change
    subject: str
    quantity: int
    how: How | None
    until: LineState | None = None
    until_at: int | None = None
    because: tuple[Reason, ...] = ()


class _Case(NamedTuple):
    """An order, its pieces where they are, and what requests about it are decided on."""

    state: State
    catalog: Catalog
    order: Order
    pieces: tuple[Pieces, ...]
    policy: FulfillmentPolicy
    now: int

    def answer(self, request: Request[Catalog] | Request[object]) -> Decision:
        """Return what a request would be answered."""
        return request.decide(self.state, self.catalog, self.now)

    def refusal(self, request: Request[Catalog]) -> tuple[Reason, ...]:
        """Return why a request would be refused; nothing where it would be accepted."""
        answer = self.answer(request)
        return answer.because if isinstance(answer, Refused) else ()

    def within(self, *states: LineState) -> list[Pieces]:
        """Return the pieces in some states."""
        return [piece for piece in self.pieces if piece.state in states]


def changeable(
    order: str, *, wish: Wish = Wish(), policy: FulfillmentPolicy = FulfillmentPolicy(), now: int
) -> Callable[[State, Catalog], tuple[Changeable, ...] | None]:
    """Return the view of what may still be changed of an order; None: there is no such order.

    Of each line as ordered, how many `cancel` accepts to be taken back (and `amend` to be fewer), how many more where
    nodes put back what they have in hand, and what is left for the others; whether `amend` accepts one more by this
    policy. Of the order, of how many pieces `revise` accepts another address, service level, place to collect (or to be
    delivered, where it is collected) and tender. What a `wish` does not say is asked of the address next door, of the
    first other level, and of the open node that is nearest to the customer.
    """
    seen_by = whereabouts(order, now=now)

    def view(state: State, catalog: Catalog) -> tuple[Changeable, ...] | None:
        if (seen := seen_by(state, catalog)) is None:
            return None
        case = _Case(state, catalog, seen.status.order, seen.pieces, policy, now)
        lines = [change for line in _as_ordered(case.order) for change in (*_less(case, line), _more(case, line))]
        return (*lines, *[each for change, own in _wishes(case, wish) for each in _revised(case, change, own)])

    return view


def _as_ordered(order: Order) -> Iterator[str]:
    """Yield the lines of an order as they were ordered: kits, and what is not of one."""
    of_kits = {line for kit in order.kits for line, _ in kit.components}
    yield from [line.id for line in order.lines if line.id not in of_kits]
    yield from order.kit_by_id


def _ordered(case: _Case, line: str) -> int:
    own = in_lines(case.order, {line: 1})
    return min([ordered(case.state, case.order.unit(each)) // per for each, per in own.items()])


def _less(case: _Case, line: str) -> Iterator[Changeable]:
    """Yield how many of a line can be taken back, how many are put back, and what is left for those that have left."""
    of, whole = in_lines(case.order, {line: 1}), _ordered(case, line)
    most, because = _most(case, line, whole, reshelves=False)
    own = [piece for piece in case.pieces if piece.line in of]
    at = _soonest([piece for piece in own if piece.state is _S.ALLOCATED])
    how, until, at = (How.AT_ONCE, _S.PICKED, at) if most else (None, None, None)
    yield Changeable(Change.LESS, line, most, how, until, at, because)
    in_hand = [piece for piece in own if piece.state in IN_HAND]
    if in_hand and (more := _most(case, line, whole, reshelves=True)[0] - most):
        yield Changeable(Change.LESS, line, more, *_put_back(case, in_hand), because)
    for state, (by, step) in AFTERWARDS.items():
        if held := [piece for piece in own if piece.state is state]:
            yield Changeable(Change.LESS, line, _sum(held), by, step, _soonest(held), because)


def _most(case: _Case, line: str, whole: int, *, reshelves: bool) -> tuple[int, tuple[Reason, ...]]:
    """Return how many of so many of a line `cancel` takes back, and why not all of them."""

    def refusal(number: int) -> tuple[Reason, ...]:
        return case.refusal(cancel(case.order.id, {line: number}, reshelves=reshelves, id="desk", policy=case.policy))

    because = refusal(whole) if whole else ()
    if not because:
        return whole, ()
    return bisect_left(range(1, whole), x=True, key=lambda number: bool(refusal(number))), because


def _put_back(case: _Case, held: list[Pieces]) -> tuple[How, LineState, int | None]:
    """Return how, and until when, what nodes have in hand is taken back: until it leaves or is collected."""
    is_there = all(piece.state is _S.READY or piece.place == case.order.collect_at for piece in held)
    return How.PUT_BACK, _S.COLLECTED if is_there else _S.SHIPPED, _soonest(held)


def _intercepted(case: _Case, piece: Pieces) -> bool:
    return isinstance(case.answer(intercept(piece.ref, by="desk")), Accepted)


def _soonest(pieces: Iterable[Pieces]) -> int | None:
    return min([piece.next.by for piece in pieces if piece.next and piece.next.by is not None], default=None)


def _more(case: _Case, line: str) -> Changeable:
    wanted = {line: _ordered(case, line) + 1}
    answer = case.answer(amend(case.order.id, wanted, id="desk", policy=case.policy))
    if isinstance(answer, Refused):
        return Changeable(Change.MORE, line, 0, None, because=answer.because)
    lacks = tuple([reason for reason in answer.because if isinstance(reason.code, SupplyCode)])
    return Changeable(Change.MORE, line, 1, How.AT_ONCE, because=lacks)


def _wishes(case: _Case, wish: Wish) -> Iterator[tuple[Change, Wish]]:
    """Yield what is asked of the order, as it is wished or as it might be; of a single level there is no other."""
    order, old = case.order, case.order.destination
    nearby = Position(old.lat_udeg + (-1 if old.lat_udeg > 0 else 1), old.lng_udeg)
    there = wish if wish.destination else order
    address = Wish(destination=wish.destination or nearby, region=there.region, zone=there.zone)
    yield Change.ADDRESS, address
    levels = [level for level in case.policy.routing.services if level != order.service]
    if service := wish.service or next(iter(levels), None):
        yield Change.SERVICE, Wish(service=service)
    nodes = [(distance_m(node.position, old), node.id) for node in case.catalog.network.nodes if node.is_open]
    counter = "" if order.collect_at or not nodes else min(nodes)[1]
    yield Change.PICK_UP, Wish(collect_at=counter if wish.collect_at is None else wish.collect_at)
    yield Change.TENDER, Wish(tender=wish.tender or ("other" if order.tender != "other" else "another"))


def _revised(case: _Case, change: Change, wish: Wish) -> Iterator[Changeable]:
    """Yield of how many pieces the order can be another one, how many are put back, and what the carrier is asked."""
    in_hand = case.within(*IN_HAND) if change is not Change.TENDER else []
    answer = case.answer(revise(case.order.id, wish, id="desk", keeps=bool(in_hand), policy=case.policy))
    because = tuple([reason for reason in answer.because if isinstance(reason.code, FulfillmentCode)])
    states = UNPICKED if in_hand else (*UNPICKED, *IN_HAND)
    goes = [] if isinstance(answer, Refused) else case.within(*states)
    if goes:
        at = _soonest([piece for piece in goes if piece.state is _S.ALLOCATED])
        until = _S.SHIPPED if change is Change.TENDER else _S.PICKED
        yield Changeable(change, "", _sum(goes), How.AT_ONCE, until, at, because)
    else:
        yield Changeable(change, "", 0, None, because=answer.because)
    reshelved = revise(case.order.id, wish, id="desk", reshelves=True, policy=case.policy)
    if in_hand and not case.refusal(reshelved):
        yield Changeable(change, "", _sum(in_hand), *_put_back(case, in_hand), because)
    stopped = [piece for piece in case.within(_S.SHIPPED) if _intercepted(case, piece)]
    if stopped and change in (Change.ADDRESS, Change.PICK_UP):
        yield Changeable(change, "", _sum(stopped), How.INTERCEPT, _S.DELIVERED, _soonest(stopped), because)


def _sum(pieces: Iterable[Pieces]) -> int:
    return sum([piece.quantity for piece in pieces])
