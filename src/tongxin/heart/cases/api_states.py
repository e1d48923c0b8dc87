"""API of the states of a case: suspension, non-acceptance, withdrawal, voiding, closing, supersession, review."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from django.http import HttpResponse
from ninja import Field, Router, Schema
from ninja.responses import Status

from tongxin.heart.agreements.api import local
from tongxin.heart.cases import actions, queries
from tongxin.heart.cases.models import Case
from tongxin.heart.exchange.api_parts import WRITE_PROBLEMS, Call, IdempotencyKey, Number, Text, Word

router = Router(tags=["cases"])


class PauseOut(Schema):
    """A suspension; `until` is null while it lasts, what was asked for null for a desk that may not see it."""

    since: str
    until: str | None
    ground: str
    missing: list[str] | None
    facts: str | None


class DecisionOut(Schema):
    """A decision; `review` is the review that made it, where the competent desk did not."""

    number: int
    outcome: str
    reason: str
    desk: str
    at: str
    supersedes: int | None
    review: str | None


class StateOut(Schema):
    """How the case stands after the act."""

    case: str
    state: str
    promise_due_at: str | None
    keep_until: str | None


class NotAcceptIn(Schema):
    """A ground that the procedure lists; what is missing is told once and all together."""

    ground: Word
    missing: list[Word] = Field(default_factory=list, max_length=60)
    remark: Text = ""


class SuspendIn(Schema):
    """A ground that the procedure lists, and everything that is asked for; `epoch` says which state was seen."""

    ground: Word
    missing: list[Word] = Field(default_factory=list, max_length=60)
    facts: Text = ""
    epoch: Number


class ResumeIn(Schema):
    """The papers that arrived, or that the ground has ended."""

    arrived: list[Word] = Field(default_factory=list, max_length=60)
    ended: bool = False
    epoch: Number


class ReasonIn(Schema):
    """The reason."""

    reason: Text


class SupersedeIn(Schema):
    """The new decision, and why it supersedes the desk's own."""

    outcome: Literal["granted", "refused"]
    reason: Text
    epoch: Number


class SupersededOut(Schema):
    """The decision that stands now."""

    case: str
    outcome: str
    decision: int


class ReviewOut(Schema):
    """The review's case, and the desk that reviews."""

    case: str
    reviews: str
    reviewer: str
    url: str


class ConcludeIn(Schema):
    """How the review ends."""

    outcome: Literal["upheld", "changed", "sent_back"]
    reason: Text
    epoch: Number


class ConcludedOut(Schema):
    """How the review ended, and the state of the case that it was about."""

    case: str
    outcome: str
    reviews: str
    state: str


@router.post(
    "/cases/{number}/non-acceptance",
    response={201: StateOut, **WRITE_PROBLEMS},
    operation_id="not_accept_case",
)
def not_accept(request: Call, number: Word, body: NotAcceptIn, key: IdempotencyKey) -> Status[dict[str, Any]]:
    """Do not accept a received case, on a listed ground. Needs `file_case`."""
    actions.not_accept(
        by=request.auth,
        key=key,
        number=number,
        ground=body.ground,
        missing=[str(each) for each in body.missing],
        remark=body.remark,
    )
    return _stands(request, number)


@router.post(
    "/cases/{number}/suspension", response={201: StateOut, **WRITE_PROBLEMS}, operation_id="suspend_case"
)
def suspend(request: Call, number: Word, body: SuspendIn, key: IdempotencyKey) -> Status[dict[str, Any]]:
    """Suspend a case as its holder: the promise and the holder's duties stand still. Needs `perform`."""
    actions.suspend(
        by=request.auth,
        key=key,
        number=number,
        epoch=body.epoch,
        ground=body.ground,
        missing=[str(each) for each in body.missing],
        facts=body.facts,
    )
    return _stands(request, number)


@router.post(
    "/cases/{number}/resumption", response={201: StateOut, **WRITE_PROBLEMS}, operation_id="resume_case"
)
def resume(request: Call, number: Word, body: ResumeIn, key: IdempotencyKey) -> Status[dict[str, Any]]:
    """Resume a suspended case as its holder: the days of the suspension do not count. Needs `perform`."""
    actions.resume(
        by=request.auth,
        key=key,
        number=number,
        epoch=body.epoch,
        arrived=[str(each) for each in body.arrived],
        ended=body.ended,
    )
    return _stands(request, number)


