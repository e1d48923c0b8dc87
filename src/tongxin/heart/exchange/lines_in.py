"""What comes over a line: a batch is checked, each envelope stored once by its id, then applied in order of number.

Storing is one transaction a batch, applying one act an envelope: who dies in between applies the rest at the next
start. What cannot be applied is settled as refused, its sender is told, and the next one has its turn.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import structlog
from django.conf import settings
from django.db import OperationalError

from tongxin.heart.exchange import actions, forgetting, lines, lines_out, nodes
from tongxin.heart.exchange.acts import Act, act
from tongxin.heart.exchange.models import Channel, DeskHome, Envelope, Peer
from tongxin.heart.region.acting import Acting
from tongxin.heart.region.models import Desk
from tongxin.shared import canonical, clock
from tongxin.shared.errors import Refused
from tongxin.shared.writing import writing

log = structlog.get_logger(__name__)
CANNOT = "cannot_apply"  # the kind of envelope that tells a sender so; it is never answered itself


@dataclass(frozen=True)
class Read:
    """An envelope of a batch as it was read; `fault` is why it is refused, `counted` whether its number is used up."""

    text: bytes
    signature: str
    letter: lines.Letter
    fault: str = ""


def take(text: bytes, signature: str) -> lines.Answer:
    """Take a batch as it came, and say what became of each envelope. Raises lines.Faulty for a batch as a whole."""
    batch = lines.read(lines.Batch, text, "wrong_format")
    if batch.to_node != settings.NODE:
        raise lines.Faulty("wrong_channel")
    peer = Peer.objects.filter(pk=batch.from_node).first()
    if peer is None:
        raise lines.Faulty("unknown_peer", 403)
    nodes.verify_now(batch.from_node, signature, text)
    told: list[lines.Told] = []
    with writing("exchange.line.stored"):
        channel = _channel(batch.from_node)
        inbox = _inbox(channel)
        at = clock.now()
        for enclosed in batch.envelopes:
            result, inbox = _taken(channel, inbox, enclosed, at)
            told.append(result)
        if inbox.highest != channel.last_seq:
            channel.last_seq = inbox.highest
            channel.save(update_fields=["last_seq"])
        Peer.objects.filter(pk=peer.pk).update(last_heard_at=at)
        _try_soon(peer, at)
    return lines.Answer(
        node=settings.NODE,
        to_node=batch.from_node,
        request=nodes.digest(text),
        at=clock.iso(clock.now()),
        highest=inbox.highest,
        missing=inbox.missing(),
        envelopes=told,
    )


def apply_all() -> int:
    """Apply what is stored and has its turn, on every channel; return how many envelopes were settled."""
    rows = Channel.objects.filter(to_node=settings.NODE).exclude(from_node=settings.NODE)
    return sum(apply_channel(row.from_node) for row in rows.order_by("from_node"))


def apply_channel(peer: str, within: float | None = None) -> int:
    """Apply what came from a peer, in order of number; return how many envelopes were settled.

    `within` is how many seconds there are; what is left then has its turn at the next look.
    """
    ends = None if within is None else clock.steady() + within
    channel = Channel.objects.filter(from_node=peer, to_node=settings.NODE).first()
    if channel is None:
        return 0
    turn = lines.Inbox(channel.last_seq).to_apply(channel.done_seq)
    count = 0
    for seq in turn:
        if ends is not None and clock.steady() > ends:
            break
        _settle(peer, channel, seq)
        count += 1
    return count


# ---------------------------------------------------------------- storing


def _try_soon(peer: Peer, at: datetime) -> None:
    """Have a line that failed tried at once: who is heard may be reached again. Not where the peer itself refused
    an envelope; that is not mended by the line."""
    if not peer.last_error.startswith("envelope:"):
        Peer.objects.filter(pk=peer.pk, next_at__gt=at).update(next_at=at)


def _channel(peer: str) -> Channel:
    row, _new = Channel.objects.get_or_create(from_node=peer, to_node=settings.NODE)
    return Channel.objects.select_for_update().get(pk=row.pk)


def _inbox(channel: Channel) -> lines.Inbox:
    beyond = channel.envelopes.filter(seq__gt=channel.last_seq).values_list("seq", flat=True)
    return lines.Inbox(channel.last_seq, frozenset(beyond))


def _taken(
    channel: Channel, inbox: lines.Inbox, enclosed: lines.Enclosed, at: datetime
) -> tuple[lines.Told, lines.Inbox]:
    """Store one envelope, or say why not. What is not the peer's own leaves no trace; its number stays free."""
    try:
        read = _read(channel, enclosed)
        known = Envelope.objects.filter(pk=read.letter.id).first()
        if known is not None:
            return _again(channel, known, read), inbox
        if inbox.has(read.letter.seq):
            raise lines.Faulty("seq_taken")
        inbox = inbox.take(read.letter.seq)
    except lines.Faulty as fault:
        return _refused(enclosed, fault.code), inbox
    letter = read.letter
    refused = bool(read.fault)
    row = Envelope.objects.create(
        id=letter.id,
        channel=channel,
        seq=letter.seq,
        kind=letter.kind,
        from_desk=letter.from_desk,
        to_desk=letter.to_desk,
        thread=letter.thread,
        text=read.text,
        signature=read.signature,
        state=Envelope.State.REFUSED if refused else Envelope.State.STORED,
        reason=read.fault,
        at=at,
    )
    if refused:
        forgetting.settled({row.pk: row.thread})
    result = lines.Told(
        id=letter.id, seq=letter.seq, result="refused" if refused else "stored", reason=read.fault
    )
    return result, inbox


