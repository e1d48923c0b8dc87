"""Template tags of duties: what a duty demands, who owes it, under which clause."""

from __future__ import annotations

from collections.abc import Collection

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongxin.heart.agreements import count_story, others, wording
from tongxin.heart.agreements.models import Clause, Duty
from tongxin.heart.events.models import Matter
from tongxin.heart.region.models import Desk

register = template.Library()
COUNT_LINES = 8  # of a count that is told beside something else; the duty's page tells it whole


@register.filter
def duty_words(duty: Duty) -> str:
    """`{{ duty|duty_words }}`: what it demands, in a few words; its clause must be at hand."""
    return wording.duty_words(duty)


@register.filter
def duty_end(duty: Duty) -> str:
    """`{{ duty|duty_end }}`: why it ended without being met."""
    return wording.end_words(duty)


@register.filter
def desk_words(desk: Desk | None) -> str:
    """`{{ desk|desk_words }}`: whose it is and its role."""
    return str(wording.desk_name(desk)) if desk else ""


@register.filter
def clause_words(clause: Clause) -> str:
    """`{{ clause|clause_words }}`: the instrument's title and the clause's number."""
    return wording.clause_title(clause)


@register.filter
def clause_url(clause: Clause) -> str:
    """`{{ clause|clause_url }}`: where it can be read."""
    return wording.clause_url(clause)


@register.simple_tag
def counted_duty(duty: Duty) -> SafeString:
    """`{% counted_duty duty %}`: the limit, its start and which days and hours counted, in a few lines.

    What is left out is said, with a way to the whole count on the duty's page.
    """
    story = count_story.of(duty)
    lines: list[str] = [story.limit, story.start]
    lines += [f"{line.when} {line.said}" for line in story.lines[:COUNT_LINES]]
    left = len(story.lines) - COUNT_LINES
    if left > 0:
        more = ngettext("… and %(n)d more line", "… and %(n)d more lines", left) % {"n": left}
        lines.append(format_html('<a href="{}#clock">{}</a>', reverse("duty", args=[duty.pk]), more))
    if story.provisional:
        lines.append(_("Provisional: the calendar of that year is not published yet."))
    return format_html("{}", format_html_join(SafeString("<br>"), "{}", ((line,) for line in lines if line)))


@register.simple_tag(takes_context=True)
def duties_of_others(context: template.Context, matter: Matter, shown: Collection[Duty]) -> int:
    """`{% duties_of_others matter duties as n %}`: how many duties of a matter its reader is not shown."""
    return others.hidden(context["request"].acting, matter, shown)
