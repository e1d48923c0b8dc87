"""Real systems outside, on loopback: a web server that answers as a test wants it, and a mail server."""

from __future__ import annotations

import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = int | Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Web:
    """What a web server got, and what it answers: a status, or a function that writes to the handler; the last stays."""

    address: str = ""
    answers: list[Answer] = field(default_factory=lambda: [200])
    got: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)  # path, headers, body

    @property
    def ids(self) -> list[str]:
        return [headers["Tongxin-Delivery"] for _path, headers, _body in self.got]


@contextmanager
def web(*answers: Answer, tls: ssl.SSLContext | None = None) -> Iterator[Web]:
    """Serve for the length of the block."""
    server = Web(answers=list(answers) or [200])

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            server.got.append((self.path, dict(self.headers), body))
            answer = server.answers.pop(0) if len(server.answers) > 1 else server.answers[0]
            if callable(answer):
                answer(self)
                self.close_connection = True
                return
            self.send_response(answer)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args: Any) -> None:
            pass

    own = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if tls is not None:
        own.socket = tls.wrap_socket(own.socket, server_side=True, do_handshake_on_connect=False)
    with _running(own) as listening:
        server.address = f"http://127.0.0.1:{listening.server_address[1]}/hook"
        yield server


@dataclass
class Mail:
    """What a mail server got, and with which code it answers to a recipient; `drips` goes on before that answer."""

    port: int = 0
    rcpt: str = "250 OK"
    drips: Callable[[], bool] | None = None
    got: list[EmailMessage] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)


@contextmanager
def mail(tls: ssl.SSLContext | None = None) -> Iterator[Mail]:
    """Serve as much of SMTP (RFC 5321) as a sender needs, for the length of the block."""
    server = Mail()

    class Handler(socketserver.StreamRequestHandler):
        def say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

        def handle(self) -> None:
            self.say("220 test ESMTP")
            while line := self.rfile.readline().decode("latin-1").rstrip("\r\n"):
                server.commands.append(line)
                match line.split(" ")[0].split(":")[0].upper():
                    case "EHLO" | "HELO":
                        self.say("250-test")
                        self.say("250 SIZE 1000000")
                    case "RCPT":
                        while server.drips is not None and server.drips():
                            self.wfile.write(b"2")
                        self.say(server.rcpt)
                    case "DATA":
                        self.say("354 go on")
                        server.got.append(self.message())
                        self.say("250 taken")
                    case "QUIT":
                        self.say("221 bye")
                        return
                    case _:
                        self.say("250 OK")

        def message(self) -> EmailMessage:
            lines = []
            while (line := self.rfile.readline()) not in {b".\r\n", b""}:
                lines.append(line[1:] if line.startswith(b"..") else line)
            read = message_from_bytes(b"".join(lines), policy=policy.default)
            assert isinstance(read, EmailMessage)
            return read

    own = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    if tls is not None:
        own.socket = tls.wrap_socket(own.socket, server_side=True)
    with _running(own) as listening:
        server.port = listening.server_address[1]
        yield server


@contextmanager
def _running(server: Any) -> Iterator[Any]:
    server.daemon_threads = True
    server.block_on_close = False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
