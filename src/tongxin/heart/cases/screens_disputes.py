"""Screens of competence disputes: the list, one dispute with its hand-overs and what the offices said, the form."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from tongxin.heart.agreements import wording
from tongxin.heart.cases import actions, disputes, forms, silences, words
from tongxin.heart.cases.models import Dispute
from tongxin.heart.exchange.acts import new_key
from tongxin.heart.exchange.screen_parts import StaffRequest, for_staff, form_key, take
from tongxin.shared import clock
from tongxin.shared.errors import Invalid

PAGE = 30


class HolderForm(django_forms.Form):
    """Who shall hold the case, and why; the act judges."""

    use_required_attribute = False
    holder = forms.Choice(label=gettext_lazy("Holder"), widget=django_forms.RadioSelect)
    reason = django_forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        widget=django_forms.Textarea(attrs={"rows": 3, "maxlength": actions.MAX_TEXT}),
    )

    def __init__(self, row: Dispute, data: Any = None, *, holder: str = "") -> None:
        super().__init__(data, initial={"holder": holder})
        desks = disputes.desks_of(row)
        names = wording.desk_names(desks)
        self.fields["holder"].choices = [(desk, str(names.get(desk, desk))) for desk in desks]  # type: ignore[attr-defined]


class SilenceForm(django_forms.Form):
    """Why both offices are called; the act judges."""

    use_required_attribute = False
    reason = django_forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        widget=django_forms.Textarea(attrs={"rows": 2, "maxlength": actions.MAX_TEXT}),
    )


@require_GET
@for_staff
def index(request: StaffRequest) -> HttpResponse:
    """List the disputes that the reader's office settles, or in whose case its desk has a part."""
    return _list(request)


def _list(request: StaffRequest, sent: django_forms.Form | None = None, key: str = "") -> HttpResponse:
    page = Paginator(disputes.seen_by(request.acting), PAGE).get_page(request.GET.get("page"))
    rows = list(page.object_list)
    names = wording.desk_names({office for row in rows for office in disputes.offices(row)})
    lines = [
        {
            "row": row,
            "title": words.title(row.case.procedure),
            "offices": [names.get(office, office) for office in disputes.offices(row)],
            "state": disputes.state_words(row),
            "mine": disputes.may_say(request.acting, row),
        }
        for row in rows
    ]
    links = [{"label": _("My office"), "url": "/desk/"}, {"label": _("Competence disputes"), "url": ""}]
    context = {"page": page, "lines": lines, "links": links, **_silent(request, sent, key)}
    return render(request, "cases/disputes.html", context, status=422 if sent is not None else 200)


def _silent(request: StaffRequest, sent: django_forms.Form | None, key: str) -> dict[str, Any]:
    """Return what the list shows of offers that nobody answers, with a form for each."""
    found = silences.seen_by(request.acting)
    wanted = request.POST.get("offer", "")
    return {
        "may_call": "excuse" in request.acting.capabilities,
        "silent": [
            {
                "offer": made,
                "title": words.title(made.case.procedure),
                "due": due,
                "key": key if sent is not None and str(made.pk) == wanted else new_key(),
                "form": sent if sent is not None and str(made.pk) == wanted else SilenceForm(),
            }
            for made, due in found
        ],
    }


@require_POST
@for_staff
def call(request: StaffRequest) -> HttpResponse:
    """Put an offer that nobody answers before both coordination offices."""
    form, key = SilenceForm(request.POST), form_key(request)
    if form.is_valid():
        try:
            done = actions.call_offices(
                by=request.acting,
                key=key,
                offer=request.POST.get("offer", "")[:40],
                reason=form.cleaned_data["reason"],
            )
        except Invalid as refused:
            take(form, refused)
        else:
            messages.success(request, _("Both coordination offices are called; together they name a holder."))
            return redirect("dispute", done["dispute"])
    return _list(request, form, key)


@require_GET
@for_staff
def dispute(request: StaffRequest, pk: int) -> HttpResponse:
    """Show one dispute."""
    return _page(request, disputes.one(request.acting, pk))


@require_POST
@for_staff
def name(request: StaffRequest, pk: int) -> HttpResponse:
    """Propose a holder, or agree to the one proposed; what the act refuses comes back with what was typed."""
    row = disputes.one(request.acting, pk)
    form, key = HolderForm(row, request.POST), form_key(request)
    if form.is_valid():
        try:
            done = actions.name_holder(
                by=request.acting,
                key=key,
                dispute=pk,
                holder=form.cleaned_data["holder"][:80],
                reason=form.cleaned_data["reason"],
            )
        except Invalid as refused:
            take(form, refused)
        else:
            said = _("Named. Every office with a part in the case is told.")
            waits = _("Proposed. The other office agrees, or proposes another.")
            messages.success(request, said if done["settled"] else waits)
            return redirect("dispute", pk)
    return _page(request, row, form, key)


def _page(request: StaffRequest, row: Dispute, form: HolderForm | None = None, key: str = "") -> HttpResponse:
    reader = request.acting
    says = disputes.may_say(reader, row)
    may = says and "excuse" in reader.capabilities
    said = disputes.said(row)
    waits = next((each for each in said if not each.answer), None)
    names = wording.desk_names(disputes.offices(row))
    offices = disputes.offices(row)
    duty = next((d for d in (disputes.duty_of(row, office) for office in offices) if d), None)
    fresh = HolderForm(row, holder=waits.holder_id if waits else "") if may else None
    context = {
        "row": row,
        "silent": disputes.of_silence(row),
        "title": words.title(row.case.procedure),
        "state": disputes.state_words(row),
        "offices": [names.get(office, office) for office in offices],
        "offers": [
            {"offer": made, "state": words.OFFER_STATES[made.state], "reason": words.reason_of(made)}
            for made in disputes.story(row)
        ],
        "clause_title": words.clause_title(row.offer.clause),
        "clause_url": words.clause_url(row.offer.clause),
        "said": said,
        "waits": waits,
        "duty": duty,
        "form": form or fresh,
        "post_may_not": says and not may,
        "part": not reader.coordinates,
        "key": key or new_key(),
        "now": clock.now(),
        "links": [
            {"label": _("My office"), "url": "/desk/"},
            {"label": _("Competence disputes"), "url": "/disputes/"},
            {"label": row.case_id, "url": ""},
        ],
    }
    return render(request, "cases/dispute.html", context, status=422 if form is not None else 200)
