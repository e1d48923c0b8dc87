"""Screens of consent: what the person concerned consented to, recorded and withdrawn at the accepting desk."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tongxin.heart.cases import actions, sights, words
from tongxin.heart.cases import consents as reads
from tongxin.heart.cases.forms_consents import ConsentForm
from tongxin.heart.cases.procedures import ProcedureFile
from tongxin.heart.exchange.acts import new_key
from tongxin.heart.exchange.screen_parts import StaffRequest, for_staff, form_key, take
from tongxin.heart.region.holdings import today
from tongxin.shared.errors import Invalid
from tongxin.shared.named import pick


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def consents(request: StaffRequest, number: str) -> HttpResponse:
    """List the consents of a case; at the accepting desk, record one."""
    reader = request.acting
    row, found = reads.of_case(reader, number)
    read = ProcedureFile.model_validate(row.procedure.body)
    form = ConsentForm(read, request.POST if request.method == "POST" else None)
    if request.method == "POST":
        reader.need("file_case")
    if form.is_bound and form.is_valid():
        try:
            actions.give_consent(by=reader, key=form_key(request), number=number, **form.cleaned_data)
        except Invalid as refused:
            take(form, refused)
        else:
            messages.success(request, _("The consent is recorded."))
            return redirect("case_consents", number=number)
    names = {field.id: str(field.name) for field in read.applicant} | {sights.PAPERS: str(reads.PAPERS)}
    on = today()
    context = {
        "case": row,
        "title": words.title(row.procedure),
        "lines": [
            {
                "row": each,
                "who": reads.WHO[each.who],
                "fields": pick("、", ", ").join(names.get(name, name) for name in each.fields),
                "standing": sights.stands(each, on),
                "key": new_key(),
            }
            for each in found
        ],
        "here": row.accepting_desk_id == reader.desk and "file_case" in reader.capabilities,
        "form": form,
        "key": form_key(request),
        "links": [
            {"label": _("Cases"), "url": reverse("cases")},
            {"label": row.number, "url": reverse("case", args=[row.number])},
            {"label": _("Consent")},
        ],
    }
    return render(request, "cases/consents.html", context, status=422 if form.is_bound else 200)


@require_POST
@for_staff
def withdraw(request: StaffRequest, number: str, consent: int) -> HttpResponse:
    """Record that a consent is withdrawn."""
    request.acting.need("file_case")
    row = reads.one(request.acting, consent)
    actions.withdraw_consent(by=request.acting, key=form_key(request), consent=row.pk)
    messages.success(request, _("Withdrawn. From now on no other office sees these fields."))
    return redirect("case_consents", number=row.case_id)
