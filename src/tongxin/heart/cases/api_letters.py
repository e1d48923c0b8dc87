"""API of a desk for what applicants write: the letters to it, its answers, a word to the applicant, the slip."""

from __future__ import annotations

from typing import Any

from ninja import Field, Router, Schema
from ninja.responses import Status

from tongxin.heart.agreements.api import local
from tongxin.heart.cases import actions, letters
from tongxin.heart.exchange.api_parts import (
    READ_PROBLEMS,
    WRITE_PROBLEMS,
    Call,
    IdempotencyKey,
    Number,
    Text,
    Word,
)

router = Router(tags=["applicants"])
MOST = 500


class LetterOut(Schema):
    """What an applicant wrote to the caller's desk."""

    id: int
    case: str
    kind: str
    field: str = Field(description="Of a correction; then `text` is what it should say")
    text: str
    at: str
    answer: str
    answered_at: str | None


class AnswerIn(Schema):
    """The answer; of a correction, whether the field is changed."""

    text: Text
    take: bool | None = None


class TellIn(Schema):
    """A word to the applicant."""

    text: Text


class LetterDone(Schema):
    """The letter."""

    case: str
    letter: int


class SlipOut(Schema):
    """The slip; `secret` is told the first time alone and kept nowhere."""

    case: str
    secret: str | None = None


@router.get("/letters", response={200: list[LetterOut], **READ_PROBLEMS}, operation_id="list_letters")
def list_letters(request: Call) -> list[dict[str, Any]]:
    """List what applicants wrote to the caller's desk, at most 500: what waits first, the oldest on top."""
    return [
        {
            "id": row.pk,
            "case": row.case_id,
            "kind": row.kind,
            "field": row.field,
            "text": row.text,
            "at": local(row.at),
            "answer": row.answer,
            "answered_at": local(row.answered_at),
        }
        for row in letters.to_desk(request.auth)[:MOST]
    ]


@router.post(
    "/letters/{letter}/answer", response={201: LetterDone, **WRITE_PROBLEMS}, operation_id="answer_letter"
)
def answer_letter(
    request: Call, letter: Number, body: AnswerIn, key: IdempotencyKey
) -> Status[dict[str, Any]]:
    """Answer what an applicant wrote to the caller's desk. Needs the capability `perform`."""
    return Status(201, actions.answer(by=request.auth, key=key, letter=letter, **body.dict()))


@router.post(
    "/cases/{number}/letters", response={201: LetterDone, **WRITE_PROBLEMS}, operation_id="tell_applicant"
)
def tell_applicant(request: Call, number: Word, body: TellIn, key: IdempotencyKey) -> Status[dict[str, Any]]:
    """Write to the applicant, at the accepting desk or the holder. Needs the capability `perform`."""
    return Status(201, actions.tell(by=request.auth, key=key, number=number, text=body.text))


@router.post("/cases/{number}/slip", response={201: SlipOut, **WRITE_PROBLEMS}, operation_id="make_slip")
def make_slip(request: Call, number: Word, key: IdempotencyKey) -> Status[dict[str, Any]]:
    """Make a tracking slip at the accepting desk; the one before stops working. Needs `file_case`."""
    return Status(201, actions.make_slip(by=request.auth, key=key, number=number))
