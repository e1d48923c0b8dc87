"""Temporary folders of the tests: in memory where there is room, for every commit of SQLite waits for its disk."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path

IN_MEMORY = Path("/dev/shm")
ROOM = 2**30
OURS = re.compile(r"tongxin-[a-z-]+-of-(\d+)-\w+")


def base() -> Path:
    """Where the folders are made."""
    if IN_MEMORY.is_dir() and os.access(IN_MEMORY, os.W_OK) and shutil.disk_usage(IN_MEMORY).free > ROOM:
        return IN_MEMORY
    return Path(tempfile.gettempdir())


def temporary(name: str, *, where: Path | None = None) -> Path:
    """Make a folder `tongxin-<name>-of-<process>-…`; the caller takes it away."""
    return Path(tempfile.mkdtemp(prefix=f"tongxin-{name}-of-{os.getpid()}-", dir=where or base()))


def sweep() -> None:
    """Take away what runs that were killed left behind: folders of processes that are no more."""
    for place in {base(), Path(tempfile.gettempdir())}:
        for folder in place.glob("tongxin-*-of-*"):
            named = OURS.fullmatch(folder.name)
            if named and not _runs(int(named[1])):
                shutil.rmtree(folder, ignore_errors=True)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
