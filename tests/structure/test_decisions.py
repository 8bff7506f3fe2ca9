"""Decision records have one form, one page each, numbers without a gap, and a place in the list."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "docs" / "decisions"
RECORDS = {path.name: path.read_text("utf-8") for path in sorted(FOLDER.glob("[0-9]*.md"))}
PARTS = ["Context", "Decision", "Consequences"]
PAGE_LINES = 60


def faults(number: int, name: str, text: str, listed: str) -> Iterator[str]:
    """Yield what is wrong with the record that should have this number; `listed` is the text of the list."""
    title = re.match(rf"# {number:04} (\S.*)\n", text)
    if not name.startswith(f"{number:04}-") or not title:
        yield f"{name}: its name and its title start with {number:04}, the next number"
    if re.findall(r"^\*\*(\w+)\.\*\*", text, re.MULTILINE) != PARTS:
        yield f"{name}: its parts are {', '.join(PARTS)}"
    if text.count("\n") > PAGE_LINES:
        yield f"{name}: it is longer than a page, {PAGE_LINES} lines"
    if title and f"1. [{title[1]}]({name})\n" not in listed:
        yield f"{name}: README.md lacks the line 1. [{title[1]}]({name})"


def test_every_record_keeps_the_form_and_is_listed() -> None:
    """Who looks for why something is as it is finds it in the list, on one page, in the same three parts."""
    listed = (FOLDER / "README.md").read_text("utf-8")
    found = [fault for n, (name, text) in enumerate(RECORDS.items(), 1) for fault in faults(n, name, text, listed)]

    assert found == []


SOUND = "# 0001 A choice\n\n**Context.** Why.\n\n**Decision.** What.\n\n**Consequences.** And then.\n"


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("0002-a-choice.md", SOUND, "0002-a-choice.md: its name and its title start with 0001, the next number"),
        ("0001-a-choice.md", SOUND.replace("Decision", "Choice"), "0001-a-choice.md: its parts are Context, Decision"),
        ("0001-a-choice.md", SOUND + "\n" * 60, "0001-a-choice.md: it is longer than a page"),
        ("0001-a-choice.md", SOUND.replace("A choice", "Another"), "0001-a-choice.md: README.md lacks the line"),
    ],
)
def test_each_fault_is_found(name: str, text: str, fault: str) -> None:
    """A check that cannot fail is decoration: each planted fault is named, and the sound record has none."""
    listed = "1. [A choice](0001-a-choice.md)\n1. [A choice](0002-a-choice.md)\n"

    assert list(faults(1, "0001-a-choice.md", SOUND, listed)) == []
    assert [found[: len(fault)] for found in faults(1, name, text, listed)] == [fault]
