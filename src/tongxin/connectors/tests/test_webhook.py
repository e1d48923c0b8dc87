"""The webhook against real servers: what it sends, what it takes for an answer, and where it refuses to go."""

from __future__ import annotations

import hashlib
import hmac
import socket
import ssl
import threading
import time
from dataclasses import replace
from ipaddress import ip_address, ip_network

import pytest

from tests.support import certificates, receivers
from tongxin.connectors import addresses
from tongxin.connectors.base import NotSent
from tongxin.connectors.contrib import webhook
from tongxin.connectors.contrib.webhook import Webhook
from tongxin.connectors.tests.conftest import PAYLOAD
from tongxin.shared import canonical
from tongxin.shared.errors import Invalid

hook = Webhook()


def error(outgoing) -> tuple[str, bool]:
    with pytest.raises(NotSent) as fault:
        hook.send(outgoing)
    return fault.value.error, fault.value.final


def test_the_body_is_canonical_and_the_signature_is_over_id_time_and_body(outgoing):
    with receivers.web() as server:
        hook.send(outgoing(server.address + "?office=wuqing"))
        (path, headers, body), *more = server.got
    assert not more
    assert path == "/hook?office=wuqing"
    assert body == canonical.dumps(PAYLOAD)
    assert headers["Tongxin-Timestamp"] == "1773194400"
    signed = f"{headers['Tongxin-Delivery']}.{headers['Tongxin-Timestamp']}.".encode() + body
    right = hmac.new(b"s3cret", signed, hashlib.sha256).hexdigest()
    assert headers["Tongxin-Signature"] == f"sha256={right}"


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_good_status_is_enough(outgoing, status):
    with receivers.web(status) as server:
        hook.send(outgoing(server.address))


@pytest.mark.parametrize(("status", "final"), [(301, False), (400, False), (401, False), (410, True), (429, False), (503, False)])  # fmt: skip
def test_other_statuses_are_told(outgoing, status, final):
    with receivers.web(status) as server:
        assert error(outgoing(server.address)) == (f"http:{status}", final)


def test_a_redirect_is_not_followed(outgoing):
    with receivers.web() as elsewhere:

        def redirect(handler) -> None:
            handler.send_response(307)
            handler.send_header("Location", elsewhere.address)
            handler.send_header("Content-Length", "0")
            handler.end_headers()

        with receivers.web(redirect) as server:
            assert error(outgoing(server.address)) == ("http:307", False)
        assert elsewhere.got == []


def test_an_answer_without_end_is_not_read_to_its_end(outgoing):
    def endless(handler) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            for _each in range(4000):
                handler.wfile.write(b"x" * 65536)
        except OSError:
            handler.server.cut = True

    with receivers.web(endless) as server:
        begins = time.monotonic()
        hook.send(outgoing(server.address))
        assert time.monotonic() - begins < 5


def test_a_receiver_that_answers_byte_by_byte_is_cut_off(outgoing, monkeypatch):
    monkeypatch.setattr(webhook, "TOTAL", 1.0)
    done = threading.Event()

    def drip(handler) -> None:
        try:
            for sign in b"HTTP/1.1 200 OK\r\n" + b"X-Slow: " + b"y" * 200:
                handler.wfile.write(bytes([sign]))
                handler.wfile.flush()
                if done.wait(0.1):
                    return
        except OSError:
            return

    with receivers.web(drip) as server:
        begins = time.monotonic()
        assert error(outgoing(server.address)) == ("timeout", False)
        assert time.monotonic() - begins < 4
        done.set()


