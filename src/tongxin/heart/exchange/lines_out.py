"""Writing into a line: an envelope in the transaction of the act that sends it, numbered and signed at once."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from tongxin.heart.exchange import lines, lines_threads, nodes
from tongxin.heart.exchange.models import Channel, Envelope, Message, Peer
from tongxin.shared import clock, statement_rows, statements
from tongxin.shared.errors import Conflict, Invalid


def put(
    kind: str,
    *,
    to_node: str,
    thread: str,
    body: dict[str, Any],
    at: datetime,
    from_desk: str = "",
    to_desk: str = "",
    epoch: int = 0,
    in_reply_to: str | None = None,
    basis: str = "",
    papers: Sequence[str] = (),
    drill: bool = False,
    number: uuid.UUID | None = None,
    channel: Channel | None = None,
    may_wait: bool = False,
) -> Envelope:
    """Write an envelope for a peer, under the next number of its channel, and return it. Raises Conflict, Invalid.

    Call it inside an act, after the matter or case is locked and before the ledger is written. The channel's row is
    locked till the end, so that numbers have no gap and stand in the order of commits. `channel`, where the caller
    has locked it already and taken a number. `may_wait`: it may also be for a peer whose key is not confirmed yet; it
    goes when somebody has confirmed it.
    """
    if not may_wait and nodes.counting_key(to_node) is None:
        raise Conflict(
            "peer_not_confirmed",
            _("Nothing goes to the node %(peer)s before its key is confirmed here.") % {"peer": to_node},
            todo=_("Compare the fingerprints with somebody there, then confirm on the page of nodes."),
        )
    row = channel or taken(to_node)
    letter = lines.Letter(
        id=str(number or uuid.uuid4()),
        from_node=settings.NODE,
        to_node=to_node,
        seq=row.last_seq,
        from_desk=from_desk,
        to_desk=to_desk,
        thread=thread,
        epoch=epoch,
        kind=kind,
        in_reply_to=in_reply_to,
        basis=basis,
        body=body,
        body_hash=lines.body_hash(body),
        papers=list(papers),
        drill=drill,
        sent_at=clock.iso(at),
        key=nodes.own().key_id,
    )
    text = letter.text()
    if len(text) > lines.TEXT_MAX:
        raise Invalid(
            _("This is too long for the line: at most %(n)d bytes.") % {"n": lines.TEXT_MAX},
            {},
            code="oversized",
        )
    return Envelope.objects.create(
        id=letter.id,
        channel=row,
        seq=letter.seq,
        kind=kind,
        from_desk=from_desk,
        to_desk=to_desk,
        thread=thread,
        text=text,
        signature=nodes.sign(text),
        state=Envelope.State.WAITING,
        at=at,
    )


def taken(to_node: str) -> Channel:
    """Lock the channels of this node to peers and take the next number of the one; return it as it is then.

    An act may tell several peers, in any order: all channels to peers that begin here are locked together, by name, so
    that two acts never wait for one another. The loop-back, which nearly every act needs, is none of them: it comes
    after them (`looped`).
    """
    row = _to(to_node)
    if row is None:
        Channel.objects.get_or_create(from_node=settings.NODE, to_node=to_node)
        row = _to(to_node)
        assert row is not None
    row.last_seq += 1
    statements.update(row, "last_seq")
    return row


def _to(to_node: str) -> Channel | None:
    return next((row for row in _locked(settings.NODE) if row.to_node == to_node), None)


@statements.fixed
def _locked(from_node: str) -> QuerySet[Channel]:
    rows = Channel.objects.select_for_update().filter(from_node=from_node)
    return rows.exclude(to_node=F("from_node")).order_by("to_node")


# ---------------------------------------------------------------- the loop-back

AFTER_ALL = (
    1 << 62
)  # beyond every number; messages without one stand here, in the order in which they were sent
_unnumbered: ContextVar[list[Message] | None] = ContextVar("unnumbered", default=None)
TAKE = """UPDATE exchange_channel SET last_seq = last_seq + 1 WHERE from_node = %s AND to_node = %s
    RETURNING id, last_seq"""
NUMBER = """WITH taken AS (UPDATE exchange_channel SET last_seq = last_seq + 1 WHERE id = %s RETURNING last_seq)
    UPDATE exchange_message SET seq = taken.last_seq FROM taken WHERE exchange_message.id = %s
    RETURNING exchange_message.seq"""


@contextmanager
def numbered_last() -> Iterator[None]:
    """Let the messages of an act that loop back wait for their numbers till `number_now`, called at its end."""
    token = _unnumbered.set([])
    try:
        yield
    finally:
        _unnumbered.reset(token)


def looped(message: Message) -> Message:
    """Insert a message between two desks of this node: in the loop-back's order, under its next number.

    All acts meet at the loop-back's row, and each holds it till its commit. So an act's messages stand under a number
    that nobody else has and no other act sees, and are given theirs when all else is done (`number_now`). Where the
    act is alone in the database anyway (SQLite), they have them at once.
    """
    waiting = _unnumbered.get()
    if waiting is None or not connection.features.has_select_for_update:
        message.channel_id, message.seq = _next_looped()
        return statements.insert(message)
    message.channel_id = _loop_back()
    message.seq = AFTER_ALL + (len(waiting) << 40) + (message.pk.int & (1 << 40) - 1)
    waiting.append(statements.insert(message))
    return message


def number_now() -> None:
    """Give the messages that wait the next numbers of the loop-back; its row is locked from here till the commit."""
    for message in _unnumbered.get() or ():
        ((message.seq,),) = statement_rows.run(
            connection, NUMBER, (message.channel_id, message.pk)
        ).fetchall()


def _next_looped() -> tuple[int, int]:
    """Return the loop-back and its next number, with its row locked."""
    for _try in range(2):
        found = statement_rows.run(connection, TAKE, (settings.NODE, settings.NODE)).fetchall()
        if found:
            return int(found[0][0]), int(found[0][1])
        _loop_back()
    raise LookupError("the loop-back is gone")


def _loop_back() -> int:
    """Return the number of the loop-back's row; it is made where there is none yet."""
    for pk in _own(settings.NODE):
        return pk
    return int(Channel.objects.get_or_create(from_node=settings.NODE, to_node=settings.NODE)[0].pk)


