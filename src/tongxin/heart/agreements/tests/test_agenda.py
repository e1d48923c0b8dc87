"""Stories of the leaders' agenda: put there by the last step, resolved by a meeting, back when its day passes."""

from datetime import date, timedelta

import pytest
from django.test import Client

from tests.support import judged
from tests.support.judged import LANGFANG, WUQING
from tongxin.heart.agreements import actions, agenda, jobs
from tongxin.heart.agreements.models import AgendaItem, Duty, Resolution
from tongxin.heart.exchange.models import Notification
from tongxin.heart.ledger.models import Entry
from tongxin.shared import clock
from tongxin.shared.errors import Conflict, Invalid, NotAllowed, NotFound

pytestmark = pytest.mark.django_db(transaction=True)
OFFICES = {"wuqing": "tj-wuqing", "langfang": "he-langfang", "tongzhou": "bj-tongzhou", "baodi": "tj-baodi"}
MEETING = "tongwulang/coordination_office"
ENGLISH = {"accept-language": "en"}


def office(house, name, role="coordinator", desk=""):
    place = OFFICES[name]
    return house.acting(
        f"{name}-coordinator", f"{place}-coordination/{role}", desk or f"{place}/coordination_office"
    )


def raised(house) -> AgendaItem:
    """A delivery of June that nobody made, half a day after its due: every step was taken."""
    judged.load("judged-gate", alone=True)
    duty = judged.opened("judged-gate")
    house.clock.move_to(duty.due_at + timedelta(hours=13))
    jobs.ring_due()
    return AgendaItem.objects.get(duty=duty)


def today(house) -> date:
    return clock.beijing(house.clock.at).date()


def settle(house, item, who="wuqing", key="s", **more):
    said = {"kind": "noted", "met_on": today(house), "text": "示例：会议已了解"} | more
    return actions.settle_agenda_item(by=office(house, who), key=key, item=item.pk, **said)


def standing(house, who="wuqing"):
    return list(agenda.standing(agenda.seen_by(office(house, who)), today(house)))


def line(house, item, who="wuqing"):
    reader = office(house, who)
    return agenda.lines(reader, [agenda.one(reader, item.pk)], house.clock.at)[0]


def test_the_last_step_puts_it_on_the_agenda_of_the_nearest_group_and_its_bell_leads_there(house):
    item = raised(house)
    assert item.meeting == MEETING
    bell = Notification.objects.get(link__startswith="/agenda/")
    assert (bell.link, bell.desk_id) == (
        f"/agenda/?item={item.pk}#item-{item.pk}",
        "bj-tongzhou/coordination_office",
    )
    found = line(house, item)
    assert (found.state, found.meeting) == ("standing", "通武廊座谈会")
    assert found.late == timedelta(hours=13)
    assert [rung.step for rung in found.rungs] == ["remind", *jobs.NAMES]
    assert found.rungs[-1].post_ids == ("bj-tongzhou-coordination/coordinator",)
    assert Duty.objects.get(pk=item.duty_id).bound_desk_id == LANGFANG


def test_both_sides_see_it_who_keeps_the_agenda_too_and_nobody_else(house):
    item = raised(house)
    assert standing(house) == standing(house, "langfang") == standing(house, "tongzhou") == [item]
    assert standing(house, "baodi") == []
    assert line(house, item).opens
    keeper = line(house, item, "tongzhou")
    assert (keeper.opens, keeper.records) == (False, True)
    page = client(house, "tongzhou").get(f"/agenda/{item.pk}/").content.decode()
    assert keeper.seen.number in page
    assert f"/{keeper.seen.number}/" not in page  # the matter behind it is not the keeper's to open
    assert list(agenda.seen_by(house.acting("wuqing-duty"))) == [item]
    assert not agenda.seen_by(house.acting("wuqing-clerk")).exists()
    with pytest.raises(NotFound):
        settle(house, item, "baodi")
    with pytest.raises(NotAllowed):
        actions.settle_agenda_item(
            by=house.acting("wuqing-deputy"),
            key="n",
            item=item.pk,
            kind="noted",
            met_on=today(house),
            text="示例",
        )
    by = house.acting("wuqing-on-call")
    with pytest.raises(NotAllowed):
        actions.settle_agenda_item(
            by=by, key="n", item=item.pk, kind="noted", met_on=today(house), text="示例"
        )


