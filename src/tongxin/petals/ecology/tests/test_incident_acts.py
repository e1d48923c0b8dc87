"""Stories of what happens after a report: corrected, withdrawn, merged, forecast anew, objected to, told by telephone."""

from datetime import datetime, timedelta

import pytest

from tests.support.world import BEIJING
from tests.worked_example import instruments
from tongxin.heart.agreements import actions as agreements
from tongxin.heart.agreements import errands, timeline
from tongxin.heart.agreements.models import Duty, Performance
from tongxin.heart.events.actions import Report
from tongxin.heart.events.models import Event, Matter
from tongxin.heart.exchange.models import Delivery, Message, Notification, Subscription
from tongxin.petals.ecology import actions, chains, preview, queries
from tongxin.shared import clock
from tongxin.shared.errors import Conflict, Invalid, NotAllowed, NotFound

pytestmark = pytest.mark.django_db(transaction=True)

LANGFANG, BAODI, WUQING = (f"{place}/ecology_bureau" for place in ("he-langfang", "tj-baodi", "tj-wuqing"))
RIVER = "qinglongwan-jianhe"
SAID = {"location": "示例：闸下", "pollutant": "ammonia", "amount": "20 t", "forecast_arrival": "示例：夜里"}


@pytest.fixture
def two_agreements(house):
    """Agreement A (Baodi, renewed, undone) and B (Baodi and Wuqing, undone); nothing else binds."""
    instruments.enter(instruments.agreement_a(), instruments.agreement_b(3, "PT30M", "2024-01-01"))


@pytest.fixture
def spill(house, two_agreements):
    return reported(house)


def reported(house, key="report", who="langfang-duty", place="he-langfang-xianghe", drill=False, **data):
    told = Report(
        "ecology.water_incident",
        place,
        house.clock.at,
        {"river": RIVER, "location": SAID["location"], "pollutant": "ammonia", "amount": "20 t"} | data,
        drill=drill,
    )
    return actions.report_incident(told, by=house.acting(who), key=key)["matter"]


def tell(house, number, desk, key="", who="langfang-duty", **more):
    owed = Duty.objects.filter(matter=number, owed_desk=desk, purpose="do", state="open")
    asked = errands.carries(owed.select_related("clause__version"))
    carried = {name: (SAID | more)[name] for name in asked}
    return agreements.tell(
        by=house.acting(who),
        key=key or f"tell-{desk}-{clock.now()}",
        matter=number,
        to_desk=desk,
        carried=carried,
    )


def corrected(house, number, key="correct", who="langfang-duty", known=None, **data):
    by = house.acting(who)
    chain = queries.own_chain(by, queries.incident(by, number))
    report = Report(
        chain.head.type,
        chain.head.place_id,
        house.clock.at,
        dict(chain.head.data) | data,
        chain.head.occurred_at,
    )
    return actions.correct_incident(
        str(chain.head.id), report, by=by, key=key, reason="示例：复核", known_corrected=known
    )


def forecast(house, number, key, stale=(), **places):
    """Places by short name: probability, P5, P50, P95 as hours from now."""

    def at(hours):
        return house.clock.at + timedelta(hours=hours) if hours is not None else None

    arrivals = []
    for name, (p, *hours) in places.items():
        times = {f"arrival_{q}": at(h) for q, h in zip(("p5", "p50", "p95"), hours, strict=False)}
        arrivals.append(
            {"place": f"tj-{name}", "probability": p} | {k: v for k, v in times.items() if v is not None}
        )
    told = actions.Forecast(house.clock.at, arrivals, "spill", "1", "a" * 64, 7, stale)
    return actions.record_forecast(number, told, by=house.acting("langfang-duty"), key=key)


def rounds(number, desk, clause="", purpose="do"):
    rows = Duty.objects.filter(matter=number, owed_desk=desk, purpose=purpose, clause_key__startswith=clause)
    return list(rows.order_by("clause_key", "round").values_list("clause_key", "round", "state"))


def lines(house, number, who="langfang-duty"):
    matter = Matter.objects.get(pk=number)
    return [moment.text for moment in timeline.of_matter(house.acting(who), matter)]


