"""The edge to HTTP: webhooks of any port come in, and what our own clients ask; with FastAPI.

Nothing is parsed before its size is known, nothing of a sender is read before its signature is checked, and nobody is
answered before what was said is on record.

- `POST /hooks/{system}/{topic}`: a webhook, signed over its very bytes with a secret that we share (HMAC-SHA256).
- `POST /claims`, `/cancellations`: what clients ask. `Idempotency-Key` is the id of what is asked: the same again gives
  the first answer, word for word; the same key with another body is refused, and the field that differs is named.

Every no is a problem (RFC 9457): its type says which, `reasons` are data with numbers, `detail` is the English of them.
A refusal is not on record: the same key may be asked again and be accepted. Who may ask at all is a matter of the
server in front. Copy this file with `recording.py`; it needs `fastapi`.
"""

from collections.abc import Callable, Mapping
from hashlib import sha256
from hmac import compare_digest, digest

from fastapi import FastAPI
from fastapi import Request as HTTPRequest
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from examples.adapters.recording import record
from unicommerce.catalog import Catalog
from unicommerce.codec import Codec
from unicommerce.commerce import AsyncCommerce
from unicommerce.errors import Busy, Contradiction, InvalidValue, TooOld, UnicommerceError
from unicommerce.fulfillment import cancel
from unicommerce.intake import Intake
from unicommerce.inventory import reserve
from unicommerce.ledger import LedgerCode, Reason, Refused, Request, explain
from unicommerce.ports import Fields, Message, Port
from unicommerce.values import frozen

__all__ = ["Sender", "edge"]

LARGEST_BODY = 1_000_000
"""Bytes."""
PROBLEM = "application/problem+json"


@frozen(kw_only=True)
class Sender:
    """A system that sends webhooks: its port, what we know of it, and how it signs them.

    `written` is how it writes a signature; in hexadecimal, unless it says otherwise.
    """

    port: Port
    secret: bytes
    intake: Intake = Intake()
    header: str = "X-Signature"
    written: Callable[[bytes], str] = bytes.hex

    def signed(self, body: bytes) -> str:
        """Return the signature that a body must have."""
        return self.written(digest(self.secret, body, sha256))


def edge(
    commerce: AsyncCommerce,
    senders: Mapping[str, Sender],
    *,
    clock: Callable[[], int],
    codec: Codec = Codec(),
    most_bytes: int = LARGEST_BODY,
) -> FastAPI:
    """Return the application; `clock` tells now (ms UTC)."""
    doors = Doors(commerce, senders, clock, codec, most_bytes)
    app = FastAPI(openapi_url=None)  # bodies are read here, so FastAPI knows no schema of them
    app.add_api_route("/hooks/{system}/{topic:path}", doors.hook, methods=["POST"])
    app.add_api_route("/{what}", doors.ask, methods=["POST"])
    app.add_exception_handler(UnicommerceError, _mistake)
    app.add_exception_handler(HTTPException, _wrong)
    return app


@frozen
class Doors:
    """Where requests come in, each to be answered once what it says is on record."""

    commerce: AsyncCommerce
    senders: Mapping[str, Sender]
    clock: Callable[[], int]
    codec: Codec
    most_bytes: int

    async def hook(self, system: str, topic: str, request: HTTPRequest) -> JSONResponse:
        """Put on record what a webhook says; answer how much, and what of it nobody takes or nobody read."""
        sender = self.senders.get(system)
        if sender is None:
            raise HTTPException(404, "nobody of that name sends us anything")
        body = await _body(request, self.most_bytes)
        given = request.headers.get(sender.header, "")
        if not compare_digest(sender.signed(body).encode(), given.encode()):
            raise HTTPException(401, f"{sender.header} is not the signature of this body")
        message = Message(topic, _text(body))
        outcome = await record(self.commerce, sender.port, message, intake=sender.intake, now=self.clock())
        because = [reason for each in outcome.decisions if isinstance(each, Refused) for reason in each.because]
        if because:
            return _refused(Refused(tuple(because)))
        left = [paper.form for paper in outcome.taken.left]
        unread = [path for path, _ in outcome.reading.unread]
        return JSONResponse({"recorded": len(outcome.decisions), "left": left, "unread": unread})

    async def ask(self, what: str, request: HTTPRequest) -> JSONResponse:
        """Ask for something under the key of the request; answer what happens because of it."""
        if what not in ASKED:
            raise HTTPException(404, f"what can be asked for: {', '.join(ASKED)}")
        body = Fields.parsed(_text(await _body(request, self.most_bytes)))
        question = ASKED[what](request.headers.get("Idempotency-Key", ""), body)
        if unread := body.unread():
            raise InvalidValue(unread[0].path, unread[0].value, "a field that is known here")
        decision = await self.commerce.ask(question, now=self.clock(), source="http")
        if isinstance(decision, Refused):
            return _refused(decision)
        is_repeat = any(reason.code is LedgerCode.ALREADY_DONE for reason in decision.because)
        answer = {"id": question.id, "events": [self.codec.plain(event) for event in decision.events]}
        return JSONResponse(answer, headers={"Idempotent-Replayed": "true"} if is_repeat else None)


