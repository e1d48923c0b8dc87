"""Screens of the states of a case: each act's form is sent here; the case's own page shows it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tongxin.heart.agreements import wording
from tongxin.heart.agreements.models import Duty
from tongxin.heart.cases import actions, forms_states, queries, screens, words
from tongxin.heart.cases.actions import parts
from tongxin.heart.cases.forms import DecideForm
from tongxin.heart.cases.procedures import form_of
from tongxin.heart.exchange.screen_parts import StaffRequest, for_staff, form_key


@require_POST
@for_staff
def not_accept(request: StaffRequest, number: str) -> HttpResponse:
    """Do not accept a received case."""
    row = queries.case(request.acting, number)
    form = forms_states.NotAcceptForm(form_of(row), request.POST)
    return screens.sent(
        request,
        row,
        form,
        "not_accept",
        actions.not_accept,
        _("Not accepted. Tell the applicant the ground."),
    )


@require_POST
@for_staff
def suspend(request: StaffRequest, number: str) -> HttpResponse:
    """Suspend the case."""
    row = queries.case(request.acting, number)
    form = forms_states.SuspendForm(form_of(row), request.POST)
    return screens.sent(
        request, row, form, "suspend", actions.suspend, _("Suspended. The promise stands still.")
    )


@require_POST
@for_staff
def resume(request: StaffRequest, number: str) -> HttpResponse:
    """Resume the case."""
    row = queries.case(request.acting, number)
    form = forms_states.ResumeForm(row, form_of(row), request.POST)
    return screens.sent(
        request, row, form, "resume", actions.resume, _("Resumed. The days of the suspension do not count.")
    )


@require_POST
@for_staff
def withdraw(request: StaffRequest, number: str) -> HttpResponse:
    """Record the applicant's withdrawal; asked once more before."""
    return _for_good(
        request, number, "withdraw", actions.withdraw, _("Withdrawn. What was owed in it is void.")
    )


@require_POST
@for_staff
def void(request: StaffRequest, number: str) -> HttpResponse:
    """Void a filing made in error; asked once more before."""
    return _for_good(request, number, "void", actions.void, _("Void. The number stays on record."))


@require_POST
@for_staff
def close(request: StaffRequest, number: str) -> HttpResponse:
    """Close a decided case."""
    actions.close(by=request.acting, key=form_key(request), number=number)
    return screens.done(
        request, number, _("Concluded. What the applicant gave is kept until its retention ends.")
    )


@require_POST
@for_staff
def supersede(request: StaffRequest, number: str) -> HttpResponse:
    """Put a new decision in the place of the office's own."""
    row = queries.case(request.acting, number)
    form = DecideForm(request.POST, prefix="supersede")
    return screens.sent(
        request,
        row,
        form,
        "supersede",
        actions.supersede,
        _("Superseded. Both decisions are shown; the new one stands."),
    )


@require_POST
@for_staff
def review(request: StaffRequest, number: str) -> HttpResponse:
    """Open a review of the decision or the non-acceptance."""
    return _with_reason(
        request, number, "review", actions.review, _("The review is open. What was decided stands meanwhile.")
    )


@require_POST
@for_staff
def conclude(request: StaffRequest, number: str) -> HttpResponse:
    """End a review."""
    row = queries.case(request.acting, number)
    form = forms_states.ConcludeForm(request.POST)
    return screens.sent(
        request, row, form, "conclude", actions.conclude, _("The review has ended. Those concerned are told.")
    )


def _for_good(
    request: StaffRequest, number: str, name: str, action: Callable[..., Any], said: str
) -> HttpResponse:
    """Ask once more, with what ends and what of it stays, before an act that nothing takes back."""
    row = queries.case(request.acting, number)
    form = forms_states.ReasonForm(request.POST, prefix=name)
    asked = (
        form.is_valid()
        and 0 < len(form.cleaned_data["reason"].strip()) <= parts.MAX_TEXT
        and getattr(queries.possible(request.acting, row), name)
    )
    if not asked or request.POST.get("sure") == "yes":
        return _with_reason(request, number, name, action, said)
    context = {
        "case": row,
        "title": words.title(row.procedure),
        "state": words.state_of(row),
        "form": form,
        "name": name,
        "owed": [wording.duty_words(duty) for duty in queries.duties_of(row) if duty.state in Duty.STANDING],
        "key": form_key(request),
        "links": [
            {"label": _("My office"), "url": "/desk/"},
            {"label": _("Cases"), "url": reverse("cases")},
            {"label": number, "url": reverse("case", args=[number])},
            {"label": _("Asked once more")},
        ],
    }
    return render(request, "cases/sure.html", context)


def _with_reason(
    request: StaffRequest, number: str, name: str, action: Callable[..., Any], said: str
) -> HttpResponse:
    row = queries.case(request.acting, number)
    form = forms_states.ReasonForm(request.POST, prefix=name)
    return screens.sent(request, row, form, name, action, said)