@router.post(
    "/cases/{number}/withdrawal", response={201: StateOut, **WRITE_PROBLEMS}, operation_id="withdraw_case"
)
def withdraw(request: Call, number: Word, body: ReasonIn, key: IdempotencyKey) -> Status[dict[str, Any]]:
    """Record, as the accepting desk, that the applicant withdraws. Needs `file_case`."""
    actions.withdraw(by=request.auth, key=key, number=number, reason=body.reason)
    return _stands(request, number)


@router.post("/cases/{number}/voiding", response={201: StateOut, **WRITE_PROBLEMS}, operation_id="void_case")
def void(request: Call, number: Word, body: ReasonIn, key: IdempotencyKey) -> Status[dict[str, Any]]:
    """Void a filing of the own desk that was made in error, before it is accepted. Needs `file_case`."""
    actions.void(by=request.auth, key=key, number=number, reason=body.reason)
    return _stands(request, number)


@router.post("/cases/{number}/closing", response={201: StateOut, **WRITE_PROBLEMS}, operation_id="close_case")
def close(request: Call, number: Word, key: IdempotencyKey) -> Status[dict[str, Any]]:
    """Conclude a decided case, as the accepting desk that told the applicant. Needs `file_case`."""
    actions.close(by=request.auth, key=key, number=number)
    return _stands(request, number)


@router.post(
    "/cases/{number}/supersession",
    response={201: SupersededOut, **WRITE_PROBLEMS},
    operation_id="supersede_decision",
)
def supersede(request: Call, number: Word, body: SupersedeIn, key: IdempotencyKey) -> Status[dict[str, Any]]:
    """Put a new decision in the place of the desk's own; both stay. Needs `decide`."""
    done = actions.supersede(
        by=request.auth, key=key, number=number, epoch=body.epoch, outcome=body.outcome, reason=body.reason
    )
    return Status(201, done)


@router.post(
    "/cases/{number}/reviews", response={201: ReviewOut, **WRITE_PROBLEMS}, operation_id="review_case"
)
def review(
    request: Call, number: Word, body: ReasonIn, key: IdempotencyKey, response: HttpResponse
) -> Status[dict[str, Any]]:
    """Open a review of a decision or a non-acceptance, as the accepting desk. Needs `file_case`."""
    done = actions.review(by=request.auth, key=key, number=number, reason=body.reason)
    url = f"/api/v1/cases/{done['case']}"
    response["Location"] = url
    return Status(201, {**done, "url": url})


@router.post(
    "/cases/{number}/review-result",
    response={201: ConcludedOut, **WRITE_PROBLEMS},
    operation_id="conclude_review",
)
def conclude(request: Call, number: Word, body: ConcludeIn, key: IdempotencyKey) -> Status[dict[str, Any]]:
    """End a review, as the desk that reviews. Needs `review`."""
    done = actions.conclude(
        by=request.auth, key=key, number=number, epoch=body.epoch, outcome=body.outcome, reason=body.reason
    )
    return Status(201, done)


def of_case(row: Case, *, sees: bool) -> dict[str, Any]:
    """Return what a case's description says of its states."""
    return {
        "pauses": [
            {
                "since": local(datetime.fromisoformat(p["from"])),
                "until": local(datetime.fromisoformat(p["until"])) if p["until"] else None,
                "ground": p["ground"],
                "missing": p["missing"] if sees else None,
                "facts": p["facts"] if sees else None,
            }
            for p in row.pauses
        ],
        "decisions": [
            {
                "number": made.number,
                "outcome": made.outcome,
                "reason": made.reason if sees else "",
                "desk": made.desk_id,
                "at": local(made.at),
                "supersedes": made.number - 1 if made.supersedes_id else None,
                "review": made.review_id,
            }
            for made in queries.decisions(row)
        ],
        "ended_why": row.ended_why,
        "keep_until": local(row.keep_until),
        "reviews": row.reviews_id,
        "reviewed_by": list(row.reviewed_by.order_by("number").values_list("number", flat=True)),
    }


def _stands(request: Call, number: str) -> Status[dict[str, Any]]:
    row = queries.case(request.auth, number)
    return Status(
        201,
        {
            "case": row.number,
            "state": row.state,
            "promise_due_at": local(row.promise_due_at),
            "keep_until": local(row.keep_until),
        },
    )
