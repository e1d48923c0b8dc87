"""Reads of nodes and lines: who this node is, its peers, how each line stands. For those who keep the lines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Min, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from tongxin.heart.exchange import lines, lines_jobs, queries
from tongxin.heart.exchange.models import Channel, Envelope, Peer, PeerKey
from tongxin.heart.region.acting import Acting
from tongxin.heart.region.holdings import ADMINISTER
from tongxin.shared.errors import NotFound


@dataclass(frozen=True)
class Line:
    """A peer and the line to it as it stands now."""

    peer: Peer
    key: PeerKey | None  # that counts
    shown: PeerKey | None  # that the peer showed last
    desks: int
    sent: int  # the highest number given
    acked: int  # the highest that the peer has without a gap
    waiting: int
    waiting_since: datetime | None
    refused: int  # of what we sent
    stored: int  # the highest number received without a gap
    applied: int  # the highest that is settled
    not_understood: int
    turned_down: int  # of what they sent
    gap: bool  # something received stands beyond a gap

    @property
    def new_key(self) -> bool:
        """Whether the peer shows a key that nobody has confirmed."""
        return self.shown is not None and (self.key is None or self.key.pk != self.shown.pk)

    @property
    def skewed(self) -> bool:
        """Whether the two clocks differ by more than is let pass."""
        limit = lines_jobs.SKEW_LIMIT / timedelta(milliseconds=1)
        return self.peer.skew_ms is not None and abs(self.peer.skew_ms) > limit

    @property
    def state(self) -> str:
        """`new_key`, `not_known_there`, `failing`, `waiting` or `up`."""
        if self.new_key:
            return "new_key"
        if self.peer.last_error == "refused:peer_not_confirmed":
            return "not_known_there"
        if self.peer.failing_since is not None:
            return "failing"
        return "waiting" if self.waiting or self.peer.last_answer_at is None else "up"

    @property
    def groups(self) -> list[str]:
        """The fingerprint of the key that the peer showed last, as people compare it."""
        return lines.groups(self.shown.key_id) if self.shown else []


def may_confirm(reader: Acting) -> bool:
    """Tell whether the reader's post may confirm keys and ping."""
    return ADMINISTER in reader.capabilities


def all_lines(reader: Acting | None) -> list[Line]:
    """Return every line; for who keeps the outbox, or, with None, for who runs the machine. Raises NotAllowed."""
    if reader is not None:
        queries.need_keeper(reader)
    return [_line(row) for row in Peer.objects.order_by("name").annotate(desk_count=Count("desks"))]


def line(reader: Acting, peer: str) -> Line:
    """Return one line. Raises NotFound."""
    queries.need_keeper(reader)
    row = Peer.objects.filter(pk=peer).annotate(desk_count=Count("desks")).first()
    if row is None:
        raise NotFound("no_such_peer", _("There is no such node among the peers of this one."))
    return _line(row)


def last_envelopes(peer: str, count: int = 50) -> QuerySet[Envelope]:
    """Return what went over a line last, both ways."""
    either = Q(channel__from_node=peer) | Q(channel__to_node=peer)
    return Envelope.objects.filter(either).select_related("channel").order_by("-at", "-seq")[:count]


def _line(row: Peer) -> Line:
    shown = list(row.keys.order_by("-seen_at", "-id"))
    channels = {
        one.from_node == settings.NODE: one
        for one in Channel.objects.filter(
            Q(from_node=settings.NODE, to_node=row.name) | Q(from_node=row.name, to_node=settings.NODE)
        )
    }
    out, into = channels.get(True), channels.get(False)
    ours, theirs = _counts(out), _counts(into)
    return Line(
        peer=row,
        key=next((k for k in shown if k.confirmed_at and not k.replaced_at), None),
        shown=shown[0] if shown else None,
        desks=row.desk_count,  # type: ignore[attr-defined]
        sent=out.last_seq if out else 0,
        acked=out.done_seq if out else 0,
        waiting=ours["waiting"],
        waiting_since=ours["since"],
        refused=ours["refused"],
        stored=into.last_seq if into else 0,
        applied=into.done_seq if into else 0,
        not_understood=theirs["unknown"],
        turned_down=theirs["refused"],
        gap=bool(into and into.envelopes.filter(seq__gt=into.last_seq).exists()),
    )


def _counts(channel: Channel | None) -> dict[str, Any]:
    if channel is None:
        return {"waiting": 0, "since": None, "refused": 0, "unknown": 0}
    states = Envelope.State
    found: dict[str, Any] = channel.envelopes.filter(
        state__in=[states.WAITING, states.REFUSED, states.UNKNOWN]
    ).aggregate(
        waiting=Count("pk", filter=Q(state=states.WAITING)),
        since=Min("at", filter=Q(state=states.WAITING)),
        refused=Count("pk", filter=Q(state=states.REFUSED)),
        unknown=Count("pk", filter=Q(state=states.UNKNOWN)),
    )
    return found
