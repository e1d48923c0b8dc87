"""Screens of papers: what the page of a case lists, adding or replacing one, using an earlier one, handing one out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from tongxin.heart.cases import actions, papers, queries, words
from tongxin.heart.cases.forms_papers import PaperForm, ReuseForm, take_same
from tongxin.heart.cases.models import Case
from tongxin.heart.cases.procedures import ProcedureFile
from tongxin.heart.exchange.acts import new_key
from tongxin.heart.exchange.screen_parts import StaffRequest, for_staff, form_key, take
from tongxin.heart.region.acting import Acting
from tongxin.shared.errors import Invalid


def listing(reader: Acting, row: Case, form: ProcedureFile, *, sees: bool) -> dict[str, Any]:
    """Return what `cases/_papers.html` shows: each paper of the procedure with its files, and what may be done."""
    if not sees:
        return {"paper_lines": []}
    files = papers.files_of(row)
    lines = papers.lines(row, form, files)
    return {
        "papers_coming": sum(1 for file in files if papers.coming(file) and not file.replaced_by_id),
        "paper_lines": lines,
        "paper_count": sum(1 for line in lines if line.handed_in),
        "may_add_paper": actions.may_add_paper(reader, row),
        "may_reuse": bool(set(papers.IDENTIFYING) & set(row.applicant))
        and row.accepting_desk_id == reader.desk,
    }


@require_http_methods(["GET", "POST"])
@for_staff
def new(request: StaffRequest, number: str) -> HttpResponse:
    """Add a file to a case, or put it in the place of another."""
    reader = request.acting
    row = queries.case(reader, number)
    actions.check_may_add_paper(reader, row)
    read = ProcedureFile.model_validate(row.procedure.body)
    asked = {name: request.GET.get(name, "")[:80] for name in ("kind", "replaces")}
    old = papers.one(reader, number, asked["replaces"]) if asked["replaces"] else None
    if request.method != "POST":
        form = PaperForm(read, initial=asked | ({"kind": old.kind} if old else {}))
        return _form(request, row, "cases/paper_new.html", form, replaced=old)
    form = PaperForm(read, request.POST, request.FILES)
    if form.is_valid():
        try:
            actions.add_paper(by=reader, key=form_key(request), number=number, **form.given())
        except Invalid as refused:
            take(form, refused)
        except papers.SamePaper as refused:
            take_same(form, refused)
        else:
            messages.success(request, _("The paper is with the case."))
            return redirect("case", number=number)
    return _form(request, row, "cases/paper_new.html", form, replaced=old)


@require_http_methods(["GET", "POST"])
@for_staff
def reuse(request: StaffRequest, number: str) -> HttpResponse:
    """Use a paper of an earlier case of the same applicant, with the consent that the applicant gave."""
    reader = request.acting
    row = queries.case(reader, number)
    actions.check_may_add_paper(reader, row)
    found = papers.reusable(reader, row)
    form = ReuseForm(found, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.reuse_paper(by=reader, key=form_key(request), number=number, **form.given())
        except Invalid as refused:
            take(form, refused)
        else:
            messages.success(request, _("The paper is with the case."))
            return redirect("case", number=number)
    return _form(request, row, "cases/paper_reuse.html", form, found=found)


@require_GET
@for_staff
def download(request: StaffRequest, number: str, paper: UUID) -> HttpResponseBase:
    """Hand a paper out, to be saved."""
    file, content = actions.hand_out(by=request.acting, key=new_key(), number=number, paper=paper)
    return papers.answer(file, content)


def _form(request: StaffRequest, row: Case, template: str, form: Any, **more: Any) -> HttpResponse:
    links = [
        {"label": _("Cases"), "url": reverse("cases")},
        {"label": row.number, "url": reverse("case", args=[row.number])},
        {"label": _("Papers")},
    ]
    context = {
        "case": row,
        "title": words.title(row.procedure),
        "form": form,
        "key": form_key(request),
        "links": links,
    }
    return render(request, template, context | more, status=422 if form.is_bound else 200)
