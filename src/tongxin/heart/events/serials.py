"""Running numbers for matters and cases, by series and year of Beijing time."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from tongxin.heart.events.models import Serial
from tongxin.shared import clock

NEXT = "UPDATE events_serial SET last = last + 1 WHERE series = %s RETURNING last"  # locks the row till the commit


def next_number(prefix: str, at: datetime) -> str:
    """Return the next number of a series, such as `M-2026-000001`; call inside a transaction."""
    series = f"{prefix}-{clock.beijing(at).year}"
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [series])
        found = cursor.fetchone()
        if found is None:
            Serial.objects.get_or_create(series=series)
            cursor.execute(NEXT, [series])
            found = cursor.fetchone()
    return f"{series}-{found[0]:06d}"
