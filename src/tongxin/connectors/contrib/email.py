"""E-mail: one plain message in Chinese and English to a mailbox of an office, over the operator's mail server."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, get_connection
from django.core.validators import validate_email
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tongxin.connectors import signing
from tongxin.connectors.base import Connector, NotSent, Outgoing, bad_target
from tongxin.shared import clock, notices

PERMANENT = range(500, 600)  # SMTP: trying again does not help
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
            connection=get_connection(fail_silently=False),
        )
        try:
            message.send()
        except smtplib.SMTPRecipientsRefused as fault:
            raise _refused(next(iter(fault.recipients.values()), (0, b""))[0]) from fault
        except smtplib.SMTPAuthenticationError as fault:
            raise NotSent(f"smtp_login:{fault.smtp_code}") from fault  # the operator's to mend
        except smtplib.SMTPResponseException as fault:
            raise _refused(fault.smtp_code) from fault
        except (smtplib.SMTPException, OSError) as fault:
            timed_out = isinstance(fault, TimeoutError)
            raise NotSent("timeout" if timed_out else f"mail_server:{type(fault).__name__}") from fault


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
