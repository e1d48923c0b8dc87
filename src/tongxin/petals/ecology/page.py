"""The page of one incident as its reader may see it: who must be told, what was said, what was believed when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from tongxin.heart.agreements import errands, explain, performing, timeline, wording
from tongxin.heart.agreements.errands import Demand, Errand, Notice
from tongxin.heart.agreements.models import DueMove, Duty
from tongxin.heart.events.models import MergeProposal
from tongxin.heart.events.queries import Chain
from tongxin.heart.exchange.acts import new_key
from tongxin.heart.exchange.screen_parts import StaffRequest, form_key
from tongxin.heart.region.acting import Acting
from tongxin.heart.region.models import Desk
from tongxin.petals.ecology import chains, queries
from tongxin.petals.ecology.chains import Belief, Expected, Forecast
from tongxin.petals.ecology.forms import NoticeForm
from tongxin.petals.ecology.forms_acts import HeardForm, StandDownForm
from tongxin.petals.ecology.queries import Incident
from tongxin.shared import clock
from tongxin.shared.named import pick


@dataclass(frozen=True)
class Sent:
    """A form of the page that was sent and comes back: which one, and whom or what it is about."""

    name: str = ""  # notice, heard, down
    about: str = ""  # desk or message
    form: forms.Form | None = None


@dataclass(frozen=True)
class RoundRow:
    """One round of what a clause demands: how it stands, and how its due moved."""

    duty: Duty
    moves: tuple[str, ...]
    waits: bool  # it may not be performed yet


@dataclass(frozen=True)
class DemandRow:
    """What one clause demands: its rounds, and the fields that a bar withholds."""

    demand: Demand
    rounds: list[RoundRow]
    withheld: list[tuple[str, str]]  # title of the field, the bar's version

    @property
    def clause(self) -> Any:
        """The clause of the latest round."""
        return self.demand.latest.clause


@dataclass(frozen=True)
class ErrandRow:
    """An errand as the page shows it, with the forms to tell or to stand down when they are the reader's own."""

    errand: Errand
    bound: str
    owed: str
    demands: list[DemandRow]
    form: NoticeForm | None
    down: StandDownForm | None
    key: str
    number: int  # makes ids on the page unique

    @property
    def counted(self) -> str:
        """How the ruling deadline was counted, and which clause sets it."""
        return wording.due_counted(self.errand.ruling)


@dataclass(frozen=True)
class NoticeRow:
    """A notice, call or end as the page shows it; `mine` when the reader's desk still owes the receipt."""

    notice: Notice
    sender: str
    receiver: str
    carried: list[tuple[Any, Any]]
    mine: bool
    heard: HeardForm | None = None
    key: str = ""
    remark: str = ""
    at_phone: Any = None  # when the caller says it called
    basis: str = ""  # of a warning without a clause, in words
    withheld: tuple[tuple[str, str], ...] = ()  # of it: title of the field, the bar's version
    finding: str = ""  # of it: what the review found
    opens: bool = False  # of it: the reader may open the duty to review it


@dataclass(frozen=True)
class ReportRow:
    """A report as the page shows it: how it stands, what was believed when, whether it is the reader's to change."""

    chain: Chain
    by: str
    lines: list[tuple[Any, str]]
    beliefs: list[Belief]
    own: bool

    @property
    def delay(self) -> Any:
        """How long after it was known it was recorded."""
        return chains.gap(self.chain.known_at, self.chain.first.recorded_at)


@dataclass(frozen=True)
class ProposalRow:
    """A proposal that the incident is one with another; `asked` when the reader's side has to answer it."""

    proposal: MergeProposal
    other: str
    by: str
    asked: bool
    key: str = field(default_factory=new_key)


