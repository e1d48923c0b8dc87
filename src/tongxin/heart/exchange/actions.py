"""Writes of exchange: send a message, ring a desk, inside a running act of another room."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings

from tongxin.heart.exchange import outbox, queries
from tongxin.heart.exchange.acts import act
from tongxin.heart.exchange.models import Channel, Message, Notification
from tongxin.heart.region.acting import Acting
from tongxin.shared import canonical, clock, faults


def send(
    kind: str,
    *,
    from_desk: str,
    to_desk: str,
    thread: str,
    basis: str,
    body: dict[str, Any],
    at: datetime,
    drill: bool = False,
    epoch: int = 0,
    in_reply_to: Message | None = None,
) -> Message:
    """Send a message to a desk and return it, delivered.

    Both desks live in this database, so the channel loops back: numbered, stored and delivered in the sender's
    transaction. Call it inside an act, after the matter or case is locked and before the ledger is written.
    """
    faults.reached(f"send {kind}:before send")
    channel = _loop_back()
    channel.last_seq += 1
    channel.save(update_fields=["last_seq"])
    message = Message.objects.create(
        id=uuid.uuid4(),
        channel=channel,
        seq=channel.last_seq,
        kind=kind,
        from_desk_id=from_desk,
        to_desk_id=to_desk,
        thread=thread,
        epoch=epoch,
        in_reply_to=in_reply_to,
        basis=basis,
        body=body,
        body_hash=canonical.sha256_hex(body),
        drill=drill,
        sent_at=at,
        delivered_at=at,
    )
    faults.reached(f"send {kind}:after send")
    return message


def notify(
    desk: str,
    kind: str,
    *,
    link: str,
    at: datetime,
    dedupe: str,
    params: dict[str, Any] | None = None,
    post: str | None = None,
    drill: bool = False,
) -> None:
    """Ring a desk, or one post of it, once per `dedupe`; where the desk is subscribed, also outside (`outbox`).

    Nothing of a drill goes outside; inside, the ring says that it is one.
    """
    params = {**(params or {}), "drill": True} if drill else params
    _row, new = Notification.objects.get_or_create(
        dedupe=dedupe,
        defaults={
            "desk_id": desk,
            "post_id": post,
            "kind": kind,
            "params": params or {},
            "link": link,
            "at": at,
        },
    )
    if new:
        outbox.put(desk, kind, link=link, at=at, dedupe=dedupe, params=params or {}, post=post, drill=drill)


def mark_read(*, by: Acting, key: str, ids: list[int]) -> dict[str, Any]:
    """Mark notifications that the actor is rung with as read; others', also of a colleague's post, are left alone."""
    with act("exchange.notifications.read", by=by, key=key, request={"ids": sorted(ids)}) as a:
        if not a.replayed:
            rows = queries.notifications(by).order_by().filter(id__in=ids, read_at__isnull=True)
            a.result = {"read": rows.update(read_at=clock.now())}
    return a.result


def _loop_back() -> Channel:
    channel, _new = Channel.objects.get_or_create(from_node=settings.NODE, to_node=settings.NODE)
    return Channel.objects.select_for_update().get(pk=channel.pk)
