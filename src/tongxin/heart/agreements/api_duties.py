"""API of duties: one with everything behind it, what may be done with it; conflicts of clauses; matters and why."""

from __future__ import annotations

from typing import Any

from ninja import Router
from ninja.responses import Status

from tongxin.heart.agreements import actions, conflicts, duty_pages, explain, queries, threads, withdrawing
from tongxin.heart.agreements.api import duty_out, local, moves_out
from tongxin.heart.agreements.api_duties_out import (
    ConflictOut,
    ConflictsOut,
    DatedOut,
    DateIn,
    DoneOut,
    DutyWholeOut,
    FormOut,
    GroundIn,
    MatterOut,
    PerformedOut,
    PerformIn,
    ReasonIn,
    ReasonOut,
    RuledOut,
    RuleIn,
    WithdrawnOut,
)
from tongxin.heart.agreements.models import ClauseConflict, Duty
from tongxin.heart.events import queries as events
from tongxin.heart.exchange.api_parts import (
    READ_PROBLEMS,
    WRITE_PROBLEMS,
    Call,
    IdempotencyKey,
    Number,
    PageSize,
    Word,
)
from tongxin.shared import clock

router = Router(tags=["duties"])


@router.get("/duties/{duty}", response={200: DutyWholeOut, **READ_PROBLEMS}, operation_id="show_duty")
def show_duty(request: Call, duty: Number) -> dict[str, Any]:
    """Show one duty that the caller's desk owes or is owed, and why: cause, count, moves, escalation, entries."""
    return whole(request.auth, queries.duty(request.auth, duty))


@router.get("/duties/{duty}/form", response={200: FormOut, **READ_PROBLEMS}, operation_id="show_duty_form")
def show_form(request: Call, duty: Number) -> dict[str, Any]:
    """Say what the caller may do with the duty now, and what a performance asks for."""
    row = queries.duty(request.auth, duty)
    return duty_pages.form(request.auth, row, clock.now())


@router.post(
    "/duties/{duty}/performance", response={201: PerformedOut, **WRITE_PROBLEMS}, operation_id="perform_duty"
)
def perform(request: Call, duty: Number, body: PerformIn, key: IdempotencyKey) -> Status[dict[str, Any]]:
    """Deliver what the duty demands. Needs the capability `perform`, at the bound desk."""
    return Status(201, actions.perform(by=request.auth, key=key, duty=duty, carried=body.carried))


@router.post(
    "/duties/{duty}/acceptance", response={201: DoneOut, **WRITE_PROBLEMS}, operation_id="accept_delivery"
)
def accept(request: Call, duty: Number, key: IdempotencyKey) -> Status[dict[str, Any]]:
    """Accept what was delivered. Needs `confirm`, at the owed desk or its coordination office. Final."""
    return Status(201, actions.accept(by=request.auth, key=key, duty=duty))


@router.post(
    "/duties/{duty}/return", response={201: DoneOut, **WRITE_PROBLEMS}, operation_id="send_delivery_back"
)
def send_back(request: Call, duty: Number, body: ReasonIn, key: IdempotencyKey) -> Status[dict[str, Any]]:
    """Send a delivery back with a reason, within the time to answer. Needs `confirm`, at the owed side."""
    return Status(201, actions.send_back(by=request.auth, key=key, duty=duty, reason=body.reason))


@router.post("/duties/{duty}/excuse", response={201: DoneOut, **WRITE_PROBLEMS}, operation_id="excuse_duty")
def excuse(request: Call, duty: Number, body: ReasonIn, key: IdempotencyKey) -> Status[dict[str, Any]]:
    """Excuse the duty. Needs `excuse`, at the owed desk or its coordination office. Final."""
    return Status(201, actions.excuse(by=request.auth, key=key, duty=duty, reason=body.reason))


@router.post(
    "/duties/{duty}/abandonment", response={201: DoneOut, **WRITE_PROBLEMS}, operation_id="give_duty_up"
)
def give_up(request: Call, duty: Number, body: ReasonIn, key: IdempotencyKey) -> Status[dict[str, Any]]:
    """Give the duty up as not met. Needs `excuse`, at the owed desk or its coordination office. Final."""
    return Status(201, actions.give_up(by=request.auth, key=key, duty=duty, reason=body.reason))


