"""Whatever changes who may see or do what raises the rules number, in the same transaction: every act there is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import kept_files

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.once("what an act writes does not depend on the database")
@pytest.mark.django_db
def test_every_act_that_changes_the_rules_raises_their_number(tmp_path: Path) -> None:
    kept_files.copy_to(tmp_path / "story.sqlite3")
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-m", "tests.hygiene.rules_watch", str(tmp_path)],
        cwd=ROOT,
        env=environment
        | {
            "PYTHONPATH": "src",
            "TONGXIN_DATA": str(tmp_path),
            "TONGXIN_DATABASE_URL": f"sqlite://{tmp_path}/story.sqlite3",
        },
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["silent"] == {}
    assert {
        "region.load",
        "agreements.instrument.loaded",
        "agreements.version.signed",
        "agreements.party.leaves",
        "cases.procedure.loaded",
        "people.holding.given",
        "people.holding.ended",
        "people.desk.moved",
    } <= set(found["changed"])
