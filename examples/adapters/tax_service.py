"""A tax service behind its port, as an engine: a request goes out as a paper, and the paper that comes back answers it.

The host owns the wire: `send` takes a message to the service and returns its reply, or None where nobody answered. Such
a service says the tax of each line and of all; what it says of none is the charges', by largest remainder. It names no
rates and no jurisdictions, so an answer has one component a line. Copy this file; it needs nothing but unicommerce.
"""

from collections.abc import Callable, Iterator

from unicommerce.errors import InvalidValue
from unicommerce.ledger import Reason, Refused
from unicommerce.ports import Address, Line, Message, Port, Tax
from unicommerce.tax import (
    Component,
    LineKind,
    Place,
    TaxAnswer,
    TaxCode,
    TaxedLine,
    TaxEngine,
    TaxLine,
    TaxRequest,
    held_to,
)
from unicommerce.values import allocate

__all__ = ["tax_service"]


def tax_service(port: Port, send: Callable[[Message], Message | None], *, name: str = "service") -> TaxEngine:
    """Return the engine. Its answers are held to what was asked; a reply that is no tax raises `InvalidValue`."""

    def asked(request: TaxRequest, /) -> TaxAnswer | Refused:
        reply = send(port.write(_paper(request)))
        if reply is None:
            return Refused((Reason(TaxCode.UNAVAILABLE, name),))
        papers = [paper for paper in port.read(reply).papers if isinstance(paper, Tax)]
        if len(papers) != 1:
            raise InvalidValue("reply", reply.topic, "one tax")
        return _answer(request, papers[0], name)

    return held_to(asked)


def _paper(request: TaxRequest) -> Tax:
    if len({line.includes_tax for line in request.lines}) > 1:
        raise InvalidValue("lines", [line.includes_tax for line in request.lines], "all with tax in them, or none")
    return Tax(
        id=f"{request.document}/{request.version}",
        status="quoted",
        order=request.document,
        currency=request.currency,
        lines=tuple([_line(line) for line in request.lines if line.kind == LineKind.ITEM]),
        shipping_minor=sum([line.base_minor for line in request.lines if line.kind != LineKind.ITEM]),
        includes_tax=any(line.includes_tax for line in request.lines),
        node="" if request.ship_from is None else request.ship_from.path,
        destination=Address() if request.ship_to is None else _address(request.ship_to),
    )


def _line(line: TaxLine) -> Line:
    return Line.of_amount(line.id, line.category or line.id, line.quantity, line.base_minor)


def _address(place: Place) -> Address:
    country, region, city = [*place.path.split("/"), "", ""][:3]
    return Address(country=country, region=region, city=city)


def _answer(request: TaxRequest, paper: Tax, name: str) -> TaxAnswer:
    where = "" if request.ship_to is None else request.ship_to.path
    taxes = dict(_taxes(request, paper))
    return TaxAnswer(
        document=request.document,
        version=request.version,
        kind=request.kind,
        tax_date=request.tax_date,
        currency=paper.currency,
        lines=tuple([_taxed(line, taxes.get(line.id, 0), where) for line in request.lines]),
        engine=name,
        of=request.of,
    )


def _taxes(request: TaxRequest, paper: Tax) -> Iterator[tuple[str, int]]:
    """Yield the tax of each line, and of each charge its part of what no line has."""
    yield from [(line.id, line.tax_minor) for line in paper.lines]
    charges = [line for line in request.lines if line.kind != LineKind.ITEM and line.base_minor]
    rest = paper.tax_minor - sum([line.tax_minor for line in paper.lines])
    if rest and not charges:
        raise InvalidValue("reply.tax_minor", paper.tax_minor, "the sum of the lines' taxes")
    if charges:
        shares = allocate(rest, [line.base_minor for line in charges])
        yield from zip([line.id for line in charges], shares, strict=True)


def _taxed(line: TaxLine, tax_minor: int, where: str) -> TaxedLine:
    net = line.base_minor - tax_minor if line.includes_tax else line.base_minor
    return TaxedLine(
        line.id,
        net,
        (Component("TAX", "", net, tax_minor, where),),
        line.quantity,
        line.kind,
        line.commodity,
        line.includes_tax,
        line.funded_minor,
    )
