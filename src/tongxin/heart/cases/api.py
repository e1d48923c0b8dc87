"""API of cases: procedures, cases in which the caller's desk has a part, hand-overs and their answers, decisions."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema
from ninja.responses import Status

from tongxin.heart.agreements.api import DutyOut, Words, duty_out, local
from tongxin.heart.cases import actions, api_filters, api_states, queries, sightings, sights
from tongxin.heart.cases.models import Case, Offer
from tongxin.heart.exchange.api_parts import (
    PUBLIC_PROBLEMS,
    READ_PROBLEMS,
    WRITE_PROBLEMS,
    Call,
    IdempotencyKey,
    Line,
    Number,
    PageSize,
    Text,
    Word,
)
from tongxin.shared import clock
from tongxin.shared.named import Both

router = Router(tags=["cases"])

Stages = Literal["open", "mine", "offered", "decided", "all"]


class AskedOut(Schema):
    """What the applicant is asked for, and why."""

    id: str
    name: Words
    purpose: Words
    required: bool
    max_length: int
    kind: Literal["credit_code", "identity_number", "whole_number"] | None = Field(
        description="What is checked of the signs; null: nothing but the length"
    )


class PaperOut(Schema):
    """A paper that the procedure asks for."""

    id: str
    name: Words
    required: bool


class ProcedureOut(Schema):
    """The newest version of a procedure."""

    id: str
    name: str
    version: int
    field: str
    title: Words
    role: str = Field(description="The office role that decides, in the place where the matter lies.")
    promise: str = Field(description="ISO 8601 length of the promise to the applicant.")
    promise_clock: str
    applicant: list[AskedOut]
    papers: list[PaperOut]
    illustrative: bool


class OfferOut(Schema):
    """A hand-over as it stands."""

    id: UUID
    case: str
    from_desk: str
    to_desk: str
    clause: str
    epoch: int
    state: str = Field(description="offered, taken_over, returned or recalled")
    reason: str
    remark: str
    offered_at: str
    settled_at: str | None
    url: str


class CaseLineOut(Schema):
    """One line of the list. Instants are Beijing time with their offset."""

    number: str
    procedure: str
    state: str
    frozen: bool = Field(description="Offered: until the answer the holder may only recall.")
    epoch: int
    accepting_desk: str
    competent_desk: str
    holder: str
    filed_at: str
    accepted_at: str | None
    promise_due_at: str | None
    decided_at: str | None
    outcome: str
    illustrative: bool
    url: str


class WithheldOut(Schema):
    """A field that is not shared with the caller's desk, and why."""

    field: str
    why: str = Field(description="no_basis, barred, stopped, graded or over")
    bar: str = Field(description="The bar, or what stops it; empty: none")


class CaseOut(CaseLineOut):
    """A case; what the applicant gave is null for a desk that may see none of it, and lacks what is withheld."""

    applicant: dict[str, str] | None
    withheld: list[WithheldOut]
    papers: list[str] | None
    outcome_reason: str
    may: list[str] = Field(
        description="What the caller may do now, such as accept, offer, suspend, decide, review."
    )
    pauses: list[api_states.PauseOut]
    decisions: list[api_states.DecisionOut] = Field(description="All of them; the last one stands.")
    ended_why: str
    keep_until: str | None
    reviews: str | None = Field(description="The case whose decision or non-acceptance this one reviews")
    reviewed_by: list[str]
    offers: list[OfferOut]
    duties: list[DutyOut]


class CasesOut(Schema):
    """A page of cases, newest first; `next_after` leads on, at the same cost however far."""

    total: int = Field(
        description="How many there are, counted as far as 10,000; behind `after` where that is given"
    )
    total_more: bool = Field(description="Whether there are more than were counted")
    next_offset: int | None
    next_after: str | None = Field(description="What to ask for as `after` the next time, without an offset")
    cases: list[CaseLineOut]


class CaseFilter(Schema):
    """Which cases are wanted; all that is given must fit."""

    stage: Stages = "all"
    procedure: Word | None = None
    place: Word | None = Field(None, description="Accepts or decides")
    q: Line = Field("", description="Part of the number")
    limit: PageSize = 100
    offset: Number = 0
    after: Line = Field(
        "", description="The `next_after` of the page before: only what comes behind it is listed"
    )


class FileIn(Schema):
    """An application that was handed in."""

    procedure: Word
    decide_at: Word = Field(description="The jurisdiction where the matter lies, such as `bj-tongzhou`")
    applicant: dict[Word, Line] = Field(max_length=40)
    papers: list[Word] = Field(default_factory=list, max_length=60)


class FiledOut(Schema):
    """The new case."""

    case: str
    url: str


class AcceptedOut(Schema):
    """The promise that begins with the acceptance."""

    case: str
    promise_due_at: str


class OfferIn(Schema):
    """To whom; `epoch` says which state of the case was seen."""

    to_desk: Word
    epoch: Number


