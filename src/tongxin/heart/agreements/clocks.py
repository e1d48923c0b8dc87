"""From a time limit to a due instant, with the count that explains it; and when a due may move.

Three clocks (HEART §6): `calendar` is elapsed time, `hours` runs inside office hours, `days` are working days, the
starting day not counted, ending at the close of the last one. Times that do not count (`pauses`, from inclusive, until
exclusive) stop all three. A due on a day, agreed or of a period's end, moves by as long as the clock stood, to the end
of the day that is reached. A due before a computed time no pause moves: what is computed does not wait (docs/adr/0008).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from tongxin.heart.agreements import periods
from tongxin.heart.agreements.language import After, Before, Due, Every, On, Within
from tongxin.heart.region import calendars, queries, worktime
from tongxin.heart.region.models import Office
from tongxin.heart.region.worktime import OfficeOpening, Opening
from tongxin.shared import clock, durations

Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Count:
    """A due with how it was counted; `detail` is JSON for the duty's row."""

    due_at: datetime
    detail: dict[str, Any]

    @property
    def provisional(self) -> bool:
        """Whether a year without its published calendar was counted through."""
        return bool(self.detail.get("provisional"))


@dataclass
class Hours:
    """Whose hours count: each office and its calendar is looked up once, for the length of one look or one act.

    `desks` are those that may be asked for: they are looked up together.
    """

    desks: frozenset[str] = frozenset()
    _offices: dict[date, dict[str, Office]] = field(default_factory=dict)
    _openings: dict[str, OfficeOpening] = field(default_factory=dict)

    @cached_property
    def zone(self) -> ZoneInfo:
        """The region's time zone."""
        return calendars.zone()

    def offices(self, calendar_of: str, bound_desk: str, owed_desk: str, at: datetime) -> list[Office]:
        """Return whose hours count: the office of one desk, or of both when they are two."""
        desks = {"debtor": [bound_desk], "creditor": [owed_desk], "both": [bound_desk, owed_desk]}[
            calendar_of
        ]
        found = {office.id: office for office in (self._office(desk, at) for desk in desks)}
        return list(found.values())

    def opening(self, offices: Sequence[Office]) -> Opening:
        """Return when the offices are open, all of them at once."""
        for office in offices:
            if office.id not in self._openings:
                self._openings[office.id] = calendars.opening_of(office, wall=self.zone)
        parts = [self._openings[office.id] for office in offices]
        return parts[0] if len(parts) == 1 else worktime.Together(tuple(parts))

    def _office(self, desk: str, at: datetime) -> Office:
        day = at.astimezone(self.zone).date()
        known = self._offices.get(day)
        if known is None:
            known = queries.offices_with_mandate(self.desks, day) if self.desks else {}
            self._offices[day] = known
        if desk not in known:
            known[desk] = queries.desk_office(desk, day)
        return known[desk]


def due(
    limit: Within,
    starts_at: datetime,
    *,
    bound_desk: str,
    owed_desk: str,
    pauses: Sequence[Span] = (),
    hours: Hours | None = None,
) -> Count:
    """Return when a length of time runs out that starts at `starts_at`, on the calendar the limit names.

    `detail` holds form, clock, within, starts, starts_at, calendar_of, calendar and calendar_version, offices, the days
    or spans counted, pauses and provisional. `hours`: the offices that others asked for before, where many are counted.
    Raises worktime.NeverOpen when an office has no open time to count.
    """
    return _counted("within", limit, starts_at, bound_desk, owed_desk, pauses, hours, starts=limit.starts)


def due_of(
    limit: Due,
    starts_at: datetime,
    *,
    bound_desk: str,
    owed_desk: str,
    times: Mapping[str, datetime] | None = None,
    period: periods.Period | None = None,
    pauses: Sequence[Span] = (),
    hours: Hours | None = None,
) -> Count | None:
    """Return when a due of any form falls, None while the computed time that it depends on is not known.

    `starts_at`: where a length of time starts, of an After the report of its milestone. `times`: the computed times by
    name. `period`: of an Every the period that is due; a Within with a period counts from the period's end.
    Raises ValueError for an Every without a period.
    """
    match limit:
        case On():
            return on_day(limit.on, pauses)
        case Before():
            return _before(limit, (times or {}).get(limit.before))
        case Every():
            if period is None:
                raise ValueError("a due that returns each period needs the period it is counted for")
            if limit.within is None:
                detail = {"form": "every", "every": limit.every, "period": period.name}
                return _later(period.ends, detail | {"starts_at": clock.iso(period.ends)}, pauses)
            return _after_period("every", limit, period, bound_desk, owed_desk, pauses, hours)
        case After():
            counted = _counted(
                "after", limit, starts_at, bound_desk, owed_desk, pauses, hours, starts="milestone"
            )
            return Count(counted.due_at, counted.detail | {"milestone": limit.milestone})
        case Within() if period is not None:
            return _after_period("within", limit, period, bound_desk, owed_desk, pauses, hours)
        case Within():
            return due(
                limit, starts_at, bound_desk=bound_desk, owed_desk=owed_desk, pauses=pauses, hours=hours
            )