def test_corrected_after_everything_was_met_who_was_told_wrong_is_told_anew(house, spill):
    tell(house, spill, BAODI)
    tell(house, spill, WUQING)
    house.clock.move_by(hours=2)
    done = corrected(house, spill, amount="2 t")
    assert len(done["duties"]) == 3  # both clauses to Baodi, one to Wuqing: all of them carried the amount
    assert rounds(spill, WUQING) == [("example-b/notify", 1, "met"), ("example-b/notify", 2, "open")]
    [found] = [
        e
        for e in errands.of_matter(house.acting("langfang-duty"), Matter.objects.get())
        if e.owed.id == BAODI
    ]
    assert [[d.round for d in demand.rounds] for demand in found.demands] == [[1, 2], [1, 2]]
    sent = tell(house, spill, BAODI, amount="2 t")
    assert len(sent["met"]) == 2
    assert "廊坊市生态环境局更正报告" in lines(house, spill)
    assert "宝坻" not in " ".join(lines(house, spill, "wuqing-duty"))


def test_a_correction_of_what_nobody_was_told_opens_nothing(house, spill):
    tell(house, spill, BAODI)
    tell(house, spill, WUQING)
    assert corrected(house, spill, description="示例：已拍照")["duties"] == []


def test_what_was_believed_when_stands_version_by_version(house, spill):
    house.clock.move_by(minutes=20)
    corrected(house, spill, amount="2 t", pollutant="oil")
    reader = house.acting("langfang-duty")
    [chain] = queries.incident(reader, spill).reports
    first, second = chains.beliefs(chain)
    assert (first.until, second.until) == (second.event.recorded_at, None)
    assert {(str(c.term), c.old, c.new) for c in second.changes} == {
        ("数量", "20 t", "2 t"),
        ("污染物", "氨氮", "油类"),
    }


def test_a_corrected_time_of_knowing_moves_what_is_open_and_no_more(house, spill):
    by = house.acting("langfang-duty")
    due = Duty.objects.get(matter=spill, clause_key="example-a/notify", purpose="do")
    before, known = due.due_at, house.clock.at
    house.clock.move_by(minutes=10)
    corrected(house, spill, known=known - timedelta(minutes=5))
    due.refresh_from_db()
    assert due.due_at == before - timedelta(minutes=5)
    [chain] = queries.incident(by, spill).reports
    assert chain.known_at == known - timedelta(minutes=5)
    assert chain.first.known_at == known
    assert any("截止时间变动" in text for text in lines(house, spill))


def test_only_the_reporting_side_corrects_and_only_inside_its_own_territory(house, spill):
    tell(house, spill, BAODI)
    with pytest.raises(NotAllowed):
        corrected(house, spill, who="baodi-duty", amount="1 t")
    corrected(house, spill, who="langfang-coordinator", amount="1 t", key="by the coordination office")
    event = Event.objects.get(act="correction")
    assert event.by_desk_id == LANGFANG
    report = Report(event.type, "tj-baodi", house.clock.at, event.data)
    with pytest.raises(Invalid) as refused:
        actions.correct_incident(
            str(event.id), report, by=house.acting("langfang-duty"), key="elsewhere", reason="x"
        )
    assert list(refused.value.fields) == ["place"]


def test_who_corrects_second_is_told_that_the_first_stands(house, spill):
    by = house.acting("langfang-duty")
    head = Event.objects.get(matter=spill)
    corrected(house, spill, amount="2 t")
    report = Report(head.type, head.place_id, house.clock.at, dict(head.data) | {"amount": "3 t"})
    with pytest.raises(Conflict) as refused:
        actions.correct_incident(str(head.id), report, by=by, key="second", reason="x")
    assert refused.value.code == "event_replaced"


def test_withdrawn_what_is_open_is_void_and_who_was_told_is_stood_down(house, spill):
    tell(house, spill, WUQING)
    by = house.acting("langfang-duty")
    house.clock.move_by(minutes=5)
    head = queries.incident(by, spill).event
    foreseen = preview.of_withdrawal(
        queries.incident(by, spill), queries.incident(by, spill).report, clock.now()
    )
    done = actions.withdraw(str(head.id), by=by, key="w", reason="示例：误报")
    assert sorted(f.kind for f in foreseen) == ["stand_down", "void", "void", "void"]  # the sample too
    assert len(done["voided"]) == 3
    assert rounds(spill, WUQING, purpose="stand_down") == [("example-b/notify", 1, "open")]
    assert rounds(spill, BAODI) == [("example-a/notify", 1, "void"), ("example-b/notify", 1, "void")]
    house.clock.move_by(minutes=5)
    agreements.stand_down(by=by, key="sd", matter=spill, to_desk=WUQING, remark="示例：虚惊")
    assert rounds(spill, WUQING, purpose="stand_down") == [("example-b/notify", 1, "met")]
    wuqing = house.acting("wuqing-duty")
    seen = errands.notices(wuqing, queries.incident(wuqing, spill).matter)
    assert [n.kind for n in seen] == ["notice", "stand_down"]
    assert queries.incident(by, spill).withdrawn
    assert "廊坊市生态环境局告知武清区生态环境局不再受影响" in lines(house, spill, "wuqing-duty")


