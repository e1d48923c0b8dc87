"""API of competence disputes: those of the caller's office or desk, one of them, the holder that an office names."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Field, Router, Schema
from ninja.responses import Status

from tongxin.heart.agreements.api import local
from tongxin.heart.cases import actions, disputes, silences
from tongxin.heart.cases.models import Dispute
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

router = Router(tags=["cases"])


class ProposalOut(Schema):
    """What an office proposed, and how the other one answered."""

    office: str
    holder: str
    reason: str
    at: str
    answer: str = Field(description="agreed, declined, or empty while it waits")


class DisputeOut(Schema):
    """A competence dispute. Instants are Beijing time with their offset."""

    id: int
    case: str
    state: str = Field(description="open, named or lapsed")
    offices: list[str] = Field(description="The coordination offices that name the holder together.")
    desks: list[str] = Field(description="Those with a part in the case: one of them is named.")
    due_at: str | None
    proposals: list[ProposalOut]
    holder: str | None
    epoch: int | None
    opened_at: str
    settled_at: str | None
    url: str


class DisputesOut(Schema):
    """A page of disputes, latest first."""

    total: int
    next_offset: int | None
    disputes: list[DisputeOut]


class HolderIn(Schema):
    """Who shall hold the case, and why."""

    holder: Word
    reason: Text


class NamedOut(Schema):
    """Whether both offices have named the same holder now; `epoch` is the case's."""

    dispute: int
    settled: bool
    holder: str
    epoch: int


@router.get("/disputes", response={200: DisputesOut, **READ_PROBLEMS}, operation_id="list_disputes")
def list_disputes(request: Call, limit: PageSize = 100, offset: Number = 0) -> dict[str, Any]:
    """List the competence disputes that the caller's office settles, or in whose case its desk has a part."""
    rows = disputes.seen_by(request.auth)
    total = rows.count()
    page = list(rows[offset : offset + limit]) if offset < total else []
    return {
        "total": total,
        "next_offset": offset + limit if offset + limit < total else None,
        "disputes": [_out(row) for row in page],
    }


@router.get("/disputes/{dispute}", response={200: DisputeOut, **READ_PROBLEMS}, operation_id="show_dispute")
def show_dispute(request: Call, dispute: Number) -> dict[str, Any]:
    """Show one competence dispute: what the offices have said, and who was named."""
    return _out(disputes.one(request.auth, dispute))


@router.post(
    "/disputes/{dispute}/holder", response={201: NamedOut, **WRITE_PROBLEMS}, operation_id="name_holder"
)
def name_holder(
    request: Call, dispute: Number, body: HolderIn, key: IdempotencyKey
) -> Status[dict[str, Any]]:
    """Propose a holder, or agree to the proposed one by naming the same. Needs `excuse`, at one of the two offices."""
    done = actions.name_holder(
        by=request.auth, key=key, dispute=dispute, holder=body.holder, reason=body.reason
    )
    return Status(201, done)


class SilentOut(Schema):
    """An offer whose time to be answered has passed. Instants are Beijing time."""

    offer: UUID
    case: str
    from_desk: str
    to_desk: str
    offered_at: str
    due_at: str


class CallIn(Schema):
    """Why both offices are called."""

    reason: Text


class CalledOut(Schema):
    """The dispute that was opened, and the offices that name a holder together."""

    dispute: int
    case: str
    offices: list[str]
    url: str


@router.get(
    "/silent-offers", response={200: list[SilentOut], **READ_PROBLEMS}, operation_id="list_silent_offers"
)
def list_silent_offers(request: Call) -> list[dict[str, Any]]:
    """List the offers without an answer that the caller's coordination office may put before both offices."""
    return [
        {
            "offer": made.pk,
            "case": made.case_id,
            "from_desk": made.from_desk_id,
            "to_desk": made.to_desk_id,
            "offered_at": local(made.offered_at),
            "due_at": local(due),
        }
        for made, due in silences.seen_by(request.auth)
    ]


@router.post(
    "/offers/{offer}/dispute", response={201: CalledOut, **WRITE_PROBLEMS}, operation_id="call_offices"
)
def call_offices(request: Call, offer: UUID, body: CallIn, key: IdempotencyKey) -> Status[dict[str, Any]]:
    """Put an offer that nobody answers before both coordination offices. Needs `excuse`, at one of the two."""
    done = actions.call_offices(by=request.auth, key=key, offer=str(offer), reason=body.reason)
    return Status(201, {**done, "url": f"/api/v1/disputes/{done['dispute']}"})


def _out(row: Dispute) -> dict[str, Any]:
    duties = [disputes.duty_of(row, office) for office in disputes.offices(row)]
    dues = [duty.due_at for duty in duties if duty]
    return {
        "id": row.pk,
        "case": row.case_id,
        "state": row.state,
        "offices": disputes.offices(row),
        "desks": disputes.desks_of(row),
        "due_at": local(min(dues)) if dues else None,
        "proposals": [
            {
                **{name: each[name] for name in ("office", "holder", "reason", "answer")},
                "at": local(datetime.fromisoformat(each["at"])),
            }
            for each in row.proposals
        ],
        "holder": row.holder_id,
        "epoch": row.epoch,
        "opened_at": local(row.opened_at),
        "settled_at": local(row.settled_at),
        "url": f"/api/v1/disputes/{row.pk}",
    }
