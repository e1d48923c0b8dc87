"""The search over cases: one and two signs, numbers, parts of words; never what the desk may not read."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.properties import examples
from tongxin.heart.cases import actions, erasing, finding, finding_tokens, queries
from tongxin.heart.cases.models import Case, CaseWords, Procedure
from tongxin.heart.cases.tests import corpus
from tongxin.heart.cases.tests.conftest import APPLICATION, THURSDAY
from tongxin.heart.region import rules
from tongxin.shared.errors import NotFound

pytestmark = pytest.mark.django_db(transaction=True)
TONGZHOU = "bj-tongzhou/service_centre"


def filed(by, key, **given):
    given = APPLICATION["applicant"] | {"contact": "示例联系人"} | given
    return actions.file_case(by=by, key=key, **(APPLICATION | {"applicant": given}))["case"]


def accepted(clerk, number) -> None:
    actions.accept_case(by=clerk, key=f"a-{number}", number=number)


def found(by, words, limit=20):
    return [row.number for row in finding.find(by, words, limit)]


def test_words_of_one_and_two_signs_numbers_and_parts_of_words(clerk):
    first = filed(clerk, "1", applicant_name="运河面馆", credit_code="91110112SHILI00001")
    second = filed(clerk, "2", applicant_name="Canal Tea 茶", credit_code="91120114SHILI00777")
    actions.accept_case(by=clerk, key="a", number=first)
    actions.add_paper(
        by=clerk, key="p", number=first, kind="floor_plan", name="夹层图纸.pdf", pieces=[corpus.pdf()]
    )
    for words, wanted in {
        "运": [first], "面馆": [first], "河面": [first], "运河面馆": [first], "运 馆": [first], "茶": [second],
        "anal": [second], "CANAL": [second], "te": [second], "00777": [second], "77": [second], "shili": [second, first],
        "夹层": [first], "图": [first], first: [first], first.lower(): [first], first[-6:]: [first], "2026": [second, first],
        "武清": [second, first], "武": [second, first], "武清区政务服务中心": [second, first], "Wuqing": [second, first],
        "W": [second, first], "7": [second], "通州区示例街1号": [second, first], "馆运": [], "没有": [], "…": [], "　ＣＡＮＡＬ": [second], "茶 没有": [],
    }.items():  # fmt: skip
        assert found(clerk, words) == wanted, words


def test_a_desk_finds_only_what_it_may_read(clerk, taker, at):
    number = filed(clerk, "1", applicant_name="运河面馆")
    assert found(taker, "运河") == []
    accepted(clerk, number)
    made = actions.offer(by=clerk, key="o", number=number, to_desk=TONGZHOU, epoch=0)["offer"]
    assert found(taker, "运河") == [number]
    actions.return_over(by=taker, key="r", offer_id=made, reason="not_competent", remark="另有管辖")
    assert found(taker, "运河") == []
    assert found(taker, number) == [number], "it keeps the story"
    assert found(clerk, "另有") == [number]
    assert found(at("he-langfang", "window_clerk"), number) == []


def test_what_is_graded_sensitive_is_in_no_index_and_a_withdrawn_consent_hides_at_once(clerk, taker):
    newest = Procedure.objects.filter(name="food-business-licence").order_by("-version")[0]
    body = newest.body
    for field in body["applicant"]:
        field["grade"] = {"premises": "sensitive"}.get(field["id"], "personal")
    newest.save()
    number = filed(clerk, "1", applicant_name="运河面馆", premises="秘巷")
    accepted(clerk, number)
    assert found(clerk, "秘巷") == []
    assert not CaseWords.objects.filter(tokens__contains="秘").exists()
    actions.offer(by=clerk, key="o", number=number, to_desk=TONGZHOU, epoch=0)
    given = actions.give_consent(by=clerk, key="c", number=number, who="applicant", fields=["applicant_name"])
    assert found(taker, "运河") == [number]
    actions.withdraw_consent(by=clerk, key="w", consent=given["consent"])
    assert found(taker, "运河") == []


def test_what_was_erased_is_found_no_more(clerk, hand):
    number = filed(clerk, "1", applicant_name="运河面馆")
    actions.withdraw(by=clerk, key="w", number=number, reason="不再需要")
    assert found(clerk, "不再") == [number]
    Case.objects.filter(number=number).update(keep_until=THURSDAY + timedelta(days=1))
    hand.move_by(timedelta(days=2))
    assert erasing.erase_due() == 1
    assert found(clerk, "运河") == found(clerk, "不再") == []
    assert found(clerk, number) == [number]
    assert not CaseWords.objects.filter(tokens__contains="运").exists()


def test_an_act_that_fails_leaves_the_index_and_a_rebuild_gives_the_same(clerk, taker):
    numbers = [filed(clerk, str(n), applicant_name=f"面馆{n}号") for n in range(3)]
    rows = list(CaseWords.objects.order_by("case").values_list("case", "scope", "tokens"))
    assert [row[0] for row in rows] == numbers
    assert finding.rebuild() == 3
    assert list(CaseWords.objects.order_by("case").values_list("case", "scope", "tokens")) == rows
    assert found(clerk, "面馆") == numbers[::-1]
    assert finding.catch_up() == 0
    CaseWords.objects.all().delete()
    assert (finding.catch_up(), finding.catch_up()) == (3, 0)
    assert queries.procedure("food-business-licence")[0].version == max(
        row.version for row, _read in queries.procedures() if row.name == "food-business-licence"
    )
    with pytest.raises(NotFound):
        queries.procedure("no-such")


def test_the_number_of_statements_does_not_grow(clerk, django_assert_max_num_queries):
    for n in range(8):
        filed(clerk, str(n), applicant_name=f"面馆{n}号")
    with rules.reading(), django_assert_max_num_queries(8):
        assert len(found(clerk, "面馆")) == 8


WORDS = st.text(alphabet="运河面馆示例ab19 -é𠮷", min_size=1, max_size=8)


@settings(max_examples=examples(60))
@given(text=WORDS, data=st.data())
def test_whatever_part_of_a_text_is_asked_for_its_tokens_are_there(text, data):
    start = data.draw(st.integers(0, len(text) - 1))
    part = text[start : data.draw(st.integers(start + 1, len(text)))]
    asked = finding_tokens.of_question(part)
    if asked and not (len(asked) == 1 and len(asked[0]) == 1 and asked[0].isascii()):
        assert set(asked) <= finding_tokens.of_text([text])
        assert finding_tokens.holds([text], part)
