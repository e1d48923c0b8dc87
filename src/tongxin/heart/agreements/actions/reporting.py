"""Writes about what happened: report, correct, withdraw, compute, object."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import conflicts, reconcile, rulebook
from tongxin.heart.agreements.actions import parts, parts_matters
from tongxin.heart.agreements.models import Duty
from tongxin.heart.events import actions as events
from tongxin.heart.events import vocabulary
from tongxin.heart.events.models import Event, Matter, Objection
from tongxin.heart.exchange.acts import Act, act
from tongxin.heart.region import queries as region
from tongxin.heart.region.acting import SYSTEM, Acting
from tongxin.shared import clock
from tongxin.shared.errors import Conflict, Invalid, NotAllowed, NotFound

OBJECTION_MAX = 1000  # characters


def report(
    report: events.Report, *, by: Acting, key: str, name: str, needs: str = "report_incident"
) -> dict[str, Any]:
    """Record an event as the act `name`, open its matter, and open the duties its clauses make.

    `needs` is the capability that reporting such an event takes.
    """
    by.need(needs)
    request = _request(report)
    with act(name, by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        _need_own_place(by, report.place)
        data = events.check(report, now=a.at)
        _need_news(by, report, data)
        matter, event = events.record(
            report, data=data, by_desk=by.desk, at=a.at, rulebook=rulebook.at(report.known_at)
        )
        _reconciled(matter, event, a, request)
        a.result = {"matter": matter.number} | a.result
    return a.result


def correct(
    event: str,
    report: events.Report,
    *,
    by: Acting,
    key: str,
    reason: str,
    known_corrected: datetime | None = None,
    name: str = "agreements.event.corrected",
) -> dict[str, Any]:
    """Correct the head of a chain by a new event. Only the reporting desk may, or its coordination office.

    `report.known_at` is when the correction was known; `known_corrected` corrects when the thing itself was known.
    """
    by.need("report_incident")
    why = parts.need_reason(reason)
    was = clock.iso(known_corrected) if known_corrected else None
    request = {"event": event, "reason": why, "known_corrected": was} | _request(report)
    with act(name, by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        matter, head = _head(event, by)
        _need_same_thing(head, report)
        _need_own_place(by, report.place)
        data = events.check(report, now=a.at)
        _need_known_in_time(head, report, known_corrected)
        said = (data, report.occurred_at, report.place, known_corrected)
        if said == (head.data, head.occurred_at, head.place_id, None):
            raise Invalid(
                _("The correction says the same as the report; nothing was changed."), {}, code="no_change"
            )
        new = events.add(
            matter,
            report,
            data=data,
            by_desk=head.by_desk_id,
            at=a.at,
            act=Event.Act.CORRECTION,
            replaces=head,
            reason=why,
            known_corrected=known_corrected,
        )
        if head.matter_id == matter.number and not _other_chains(matter, head):
            matter.title = vocabulary.get(report.type).title_of(data)[:120]
            matter.save(update_fields=["title"])
        _reconciled(matter, new, a, request)
    return a.result


def withdraw(event: str, *, by: Acting, key: str, reason: str) -> dict[str, Any]:
    """Withdraw the head of a chain: it did not happen. What it made is void; those who were told are told so.

    It needs what reporting such a thing needs.
    """
    by.need(vocabulary.get(parts_matters.event_of(event).type).needs)
    why = parts.need_reason(reason)
    request = {"event": event, "reason": why}
    with act("agreements.event.withdrawn", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        matter, head = _head(event, by)
        told = events.Report(head.type, head.place_id, a.at, head.data, head.occurred_at)
        new = events.add(
            matter,
            told,
            data=head.data,
            by_desk=head.by_desk_id,
            at=a.at,
            act=Event.Act.WITHDRAWAL,
            replaces=head,
            reason=why,
        )
        _reconciled(matter, new, a, request)
    return a.result


def compute(
    number: str, report: events.Report, *, by: Acting, key: str, engine: dict[str, Any], name: str
) -> dict[str, Any]:
    """Record what an engine computed for a matter, on a chain of its own: it replaces the last word of an engine.

    `engine` holds name, version, inputs (their hash) and seed; all four are needed, so that it can be computed again.
    """
    if by is not SYSTEM:
        by.need("report_incident")
    missing = [k for k in ("name", "version", "inputs", "seed") if engine.get(k) in (None, "")]
    if missing:
        raise Invalid(
            _("A computed event names its engine, version, inputs and seed; nothing was recorded."),
            {k: [_("This field is needed.")] for k in missing},
            code="engine_unnamed",
        )
    request = {"matter": number, "engine": engine} | _request(report)
    with act(name, by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        matter = parts.lock_matter(number)
        parts.need_open(matter)
        if by is not SYSTEM:
            _need_side(matter, by)
        data = events.check(report, now=a.at)
        last = _computed(matter, report.type)
        new = events.add(
            matter,
            report,
            data=data,
            by_desk=by.desk if by is not SYSTEM else parts_matters.root(matter).by_desk_id,
            at=a.at,
            replaces=last,
            engine=engine,
        )
        _reconciled(matter, new, a, request)
    return a.result


def object_to(event: str, *, by: Acting, key: str, text: str) -> dict[str, Any]:
    """Hold something against an event of another party: shown beside it, changes nothing."""
    by.need("confirm")
    said = text.strip()
    if not said or len(said) > OBJECTION_MAX:
        raise Invalid(
            _("The objection was not recorded."),
            {"text": [_("Say what is held against it, in at most %(n)d characters.") % {"n": OBJECTION_MAX}]},
            code="no_text",
        )
    request = {"event": event, "text": said}
    with act("agreements.event.objected", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        found = parts_matters.event_of(event)
        matter = parts.lock_matter(found.matter_id)
        if by.answers_for(found.by_desk_id):
            raise NotAllowed(
                "own_event",
                _("An objection is for the other side."),
                todo=_("Correct or withdraw what the own side reported."),
            )
        _need_side(matter, by)
        row = Objection.objects.create(event=found, by_desk_id=by.desk, post=by.post, text=said, at=a.at)
        parts.ring(
            found.by_desk_id,
            "event_objected",
            reconcile.thread_of(matter),
            a.at,
            dedupe=f"objection:{row.pk}",
            drill=matter.drill,
            desk=by.desk,
        )
        a.result = {"matter": matter.number, "objection": row.pk}
        a.entry(f"{reconcile.thread_of(matter)}/event:{found.id}", cause=f"event:{found.id}", payload=request)
    return a.result


def _request(report: events.Report) -> dict[str, Any]:
    return {
        "type": report.type,
        "place": report.place,
        "known_at": clock.iso(report.known_at),
        "occurred_at": clock.iso(report.occurred_at) if report.occurred_at else None,
        "data": {k: str(v) for k, v in report.data.items()},
        "late_reason": report.late_reason,
        "drill": report.drill,
    }


def _reconciled(matter: Matter, event: Event, a: Act, request: dict[str, Any]) -> None:
    """Reconcile after an event, ring what is new, and keep the act's one entry."""
    joined = reconcile.rulebook_joined(matter, event)
    done = reconcile.reconcile(matter, a, reconcile.cause_of(event, a.at))
    parts.ring_all(done.opened, a.at, matter.kind)
    conflicts.note(matter, a)
    a.result = {
        "matter": matter.number,
        "event": str(event.id),
        "duties": [d.pk for d in done.opened],
        "voided": [d.pk for d in done.voided],
        "moved": [d.pk for d in done.moved],
    }
    payload = request | {"joined": joined} | done.as_json()
    a.entry(reconcile.thread_of(matter), cause=f"event:{event.id}", payload=payload)


