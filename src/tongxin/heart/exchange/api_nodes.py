"""API of nodes, for reading: this node, its peers and their lines; notes of the own desk."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Field, Query, Router, Schema

from tongxin.heart.exchange import letters, lines, lines_notes, nodes, peers_queries
from tongxin.heart.exchange.api_parts import READ_PROBLEMS, Call, Number, PageSize
from tongxin.heart.exchange.models import Envelope, Message
from tongxin.shared import clock

router = Router(tags=["nodes"])


class LineOut(Schema):
    """A peer and the line to it. Instants are Beijing time with their offset, by this node's clock."""

    name: str
    address: str
    state: Literal["new_key", "not_known_there", "failing", "waiting", "up"]
    fingerprint: str = Field(description="Of the key that the peer showed last.")
    confirmed: bool = Field(description="That very key is confirmed here.")
    confirms_us: bool = Field(description="The peer's last answer says that it has confirmed our key.")
    desks: int = Field(description="Desks that work there.")
    sent: int = Field(description="The highest number given.")
    acked: int = Field(description="The highest number that the peer has without a gap.")
    waiting: int
    waiting_since: str | None
    refused: int
    stored: int = Field(description="The highest number received without a gap.")
    applied: int = Field(description="The highest number received that is settled.")
    not_understood: int
    turned_down: int
    failing_since: str | None
    last_error: str = Field(description="A code, with a detail after a colon.")
    last_sent_at: str | None
    last_answer_at: str | None
    last_heard_at: str | None
    skew_ms: int | None = Field(description="Their clock less ours, in milliseconds.")
    skewed: bool


class NodeOut(Schema):
    """This node, and the line to each peer."""

    name: str
    algorithm: str
    fingerprint: str
    peers: list[LineOut]


class NoteOut(Schema):
    """A note between two desks. `arrived_at` is null while it waits."""

    id: UUID
    thread: str
    from_desk: str
    to_desk: str
    text: str
    in_reply_to: UUID | None
    written_at: str = Field(description="By the clock of the node that sent it.")
    arrived_at: str | None
    state: Literal["waiting", "arrived", "refused"]
    reason: str = Field(description="Why it was refused: a code.")


class NotesOut(Schema):
    """A page of notes, the last first; `next_offset` leads on."""

    total: int
    next_offset: int | None
    notes: list[NoteOut]


class NotesPage(Schema):
    """Which part of the list is wanted."""

    limit: PageSize = 100
    offset: Number = 0


@router.get("/nodes", response={200: NodeOut, **READ_PROBLEMS}, operation_id="list_nodes")
def list_nodes(request: Call) -> dict[str, Any]:
    """Show this node and how each line stands. Needs `register_agreement` or `administer`, as the outbox."""
    found = peers_queries.all_lines(request.auth)
    me = nodes.own()
    return {
        "name": me.name,
        "algorithm": lines.ALGORITHM,
        "fingerprint": me.key_id,
        "peers": [_line(line) for line in found],
    }


@router.get("/notes", response={200: NotesOut, **READ_PROBLEMS}, operation_id="list_notes")
def list_notes(request: Call, wanted: Query[NotesPage]) -> dict[str, Any]:
    """List the notes that the own desk got or sent."""
    rows = lines_notes.notes(request.auth)
    total, end = rows.count(), wanted.offset + wanted.limit
    page = list(rows[wanted.offset : end]) if wanted.offset < total else []
    stand = lines_notes.stand_of(page)
    return {
        "total": total,
        "next_offset": end if end < total else None,
        "notes": [_note(row, stand) for row in page],
    }


def _line(line: peers_queries.Line) -> dict[str, Any]:
    peer = line.peer
    same = {name: getattr(line, name) for name in (
        "state", "desks", "sent", "acked", "waiting", "refused", "stored", "applied", "not_understood",
        "turned_down", "skewed",
    )}  # fmt: skip
    return {
        **same,
        "name": peer.name,
        "address": peer.address,
        "fingerprint": line.shown.key_id if line.shown else "",
        "confirmed": not line.new_key,
        "confirms_us": peer.knows_us,
        "waiting_since": _local(line.waiting_since),
        "failing_since": _local(peer.failing_since),
        "last_error": peer.last_error,
        "last_sent_at": _local(peer.last_sent_at),
        "last_answer_at": _local(peer.last_answer_at),
        "last_heard_at": _local(peer.last_heard_at),
        "skew_ms": peer.skew_ms,
    }


def _note(row: Message, stand: dict[UUID, Envelope]) -> dict[str, Any]:
    sealed = stand.get(row.pk)
    reason = sealed.reason if sealed is not None and sealed.state == "refused" else ""
    return {
        "id": row.pk,
        "thread": row.thread,
        "from_desk": row.from_desk_id,
        "to_desk": row.to_desk_id,
        "text": letters.text(row),
        "in_reply_to": row.in_reply_to_id,
        "written_at": _local(row.sent_at),
        "arrived_at": _local(row.delivered_at),
        "state": "refused" if reason else "arrived" if row.delivered_at else "waiting",
        "reason": reason,
    }


def _local(at: datetime | None) -> str | None:
    return clock.beijing(at).isoformat(timespec="seconds") if at else None
