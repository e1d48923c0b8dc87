"""The one way to lock a case: its row, then what is owed in it, before any channel (docs/rooms.md, order of locks)."""

from __future__ import annotations

from django.db import connection

from tongxin.heart.agreements.models import Duty
from tongxin.heart.cases.models import Case


def lock(number: str) -> Case | None:
    """Lock a case with its standing duties, in the order of their numbers; None when there is no such case.

    Where rows cannot be locked one by one (SQLite) the act itself is alone, and nothing is asked.
    """
    case = Case.objects.select_for_update().filter(number=number).first()
    if case is not None and connection.features.has_select_for_update:
        standing = Duty.objects.filter(thread=f"case:{number}", state__in=Duty.STANDING)
        list(standing.select_for_update().order_by("pk").values_list("pk", flat=True))
    return case
