"""Ports that are broken on purpose, each in one way, and the check that must notice: so the checks are checked too."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from ...ports import PORTS, Message, Paper, Payment, Port, SalesOrder, TillSale
from .broken_fields import (
    AllWhereNoneIsNamed,
    AmountsAsFloats,
    AmountsRounded,
    BelowZeroSwallowed,
    BelowZeroTurned,
    CentsInAnyCurrency,
    CurrencyAssumed,
    DiscountsAsCharges,
    DiscountsDropped,
    FlagsAssumed,
    HalvesRounded,
    IdsCounted,
    IdsOfTheText,
    LastLineLost,
    LinesMerged,
    LocalTime,
    OffsetsIgnored,
    OneIdForAll,
    OnePieceAssumed,
    SignsTurned,
)
from .broken_meanings import MISTAKES, LastTicketVoided, Mistaken
from .broken_messages import (
    AnyTopic,
    ClaimsTheForeign,
    ClaimsTooLittle,
    CutToMost,
    ForgetsRepeats,
    MomentMadeUp,
    NoFieldNamed,
    NoMost,
    NoneRead,
    Numbered,
    PersonMadeUp,
    RepeatsRemembered,
    Respelled,
    ServiceLeftOut,
    TotalsBeforeDiscount,
    UnknownDropped,
    WritesAnything,
    WritesNothing,
)
from .broken_texts import TRIPS, Trips
from .plain import PlainPort, say
from .shape import altered, specimen
from .subject import PortSubject

__all__ = ["PORT_SABOTEURS", "SOUND_PORTS", "PortSaboteur"]


class PortSaboteur(NamedTuple):
    """A broken port, and the check that is named for what is wrong with it."""

    subject: PortSubject
    check: str


def _plain(kind: str, make: Callable[[], Port], name: str) -> PortSubject:
    """Return a port that says papers plainly, with a paper of each form."""
    reads, writes = PORTS[kind]
    samples, papers = [specimen(form) for form in reads], [specimen(form) for form in writes]
    if TillSale.form in reads:
        samples += [altered(specimen(TillSale.form), {"id": "back", "is_return": True})]
        samples += [altered(specimen(SalesOrder.form), {"id": "rung", "is_completed": True})]
    means = tuple([(say(paper), (paper,)) for paper in samples])
    return PortSubject(name, make, kind, tuple([message for message, _ in means]), means=means, papers=tuple(papers))


def _sound(kind: str) -> PortSubject:
    return _plain(kind, lambda: PlainPort(kind), f"Plain {kind}")


SOUND_PORTS: tuple[PortSubject, ...] = tuple(map(_sound, PORTS))
"""A plain port of each kind: they pass all checks."""


def _broken(made: Callable[[str], Port], check: str, kind: str = "channel") -> PortSaboteur:
    return PortSaboteur(_plain(kind, lambda: made(kind), getattr(made, "__name__", "")), check)


def _respelled(made: Callable[[str], Port], check: str, spelling: str = "{},{}") -> PortSaboteur:
    name = f"{getattr(made, '__name__', '')} {spelling.format(12, 50)}"
    subject = _plain("channel", lambda: Respelled(made("channel"), spelling), name)
    said = Respelled(made("channel"), spelling).said
    means = tuple([(said(message), papers) for message, papers in subject.means])
    return PortSaboteur(subject._replace(samples=tuple(map(said, subject.samples)), means=means), check)


def _trips(name: str) -> PortSaboteur:
    look, how = TRIPS[name]
    return PortSaboteur(_plain("channel", lambda: Trips("channel", look), name), f"a_message_{how}_is_read_or_refused")


def _receipts() -> tuple[tuple[Message, tuple[Paper, ...]], ...]:
    """Return a sale, a return, a void, what was sold and how it was paid, as plain messages and papers."""
    sold = specimen(TillSale.form)
    papers = (
        sold,
        altered(sold, {"id": "back", "is_return": True}),
        altered(sold, {"id": "void", "is_void": True}),
        altered(specimen(SalesOrder.form), {"is_completed": True}),
        specimen(Payment.form),
    )
    return tuple([(say(paper), (paper,)) for paper in papers])


def _mistaken(make: Callable[[], Port], name: str, check: str = "a_message_means_what_is_said_of_it") -> PortSaboteur:
    means = _receipts()
    samples = tuple([message for message, _ in means])
    return PortSaboteur(PortSubject(name, make, "pos", samples, means=means), check)


def _unexplained() -> PortSaboteur:
    """Return a sound port of which nobody says what its messages mean."""
    subject = _mistaken(lambda: Mistaken(lambda paper: paper), "Unexplained").subject
    return PortSaboteur(subject._replace(means=()), "each_sort_of_message_has_a_meaning")


PORT_SABOTEURS: tuple[PortSaboteur, ...] = (
    _broken(AmountsAsFloats, "numbers_are_exact"),
    _broken(AmountsRounded, "a_part_of_a_piece_or_cent_is_refused"),
    _broken(CentsInAnyCurrency, "amounts_have_the_decimals_of_their_currency"),
    _broken(SignsTurned, "every_sample_is_read_or_refused_by_name"),
    _broken(DiscountsAsCharges, "what_is_written_is_read_again"),
    _broken(DiscountsDropped, "every_number_counts"),
    _broken(BelowZeroTurned, "numbers_are_exact", "pos"),
    _broken(BelowZeroSwallowed, "numbers_are_exact", "pos"),
    _broken(OnePieceAssumed, "what_is_missing_counts_nothing"),
    _broken(FlagsAssumed, "what_is_missing_counts_nothing", "pos"),
    _broken(HalvesRounded, "a_part_of_a_piece_or_cent_is_refused"),
    _broken(LinesMerged, "a_line_more_is_a_line_more"),
    _broken(LastLineLost, "what_is_written_is_read_again", "erp"),
    _broken(LocalTime, "reading_does_not_depend_on_where_it_runs"),
    _broken(OffsetsIgnored, "a_moment_is_what_its_offset_says"),
    _broken(IdsCounted, "a_repeat_bears_the_ids_of_the_first"),
    _broken(IdsOfTheText, "a_repeat_bears_the_ids_of_the_first"),
    _broken(OneIdForAll, "ids_come_from_the_message"),
    _broken(CurrencyAssumed, "a_currency_is_never_assumed"),
    _broken(AllWhereNoneIsNamed, "what_is_missing_counts_nothing"),
    _broken(UnknownDropped, "what_is_unknown_is_listed"),
    _broken(RepeatsRemembered, "reading_is_a_function_of_the_message"),
    _broken(AnyTopic, "a_topic_that_is_not_read_is_refused"),
    _broken(NoFieldNamed, "a_message_cut_short_is_read_or_refused"),
    _broken(NoneRead, "every_sample_is_read_or_refused_by_name"),
    _broken(NoMost, "as_many_lines_are_written_as_claimed"),
    _broken(CutToMost, "as_many_lines_are_written_as_claimed"),
    _broken(WritesAnything, "a_paper_that_is_not_written_is_refused"),
    _broken(WritesNothing, "what_is_claimed_is_shown"),
    _broken(ServiceLeftOut, "any_paper_is_said_whole_or_refused_by_name"),
    _broken(Numbered, "what_is_written_is_read_again"),
    _broken(PersonMadeUp, "a_message_says_nothing_beside_its_paper"),
    _broken(MomentMadeUp, "a_message_says_nothing_beside_its_paper"),
    _broken(ClaimsTheForeign, "only_what_is_claimed_goes_over_a_port"),
    _broken(ClaimsTooLittle, "every_sample_is_read_or_refused_by_name"),
    _broken(ForgetsRepeats, "ids_are_needed_for_longer_than_messages_repeat"),
    _broken(TotalsBeforeDiscount, "a_total_is_what_its_lines_come_to", "pos"),
    *[
        _respelled(made, check)
        for made, check in (
            (AmountsAsFloats, "numbers_are_exact"),
            (AmountsRounded, "a_part_of_a_piece_or_cent_is_refused"),
            (CentsInAnyCurrency, "amounts_have_the_decimals_of_their_currency"),
            (DiscountsDropped, "every_number_counts"),
        )
    ],
    _respelled(AmountsAsFloats, "every_amount_is_seen", "$ {}.{}"),
    *map(_trips, TRIPS),
    *[_mistaken(partial(Mistaken, mistake), name) for name, mistake in MISTAKES.items()],
    _mistaken(LastTicketVoided, "LastTicketVoided", "reading_is_a_function_of_the_message"),
    _unexplained(),
)
"""Each broken in one way."""
