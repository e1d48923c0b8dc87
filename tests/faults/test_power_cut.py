"""The power goes at any moment: every act that was confirmed is there afterwards, none is half, the log verifies."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections

from tests.support import kept_files

ROOT = Path(__file__).resolve().parents[2]
ACTS = 10

pytestmark = (
    pytest.mark.sqlite_only
)  # PostgreSQL's own recovery is PostgreSQL's to test; this is about our settings


def run(*words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.power", *words],
        cwd=ROOT, env={"PYTHONPATH": str(ROOT / "src"), "PATH": "/usr/bin:/bin"},
        capture_output=True, text=True, check=False, timeout=1800,
    )  # fmt: skip
    assert done.returncode in {0, 1}, done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def summary(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("power")
    kept_files.copy_to(folder / "tongxin.sqlite3")  # else it is migrated there
    run("act", str(folder), str(ACTS))
    found: dict[str, Any] = json.loads(run("check", str(folder)))
    return found


def test_nothing_confirmed_is_lost_and_nothing_is_half(summary):
    assert summary["faults"] == []
    assert summary["acts"] == ACTS
    assert summary["cuts"]["log"] > 2 * ACTS * 5, "a cut at every frame, and one inside it"
    assert summary["cuts"]["main"] > 20
    assert summary["untouched_main"], "the WAL alone carried the acts, or the cuts mean nothing"


@pytest.mark.soak
def test_every_way_to_tear_every_frame(tmp_path):
    run("act", str(tmp_path), "24")
    found = json.loads(run("check", str(tmp_path), "all"))
    assert found["faults"] == []
    assert found["cuts"]["log"] > 1000


def test_the_judge_would_see_a_loss(summary):
    assert any("was confirmed and is lost" in fault for fault in summary["sees_a_loss"])


def test_the_settings_that_make_it_so_are_those_of_the_product(summary):
    assert (summary["pragmas"]["journal_mode"], summary["pragmas"]["synchronous"]) == ("wal", 2)


@pytest.mark.django_db(transaction=True)
def test_every_connection_of_the_server_syncs_each_commit():
    """Of this thread and of any other: a pragma holds for its connection only."""
    from concurrent.futures import ThreadPoolExecutor

    def pragmas() -> tuple[str, int, int]:
        try:
            with connection.cursor() as cursor:
                mode = cursor.execute("PRAGMA journal_mode").fetchone()[0]
                synchronous = cursor.execute("PRAGMA synchronous").fetchone()[0]
                return mode, synchronous, cursor.execute("PRAGMA foreign_keys").fetchone()[0]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        found = {pragmas(), *pool.map(lambda _n: pragmas(), range(4))}
    assert found == {("wal", 2, 1)}
