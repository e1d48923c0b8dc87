"""Screens of duties: why one is owed and what may be done with it, conflicts of clauses, matters without a page of
their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from tongxin.heart.agreements import (
    actions,
    duty_acts,
    duty_forms,
    duty_pages,
    performing,
    queries,
    rulebook,
    wording,
)
from tongxin.heart.agreements.duty_forms import ActForm, PerformForm
from tongxin.heart.agreements.language import AnyClause
from tongxin.heart.agreements.models import Duty
from tongxin.heart.exchange.acts import new_key
from tongxin.heart.exchange.models import Message
from tongxin.heart.exchange.screen_parts import StaffRequest, for_staff, form_key
from tongxin.heart.region.acting import Acting
from tongxin.shared import clock
from tongxin.shared.errors import Invalid

Sent = dict[str, ActForm]


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Lead to where duties are listed: the own office's board, or for the public the register of agreements."""
    return redirect("desk" if request.user.is_authenticated else "agreements")


@require_GET
@for_staff
def duty(request: StaffRequest, pk: int) -> HttpResponse:
    """Show why the duty is owed, how its clock was counted, and what the reader may do with it now."""
    return _page(request, queries.duty(request.acting, pk))


@require_POST
@for_staff
def perform(request: StaffRequest, pk: int) -> HttpResponse:
    """Deliver what the duty demands."""
    row, clause = _found(request, pk)
    asked = performing.asked(clause, row)
    form = PerformForm(asked, request.POST, values=_known(row))

    def act(key: str) -> dict[str, Any]:
        carried = form.carried()
        return actions.perform(by=request.acting, key=key, duty=pk, carried=carried)

    return _acted(request, row, "perform", form, act, _performed)


@require_POST
@for_staff
def accept(request: StaffRequest, pk: int) -> HttpResponse:
    """Accept what was delivered."""
    row, _clause = _found(request, pk)
    return _acted(
        request,
        row,
        "accept",
        duty_forms.PlainForm(request.POST, name="accept"),
        lambda key: actions.accept(by=request.acting, key=key, duty=pk),
        lambda _done: _("Accepted. The duty is met."),
    )


@require_POST
@for_staff
def send_back(request: StaffRequest, pk: int) -> HttpResponse:
    """Send a delivery back with a reason."""
    return _with_reason(
        request, pk, "send_back", actions.send_back, _("Sent back. The other office delivers anew.")
    )


@require_POST
@for_staff
def excuse(request: StaffRequest, pk: int) -> HttpResponse:
    """Excuse the duty."""
    return _with_reason(
        request, pk, "excuse", actions.excuse, _("Excused. It leaves the score and is shown apart.")
    )


@require_POST
@for_staff
def give_up(request: StaffRequest, pk: int) -> HttpResponse:
    """Give the duty up as not met."""
    return _with_reason(request, pk, "give_up", actions.give_up, _("Given up. It counts as not met."))


@require_POST
@for_staff
def suspend(request: StaffRequest, pk: int) -> HttpResponse:
    """Stop the duty's clock on a ground that its clause names."""
    row, clause = _found(request, pk)
    form = duty_forms.GroundForm(clause.grounds, request.POST)
    return _acted(
        request,
        row,
        "suspend",
        form,
        lambda key: actions.suspend(by=request.acting, key=key, duty=pk, ground=form.cleaned_data["ground"]),
        lambda _done: _("Suspended. The clock stands still until it is resumed."),
    )


@require_POST
@for_staff
def resume(request: StaffRequest, pk: int) -> HttpResponse:
    """Let the duty's clock run on."""
    row, _clause = _found(request, pk)
    return _acted(
        request,
        row,
        "resume",
        duty_forms.PlainForm(request.POST, name="resume"),
        lambda key: actions.resume(by=request.acting, key=key, duty=pk),
        lambda _done: _("Resumed. The clock runs on."),
    )


@require_POST
@for_staff
def date(request: StaffRequest, pk: int) -> HttpResponse:
    """Propose another day for a delivery, or agree to the one that the other side proposed."""
    row, _clause = _found(request, pk)
    form = duty_forms.DateForm(request.POST)

    def said(done: dict[str, Any]) -> str:
        if done["agreed"]:
            return _("Agreed. The due has moved; the first date is kept beside it.")
        return _("Proposed. The due moves when the other side names the same day.")

    return _acted(
        request,
        row,
        "date",
        form,
        lambda key: actions.propose_date(
            by=request.acting,
            key=key,
            duty=pk,
            on=form.cleaned_data["on"],
            reason=form.cleaned_data["reason"],
        ),
        said,
    )


def _found(request: StaffRequest, pk: int) -> tuple[Duty, AnyClause]:
    row = queries.duty(request.acting, pk)
    return row, rulebook.read_clause(row.clause)


