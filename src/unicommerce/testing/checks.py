"""All checks in one list, by what has to be claimed for them; and the report of a store that ran them."""

import multiprocessing
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from ..inventory import received, reserve
from ..ledger import Accepted, Entry, Found, Guard, LedgerCode, Recorded, Store, Wanted, ask, tell
from .answering import ANSWERING
from .appending import APPENDING
from .migrating import MIGRATING
from .notes import MUG, SUPPLIER, Note, at, entry, expect, move
from .queueing import QUEUEING, QUEUES
from .races import CATALOG, RACING, Race
from .restoring import RESTORING
from .retiring import RETIRING
from .running import Client, Waiting, by_coroutines, by_processes, by_threads, killed
from .subject import Bench, Check, Guarantee, Subject

__all__ = ["CHECKS", "RACES", "SEEDS", "Report", "Result", "owed", "prove"]

SEEDS = (0, 1, 2)
"""The orders of turns in which coroutines race over a store that does not wait itself."""

Runner = Callable[[Bench, Client, int, int], list[list[str]]]


def _raced(race: Race, runner: Runner, seeds: Iterable[int], bench: Bench) -> None:
    for number, seed in enumerate(seeds):
        own = bench.empty() if number else bench
        own.do(race.prepare(own.store))
        answers = runner(own, race.client, race.clients, seed)
        if wrong := list(race.verdict(own.journal(), answers)):
            raise AssertionError(f"seed {seed}: {'; '.join(wrong[:3])}")


def _race(race: Race, how: str, runner: Runner, seeds: Iterable[int], *needs: Guarantee) -> Check:
    name, rule = f"{race.name}_{how}", f"{race.rule[:-1]}: {race.clients} {how.removeprefix('by_')}."
    return Check(name, rule, partial(_raced, race, runner, seeds), frozenset(needs))


class _Lost(Waiting):
    """A store whose answer to an append is lost on the way back, or the append on its way there."""

    def __init__(self, store: Store, *, arrives: bool) -> None:
        super().__init__(store)
        self.arrives = arrives

    async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:
        """Append or not, and say nothing."""
        if self.arrives:
            await self.store.append(entry, guards)
        raise ConnectionError("nobody answered")

    async def read(self, wanted: Wanted) -> Found:
        """Read without a turn."""
        return await self.store.read(wanted)


def an_unknown_outcome_is_asked_again(bench: Bench) -> None:
    """Where the answer to an append was lost, the same message or request again has one effect."""
    bench.put(entry("r0", move(1, SUPPLIER, at("dc"))))
    for number, arrives in enumerate((True, False), start=1):
        telling = received(f"r{number}", node="dc", quantities={"MUG": 3})
        with suppress(ConnectionError):
            bench.do(tell(_Lost(bench.store, arrives=arrives), telling, given=lambda _: None, now=1))
        again = bench.do(tell(bench.store, telling, given=lambda _: None, now=2))
        is_repeat = [reason.code for reason in again.because] == [LedgerCode.ALREADY_DONE]
        expect(is_repeat, arrives, "whether the message was a repeat")
        expect(bench.held(at("dc")), [1 + 3 * number], "mugs")
    for pieces, arrives in ((5, True), (2, False)):  # of seven: decided anew, the first would be refused
        request = reserve(f"b{pieces}", place="dc", quantities={"MUG": pieces})
        with suppress(ConnectionError):
            bench.do(ask(_Lost(bench.store, arrives=arrives), request, given=lambda _: CATALOG, now=1))
        answer = bench.do(ask(bench.store, request, given=lambda _: CATALOG, now=2))
        is_repeat = [reason.code for reason in answer.because] == [LedgerCode.ALREADY_DONE]
        expect((isinstance(answer, Accepted), is_repeat), (True, arrives), "whether the request was a repeat")
    expect(bench.held(at("dc")), [0], "mugs")


async def _write(store: Store, number: int) -> list[str]:
    there = await store.since(0, 1_000_000)
    own = entry(
        f"e{len(there) + 1}",
        move(1, SUPPLIER, at("dc", ref=f"r{number}")),
        notes=(Note(id="n", revision=len(there) + 1),),
    )
    await store.append(own)
    return [own.id]


