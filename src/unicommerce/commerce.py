"""The facade: tell, ask, see over any store, with the master data that decisions are given.

`Commerce` is for hosts whose store never waits (memory, SQLite), `AsyncCommerce` for the others; both run the same
coroutines. The network goes on record the first time that it is needed, and each request is guarded against its
revision.
"""

from collections.abc import Callable
from typing import TypeVar

import attrs

from .catalog import NETWORK, Catalog, NetworkRevised
from .ledger import Accepted, Decision, Fact, Memory, Recall, Request, State, Store, Telling, ask, run, see, tell

__all__ = ["AsyncCommerce", "Commerce"]

T = TypeVar("T")


class AsyncCommerce:
    """The three verbs over a store that may wait.

    >>> import asyncio
    >>> from unicommerce.inventory import availability
    >>> asyncio.run(AsyncCommerce(Catalog()).see(availability("MUG"))).sku
    'MUG'
    """

    def __init__(self, catalog: Catalog, *, store: Store | None = None) -> None:
        self.store: Store = store or Memory()
        self._catalog = catalog
        self._is_published = False
        self._recall = Recall()

    @property
    def catalog(self) -> Catalog:
        """Return the master data, as this host knows it."""
        return self._catalog

    async def revise(self, catalog: Catalog, *, now: int) -> None:
        """Take over other master data; a network of a higher revision goes on record, and requests are asked on it."""
        network = catalog.network
        publish = Telling[Catalog](
            f"network/{network.revision}",
            None,
            lambda _state, _given, _now: (Fact(f"network/{network.revision}", (NetworkRevised(network=network),)),),
        )
        await tell(self.store, publish, given=lambda _state: catalog, now=now, recall=self._recall)
        self._catalog = catalog
        self._is_published = True

    async def ask(self, request: Request[Catalog], *, now: int, cause: str = "", source: str = "") -> Decision:
        """Ask a request; see `unicommerce.ledger.ask`. `now` is ms UTC."""
        if not self._is_published:
            await self.revise(self._catalog, now=now)
        known = (self._catalog.network,)
        return await ask(
            self.store,
            request,
            given=self._given,
            now=now,
            known=known,
            cause=cause,
            source=source,
            recall=self._recall,
        )

    async def tell(self, telling: Telling[Catalog], *, now: int, source: str = "") -> Accepted:
        """Tell what happened; see `unicommerce.ledger.tell`. `now` is ms UTC."""
        if not self._is_published:
            await self.revise(self._catalog, now=now)
        known = (self._catalog.network,)
        return await tell(
            self.store, telling, given=self._given, now=now, known=known, source=source, recall=self._recall
        )

    async def enter(self, step: Request[Catalog] | Telling[Catalog], *, now: int, source: str = "") -> Decision:
        """Tell what has happened, ask what may be refused: whichever a step is, as `intake.take` gives them.

        `now` is ms UTC.
        """
        if isinstance(step, Telling):
            return await self.tell(step, now=now, source=source)
        return await self.ask(step, now=now, source=source)

    async def see(self, view: Callable[[State, Catalog], T]) -> T:
        """Return a view of what is on record, true at one moment."""
        return await see(self.store, view, given=self._given, known=(self._catalog.network,))

    def _given(self, state: State) -> Catalog:
        """Return the catalog with the network that is on record; that it was looked up guards every request on it."""
        network = state.document(NETWORK)
        if network is not None and network is not self._catalog.network:
            self._catalog = attrs.evolve(self._catalog, network=network)
        return self._catalog


class Commerce:
    """The three verbs over a store that never waits.

    >>> from unicommerce.inventory import availability
    >>> Commerce(Catalog()).see(availability("MUG")).sku
    'MUG'
    """

    def __init__(self, catalog: Catalog, *, store: Store | None = None) -> None:
        self._commerce = AsyncCommerce(catalog, store=store)

    @property
    def store(self) -> Store:
        """Return the store."""
        return self._commerce.store

    @property
    def catalog(self) -> Catalog:
        """Return the master data, as this host knows it."""
        return self._commerce.catalog

    def revise(self, catalog: Catalog, *, now: int) -> None:
        """Take over other master data."""
        run(self._commerce.revise(catalog, now=now))

    def ask(self, request: Request[Catalog], *, now: int, cause: str = "", source: str = "") -> Decision:
        """Ask a request: it may be refused, with reasons. `now` is ms UTC."""
        return run(self._commerce.ask(request, now=now, cause=cause, source=source))

    def tell(self, telling: Telling[Catalog], *, now: int, source: str = "") -> Accepted:
        """Tell what happened: it is never refused. `now` is ms UTC."""
        return run(self._commerce.tell(telling, now=now, source=source))

    def enter(self, step: Request[Catalog] | Telling[Catalog], *, now: int, source: str = "") -> Decision:
        """Tell what has happened, ask what may be refused: whichever a step is, as `intake.take` gives them.

        `now` is ms UTC.
        """
        return run(self._commerce.enter(step, now=now, source=source))

    def see(self, view: Callable[[State, Catalog], T]) -> T:
        """Return a view of what is on record, true at one moment."""
        return run(self._commerce.see(view))