def test_a_forecast_that_changes_three_times(house, spill):
    tell(house, spill, BAODI)
    tell(house, spill, WUQING)
    assert forecast(house, spill, "f1", baodi=(0.97, 10, 15, 20), wuqing=(0.4,))["duties"] == [
        d.pk for d in Duty.objects.filter(matter=spill, round=2)
    ]  # arrival was not known when Baodi was told: now it is, so A is renewed
    tell(house, spill, BAODI, key="anew")
    house.clock.move_by(hours=1)
    # the middle moves by less than an hour from what was told: nothing
    assert forecast(house, spill, "f2", baodi=(0.98, 9, 14.5, 20), wuqing=(0.03,))["duties"] == []
    house.clock.move_by(hours=1)
    done = forecast(house, spill, "f3", baodi=(0.98, 7, 11, 16), wuqing=(0.005,))
    assert len(done["duties"]) == 2  # A's third round, and Wuqing is stood down
    assert rounds(spill, WUQING, purpose="stand_down") == [("example-b/notify", 1, "open")]
    assert rounds(spill, BAODI, "example-a/notify") == [
        ("example-a/notify", 1, "met"),
        ("example-a/notify", 2, "met"),
        ("example-a/notify", 3, "open"),
    ]
    found = queries.incident(house.acting("langfang-duty"), spill)
    history = chains.forecasts(found.forecasts)
    assert [f.event.engine["seed"] for f in history] == [7, 7, 7]
    shifts = [row.shift for f in history for row in f.rows if row.place == "tj-baodi"]
    assert shifts == [None, timedelta(minutes=30), timedelta(hours=-2, minutes=-30)]
    assert found.forecast == history[-1].event


def test_a_forecast_is_refused_in_words(house, spill):
    with pytest.raises(Invalid) as refused:
        forecast(house, spill, "stale", stale=("discharge", "gate"), baodi=(0.9, None, 5))
    assert "流量、闸位" in str(refused.value.fields)
    forecast(house, spill, "wide", stale=("discharge",), baodi=(0.9, 4, 5, 9))
    with pytest.raises(Invalid) as refused:
        forecast(house, spill, "unknown input", stale=("moon",), baodi=(0.9,))
    assert "stale_inputs" in refused.value.fields
    with pytest.raises(Invalid) as refused:
        forecast(house, spill, "elsewhere", tongzhou=(0.9,))
    assert list(refused.value.fields) == ["arrivals"]
    with pytest.raises(Invalid):
        forecast(house, spill, "backwards", baodi=(0.9, 9, 5, 4))
    bare = actions.Forecast(house.clock.at, [{"place": "tj-baodi", "probability": 1}], " ", "1", "hash", -1)
    with pytest.raises(Invalid) as refused:
        actions.record_forecast(spill, bare, by=house.acting("langfang-duty"), key="bare")
    assert set(refused.value.fields) == {"engine", "inputs", "seed"}


def test_who_only_was_told_enters_no_forecast(house, spill):
    tell(house, spill, WUQING)
    told = actions.Forecast(house.clock.at, [{"place": "tj-wuqing", "probability": 0}], "x", "1", "a" * 64, 1)
    with pytest.raises(NotAllowed):
        actions.record_forecast(spill, told, by=house.acting("wuqing-duty"), key="f")
    assert queries.incident(house.acting("wuqing-duty"), spill).event is None


def test_a_place_that_the_forecast_is_silent_about_stays_bound(house, spill):
    forecast(house, spill, "f", baodi=(0.9, 9, 12, 15))
    assert rounds(spill, WUQING) == [("example-b/notify", 1, "open")]


