"""Reads of letters: what applicants wrote to a desk, and what passed in words about a case."""

from __future__ import annotations

from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from tongxin.heart.cases.models import Case, Letter, Slip
from tongxin.heart.region.acting import Acting
from tongxin.shared.errors import NotFound

TO_A_DESK = (Letter.Kind.MESSAGE, Letter.Kind.COMPLAINT, Letter.Kind.CORRECTION)
_WITH = ("case__procedure", "desk__jurisdiction__parent", "desk__group", "desk__role")


def to_desk(reader: Acting) -> QuerySet[Letter]:
    """Return the letters to the reader's desk: first those that wait, the oldest on top, then the answered ones."""
    rows = (
        Letter.objects.read_by(reader.desk)
        .filter(desk_id=reader.desk, kind__in=TO_A_DESK)
        .select_related(*_WITH)
    )
    return rows.order_by(F("answered_at").desc(nulls_first=True), "at", "pk")


def waiting(reader: Acting) -> int:
    """Return how many letters wait for an answer of the reader's desk."""
    rows = Letter.objects.read_by(reader.desk).filter(desk_id=reader.desk, kind__in=TO_A_DESK)
    return rows.filter(answered_at__isnull=True).count()


def one(reader: Acting, pk: int) -> Letter:
    """Return a letter to the reader's desk, or raise NotFound."""
    row = to_desk(reader).filter(pk=pk).first()
    if row is None:
        raise NotFound("no_such_letter", _("There is no such letter to your desk."))
    return row


def of_case(row: Case) -> list[Letter]:
    """Return what passed in words about a case, oldest first; who may read it was asked before."""
    rows = row.letters.select_related("desk__jurisdiction__parent", "desk__group", "desk__role")
    found = list(rows.order_by("at", "pk"))
    for each in found:
        each.case = row
    return found


def slip_of(row: Case) -> Slip | None:
    """Return the slip that stands for a case, or None."""
    return Slip.objects.read_as("cases.letters").filter(case=row).first()
