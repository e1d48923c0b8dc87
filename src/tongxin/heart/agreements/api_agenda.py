"""API of the leaders' agenda: what stands on it, one item, and what the meeting resolved."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from ninja import Field, Query, Router, Schema
from ninja.responses import Status

from tongxin.heart.agreements import actions, agenda
from tongxin.heart.agreements.api import DutyOut, duty_out, local
from tongxin.heart.exchange.api_parts import (
    READ_PROBLEMS,
    WRITE_PROBLEMS,
    Call,
    IdempotencyKey,
    Number,
    PageSize,
    Text,
    Word,
)
from tongxin.shared import clock
from tongxin.shared.named import Both

router = Router(tags=["agenda"])


class NameOut(Schema):
    """A name in both languages."""

    zh: str
    en: str


class TakenOut(Schema):
    """A step of the escalation that was taken before: when, and whom it rang; nobody where no post was there."""

    step: str
    at: str
    posts: list[str]


class ResolutionOut(Schema):
    """What a meeting resolved. `kind` is dated, noted or returned; `by_day` goes with dated alone."""

    kind: str
    met_on: date
    by_day: date | None
    text: str
    office: str
    post: str
    at: str


class AgendaItemOut(Schema):
    """An item. `state`: standing, again (the day a meeting named has passed), resolved, or ended with its duty."""

    id: int
    state: str
    meeting: str = Field(description="The desk that keeps this meeting's agenda")
    meeting_name: NameOut
    put_at: str
    deadline: str
    late_seconds: int
    duty: DutyOut
    escalation: list[TakenOut]
    resolutions: list[ResolutionOut]
    may_record: bool
    url: str


class AgendaOut(Schema):
    """A page of the agenda, oldest first."""

    total: int
    next_offset: int | None
    items: list[AgendaItemOut]


class ResolveIn(Schema):
    """What the meeting resolved; `by_day` with `dated`, and with nothing else."""

    kind: Word
    met_on: date
    by_day: date | None = None
    text: Text


class ResolvedOut(Schema):
    """The resolution that was recorded."""

    item: int
    resolution: int
    kind: str
    duty: int


class Asked(Schema):
    """Which items. `on`: the agenda of a meeting's day, instead of what stands now."""

    state: Literal["on", "off", "all"] = "on"
    meeting: str = Field("", max_length=80)
    on: date | None = None
    limit: PageSize = 100
    offset: Number = 0


@router.get("/agenda", response={200: AgendaOut, **READ_PROBLEMS}, operation_id="list_agenda")
def list_agenda(request: Call, wanted: Query[Asked]) -> dict[str, Any]:
    """List what stands on the leaders' agendas that concern the caller's desk, or what was resolved or closed."""
    rows = agenda.seen_by(request.auth)
    today = clock.beijing(clock.now()).date()
    if wanted.meeting:
        rows = rows.filter(meeting=wanted.meeting)
    if wanted.on is not None:
        rows = agenda.of_day(rows, wanted.on)
    elif wanted.state != "all":
        rows = agenda.standing(rows, today) if wanted.state == "on" else agenda.off(rows, today)
    total = rows.count()
    end = wanted.offset + wanted.limit
    page = list(agenda.with_names(rows)[wanted.offset : end]) if wanted.offset < total else []
    return {
        "total": total,
        "next_offset": end if end < total else None,
        "items": [as_json(line) for line in agenda.lines(request.auth, page, clock.now())],
    }


@router.get("/agenda/{item}", response={200: AgendaItemOut, **READ_PROBLEMS}, operation_id="show_agenda_item")
def show_agenda_item(request: Call, item: Number) -> dict[str, Any]:
    """Show one item: what is owed, how late, what rang before, what meetings have resolved."""
    return as_json(agenda.lines(request.auth, [agenda.one(request.auth, item)], clock.now())[0])


@router.post(
    "/agenda/{item}/resolution",
    response={201: ResolvedOut, **WRITE_PROBLEMS},
    operation_id="settle_agenda_item",
)
def settle(request: Call, item: Number, body: ResolveIn, key: IdempotencyKey) -> Status[dict[str, Any]]:
    """Record what the meeting resolved. Needs `excuse`, at a coordination office that has a part in the item. Final."""
    done = actions.settle_agenda_item(
        by=request.auth,
        key=key,
        item=item,
        kind=body.kind,
        met_on=body.met_on,
        text=body.text,
        by_day=body.by_day,
    )
    return Status(201, done)


def as_json(line: agenda.Line) -> dict[str, Any]:
    """Return an item as the API tells it."""
    item = line.item
    name: Both = line.called
    return {
        "id": item.pk,
        "state": line.state,
        "meeting": item.meeting,
        "meeting_name": {"zh": name.zh, "en": name.en},
        "put_at": local(item.put_at),
        "deadline": local(line.deadline),
        "late_seconds": int(line.late.total_seconds()) if line.late else 0,
        "duty": duty_out(line.duty, clock.now()),
        "escalation": [
            {"step": rung.step, "at": local(rung.at), "posts": list(rung.post_ids)} for rung in line.rungs
        ],
        "resolutions": [
            {
                "kind": said.row.kind,
                "met_on": said.row.met_on,
                "by_day": said.row.by_day,
                "text": said.row.text,
                "office": said.row.desk_id,
                "post": said.row.post,
                "at": local(said.row.at),
            }
            for said in line.said
        ],
        "may_record": line.records and line.stands,
        "url": f"/api/v1/agenda/{item.pk}",
    }
