"""Webhook: canonical JSON by HTTP POST, signed; https, no redirects, nothing inside the own network, no long wait."""

from __future__ import annotations

import http.client
import socket
import ssl
from contextlib import closing, suppress
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tongxin.connectors import addresses, signing
from tongxin.connectors.base import Connector, NotSent, Outgoing, bad_target
from tongxin.connectors.watch import Watch, at_most
from tongxin.shared import canonical

CONNECT = 5.0  # seconds for one address
TOTAL = 20.0  # seconds for everything after the name was looked up
REST = 1.0  # seconds for the body of an answer: it counts by its status alone
ANSWER_MAX = 64 * 1024  # bytes of the body that are read
GONE = 410  # the receiver says: never again
AGENT = "Tongxin-Webhook/1"


class Webhook(Connector):
    """POSTs a delivery to a URL."""

    name = "webhook"
    title = _("Webhook")
    target_hint = _("An https address of your system, such as https://duty.example.org/tongxin")
    signed = True

    def check(self, target: str) -> str:
        """Return the URL; http only to this machine in the demonstration and in tests."""
        try:
            parts = urlsplit(target)
            port = parts.port
        except ValueError as fault:
            raise bad_target(_("This is not an address of the web.")) from fault
        if any(c.isspace() or not c.isprintable() or ord(c) > 126 for c in target):
            raise bad_target(_("Write the address in plain signs, without spaces."))
        host = parts.hostname or ""
        if parts.scheme not in {"https", "http"} or not host or port == 0:
            raise bad_target(_("This is not an address of the web."))
        if parts.username is not None or parts.password is not None or parts.fragment:
            raise bad_target(
                _("Leave out user, password and the part after #; deliveries are signed instead.")
            )
        if parts.scheme == "http" and not (settings.MODE != "run" and addresses.is_this_machine(host)):
            raise bad_target(_("Use https: what is sent is read by nobody else."))
        written = addresses.literal(host)
        if settings.MODE == "run" and host == "localhost":
            raise bad_target(_("This address lies inside the server's own network."))
        if written is not None and not addresses.may_call(written):
            raise bad_target(_("This address lies inside the server's own network."))
        return target

    def deliver(self, outgoing: Outgoing) -> None:
        """POST it; any status from 200 to 299 means that the other side has it."""
        parts = urlsplit(outgoing.target)
        if parts.scheme != "https" and not (
            settings.MODE != "run" and addresses.is_this_machine(parts.hostname or "")
        ):
            raise NotSent("not_https", final=True)
        body = canonical.dumps(outgoing.payload)
        status = _post(parts, body, _headers(outgoing, body))
        if not 200 <= status < 300:
            raise NotSent(f"http:{status}", final=status == GONE)


def _headers(outgoing: Outgoing, body: bytes) -> dict[str, str]:
    timestamp = str(int(outgoing.at.timestamp()))
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": AGENT,
        "Accept": "*/*",
        "Connection": "close",
        signing.ID: outgoing.id,
        signing.KIND: outgoing.kind,
        signing.ATTEMPT: str(outgoing.attempt),
        signing.TIMESTAMP: timestamp,
        signing.SIGNATURE: signing.signature(
            outgoing.secret, delivery=outgoing.id, timestamp=timestamp, body=body
        ),
    }


def _post(parts: SplitResult, body: bytes, headers: dict[str, str]) -> int:
    """Return the status of the answer. Raises NotSent with `timeout`, `tls`, `connect` or `no_answer`."""
    host, port = parts.hostname or "", parts.port or {"https": 443, "http": 80}[parts.scheme]
    judged = addresses.resolved(host, port)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    with (
        at_most(TOTAL) as watch,
        closing(_ToAddress(host, port, judged, watch, tls=parts.scheme == "https")) as to,
    ):
        try:
            to.request("POST", path, body=body, headers=headers)
            answer = to.getresponse()
        except ssl.SSLError as fault:
            raise NotSent("timeout" if watch.over else "tls") from fault
        except TimeoutError as fault:
            raise NotSent("timeout") from fault
        except (OSError, http.client.HTTPException) as fault:
            if watch.over:
                raise NotSent("timeout") from fault
            raise NotSent("no_answer" if to.reached else "connect") from fault
        with closing(answer):
            to.take_the_rest(answer)
            return answer.status


class _ToAddress(http.client.HTTPConnection):
    """A connection to addresses that were judged; the name is only what TLS and the Host header see."""

    def __init__(self, host: str, port: int, judged: list[str], watch: Watch, *, tls: bool) -> None:
        super().__init__(host, port, timeout=CONNECT)
        self.judged = judged
        self.watch = watch
        self.tls = ssl.create_default_context() if tls else None
        self.default_port = 443 if tls else 80
        self.reached = False
        self.line: socket.socket  # `sock` is let go by http.client as soon as the head of an answer is there

    def connect(self) -> None:
        """Connect to the first address that answers."""
        for index, address in enumerate(self.judged):
            try:
                plain = socket.create_connection((address, self.port), timeout=CONNECT)
                break
            except OSError:
                if self.watch.over or index == len(self.judged) - 1:
                    raise
        self.watch.hold(plain)
        self.reached = True
        plain.settimeout(TOTAL)
        self.line = plain if self.tls is None else self.tls.wrap_socket(plain, server_hostname=self.host)
        self.sock = self.line

    def take_the_rest(self, answer: http.client.HTTPResponse) -> None:
        """Read what is there of the body, for politeness: the status alone counts, and nothing here can fail."""
        with suppress(OSError, http.client.HTTPException):
            self.line.settimeout(REST)
            answer.read1(ANSWER_MAX)
