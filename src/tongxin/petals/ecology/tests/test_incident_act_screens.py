"""The screens of what is done in an incident: forms keep what was typed, each reader sees his part, faults stand at fields."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.worked_example import instruments
from tongxin.heart.agreements.models import Clause, ClauseConflict, Duty
from tongxin.heart.events.models import Event, Matter, MergeProposal, Objection
from tongxin.petals.ecology import actions, queries
from tongxin.petals.ecology.tests.test_incident_acts import BAODI, LANGFANG, WUQING, forecast, reported, tell
from tongxin.shared import clock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def spill(house):
    instruments.enter(instruments.agreement_a(), instruments.agreement_b(3, "PT30M", "2024-01-01"))
    return reported(house)


def text(answer) -> str:
    return answer.content.decode()


def wall(at) -> str:
    return f"{clock.beijing(at):%Y-%m-%dT%H:%M}"


def correction(house, **more) -> dict[str, str]:
    return {
        "key": "k",
        "place": "he-langfang-xianghe",
        "river": "qinglongwan-jianhe",
        "location": "示例：闸下",
        "pollutant": "ammonia",
        "amount": "2 t",
        "level": "unknown",
        "description": "",
        "occurred_at": "",
        "known_corrected": "",
        "reason": "示例：复核",
        "known_at": wall(house.clock.at),
        "late_reason": "",
    } | more


def test_correct_prefilled_previewed_and_entered(house, spill):
    tell(house, spill, BAODI)
    client = house.client("langfang-duty")
    form = text(client.get(f"/incidents/{spill}/correct/"))
    assert 'value="20 t"' in form
    assert "宝坻区生态环境局" in form  # who was told so far
    house.clock.move_by(minutes=3)
    seen = client.post(f"/incidents/{spill}/correct/", correction(house, preview="1"))
    assert seen.status_code == 200
    assert "重新通报宝坻区生态环境局" in text(seen)
    assert 'value="2 t"' in text(seen)
    assert not Event.objects.filter(act="correction").exists()
    body = correction(house, event=str(Event.objects.get(matter=spill).id))
    answer = client.post(f"/incidents/{spill}/correct/", body, follow=True)
    assert answer.redirect_chain == [(f"/incidents/{spill}/", 302)]
    page = text(answer)
    assert "<del>20 t</del> → <ins>2 t</ins>" in page
    assert "第2轮" in page
    assert client.post(f"/incidents/{spill}/correct/", body).status_code == 302  # pressed twice
    assert Event.objects.filter(act="correction").count() == 1


def test_a_correction_that_says_nothing_new_comes_back(house, spill):
    client = house.client("langfang-duty")
    answer = client.post(f"/incidents/{spill}/correct/", correction(house, amount="20 t", reason="我的理由"))
    assert answer.status_code == 422
    assert "与报告相同" in text(answer)
    assert "我的理由" in text(answer)


def test_the_page_of_a_correction_that_was_overtaken(house, spill):
    client = house.client("langfang-duty")
    first = str(Event.objects.get(matter=spill).id)
    client.post(f"/incidents/{spill}/correct/", correction(house, event=first))
    answer = client.post(
        f"/incidents/{spill}/correct/",
        correction(house, event=first, key="k2", amount="3 t", reason="我的理由"),
    )
    assert answer.status_code == 409
    assert "我的理由" in text(answer)


def listed_as_they_are(house, *readers):
    """A line of the list says what the incident's own page would say."""
    for reader in (house.acting(name) for name in readers):
        rows = queries.in_order(queries.numbers(reader))
        listed = [(r.matter, r.title, r.withdrawn, r.open, r.next_due) for r in queries.listed(reader, rows)]
        assert listed
        assert listed == [
            (r.matter, r.title, r.withdrawn, r.open, r.next_due) for r in queries.seen(reader, rows)
        ]


