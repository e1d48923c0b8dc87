"""Template tags of the ledger: what an act is called."""

from __future__ import annotations

from django import template

from tongxin.heart.ledger import act_words

register = template.Library()


@register.filter
def act_called(act: str) -> str:
    """`{{ entry.act|act_called }}`: the act in words; its stable name stands beside it."""
    return act_words.words(act)
