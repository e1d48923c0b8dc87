"""What runs on PostgreSQL too: the list leads to tests, and nothing that needs it is left out."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from tools import run_checks

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "tongxin"
OWN_FOLDERS = {"browser": ["tests/browser", "tests/journeys"], "docs": ["tests/docs"]}
AT_ONCE = re.compile(r"\b(?:ThreadPoolExecutor|Thread|Barrier)\(")
OWN_SQL = re.compile(r"\.cursor\(|\bRawSQL\(|\.raw\(|\.select_for_update\(|\b(?:ignore|update)_conflicts=")
# Test modules with threads of their own that share no rows, and why.
NO_ROWS_SHARED = {
    "src/tongxin/connectors/tests/test_catcher.py": "servers",
    "src/tongxin/connectors/tests/test_email.py": "servers",
    "src/tongxin/connectors/tests/test_webhook.py": "servers",
    "src/tongxin/site/tests/test_launch.py": "a server that nobody reaches",
    "src/tongxin/petals/evidence/engine/tests/test_hostile.py": "no database at all",
    "tests/faults/test_power_cut.py": "pragmas of SQLite",
    "tests/nodes/test_two_nodes.py": "nodes with SQLite databases of their own",
}


def listed() -> dict[str, set[str]]:
    """The modules of the list, with the tests of them that are named; none named is all."""
    found: dict[str, set[str]] = {}
    with (ROOT / "tests" / "on_postgres.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            assert row["why"], f"{row['what']} has no reason"
            module, _, name = row["what"].partition("::")
            found.setdefault(module, set()).update([name] if name else [])
    return found


def modules_there() -> dict[str, str]:
    folders = (ROOT / "src", ROOT / "tests")
    files = [path for folder in folders for path in sorted(folder.rglob("test_*.py"))]
    return {str(p.relative_to(ROOT)): p.read_text("utf-8") for p in files if p != Path(__file__).resolve()}


def test_what_is_listed_is_there():
    modules = modules_there()
    for module, names in listed().items():
        assert module in modules, f"tests/on_postgres.csv names {module}"
        for name in names:
            assert f"def {name}(" in modules[module], f"tests/on_postgres.csv names {module}::{name}"


def test_what_only_postgres_shows_and_what_happens_at_once_is_listed():
    needs = {
        name
        for name, text in modules_there().items()
        if "mark.browser" not in text and ("mark.postgres_only" in text or AT_ONCE.search(text))
    }
    assert needs - set(listed()) - set(NO_ROWS_SHARED) == set()


def test_every_room_with_locks_or_sql_of_its_own_is_listed():
    own_sql = [
        path
        for path in SOURCE.rglob("*.py")
        if not {"tests", "migrations"} & set(path.parts) and OWN_SQL.search(path.read_text("utf-8"))
    ]
    rooms = {room_of(path) for path in own_sql} - {""}
    assert {room for room in rooms if not any(module.startswith(f"{room}/") for module in listed())} == set()


def room_of(path: Path) -> str:
    """The folder above that has tests of its own."""
    folders = [f for f in path.parents if SOURCE in f.parents and list(f.glob("tests/test_*.py"))]
    return str(folders[0].relative_to(ROOT)) if folders else ""


def test_what_drives_a_browser_or_runs_documents_lies_in_its_own_folder():
    """The steps of `make test` ask folders."""
    for mark, folders in OWN_FOLDERS.items():
        outside = [
            name
            for name, text in modules_there().items()
            if re.search(rf"\bmark\.{mark}\b", text) and not name.startswith(tuple(folders))
        ]
        assert outside == [], f"marked {mark}, not in {', '.join(folders)}"
        unmarked = [
            name
            for name, text in modules_there().items()
            if name.startswith(tuple(folders)) and not re.search(rf"\bmark\.{mark}\b", text)
        ]
        assert unmarked == [], (
            f"in {', '.join(folders)}, not marked {mark}: belongs where the plain tests are"
        )


def test_the_steps_run_what_is_listed() -> None:
    """What `make test` gives to pytest on PostgreSQL is the list; everything else there is for the long run."""
    steps = {step.name: step for step in run_checks.test_steps([])}
    asked = [word for word in steps["postgres"].commands[0] if word.partition("::")[0].endswith(".py")]
    assert {word.partition("::")[0] for word in asked} == set(listed())
    assert steps["postgres"].environment == steps["browser-postgres"].environment
    assert steps["postgres"].environment["TONGXIN_TEST_DB"] == "postgres"
