"""Papers at random, of each form: what a contract writes and reads again."""

from collections.abc import Callable, Mapping

from hypothesis import reject
from hypothesis import strategies as st

from ...errors import InvalidValue
from ...ports import Address, Item, Line, Paper
from .shape import CURRENCIES, FORMS, STATUSES, Field, altered, fields_of, paper_of

__all__ = ["papers", "variants"]

IDS = st.sampled_from(("1", "2", "007", "A-1", "größe/4", "x y"))
SKUS = st.sampled_from(("MUG", "CUP", "0815"))
TEXTS = st.sampled_from(("", "plain", "Zürich", '"quoted", \\', "1"))
AMOUNTS = st.integers(0, 10**10)
MOMENTS = st.integers(0, 60_000_000).map(lambda minute: minute * 60_000)
"""Whole minutes: systems that know no finer moment need not refuse one."""
LEAST: Mapping[str, int] = {"stock_change": -99, "stock_count": 0, "offered": 0, "purchase_answer": 0}
"""The least quantity in a paper of a form; one, where it says nothing."""


def papers(form: str) -> st.SearchStrategy[Paper]:
    """Return papers of a form, with lines of one SKU, currencies of other decimals, fields that say nothing."""
    drawn = {field.name: _drawn(field, form) for field in fields_of(FORMS[form])}
    return st.fixed_dictionaries(drawn).map(lambda values: _made(lambda: paper_of(form, values)))


def _made(make: Callable[[], Paper]) -> Paper:
    """Return a paper; fields that do not go together are drawn anew."""
    try:
        return make()
    except InvalidValue:
        reject()


def variants(paper: Paper) -> st.SearchStrategy[Paper]:
    """Return papers that differ from a given one in some of their fields."""
    names = [field.name for field in fields_of(type(paper))]
    kept = st.sets(st.sampled_from(names), min_size=len(names) // 2)
    return st.tuples(papers(paper.form), kept).map(
        lambda drawn: _made(lambda: altered(drawn[0], {name: getattr(paper, name) for name in drawn[1]}))
    )


def _drawn(field: Field, form: str) -> st.SearchStrategy[object]:
    """Return values of a field. A number that has a default keeps it: others may not go with the rest of a paper."""
    named: Mapping[str, st.SearchStrategy[object]] = {
        "currency": st.sampled_from(CURRENCIES if field.is_needed else (*CURRENCIES, "")),
        "status": st.sampled_from(STATUSES.get(form, ("",))),
        "sku": SKUS,
        "version": st.integers(1, 99),
    }
    by_kind: Mapping[str, st.SearchStrategy[object]] = {
        "flag": st.booleans(),
        "id": IDS,
        "text": TEXTS,
        "texts": st.lists(st.sampled_from(("T1", "T2")), max_size=2).map(tuple),
        "amount": AMOUNTS,
        "moment": MOMENTS,
        "whole": st.integers(LEAST.get(form, 1), 10**6) if field.is_needed else st.just(field.default),
    }
    drawn = {**by_kind, **named}.get(field.name if field.name in named else field.kind)
    if drawn is None:
        return _parts(field, form)
    return drawn if field.is_needed or field.default is not None else st.none() | drawn


def _parts(field: Field, form: str) -> st.SearchStrategy[object]:
    """Return lines, items or an address; what else there may be is left out."""
    if field.part not in (Line, Item, Address):
        return st.just(field.default)
    part = st.tuples(*[_drawn(each, form) for each in fields_of(field.part)]).map(lambda values: field.part(*values))
    if field.kind == "part":
        return part
    return st.lists(part, min_size=field.is_needed, max_size=3, unique_by=_id).map(tuple)


def _id(part: tuple[object, ...]) -> object:
    """Return what tells a line from another: its id; items may be alike."""
    return part[0] if isinstance(part, Line) else object()