def test_a_good_status_counts_though_the_body_never_ends(outgoing, monkeypatch):
    """No length, nothing more, and nobody closes; or the body comes sign by sign; or less than was announced."""
    monkeypatch.setattr(webhook, "TOTAL", 6.0)
    monkeypatch.setattr(webhook, "REST", 0.3)
    done = threading.Event()

    def open_end(handler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
        done.wait(20)

    def dripping(handler) -> None:
        handler.wfile.write(b"HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n")
        while not done.wait(0.1):
            handler.wfile.write(b"1\r\nx\r\n")

    def short(handler) -> None:
        handler.wfile.write(b"HTTP/1.1 202 Accepted\r\nContent-Length: 90\r\n\r\nthanks")

    with receivers.web(open_end, dripping, short) as server:
        begins = time.monotonic()
        for _each in range(3):
            hook.send(outgoing(server.address))
        assert time.monotonic() - begins < 4
        done.set()


def test_a_name_with_many_silent_addresses_has_the_same_limit(outgoing, monkeypatch):
    monkeypatch.setattr(webhook, "TOTAL", 1.0)
    monkeypatch.setattr(webhook, "CONNECT", 0.4)
    monkeypatch.setattr(addresses, "resolved", lambda _host, _port: ["127.0.0.1"] * 40)
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        at = full.getsockname()
        waiting = socket.create_connection(at)  # the queue is full: who comes now hears nothing
        begins = time.monotonic()
        assert error(outgoing(f"https://many.example.org:{at[1]}/")) == ("timeout", False)
        assert 0.9 < time.monotonic() - begins < 4
        waiting.close()


def test_a_receiver_that_says_nothing_and_one_that_is_not_there(outgoing, monkeypatch):
    monkeypatch.setattr(webhook, "TOTAL", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        assert error(outgoing(f"http://127.0.0.1:{port}/")) == ("timeout", False)
    assert error(outgoing(f"http://127.0.0.1:{port}/")) == ("connect", False)
    with receivers.web(lambda handler: handler.connection.close()) as server:
        assert error(outgoing(server.address)) == ("no_answer", False)


def test_https_needs_a_certificate_in_order(outgoing, tmp_path, monkeypatch):
    certificate, key = certificates.for_localhost(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with receivers.web(tls=context) as server:
        port = int(server.address.rpartition(":")[2].partition("/")[0])
        assert error(outgoing(f"https://localhost:{port}/")) == ("tls", False)
        monkeypatch.setenv("SSL_CERT_FILE", certificate)
        hook.send(outgoing(f"https://localhost:{port}/in"))
        assert error(outgoing(f"https://127.0.0.1:{port}/")) == ("tls", False), "the name must fit"
        ((path, headers, _body),) = server.got
        assert (path, headers["Host"]) == ("/in", f"localhost:{port}")


def test_nothing_of_a_drill_passes_whoever_says_so(outgoing):
    with receivers.web() as server:
        plain = outgoing(server.address)
        for drill in (
            replace(plain, drill=True),
            replace(plain, payload={**PAYLOAD, "drill": True}),
            replace(plain, payload={k: v for k, v in PAYLOAD.items() if k != "drill"}),
        ):
            assert error(drill) == ("drill", True)
        assert server.got == []


def test_every_connector_has_that_door():
    from tongxin.connectors.base import Connector
    from tongxin.connectors.registry import connectors

    for each in connectors():
        assert type(each).send is Connector.send


# Where it goes

INSIDE = ["127.0.0.1", "127.8.8.8", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
          "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
          "2002:7f00:1::", "64:ff9b::7f00:1", "64:ff9b::a00:1", "ff02::1"]  # fmt: skip
OUTSIDE = ["8.8.8.8", "2001:4860:4860::8888", "::ffff:8.8.8.8", "2002:808:808::", "64:ff9b::808:808"]


@pytest.mark.parametrize("address", INSIDE)
def test_no_address_inside_may_be_called_in_service(address, settings):
    settings.MODE = "run"
    assert not addresses.may_call(ip_address(address))


@pytest.mark.parametrize("address", OUTSIDE)
def test_public_addresses_may_be_called(address, settings):
    settings.MODE = "run"
    assert addresses.may_call(ip_address(address))


def test_the_operator_may_open_a_network(settings):
    settings.MODE = "run"
    settings.WEBHOOK_NETWORKS = [ip_network("10.20.0.0/16")]
    assert addresses.may_call(ip_address("10.20.3.4"))
    assert addresses.may_call(ip_address("::ffff:10.20.3.4"))
    assert not addresses.may_call(ip_address("10.21.0.1"))
    assert hook.check("https://10.20.3.4/x") == "https://10.20.3.4/x"


@pytest.mark.parametrize("host", ["localhost", "127.1", "2130706433", "0x7f.1", "0", "127.0.0.1", "[::1]"])
def test_names_that_lead_inside_are_refused_when_they_are_looked_up(outgoing, settings, host):
    """Real look-ups: these are names to a URL and this machine to the system."""
    with receivers.web() as server:
        settings.MODE = "run"
        port = server.address.rpartition(":")[2].partition("/")[0]
        assert error(outgoing(f"https://{host}:{port}/")) == ("address_refused", True)
        assert server.got == []


def test_a_name_with_one_address_inside_is_refused(outgoing, settings, monkeypatch):
    """A rebinding name: it answers with a public address and with ours."""
    settings.MODE = "run"
    entries = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 443)) for ip in ("8.8.8.8", "10.0.0.8")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: entries)
    assert error(outgoing("https://two-faces.example.org/")) == ("address_refused", True)


def test_the_connection_goes_to_the_address_that_was_judged(outgoing, monkeypatch):
    """The second look-up would lead elsewhere; there is none."""
    with receivers.web() as server:
        port = int(server.address.rpartition(":")[2].partition("/")[0])
        asked: list[str] = []
        real = socket.getaddrinfo

        def look_up(host, *more, **named):
            asked.append(host)
            if host == "office.example.org":
                return real("127.0.0.1", *more, **named)
            return real(host, *more, **named)

        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        monkeypatch.setattr(
            addresses, "is_this_machine", lambda _host: True
        )  # http, so that no certificate is needed
        hook.send(outgoing(f"http://office.example.org:{port}/"))
        assert asked.count("office.example.org") == 1
        assert server.got[0][1]["Host"] == f"office.example.org:{port}"


def test_a_name_that_nobody_has_is_tried_again(outgoing):
    assert error(outgoing("https://nobody.invalid/")) == ("name_unknown", False)


def test_http_is_not_sent_in_service_even_where_the_row_says_so(outgoing, settings):
    settings.MODE = "run"
    assert error(outgoing("http://duty.example.org/")) == ("not_https", True)


@pytest.mark.parametrize(
    "target",
    [
        "", "duty", "ftp://example.org/", "https://", "https:///x", "https://example.org:0/", "https://example.org:99999/",
        "http://example.org/", "https://user:pass@example.org/", "https://user@example.org/", "https://example.org/#x",
        "https://exa mple.org/", "https://example.org/\r\nX: y", "https://例子.测试/", "https://10.0.0.1/",
        "https://[::1/", "javascript:alert(1)", "https://192.168.0.9:8443/hook", "https://169.254.169.254/latest",
        "https://[fe80::1]/",
    ],
)  # fmt: skip
def test_addresses_that_are_refused_when_they_are_entered(target):
    with pytest.raises(Invalid) as refused:
        hook.check(target)
    assert list(refused.value.fields) == ["target"]


@pytest.mark.parametrize("target", ["http://localhost:8099/", "https://localhost/", "https://127.0.0.1/"])
def test_this_machine_may_be_entered_in_the_demonstration_only(target, settings):
    assert hook.check(target) == target
    settings.MODE = "run"
    with pytest.raises(Invalid):
        hook.check(target)
