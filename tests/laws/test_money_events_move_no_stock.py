"""Law: money events move no stock, and goods events move no money."""

from hypothesis import given

from tests.laws.world import Law, Program, Step, World, programs
from unicommerce.ledger import Entry

MONEY = ("money", "valued")
GOODS = ("sku", "line", "capacity")


def check_books_apart(entry: Entry) -> None:
    """Raise where an event of one floor moves a unit of another."""
    for event in entry.events:
        books = {movement.unit.split(":")[0] for movement in event.movements()}
        expected = MONEY if event.kind.startswith("finance.") else GOODS
        assert books <= set(expected), (event.kind, books)


def money_moves_no_stock(program: Program) -> None:
    """Raise where posting everything changes anything that is not money."""
    world = World().run(program)
    before = world.ledger.snapshot()
    world.do(Step("post"))
    after = world.ledger.snapshot()
    for unit in before.balances.keys() | after.balances.keys():
        if unit.split(":")[0] not in MONEY:
            assert before.balances.get(unit, {}) == after.balances.get(unit, {}), unit
    assert before.documents == after.documents
    for _, entry in world.journal():
        check_books_apart(entry)


LAW = Law("money events move no stock", programs(), money_moves_no_stock)


@given(LAW.cases)
def test_postings_leave_goods_lines_days_and_documents_alone(program: Program) -> None:
    """No goods event knows a cost, and no posting moves a piece."""
    LAW.check(program)
