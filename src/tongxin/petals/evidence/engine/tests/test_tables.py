"""The tables of characters are what their script makes of its sources, byte by byte."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tongxin.petals.evidence.engine.tests.shared_data import folder, needs_texts

SCRIPT = Path(__file__).resolve().parents[6] / "tools" / "evidence_tables.py"


def checked(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, SCRIPT, *arguments, "--check"], capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


def test_characters_words_and_readings_are_made_of_the_packages_alone():
    assert checked() == "the same bytes: t2s.csv, t2s_words.csv, readings.csv\n"


@needs_texts
def test_pairs_of_characters_are_counted_in_the_news():
    assert (
        checked(str(folder() / "bulk" / "regional_news.jsonl.gz"))
        == "the same bytes: t2s.csv, t2s_words.csv, readings.csv, bigrams.txt\n"
    )