def test_withdraw_says_who_is_stood_down_and_does_it(house, spill):
    tell(house, spill, WUQING)
    client = house.client("langfang-duty")
    page = text(client.get(f"/incidents/{spill}/withdraw/"))
    assert "告知武清区生态环境局不再受影响" in page
    assert "作废" in page
    assert client.post(f"/incidents/{spill}/withdraw/", {"key": "k", "reason": " "}).status_code == 422
    listed_as_they_are(house, "langfang-duty", "wuqing-duty")
    answer = client.post(f"/incidents/{spill}/withdraw/", {"key": "k", "reason": "示例：误报"}, follow=True)
    listed_as_they_are(house, "langfang-duty", "wuqing-duty")
    page = text(answer)
    assert "已撤回：" in page
    assert f'action="/incidents/{spill}/stand-downs/"' in page
    answer = client.post(
        f"/incidents/{spill}/stand-downs/", {"key": "s", "to": WUQING, "remark": "示例：虚惊"}, follow=True
    )
    assert "已告知武清区生态环境局不再受影响" in text(answer)
    seen = text(house.client("wuqing-duty").get(f"/incidents/{spill}/"))
    assert "示例：虚惊" in seen
    assert "误报" not in seen  # why it was withdrawn is the reporter's own


def forecast_body(house, **more) -> dict[str, str]:
    at = house.clock.at
    return {
        "key": "f",
        "known_at": wall(at),
        "late_reason": "",
        "engine": "spill",
        "version": "1",
        "seed": "7",
        "inputs": "a" * 64,
        "p-tj-baodi": "97.5",
        "p5-tj-baodi": wall(at + timedelta(hours=8)),
        "p50-tj-baodi": wall(at + timedelta(hours=12)),
        "p95-tj-baodi": wall(at + timedelta(hours=15)),
        "p-tj-wuqing": "0.5",
    } | more


def test_a_forecast_is_entered_row_by_row(house, spill):
    tell(house, spill, WUQING)
    client = house.client("langfang-duty")
    path = f"/incidents/{spill}/forecast/"
    assert 'name="p50-tj-baodi"' in text(client.get(path))
    seen = text(client.post(path, forecast_body(house, preview="1")))
    assert "告知武清区生态环境局不再受影响" in seen
    assert not Event.objects.filter(type="ecology.spill_forecast").exists()
    page = text(client.post(path, forecast_body(house), follow=True))
    assert "预计2026-03-11 22:00前后到达宝坻区界，最早2026-03-11 18:00" in page
    assert ">推算</span>" in page
    assert "97.5%" in page
    assert "0.5%" in page
    assert "对方须在今天 16:00前得知" in page
    assert 'value="2026-03-11 22:00前后' in page  # the next notice begins with the forecast
    again = text(client.get(path))
    assert 'value="97.5"' in again
    later = forecast_body(house, key="f2", **{"p50-tj-baodi": wall(house.clock.at + timedelta(hours=10))})
    page = text(client.post(path, later, follow=True))
    assert "提前2小时" in page
    assert "共2次预报" in page


def test_the_hash_of_the_inputs_is_taken_from_their_file(house, spill):
    given = SimpleUploadedFile("inputs.csv", b"flow,46\n")
    body = forecast_body(house, inputs="") | {"inputs_file": given}
    assert house.client("langfang-duty").post(f"/incidents/{spill}/forecast/", body).status_code == 302
    engine = Event.objects.get(type="ecology.spill_forecast").engine
    assert engine["inputs"] == actions.hash_of_inputs([b"flow,", b"46\n"])


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"inputs": ""}, "inputs"),
        ({"inputs": "no hash"}, "inputs"),
        ({"seed": "-1"}, "seed"),
        ({"seed": "one"}, "seed"),
        ({"engine": ""}, "engine"),
        ({"p-tj-baodi": "101"}, "p-tj-baodi"),
        ({"p-tj-baodi": ""}, "p-tj-baodi"),
        ({"p5-tj-baodi": "2026-03-12T23:00"}, "p50-tj-baodi"),
        ({"held-tj-baodi": "on"}, "held-tj-baodi"),
        ({"stale": "gate", "p95-tj-baodi": ""}, "p5-tj-baodi"),
        ({"stale": "moon"}, "stale"),
        ({"known_at": "2026-03-11T08:00"}, "late_reason"),
        ({"known_at": "2027-03-11T08:00"}, "known_at"),
    ],
)
def test_a_fault_in_a_forecast_stands_at_its_field(house, spill, wrong, field):
    answer = house.client("langfang-duty").post(f"/incidents/{spill}/forecast/", forecast_body(house) | wrong)
    assert answer.status_code == 422
    page = text(answer)
    assert f'href="#id_{field}"' in page
    assert re.search(rf'id="id_{field}(_error)?"', page)
    assert 'value="1"' in page
    assert not Event.objects.filter(type="ecology.spill_forecast").exists()


