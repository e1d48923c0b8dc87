"""Where the public texts lie that tests may use and the project must not hold; tests without them are skipped, saying so."""

from __future__ import annotations

import gzip
import json
import os
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
