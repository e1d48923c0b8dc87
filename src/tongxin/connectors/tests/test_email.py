"""E-mail over a real mail server: what it says, in both languages, and what a refusal means."""

from __future__ import annotations

import socket
import ssl
import threading
import time

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import translation

from tests.support import certificates, receivers
from tongxin.connectors.base import NotSent
from tongxin.connectors.contrib import email
from tongxin.connectors.contrib.email import Email
from tongxin.connectors.tests.conftest import PAYLOAD
from tongxin.shared.errors import Invalid
from tongxin.site import outside

mail = Email()


@pytest.fixture
def server(settings):
    with receivers.mail() as found:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", found.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_TIMEOUT = 5
        settings.DEFAULT_FROM_EMAIL = "Tongxin <tongxin@hub.example.org>"
        yield found


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_message_is_in_both_languages_whatever_the_language_of_the_thread(server, outgoing, language):
    with translation.override(language):
        mail.send(outgoing("duty@wuqing.example.org"))
    (message,) = server.got
    assert message["To"] == "duty@wuqing.example.org"
    assert message["Subject"].strip() == "示例 · 新的义务 / Illustrative · A new duty · M-2026-000001"
    assert message["Message-ID"] == f"<{PAYLOAD['id']}@hub.example.org>"
    assert message["Tongxin-Delivery"] == PAYLOAD["id"]
    assert message["Auto-Submitted"] == "auto-generated"
    text = message.get_content()
    assert text.index("新的义务") < text.index("截止时间：2026-03-11 11:00（北京时间）") < text.index("---")
    assert text.index("---") < text.index("a new duty") < text.index("Due: 2026-03-11 11:00 (Beijing time)")
    assert text.count(PAYLOAD["link"]) == 2
    assert "本内容为演示而编制" in text
    assert "Illustrative: made for this demonstration" in text


def test_a_message_without_a_due_says_none(server, outgoing):
    mail.send(outgoing("duty@wuqing.example.org", payload={**PAYLOAD, "due_at": None, "illustrative": False}))
    text = server.got[0].get_content()
    assert "截止时间" not in text
    assert "示例" not in text + server.got[0]["Subject"]


@pytest.mark.parametrize(
    ("answer", "error", "final"),
    [("550 no such mailbox", "smtp:550", True), ("451 try later", "smtp:451", False)],
)
def test_a_refused_recipient(server, outgoing, answer, error, final):
    server.rcpt = answer
    with pytest.raises(NotSent) as fault:
        mail.send(outgoing("duty@wuqing.example.org"))
    assert (fault.value.error, fault.value.final) == (error, final)
    assert server.got == []


def test_a_mail_server_that_is_not_there_or_says_nothing(server, outgoing, settings):
    settings.EMAIL_TIMEOUT = 1
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.EMAIL_PORT = silent.getsockname()[1]
        with pytest.raises(NotSent) as fault:
            mail.send(outgoing("duty@wuqing.example.org"))
        assert (fault.value.error, fault.value.final) == ("mail_server:SMTPServerDisconnected", False)
    with pytest.raises(NotSent) as fault:
        mail.send(outgoing("duty@wuqing.example.org"))
    assert (fault.value.error, fault.value.final) == ("mail_server:ConnectionRefusedError", False)


def test_a_mail_server_that_answers_sign_by_sign_is_cut_off(server, outgoing, monkeypatch):
    monkeypatch.setattr(email, "TOTAL", 1.0)
    done = threading.Event()
    server.drips = lambda: not done.wait(0.1)
    begins = time.monotonic()
    with pytest.raises(NotSent) as fault:
        mail.send(outgoing("duty@wuqing.example.org"))
    assert (fault.value.error, fault.value.final) == ("timeout", False)
    assert time.monotonic() - begins < 4
    assert server.got == []
    done.set()


def test_a_mail_server_that_speaks_tls_from_the_beginning(outgoing, settings, tmp_path, monkeypatch):
    """Handed over under TLS; one that lets the hand-shake hang is cut off like any other."""
    monkeypatch.setattr(email, "TOTAL", 2.0)
    certificate, key = certificates.for_localhost(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    monkeypatch.setenv("SSL_CERT_FILE", certificate)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL, settings.EMAIL_TIMEOUT = False, True, 20
    with receivers.mail(tls=context) as found:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "localhost", found.port
        mail.send(outgoing("duty@wuqing.example.org"))
        assert len(found.got) == 1
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.EMAIL_PORT = silent.getsockname()[1]
        begins = time.monotonic()
        with pytest.raises(NotSent) as fault:
            mail.send(outgoing("duty@wuqing.example.org"))
        assert fault.value.error == "timeout"
        assert time.monotonic() - begins < 5


def test_a_server_without_tls_gets_no_message_when_tls_is_asked(server, outgoing, settings):
    settings.EMAIL_USE_TLS = True
    with pytest.raises(NotSent) as fault:
        mail.send(outgoing("duty@wuqing.example.org"))
    assert fault.value.error == "mail_server:SMTPNotSupportedError"
    assert server.got == []


def test_nothing_of_a_drill_is_mailed(server, outgoing):
    with pytest.raises(NotSent):
        mail.send(outgoing("duty@wuqing.example.org", drill=True))
    assert server.commands == []


@pytest.mark.parametrize("target", ["", "duty", "duty@", "@x.org", "a b@x.org", "a@x.org\r\nBcc: b@x.org", "a@x.org,b@x.org"])  # fmt: skip
def test_addresses_that_are_refused(target):
    with pytest.raises(Invalid):
        mail.check(target)


def test_without_a_mail_server_there_is_no_mail_in_service():
    assert outside.mail("", kept_in=None)["ready"] is False


def test_the_mail_server_is_one_address():
    plain = outside.mail("smtp://me%40x:p%2Fw@mail.example.org", kept_in=None)
    assert (plain["host"], plain["port"], plain["user"], plain["password"]) == (
        "mail.example.org",
        587,
        "me@x",
        "p/w",
    )
    assert (plain["starttls"], plain["tls"]) == (True, False)
    secure = outside.mail("smtps://mail.example.org", kept_in=None)
    assert (secure["port"], secure["starttls"], secure["tls"]) == (465, False, True)
    relay = outside.mail("smtp://127.0.0.1:25?tls=off", kept_in=None)
    assert (relay["port"], relay["starttls"], relay["tls"]) == (25, False, False)


@pytest.mark.parametrize("url", ["mail.example.org", "http://x", "smtp://", "smtp://x:port"])
def test_a_mail_server_that_is_no_address_is_refused_at_the_start(url):
    with pytest.raises(ImproperlyConfigured):
        outside.mail(url, kept_in=None)


def test_networks_are_read_or_refused():
    assert [str(n) for n in outside.networks(" 10.0.0.0/8 , fd00::/8")] == ["10.0.0.0/8", "fd00::/8"]
    with pytest.raises(ImproperlyConfigured):
        outside.networks("10.0.0.0/99")
