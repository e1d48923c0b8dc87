"""Screens of matters without a page of their own (periods, tasks), and of clauses that exclude each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from tongxin.heart.agreements import (
    actions,
    conflicts,
    duty_acts,
    explain,
    queries,
    rulebook,
    threads,
    timeline,
    withdrawing,
    wording,
)
from tongxin.heart.agreements.duty_forms import ReasonForm, RulingForm
from tongxin.heart.agreements.models import ClauseConflict, Duty, Instrument
from tongxin.heart.events import queries as events
from tongxin.heart.events import vocabulary
from tongxin.heart.events.models import Event, Matter
from tongxin.heart.exchange.acts import new_key
from tongxin.heart.exchange.screen_parts import StaffRequest, for_staff, form_key
from tongxin.heart.region.acting import Acting
from tongxin.shared import clock
from tongxin.shared.errors import Invalid
from tongxin.shared.named import Both, pick

PAGE = 50
SHOWN = 200  # duties on the page of a matter
TERMS: dict[str, Any] = {
    "instrument": gettext_lazy("Agreement"),
    "version": gettext_lazy("Version"),
    "every": gettext_lazy("How often"),
    "period": gettext_lazy("Period"),
    "begins": gettext_lazy("Begins"),
    "ends": gettext_lazy("Ends"),
    "milestone": gettext_lazy("Milestone"),
}
EVERY: dict[str, Any] = {
    "P1W": gettext_lazy("each week"),
    "P1M": gettext_lazy("each month"),
    "P3M": gettext_lazy("each quarter"),
    "P6M": gettext_lazy("each half year"),
    "P1Y": gettext_lazy("each year"),
}


@dataclass(frozen=True)
class Vote:
    """What an office has said, or that it has not yet."""

    office: Both | str
    clause: str
    post: str
    reason: str
    mine: bool


@dataclass(frozen=True)
class Line:
    """A conflict in the list."""

    row: ClauseConflict
    seen: threads.Seen
    waits: bool  # for a decision
    mine: bool  # the reader's office has to say


@require_GET
@for_staff
def matter(request: StaffRequest, number: str) -> HttpResponse:
    """Show a matter: what it is, who owes whom in it, what happened; one with a page of its own is shown there."""
    row = queries.matter(request.acting, number[:20])
    address = vocabulary.page(row.kind, row.number)
    if address != f"/matters/{row.number}/":
        return redirect(address)
    return _matter_page(request, row)


@require_POST
@for_staff
def withdraw(request: StaffRequest, number: str) -> HttpResponse:
    """Take back what the own office told by mistake: a milestone, a result."""
    row = queries.matter(request.acting, number[:20])
    form, key = ReasonForm(request.POST, name="withdraw"), form_key(request)
    if form.is_valid():
        try:
            actions.withdraw(
                withdrawing.event_of(request.acting, row.number),
                by=request.acting,
                key=key,
                reason=form.cleaned_data["reason"],
            )
        except Invalid as refused:
            form.take(refused)
        else:
            messages.success(request, _("Withdrawn. What it opened is void; who was told is told so."))
            return redirect("matter", row.number)
    return _matter_page(request, row, form, key)


def _withdrawal(reader: Acting, row: Matter) -> ReasonForm | None:
    return ReasonForm(name="withdraw") if withdrawing.report_of(reader, row) else None


def _matter_page(
    request: StaffRequest, row: Matter, form: ReasonForm | None = None, key: str = ""
) -> HttpResponse:
    reader, now = request.acting, clock.now()
    duties = queries.duties_in(reader, [row.number], absorbed=False)
    shown = duties[:SHOWN]
    standing = [d for d in shown if d.state in Duty.STANDING]
    whole = queries.sees_whole(reader, row)
    with wording.desks_at_once((), [desk for d in duties for desk in (d.bound_desk, d.owed_desk)]):
        reasons = explain.shown(explain.explain(reader, row, duties, whole=whole))
        entries = timeline.of_matter(reader, row, duties if whole else None, whole=whole)
    context = {
        "matter": row,
        "seen": threads.of_matters(reader, [row])[row.number],
        "kind": _kind(row.kind),
        "facts": _facts(events.heads(row)) if whole or duties else [],
        "sides": [
            {"name": _("My office owes"), "rows": _rows(reader, standing, "mine", now)},
            {"name": _("My office is owed"), "rows": _rows(reader, standing, "owed", now)},
            {"name": _("Ended"), "rows": _rows(reader, [d for d in shown if d.terminal], "all", now)},
        ],
        "duties": duties,
        "more": len(duties) > SHOWN,
        "reasons": reasons,
        "entries": entries,
        "illustrative": any(d.illustrative for d in duties),
        "withdraw": form if form is not None else _withdrawal(reader, row),
        "key": key or new_key(),
        "now": now,
        "crumbs": [{"label": _("My office"), "url": "/desk/"}, {"label": row.number, "url": ""}],
    }
    return render(request, "agreements/matter.html", context, status=422 if form is not None else 200)


@require_GET
@for_staff
def conflict_list(request: StaffRequest) -> HttpResponse:
    """List the errands of the reader's side on which two clauses exclude each other."""
    reader = request.acting
    page = Paginator(conflicts.seen_by(reader), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "lines": lines_of(reader, list(page.object_list)),
        "crumbs": [
            {"label": _("My office"), "url": "/desk/"},
            {"label": _("Conflicts of clauses"), "url": ""},
        ],
    }
    return render(request, "agreements/conflicts.html", context)


