"""Ports that are broken where they read or write a message as a whole, or in what they claim."""

import json
from collections.abc import Mapping
from itertools import count

import attrs

from ...errors import InvalidValue
from ...ports import Capabilities, Message, Paper, Reading, Unread
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
    "ServiceLeftOut",
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
