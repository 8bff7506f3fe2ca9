"""A process that appends as fast as it can and says what was answered, until it is killed."""

import sys
from itertools import count

from tests.laws.world import Note
from tests.stores.shelves import SUPPLIER, at, entry, move, sqlite

if __name__ == "__main__":
    with sqlite(sys.argv[1]) as shelf:
        first = len(shelf.do(shelf.store.since(0, 10**9))) + 1
        for number in count(first):
            note = Note(id=f"n{number % 7}", revision=number)
            shelf.do(
                shelf.store.append(entry(f"e{number}", move(1, SUPPLIER, at("dc", ref=f"r{number}")), notes=(note,)))
            )
            sys.stdout.write(f"{number}\n")
            sys.stdout.flush()
