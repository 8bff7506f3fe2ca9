"""A till, a desk and three channels race in processes; each order that was taken is allocated, and nothing vanishes."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests import servers
from tests.races import channels
from tests.stores.shelves import schema_of
from unicommerce.commerce import Commerce
from unicommerce.inventory import received, reserve
from unicommerce.ledger import Memory, Recorded, record, run

ROOT = Path(__file__).parents[2]
SENDERS = (("till", 10), ("desk", 12), ("three", 20), ("fifty", 20), ("web", 30), ("web", 30))
PIECES = 12


def race(where: str, senders: Sequence[tuple[str, int]]) -> list[int]:
    """Let processes race, and return how many messages of each were taken."""
    environment = {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])}
    processes = [
        subprocess.Popen(  # noqa: S603 - this very interpreter
            [sys.executable, "-m", "tests.races.channels", where, role, f"s{number}", str(messages)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            cwd=ROOT,
            text=True,
        )
        for number, (role, messages) in enumerate(senders)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    return [int(process.communicate()[0]) for process in processes]


def journal(shop: Commerce) -> tuple[Recorded, ...]:
    """Return all that is on record."""
    return run(shop.store.since(0, 100_000))


@pytest.mark.parametrize("kind", ["SQLite", "PostgreSQL"])
def test_every_order_that_was_taken_is_allocated(kind: str, tmp_path: Path) -> None:
    """No decision takes what is promised; what the till took of it is what waits, and when that comes nobody waits."""
    path = tmp_path / "race.sqlite"
    where = str(path) if kind == "SQLite" else f"{servers.postgres()}#{schema_of(path)}"
    with channels.open_store(where) as store:
        shop = Commerce(channels.CATALOG, store=store)
        channels.stock(shop, PIECES)
        taken = dict(enumerate(race(where, SENDERS)))
        raced = journal(shop)
        orders = channels.allocate_all(shop, raced)
        allocated = journal(shop)
        missing = channels.overdrawn(raced)

        assert list(channels.oversold(allocated)) == []
        assert (taken[0], len(orders)) == (10, sum(taken.values()) - taken[0] - taken[1])
        assert 0 < len(orders) < sum([messages for _, messages in SENDERS[2:]])
        assert channels.waiting(allocated, orders) == missing <= taken[0]

        shop.tell(received("back", node=channels.TILL_AT, quantities={channels.SKU: 1 + missing}), now=3)
        channels.allocate_all(shop, raced, id="again")
        assert channels.waiting(journal(shop), orders) == 0


def test_an_entry_that_takes_what_is_promised_is_noticed() -> None:
    """A claim recorded without its guards is oversold; what a till sells is not, and it is counted."""
    shop = Commerce(channels.CATALOG, store=Memory())
    channels.stock(shop, 1)
    assert channels.send(shop, "three", "s", 2) == 2
    assert (list(channels.oversold(journal(shop))), channels.overdrawn(journal(shop))) == ([], 0)
    channels.send(shop, "till", "s", 1)
    assert (list(channels.oversold(journal(shop))), channels.overdrawn(journal(shop))) == ([], 1)
    unguarded = reserve("c", place=channels.IDS[0], quantities={channels.SKU: 1})
    run(shop.store.append(record("claim/c", unguarded.asked, now=1)))  # type: ignore[arg-type]  # it is what a yes gives
    assert len(list(channels.oversold(journal(shop)))) > 0
