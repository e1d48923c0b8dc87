"""What can be searched of the agreements: titles, ids and the words of clauses; the register is public."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import queries as agreements
from tongxin.heart.region.acting import Acting
from tongxin.shared import search
from tongxin.shared.named import pick
from tongxin.shared.search import Hit


def register_all() -> None:
    """Make the register searchable."""
    search.register("agreements", _("Agreements"), _agreements)


def _agreements(reader: Acting | None, words: str, limit: int) -> Iterable[Hit]:
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