def test_a_resolution_is_recorded_once_with_its_entry_and_everybody_concerned_is_told(house):
    item = raised(house)
    size = house.size()
    done = settle(house, item)
    assert settle(house, item) == done  # the same key again
    assert house.size() == size + 1
    entry = Entry.objects.get(act="agreements.agenda.settled")
    duty = Duty.objects.get(pk=item.duty_id)
    assert (entry.subject, entry.basis) == (f"{duty.thread}/duty:{duty.pk}", duty.clause_id)
    told = dict(Notification.objects.filter(kind="agenda_resolved").values_list("desk_id", "link"))
    assert told == {
        LANGFANG: f"/duties/{duty.pk}/",
        WUQING: f"/duties/{duty.pk}/",
        "he-langfang/coordination_office": f"/agenda/{item.pk}/",
        "bj-tongzhou/coordination_office": f"/agenda/{item.pk}/",
    }
    assert standing(house) == []
    assert list(agenda.off(agenda.seen_by(office(house, "langfang")), today(house))) == [item]
    assert (duty.state, duty.moves.count()) == ("open", 0)
    with pytest.raises(Conflict) as refused:
        settle(house, item, "langfang", key="other")
    assert refused.value.code == "agenda_item_settled"
    assert Resolution.objects.count() == 1


def test_when_the_day_that_the_meeting_named_passes_it_is_on_the_agenda_again(house):
    item = raised(house)
    held = today(house)
    until = held + timedelta(days=10)
    settle(house, item, "tongzhou", kind="dated", by_day=until)
    assert Notification.objects.filter(kind="agenda_resolved").count() == 4  # the two sides and their offices
    house.clock.move_by(days=10)
    assert standing(house) == []
    house.clock.move_by(days=1)
    assert standing(house) == [item]
    found = line(house, item)
    assert (found.state, len(found.said), found.said[0].kind) == ("again", 1, "限期完成")
    with pytest.raises(Invalid) as refused:  # a meeting while the first resolution held
        settle(house, item, key="early", met_on=until)
    assert set(refused.value.fields) == {"met_on"}
    settle(house, item, key="second", kind="returned")
    assert line(house, item).state == "resolved"
    assert standing(house) == []


def test_what_cannot_be_taken_is_named_field_by_field_and_nothing_is_written(house):
    item = raised(house)
    size, day = house.size(), today(house)
    for more, wrong in (
        ({"kind": "excused"}, {"kind"}),
        ({"text": "  "}, {"text"}),
        ({"text": "长" * 1001}, {"text"}),
        ({"met_on": day + timedelta(days=1)}, {"met_on"}),
        ({"met_on": day - timedelta(days=1)}, {"met_on"}),  # it was put there on this day
        ({"kind": "dated"}, {"by_day"}),
        ({"kind": "dated", "by_day": day}, {"by_day"}),
        ({"kind": "dated", "by_day": date(9999, 12, 31)}, {"by_day"}),
        ({"by_day": day + timedelta(days=9)}, {"by_day"}),
    ):
        with pytest.raises(Invalid) as refused:
            settle(house, item, **more)
        assert set(refused.value.fields) == wrong
    assert house.size() == size
    assert standing(house) == [item]


def test_a_duty_that_ends_closes_its_item_by_itself(house):
    item = raised(house)
    house.clock.move_by(days=2)
    actions.excuse(by=office(house, "wuqing"), key="e", duty=item.duty_id, reason="示例")
    assert standing(house) == []
    found = line(house, item)
    assert (found.state, found.said, found.late) == ("ended", (), timedelta(days=2, hours=13))
    with pytest.raises(Conflict) as refused:
        settle(house, item)
    assert refused.value.code == "agenda_item_ended"


