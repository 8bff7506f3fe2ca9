"""The work itself, in a process of its own so that it can be killed: run the fortnight, look at what came of it.

It writes a line of JSON for each day and one at the end to standard output; the figures go to `figures.json`.
"""

import gc
import json
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from unicommerce.ledger import Ledger, Seal, Store, run

from ..stores.sqlite import SQLiteStore
from .agreements import agreements
from .audit import audit, entries, sealed
from .checks import checks, orders
from .data import load
from .faults import plant
from .figures import Outcome, figures
from .papers import paper_checks
from .recent import Mortal, Recent
from .world import Fortnight


def work(folder: Path, days: int, *, die_after: int = 0, fault: str = "", only_digest: bool = False) -> bool:
    """Run or go on with a fortnight; tell whether all checks passed. `die_after` entries it kills itself."""
    folder.mkdir(parents=True, exist_ok=True)
    gc.freeze()  # what is imported stays; entries are trees and need no collector
    gc.set_threshold(100_000, 50, 50)
    with closing(SQLiteStore(folder / "core-journal.sqlite")) as store:
        layer = Mortal(store, die_after) if die_after else Recent(store)
        with closing(Fortnight(folder, load(days), layer)) as world:
            plant(fault, world)
            last = world.run(lambda now, count: _say({"now": now, "entries": count}))
            if only_digest:
                _end(sealed(entries(store)))
                return True
            outcome = look(world, store, last)
            shown = figures(world, outcome)
    (folder / "figures.json").write_text(json.dumps(shown), encoding="utf-8")
    _end(outcome.found.seal)
    return not any(check.wrong for check in outcome.done)


def look(world: Fortnight, store: Store, last: int) -> Outcome:
    """Look at what a run left behind: one snapshot, one pass over the journal, and every check."""
    snapshot = run(store.snapshot())
    ledger = Ledger.restore(snapshot)
    found = audit(entries(store), world.core.shop.catalog.network)
    standing = orders(world, ledger, found, last)
    done = [
        *checks(world, snapshot, found, standing),
        *agreements(world, snapshot, found),
        *paper_checks(world.erp, snapshot, found),
    ]
    return Outcome(snapshot, ledger, found, standing, done, last)


def _end(seal: Seal) -> None:
    _say({"digest": seal.digest, "entries": seal.position})


def _say(message: Mapping[str, object]) -> None:
    print(json.dumps(message), flush=True)