def _read(channel: Channel, enclosed: lines.Enclosed) -> Read:
    """Read one envelope. Raises Faulty where it is not certain that the peer signed this for this channel."""
    try:
        text = enclosed.text.encode()
    except UnicodeEncodeError as fault:
        raise lines.Faulty("not_canonical") from fault
    if len(text) > lines.TEXT_MAX:
        raise lines.Faulty("oversized")
    letter = lines.read(lines.Letter, text, "wrong_format")
    if (letter.from_node, letter.to_node) != (channel.from_node, channel.to_node):
        raise lines.Faulty("wrong_channel")
    if lines.read_signature(enclosed.signature).key != letter.key:
        raise lines.Faulty("wrong_key")
    if not nodes.holds_ever(channel.from_node, enclosed.signature, text):
        raise lines.Faulty("bad_signature")
    return Read(text, enclosed.signature, letter, _fault_of(letter))


def _fault_of(letter: lines.Letter) -> str:
    """Return why an envelope that the peer did sign can never be applied; empty when it may be."""
    if letter.body_hash != lines.body_hash(letter.body):
        return "body_hash"
    try:
        datetime.fromisoformat(letter.sent_at)
    except ValueError:
        return "sent_at"
    if (
        letter.from_desk
        and not DeskHome.objects.filter(desk=letter.from_desk, peer=letter.from_node).exists()
    ):
        return "desk_not_yours"
    if letter.to_desk and not Desk.objects.filter(pk=letter.to_desk, home=None).exists():
        return "desk_not_here"
    return ""


def _again(channel: Channel, known: Envelope, read: Read) -> lines.Told:
    """Answer what came before as it was answered then; another text under the same id is refused.

    What was erased meanwhile, here or where it came from, is the same by id and number.
    """
    erased = not known.text or lines.ERASED in {known.kind, read.letter.kind}
    same = known.seq == read.letter.seq if erased else bytes(known.text) == read.text
    if known.channel_id != channel.pk or not same:
        raise lines.Faulty("id_taken")
    if known.reason and known.reason == read.fault:
        return lines.Told(id=str(known.pk), seq=known.seq, result="refused", reason=known.reason)
    return lines.Told(id=str(known.pk), seq=known.seq, result="again")


def _refused(enclosed: lines.Enclosed, code: str) -> lines.Told:
    """Say that an envelope was not stored; id and number as far as they can be read."""
    try:
        letter = lines.read(lines.Letter, enclosed.text.encode(), "wrong_format")
        return lines.Told(id=letter.id, seq=letter.seq, result="refused", reason=code, counted=False)
    except (lines.Faulty, UnicodeEncodeError):
        return lines.Told(id="", seq=0, result="refused", reason=code, counted=False)


# ---------------------------------------------------------------- applying