def a_killed_process_takes_nothing_back(bench: Bench) -> None:
    """Killed while it writes, again and again: what it had said is there, each entry whole, and it goes on."""
    for _ in range(3):
        said = killed(bench, _write, 0, after=25)
        shelf = bench.another()
        state = shelf.everything()  # one moment: the last entry of the one that was killed may still be under way
        there = [recorded.entry.id for recorded in shelf.journal()][: state.position]
        expect(there, [f"e{number}" for number in range(1, state.position + 1)], "the journal")
        expect(there.count(said[-1]), 1, f"entries of {said[-1]}, which was answered")
        expect(state.ids, frozenset(there), "the ids of the entries")
        expect(state.balances[MUG][at("dc")], state.position, "mugs, one by each entry")
        expect(state.documents, (Note(id="n", revision=state.position),), "the document of the last entry")


RACES: tuple[Race, ...] = (*RACING, *QUEUEING)
"""All races, which run over any store."""

CHECKS: tuple[Check, ...] = (
    *APPENDING,
    *ANSWERING,
    *RESTORING,
    *RETIRING,
    *MIGRATING,
    Check.of(an_unknown_outcome_is_asked_again),
    *[_race(race, "by_coroutines", by_coroutines, SEEDS) for race in RACES],
    *[_race(race, "by_threads", by_threads, (0,), Guarantee.THREADS) for race in RACES],
    *[_race(race, "by_processes", by_processes, (0,), Guarantee.PROCESSES) for race in RACES],
    *QUEUES,
    Check.of(a_killed_process_takes_nothing_back, Guarantee.DURABLE, Guarantee.PROCESSES),
)
"""Everything that a store owes; each check says which guarantees it needs."""


def owed(guarantees: Iterable[Guarantee]) -> tuple[Check, ...]:
    """Return the checks of a store that claims these guarantees."""
    claimed = frozenset(guarantees)
    return tuple([check for check in CHECKS if check.needs <= claimed])


class Result(NamedTuple):
    """A check that ran, and what was wrong; nothing where it passed."""

    check: str
    rule: str
    wrong: str = ""


class Report(NamedTuple):
    """What was found of a store: which version asked, what it claims, every check that ran, the seeds of the races.

    `notes` are what is not wrong and yet to be known, such as a check that had nothing to look at.
    """

    store: str
    version: str
    claimed: tuple[str, ...]
    not_claimed: tuple[str, ...]
    results: tuple[Result, ...]
    seeds: tuple[int, ...] = SEEDS
    notes: tuple[str, ...] = ()

    @property
    def failed(self) -> tuple[Result, ...]:
        """Return the checks that the store did not pass."""
        return tuple([result for result in self.results if result.wrong])

    def data(self) -> dict[str, object]:
        """Return the report as plain data: objects, arrays, text and whole numbers."""
        plain = {**self._asdict(), "results": [result._asdict() for result in self.results]}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in plain.items()}

    def markdown(self) -> str:
        """Return the report as a page."""
        passed = len(self.results) - len(self.failed)
        return "\n".join(
            [
                f"# {self.store}: {passed} of {len(self.results)} checks passed",
                "",
                ", ".join([f"unicommerce {self.version}", *[f"seed {seed}" for seed in self.seeds]]),
                "",
                *[f"- claimed and tested: {each}" for each in self.claimed],
                *[f"- not claimed, not tested: {each}" for each in self.not_claimed],
                *[f"- note: {each}" for each in self.notes],
                "",
                "| check | rule | found |",
                "|---|---|---|",
                *[f"| {check} | {rule} | {_cell(wrong) or 'passed'} |" for check, rule, wrong in self.results],
                "",
            ]
        )


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")[:200]


def prove(subject: Subject, checks: Iterable[Check] | None = None) -> Report:
    """Run the checks that a store owes, or these, and report. A check that raises anything at all has failed.

    A script that calls it does so under `if __name__ == "__main__"`: the processes that race import the script too.
    """
    if getattr(multiprocessing.current_process(), "_inheriting", False):  # it only imports the script
        raise RuntimeError('call `prove` under `if __name__ == "__main__"`')
    results = []
    for check in owed(subject.guarantees) if checks is None else checks:
        wrong = ""
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            try:
                check.on(subject, Path(folder).as_posix())
            except Exception as error:  # noqa: BLE001 - whatever a store under test raises, it is reported
                wrong = f"{error}" if isinstance(error, AssertionError) else repr(error)
        results.append(Result(check.name, check.rule, wrong))
    claimed = [each for each in Guarantee if each in subject.guarantees]
    open_ones = [each for each in Guarantee if each not in subject.guarantees]
    return Report(
        subject.name, version("unicommerce"), tuple(map(str, claimed)), tuple(map(str, open_ones)), tuple(results)
    )
