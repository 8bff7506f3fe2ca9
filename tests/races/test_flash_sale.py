"""A flash sale sells what there is and nothing else, and nobody's order is lost."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.races import flash
from tests.races.crowd import CROWDS, journal
from tests.races.scheduler import Naive, Waiting, run_interleaved
from unicommerce.commerce import AsyncCommerce
from unicommerce.ledger import Accepted, Memory, Recorded, Refused, Store, run

CLIENTS = 8
ORDERS = 200


@pytest.mark.parametrize("kind", CROWDS)
def test_nothing_is_oversold_and_nothing_is_lost(kind: str, tmp_path: Path) -> None:
    """Each order is taken and allocated, or refused with the numbers; what came in is sold or on the shelf."""

    async def buy(shop: AsyncCommerce, client: int) -> list[flash.Told]:
        return await flash.buy(shop, range(client, ORDERS, CLIENTS))

    async def stock(shop: AsyncCommerce, _client: int) -> None:
        await flash.stock(shop, ORDERS)

    with CROWDS[kind](flash.CATALOG, tmp_path / "flash.sqlite") as crowd:
        crowd.all(1, stock)
        told = [each for own in crowd.all(CLIENTS, buy) for each in own]
        recorded = crowd.all(1, journal)[0]

    assert list(flash.verdict(recorded, told, ORDERS)) == []
    taken = {each.order for each in told if isinstance(each.placed, Accepted)}
    assert ORDERS // 4 < len(taken) < ORDERS * 3 // 4
    assert any(int(order[1:]) % flash.EVERY_KIT == 0 for order in taken)


def test_a_naive_store_is_caught() -> None:
    """Who checks in one step and writes in the next oversells in the very same sale."""
    wrong = [each for seed in range(5) for each in verdict_of(seed, Naive)]

    assert any("oversold" in each for each in wrong)
    assert [each for seed in range(5) for each in verdict_of(seed, Waiting)] == []


def verdict_of(seed: int, waiting: Callable[[Store], Store]) -> list[str]:
    """Return what is wrong with a small sale in the order that the seed draws."""
    orders, store = 48, Memory()
    run(flash.stock(AsyncCommerce(flash.CATALOG, store=store), orders))
    shop = AsyncCommerce(flash.CATALOG, store=waiting(store))
    told = run_interleaved([flash.buy(shop, range(client, orders, CLIENTS)) for client in range(CLIENTS)], seed)
    recorded = run(store.since(0, 10_000))
    return list(flash.verdict(recorded, [each for own in told for each in own], orders))


def test_what_is_lost_or_answered_twice_is_noticed() -> None:
    """An order that nobody heard of, one that was told yes and no, one that waits, and one refused for no reason."""
    shop = AsyncCommerce(flash.CATALOG)
    run(flash.stock(shop, ORDERS))
    told = run(flash.buy(shop, range(ORDERS)))
    entries = run(journal(shop))
    taken = next(each for each in told if isinstance(each.placed, Accepted) and each.allocated is not each.placed)
    refused = next(each for each in told if isinstance(each.placed, Refused))
    without = [each for each in told if each.order != refused.order]
    waiting = [entry for entry in entries if entry.entry.id != f"order/{taken.order}/allocated"]

    def wrong(entries: Sequence[Recorded], told: Sequence[flash.Told]) -> str:
        return "\n".join(flash.verdict(entries, told, ORDERS))

    assert wrong(entries, told) == ""
    assert f"are not {ORDERS}" in wrong(entries, without)
    assert "answered in two ways" in wrong(entries, [*told, refused._replace(order=taken.order)])
    assert "without numbers" in wrong(entries, [*told, refused._replace(placed=Refused(()))])
    assert "taken and not allocated" in wrong(entries, [*told, taken._replace(allocated=None)])
    assert f"{taken.order} stands at" in wrong(waiting, told)
