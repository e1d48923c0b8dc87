"""API of texts for notices: those that the desk uses, one filled with the words of a case, the desk's own wording."""

from __future__ import annotations

from typing import Any

from ninja import Field, Router, Schema
from ninja.responses import Status

from tongxin.heart.agreements.api import Words
from tongxin.heart.cases import actions, notice_texts, queries
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


class NoticeTextOut(Schema):
    """A text as the caller's desk uses it; places stand in braces."""

    name: str
    use: str = Field(description="suspension, non_acceptance, decision or return")
    title: Words
    text: Words
    own: bool = Field(description="Whether it is the desk's own wording")
    version: int
    number: int = Field(description="To be given as `seen` when it is changed")
    illustrative: bool


class FilledOut(Schema):
    """A text with the words of a case, as the caller's desk may see it."""

    case: str
    name: str
    text: Words


class TextIn(Schema):
    """The desk's own wording; `seen` is the number of the version in whose place it comes."""

    zh: Text
    en: Text
    seen: Number


class TextOut(Schema):
    """The new version."""

    text: str
    version: int
    number: int


@router.get("/texts", response={200: list[NoticeTextOut], **READ_PROBLEMS}, operation_id="list_texts")
def list_texts(request: Call) -> list[dict[str, Any]]:
    """List the texts for notices that the caller's desk uses."""
    return [
        {
            "name": each.row.name,
            "use": each.row.use,
            "title": {"zh": each.row.title_zh, "en": each.row.title_en},
            "text": {"zh": each.row.text_zh, "en": each.row.text_en},
            "own": each.own,
            "version": each.row.version,
            "number": each.row.pk,
            "illustrative": each.row.illustrative,
        }
        for each in notice_texts.usable(request.auth)
    ]


@router.get(
    "/cases/{number}/texts/{name}", response={200: FilledOut, **READ_PROBLEMS}, operation_id="fill_text"
)
def fill_text(request: Call, number: Word, name: Word) -> dict[str, Any]:
    """Fill a text with the words of a case."""
    row, now = queries.case(request.auth, number), notice_texts.one(request.auth, name)
    said = {language: notice_texts.filled(request.auth, row, now.row, language) for language in ("zh", "en")}
    return {"case": number, "name": name, "text": said}


@router.post("/texts/{name}", response={201: TextOut, **WRITE_PROBLEMS}, operation_id="change_text")
def change_text(request: Call, name: Word, body: TextIn, key: IdempotencyKey) -> Status[dict[str, Any]]:
    """Give the caller's desk its own wording of a text. Needs the capability `file_case` or `decide`."""
    done = actions.change_text(
        by=request.auth, key=key, name=name, text_zh=body.zh, text_en=body.en, seen=body.seen
    )
    return Status(201, done)
