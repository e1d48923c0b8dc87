"""Texts for notices: read with every fault named, filled from a closed list, a desk's own over the pack's."""

from __future__ import annotations

import pytest

from tongxin.heart.cases import actions, notice_files, notice_texts, queries, words
from tongxin.heart.cases.tests.conftest import APPLICATION, PACK
from tongxin.heart.ledger.models import Entry
from tongxin.shared import reading
from tongxin.shared.errors import Conflict, Invalid

GOOD = """notice: a-notice
use: suspension
title: {zh: 示例, en: Illustrative}
text:
  zh: "{number}：{missing}"
  en: "{number}: {missing}"
provenance: {known_from: {zh: 示例, en: illustrative}, terms: illustrative}
"""


def test_the_pack_has_sound_texts_for_every_use():
    found = notice_files.read_all((PACK / "notices").glob("*.yaml"))
    assert {each.use for each in found} == set(notice_files.USES)


def test_a_word_that_is_no_place_is_named_with_its_line_and_the_nearest(tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_text(GOOD.replace("{number}: {missing}", "{numbr}: {missing} {0.__class__} {"), "utf-8")
    with pytest.raises(reading.Unreadable) as refused:
        notice_files.read(path)
    told = [str(fault) for fault in refused.value.faults]
    assert "bad.yaml:6" in told[0]
    assert "'number'" in told[0]
    assert len(told) == 3


def test_what_is_put_in_is_not_looked_at_again():
    words = dict.fromkeys(notice_files.PLACES, "") | {"number": "{missing}", "missing": "x"}
    assert notice_files.fill("{number} {missing} {nothing}", words) == "{missing} x {nothing}"


@pytest.fixture
def clerk(house, at):
    return at("tj-wuqing", "window_clerk")


def file(by) -> str:
    return actions.file_case(by=by, key="f", **APPLICATION)["case"]


@pytest.mark.django_db(transaction=True)
def test_a_desk_uses_its_own_wording_until_it_drops_it_and_every_version_stays(clerk, at):
    pack = notice_texts.one(clerk, "one-time-notice")
    assert not pack.own
    given = {"name": "one-time-notice", "text_zh": "{applicant}：补 {missing}", "text_en": "{missing}"}
    done = actions.change_text(by=clerk, key="1", seen=pack.row.pk, **given)
    assert done == actions.change_text(by=clerk, key="1", seen=pack.row.pk, **given)
    with pytest.raises(Conflict) as refused:
        actions.change_text(by=clerk, key="2", seen=pack.row.pk, **given)
    assert refused.value.code == "text_changed"
    own = notice_texts.one(clerk, "one-time-notice")
    assert (own.own, own.row.version, own.row.pk) == (True, 1, done["number"])
    assert not notice_texts.one(at("bj-tongzhou", "window_clerk"), "one-time-notice").own
    actions.drop_text(by=clerk, key="3", name="one-time-notice", seen=own.row.pk)
    assert not notice_texts.one(clerk, "one-time-notice").own
    assert len(notice_texts.history(clerk, "one-time-notice")) == 3
    entries = Entry.objects.filter(subject=f"desk:{clerk.desk}/text:one-time-notice")
    assert sorted(entries.values_list("act", flat=True)) == ["cases.text.changed", "cases.text.dropped"]


@pytest.mark.django_db(transaction=True)
def test_an_unknown_place_is_refused_at_its_field(clerk, in_english):
    now = notice_texts.one(clerk, "one-time-notice")
    with pytest.raises(Invalid) as refused:
        actions.change_text(
            by=clerk, key="1", name="one-time-notice", text_zh="{numbr}", text_en="", seen=now.row.pk
        )
    assert str(refused.value.fields["text_zh"][0]) == "{numbr} is no place; did you mean {number}?"
    assert set(refused.value.fields) == {"text_zh", "text_en"}


@pytest.mark.django_db(transaction=True)
def test_the_words_of_a_case_are_put_in_as_far_as_the_desk_may_see_them(clerk, at, in_english):
    number = file(clerk)
    actions.accept_case(by=clerk, key="a", number=number)
    text = notice_texts.one(clerk, "not-accepted").row
    row = queries.case(clerk, number)
    assert "示例餐饮店" in notice_texts.filled(clerk, row, text, "zh")
    assert number in notice_texts.filled(clerk, row, text, "en")
    taker = at("bj-tongzhou", "window_clerk")
    made = actions.offer(by=clerk, key="o", number=number, to_desk=taker.desk, epoch=0)["offer"]
    actions.return_over(by=taker, key="r", offer_id=made, reason="not_competent")
    said = notice_texts.filled(taker, queries.case(taker, number), text, "zh")
    assert "示例餐饮店" not in said
    assert "＿＿＿" in said


def test_a_gap_that_nobody_filled_in_does_not_go_out(clerk, in_english):
    number = file(clerk)
    with pytest.raises(Invalid) as refused:
        actions.not_accept(
            by=clerk, key="n", number=number, ground="not_this_item", remark=f"Still missing: {words.GAP}."
        )
    assert "Fill in the gap" in str(refused.value.fields["remark"][0])