def again(
    detail: Mapping[str, Any],
    starts_at: datetime,
    *,
    bound_desk: str,
    owed_desk: str,
    pauses: Sequence[Span] = (),
) -> Count | None:
    """Return a stored count (`Duty.due_count`) made anew on today's calendars and with these pauses.

    None for a due before a computed time, which nothing but that time moves.
    """
    if detail.get("form") == "on":
        return on_day(
            date.fromisoformat(str(detail["on"])), pauses, agreed_at=str(detail.get("agreed_at", ""))
        )
    if not detail.get("within") and detail.get("form") != "every":
        return None
    words = {key: detail[key] for key in ("within", "clock", "calendar_of") if key in detail}
    period = periods.named(str(detail["period"])) if detail.get("period") else None
    form = str(detail.get("form", "within"))
    if form == "every" and period is not None:
        every = Every.model_validate(words | {"every": periods.length_of(period.name)})
        return due_of(
            every, starts_at, bound_desk=bound_desk, owed_desk=owed_desk, period=period, pauses=pauses
        )
    if form == "after":
        return due_of(
            After.model_validate(words | {"milestone": detail["milestone"]}),
            starts_at,
            bound_desk=bound_desk,
            owed_desk=owed_desk,
            pauses=pauses,
        )
    starts = detail.get("starts", "known")
    within = Within.model_validate(words | ({} if starts == "period_end" else {"starts": starts}))
    return due_of(within, starts_at, bound_desk=bound_desk, owed_desk=owed_desk, period=period, pauses=pauses)


def moved(
    old: datetime, new: datetime, *, now: datetime, told_at: datetime, reaction: timedelta | None
) -> datetime | None:
    """Return where a due moves that is now computed as `new`, None when it stays (HEART §6). Pure.

    Never after it has passed; later as computed; closer only to `told_at + reaction`, and never into the past.
    """
    if now > old or new == old:
        return None
    if new > old:
        return new
    nearest = max(new, told_at + (reaction or timedelta()), now)
    return nearest if nearest < old else None


def on_day(on: date, pauses: Sequence[Span] = (), *, agreed_at: str = "") -> Count:
    """Return a due at the end of a day. `agreed_at`: when both sides named the day; what stood before is in it."""
    detail: dict[str, Any] = {"form": "on", "on": on.isoformat()}
    if agreed_at:
        detail |= {"agreed": True, "agreed_at": agreed_at}
        since = datetime.fromisoformat(agreed_at)
        pauses = [(max(begins, since), ends) for begins, ends in pauses if ends > since]
    return _later(_end_of(on), detail, pauses)


def _later(due_at: datetime, detail: dict[str, Any], pauses: Sequence[Span]) -> Count:
    """Move a due on a day by as long as the clock stood, and on to the end of the day that is reached."""
    stood, stopped, reached = timedelta(), worktime.joined(pauses), due_at
    for begins, ends in stopped:
        if begins > reached:
            break
        stood += ends - begins
        wall = (due_at + stood).astimezone(calendars.zone())
        reached = _end_of(wall.date()) if wall.time() != time() else wall.astimezone(UTC)
    if stood:
        detail = detail | {"pauses": [[clock.iso(a), clock.iso(b)] for a, b in stopped]}
    return Count(reached, detail)


def _before(limit: Before, computed: datetime | None) -> Count | None:
    if computed is None:
        return None
    detail = {
        "form": "before",
        "computed": True,
        "before": limit.before,
        "time": clock.iso(computed),
        "minus": durations.iso(limit.minus) if limit.minus else None,
    }
    return Count(computed - (limit.minus or timedelta()), detail)


def _end_of(on: date) -> datetime:
    """Return the end of a day on the region's wall: the midnight after it, which still belongs to it."""
    return datetime.combine(on + timedelta(days=1), time(), tzinfo=calendars.zone()).astimezone(UTC)


def _after_period(
    form: str,
    limit: Every | Within,
    period: periods.Period,
    bound_desk: str,
    owed_desk: str,
    pauses: Sequence[Span],
    hours: Hours | None,
) -> Count:
    """Count from a period's end. In days its last day is the starting day, so the first day after it can count."""
    starts_at = period.ends
    if limit.clock == "days":
        starts_at -= timedelta(microseconds=1)
    counted = _counted(form, limit, starts_at, bound_desk, owed_desk, pauses, hours, starts="period_end")
    return Count(
        counted.due_at, counted.detail | {"period": period.name, "starts_at": clock.iso(period.ends)}
    )


def _counted(
    form: str,
    limit: Within | Every | After,
    starts_at: datetime,
    bound_desk: str,
    owed_desk: str,
    pauses: Sequence[Span],
    hours: Hours | None,
    *,
    starts: str,
) -> Count:
    within = limit.within
    if within is None:
        raise ValueError("there is no length of time to count")
    stopped = worktime.joined(pauses)
    detail: dict[str, Any] = {
        "form": form,
        "clock": limit.clock,
        "calendar_of": limit.calendar_of,
        "within": durations.iso(within),
        "starts": starts,
        "starts_at": clock.iso(starts_at),
        "pauses": [[clock.iso(a), clock.iso(b)] for a, b in stopped],
        "provisional": False,
    }
    if limit.clock == "calendar":
        counted = worktime.due_by_calendar(starts_at, within, suspended=stopped)
        return Count(counted.due_at, detail)
    known = hours or Hours()
    offices = known.offices(limit.calendar_of, bound_desk, owed_desk, starts_at)
    count = worktime.due_in_hours if limit.clock == "hours" else worktime.due_in_days
    counted = count(starts_at, within, known.opening(offices), suspended=stopped)
    named = [office.id for office in offices]
    return Count(counted.due_at, detail | counted.as_json() | {"office": " + ".join(named), "offices": named})
