"""Template tags of duties: what a duty demands, who owes it, under which clause."""

from __future__ import annotations

from django import template

from tongxin.heart.agreements import wording
from tongxin.heart.agreements.models import Clause, Duty
from tongxin.heart.region.models import Desk
from tongxin.shared import money

register = template.Library()


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


@register.filter
def yuan(fen: int | str) -> str:
    """`{{ fen|yuan }}`: an amount in the page's language, from whole fen."""
    return money.words(int(fen))
