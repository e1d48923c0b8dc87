"""The pages of cases: what each office sees and may do, and what is told when it may not."""

from __future__ import annotations

import html
import re

import pytest

from tests.screens import acts
from tongxin.heart.cases import listing, screens

FORM = {
    "procedure": "food-business-licence",
    "decide_at": "bj-tongzhou",
    "given_applicant_name": "示例·海棠餐饮店",
    "given_credit_code": "91110112SHILI00001",
    "given_premises": "示例街1号",
    "papers": ["application_form", "business_licence", "floor_plan", "safety_rules"],
}


@pytest.fixture
def wuqing(house):
    return house.client(*acts.CLERKS["tj-wuqing"], headers={"accept-language": "en"})


@pytest.fixture
def tongzhou(house):
    return house.client(*acts.CLERKS["bj-tongzhou"], headers={"accept-language": "en"})


@pytest.fixture
def langfang(house):
    return house.client(*acts.CLERKS["he-langfang"], headers={"accept-language": "en"})


def page(response) -> str:
    return str(response.content.decode())


def test_nobody_sees_cases_without_a_login(client, house):
    number = acts.filed(house)
    for path in ("/cases/", "/cases/new/", f"/cases/{number}/"):
        assert client.get(path).headers["Location"].startswith("/account/login/")


def test_the_list_shows_only_the_cases_in_which_the_office_has_a_part(house, wuqing, tongzhou, langfang):
    number, _offer = acts.offered(house)
    assert number in page(wuqing.get("/cases/"))
    assert number in page(tongzhou.get("/cases/"))
    assert number not in page(langfang.get("/cases/"))


def test_a_third_jurisdiction_gets_not_found(house, langfang):
    number, _offer = acts.offered(house)
    assert langfang.get(f"/cases/{number}/").status_code == 404
    assert langfang.post(f"/cases/{number}/decide/", {"decide-outcome": "granted"}).status_code == 404


def test_filters_and_order_narrow_the_list(house, wuqing):
    first, second = acts.filed(house, key="one"), acts.accepted(house, key="two")
    shown = page(wuqing.get("/cases/", {"q": second[-6:]}))
    assert second in shown
    assert first not in shown
    rows = page(wuqing.get("/cases/", {"sort": "-number"}))
    assert rows.index(second) < rows.index(first)
    assert "No case here" in page(wuqing.get("/cases/", {"stage": "decided"}))
    assert (
        wuqing.get("/cases/", {"stage": "x", "sort": "'", "place": "nowhere", "page": "z"}).status_code == 200
    )
    for words in ("食品", "licence", first[-4:]):
        shown = page(wuqing.get("/cases/", {"q": words}))
        assert first in shown
        assert "/search/?q=" in shown, "words that were given are found there"


def test_everything_missing_is_told_at_once_and_nothing_typed_is_lost(house, wuqing):
    response = wuqing.post(
        "/cases/new/", {"key": "k", "procedure": "food-business-licence", "given_premises": "示例街1号"}
    )
    shown = page(response)
    assert response.status_code == 422
    assert "Choose where it is decided." in shown
    assert shown.count("This field is needed.") >= 2
    assert "Missing: Floor plan of the premises." in shown
    assert 'value="示例街1号"' in shown
    assert 'name="key" value="k"' in shown


def test_the_same_form_sent_twice_makes_one_case(house, wuqing):
    from tongxin.heart.cases.models import Case

    first = wuqing.post("/cases/new/", FORM | {"key": "twice"})
    second = wuqing.post("/cases/new/", FORM | {"key": "twice"})
    assert first.status_code == second.status_code == 302
    assert first.headers["Location"] == second.headers["Location"]
    assert Case.objects.count() == 1


def test_a_place_without_a_clause_is_refused_at_its_field(house, wuqing):
    response = wuqing.post("/cases/new/", FORM | {"key": "k", "decide_at": "tj-baodi"})
    assert response.status_code == 422
    assert "No clause in force lets" in page(response)


