"""Where a host can die: between what it does and what it says of it; a table, and the switch that kills there.

Each is a moment after which somebody has done something that somebody else has not heard of. The switch is armed from
outside by a file, notes in another that it was reached, and sends its own process SIGKILL: nothing is cleaned up.
"""

import json
import os
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

__all__ = ["POINTS", "SOURCES", "SYSTEMS", "Armed", "Switch", "arm", "hits"]

SOURCES = ("shop", "wms", "pos", "erp")
"""Who says something."""
SYSTEMS = ("channel", "wms", "pos", "erp")
"""Who follows the journal."""

POINTS: Mapping[str, tuple[str, ...]] = {
    # between append and acknowledge
    "come, not read": SOURCES,
    "read, not on record": SOURCES,
    "append under way": SOURCES,
    "on record, not answered": SOURCES,
    "between two entries": ("wms", "pos"),
    "hopeless, not buried": ("shop",),
    "buried, not acknowledged": ("shop",),
    "handled, not acknowledged": SOURCES,
    "acknowledged, not flushed": SOURCES,
    # between send and the record of progress
    "due, not sent": SYSTEMS,
    "send under way": SYSTEMS,
    "answered, not settled": SYSTEMS,
    "settled, not kept": SYSTEMS,
    "rejected, not kept": ("wms",),
    "progress under way": SYSTEMS,
    "kept": SYSTEMS,
    "replayed, not kept": ("wms",),
}
"""Each point, and whose messages or letters can be at it."""


class Armed(NamedTuple):
    """The host dies when it comes by a point for the n-th time, with a message or a letter of a system."""

    point: str
    system: str
    times: int = 1


def arm(folder: Path, armed: Armed) -> None:
    """Let the host of a folder die."""
    made = folder / "arming"
    made.write_text(json.dumps(armed), "utf-8")
    made.replace(folder / "armed")


def hits(folder: Path) -> list[tuple[str, str]]:
    """Return where the hosts of a folder died."""
    file = folder / "hits"
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    return [(str(point), str(system)) for point, system in map(json.loads, lines)]


class Switch:
    """Kills its process where it is armed."""

    def __init__(self, folder: Path) -> None:
        self._file, self._hits = folder / "armed", folder / "hits"
        self._passed = 0

    def _times(self, point: str, system: str) -> int:
        """Return at which pass the process is to die here; 0 for never."""
        try:
            armed = Armed(*json.loads(self._file.read_text("utf-8")))
        except FileNotFoundError:
            return 0
        return armed.times if armed[:2] == (point, system) else 0

    def is_armed(self, point: str, system: str) -> bool:
        """Tell whether this is where the process is to die."""
        return self._times(point, system) > 0

    def __call__(self, point: str, system: str) -> None:
        """Come by a point."""
        if not (times := self._times(point, system)):
            return
        self._passed += 1
        if self._passed < times:
            return
        with self._hits.open("a", encoding="utf-8") as file:
            file.write(json.dumps([point, system]) + "\n")
        self._file.unlink()
        os.kill(os.getpid(), signal.SIGKILL)
