"""Screens of the leaders' agenda: the list, one item with what was resolved, the sheet for a meeting, and its file."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tongxin.heart.agreements import actions, agenda, wording
from tongxin.heart.agreements.agenda_forms import ResolutionForm
from tongxin.heart.agreements.models import AgendaItem
from tongxin.heart.exchange import exports
from tongxin.heart.exchange.acts import new_key
from tongxin.heart.exchange.screen_parts import StaffRequest, for_staff, form_key
from tongxin.shared import clock
from tongxin.shared.errors import Invalid
from tongxin.shared.named import pick

PAGE = 30
SHEET_MAX = 500  # items on a sheet or in a file; no meeting takes up more
EXPORTED = (
    "item", "meeting", "duty", "about", "bound", "owed", "clause", "due", "late", "rung", "since", "state",
    "resolved", "mark",
)  # fmt: skip


@require_GET
@for_staff
def index(request: StaffRequest) -> HttpResponse:
    """List what stands on the agendas that concern the reader, or what was closed; by meeting, oldest first."""
    reader, now = request.acting, clock.now()
    seen = agenda.seen_by(reader)
    meetings = agenda.meetings(seen)
    state = "off" if request.GET.get("state") == "off" else "on"
    meeting = request.GET.get("meeting", "")
    rows = _narrowed(seen, meeting if meeting in meetings else "", state)
    paginator = Paginator(agenda.with_names(rows), PAGE)
    page = paginator.get_page(request.GET.get("page") or _page_of(rows, request.GET.get("item", "")))
    lines = agenda.lines(reader, list(page.object_list), now)
    context = {
        "page": page,
        "lines": lines,
        "state": state,
        "meetings": meetings,
        "meeting": meeting,
        "filtered": state == "off" or bool(meeting),
        "coordinates": reader.coordinates,
        "post_may": "excuse" in reader.capabilities,
        "crumbs": _crumbs(),
    }
    return render(request, "agreements/agenda.html", context)


@require_GET
@for_staff
def item(request: StaffRequest, pk: int) -> HttpResponse:
    """Show one item: what is owed, how late, what rang before, what meetings have resolved, and the form for it."""
    return _item_page(request, agenda.one(request.acting, pk))


@require_POST
@for_staff
def settle(request: StaffRequest, pk: int) -> HttpResponse:
    """Record what the meeting resolved; what the act refuses comes back at the form's fields, with what was typed."""
    row = agenda.one(request.acting, pk)
    form, key = ResolutionForm(request.POST), form_key(request)
    if form.is_valid():
        said = form.cleaned_data
        try:
            actions.settle_agenda_item(
                by=request.acting,
                key=key,
                item=pk,
                kind=said["kind"],
                met_on=said["met_on"],
                text=said["text"],
                by_day=said["by_day"],
            )
        except Invalid as refused:
            form.take(refused)
        else:
            messages.success(request, _("Recorded. Both offices are told; the duty stays as it is."))
            return redirect("agenda_item", pk)
    return _item_page(request, row, form, key)


@require_GET
@for_staff
def sheet(request: StaffRequest) -> HttpResponse:
    """Show the agenda of a meeting's day as a sheet that prints: what stood on it, and what was resolved that day."""
    reader = request.acting
    seen = agenda.seen_by(reader)
    meetings = agenda.meetings(seen)
    asked = _asked(request)
    meeting = asked["meeting"] if asked["meeting"] in meetings else next(iter(meetings), "")
    day = _day(asked["on"])
    lines, more = _of_day(request, seen, meeting, day)
    context = {
        "lines": lines,
        "more": more,
        "most": SHEET_MAX,
        "day": day,
        "meetings": meetings,
        "meeting": meeting,
        "name": meetings.get(meeting, ""),
        "illustrative": any(line.duty.illustrative for line in lines),
        "drill": any(line.duty.drill for line in lines),
        "key": new_key(),
        "now": clock.now(),
        "crumbs": _crumbs(_("Sheet for the meeting")),
    }
    return render(request, "agreements/agenda_sheet.html", context)


@require_POST
@for_staff
def export(request: StaffRequest) -> HttpResponse:
    """Hand the agenda of a day out as a file; that it left the house is an entry in the ledger."""
    asked = _asked(request)
    seen = agenda.seen_by(request.acting)
    meeting, day = asked["meeting"], _day(asked["on"])
    lines, _more = _of_day(request, seen, meeting, day)
    exports.record(
        by=request.acting,
        key=form_key(request),
        name="agreements.agenda.exported",
        subject=f"desk:{request.acting.desk}/agenda",
        rows=len(lines),
        fields=EXPORTED,
        filters={"on": day.isoformat(), "meeting": meeting},
    )
    head = [_("Agenda item"), _("Meeting"), _("Duty"), _("About"), _("Bound office"), _("Owed office"), _("Clause"),
            _("Due"), _("How late"), _("What rang before"), _("On the agenda since"), _("State"), _("Resolution"),
            _("Mark")]  # fmt: skip
    return exports.csv_response(f"agenda-{day}", head, [as_row(line) for line in lines])


