"""How a due was counted, told day by day: which days and hours counted, which did not, and why (HEART §6).

It reads what was stored with the due (`Duty.due_count`), so it tells the count that was made, not a new one. Only the
names of holidays are looked up, and only where the calendar's stored version is still the present one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongxin.heart.agreements import vocabulary, wording
from tongxin.heart.agreements.duties import CASE_SUSPENDED, SIGHT_ENDED
from tongxin.heart.agreements.models import Duty
from tongxin.heart.region import calendars
from tongxin.heart.region.models import CalendarDay, Office, WorkCalendar
from tongxin.shared import clock, durations
from tongxin.shared.named import pick

DAYS_TOLD = 400  # a longer count is told by its beginning and its end


@dataclass(frozen=True)
class Line:
    """One stretch of days or of time: whether it counted, and what is said about it."""

    first: date
    last: date
    counts: bool
    said: str

    @property
    def when(self) -> str:
        """The days of the stretch."""
        if self.first == self.last:
            return f"{self.first.isoformat()} {weekday(self.first)}"
        return (
            f"{self.first.isoformat()} {weekday(self.first)} – {self.last.isoformat()} {weekday(self.last)}"
        )


@dataclass(frozen=True)
class Story:
    """The count of one due in words; every part may be empty."""

    limit: str
    start: str
    lines: tuple[Line, ...] = field(default=())
    calendar: str = ""
    provisional: bool = False


def weekday(on: date) -> str:
    """Return the short name of the day of the week."""
    zh = "一二三四五六日"[on.weekday()]  # not ui
    en = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[on.weekday()]
    return pick(f"周{zh}", en)  # not ui


def of(duty: Duty, grounds: Mapping[str, Any] | None = None) -> Story:
    """Return how the duty's due was counted; `grounds` are the words of its clause for suspensions."""
    count = duty.due_count
    zone = calendars.zone()
    pauses = _pauses(duty, grounds or {}, zone)
    return Story(
        limit=_limit(count),
        start=_start(count, duty.starts_at),
        lines=tuple(_lines(count, duty.due_at, pauses, zone)),
        calendar=_calendar(count),
        provisional=bool(count.get("provisional")),
    )


def limit_words(count: Mapping[str, Any]) -> str:
    """Return the limit of a stored count in words, whatever its form; empty where nothing was kept of it."""
    return _limit(count) if count else ""


def pause_words(ground: str, grounds: Mapping[str, Any]) -> str:
    """Return why a time does not count."""
    if ground == "at_creditor":
        return _("it lay with the owed office, which sent it back")
    if ground == CASE_SUSPENDED:
        return _("the case was suspended")
    if ground == SIGHT_ENDED:
        return _("the office may no longer see what the duty needs")
    return _("suspended: %(ground)s") % {"ground": grounds.get(ground, ground)}


@dataclass(frozen=True)
class _Pause:
    begins: datetime
    ends: datetime | None
    first: date
    last: date  # the last day that it touches; for one that lasts, the end of time
    said: str

    def touches(self, on: date) -> bool:
        """Whether a moment of the pause lies on the day."""
        return self.first <= on <= self.last


def _limit(count: Mapping[str, Any]) -> str:
    form, within = count.get("form", "within"), str(count.get("within") or "")
    if form == "on":
        said = {"day": str(count.get("on", ""))}
        if count.get("agreed"):
            return _("by the end of %(day)s, agreed by both sides") % said
        return _("by the end of %(day)s") % said
    if form == "before":
        name = str(count.get("before", ""))
        what = vocabulary.times().get(name, name)
        if not name:
            return _("before a time that is not computed yet")
        minus = str(count.get("minus") or "")
        if not minus:
            return _("before: %(what)s") % {"what": what}
        return _("%(length)s before: %(what)s") % {
            "length": wording.length(durations.parse(minus)),
            "what": what,
        }
    if not within:
        return _("by the end of the period %(period)s") % {"period": count.get("period", "")}
    length = durations.parse(within)
    if count.get("clock") == "days":
        return ngettext("%(n)d working day", "%(n)d working days", length.days) % {"n": length.days}
    if count.get("clock") == "hours" and length % timedelta(hours=1) == timedelta():
        hours = int(length / timedelta(hours=1))
        return ngettext("%(n)d working hour", "%(n)d working hours", hours) % {"n": hours}
    if count.get("clock") == "hours":
        return _("%(length)s of working time") % {"length": wording.length(length)}
    return _("%(length)s, calendar time: nights and holidays count") % {"length": wording.length(length)}


