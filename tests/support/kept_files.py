"""SQLite files that tests begin from, kept as long as what made them stays the same, and copied after that.

`empty` holds the tables and depends on the migrations; `loaded` holds the region pack too, and depends on all code.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".ci-cache" / "migrated"
MADE_FROM = {
    "empty": ("src/**/migrations/*.py", "requirements/dev.txt"),
    "loaded": ("src/**/*.py", "regions/**/*", "tests/support/*.py", "requirements/dev.txt"),
}


def find(name: str) -> Path | None:
    """Return the kept file, if there is one made from what is there now."""
    kept = _place(name)
    return kept if kept.exists() else None


def folder_of(name: str) -> Path:
    """Return the folder of what was drawn beside a kept file."""
    return _place(name).with_suffix(".map")


def copy_to(path: Path) -> bool:
    """Copy the empty file to `path` if there is one; return whether there was."""
    kept = find("empty")
    if kept is not None:
        shutil.copyfile(kept, path)
    return kept is not None


def keep(name: str, database: sqlite3.Connection) -> None:
    """Keep the content of a database for whoever comes next."""
    if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'django_migrations'").fetchone():
        return  # nobody has made its tables
    kept = _place(name)
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob(f"{name}-*.sqlite3"):
        if old != kept:
            old.unlink(missing_ok=True)
            shutil.rmtree(old.with_suffix(".map"), ignore_errors=True)
    part = kept.with_suffix(f".{os.getpid()}")
    with closing(sqlite3.connect(part)) as to:
        database.backup(to)
    part.replace(kept)


def _place(name: str) -> Path:
    digest = hashlib.sha256()
    for file in _files(MADE_FROM[name]):
        digest.update(f"{file.relative_to(ROOT)}\n".encode() + file.read_bytes())
    return FOLDER / f"{name}-{digest.hexdigest()[:16]}.sqlite3"


def _files(patterns: Iterable[str]) -> list[Path]:
    found = {path for pattern in patterns for path in ROOT.glob(pattern)}
    return sorted(path for path in found if path.is_file() and "__pycache__" not in path.parts)
