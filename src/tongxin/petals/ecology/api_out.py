"""Shapes of incidents in the API, and how they are made: what a reader may see of one, version by version."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ninja import Field, Schema

from tongxin.heart.agreements.api import DutyOut, duty_out, local
from tongxin.heart.agreements.errands import Notice
from tongxin.heart.events.models import Event, MergeProposal, Objection
from tongxin.heart.region.acting import Acting
from tongxin.petals.ecology import queries
from tongxin.petals.ecology.queries import Incident, Listed
from tongxin.shared import clock


class ReportSeenOut(Schema):
    """A report as it stands, for those who may see it. `known_at` is when the thing itself was known."""

    event: UUID
    by_desk: str
    place: str
    occurred_at: str | None
    known_at: str
    recorded_at: str = Field(description="When it was first recorded.")
    late_reason: str
    withdrawn: bool
    data: dict[str, Any]


class VersionOut(Schema):
    """One version of a report or a forecast: what was believed from its recording to the next one's."""

    event: UUID
    replaces: UUID | None
    act: str = Field(description="report, correction or withdrawal")
    by_desk: str
    place: str
    occurred_at: str | None
    known_at: str = Field(description="When this version was known.")
    known_corrected: str | None = Field(None, description="When the thing itself was known, where corrected.")
    recorded_at: str
    until: str | None = Field(description="Until when it was believed; null: now.")
    reason: str
    late_reason: str
    data: dict[str, Any]
    engine: dict[str, Any] | None = Field(
        None, description="Of a computed event: name, version, inputs, seed."
    )


class NoticeOut(Schema):
    """A notice, a call, a warning or an end (`stand_down`, `all_clear`) to or from the caller's side."""

    id: UUID
    kind: str
    from_desk: str
    to_desk: str
    carried: dict[str, str]
    remark: str
    basis: str = Field(description="Of a warning without a clause: `law` or `necessity`; else empty.")
    reason: str = Field(description="Of such a warning: by which provision, or of which danger.")
    review: str | None = Field(description="Of such a warning: the state of the duty to review it.")
    finding: str = Field(description="Of one that was reviewed: justified, clause_needed or not_needed.")
    sent_at: str
    delivered_at: str | None
    heard_at: str | None = Field(description="Of a call: when both sides say that it was made.")
    confirmed_at: str | None
    url: str = Field(description="Where its receipt is confirmed, by POST.")


class ObjectionOut(Schema):
    """What a party holds against a version of a report."""

    event: UUID
    by_desk: str
    text: str
    at: str


class ProposalOut(Schema):
    """A proposal that two incidents are one: `proposed`, `agreed`, `refused`, or `lapsed` when one ended before."""

    id: int
    earlier: str
    later: str
    proposed_by: str
    asked: str
    reason: str
    state: str
    at: str
    url: str = Field(description="Where the asked desk answers it, by POST.")


class IncidentLineOut(Schema):
    """One line of the list."""

    number: str
    title: str
    state: str
    drill: bool
    opened_at: str
    absorbed_by: str | None = Field(description="The incident that it is one with, where it goes on.")
    whole: bool = Field(description="Whether the caller sees the report itself.")
    next_due_at: str | None
    url: str


class IncidentOut(IncidentLineOut):
    """An incident as far as the caller may see it; `report` is null for who only sees what notices carried."""

    event: UUID = Field(description="The report as it stands; a correction or an objection names it.")
    rulebook: list[str]
    report: ReportSeenOut | None
    versions: list[VersionOut] = Field(description="Of every report, oldest first.")
    forecasts: list[VersionOut] = Field(description="Of the forecast, oldest first.")
    objections: list[ObjectionOut]
    proposals: list[ProposalOut]
    duties: list[DutyOut]
    notices: list[NoticeOut]


def line(found: Incident | Listed) -> dict[str, Any]:
    """Return one line of the list."""
    matter = found.matter
    duty = found.next_due
    return {
        "number": matter.number,
        "title": found.title,
        "state": matter.state,
        "drill": matter.drill,
        "opened_at": local(matter.opened_at),
        "absorbed_by": matter.absorbed_by_id,
        "whole": found.whole,
        "next_due_at": local(duty.due_at) if duty else None,
        "url": f"/api/v1/incidents/{matter.number}",
    }


def whole(reader: Acting, found: Incident, notices: list[Notice]) -> dict[str, Any]:
    """Return an incident as far as the reader may see it."""
    now = clock.now()
    return line(found) | {
        "event": queries.latest_report(found).id,
        "rulebook": found.matter.rulebook,
        "report": _report(found),
        "versions": [v for chain in found.reports for v in _versions(chain.versions)],
        "forecasts": [v for chain in found.forecasts for v in _versions(chain.versions)],
        "objections": [_objection(row) for row in queries.objections(reader, found)],
        "proposals": [_proposal(row) for row in queries.proposals(reader, found)],
        "duties": [duty_out(d, now) for d in found.duties],
        "notices": [_notice(n) for n in notices],
    }


def _report(found: Incident) -> dict[str, Any] | None:
    chain = found.report
    if chain is None:
        return None
    head = chain.head
    return {
        "event": head.id,
        "by_desk": head.by_desk_id,
        "place": head.place_id,
        "occurred_at": local(head.occurred_at),
        "known_at": local(chain.known_at),
        "recorded_at": local(chain.first.recorded_at),
        "late_reason": chain.first.late_reason,
        "withdrawn": chain.withdrawn,
        "data": head.data,
    }


def _versions(events: tuple[Event, ...]) -> list[dict[str, Any]]:
    return [
        {
            "event": event.id,
            "replaces": event.replaces_id,
            "act": event.act,
            "by_desk": event.by_desk_id,
            "place": event.place_id,
            "occurred_at": local(event.occurred_at),
            "known_at": local(event.known_at),
            "known_corrected": local(event.known_corrected),
            "recorded_at": local(event.recorded_at),
            "until": local(events[n].recorded_at) if n < len(events) else None,
            "reason": event.reason,
            "late_reason": event.late_reason,
            "data": event.data,
            "engine": event.engine,
        }
        for n, event in enumerate(events, start=1)
    ]


def _objection(row: Objection) -> dict[str, Any]:
    return {"event": row.event_id, "by_desk": row.by_desk_id, "text": row.text, "at": local(row.at)}


def _proposal(row: MergeProposal) -> dict[str, Any]:
    return {
        "id": row.pk,
        "earlier": row.earlier_id,
        "later": row.later_id,
        "proposed_by": row.proposed_by_id,
        "asked": row.asked_id,
        "reason": row.reason,
        "state": row.state,
        "at": local(row.at),
        "url": f"/api/v1/merge-proposals/{row.pk}/answer",
    }


def _notice(notice: Notice) -> dict[str, Any]:
    message = notice.message
    return {
        "id": message.id,
        "kind": notice.kind,
        "from_desk": message.from_desk_id,
        "to_desk": message.to_desk_id,
        "carried": notice.carried,
        "remark": str(message.body.get("remark", "")),
        "basis": notice.basis,
        "reason": notice.reason,
        "review": notice.review.state if notice.review else None,
        "finding": notice.finding,
        "sent_at": local(message.sent_at),
        "delivered_at": local(message.delivered_at),
        "heard_at": local(notice.heard_at),
        "confirmed_at": local(notice.confirmed_at),
        "url": f"/api/v1/notices/{message.id}/confirmation",
    }
