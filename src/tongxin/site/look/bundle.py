"""Finds the files that web/ was built into, by Vite's manifest."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.templatetags.static import PrefixNode
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

FOLDER = Path(__file__).resolve().parents[1] / "static" / "bundle"
MANIFEST = FOLDER / ".vite" / "manifest.json"
ENTRIES = {"shell": "shell/shell.ts"}

log = logging.getLogger(__name__)


@dataclass
class _Read:
    """The manifest as last read, and when it was written."""

    stamp: float = -1.0
    chunks: dict[str, Any] | None = None


_read = _Read()


def manifest() -> dict[str, Any]:
    """Return Vite's manifest; empty when there is none. Read once in `run` mode, elsewhere again after a new build."""
    try:
        stamp = MANIFEST.stat().st_mtime
    except FileNotFoundError:
        log.error("the web bundle is not built: %s is missing", MANIFEST)
        return {}
    if _read.chunks is None or (settings.MODE != "run" and stamp != _read.stamp):
        _read.chunks = json.loads(MANIFEST.read_text("utf-8"))
        _read.stamp = stamp
    return _read.chunks


def static_prefix() -> str:
    """Return where static files begin."""
    return str(PrefixNode.handle_simple("STATIC_URL"))


def _styles(chunks: dict[str, Any], name: str, seen: set[str]) -> list[str]:
    if name in seen or name not in chunks:
        return []
    seen.add(name)
    found = list(chunks[name].get("css", ()))
    for other in chunks[name].get("imports", ()):
        found += _styles(chunks, other, seen)
    return found


def tags(entry: str) -> SafeString:
    """Return the link and script elements of one entry; nothing when the bundle is not built (pages work without)."""
    chunks = manifest()
    name = ENTRIES.get(entry, f"{entry}/{entry}.ts")
    if not chunks:
        return SafeString("")
    if name not in chunks:
        raise ValueError(f"the bundle has no entry {entry!r}")
    at = static_prefix() + "bundle/"
    links = format_html_join(
        "", '<link rel="stylesheet" href="{}{}">', ((at, css) for css in _styles(chunks, name, set()))
    )
    return links + format_html('<script type="module" src="{}{}"></script>', at, chunks[name]["file"])
