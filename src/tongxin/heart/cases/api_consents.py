"""API of consent: what the person concerned consented to in a case, given and withdrawn at the accepting desk."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from ninja import Field, Router, Schema
from ninja.responses import Status

from tongxin.heart.agreements.api import local
from tongxin.heart.cases import actions, consents, sights
from tongxin.heart.exchange.api_parts import (
    READ_PROBLEMS,
    WRITE_PROBLEMS,
    Call,
    IdempotencyKey,
    Line,
    Number,
    Word,
)
from tongxin.heart.region.holdings import today

router = Router(tags=["cases"])


class ConsentOut(Schema):
    """A consent: who, to which fields, for what, until when."""

    id: int
    who: str = Field(description="applicant, guardian or proxy")
    fields: list[str]
    purpose: str = Field(description="Empty: what the procedure asks the fields for")
    until: date | None = Field(description="The first day on which it no longer stands")
    given_at: str
    withdrawn_at: str | None
    stands: bool


class ConsentIn(Schema):
    """A consent that was given at the desk."""

    who: Literal["applicant", "guardian", "proxy"]
    fields: list[Word] = Field(
        max_length=40, description="Fields of the application; `papers` for the papers of the case"
    )
    purpose: Line = ""
    until: date | None = None


class ConsentedOut(Schema):
    """The consent that was recorded."""

    case: str
    consent: int


@router.get(
    "/cases/{number}/consents",
    response={200: list[ConsentOut], **READ_PROBLEMS},
    operation_id="list_consents",
)
def list_consents(request: Call, number: Word) -> list[dict[str, Any]]:
    """List the consents of a case, the latest first; 404 for a desk without a part in it."""
    _row, found = consents.of_case(request.auth, number)
    on = today()
    return [
        {
            "id": each.pk,
            "who": each.who,
            "fields": each.fields,
            "purpose": each.purpose,
            "until": each.until,
            "given_at": local(each.given_at),
            "withdrawn_at": local(each.withdrawn_at),
            "stands": sights.stands(each, on),
        }
        for each in found
    ]


@router.post(
    "/cases/{number}/consents", response={201: ConsentedOut, **WRITE_PROBLEMS}, operation_id="give_consent"
)
def give_consent(request: Call, number: Word, body: ConsentIn, key: IdempotencyKey) -> Status[dict[str, Any]]:
    """Record a consent, at the accepting desk. Needs the capability `file_case`."""
    done = actions.give_consent(
        by=request.auth,
        key=key,
        number=number,
        who=body.who,
        fields=[str(name) for name in body.fields],
        purpose=body.purpose,
        until=body.until,
    )
    return Status(201, done)


@router.post(
    "/consents/{consent}/withdrawal",
    response={201: ConsentedOut, **WRITE_PROBLEMS},
    operation_id="withdraw_consent",
)
def withdraw_consent(request: Call, consent: Number, key: IdempotencyKey) -> Status[dict[str, Any]]:
    """Record that a consent is withdrawn, at the accepting desk. Needs the capability `file_case`."""
    return Status(201, actions.withdraw_consent(by=request.auth, key=key, consent=consent))
