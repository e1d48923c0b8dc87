"""Papers' contents between two nodes: handed out to a peer that may see them, fetched piece by piece, checked by hash.

An offer names papers by hash; their contents are asked for by the node that took the offer in, over signed requests, as
long as it takes. One that was cut off goes on where it stopped. A content that lies here already is not asked for where
its peer may see it in another case; else the peer shows that it has it by handing it over: a hash alone opens nothing.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from datetime import datetime, timedelta
from typing import Annotated, Literal

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from pydantic import Field

from tongxin.heart.cases import crossing, papers_store, papers_types, sights
from tongxin.heart.cases.crossing_form import Number
from tongxin.heart.cases.models import Case, Fetch, Paper
from tongxin.heart.cases.papers_store import Unfit
from tongxin.heart.exchange import lines, nodes, wire
from tongxin.heart.exchange.lines_jobs import WAITS
from tongxin.heart.exchange.models import Peer
from tongxin.shared import canonical, clock
from tongxin.shared.errors import OF_ONE
from tongxin.shared.writing import writing

log = structlog.get_logger(__name__)
PAPERS = "/node/v1/papers"
PIECE = 512 * 1024  # bytes of a content in one answer, before base64
AT_ONCE = 40  # pieces that one look fetches at most
SLOW = timedelta(minutes=5)  # between tries where the peer says that it has no such paper for us
LOOKED_AT = 50  # papers with the same content that are judged at most, the newest first
READER = "cases.line"


class Asked(lines.Form):
    """A request for a piece of a paper's content."""

    format: Literal["tongxin.paper/1"] = "tongxin.paper/1"
    from_node: lines.Node
    to_node: lines.Node
    nonce: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    sent_at: lines.Instant
    case: Number
    sha256: lines.Hash
    offset: Annotated[int, Field(ge=0, le=2**53 - 1)]


class Piece(lines.Reply):
    """A piece of a content, from `offset` on; the last one ends at `size`."""

    format: Literal["tongxin.piece/1"] = "tongxin.piece/1"
    sha256: lines.Hash
    size: Annotated[int, Field(ge=1, le=2**53 - 1)]
    offset: Annotated[int, Field(ge=0, le=2**53 - 1)]
    piece: str  # base64


# ---------------------------------------------------------------- what this node hands out


@csrf_exempt
@require_POST
def papers(request: HttpRequest) -> HttpResponse:
    """Hand a piece of a paper's content to a peer where a desk may see the papers of the case."""
    try:
        body = wire.body_of(request)
    except lines.Faulty as fault:
        return wire.refusal(b"", fault)
    try:
        return wire.signed(
            canonical.dumps(_piece(body, request.headers.get(wire.SIGNATURE, "")).model_dump())
        )
    except lines.Faulty as fault:
        return wire.refusal(body, fault)


def _piece(body: bytes, signature: str) -> Piece:
    asked = lines.read(Asked, body, "wrong_format")
    if asked.to_node != settings.NODE:
        raise lines.Faulty("wrong_channel")
    if not Peer.objects.filter(pk=asked.from_node).exists():
        raise lines.Faulty("unknown_peer", 403)
    nodes.verify_now(asked.from_node, signature, body)
    size = _shared_with(asked.from_node, asked.case, asked.sha256)
    content = papers_store.opened(asked.sha256) if size else None
    if content is None or asked.offset >= size:
        raise lines.Faulty("no_such_paper", 404)
    with content:
        content.seek(asked.offset)
        piece = content.read(PIECE)
    return Piece(
        node=settings.NODE,
        to_node=asked.from_node,
        request=nodes.digest(body),
        at=clock.iso(clock.now()),
        sha256=asked.sha256,
        size=size,
        offset=asked.offset,
        piece=base64.b64encode(piece).decode(),
    )


def _shared_with(peer: str, number: str, sha256: str) -> int:
    """Return the size of a paper of a case if a desk at the peer may see the case's papers now, else 0."""
    case = Case.objects.read_as(READER).select_related("procedure").filter(number=number).first()
    if case is None:
        return 0
    file = case.files.filter(sha256=sha256, fetch=None).first()
    return file.size if file is not None and _sees(peer, case) else 0


def _sees(peer: str, case: Case) -> bool:
    """Whether a desk at a peer may see the papers of a case now."""
    return any(sights.sight(desk, case).sees("papers") for desk in crossing.away(case).get(peer, []))


