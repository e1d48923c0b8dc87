"""E-mail: one plain message in Chinese and English to a mailbox of an office, over the operator's mail server."""

from __future__ import annotations

import smtplib
import socket
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend
from django.core.validators import validate_email
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tongxin.connectors import signing
from tongxin.connectors.base import Connector, NotSent, Outgoing, bad_target
from tongxin.connectors.watch import Watch, at_most
from tongxin.shared import clock, notices

TOTAL = 20.0  # seconds for one message, from the connection to the server's last word
CONNECT = 5.0  # seconds for one address of the mail server
PERMANENT = range(500, 600)  # SMTP: trying again does not help
SMTP = "django.core.mail.backends.smtp.EmailBackend"
LANGUAGES = ("zh-hans", "en")


class Email(Connector):
    """Sends a delivery to a mailbox."""

    name = "email"
    title = _("E-mail")
    target_hint = _("A mailbox of the office, not of a person, such as duty@office.example.org")

    def available(self) -> bool:
        """Return whether the operator has named a mail server."""
        return bool(settings.MAIL_READY)

    def check(self, target: str) -> str:
        """Return the address of the mailbox."""
        try:
            validate_email(target)
        except ValidationError as fault:
            raise bad_target(_("This is not an e-mail address.")) from fault
        return target

    def deliver(self, outgoing: Outgoing) -> None:
        """Hand the message to the mail server; when it has it, it is sent."""
        said = outgoing.payload
        domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">") or "localhost"
        with at_most(TOTAL) as watch:
            message = EmailMessage(
                subject=_subject(said),
                body=_text(said, delivery=outgoing.id),
                from_email=settings.DEFAULT_FROM_EMAIL,
                to=[outgoing.target],
                headers={
                    "Message-ID": f"<{outgoing.id}@{domain}>",  # the same at each attempt
                    "Auto-Submitted": "auto-generated",
                    signing.ID: outgoing.id,
                    signing.KIND: outgoing.kind,
                },
                connection=_mail_server(watch),
            )
            _send(message, watch)


def _send(message: EmailMessage, watch: Watch) -> None:
    """Send it; raises NotSent. Whose time was up is told that, whatever was cut in the middle."""
    try:
        message.send()
    except (smtplib.SMTPException, OSError) as fault:
        raise NotSent("timeout") if watch.over else _not_sent(fault) from fault


def _not_sent(fault: smtplib.SMTPException | OSError) -> NotSent:
    if isinstance(fault, smtplib.SMTPRecipientsRefused):
        return _refused(next(iter(fault.recipients.values()), (0, b""))[0])
    if isinstance(fault, smtplib.SMTPAuthenticationError):
        return NotSent(f"smtp_login:{fault.smtp_code}")  # the operator's to mend
    if isinstance(fault, smtplib.SMTPResponseException):
        return _refused(fault.smtp_code)
    return NotSent("timeout" if isinstance(fault, TimeoutError) else f"mail_server:{type(fault).__name__}")


def _mail_server(watch: Watch) -> BaseEmailBackend:
    """Return the way that the settings name; to a server, with its connection under the watch."""
    if settings.EMAIL_BACKEND != SMTP:
        return get_connection(fail_silently=False)
    return _Watched(watch)


class _Watched(EmailBackend):
    """Django's way to a mail server, over connections that the watch holds from their first moment."""

    def __init__(self, watch: Watch) -> None:
        super().__init__(fail_silently=False)
        self.watch = watch

    @property
    def connection_class(self) -> Any:
        """Return the class of smtplib that opens the connection."""
        watch = self.watch

        class Plain(smtplib.SMTP):
            def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
                plain = socket.create_connection((host, port), min(timeout, CONNECT))
                watch.hold(plain)
                plain.settimeout(timeout)
                return plain

        class Secure(Plain, smtplib.SMTP_SSL):
            def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
                plain = super()._get_socket(host, port, timeout)
                return self.context.wrap_socket(plain, server_hostname=host)

        return Secure if self.use_ssl else Plain


def _subject(said: dict[str, Any]) -> str:
    """Return the kind of the ring in both languages and the number of the thing; contents stand in no subject."""
    parts = []
    for language in LANGUAGES:
        with translation.override(language):
            mark = gettext("Illustrative") + " · " if said["illustrative"] else ""
            parts.append(f"{mark}{notices.kinds().get(said['kind'], said['kind'])}")
    number = said["thread"].rpartition(":")[2]
    return " / ".join(parts) + (f" · {number}" if number else "")


def _text(said: dict[str, Any], *, delivery: str) -> str:
    """Return the message, first in Chinese, then in English."""
    blocks = []
    for language, words in zip(LANGUAGES, (said["words"]["zh"], said["words"]["en"]), strict=True):
        with translation.override(language):
            blocks.append("\n".join([words, *_lines(said), "", *_foot(delivery)]))
    return "\n\n---\n\n".join(blocks) + "\n"


def _lines(said: dict[str, Any]) -> Iterator[str]:
    yield ""
    if said["illustrative"]:
        yield gettext("Illustrative: made for this demonstration, not published by any authority.")
    if said["due_at"]:
        yield gettext("Due: %(at)s (Beijing time)") % {"at": _due(said["due_at"])}
    yield gettext("Rung: %(at)s (Beijing time)") % {"at": _moment(said["at"])}
    yield gettext("Desk: %(desk)s") % {"desk": said["desk"]}
    yield gettext("Open: %(link)s") % {"link": said["link"]}


def _foot(delivery: str) -> Iterator[str]:
    yield gettext("This message was sent by a program; nobody reads answers to it.")
    yield gettext("Delivery %(id)s. The same delivery may come twice.") % {"id": delivery}


def _due(text: str) -> str:
    at = datetime.fromisoformat(text)
    return f"{clock.due_day(at)} 24:00" if clock.ends_day(at) else _moment(text)


def _moment(text: str) -> str:
    return f"{clock.beijing(datetime.fromisoformat(text)):%Y-%m-%d %H:%M}"


def _refused(code: Any) -> NotSent:
    return NotSent(f"smtp:{code}", final=code in PERMANENT)