def _other_chains(matter: Matter, head: Event) -> bool:
    """Whether the matter was opened by another kind of event than this chain's."""
    return parts_matters.root(matter).type != head.type


def _head(event: str, by: Acting) -> tuple[Matter, Event]:
    """Return the locked matter and the event, which must be the head of its chain and the actor's to change."""
    found = parts_matters.event_of(event)
    matter = parts.lock_matter(found.matter_id)
    parts.need_open(matter)
    parts_matters.need_reported(found)
    if not by.answers_for(found.by_desk_id):
        raise NotAllowed(
            "not_your_event",
            _("Only the desk that reported it, or its coordination office, may correct or withdraw it."),
            todo=_("File an objection: it is shown beside the report."),
        )
    if Event.objects.filter(replaces=found).exists() or found.act in (Event.Act.WITHDRAWAL, Event.Act.MERGE):
        raise Conflict(
            "event_replaced",
            _("This report was corrected or withdrawn already."),
            kept=_("What was entered later stands."),
            todo=_("Reload the page and look at the latest report."),
        )
    return matter, found


def _need_side(matter: Matter, by: Acting) -> None:
    """Raise NotFound unless the actor's desk reported the matter, or owes or is owed in it."""
    within = Q(matter=matter) | Q(matter__absorbed_by=matter)
    desks: set[str] = set()
    for pair in Duty.objects.filter(within).values_list("bound_desk_id", "owed_desk_id"):
        desks |= set(pair)
    desks |= set(Event.objects.filter(within).values_list("by_desk_id", flat=True))
    if not any(by.answers_for(desk) for desk in desks):
        raise NotFound("no_such_matter", _("There is no such matter, or your desk has no part in it."))


