"""API of the desk's day: its lists by key, whose table a case lies on, one act for several cases."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema
from ninja.responses import Status

from tongxin.heart.agreements.api import Words, local
from tongxin.heart.cases import actions, api, api_filters, bulk, inbox, screens_inbox, views
from tongxin.heart.cases.models import BulkRun
from tongxin.heart.exchange.api_parts import (
    READ_PROBLEMS,
    WRITE_PROBLEMS,
    Call,
    IdempotencyKey,
    Line,
    Number,
    PageSize,
    Word,
)
from tongxin.heart.region import colleagues

router = Router(tags=["cases"])

Tab = Literal["new", "offered", "hands", "mine", "waiting", "asked", "overdue", "soon", "decided"]
State = Literal["filed", "accepted", "in_hand", "suspended", "decided"]
Act = Literal["accept", "ask", "offer", "take_over", "return", "give", "close"]


class InboxLineOut(api.CaseLineOut):
    """A case of a list: what is due, why it stands there, who of the desk has it."""

    due_at: str | None
    why: str = Field(description="accept, answer, promise, others, applicant or told")
    waits: str = Field(description="The same in words")
    colleague: str


class InboxOut(Schema):
    """A page of a list, what is due first on top; `after` leads on, null at the end."""

    tab: str
    after: str | None
    cases: list[InboxLineOut]


class InboxFilter(Schema):
    """Which list is wanted, and by what it is narrowed."""

    tab: Tab = "hands"
    procedure: Word | None = None
    state: State | None = None
    side: Literal["here", "elsewhere"] | None = None
    q: Line = Field("", description="Part of the number or of the item's title")
    after: Line = Field("", description="`after` of the page before")
    limit: PageSize = 50


class CountsOut(Schema):
    """How many cases each list has; 1000 means: more than 999."""

    counts: dict[str, int]


class ColleagueOut(Schema):
    """Somebody who acts at the caller's desk today."""

    person: int
    name: str
    post: str
    post_name: Words
    stands_in: bool


class GiveIn(Schema):
    """To whom the case is given."""

    to: Number = Field(description="`person` of one of the desk's colleagues")


class GivenOut(Schema):
    """Who has the case now; null: nobody in particular."""

    case: str
    person: int | None


class SeenIn(Schema):
    """A case of a run; `mark` is what a dry run said of it: a case that has changed since is left out."""

    number: Word
    mark: Line = ""


class BulkIn(Schema):
    """One act for several cases. `dry_run` says what would happen and writes nothing."""

    act: Act
    cases: list[SeenIn] = Field(min_length=1, max_length=bulk.MOST)
    ground: Word | None = None
    missing: list[Word] = Field(default_factory=list, max_length=60)
    facts: Line = ""
    to_desk: Word | None = None
    to: Number | None = None
    reason: Word | None = Field(default=None, description="Of a return: one that the offer's clause lists")
    remark: Line = ""
    dry_run: bool = False


class OneOut(Schema):
    """What came of one case, or would."""

    number: str
    done: bool = Field(description="Of a dry run: whether it could be done")
    what: str = Field(description="Why not; of a dry run also what would happen")
    code: str = ""
    mark: str = ""


class BulkOut(Schema):
    """A run with what came of each case; of a dry run `run` is null."""

    run: UUID | None
    act: str
    ended: bool
    cases: list[OneOut]


@router.get("/inbox", response={200: InboxOut, **READ_PROBLEMS}, operation_id="list_inbox")
def list_inbox(request: Call, wanted: Query[InboxFilter]) -> dict[str, Any]:
    """List the cases of one list of the desk's day."""
    api_filters.need_known(procedure=wanted.procedure)
    given = {name: value or "" for name, value in wanted.dict().items()}
    page = inbox.page(request.auth, views.asked(given), wanted.limit)
    return {
        "tab": wanted.tab,
        "after": page.after or None,
        "cases": [
            api.line_out(line.case)
            | {
                "due_at": local(line.due) if line.due else None,
                "why": line.why,
                "waits": str(screens_inbox.why(line)),
                "colleague": line.colleague,
            }
            for line in page.lines
        ],
    }


