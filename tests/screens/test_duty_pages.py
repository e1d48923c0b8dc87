"""The page of a duty: why it is owed, and what one does with it there; the same over the API and on the command line."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from django.test import Client

from tests.support import judged
from tests.support.judged import LANGFANG
from tests.support.world import BEIJING

ENGLISH = {"accept-language": "en"}
FIGURES = {"perform-location": "示例断面", "perform-amount": "12.5 mg/L"}


def page(house, who: str, pk: int, post: str = "") -> str:
    return house.client(who, post, headers=ENGLISH).get(f"/duties/{pk}/").content.decode()


def test_a_supply_is_delivered_sent_back_delivered_anew_and_accepted_on_its_page(house):
    from tongxin.heart.agreements.models import Duty
    from tongxin.heart.ledger.models import Entry

    judged.load("judged-figures", alone=True)
    duty = judged.opened("judged-figures")
    house.clock.move_to(datetime(2026, 4, 1, 9, tzinfo=BEIJING))
    bound, owed = (house.client(who, headers=ENGLISH) for who in ("langfang-duty", "wuqing-duty"))
    before = bound.get(f"/duties/{duty.pk}/").content.decode()
    assert "Supply the data of 2026-03" in before
    assert "One side supplies the figures of the section each month." in before
    assert "working day 1 – working day 3" in before
    assert "<dt>Told by</dt><dd>the calendar; nobody reported it</dd>" in before
    assert "If nobody acts" in before
    size = house.size()
    for _twice in range(2):  # the same press of the button, sent twice
        answer = bound.post(f"/duties/{duty.pk}/performance/", FIGURES | {"key": "one-press"})
        assert (answer.status_code, answer.url) == (302, f"/duties/{duty.pk}/")
    assert house.size() == size + 1
    assert "What your office may do now" not in page(house, "langfang-duty", duty.pk)
    shown = owed.get(f"/duties/{duty.pk}/").content.decode()
    assert "12.5 mg/L" in shown
    assert f'action="/duties/{duty.pk}/acceptance/"' in shown
    house.clock.move_by(days=1)
    owed.post(f"/duties/{duty.pk}/return/", {"send_back-reason": "缺少单位", "key": "b"})
    back = page(house, "langfang-duty", duty.pk)
    moved = Entry.objects.get(act="agreements.duty.moved")
    assert "What was sent back" in back
    assert "the time at the owed office does not count" in back
    assert f'href="/ledger/{moved.index}/"' in back
    assert "sent back once" in back
    bound.post(f"/duties/{duty.pk}/performance/", FIGURES | {"key": "second"})
    owed.post(f"/duties/{duty.pk}/acceptance/", {"key": "c"})
    assert Duty.objects.get(pk=duty.pk).state == "met"
    met = page(house, "wuqing-duty", duty.pk)
    assert "What your office may do now" not in met
    assert "If nobody acts" not in met  # a duty that is met rings no more
    gone = owed.post(f"/duties/{duty.pk}/acceptance/", {"key": "d"})
    assert gone.status_code == 409
    assert "The duty stands as it was." in gone.content.decode()


def test_a_long_count_is_cut_on_the_desk_and_says_so_with_a_way_to_the_whole(house):
    clause = judged.SHARE.replace("within: P3D", "within: P40D")
    judged.load(texts=(judged.text_of("judged-figures", clause),), alone=True)
    duty = judged.opened("judged-figures")
    house.clock.move_to(datetime(2026, 4, 1, 9, tzinfo=BEIJING))
    client = house.client("langfang-duty", headers=ENGLISH)
    whole = client.get(f"/duties/{duty.pk}/").content.decode()
    lines = whole.partition("What counted</th>")[2].partition("</table>")[0].count("<tr>")
    shown = client.get("/desk/", {"row": f"duty-{duty.pk}"}).content.decode()
    assert f'<a href="/duties/{duty.pk}/#clock">… and {lines - 8} more lines</a>' in shown
    zh = house.client("langfang-duty").get("/desk/", {"row": f"duty-{duty.pk}"}).content.decode()
    assert f"……另有{lines - 8}行" in zh


def test_the_address_of_all_duties_leads_to_the_own_board_or_to_the_register(house):
    assert house.client("langfang-duty").get("/duties/").url == "/desk/"
    assert Client().get("/duties/").url == "/agreements/"


def test_amounts_are_typed_in_yuan_and_kept_in_fen(house):
    from tongxin.heart.agreements.models import Duty

    judged.load("judged-costs", alone=True)
    state = judged.opened("judged-costs")
    bound, owed = (house.client(who, headers=ENGLISH) for who in ("langfang-duty", "wuqing-duty"))
    early = bound.post(f"/duties/{state.pk}/performance/", {"perform-amount_yuan": "5", "key": "early"})
    assert (early.status_code, "runs until 2026-03-31 24:00" in early.content.decode()) == (409, True)
    house.clock.move_to(datetime(2026, 4, 1, 9, tzinfo=BEIJING))
    chinese = house.client("langfang-duty").get(f"/duties/{state.pk}/").content.decode()
    assert ("金额" in chinese, "数量" in chinese) == (True, False)
    negative = bound.post(f"/duties/{state.pk}/performance/", {"perform-amount_yuan": "-5", "key": "n"})
    assert (negative.status_code, "name that period" in negative.content.decode()) == (422, True)
    for typed in ("12.345", "abc", "1.234,50", "", "1e3", "￥5"):
        answer = bound.post(f"/duties/{state.pk}/performance/", {"perform-amount_yuan": typed})
        assert answer.status_code == 422, typed
        assert 'class="error-summary' in answer.content.decode()
    bound.post(f"/duties/{state.pk}/performance/", {"perform-amount_yuan": "1,234.5", "key": "s"})
    state.refresh_from_db()
    assert state.performance.carried == {"amount_fen": "123450"}
    check = Duty.objects.get(subject="2026-03/check")
    asked = owed.get(f"/duties/{check.pk}/").content.decode()
    assert 'value="1234.50"' in asked
    assert "CNY 1,234.50" in page(house, "wuqing-duty", state.pk)
    no_word = {"perform-amount_yuan": "1200", "perform-contested": "on"}
    refused = owed.post(f"/duties/{check.pk}/performance/", no_word)
    assert refused.status_code == 422
    assert "Say what is contested." in refused.content.decode()
    owed.post(f"/duties/{check.pk}/performance/", no_word | {"perform-remark": "少一次采样", "key": "c"})
    again = Duty.objects.get(subject="2026-03/state-2")
    assert "State the account of 2026-03 anew" in page(house, "langfang-duty", again.pk)
    assert 'value="1200.00"' in page(house, "langfang-duty", again.pk)


def test_a_notice_is_sent_on_the_page_of_its_incident(house):
    from tongxin.heart.agreements.models import Duty

    judged.load("judged-now", alone=True)
    number = judged.incident(house)["matter"]
    duty = Duty.objects.get(matter=number)
    shown = page(house, "langfang-duty", duty.pk)
    assert f'<a class="btn primary" href="/incidents/{number}/">Notify</a>' in shown
    assert "Long River" in shown
    owed = page(house, "wuqing-duty", duty.pk)
    assert "Long River" not in owed  # it has not been told what it is about
    assert "Incident that your desk has not been told of yet" in owed
    assert house.client("langfang-duty").get(f"/matters/{number}/").url == f"/incidents/{number}/"


def test_a_coordination_office_sees_the_duty_and_may_excuse_it_for_its_side_only(house):
    judged.load("judged-gate", alone=True)
    duty = judged.opened("judged-gate")
    post = "{}-coordination/coordinator"
    owed = page(house, "wuqing-coordinator", duty.pk, post.format("tj-wuqing"))
    assert f'action="/duties/{duty.pk}/excuse/"' in owed
    assert f'action="/duties/{duty.pk}/performance/"' not in owed
    bound = page(house, "langfang-coordinator", duty.pk, post.format("he-langfang"))
    assert f'action="/duties/{duty.pk}/date/"' in bound
    assert f'action="/duties/{duty.pk}/excuse/"' not in bound
    assert (
        house.client("baodi-coordinator", post.format("tj-baodi")).get(f"/duties/{duty.pk}/").status_code
        == 404
    )


def test_a_conflict_is_settled_on_its_page(house):
    from tongxin.heart.agreements.models import ClauseConflict

    judged.load("judged-now", "judged-sample", alone=True)
    judged.incident(house)
    row = ClauseConflict.objects.get()
    offices = {
        who: house.client(who, f"{place}-coordination/coordinator", headers=ENGLISH)
        for who, place in (("wuqing-coordinator", "tj-wuqing"), ("langfang-coordinator", "he-langfang"))
    }
    listed = offices["wuqing-coordinator"].get("/conflicts/").content.decode()
    assert "waits for a decision" in listed
    for who, client in offices.items():
        shown = client.get(f"/conflicts/{row.pk}/").content.decode()
        assert "May be told only after: Spill forecast." in shown
        sent = {"rule-clause": row.one_id, "rule-reason": "先行通报", "key": who}
        assert client.post(f"/conflicts/{row.pk}/ruling/", sent).status_code == 302
    settled = offices["wuqing-coordinator"].get(f"/conflicts/{row.pk}/").content.decode()
    assert "Illustrative judged-now, clause 1 rules." in settled
    assert "rule-clause" not in settled
    bound = house.client("langfang-duty", headers=ENGLISH).get(f"/conflicts/{row.pk}/").content.decode()
    assert "先行通报" in bound


def test_a_period_has_a_page_with_both_sides(house):
    judged.load("judged-figures", "judged-costs", alone=True)
    duty = judged.opened("judged-figures")
    client = house.client("langfang-duty", headers=ENGLISH)
    shown = client.get(f"/matters/{duty.matter_id}/").content.decode()
    assert "Illustrative judged-figures 2026-03" in shown
    assert "My office owes" in shown
    assert f'href="/duties/{duty.pk}/#act">Supply</a>' in shown
    other = house.client("wuqing-duty", headers=ENGLISH).get(f"/matters/{duty.matter_id}/").content.decode()
    assert "My office is owed" in other
    assert "each month" in other


@pytest.fixture
def call(house):
    """`call("langfang-duty", "/duties/1/performance", {...}, key="k")`: a POST, or a GET without a body and key."""
    tokens: dict[str, str] = {}

    def ask(who, path, body=None, key=""):
        tokens.setdefault(who, house.token(who))
        headers = {"Authorization": f"Bearer {tokens[who]}", **ENGLISH}
        client = Client(raise_request_exception=False)
        if not key:
            return client.get(f"/api/v1{path}", headers=headers)
        sent = json.dumps(body)
        headers |= {"Idempotency-Key": key}
        return client.post(f"/api/v1{path}", sent, content_type="application/json", headers=headers)

    return ask


def test_the_api_tells_why_and_takes_every_act_once(house, call):
    judged.load("judged-figures", "judged-gate", alone=True)
    duty, gate = judged.opened("judged-figures"), judged.opened("judged-gate")
    form = call("langfang-duty", f"/duties/{duty.pk}/form").json()
    assert form["may"] == ["perform", "suspend"]
    assert [a["name"] for a in form["asked"]] == ["location", "amount", "remark"]
    body = {"carried": {"location": "示例断面", "amount": "12.5 mg/L"}}
    first = call("langfang-duty", f"/duties/{duty.pk}/performance", body, "p")
    size = house.size()
    again = call("langfang-duty", f"/duties/{duty.pk}/performance", body, "p")
    assert (first.status_code, first.json(), house.size()) == (201, again.json(), size)
    other = call("langfang-duty", f"/duties/{duty.pk}/performance", {"carried": {"location": "x"}}, "p")
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    told = call("wuqing-duty", f"/duties/{duty.pk}").json()
    assert (told["state"], told["told"]["carried"]["amount"]) == ("claimed", "12.5 mg/L")
    assert (told["answer_due_at"], told["sent_back"], told["moves"]) == ("2026-03-13T17:30:00+08:00", 0, [])
    assert [line["counts"] for line in told["counted"]["lines"]] == [False, True]
    house.clock.move_by(hours=3)
    call("wuqing-duty", f"/duties/{duty.pk}/return", {"reason": "缺少单位"}, "b")
    told = call("langfang-duty", f"/duties/{duty.pk}").json()
    assert (told["state"], told["sent_back"], [p["ground"] for p in told["pauses"]]) == (
        "open",
        1,
        ["at_creditor"],
    )
    for path, sent, state in (
        ("suspension", {"ground": "station_down"}, "suspended"),
        ("resumption", None, "open"),
    ):
        assert call("langfang-duty", f"/duties/{duty.pk}/{path}", sent, path).json()["state"] == state
    named = {"on": "2026-08-31", "reason": "汛期"}
    assert call("langfang-deputy", f"/duties/{gate.pk}/date", named, "d").json()["agreed"] is False
    shown = call("wuqing-deputy", f"/duties/{gate.pk}").json()
    assert (shown["proposed"], shown["baseline_due_at"]) == (
        {"bound": "2026-08-31"},
        "2026-07-01T00:00:00+08:00",
    )
    assert call("wuqing-deputy", f"/duties/{gate.pk}/date", named, "e").json()["agreed"] is True
    assert (
        call("wuqing-deputy", f"/duties/{gate.pk}/date", {**named, "on": "9999-12-31"}, "f").status_code
        == 422
    )
    assert (
        call("wuqing-deputy", f"/duties/{gate.pk}/excuse", {"reason": "x"}, "g").json()["state"] == "excused"
    )
    listed = call("langfang-duty", "/duties").json()
    assert [(d["id"], len(d["moves"])) for d in listed["duties"]] == [(duty.pk, 0), (gate.pk, 1)]
    matter = call("wuqing-duty", f"/matters/{duty.matter_id}").json()
    assert (matter["kind"], [d["id"] for d in matter["duties"]]) == ("period", [duty.pk])
    (reason,) = [
        r for r in call("wuqing-duty", f"/matters/{duty.matter_id}/explanation").json() if r["bound"]
    ]
    assert reason["duties"][0]["id"] == duty.pk


@pytest.mark.parametrize("pk", ["0", "999999999999", str(2**53 - 1)])
def test_a_duty_that_nobody_has_is_not_found(house, call, pk):
    for path, body in (("", None), ("/form", None)):
        assert call("langfang-duty", f"/duties/{pk}{path}", body).status_code == 404
    for path, body in (
        ("performance", {"carried": {}}),
        ("acceptance", None),
        ("return", {"reason": "x"}),
        ("date", {"on": "2026-08-31", "reason": "x"}),
    ):
        assert call("langfang-deputy", f"/duties/{pk}/{path}", body, f"k-{path}").status_code in {403, 404}
    assert house.client("langfang-duty").get(f"/duties/{pk}/").status_code == 404
    assert house.client("langfang-duty").get(f"/duties/{10**30}/").status_code == 404


def test_the_command_line_explains_and_acts(house, in_english):
    from click.testing import CliRunner

    from tongxin.heart.agreements import cli, duties_cli
    from tongxin.site.cli import Session

    judged.load("judged-figures", "judged-now", "judged-sample", alone=True)
    number = judged.incident(house)["matter"]
    duty = judged.opened("judged-figures")
    tokens = {
        "bound": house.token("langfang-duty"),
        "owed": house.token("wuqing-duty"),
        "release": house.token("wuqing-deputy"),
        "office": house.token("wuqing-coordinator", "tj-wuqing-coordination/coordinator"),
    }

    def run(who, *words, group=duties_cli.group):
        done = CliRunner().invoke(group, list(words), obj=Session(token=tokens[who]))
        assert done.exception is None, (done.output, done.exception)
        return done.output

    pk = str(duty.pk)
    assert f"> {pk}  2026-04-03 17:30  Open" in run("bound", "list")
    assert "asks for: location" in run("bound", "show", pk)
    told = run("bound", "explain", pk)
    assert "3 working days" in told
    assert "+ 2026-04-01 Wed – 2026-04-03 Fri  working day 1 – working day 3" in told
    assert "escalation: the deputy" in told
    assert json.loads(run("bound", "explain", pk, "--json"))["bound_desk"] == LANGFANG
    assert "claimed" in run(
        "bound", "perform", pk, "--field", "location=示例断面", "--field", "amount=12.5 mg/L"
    )
    assert "open" in run("owed", "send-back", pk, "--reason", "缺少单位")
    assert "suspended" in run("bound", "suspend", pk, "--ground", "station_down")
    assert "open" in run("bound", "resume", pk)
    assert "excused" in run("release", "excuse", pk, "--reason", "不再需要")
    assert "waits for a decision" in run("office", "conflicts")
    conflict = run("office", "conflicts").split()[0]
    assert "said" in run("office", "rule", conflict, "judged-now@1/tell-now", "--reason", "先行通报")
    why = run("bound", "explain", number, group=cli.group)
    assert "+ judged-now@1/tell-now" in why
    assert "30 minutes, calendar time" in why
    as_json = json.loads(run("bound", "explain", number, "--json", group=cli.group))
    assert {r["reason"] for r in as_json} == {"bound", "other_event"}
