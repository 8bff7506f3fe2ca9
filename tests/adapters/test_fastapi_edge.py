"""The edge lets in what is signed, small and known; asked again it gives the first answer; every no is a problem."""

import asyncio
import json
from base64 import b64encode
from collections.abc import AsyncIterator, Mapping
from hashlib import sha256
from hmac import digest

import pytest
from httpx import ASGITransport, AsyncClient, Response

from examples.adapters.carrier import Carrier
from examples.adapters.fastapi_edge import Sender, edge
from examples.adapters.payment import PaymentProvider
from examples.adapters.shopify import Shopify
from tests.adapters.cases import payload
from unicommerce.catalog import Catalog, Network, Node, Pool
from unicommerce.commerce import AsyncCommerce
from unicommerce.intake import Intake
from unicommerce.inventory import received
from unicommerce.ledger import Entry, Guard, Memory, Recorded, run
from unicommerce.ports import Message
from unicommerce.values import Position

SECRET = b"shared"
CATALOG = Catalog(
    network=Network(nodes=(Node(id="dc", position=Position(0, 0)),), pools=(Pool(id="web", nodes=("dc",)),))
)
ORDER = payload("shopify", "order.json", "orders/create")
CLAIM: Mapping[str, object] = {"place": "pool:web", "lines": [{"sku": "MUG", "quantity": 3}]}
MOST = 20_000


class Losing(Memory):
    """A store that may lose every race."""

    loses = False

    async def append(self, entry: Entry, guards: tuple[Guard, ...] = ()) -> Recorded | None:
        """Put an entry on record, or not."""
        return None if self.loses else await super().append(entry, guards)


class Shop:
    """A shop with five mugs and two of each iPod behind an edge."""

    def __init__(self) -> None:
        self.store = Losing()
        commerce = AsyncCommerce(CATALOG, store=self.store)
        ipods = dict.fromkeys(("IPOD2008GREEN", "IPOD2008RED", "IPOD2008BLACK"), 2)
        run(commerce.tell(received("r", node="dc", quantities={"MUG": 5, **ipods}), now=0))
        senders = {
            "shop": Sender(port=Shopify(), secret=SECRET, intake=Intake(pool="web"), header="X-Hmac", written=base64),
            "money": Sender(port=PaymentProvider(), secret=SECRET),
            "carrier": Sender(port=Carrier(), secret=SECRET),
        }
        self._app = edge(commerce, senders, clock=lambda: 7, most_bytes=MOST)

    def send(
        self,
        path: str,
        content: bytes | AsyncIterator[bytes],
        headers: Mapping[str, str] | Mapping[bytes, bytes] | None = None,
        method: str = "POST",
    ) -> Response:
        """Send a request."""

        async def sent() -> Response:
            async with AsyncClient(transport=ASGITransport(self._app), base_url="http://shop") as client:
                return await client.request(method, path, content=content, headers=headers)

        return asyncio.run(sent())

    def hook(self, system: str, message: Message, *, secret: bytes = SECRET) -> Response:
        """Send a webhook, signed."""
        body = message.body.encode()
        mac = digest(secret, body, sha256)
        return self.send(f"/hooks/{system}/{message.topic}", body, {"X-Hmac": base64(mac), "X-Signature": mac.hex()})

    def ask(self, key: str, body: Mapping[str, object], what: str = "claims") -> Response:
        """Ask for something."""
        return self.send(f"/{what}", json.dumps(body).encode(), {"Idempotency-Key": key})

    @property
    def entries(self) -> int:
        """Return how many entries are on record."""
        return len(run(self.store.since(0, 1_000)))


def base64(mac: bytes) -> str:
    """Write a signature as some do."""
    return b64encode(mac).decode()


@pytest.fixture
def shop() -> Shop:
    """Open a shop."""
    return Shop()


def problem(response: Response) -> tuple[int, str]:
    """Return the status of a problem, and its type's last word."""
    assert response.headers["Content-Type"] == "application/problem+json"
    said = response.json()
    assert said["status"] == response.status_code
    assert said["detail"]
    return response.status_code, said["type"].rpartition(":")[2]


def test_the_same_again_gives_the_first_answer(shop: Shop) -> None:
    """Byte for byte, and nothing is done again; also after all has been sold."""
    first = shop.ask("c1", CLAIM)
    assert first.status_code == 200
    assert first.json()["events"][0]["kind"] == "inventory.claimed"
    before = shop.entries
    assert shop.ask("c2", {"place": "pool:web", "lines": [{"sku": "MUG", "quantity": 2}]}).status_code == 200

    again = shop.ask("c1", CLAIM)

    assert (again.status_code, again.content) == (200, first.content)
    assert (first.headers.get("Idempotent-Replayed"), again.headers["Idempotent-Replayed"]) == (None, "true")
    assert shop.entries == before + 1


def test_the_same_key_with_another_body_is_refused_by_name(shop: Shop) -> None:
    """The field that differs is named, and nothing is on record of it."""
    shop.ask("c1", CLAIM)
    before = shop.entries

    other = shop.ask("c1", {"place": "pool:web", "lines": [{"sku": "MUG", "quantity": 1}]})

    assert problem(other) == (409, "contradiction")
    assert other.json()["field"] == "lines[0].quantity"
    assert other.json()["detail"] == "claim/c1: lines[0].quantity was 3 and now is 1"
    assert shop.entries == before


