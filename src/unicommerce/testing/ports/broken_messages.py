"""Ports that are broken where they read or write a message as a whole, or in what they claim."""

import json
import re
from collections.abc import Mapping
from itertools import count

import attrs

from ...errors import InvalidValue
from ...ports import Capabilities, Item, Message, Paper, Port, Reading, SalesOrder, TillSale, Unread
from .plain import PlainPort, say
from .shape import altered

__all__ = [
    "AnyTopic",
    "ClaimsTheForeign",
    "ClaimsTooLittle",
    "CutToMost",
    "ForgetsRepeats",
    "MomentMadeUp",
    "NoFieldNamed",
    "NoMost",
    "NoneRead",
    "Numbered",
    "PersonMadeUp",
    "RepeatsRemembered",
    "Respelled",
    "ServiceLeftOut",
    "TotalsBeforeDiscount",
    "UnknownDropped",
    "WritesAnything",
    "WritesNothing",
]


class UnknownDropped(PlainPort):
    """What is not known is not told."""

    def read(self, message: Message) -> Reading:
        """Read, and say nothing of the rest."""
        return Reading(papers=super().read(message).papers)


class RepeatsRemembered(PlainPort):
    """A message that comes again is taken for done."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self._seen: set[Message] = set()

    def read(self, message: Message) -> Reading:
        """Read it the first time."""
        reading = super().read(message)
        is_known = message in self._seen
        self._seen.add(message)
        return Reading() if is_known else reading


class AnyTopic(PlainPort):
    """What is about nothing that it knows says nothing."""

    def read(self, message: Message) -> Reading:
        """Read, or not."""
        return super().read(message) if message.topic in self.capabilities.reads else Reading()


class NoFieldNamed(PlainPort):
    """Something was wrong."""

    def read(self, message: Message) -> Reading:
        """Read, and keep to itself what was wrong."""
        try:
            return super().read(message)
        except InvalidValue as error:
            raise InvalidValue("" if error.field == "message" else error.field, error.value, error.needed) from error


class NoneRead(PlainPort):
    """Everything is read, as nothing."""

    def read(self, message: Message) -> Reading:
        """Say that all of it is unread."""
        return Reading(unread=(Unread("message", super().read(message)),))


class TotalsBeforeDiscount(PlainPort):
    """A receipt is a sale and an order; what the sale comes to forgets what was taken off."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.capabilities = attrs.evolve(self.capabilities, writes=())

    def read(self, message: Message) -> Reading:
        """Read, and ring up what was handed over."""
        reading = super().read(message)
        orders = [paper for paper in reading.papers if isinstance(paper, SalesOrder) and paper.is_completed]
        return attrs.evolve(reading, papers=(*reading.papers, *map(_rung_up, orders)))


def _rung_up(order: SalesOrder) -> Paper:
    return TillSale(
        id=order.id,
        till="till",
        node="store",
        items=tuple([Item(line.sku, line.quantity, line.id) for line in order.lines]),
        currency=order.currency,
        total_minor=sum([line.quantity * line.price_minor for line in order.lines]),
    )


class Respelled:
    """A port that only reads; its system writes amounts in its own way, `{},{}`: the whole part, a comma, decimals."""

    def __init__(self, port: Port, spelling: str) -> None:
        self._port = port
        self._spelling = spelling
        self._theirs = re.compile(r"(-?\d+)".join(map(re.escape, f'"{spelling}"'.split("{}"))))
        self.capabilities = attrs.evolve(port.capabilities, writes=())

    def read(self, message: Message) -> Reading:
        """Read it as the plain one does."""
        return self._port.read(message._replace(body=self._theirs.sub(r'"\1.\2"', message.body)))

    def write(self, paper: Paper) -> Message:
        """Write nothing."""
        raise InvalidValue("paper", paper.form, "written")

    def said(self, message: Message) -> Message:
        """Return a plain message as the system writes it."""
        spelled = re.sub(r'"(-?\d+)\.(\d+)"', lambda each: f'"{self._spelling.format(*each.groups())}"', message.body)
        return message._replace(body=spelled)


# Broken where it writes


class NoMost(PlainPort):
    """As many lines as there are."""

    def write(self, paper: Paper) -> Message:
        """Write a paper of a form that is written."""
        return say(paper) if paper.form in self.capabilities.writes else super().write(paper)


class CutToMost(PlainPort):
    """The lines that fit."""

    def write(self, paper: Paper) -> Message:
        """Write what fits."""
        most = self.capabilities.most_lines
        cut = {name: getattr(paper, name)[:most] for name in ("lines", "items") if hasattr(paper, name)}
        return super().write(altered(paper, cut))


class WritesAnything(PlainPort):
    """A form that it does not claim goes out all the same."""

    def write(self, paper: Paper) -> Message:
        """Write."""
        return say(paper)


class WritesNothing(PlainPort):
    """Everything is refused, by name."""

    def write(self, paper: Paper) -> Message:
        """Refuse."""
        raise InvalidValue("paper", paper.form, "written")


class ServiceLeftOut(PlainPort):
    """A way of sending that it has no word for it does not say."""

    def write(self, paper: Paper) -> Message:
        """Write without the way of sending."""
        known = getattr(paper, "service", "").endswith("-service")
        return super().write(paper if known or not hasattr(paper, "service") else altered(paper, {"service": ""}))


class Numbered(PlainPort):
    """Every message has a number of its own."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self._numbers = count(1)

    def write(self, paper: Paper) -> Message:
        """Write, with a number."""
        return super().write(paper)._replace(id=f"{next(self._numbers)}")


class PersonMadeUp(PlainPort):
    """A field that must be there is filled with somebody."""

    def write(self, paper: Paper) -> Message:
        """Write, with an address that the paper does not have."""
        return _with(super().write(paper), {"email": "nobody@shop.example"})


class MomentMadeUp(PlainPort):
    """What has no moment was at the beginning of time."""

    def write(self, paper: Paper) -> Message:
        """Write, with a moment that the paper does not have."""
        return _with(super().write(paper), {"sent": "1970-01-01T00:00:00Z"})


def _with(message: Message, more: Mapping[str, object]) -> Message:
    return message._replace(body=json.dumps({**json.loads(message.body), **more}))


# Broken in what it claims


class ClaimsTheForeign(PlainPort):
    """Papers that do not go over its kind of port."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.capabilities = attrs.evolve(self.capabilities, reads=(*self.capabilities.reads, "till_sale"))


class ClaimsTooLittle(PlainPort):
    """It reads what it does not say that it reads."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.capabilities = attrs.evolve(self.capabilities, reads=self.capabilities.reads[1:])

    def read(self, message: Message) -> Reading:
        """Read whatever is plain."""
        return self.hear(message)


class RepeatsForgotten(Capabilities):
    """Any store keeps ids for long enough."""

    def needs_ids_for(self, kept_ms: int) -> None:
        """Look at nothing."""


class ForgetsRepeats(PlainPort):
    """It takes any retention for long enough."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        reads, writes = self.capabilities.reads, self.capabilities.writes
        self.capabilities = RepeatsForgotten(system="plain", reads=reads, writes=writes)