@statements.fixed
def _own(node: str) -> QuerySet[Channel, int]:
    return Channel.objects.filter(from_node=node, to_node=F("from_node")).values_list("pk", flat=True)


def enclose(message: Message, *, papers: Sequence[str] = ()) -> Envelope:
    """Put a message that was written for a desk at a peer into an envelope of the same id and number."""
    return put(
        message.kind,
        to_node=message.channel.to_node,
        from_desk=message.from_desk_id,
        to_desk=message.to_desk_id,
        thread=lines_threads.as_sent(message.thread, message.channel.to_node),
        epoch=message.epoch,
        in_reply_to=str(message.in_reply_to_id) if message.in_reply_to_id else None,
        basis=message.basis,
        body=message.body,
        papers=papers,
        drill=message.drill,
        at=message.sent_at,
        number=message.pk,
        channel=message.channel,
    )


def erased(row: Envelope) -> lines.Enclosed:
    """Return what goes in the place of an envelope whose text was erased: the same id and number, and nothing else."""
    channel, body = row.channel, dict[str, Any]()
    letter = lines.Letter(
        id=str(row.pk),
        from_node=channel.from_node,
        to_node=channel.to_node,
        seq=row.seq,
        thread=f"node:{channel.from_node}",
        kind=lines.ERASED,
        body=body,
        body_hash=lines.body_hash(body),
        sent_at=clock.iso(row.at),
        key=nodes.own().key_id,
    )
    text = letter.text()
    return lines.Enclosed(text=text.decode(), signature=nodes.sign(text))


def need_kind(kind: str, desk: str) -> None:
    """Raise Conflict for a kind of message that does not cross the line; nothing is written that nobody would read."""
    if lines.handler_of(kind) is None:
        raise Conflict(
            "does_not_cross",
            _("The desk %(desk)s works at another node, and a message of this kind does not go there.")
            % {"desk": desk},
            todo=_("Tell that desk by telephone, and both sides record the call."),
        )


def waiting(peer: Peer) -> Any:
    """Return what waits for a peer, in order of number."""
    rows = Envelope.objects.filter(channel__from_node=settings.NODE, channel__to_node=peer.name)
    return rows.filter(state=Envelope.State.WAITING).order_by("seq")
