"""The example that solves instances of the exchange format: what it reads, what it writes, and what it refuses."""

import json
from pathlib import Path

import pytest

from examples.solve_instances import main
from tests.routing import corpus, milp
from tests.routing.exchange import shown
from unicommerce.routing import price

ORDER = {
    "id": "order-1",
    "lines": [{"id": "mug", "qty": 2, "weight_g": 400}, {"id": "cup", "qty": 1, "unfilled_cost": 700}],
    "nodes": [
        {
            "id": "dc",
            "fixed_cost": 500,
            "offers": [
                {"line": "mug", "available": 9, "unit_cost": 20},
                {"line": "cup", "available": -1, "unit_cost": 5},
            ],
            "slabs": [{"up_to_g": 500, "cost": 100}],
            "extra": {"step_g": 250, "cost": 30},
        },
        {
            "id": "shop",
            "fixed_cost": 800,
            "capacity": None,
            "offers": [{"line": "cup", "available": 1, "unit_cost": 9}],
        },
    ],
}


def solved(folder: Path, instances: object) -> tuple[int, list[dict[str, object]]]:
    """Return how the example ends and what it writes."""
    source, target = folder / "in.json", folder / "out.json"
    source.write_text(json.dumps(instances), encoding="utf-8")
    code = main([str(source), str(target)])
    return code, json.loads(target.read_text(encoding="utf-8")) if target.exists() else []


def test_an_order_is_read_and_answered(tmp_path: Path) -> None:
    """Two mugs weigh 800 g: the slab and two steps; the cup is not worth a second shipment. The second has no plan."""
    alone = {"id": "order-2", "lines": [{"id": "mug", "qty": 1}], "nodes": []}

    code, answers = solved(tmp_path, [ORDER, alone])

    assert code == 0
    assert answers == [
        {
            "id": "order-1",
            "claimed_cost": 500 + 2 * 20 + 100 + 2 * 30 + 700,
            "claimed_plan": [["dc", "mug", 2]],
            "lower_bound": 1_400,
            "proven_optimal": True,
        },
        {"id": "order-2", "claimed_cost": None, "claimed_plan": None, "lower_bound": None, "proven_optimal": True},
    ]


def test_what_is_shown_in_the_format_is_solved_as_it_is(tmp_path: Path) -> None:
    """Instances of the corpus, written in the format and read again, have the optimum of the independent solver."""
    drawn = [corpus.instance(number) for number in range(40)]
    problems = [problem for problem, about in drawn if about["nodes"] == 10 and shown("", problem) is not None]

    code, answers = solved(tmp_path, [shown(str(place), each) for place, each in enumerate(problems)])

    assert code == 0
    for problem, answer in zip(problems, answers, strict=True):
        plan = milp.solve(problem)
        assert answer["claimed_cost"] == (None if plan is None else price(problem, plan))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"lines": [{"id": "mug", "qty": -1}]}, "instance 'order-1'.lines[0].qty: -1 is not a whole number from 0"),
        ({"lines": [{"id": "mug", "qty": 1.5}]}, "instance 'order-1'.lines[0].qty: 1.5 is not a whole number from 0"),
        ({"lines": [{"id": "mug", "qty": True}]}, "instance 'order-1'.lines[0].qty: True is not a whole number from 0"),
        ({"lines": [{"id": "a", "qty": 1}] * 2}, "lines[1].id: 'a' is not told once, instance 'order-1'.lines[0] has"),
        ({"lines": "mug"}, "instance 'order-1'.lines: 'mug' is not a list"),
        ({"lines": []}, "instance 'order-1'.nodes[0].offers[0].line: 'mug' is not a line of this instance"),
        ({"allow_line_split": 1}, "instance 'order-1'.allow_line_split: 1 is not true or false"),
        ({"max_shipments": "2"}, "instance 'order-1'.max_shipments: '2' is not a whole number from 0"),
        ({"id": 7}, "instances[0].id: 7 is not a text"),
        ({"nodes": [{"id": "dc"}]}, "instance 'order-1'.nodes[0].fixed_cost is missing; it is to be a whole number"),
        (
            {"nodes": [{"id": "n", "fixed_cost": 1, "slabs": [{"up_to_g": 5, "cost": 1}] * 2}]},
            "instance 'order-1'.nodes[0].slabs[1].up_to_g: 5 is not more than 5",
        ),
        (
            {"nodes": [{"id": "n", "fixed_cost": 1, "extra": {"step_g": 5, "cost": 1}}]},
            "instance 'order-1'.nodes[0].extra: {'step_g': 5, 'cost': 1} is not beside slabs",
        ),
    ],
)
def test_what_cannot_be_read_is_named_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], change: dict[str, object], said: str
) -> None:
    """The error has the instance, the field and the value."""
    code, answers = solved(tmp_path, [ORDER | change])

    assert (code, answers) == (2, [])
    assert said in capsys.readouterr().err


def test_a_file_that_is_no_list_of_json_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither an object nor half a file is taken for instances."""
    assert solved(tmp_path, {"id": "order-1"}) == (2, [])
    (tmp_path / "in.json").write_text("[{", encoding="utf-8")
    assert main([str(tmp_path / "in.json"), str(tmp_path / "out.json")]) == 2
    assert "is not JSON" in capsys.readouterr().err
