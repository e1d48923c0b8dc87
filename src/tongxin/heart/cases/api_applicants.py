"""API for applicants, without a token: the same form, slip, page and acts as the screens. Rate-limited by address.

Every call that reads or changes a case carries number and secret in its body; nothing of them stands in an address.
"""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, File, Form, Router, Schema
from ninja.files import UploadedFile
from ninja.responses import Status

from tongxin.heart.agreements.api import local
from tongxin.heart.cases import actions, applicants, form_tokens, guesses, queries, slips, uploads, windows
from tongxin.heart.cases.actions import NOT_TAKEN
from tongxin.heart.cases.papers import recalled
from tongxin.heart.cases.papers_store import Unfit
from tongxin.heart.exchange.api_parts import PUBLIC_PROBLEMS, IdempotencyKey, Line, Problem, Text, Word
from tongxin.shared.addresses import client_address
from tongxin.shared.errors import Conflict, Invalid

router = Router(tags=["applicants"])
OPEN_PROBLEMS: dict[Any, Any] = {
    **PUBLIC_PROBLEMS, 400: Problem, 403: Problem, 404: Problem, 409: Problem, 422: Problem, 429: Problem
}  # fmt: skip


class NamedOut(Schema):
    """Something with its name in both languages."""

    id: str
    zh: str
    en: str


class FormOut(Schema):
    """A fresh form: `form` seals it for a day and is sent back with the application."""

    form: str
    fields: list[NamedOut] = Field(
        description="What is asked; `required` ones are told when they are missing"
    )
    papers: list[NamedOut]
    accept_at: list[str] = Field(description="Desks that take it in")
    decide_at: list[str] = Field(description="Places that may decide")


class UploadIn(Schema):
    """What is said with a file."""

    form: str = Field(max_length=1000)
    kind: Word


class KeptPaperOut(Schema):
    """A file that was taken in; `kept` is sent with the application within a day."""

    kept: str


class ApplyIn(Schema):
    """An application."""

    form: str = Field(max_length=1000)
    accept_at: Word
    decide_at: Word
    applicant: dict[Word, Line]
    papers: list[str] = Field(default=[], max_length=40, description="The `kept` of each paper")
    agreed: bool = Field(
        description="What the data are for and who sees them was read; what is given is true"
    )


class AppliedOut(Schema):
    """The slip: the secret is told here and kept nowhere."""

    case: str
    secret: str


class OpenIn(Schema):
    """Number and secret of the slip."""

    number: str = Field(max_length=20)
    secret: str = Field(max_length=40)


class SeenOut(Schema):
    """Who saw what, why, when."""

    desk: str
    what: str
    why: str
    clause: str
    at: str


class DecidedOut(Schema):
    """A decision."""

    outcome: str
    reason: str
    desk: str
    at: str
    superseded: bool


class WrittenOut(Schema):
    """A letter and its answer."""

    kind: str
    desk: str
    text: str
    at: str
    answer: str
    answered_at: str | None


class HandedInOut(Schema):
    """A paper that the applicant handed in: a file, or seen as an original (then without name, size and hash)."""

    kind: str
    name: str = ""
    type: str = ""
    size: int | None = None
    sha256: str = ""
    at: str | None
    replaced: bool = False


class TrackOut(Schema):
    """A case as its applicant sees it."""

    number: str
    procedure: str
    state: str
    lead: str
    next: str
    holder: str
    decided_by: str
    contact: str
    promise_due_at: str | None
    missing: list[str] = Field(description="Papers that are asked for now, all together")
    asked: str = Field(description="What else is asked")
    given: dict[str, str]
    papers: list[HandedInOut]
    seen: list[SeenOut]
    seen_elsewhere: bool = Field(
        description="Offices at other nodes have a part; what they saw since their last act is not in `seen` yet"
    )
    decisions: list[DecidedOut]
    letters: list[WrittenOut]
    may: list[str]


class ActIn(OpenIn):
    """One of the applicant's acts; `may` of the case says which are possible now."""

    do: Literal["supply", "message", "complaint", "correction", "withdraw", "review", "rate"]
    text: Text = Field("", description="The message, reason, answer or remark; of a correction the new value")
    field: Line = Field("", description="Of a correction")
    stars: int = Field(0, ge=0, le=5)
    papers: list[str] = Field(default=[], max_length=40, description="Of supply: the `kept` of each paper")


class DoneOut(Schema):
    """The case after the act."""

    case: str


@router.get(
    "/applications/form",
    response={200: FormOut, **OPEN_PROBLEMS},
    auth=None,
    operation_id="application_form",
)
def application_form(request: HttpRequest, procedure: Word) -> dict[str, Any]:
    """Return a fresh form of a procedure: what it asks, and the seal that is sent back with the application."""
    row, read = queries.procedure(procedure)
    desks = windows.taking(read)
    return {
        "form": form_tokens.new(row.name).sealed,
        "fields": [{"id": f.id, "zh": f.name.zh, "en": f.name.en} for f in read.applicant],
        "papers": [{"id": p.id, "zh": p.name.zh, "en": p.name.en} for p in read.papers],
        "accept_at": [desk.id for desk in desks],
        "decide_at": [place.id for place in windows.deciders(read, desks)],
    }


