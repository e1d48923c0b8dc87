"""API of joint decisions: what was put in a case, putting an outcome, answering it."""

from __future__ import annotations

from typing import Any, Literal

from ninja import Field, Router, Schema
from ninja.responses import Status

from tongxin.heart.agreements.api import local
from tongxin.heart.cases import actions, joints, queries, sights
from tongxin.heart.cases.models import Joint
from tongxin.heart.exchange.api_parts import (
    READ_PROBLEMS,
    WRITE_PROBLEMS,
    Call,
    IdempotencyKey,
    Number,
    Text,
    Word,
)

router = Router(tags=["cases"])


class JointOut(Schema):
    """What one desk put to the other. Reasons are null for a desk that may not see them."""

    id: str
    case: str
    from_desk: str
    to_desk: str
    outcome: str
    reason: str | None
    state: str = Field(description="put, agreed, differed or lapsed")
    put_at: str
    answer: str | None
    answered_at: str | None


class PutIn(Schema):
    """The outcome that is put; `epoch` says which state of the case was seen."""

    outcome: Literal["granted", "refused"]
    reason: Text = ""
    epoch: Number


class PutOut(Schema):
    """What the other desk answers by."""

    case: str
    joint: str
    to_desk: str


class AnswerIn(Schema):
    """Agree, or differ with a reason."""

    answer: Literal["agree", "differ"]
    reason: Text = ""


class AnsweredOut(Schema):
    """How the question stands, and the case's outcome; empty while nothing is decided."""

    case: str
    joint: str
    state: str
    outcome: str


@router.get(
    "/cases/{number}/joint-decisions",
    response={200: list[JointOut], **READ_PROBLEMS},
    operation_id="list_joint_decisions",
)
def list_joints(request: Call, number: Word) -> list[dict[str, Any]]:
    """List what was put for a joint decision of a case, first to last."""
    row = queries.case(request.auth, number)
    sees = sights.sight(request.auth.desk, row, queries.offers_of(row)).sees("papers")
    return [_out(each, sees=sees) for each in joints.of_case(row)]


@router.post(
    "/cases/{number}/joint-decisions", response={201: PutOut, **WRITE_PROBLEMS}, operation_id="put_joint"
)
def put_joint(request: Call, number: Word, body: PutIn, key: IdempotencyKey) -> Status[dict[str, Any]]:
    """Put an outcome to the desk that decides the case together with the caller's. Needs `decide`."""
    done = actions.put_joint(
        by=request.auth, key=key, number=number, epoch=body.epoch, outcome=body.outcome, reason=body.reason
    )
    return Status(201, done)


@router.post(
    "/joint-decisions/{joint}/answer",
    response={201: AnsweredOut, **WRITE_PROBLEMS},
    operation_id="answer_joint",
)
def answer_joint(request: Call, joint: Word, body: AnswerIn, key: IdempotencyKey) -> Status[dict[str, Any]]:
    """Agree to what was put, which decides the case, or differ. Needs `decide`, at the desk that was asked."""
    done = actions.answer_joint(by=request.auth, key=key, joint=joint, answer=body.answer, reason=body.reason)
    return Status(201, done)


def _out(row: Joint, *, sees: bool) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "case": row.case_id,
        "from_desk": row.from_desk_id,
        "to_desk": row.to_desk_id,
        "outcome": row.outcome,
        "reason": row.reason if sees else None,
        "state": row.state,
        "put_at": local(row.put_at),
        "answer": row.answer if sees else None,
        "answered_at": local(row.answered_at) if row.answered_at else None,
    }
