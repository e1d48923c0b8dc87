"""Where the public texts lie that tests may use and the project must not hold; tests without them are skipped, saying so."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

# Beside the checkout, or where TONGXIN_BULLETINS says.
FOLDERS = (
    os.environ.get("TONGXIN_BULLETINS", ""),
    *(str(p / "shared/data/bulletins") for p in Path(__file__).resolve().parents),
)
FOLDER = next((Path(f) for f in FOLDERS if f and (Path(f) / "score.py").is_file()), None)
needs_texts = pytest.mark.skipif(
    FOLDER is None, reason="the public texts (shared/data/bulletins) are not on this machine"
)


def folder() -> Path:
    """Return the folder of the texts."""
    assert FOLDER is not None
    return FOLDER


def bulk() -> list[dict[str, str]]:
    """Return the transcripts of the corpus, each with file, title and text."""
    with gzip.open(folder() / "bulk" / "regional_news.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


@dataclass(frozen=True, slots=True)
class Told:
    """A public text with what is told of it."""

    title: str
    text: str
    publisher: str
    day: date


BROADCAST = "央视《新闻联播》"


def told() -> dict[str, Told]:
    """Return the transcripts and the reports of the government, by the first 16 characters of their SHA-256."""
    found = {}
    for each in bulk():
        day = each["file"].rpartition("/")[2][:8]
        found[_key(each["text"])] = Told(
            each["title"], each["text"], BROADCAST, date(int(day[:4]), int(day[4:6]), int(day[6:]))
        )
    with (folder() / "index.csv").open(encoding="utf-8", newline="") as lines:
        index = [row for row in csv.DictReader(lines) if not row["file"].endswith(".html.txt")]
    for row in index:
        text = (folder() / "raw" / row["file"]).read_text("utf-8")
        publisher = "国务院" if row["file"].startswith("g_") else BROADCAST
        found[_key(text)] = Told(row["title"], text, publisher, date.fromisoformat(row["date"]))
    return found


def _key(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
