"""A case comes in: the procedure's version, filing, acceptance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import rulebook
from tongxin.heart.cases import procedures, promises, states
from tongxin.heart.cases.actions import parts
from tongxin.heart.cases.actions.papers import keep
from tongxin.heart.cases.models import Case, Procedure
from tongxin.heart.cases.papers import Arrived, summary
from tongxin.heart.events.serials import next_number
from tongxin.heart.exchange.acts import Act, act
from tongxin.heart.region.acting import Acting
from tongxin.shared import clock, statements
from tongxin.shared.errors import NotFound


def load_procedure(read: procedures.ProcedureFile, *, by: Acting) -> str:
    """Enter a procedure's version from the pack; the same again changes nothing."""
    version_id = f"{read.procedure}@{read.version}"
    body = read.model_dump(mode="json")
    with act("cases.procedure.loaded", by=by, key=f"load:{version_id}", request={"body": body}) as a:
        if not a.replayed:
            Procedure.objects.create(
                id=version_id,
                name=read.procedure,
                version=read.version,
                field=read.field,
                title_zh=read.title.zh,
                title_en=read.title.en,
                body=body,
                illustrative=read.provenance.terms == "illustrative",
            )
            a.changes_rules = True
            a.entry(f"procedure:{version_id}", payload={"procedure": version_id})
    return version_id


def file_case(
    *,
    by: Acting,
    key: str,
    procedure: str,
    decide_at: str,
    applicant: dict[str, str],
    papers: list[str],
    files: Sequence[Arrived] = (),
) -> dict[str, Any]:
    """Take a case in at the actor's desk for a jurisdiction that decides; it is filed, not yet accepted.

    `papers` are kinds that were seen as originals and are not kept; `files` those that were taken in (`take_in`).
    """
    by.need("file_case")
    papers = [*papers, *(file.kind for file in files)]
    applicant = {name: text.strip() for name, text in applicant.items()}
    request: dict[str, Any] = {
        "procedure": procedure,
        "decide_at": decide_at,
        "applicant": applicant,
        "papers": sorted(set(papers)),
    }
    if files:
        request["files"] = sorted([file.kind, file.sha256, file.title] for file in files)
    with act("cases.case.filed", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        case, more = enter(a, request, files)
        a.result = {"case": case.number}
        a.entry(f"case:{case.number}", payload=request | more)
    return a.result


def enter(a: Act, request: dict[str, Any], files: Sequence[Arrived]) -> tuple[Case, dict[str, Any]]:
    """Enter what an application asks for as a case of the actor's desk, inside an act; with what the entry adds."""
    by, papers, decide_at = a.by, request["papers"], request["decide_at"]
    row = next(iter(_newest(request["procedure"])), None)
    if row is None:
        raise NotFound("no_such_procedure", _("There is no such procedure."))
    form = procedures.form(row)
    procedures.check(form, request["applicant"], papers, decide_at, by.desk)
    book = rulebook.at(a.at)
    competent = f"{decide_at}/{form.role}"
    if competent != by.desk:
        parts.basis_of(book, row.name, by.desk, competent, a.at)
    case = Case(
        number=next_number(procedures.number_prefix(by.jurisdiction), a.at),
        procedure=row,
        rulebook=book,
        accepting_desk_id=by.desk,
        competent_desk_id=competent,
        holder_id=by.desk,
        applicant=request["applicant"],
        papers=papers,
        filed_at=a.at,
        illustrative=row.illustrative,
    )
    statements.insert(case)
    kept = [summary(keep(a, case, file)) for file in files]
    return case, {"competent": competent} | ({"files": kept} if kept else {})


def accept_case(*, by: Acting, key: str, number: str) -> dict[str, Any]:
    """Accept a filed case: the applicant's promise begins, on the competent desk's calendar. A weighty act."""
    by.need("file_case")
    with act("cases.case.accepted", by=by, key=key, request={"case": number}) as a:
        if a.replayed:
            return a.result
        case = parts.lock(number, by.desk)
        states.need(case, "accept", by)
        states.move(case, "accept")
        promises.begin(case, a)
        case.accepted_at = a.at
        statements.update(case, "state", "accepted_at", "promise_due_at", "promise_count")
        a.result = {
            "case": number,
            "promise_due_at": clock.iso(case.promise_due_at) if case.promise_due_at else "",
        }
        a.entry(f"case:{number}", payload=a.result)
    return a.result


@statements.fixed
def _newest(procedure: str) -> QuerySet[Procedure]:
    return Procedure.objects.filter(name=procedure).order_by("-version")[:1]
