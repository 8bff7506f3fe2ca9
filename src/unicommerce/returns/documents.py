"""A return: goods that came back to a node, of which order if any. What they are and where they stand are balances."""

from ..catalog import place_name
from ..inventory import GoodsState
from ..ledger import Account, Key
from ..values import frozen, identifier

__all__ = ["Return", "awaiting", "return_key"]


@frozen(kw_only=True)
class Return:
    """Goods received back at a node; `order` is empty for a blind return, `rma` where none was authorized."""

    id: str
    revision: int = 1
    node: str
    order: str = ""
    rma: str = ""

    def __attrs_post_init__(self) -> None:
        identifier(self.id, "return")
        place_name(self.node, "node")

    @property
    def key(self) -> "Key[Return]":
        """Return the key."""
        return return_key(self.id)

    @property
    def due_at(self) -> None:
        """Ask for nothing."""
        return


def return_key(id: str) -> Key[Return]:
    """Return the key of a return's document."""
    return Key("returns.return", id)


def awaiting(node: str, id: str) -> Account:
    """Return the account of goods of a return that wait at a node for what is to be done with them."""
    return Account(node, GoodsState.QUARANTINE, f"return:{id}")
