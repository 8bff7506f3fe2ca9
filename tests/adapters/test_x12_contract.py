"""Both adapters for X12 keep the contract of ports."""

from collections.abc import Iterable

from examples.adapters.x12_erp import X12Erp
from examples.adapters.x12_wms import X12Wms
from tests.adapters import test_x12_erp as erp
from tests.adapters import test_x12_wms as wms
from tests.adapters.test_x12_wms import INVENTORY
from tests.adapters.x12_cases import joined, payload, segments
from unicommerce.ports import Item, Message, ShipNotice
from unicommerce.testing.ports import PortContract, Strange


def strange_x12(body: str) -> Iterable[Strange]:
    """Put a segment that nobody knows after each one of a set, and count it."""
    found = segments(body)
    for n, each in enumerate(found):
        if each[0] not in {"ISA", "GS", "SE", "GE", "IEA"}:
            rest = [list(after) for after in found[n + 1 :]]
            end = next(after for after in rest if after[0] == "SE")
            end[1] = f"{int(end[1]) + 1}"
            yield Strange(joined([*found[: n + 1], ["QQ", "A"], *rest]), "QQ[1]")


def plain(name: str) -> Message:
    """Return a payload without a byte-order mark."""
    return Message("x12", payload(name).body.removeprefix("\ufeff"))


class TestX12Erp(PortContract):
    """All that a port owes."""

    kind = "erp"
    samples = tuple([plain(name) for name in ("x12.850.edi", "855-inbound.edi", "856-06.edi")])
    means = tuple([(plain(name), papers) for name, papers in erp.TABLE.items()])
    refused = ((payload("x12.832.edi"), "ST[1].01"), (payload("edifact.ORDRSP.edi"), "message"))
    make_port = staticmethod(X12Erp)
    strange = staticmethod(strange_x12)
    left = (
        *("ISA", "GS", "GE", "IEA", "ST.02", "SE", "CTT", "HL", "SN1.01"),  # what repeats something, or is listed
        *("BSN.03", "BSN.04", "BSN.05", "N1.03", "N4.03"),
    )


class TestX12Wms(PortContract):
    """All that a port owes."""

    kind = "wms"
    samples = (
        *[plain(name) for name in ("940-02.edi", "940-04.edi", "945-00.edi")],
        Message("846", joined(INVENTORY)),
        payload("856-06.edi"),
    )
    means = (
        *[(plain(name), papers) for name, papers in wms.TABLE.items()],
        (samples[-2], wms.COUNTED),
        (
            samples[-1],
            (
                ShipNotice(
                    id="222253",
                    order="DR3469500",
                    items=(Item("25901", 2, "001", package="1Z54242X0357922222"),),
                    sent_at=1_190_160_000_000,
                ),
            ),
        ),
    )
    refused = ((payload("940_Failed_SE01.edi"), "SE[1].01"), (payload("945-04.edi"), "W12[1].06"))
    make_port = staticmethod(X12Wms)
    strange = staticmethod(strange_x12)
    left = (
        *("ISA", "GS", "GE", "IEA", "ST.02", "SE", "CTT", "HL", "SN1.01", "W03", "W76", "W12.04"),
        *("QTY.02", "SCH.05", "SCH.06", "LIN.01", "BSN.03", "BSN.04", "BSN.05", "G62.01", "G62.02", "PI", "W10"),
        *("N1.03", "N1.04", "N4.03", "N9.02", "W01.03", "W01.05", "W01.08", "W01.12", "W05.04", "W05.05"),
        *("W66.03", "W66.04", "W66.06"),
    )