def expect(file: Paper, peer: str, at: datetime) -> None:
    """Have the content of a paper that a peer named fetched from it, unless it is here and the peer may see it anyway.

    In the transaction that enters the paper. Until it has come nobody opens the paper, whatever lies under its hash.
    """
    same = Paper.objects.read_as(READER).filter(sha256=file.sha256, fetch=None).exclude(pk=file.pk)
    numbers = same.order_by("-at", "-id").values_list("case_id", flat=True)[:LOOKED_AT]
    rows = Case.objects.read_as(READER).select_related("procedure").in_bulk(set(numbers))
    if not (any(_sees(peer, row) for row in rows.values()) and papers_store.still_there(file.sha256)):
        Fetch.objects.create(paper=file, node=peer, next_at=at)


# ---------------------------------------------------------------- what it fetches


def look(now: datetime | None = None, caller: wire.Caller = wire.call) -> int:
    """Fetch what is still to come; the ticker calls this in a thread of its own. Return how many pieces came."""
    at, count = now or clock.now(), 0
    rows = Fetch.objects.filter(next_at__lte=at).select_related("paper").order_by("next_at", "pk")
    for row in list(rows[:AT_ONCE]):
        try:
            count += _fetch(row, now, caller, AT_ONCE - count)
        except OF_ONE:
            log.exception("a paper could not be fetched", paper=str(row.pk))
        if count >= AT_ONCE:
            break
    return count


def _fetch(row: Fetch, now: datetime | None, caller: wire.Caller, most: int) -> int:
    """Fetch pieces of one content until it is whole, the line fails or there are enough for now."""
    file, count = row.paper, 0
    if not Fetch.objects.filter(pk=row.pk).exists():
        return 0  # the same content has come for another paper
    if file.size > settings.PAPER_MAX_BYTES:
        _failed(row, "oversized", now)
        return 0
    try:
        while (came := papers_store.came(file.sha256, row.node)) < file.size:
            if count == most:
                return count
            papers_store.add(file.sha256, row.node, came, _ask(row, came, caller))
            count += 1
        papers_store.arrived(
            file.sha256, row.node, lambda path, size: _judged(row, papers_types.recognise(path, size))
        )
    except wire.NotReached as fault:
        _failed(row, fault.error, now)
        return count
    except Unfit as fault:
        _failed(row, "unfit", now)
        log.warning("a paper from another node was not taken", paper=str(row.pk), why=str(fault))
        return count
    with writing("cases.paper.fetched"):
        Fetch.objects.filter(paper__sha256=file.sha256, node=row.node).delete()
    return count


def _judged(row: Fetch, found: str) -> str:
    """Return the type that the content has; it must be the one that was told."""
    if found != row.paper.type:
        raise Unfit(found)
    return found


def _ask(row: Fetch, came: int, caller: wire.Caller) -> bytes:
    """Ask for the next piece. Raises wire.NotReached, also for an answer that is not the one asked for."""
    peer = Peer.objects.get(pk=row.node)
    asked = Asked(
        from_node=settings.NODE,
        to_node=peer.name,
        nonce=secrets.token_hex(16),
        sent_at=clock.iso(clock.now()),
        case=row.paper.case_id,
        sha256=row.paper.sha256,
        offset=came,
    )
    body = canonical.dumps(asked.model_dump())
    said = wire.ask(peer.name, peer.address, PAPERS, body, Piece, caller)
    try:
        piece = base64.b64decode(said.piece, validate=True)
    except (binascii.Error, ValueError) as fault:
        raise wire.NotReached("answer_wrong_format") from fault
    if (said.sha256, said.offset, said.size) != (asked.sha256, came, row.paper.size) or not piece:
        raise wire.NotReached("answer_wrong_request")
    return piece[: row.paper.size - came]


def _failed(row: Fetch, error: str, now: datetime | None) -> None:
    slow = error in {"unfit", "oversized"} or error.startswith("refused:")
    tries = row.tries + 1
    wait = SLOW if slow else WAITS[min(tries, len(WAITS)) - 1]
    with writing("cases.paper.not_fetched"):
        Fetch.objects.filter(pk=row.pk).update(
            tries=tries,
            next_at=(now or clock.now()) + wait,
            last_error=error,
            came=papers_store.came(row.paper.sha256, row.node),
        )
