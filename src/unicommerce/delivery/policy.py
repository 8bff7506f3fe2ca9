"""How patiently a system is served; each default suits a small shop and a system that answers within seconds."""

from ..errors import InvalidValue
from ..values import HOUR_MS, frozen, identifier, positive

__all__ = ["DeliveryPolicy"]


@frozen(kw_only=True)
class DeliveryPolicy:
    """What is tried, how often, and how much of it at once.

    - `lanes`: the most urgent first; each follows the journal for itself, so a flash sale in one delays no other.
    - `window`: letters that wait or are dead, in each lane, at the most. A lane that has as many reads no further.
    - `in_flight`: letters under way to the system at the same time; each lane that has something gets one of them.
    - `first_wait_ms`, `longest_wait_ms`: the wait doubles from the first to the longest. Half of it is drawn by lot
    (the `jitter` that a host passes), so that many do not come back in the same instant.
    - `attempts`: after so many that were the letter's own fault, others being served meanwhile, it is a dead letter.
    - `trips_after`: after so many failures without a success between them nobody is sent anything for a while, and
    then one letter alone is tried.
    - `parks`: what comes after a dead letter in its key waits in the journal until that is replayed or dropped.
    False: it goes on.
    """

    lanes: tuple[str, ...] = ("urgent", "normal")
    window: int = 1_000
    in_flight: int = 8
    first_wait_ms: int = 1_000
    longest_wait_ms: int = HOUR_MS // 4
    attempts: int = 12
    trips_after: int = 5
    parks: bool = True

    def __attrs_post_init__(self) -> None:
        for name in ("window", "in_flight", "first_wait_ms", "longest_wait_ms", "attempts", "trips_after"):
            positive(getattr(self, name), name)
        for lane in self.lanes:
            identifier(lane, "lane")
        if not self.lanes or len(set(self.lanes)) < len(self.lanes):
            raise InvalidValue("lanes", self.lanes, "one name or more, each once")
        if self.longest_wait_ms < self.first_wait_ms:
            raise InvalidValue("longest_wait_ms", self.longest_wait_ms, f"at least {self.first_wait_ms}")

    def wait_ms(self, times: int, jitter: int) -> int:
        """Return how long to wait after so many failures; `jitter` from 0 to 999 draws half of it.

        >>> [DeliveryPolicy().wait_ms(times, 999) for times in (1, 2, 3)], DeliveryPolicy().wait_ms(99, 0)
        ([999, 1999, 3998], 450000)
        """
        longest = min(self.first_wait_ms << min(times - 1, 30), self.longest_wait_ms)
        return longest - longest // 2 + longest // 2 * jitter // 1_000
