"""What a system has to say, in the order of time: each message is sent until it is answered, and answers are on file.

Who sells is an outbox: the storefront and the marketplace. It speaks bytes and knows nothing of the library.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from .draw import happens
from .wire import MINUTE_MS, Message, open_file, pack, text, unpack

SCHEMA = """
CREATE TABLE IF NOT EXISTS answers (
    position INTEGER PRIMARY KEY, number TEXT NOT NULL, type TEXT NOT NULL, body BLOB NOT NULL);
"""

TWICE_PER_THOUSAND = 10


class Due(NamedTuple):
    """Something to say at a moment (ms UTC) about an order or a return by its number."""

    at: int
    number: str
    write: Callable[[], Message]


class Outbox:
    """Sends what is due, in the order of time, a few messages twice; what was not answered is sent again."""

    def __init__(self, path: Path, says: Iterable[Due], schema: str = "") -> None:
        self._file = open_file(path, SCHEMA + schema)
        copies = [
            (each.at + copy * 40 * MINUTE_MS, each.number, copy, n, each)
            for n, each in enumerate(says)
            for copy in range(2 if happens(TWICE_PER_THOUSAND, "twice", each.number) else 1)
        ]
        self._queue = [(at, each) for at, *_, each in sorted(copies, key=lambda copy: copy[:4])]
        self._position: int = self._file.execute("SELECT count(*) FROM answers").fetchone()[0]

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def due(self, now: int) -> list[bytes]:
        """Return what is to be sent by now and has no answer yet."""
        found = []
        for at, each in self._queue[self._position :]:
            if at > now:
                break
            found.append(pack(each.write()))
        return found

    def answered(self, body: bytes) -> None:
        """Take the answer to the first message that is due, and move on."""
        answer = unpack(body)
        row = (self._position, self._queue[self._position][1].number, text(answer, "type"), body)
        self._file.execute("INSERT INTO answers VALUES (?, ?, ?, ?)", row)
        self._position += 1

    @property
    def is_quiet(self) -> bool:
        """Tell whether all has been sent and answered."""
        return self._position == len(self._queue)

    @property
    def position(self) -> tuple[int, int]:
        """Return how many messages were answered, and of how many."""
        return self._position, len(self._queue)

    def answers(self) -> list[tuple[str, str, Message]]:
        """Return number, kind and content of every answer, in the order in which they came."""
        rows = self._file.execute("SELECT number, type, body FROM answers ORDER BY position")
        return [(number, kind, unpack(body)) for number, kind, body in rows]
