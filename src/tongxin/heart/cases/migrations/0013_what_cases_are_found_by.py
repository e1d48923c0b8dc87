"""The index of the search over cases. Cases that are there already are taken in by the ticker, batch by batch."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

SQLITE = (
    "CREATE VIRTUAL TABLE cases_found_by USING fts5(tokens, content='cases_casewords', content_rowid='id',"
    " detail=none, columnsize=0, tokenize='unicode61 remove_diacritics 0')",
    "CREATE TRIGGER cases_found_by_new AFTER INSERT ON cases_casewords BEGIN"
    " INSERT INTO cases_found_by(rowid, tokens) VALUES (new.id, new.tokens); END",
    "CREATE TRIGGER cases_found_by_gone AFTER DELETE ON cases_casewords BEGIN"
    " INSERT INTO cases_found_by(cases_found_by, rowid, tokens) VALUES ('delete', old.id, old.tokens); END",
    "CREATE TRIGGER cases_found_by_other AFTER UPDATE OF tokens ON cases_casewords BEGIN"
    " INSERT INTO cases_found_by(cases_found_by, rowid, tokens) VALUES ('delete', old.id, old.tokens);"
    " INSERT INTO cases_found_by(rowid, tokens) VALUES (new.id, new.tokens); END",
)
POSTGRESQL = ("CREATE INDEX cases_found_by ON cases_casewords USING gin (string_to_array(tokens, ' '))",)
GONE = {
    "sqlite": ("DROP TABLE cases_found_by",),  # its triggers go with the table that is dropped next
    "postgresql": ("DROP INDEX cases_found_by",),
}


def make(_apps: Any, editor: Any) -> None:
    """Make the index that this database searches with."""
    for statement in SQLITE if editor.connection.vendor == "sqlite" else POSTGRESQL:
        editor.execute(statement)


def drop(_apps: Any, editor: Any) -> None:
    """Take the index away again."""
    for statement in GONE[editor.connection.vendor]:
        editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("cases", "0012_desk_work")]

    operations = [
        migrations.CreateModel(
            name="CaseWords",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("scope", models.CharField(choices=[("file", "File"), ("story", "Story")], max_length=5)),
                ("tokens", models.TextField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="words", to="cases.case"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("case", "scope"), name="one_row_per_scope")],
            },
        ),
        migrations.RunPython(make, drop),
    ]
