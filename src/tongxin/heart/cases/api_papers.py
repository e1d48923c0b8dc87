"""API of papers: the files of a case, adding, replacing and reusing one, and their contents."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal
from uuid import UUID

from django.http import FileResponse, HttpResponse
from ninja import Field, File, Form, Router, Schema, UploadedFile
from ninja.responses import Status

from tongxin.heart.agreements.api import local
from tongxin.heart.cases import actions, papers, papers_types
from tongxin.heart.cases.models import Paper
from tongxin.heart.exchange.acts import new_key
from tongxin.heart.exchange.api_parts import (
    READ_PROBLEMS,
    WRITE_PROBLEMS,
    Call,
    IdempotencyKey,
    Line,
    Problem,
    Word,
)

router = Router(tags=["cases"])
CONTENTS: dict[str, Any] = {
    "responses": {
        200: {
            "description": "The file, to be saved; `Content-Disposition` names it.",
            "content": {
                mime.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}}
                for mime in papers_types.MIME.values()
            },
        }
    }
}


class ConsentOut(Schema):
    """The applicant's consent to the use of a paper that was given for another case."""

    to: str = Field(description="The case and paper that it was given with")
    by: str
    how: str
    on: date


class FileOut(Schema):
    """A paper that is kept as a file."""

    id: UUID
    kind: str = Field(description="One of the procedure's papers")
    title: str
    type: str = Field(description="pdf, png, jpeg, docx, xlsx, ofd or txt, as its content says")
    size: int = Field(description="Bytes")
    sha256: str
    given_by: str = Field(description="applicant or desk")
    desk: str = Field(description="That took it in, or gave it")
    at: str
    replaced_by: UUID | None
    consent: ConsentOut | None
    content_url: str


class PapersOut(Schema):
    """The papers of a case: those handed in, by kind, and the files that are kept of them, newest first."""

    handed_in: list[str]
    seen_as_originals: list[str] = Field(description="Handed in, but not kept as a file")
    files: list[FileOut]


class PaperIn(Schema):
    """What is said with the file."""

    kind: Word = Field(description="One of the procedure's papers, such as `floor_plan`")
    given_by: Literal["applicant", "desk"] = "applicant"
    replaces: UUID | None = Field(None, description="The file in whose place it comes")


class ReuseIn(Schema):
    """A paper of an earlier case of the same applicant, and the applicant's consent."""

    paper: UUID
    consent_by: Line = Field(description="Who gave it")
    consent_how: Line = Field(description="How it was given")
    consent_on: date


class AddedOut(Schema):
    """The new paper."""

    case: str
    paper: UUID
    url: str


@router.get("/cases/{number}/papers", response={200: PapersOut, **READ_PROBLEMS}, operation_id="list_papers")
def list_papers(request: Call, number: Word) -> dict[str, Any]:
    """List the papers of a case. 403 for a desk that has a part in it but may not see what the applicant gave."""
    row, files = papers.of_case(request.auth, number)
    kept = {file.kind for file in files if file.replaced_by_id is None}
    return {
        "handed_in": row.papers,
        "seen_as_originals": [kind for kind in row.papers if kind not in kept],
        "files": [_file(file) for file in files],
    }


@router.post(
    "/cases/{number}/papers",
    response={201: AddedOut, 413: Problem, **WRITE_PROBLEMS},
    operation_id="add_paper",
)
def add_paper(
    request: Call,
    number: Word,
    body: Form[PaperIn],
    file: File[UploadedFile],
    key: IdempotencyKey,
    response: HttpResponse,
) -> Status[dict[str, Any]]:
    """Add a file to a case that the caller's desk holds or accepted, or put it in the place of another.

    What it is, its content says: its name and the type that is sent with it count for nothing.
    """
    done = actions.add_paper(
        by=request.auth,
        key=key,
        number=number,
        kind=body.kind,
        name=file.name or "",
        pieces=file.chunks(),
        given_by=body.given_by,
        replaces=str(body.replaces or ""),
    )
    return _added(done, response)


@router.post(
    "/cases/{number}/papers/reuse", response={201: AddedOut, **WRITE_PROBLEMS}, operation_id="reuse_paper"
)
def reuse_paper(
    request: Call, number: Word, body: ReuseIn, key: IdempotencyKey, response: HttpResponse
) -> Status[dict[str, Any]]:
    """Use a paper of an earlier case of the same applicant that the caller's desk took in, with consent."""
    done = actions.reuse_paper(
        by=request.auth,
        key=key,
        number=number,
        paper=str(body.paper),
        consent_by=body.consent_by,
        consent_how=body.consent_how,
        consent_on=body.consent_on,
    )
    return _added(done, response)


@router.get(
    "/cases/{number}/papers/{paper}/content",
    response={**READ_PROBLEMS},
    operation_id="paper_content",
    openapi_extra=CONTENTS,
)
def paper_content(request: Call, number: Word, paper: UUID) -> FileResponse:
    """Hand a paper out. By a desk that neither accepted nor holds the case this is an entry in the ledger."""
    file, content = actions.hand_out(by=request.auth, key=new_key(), number=number, paper=paper)
    return papers.answer(file, content)


def _added(done: dict[str, Any], response: HttpResponse) -> Status[dict[str, Any]]:
    url = f"/api/v1/cases/{done['case']}/papers/{done['paper']}/content"
    response["Location"] = url
    return Status(201, {**done, "url": url})


def _file(file: Paper) -> dict[str, Any]:
    return {
        "id": file.id,
        "kind": file.kind,
        "title": file.title,
        "type": file.type,
        "size": file.size,
        "sha256": file.sha256,
        "given_by": file.given_by,
        "desk": file.desk_id,
        "at": local(file.at),
        "replaced_by": file.replaced_by_id,
        "consent": file.consent or None,
        "content_url": f"/api/v1/cases/{file.case_id}/papers/{file.id}/content",
    }
