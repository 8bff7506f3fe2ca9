"""Faults to plant, so that one can see the checks find them: `--plant oversold` and others, see `FAULTS`."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from unicommerce import Catalog, Refused
from unicommerce.inventory import Claimed, ClaimLine, GoodsState
from unicommerce.ledger import Decision, Request, record, run

from .wire import Message, unpack
from .world import Fortnight


def plant(name: str, world: Fortnight) -> None:
    """Plant a fault by its name; the empty name plants none."""
    if name:
        FAULTS[name](world)


@dataclass
class _Once:
    """True once: when it is asked for the so-manieth time."""

    left: int

    def __call__(self) -> bool:
        self.left -= 1
        return self.left == 0


def _erp_books_twice(world: Fortnight) -> None:
    """Let the ERP forget to look into its inbox, once."""
    book, is_time = world.erp.book, _Once(40)

    def twice(id: str, message: Message) -> None:
        book(id, message)
        if is_time():
            book(id, message)

    world.erp.book = twice  # type: ignore[method-assign]  # the fault that is planted


def _collected_unbooked(world: Fortnight) -> None:
    """Let the ERP take note of what was collected, once, and book nothing."""
    book, is_time = world.erp.book, _Once(5)

    def careless(id: str, message: Message) -> None:
        if not (id.endswith("/collected") and is_time()):
            book(id, message)

    world.erp.book = careless  # type: ignore[method-assign]  # the fault that is planted


def _market_deaf(world: Fortnight) -> None:
    """Let the marketplace miss that something was sent, once."""
    hear, is_time = world.market.hear, _Once(2)

    def deaf(body: bytes) -> None:
        if not (unpack(body)["type"] == "Sent" and is_time()):
            hear(body)

    world.market.hear = deaf  # type: ignore[method-assign]  # the fault that is planted


def _posting_lost(world: Fortnight) -> None:
    """Let finance skip an entry that moved goods."""
    ask, is_time = world.core.shop.ask, _Once(40)

    def careless(request: Request[Catalog], *, now: int, cause: str = "", source: str = "") -> Decision:
        if request.id.endswith("/shipped/posted") and is_time():
            return Refused(())
        return ask(request, now=now, cause=cause, source=source)

    world.core.shop.ask = careless  # type: ignore[method-assign]  # the fault that is planted


def _oversold(world: Fortnight) -> None:
    """Let somebody promise a piece too many and ask nobody: a claim goes on record without its guards."""
    hear, is_time = world.core.intake.hear, _Once(40)

    def eager(body: bytes, now: int) -> bytes:
        answer = hear(body, now)
        if is_time():
            line = ClaimLine("line:nobody/1", next(iter(world.world.products)), 1_000_000)
            claimed = Claimed(place="pool:web", state=GoodsState.RESERVED, lines=(line,))
            run(world.store.append(record("somebody/promised", (claimed,), now=now)))
        return answer

    world.core.intake.hear = eager  # type: ignore[method-assign]  # the fault that is planted


def _page_lost(world: Fortnight) -> None:
    """Let the accountant lose a page of the books: a transaction with all its amounts."""
    write = world.accountant.write

    def careless(lines: Iterable[str]) -> None:
        is_time, is_lost, kept = _Once(40), False, []
        for line in lines:
            is_lost = is_time() if " * " in line else is_lost and line.startswith(" ")
            kept += [] if is_lost else [line]
        write(kept)

    world.accountant.write = careless  # type: ignore[method-assign]  # the fault that is planted


FAULTS: Mapping[str, Callable[[Fortnight], None]] = {
    "collected-unbooked": _collected_unbooked,
    "erp-twice": _erp_books_twice,
    "lost-posting": _posting_lost,
    "market-deaf": _market_deaf,
    "oversold": _oversold,
    "page-lost": _page_lost,
}
"""What can be planted."""
