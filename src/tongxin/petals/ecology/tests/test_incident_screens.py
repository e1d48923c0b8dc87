"""The screens of incidents: forms keep what was typed, double sending has one effect, who comes second is told."""

import re
from datetime import timedelta

import pytest

from tongxin.heart.agreements.models import Duty
from tongxin.heart.events.models import Event, Matter
from tongxin.petals.ecology.tests.conftest import CARRIED
from tongxin.shared import clock

pytestmark = pytest.mark.django_db(transaction=True)

BAODI = "tj-baodi/ecology_bureau"


def filled(**more: str) -> dict[str, str]:
    known = clock.beijing(clock.now() - timedelta(minutes=5))
    return {
        "key": "form-key",
        "place": "he-langfang-xianghe",
        "river": "qinglongwan-jianhe",
        "location": "土门楼闸下",
        "pollutant": "ammonia",
        "amount": "约2吨",
        "level": "III",
        "description": "",
        "known_at": f"{known:%Y-%m-%dT%H:%M}",
        "occurred_at": "",
        "late_reason": "",
    } | more


def text(answer) -> str:
    return answer.content.decode()


def test_nobody_looks_without_login(house):
    client = house.client()
    for path in ("/incidents/", "/incidents/new/", "/incidents/M-2026-000001/"):
        answer = client.get(path)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/account/login/")


def test_a_report_is_entered_and_leads_to_its_page(house):
    client = house.client("langfang-duty")
    form = text(client.get("/incidents/new/"))
    assert re.search(r'name="key" value="[0-9a-f-]{36}"', form)
    answer = client.post("/incidents/new/", filled(), follow=True)
    assert answer.redirect_chain == [("/incidents/M-2026-000001/", 302)]
    page = text(answer)
    assert "应通报的单位4家，还有4家没有通报" in page
    assert "宝坻区生态环境局" in page
    assert 'value="土门楼闸下"' in page  # the composer is filled in from the report


def test_sent_twice_it_is_one_report(house):
    client = house.client("langfang-duty")
    first, second = (client.post("/incidents/new/", filled()) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert Matter.objects.count() == 1


def test_the_same_key_for_another_report_is_refused_and_gives_back_what_was_typed(house):
    client = house.client("langfang-duty")
    client.post("/incidents/new/", filled())
    answer = client.post("/incidents/new/", filled(location="另一处"))
    assert answer.status_code == 422
    assert "另一处" in text(answer)
    assert Matter.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"place": "tj-baodi"}, "place"),
        ({"river": "no-river"}, "river"),
        ({"location": ""}, "location"),
        ({"pollutant": "love"}, "pollutant"),
        ({"known_at": "yesterday"}, "known_at"),
        ({"known_at": "1926-03-11T09:55"}, "known_at"),
        ({"known_at": "2126-03-11T09:55"}, "known_at"),
        ({"occurred_at": "2026-03-11T09:59"}, "occurred_at"),
        ({"known_at": "2026-03-11T08:00"}, "late_reason"),
        ({"late_reason": "长" * 401}, "late_reason"),
        ({"location": "长" * 201}, "location"),
    ],
)
def test_a_fault_stands_at_its_field_and_nothing_typed_is_lost(house, wrong, words):
    client = house.client("langfang-duty")
    answer = client.post("/incidents/new/", filled(amount="三桶，约600升", drill="on") | wrong)
    assert answer.status_code == 422
    page = text(answer)
    assert f'href="#id_{words}"' in page  # the summary leads to the field
    assert f'id="id_{words}_error"' in page
    assert 'value="三桶，约600升"' in page
    assert 'value="form-key"' in page
    assert 'class="drill' in page
    assert not Event.objects.exists()


def test_a_sign_that_no_database_keeps_is_refused_and_the_rest_is_given_back(house):
    answer = house.client("langfang-duty").post(
        "/incidents/new/", filled(location="a\x00b", amount="三桶，约600升")
    )
    assert answer.status_code == 400
    assert "三桶，约600升" in answer.content.decode()
    assert not Matter.objects.exists()


