"""API of water incidents: list, report, show, tell, and why the duties stand."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils import translation
from ninja import Field, Router, Schema
from ninja.responses import Status

from tongxin.heart.agreements import actions as agreements
from tongxin.heart.agreements import errands, explain
from tongxin.heart.agreements.api import Words
from tongxin.heart.events.actions import Report
from tongxin.heart.exchange.api_parts import (
    READ_PROBLEMS,
    WRITE_PROBLEMS,
    Call,
    IdempotencyKey,
    Instant,
    Line,
    Number,
    PageSize,
    Text,
    Word,
)
from tongxin.petals.ecology import actions, api_out, queries
from tongxin.petals.ecology.api_out import IncidentLineOut, IncidentOut
from tongxin.petals.ecology.registration import WATER_INCIDENT

router = Router(tags=["incidents"])


class ReportIn(Schema):
    """A report of a water incident."""

    place: Word = Field(description="The own jurisdiction or one inside it, such as `he-langfang-xianghe`")
    river: Word
    location: Word
    pollutant: Word
    known_at: Instant
    occurred_at: Instant | None = None
    amount: Line = ""
    level: Word = "unknown"
    description: Text = ""
    late_reason: Line = Field("", description="Needed when it was known more than an hour ago.")
    drill: bool = False


class ReportedOut(Schema):
    """What a report opened."""

    incident: str
    event: UUID
    duties: list[int]
    url: str


class IncidentsOut(Schema):
    """A page of incidents, newest first; `next_offset` leads on."""

    total: int
    next_offset: int | None
    incidents: list[IncidentLineOut]


class NoticeIn(Schema):
    """A notice to one desk: what the clauses demand, by field."""

    to_desk: Word
    carried: dict[Word, Text] = Field(max_length=40)


class ToldOut(Schema):
    """The message that was sent, the duties it met and those it opened."""

    message: UUID
    met: list[int]
    confirm: list[int]


class ReasonOut(Schema):
    """A clause that was looked at: whether it bound, a stable reason, and its words."""

    clause: str
    agreement: str
    bound: bool
    reason: str
    words: Words


@router.get("/incidents", response={200: IncidentsOut, **READ_PROBLEMS}, operation_id="list_incidents")
def list_incidents(request: Call, limit: PageSize = 50, offset: Number = 0) -> dict[str, Any]:
    """List the incidents that the caller's desk has a part in."""
    numbers = queries.numbers(request.auth)
    total, end = len(numbers), offset + limit
    page = queries.in_order(numbers[offset:end])
    return {
        "total": total,
        "next_offset": end if end < total else None,
        "incidents": [api_out.line(found) for found in queries.listed(request.auth, page)],
    }


@router.post("/incidents", response={201: ReportedOut, **WRITE_PROBLEMS}, operation_id="report_incident")
def report_incident(
    request: Call, body: ReportIn, key: IdempotencyKey, response: HttpResponse
) -> Status[dict[str, Any]]:
    """Report a water incident; the clauses in force make the duties. Needs the capability `report_incident`."""
    data = body.dict(include={"river", "location", "pollutant", "amount", "level", "description"})
    report = Report(
        type=WATER_INCIDENT,
        place=body.place,
        known_at=body.known_at,
        occurred_at=body.occurred_at,
        data=data,
        late_reason=body.late_reason,
        drill=body.drill,
    )
    done = actions.report_incident(report, by=request.auth, key=key)
    url = f"/api/v1/incidents/{done['matter']}"
    response["Location"] = url
    return Status(
        201, {"incident": done["matter"], "event": done["event"], "duties": done["duties"], "url": url}
    )


@router.get("/incidents/{number}", response={200: IncidentOut, **READ_PROBLEMS}, operation_id="show_incident")
def show_incident(request: Call, number: Word) -> dict[str, Any]:
    """Show one incident as far as the caller may see it."""
    found = queries.incident(request.auth, number)
    return api_out.whole(request.auth, found, errands.notices(request.auth, found.matter, found.duties))


@router.post(
    "/incidents/{number}/notices", response={201: ToldOut, **WRITE_PROBLEMS}, operation_id="send_notice"
)
def send_notice(request: Call, number: Word, body: NoticeIn, key: IdempotencyKey) -> Status[dict[str, Any]]:
    """Tell one desk: one notice meets every open duty of the caller's desk to it. Needs the capability `notify`."""
    carried = {str(name): str(text) for name, text in body.carried.items()}
    done = agreements.tell(by=request.auth, key=key, matter=number, to_desk=body.to_desk, carried=carried)
    return Status(201, done)


@router.get(
    "/incidents/{number}/explanation",
    response={200: list[ReasonOut], **READ_PROBLEMS},
    operation_id="explain_incident",
)
def explain_incident(request: Call, number: Word) -> list[dict[str, Any]]:
    """Say why these duties stand: every clause that was looked at, and why it did or did not bind."""
    found = queries.incident(request.auth, number)
    return [
        {
            "clause": r.clause.id,
            "agreement": r.clause.version_id,
            "bound": r.bound,
            "reason": r.considered.reason,
            "words": {"zh": _in("zh-hans", r), "en": _in("en", r)},
        }
        for r in explain.explain(request.auth, found.matter)
    ]


def _in(language: str, thing: object) -> str:
    with translation.override(language):
        return str(thing)
