"""Writes of milestones: a party's desk reports that one was reached; clauses that wait for it begin to count."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import conflicts, reconcile, rulebook
from tongxin.heart.agreements.actions import parts, versions
from tongxin.heart.agreements.language import After, Deliver
from tongxin.heart.agreements.match import MILESTONE
from tongxin.heart.agreements.models import Clause, InstrumentVersion
from tongxin.heart.events import actions as events
from tongxin.heart.events.models import Event
from tongxin.heart.exchange.acts import act
from tongxin.heart.region import queries as region
from tongxin.heart.region.acting import Acting
from tongxin.shared import clock
from tongxin.shared.errors import Conflict, Invalid, NotAllowed


def report_milestone(
    *,
    by: Acting,
    key: str,
    instrument: str,
    milestone: str,
    known_at: datetime | None = None,
    late_reason: str = "",
) -> dict[str, Any]:
    """Report that a milestone of an instrument was reached. By any desk of a party; once, unless it was withdrawn."""
    by.need("perform")
    request = {
        "instrument": instrument,
        "milestone": milestone,
        "known_at": clock.iso(known_at) if known_at else None,
        "late_reason": late_reason,
    }
    with act("agreements.milestone.reported", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        versions.lock_instrument(instrument)  # two who report it at once: the second finds the first
        known = known_at or a.at
        data = {"instrument": instrument, "milestone": milestone}
        place = by.jurisdiction
        report = events.Report(MILESTONE, place, known, data, occurred_at=known, late_reason=late_reason)
        plain = events.check(report, now=a.at)
        version = _waiting(instrument, milestone, known)
        if region.party_of(by.jurisdiction, version.parties, clock.beijing(known).date()) is None:
            raise NotAllowed(
                "not_your_party",
                _("Your office belongs to no party of this instrument."),
                todo=_("Let a party's office report it."),
            )
        _need_new(instrument, milestone)
        matter, event = events.record(
            report, data=plain, by_desk=by.desk, at=a.at, rulebook=rulebook.at(known)
        )
        done = reconcile.reconcile(matter, a, reconcile.cause_of(event, a.at))
        for duty in done.opened:
            parts.ring_new(duty, a.at)
        conflicts.note(matter, a)
        a.result = {"matter": matter.number, "event": str(event.id), "duties": [d.pk for d in done.opened]}
        said = {"type": MILESTONE, "version": version.id} | request
        a.entry(reconcile.thread_of(matter), cause=f"event:{event.id}", payload=said | done.as_json())
    return a.result


def milestones_of(version: InstrumentVersion) -> list[str]:
    """Return the milestones that clauses of a version wait for, in the order of the clauses."""
    rows = (
        Clause.objects.filter(version=version, event=MILESTONE).select_related("version").order_by("ordinal")
    )
    return list(dict.fromkeys(name for row in rows if (name := _milestone(row))))


def _waiting(instrument: str, milestone: str, known: datetime) -> InstrumentVersion:
    """Return the version that binds at that time and waits for the milestone; raises Invalid."""
    rows = InstrumentVersion.objects.filter(rulebook.binding_at(known), instrument=instrument)
    row = rows.order_by("-number").first()
    if row is None or milestone not in milestones_of(row):
        raise Invalid(
            _("The milestone was not recorded."),
            {"milestone": [_("No clause in force waits for this milestone.")]},
            code="no_such_milestone",
        )
    return row


def _need_new(instrument: str, milestone: str) -> None:
    there = (
        Event.objects.filter(
            type=MILESTONE, data__instrument=instrument, data__milestone=milestone, replaced_by__isnull=True
        )
        .exclude(act=Event.Act.WITHDRAWAL)
        .first()
    )
    if there is not None:
        raise Conflict(
            "milestone_reported",
            _("This milestone was reported already: %(number)s.") % {"number": there.matter_id},
            kept=_("The first report stands."),
            todo=_("Correct or withdraw that report if it is wrong."),
        )


def _milestone(row: Clause) -> str:
    clause = rulebook.read_clause(row)
    return clause.due.milestone if isinstance(clause, Deliver) and isinstance(clause.due, After) else ""
