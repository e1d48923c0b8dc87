"""Template tags of scores: a share with its n/N, a length in minutes, the word for a number."""

from __future__ import annotations

from functools import lru_cache
from html import escape
from urllib.parse import quote_plus as quote

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongxin.heart.measures import sheet
from tongxin.heart.measures.scores import Score, Which

register = template.Library()


@register.filter
def percent(share: float | None) -> str:
    """`{{ score.share|percent }}`: 83.3%, or a dash under five duties."""
    return sheet.percent(share)


@register.filter
def ratio(score: Score) -> str:
    """`{{ score|ratio }}`: on time / judged."""
    return sheet.ratio(score)


@register.filter
def minutes(length: float | None) -> str:
    """`{{ delay.median|minutes }}`: 1 h 30 min; a dash where there is none."""
    return "—" if length is None else sheet.lasting(length)


@register.simple_tag
def counted(score: Score, asked: Which, name: str, instrument: str, text: str = "") -> SafeString:
    """`{% counted score asked "late" instrument %}`: a number that leads to the duties behind it; nothing is 0."""
    value = score.n if name == "n" else getattr(score.tally, name)
    shown = text or f"{value:,}"
    if not value:
        return SafeString(f'<span class="muted">{escape(shown)}</span>')
    if not instrument:
        return SafeString(escape(shown))
    given = score.parts
    month = given.get("month", "")
    query = {
        "desk": given.get("desk", asked.desk),
        "purpose": given.get("purpose", asked.purpose),
        "party": asked.party,
        "clause": given.get("clause", ""),
        "month": month,
        "since": "" if month else asked.since,
        "until": "" if month else asked.until,
        "number": name,
    }
    narrowed = "&amp;".join(f"{key}={quote(value)}" for key, value in query.items() if value)
    said = escape(f"{sheet.NUMBERS[name]}: {shown}")
    return SafeString(f'<a href="{_duties(instrument)}?{narrowed}" aria-label="{said}">{escape(shown)}</a>')


@register.simple_tag
def numbers(row: sheet.Row, asked: Which) -> SafeString:
    """`{% numbers row asked %}`: the cells of a row from what was on time to what stands beside the share."""
    score, at = row.score, row.instrument
    cells = [
        f'<td class="num"><span class="col">{escape(str(sheet.NUMBERS[name]))}</span>'
        f"{counted(score, asked, name, at)}{_waiting(score.tally.waiting) if name == 'on_time' else ''}</td>"
        for name in ("on_time", "late", "failed", "overdue")
    ]
    beside = " · ".join(
        f'<span class="nowrap">{escape(str(word))} {counted(score, asked, name, at)}</span>'
        for name, word, _value in row.beside
    )
    none = '<span class="muted">—</span>'
    cells.append(f'<td class="small"><span class="col">{escape(_("Beside it"))}</span>{beside or none}</td>')
    return SafeString("\n".join(cells))


def _waiting(n: int) -> str:
    if not n:
        return ""
    said = ngettext("%(n)s waits for the owed side", "%(n)s wait for the owed side", n) % {"n": n}
    return f'<span class="sub">{escape(said)}</span>'


@lru_cache(maxsize=512)
def _duties(instrument: str) -> str:
    """Return the address of an instrument's duties; a page leads there from each of its numbers."""
    return escape(reverse("scores_duties", args=[instrument]))
