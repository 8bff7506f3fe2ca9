"""All code in README.md, docs and docstrings runs, and says what the text says it says.

In Markdown the blocks marked `python` of a page run from top to bottom in one namespace; a block marked `text` that
follows one, with nothing but blank lines between, is exactly what it prints. In docstrings, and in the strings that
explain a constant, the examples behind `>>>` run, each string by itself, with the names of its module.
"""

import ast
import doctest
import importlib
import io
import re
from collections.abc import Iterator
from contextlib import redirect_stdout
from itertools import zip_longest
from pathlib import Path
from textwrap import dedent
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [page for page in (ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md"))) if page.exists()]
MODULES = sorted((ROOT / "src").rglob("*.py"))

FENCE = re.compile(r"^(?P<indent> *)```(?P<mark>\w*)[^\n]*\n(?P<body>.*?)^(?P=indent)``` *$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """One block of Python on a page, and what the page says that it prints."""

    line: int
    code: str
    printed: str | None


def blocks(text: str) -> Iterator[Block]:
    """Yield the blocks of Python of a page in their order."""
    found = list(FENCE.finditer(text))
    for fence, after in zip_longest(found, found[1:]):
        line = text.count("\n", 0, fence.start("body"))
        assert fence["mark"] == "python" or not fence["mark"].startswith("py"), f"line {line}: the mark is `python`"
        if fence["mark"] == "python":
            follows = after and after["mark"] == "text" and not text[fence.end() : after.start()].strip()
            yield Block(line, dedent(fence["body"]), dedent(after["body"]) if after and follows else None)


def run(page: Path, text: str) -> None:
    """Run the blocks of a page; a traceback shows the lines of the page."""
    names: dict[str, object] = {"__name__": "__main__"}
    for block in blocks(text):
        out = io.StringIO()
        with redirect_stdout(out):
            exec(compile("\n" * block.line + block.code, str(page), "exec"), names)  # noqa: S102 - our own pages
        if block.printed is not None:
            assert out.getvalue() == block.printed, f"{page}:{block.line} prints something else"


def examples(path: Path) -> Iterator[doctest.DocTest]:
    """Yield the strings of a module that have examples; the module is not imported yet."""
    lines = path.read_text("utf-8")
    for node in ast.walk(ast.parse(lines)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            name = f"{path.relative_to(ROOT / 'src').as_posix()}:{node.lineno}"
            test = doctest.DocTestParser().get_doctest(node.value.value, {}, name, str(path), node.lineno - 1)
            if test.examples:
                yield test


def check(test: doctest.DocTest, module: str) -> str:
    """Run the examples of one string and return what did not come out as written."""
    report: list[str] = []
    test.globs = dict(vars(importlib.import_module(module)))
    doctest.DocTestRunner(optionflags=doctest.REPORT_NDIFF).run(test, out=report.append)
    return "".join(report)


STRINGS = [test for path in MODULES for test in examples(path)]


@pytest.mark.parametrize("page", PAGES, ids=[page.relative_to(ROOT).as_posix() for page in PAGES])
def test_the_code_of_a_page_runs_and_prints_what_the_page_says(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every block of Python in README.md and docs runs, page by page, in an empty folder."""
    monkeypatch.chdir(tmp_path)

    run(page, page.read_text("utf-8"))


@pytest.mark.parametrize("test", STRINGS, ids=[test.name for test in STRINGS])
def test_the_examples_of_a_docstring_come_out_as_written(test: doctest.DocTest) -> None:
    """Every example in src runs, string by string."""
    path = Path(test.name.partition(":")[0])
    module = ".".join(path.with_suffix("").parts).removesuffix(".__init__")

    assert check(test, module) == ""


SAMPLE = """
```python
kept = 1
```

```sh
make test
```

1. In a list:

   ```python
   print(kept + 1)
   ```

   ```text
   2
   ```
"""


def test_blocks_of_a_page_share_their_names_and_are_held_to_what_they_print() -> None:
    """A page is read as its reader reads it, and a page that lies is caught."""
    run(Path("sample.md"), SAMPLE)

    with pytest.raises(AssertionError, match=r"sample.md:12 prints something else"):
        run(Path("sample.md"), SAMPLE.replace(" 2\n", " 3\n"))
    with pytest.raises(NameError):
        run(Path("sample.md"), SAMPLE.replace("kept = 1", "lost = 1"))
    with pytest.raises(AssertionError, match="line 12: the mark is `python`"):
        run(Path("sample.md"), SAMPLE.replace("   ```python", "   ```py"))


def test_an_example_that_comes_out_otherwise_is_reported(tmp_path: Path) -> None:
    """An example that is wrong fails, with its line."""
    test = doctest.DocTestParser().get_doctest(">>> 1 + 1\n3\n", {}, "wrong", str(tmp_path / "wrong.py"), 6)

    assert "line 7" in check(test, "doctest")
