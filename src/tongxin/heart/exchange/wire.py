"""The line over HTTP: the two addresses that a node answers at, and how it calls a peer. Every answer is signed.

Both sides are `docs/node-protocol.md`. What is wrong with a request is said in a code; nothing is told apart by time
or by words that a stranger could use: who is not a confirmed peer learns this node's name and key, and no more.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import TypeVar
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from tongxin.heart.exchange import lines, lines_in, nodes
from tongxin.shared import canonical, clock

log = structlog.get_logger(__name__)
SIGNATURE = "Tongxin-Signature"  # of a request's or an answer's body
IDENTITY, ENVELOPES = "/node/v1/identity", "/node/v1/envelopes"
CONNECT, TOTAL = 4.0, 10.0  # seconds for the connection, and for all that comes after it
APPLY = 2.0  # seconds that a sender waits for what it sent to be applied too; being stored is what the answer says
AGENT = "Tongxin-Node/1"
WHAT = {  # in English: whoever writes the other end reads it in a log
    "not_json": "The body is not JSON in UTF-8.",
    "not_canonical": "The JSON is not canonical: sorted keys, no blanks, no floats, nothing after its end.",
    "wrong_format": "The JSON has not the form that the protocol gives.",
    "oversized": "The request is larger than the protocol allows.",
    "wrong_channel": "The batch is not for this node.",
    "unknown_peer": "This node has no peer of that name.",
    "peer_not_confirmed": "Nobody here has confirmed this node's key yet.",
    "unsigned": "The request carries no signature.",
    "unknown_algorithm": "The signature names an algorithm that this node does not know.",
    "bad_signature": "The signature does not hold over these bytes.",
    "no_such_paper": "This node has no such paper that it may hand to the peer.",
    "wrong_key": "The request is not signed with the key that counts for this peer.",
}


class NotReached(Exception):
    """A peer was not reached, or what came back is not its answer. `error` is a code, with a detail after a colon."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error[:200]


@dataclass(frozen=True)
class Reply:
    """What came back: HTTP status, the body's bytes, the signature over them."""

    status: int
    body: bytes
    signature: str


Caller = Callable[[str, str, bytes, str], Reply]  # address, path, body, signature

A = TypeVar("A", bound=lines.Reply)


# ---------------------------------------------------------------- what this node answers


@require_safe
def identity(request: HttpRequest) -> HttpResponse:
    """Say this node's name and public key, signed with that key."""
    return signed(nodes.identity())


@csrf_exempt
@require_POST
def envelopes(request: HttpRequest) -> HttpResponse:
    """Take a batch of envelopes; the answer names the highest number stored without a gap, and each envelope's fate."""
    try:
        body = body_of(request)
    except lines.Faulty as fault:
        return refusal(b"", fault)
    try:
        answer = lines_in.take(body, request.headers.get(SIGNATURE, ""))
    except lines.Faulty as fault:
        return refusal(body, fault)
    peer = answer.to_node
    try:
        lines_in.apply_channel(peer, within=APPLY)
    except Exception:  # stored is stored: the answer says so, and the ticker applies it
        log.exception("what came over a line was stored, and could not be applied now", peer=peer)
    return signed(lines_in.answer_bytes(answer))


def body_of(request: HttpRequest) -> bytes:
    """Return the body of a request, at most as large as the protocol allows. Raises lines.Faulty."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > lines.BATCH_MAX:
        raise lines.Faulty("oversized", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    body = bytes(request.read(lines.BATCH_MAX + 1))
    if len(body) > lines.BATCH_MAX:
        raise lines.Faulty("oversized", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return body


def refusal(body: bytes, fault: lines.Faulty) -> HttpResponse:
    """Return the signed refusal of a whole request."""
    said = lines.Refusal(
        node=settings.NODE,
        request=nodes.digest(body),
        at=clock.iso(clock.now()),
        code=fault.code,
        what=WHAT.get(fault.code, fault.code),
    )
    return signed(canonical.dumps(said.model_dump()), status=fault.status)


def signed(body: bytes, status: int = 200) -> HttpResponse:
    """Return an answer, signed with this node's key over the bytes of its body."""
    response = HttpResponse(body, content_type="application/json", status=status)
    response[SIGNATURE] = nodes.sign(body)
    response["Cache-Control"] = "no-store"
    return response


