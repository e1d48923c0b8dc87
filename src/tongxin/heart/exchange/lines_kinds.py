"""The kinds of envelopes that every node applies: ping, pong, the word that something was not applied, notes."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from tongxin.heart.exchange import actions, lines, lines_out, lines_threads, nodes
from tongxin.heart.exchange.acts import Act
from tongxin.heart.exchange.lines_in import CANNOT
from tongxin.heart.exchange.lines_notes import NOTE, text_of
from tongxin.heart.exchange.models import Channel, Envelope, Message
from tongxin.shared.errors import Refused


@lines.handles("ping")
def ping(letter: lines.Letter, a: Act, peer: str) -> None:
    """Answer a ping."""
    lines_out.put("pong", to_node=peer, thread=letter.thread, body={}, in_reply_to=letter.id, at=a.at)


@lines.handles("pong")
def pong(letter: lines.Letter, a: Act, peer: str) -> None:
    """A ping of ours was applied there; the envelope itself is the record."""
    _ours(letter, peer)


@lines.handles(lines.ERASED)
def erased(letter: lines.Letter, a: Act, peer: str) -> None:
    """What stood under this number was erased where it came from, before it was asked for again: nothing is applied."""


@lines.handles(CANNOT)
def cannot_apply(letter: lines.Letter, a: Act, peer: str) -> None:
    """Mark an envelope of ours as one that the peer could not apply, and ring the desk that sent it."""
    sent = _ours(letter, peer)
    code = str(letter.body.get("code", ""))[:80]
    Envelope.objects.filter(pk=sent.pk).update(state=Envelope.State.REFUSED, reason=code, settled_at=a.at)
    for desk in [sent.from_desk] if sent.from_desk else nodes.offices():
        tell_refused(desk, sent, code, a.at)


@lines.handles(NOTE)
def note(letter: lines.Letter, a: Act, peer: str) -> None:
    """Keep a note for the desk that it is for, and ring that desk."""
    if not letter.from_desk or not letter.to_desk:
        raise Refused("no_desk", _("A note goes from a desk to a desk."))
    text_of(letter.body)
    keep(letter, a, thread=lines_threads.of_note(letter))
    actions.notify(
        letter.to_desk,
        "note",
        link="/nodes/notes/",
        at=a.at,
        dedupe=f"note:{letter.id}",
        params={"desk": letter.from_desk},
        drill=letter.drill,
    )


def keep(letter: lines.Letter, a: Act, *, thread: str = "") -> Message:
    """Keep a message from a peer's desk in the rows that messages have here; its number is that of the line.

    `thread`: what it is about as this node names it, where that is not the name on the line.
    """
    answered = Message.objects.filter(pk=letter.in_reply_to).first() if letter.in_reply_to else None
    return Message.objects.create(
        id=letter.id,
        channel=Channel.objects.get(from_node=letter.from_node, to_node=letter.to_node),
        seq=letter.seq,
        kind=letter.kind,
        from_desk_id=letter.from_desk,
        to_desk_id=letter.to_desk,
        thread=thread or letter.thread,
        epoch=letter.epoch,
        in_reply_to=answered,
        basis=letter.basis,
        body=letter.body,
        body_hash=letter.body_hash,
        drill=letter.drill,
        sent_at=datetime.fromisoformat(letter.sent_at),
        delivered_at=a.at,
    )


def tell_refused(desk: str, sent: Envelope, code: str, at: datetime) -> None:
    """Ring a desk: what it sent over a line was refused there."""
    actions.notify(
        desk,
        "line_refused",
        link="/nodes/notes/",
        at=at,
        dedupe=f"refused:{sent.pk}",
        params={"node": sent.channel.to_node, "desk": sent.to_desk, "code": code},
    )


def _ours(letter: lines.Letter, peer: str) -> Envelope:
    """Return the envelope of ours that this one answers. Raises Refused where it answers none that went to the peer."""
    rows = Envelope.objects.filter(channel__from_node=nodes.own().name, channel__to_node=peer)
    found = (
        rows.filter(pk=letter.in_reply_to).select_related("channel").first() if letter.in_reply_to else None
    )
    if found is None:
        raise Refused("answers_nothing", _("It answers nothing that this node sent."))
    return found