def show(request: StaffRequest, number: str, *, sent: Sent | None = None, status: int = 200) -> HttpResponse:
    """Answer with the page of one incident; `sent` is a form that comes back with its faults."""
    sent = sent or Sent()
    reader = request.acting
    found = queries.incident(reader, number)
    notices = list(found.notices)
    owed = errands.of_matter(reader, found.matter, found.duties, notices)
    forecasts = chains.forecasts(found.forecasts)
    now_forecast = next((f for f in reversed(forecasts) if f.event == found.forecast), None)
    moves = _moves(owed)
    with wording.desks_at_once((), _desks(found)):
        reasons = explain.shown(explain.explain(reader, found.matter, found.duties, notices, found.whole))
        entries = timeline.of_matter(reader, found.matter, found.duties, notices, found.whole)
    context = {
        "found": found,
        "reports": _reports(reader, found),
        "lead": _lead(found, owed, notices),
        "expected": _expected(now_forecast),
        "forecast": now_forecast,
        "forecasts": forecasts[::-1],
        "rows": [_errand_row(request, found, e, n, sent, moves, now_forecast) for n, e in enumerate(owed, 1)],
        "notices": [_notice_row(request, found, notice, sent) for notice in notices],
        "proposals": [_proposal_row(reader, found, p) for p in queries.proposals(reader, found)],
        "objections": [] if found.whole else _own_objections(reader, found),
        "reasons": reasons,
        "entries": entries,
        "may": _may(reader, found),
        "key": new_key(),
        "illustrative": any(d.illustrative for d in found.duties),
        "now": clock.now(),
        "crumbs": crumbs(number),
    }
    return render(request, "ecology/incident.html", context, status=status)


def _desks(found: Incident) -> Iterator[Desk]:
    """Return the desks of the incident that were read with its duties and its notices."""
    for duty in found.duties:
        yield from (duty.bound_desk, duty.owed_desk)
    for notice in found.notices:
        yield from (notice.message.from_desk, notice.message.to_desk)


def crumbs(last: str = "", page: str = "") -> list[dict[str, str]]:
    """Return the way here: the list, the incident, and a page of it."""
    found = [{"label": _("Today"), "url": "/"}]
    if not last:
        return [*found, {"label": _("Water incidents"), "url": ""}]
    found.append({"label": _("Water incidents"), "url": "/incidents/"})
    if not page:
        return [*found, {"label": last, "url": ""}]
    return [*found, {"label": last, "url": f"/incidents/{last}/"}, {"label": page, "url": ""}]


def arrival_words(row: Expected) -> str:
    """Return the forecast for one place as a notice says it."""
    if row.held:
        return _("held behind a gate, no time can be told; probability %(p)s") % {"p": row.percent}
    if row.p50 is None and row.p5 is None:
        return _("no time can be told; probability %(p)s") % {"p": row.percent}
    said = {"p": row.percent, "p5": wording.moment(row.p5), "p50": wording.moment(row.p50)}
    said["p95"] = wording.moment(row.p95)
    if row.p50 and row.p5 and row.p95:
        return _("about %(p50)s, between %(p5)s and %(p95)s; probability %(p)s") % said
    if row.p50 and row.p5:
        return _("about %(p50)s, %(p5)s at the earliest; probability %(p)s") % said
    if row.p50:
        return _("about %(p50)s; probability %(p)s") % said
    return _("%(p5)s at the earliest; probability %(p)s") % said


def notice_form(
    found: Incident,
    errand: Errand,
    forecast: Forecast | None,
    request: StaffRequest | None = None,
    kind: type[NoticeForm] = NoticeForm,
    **more: Any,
) -> NoticeForm:
    """Return the form to tell one receiver, filled in from the report and from the forecast for that place."""
    place = errand.owed.jurisdiction_id
    row = next((r for r in forecast.rows if r.place == place), None) if forecast else None
    return kind(
        request.POST if request else None,
        fields=errands.fields(errand.carries),
        data_of_event=found.event.data if found.event else {},
        known={"forecast_arrival": arrival_words(row)} if row else {},
        **more,
    )


