"""What the acts of agreements share: locking a matter, ringing a new duty, performances."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import plan, wording
from tongxin.heart.agreements.models import Duty, Performance
from tongxin.heart.events.models import Matter
from tongxin.heart.exchange import actions as exchange
from tongxin.heart.exchange.models import Message
from tongxin.heart.region.acting import Acting
from tongxin.shared import clock
from tongxin.shared.errors import Conflict, Invalid, NotFound
from tongxin.shared.statements import insert

REASON_MAX = 400  # characters
_locks: dict[str, Callable[[str], object]] = {}


def register_lock(kind: str, lock: Callable[[str], object]) -> None:
    """Let a room say how its threads are locked, by their number; called when Django starts."""
    _locks[kind] = lock


def lock_thread(thread: str) -> None:
    """Lock what a duty belongs to, before the duty's own row: its matter, or its case (docs/rooms.md)."""
    kind, _colon, number = thread.partition(":")
    _locks.get(kind, lock_matter)(number)


class NotNow(Conflict):
    """Somebody acted between the look and the act: nothing is done, and nothing is remembered of it."""


def not_now() -> NotNow:
    """Return the refusal of what is not due, or not due any more."""
    return NotNow("not_now", _("This is not due any more."))


def lock_matter(number: str) -> Matter:
    """Return the matter with its row locked; an absorbed one leads to the one that absorbed it. Raises NotFound."""
    row = Matter.objects.select_for_update().filter(number=number).first()
    if row is None:
        raise NotFound("no_such_matter", _("There is no such matter."))
    if row.absorbed_by_id:
        return lock_matter(row.absorbed_by_id)
    return row


def need_open(matter: Matter) -> None:
    """Raise Conflict when the matter is closed."""
    if matter.state != Matter.State.OPEN:
        raise Conflict(
            "matter_is_closed",
            _("This matter is closed."),
            kept=_("Nothing was changed."),
            todo=_("Report anew if something new has happened."),
        )


def need_reason(reason: str) -> str:
    """Return the reason without spaces around it; raises Invalid when there is none or it is too long."""
    text = reason.strip()
    if not text:
        raise Invalid(
            _("This needs a reason; nothing was changed."), {"reason": [_("Say why.")]}, code="no_reason"
        )
    if len(text) > REASON_MAX:
        raise Invalid(
            _("A text is too long; nothing was changed."),
            {"reason": [_("This text is too long: at most %(n)d characters.") % {"n": REASON_MAX}]},
            code="too_long",
        )
    return text


def uuid_of(text: str) -> uuid.UUID | None:
    """Return the id that a text is, or None for a text that is none."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def performance(
    name: str,
    by: Acting,
    at: datetime,
    *,
    message: Message | None = None,
    carried: dict[str, Any] | None = None,
    withheld: list[Any] | None = None,
    channel: str = "platform",
    delivered_at: datetime | None = None,
    desk: str = "",
) -> Performance:
    """Record the act that serves one duty or several; `desk`: whose duty it is, where another's act settles it."""
    return insert(
        Performance(
            act=name,
            desk_id=desk or by.desk,
            post=by.post,
            message=message,
            channel=channel,
            carried=carried or {},
            withheld=withheld or [],
            at=at,
            delivered_at=delivered_at or (message.delivered_at if message else None),
        )
    )


def ring_new(duty: Duty, at: datetime, kind: str = "") -> None:
    """Ring the bound desk about a new duty; `kind` of its matter saves the look-up."""
    ring_all([duty], at, kind)


def ring_all(duties: Sequence[Duty], at: datetime, kind: str = "") -> None:
    """Ring the bound desks about new duties of one thread."""
    if not duties:
        return
    link = wording.thread_url(duties[0].thread, kind)
    exchange.notify_all(
        [
            exchange.Ring(
                duty.bound_desk_id,
                f"duty_{duty.purpose}",
                link,
                at,
                f"duty:{duty.pk}",
                {"thread": duty.thread, "due_at": clock.iso(duty.due_at), "to": duty.owed_desk_id},
                drill=duty.drill,
            )
            for duty in duties
        ]
    )


def ring(
    to: str, kind: str, thread: str, at: datetime, /, *, dedupe: str, drill: bool, **params: Any
) -> None:
    """Ring a desk about something in a matter or a case."""
    exchange.notify(
        to,
        kind,
        link=wording.thread_url(thread),
        at=at,
        dedupe=dedupe,
        params={"thread": thread} | params,
        drill=drill,
    )


def locked_duty(pk: int) -> Duty:
    """Return a duty, locked after its matter or its case."""
    lock_thread(Duty.objects.values_list("thread", flat=True).get(pk=pk))
    return Duty.objects.select_for_update(of=("self",)).select_related("clause__version").get(pk=pk)


def plan_key(duty: Duty) -> plan.Key:
    """Return under what key the plan knows a duty."""
    return (duty.clause_key, duty.bound_desk_id, duty.owed_desk_id, duty.subject)
