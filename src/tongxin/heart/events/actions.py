"""Writes of events: record what happened, and open or join its matter. Called inside a running act."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max, Q
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError

from tongxin.heart.events import vocabulary
from tongxin.heart.events.models import Event, Matter
from tongxin.heart.events.queries import with_absorbed
from tongxin.heart.events.serials import next_number
from tongxin.shared.errors import Invalid

LATE_ENTRY = timedelta(hours=1)  # known and recorded further apart than this need a reason (HEART §2)
REASON_MAX = 400  # characters


@dataclass(frozen=True)
class Report:
    """What a desk tells: an event type, where, when it happened, when it was known, and the type's own data."""

    type: str
    place: str
    known_at: datetime
    data: dict[str, Any]
    occurred_at: datetime | None = None
    late_reason: str = ""
    drill: bool = False


def check(report: Report, *, now: datetime) -> dict[str, Any]:
    """Return the report's data as its type reads it; raises Invalid naming every wrong field at once."""
    wrong: dict[str, list[Any]] = {}
    if report.known_at > now:
        wrong["known_at"] = [_("This time is in the future. Enter when your office learnt of it.")]
    elif now - report.known_at > LATE_ENTRY and not report.late_reason.strip():
        wrong["late_reason"] = [_("Known more than an hour before it was entered: say why.")]
    if len(report.late_reason.strip()) > REASON_MAX:
        wrong["late_reason"] = [_("This text is too long.")]
    if report.occurred_at and report.occurred_at > report.known_at:
        wrong["occurred_at"] = [_("It cannot be known before it happened.")]
    try:
        data = vocabulary.get(report.type).data.model_validate(report.data).model_dump(mode="json")
    except ValidationError as error:
        data = {}
        for fault in error.errors():
            wrong.setdefault(str(fault["loc"][0]) if fault["loc"] else "data", []).append(_wording(fault))
    if wrong:
        raise Invalid(_("The report could not be recorded."), wrong)
    return data


def record(
    report: Report,
    *,
    data: dict[str, Any],
    by_desk: str,
    at: datetime,
    rulebook: list[str],
    engine: dict[str, Any] | None = None,
) -> tuple[Matter, Event]:
    """Open a matter with its root event; `rulebook` is pinned. `data` is what `check` returned."""
    kind = vocabulary.get(report.type)
    matter = Matter.objects.create(
        number=next_number("M", at),
        kind=kind.matter_kind,
        title=kind.title_of(data)[:120],
        drill=report.drill,
        rulebook=rulebook,
        pinned_at=report.known_at,
        opened_at=at,
    )
    return matter, add(matter, report, data=data, by_desk=by_desk, at=at, engine=engine)


def add(
    matter: Matter,
    report: Report,
    *,
    data: dict[str, Any],
    by_desk: str,
    at: datetime,
    act: str = Event.Act.REPORT,
    replaces: Event | None = None,
    reason: str = "",
    engine: dict[str, Any] | None = None,
    known_corrected: datetime | None = None,
) -> Event:
    """Add an event to a matter whose row is locked or just made; `replaces` is the head of the event's chain.

    `at` was taken before the lock: an act that had to wait for another is recorded no earlier than what that one told.
    """
    said = Event.objects.filter(matter__in=with_absorbed([matter.number])).aggregate(
        last=Max("ordinal", filter=Q(matter=matter)), at=Max("recorded_at")
    )
    return Event.objects.create(
        type=report.type,
        matter=matter,
        ordinal=(said["last"] or 0) + 1,
        by_desk_id=by_desk,
        place_id=report.place,
        occurred_at=report.occurred_at,
        known_at=report.known_at,
        recorded_at=max(at, said["at"] or at),
        known_corrected=known_corrected,
        late_reason=report.late_reason.strip(),
        data=data,
        drill=matter.drill,
        act=act,
        replaces=replaces,
        reason=reason.strip(),
        engine=engine,
    )


def _wording(fault: Any) -> Any:
    """Return a sentence for pydantic's fault, in the reader's language."""
    kind = str(fault["type"])
    if kind in {"missing", "string_too_short"}:
        return _("This field is needed.")
    if kind == "string_too_long":
        return _("This text is too long.")
    if kind.startswith(("greater_than", "less_than", "finite_number")):
        return _("This number is out of range.")
    if kind.startswith(("int", "float", "decimal")):
        return _("Enter a number.")
    if kind in {"enum", "literal_error"}:
        return _("Choose one of the listed values.")
    if kind == "value_error":
        return str(fault["ctx"]["error"])
    return _("This value cannot be read.")