@router.post(
    "/applications/papers",
    response={201: KeptPaperOut, 413: Problem, 503: Problem, **OPEN_PROBLEMS},
    auth=None,
    operation_id="upload_application_paper",
)
def upload_application_paper(
    request: HttpRequest, procedure: Word, body: Form[UploadIn], file: File[UploadedFile]
) -> Status[dict[str, Any]]:
    """Take a file in for an application, or for what was asked; what it is, its content says. Kept for a day."""
    guesses.begin(guesses.APPLY, client_address(request), request)
    row, read = queries.procedure(procedure)
    token = _token(body.form, row.name)
    kind = next((each for each in read.papers if each.id == body.kind), None)
    if kind is None:
        raise Invalid(NOT_TAKEN, {"kind": [_("Choose one of the papers that the procedure asks for.")]})
    guesses.weigh(file.size or 0, token.key, request)
    try:
        arrived = uploads.take_in(kind, file.name or "", file.chunks(), file.size or 0)
    except Unfit as unfit:
        raise Invalid(NOT_TAKEN, {"file": [unfit.why]}) from None
    return Status(201, {"kept": arrived.remembered})


@router.post(
    "/applications",
    response={201: AppliedOut, **OPEN_PROBLEMS},
    auth=None,
    operation_id="apply",
)
def apply(request: HttpRequest, procedure: Word, body: ApplyIn) -> Status[dict[str, Any]]:
    """File an application; the same form sent again is the same case and the same slip."""
    guesses.begin(guesses.APPLY, client_address(request), request)
    token = _token(body.form, procedure)
    if token.age < form_tokens.QUICKEST:
        raise Conflict(
            "too_quick",
            _("This was sent faster than a form is filled in."),
            todo=_("Wait a few seconds and send it again."),
        )
    secret = slips.new_secret(token.seed)
    done = actions.apply(
        key=token.key,
        secret=secret,
        procedure=procedure,
        accept_at=body.accept_at,
        decide_at=body.decide_at,
        applicant={str(name): str(text) for name, text in body.applicant.items()},
        files=_files(body.papers),
        agreed=body.agreed,
    )
    slips.still_stands(done["case"], secret)
    return Status(201, {"case": done["case"], "secret": secret})


@router.post("/track", response={200: TrackOut, **OPEN_PROBLEMS}, auth=None, operation_id="track_case")
def track_case(request: HttpRequest, body: OpenIn) -> dict[str, Any]:
    """Return a case to its applicant. A wrong pair is answered alike whether or not there is such a number."""
    page = applicants.page(slips.opened(body.number, body.secret, request).case_id)
    case = page.case
    return {
        "number": case.number,
        "procedure": case.procedure_id,
        "state": case.state,
        "lead": page.lead,
        "next": page.next,
        "holder": case.holder_id,
        "decided_by": case.competent_desk_id,
        "contact": case.accepting_desk_id,
        "promise_due_at": local(case.promise_due_at),
        "missing": [paper.id for paper in page.asked.papers] if page.asked else [],
        "asked": page.asked.facts if page.asked else "",
        "given": case.applicant,
        "papers": _handed_in(page),
        "seen": [
            {"desk": str(s.desk), "what": s.what, "why": s.why, "clause": s.clause, "at": local(s.at)}
            for s in page.seen
        ],
        "seen_elsewhere": page.seen_elsewhere,
        "decisions": [
            {
                "outcome": each.row.outcome,
                "reason": each.row.reason,
                "desk": each.row.desk_id,
                "at": local(each.row.at),
                "superseded": each.superseded,
            }
            for each in page.decisions
        ],
        "letters": [
            {
                "kind": each.kind,
                "desk": each.desk_id,
                "text": each.text,
                "at": local(each.at),
                "answer": each.answer,
                "answered_at": local(each.answered_at),
            }
            for each in page.letters
        ],
        "may": sorted(page.may),
    }


@router.post("/track/acts", response={201: DoneOut, **OPEN_PROBLEMS}, auth=None, operation_id="track_act")
def track_act(request: HttpRequest, body: ActIn, key: IdempotencyKey) -> Status[dict[str, Any]]:
    """Do one of the applicant's acts in the case that number and secret open."""
    slip = slips.opened(body.number, body.secret, request)
    guesses.begin(guesses.WRITE, slip.case_id, request)
    who: dict[str, Any] = {
        "by": actions.applicant_at(slip.case.accepting_desk_id),
        "key": actions.key_of(slip.case_id, key),
        "number": slip.case_id,
    }
    match body.do:
        case "supply":
            actions.supply(files=_files(body.papers), text=body.text, **who)
        case "withdraw":
            actions.withdraw(reason=body.text, **who)
        case "review":
            actions.review(reason=body.text, **who)
        case "rate":
            actions.rate(stars=body.stars, remark=body.text, **who)
        case _:
            actions.write(kind=body.do, text=body.text, field=body.field, **who)
    return Status(201, {"case": slip.case_id})


def _handed_in(page: applicants.Page) -> list[dict[str, Any]]:
    return [
        {
            "kind": line.kind.id,
            "name": name,
            "type": file.type,
            "size": file.size,
            "sha256": file.sha256,
            "at": local(file.at),
            "replaced": file.replaced_by_id is not None,
        }
        for line in page.papers
        for file, name in line.names
    ] + [{"kind": line.kind.id, "at": local(page.case.filed_at)} for line in page.papers if line.seen_only]


def _token(sealed: str, procedure: str) -> form_tokens.Token:
    token = form_tokens.read(sealed, procedure)
    if token is None:
        raise Conflict(
            "form_over",
            _("This form was not made here, or more than a day ago."),
            todo=_("Fetch a fresh form and send the application again."),
        )
    return token


def _files(sealed: list[str]) -> list[Any]:
    found = [recalled(each) for each in sealed]
    if None in found:
        raise Invalid(NOT_TAKEN, {"papers": [_("A file was taken in more than a day ago; send it again.")]})
    return found
