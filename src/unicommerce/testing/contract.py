"""The contract as a class of tests: who inherits it has a test for each thing that the declared guarantees need."""

from collections.abc import Callable, Coroutine, Iterable
from pathlib import Path
from types import FunctionType
from typing import ClassVar

from hypothesis.stateful import run_state_machine_as_test

from ..errors import InvalidValue
from ..ledger import Store
from .checks import owed
from .machine import store_machine
from .subject import Bench, Check, Guarantee, Subject, close

__all__ = ["StoreContract"]


class StoreContract:
    """Inherit, say how your store is opened and what it guarantees; pytest finds one test for each thing it owes.

    `make_store` is a static method, so that other processes can import it: an address that is new is an empty store,
    the same address again opens the same records. See `Subject` for what an address is.
    """

    guarantees: ClassVar[Iterable[Guarantee]] = ()
    waits: ClassVar[bool] = False
    older: ClassVar[Iterable[Callable[[str], Store]]] = ()

    @staticmethod
    def make_store(address: str) -> Store:
        """Open the store at an address."""
        raise NotImplementedError

    @staticmethod
    def close_store(store: Store) -> Coroutine[object, object, None] | None:
        """Close a handle: by its method `close`, where it has one."""
        return close(store)

    @classmethod
    def subject(cls) -> Subject:
        """Return what is tested, as `prove` takes it."""
        guarantees, older = frozenset(cls.guarantees), tuple(cls.older)
        return Subject(cls.__name__, cls.make_store, guarantees, cls.waits, cls.close_store, older)

    def __init_subclass__(cls) -> None:
        """Give the class a test for each check that is owed. Raises `InvalidValue` for what cannot be meant."""
        super().__init_subclass__()
        if isinstance(cls.guarantees, str):  # it would be taken for its letters, and nothing be tested
            raise InvalidValue("guarantees", cls.guarantees, "a tuple of guarantees: (Guarantee.DURABLE,)")
        if isinstance(vars(cls).get("make_store"), FunctionType):
            raise InvalidValue("make_store", cls.__qualname__, "a static method, which other processes can import")
        for check in (*owed(cls.guarantees), Check.of(any_program_is_answered_as_by_the_reference)):
            setattr(cls, f"test_{check.name}", _test(check))


def any_program_is_answered_as_by_the_reference(bench: Bench) -> None:
    """Whatever is recorded and asked, in any order, the answers are those of the reference store."""
    run_state_machine_as_test(store_machine(bench.empty))


def _test(check: Check) -> Callable[[StoreContract, Path], None]:
    def test(self: StoreContract, tmp_path: Path) -> None:
        check.on(self.subject(), tmp_path.as_posix())

    test.__doc__ = check.rule
    test.__name__ = test.__qualname__ = f"test_{check.name}"
    return test
