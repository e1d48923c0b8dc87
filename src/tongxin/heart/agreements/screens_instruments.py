"""Screens of signing: what a party signs, what changed, endings, leaving, milestones."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from tongxin.heart.agreements import actions, forms_instruments, instrument_pages, queries, wording
from tongxin.heart.agreements import register as the_register
from tongxin.heart.agreements.models import Departure, Instrument, InstrumentVersion
from tongxin.heart.agreements.screens_drafts import crumbs
from tongxin.heart.exchange.acts import new_key
from tongxin.heart.exchange.screen_parts import StaffRequest, for_staff, form_key, take
from tongxin.shared import clock
from tongxin.shared.errors import Invalid, NotFound


@require_GET
@for_staff
def sign_page(request: StaffRequest, version: str) -> HttpResponse:
    """Show what is signed: the words beside the machine's reading, the hash, who signed, who is missing."""
    return _sign_page(request, queries.version(version[:100], request.acting))


@require_POST
@for_staff
def sign(request: StaffRequest, version: str) -> HttpResponseBase:
    """Sign the text that the page showed; of a law, confirm it as the second person."""
    row = queries.version(version[:100], request.acting)
    given = request.POST.get("hash", "")[:64]
    law = row.instrument.kind == Instrument.Kind.LAW
    act = actions.confirm_law if law else actions.sign
    done = act(by=request.acting, key=form_key(request), version=row.id, canonical_hash=given)
    said = (
        _("Every party has signed %(version)s; it is ratified.")
        if done["ratified"]
        else _("%(version)s is signed for your side.")
    )
    messages.success(request, said % {"version": row.id})
    return redirect("agreement", version=row.id)


@require_POST
@for_staff
def refuse(request: StaffRequest, version: str) -> HttpResponseBase:
    """Do not sign, with a reason: the text goes back to its draft."""
    row = queries.version(version[:100], request.acting)
    form = forms_instruments.ReasonForm(request.POST)
    try:
        form.full_clean()
        actions.refuse_to_sign(
            by=request.acting,
            key=form_key(request),
            version=row.id,
            reason=str(form.cleaned_data.get("reason", "")),
        )
    except Invalid as refused:
        take(form, refused)
        return _sign_page(request, row, form, status=422)
    messages.success(request, _("%(version)s is not signed; its draft is open again.") % {"version": row.id})
    return redirect("agreements")


@require_safe
def difference(request: HttpRequest, version: str) -> HttpResponse:
    """Show two versions of one instrument clause by clause; the older one stands left."""
    reader = getattr(request, "acting", None)
    row = queries.version(version[:100], reader)
    others = [v for v in queries.versions_of(row.instrument_id, reader) if v.id != row.id]
    asked = request.GET.get("with", "")
    other = next((v for v in others if v.id == asked), None)
    if other is None and asked:
        raise NotFound("no_such_agreement", _("There is no such version."), todo=_("Choose one of the list."))
    if other is None:
        other = next((v for v in others if v.number < row.number), others[0] if others else None)
    context: dict[str, Any] = {
        "base": base(request),
        "version": row,
        "others": others,
        "other": other,
        "crumbs": crumbs(row.id, f"/agreements/{row.id}/", _("Difference"), ""),
    }
    if other is not None:
        old, new = sorted((row, other), key=lambda v: v.number)
        context |= {"old": old, "new": new} | instrument_pages.compared(old, new)
    return render(request, "agreements/difference.html", context)


@require_http_methods(["GET", "POST"])
@for_staff
def ending(request: StaffRequest, version: str) -> HttpResponseBase:
    """Propose that a version ends on a day, or see what is proposed and sign it."""
    row = queries.version(version[:100], request.acting)
    form = forms_instruments.EndingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.propose_ending(
                by=request.acting,
                key=form_key(request),
                version=row.id,
                on=form.cleaned_data["on"],
                reason=form.cleaned_data["reason"],
            )
        except Invalid as refused:
            take(form, refused)
        else:
            messages.success(request, _("The ending is put before every party; sign it for your own."))
            return redirect("agreement_ending", version=row.id)
    status = 422 if request.method == "POST" else 200
    return _ending_page(request, row, form, status)