def test_the_agenda_of_a_day_holds_what_stood_on_it(house):
    item = raised(house)
    put, reader = today(house), office(house, "wuqing")

    def on(day):
        return list(agenda.of_day(agenda.seen_by(reader), day))

    assert (on(put - timedelta(days=1)), on(put), on(put + timedelta(days=30))) == ([], [item], [item])
    settle(house, item, kind="dated", by_day=put + timedelta(days=10))
    assert on(put) == [item]  # what was resolved that day stands on its sheet
    assert (on(put + timedelta(days=10)), on(put + timedelta(days=11))) == ([], [item])
    house.clock.move_by(days=20)
    actions.excuse(by=reader, key="e", duty=item.duty_id, reason="示例")
    assert (on(put + timedelta(days=20)), on(put + timedelta(days=21))) == ([item], [])
    assert on(date.max) == []


def test_a_group_whose_desk_nobody_staffs_leaves_the_agenda_to_the_next(house):
    duty = Duty(
        bound_desk_id="he-langfang-sanhe/ecology_bureau", owed_desk_id="he-langfang-dachang/ecology_bureau"
    )
    assert jobs.meeting_desk(duty, house.clock.at) == MEETING
    alone = Duty(bound_desk_id="bj/ecology_bureau", owed_desk_id="bj/government_office")
    assert jobs.meeting_desk(alone, house.clock.at) == "jingjinji/coordination_office"


def client(house, who="wuqing", role="coordinator") -> Client:
    place = OFFICES[who]
    return house.client(
        f"{who}-coordinator", f"{place}-coordination/{role}", f"{place}/coordination_office", headers=ENGLISH
    )


def test_the_screens_lead_from_the_bell_to_the_resolution_and_back(house):
    empty = client(house).get("/agenda/").content.decode()
    assert "Nothing on the agenda" in empty
    item = raised(house)
    listed = client(house).get(f"/agenda/?item={item.pk}")
    shown = listed.content.decode()
    assert listed.status_code == 200
    assert f'id="item-{item.pk}"' in shown
    assert f'href="/duties/{item.duty_id}/"' in shown
    assert "Tong–Wu–Lang leaders&#x27; meeting" in shown
    assert "Illustrative" in shown
    assert "Record resolution" in shown
    assert f'href="/duties/{item.duty_id}/"' not in client(house, "tongzhou").get("/agenda/").content.decode()
    assert f'href="/agenda/{item.pk}/"' in client(house).get(f"/duties/{item.duty_id}/").content.decode()
    page = client(house).get(f"/agenda/{item.pk}/").content.decode()
    assert f'action="/agenda/{item.pk}/resolution/"' in page
    body = {
        "resolve-kind": "dated",
        "resolve-met_on": str(today(house)),
        "resolve-text": "示例：限期",
        "key": "k",
    }
    refused = client(house).post(f"/agenda/{item.pk}/resolution/", body)
    assert refused.status_code == 422
    assert "Enter the day by which it shall be done." in refused.content.decode()
    assert "示例：限期" in refused.content.decode()
    body |= {"resolve-by_day": str(today(house) + timedelta(days=9))}
    assert client(house).post(f"/agenda/{item.pk}/resolution/", body).status_code == 302
    after = client(house).get(f"/agenda/{item.pk}/").content.decode()
    assert "To be done by 10 July 2026" in after
    assert "示例：限期" in after
    assert 'id="resolve"' not in after
    assert "示例：限期" in client(house, "langfang").get("/agenda/?state=off").content.decode()
    assert "was on the leaders" in client(house).get(f"/duties/{item.duty_id}/").content.decode()


