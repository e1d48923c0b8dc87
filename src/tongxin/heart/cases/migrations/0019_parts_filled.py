"""The parts of the cases that are there; from now on the database keeps them by triggers (`kept_parts`)."""

from typing import Any

from django.db import migrations

from tongxin.heart.cases import kept_parts


def fill(_apps: Any, editor: Any) -> None:
    """Write the parts and have them kept."""
    kept_parts.install(editor.connection)
    kept_parts.fill(editor.connection)


def drop(_apps: Any, editor: Any) -> None:
    """Leave the parts to nobody; their table goes with the migration before."""
    kept_parts.remove(editor.connection)


class Migration(migrations.Migration):
    dependencies = [("cases", "0018_parts_of_desks")]

    operations = [migrations.RunPython(fill, drop)]
