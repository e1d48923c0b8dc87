"""Writes of exchange: send a message, ring a desk, inside a running act of another room."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from tongxin.heart.exchange import forgetting, lines_out, nodes, outbox, queries
from tongxin.heart.exchange.acts import act
from tongxin.heart.exchange.models import Envelope, Message, Notification
from tongxin.heart.region.acting import Acting
from tongxin.shared import canonical, clock, faults, statements


@dataclass(frozen=True)
class Ring:
    """One ring of the bell: whom, about what, where it leads; `dedupe` names it once and for all."""

    desk: str
    kind: str
    link: str
    at: datetime
    dedupe: str
    params: Mapping[str, Any] = field(default_factory=dict)
    post: str | None = None
    drill: bool = False

    @property
    def said(self) -> dict[str, Any]:
        """What the ring is worded from; in a drill it says that it is one."""
        return {**self.params, "drill": True} if self.drill else dict(self.params)


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
    papers: Sequence[str] = (),
) -> Message:
    """Send a message to a desk and return it; `papers` are hashes that its envelope names, where it needs one.

    Where both desks work here, the channel loops back: stored, delivered and numbered in the sender's transaction,
    numbered when all else of the act is done (`lines_out.looped`).
    To a desk at a peer it goes in an envelope over the line, and is delivered when the peer has it; a kind that does
    not cross raises Conflict. Call it inside an act, after the matter or case is locked and before the ledger.
    """
    peer = nodes.home_of(to_desk)
    if peer is not None:
        lines_out.need_kind(kind, to_desk)
    faults.reached(f"send {kind}:before send")
    message = Message(
        id=uuid.uuid4(),
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
        delivered_at=at if peer is None else None,
    )
    if peer is None:
        lines_out.looped(message)
    else:
        message.channel = lines_out.taken(peer)
        message.seq = message.channel.last_seq
        statements.insert(message)
        lines_out.enclose(message, papers=papers)
    faults.reached(f"send {kind}:after send")
    return message


def forget(thread: str, fields: Sequence[str]) -> int:
    """Take fields out of the bodies of a thread's messages, when their retention is over; return of how many.

    The envelopes that carried them lose their text, which was signed; the signature stays, and the hash of the body.
    What is still on its way follows when it is settled (`forgetting`). Call it inside an act, which tells the ledger.
    """
    done = forgetting.without(Message.objects.filter(thread=thread).values_list("pk", "body"), fields)
    held = Envelope.objects.filter(thread=thread)
    list(held.select_for_update().order_by("pk").values_list("pk", flat=True))  # whoever settles one waits
    held.exclude(state__in=Envelope.ON_THE_WAY).update(text=b"")
    return done


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
    notify_all([Ring(desk, kind, link, at, dedupe, params or {}, post, drill)])


def notify_all(rings: Sequence[Ring]) -> None:
    """Ring several desks at once, each once per `dedupe`, with as many statements as for one.

    A desk that works at a peer is rung there, by what arrives; nobody would hear it here.
    """
    away = nodes.away({r.desk for r in rings})
    rings = [r for r in rings if r.desk not in away]
    rung = set(_rung([r.dedupe for r in rings])) if len(rings) > 1 else set()
    new = list({r.dedupe: r for r in rings if r.dedupe not in rung}.values())
    rows = [
        Notification(
            dedupe=r.dedupe,
            desk_id=r.desk,
            post_id=r.post,
            kind=r.kind,
            params=r.said,
            link=r.link,
            at=r.at,
        )
        for r in new
    ]
    # a ring at the same instant elsewhere is the same
    if len(rows) == 1:
        new = new if statements.insert_new(rows)[0] else []
    else:
        Notification.objects.bulk_create(rows, ignore_conflicts=True)
    subscribed = outbox.subscribed({r.desk for r in new})
    for r in new:
        if r.desk in subscribed:
            outbox.put(
                r.desk,
                r.kind,
                link=r.link,
                at=r.at,
                dedupe=r.dedupe,
                params=r.said,
                post=r.post,
                drill=r.drill,
            )


@statements.fixed
def _rung(dedupe: list[str]) -> QuerySet[Notification, str]:
    return Notification.objects.filter(dedupe__in=dedupe).values_list("dedupe", flat=True)


def mark_read(*, by: Acting, key: str, ids: list[int]) -> dict[str, Any]:
    """Mark notifications that the actor is rung with as read; others', also of a colleague's post, are left alone."""
    with act("exchange.notifications.read", by=by, key=key, request={"ids": sorted(ids)}) as a:
        if not a.replayed:
            rows = queries.notifications(by).order_by().filter(id__in=ids, read_at__isnull=True)
            a.result = {"read": rows.update(read_at=clock.now())}
    return a.result