def as_row(line: agenda.Line) -> list[str]:
    """Return an item as a line of a file; words in the reader's language."""
    duty = line.duty
    marks = [_("Illustrative")] if duty.illustrative else []
    return [
        str(line.item.pk),
        line.meeting,
        wording.duty_words(duty),
        " ".join(part for part in (line.seen.title, line.seen.number) if part),
        str(wording.desk_name(duty.bound_desk)),
        str(wording.desk_name(duty.owed_desk)),
        f"{wording.clause_title(duty.clause)} [{duty.clause_id}]",
        wording.due_moment(line.deadline),
        wording.length(_whole_minutes(line.late)) if line.late else "",
        pick("；", "; ").join(_rung(rung) for rung in line.rungs),
        wording.moment(line.item.put_at),
        line.state_words,
        pick("；", "; ").join(_said(said) for said in line.said),
        " · ".join([*marks, *([_("Drill")] if duty.drill else [])]),
    ]


def _rung(rung: agenda.Rung) -> str:
    who = pick("、", ", ").join(rung.posts) or _("nobody there")
    return f"{rung.words} {wording.moment(rung.at)} {who}"


def _said(said: agenda.Said) -> str:
    row = said.row
    until = f" {row.by_day}" if row.by_day else ""
    return f"{row.met_on} {said.kind}{until}{pick('：', ': ')}{row.text}"


def _whole_minutes(length: timedelta) -> timedelta:
    return length - length % timedelta(minutes=1)


def _of_day(
    request: StaffRequest, seen: QuerySet[AgendaItem], meeting: str, day: date
) -> tuple[list[agenda.Line], bool]:
    rows = list(agenda.with_names(agenda.of_day(seen.filter(meeting=meeting), day))[: SHEET_MAX + 1])
    at = min(clock.now(), agenda.end_of(day))
    return agenda.lines(request.acting, rows[:SHEET_MAX], at), len(rows) > SHEET_MAX


def _narrowed(seen: QuerySet[AgendaItem], meeting: str, state: str) -> QuerySet[AgendaItem]:
    today = clock.beijing(clock.now()).date()
    rows = seen.filter(meeting=meeting) if meeting else seen
    return agenda.off(rows, today) if state == "off" else agenda.standing(rows, today)


def _page_of(rows: QuerySet[AgendaItem], item: str) -> int:
    """Return the page of the list on which an item stands: a bell leads to it by its number."""
    if not (item.isascii() and item.isdecimal()) or len(item) > 15:
        return 1
    found = rows.filter(pk=int(item)).values_list("put_at", flat=True).first()
    if found is None:
        return 1
    before = rows.filter(put_at__lt=found).count() + rows.filter(put_at=found, pk__lt=int(item)).count()
    return before // PAGE + 1


def _item_page(
    request: StaffRequest, row: AgendaItem, form: ResolutionForm | None = None, key: str = ""
) -> HttpResponse:
    line = agenda.lines(request.acting, [row], clock.now())[0]
    may = line.records and line.stands and "excuse" in request.acting.capabilities
    today = clock.beijing(clock.now()).date()
    context = {
        "line": line,
        "duty": line.duty,
        "form": form or (ResolutionForm(initial={"met_on": today}) if may else None),
        "post_may_not": line.records and line.stands and not may,
        "key": key or new_key(),
        "crumbs": _crumbs(wording.duty_words(line.duty)),
    }
    status = 422 if form is not None else 200
    return render(request, "agreements/agenda_item.html", context, status=status)


def _asked(request: HttpRequest) -> dict[str, str]:
    given = request.POST if request.method == "POST" else request.GET
    return {"on": given.get("on", "")[:10], "meeting": given.get("meeting", "")[:80]}


def _day(text: str) -> date:
    """Return the day that is asked for, today where it is none."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return clock.beijing(clock.now()).date()
    return day if agenda.FIRST_YEAR <= day.year <= agenda.LAST_YEAR else clock.beijing(clock.now()).date()


def _crumbs(here: str = "") -> list[dict[str, str]]:
    links = [{"label": _("My office"), "url": "/desk/"}]
    if not here:
        return [*links, {"label": _("Leaders' agenda"), "url": ""}]
    return [*links, {"label": _("Leaders' agenda"), "url": "/agenda/"}, {"label": here, "url": ""}]
