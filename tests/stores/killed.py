"""A process that appends as fast as it can and says what was answered, until it is killed."""

import sys
from itertools import count

from examples.stores.postgres import PostgresStore
from tests.laws.world import Note
from tests.stores.shelves import CODEC, SUPPLIER, Shelf, at, entry, move, sqlite


def append_for_ever(shelf: Shelf) -> None:
    """Append entry after entry, and say each number once it is answered."""
    first = len(shelf.do(shelf.store.since(0, 10**9))) + 1
    for number in count(first):
        note = Note(id=f"n{number % 7}", revision=number)
        shelf.do(shelf.store.append(entry(f"e{number}", move(1, SUPPLIER, at("dc", ref=f"r{number}")), notes=(note,))))
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    if sys.argv[1] == "postgres":
        append_for_ever(Shelf(PostgresStore(sys.argv[2], schema=sys.argv[3], codec=CODEC)))
    with sqlite(sys.argv[1]) as file:
        append_for_ever(file)
