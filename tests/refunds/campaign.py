"""Refunds sales in random orders and groupings, a JSON line for each batch in build/, and sums them up.

`python -m tests.refunds.campaign [sales]` (a million unless said) goes on where it was stopped; remove
build/refunds.jsonl to begin anew. The exit status is 1 where a sale was not refunded to zero.
"""

import json
import sys
from collections import Counter
from multiprocessing import Pool
from pathlib import Path
from random import Random

from .sales import CURRENCIES, refund_all

KEPT = Path("build/refunds.jsonl")
BATCH = 5_000


def batch(number: int) -> dict[str, object]:
    """Refund a batch of sales and say what came of them."""
    sales, refunds, failed = Counter[str](), 0, list[int]()
    for seed in range(number * BATCH, (number + 1) * BATCH):
        currency = CURRENCIES[seed % len(CURRENCIES)]
        try:
            came = refund_all(Random(seed), currency)
        except AssertionError:
            failed.append(seed)
            continue
        sales[currency] += 1
        refunds += came.refunds
    return {"batch": number, "sales": dict(sales), "refunds": refunds, "failed": failed}


def kept() -> list[dict[str, object]]:
    """Return what is known of batches that were run before."""
    return [json.loads(line) for line in KEPT.read_text("utf-8").splitlines()] if KEPT.exists() else []


def main(sales: int) -> int:
    """Run what has not been run yet, and print the sums."""
    KEPT.parent.mkdir(exist_ok=True)
    done = {row["batch"] for row in kept()}
    todo = [number for number in range(-(-sales // BATCH)) if number not in done]
    with Pool(2) as pool, KEPT.open("a", encoding="utf-8", buffering=1) as file:
        for row in pool.imap_unordered(batch, todo):
            file.write(json.dumps(row) + "\n")
    rows = kept()
    zero, refunds, failed = Counter[str](), 0, list[object]()
    for row in rows:
        zero.update(row["sales"])  # type: ignore[call-overload]
        refunds += row["refunds"]  # type: ignore[operator]
        failed += row["failed"]  # type: ignore[arg-type]
    said = ", ".join([f"{count} {currency}" for currency, count in zero.items()])
    print(f"{zero.total()} sales refunded to zero by {refunds} refunds: {said}")
    print(f"{len(failed)} not: {failed[:20]}")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))
