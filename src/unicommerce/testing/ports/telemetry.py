"""What a place for telemetry owes: it loses nothing, makes nothing up, and never stops the work that it is told of."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from ...ports import Telemetry

__all__ = ["Told", "check_telemetry"]


class Told(NamedTuple):
    """What was told under one name with the same attributes: how much in all, and how often."""

    name: str
    attributes: Mapping[str, str]
    total: int
    times: int


TOLD: tuple[tuple[str, str, int, dict[str, str]], ...] = (
    ("count", "sent", 1, {"system": "erp"}),
    ("count", "sent", 41, {"system": "erp"}),
    ("count", "sent", 7, {"system": "größe/4"}),
    ("took", "sent.duration", 1_999_999, {"system": "erp", "outcome": "delivered"}),
    ("took", "sent.duration", 0, {"system": "erp", "outcome": "delivered"}),
    ("count", "idle", 0, {}),
)


def check_telemetry(make: Callable[[], Telemetry], seen: Callable[[Telemetry], tuple[Told, ...]]) -> None:
    """Tell one that `make` returns something, and look at what is `seen` of it then.

    Raises `AssertionError` where something is lost, added, mixed up, cut to a coarser unit, or shared with another.
    """
    telemetry, other = make(), make()
    wanted: dict[tuple[str, tuple[tuple[str, str], ...]], Told] = {}
    for way, name, value, attributes in TOLD:
        try:
            getattr(telemetry, way)(name, value, **attributes)
        except Exception as error:
            raise AssertionError(f"{way} {name} raised {error!r:.200}: telemetry never stops the work") from error
        key = (name, tuple(sorted(attributes.items())))
        before = wanted.get(key, Told(name, attributes, 0, 0))
        wanted[key] = Told(name, attributes, before.total + value, before.times + 1)
    found = {(told.name, tuple(sorted(told.attributes.items()))): told for told in seen(telemetry)}
    for key, told in wanted.items():
        if found.pop(key, None) != told:
            raise AssertionError(f"{told} was told, and is not what is seen: {seen(telemetry)!r:.300}")
    if found or seen(other):
        raise AssertionError(f"{(*found.values(), *seen(other))!r:.300} is seen, and nobody told it")