@router.post(
    "/duties/{duty}/suspension", response={201: DoneOut, **WRITE_PROBLEMS}, operation_id="suspend_duty"
)
def suspend(request: Call, duty: Number, body: GroundIn, key: IdempotencyKey) -> Status[dict[str, Any]]:
    """Stop the clock on a ground that the clause names. Needs `perform`, at the bound desk."""
    return Status(201, actions.suspend(by=request.auth, key=key, duty=duty, ground=body.ground))


@router.post(
    "/duties/{duty}/resumption", response={201: DoneOut, **WRITE_PROBLEMS}, operation_id="resume_duty"
)
def resume(request: Call, duty: Number, key: IdempotencyKey) -> Status[dict[str, Any]]:
    """Let the clock of a suspended duty run on. Needs `perform`, at the bound desk."""
    return Status(201, actions.resume(by=request.auth, key=key, duty=duty))


@router.post("/duties/{duty}/date", response={201: DatedOut, **WRITE_PROBLEMS}, operation_id="name_duty_date")
def name_date(request: Call, duty: Number, body: DateIn, key: IdempotencyKey) -> Status[dict[str, Any]]:
    """Name another day for a delivery; it moves when both sides have named the same. Needs `excuse`, at either side."""
    done = actions.propose_date(by=request.auth, key=key, duty=duty, on=body.on, reason=body.reason)
    return Status(201, done)


@router.get("/conflicts", response={200: ConflictsOut, **READ_PROBLEMS}, operation_id="list_conflicts")
def list_conflicts(request: Call, limit: PageSize = 100, offset: Number = 0) -> dict[str, Any]:
    """List the conflicts of clauses on errands of the caller's side, latest first."""
    rows = conflicts.seen_by(request.auth)
    total = rows.count()
    page = list(rows[offset : offset + limit]) if offset < total else []
    standing = conflicts.standing(page)
    return {
        "total": total,
        "next_offset": offset + limit if offset + limit < total else None,
        "conflicts": [_conflict(row, standing[row.pk]) for row in page],
    }


@router.get(
    "/conflicts/{conflict}", response={200: ConflictOut, **READ_PROBLEMS}, operation_id="show_conflict"
)
def show_conflict(request: Call, conflict: Number) -> dict[str, Any]:
    """Show one conflict of clauses: what the offices have said, and which clause rules."""
    row = conflicts.one(request.auth, conflict)
    return _conflict(row, conflicts.standing([row])[row.pk])


@router.post(
    "/conflicts/{conflict}/ruling", response={201: RuledOut, **WRITE_PROBLEMS}, operation_id="rule_conflict"
)
def rule(request: Call, conflict: Number, body: RuleIn, key: IdempotencyKey) -> Status[dict[str, Any]]:
    """Say which clause shall rule. Needs `excuse`, at a coordination office of the two sides."""
    done = actions.settle_conflict(
        by=request.auth, key=key, conflict=conflict, clause=body.clause, reason=body.reason
    )
    return Status(201, done)


@router.get(
    "/matters/{number}",
    response={200: MatterOut, **READ_PROBLEMS},
    tags=["matters"],
    operation_id="show_matter",
)
def show_matter(request: Call, number: Word) -> dict[str, Any]:
    """Show a matter that the caller's desk has a part in."""
    reader = request.auth
    row = queries.matter(reader, number)
    seen = threads.of_matters(reader, [row])[row.number]
    whole_seen = queries.sees_whole(reader, row) or row.kind in {"period", "task"}
    facts = events.heads(row) if whole_seen else []
    now = clock.now()
    return {
        "number": row.number,
        "kind": row.kind,
        "title": seen.title,
        "state": row.state,
        "drill": row.drill,
        "opened_at": local(row.opened_at),
        "closed_at": local(row.closed_at),
        "facts": [{"type": e.type, "known_at": local(e.known_at), "data": e.data} for e in facts],
        "duties": [duty_out(d, now) for d in queries.duties_in(reader, [number], absorbed=False)[:500]],
        "url": f"/api/v1/matters/{row.number}",
    }