def test_an_empty_forecast_comes_back(house, spill):
    body = {k: v for k, v in forecast_body(house).items() if "-tj-" not in k}
    answer = house.client("langfang-duty").post(f"/incidents/{spill}/forecast/", body)
    assert answer.status_code == 422
    assert "至少填写一个辖区" in text(answer)


def test_an_objection_from_the_other_side(house, spill):
    tell(house, spill, BAODI)
    client = house.client("baodi-duty")
    assert f"/incidents/{spill}/object/" in text(client.get(f"/incidents/{spill}/"))
    assert client.post(f"/incidents/{spill}/object/", {"key": "o", "text": ""}).status_code == 422
    page = text(
        client.post(f"/incidents/{spill}/object/", {"key": "o", "text": "示例：不是本河段"}, follow=True)
    )
    assert "示例：不是本河段" in page
    assert "示例：不是本河段" in text(house.client("langfang-duty").get(f"/incidents/{spill}/"))
    assert Objection.objects.count() == 1
    own = house.client("langfang-duty").post(f"/incidents/{spill}/object/", {"key": "o", "text": "x"})
    assert own.status_code == 403


def test_two_become_one_on_the_screens(house, spill):
    second = reported(house, key="second", who="xianghe-duty", location="示例：另一处")
    xianghe, langfang = house.client("xianghe-duty"), house.client("langfang-duty")
    assert (
        xianghe.post(
            f"/incidents/{second}/merge/", {"key": "m", "other": "M-2026-999999", "reason": "x"}
        ).status_code
        == 422
    )
    assert (
        xianghe.post(f"/incidents/{second}/merge/", {"key": "m", "other": second, "reason": "x"}).status_code
        == 422
    )
    body = {"key": "m", "other": spill.lower(), "reason": "示例：同一起"}
    assert "等待对方答复" in text(xianghe.post(f"/incidents/{second}/merge/", body, follow=True))
    page = text(langfang.get(f"/incidents/{spill}/"))
    action = re.search(rf'action="(/incidents/{spill}/merge/\d+/)"', page)
    assert action
    assert xianghe.post(action[1].replace(spill, second), {"key": "a", "agree": "yes"}).status_code == 403
    page = text(langfang.post(action[1], {"key": "a", "agree": "yes"}, follow=True))
    assert "已并为一起" in page
    assert page.count('id="report-') == 2
    assert f"本事件与{spill}为同一事件" in text(xianghe.get(f"/incidents/{second}/"))
    assert "已合并" in text(xianghe.get("/incidents/"))
    listed_as_they_are(house, "xianghe-duty", "langfang-duty", "langfang-coordinator", "baodi-duty")
    assert MergeProposal.objects.get().state == "agreed"


def test_a_call_and_its_hearing(house, spill):
    langfang, wuqing = house.client("langfang-duty"), house.client("wuqing-duty")
    house.clock.move_by(minutes=5)
    path = f"/incidents/{spill}/calls/"
    assert 'value="20 t"' in text(langfang.get(f"{path}?to={WUQING}"))
    body = {
        "key": "c",
        "to": WUQING,
        "at": wall(house.clock.at - timedelta(minutes=1)),
        "location": "示例：闸下",
        "pollutant": "ammonia",
        "amount": "20 t",
        "forecast_arrival": "示例：夜里",
    }
    assert langfang.post(path, body | {"at": "2020-01-01T00:00"}).status_code == 422
    assert langfang.post(path, body | {"at": "soon", "amount": "我写的"}).status_code == 422
    assert "对方也作记录后方为有效" in text(langfang.post(path, body, follow=True))
    assert langfang.post(path, body).status_code == 302
    page = text(wuqing.get(f"/incidents/{spill}/"))
    assert "廊坊市生态环境局的电话通报" in page
    action = re.search(rf'action="(/incidents/{spill}/calls/[0-9a-f-]+/)"', page)
    assert action
    assert wuqing.post(action[1], {"key": "h", "at": "never"}).status_code == 422
    assert wuqing.post(action[1], {"key": "h", "at": "2020-01-01T00:00"}).status_code == 422
    page = text(wuqing.post(action[1], {"key": "h", "at": wall(house.clock.at)}, follow=True))
    assert "双方均已确认" in page
    assert "签收" in page
    assert Duty.objects.get(matter=spill, owed_desk=WUQING, purpose="do").state == "met"
    assert langfang.post(path, body | {"key": "c2", "amount": "我写的"}).status_code == 409
    assert langfang.get(f"{path}?to=nobody/here").status_code == 409


