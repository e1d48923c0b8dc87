"""Screens of water incidents: the list, the report form, the page of one incident with its notices and receipts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tongxin.heart.agreements import actions as agreements
from tongxin.heart.agreements import errands, explain, timeline, wording
from tongxin.heart.agreements import queries as agreement_queries
from tongxin.heart.agreements.errands import Errand, Notice
from tongxin.heart.exchange.acts import new_key
from tongxin.heart.exchange.screen_parts import StaffRequest, for_staff, form_key
from tongxin.heart.region.acting import Acting
from tongxin.petals.ecology import actions, queries
from tongxin.petals.ecology.forms import NoticeForm, ReportForm
from tongxin.petals.ecology.queries import Incident
from tongxin.petals.ecology.words import LEVELS, POLLUTANTS, river_words
from tongxin.shared import clock
from tongxin.shared.errors import Conflict, Invalid
from tongxin.shared.named import pick

PAGE = 25


@dataclass(frozen=True)
class ErrandRow:
    """An errand as the page shows it, with the form to tell when it is the reader's own and something is open."""

    errand: Errand
    bound: str
    owed: str
    form: NoticeForm | None
    key: str
    number: int  # makes ids on the page unique

    @property
    def counted(self) -> str:
        """How the ruling deadline was counted, and which clause sets it."""
        return wording.due_counted(self.errand.ruling)


@dataclass(frozen=True)
class NoticeRow:
    """A notice as the page shows it; `mine` when the reader's desk still owes the receipt."""

    notice: Notice
    sender: str
    receiver: str
    carried: list[tuple[Any, Any]]
    mine: bool


