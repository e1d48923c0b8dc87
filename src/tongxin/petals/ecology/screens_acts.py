"""Screens of what is done in an incident: correct, withdraw, forecast, object, merge, call, stand down, all-clear.

Each has a page of its own with its form and, where it can be said, what will follow.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tongxin.heart.agreements import actions as agreements
from tongxin.heart.agreements import vocabulary, wording
from tongxin.heart.agreements.errands import Errand
from tongxin.heart.events.queries import Chain
from tongxin.heart.exchange.screen_parts import StaffRequest, for_staff, form_key
from tongxin.petals.ecology import actions, page, preview, queries
from tongxin.petals.ecology.forms import CallForm, CorrectionForm
from tongxin.petals.ecology.forms_acts import (
    CloseForm,
    ForecastForm,
    HeardForm,
    MergeForm,
    ObjectionForm,
    StandDownForm,
    WarningForm,
    WithdrawForm,
)
from tongxin.petals.ecology.page import Sent
from tongxin.petals.ecology.queries import Incident
from tongxin.petals.ecology.screens import settled, typed
from tongxin.shared import clock
from tongxin.shared.errors import Conflict, Invalid, NotAllowed, NotFound
from tongxin.shared.named import pick

both = require_http_methods(["GET", "HEAD", "POST"])


@both
@for_staff
def correct(request: StaffRequest, number: str) -> HttpResponse:
    """Correct a report: the form as the report stands, and on request what would follow."""
    by, found = request.acting, queries.incident(request.acting, number)
    by.need("report_incident")
    named = _event(request, found)
    chain = _report(queries.own_chain(by, found, named))
    places = [(p.id, pick(p.name_zh, p.name_en)) for p in queries.places(by, clock.now())]
    form = CorrectionForm(_posted(request), places=places, chain=chain)
    following = None
    if form.is_bound and form.is_valid():
        try:
            if "preview" in request.POST:
                following = preview.of_correction(found, chain, form.report(), form.known(), clock.now())
            else:
                actions.correct_incident(
                    named or str(chain.head.id),
                    form.report(),
                    by=by,
                    key=form_key(request),
                    reason=form.cleaned_data["reason"],
                    known_corrected=form.known(),
                )
                messages.success(request, _("Corrected."))
                return redirect("incident", number)
        except Invalid as refused:
            form.take_refusal(refused)
    return _answer(
        request,
        found,
        form,
        title=_("Correct the report"),
        text=_(
            "The report as it was stays beside the correction. Who was told a field that changes is told anew."
        ),
        button=_("Correct"),
        following=following,
        previews=True,
        event=named or str(chain.head.id),
        told=preview.told(found, but=by.desk),
    )


@both
@for_staff
def withdraw(request: StaffRequest, number: str) -> HttpResponse:
    """Withdraw a report or a forecast: why, and what follows."""
    by, found = request.acting, queries.incident(request.acting, number)
    by.need("report_incident")
    named = _event(request, found)
    chain = queries.own_chain(by, found, named)
    event = named or str(chain.head.id)
    form = WithdrawForm(_posted(request))

    def act() -> HttpResponse:
        reason = form.cleaned_data["reason"]
        actions.withdraw(event, by=by, key=form_key(request), reason=reason)
        messages.success(request, _("Withdrawn."))
        return redirect("incident", number)

    forecast = chain in found.forecasts
    return _run(
        request,
        found,
        form,
        act,
        title=_("Withdraw the forecast") if forecast else _("Withdraw the report"),
        text=_("What is taken back stays in the record. What it opened is void; who was told is told so."),
        button=_("Withdraw"),
        danger=True,
        following=None if chain.withdrawn else preview.of_withdrawal(found, chain, clock.now()),
        event=event,
    )


@both
@for_staff
def forecast(request: StaffRequest, number: str) -> HttpResponse:
    """Enter a forecast: one row for each place downstream, and on request what would follow."""
    by, found = request.acting, queries.incident(request.acting, number)
    by.need("report_incident")
    if not found.whole:
        raise NotAllowed(
            "report_not_seen",
            _("A forecast is entered by a desk that sees the report; your desk knows what it was told."),
            todo=_("Send your forecast to the office that told you."),
        )
    last = page.forecast_of(found)
    places = [(p.id, pick(p.name_zh, p.short_en)) for p in queries.places_below(found)]
    form = ForecastForm(
        _posted(request),
        request.FILES if request.method == "POST" else None,
        places=places,
        last=last.rows if last else (),
        initial={"engine": last.engine.get("name"), "version": last.engine.get("version")} if last else {},
    )
    following = None
    if form.is_bound and form.is_valid():
        try:
            told = form.forecast()
            if "preview" in request.POST:
                report = actions.report_of(found, told)
                following = preview.of_forecast(found, by, report, clock.now())
            else:
                actions.record_forecast(number, told, by=by, key=form_key(request))
                messages.success(request, _("The forecast is recorded."))
                return redirect("incident", number)
        except Invalid as refused:
            form.take_refusal(refused)
    return _answer(
        request,
        found,
        form,
        template="ecology/forecast_new.html",
        wide=True,
        title=_("Enter a forecast"),
        text=_("Clauses that wait for it decide anew: who is told, by when, who need not care any more."),
        button=_("Enter"),
        following=following,
        previews=True,
        rows=list(form.rows()),
    )


@both
@for_staff
def object_to(request: StaffRequest, number: str) -> HttpResponse:
    """Object to a report of another side."""
    by, found = request.acting, queries.incident(request.acting, number)
    by.need("confirm")
    named = _event(request, found)
    event = queries.event_in(found, named) if named else queries.latest_report(found)
    if by.answers_for(event.by_desk_id):
        raise NotAllowed(
            "own_event",
            _("An objection is for the other side."),
            todo=_("Correct or withdraw what the own side reported."),
        )
    form = ObjectionForm(_posted(request))

    def act() -> HttpResponse:
        actions.object_to(str(event.id), by=by, key=form_key(request), text=form.cleaned_data["text"])
        messages.success(request, _("The objection is recorded."))
        return redirect("incident", number)

    return _run(
        request,
        found,
        form,
        act,
        title=_("Object to the report"),
        text=_("The objection stands beside the report, to be seen by who sees it. It changes nothing else."),
        button=_("Object"),
        event=event.id,
    )


@both
@for_staff
def merge(request: StaffRequest, number: str) -> HttpResponse:
    """Propose that the incident is one with another."""
    by, found = request.acting, queries.incident(request.acting, number)
    by.need("report_incident")
    queries.own_chain(by, found)
    form = MergeForm(_posted(request))

    def act() -> HttpResponse:
        data = form.cleaned_data
        other = data["other"].strip().upper()
        try:
            actions.propose_merge(number, other, by=by, key=form_key(request), reason=data["reason"])
        except NotFound as refused:
            raise Invalid(refused.what, {"other": [refused.what]}) from refused
        messages.success(request, _("Proposed; the other desk answers."))
        return redirect("incident", number)

    return _run(
        request,
        found,
        form,
        act,
        title=_("One incident with another"),
        text=_(
            "The desk that reported the other one agrees or refuses. Agreed, the earlier one goes on for both."
        ),
        button=_("Propose"),
    )


@require_POST
@for_staff
def answer_merge(request: StaffRequest, number: str, proposal: int) -> HttpResponse:
    """Agree that two incidents are one, or refuse."""
    queries.incident(request.acting, number)
    queries.proposal(request.acting, proposal)
    agree = request.POST.get("agree") == "yes"
    actions.answer_merge(proposal, by=request.acting, key=form_key(request), agree=agree)
    messages.success(request, _("The two are one now.") if agree else _("Refused; the two stay two."))
    return redirect("incident", number)


@both
@for_staff
def close(request: StaffRequest, number: str) -> HttpResponse:
    """Give the all-clear: everyone who was told gets it; what is still owed counts as not met."""
    by, found = request.acting, queries.incident(request.acting, number)
    by.need("report_incident")
    queries.own_chain(by, found)
    form = CloseForm(_posted(request))

    def act() -> HttpResponse:
        actions.close(number, by=by, key=form_key(request), reason=form.cleaned_data["reason"])
        messages.success(request, _("All-clear given."))
        return redirect("incident", number)

    standing, receivers = preview.of_closing(by, found)
    return _run(
        request,
        found,
        form,
        act,
        title=_("All-clear"),
        text=_("The incident ends. Every office that was told gets the all-clear; what is still owed fails."),
        button=_("All-clear"),
        danger=bool(standing),
        standing=standing,
        receivers=receivers,
    )


@both
@for_staff
def call(request: StaffRequest, number: str) -> HttpResponse:
    """Record that a desk was told by telephone; it counts when that desk records it too."""
    by, found = request.acting, queries.incident(request.acting, number)
    by.need("notify")
    to = (request.POST if request.method == "POST" else request.GET).get("to", "")[:80]
    owed = queries.errand(by, found, to)
    form: Any = None
    if owed is not None:
        posted = request if request.method == "POST" else None
        form = page.notice_form(found, owed, page.forecast_of(found), posted, CallForm)
    again = HeardForm(_posted(request)) if form is None else form  # sent twice: answered from the first time
    if request.method == "POST" and again.is_valid():
        try:
            agreements.tell_by_telephone(
                by=by,
                key=form_key(request),
                matter=number,
                to_desk=to,
                carried=form.carried() if form else typed(request),
                at=again.cleaned_data["at"],
            )
        except Invalid as refused:
            if form is None:
                raise
            form.take_refusal(refused)
        except Conflict as refused:
            if refused.code != "nothing_owed":
                raise
            return settled(request, number, to)
        else:
            messages.success(request, _("Recorded; it counts when the other side records it too."))
            return redirect("incident", number)
    if form is None:
        return settled(request, number, to)
    return _answer(
        request,
        found,
        form,
        title=_("Told by telephone: %(desk)s") % {"desk": _name(owed)},
        text=_("A call counts when both sides have recorded it, at the later of the two times."),
        button=_("Record"),
        to=to,
    )


@require_POST
@for_staff
def heard(request: StaffRequest, number: str, message: UUID) -> HttpResponse:
    """Record that the own desk was told by telephone."""
    by = request.acting
    queries.incident(by, number)
    by.need("confirm")
    form = HeardForm(request.POST)
    if form.is_valid():
        try:
            agreements.heard(by=by, key=form_key(request), message=str(message), at=form.cleaned_data["at"])
        except Invalid as refused:
            form.take_refusal(refused)
        else:
            messages.success(request, _("Recorded: both sides say so now."))
            return redirect("incident", number)
    return page.show(request, number, sent=Sent("heard", str(message), form), status=422)


@require_POST
@for_staff
def stand_down(request: StaffRequest, number: str) -> HttpResponse:
    """Tell a desk that it no longer concerns it."""
    by = request.acting
    queries.incident(by, number)
    by.need("notify")
    to = request.POST.get("to", "")[:80]
    form = StandDownForm(request.POST)
    if form.is_valid():
        remark = form.cleaned_data["remark"]
        agreements.stand_down(by=by, key=form_key(request), matter=number, to_desk=to, remark=remark)
        names = wording.desk_names([to])
        messages.success(request, _("Stood down: %(desk)s.") % {"desk": names.get(to, to)})
        return redirect("incident", number)
    return page.show(request, number, sent=Sent("down", to, form), status=422)


@both
@for_staff
def warn(request: StaffRequest, number: str) -> HttpResponse:
    """Warn a desk that no clause names: by law or by necessity; the own coordination office reviews it."""
    by, found = request.acting, queries.incident(request.acting, number)
    by.need("notify")
    desks = [
        (title, [(desk.id, str(wording.desk_name(desk))) for desk in rows])
        for title, rows in queries.warnable(by, found)
    ]
    to = request.GET.get("to", "")[:80]
    form = WarningForm(
        _posted(request),
        desks=desks,
        fields=list(vocabulary.fields().values()),
        data_of_event=found.event.data if found.event else found.told,
        initial={"to_desk": to, "basis": "necessity"},
    )

    def act() -> HttpResponse:
        data = form.cleaned_data
        done = agreements.warn(
            by=by,
            key=form_key(request),
            matter=number,
            to_desk=data["to_desk"],
            carried=form.carried(),
            basis=data["basis"],
            reason=data["reason"],
        )
        names = wording.desk_names([data["to_desk"]])
        messages.success(request, _("Warned: %(desk)s.") % {"desk": names.get(data["to_desk"], "")})
        if done["withheld"]:
            messages.warning(request, _("A bar keeps a field from crossing; it was withheld."))
        return redirect("incident", number)

    return _run(
        request,
        found,
        form,
        act,
        title=_("Warn without a clause"),
        text=_(
            "A warning of danger is never refused. It goes out by law or by necessity and is marked so; your"
            " coordination office reviews it within a day. What a clause demands stays owed."
        ),
        button=_("Warn"),
    )


def _run(
    request: StaffRequest, found: Incident, form: Any, act: Callable[[], HttpResponse], **words: Any
) -> HttpResponse:
    """Do the act when its form came back whole; else show the form, with the faults that it has."""
    if form.is_bound and form.is_valid():
        try:
            return act()
        except Invalid as refused:
            form.take_refusal(refused)
    return _answer(request, found, form, **words)


def _answer(
    request: StaffRequest,
    found: Incident,
    form: forms.Form,
    *,
    title: str,
    text: str,
    button: str,
    template: str = "ecology/act.html",
    **more: Any,
) -> HttpResponse:
    number = found.matter.number
    context = {
        "found": found,
        "form": form,
        "key": form_key(request),
        "title": title,
        "text": text,
        "button": button,
        "crumbs": page.crumbs(number, title),
        **more,
    }
    return render(request, template, context, status=422 if form.errors else 200)


def _report(chain: Chain) -> Chain:
    """Return the chain of a report; a forecast is not corrected, the next one replaces it."""
    if chain.first.engine is not None:
        raise NotAllowed(
            "forecast_not_corrected",
            _("A forecast is not corrected."),
            todo=_("Enter the next forecast: it replaces this one."),
        )
    return chain


def _name(owed: Errand | None) -> str:
    return str(wording.desk_name(owed.owed)) if owed else ""


def _event(request: StaffRequest, found: Incident) -> str:
    """Return the event that the page is about, if it names one; raises NotFound for another incident's."""
    named = (request.POST if request.method == "POST" else request.GET).get("event", "")
    return str(queries.event_in(found, named).id) if named else ""


def _posted(request: StaffRequest) -> Any:
    return request.POST if request.method == "POST" else None