@require_GET
@for_staff
def conflict(request: StaffRequest, pk: int) -> HttpResponse:
    """Show two clauses that exclude each other, what the offices have said, and the form to say it."""
    return _conflict_page(request, conflicts.one(request.acting, pk))


@require_POST
@for_staff
def rule(request: StaffRequest, pk: int) -> HttpResponse:
    """Say for the own coordination office which clause shall rule."""
    row = conflicts.one(request.acting, pk)
    form = RulingForm(_clauses(row), request.POST)
    key = form_key(request)
    if form.is_valid():
        try:
            done = actions.settle_conflict(
                by=request.acting,
                key=key,
                conflict=pk,
                clause=form.cleaned_data["clause"],
                reason=form.cleaned_data["reason"],
            )
        except Invalid as refused:
            form.take(refused)
        else:
            said = (
                _("Settled.") if done["settled"] else _("Said. The other office has not said the same yet.")
            )
            messages.success(request, said)
            return redirect("conflict", pk)
    return _conflict_page(request, row, form, key)


def lines_of(reader: Acting, rows: list[ClauseConflict]) -> list[Line]:
    """Return conflicts as a list shows them; the number of reads does not grow with them."""
    standing = conflicts.standing(rows)
    seen = _threads(reader, rows)
    return [
        Line(
            row,
            seen[row.thread],
            row.ruling_id is None and len(standing[row.pk]) == 2,
            reader.desk in conflicts.offices(row) and reader.desk not in row.votes,
        )
        for row in rows
    ]


def _threads(reader: Acting, rows: list[ClauseConflict]) -> dict[str, threads.Seen]:
    numbers = {row.thread.removeprefix("matter:") for row in rows}
    found = threads.of_matters(reader, Matter.objects.filter(number__in=queries.part_in(reader, numbers)))
    return {f"matter:{number}": found.get(number, threads.Seen(number)) for number in numbers}


def _conflict_page(
    request: StaffRequest, row: ClauseConflict, form: RulingForm | None = None, key: str = ""
) -> HttpResponse:
    reader = request.acting
    line = lines_of(reader, [row])[0]
    decides = reader.desk in conflicts.offices(row) and line.waits
    may = decides and "excuse" in reader.capabilities
    standing = conflicts.standing([row])[row.pk]
    names = wording.desk_names(conflicts.offices(row))
    context = {
        "row": row,
        "line": line,
        "sides": [
            {"clause": clause, "duty": standing.get(clause.id), "waits_for": _waits(clause)}
            for clause in (row.one, row.other)
        ],
        "votes": [
            Vote(
                names.get(office, office),
                str(row.votes.get(office, {}).get("clause", "")),
                str(row.votes.get(office, {}).get("post", "")),
                str(row.votes.get(office, {}).get("reason", "")),
                office == reader.desk,
            )
            for office in conflicts.offices(row)
        ],
        "titles": _clauses(row),
        "form": form or (RulingForm(_clauses(row)) if may else None),
        "post_may_not": decides and not may,
        "key": key or new_key(),
        "crumbs": [
            {"label": _("My office"), "url": "/desk/"},
            {"label": _("Conflicts of clauses"), "url": "/conflicts/"},
            {"label": row.thread.removeprefix("matter:"), "url": ""},
        ],
    }
    status = 422 if form is not None else 200
    return render(request, "agreements/conflict.html", context, status=status)


def _clauses(row: ClauseConflict) -> dict[str, str]:
    return {clause.id: wording.clause_title(clause) for clause in (row.one, row.other)}


def _waits(clause: Any) -> str:
    """Return the event that a clause waits for before anything may be told, in words."""
    event = getattr(rulebook.read_clause(clause), "only_after", None)
    if not event:
        return ""
    return str(vocabulary.get(event).title) if event in vocabulary.names() else str(event)


def _kind(kind: str) -> str:
    known = {"period": _("Period"), "task": _("Tasks")}
    return known.get(kind, _("Matter"))


def _facts(heads: list[Event]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the heads of the matter's chains: what was told, in words."""
    ids = {str(event.data.get("instrument", "")) for event in heads}
    titles = {row.id: pick(row.title_zh, row.title_en) for row in Instrument.objects.filter(id__in=ids)}
    found = []
    for event in heads:
        known = vocabulary.get(event.type) if event.type in vocabulary.names() else None
        title = str(known.title) if known else event.type
        lines = [(_("Known"), wording.moment(event.known_at))]
        if known and known.terms:
            said = known.told(event.data)
            lines += [(str(term), said[name]) for name, term in known.terms.items() if name in said]
        lines += [
            (str(TERMS[name]), _value(name, str(value), titles))
            for name, value in event.data.items()
            if name in TERMS
        ]
        found.append((title, lines))
    return found


def _value(name: str, value: str, titles: dict[str, str]) -> str:
    if name == "instrument":
        return titles.get(value, value)
    if name == "every":
        return str(EVERY.get(value, value))
    return wording.moment(datetime.fromisoformat(value)) if name in {"begins", "ends"} else value


def _rows(reader: Acting, duties: list[Duty], side: str, now: datetime) -> list[dict[str, Any]]:
    """Return the duties of a side with the button that this reader has."""
    found = []
    for duty in duties:
        mine = reader.answers_for(duty.bound_desk_id)
        if side != "all" and mine != (side == "mine"):
            continue
        words, capability = duty_acts.button(duty)
        may = duty.state == Duty.State.OPEN and duty.bound_desk_id == reader.desk
        may = may and duty_acts.not_before(duty, now) is None
        found.append({"duty": duty, "button": words if may and capability in reader.capabilities else ""})
    return found