def test_the_sheet_and_the_file_of_a_day(house):
    item = raised(house)
    day = today(house)
    sheet = client(house, "tongzhou").get(f"/agenda/sheet/?on={day}").content.decode()
    assert "data-print" in sheet
    assert f'href="/agenda/{item.pk}/"' in sheet
    assert (
        "Nothing on the agenda of this day"
        in client(house).get("/agenda/sheet/?on=2026-01-01").content.decode()
    )
    assert client(house).get("/agenda/sheet/?on=tomorrow").status_code == 200
    got = client(house).post("/agenda/export/", {"on": str(day), "meeting": MEETING, "key": "x"})
    rows = got.content.decode("utf-8-sig").splitlines()
    assert len(rows) == 2
    assert "[judged-gate@1/gate-opened]" in rows[1]
    assert "Illustrative" in rows[1]
    entry = Entry.objects.get(act="agreements.agenda.exported")
    assert entry.subject == "desk:tj-wuqing/coordination_office/agenda"


def test_the_list_goes_to_the_page_on_which_an_item_stands(house, monkeypatch):
    from tongxin.heart.agreements import screens_agenda

    judged.load(
        texts=tuple(judged.text_of(name, judged.DELIVER) for name in ("gate-a", "gate-b", "gate-c")),
        alone=True,
    )
    duty = judged.opened("gate-a")
    house.clock.move_to(duty.due_at + timedelta(hours=13))
    jobs.ring_due()
    monkeypatch.setattr(screens_agenda, "PAGE", 2)
    items = list(AgendaItem.objects.order_by("put_at", "id"))
    assert len(items) == 3
    asked = client(house)
    assert f'id="item-{items[2].pk}"' not in asked.get("/agenda/").content.decode()
    assert f'id="item-{items[2].pk}"' in asked.get(f"/agenda/?item={items[2].pk}").content.decode()
    assert f'id="item-{items[0].pk}"' in asked.get(f"/agenda/?item={items[2].pk}&page=1").content.decode()
    assert (
        asked.get("/agenda/?item=x").status_code == asked.get("/agenda/?item=" + "9" * 40).status_code == 200
    )


def test_the_same_over_the_api_and_on_the_command_line(house):
    import json

    from click.testing import CliRunner

    from tongxin.heart.agreements import agenda_cli
    from tongxin.site.cli import Session

    item = raised(house)
    token = house.token("langfang-coordinator", "he-langfang-coordination/coordinator")

    def ask(path):
        return Client().get(f"/api/v1{path}", headers={"Authorization": f"Bearer {token}"}).json()

    found = ask("/agenda")
    assert (found["total"], found["items"][0]["id"], found["items"][0]["state"]) == (1, item.pk, "standing")
    assert found["items"][0]["late_seconds"] == 13 * 3600
    assert ask("/agenda?state=off")["total"] == ask("/agenda?meeting=none")["total"] == 0
    assert ask(f"/agenda?on={today(house)}")["total"] == 1

    def run(*words, code=0):
        done = CliRunner().invoke(agenda_cli.group, list(words), obj=Session(token=token))
        assert done.exit_code == code, (done.output, done.exception)
        return done.output

    assert f"{item.pk}  " in run("list")
    assert json.loads(run("show", str(item.pk), "--json"))["meeting"] == MEETING
    said = run("settle", str(item.pk), "--kind", "returned", "--met-on", str(today(house)), "--text", "示例")
    assert said.startswith(f"{item.pk}  交回双方单位  议定事项")
    assert "示例" in run("show", str(item.pk))
    assert "议题为空。" in run("list")
    assert f"{item.pk}  " in run("list", "--off")
    assert f"{item.pk}  " in run("list", "--on", str(today(house)))
    assert ask(f"/agenda/{item.pk}")["resolutions"][0]["kind"] == "returned"
    body = json.dumps({"kind": "noted", "met_on": str(today(house)), "text": "x"})
    again = Client().post(
        f"/api/v1/agenda/{item.pk}/resolution",
        body,
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "k2"},
    )
    assert (again.status_code, again.json()["code"]) == (409, "agenda_item_settled")
