"""A process that appends to a schema as fast as it can and says what was answered, until its server crashes."""

import sys
from itertools import count

from examples.stores.postgres import PostgresStore
from unicommerce.testing import CODEC, Handle, Note
from unicommerce.testing.notes import SUPPLIER, at, entry, move


def append_for_ever(shelf: Handle) -> None:
    """Append entry after entry, and say each number once it is answered."""
    for number in count(len(shelf.journal()) + 1):
        note = Note(id=f"n{number % 7}", revision=number)
        shelf.put(entry(f"e{number}", move(1, SUPPLIER, at("dc", ref=f"r{number}")), notes=(note,)))
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    append_for_ever(Handle(PostgresStore(sys.argv[1], schema=sys.argv[2], codec=CODEC)))
