"""Every vector of a folder, `--vectors DIR` (ours in `data`): run through public API, or failed; none is skipped.

A vector fails where an answer differs in any key that it expects, and where a field of it was not read.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

from .reading import Answer, Fields, Translator, Value, differences
from .refund import REFUND
from .tax import TAX
from .valuation import VALUATION

TRANSLATORS: Mapping[str, Mapping[tuple[str, str], Translator]] = {
    "tax": TAX,
    "valuation": VALUATION,
    "refund": REFUND,
}
"""By file, then by group and kind."""

ELSEWISE: Mapping[str, tuple[str, Answer]] = MappingProxyType({})
"""By vector id: the decision record by which we answer otherwise on purpose, and what we answer."""

OURS = Path(__file__).parent / "data"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give each vector of the folder a test of its own."""
    folder = Path(metafunc.config.getoption("--vectors") or OURS)
    if "vector" in metafunc.fixturenames:
        found = [
            (name, v)
            for name in TRANSLATORS
            for v in json.loads((folder / f"{name}-vectors.json").read_text())["vectors"]
        ]
        metafunc.parametrize(("name", "vector"), found, ids=[vector["id"] for _, vector in found])


def test_vector(name: str, vector: Mapping[str, Mapping[str, Value]]) -> None:
    """The answer has every key that is expected, and every field was read."""
    translate = TRANSLATORS[name][str(vector["group"]), str(vector["kind"])]
    inputs = Fields(vector["inputs"])
    answer = translate(inputs)
    record, ours = ELSEWISE.get(str(vector["id"]), ("", vector["expected"]))
    assert not differences(ours, answer), record
    assert not inputs.unread()


def test_a_field_that_nobody_reads_is_told() -> None:
    """The check of what was read can fail."""
    fields = Fields({"a": 1, "rows": [{"b": "x"}], "list": [1, 2]})
    fields.whole("a")
    assert fields.unread() == ["rows[0].b", "list[0]", "list[1]"]
    fields.rows("rows")[0].text("b")
    fields.wholes("list")
    assert not fields.unread()


@pytest.mark.parametrize(
    ("expected", "answer"),
    [({"a": 1}, {}), ({"a": 1}, {"a": 2}), ({"a": True}, {"a": 1}), ([1], []), ([1], [2]), ({"a": {"b": 1}}, {"a": 1})],
)
def test_a_wrong_answer_is_told(expected: dict[str, object], answer: object) -> None:
    """The check of answers can fail."""
    assert differences(expected, answer)
