"""What stands before every request: whose it is, for whom, and how large.

Loopback only: a foreign ``Host`` is refused, so that no page from elsewhere reaches this server by a name of
its own; every request of the API carries the token of this run; nothing larger than a case file is read.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from endplate.app.server.settings import LARGEST_BODY
from endplate.case.loader import MORE
from endplate.knowledge.vocabulary.sentence import Sentence
from endplate.outputs.language import LANGUAGES, speaking, told

_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_TOO_LARGE = 413
_OPEN = ("/api/health",)
_OURS = "This is a fault in endplate: please report it."
_LINK = "Open the link that serve printed."
_POLICY = (
    "default-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "frame-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'self'",
)
_HEADERS = (
    (b"content-security-policy", "; ".join(_POLICY).encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)


class TooLarge(HTTPException):
    """A body beyond the largest that is read."""

    def __init__(self) -> None:
        super().__init__(_TOO_LARGE)


class Guard:
    """Refuses what is not for this server, from this run, or too large; adds headers to every answer.

    Args:
        app: what is guarded.
        token: of this run.
    """

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app, self._token = app, token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {name.lower(): value for name, value in scope["headers"]}
        with speaking(_language(_text(headers, b"accept-language"))):
            refused = self._refused(scope["path"], headers)
            if refused is not None:
                await answer(_with_headers(send), *refused)
                return
            await self._answered(scope, receive, _with_headers(send))

    async def _answered(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The answer; what fails is our own fault: said so without a traceback, which goes to the log."""
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, _limited(receive), sending)
        except Exception:
            if not begun:
                await answer(send, 500, problem("endplate_failed", "endplate failed", _OURS))
            raise

    def _refused(self, path: str, headers: dict[bytes, bytes]) -> tuple[int, dict[str, Any]] | None:
        if _name(_text(headers, b"host")) not in _LOOPBACK:
            return 421, problem("foreign_host", "Only this computer is answered.", "Use 127.0.0.1.")
        origin = _text(headers, b"origin")
        if origin and origin != "null" and _name(origin.partition("://")[2]) not in _LOOPBACK:
            return 403, problem("foreign_origin", "A page from elsewhere may not ask.", _LINK)
        if not path.startswith("/api/") or path in _OPEN:
            return None
        given = _text(headers, b"authorization").removeprefix("Bearer ")
        if not secrets.compare_digest(given.encode(), self._token.encode()):
            return 401, problem("token", "The token of this run is missing.", _LINK)
        length = headers.get(b"content-length", b"0")
        if length.isdigit() and int(length) > LARGEST_BODY:
            return _TOO_LARGE, too_large()
        return None


def _text(headers: dict[bytes, bytes], name: bytes) -> str:
    return headers.get(name, b"").decode("latin-1")


def _name(host: str) -> str:
    """A host without its port."""
    return host[: host.index("]") + 1] if host.startswith("[") and "]" in host else host.partition(":")[0]


def _language(header: str) -> str:
    """The first language asked for that is held; English where none is."""
    asked = (part.partition(";")[0].strip().lower()[:2] for part in header.split(","))
    return next((name for name in asked if name in LANGUAGES), LANGUAGES[0])


def problem(rule: str, message: str, remedy: str, field: str | None = None) -> dict[str, Any]:
    """What is wrong, in the shape of every other message."""
    told = {"file": None, "line": None, "field": field, "rule": rule, "message": message, "remedy": remedy}
    return {"error": told}


def in_language(fault: dict[str, Any]) -> dict[str, Any]:
    """A message with its remedy in the language of the request.

    Of several faults counted in one message, ``first`` is the first and ``more`` the number of others.
    """
    message, remedy = fault["message"], fault["remedy"] and told(fault["remedy"], verbatim=True)
    found = {**fault, "message": told(message, verbatim=True), "remedy": remedy}
    if isinstance(message, Sentence) and message.text == MORE:
        first, count = message.parts["first"], message.parts["count"]
        found |= {"first": told(first, verbatim=True), "more": int(count)}
    return found


class Refusal(JSONResponse):
    """What is wrong, in the language of the request."""

    def render(self, content: dict[str, Any]) -> bytes:
        """The bytes of the answer."""
        return super().render({"error": in_language(content["error"])})


def too_large() -> dict[str, Any]:
    """The message about a body that is not read."""
    return problem("too_large", "More than 1 MB was sent", "A request holds one case.")


def _limited(receive: Receive) -> Receive:
    """Reads no more than the largest body."""
    read = 0

    async def limited() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > LARGEST_BODY:
            raise TooLarge()
        return message

    return limited


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            names = {name for name, _ in message.get("headers", ())}
            added: Iterable[tuple[bytes, bytes]] = (pair for pair in _HEADERS if pair[0] not in names)
            message = {**message, "headers": [*message.get("headers", ()), *added]}
        await send(message)

    return sending


async def answer(send: Send, status: int, body: dict[str, Any]) -> None:
    """One JSON answer."""
    raw = json.dumps({"error": in_language(body["error"])}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(raw)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": raw})
