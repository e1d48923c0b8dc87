"""Why a desk sees a case and its fields, or does not, in words: for the case page, the command line and the API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongxin.heart.agreements import judge_words
from tongxin.heart.agreements.models import Clause
from tongxin.heart.cases import words
from tongxin.heart.cases.models import Case
from tongxin.heart.cases.procedures import ApplicantField, ProcedureFile
from tongxin.heart.cases.sights import Sight

PARTS: dict[str, Any] = {
    "accepting": gettext_lazy("this desk accepted the application"),
    "holder": gettext_lazy("this desk holds the case"),
    "offered": gettext_lazy("the case is offered to this desk"),
    "former_holder": gettext_lazy("this desk has held the case"),
    "offerer": gettext_lazy("this desk has handed the case on"),
    "returned": gettext_lazy("this desk has returned the case; it keeps the story"),
    "recalled": gettext_lazy("the case was offered to this desk and recalled; it keeps the story"),
}


@dataclass(frozen=True)
class Line:
    """One field of the applicant on a page: what was given, or that it is not shared and why."""

    asked: ApplicantField
    seen: bool
    text: str
    why: str


@dataclass(frozen=True)
class Why:
    """Why the reader sees the case: a sentence, and the clause behind it."""

    text: str
    url: str = ""
    title: str = ""


def lines(read: ProcedureFile, row: Case, seen: Sight) -> list[Line]:
    """Return the applicant's fields in the procedure's order; what is kept back says so, and is never empty."""
    return [
        Line(
            asked,
            seen.sees(asked.id),
            row.applicant.get(asked.id, "") if seen.sees(asked.id) else "",
            "" if seen.sees(asked.id) else judge_words.why_not(seen.fields[asked.id]),
        )
        for asked in read.applicant
    ]


def why(seen: Sight) -> Why:
    """Return why the reader sees the case at all."""
    answer = seen.whole
    clause = None
    if answer.clause:
        clause = Clause.objects.select_related("version__instrument").filter(id=answer.clause).first()
    part = PARTS.get(answer.part, "")
    if clause is None:
        return Why(_("Because %(part)s.") % {"part": part})
    return Why(
        _("Because %(part)s, under") % {"part": part}, words.clause_url(clause), words.clause_title(clause)
    )
