"""Sends what waits for peers: each line under a lease, outside any transaction, again and again, never given up.

A line that fails waits a little longer each time, at most `WAITS[-1]`, and shows since when. Whoever dies between
sending and writing it down leaves a lease that the next one takes over, at once on the same machine, else when it runs
out; the peer knows each envelope again by its id.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import connection
from django.db.models import F, Q, QuerySet

from tongxin.heart.exchange import (
    actions,
    forgetting,
    leases,
    lines,
    lines_in,
    lines_kinds,
    lines_out,
    nodes,
    wire,
)
from tongxin.heart.exchange.models import Channel, Envelope, Message, Peer
from tongxin.shared import canonical, clock, faults
from tongxin.shared.writing import writing

log = structlog.get_logger(__name__)

WAITS = tuple(
    timedelta(seconds=n) for n in (1, 2, 3, 4, 5)
)  # after the first, second … failure; then the last
LEASE = timedelta(seconds=20)  # more than one sending takes
ASKS = timedelta(seconds=60)  # without anything to send: how often a line is tried all the same
AT_ONCE = 200  # sendings of one look
SKEW_LIMIT = timedelta(seconds=30)  # that two clocks may differ without anybody being told


@dataclass(frozen=True)
class Turn:
    """A line that is ours for a while, and what goes over it now. `behind`: the peer lacks something."""

    peer: Peer
    sent: dict[int, str]  # number → id
    body: bytes
    behind: bool


def look() -> int:
    """Apply what is stored and send what waits; the ticker calls this every second, in a thread of its own."""
    if not Peer.objects.exists():
        return 0
    lines_in.apply_all()
    return send_lines()


def send_lines(now: datetime | None = None, caller: wire.Caller = wire.call) -> int:
    """Send on every line whose turn it is, until nothing waits or it fails; return how many envelopes arrived.

    After `AT_ONCE` sendings it is somebody else's turn in this thread, whatever a peer asks for again.
    """
    _free_what_nobody_holds()
    arrived = 0
    with leases.holder() as owner:
        for _each in range(AT_ONCE):
            turn = _take(owner, now or clock.now())
            if turn is None:
                break
            arrived += _run(turn, owner, now, caller)
    return arrived


def _free_what_nobody_holds() -> None:
    """End the leases whose holder was killed, or failed before it could give them back."""
    for peer, owner in Peer.objects.exclude(lease_owner="").values_list("name", "lease_owner"):
        if leases.is_gone(owner):
            with writing("exchange.line.freed"):
                Peer.objects.filter(pk=peer, lease_owner=owner).update(lease_owner="", lease_until=None)


def due(now: datetime) -> QuerySet[Peer]:
    """Return the peers whose turn it is: something waits, or they were not asked for a while; no lease stands."""
    free = Q(lease_until=None) | Q(lease_until__lte=now)
    silent = Q(last_answer_at=None) | Q(last_answer_at__lte=now - ASKS) | Q(last_answer_at__gt=now)
    counted = {"keys__confirmed_at__isnull": False, "keys__replaced_at": None}  # of one peer one key at most
    rows = Peer.objects.filter(free, next_at__lte=now, **counted)
    ours = Channel.objects.filter(from_node=settings.NODE)
    behind = ours.filter(done_seq__lt=F("last_seq")).values("to_node")
    waits = Envelope.objects.filter(channel__in=ours, state=Envelope.State.WAITING).values("channel__to_node")
    return rows.filter(silent | Q(name__in=behind) | Q(name__in=waits)).order_by("next_at", "name")


def _take(owner: str, now: datetime) -> Turn | None:
    """Lease the line whose turn it is; None when there is none."""
    if not due(now).exists():
        return None  # a plain read: an idle line costs no write lock
    with writing("exchange.line.leased"):
        rows = due(now)
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True, of=("self",))
        peer = rows.first()
        if peer is None:
            return None  # somebody else was faster
        peer.lease_owner, peer.lease_until, peer.last_sent_at = owner, now + LEASE, now
        peer.save(update_fields=["lease_owner", "lease_until", "last_sent_at"])
    return _turn(peer, now)


def _turn(peer: Peer, now: datetime) -> Turn:
    """Return what goes next: from the first that waits, or from what the peer asks for again."""
    channel = Channel.objects.filter(from_node=settings.NODE, to_node=peer.name).first()
    rows: list[Envelope] = []
    begins = None
    if channel is not None:
        first = lines_out.waiting(peer).values_list("seq", flat=True)[:1]
        begins = lines.send_from(first, channel.done_seq, channel.last_seq)
        if begins is not None:
            rows = list(channel.envelopes.filter(seq__gte=begins).order_by("seq")[: lines.BATCH_COUNT])
    rows = rows[: lines.fill([len(row.text) for row in rows])]
    batch = lines.Batch(
        from_node=settings.NODE,
        to_node=peer.name,
        nonce=secrets.token_hex(16),
        sent_at=clock.iso(now),
        envelopes=[_enclosed(row) for row in rows],
    )
    sent = {row.seq: str(row.pk) for row in rows}
    return Turn(peer, sent, canonical.dumps(batch.model_dump()), begins is not None)


def _enclosed(row: Envelope) -> lines.Enclosed:
    """Return an envelope as it goes: as it was signed; of what was erased since, the number alone."""
    if not row.text:
        return lines_out.erased(row)
    return lines.Enclosed(text=bytes(row.text).decode(), signature=row.signature)


def _run(turn: Turn, owner: str, now: datetime | None, caller: wire.Caller) -> int:
    """Send what a turn holds and write down how it went; return how many envelopes arrived."""
    begins, at = clock.steady(), now or clock.now()
    try:
        faults.reached("line:before send")
        answer = wire.deliver(turn.peer.name, turn.peer.address, turn.body, caller)
        faults.reached("line:after send")
    except wire.NotReached as fault:
        _settle(turn, owner, now or clock.now(), fault.error, None, None)
        return 0
    took = timedelta(seconds=clock.steady() - begins)
    skew = datetime.fromisoformat(answer.at) - (at + took / 2)
    return _settle(turn, owner, now or clock.now(), "", answer, skew)


def _settle(
    turn: Turn, owner: str, now: datetime, error: str, answer: lines.Answer | None, skew: timedelta | None
) -> int:
    """Write down how it went. Where the lease ran out meanwhile the answer is taken all the same: it is signed."""
    with writing("exchange.line.settled"):
        arrived, moved = _took(turn, answer, now) if answer is not None else (0, False)
        peer = Peer.objects.select_for_update().get(pk=turn.peer.pk)
        if peer.lease_owner == owner:
            peer.lease_owner, peer.lease_until = "", None
        if answer is None:
            _failed(peer, error, now)
        else:
            stuck = lines.refused_for_now(answer) or ("no_progress" if turn.behind and not moved else "")
            _answered(peer, stuck, now, skew or timedelta(0))
        peer.save()
    return arrived


def _took(turn: Turn, answer: lines.Answer, now: datetime) -> tuple[int, bool]:
    """Settle what the peer has, and what it refused for good; ring who sent that. Return how many arrived, and whether
    the line moved on at all."""
    channel = Channel.objects.filter(from_node=settings.NODE, to_node=turn.peer.name).first()
    if channel is None:
        return 0, False
    arrived, refused = lines.settled(answer, turn.sent)
    rows = channel.envelopes.filter(seq__in=arrived, state=Envelope.State.WAITING)
    threads = dict(rows.values_list("id", "thread"))
    count = rows.update(state=Envelope.State.ARRIVED, settled_at=now)
    Message.objects.filter(pk__in=list(threads), delivered_at=None).update(delivered_at=now)
    lost = channel.envelopes.filter(seq__in=refused, state=Envelope.State.WAITING).select_related("channel")
    for row in list(lost):
        row.state, row.reason, row.settled_at = Envelope.State.REFUSED, refused[row.seq][:80], now
        row.save(update_fields=["state", "reason", "settled_at"])
        _ring_refused(row, now)
        threads[row.pk] = row.thread
    forgetting.settled(threads)
    has = min(answer.highest, channel.last_seq)
    Channel.objects.filter(pk=channel.pk).update(done_seq=has)
    return int(count), bool(count or refused or has != channel.done_seq)


def _ring_refused(row: Envelope, now: datetime) -> None:
    for desk in [row.from_desk] if row.from_desk else nodes.offices():
        lines_kinds.tell_refused(desk, row, row.reason, now)


def _failed(peer: Peer, error: str, now: datetime) -> None:
    peer.tries += 1
    peer.next_at = now + WAITS[min(peer.tries, len(WAITS)) - 1]
    peer.failing_since = peer.failing_since or now
    peer.last_error = error
    if error == "refused:peer_not_confirmed":
        peer.knows_us = False


def _answered(peer: Peer, stuck: str, now: datetime, skew: timedelta) -> None:
    peer.knows_us, peer.last_answer_at = True, now
    peer.skew_ms, peer.skew_at = round(skew / timedelta(milliseconds=1)), now
    if stuck:
        _failed(peer, f"envelope:{stuck}", now)
    else:
        peer.tries, peer.failing_since, peer.last_error, peer.next_at = 0, None, "", now
    if abs(skew) > SKEW_LIMIT:
        _ring_skew(peer, now)


def _ring_skew(peer: Peer, now: datetime) -> None:
    """Ring who keeps the lines, once a day: two clocks differ. They order nothing, but people read dues by them."""
    day = clock.beijing(now).date().isoformat()
    for desk in nodes.offices():
        params: dict[str, Any] = {"node": peer.name, "ms": peer.skew_ms}
        actions.notify(
            desk, "line_skew", link="/nodes/", at=now, dedupe=f"skew:{peer.name}:{day}:{desk}", params=params
        )
