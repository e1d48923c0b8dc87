"""Template tags of scores: a share with its n/N, a length in minutes, the word for a number."""

from __future__ import annotations

from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

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
    if not value or not instrument:
        return format_html('<span class="muted">{}</span>' if not value else "{}", shown)
    parts = {part: score.parts[part] for part in ("clause", "desk", "purpose") if part in score.parts}
    month = score.parts.get("month", "")
    span = {"month": month} if month else {"since": asked.since, "until": asked.until}
    narrowed = {"desk": asked.desk, "purpose": asked.purpose, "party": asked.party}
    query = {**narrowed, **parts, **span, "number": name}
    at = reverse("scores_duties", args=[instrument])
    return format_html(
        '<a href="{}?{}" aria-label="{}">{}</a>',
        at,
        urlencode({key: given for key, given in query.items() if given}),
        f"{sheet.NUMBERS[name]}: {shown}",
        shown,
    )