# What can be asked


def _claim(key: str, body: Fields) -> Request[Catalog]:
    return reserve(key, place=body.id("place"), quantities=_quantities(body, "sku"), channel=body.id("channel", ""))


def _cancellation(key: str, body: Fields) -> Request[Catalog]:
    lines = _quantities(body, "line") if body.has("lines") else None
    return cancel(body.id("order"), lines, reason=body.text("reason", ""), id=key)


def _quantities(body: Fields, name: str) -> dict[str, int]:
    lines = [(line.id(name), line.whole("quantity", least=1)) for line in body.many("lines", least=1)]
    if len(dict(lines)) < len(lines):
        raise InvalidValue("lines", [each for each, _ in lines], f"lines that each have a {name} of their own")
    return dict(lines)


ASKED: Mapping[str, Callable[[str, Fields], Request[Catalog]]] = {"claims": _claim, "cancellations": _cancellation}


# What comes in


async def _body(request: HTTPRequest, most_bytes: int) -> bytes:
    """Return the body; no more of it is read than may be, whatever the sender says of its length."""
    body = bytearray()
    if _length(request) <= most_bytes:
        async for part in request.stream():
            body += part
            if len(body) > most_bytes:
                break
        else:
            return bytes(body)
    raise HTTPException(413, f"a body has at most {most_bytes} bytes", {"Connection": "close"})


def _length(request: HTTPRequest) -> int:
    said = request.headers.get("Content-Length", "0")
    if not (said.isascii() and said.isdigit()):
        raise HTTPException(400, "Content-Length is no number")
    return int(said[:20])


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise InvalidValue("message", body[:80], "text in UTF-8") from error


# What goes out

STATUS: Mapping[type[Exception], tuple[int, str]] = {
    InvalidValue: (422, "invalid-value"),
    Contradiction: (409, "contradiction"),
    TooOld: (410, "too-old"),
    Busy: (503, "busy"),
}
"""The status of each error that a sender can cause, and the last word of its type; any other is our own mistake."""


async def _mistake(_request: HTTPRequest, error: Exception) -> JSONResponse:
    status, word = STATUS.get(type(error), (500, "mistake"))
    field = {"field": error.field} if isinstance(error, InvalidValue | Contradiction) else {}
    headers = {"Retry-After": "1"} if isinstance(error, Busy) else None
    return _problem(status, f"urn:unicommerce:{word}", word if status == 500 else str(error), headers=headers, **field)


async def _wrong(_request: HTTPRequest, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return _problem(error.status_code, "about:blank", str(error.detail), headers=error.headers)


def _refused(refused: Refused) -> JSONResponse:
    reasons = [_plain(reason) for reason in refused.because]
    return _problem(409, "urn:unicommerce:refused", explain(refused), reasons=reasons)


def _plain(reason: Reason) -> dict[str, object]:
    return {name: value for name, value in reason._asdict().items() if value not in (None, "")}


def _problem(
    status: int, kind: str, detail: str, *, headers: Mapping[str, str] | None = None, **beside: object
) -> JSONResponse:
    said = {"type": kind, "status": status, "detail": detail, **beside}
    return JSONResponse(said, status_code=status, headers=dict(headers or {}), media_type=PROBLEM)
