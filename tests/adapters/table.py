"""The table payload x outcome: what each file of a folder of payloads becomes, and whether it goes back as it came.

`python -m tests.adapters.table FOLDER` prints it for any folder that has one folder for each system, named as those of
`payloads`. Without one it is the first cut that ships with the tests, which is checked in `test_table`.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from examples.adapters import amazon_shipping, square, woocommerce
from examples.adapters.amazon import TOPICS, Amazon
from examples.adapters.amazon_outbound import TOPICS as CENTERS
from examples.adapters.amazon_outbound import AmazonOutbound
from examples.adapters.shopify import TOPICS as SHOPIFY
from examples.adapters.shopify import Shopify
from examples.adapters.x12_erp import X12Erp
from examples.adapters.x12_wms import X12Wms
from tests.adapters.cases import PAYLOADS, read
from unicommerce.errors import InvalidValue
from unicommerce.ports import Message, Paper, Port

NOW = 1_795_780_800_000


class Outcome(NamedTuple):
    """What a file became: papers, by the port that read most of it, or the field that it is refused for."""

    file: str
    papers: tuple[Paper, ...]
    unread: int
    refused: str
    back: Mapping[str, int]
    """How many of its papers were written and read again as they were, and how many a port says no to, by field."""

    @property
    def row(self) -> str:
        """Return a row of the table."""
        forms = Counter(paper.form for paper in self.papers)
        became = ", ".join([f"{count} {form}" for form, count in forms.items()]) or (
            f"refused: {self.refused}" if self.refused else "nothing of ours"
        )
        back = ", ".join([f"{count} {how}" for how, count in self.back.items()])
        return f"| {self.file} | {became} | {self.unread or ''} | {back} |"


def systems() -> dict[str, list[tuple[Port, Sequence[str]]]]:
    """Return the ports of each system, and the topics that they read."""
    amazon: list[tuple[Port, Sequence[str]]] = [
        (Amazon(), tuple(TOPICS)),
        (AmazonOutbound(), tuple(CENTERS)),
        (amazon_shipping.AmazonLabels(), tuple(amazon_shipping.LABELS)),
        (amazon_shipping.AmazonEasyShip(), tuple(amazon_shipping.PACKAGES)),
    ]
    return {
        "amazon": amazon,
        "shopify": [(Shopify("USD"), tuple(SHOPIFY))],
        "woocommerce": [(woocommerce.WooCommerce(currency="USD"), WOO)],
        "square": [(square.Square(), (*square.TOPICS, *square.QUESTIONS))],
        "x12": [(X12Erp(), ("x12",)), (X12Wms(), ("x12",))],
    }


WOO = tuple([topic for topic in woocommerce.TOPICS if topic != "order.deleted"])
"""What is read of an id alone would be read of anything."""
FOLDERS = {"amazon-sp-api": "amazon", "edi-x12": "x12"}
"""Folders that are called otherwise than their systems."""


def bodies(file: Path) -> Iterator[tuple[str, str]]:
    """Yield each message in a file and which models it may be of: a reply, a request, or the pair of both."""
    text = file.read_text("utf-8-sig")
    if file.suffix != ".json":
        yield "", text
        return
    whole = json.loads(text, parse_float=str)
    if not isinstance(whole, dict) or "_where" not in whole:
        yield "", text
        return
    model, value = file.parent.name, whole["value"]
    if whole["_kind"] != "sandbox":
        inside = value.get("body", {}).get("value") if isinstance(value, dict) else None
        yield model, json.dumps(inside or value)
        return
    asked, reply = value["request"].get("parameters", {}).get("body", {}), value["response"]
    asked = asked.get("value", asked) if isinstance(asked, dict) else asked
    yield model, json.dumps(reply)
    if isinstance(asked, dict) and isinstance(reply, dict):
        yield model, json.dumps({"request": asked, **reply})
    if asked and not (isinstance(reply, dict) and "errors" in reply):
        yield model, json.dumps(asked)


def outcome(file: Path, system: str, name: str) -> Outcome:
    """Return what a file became."""
    refusals: list[str] = []
    best: Outcome | None = None
    for model, body in bodies(file):
        for port, topics in systems()[system]:
            for topic in [each for each in topics if each.startswith(model)]:
                found = read(port, Message(topic, body, "m", NOW))
                if isinstance(found, str):
                    refusals.append(found)
                elif best is None or (-len(found.unread), len(found.papers)) > (-best.unread, len(best.papers)):
                    best = Outcome(name, found.papers, len(found.unread), "", _back(port, found.papers))
    return best or Outcome(name, (), 0, _named(refusals), {})


def _named(refusals: Sequence[str]) -> str:
    """Return why: an error where it is one, else the topic."""
    return "errors" if "errors" in refusals else ", ".join(dict.fromkeys(refusals)) or "topic"


def _back(port: Port, papers: Sequence[Paper]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for paper in papers:
        if paper.form in port.capabilities.writes:
            try:
                is_same = port.read(port.write(paper)).papers == (paper,)
                found["same" if is_same else f"OTHER {paper.form}"] += 1
            except InvalidValue as error:
                found[f"not sayable: {error.field}"] += 1
    return dict(found)


def table(folder: Path) -> list[Outcome]:
    """Return the outcome of each file of a folder."""
    found = []
    for system in sorted(each for each in folder.iterdir() if each.is_dir()):
        if (known := FOLDERS.get(system.name, system.name)) in systems():
            files = [each for each in sorted(system.rglob("*.*")) if each.suffix in {".json", ".edi", ".txt"}]
            kept = [each for each in files if "LICENSE" not in each.name]
            found += [outcome(each, known, each.relative_to(folder).as_posix()) for each in kept]
    return found


def main() -> str:
    """Return the table of a folder."""
    rows = [each.row for each in table(Path(sys.argv[1]) if len(sys.argv) > 1 else PAYLOADS)]
    return "\n".join(["| file | became | unread | back |", "|---|---|---|---|", *rows])


if __name__ == "__main__":
    print(main())  # noqa: T201 - it was asked to