def _settle(peer: str, channel: Channel, seq: int) -> None:
    row = channel.envelopes.get(seq=seq)
    if row.state != Envelope.State.STORED:  # refused when it was stored: its number is used up
        with writing("exchange.line.passed"):
            Channel.objects.filter(pk=channel.pk, done_seq=seq - 1).update(done_seq=seq)
        return
    letter = lines.read(lines.Letter, bytes(row.text), "wrong_format")
    try:
        _apply(peer, row, letter)
    except Refused as fault:
        _refuse(peer, row, letter, fault.code)
    except OperationalError:
        raise  # the database is busy or gone: the same envelope is tried again
    except Exception as fault:  # a handler's own mistake must not keep the others from being applied
        log.exception("an envelope could not be applied", envelope=str(row.pk), kind=row.kind)
        _refuse(peer, row, letter, f"fault_{type(fault).__name__}"[:80])


def _apply(peer: str, row: Envelope, letter: lines.Letter) -> None:
    handler = lines.handler_of(letter.kind)
    with act(
        "exchange.envelope.applied",
        by=_acting(peer, letter),
        key=f"envelope:{row.pk}",
        request={"envelope": str(row.pk), "seq": row.seq},
    ) as a:
        if a.replayed:
            return
        if handler is not None:
            handler(letter, a, peer)
        _end(row, a, Envelope.State.UNKNOWN if handler is None else Envelope.State.APPLIED, "")
        if handler is None:
            _ask_a_person(row, letter, a)
        a.result = {"envelope": str(row.pk), "state": row.state}
        a.entry(f"envelope:{row.pk}", cause=_cause(row, peer), basis=letter.basis, payload=_kept(row, letter))


def _refuse(peer: str, row: Envelope, letter: lines.Letter, code: str) -> None:
    """Settle an envelope as one that cannot be applied, and tell the sender in the same transaction."""
    with act(
        "exchange.envelope.refused",
        by=_acting(peer, letter),
        key=f"envelope:{row.pk}",
        request={"envelope": str(row.pk), "refused": True},
    ) as a:
        if a.replayed:
            return
        _end(row, a, Envelope.State.REFUSED, code)
        if letter.kind != CANNOT and nodes.counting_key(peer) is not None:
            lines_out.put(
                CANNOT,
                to_node=peer,
                thread=letter.thread,
                body={"envelope": letter.id, "seq": letter.seq, "code": code},
                in_reply_to=letter.id,
                at=a.at,
            )
        a.result = {"envelope": str(row.pk), "state": row.state}
        kept = _kept(row, letter) | {"code": code}
        a.entry(f"envelope:{row.pk}", cause=_cause(row, peer), basis=letter.basis, payload=kept)


def _end(row: Envelope, a: Act, state: str, reason: str) -> None:
    row.state, row.reason, row.settled_at = state, reason, a.at
    row.save(update_fields=["state", "reason", "settled_at"])
    forgetting.settled({row.pk: row.thread})
    Channel.objects.filter(pk=row.channel_id).update(done_seq=row.seq)


def _ask_a_person(row: Envelope, letter: lines.Letter, a: Act) -> None:
    """Put what nothing here can apply before the desk it is for, or before those who keep the lines."""
    for desk in [letter.to_desk] if letter.to_desk else nodes.offices():
        actions.notify(
            desk,
            "line_unknown",
            link="/nodes/notes/",
            at=a.at,
            dedupe=f"unknown:{row.pk}",
            params={"node": letter.from_node, "kind": letter.kind, "seq": letter.seq},
            drill=letter.drill,
        )


def _acting(peer: str, letter: lines.Letter) -> Acting:
    """Return who acts: the desk at the peer, through its node; it has no post here and may do nothing by itself."""
    place, _slash, _role = letter.from_desk.partition("/")
    return Acting(
        post=f"node:{peer}",
        desk=letter.from_desk or "system",
        jurisdiction=place,
        capabilities=frozenset(),
        via="node",
    )


def _cause(row: Envelope, peer: str) -> str:
    return f"line:{peer}/{row.seq}"


def _kept(row: Envelope, letter: lines.Letter) -> dict[str, object]:
    """Return what the ledger's payload keeps: what was signed by hash, and with which key."""
    return {
        "kind": letter.kind,
        "to_desk": letter.to_desk,
        "body_hash": letter.body_hash,
        "text": nodes.digest(bytes(row.text)),
        "key": letter.key,
        "state": row.state,
    }


def answer_bytes(answer: lines.Answer) -> bytes:
    """Return an answer as it is sent and signed."""
    return canonical.dumps(answer.model_dump(mode="json"))
