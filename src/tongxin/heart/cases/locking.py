"""The one way to lock a case: its row, then what is owed in it, before any channel (docs/rooms.md, order of locks)."""

from __future__ import annotations

from django.db import connection
from django.db.models import QuerySet

from tongxin.heart.agreements.models import Duty
from tongxin.heart.cases.models import Case
from tongxin.shared.statements import fixed


def lock(number: str) -> Case | None:
    """Lock a case, read with procedure, holder and competent desk, and its standing duties by number.

    None when there is no such case.

    Where rows cannot be locked one by one (SQLite) the act itself is alone, and nothing is asked.
    """
    case = next(iter(_locked(number)), None)
    if case is not None and connection.features.has_select_for_update:
        _owed(f"case:{number}")
    return case


@fixed
def _locked(number: str) -> QuerySet[Case]:
    rows = Case.objects.select_related("procedure", "holder", "competent_desk")
    return rows.select_for_update(of=("self",)).filter(number=number)


@fixed
def _owed(thread: str) -> QuerySet[Duty, int]:
    standing = Duty.objects.filter(thread=thread, state__in=Duty.STANDING)
    return standing.select_for_update().order_by("pk").values_list("pk", flat=True)