def test_only_what_may_be_done_now_has_a_button(house, wuqing, tongzhou):
    number = acts.filed(house)
    assert f"/cases/{number}/accept/" in page(wuqing.get(f"/cases/{number}/"))
    wuqing.post(f"/cases/{number}/accept/", {"key": "a"})
    shown = page(wuqing.get(f"/cases/{number}/"))
    assert f"/cases/{number}/accept/" not in shown
    assert f"/cases/{number}/offer/" in shown
    wuqing.post(
        f"/cases/{number}/offer/",
        {"key": "o", "offer-to_desk": "bj-tongzhou/service_centre", "offer-epoch": "0"},
    )
    here, there = page(wuqing.get(f"/cases/{number}/")), page(tongzhou.get(f"/cases/{number}/"))
    assert f"/cases/{number}/recall/" in here
    assert f"/cases/{number}/offer/" not in here
    assert f"/cases/{number}/take-over/" in there
    assert f"/cases/{number}/recall/" not in there
    assert "4 working hours" in there


def test_through_the_screens_a_case_is_handed_over_and_decided(house, wuqing, tongzhou):
    from tongxin.heart.cases.models import Case

    number, offer = acts.offered(house)
    assert tongzhou.post(f"/cases/{number}/take-over/", {"key": "t", "offer": offer}).status_code == 302
    approver = house.client(*acts.APPROVER, headers={"accept-language": "en"})
    sent = {"key": "d", "decide-outcome": "refused", "decide-reason": "", "decide-epoch": "1"}
    refused = approver.post(f"/cases/{number}/decide/", sent)
    assert refused.status_code == 422
    assert "A refusal needs its reasons." in page(refused)
    sent["decide-reason"] = "示例理由"
    assert approver.post(f"/cases/{number}/decide/", sent).status_code == 302
    case = Case.objects.get(number=number)
    assert (case.outcome, case.outcome_reason) == ("refused", "示例理由")
    assert "示例理由" in page(wuqing.get(f"/cases/{number}/"))


def test_a_return_without_a_reason_keeps_the_remark(house, tongzhou, wuqing):
    number, offer = acts.offered(house)
    sent = {"key": "r", "offer": offer, "return-remark": "平面图看不清"}
    response = tongzhou.post(f"/cases/{number}/return/", sent)
    assert response.status_code == 422
    assert "Choose one of the reasons that the clause lists." in page(response)
    assert "平面图看不清" in page(response)
    assert (
        tongzhou.post(f"/cases/{number}/return/", sent | {"return-reason": "papers_incomplete"}).status_code
        == 302
    )
    assert "Papers are incomplete" in page(wuqing.get(f"/cases/{number}/"))


def test_of_two_browsers_the_later_gets_the_conflict_in_three_parts_with_what_was_typed(house, tongzhou):
    number, offer = acts.offered(house)
    other = house.client(
        "tongzhou-clerk", "bj-tongzhou-services/case_officer", headers={"accept-language": "en"}
    )
    assert tongzhou.post(f"/cases/{number}/take-over/", {"key": "t", "offer": offer}).status_code == 302
    late = other.post(
        f"/cases/{number}/return/",
        {"key": "r", "offer": offer, "return-reason": "not_competent", "return-remark": "不属于本区"},
    )
    shown = page(late)
    assert late.status_code == 409
    assert "This offer is settled already." in shown
    assert "The first answer stands." in shown
    assert "Reload the page to see how it was answered." in shown
    assert "不属于本区" in shown


def test_an_office_that_returned_the_case_no_longer_sees_the_applicant(house, tongzhou):
    from tongxin.heart.cases import actions

    number, offer = acts.offered(house)
    assert "示例·海棠餐饮店" in page(tongzhou.get(f"/cases/{number}/"))
    actions.return_over(by=acts.clerk(house, "bj-tongzhou"), key="r", offer_id=offer, reason="not_competent")
    after = page(tongzhou.get(f"/cases/{number}/"))
    assert "示例·海棠餐饮店" not in after
    assert "91110112SHILI00001" not in after
    assert "Not shared" in after


