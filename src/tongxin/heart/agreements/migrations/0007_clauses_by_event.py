"""Clauses know the event that they wait for, versions whether they bar anything; so thousands in force cost nothing."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models


def fill(apps: Any, schema_editor: Any) -> None:
    clauses = apps.get_model("agreements", "Clause")
    for row in clauses.objects.filter(kind="notify"):
        row.event = row.body.get("when", {}).get("event", "")
        row.save(update_fields=["event"])


class Migration(migrations.Migration):
    dependencies = [("agreements", "0006_drafts_and_endings")]
    operations = [
        migrations.AddField(
            model_name="clause",
            name="event",
            field=models.CharField(blank=True, db_index=True, default="", max_length=60),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="instrumentversion",
            name="has_bars",
            field=models.BooleanField(db_index=True, default=False),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
