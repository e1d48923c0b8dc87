"""What can be searched in the heart: cases and agreements, each only as far as the reader may see."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import queries as agreements
from tongxin.heart.cases import queries as cases
from tongxin.heart.region.acting import Acting
from tongxin.shared import search
from tongxin.shared.named import pick
from tongxin.shared.search import Hit

Reader = Acting | None


def register_all() -> None:
    """Make the heart's things searchable, where its room does not say how itself."""
    search.register("cases", _("Cases"), _cases)
    search.register("agreements", _("Agreements"), _agreements)


def _cases(reader: Reader, words: str, limit: int) -> Iterable[Hit]:
    if reader is None:
        return []
    title = Q(procedure__title_zh__icontains=words) | Q(procedure__title_en__icontains=words)
    rows = cases.cases(reader).filter(Q(number__icontains=words) | title)[: limit + 1]
    return [
        Hit(
            row.number,
            reverse("case", args=[row.number]),
            pick(row.procedure.title_zh, row.procedure.title_en),
        )
        for row in rows
    ]


def _agreements(reader: Reader, words: str, limit: int) -> Iterable[Hit]:
    titled = Q(title_zh__icontains=words) | Q(title_en__icontains=words) | Q(id__icontains=words)
    clause = Q(versions__clauses__text_zh__icontains=words) | Q(versions__clauses__text_en__icontains=words)
    rows = agreements.register().filter(titled | clause).distinct()[: limit + 1]
    return [
        Hit(
            pick(row.title_zh, row.title_en),
            reverse("agreement", args=[row.id]),
            row.id,
            made_up=any(v.illustrative for v in row.versions.all()),
        )
        for row in rows
    ]