def _start(count: Mapping[str, Any], starts_at: datetime) -> str:
    at = str(count.get("starts_at") or "")
    if count.get("form") == "before":
        computed = str(count.get("time") or "")
        return _("computed time: %(at)s") % {"at": _wall(computed)} if computed else ""
    if not at:
        return ""
    said = {"at": _wall(at)}
    if count.get("starts") == "period_end":  # which is the end of its last day
        said = {"at": wording.due_moment(datetime.fromisoformat(at))}
    return {
        "occurred": _("from when it happened, %(at)s"),
        "known": _("from when it was known, %(at)s"),
        "recorded": _("from when it was recorded, %(at)s"),
        "delivered": _("from delivery, %(at)s"),
        "period_end": _("from the end of the period, %(at)s"),
        "milestone": _("from when the milestone was reported, %(at)s"),
    }.get(str(count.get("starts", "")), _("from %(at)s")) % said


def _calendar(count: Mapping[str, Any]) -> str:
    ids = [str(one) for one in str(count.get("calendar") or "").split(" + ") if one]
    if not ids:
        return ""
    named = {row.id: pick(row.name_zh, row.name_en) for row in WorkCalendar.objects.filter(id__in=ids)}
    offices = {
        row.id: pick(row.name_zh, row.name_en)
        for row in Office.objects.filter(id__in=[str(o) for o in count.get("offices", ())])
    }
    said = {
        "calendar": pick("、", ", ").join(named.get(one, one) for one in ids),
        "version": count.get("calendar_version", ""),
        "offices": pick("、", ", ").join(offices.values()) or str(count.get("office", "")),
    }
    return _("%(calendar)s, version %(version)s; hours of %(offices)s") % said


def _lines(
    count: Mapping[str, Any], due_at: datetime, pauses: Sequence[_Pause], zone: ZoneInfo
) -> Iterator[Line]:
    if not count.get("within"):
        agreed = str(count.get("agreed_at") or "")  # what stood before is in the day that both named
        since = datetime.fromisoformat(agreed) if agreed else None
        last = _day(due_at, zone)
        for pause in pauses:
            if since is None or pause.ends is None or pause.ends > since:
                yield Line(pause.first, min(pause.last, last), False, pause.said)
        return
    spans = _spans(count)
    if count.get("clock") == "calendar":
        yield from _elapsed(spans, pauses, zone)
        return
    starts = datetime.fromisoformat(str(count["starts_at"]))
    if count.get("starts") == "period_end":  # the last day of the period is the day that the count starts on
        starts -= timedelta(microseconds=1)
    counted = {date.fromisoformat(str(on)) for on in count.get("days", ())}
    worked: dict[date, list[tuple[datetime, datetime]]] = {}
    for begins, ends in spans:
        worked.setdefault(_day(begins, zone), []).append((begins, ends))
    first, last = _day(starts, zone), _day(due_at, zone)
    names = _holidays(count, first, last)
    yield from _joined(_each_day(first, last, counted, worked, names, pauses))


def _each_day(
    first: date,
    last: date,
    counted: set[date],
    worked: Mapping[date, Sequence[tuple[datetime, datetime]]],
    names: Mapping[date, str],
    pauses: Sequence[_Pause],
) -> Iterator[tuple[Line, str]]:
    """Yield a line for each day, with what makes neighbours alike."""
    n = 0
    for on in (first + timedelta(days=k) for k in range(min((last - first).days + 1, DAYS_TOLD))):
        stopped = next((p for p in pauses if p.touches(on)), None)
        moved = pick(f"（{names[on]}）", f" ({names[on]})") if names.get(on) else ""
        if on in worked:
            yield Line(on, on, True, _hours(worked[on]) + moved), f"hours:{on}"
        elif on in counted:
            n += 1
            yield (
                Line(on, on, True, _("working day %(n)d") % {"n": n} + moved),
                "day" if not moved else f"{on}",
            )
        elif on == first and counted:
            yield Line(on, on, False, _("the day it starts on does not count")), "first"
        elif stopped is not None:
            yield Line(on, on, False, stopped.said), f"stopped:{stopped.said}"
        elif on in names:
            yield Line(on, on, False, names[on]), f"holiday:{names[on]}"
        elif on in (first, last):
            yield Line(on, on, False, _("outside office hours")), "outside"
        else:
            yield Line(on, on, False, _("day off")), "off"


