"""Versions that were in force get the instants between which they bind; matters the instant of their rulebook."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db import migrations

BEIJING = ZoneInfo("Asia/Shanghai")


def fill(apps: Any, schema_editor: Any) -> None:
    versions = apps.get_model("agreements", "InstrumentVersion")
    for row in versions.objects.filter(state="in_force", binds_from__isnull=True):
        row.binds_from = datetime.combine(row.in_force_from, time(), tzinfo=BEIJING)
        if row.in_force_until:
            row.binds_until = datetime.combine(row.in_force_until, time(), tzinfo=BEIJING)
        row.ratified_at = row.binds_from
        row.save(update_fields=["binds_from", "binds_until", "ratified_at"])
    matters = apps.get_model("events", "Matter")
    events = apps.get_model("events", "Event")
    for matter in matters.objects.filter(pinned_at__isnull=True):
        root = events.objects.filter(matter=matter).order_by("recorded_at", "id").first()
        matter.pinned_at = root.known_at if root else matter.opened_at
        matter.save(update_fields=["pinned_at"])


class Migration(migrations.Migration):
    dependencies = [
        ("agreements", "0003_instruments_signed_and_duties_judged"),
        ("events", "0003_objections_and_merges"),
    ]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