class OfferedOut(Schema):
    """The offer, and until when it is to be answered."""

    case: str
    offer: UUID
    answer_due_at: str
    url: str


class ReturnIn(Schema):
    """A reason that the clause lists, and a remark."""

    reason: Word
    remark: Text = ""


class HeldOut(Schema):
    """Who holds the case after the answer."""

    case: str
    holder: str
    epoch: int


class RecalledOut(HeldOut):
    """Who holds the case after an offer was asked back."""

    settled: bool = Field(
        description="False where the other office works at another node: the case stays frozen until it answers."
    )


class DecideIn(Schema):
    """The decision; a refusal needs reasons."""

    outcome: Literal["granted", "refused"]
    reason: Text = ""
    epoch: Number


class DecidedOut(Schema):
    """The outcome."""

    case: str
    outcome: str


@router.get(
    "/procedures",
    response={200: list[ProcedureOut], **PUBLIC_PROBLEMS},
    auth=None,
    operation_id="list_procedures",
)
def list_procedures(request: Call) -> list[dict[str, Any]]:
    """List the procedures, newest versions. Anyone may read them."""
    return [
        {
            "id": row.id,
            "name": row.name,
            "version": row.version,
            "field": row.field,
            "title": _both(read.title),
            "role": read.role,
            "promise": read.model_dump(mode="json")["promise"]["within"],
            "promise_clock": read.promise.clock,
            "applicant": [
                {
                    "id": asked.id,
                    "name": _both(asked.name),
                    "purpose": _both(asked.purpose),
                    "required": asked.required,
                    "max_length": asked.max_length,
                    "kind": asked.kind,
                }
                for asked in read.applicant
            ],
            "papers": [{"id": p.id, "name": _both(p.name), "required": p.required} for p in read.papers],
            "illustrative": row.illustrative,
        }
        for row, read in queries.procedures()
    ]


@router.get("/cases", response={200: CasesOut, **READ_PROBLEMS}, operation_id="list_cases")
def list_cases(request: Call, wanted: Query[CaseFilter]) -> dict[str, Any]:
    """List the cases in which the caller's desk has a part."""
    api_filters.need_known(procedure=wanted.procedure, place=wanted.place)
    asked = {
        "stage": wanted.stage,
        "procedure": wanted.procedure or "",
        "place": wanted.place or "",
        "q": wanted.q,
    }
    listing = queries.listed(request.auth, **asked)
    page, more, total = listing.page(wanted.offset, wanted.limit, wanted.after)
    return {
        "total": total.n,
        "total_more": total.more,
        "next_offset": wanted.offset + wanted.limit if more else None,
        "next_after": listing.mark(page[-1]) if more else None,
        "cases": [line_out(row) for row in queries.in_order(request.auth, page)],
    }


@router.post("/cases", response={201: FiledOut, **WRITE_PROBLEMS}, operation_id="file_case")
def file_case(
    request: Call, body: FileIn, key: IdempotencyKey, response: HttpResponse
) -> Status[dict[str, Any]]:
    """Take an application in at the caller's desk. Needs the capability `file_case`."""
    done = actions.file_case(
        by=request.auth,
        key=key,
        procedure=body.procedure,
        decide_at=body.decide_at,
        applicant={str(name): str(text) for name, text in body.applicant.items()},
        papers=[str(paper) for paper in body.papers],
    )
    url = f"/api/v1/cases/{done['case']}"
    response["Location"] = url
    return Status(201, {**done, "url": url})


@router.get("/cases/{number}", response={200: CaseOut, **READ_PROBLEMS}, operation_id="show_case")
def show_case(request: Call, number: Word) -> dict[str, Any]:
    """Show one case; 404 for a desk without a part in it."""
    row = queries.case(request.auth, number)
    now = clock.now()
    offers = queries.offers_of(row)
    seen = sights.sight(request.auth.desk, row, offers)
    sightings.note(row, seen)
    sees, withheld = seen.sees("papers"), seen.withheld()
    may = queries.possible(request.auth, row)
    return line_out(row) | {
        "applicant": seen.given(row) if len(withheld) < len(seen.names) else None,
        "withheld": [{"field": n, "why": a.why_not, "bar": a.bar} for n, a in withheld.items()],
        "papers": row.papers if sees else None,
        "outcome_reason": row.outcome_reason if sees else "",
        "may": may.names,
        **api_states.of_case(row, sees=sees),
        "offers": [
            _offer(made, readable=queries.sees_remark(request.auth.desk, made, sees=sees)) for made in offers
        ],
        "duties": [duty_out(duty, now) for duty in queries.duties_of(row)],
    }


