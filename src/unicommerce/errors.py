"""What can go wrong between us and the caller's program; a business "no" is never here, it is a `Refused`.

An exception means that the calling program is wrong, or that a sender tells two stories under one id.
Each carries objects; English is made in `__str__` alone.
"""

__all__ = ["Busy", "Contradiction", "IllegalMove", "InvalidValue", "TooOld", "UnicommerceError", "UnknownKind"]


class UnicommerceError(Exception):
    """The base of every error that this library raises on purpose."""


class InvalidValue(UnicommerceError, ValueError):
    """A value cannot be what its field means.

    >>> str(InvalidValue("quantity", -1, "a positive whole number"))
    'quantity: -1 is not a positive whole number'
    """

    def __init__(self, field: str, value: object, needed: str) -> None:
        super().__init__(field, value, needed)
        self.field = field
        self.value = value
        self.needed = needed

    def __str__(self) -> str:
        if self.value is None:
            return f"{self.field} is missing; it is to be {self.needed}"
        return f"{self.field}: {self.value!r:.200} is not {self.needed}"


class Contradiction(UnicommerceError):
    """The same id came back with other content: `field` names where the two stories differ.

    >>> str(Contradiction("receipt/r1", "lines[0].quantity", 5, 6))
    'receipt/r1: lines[0].quantity was 5 and now is 6'
    """

    def __init__(self, id: str, field: str, known: object, told: object) -> None:
        super().__init__(id, field, known, told)
        self.id = id
        self.field = field
        self.known = known
        self.told = told

    def __str__(self) -> str:
        return f"{self.id}: {self.field} was {self.known!r:.200} and now is {self.told!r:.200}"


class IllegalMove(UnicommerceError):
    """A move that its table does not allow; nothing has changed.

    >>> str(IllegalMove("line", "delivered", "open"))
    'line: delivered -> open is not in the table of moves'
    """

    def __init__(self, machine: str, source: str, target: str) -> None:
        super().__init__(machine, source, target)
        self.machine = machine
        self.source = source
        self.target = target

    def __str__(self) -> str:
        return f"{self.machine}: {self.source} -> {self.target} is not in the table of moves"


class UnknownKind(UnicommerceError):
    """A record of a kind that this version does not read; it is kept as it is and never dropped in silence.

    >>> str(UnknownKind("inventory.teleported"))
    "no kind 'inventory.teleported' is known"
    """

    def __init__(self, kind: object) -> None:
        super().__init__(kind)
        self.kind = kind

    def __str__(self) -> str:
        return f"no kind {self.kind!r:.200} is known"


class Busy(UnicommerceError):
    """A request lost every race that it was allowed to run; ask again, its id is still free.

    >>> str(Busy("claim/b1", 20))
    'claim/b1: lost 20 races'
    """

    def __init__(self, id: str, attempts: int) -> None:
        super().__init__(id, attempts)
        self.id = id
        self.attempts = attempts

    def __str__(self) -> str:
        return f"{self.id}: lost {self.attempts} races"


class TooOld(UnicommerceError):
    """What occurred before the horizon of a store, whose old ids have left, may be on record or not: it is not taken.

    >>> str(TooOld("receipt/r1", 5, 1_000))
    'receipt/r1: occurred at 5, before the horizon 1000, so whether it is on record is not known any more'
    """

    def __init__(self, id: str, occurred_at: int, horizon: int) -> None:
        super().__init__(id, occurred_at, horizon)
        self.id = id
        self.occurred_at = occurred_at
        self.horizon = horizon

    def __str__(self) -> str:
        return (
            f"{self.id}: occurred at {self.occurred_at}, before the horizon {self.horizon}, "
            "so whether it is on record is not known any more"
        )
