"""Random programs in batches with seeds of their own, a line of JSON for each: stopped, it goes on where it was.

`python -m tests.laws.batches 100` runs each state machine of the laws until each has a hundred batches of 200 programs
of up to 100 steps; `build/programs.jsonl` says which seeds are done, how many steps they took and what they found. The
exit status is 1 where a program broke a law. A batch that failed is run again next time: the line names its seed.
"""

import importlib
import json
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

FOLDER = Path(__file__).parent
DONE = FOLDER.parents[1] / "build" / "programs.jsonl"
PROGRAMS = 200
STEPS = 100


def machines() -> Mapping[str, type[RuleBasedStateMachine]]:
    """Return the state machines of the laws, by the name of their file."""
    found = {}
    for path in sorted(FOLDER.glob("test_machine_of_*.py")):
        module = importlib.import_module(f"tests.laws.{path.stem}")
        for value in vars(module).values():
            own = isinstance(value, type) and issubclass(value, RuleBasedStateMachine)
            if own and value.__module__ == module.__name__ and not value.__name__.startswith("_"):
                found[path.stem.removeprefix("test_machine_of_")] = value
    return found


def run(name: str, machine: type[RuleBasedStateMachine], number: int) -> dict[str, object]:
    """Run a batch and return what is to be said of it."""
    taken = 0

    class Counted(machine):  # type: ignore[valid-type,misc]  # which machine is known when it runs
        """The machine, with a count of its steps."""

        def check_invariants(self, *args: object, **how: object) -> None:
            """Count."""
            nonlocal taken
            taken += 1
            super().check_invariants(*args, **how)

    bounds = settings(
        max_examples=PROGRAMS,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    started = time.perf_counter()
    fault = ""
    try:
        run_state_machine_as_test(seed(number)(Counted), settings=bounds)
    except Exception as error:  # noqa: BLE001 - whatever a program runs into is a finding
        fault = f"{type(error).__name__}: {error}"[:2_000]
    took = round(time.perf_counter() - started, 1)
    return {"machine": name, "seed": number, "steps": taken, "seconds": took, "fault": fault}


def done() -> Iterator[dict[str, object]]:
    """Yield the batches that are on file."""
    for line in DONE.read_text("utf-8").splitlines() if DONE.exists() else ():
        yield json.loads(line)


def main(batches: int, only: tuple[str, ...]) -> int:
    """Run what is missing, and print a summary of all."""
    DONE.parent.mkdir(exist_ok=True)
    passed = {(each["machine"], each["seed"]) for each in done() if not each["fault"]}
    chosen = {name: machine for name, machine in machines().items() if not only or name in only}
    for number in range(1, batches + 1):
        for name, machine in chosen.items():
            if (name, number) not in passed:
                said = run(name, machine, number)
                with DONE.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(said) + "\n")
                sys.stdout.write(f"{said}\n")
                sys.stdout.flush()
    last = {(each["machine"], each["seed"]): each for each in done()}
    for name in chosen:
        mine = [each for (machine, _), each in last.items() if machine == name]
        failed = [each["seed"] for each in mine if each["fault"]]
        steps = sum([int(str(each["steps"])) for each in mine])
        sys.stdout.write(
            f"{name}: {len(mine)} batches of {PROGRAMS} programs, {steps:,} steps, failed seeds: {failed or 'none'}\n"
        )
    return int(any(each["fault"] for each in last.values()))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), tuple(sys.argv[2:])))
