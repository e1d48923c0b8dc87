"""Nobody reads cases past the reader: outside the room nothing asks its tables, inside it no page, call or command does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src" / "tongxin"
ROOM = SOURCE / "heart" / "cases"
TABLES = re.compile(
    r"\b(?:Case|Offer|Consent|Paper)\.(?:objects|_default_manager)\b|\.offers\.(?:all|filter|exclude)\("
)
# What faces a reader asks queries, which take one; only queries, actions, the judge and the ticker's jobs ask tables.
FACING = re.compile(
    r"(?:screens|api|cli|forms|pages)(?:_\w+)?|\w+_(?:screens|api|cli|forms|pages)|registration|story|seeing|words"
)


def asking() -> dict[str, str]:
    """The modules that ask the tables of cases though they face a reader, or stand outside the room; with the text."""
    found = {}
    for path in sorted(SOURCE.rglob("*.py")):
        inside = ROOM in path.parents
        if (
            "tests" in path.parts
            or "migrations" in path.parts
            or (inside and not FACING.fullmatch(path.stem))
        ):
            continue
        text = path.read_text("utf-8")
        imported = inside or "heart.cases.models" in text
        hit = TABLES.search(text) if imported else None
        if hit:
            found[str(path.relative_to(SOURCE))] = hit[0]
    return found


def test_cases_are_read_for_a_reader_only() -> None:
    assert asking() == {}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Case.objects.get(pk=1)", True),
        ("row.offers.all()", True),
        ("Offer._default_manager.first()", True),
        ("queries.case(reader, number)", False),
        ("TestCase.objects", False),
    ],
)
def test_the_check_knows_a_read_of_the_tables(text: str, found: bool) -> None:
    assert bool(TABLES.search(text)) is found


@pytest.mark.parametrize(
    ("name", "facing"),
    [("screens_papers", True), ("api", True), ("api_papers", True), ("queries", False), ("promises", False)],
)
def test_the_check_knows_what_faces_a_reader(name: str, facing: bool) -> None:
    assert bool(FACING.fullmatch(name)) is facing
