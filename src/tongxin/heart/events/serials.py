"""Running numbers for matters and cases, by series and year of Beijing time."""

from __future__ import annotations

from datetime import datetime

from tongxin.heart.events.models import Serial
from tongxin.shared import clock


def next_number(prefix: str, at: datetime) -> str:
    """Return the next number of a series, such as `M-2026-000001`; call inside a transaction."""
    series = f"{prefix}-{clock.beijing(at).year}"
    Serial.objects.get_or_create(series=series)
    row = Serial.objects.select_for_update().get(series=series)
    row.last += 1
    row.save(update_fields=["last"])
    return f"{series}-{row.last:06d}"