def forecast_of(found: Incident) -> Forecast | None:
    """Return the forecast as it stands, None where there is none to see."""
    return next((f for f in chains.forecasts(found.forecasts) if f.event == found.forecast), None)


def _may(reader: Acting, found: Incident) -> dict[str, bool]:
    """Return what the reader may do in the incident, beyond telling and confirming."""
    reports = "report_incident" in reader.capabilities and found.open
    own = any(reader.answers_for(c.head.by_desk_id) and not c.withdrawn for c in found.reports)
    reported = any(reader.answers_for(c.first.by_desk_id) for c in found.reports)
    return {
        "notify": "notify" in reader.capabilities,
        "confirm": "confirm" in reader.capabilities,
        "correct": reports and own,
        "forecast": reports and found.whole and not found.withdrawn,
        "merge": reports and own,
        "close": reports and reported,
        "object": "confirm" in reader.capabilities and not reported,
    }


def _errand_row(
    request: StaffRequest,
    found: Incident,
    errand: Errand,
    number: int,
    sent: Sent,
    moves: dict[int, list[str]],
    forecast: Forecast | None,
) -> ErrandRow:
    reader = request.acting
    mine = errand.bound.id == reader.desk and "notify" in reader.capabilities and found.open
    back = sent if sent.about == errand.owed.id and mine else Sent()
    form: Any = None
    down: Any = None
    if mine and errand.served:
        form = back.form if back.name == "notice" else notice_form(found, errand, forecast)
        form.auto_id = f"notice{number}_%s"
    if mine and errand.standing_down:
        down = back.form if back.name == "down" else StandDownForm()
        down.auto_id = f"down{number}_%s"
    return ErrandRow(
        errand,
        str(wording.desk_name(errand.bound)),
        str(wording.desk_name(errand.owed)),
        [_demand_row(errand, demand, moves) for demand in errand.demands],
        form,
        down,
        form_key(request) if back.form is not None else new_key(),
        number,
    )


def _demand_row(errand: Errand, demand: Demand, moves: dict[int, list[str]]) -> DemandRow:
    waiting = {d.pk for d in errand.waiting}
    titles = {f.name: str(f.title) for f in errands.fields([name for name, _bar in demand.withheld])}
    return DemandRow(
        demand,
        [RoundRow(d, tuple(moves.get(d.pk, ())), d.pk in waiting) for d in demand.rounds],
        [(titles[name], bar.partition("/")[0]) for name, bar in demand.withheld],
    )


def _moves(owed: Sequence[Errand]) -> dict[int, list[str]]:
    """Return for each duty how its due moved, in words, oldest first."""
    found: dict[int, list[str]] = {}
    rows = DueMove.objects.filter(duty__in=[d for e in owed for d in e.duties]).order_by("id")
    for move in rows:
        said = {
            "old": wording.due_moment(move.old),
            "new": wording.due_moment(move.new),
            "why": wording.MOVES.get(move.why, move.why),
        }
        found.setdefault(move.duty_id, []).append(_("due moved from %(old)s to %(new)s: %(why)s") % said)
    return found


def _notice_row(request: StaffRequest, found: Incident, notice: Notice, sent: Sent) -> NoticeRow:
    reader, message = request.acting, notice.message
    own = message.to_desk_id == reader.desk
    heard: Any = None
    back = sent if sent.name == "heard" and sent.about == str(message.id) else Sent()
    if own and notice.kind == "call" and notice.heard_at is None and "confirm" in reader.capabilities:
        heard = back.form or HeardForm(initial={"at": _called_at(notice)})
        heard.auto_id = f"heard{message.seq}_%s"
    return NoticeRow(
        notice,
        str(wording.desk_name(message.from_desk)),
        str(wording.desk_name(message.to_desk)),
        queries.told_words(notice.carried),
        own and bool(notice.open),
        heard,
        form_key(request) if back.form is not None else new_key(),
        str(message.body.get("remark", "")),
        _called_at(notice),
        str(wording.BASES.get(notice.basis, "")),
        tuple(_withheld(notice)),
        _finding(notice),
        notice.review is not None and notice.review.pk in {d.pk for d in found.duties},
    )