def test_notify_and_confirm_on_the_screens(house, report):
    number = report()
    langfang, baodi = house.client("langfang-duty"), house.client("baodi-duty")
    notice = CARRIED | {"to": BAODI, "key": "k1"}
    answer = langfang.post(f"/incidents/{number}/notices/", notice, follow=True)
    assert "已通报宝坻区生态环境局" in text(answer)
    page = text(baodi.get(f"/incidents/{number}/"))
    assert "明日 07:00 前后" in page
    action = re.search(rf'action="(/incidents/{number}/receipts/[0-9a-f-]+/)"', page)
    assert action
    answer = baodi.post(action[1], {"key": "k2"}, follow=True)
    assert "已签收" in text(answer)
    assert not Duty.objects.filter(matter=number, purpose="confirm", state="open").exists()
    assert baodi.post(action[1], {"key": "k2"}).status_code == 302  # pressed twice: as the first time
    late = house.client("baodi-deputy").post(action[1], {"key": "k3"})
    assert late.status_code == 409
    assert "先前的签收有效" in text(late)


def test_a_notice_with_a_gap_comes_back_with_what_was_typed(house, report):
    number = report()
    notice = CARRIED | {"to": BAODI, "key": "k1", "forecast_arrival": "", "location": "另有一处"}
    answer = house.client("langfang-duty").post(f"/incidents/{number}/notices/", notice)
    assert answer.status_code == 422
    page = text(answer)
    assert 'value="另有一处"' in page
    assert 'value="k1"' in page
    assert "_forecast_arrival_error" in page


def test_who_comes_second_gets_three_parts_and_what_was_typed(house, report):
    number = report()
    notice = CARRIED | {"to": BAODI, "key": "first"}
    assert house.client("langfang-duty").post(f"/incidents/{number}/notices/", notice).status_code == 302
    again = house.client("langfang-duty").post(f"/incidents/{number}/notices/", notice)
    assert again.status_code == 302  # the same command: answered from the first time
    second = notice | {"key": "second", "forecast_arrival": "我写的到达时间"}
    answer = house.client("langfang-deputy").post(f"/incidents/{number}/notices/", second)
    assert answer.status_code == 409
    page = text(answer)
    assert "这份通报已于2026-03-11 10:00发出" in page
    assert "已发出的通报有效" in page
    assert "我写的到达时间" in page
    assert "预计到达时间" in page
    assert Duty.objects.filter(matter=number, purpose="confirm").count() == 1


def test_posts_without_the_capability_see_but_do_not_act(house, report, tell):
    clerk = house.client("langfang-clerk")
    assert clerk.get("/incidents/new/").status_code == 403
    number = report()
    message = tell(number)
    baodi = house.client("baodi-clerk")
    assert baodi.get(f"/incidents/{number}/").status_code == 404  # another desk of the same place
    assert baodi.post(f"/incidents/{number}/receipts/{message}/", {"key": "x"}).status_code == 404


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_is_whole_in_both_languages(house, report, tell, language):
    number = report()
    tell(number)
    for who in ("langfang-duty", "baodi-duty", "wuqing-duty", "langfang-coordinator"):
        client = house.client(who)
        client.cookies["django_language"] = language
        for path in ("/incidents/", f"/incidents/{number}/"):
            page = text(client.get(path))
            assert f'lang="{"en" if language == "en" else "zh-Hans"}"' in page
            assert ("青龙湾" in page) == (language != "en" and who.startswith("langfang"))


def test_the_list_keeps_what_a_reader_may_not_know(house, report, tell):
    number = report()
    before = text(house.client("baodi-duty").get("/incidents/"))
    assert number in before
    assert "氨氮" not in before
    tell(number)
    assert "土门楼闸下" in text(house.client("baodi-duty").get("/incidents/"))
    assert "还没有事件" in text(house.client("tongzhou-duty").get("/incidents/"))


def test_search_finds_by_what_the_reader_knows(house, report, tell):
    number = report()
    langfang, baodi = house.client("langfang-duty"), house.client("baodi-duty")
    assert number in text(langfang.get("/search/?q=青龙湾"))
    assert number not in text(baodi.get("/search/?q=青龙湾"))
    assert number not in text(baodi.get("/search/?q=ammonia"))
    tell(number)
    assert number in text(baodi.get("/search/?q=土门楼"))
    assert f"/incidents/{number}/" not in text(house.client("tongzhou-duty").get(f"/search/?q={number}"))


def test_the_pages_do_not_ask_more_when_there_is_more(house, report, django_assert_max_num_queries):
    for n in range(3):
        report(key=f"r{n}", location=f"第{n}处")
    client = house.client("langfang-duty")
    client.get("/incidents/")
    with django_assert_max_num_queries(40):
        client.get("/incidents/")
    with django_assert_max_num_queries(80):
        client.get("/incidents/M-2026-000001/")
