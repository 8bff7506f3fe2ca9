"""What an adapter takes and gives: messages of the world, and readings of them that drop nothing in silence."""

from typing import NamedTuple

from ..errors import InvalidValue
from ..values import DAY_MS, frozen, identifier, positive, whole
from .fields import Unread
from .papers import Paper

__all__ = ["Capabilities", "Message", "Reading"]


class Message(NamedTuple):
    """A message as a transport has it: what it is about, its text, and the id and moment (ms UTC) of the sender."""

    topic: str
    body: str
    id: str = ""
    sent_at: int | None = None


@frozen(kw_only=True)
class Reading:
    """What a message says: papers in its order, and every value of it that was not understood."""

    papers: tuple[Paper, ...] = ()
    unread: tuple[Unread, ...] = ()


@frozen(kw_only=True)
class Capabilities:
    """What an adapter claims of its system, and what its contract checks.

    - `reads` and `writes`: forms of papers; `refuses`: topics that concern other things and are refused by name.
    - `repeats`, `reorders`: whether the system sends a message more than once, or one before another.
    - `longest_redelivery_ms`: how long after a message it may come again; ids have to be kept for longer.
    - `most_lines`: of a paper that is written.
    """

    system: str
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    refuses: tuple[str, ...] = ()
    repeats: bool = True
    reorders: bool = True
    longest_redelivery_ms: int = 8 * DAY_MS
    most_lines: int = 1_000

    def __attrs_post_init__(self) -> None:
        identifier(self.system, "system")
        whole(self.longest_redelivery_ms, "longest_redelivery_ms")
        positive(self.most_lines, "most_lines")

    def takes(self, paper: Paper) -> None:
        """Raise `InvalidValue` where a paper is of a form that is not written, or has more lines than are taken."""
        if paper.form not in self.writes:
            raise InvalidValue("paper", paper.form, f"one of {', '.join(self.writes)}")
        for name in ("lines", "items"):
            if len(getattr(paper, name, ())) > self.most_lines:
                raise InvalidValue(f"{paper.form}.{name}", len(getattr(paper, name)), f"at most {self.most_lines}")

    def needs_ids_for(self, kept_ms: int) -> None:
        """Raise `InvalidValue` where ids of entries are kept for no longer than messages may come again.

        >>> Capabilities(system="shop").needs_ids_for(30 * DAY_MS)
        """
        if self.repeats and kept_ms <= self.longest_redelivery_ms:
            raise InvalidValue(f"retention beside {self.system}", kept_ms, f"more than {self.longest_redelivery_ms} ms")
