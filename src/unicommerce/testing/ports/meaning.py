"""What a port owes of meaning: each sort of message becomes the papers that somebody wrote down for it, by hand.

The kit changes messages and watches papers follow; whether `off` is for the line or for each piece it cannot know, nor
which ticket a void is of. So the subject says of messages what they mean, of each sort at least once. A sort is a topic
and a form with the flags that are up: a return is another sort than a sale.
"""

from collections.abc import Iterator

from ...errors import InvalidValue
from ...ports import Message, Paper, SalesOrder, TillSale
from .shape import fields_of
from .subject import PortBench, PortCheck

__all__ = ["MEANING"]


def each_sort_of_message_has_a_meaning(bench: PortBench) -> None:
    """Of each topic of the samples, and each form that it becomes, somebody says in `means` what papers it is."""
    said = {sort for message, papers in bench.subject.means for sort in _sorts(message.topic, papers)}
    topics = {topic for topic, _ in said}
    given = [sample for sample in bench.samples if sample.message in bench.subject.samples]
    for topic, sort in [sort for each in given for sort in _sorts(each.message.topic, each.reading.papers)]:
        if topic not in topics:
            raise AssertionError(f"nobody says what `{topic}` means: give the papers of one such message in `means`")
        if (topic, sort) not in said:
            raise AssertionError(f"nobody says what `{topic}` means where it is a {sort}: give its papers in `means`")


def a_message_means_what_is_said_of_it(bench: PortBench) -> None:
    """A message becomes exactly the papers that `means` says, field by field, in their order, and no other."""
    for message, papers in bench.subject.means:
        found = bench.read(message)
        if isinstance(found, InvalidValue):
            raise AssertionError(f"{_named(message)} was refused, and means something: {found}")
        forms, wanted = [paper.form for paper in found.papers], [paper.form for paper in papers]
        if forms != wanted:
            raise AssertionError(f"{_named(message)} became {_list(forms)}, where it means {_list(wanted)}")
        for paper, meant in zip(found.papers, papers, strict=True):
            for name, value, other in _differences(paper, meant):
                raise AssertionError(f"{_named(message)}: {name} is {value!r:.300}, where it means {other!r:.300}")


def a_total_is_what_its_lines_come_to(bench: PortBench) -> str:
    """Where a sale of a till is read with its order, its total is what the order's lines come to, less discounts."""
    looked, sells = 0, TillSale.form in bench.claims.reads and SalesOrder.form in bench.claims.reads
    for sample in bench.samples:
        orders = {paper.id: paper for paper in sample.reading.papers if isinstance(paper, SalesOrder)}
        for paper in sample.reading.papers:
            order = orders.get(paper.id) if isinstance(paper, TillSale) else None
            said = getattr(paper, "total_minor", None)
            looked += order is not None and said is not None
            if order and said is not None and said != (found := _come_to(order)):
                raise AssertionError(f"{paper.form} {order.id}: its total is {said} minor units, its lines are {found}")
    return "there was nothing to check: no sample has both a total and priced lines" if sells and not looked else ""


MEANING = tuple(
    map(
        PortCheck.of,
        (
            each_sort_of_message_has_a_meaning,
            a_message_means_what_is_said_of_it,
            a_total_is_what_its_lines_come_to,
        ),
    )
)
"""What is owed of meaning."""


def _sorts(topic: str, papers: tuple[Paper, ...]) -> Iterator[tuple[str, str]]:
    for paper in papers:
        flags = [each.name for each in fields_of(type(paper)) if each.name.startswith("is_")]
        raised = [flag for flag in flags if getattr(paper, flag)]
        yield topic, " and ".join([paper.form, *raised])


def _differences(paper: object, meant: object) -> Iterator[tuple[str, object, object]]:
    """Yield the fields in which two papers of one form differ, down to the part that does."""
    for field in fields_of(type(meant)):
        value, other = getattr(paper, field.name), getattr(meant, field.name)
        name = f"{getattr(meant, 'form', '')}.{field.name}".lstrip(".")
        if value != other and field.kind == "parts" and len(value) == len(other):
            for n, (each, wanted) in enumerate(zip(value, other, strict=True)):
                for inner, one, another in _differences(each, wanted):
                    yield f"{name}[{n}].{inner}", one, another
        elif value != other:
            yield name, value, other


def _named(message: Message) -> str:
    return f"`{message.topic}` {message.body[:60]!r}"


def _list(forms: list[str]) -> str:
    return ", ".join(forms) or "no paper"


def _come_to(order: SalesOrder) -> int:
    lines = sum([line.quantity * line.price_minor - line.discount_minor for line in order.lines])
    tax = 0 if order.includes_tax else order.tax_minor
    return lines - order.discount_minor + order.shipping_minor + order.fees_minor + tax
