"""API of the judge: may a desk do this with that field, on what basis, until when."""

from __future__ import annotations

from typing import Any, Literal

from ninja import Field, Query, Router, Schema

from tongxin.heart.agreements import asking
from tongxin.heart.agreements.api import local
from tongxin.heart.exchange.api_parts import READ_PROBLEMS, Call, Line, Word

router = Router(tags=["permits"])


class MayFilter(Schema):
    """What is asked."""

    desk: Word = Field(description="The desk that would act, such as `bj-tongzhou/service_centre`")
    action: Literal["see", "act", "answer"] = "see"
    subject: Word = Field(description="As the ledger names it, such as `case:WUQING-2026-000001`")
    field: Word | None = Field(None, description="Empty: the subject as a whole")
    purpose: Line = ""


class MayOut(Schema):
    """The answer. No basis means no; a bar beats every basis but own record and law."""

    yes: bool
    basis: str = Field(description="own, law, clause, case, duty, person or released; empty: none")
    part: str = Field(description="The desk's part: accepting, holder, offered, former_holder, …")
    clause: str
    why_not: str = Field(description="no_basis, barred, stopped, graded or over; empty where it is yes")
    bar: str = Field(description="The bar, or what stops it")
    grade: str = Field(description="Of the field: open, internal, personal or sensitive")
    until: str | None
    rules: int = Field(description="The rules number under which this holds")
    words: str


@router.get("/may", response={200: MayOut, **READ_PROBLEMS}, operation_id="ask_may")
def ask_may(request: Call, asked: Query[MayFilter]) -> dict[str, Any]:
    """Tell whether a desk may do something with a field, and on what basis. 404 where the caller has no part."""
    told = asking.ask(
        request.auth,
        desk=asked.desk,
        action=asked.action,
        subject=asked.subject,
        name=asked.field or "",
        purpose=asked.purpose,
    )
    answer = told.answer
    return {
        "yes": answer.yes,
        "basis": answer.basis,
        "part": answer.part,
        "clause": answer.clause,
        "why_not": answer.why_not,
        "bar": answer.bar,
        "grade": answer.grade,
        "until": local(answer.until),
        "rules": answer.rules,
        "words": told.words,
    }
