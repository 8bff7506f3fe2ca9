"""What the documentation draws from the code is what the code draws today; and its links, lists and sizes hold.

`python -m tools.draw` writes what is stale here; nobody writes it by hand.
"""

import re
import tomllib
from pathlib import Path

import pytest

from tools import draw
from unicommerce import ledger

ROOT = Path(__file__).parents[2]
PAGES = draw.pages()
IDS = [page.relative_to(ROOT).as_posix() for page in PAGES]


def test_no_page_is_stale() -> None:
    """Pictures, tables and reference pages are as the code draws them; tests/test_documentation.py runs the outputs."""
    stale = [path.relative_to(ROOT).as_posix() for path in draw.stale(draw.parts)]

    assert stale == [], "run: python -m tools.draw"


def test_what_is_stale_is_found_and_drawn_anew() -> None:
    """A picture that is old and an output that is wrong are both replaced; what people wrote stays."""
    page = "one\n<!-- drawn: moves -->\nold\n<!-- /drawn -->\n\n```python\nprint(1 + 1)\n```\n\n```text\n3\n```\ntwo\n"

    redrawn = draw.drawn(page)

    assert "old" not in redrawn
    assert "  allocated --> picked\n" in redrawn
    assert redrawn.endswith("```text\n2\n```\ntwo\n")
    assert redrawn.startswith("one\n")
    assert draw.drawn(redrawn) == redrawn


def test_a_room_without_a_floor_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever builds a room says on which floor it stands."""
    monkeypatch.setattr(draw, "FLOORS", {"ledger": {"ledger": "", "values": ""}})

    with pytest.raises(ValueError, match="rooms without a floor"):
        draw.standing()


def test_the_building_is_the_one_of_the_import_contract() -> None:
    """The floors name the rooms that the import contract names, planned ones included."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["id"] == "layers")
    named = {room for layer in layers for room in re.findall(r"\w+", layer)}

    assert {room for rooms in draw.FLOORS.values() for room in rooms} == named


def test_the_picture_of_imports_has_every_room_that_stands() -> None:
    """A room that imports nothing, or that nothing imports, would be a mistake of the picture."""
    drawn = set(re.findall(r"\w+", draw.imports()))

    assert set(draw.standing()) <= drawn


def test_every_column_of_the_worked_example_sums_to_zero() -> None:
    """Conservation: over whole accounts each unit sums to zero after every step."""
    for step in draw.day():
        for unit, book in step.balances.items():
            wholes = [held for account, held in book.items() if not ledger.is_part(account)]

            assert sum(wholes) == 0, f"{step.name}: {unit}"


def test_every_reason_code_has_a_heading() -> None:
    """Looked for in another way than the page was made: by the class itself."""
    page = (ROOT / "docs/reference/reasons.md").read_text("utf-8")
    tables = [table for table in ledger.ReasonCode.__subclasses__() if table.__module__.startswith("unicommerce.")]

    assert len(tables) > 5
    for code in [code for table in tables for code in table]:
        assert f"\n### {code.value}\n" in page


def test_every_kind_of_event_has_a_section() -> None:
    """Looked for in another way than the page was made: by the text of the source."""
    page = (ROOT / "docs/reference/events.md").read_text("utf-8")
    sources = [path.read_text("utf-8") for path in sorted((ROOT / "src").rglob("*.py")) if "testing" not in path.parts]
    kinds = [kind for source in sources for kind in re.findall(r'kind: ClassVar\[str\] = "([\w.]+)"', source)]

    assert len(kinds) > 15
    for kind in kinds:
        assert f"\n`{kind}`, " in page


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_links_lead_somewhere(page: Path) -> None:
    """Every link to a file of this repository names one that exists."""
    targets = re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text("utf-8"))
    lost = [to for to in targets if "://" not in to and not (page.parent / to).exists()]

    assert lost == []


def test_the_navigation_has_every_page() -> None:
    """A page that nobody can find is not there; decision records are reached from the index."""
    listed = set(re.findall(r"([\w./-]+\.md)$", (ROOT / "mkdocs.yml").read_text("utf-8"), re.MULTILINE))

    assert listed == {page.relative_to(ROOT / "docs").as_posix() for page in PAGES if page.name != "README.md"}


def test_the_readme_is_short_and_says_whose_it_is_not() -> None:
    """At most 150 lines, and one that says that the project is not affiliated with the company of the same name."""
    readme = (ROOT / "README.md").read_text("utf-8")

    assert readme.count("\n") <= 150
    assert "not affiliated with the company of the same name" in readme
