"""Template tag of the working calendar: the days of a month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from html import escape

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tongxin.heart.agreements.almanac import Day

register = template.Library()


@register.simple_tag
def month_weeks(weeks: Sequence[Sequence[Day | None]], today: date) -> SafeString:
    """`{% month_weeks month.weeks today %}`: the weeks of a month, as lines of its table."""
    return SafeString("".join(f"<tr>{''.join(_cell(day, today) for day in week)}</tr>" for week in weeks))


def _cell(day: Day | None, today: date) -> str:
    if day is None:
        return '<td class="none"></td>'
    css = "rest" if day.kind == "weekend" else day.kind
    css, here = (f"{css} today", ' aria-current="date"') if day.on == today else (css, "")
    return f'<td class="{css}"{here}>{day.on.day}{_marked(day)}</td>'


def _marked(day: Day) -> str:
    """Return the sign of a day that is not what its weekday says, and its words for who does not see the sign."""
    if day.kind not in {"holiday", "moved"}:
        return ""
    said = (str(day.name) if day.name else "—") if day.kind == "holiday" else _("moved working day")
    return f'<i aria-hidden="true">{escape(day.mark)}</i><span class="sr"> {escape(said)}</span>'
