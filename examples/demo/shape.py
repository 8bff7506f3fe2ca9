"""The shape of what is shown: the figures of a run, as the work writes them to a file and the command reads them.

Moments are ms UTC, money is in pence.
"""

from collections.abc import Mapping, Sequence
from typing import TypedDict

NOT_CHECKED = "not checked"
"""So begins what is said of a check that could not be made."""


class NodeFigures(TypedDict):
    """What a node did: pieces that left it, and the share of its capacity that was used on its working days."""

    node: str
    city: str
    part: str
    lat: float
    lng: float
    shipments: int
    pieces: int
    short_lines: int
    use_percent: int


class PieceRow(TypedDict):
    """Pieces that are somewhere together, and what happens to them next, as the desk told it."""

    pieces: str
    state: str
    place: str
    promised: str
    next: str
    by: str
    is_late: bool


class ChangeRow(TypedDict):
    """A change that a customer may want: for how many pieces it is possible, how, until which step, and why not."""

    wish: str
    pieces: int
    how: str
    until: str
    because: Sequence[str]


class Call(TypedDict):
    """A customer has called: where the pieces of the order were then, and what might still be changed."""

    at: int
    order: str
    times: int
    status: str
    pieces: Sequence[PieceRow]
    changes: Sequence[ChangeRow]


class RiskRow(TypedDict):
    """What a look at the clocks of the marketplace has shown: how many run, how many of them in vain, the worst."""

    at: int
    orders: int
    clocks: int
    late: int
    worst: str


class Step(TypedDict):
    """A step in the story of an order: what kind, a headline, who says so, and what was promised, and why."""

    at: int
    kind: str
    text: str
    source: str
    notes: Sequence[str]


class MethodRow(TypedDict):
    """A way to the customer: how many orders and shipments took it, the pieces given to it, and how they ended."""

    way: str
    orders: int
    shipments: int
    pieces: int
    ends: Mapping[str, int]


class TurnedRow(TypedDict):
    """What a node turned down and why; who was given it then, and how that ended; how the order stands."""

    at: int
    node: str
    reason: str
    order: str
    pieces: int
    then: Sequence[str]
    order_is: str


class ClockRow(TypedDict):
    """A clock of the marketplace: orders that met it, missed it, had nothing left to do, or for which it runs."""

    clock: str
    met: int
    late: int
    fell_away: int
    open: int


class RateRow(TypedDict):
    """What counts against us, of how many, in so many days; the limit in percent; what the marketplace counts."""

    measure: str
    days: int
    counted: int
    of: int
    limit_percent: float
    is_kept: bool
    room: int
    theirs: Sequence[int]


class ReturnRow(TypedDict):
    """A verdict of the returns desk: lines and pieces that it was given, what it says, and the reason of each."""

    verdict: str
    lines: int
    pieces: int
    explained: str
    each: Sequence[str]


class SwapRow(TypedDict):
    """An order that went out for what came back, what each is worth, what settles it (pence), and how it stands."""

    order: str
    returned: int
    new: int
    refund: int
    owed: int
    order_is: str


class DisposedRow(TypedDict):
    """Pieces that came back in a condition, and what was done with them."""

    condition: str
    disposition: str
    pieces: int


class PaperRow(TypedDict):
    """Papers of one kind under a registration: how many, the first and the last number, and what they say together."""

    registration: str
    kind: str
    count: int
    first: str
    last: str
    net: int
    tax: int


class TaxRow(TypedDict):
    """Net and tax of all papers together at a rate ("0.175" is 17.5 %)."""

    rate: str
    net: int
    tax: int


class Figures(TypedDict):
    """All that is shown of a run."""

    days: int
    begins_at: int
    ends_at: int
    quiet_at: int
    outage: Sequence[int]
    entries: int
    digest: str
    orders: Mapping[str, int]
    refusals: Sequence[tuple[str, Sequence[str]]]
    waiting: Mapping[str, Sequence[str]]
    parcels: Mapping[str, int]
    split_percent: float
    rerouted: int
    kept: int
    late: int
    hours_late: Sequence[int]
    nodes: Sequence[NodeFigures]
    flows: Sequence[tuple[str, float, float, int]]
    homes: Sequence[tuple[float, float]]
    routed: int
    proven: int
    candidates: int
    reasons: Mapping[str, int]
    implied: int
    unknown_fields: Mapping[str, int]
    returns: Sequence[ReturnRow]
    authorized: int
    landed: Mapping[str, int]
    disposed: Sequence[DisposedRow]
    swaps: Sequence[SwapRow]
    stock: Mapping[str, int]
    backlog: Sequence[tuple[int, int]]
    erp_repeats: int
    papers: Sequence[PaperRow]
    taxes: Sequence[TaxRow]
    money: Sequence[tuple[str, int, str, int]]
    checks: Sequence[tuple[str, str, Sequence[str]]]
    methods: Sequence[MethodRow]
    turned_down: Sequence[TurnedRow]
    clocks: Sequence[ClockRow]
    rates: Sequence[RateRow]
    risks: Sequence[RiskRow]
    call: Call | None
    story: Sequence[Step]
    drawn: Sequence[str]
    left_out: Mapping[str, int]
