"""The example that solves instances of the exchange format: what it reads, what it writes, and what it refuses."""

import json
from pathlib import Path

import pytest

from examples.solve_instances import main
from tests.routing import corpus, milp
from tests.routing import plain as drawing
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
    """Return how the example ends and what it writes, but for the time it took."""
    source, target = folder / "in.json", folder / "out.json"
    source.write_text(json.dumps(instances), encoding="utf-8")
    code = main([str(source), str(target)])
    answers = json.loads(target.read_text(encoding="utf-8")) if target.exists() else []
    assert all(answer.pop("seconds") >= 0 for answer in answers)
    return code, answers


def answer(name: str, status: str, cost: int | None, plan: list[list[object]] | None) -> dict[str, object]:
    """Return an answer that is proven."""
    return {
        "id": name,
        "status": status,
        "cost": cost,
        "shipments": len({row[0] for row in plan or ()}),
        "plan": plan,
        "bound": cost,
        "claimed_cost": cost,
        "claimed_plan": plan,
        "lower_bound": cost,
        "proven_optimal": True,
    }


def test_an_order_is_read_and_answered(tmp_path: Path) -> None:
    """Two mugs weigh 800 g: the slab and two steps; the cup is not worth a second shipment. The second has no plan."""
    alone = {"id": "order-2", "lines": [{"id": "mug", "qty": 1}], "nodes": []}

    code, answers = solved(tmp_path, [ORDER, alone])

    assert code == 0
    assert answers == [
        answer("order-1", "optimal", 500 + 2 * 20 + 100 + 2 * 30 + 700, [["dc", "mug", 2]]),
        answer("order-2", "infeasible", None, None),
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


def test_whatever_is_left_out_or_listed_otherwise_has_the_same_optimum(tmp_path: Path) -> None:
    """Orders with some of everything: null or absent, with fields of other names, shuffled; beside the solver."""
    drawn = [each for seed in range(150) if shown("", each := drawing.problem(seed)) is not None]
    plain = [shown(str(place), each) or {} for place, each in enumerate(drawn)]
    draws = drawing.Draws(0)
    turned = [_turned(draws, instance) for instance in plain]

    code, answers = solved(tmp_path, plain)

    assert code == 0
    for each, found in zip(drawn, answers, strict=True):
        plan = milp.solve(each)
        assert found["cost"] == (None if plan is None else price(each, plan))
    assert solved(tmp_path, turned) == (0, answers)


def _turned(draws: drawing.Draws, value: object) -> object:
    """Return the same, with lists in another order, without what is null, and with a note in each object."""
    if isinstance(value, dict):
        rows = {name: each for name, each in value.items() if each is not None or draws.happens(50)}
        return {"note": 1.5} | {name: each if name == "slabs" else _turned(draws, each) for name, each in rows.items()}
    return draws.shuffled([_turned(draws, each) for each in value]) if isinstance(value, list) else value


def test_edges_of_the_format_mean_what_they_say(tmp_path: Path) -> None:
    """No lines, none wanted, none that must come, none shipped, no limit in the largest number, none of any node."""
    cup = {"id": "cup", "qty": 1, "unfilled_cost": 700}
    far = 2**63 - 1
    vast = {"id": "v", "fixed_cost": 5, "capacity": far, "max_weight_g": far, "slabs": [{"up_to_g": far, "cost": 2}]}
    vast["offers"] = [{"line": "cup", "available": far, "unit_cost": 1}]

    code, answers = solved(
        tmp_path,
        [
            {"id": "empty", "lines": [], "nodes": []},
            {
                "id": "none wanted",
                "lines": [{"id": "mug", "qty": 0, "weight_g": None}],
                "nodes": [vast | {"offers": []}],
            },
            {"id": "not worth it", "lines": [cup], "nodes": []},
            {"id": "none may ship", "lines": [cup], "nodes": [vast], "max_shipments": 0},
            {"id": "no limit", "lines": [cup], "nodes": [vast], "shipment_penalty": None, "allow_line_split": None},
            {"id": "no offers", "lines": [{"id": "mug", "qty": 1}], "nodes": [{"id": "n", "fixed_cost": 0}]},
        ],
    )

    assert (code, [(each["status"], each["cost"]) for each in answers]) == (
        0,
        [("optimal", 0), ("optimal", 0), ("optimal", 700), ("optimal", 700), ("optimal", 8), ("infeasible", None)],
    )


def test_a_search_that_ran_out_of_steps_claims_nothing(tmp_path: Path) -> None:
    """Its plan can be carried out, its bound holds, and its status says that more is not known."""
    (tmp_path / "in.json").write_text(json.dumps([shown("hard", corpus.drawn(1, 50, ["cards"], regime="eight"))]))

    assert main([str(tmp_path / "in.json"), str(tmp_path / "out.json"), "--budget", "0"]) == 0
    [found] = json.loads((tmp_path / "out.json").read_text())
    assert (found["status"], found["proven_optimal"]) == ("unknown", False)
    assert found["bound"] < found["cost"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"lines": [{"id": "mug", "qty": -1}]}, "instance 'order-1'.lines[0].qty: -1 is not a whole number from 0"),
        ({"lines": [{"id": "mug", "qty": 1.5}]}, "instance 'order-1'.lines[0].qty: 1.5 is not a whole number from 0"),
        ({"lines": [{"id": "mug", "qty": True}]}, "instance 'order-1'.lines[0].qty: True is not a whole number from 0"),
        ({"lines": [{"id": "a", "qty": 1}] * 2}, "lines[1].id: 'a' is not told once, instance 'order-1'.lines[0] has"),
        ({"lines": "mug"}, "instance 'order-1'.lines: 'mug' is not a list"),
        ({"lines": [{"id": "mug"}]}, "instance 'order-1'.lines[0].qty is missing; it is to be a whole number from 0"),
        ({"lines": [{"id": "mug", "qty": 2**63}]}, "lines[0].qty: 9223372036854775808 is not 9223372036854775807 or"),
        ({"lines": [{"id": "mug", "qty": 10**9, "weight_g": 10**10}]}, "'order-1'.lines: 10000000000000000000 is not"),
        ({"lines": [None]}, "instance 'order-1'.lines[0] is missing; it is to be an object"),
        (
            {"nodes": [{"id": "n", "fixed_cost": 1}] * 2},
            "nodes[1].id: 'n' is not told once, instance 'order-1'.nodes[0]",
        ),
        ({"nodes": [{"id": "n", "fixed_cost": 1, "capacity": -1}]}, "'order-1'.nodes[0].capacity: -1 is not a whole"),
        (
            {"nodes": [{"id": "n", "fixed_cost": 1, "slabs": [{"up_to_g": 5, "cost": 9}, {"up_to_g": 6, "cost": 8}]}]},
            "instance 'order-1'.nodes[0].slabs[1].cost: 8 is not 9 or more",
        ),
        (
            {"nodes": [{"id": "n", "fixed_cost": 1, "offers": [{"line": "mug", "available": 1, "unit_cost": 1}] * 2}]},
            "instance 'order-1'.nodes[0].offers[1].line: 'mug' is not told once",
        ),
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


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b'{"id": "order-1"}', "instances: {'id': 'order-1'} is not a list"),
        (b"[{", "is not JSON"),
        (b"\xff\x00\xff", "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b'[{"id": "a", "lines": [], "lines": [], "nodes": []}]', "a field is told twice among"),
        (
            b'[{"id": "a", "lines": [], "nodes": []}, {"id": "a", "lines": [], "nodes": []}]',
            "instances[1].id: 'a' is not",
        ),
    ],
)
def test_a_file_that_cannot_be_read_leaves_the_last_answers_as_they_were(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: bytes, said: str
) -> None:
    """Neither an object nor half a file is taken for instances, and nothing is half written."""
    source, target = tmp_path / "in.json", tmp_path / "out.json"
    source.write_bytes(text)
    target.write_text("of yesterday")

    assert main([str(source), str(target)]) == 2
    assert said in capsys.readouterr().err
    assert target.read_text() == "of yesterday"


def test_a_file_that_is_not_there_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither the one to read nor the folder to write to ends in a traceback."""
    (tmp_path / "in.json").write_text("[]")

    assert main([str(tmp_path / "none.json"), str(tmp_path / "out.json")]) == 2
    assert main([str(tmp_path / "in.json"), str(tmp_path / "none" / "out.json")]) == 2
    assert capsys.readouterr().err.count("No such file") == 2