def test_an_export_is_an_entry_in_the_ledger(house, wuqing):
    from tongxin.heart.ledger.models import Entry

    number = acts.filed(house)
    response = wuqing.post("/cases/export/", {"key": "x", "stage": "all"})
    assert response.headers["Content-Type"].startswith("text/csv")
    assert number in page(response)
    assert "示例·海棠餐饮店" not in page(response)
    entry = Entry.objects.order_by("-index").first()
    assert entry is not None
    assert (entry.act, entry.subject) == ("cases.list.exported", "desk:tj-wuqing/service_centre/cases")


def test_no_cell_of_an_export_is_a_formula(house):
    from tongxin.heart.exchange.exports import csv_response

    body = csv_response("x", ["=1+1"], [["@cmd", "+3", "-2", "ok"]]).content.decode()
    assert body == "\ufeff'=1+1\r\n'@cmd,'+3,'-2,ok\r\n"


def test_in_chinese_the_page_counts_the_hours(house):
    number, _offer = acts.offered(house)
    client = house.client(*acts.CLERKS["bj-tongzhou"], headers={"accept-language": "zh-hans"})
    shown = page(client.get(f"/cases/{number}/"))
    assert "时限<b>4个工作小时</b>" in shown
    assert "本席位" in shown


def test_what_ends_a_case_is_folded_away_and_asked_once_more(house, wuqing):
    from tongxin.heart.cases.models import Case

    number = acts.accepted(house)
    shown = page(wuqing.get(f"/cases/{number}/"))
    assert '<details class="rule foldaway" data-fold><summary><h2>Withdraw</h2>' in shown
    address, typed = f"/cases/{number}/withdrawal/", {"withdraw-reason": "示例：不办了", "key": "w"}
    refused = wuqing.post(address, {"withdraw-reason": " ", "key": "w"})
    assert refused.status_code == 422
    assert '<details class="rule foldaway" data-fold open>' in page(refused), "what is to be mended is seen"
    asked = wuqing.post(address, typed)
    assert asked.status_code == 200
    assert "Withdraw for good" in page(asked)
    assert "示例：不办了" in page(asked)
    assert Case.objects.get().state == "accepted", "nothing is done yet"
    assert wuqing.post(address, typed | {"sure": "yes"}).status_code == 302
    assert Case.objects.get().state == "withdrawn"


def test_a_filing_of_ones_own_is_voided_once_it_was_asked_again(house, wuqing):
    from tongxin.heart.cases.models import Case

    number = acts.filed(house)
    address, typed = f"/cases/{number}/voiding/", {"void-reason": "示例：录入错误", "key": "v"}
    assert "Void for good" in page(wuqing.post(address, typed))
    assert wuqing.post(address, typed | {"sure": "yes"}).status_code == 302
    assert Case.objects.get().state == "void"


def test_a_long_list_says_that_it_was_counted_so_far_and_goes_on(house, wuqing, monkeypatch):
    monkeypatch.setattr(listing, "COUNTED", 2)
    monkeypatch.setattr(screens, "PAGE", 1)
    numbers = [acts.filed(house, key=key) for key in ("one", "two", "three")][::-1]
    assert "1–1 of 2+" in page(wuqing.get("/cases/"))
    second = page(wuqing.get("/cases/", {"page": 2}))
    assert numbers[1] in second
    on = html.unescape(re.findall(r'href="(\?[^"]*after=[^"]*)"', second)[0])
    third = page(wuqing.get(f"/cases/{on}"))
    assert numbers[2] in third
    assert "1–1 of 1<" in third
    assert numbers[0] not in third
    assert wuqing.get("/cases/", {"after": "nowhere"}).status_code == 422