@require_GET
@for_staff
def incidents(request: StaffRequest) -> HttpResponse:
    """List the incidents that the reader's desk has a part in."""
    reader = request.acting
    page = Paginator(queries.incidents(reader), PAGE).get_page(request.GET.get("page"))
    rows = queries.seen(reader, page.object_list)
    now = clock.now()
    late = agreement_queries.overdue(reader, now)
    may_report = "report_incident" in reader.capabilities
    context = {
        "page": page,
        "rows": rows,
        "late": late,
        "now": now,
        "may_report": may_report,
        "crumbs": _crumbs(),
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
    context = {"form": form, "key": key, "crumbs": _crumbs(_("Report an incident"))}
    return render(request, "ecology/incident_new.html", context, status=422 if form.errors else 200)


@require_GET
@for_staff
def incident(request: StaffRequest, number: str) -> HttpResponse:
    """Show one incident as far as the reader may see it."""
    return _page(request, number)


@require_POST
@for_staff
def tell(request: StaffRequest, number: str) -> HttpResponse:
    """Tell one receiver; a form with faults comes back on the incident's page with what was typed."""
    by = request.acting
    found = queries.incident(by, number)
    to = request.POST.get("to", "")[:80]
    owed = queries.errand(by, found, to)
    form = _notice_form(found, owed, request) if owed else None
    key = form_key(request)
    if form is None or form.is_valid():
        # When nothing is owed any more, the same command sent twice is answered from the first time.
        carried = form.carried() if form else _typed(request)
        try:
            agreements.tell(by=by, key=key, matter=number, to_desk=to, carried=carried)
        except Invalid as refused:
            if form is None:
                raise
            form.take_refusal(refused)
        except Conflict:
            return _settled(request, number, to)
        else:
            names = wording.desk_names([to])
            messages.success(request, _("Notified: %(desk)s.") % {"desk": names.get(to, to)})
            return redirect("incident", number)
    return _page(request, number, form=form, form_of=to, status=422)


@require_POST
@for_staff
def confirm(request: StaffRequest, number: str, message: UUID) -> HttpResponse:
    """Confirm receipt of a notice."""
    queries.incident(request.acting, number)
    agreements.confirm(by=request.acting, key=form_key(request), message=str(message))
    messages.success(request, _("Receipt confirmed."))
    return redirect("incident", number)


def _page(
    request: StaffRequest,
    number: str,
    *,
    form: NoticeForm | None = None,
    form_of: str = "",
    status: int = 200,
) -> HttpResponse:
    reader = request.acting
    found = queries.incident(reader, number)
    owed = errands.of_matter(reader, found.matter)
    notices = errands.notices(reader, found.matter, found.duties)
    rows = [
        _errand_row(request, found, errand, n, form if errand.owed.id == form_of else None)
        for n, errand in enumerate(owed, start=1)
    ]
    context = {
        "found": found,
        "report": _report(found),
        "lead": _lead(found, owed, notices),
        "rows": rows,
        "notices": [_notice_row(reader, notice) for notice in notices],
        "reasons": explain.explain(reader, found.matter),
        "entries": timeline.of_matter(reader, found.matter),
        "may_notify": "notify" in reader.capabilities,
        "may_confirm": "confirm" in reader.capabilities,
        "key": new_key(),
        "illustrative": any(d.illustrative for d in found.duties),
        "now": clock.now(),
        "crumbs": _crumbs(number),
    }
    return render(request, "ecology/incident.html", context, status=status)


def _errand_row(
    request: StaffRequest, found: Incident, errand: Errand, number: int, bound_form: NoticeForm | None
) -> ErrandRow:
    own = errand.bound.id == request.acting.desk and bool(errand.open)
    if bound_form is not None:
        bound_form.auto_id = f"notice{number}_%s"
    form = bound_form or (_notice_form(found, errand, None, number) if own else None)
    if "notify" not in request.acting.capabilities:
        form = None
    return ErrandRow(
        errand,
        str(wording.desk_name(errand.bound)),
        str(wording.desk_name(errand.owed)),
        form,
        form_key(request) if bound_form else new_key(),
        number,
    )


def _notice_form(found: Incident, errand: Errand, request: HttpRequest | None, number: int = 0) -> NoticeForm:
    return NoticeForm(
        request.POST if request else None,
        fields=errands.fields(errand.carries),
        data_of_event=found.event.data if found.event else {},
        auto_id=f"notice{number}_%s",
    )


def _notice_row(reader: Acting, notice: Notice) -> NoticeRow:
    message = notice.message
    return NoticeRow(
        notice,
        str(wording.desk_name(message.from_desk)),
        str(wording.desk_name(message.to_desk)),
        queries.told_words(notice.carried),
        message.to_desk_id == reader.desk and bool(notice.open),
    )


def _report(found: Incident) -> list[tuple[str, Any]]:
    """Return the report's lines for those who may see it; what was left empty is left out."""
    event = found.event
    if event is None:
        return []
    data = event.data
    lines = [
        (_("Where"), pick(event.place.name_zh, event.place.name_en)),
        (_("River"), river_words(data["river"])),
        (_("Spot"), data["location"]),
        (_("Pollutant"), POLLUTANTS.get(data["pollutant"], data["pollutant"])),
        (_("Amount"), data.get("amount")),
        (_("Level, first estimate"), LEVELS.get(data.get("level", ""), "")),
        (_("What is known"), data.get("description")),
    ]
    return [(str(term), value) for term, value in lines if value]


def _lead(found: Incident, owed: list[Errand], notices: list[Notice]) -> str:
    """Return the sentence the page opens with."""
    event = found.event
    if event is None:
        if not found.told:
            return found.title
        said_by = wording.desk_name(notices[-1].message.from_desk)
        return _("%(desk)s tells: %(what)s") % {"desk": said_by, "what": found.title}
    said = {
        "place": pick(event.place.name_zh, event.place.name_en),
        "what": found.title,
        "n": len({e.owed.id for e in owed}),
        "left": len({e.owed.id for e in owed if e.open}),
    }
    if not said["n"]:
        return _("%(what)s in %(place)s; under the clauses in force nobody has to be told.") % said
    if said["left"]:
        return _("%(what)s in %(place)s; %(left)d of %(n)d offices downstream are still to be told.") % said
    return _("%(what)s in %(place)s; all %(n)d offices downstream that had to be told have been told.") % said


def _typed(request: HttpRequest) -> dict[str, str]:
    """Return what was typed into a notice."""
    hidden = {"csrfmiddlewaretoken", "key", "to"}
    return {
        name: str(value) for name, value in request.POST.items() if name not in hidden and str(value).strip()
    }


def _settled(request: StaffRequest, number: str, to: str) -> HttpResponse:
    """Answer who comes second: what happened, what was kept, what to do, and what was typed as text."""
    sent = agreement_queries.notices(request.acting).filter(
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
        "typed": [(str(term), str(value)) for term, value in queries.told_words(_typed(request))],
        "back": request.path.removesuffix("notices/"),
    }
    return render(request, "409.html", context, status=409)


def _crumbs(last: str = "") -> list[dict[str, str]]:
    crumbs = [{"label": _("Today"), "url": "/"}]
    if not last:
        return [*crumbs, {"label": _("Water incidents"), "url": ""}]
    return [*crumbs, {"label": _("Water incidents"), "url": "/incidents/"}, {"label": last, "url": ""}]
