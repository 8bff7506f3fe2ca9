"""Why somebody gives way or waits; the order of the codes is their precedence."""

from ..ledger import ReasonCode

__all__ = ["ReliefCode"]


class ReliefCode(ReasonCode):
    """Who gives way, and who waits."""

    NOTHING_TO_RELIEVE = "relief.nothing_to_relieve", "all claims on {subject} can be met"
    GOES_BACK = "relief.goes_back", "{found} {unit} of {subject} go back to the pool: the node has too few"
    GIVES_WAY = "relief.gives_way", "{found} of {needed} {unit} of {subject} give way: there are too few"
    ORPHAN = "relief.orphan", "{subject} claims {found} {unit}, and waits for {needed}"
    UNMET = "relief.unmet", "{found} of {needed} {unit} of {subject} can not be met and wait for people"
