"""Cases of eight clients while the server is killed every second: none is lost, none doubled, every number once.

TONGXIN_SOAK_CASES (2000), TONGXIN_SOAK_CLIENTS (8) and TONGXIN_SOAK_EVERY (1 second) make it longer or shorter.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.folders import temporary

ROOT = Path(__file__).resolve().parents[2]
CASES = int(os.environ.get("TONGXIN_SOAK_CASES", "2000"))
CLIENTS = int(os.environ.get("TONGXIN_SOAK_CLIENTS", "8"))
EVERY = float(os.environ.get("TONGXIN_SOAK_EVERY", "1"))


@pytest.mark.soak
@pytest.mark.once("it brings both databases")
@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_nothing_is_lost_or_doubled_while_the_server_is_killed_every_second(database: str):
    folder = temporary("case-load")
    words = ["--cases", str(CASES), "--clients", str(CLIENTS), "--every", str(EVERY)]
    words += ["--postgres"] if database == "postgres" else []
    try:
        done = subprocess.run(
            [sys.executable, "-m", "tests.faults.case_load", str(folder), *words],
            cwd=ROOT, env=os.environ | {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.stdout, done.stderr[-3000:]
        found = json.loads(done.stdout.splitlines()[-1])
        print(f"\n{json.dumps(found, ensure_ascii=False)}")
        assert found["faults"] == []
        assert found["acknowledged cases"] == CASES
        assert sum(found["killed"].values()) > 0
    finally:
        shutil.rmtree(folder, ignore_errors=True)
