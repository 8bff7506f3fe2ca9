"""Memory of a million positions, in a process of its own: `python -m benchmarks.positions` prints MiB."""

import gc
from collections.abc import Iterator, Mapping
from pathlib import Path

from unicommerce.ledger import Account, Ledger, Snapshot
from unicommerce.values import Unit

SKUS, NODES = 100_000, 10


class Books(Mapping[Unit, Mapping[Account, int]]):
    """The balances of 100,000 SKUs at 10 nodes, made one SKU at a time; every quantity is an int of its own."""

    def __getitem__(self, unit: Unit) -> Mapping[Account, int]:
        first = 1_000 + int(unit.removeprefix("sku:S")) * NODES
        return {Account(f"n{node}", "sellable"): first + node for node in range(NODES)}

    def __iter__(self) -> Iterator[Unit]:
        return (Unit(f"sku:S{number}") for number in range(SKUS))

    def __len__(self) -> int:
        return SKUS


def resident_mib() -> float:
    """Return the resident size of this process in MiB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 2**20


def main() -> None:
    """Restore the positions and print by how much the process grew."""
    gc.disable()
    before = resident_mib()
    ledger = Ledger.restore(Snapshot(balances=Books()))
    after = resident_mib()
    if ledger.balance(Unit("sku:S99999"), [Account("n9", "sellable")]) != 1_000 + SKUS * NODES - 1:
        raise SystemExit("the positions are not what they should be")
    print(round(after - before, 1))


if __name__ == "__main__":
    main()
