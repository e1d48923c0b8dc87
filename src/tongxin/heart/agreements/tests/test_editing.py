"""The form beside a text: what it shows, what it changes, and that everything else stays as it was written."""

from __future__ import annotations

import pytest

from tongxin.heart.agreements import editing, starting
from tongxin.heart.agreements.drafts import check
from tongxin.heart.agreements.known import known_words
from tongxin.heart.agreements.language import KINDS
from tongxin.heart.agreements.models import InstrumentVersion
from tongxin.heart.agreements.tests import texts
from tongxin.heart.agreements.tests.stages import BAODI, acting, stands

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _the_first_version_stands(house):
    stands(house)


TEXT = "# 第一行备注\n" + texts.water(2, more=texts.DATED.format(on="2026-09-30"))


def named(text: str) -> dict[str, editing.Item]:
    parts = editing.parts(text)
    assert parts is not None
    return {item.name: item for part in parts for item in part.items}


def test_the_form_shows_every_key_with_its_value():
    form = named(TEXT)
    assert form["f:title/zh"].value == "跨界流域突发水污染联防联控协议"
    assert form["f:parties"].value == "tj-baodi, he-langfang"
    assert form["f:in_force/from"].kind == editing.DAY
    due = "f:clauses/#notify-downstream/due"
    assert form[f"{due}/within"].value == "PT20M"
    assert form[f"{due}/clock"].choices == ("calendar", "hours", "days")
    assert form["f:clauses/#station/due/on"].value == "2026-09-30"
    assert "f:clauses/#station/due/milestone" not in form
    assert form["f:clauses/#notify-downstream/text/zh"].kind == editing.AREA


def test_a_changed_field_changes_its_own_line_and_no_other():
    given = {name: [item.value] for name, item in named(TEXT).items()}
    assert editing.changed(TEXT, TEXT, given) == TEXT
    given["f:clauses/#notify-downstream/due/within"] = ["PT45M"]
    given["f:clauses/#station/due/on"] = ["2026-10-31"]
    after = editing.changed(TEXT, TEXT, given)
    lines = [(a, b) for a, b in zip(TEXT.splitlines(), after.splitlines(), strict=True) if a != b]
    assert lines == [
        (
            "    due: {within: PT20M, starts: known, clock: calendar}",
            "    due: {within: PT45M, starts: known, clock: calendar}",
        ),
        ("    due: {on: 2026-09-30}", "    due: {on: 2026-10-31}"),
    ]


def test_a_key_appears_and_goes_with_its_value():
    added = editing.changed(TEXT, TEXT, {"f:clauses/#notify-downstream/undo/within": ["PT1H"]})
    assert "undo: {within: PT1H}" in added
    gone = editing.changed(added, added, {"f:clauses/#notify-downstream/undo/within": [""]})
    assert gone == TEXT


def test_what_was_written_in_the_text_meanwhile_stays():
    base = TEXT
    meanwhile = TEXT.replace("PT20M", "PT10M")
    given = {name: [item.value] for name, item in named(base).items()} | {"f:title/en": ["Other words"]}
    after = editing.changed(meanwhile, base, given)
    assert "PT10M" in after
    assert "Other words" in after


def test_a_text_that_is_no_mapping_has_no_form_and_is_left_alone():
    for broken in ("", "- a", "a: [", "a: &x 1", "\ta: 1"):
        assert editing.parts(broken) is None
        assert editing.changed(broken, TEXT, {"f:title/en": ["x"]}) == broken


def test_values_that_are_no_numbers_come_to_the_reader_as_typed(house):
    after = editing.changed(TEXT, TEXT, {"f:version": ["two"], "f:in_force/from": ["2026-13-01"]})
    reasons = " ".join(fault.reason for fault in check(after, known=known_words()).faults)
    assert "version" in reasons
    assert "in_force" in reasons or "2026" in reasons or "day" in reasons


@pytest.mark.parametrize("kind", [*KINDS])
def test_every_kind_of_clause_begins_without_a_fault(house, kind):
    reader, known = acting(house, BAODI), known_words()
    text = starting.instrument(reader, known)
    assert check(text, known=known_words()).faults == ()
    clause = starting.clause(
        kind, known, parties=starting.parties_of(reader, known), there=editing.clause_ids(text)
    )
    longer = editing.with_clause(text, clause)
    assert check(longer, known=known_words()).faults == ()
    assert len(editing.clause_ids(longer)) == 2
    assert editing.without_clause(longer, f"#{editing.clause_ids(longer)[1]}") == text


def test_a_law_begins_without_a_fault_once_its_source_stands(house):
    text = starting.instrument(acting(house, BAODI), known_words(), kind="law")
    assert check(text, known=known_words()).faults == ()


def test_the_next_version_begins_with_the_text_that_stands(house):
    row = InstrumentVersion.objects.get(id="river-watch@1")
    text = starting.next_version(row)
    assert check(text, known=known_words()).faults == ()
    assert check(text, known=known_words()).read.model.version == 2
