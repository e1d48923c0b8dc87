"""API of standing in: who stands in for whom, naming one, ending it early."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse
from ninja import Field, Router, Schema
from ninja.responses import Status

from tongxin.heart.exchange.api_parts import (
    READ_PROBLEMS,
    WRITE_PROBLEMS,
    Call,
    IdempotencyKey,
    Number,
    Word,
)
from tongxin.heart.region.models import Substitution
from tongxin.site.people import stand_ins

router = Router(tags=["people"])


class SubstitutionOut(Schema):
    """Who stands in for a post, from a day until the first on which nobody does any more. Persons are numbers."""

    id: int
    post: str
    absent: int
    stand_in: int
    own_post: str = Field(description="The stand-in's own post, by which the ledger names them")
    valid_from: date
    valid_until: date


class SubstitutionIn(Schema):
    """Whom to name, for which holder of which post; see `list_colleagues` for the numbers of persons."""

    post: Word
    absent: Number
    stand_in: Number
    valid_from: date
    valid_until: date


class NamedOut(Schema):
    """The new substitution."""

    substitution: int


class EndedOut(Schema):
    """When it was ended."""

    substitution: int
    ended_at: str


@router.get(
    "/substitutions",
    response={200: list[SubstitutionOut], **READ_PROBLEMS},
    operation_id="list_substitutions",
)
def list_substitutions(request: Call) -> list[dict[str, Any]]:
    """List the substitutions that run or are to come and concern the caller's post."""
    return [_out(row) for row in stand_ins.seen(request.auth).distinct()]


@router.post("/substitutions", response={201: NamedOut, **WRITE_PROBLEMS}, operation_id="name_stand_in")
def name_stand_in(
    request: Call, body: SubstitutionIn, key: IdempotencyKey, response: HttpResponse
) -> Status[dict[str, Any]]:
    """Name a stand-in. Needs a post that leads its office, or the administrator's."""
    done = stand_ins.name_stand_in(
        by=request.auth,
        key=key,
        post=str(body.post),
        absent=body.absent,
        stand_in=body.stand_in,
        valid_from=body.valid_from,
        valid_until=body.valid_until,
    )
    return Status(201, done)


@router.post(
    "/substitutions/{substitution}/end",
    response={200: EndedOut, **WRITE_PROBLEMS},
    operation_id="end_substitution",
)
def end_substitution(request: Call, substitution: Number, key: IdempotencyKey) -> dict[str, Any]:
    """End a substitution before its last day."""
    return stand_ins.end(by=request.auth, key=key, substitution=substitution)


def _out(row: Substitution) -> dict[str, Any]:
    return {
        "id": row.pk,
        "post": row.post_id,
        "absent": row.absent_id,
        "stand_in": row.stand_in_id,
        "own_post": row.own_post,
        "valid_from": row.valid_from,
        "valid_until": row.valid_until,
    }
