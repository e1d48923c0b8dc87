"""Upgrade with running clocks: duties of the first slice keep their dues, ring, are met, and take new events."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

PROGRAM = Path(__file__).with_name("first_slice.py")


def test_duties_of_the_first_slice_run_on(tmp_path: Path) -> None:
    env = {k: v for k, v in os.environ.items() if not k.startswith(("TONGXIN_", "DJANGO_"))}
    env |= {"TONGXIN_MODE": "test", "TONGXIN_DATA": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, str(PROGRAM)], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-4000:]
    said = json.loads(done.stdout.splitlines()[-1])
    assert (said["upgraded"]["state"], said["upgraded"]["moves"]) == ("open", 0)
    assert datetime.fromisoformat(said["upgraded"]["due_at"]) == datetime.fromisoformat(
        said["before"]["due_at"]
    )
    assert said["opened_again"] == 0
    assert said["rings"] >= 2
    assert said["met"] == ["met", True]
    assert said["rounds"] == [[1, "met"], [2, "open"]]
