"""Instants and lengths in the two languages, Beijing time (docs/words.md, register of dates and times)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from tongxin.shared import clock
from tongxin.site.look.names import language

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WEEKDAYS_ZH = "一二三四五六日"
STYLES = ("table", "day", "date", "long", "time", "near", "outside", "iso")


def _date(on: date) -> str:
    if language() == "zh":
        return f"{on.year}年{on.month}月{on.day}日"
    return f"{on.day} {MONTHS[on.month - 1]} {on.year}"


def _near_day(on: date, today: date) -> str:
    zh = language() == "zh"
    word = {
        -1: ("昨天", "yesterday"),
        0: ("今天", "today"),
        1: ("明天", "tomorrow"),
    }.get((on - today).days)
    if word:
        return word[0] if zh else word[1]
    if on.year == today.year:
        return f"{on.month}月{on.day}日" if zh else f"{on.day} {MONTHS[on.month - 1][:3]}"
    return on.isoformat()


def _near(at: datetime, now: datetime) -> str:
    return f"{_near_day(at.date(), now.date())} {at:%H:%M}"


def instant(at: datetime | date | None, style: str = "table", now: datetime | None = None) -> str:
    """Return an instant (or a bare date) as the register wants it.

    table 2026-11-20 09:41 · day 2026-11-20 · date 2026年11月20日 · long with weekday and time · time 09:41 ·
    near 今天 09:41 · outside names the zone, for what leaves the house · iso with the offset.
    """
    if style not in STYLES:
        raise ValueError(f"unknown style of time {style!r}; known: {', '.join(STYLES)}")
    if at is None:
        return "—"
    if not isinstance(at, datetime):
        return at.isoformat() if style in {"table", "day", "iso"} else _date(at)
    local = clock.beijing(at)
    zh = language() == "zh"
    if style == "table":
        return f"{local:%Y-%m-%d %H:%M}"
    if style == "day":
        return f"{local:%Y-%m-%d}"
    if style == "date":
        return _date(local)
    if style == "time":
        return f"{local:%H:%M}"
    if style == "iso":
        return local.isoformat(timespec="seconds")
    if style == "near":
        return _near(local, clock.beijing(now or clock.now()))
    if style == "outside":
        return (
            f"{_date(local)} {local:%H:%M}（北京时间）"
            if zh
            else f"{_date(local)}, {local:%H:%M} Beijing time"
        )
    if zh:
        return f"{_date(local)} 周{WEEKDAYS_ZH[local.weekday()]} {local:%H:%M}"
    return f"{WEEKDAYS_EN[local.weekday()]} {_date(local)}, {local:%H:%M}"


def due(at: datetime | None, style: str = "table", now: datetime | None = None) -> str:
    """Return the instant of a due: as `instant`, but the end of a day is that day's 24:00, not the next one's 00:00."""
    if at is None or style == "iso" or not clock.ends_day(at):
        return instant(at, style, now)
    on, zh = clock.due_day(at), language() == "zh"
    if style in {"day", "date"}:
        return instant(on, style)
    if style == "table":
        return f"{on} 24:00"
    if style == "time":
        return "24:00"
    if style == "near":
        word = _near_day(on, clock.beijing(now or clock.now()).date())
        return f"{word} 24:00" if zh else f"end of {word} (24:00)"
    if style == "outside":
        return f"{_date(on)} 24:00（北京时间）" if zh else f"{_date(on)}, 24:00 Beijing time"
    if style not in STYLES:
        raise ValueError(f"unknown style of time {style!r}; known: {', '.join(STYLES)}")
    if zh:
        return f"{_date(on)} 周{WEEKDAYS_ZH[on.weekday()]} 24:00"
    return f"end of {WEEKDAYS_EN[on.weekday()]} {_date(on)} (24:00)"


def _days(n: int) -> str:
    if language() == "zh":
        return f"{n}天"
    return f"{n} day" if n == 1 else f"{n} days"


def lasting(length: timedelta | int | float | None) -> str:
    """Return a length of time (or seconds): 42分, 1小时30分, 2天3小时, 5天 / 42 min, 1 h 30 min, 2 days 3 h, 5 days."""
    if length is None:
        return "—"
    seconds = length.total_seconds() if isinstance(length, timedelta) else float(length)
    minutes = int(abs(seconds) // 60)
    zh = language() == "zh"
    if minutes == 0:
        return ("不到1分" if zh else "under 1 min") if seconds else ("0分" if zh else "0 min")
    days, rest = divmod(minutes, 24 * 60)
    hours, left = divmod(rest, 60)
    if days >= 3 or (days and not hours):
        return _days(days)
    if days:
        return f"{_days(days)}{hours}小时" if zh else f"{_days(days)} {hours} h"
    parts = []
    if hours:
        parts.append(f"{hours}小时" if zh else f"{hours} h")
    if left:
        parts.append(f"{left}分" if zh else f"{left} min")
    return "".join(parts) if zh else " ".join(parts)
