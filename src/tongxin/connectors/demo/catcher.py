"""A receiver of webhooks on this machine: verifies each signature and prints what came. For tries and for tests."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from django.utils.translation import gettext as _

from tongxin.connectors import signing
from tongxin.shared import clock
from tongxin.shared.errors import Refused

LONGEST = 1 << 20  # bytes of a body that are read
POLL = 0.5  # seconds between two looks at whether to stop


@dataclass(frozen=True)
class Caught:
    """One delivery as it came."""

    delivery: str
    attempt: str
    kind: str
    body: bytes
    verified: bool | None  # None: no secret to verify with
    again: bool  # the same delivery came before

    @property
    def said(self) -> dict[str, Any]:
        """The body as data; empty when it is none."""
        try:
            read = json.loads(self.body)
        except ValueError:
            return {}
        return read if isinstance(read, dict) else {}


class Catcher:
    """Listens on loopback alone; `port` 0 takes a free one. `caught` holds what came, in order."""

    def __init__(
        self,
        *,
        port: int = 0,
        secret: str = "",
        status: int = 200,
        say: Callable[[str], object] | None = None,
    ) -> None:
        self.secret, self.status, self.say = secret, status, say
        self.caught: list[Caught] = []
        try:
            self._server = HTTPServer(("127.0.0.1", port), _handler(self))
        except OSError as fault:
            raise Refused(
                "port_taken",
                _("Port %(port)d is taken.") % {"port": port},
                todo=_("Name another with --port."),
            ) from fault
        self._server.timeout = POLL
        self.port = int(self._server.server_address[1])

    @property
    def address(self) -> str:
        """Where to send to."""
        return f"http://localhost:{self.port}/"

    def serve(self, count: int | None = None) -> None:
        """Serve until Ctrl-C, or until so many deliveries came."""
        try:
            if count is None:
                self._server.serve_forever()
            else:
                while len(self.caught) < count:
                    self._server.handle_request()
        finally:
            self.close()

    def serve_until_closed(self) -> None:
        """Serve until `stop` is called from another thread."""
        self._server.serve_forever(poll_interval=POLL / 10)

    def stop(self) -> None:
        """End `serve_until_closed` and free the port."""
        self._server.shutdown()
        self.close()

    def close(self) -> None:
        """Free the port."""
        self._server.server_close()

    def take(self, headers: Any, body: bytes) -> int:
        """Keep a delivery, say it, and return the status to answer with."""
        delivery = str(headers.get(signing.ID, ""))
        timestamp = str(headers.get(signing.TIMESTAMP, ""))
        verified = None
        if self.secret:
            given = str(headers.get(signing.SIGNATURE, ""))
            verified = signing.verifies(
                self.secret, given, delivery=delivery, timestamp=timestamp, body=body
            ) and _fresh(timestamp)
        again = any(each.delivery == delivery for each in self.caught)
        came = Caught(
            delivery,
            str(headers.get(signing.ATTEMPT, "")),
            str(headers.get(signing.KIND, "")),
            body,
            verified,
            again,
        )
        self.caught.append(came)
        if self.say is not None:
            self._tell(came)
        return 401 if verified is False else self.status

    def _tell(self, came: Caught) -> None:
        assert self.say is not None
        signed = {True: "signature verifies", False: "SIGNATURE DOES NOT VERIFY", None: "not verified"}[
            came.verified
        ]
        seen = ", came before" if came.again else ""
        said = came.said
        self.say(
            f"{came.kind}  {said.get('thread', '')}  {signed}{seen}  [{came.delivery}, attempt {came.attempt}]"
        )
        for language, words in (said.get("words") or {}).items():
            self.say(f"  {language}: {words}")
        if said.get("due_at"):
            self.say(f"  due: {said['due_at']}")


def _fresh(timestamp: str) -> bool:
    """Tell whether a timestamp (seconds since 1970) is of now; an old one may be a recording played back."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 12):
        return False
    at = datetime.fromtimestamp(int(timestamp), UTC)
    return abs((clock.now() - at).total_seconds()) <= signing.SKEW


def _handler(catcher: Catcher) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 10

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "0")
            if not length.isdigit() or int(length) > LONGEST:
                self.send_error(413)
                return
            status = catcher.take(self.headers, self.rfile.read(int(length)))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args: Any) -> None:
            """Say nothing: what came is said by the catcher."""

    return Handler
