"""The demo on a day of orders: killed, resumed, and run by a twin; and what its checks find once a fault is planted."""

import ast
import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from html import escape
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

import pytest

from examples.demo.__main__ import PLANTS
from examples.demo.data import is_of_market, load
from examples.demo.faults import FAULTS, plant
from examples.demo.shape import Figures
from examples.demo.wiring import TABLE
from examples.demo.work import look
from examples.demo.world import Fortnight
from unicommerce.delivery import drawn
from unicommerce.ledger import Memory

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "examples" / "demo"
STAND_INS = ("storefront", "marketplace", "wms", "carrier", "counter", "erp", "accountant")


class Ran(NamedTuple):
    """What a run of the command left behind."""

    code: int
    said: str
    figures: Figures
    page: str


def command(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run the command from the root of the repository."""
    line = [sys.executable, "-m", "examples.demo", *map(str, arguments)]
    return subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Return what a day of orders left behind: killed once, resumed, beside a twin under another hash seed."""
    out = tmp_path_factory.mktemp("demo") / "out"
    ran = command("--days", 1, "--out", out)
    assert (out / "figures.json").exists(), ran.stdout + ran.stderr
    figures: Figures = json.loads((out / "figures.json").read_text(encoding="utf-8"))
    return Ran(ran.returncode, ran.stdout, figures, (out / "report.html").read_text(encoding="utf-8"))


def test_every_check_passes(demo: Ran) -> None:
    """Nothing speaks against what the demo claims."""
    assert [check for check in demo.figures["checks"] if check[2]] == []
    assert len(demo.figures["checks"]) >= 9
    assert demo.code == 0


def test_killed_and_resumed_ends_as_its_twin(demo: Ran) -> None:
    """The journal is the same whether the process was killed or not, and whatever PYTHONHASHSEED is."""
    assert "killed right after entry" in demo.said
    assert "the twin, under another PYTHONHASHSEED and never killed, has the same digest" in demo.said
    assert f"digest: {demo.figures['digest']}" in demo.said


def test_killed_again_and_again_ends_the_same(demo: Ran, tmp_path: Path) -> None:
    """Wherever it is killed, it goes on with the step that was interrupted."""
    again = ("--work", "--days", 1, "--out", tmp_path, "--only-digest", "--die-after", 420)
    ran, deaths = command(*again), 0
    while ran.returncode == -signal.SIGKILL:
        ran, deaths = command(*again), deaths + 1

    assert deaths == demo.figures["entries"] // 420
    assert json.loads(ran.stdout.splitlines()[-1])["digest"] == demo.figures["digest"]


def test_the_erp_was_down_and_caught_up_once_each(demo: Ran) -> None:
    """While it is down it falls behind; what is sent again is not booked again; in the end nothing is left."""
    begins, ends = demo.figures["outage"]
    backlog = dict(demo.figures["backlog"])

    assert max(count for at, count in backlog.items() if begins <= at < ends) > 100
    assert min(count for at, count in backlog.items() if at >= ends) == 0
    assert backlog[max(backlog)] == 0
    assert demo.figures["erp_repeats"] == 5


def test_who_reacts_to_what_is_a_table_that_draws_itself() -> None:
    """Eight systems follow the journal; the stand-ins hear of nothing that is not in the table."""
    picture = drawn(TABLE).splitlines()

    assert picture[1] == '  fulfillment.allocated["fulfillment.allocated"] -- pick --> wms(["wms"])'
    assert sum("-- book --> erp" in line for line in picture) == 7
    assert {row.system for row in TABLE} == {
        *("wms", "carrier", "counter", "market", "desk", "papers", "finance", "erp")
    }


def test_every_order_of_the_day_is_accounted_for(demo: Ran) -> None:
    """What was sent is final, or waits with a reason that is named."""
    assert sum(demo.figures["orders"].values()) == len(load(1).orders)
    assert len(demo.figures["waiting"]) == demo.figures["orders"].get("waiting", 0)
    assert all(because for because in demo.figures["waiting"].values())


def test_pieces_end_once_and_clocks_are_met_or_not(demo: Ran) -> None:
    """What is shown of methods, clocks and rates adds up to what was ordered and relayed."""
    figures, relayed = demo.figures, sum(is_of_market(order) for order in load(1).orders)

    assert all(row["pieces"] == sum(row["ends"].values()) > 0 for row in figures["methods"])
    assert sum(row["ends"]["collected"] for row in figures["methods"]) > 0
    assert relayed > 0
    assert all(row["met"] + row["late"] + row["fell_away"] + row["open"] == relayed for row in figures["clocks"])
    assert all([row["counted"], row["of"]] == row["theirs"] for row in figures["rates"])
    assert max(row["clocks"] for row in figures["risks"]) > 0
    assert figures["risks"][-1]["clocks"] == 0


def test_papers_have_numbers_and_tax_at_three_rates(demo: Ran) -> None:
    """Each division numbers its own from one up; what is billed and not credited has tax by rate, and it is shown."""
    figures = demo.figures
    for registration in ("GB-DEPOTS", "GB-STORES"):
        own = [row for row in figures["papers"] if row["registration"] == registration]
        assert min(row["first"] for row in own) == "2010-000001"
        assert max(row["last"] for row in own) == f"2010-{sum(row['count'] for row in own):06}"
    assert [row["rate"] for row in figures["taxes"]] == ["0", "0.05", "0.175"]
    assert sum(row["tax"] for row in figures["taxes"]) == sum(row["tax"] for row in figures["papers"]) > 0
    assert all((row["net"] < 0) is (row["kind"] == "credit note") for row in figures["papers"])
    assert all(f"to {row['last']}" in demo.page for row in figures["papers"])


def test_the_desk_shows_an_order_before_and_after_the_call(demo: Ran) -> None:
    """What it said is what stood there then; each step of the story, and each change with its way, is on the page."""
    call, story = demo.figures["call"], demo.figures["story"]

    assert call is not None
    assert {step["at"] > call["at"] for step in story} == {False, True}
    assert {change["how"] for change in call["changes"]} >= {"at once", "if it can still be stopped"}
    assert any("promised for" in note for step in story for note in step["notes"])
    said = [*(step["text"] for step in story), *(piece["next"] for piece in call["pieces"])]
    assert all(escape(each) in demo.page for each in said)


def test_the_output_says_what_is_drawn(demo: Ran) -> None:
    """Nobody mistakes a seed for data."""
    said = " ".join(demo.said.split())
    assert all(" ".join(drawn.split()) in said for drawn in demo.figures["drawn"])
    assert "left out of the fortnight: 191 lines, price of zero" in said


def test_the_report_is_one_page_that_loads_nothing(demo: Ran) -> None:
    """Its pictures are well-formed SVG, and no link, script or font is fetched."""
    pictures = re.findall(r"<svg.*?</svg>", demo.page, flags=re.DOTALL)

    assert len(pictures) >= 5
    assert all(ET.fromstring(picture).tag == "svg" for picture in pictures)  # noqa: S314  # our own text
    assert not re.search(r"(src|href)=|url\(|@import|<script", demo.page)
    assert "$" not in demo.page


BOOKS = "our books load in Beancount without an error, and hold the same there"
DOUBLE_ENTRY = "the ERP's own double entry equals our postings, entry for entry"


@pytest.mark.parametrize(
    "found_by",
    [
        {"erp-twice": DOUBLE_ENTRY, "oversold": "nothing is oversold"},
        {
            "lost-posting": DOUBLE_ENTRY,
            "collected-unbooked": DOUBLE_ENTRY,
            "market-deaf": "the marketplace counts what we count",
            "page-lost": BOOKS,
        },
    ],
)
def test_planted_faults_are_found(found_by: dict[str, str], tmp_path: Path) -> None:
    """Checks can fail: each fault is found by the check that is there for it."""
    with closing(Fortnight(tmp_path, load(1), Memory())) as world:
        for fault in found_by:
            plant(fault, world)
        outcome = look(world, world.store, world.run(lambda _now, _entries: None))
    wrong = {check.name: check.wrong for check in outcome.done if check.wrong}

    assert set(found_by.values()) <= set(wrong)
    if "collected-unbooked" in found_by:
        assert wrong[BOOKS][0].startswith("Balance failed for")
        told = {each.partition(":")[0].rpartition("/")[2] for each in wrong[DOUBLE_ENTRY]}
        assert told == {"collected", "shipped"}


def test_every_fault_is_tried() -> None:
    """A fault that can be planted has a test above, and is one of the command."""
    assert (
        set(FAULTS)
        == set(PLANTS)
        == {*("erp-twice", "oversold", "lost-posting", "collected-unbooked", "market-deaf", "page-lost")}
    )


def imported(module: str) -> Iterator[str]:
    """Return every module that a module of the demo imports, and those that its neighbors import for it."""
    tree = ast.parse((DEMO / f"{module}.py").read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module or ""
        elif isinstance(node, ast.ImportFrom) and node.level == 1:
            neighbors = [node.module] if node.module else [alias.name for alias in node.names]
            for neighbor in neighbors:
                yield from imported(neighbor)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


@pytest.mark.parametrize("module", STAND_INS)
def test_stand_ins_know_nothing_of_the_library(module: str) -> None:
    """They speak bytes: neither they nor what they import sees a room that they mirror."""
    assert [name for name in imported(module) if name.startswith(("unicommerce", ".."))] == []