def test_the_all_clear(house, spill):
    tell(house, spill, WUQING)
    client = house.client("langfang-duty")
    page = text(client.get(f"/incidents/{spill}/close/"))
    assert "武清区生态环境局" in page
    assert "尚未履行" in page
    assert client.post(f"/incidents/{spill}/close/", {"key": "k", "reason": ""}).status_code == 422
    page = text(client.post(f"/incidents/{spill}/close/", {"key": "k", "reason": "示例：恢复"}, follow=True))
    assert "已全部解除" in page
    assert "/notices/" not in page  # nothing more can be sent
    assert "全部解除：廊坊市生态环境局" in text(house.client("wuqing-duty").get(f"/incidents/{spill}/"))


def test_rounds_marks_and_bars_stand_beside_the_errand(house, spill):
    duty = Duty.objects.get(matter=spill, clause_key="example-a/notify", purpose="do")
    Duty.objects.filter(pk=duty.pk).update(
        wanted=duty.wanted | {"withheld": [["amount", "example-a@1/intakes"]]}, no_time_left=True
    )
    other = Clause.objects.exclude(pk=duty.clause_id).first()
    ClauseConflict.objects.create(
        thread=f"matter:{spill}", bound_desk_id=LANGFANG, owed_desk_id=BAODI, one=duty.clause, other=other,
        opened_at=clock.now(),
    )  # fmt: skip
    page = text(house.client("langfang-duty").get(f"/incidents/{spill}/"))
    assert "已无时间" in page
    assert "不予提供：数量" in page
    assert '<a href="/agreements/example-a@1/">负面清单</a>' in page
    assert "条款冲突" in page
    assert f'href="/duties/{duty.pk}/"' in page


def test_nobody_acts_without_the_capability_or_on_anothers_incident(house, spill):
    tell(house, spill, WUQING)
    pages = ("correct", "withdraw", "forecast", "merge", "close")
    for name in pages:
        path = f"/incidents/{spill}/{name}/"
        assert house.client("tongzhou-duty").get(path).status_code == 404
        assert house.client("wuqing-duty").get(path).status_code == 403
    other = reported(house, key="other", location="示例：另一处")
    event = str(Event.objects.get(matter=other).id)
    client = house.client("langfang-duty")
    for name in ("correct", "withdraw", "object"):
        assert client.get(f"/incidents/{spill}/{name}/?event={event}").status_code == 404
        assert client.get(f"/incidents/{spill}/{name}/?event=x").status_code == 404


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_is_whole_in_both_languages(house, spill, language):
    tell(house, spill, BAODI)
    forecast(house, spill, "f", baodi=(0.9, 3, 4, 5))
    client = house.client("langfang-duty")
    client.cookies["django_language"] = language
    for name in ("correct", "withdraw", "forecast", "merge", "close", f"calls/?to={WUQING}"):
        address = f"/incidents/{spill}/{name}" + ("" if "?" in name else "/")
        page = text(client.get(address))
        assert f'lang="{"en" if language == "en" else "zh-Hans"}"' in page
        assert ("取消" in page) == (language != "en")


def test_the_page_does_not_ask_more_when_there_is_more(house, spill, django_assert_max_num_queries):
    tell(house, spill, BAODI)
    for n in range(3):
        forecast(house, spill, f"f{n}", baodi=(0.9, 3 + 2 * n, 4 + 2 * n, 5 + 2 * n))
        house.clock.move_by(minutes=1)
    client = house.client("langfang-duty")
    client.get(f"/incidents/{spill}/")
    with django_assert_max_num_queries(80):
        client.get(f"/incidents/{spill}/")
    assert Matter.objects.count() == 1