# ---------------------------------------------------------------- how it calls a peer


def call(address: str, path: str, body: bytes, signature: str) -> Reply:
    """POST a body to a peer, or GET where it is empty; return what came back. Raises NotReached.

    Certificates are checked, redirects are not followed; plain http goes to this machine alone, in demo and tests.
    """
    parts = urlsplit(address)
    host = parts.hostname or ""
    late = threading.Event()
    try:
        with closing(_connection(parts.scheme, host, parts.port)) as to:
            headers = {"User-Agent": AGENT, "Accept": "application/json", "Connection": "close"}
            if body:
                headers |= {"Content-Type": "application/json", SIGNATURE: signature}
            to.connect()
            to.sock.settimeout(TOTAL)
            over = threading.Timer(TOTAL, _cut, [to.sock, late])
            over.daemon = True
            over.start()
            to.request("POST" if body else "GET", path, body=body or None, headers=headers)
            try:
                with closing(to.getresponse()) as answer:
                    read = answer.read(lines.BATCH_MAX + 1)
            finally:
                over.cancel()
            if len(read) > lines.BATCH_MAX:
                raise NotReached("answer_oversized")
            return Reply(answer.status, read, answer.headers.get(SIGNATURE, ""))
    except ssl.SSLError as fault:
        raise NotReached("tls") from fault
    except TimeoutError as fault:
        raise NotReached("timeout") from fault
    except socket.gaierror as fault:
        raise NotReached("name_unknown") from fault
    except ConnectionRefusedError as fault:
        raise NotReached("connect") from fault
    except (OSError, http.client.HTTPException, UnicodeError) as fault:
        raise NotReached("timeout" if late.is_set() else "no_answer") from fault


def _connection(scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
    if scheme == "https":
        context = ssl.create_default_context(cafile=settings.NODE_CA or None)
        return http.client.HTTPSConnection(host, port, timeout=CONNECT, context=context)
    if not nodes.may_be_plain(host):
        raise NotReached("not_https")
    return http.client.HTTPConnection(host, port, timeout=CONNECT)


def _cut(line: socket.socket, late: threading.Event) -> None:
    """End a connection for both sides: a time-out alone counts each wait, and who drips resets it."""
    late.set()
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)


def ask_identity(address: str, caller: Caller = call) -> lines.Identity:
    """Ask who answers at an address. Raises NotReached, with why what came back is no identity after a colon."""
    reply = caller(nodes.checked_address(address), IDENTITY, b"", "")
    if reply.status != HTTPStatus.OK:
        raise NotReached(f"http:{reply.status}")
    try:
        return nodes.read_identity(reply.body, reply.signature)
    except lines.Faulty as fault:
        raise NotReached(f"no_identity:{fault.code}") from fault


def deliver(peer: str, address: str, body: bytes, caller: Caller = call) -> lines.Answer:
    """Send a batch to a peer and return its answer. Raises NotReached, as `ask` does."""
    return ask(peer, address, ENVELOPES, body, lines.Answer, caller)


def ask(peer: str, address: str, path: str, body: bytes, form: type[A], caller: Caller = call) -> A:
    """Ask a peer and return its answer, signed by the key that counts for it and to this very request.

    Raises NotReached; `refused:CODE` is the peer's own signed refusal of the whole request.
    """
    reply = caller(address, path, body, nodes.sign(body))
    try:
        nodes.verify_now(peer, reply.signature, reply.body)
    except lines.Faulty as fault:
        status = "" if reply.status == HTTPStatus.OK else f"http:{reply.status}"
        raise NotReached(
            f"answer_{fault.code}" if reply.signature else status or "answer_unsigned"
        ) from fault
    try:
        if reply.status != HTTPStatus.OK:
            no = lines.read(lines.Refusal, reply.body, "wrong_format")
            named = no.request in {nodes.digest(body), nodes.digest(b"")}
            raise NotReached(f"refused:{no.code}" if named and no.node == peer else "answer_wrong_request")
        said = lines.read(form, reply.body, "wrong_format")
    except lines.Faulty as fault:
        raise NotReached(f"answer_{fault.code}") from fault
    if (said.node, said.to_node, said.request) != (peer, settings.NODE, nodes.digest(body)):
        raise NotReached("answer_wrong_request")
    return said
