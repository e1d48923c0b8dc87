"""Screens of a desk for what applicants write: the letters to it, the answer, a word to the applicant, the slip."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tongxin.heart.cases import actions, letters, queries, screens_applicants, slips, words
from tongxin.heart.cases.forms_letters import AnswerForm, TellForm, field_name
from tongxin.heart.cases.models import Case, Letter
from tongxin.heart.cases.sights import Sight
from tongxin.heart.exchange.acts import new_key
from tongxin.heart.exchange.screen_parts import StaffRequest, for_staff, form_key, switched, take
from tongxin.heart.region.acting import Acting
from tongxin.shared.errors import Conflict, Invalid

PAGE = 50
KINDS: dict[str, Any] = {
    Letter.Kind.MESSAGE: gettext_lazy("Message"),
    Letter.Kind.COMPLAINT: gettext_lazy("Complaint"),
    Letter.Kind.CORRECTION: gettext_lazy("Correction asked for"),
    Letter.Kind.SUPPLY: gettext_lazy("Said with the papers"),
    Letter.Kind.DESK: gettext_lazy("To the applicant"),
}


@require_GET
@for_staff
def index(request: StaffRequest) -> HttpResponse:
    """List what applicants wrote to the reader's desk: what waits for an answer first, the oldest on top."""
    page = Paginator(letters.to_desk(request.acting), PAGE).get_page(request.GET.get("page"))
    links = [{"label": _("My office"), "url": "/desk/"}, {"label": _("From applicants")}]
    context = {"page": page, "rows": [_line(row) for row in page], "links": links}
    return render(request, "cases/letters.html", context)


@require_http_methods(["GET", "POST"])
@for_staff
def letter(request: StaffRequest, pk: int) -> HttpResponse:
    """Show what an applicant wrote, and answer it."""
    row = letters.one(request.acting, pk)
    form = AnswerForm(row, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer(by=request.acting, key=form_key(request), letter=pk, **form.given())
        except Invalid as refused:
            take(form, refused)
        else:
            messages.success(request, _("Answered. The applicant reads it on the page of the case."))
            return redirect("letter", pk=pk)
    has_part = queries.cases(request.acting).filter(number=row.case_id).exists()
    context = {
        "letter": row,
        "line": _line(row),
        "form": form,
        "may_answer": row.waits and "perform" in request.acting.capabilities,
        "has_part": has_part,
        "key": form_key(request),
        "links": [
            {"label": _("From applicants"), "url": reverse("letters")},
            {"label": f"{KINDS[row.kind]} {row.case_id}"},
        ],
    }
    return render(request, "cases/letter.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@for_staff
def tell(request: StaffRequest, number: str) -> HttpResponse:
    """Write to the applicant of a case."""
    row = queries.case(request.acting, number)
    form = TellForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.tell(by=request.acting, key=form_key(request), number=number, **form.cleaned_data)
        except Invalid as refused:
            take(form, refused)
        else:
            messages.success(request, _("Written. The applicant reads it on the page of the case."))
            return redirect("case", number=number)
    context = {
        "case": row,
        "title": words.title(row.procedure),
        "form": form,
        "key": form_key(request),
        "links": [
            {"label": _("Cases"), "url": reverse("cases")},
            {"label": row.number, "url": reverse("case", args=[row.number])},
            {"label": _("To the applicant")},
        ],
    }
    return render(request, "cases/tell.html", context, status=422 if form.errors else 200)


@require_POST
@for_staff
def slip(request: StaffRequest, number: str) -> HttpResponse:
    """Print a tracking slip for the applicant at the window; the one before stops working."""
    if switched(request):
        queries.case(request.acting, number)
        secret = request.POST.get("secret", "")
        slips.opened(number, secret, request)
        return screens_applicants.slip(request, number, secret, staff=True)
    done = actions.make_slip(by=request.acting, key=form_key(request), number=number)
    if "secret" not in done:
        raise Conflict(
            "slip_shown",
            _("This slip was shown already; its secret is kept nowhere."),
            todo=_("Go back to the case and print another one."),
        )
    return screens_applicants.slip(request, number, done["secret"], staff=True)


def listing(reader: Acting, row: Case, seen: Sight) -> dict[str, Any]:
    """Return what `cases/_letters.html` shows on the page of a case, and what the reader may do there.

    A complaint is read by the desk it is to alone, not by the one it is about.
    """
    part = reader.desk in {row.accepting_desk_id, row.holder_id}
    found = letters.of_case(row) if part and seen.sees("remarks") else []
    return {
        "letters": [
            _line(each) | {"own": each.desk_id == reader.desk}
            for each in found
            if each.kind != Letter.Kind.COMPLAINT or each.desk_id == reader.desk
        ],
        "may_tell": part and "perform" in reader.capabilities and row.erased_at is None,
        "may_slip": reader.desk == row.accepting_desk_id and "file_case" in reader.capabilities,
        "slip_key": new_key(),
        "slip": letters.slip_of(row),
    }


def _line(row: Letter) -> dict[str, Any]:
    return {
        "row": row,
        "kind": KINDS[row.kind],
        "field": field_name(row.case, row.field) if row.field else "",
        "title": words.title(row.case.procedure),
    }