def test_a_refusal_says_why_in_numbers_and_may_be_asked_again(shop: Shop) -> None:
    """The reasons are data; the detail is the English of them. What is refused takes no key."""
    many = {"place": "pool:web", "lines": [{"sku": "MUG", "quantity": 9}]}

    refused = shop.ask("c1", many)

    assert problem(refused) == (409, "refused")
    (reason,) = refused.json()["reasons"]
    assert (reason["code"], reason["found"], reason["needed"]) == ("inventory.short", 5, 9)
    assert refused.json()["detail"].startswith("refused\n  ")
    assert shop.ask("c1", CLAIM).status_code == 200


@pytest.mark.parametrize(
    ("key", "body", "field"),
    [
        ("", CLAIM, "claim"),
        ("c1", {"lines": []}, "place"),
        ("c1", {"place": "pool:web", "lines": []}, "lines"),
        ("c1", {"place": "pool:web", "lines": [{"sku": "MUG", "quantity": 1.5}]}, "lines[0].quantity"),
        ("c1", {"place": "pool:web", "lines": [{"sku": "MUG", "quantity": 1}] * 2}, "lines"),
        ("c1", {**CLAIM, "prioritty": 3}, "prioritty"),
    ],
)
def test_a_wrong_field_is_named(shop: Shop, key: str, body: Mapping[str, object], field: str) -> None:
    """Also one that nobody knows, and a key that is missing."""
    response = shop.ask(key, body)

    assert problem(response) == (422, "invalid-value")
    assert response.json()["field"] == field


def test_a_webhook_is_on_record_once(shop: Shop) -> None:
    """However often it comes; what nobody takes yet is said, and where nobody reads a value too."""
    before = shop.entries
    answers = [shop.hook("shop", ORDER) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200] * 3
    assert answers[0].json() == answers[2].json() == {"recorded": 1, "left": [], "unread": []}
    assert shop.entries == before + 1
    paid = payload("payment", "captured.json", "payment.captured")
    paid = paid._replace(body=json.dumps({**json.loads(paid.body), "risk": "low"}))
    assert shop.hook("money", paid).json() == {"recorded": 0, "left": ["payment"], "unread": ["risk"]}


def test_a_webhook_that_is_not_signed_is_not_read(shop: Shop) -> None:
    """By another secret, or not at all, or over another body; not even its mistakes are named."""
    broken = Message("orders/create", "{")

    for response in (
        shop.hook("shop", ORDER, secret=b"guessed"),
        shop.hook("shop", broken, secret=b""),
        shop.send("/hooks/shop/orders/create", b"{}"),
        shop.send("/hooks/shop/orders/create", b"{}", {b"X-Hmac": "größe".encode()}),
    ):
        assert problem(response) == (401, "blank")
    assert problem(shop.hook("shop", broken)) == (422, "invalid-value")
    assert problem(shop.hook("nobody", ORDER)) == (404, "blank")


def test_a_webhook_that_cannot_be_read_or_is_refused_is_a_problem(shop: Shop) -> None:
    """A topic of other things, bytes that are no text, an order of more than there is."""
    assert shop.hook("carrier", Message("invoices/created", "{}")).json()["field"] == "topic"
    more = ORDER._replace(body=ORDER.body.replace('"quantity": 1', '"quantity": 8'))
    refused = shop.hook("shop", more)
    assert problem(refused) == (409, "refused")
    assert {reason["code"] for reason in refused.json()["reasons"]} == {"inventory.short"}
    bytes_ = b"\xff\xfe"
    signed = {"X-Signature": digest(SECRET, bytes_, sha256).hex()}
    assert problem(shop.send("/hooks/carrier/x", bytes_, signed)) == (422, "invalid-value")


def test_no_more_is_read_than_may_be(shop: Shop) -> None:
    """A body that says that it is too long is not read at all; one that does not say so, no further than the limit."""
    given: list[int] = []

    async def parts() -> AsyncIterator[bytes]:
        for number in range(100):
            given.append(number)
            yield b" " * (MOST // 2)

    assert problem(shop.send("/claims", b" " * (MOST + 1))) == (413, "blank")
    assert problem(shop.send("/claims", parts(), {"Content-Length": str(MOST + 1)})) == (413, "blank")
    assert given == []
    assert problem(shop.send("/claims", parts())) == (413, "blank")
    assert given == [0, 1, 2]
    assert problem(shop.send("/claims", b"{}", {"Content-Length": "x"})) == (400, "blank")
    assert problem(shop.send("/claims", b" " * MOST)) == (422, "invalid-value")


def test_who_lost_every_race_is_told_to_come_again(shop: Shop) -> None:
    """With the same key, which is free as before."""
    shop.store.loses = True
    busy = shop.ask("c1", CLAIM)
    assert (problem(busy), busy.headers["Retry-After"]) == ((503, "busy"), "1")

    shop.store.loses = False
    assert shop.ask("c1", CLAIM).status_code == 200


def test_what_nobody_offers_is_a_problem_as_well(shop: Shop) -> None:
    """A thing that cannot be asked for, and a method."""
    assert problem(shop.ask("1", {}, "wishes")) == (404, "blank")
    assert problem(shop.send("/claims", b"", method="GET")) == (405, "blank")


def test_an_order_is_canceled_once(shop: Shop) -> None:
    """The same cancellation again is a repeat."""
    assert shop.hook("shop", ORDER).status_code == 200
    wanted = {"order": "450789469", "lines": [{"line": "466157049", "quantity": 1}], "reason": "too many"}

    first, again = (shop.ask("k1", wanted, "cancellations") for _ in range(2))

    assert first.status_code == again.status_code == 200
    assert first.content == again.content
    assert problem(shop.ask("k1", {**wanted, "reason": "other"}, "cancellations")) == (409, "contradiction")