@router.post(
    "/cases/{number}/acceptance", response={201: AcceptedOut, **WRITE_PROBLEMS}, operation_id="accept_case"
)
def accept_case(request: Call, number: Word, key: IdempotencyKey) -> Status[dict[str, Any]]:
    """Accept a received case: the promise to the applicant begins. Needs the capability `file_case`."""
    done = actions.accept_case(by=request.auth, key=key, number=number)
    return Status(201, done | {"promise_due_at": _local(done["promise_due_at"])})


@router.post(
    "/cases/{number}/offers", response={201: OfferedOut, **WRITE_PROBLEMS}, operation_id="offer_case"
)
def offer_case(
    request: Call, number: Word, body: OfferIn, key: IdempotencyKey, response: HttpResponse
) -> Status[dict[str, Any]]:
    """Offer the case to another desk, under a clause that binds both. Needs the capability `hand_over`."""
    done = actions.offer(by=request.auth, key=key, number=number, to_desk=body.to_desk, epoch=body.epoch)
    url = f"/api/v1/offers/{done['offer']}"
    response["Location"] = url
    return Status(201, done | {"answer_due_at": _local(done["answer_due_at"]), "url": url})


@router.get("/offers/{offer}", response={200: OfferOut, **READ_PROBLEMS}, operation_id="show_offer")
def show_offer(request: Call, offer: UUID) -> dict[str, Any]:
    """Show one offer of a case in which the caller's desk has a part."""
    made = queries.offer(request.auth, str(offer))
    desk = request.auth.desk
    return _offer(
        made, readable=queries.sees_remark(desk, made, sees=queries.sees_applicant(desk, made.case))
    )


@router.post(
    "/offers/{offer}/take-over", response={201: HeldOut, **WRITE_PROBLEMS}, operation_id="take_over_offer"
)
def take_over_offer(request: Call, offer: UUID, key: IdempotencyKey) -> Status[dict[str, Any]]:
    """Take an offered case over; the receiver alone settles an offer. Needs the capability `take_over`."""
    return Status(201, actions.take_over(by=request.auth, key=key, offer_id=str(offer)))


@router.post("/offers/{offer}/return", response={201: HeldOut, **WRITE_PROBLEMS}, operation_id="return_offer")
def return_offer(request: Call, offer: UUID, body: ReturnIn, key: IdempotencyKey) -> Status[dict[str, Any]]:
    """Return an offered case with a reason that the clause lists. Needs the capability `take_over`."""
    done = actions.return_over(
        by=request.auth, key=key, offer_id=str(offer), reason=body.reason, remark=body.remark
    )
    return Status(201, done)


@router.post(
    "/offers/{offer}/recall", response={201: RecalledOut, **WRITE_PROBLEMS}, operation_id="recall_offer"
)
def recall_offer(request: Call, offer: UUID, key: IdempotencyKey) -> Status[dict[str, Any]]:
    """Recall an offer that was not answered. Needs the capability `hand_over`."""
    return Status(201, actions.recall(by=request.auth, key=key, offer_id=str(offer)))


@router.post(
    "/cases/{number}/decision", response={201: DecidedOut, **WRITE_PROBLEMS}, operation_id="decide_case"
)
def decide_case(request: Call, number: Word, body: DecideIn, key: IdempotencyKey) -> Status[dict[str, Any]]:
    """Decide the case, as its holder and competent desk. Needs the capability `decide`."""
    done = actions.decide(
        by=request.auth, key=key, number=number, epoch=body.epoch, outcome=body.outcome, reason=body.reason
    )
    return Status(201, done)


def _local(written: str) -> str:
    """Return an instant that an act wrote down as the API tells it; empty where there is none."""
    return (local(datetime.fromisoformat(written)) or "") if written else ""


def _both(words: Both) -> dict[str, str]:
    return {"zh": words.zh, "en": words.en}


def line_out(row: Case) -> dict[str, Any]:
    return {
        "number": row.number,
        "procedure": row.procedure_id,
        "state": row.state,
        "frozen": row.frozen_by_id is not None,
        "epoch": row.epoch,
        "accepting_desk": row.accepting_desk_id,
        "competent_desk": row.competent_desk_id,
        "holder": row.holder_id,
        "filed_at": local(row.filed_at),
        "accepted_at": local(row.accepted_at),
        "promise_due_at": local(row.promise_due_at),
        "decided_at": local(row.decided_at),
        "outcome": row.outcome,
        "illustrative": row.illustrative,
        "url": f"/api/v1/cases/{row.number}",
    }


def _offer(made: Offer, *, readable: bool) -> dict[str, Any]:
    return {
        "id": made.id,
        "case": made.case_id,
        "from_desk": made.from_desk_id,
        "to_desk": made.to_desk_id,
        "clause": made.clause_id,
        "epoch": made.epoch,
        "state": made.state,
        "reason": made.reason,
        "remark": made.remark if readable else "",
        "offered_at": local(made.offered_at),
        "settled_at": local(made.settled_at),
        "url": f"/api/v1/offers/{made.id}",
    }