def test_an_objection_is_shown_to_who_sees_the_report_and_changes_nothing(house, spill):
    tell(house, spill, BAODI)
    before = list(Duty.objects.order_by("id").values_list("id", "state", "due_at"))
    baodi = house.acting("baodi-duty")
    event = str(queries.latest_report(queries.incident(baodi, spill)).id)
    actions.object_to(event, by=baodi, key="o", text="示例：不是本河段")
    assert list(Duty.objects.order_by("id").values_list("id", "state", "due_at")) == before
    for who, sees in (("langfang-duty", 1), ("baodi-duty", 1)):
        reader = house.acting(who)
        assert len(queries.objections(reader, queries.incident(reader, spill))) == sees
    tell(house, spill, WUQING)
    wuqing = house.acting("wuqing-duty")
    assert queries.objections(wuqing, queries.incident(wuqing, spill)) == []
    assert "不是本河段" not in " ".join(lines(house, spill, "wuqing-duty"))
    with pytest.raises(NotAllowed):
        actions.object_to(event, by=house.acting("langfang-duty"), key="own", text="x")
    assert Notification.objects.filter(desk=LANGFANG, kind="event_objected").count() == 1


def test_a_call_counts_only_when_both_sides_record_it(house, spill):
    by, wuqing = house.acting("langfang-duty"), house.acting("wuqing-duty")
    carried = {name: SAID[name] for name in ("location", "pollutant", "amount", "forecast_arrival")}
    house.clock.move_by(minutes=10)
    rung = house.clock.at - timedelta(minutes=2)
    made = agreements.tell_by_telephone(
        by=by, key="c", matter=spill, to_desk=WUQING, carried=carried, at=rung
    )
    assert rounds(spill, WUQING) == [("example-b/notify", 1, "open")]
    assert queries.incident(wuqing, spill).told == {}  # one side's word alone tells nothing
    house.clock.move_by(minutes=3)
    agreements.heard(by=wuqing, key="h", message=made["message"], at=rung + timedelta(minutes=1))
    duty = Duty.objects.get(matter=spill, owed_desk=WUQING, purpose="do")
    assert (duty.state, duty.delivered_at) == ("met", rung + timedelta(minutes=1))
    assert duty.performance.channel == "telephone"
    assert queries.incident(wuqing, spill).told["amount"] == "20 t"
    assert "武清区生态环境局记录已接到电话通报" in lines(house, spill)
    with pytest.raises(Conflict):
        agreements.heard(by=wuqing, key="again", message=made["message"], at=rung)
    assert Duty.objects.filter(matter=spill, bound_desk=WUQING, purpose="confirm", state="open").count() == 1


def test_two_reports_of_one_event_become_one_and_what_was_met_counts(house, two_agreements):
    first = reported(house)
    house.clock.move_by(minutes=5)
    second = reported(house, key="second", who="xianghe-duty")
    tell(house, second, WUQING)
    by, xianghe = house.acting("langfang-duty"), house.acting("xianghe-duty")
    made = actions.propose_merge(second, first, by=xianghe, key="p", reason="示例：同一起")
    assert (made["earlier"], made["later"]) == (first, second)
    assert [p.pk for p in queries.proposals(by, queries.incident(by, first))] == [made["proposal"]]
    baodi = house.acting("baodi-duty")
    with pytest.raises(NotFound):
        queries.proposal(baodi, made["proposal"])
    done = actions.answer_merge(made["proposal"], by=by, key="a", agree=True)
    assert done == {"matter": first, "agreed": True}
    assert rounds(first, WUQING) == [("example-b/notify", 1, "met")]  # told under the other number
    assert set(rounds(second, BAODI)) == {("example-a/notify", 1, "void"), ("example-b/notify", 1, "void")}
    assert [c.first.by_desk_id for c in queries.incident(by, first).reports] == [
        LANGFANG,
        "he-langfang-xianghe/ecology_bureau",
    ]
    assert queries.incident(xianghe, first).whole  # who reported the other one sees where it goes on
    assert queries.incident(xianghe, second).matter.absorbed_by_id == first
    told = " ".join(lines(house, first))
    assert "同意并为一起" in told
    assert "通报武清区生态环境局" in told
    with pytest.raises(Conflict):
        actions.answer_merge(made["proposal"], by=by, key="again", agree=False)


def test_refused_the_two_stay_two(house, two_agreements):
    first = reported(house)
    second = reported(house, key="second", who="xianghe-duty", location="示例：另一处")
    made = actions.propose_merge(first, second, by=house.acting("langfang-duty"), key="p", reason="示例")
    actions.answer_merge(made["proposal"], by=house.acting("xianghe-duty"), key="a", agree=False)
    assert set(Matter.objects.values_list("state", flat=True)) == {"open"}
    assert "不同意合并" in " ".join(lines(house, first))


