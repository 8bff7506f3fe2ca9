"""How the systems of the demo speak: JSON as bytes, moments as RFC 3339 text, and each keeps its own SQLite file.

This is all that they share: how they write, tell the time and measure. It knows no message and nothing of the library.
"""

import json
import sqlite3
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from math import asin, cos, radians, sin, sqrt
from pathlib import Path
from zoneinfo import ZoneInfo

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
SUNDAY = 7

Message = dict[str, object]
"""A message, read: what JSON can hold."""


def pack(message: Mapping[str, object]) -> bytes:
    """Return a message as bytes."""
    return json.dumps(message, separators=(",", ":"), ensure_ascii=False).encode()


def unpack(body: bytes) -> Message:
    """Return the message of bytes. Raises `ValueError` for bytes that are none."""
    message = json.loads(body)
    if not isinstance(message, dict):
        raise TypeError(message)
    return message


def text(message: Mapping[str, object], name: str) -> str:
    """Return a field that is a text. Raises `ValueError` where it is missing or something else."""
    value = message.get(name)
    if not isinstance(value, str):
        raise TypeError(name, value)
    return value


def number(message: Mapping[str, object], name: str) -> int:
    """Return a field that is a whole number. Raises `ValueError` where it is missing or something else."""
    value = message.get(name)
    if type(value) is not int:
        raise TypeError(name, value)
    return value


def rows(message: Mapping[str, object], name: str) -> list[Message]:
    """Return a field that is a list of messages, empty where it is missing."""
    value = message.get(name, [])
    if not isinstance(value, list):
        raise TypeError(name, value)
    return value


def stamp(at: int) -> str:
    """Return a moment (ms UTC) as text.

    >>> stamp(0)
    '1970-01-01T00:00:00Z'
    """
    return datetime.fromtimestamp(at // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(text: str) -> int:
    """Return the moment (ms UTC) of a text.

    >>> moment("1970-01-01T00:00:01Z")
    1000
    """
    return round(datetime.fromisoformat(text).timestamp()) * 1000


@lru_cache
def zone(name: str) -> ZoneInfo:
    """Return a time zone by its name."""
    return ZoneInfo(name)


def local(day: str, minute: int, zone_name: str) -> int:
    """Return the moment (ms UTC) at which a wall clock shows a minute of a day (ISO 8601).

    >>> stamp(local("2010-12-01", 8 * 60, "America/Chicago"))
    '2010-12-01T14:00:00Z'
    """
    midnight = datetime.fromisoformat(day).replace(tzinfo=zone(zone_name))
    return round((midnight + timedelta(minutes=minute)).timestamp()) * 1000


def after(day: date, working_days: int) -> date:
    """Return the day that comes so many working days after a day; nobody works on a Sunday.

    >>> after(date(2010, 12, 4), 1).isoformat()
    '2010-12-06'
    """
    while working_days:
        day += timedelta(days=1)
        working_days -= day.isoweekday() != SUNDAY
    return day


def kilometers(lat: str, lng: str, to_lat: str, to_lng: str) -> float:
    """Return the distance of two places in degrees, along a great circle.

    >>> round(kilometers("0", "0", "0", "1"))
    111
    """
    south, west, north, east = (float(degrees) for degrees in (lat, lng, to_lat, to_lng))
    up, across = radians(north - south) / 2, radians(east - west) / 2
    half = sin(up) ** 2 + cos(radians(south)) * cos(radians(north)) * sin(across) ** 2
    return 2 * 6371 * asin(sqrt(half))


def open_file(path: Path, schema: str) -> sqlite3.Connection:
    """Return the file of a system, with its tables; what it has committed outlives the process, not a power cut."""
    file = sqlite3.connect(path, isolation_level=None)
    file.execute("PRAGMA journal_mode = WAL")
    file.execute("PRAGMA synchronous = OFF")
    file.executescript(schema)
    return file
