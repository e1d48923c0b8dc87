"""Writing into the outbox: one delivery for each subscription of a desk that is rung, in the sender's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext

from tongxin.heart.exchange import drills
from tongxin.heart.exchange.models import Delivery, Subscription
from tongxin.shared import clock, notices
from tongxin.shared.statements import fixed

FORMAT = "tongxin.ring/1"
DEAD = "delivery_dead"  # the ring that something was given up; it never leaves, or it would ring about itself


def put(
    desk: str,
    kind: str,
    *,
    link: str,
    at: datetime,
    dedupe: str,
    params: Mapping[str, Any],
    post: str | None,
    drill: bool,
) -> int:
    """Write the deliveries of one ring and return how many; none for a drill, whoever says that it is one."""
    wanted = [
        row
        for row in Subscription.objects.filter(desk_id=desk, active=True).order_by("id")
        if not row.kinds or kind in row.kinds
    ]
    thread = thread_of(params)
    if not wanted or drill or drills.of_a_drill(thread):
        return 0
    said = _payload(desk, kind, link=link, at=at, params=params, post=post, thread=thread)
    for row in wanted:
        Delivery.objects.get_or_create(
            dedupe=f"{row.pk}:{dedupe}",
            defaults={
                "subscription": row,
                "kind": kind,
                "thread": thread,
                "payload": said,
                "created_at": at,
                "next_at": at,
            },
        )
    return len(wanted)


def subscribed(desks: Iterable[str]) -> set[str]:
    """Return those of the desks that have a subscription that is not stopped."""
    return set(_subscribed(sorted(desks)))


@fixed
def _subscribed(desks: list[str]) -> QuerySet[Subscription, str]:
    return Subscription.objects.filter(desk_id__in=desks, active=True).values_list("desk_id", flat=True)


def kinds() -> dict[str, Any]:
    """Return the kinds of rings that may go outside, with their titles; what rings about the outbox itself does not."""
    return {code: title for code, title in notices.kinds().items() if code != DEAD}


def thread_of(params: Mapping[str, Any]) -> str:
    """Return the thread that a ring is about, `matter:…` or `case:…`; empty when it is about neither."""
    if params.get("thread"):
        return str(params["thread"])[:80]
    named = next((f"{kind}:{params[kind]}" for kind in ("matter", "case") if params.get(kind)), "")
    return named[:80]


def _payload(
    desk: str,
    kind: str,
    *,
    link: str,
    at: datetime,
    params: Mapping[str, Any],
    post: str | None,
    thread: str,
) -> dict[str, Any]:
    """Return all that leaves: codes, numbers, times and the words of the bell; nothing of a person, no contents."""
    due = params.get("due_at")
    return {
        "format": FORMAT,
        "node": settings.NODE,
        "kind": kind,
        "desk": desk,
        "post": post,
        "thread": thread,
        "at": _local(at),
        "due_at": _local(datetime.fromisoformat(str(due))) if due else None,
        "link": f"{settings.ORIGIN}{link}",
        "words": {"zh": _worded("zh-hans", kind, params), "en": _worded("en", kind, params)},
        "illustrative": settings.MODE != "run",  # production holds no illustrative terms
        "drill": False,
    }


def _worded(language: str, kind: str, params: Mapping[str, Any]) -> str:
    with translation.override(language):
        return notices.worded(kind, params, outside=True) or gettext("There is something new.")


def _local(at: datetime) -> str:
    """Return an instant in Beijing time with its offset, to the second."""
    return clock.beijing(at).isoformat(timespec="seconds")