def _joined(days: Iterable[tuple[Line, str]]) -> Iterator[Line]:
    """Join neighbouring days that are alike; working days keep the numbers of the first and the last."""
    held: Line | None = None
    like, first_said = "", ""
    for line, kind in days:
        if held is not None and kind == like:
            said = (
                pick(f"{first_said}—{line.said}", f"{first_said} – {line.said}")
                if kind == "day"
                else held.said
            )
            held = Line(held.first, line.last, held.counts, said)
            continue
        if held is not None:
            yield held
        held, like, first_said = line, kind, line.said
    if held is not None:
        yield held


def _elapsed(
    spans: Sequence[tuple[datetime, datetime]], pauses: Sequence[_Pause], zone: ZoneInfo
) -> Iterator[Line]:
    """Tell elapsed time by its stretches, with the pauses between them."""
    for n, (begins, ends) in enumerate(spans):
        if n:
            before = spans[n - 1][1]
            why = next((p.said for p in pauses if p.begins <= before < (p.ends or begins)), "")
            said = _("%(begins)s – %(ends)s does not count") % {"begins": _at(before), "ends": _at(begins)}
            yield Line(
                _day(before, zone),
                _day(begins, zone),
                False,
                f"{said}{pick('：', ': ') + why if why else ''}",
            )
        first, last = _day(begins, zone), _day(ends, zone)
        yield Line(first, last, True, _hours([(begins, ends)], long=first != last))


def _hours(spans: Iterable[tuple[datetime, datetime]], *, long: bool = False) -> str:
    parts = []
    for begins, ends in spans:
        said = {
            "begins": _at(begins) if long else f"{clock.beijing(begins):%H:%M}",
            "ends": _at(ends) if long else f"{clock.beijing(ends):%H:%M}",
            "length": wording.length(ends - begins),
        }
        parts.append(_("%(begins)s – %(ends)s counts %(length)s") % said)
    return pick("；", "; ").join(parts)


def _pauses(duty: Duty, grounds: Mapping[str, Any], zone: ZoneInfo) -> list[_Pause]:
    found = []
    for p in duty.pauses:
        begins = datetime.fromisoformat(p["from"])
        ends = datetime.fromisoformat(p["until"]) if p["until"] else None
        last = _day(ends - timedelta(microseconds=1), zone) if ends else date.max
        said = pause_words(str(p.get("ground", "")), grounds)
        found.append(_Pause(begins, ends, _day(begins, zone), last, said))
    return found


def _holidays(count: Mapping[str, Any], first: date, last: date) -> dict[date, str]:
    """Return the named days off and moved working days between two days, of calendars that are as they were."""
    ids = [one for one in str(count.get("calendar") or "").split(" + ") if one]
    versions = str(count.get("calendar_version") or "").split(" + ")
    same = [c.id for c in WorkCalendar.objects.filter(id__in=ids) if c.version in versions]
    rows = CalendarDay.objects.filter(year__calendar__in=same, on__gte=first, on__lte=last)
    moved = _("moved working day")
    return {
        row.on: moved
        if row.kind == CalendarDay.Kind.MOVED_WORKING_DAY
        else pick(row.name_zh, row.name_en) or _("day off")
        for row in rows.order_by("on")
    }


def _spans(count: Mapping[str, Any]) -> list[tuple[datetime, datetime]]:
    found = [(datetime.fromisoformat(a), datetime.fromisoformat(b)) for a, b in count.get("spans", ())]
    if found or count.get("clock") != "calendar" or not count.get("starts_at"):
        return found
    begins = datetime.fromisoformat(str(count["starts_at"]))
    left, spans = durations.parse(str(count["within"])), []
    for a, b in ((datetime.fromisoformat(x), datetime.fromisoformat(y)) for x, y in count.get("pauses", ())):
        if b <= begins or a >= begins + left:
            continue
        if a > begins:
            spans.append((begins, a))
            left -= a - begins
        begins = b
    return [*spans, (begins, begins + left)]


def _day(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()


def _wall(iso: str) -> str:
    return _at(datetime.fromisoformat(iso)) if iso else ""


def _at(at: datetime) -> str:
    return wording.moment(at)