def test_the_all_clear_goes_to_everyone_who_was_told_and_what_is_owed_fails(house, spill):
    sent = tell(house, spill, WUQING)
    by = house.acting("langfang-duty")
    standing, receivers = preview.of_closing(by, queries.incident(by, spill))
    done = actions.close(spill, by=by, key="close", reason="示例：水质恢复")
    assert sorted(done["failed"]) == sorted(d.pk for d in standing)
    assert done["told"] == [WUQING]
    assert [str(name) for name in receivers] == ["武清区生态环境局"]
    assert Message.objects.filter(kind="all_clear").values_list("to_desk_id", flat=True).get() == WUQING
    wuqing = house.acting("wuqing-duty")
    assert [n.kind for n in errands.notices(wuqing, Matter.objects.get())] == ["notice", "all_clear"]
    assert Duty.objects.filter(performance__message=sent["message"]).get().state == "met"  # what ended stays
    with pytest.raises(Conflict):
        tell(house, spill, WUQING, key="late")
    with pytest.raises(Conflict):
        corrected(house, spill, amount="1 t")


def test_late_entry_is_shown_and_a_later_word_on_it_does_not_hide_it(house, two_agreements):
    known = house.clock.at
    house.clock.move_by(minutes=50)
    told = Report(
        "ecology.water_incident",
        "he-langfang-xianghe",
        known,
        {"river": RIVER, "location": "x", "pollutant": "oil"},
    )
    number = actions.report_incident(told, by=house.acting("langfang-duty"), key="r")["matter"]
    assert queries.incident(house.acting("langfang-duty"), number).delay == timedelta(minutes=50)
    duty = Duty.objects.get(matter=number, owed_desk=WUQING)
    assert duty.due_at < duty.opened_at  # past at birth through the own late entry: overdue
    corrected(house, number, known=house.clock.at)
    page = house.client("langfang-duty").get(f"/incidents/{number}/").content.decode()
    assert f"原报：{clock.beijing(known):%Y-%m-%d %H:%M}" in page  # both times stay on the page
    duty.refresh_from_db()
    assert duty.due_at == known + timedelta(minutes=30)  # what had passed never moves


def test_a_drill_leaves_nothing_outside_and_is_marked_in_every_place(house, two_agreements):
    for desk in (WUQING, BAODI, LANGFANG):
        Subscription.objects.create(
            desk_id=desk, connector="email", target="x@example.org", created_by="x",
            created_at=clock.now(), changed_at=clock.now(),
        )  # fmt: skip
    number = reported(house, drill=True)
    sent = tell(house, number, WUQING)
    tell(house, number, BAODI)
    forecast(house, number, "f", wuqing=(0.001,), baodi=(0.9, 3, 4, 5))
    corrected(house, number, amount="2 t")
    agreements.confirm(by=house.acting("wuqing-duty"), key="c", message=sent["message"])
    agreements.stand_down(by=house.acting("langfang-duty"), key="s", matter=number, to_desk=WUQING)
    actions.close(number, by=house.acting("langfang-duty"), key="close", reason="示例：演练结束")
    assert not Delivery.objects.exists()
    assert set(Duty.objects.values_list("drill", flat=True)) == {True}
    assert set(Message.objects.values_list("drill", flat=True)) == {True}
    assert all(row.params.get("drill") for row in Notification.objects.all())
    client = house.client("wuqing-duty")
    assert "演练：" in client.get("/notifications/?show=all").content.decode()
    for path in ("/incidents/", f"/incidents/{number}/"):
        assert "演练" in client.get(path).content.decode()
    assert Performance.objects.count() >= 4


def test_the_earlier_of_due_and_needed_by_rules(house, spill):
    forecast(house, spill, "f", baodi=(0.9, 2.25, 4, 5), wuqing=(0.9,))
    [found] = [
        e
        for e in errands.of_matter(house.acting("langfang-duty"), Matter.objects.get())
        if e.owed.id == BAODI
    ]
    assert found.needed_by == house.clock.at + timedelta(minutes=15)  # two hours before the early arrival
    assert found.rules == "needed_by"
    assert found.ruling.due_at == house.clock.at + timedelta(minutes=30)


def test_instants_of_a_forecast_are_those_of_the_place(house, spill):
    forecast(house, spill, "f", baodi=(1, 5, 6, 7))
    [row] = chains.forecasts(queries.incident(house.acting("langfang-duty"), spill).forecasts)[0].rows
    assert row.p50 == datetime(2026, 3, 11, 16, 0, tzinfo=BEIJING)
    assert row.percent == "100%"