@router.post(
    "/matters/{number}/withdrawal",
    response={201: WithdrawnOut, **WRITE_PROBLEMS},
    tags=["matters"],
    operation_id="withdraw_matter",
)
def withdraw_matter(
    request: Call, number: Word, body: ReasonIn, key: IdempotencyKey
) -> Status[dict[str, Any]]:
    """Take back what the own office told by mistake, a milestone or a result. Needs what telling it needs.

    What it opened is void, and who was told is told so. An incident is withdrawn by its own operation.
    """
    event = withdrawing.event_of(request.auth, number)
    done = actions.withdraw(event, by=request.auth, key=key, reason=body.reason)
    return Status(201, {"matter": number} | done)


@router.get(
    "/matters/{number}/explanation",
    response={200: list[ReasonOut], **READ_PROBLEMS},
    tags=["matters"],
    operation_id="explain_matter",
)
def explain_matter(request: Call, number: Word) -> list[dict[str, Any]]:
    """Say why the duties of a matter stand: every clause that was looked at, and each duty with its clock."""
    found = explain.explain(request.auth, queries.matter(request.auth, number))
    return [explain.as_json(reason) for reason in found]


def whole(reader: Any, row: Duty) -> dict[str, Any]:
    """Return a duty with everything behind it."""
    page = duty_pages.page(reader, row)
    cause, done = page.cause, page.done
    return (
        duty_out(row, clock.now())
        | moves_out(row)
        | {
            "opened_by": {
                "ref": row.opened_by,
                "words": cause.words,
                "desk": cause.desk,
                "occurred_at": local(cause.occurred_at),
                "known_at": local(cause.known_at),
                "recorded_at": local(cause.recorded_at),
                "state": cause.state,
            },
            "counted": {
                "limit": page.count.limit,
                "starts": page.count.start,
                "calendar": page.count.calendar,
                "provisional": page.count.provisional,
                "lines": [
                    {"first": line.first, "last": line.last, "counts": line.counts, "said": line.said}
                    for line in page.count.lines
                ],
            },
            "deadlines": [
                {"words": d.words, "at": local(d.at), "rules": d.rules, "scored": d.scored}
                for d in page.deadlines
            ],
            "escalation": [
                {
                    "step": r.step,
                    "at": local(r.at),
                    "rung_at": local(r.rung_at),
                    "posts": list(r.post_ids),
                    "skipped": r.skipped,
                }
                for r in page.rungs
            ],
            "on_agenda": page.on_agenda,
            "told": {
                "act": done.performance.act,
                "desk": done.performance.desk_id,
                "post": done.performance.post,
                "channel": done.performance.channel,
                "delivered_at": local(done.performance.delivered_at),
                "carried": {k: str(v) for k, v in done.performance.carried.items()},
                "withheld": [[str(part) for part in pair] for pair in done.performance.withheld],
            }
            if done
            else None,
            "withheld": [[str(part) for part in pair] for pair in row.wanted.get("withheld", ())],
            "rounds": [
                {"id": r.pk, "round": r.round, "state": r.state, "due_at": local(r.due_at)}
                for r in page.rounds
            ],
            "entries": [entry.index for entry in page.entries],
        }
    )


def _conflict(row: ClauseConflict, standing: dict[str, Duty]) -> dict[str, Any]:
    return {
        "id": row.pk,
        "thread": row.thread,
        "bound_desk": row.bound_desk_id,
        "owed_desk": row.owed_desk_id,
        "clauses": [row.one_id, row.other_id],
        "offices": [
            {
                "office": office,
                "clause": str(row.votes.get(office, {}).get("clause", "")),
                "reason": str(row.votes.get(office, {}).get("reason", "")),
            }
            for office in conflicts.offices(row)
        ],
        "ruling": row.ruling_id,
        "opened_at": local(row.opened_at),
        "settled_at": local(row.settled_at),
        "open": row.ruling_id is None and len(standing) == 2,
        "url": f"/api/v1/conflicts/{row.pk}",
    }
