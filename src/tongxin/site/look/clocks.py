"""The clock chip of a duty: a shape, a word and a colour; the pie shows the share of the time that is used."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tongxin.site.look.times import due, instant, lasting

SOON = timedelta(hours=1)  # amber in the last hour …
SOON_SHARE = 0.7  # … or in the last 30 % of the time
RELATIVE = timedelta(hours=2)  # under two hours the chip counts, else it names the instant

WAITING = {"waiting", "claimed", "offered"}
PAUSED = {"paused", "suspended"}
ENDED = {"met", "met_late", "late"}
RUNNING = {"open", "due", "due_soon", "later", "overdue"}

_SOLID = {
    "overdue": "M7 1l6.4 12H.6zM6.3 5h1.4v4H6.3zm0 5h1.4v1.5H6.3z",
    "paused": "M3 2h3v10H3zM8 2h3v10H8z",
}
_TICK = {"met": "M2 7.5l3.5 3.5L12 3.5", "late": "M2 7.5l3 3 3.5-4M11.500 2v6M11.500 10v2"}


@dataclass(frozen=True)
class Chip:
    """What the chip says: its kind (CSS class), its words, the exact time for the pointer, the share used."""

    kind: str
    text: str
    title: str = ""
    used: float = 0.0


def share_used(opened_at: datetime | None, due_at: datetime | None, now: datetime) -> float:
    """Return the share of the time between opening and due that has passed, 0 to 1."""
    if opened_at is None or due_at is None or due_at <= opened_at:
        return 1.0 if due_at is not None and now >= due_at else 0.0
    return min(1.0, max(0.0, (now - opened_at) / (due_at - opened_at)))


def _ended(state: str, due_at: datetime | None, done_at: datetime | None) -> Chip:
    late = state in {"met_late", "late"} or (due_at is not None and done_at is not None and done_at > due_at)
    title = instant(done_at, "long") if done_at else ""
    if not late:
        return Chip("met", _("met"), title)
    if due_at is None or done_at is None or done_at <= due_at:
        return Chip("late", _("met late"), title)
    return Chip("late", _("met %(length)s late") % {"length": lasting(done_at - due_at)}, title)


def chip(
    state: str,
    due_at: datetime | None,
    opened_at: datetime | None,
    now: datetime,
    done_at: datetime | None = None,
    since: datetime | None = None,
) -> Chip:
    """Return the chip for a duty, case stage or answer; lateness follows from the times, not from the state."""
    if state in ENDED:
        return _ended(state, due_at, done_at)
    title = _("Due %(at)s") % {"at": due(due_at, "long")} if due_at else ""
    if state in WAITING:
        return Chip("waiting", _("waiting for others"), title)
    if state in PAUSED:
        words = _("suspended %(length)s") % {"length": lasting(now - since)} if since else _("suspended")
        return Chip("paused", words, title)
    if state not in RUNNING:
        raise ValueError(f"a clock knows no state {state!r}")
    if due_at is None:
        return Chip("later", _("no time limit"))
    used = share_used(opened_at, due_at, now)
    left = due_at - now
    if left < timedelta(0):
        return Chip("overdue", _("%(length)s late") % {"length": lasting(left)}, title, 1.0)
    words = _("%(length)s left") % {"length": lasting(left)} if left < RELATIVE else due(due_at, "near", now)
    kind = "due" if left <= SOON or (opened_at is not None and used >= SOON_SHARE) else "later"
    return Chip(kind, words, title, used)


def pie_path(used: float) -> str:
    """Return the path of the pie, clockwise from twelve; empty for nothing, a whole disc for all."""
    if used <= 0:
        return ""
    if used >= 0.9995:
        return "M7 2A5 5 0 1 1 7 12A5 5 0 1 1 7 2Z"
    angle = 2 * math.pi * used
    x, y = 7 + 5 * math.sin(angle), 7 - 5 * math.cos(angle)
    return f"M7 7V2A5 5 0 {int(used > 0.5)} 1 {x:.2f} {y:.2f}Z"


def shape(kind: str, used: float) -> SafeString:
    """Return the inside of the chip's drawing."""
    if kind in _SOLID:
        return SafeString(f'<path class="solid" d="{_SOLID[kind]}" fill-rule="evenodd"/>')
    if kind in _TICK:
        return SafeString(f'<path class="tick" d="{_TICK[kind]}"/>')
    if kind == "waiting":
        return SafeString('<circle class="ring" cx="7" cy="7" r="5.5" stroke-dasharray="2.6 2"/>')
    pie = pie_path(used)
    ring = '<circle class="ring" cx="7" cy="7" r="6"/>'
    return SafeString(f'{ring}<path class="pie" d="{pie}"/>' if pie else ring)


def chip_html(it: Chip) -> SafeString:
    """Return the chip as HTML."""
    title = f' title="{escape(it.title)}"' if it.title else ""
    return SafeString(
        f'<span class="clock {it.kind}"{title}><svg viewBox="0 0 14 14" aria-hidden="true">'
        f"{shape(it.kind, it.used)}</svg><span>{escape(it.text)}</span></span>"
    )
