"""Papers at random, of each form: what a contract writes and reads again."""

from collections.abc import Mapping

from hypothesis import strategies as st

from ...ports import Address, Item, Line, Paper
from .shape import CURRENCIES, FORMS, STATUSES, Field, altered, fields_of, paper_of

__all__ = ["papers", "variants"]

IDS = st.sampled_from(("1", "2", "007", "A-1", "größe/4", "x y"))
SKUS = st.sampled_from(("MUG", "CUP", "0815"))
TEXTS = st.sampled_from(("", "plain", "Zürich", '"quoted", \\', "1"))
AMOUNTS = st.integers(0, 10**10)
MOMENTS = st.integers(0, 4_102_444_800_000)
LEAST: Mapping[str, int] = {"stock_change": -99, "stock_count": 0, "offered": 0, "purchase_answer": 0}
"""The least quantity in a paper of a form; one, where it says nothing."""


def papers(form: str) -> st.SearchStrategy[Paper]:
    """Return papers of a form, with lines of one SKU, currencies of other decimals, fields that say nothing."""
    drawn = {field.name: _drawn(field, form) for field in fields_of(FORMS[form])}
    return st.fixed_dictionaries(drawn).map(lambda values: paper_of(form, values))


def variants(paper: Paper) -> st.SearchStrategy[Paper]:
    """Return papers that differ from a given one in some of their fields."""
    names = [field.name for field in fields_of(type(paper))]
    kept = st.sets(st.sampled_from(names), min_size=len(names) // 2)
    return st.tuples(papers(paper.form), kept).map(
        lambda drawn: altered(drawn[0], {name: getattr(paper, name) for name in drawn[1]})
    )


def _drawn(field: Field, form: str) -> st.SearchStrategy[object]:
    named: Mapping[str, st.SearchStrategy[object]] = {
        "currency": st.sampled_from(CURRENCIES if field.is_needed else (*CURRENCIES, "")),
        "status": st.sampled_from(STATUSES),
        "sku": SKUS,
        "version": st.integers(1, 99),
    }
    least = LEAST.get(form, 1)
    by_kind: Mapping[str, st.SearchStrategy[object]] = {
        "flag": st.booleans(),
        "id": IDS,
        "text": TEXTS,
        "texts": st.lists(st.sampled_from(("T1", "T2")), max_size=2).map(tuple),
        "amount": AMOUNTS,
        "moment": MOMENTS,
        "whole": st.integers(least, 10**6),
    }
    known = {**by_kind, **named}
    value = known.get(field.name if field.name in named else field.kind)
    if value is None:
        return _many(field, form)
    return value if field.is_needed or field.default is not None else st.none() | value


def _many(field: Field, form: str) -> st.SearchStrategy[object]:
    least = 1 if field.is_needed else 0
    if field.kind == "lines":
        return st.lists(_part(Line, form), min_size=least, max_size=3, unique_by=lambda line: line[0]).map(tuple)
    if field.kind == "items":
        return st.lists(_part(Item, form), min_size=least, max_size=3).map(tuple)
    return _part(Address, form)


def _part(made: type[Line] | type[Item] | type[Address], form: str) -> st.SearchStrategy[Line | Item | Address]:
    return st.tuples(*[_drawn(field, form) for field in fields_of(made)]).map(made._make)
