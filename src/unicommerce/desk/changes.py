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
from ..fulfillment import FulfillmentCode, FulfillmentPolicy, amend, cancel
from ..ledger import Decision, Reason, Refused, Request, State
from ..orders import Canceled, LineState, Order, in_lines, ordered
from ..supply import SupplyCode
from .whereabouts import Pieces, whereabouts

__all__ = ["Change", "Changeable", "How", "changeable"]

_S = LineState


class Change(StrEnum):
    """What a customer may want to change."""

    LESS = "less"
    MORE = "more"
    ADDRESS = "address"
    SERVICE = "service"
    PICK_UP = "pick_up"


class How(StrEnum):
    """How it is changed.

    - `AT_ONCE`: by a request, `cancel` or `amend`. - `ANEW`: no request changes it; what can be canceled is, and is
    ordered anew. - `INTERCEPT`: people ask whoever has the pieces, and may fail. - `RETURN`: the customer sends it
    back.
    """

    AT_ONCE = "at_once"
    ANEW = "anew"
    INTERCEPT = "intercept"
    RETURN = "return"


AFTERWARDS: Mapping[LineState, tuple[How, LineState | None]] = MappingProxyType(
    {
        _S.PICKED: (How.INTERCEPT, _S.SHIPPED),
        _S.PACKED: (How.INTERCEPT, _S.SHIPPED),
        _S.READY: (How.INTERCEPT, _S.COLLECTED),
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

    def answer(self, request: Request[Catalog]) -> Decision:
        """Return what a request would be answered."""
        return request.decide(self.state, self.catalog, self.now)


def changeable(
    order: str, *, policy: FulfillmentPolicy = FulfillmentPolicy(), now: int
) -> Callable[[State, Catalog], tuple[Changeable, ...] | None]:
    """Return the view of what may still be changed of an order; None: there is no such order.

    Of each line as ordered, how many `cancel` accepts to be taken back (and `amend` to be fewer), and what is left for
    the others; whether `amend` accepts one more by this policy. Of the order the address, service level and place to
    collect, of so many pieces as `cancel` would take back.
    """
    seen_by = whereabouts(order, now=now)

    def view(state: State, catalog: Catalog) -> tuple[Changeable, ...] | None:
        if (seen := seen_by(state, catalog)) is None:
            return None
        case = _Case(state, catalog, seen.status.order, seen.pieces, policy, now)
        lines = [change for line in _as_ordered(case.order) for change in (*_less(case, line), _more(case, line))]
        return (*lines, *[_anew(case, change) for change in (Change.ADDRESS, Change.SERVICE, Change.PICK_UP)])

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
    """Yield how many of a line can be taken back, and what is left for those that somebody has in hand."""

    def refusal(number: int) -> tuple[Reason, ...]:
        answer = case.answer(cancel(case.order.id, {line: number}, id="desk"))
        return answer.because if isinstance(answer, Refused) else ()

    of, most = in_lines(case.order, {line: 1}), _ordered(case, line)
    because = refusal(most) if most else ()
    if because:
        most = bisect_left(range(1, most), x=True, key=lambda number: bool(refusal(number)))
    own = [piece for piece in case.pieces if piece.line in of]
    at = _soonest([piece for piece in own if piece.state is LineState.ALLOCATED])
    how, until, at = (How.AT_ONCE, LineState.PICKED, at) if most else (None, None, None)
    yield Changeable(Change.LESS, line, most, how, until, at, because)
    for state, (by, step) in AFTERWARDS.items():
        if held := [piece for piece in own if piece.state is state]:
            pieces = sum([piece.quantity for piece in held])
            yield Changeable(Change.LESS, line, pieces, by, step, _soonest(held), because)


def _soonest(pieces: Iterable[Pieces]) -> int | None:
    return min([piece.next.by for piece in pieces if piece.next and piece.next.by is not None], default=None)


def _more(case: _Case, line: str) -> Changeable:
    wanted = {line: _ordered(case, line) + 1}
    answer = case.answer(amend(case.order.id, wanted, id="desk", policy=case.policy))
    if isinstance(answer, Refused):
        return Changeable(Change.MORE, line, 0, None, because=answer.because)
    lacks = tuple([reason for reason in answer.because if isinstance(reason.code, SupplyCode)])
    return Changeable(Change.MORE, line, 1, How.AT_ONCE, because=lacks)


def _anew(case: _Case, change: Change) -> Changeable:
    answer = case.answer(cancel(case.order.id))
    if isinstance(answer, Refused):
        return Changeable(change, "", 0, None, because=answer.because)
    taken = sum([quantity for each in answer.events if isinstance(each, Canceled) for _, _, quantity in each.lines])
    wanted = sum([piece.quantity for piece in case.pieces if piece.state is not LineState.CANCELED])
    because = (Reason(FulfillmentCode.TOO_LATE, case.order.id, taken, wanted),) if taken < wanted else ()
    at = _soonest([piece for piece in case.pieces if piece.state is LineState.ALLOCATED])
    return Changeable(change, "", taken, How.ANEW, LineState.PICKED, at, because)
