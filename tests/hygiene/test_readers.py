"""Nobody reads cases past the reader: outside the room nothing asks its tables, inside it no page, call or command does."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Count

from tongxin.shared import readers
from tongxin.shared.guarded import Unread

SOURCE = Path(__file__).resolve().parents[2] / "src" / "tongxin"
ROOM = SOURCE / "heart" / "cases"
TABLES = re.compile(
    r"\b(?:Case|Offer|Consent|Paper)\.(?:objects(?!\.read_as\(\"measures\.)|_default_manager)\b|\.offers\.(?:all|filter|exclude)\("
)
# Measures count what nobody's name stands on, by their own name: Case.objects.read_as("measures.…").
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
        ('Case.objects.read_as("measures.outcomes").filter()', False),
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


# --- at the tables themselves -----------------------------------------------------------------------------------------

# Tables whose rows say what applicants gave, or what was said about it.
GUARDED = {
    "cases.Case",
    "cases.Consent",
    "cases.Decision",
    "cases.Dispute",
    "cases.Offer",
    "cases.Paper",
    "exchange.Message",
}


def guarded() -> dict[str, Any]:
    from django.apps import apps

    from tongxin.shared.guarded import Guarded

    return {m._meta.label: m for m in apps.get_models() if isinstance(m._default_manager, Guarded)}


def test_every_table_of_a_case_is_guarded() -> None:
    from django.apps import apps

    hanging = {
        model._meta.label
        for model in apps.get_models()
        if any(getattr(field.remote_field, "model", None) is guarded()["cases.Case"] for field in model._meta.fields)
    }  # fmt: skip
    assert hanging | GUARDED <= set(guarded()), "give it objects = Guarded(), see shared/guarded.py"


WAYS: dict[str, Callable[[Any], object]] = {
    "list": list,
    "get": lambda rows: rows.get(pk=None),
    "first": lambda rows: rows.first(),
    "filter": lambda rows: bool(rows.filter(pk=None)),
    "values": lambda rows: list(rows.values_list("pk", flat=True)),
    "in_bulk": lambda rows: rows.in_bulk(),
    "iterator": lambda rows: list(rows.iterator()),
    "count": lambda rows: rows.count(),
    "exists": lambda rows: rows.exists(),
    "aggregate": lambda rows: rows.aggregate(n=Count("pk")),
    "slice": lambda rows: rows.order_by("pk")[:1][0:1].get(),
    "union": lambda rows: list(rows.values("pk").union(rows.values("pk"), all=True)),
}


@pytest.mark.once("nothing is asked of a database")
@pytest.mark.parametrize("way", WAYS)
def test_a_query_without_a_reader_raises(way: str) -> None:
    """No database is open to this test: it raises before one is asked."""
    with readers.nobody():
        for model in guarded().values():
            with pytest.raises(Unread):
                WAYS[way](model._default_manager.all())


@pytest.mark.once("nothing is asked of a database")
def test_a_production_script_reads_for_nobody_either(settings: Any) -> None:
    settings.MODE = "run"
    with pytest.raises(Unread):
        guarded()["cases.Case"].objects.count()


@pytest.mark.django_db
def test_who_says_for_whom_reads() -> None:
    from tongxin.heart.cases.models import Case, Offer
    from tongxin.heart.region.models import Desk

    with readers.nobody():
        assert list(Case.objects.read_by("tj-wuqing/service_centre").filter(number="A")) == []
        assert Case.objects.read_as("tests").count() == 0
        assert list(Case(number="A").offers.all()) == [], "what hangs on a row that was read"
        with pytest.raises(Unread):
            list(Desk(id="tj-wuqing/service_centre").held_cases.all())
        with readers.named("act:tests"):
            assert Offer.objects.count() == 0
        for none in ("", None):
            with pytest.raises(Unread):
                Case.objects.read_by(none)