def _withheld(notice: Notice) -> list[tuple[str, str]]:
    pairs = [(str(name), str(bar)) for name, bar in notice.message.body.get("withheld", ())]
    titles = {f.name: str(f.title) for f in errands.fields([name for name, _bar in pairs])}
    return [(titles[name], bar.partition("/")[0]) for name, bar in pairs]


def _finding(notice: Notice) -> str:
    """Return what the review of a warning found, and its remark."""
    done = notice.review.performance if notice.review else None
    said = str(performing.FINDINGS.get(notice.finding, ""))
    return " · ".join(part for part in (said, str(done.carried.get("remark", ""))) if part) if done else ""


def _called_at(notice: Notice) -> Any:
    at = notice.message.body.get("at")
    return clock.beijing(datetime.fromisoformat(str(at))) if at else None


def _reports(reader: Acting, found: Incident) -> list[ReportRow]:
    held = queries.objections(reader, found) if found.whole else []
    return [
        ReportRow(
            chain,
            str(wording.desk_name(chain.first.by_desk)),
            chains.lines(chain.head),
            chains.beliefs(chain, held),
            reader.answers_for(chain.head.by_desk_id) and not chain.withdrawn,
        )
        for chain in found.reports
    ]


def _own_objections(reader: Acting, found: Incident) -> list[tuple[str, Any]]:
    rows = queries.objections(reader, found)
    return [(str(wording.desk_name(row.by_desk)), row) for row in rows]


def _proposal_row(reader: Acting, found: Incident, row: MergeProposal) -> ProposalRow:
    earlier = row.earlier_id == found.matter.number
    return ProposalRow(
        row,
        row.later_id if earlier else row.earlier_id,
        str(wording.desk_name(row.proposed_by)),
        reader.answers_for(row.asked_id) and "report_incident" in reader.capabilities,
    )


def _expected(forecast: Forecast | None) -> str:
    """Return the sentence of the forecast: where it arrives first, when, and how early that may be."""
    row = forecast.first if forecast else None
    if row is None or row.p50 is None:
        return ""
    said = {"place": row.name, "p50": wording.moment(row.p50), "p5": wording.moment(row.p5)}
    if row.p5 is None:
        return _("Expected at the boundary of %(place)s about %(p50)s.") % said
    return _("Expected at the boundary of %(place)s about %(p50)s, %(p5)s at the earliest.") % said


def _lead(found: Incident, owed: list[Errand], notices: list[Notice]) -> str:
    """Return the sentence the page opens with."""
    event = found.event
    if event is None:
        told = [n for n in notices if n.counts]
        if not found.told or not told:
            return found.title
        said_by = wording.desk_name(told[-1].message.from_desk)
        return _("%(desk)s tells: %(what)s") % {"desk": said_by, "what": found.title}
    downs = {e.owed.id for e in owed if e.standing_down}
    said = {
        "place": pick(event.place.name_zh, event.place.name_en),
        "what": found.title,
        "n": len({e.owed.id for e in owed}),
        "left": len({e.owed.id for e in owed if e.open}),
        "downs": len(downs),
    }
    if found.withdrawn:
        if downs:
            return _("Withdrawn: %(what)s in %(place)s; %(downs)d offices are still to be told so.") % said
        return _("Withdrawn: %(what)s in %(place)s.") % said
    if not said["n"]:
        return _("%(what)s in %(place)s; under the clauses in force nobody has to be told.") % said
    if said["left"]:
        return _("%(what)s in %(place)s; %(left)d of %(n)d offices are still to be told.") % said
    return _("%(what)s in %(place)s; all %(n)d offices that had to be told have been told.") % said
