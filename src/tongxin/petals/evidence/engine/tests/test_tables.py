"""The tables of characters are what their script makes of its sources, byte by byte; README and guide name all tables."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tongxin.petals.evidence.engine.tables import HERE, rows
from tongxin.petals.evidence.engine.tests.shared_data import folder, needs_texts
from tongxin.petals.evidence.engine.words_check import TABLES

ROOT = Path(__file__).resolve().parents[6]
SCRIPT = ROOT / "tools" / "evidence_tables.py"
README = ROOT / "src" / "tongxin" / "petals" / "evidence" / "README.md"
GUIDE = ROOT / "docs" / "guide" / "read-bulletins.md"


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


def words_in(text: str) -> set[str]:
    return set(re.findall("`([^`]+)`", text))


def test_the_readme_names_every_table_and_those_that_may_be_ones_own():
    section = README.read_text("utf-8").split("## Tables")[1].split("\n## ")[0]
    files = {p.name for p in HERE.iterdir() if p.suffix in (".csv", ".txt", ".gz")}
    assert {f.removesuffix(".csv") for f in files} <= words_in(section)
    own = section.split("A folder of one's own")[1].split("; its rows")[0]
    assert {f"{name}.csv" for name in words_in(own) - {"--words"}} == set(TABLES)


def test_the_guide_names_every_table_group_and_kind_that_one_may_add_to():
    told = {
        row[0]: row[1]
        for row in re.findall(r"^\| `(\w+\.csv)` \| (.+) \|$", GUIDE.read_text("utf-8"), re.MULTILINE)
    }
    assert set(told) == set(TABLES)
    assert {r["group"] for r in rows("phrases.csv")} <= words_in(told["phrases.csv"])
    assert {r["kind"] for r in rows("name_words.csv")} <= words_in(told["name_words.csv"])
    for name, (needed, _pattern) in TABLES.items():
        assert set(needed) <= words_in(told[name]) | {"shown"}, name
