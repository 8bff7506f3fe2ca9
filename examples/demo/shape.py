"""The shape of what is shown: the figures of a run, as the work writes them to a file and the command reads them.

Moments are ms UTC, money is in pence.
"""

from collections.abc import Mapping, Sequence
from typing import TypedDict


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


class Step(TypedDict):
    """A step in the story of an order: the kind of event, a headline, and the reasons."""

    at: int
    kind: str
    text: str
    because: Sequence[str]


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
    returns: Sequence[tuple[str, int, int]]
    stock: Mapping[str, int]
    backlog: Sequence[tuple[int, int]]
    erp_repeats: int
    money: Sequence[tuple[str, int, str, int]]
    checks: Sequence[tuple[str, str, Sequence[str]]]
    story_of: str
    story: Sequence[Step]
    drawn: Sequence[str]
    left_out: Mapping[str, int]
