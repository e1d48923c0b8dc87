"""The database settings from one URL: SQLite (durable, one writer at a time) or PostgreSQL."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

PREPARED_AFTER = 5  # askings of a statement on one connection


def from_url(url: str, data: Path) -> dict[str, Any]:
    """Return Django's settings for `url`; an empty one means the SQLite file in the data folder."""
    if not url:
        return sqlite(data / "tongxin.sqlite3")
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return sqlite(Path(unquote(parts.path)))
    if parts.scheme in {"postgresql", "postgres"}:
        options: dict[str, Any] = dict(parse_qsl(parts.query))
        options["prepare_threshold"] = _prepared_after(options.get("prepare_threshold", str(PREPARED_AFTER)))
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": options.pop("host", parts.hostname or ""),
            "PORT": str(parts.port or ""),
            "OPTIONS": options,
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
        }
    raise ImproperlyConfigured(
        f"TONGXIN_DATABASE_URL begins with {parts.scheme!r}; use sqlite: or postgresql:"
    )


def _prepared_after(said: str) -> int | None:
    """Return after how many askings PostgreSQL prepares a statement; None for `off`, as some poolers need it."""
    if said == "off":
        return None
    if not said.isdecimal():
        raise ImproperlyConfigured(
            f"prepare_threshold in TONGXIN_DATABASE_URL is {said!r}; it is a number or off"
        )
    return int(said)


def sqlite(path: Path) -> dict[str, Any]:
    """Return the settings for a durable SQLite file: WAL, every commit synced, write lock taken at BEGIN."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
        },
        "CONN_MAX_AGE": None,
        "TEST": {"NAME": str(path.with_name("test-" + path.name))},
    }