@router.get("/inbox/counts", response={200: CountsOut, **READ_PROBLEMS}, operation_id="count_inbox")
def count_inbox(request: Call) -> dict[str, Any]:
    """Count the lists of the desk's day."""
    return {"counts": inbox.counts(request.auth)}


@router.get(
    "/colleagues", response={200: list[ColleagueOut], **READ_PROBLEMS}, operation_id="list_colleagues"
)
def list_colleagues(request: Call) -> list[dict[str, Any]]:
    """List who acts at the caller's desk today."""
    return [
        {
            "person": each.person.pk,
            "name": each.name,
            "post": each.post.id,
            "post_name": {"zh": each.post.name_zh, "en": each.post.name_en},
            "stands_in": each.stands_in,
        }
        for each in colleagues.at(request.auth.desk)
    ]


@router.post("/cases/{number}/give", response={200: GivenOut, **WRITE_PROBLEMS}, operation_id="give_case")
def give_case(request: Call, number: Word, body: GiveIn, key: IdempotencyKey) -> dict[str, Any]:
    """Give a case to a colleague of the desk: it says on whose table it lies, and changes nobody's rights."""
    return actions.give(by=request.auth, key=key, number=number, to=body.to)


@router.post(
    "/cases/{number}/put-back", response={200: GivenOut, **WRITE_PROBLEMS}, operation_id="put_case_back"
)
def put_case_back(request: Call, number: Word, key: IdempotencyKey) -> dict[str, Any]:
    """Put a case back: it is the desk's, and nobody's in particular."""
    return actions.put_back(by=request.auth, key=key, number=number) | {"person": None}


@router.post(
    "/bulk-runs", response={200: BulkOut, 201: BulkOut, **WRITE_PROBLEMS}, operation_id="act_on_several"
)
def act_on_several(
    request: Call, body: BulkIn, key: IdempotencyKey, response: HttpResponse
) -> Status[dict[str, Any]]:
    """Do one act for several cases, each as an act of its own; the same key again goes on where it was cut off."""
    by = request.auth
    cases = [(str(each.number), str(each.mark)) for each in body.cases]
    given = {
        "ground": str(body.ground or ""),
        "missing": [str(paper) for paper in body.missing],
        "facts": str(body.facts),
        "to_desk": str(body.to_desk or ""),
        "to": body.to,
        "reason": str(body.reason or ""),
        "remark": str(body.remark),
    }
    if body.dry_run:
        bulk.need(by, body.act)
        found = bulk.chosen(by, [number for number, _mark in cases], people=body.act == "give")
        verdicts = bulk.judged(found, [number for number, _mark in cases], body.act, given)
        ones = [{"number": v.number, "done": v.yes, "what": v.says, "mark": v.mark} for v in verdicts]
        return Status(200, {"run": None, "act": body.act, "ended": False, "cases": ones})
    row = actions.run(by=by, key=key, name=body.act, given=given, cases=cases)
    response["Location"] = f"/api/v1/bulk-runs/{row.pk}"
    return Status(201, _run(row))


@router.get("/bulk-runs/{run}", response={200: BulkOut, **READ_PROBLEMS}, operation_id="show_run")
def show_run(request: Call, run: UUID) -> dict[str, Any]:
    """Show what came of each case of a run of the caller's desk."""
    return _run(bulk.run_of(request.auth, str(run)))


def _run(row: BulkRun) -> dict[str, Any]:
    done = bulk.done_of(row)
    return {
        "run": row.pk,
        "act": row.act,
        "ended": row.ended_at is not None,
        "cases": [
            {"number": number, "mark": mark, **done.get(number, {"done": False, "what": ""})}
            for number, mark in row.cases
        ],
    }
