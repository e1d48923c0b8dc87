"""API of services: record that a result issued elsewhere was presented."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Router, Schema
from ninja.responses import Status

from tongxin.heart.exchange.api_parts import WRITE_PROBLEMS, Call, IdempotencyKey, Line, Word
from tongxin.petals.services import actions

router = Router(tags=["services"])


class ResultIn(Schema):
    """A result that was presented at the caller's desk."""

    kind: Word = Field(description="`lab_test`, `imaging`, `qualification` or `service_result`")
    what: Line = Field(description="What was tested, certified or decided; no name of a person")
    issued_by: Word = Field(description="The jurisdiction whose office issued it, such as `he-langfang`")
    reference: Word = Field(description="Number by which the issuing office finds it")
    drill: bool = False


class PresentedOut(Schema):
    """The matter that it opened, and the duties."""

    matter: str
    event: UUID
    duties: list[int]


@router.post("/results", response={201: PresentedOut, **WRITE_PROBLEMS}, operation_id="present_result")
def present_result(
    request: Call, body: ResultIn, key: IdempotencyKey, response: HttpResponse
) -> Status[dict[str, Any]]:
    """Record that a result issued elsewhere was presented; clauses of recognition make the duty to accept it.

    Needs the capability `perform`.
    """
    done = actions.present_result(by=request.auth, key=key, **body.dict())
    response["Location"] = f"/matters/{done['matter']}/"
    return Status(201, {name: done[name] for name in ("matter", "event", "duties")})
