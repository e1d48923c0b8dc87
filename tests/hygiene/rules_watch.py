"""Plays the story of every act and prints which transactions changed who may see or do what without raising the number.

    python -m tests.hygiene.rules_watch FOLDER

The data folder holds the key; the database is TONGXIN_DATABASE_URL. One line of JSON: acts that touched a watched table,
and those of them that did not raise the rules number in the same transaction.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.faults import crashes

# What decides who may see or do what. People's own rows change at each login; only posts and holdings decide.
WATCHED = (
    "agreements_instrumentversion",
    "agreements_clause",
    "agreements_departure",
    "region_jurisdiction",
    "region_groupmember",
    "region_desk",
    "region_mandate",
    "region_office",
    "region_post",
    "region_postholding",
    "region_substitution",
    "region_officetoken",
    "cases_procedure",
    "cases_consent",
)
WRITES = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"', re.IGNORECASE)


class Watch:
    """Notes the tables that each transaction writes, and says at its commit whether the number rose where it must."""

    def __init__(self) -> None:
        self.written: set[str] = set()
        self.changed: set[str] = set()
        self.silent: dict[str, list[str]] = {}

    def statement(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        found = WRITES.match(sql)
        if found:
            self.written.add(found[1].lower())
        return execute(sql, params, many, context)

    def point(self, point: str) -> None:
        """At each commit: judge what the transaction wrote."""
        name, _colon, when = point.rpartition(":")
        if when == "after commit":
            touched = sorted(self.written & set(WATCHED))
            if touched:
                self.changed.add(name)
                if "region_rulesnumber" not in self.written:
                    self.silent[name] = touched
            self.written.clear()


def main(folder: Path) -> None:
    os.environ["TONGXIN_STORY"] = "straight"
    crashes.set_up()
    from django.db import connection

    watch = Watch()
    points = crashes.Points(folder)
    noted = points.note

    def note(point: str) -> None:
        noted(point)
        watch.point(point)

    points.note = note
    with connection.execute_wrapper(watch.statement):
        crashes.play(points, folder / "answers.json", die=False)
    print(json.dumps({"changed": sorted(watch.changed), "silent": watch.silent}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
