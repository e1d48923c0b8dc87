"""Notes between desks, here or at another node: a text of one or more lines, in a thread, and nothing else."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import Case, F, Q, QuerySet, When
from django.utils.translation import gettext_lazy as _

from tongxin.heart.exchange import actions, letters, lines_threads, nodes
from tongxin.heart.exchange.acts import act
from tongxin.heart.exchange.models import Envelope, Message
from tongxin.heart.region.acting import Acting
from tongxin.heart.region.models import Desk
from tongxin.shared.errors import Invalid, NotFound

NOTE = "note"
TEXT_MAX = 4000  # characters
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def checked(text: str) -> str:
    """Return a text as it is kept. Raises Invalid (field `text`)."""
    kept = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not kept:
        raise _bad(_("Write the note."))
    if len(kept) > TEXT_MAX:
        raise _bad(_("This is too long: at most %(n)d characters.") % {"n": TEXT_MAX})
    if CONTROL.search(kept):
        raise _bad(_("The text has signs that cannot be shown."))
    return kept


def text_of(body: dict[str, Any]) -> str:
    """Return the text of a note as it came over a line. Raises Invalid where the body is that of no note."""
    text = body.get("text")
    if set(body) != {"text"} or not isinstance(text, str) or checked(text) != text:
        raise _bad(_("The text has signs that cannot be shown."))
    return text


def _bad(text: object) -> Invalid:
    return Invalid(text, {"text": [text]})


def send_note(*, by: Acting, key: str, to_desk: str, text: str, reply_to: str = "") -> dict[str, Any]:
    """Send a note from the own desk to another, here or at a peer; a reply stays in the thread of what it answers.

    Raises Invalid by field, NotFound for a note to reply to that is not the own desk's, Conflict where the line to the
    other node is not confirmed.
    """
    by.need("confirm")
    request = {"to": to_desk, "text": text, "reply_to": reply_to}
    with act("exchange.note.sent", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        kept = checked(text)
        answered = _answered(by, reply_to)
        if to_desk == by.desk or not Desk.objects.filter(pk=to_desk).exists():
            raise _one_field("to_desk", _("Choose another desk."))
        message = actions.send(
            NOTE,
            from_desk=by.desk,
            to_desk=to_desk,
            thread=_thread(answered, to_desk),
            basis="",
            body={"text": kept},
            at=a.at,
            in_reply_to=answered,
        )
        if message.delivered_at is not None:  # the desk works here too
            actions.notify(
                to_desk,
                NOTE,
                link="/nodes/notes/",
                at=a.at,
                dedupe=f"note:{message.pk}",
                params={"desk": by.desk},
            )
        a.result = {"note": str(message.pk), "thread": message.thread}
        a.entry(
            message.thread,
            cause=f"message:{message.pk}",
            payload={"to": to_desk, "body_hash": message.body_hash},
        )
    return a.result


def notes(reader: Acting) -> QuerySet[Message]:
    """Return the notes that the reader's desk got or sent, the last first, by when they stood here (`here_at`).

    With them what crossed a line of other kinds that rooms put into words (`letters`).

    When another node says that it sent one is its own clock's word, and orders nothing.
    """
    kinds = [NOTE, *letters.kinds()]  # said at each end again, so that an index leads to them past all others
    own = Q(from_desk_id=reader.desk, kind__in=kinds) | Q(to_desk_id=reader.desk, kind__in=kinds)
    crossed = ~Q(channel__from_node=F("channel__to_node"))
    rows = (
        Message.objects.read_by(reader.desk)
        .filter(own, Q(kind=NOTE) | Q(crossed, kind__in=letters.kinds()))
        .select_related(
            "channel", "from_desk__jurisdiction", "from_desk__role", "to_desk__jurisdiction", "to_desk__role"
        )
    )
    came = When(~Q(channel__from_node=settings.NODE), then=F("delivered_at"))
    return rows.annotate(here_at=Case(came, default=F("sent_at"))).order_by("-here_at", "-channel_id", "-seq")


def note(reader: Acting, number: str) -> Message:
    """Return one note of the reader's desk. Raises NotFound for any other."""
    try:
        found = notes(reader).filter(pk=uuid.UUID(number)).first()
    except ValueError:
        found = None
    if found is None:
        raise NotFound("no_such_note", _("There is no such note of your desk."))
    return found


def stand_of(rows: Iterable[Message]) -> dict[uuid.UUID, Envelope]:
    """Return how far notes came that crossed a line, by id."""
    return Envelope.objects.in_bulk([row.pk for row in rows])


def _answered(by: Acting, reply_to: str) -> Message | None:
    return note(by, reply_to) if reply_to else None


def _thread(answered: Message | None, to_desk: str) -> str:
    """Return the thread of a note: that of what it answers, but what one node numbers is not said to a third."""
    if answered is None or lines_threads.node_of(answered.thread) not in {"", nodes.home_of(to_desk)}:
        return f"{lines_threads.NOTE}{uuid.uuid4()}"
    return answered.thread


def _one_field(name: str, text: object) -> Invalid:
    return Invalid(text, {name: [text]})