@require_POST
@for_staff
def sign_ending(request: StaffRequest, version: str) -> HttpResponseBase:
    """Sign the ending that the page showed."""
    row = queries.version(version[:100], request.acting)
    done = actions.sign_ending(
        by=request.acting,
        key=form_key(request),
        version=row.id,
        canonical_hash=request.POST.get("hash", "")[:64],
    )
    said = (
        _("Every party has agreed: the ending binds.")
        if done["agreed"]
        else _("The ending is signed for your side.")
    )
    messages.success(request, said)
    return redirect("agreement", version=row.id)


@require_http_methods(["GET", "POST"])
@for_staff
def leave(request: StaffRequest, version: str) -> HttpResponseBase:
    """Give notice that the own party leaves; the page says from when, and what stays owed."""
    row = queries.version(version[:100], request.acting)
    if request.method == "POST":
        party = request.POST.get("party", "")[:80]
        actions.leave(by=request.acting, key=form_key(request), instrument=row.instrument_id, party=party)
        messages.success(request, _("Notice is given; every party is told."))
        return redirect("agreement", version=row.id)
    context = _version_context(request, row, _("Leaving"))
    return render(request, "agreements/leave.html", context)


@require_POST
@for_staff
def stay(request: StaffRequest, departure: int) -> HttpResponseBase:
    """Take a notice back."""
    row = Departure.objects.filter(pk=departure).first()
    if row is None:
        raise NotFound("no_such_notice", _("There is no such notice."))
    actions.withdraw_leaving(by=request.acting, key=form_key(request), departure=departure)
    messages.success(request, _("The notice is taken back; the party stays."))
    return redirect("agreement", version=row.instrument_id)


@require_POST
@for_staff
def milestone(request: StaffRequest, version: str) -> HttpResponseBase:
    """Report that a milestone of the instrument was reached."""
    row = queries.version(version[:100], request.acting)
    done = actions.report_milestone(
        by=request.acting,
        key=form_key(request),
        instrument=row.instrument_id,
        milestone=request.POST.get("milestone", "")[:60],
    )
    messages.success(
        request,
        _("The milestone is recorded as %(number)s; what waited for it begins to count.")
        % {"number": done["matter"]},
    )
    return redirect("agreement", version=row.id)


def base(request: HttpRequest) -> str:
    """Return the frame of a public page: with the rail for who is logged in."""
    return "shell/base.html" if request.user.is_authenticated else "shell/public.html"


def _sign_page(
    request: StaffRequest,
    row: InstrumentVersion,
    form: forms_instruments.ReasonForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context = _version_context(request, row, _("Sign"))
    context |= {
        "pages": the_register.clause_pages(row, None, None),
        "clause_kinds": wording.KINDS,
        "form": form or forms_instruments.ReasonForm(),
        "law": row.instrument.kind == Instrument.Kind.LAW,
        "older": next((v for v in queries.versions_of(row.instrument_id) if v.number < row.number), None),
    }
    return render(request, "agreements/sign.html", context, status=status)


def _ending_page(
    request: StaffRequest, row: InstrumentVersion, form: forms_instruments.EndingForm, status: int
) -> HttpResponse:
    context = _version_context(request, row, _("Ending")) | {"form": form}
    return render(request, "agreements/ending.html", context, status=status)


def _version_context(request: StaffRequest, row: InstrumentVersion, here: str) -> dict[str, Any]:
    now = clock.now()
    standing = instrument_pages.standing(row, request.acting, now)
    return {
        "version": row,
        "instrument": row.instrument,
        "parties": standing.parties,
        "standing": standing,
        "key": new_key(),
        "now": now,
        "crumbs": crumbs(row.id, f"/agreements/{row.id}/", here, ""),
    }
