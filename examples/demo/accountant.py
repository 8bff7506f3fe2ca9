"""The accountant stand-in: keeps the books as a plain-text file, and lets Beancount, a program by others, read them.

It knows nothing of the library. Beancount is imported where it reads, so that the demo runs without it.
"""

from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple


class Read(NamedTuple):
    """What Beancount has read: its errors, how many transactions, and what each account holds, debits above zero."""

    errors: tuple[str, ...]
    transactions: int
    held: dict[str, Decimal]


class Accountant:
    """Keeps a file of books."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, lines: Iterable[str]) -> None:
        """Write the books anew."""
        self.path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")

    def read(self) -> Read | None:
        """Return what Beancount reads; None where it is not installed."""
        try:
            from beancount import loader  # noqa: PLC0415  # a program by others, which need not be there
            from beancount.core.data import Transaction  # noqa: PLC0415
        except ImportError:
            return None
        loader.initialize(use_cache=False)  # it would leave a file of its own beside this one
        entries, errors, _ = loader.load_file(str(self.path))
        held: dict[str, Decimal] = {}
        transactions = [entry for entry in entries if isinstance(entry, Transaction)]
        for posting in (posting for each in transactions for posting in each.postings):
            amount = posting.units.number if posting.units else None
            held[posting.account] = held.get(posting.account, Decimal()) + (amount or 0)
        return Read(tuple(error.message for error in errors), len(transactions), held)