def _with_reason(
    request: StaffRequest, pk: int, name: str, act: Callable[..., dict[str, Any]], said: str
) -> HttpResponse:
    row, _clause = _found(request, pk)
    form = duty_forms.ReasonForm(request.POST, name=name)
    return _acted(
        request,
        row,
        name,
        form,
        lambda key: act(by=request.acting, key=key, duty=pk, reason=form.cleaned_data["reason"]),
        lambda _done: said,
    )


def _acted(
    request: StaffRequest,
    row: Duty,
    name: str,
    form: ActForm,
    act: Callable[[str], dict[str, Any]],
    said: Callable[[dict[str, Any]], str],
) -> HttpResponse:
    """Do the act of a form; what the action refuses comes back at the form's fields, with all that was typed."""
    key = form_key(request)
    if form.is_valid():
        try:
            done = act(key)
        except Invalid as refused:
            form.take(refused)
        else:
            messages.success(request, said(done))
            return redirect("duty", row.pk)
    return _page(request, row, sent={name: form}, key=key)


def _performed(done: dict[str, Any]) -> str:
    if done["state"] == Duty.State.CLAIMED:
        return _("Delivered. The other office accepts it or sends it back.")
    return _("Delivered. The duty is met.")


def _page(request: StaffRequest, row: Duty, sent: Sent | None = None, key: str = "") -> HttpResponse:
    """Render a duty; a form that was refused stands in it again, with its key."""
    reader, now = request.acting, clock.now()
    found = duty_pages.page(reader, row)
    may = duty_acts.may(reader, row, found.clause, now)
    forms = forms_of(row, found.clause, may, sent)
    context = {
        "page": found,
        "duty": row,
        "may": may,
        "forms": forms,
        "keys": {name: key if form.is_bound else new_key() for name, form in forms.items()},
        "refused": next((form for form in forms.values() if form.is_bound), None),
        "state": wording.DUTY_STATES[wording.duty_state(row, now)],
        "reading": wording.reading(found.clause, wording.roles()),
        "button": duty_acts.button(row)[0],
        "proposed": duty_acts.proposed_days(row),
        "answers": getattr(found.clause, "answer", None) is not None,
        "elsewhere": _elsewhere(reader, row, found),
        "now": now,
        "crumbs": _crumbs(found),
    }
    return render(request, "agreements/duty.html", context, status=422 if context["refused"] else 200)


def forms_of(row: Duty, clause: AnyClause, may: duty_acts.May, sent: Sent | None = None) -> Sent:
    """Return the forms of what the reader may do, by act; one that was sent takes the place of the fresh one."""
    given = dict(sent or {})
    if may.perform:
        given.setdefault("perform", PerformForm(performing.asked(clause, row), values=_known(row)))
    if may.accept:
        given.setdefault("accept", duty_forms.PlainForm(name="accept"))
    if may.resume:
        given.setdefault("resume", duty_forms.PlainForm(name="resume"))
    for name, allowed in (("send_back", may.send_back), ("excuse", may.excuse), ("give_up", may.give_up)):
        if allowed:
            given.setdefault(name, duty_forms.ReasonForm(name=name))
    if may.suspend:
        given.setdefault("suspend", duty_forms.GroundForm(clause.grounds))
    if may.date:
        given.setdefault("date", duty_forms.DateForm(initial=_proposed(row)))
    return given


def _known(row: Duty) -> dict[str, str]:
    """Return what the form begins with: what the facts say, and in a settlement the amount that was stated."""
    values = {name: str(value) for name, value in dict(row.wanted.get("carried", {})).items()}
    kind, _colon, name = row.opened_by.partition(":")
    if kind == "message" and row.clause.kind == "settle":
        message = Message.objects.read_as("agreements.duty").filter(id=UUID(name)).first()
        carried = dict(message.body.get("carried", {})) if message else {}
        values |= {k: str(v) for k, v in carried.items() if k == "amount_fen"}
    return values


def _proposed(row: Duty) -> dict[str, str]:
    days = list(duty_acts.proposed_days(row).values())
    return {"on": days[-1]} if days else {}


def _elsewhere(reader: Acting, row: Duty, found: duty_pages.Page) -> str:
    """Return the word of the button that leads to where the duty is met, where that is not this page."""
    if duty_acts.done_here(row) or row.state != Duty.State.OPEN or reader.desk != row.bound_desk_id:
        return ""
    words, capability = duty_acts.button(row)
    return words if found.thread.url and capability in reader.capabilities else ""


def _crumbs(found: duty_pages.Page) -> list[dict[str, str]]:
    links = [{"label": _("My office"), "url": "/desk/"}]
    if found.thread.url:
        links.append({"label": found.thread.number, "url": found.thread.url})
    return [*links, {"label": _("Duty"), "url": ""}]
