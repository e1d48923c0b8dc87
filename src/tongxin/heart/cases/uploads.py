"""Files that strangers leave: how much of it lies here is bounded, and what no case took is away after a day.

What one address or one form sends is counted before (`guesses.weigh`). Here it is all together: contents that came
without a login and that no case refers to, those of drafts too, under one ceiling for the installation.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from tongxin.heart.cases import actions, papers, papers_store
from tongxin.heart.cases.models import Paper, Upload
from tongxin.heart.cases.papers import Arrived
from tongxin.heart.cases.procedures import PaperKind
from tongxin.shared import clock
from tongxin.shared.errors import Refused
from tongxin.shared.writing import writing

LEFT = timedelta(seconds=papers.REMEMBERED)  # as long as a form remembers what was sent with it
LEAST = 64 * 2**10  # bytes that the smallest file counts for, so that many small ones have an end too
READER = "cases.uploads"


class Full(Refused):
    """Too much lies here that was sent without a login and belongs to no case (503)."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            "uploads_full",
            _(
                "No more files can be taken in without a login just now: too many lie here that no application uses."
            ),
            kept=_("The file was not taken; what is typed stays."),
            todo=_("Try again in some hours, or hand the papers in at a window of the office."),
        )


def take_in(kind: PaperKind, name: str, pieces: Iterable[bytes], size: int) -> Arrived:
    """Take a stranger's file of `size` bytes in, as `actions.take_in` does. Raises Full at the ceiling, and Unfit."""
    if lying() + _weight(size) > settings.UPLOADS_LEFT_BYTES:
        raise Full
    arrived = actions.take_in(kind, name, pieces)
    with writing("cases.upload"):
        counted = {"size": _weight(arrived.size), "at": clock.now()}
        Upload.objects.update_or_create(sha256=arrived.sha256, defaults=counted)
    return arrived


def lying() -> int:
    """Return how many bytes lie here that strangers sent and no case refers to."""
    return int(_without_case(Upload.objects.all()).aggregate(n=Sum("size"))["n"] or 0)


def sweep() -> int:
    """Take away what strangers left a day ago and no case or draft has; a job of the ticker. Return how many."""
    before = clock.now() - LEFT
    old = Upload.objects.filter(at__lt=before)
    drafted = papers_store.drafted()
    left = [each for each in _without_case(old).values_list("sha256", flat=True) if each not in drafted]
    gone = sum(papers_store.take_away(each, before) for each in left)
    with writing("cases.upload over"):
        for at in range(0, len(left), papers_store.BATCH):
            old.filter(sha256__in=left[at : at + papers_store.BATCH]).delete()
        _of_case(old).delete()
    return gone


def _weight(size: int) -> int:
    return max(size, LEAST)


def _has_case() -> Exists:
    return Exists(Paper.objects.read_as(READER).filter(sha256=OuterRef("sha256")))


def _without_case(rows: QuerySet[Upload]) -> QuerySet[Upload]:
    return rows.filter(~_has_case())


def _of_case(rows: QuerySet[Upload]) -> QuerySet[Upload]:
    return rows.filter(_has_case())
