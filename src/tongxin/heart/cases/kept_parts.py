"""The triggers that keep `CasePart` beside cases and offers, on SQLite and on PostgreSQL.

A desk has a part in a case that it accepted, that was offered to it, or that came to it as a review. Whatever writes a
case or an offer, an act, a line, a migration or a script, writes the parts in the same statement. Other rows are never
touched, so a case that is locked has its parts locked with it. The triggers are looked for after every migration: one
that rebuilds a table loses them on SQLite.
"""

from __future__ import annotations

from typing import Any

from tongxin.heart.cases.models import OPEN_STATES

TABLE = "cases_casepart"
VERSION = 1  # of the triggers: a change of their words counts it up, and the old ones go
PREFIX = "cases_kept_part"
_DESKS = (
    "SELECT accepting_desk_id FROM cases_case WHERE number = {case}"
    " UNION SELECT competent_desk_id FROM cases_case WHERE number = {case} AND reviews_id IS NOT NULL"
    " UNION SELECT to_desk_id FROM cases_offer WHERE case_id = {case}"
)
_COPIED = {  # column of the part: column of the case
    "filed_at": "filed_at",
    "due_at": "promise_due_at",
    "state": "state",
    "holder_id": "holder_id",
    "procedure_id": "procedure_id",
    "accepting_desk_id": "accepting_desk_id",
    "competent_desk_id": "competent_desk_id",
}
_OPEN = f"state IN ({', '.join(repr(str(state)) for state in OPEN_STATES)})"
_SIDES = ("accepting_desk_id", "competent_desk_id", "reviews_id")
_INTO = f"INSERT INTO {TABLE} (desk_id, case_id, frozen, open, {', '.join(_COPIED)})"
_OF_CASE = ", ".join(
    f"c.{column}" for column in ("number", "frozen_by_id IS NOT NULL", _OPEN, *_COPIED.values())
)
_ADD = (
    f"{_INTO} SELECT d.desk, {_OF_CASE} FROM cases_case c JOIN ({{desks}}) d ON 1 = 1"  # noqa: S608 - our own words
    " WHERE c.number = {case} ON CONFLICT DO NOTHING"
)
_DROP = f"DELETE FROM {TABLE} WHERE case_id = {{case}} AND desk_id NOT IN ({_DESKS})"  # noqa: S608
_FOLLOW = (
    f"UPDATE {TABLE} SET frozen = NEW.frozen_by_id IS NOT NULL, open = NEW.{_OPEN}, "  # noqa: S608
    + ", ".join(f"{mine} = NEW.{its}" for mine, its in _COPIED.items())
    + " WHERE case_id = NEW.number"
)
FILL = (  # every part there is, at once
    f"{_INTO} SELECT d.desk, {_OF_CASE} FROM cases_case c JOIN ("  # noqa: S608
    "SELECT accepting_desk_id AS desk, number FROM cases_case"
    " UNION SELECT competent_desk_id, number FROM cases_case WHERE reviews_id IS NOT NULL"
    " UNION SELECT to_desk_id, case_id FROM cases_offer) d ON d.number = c.number"
    " WHERE 1 = 1 ON CONFLICT DO NOTHING"
)


def _add(case: str) -> str:
    desks = _DESKS.format(case=case).replace("accepting_desk_id", "accepting_desk_id AS desk", 1)
    return _ADD.format(case=case, desks=desks)


def _differ(columns: tuple[str, ...], other: str) -> str:
    return " OR ".join(f"NEW.{column} {other} OLD.{column}" for column in columns)


def _triggers(other: str) -> dict[str, tuple[str, str, tuple[str, ...]]]:
    """Return the triggers by name: when, on which condition, what they do; `other` is the database's "differs"."""
    followed = (*_COPIED.values(), "frozen_by_id")
    moved = ("to_desk_id", "case_id")
    return {
        "new_case": ("AFTER INSERT ON cases_case", "", (_add("NEW.number"),)),
        "case": (
            f"AFTER UPDATE OF {', '.join(followed)} ON cases_case",
            _differ(followed, other),
            (_FOLLOW,),
        ),
        "sides": (
            f"AFTER UPDATE OF {', '.join(_SIDES)} ON cases_case",
            _differ(_SIDES, other),
            (_DROP.format(case="NEW.number"), _add("NEW.number")),
        ),
        "gone_case": (
            "BEFORE DELETE ON cases_case",
            "",
            (f"DELETE FROM {TABLE} WHERE case_id = OLD.number",),  # noqa: S608
        ),
        "new_offer": (
            "AFTER INSERT ON cases_offer",
            "",
            (_ADD.format(case="NEW.case_id", desks="SELECT NEW.to_desk_id AS desk"),),
        ),
        "offer": (
            f"AFTER UPDATE OF {', '.join(moved)} ON cases_offer",
            _differ(moved, other),
            (_DROP.format(case="OLD.case_id"), _add("NEW.case_id")),
        ),
        "gone_offer": ("AFTER DELETE ON cases_offer", "", (_DROP.format(case="OLD.case_id"),)),
    }


def install(connection: Any) -> None:
    """Make the triggers, unless these very ones are there; nothing is done before there is the table."""
    if TABLE not in connection.introspection.table_names():
        return
    found = _there(connection)
    if found == {f"{PREFIX}_{name}_{VERSION}" for name in _triggers("")}:
        return
    remove(connection)
    lite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        for name, (when, condition, done) in _triggers("IS NOT" if lite else "IS DISTINCT FROM").items():
            full = f"{PREFIX}_{name}_{VERSION}"
            only = f" WHEN ({condition})" if condition else ""
            if lite:
                cursor.execute(
                    f"CREATE TRIGGER {full} {when} FOR EACH ROW{only} BEGIN {'; '.join(done)}; END"
                )
                continue
            back = "OLD" if when.startswith("BEFORE") else "NULL"
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION {full}() RETURNS trigger LANGUAGE plpgsql AS"
                f" $$ BEGIN {'; '.join(done)}; RETURN {back}; END $$"
            )
            cursor.execute(f"CREATE TRIGGER {full} {when} FOR EACH ROW{only} EXECUTE FUNCTION {full}()")


def remove(connection: Any) -> None:
    """Take the triggers away, of whatever version."""
    with connection.cursor() as cursor:
        for name in _there(connection):
            if connection.vendor == "sqlite":
                cursor.execute(f"DROP TRIGGER {name}")
            else:
                cursor.execute(f"DROP FUNCTION {name}() CASCADE")  # its trigger goes with it


def fill(connection: Any) -> None:
    """Write every part that is not there yet."""
    with connection.cursor() as cursor:
        cursor.execute(FILL)


def _there(connection: Any) -> set[str]:
    if connection.vendor == "sqlite":
        asked = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s"
    else:
        asked = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgname LIKE %s"
    with connection.cursor() as cursor:
        cursor.execute(asked, [f"{PREFIX}%"])
        return {name for (name,) in cursor.fetchall()}