def _need_same_thing(head: Event, report: events.Report) -> None:
    """Raise NotAllowed for what an engine computed, Invalid for a correction that tells another kind of thing."""
    if head.engine is not None:
        raise NotAllowed(
            "computed_not_corrected",
            _("What was computed is not corrected by hand."),
            todo=_("Record what is computed anew: it replaces this."),
        )
    if report.type != head.type:
        raise Invalid(
            _("The correction was not recorded."),
            {"type": [_("A correction tells the same kind of thing as the report.")]},
            code="other_type",
        )


def _need_known_in_time(head: Event, report: events.Report, known: datetime | None) -> None:
    """Raise Invalid unless the thing happened before it was known, and was known before it was first recorded."""
    wrong: dict[str, list[Any]] = {}
    if known and known > _first(head).recorded_at:
        wrong["known_corrected"] = [_("It cannot be known after it was recorded.")]
    elif known and report.occurred_at and report.occurred_at > known:
        wrong["occurred_at"] = [_("It cannot be known before it happened.")]
    if wrong:
        raise Invalid(_("The correction was not recorded."), wrong, code="known_after_recorded")


def _first(event: Event) -> Event:
    """Return the first event of a chain."""
    while event.replaces is not None:
        event = event.replaces
    return event


def _computed(matter: Matter, kind: str) -> Event | None:
    """Return what engines computed last for a matter or for one that it absorbed, as it stands."""
    within = Q(matter=matter) | Q(matter__absorbed_by=matter)
    rows = Event.objects.filter(within, type=kind, engine__isnull=False, replaced_by__isnull=True)
    return rows.order_by("recorded_at", "ordinal").last()


def _need_own_place(by: Acting, place: str) -> None:
    """Raise Invalid unless the place lies in the territory of the reporting desk."""
    if by.jurisdiction not in region.lineage(place):
        raise Invalid(
            _("The report could not be recorded."),
            {"place": [_("Choose your own jurisdiction or one inside it.")]},
            code="not_your_place",
        )


def _need_news(by: Acting, report: events.Report, data: dict[str, Any]) -> None:
    """Refuse a report that says word for word what the desk has reported before: a page gone back to and sent again.

    What was withdrawn may be reported again.
    """
    rows = Event.objects.filter(
        type=report.type,
        by_desk_id=by.desk,
        place_id=report.place,
        known_at=report.known_at,
        occurred_at=report.occurred_at,
        drill=report.drill,
        data=data,
    ).exclude(act__in=(Event.Act.WITHDRAWAL, Event.Act.MERGE))
    same = next((row for row in rows.order_by("recorded_at", "ordinal") if not _withdrawn(row)), None)
    if same is not None:
        raise Conflict(
            "reported_already",
            _("Your desk has reported exactly this before: %(number)s.") % {"number": same.matter_id},
            kept=_("The first report stands; no second incident was opened."),
            todo=_("Open that incident. If this is another one, say what differs and report again."),
        )


def _withdrawn(event: Event) -> bool:
    """Whether the chain that an event belongs to ended in a withdrawal."""
    while (after := Event.objects.filter(replaces=event).first()) is not None:
        event = after
    return event.act == Event.Act.WITHDRAWAL
