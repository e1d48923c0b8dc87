"""What can be searched beside cases and incidents: the public register, the desk's own duties and its notes."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from django.db.models import Q
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import queries as agreements
from tongxin.heart.agreements import wording
from tongxin.heart.agreements.models import Clause, Duty
from tongxin.heart.exchange import lines_notes
from tongxin.heart.region.acting import Acting
from tongxin.shared import search
from tongxin.shared.named import pick
from tongxin.shared.search import Hit


def register_all() -> None:
    """Make the register searchable."""
    search.register("agreements", _("Agreements"), _agreements)
    search.register("duties", _("Duties"), _duties)
    search.register("notes", _("Notes"), _notes)


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


CLAUSES = 200  # clauses that a word may name before it names too many
LAST_NOTES = 500  # of the desk's notes, that are looked through; newest first


def _duties(reader: Acting | None, words: str, limit: int) -> Iterable[Hit]:
    """Return the last duties of the reader's side under clauses that are so called, or in a thing of that number."""
    if reader is None:
        return []
    called = Q(title_zh__icontains=words) | Q(title_en__icontains=words)
    clauses = list(Clause.objects.filter(called).values_list("pk", flat=True)[:CLAUSES])
    fits = Q(clause__in=clauses) | Q(thread__in=[f"{kind}:{words.upper()}" for kind in ("case", "matter")])
    sides = [Duty.objects.filter(fits, **{f"{side}_desk__in": reader.side}) for side in ("bound", "owed")]
    ids = sides[0].union(sides[1]).order_by("-due_at", "-id").values_list("pk", flat=True)[: limit + 1]
    rows = agreements.dressed(Duty.objects.filter(pk__in=list(ids)).order_by("-due_at", "-id"))
    return [
        Hit(
            wording.duty_words(row),
            reverse("duty", args=[row.pk]),
            f"{row.thread.partition(':')[2]} · {wording.clause_title(row.clause)}",
            row.illustrative,
        )
        for row in rows
    ]


def _notes(reader: Acting | None, words: str, limit: int) -> Iterable[Hit]:
    """Return the last notes of the reader's desk that hold the words."""
    if reader is None:
        return []
    sought = words.casefold()
    rows = lines_notes.notes(reader)[:LAST_NOTES]
    fits = (row for row in rows if sought in str(row.body.get("text", "")).casefold())
    return [
        Hit(Truncator(str(row.body["text"])).chars(80), reverse("notes"), wording.moment(row.sent_at))
        for row in islice(fits, limit + 1)
    ]
