"""What would follow from a correction, a withdrawal, a forecast or the all-clear, before it is entered."""

from __future__ import annotations

from datetime import datetime

from tongxin.heart.agreements import foresee, wording
from tongxin.heart.agreements.actions import warning
from tongxin.heart.agreements.foresee import Foreseen
from tongxin.heart.agreements.models import Duty
from tongxin.heart.agreements.performing import WARNING
from tongxin.heart.events import actions as events
from tongxin.heart.events.actions import Report
from tongxin.heart.events.models import Event
from tongxin.heart.events.queries import Chain
from tongxin.heart.region.acting import Acting
from tongxin.petals.ecology.queries import Incident
from tongxin.shared.named import Both


def of_correction(
    found: Incident, chain: Chain, report: Report, known: datetime | None, now: datetime
) -> list[Foreseen]:
    """Return what would follow; raises Invalid for a report that would be refused."""
    event = foresee.replacing(
        chain.head,
        at=now,
        act=Event.Act.CORRECTION,
        data=events.check(report, now=now),
        place_id=report.place,
        occurred_at=report.occurred_at,
        known_at=report.known_at,
        known_corrected=known,
    )
    return foresee.after(found.matter, event)


def of_withdrawal(found: Incident, chain: Chain, now: datetime) -> list[Foreseen]:
    """Return what would follow if the chain were withdrawn now."""
    return foresee.after(found.matter, foresee.replacing(chain.head, at=now, act=Event.Act.WITHDRAWAL))


def of_forecast(found: Incident, by: Acting, report: Report, now: datetime) -> list[Foreseen]:
    """Return what would follow if the forecast were recorded now; raises Invalid for one that would be refused."""
    if found.report is None:
        return []
    event = foresee.joining(
        found.matter,
        found.report.head.by_desk,
        at=now,
        type=report.type,
        place_id=report.place,
        known_at=report.known_at,
        data=events.check(report, now=now),
        replaces=found.forecast,
        engine={},
    )
    return foresee.after(found.matter, event)


def of_closing(reader: Acting, found: Incident) -> tuple[list[Duty], list[Both]]:
    """Return what would count as not met, and who would get the all-clear."""
    standing = [d for d in found.duties if d.state in Duty.STANDING and not d.subject.startswith(WARNING)]
    desks = {m.to_desk_id for m in warning.warnings_of(found.matter)} - {reader.desk}
    receivers = told(found, but=reader.desk)
    warned = [name for name in wording.desk_names(desks).values() if name not in receivers]
    return standing, [*receivers, *warned]


def told(found: Incident, *, but: str = "") -> list[Both]:
    """Return who was told in the incident, as far as the reader may see it, without one desk."""
    met = [
        d
        for d in found.duties
        if d.purpose == Duty.Purpose.DO and d.clause.kind == "notify" and d.state == Duty.State.MET
    ]
    return [wording.desk_name(desk) for desk in dict.fromkeys(d.owed_desk for d in met) if desk.id != but]
