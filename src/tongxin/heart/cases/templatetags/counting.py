"""Template tags: how a due was counted, in words; names of desks and places."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template

from tongxin.heart.agreements import wording
from tongxin.heart.cases import counting
from tongxin.heart.region.models import Desk, Jurisdiction
from tongxin.shared.named import pick

register = template.Library()


@register.inclusion_tag("cases/count.html")
def counted(count: dict[str, Any], due_at: datetime | None) -> dict[str, Any]:
    """`{% counted duty.due_count duty.due_at %}`: which hours or days counted, in one sentence."""
    return {"it": counting.explain(count or {}, due_at)}


@register.filter
def desk_name(desk: Desk | None) -> str:
    """`{{ desk|desk_name }}`: whose it is and its role."""
    return str(wording.desk_name(desk)) if desk else ""


@register.filter
def place_name(place: Jurisdiction | None) -> str:
    """`{{ jurisdiction|place_name }}`: its short name."""
    return pick(place.short_zh, place.short_en) if place else ""
