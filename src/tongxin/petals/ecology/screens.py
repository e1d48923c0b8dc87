"""Screens of water incidents: the list, the report form, the page of one incident with its notices and receipts."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tongxin.heart.agreements import actions as agreements
from tongxin.heart.agreements import errands, wording
from tongxin.heart.agreements import queries as agreement_queries
from tongxin.heart.exchange.screen_parts import StaffRequest, for_staff, form_key
from tongxin.petals.ecology import actions, page, queries
from tongxin.petals.ecology.forms import ReportForm
from tongxin.petals.ecology.page import Sent
from tongxin.shared import clock
from tongxin.shared.errors import Conflict, Invalid
from tongxin.shared.named import pick

PAGE = 25


@require_GET
@for_staff
def incidents(request: StaffRequest) -> HttpResponse:
    """List the incidents that the reader's desk has a part in."""
    reader = request.acting
    found = Paginator(queries.numbers(reader), PAGE).get_page(request.GET.get("page"))
    rows = queries.listed(reader, queries.in_order(found.object_list))
    now = clock.now()
    late = agreement_queries.overdue(reader, now)
    may_report = "report_incident" in reader.capabilities
    context = {
        "page": found,
        "rows": rows,
        "late": late,
        "now": now,
        "may_report": may_report,
        "crumbs": page.crumbs(),
    }
    return render(request, "ecology/incidents.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def new(request: StaffRequest) -> HttpResponse:
    """Report a water incident: the form, and the act when it comes back whole."""
    by = request.acting
    by.need("report_incident")
    places = [(p.id, pick(p.name_zh, p.name_en)) for p in queries.places(by, clock.now())]
    form = ReportForm(request.POST if request.method == "POST" else None, places=places)
    key = form_key(request)
    if request.method == "POST" and form.is_valid():
        try:
            result = actions.report_incident(form.report(), by=by, key=key)
        except Invalid as refused:
            form.take_refusal(refused)
        else:
            messages.success(request, _("Reported as %(number)s.") % {"number": result["matter"]})
            return redirect("incident", result["matter"])
    context = {"form": form, "key": key, "crumbs": page.crumbs(_("Report an incident"))}
    return render(request, "ecology/incident_new.html", context, status=422 if form.errors else 200)


@require_GET
@for_staff
def incident(request: StaffRequest, number: str) -> HttpResponse:
    """Show one incident as far as the reader may see it."""
    return page.show(request, number)


@require_POST
@for_staff
def tell(request: StaffRequest, number: str) -> HttpResponse:
    """Tell one receiver; a form with faults comes back on the incident's page with what was typed."""
    by = request.acting
    found = queries.incident(by, number)
    to = request.POST.get("to", "")[:80]
    owed = queries.errand(by, found, to)
    form = page.notice_form(found, owed, None, request) if owed else None
    key = form_key(request)
    if form is None or form.is_valid():
        # When nothing is owed any more, the same command sent twice is answered from the first time.
        carried = form.carried() if form else typed(request)
        try:
            agreements.tell(by=by, key=key, matter=number, to_desk=to, carried=carried)
        except Invalid as refused:
            if form is None:
                raise
            form.take_refusal(refused)
        except Conflict as refused:
            if refused.code != "nothing_owed":
                raise
            return settled(request, number, to)
        else:
            names = wording.desk_names([to])
            messages.success(request, _("Notified: %(desk)s.") % {"desk": names.get(to, to)})
            return redirect("incident", number)
    return page.show(request, number, sent=Sent("notice", to, form), status=422)


@require_POST
@for_staff
def confirm(request: StaffRequest, number: str, message: UUID) -> HttpResponse:
    """Confirm receipt of a notice."""
    queries.incident(request.acting, number)
    agreements.confirm(by=request.acting, key=form_key(request), message=str(message))
    messages.success(request, _("Receipt confirmed."))
    return redirect("incident", number)


def typed(request: HttpRequest) -> dict[str, str]:
    """Return what was typed into a notice."""
    hidden = {"csrfmiddlewaretoken", "key", "to", "at"}
    return {
        name: str(value) for name, value in request.POST.items() if name not in hidden and str(value).strip()
    }


def settled(request: StaffRequest, number: str, to: str) -> HttpResponse:
    """Answer who comes second: what happened, what was kept, what to do, and what was typed as text."""
    sent = agreement_queries.messages(request.acting, *errands.TELLS).filter(
        thread=f"matter:{number}", from_desk_id=request.acting.desk, to_desk_id=to
    )
    last = sent.last()
    if last is None:
        what = _("Your desk owes that desk no notice in this incident now.")
        kept = _("No message was sent.")
    else:
        what = _("This notice was sent already, at %(at)s.") % {"at": wording.moment(last.sent_at)}
        kept = _("The notice that was sent stands; yours was not sent as well.")
    context = {
        "what": what,
        "kept": kept,
        "todo": _("See what was sent; what you typed stands below, for a telephone call or a correction."),
        "typed": [(str(term), str(value)) for term, value in queries.told_words(typed(request))],
        "back": f"/incidents/{number}/",
    }
    return render(request, "409.html", context, status=409)
