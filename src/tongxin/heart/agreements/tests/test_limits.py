"""The limits of the language: what lies on one is read, what is told stays short however long the text is."""

from __future__ import annotations

import pytest
from django.utils import translation
from pydantic import ValidationError

from tongxin.heart.agreements import overlaps
from tongxin.heart.agreements.api_instruments import TextIn
from tongxin.heart.agreements.language import InstrumentFile, canonical_body
from tongxin.heart.agreements.reader import BadInstrument, read_file, read_text
from tongxin.heart.agreements.tests.test_reader import HERE, KNOWN
from tongxin.shared import durations, reading

GOOD = (HERE / "good.yaml").read_text(encoding="utf-8")
HEAD, CLAUSE = (
    GOOD[: GOOD.index("  - id: notify-downstream")],
    GOOD[GOOD.index("  - id: notify-downstream") :],
)
CLAUSE = CLAUSE[: CLAUSE.index("  - id: accept-here")]


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def faults_of(text: str) -> list[str]:
    with pytest.raises(BadInstrument) as bad:
        read_text(text, "x.yaml", KNOWN)
    return [str(fault) for fault in bad.value.faults]


def many(count: int) -> str:
    """As many clauses that wait for the same."""
    return HEAD + "".join(CLAUSE.replace("notify-downstream", f"tell-{n}") for n in range(count))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("version: 1", "version: 9999"),
        ("from: 2024-01-01", "from: 1949-01-01, until: 2199-12-31"),
        ("within: PT1H", "within: P3660D"),
        ("within: PT1H, starts: known, clock: calendar", "within: P2000D, starts: known, clock: days"),
        ("receipt: {within: PT30M}", "if_late: {after: P366D}"),
        ("en: Notices on the Vale", f"en: {'v' * 200}"),
        ("zh: 谷水通报协议", f"zh: {'谷' * 160}"),
        ("zh: 上游应当在一小时内通报下游。", f"zh: {'上' * 10_000}"),
    ],
)
def test_what_lies_on_a_limit_is_read(old, new):
    assert old in GOOD
    read_text(GOOD.replace(old, new, 1), "x.yaml", KNOWN)


def test_what_is_stored_is_read_again_though_its_fractions_are_text():
    for name in ("good.yaml", "good_all.yaml"):
        model = read_file(HERE / name, KNOWN).model
        assert InstrumentFile.model_validate(canonical_body(model)) == model


def test_of_many_faults_two_hundred_are_told():
    parties = ", ".join(f"vale-{n}" for n in range(1500))
    told = faults_of(GOOD.replace("[upper-vale, lower-vale]", f"[{parties}]"))
    assert len(told) == reading.MAX_FAULTS + 1
    assert told[-1].endswith("there is more: only 200 faults are told at once")
    keys = "".join(f"key-{n}: 1\n" for n in range(1500))
    assert len(faults_of(GOOD + keys)) == reading.MAX_FAULTS + 1
    assert len(faults_of(GOOD + "field: ecology\n" * 1500)) == reading.MAX_FAULTS


def test_lists_have_an_end():
    words = ", ".join(f"word_{n}" for n in range(2001))
    told = faults_of(GOOD.replace("must_carry: [", f"must_carry: [{words}, ", 1))
    assert [fault.partition(": ")[2] for fault in told] == ["must_carry: at most 2000 may stand here"]
    assert faults_of(many(501)) == ["x.yaml:12: clauses: at most 500 may stand here"]


def test_of_many_overlaps_one_hundred_are_told(monkeypatch):
    read = read_text(many(60), "x.yaml", KNOWN)
    asked: list[str] = []
    sides = overlaps._sides

    def noted(each, known):
        asked.append(each.key)
        return sides(each, known)

    monkeypatch.setattr(overlaps, "_sides", noted)
    told = overlaps.warnings(list(read.standing().values()), KNOWN)
    assert len(told) == 101
    assert told[-1].reason == "there is more: only 100 warnings are told at once"
    assert len(asked) == len(set(asked))  # the desks of a clause are found once


def test_a_word_like_none_of_very_many_is_looked_for_under_its_first_letter():
    known = [f"{letter}-{n}" for letter in "abcdefgh" for n in range(100)]
    assert reading.nearest("c-777", known) == "c-77"
    assert reading.nearest("x-77", known) == ""
    assert reading.nearest("a" * 5000, known) == ""


def test_a_length_is_refused_in_the_readers_language():
    for language, words in (("zh-hans", "时长"), ("en", "no length of time")):
        with translation.override(language), pytest.raises(ValueError, match=words):
            durations.parse("pt1h")
    with pytest.raises(ValueError, match="no length of time"):
        durations.parse("P" + "9" * 5000 + "D")


def test_a_sign_that_no_database_holds_is_refused_by_the_api():
    assert TextIn.model_validate({"text": "agreement: x"}).file == "draft.yaml"
    for sent in ({"text": "a\x00"}, {"text": "a", "file": "\x00"}):
        with pytest.raises(ValidationError):
            TextIn.model_validate(sent)
