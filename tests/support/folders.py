"""Temporary folders of the tests: in memory where there is room, for every commit of SQLite waits for its disk."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

IN_MEMORY = Path("/dev/shm")
ROOM = 2**30


def temporary(prefix: str) -> Path:
    """Make a folder; the caller takes it away."""
    base = None
    if IN_MEMORY.is_dir() and os.access(IN_MEMORY, os.W_OK) and shutil.disk_usage(IN_MEMORY).free > ROOM:
        base = IN_MEMORY
    return Path(tempfile.mkdtemp(prefix=prefix, dir=base))
