"""My office's errands: one act is one row, the earliest time rules, and everything that waits for this office is there."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.support import judged
from tests.support.judged import LANGFANG, WUQING

BUDGET = 17  # queries of the page, the rules number among them, once what every page shows is remembered
FIGURES = {"location": "示例断面", "amount": "12.5 mg/L"}
SOON = """\
  - id: tell-soon
    kind: notify
    title: {zh: 一小时内通报, en: Tell within the hour}
    text: {zh: 一小时内通报并附采样结果。, en: "Within the hour, with the sample."}
    when: {event: ecology.water_incident}
    from: {role: ecology_bureau, of: he-langfang}
    to: {role: ecology_bureau, of: tj-wuqing}
    due: {within: PT1H, starts: known, clock: calendar}
    must_carry: [pollutant, sample]
"""


def board(house, who: str, **how):
    from tongxin.site import board_rows

    post = f"{house.seat(who).post.office_id}/coordinator" if who.endswith("coordinator") else ""
    return board_rows.board(house.acting(who, post), **how)


def told(found) -> dict[str, list[str]]:
    return {code: [row.text for row in rows] for code, rows in found.groups.items() if rows}


@pytest.mark.usefixtures("in_english")
def test_duties_that_one_notice_would_meet_are_one_row_with_the_earliest_time_and_all_that_is_to_be_carried(
    house,
):
    judged.load("judged-now", texts=(judged.text_of("judged-soon", SOON),), alone=True)
    judged.incident(house)
    (row,) = board(house, "langfang-duty").mine
    assert (row.text, len(row.duties), row.action) == ("Notify", 2, "Notify")
    assert row.clause.id == "judged-now@1/tell-now"
    assert row.due_at == house.clock.at + timedelta(minutes=30)
    assert row.carries == ("Place of the incident", "Pollutant", "Sample result")
    (waiting,) = board(house, "wuqing-duty").rows
    assert (waiting.group, len(waiting.duties)) == ("waiting", 2)
    client = house.client("langfang-duty", headers={"accept-language": "en"})
    page = client.get("/desk/").content.decode()
    assert "to carry: Place of the incident · Pollutant · Sample result" in page
    assert page.count('class="btn primary" href="/incidents/') == 2  # in the row and beside it
    later = row.duties[1]
    assert f"duty-{row.duty.pk}" != f"duty-{later.pk}"
    assert "aria-current" in client.get("/desk/", {"row": f"duty-{later.pk}"}).content.decode()


@pytest.mark.usefixtures("in_english")
def test_what_belongs_to_a_drill_carries_its_mark_wherever_the_board_is_read(house):
    judged.load("judged-now", "judged-sample", alone=True)
    judged.incident(house, drill=True)
    (row,) = board(house, "langfang-duty").mine
    (decision,) = board(house, "wuqing-coordinator").mine  # the two clauses exclude each other
    (waiting,) = board(house, "wuqing-duty").rows
    assert (row.drill, decision.drill, waiting.drill) == (True, True, True)
    client = house.client("langfang-duty", headers={"accept-language": "en"})
    for address in ("/desk/", "/"):
        assert '<span class="tag">Drill</span>' in client.get(address).content.decode(), address
    assert (
        client.get("/desk/").content.decode().count('<span class="tag">Drill</span>') == 2
    )  # row, and beside it
    assert "演练" in house.client("langfang-duty").get("/desk/").content.decode()
    assert "Drill · Illustrative" in client.post("/desk/export/", {"key": "x"}).content.decode()


@pytest.mark.usefixtures("in_english")
def test_a_real_incident_carries_no_mark_of_a_drill(house):
    judged.load("judged-now", alone=True)
    judged.incident(house)
    page = house.client("langfang-duty", headers={"accept-language": "en"}).get("/desk/").content.decode()
    assert '<span class="tag">Drill</span>' not in page


@pytest.mark.usefixtures("in_english")
def test_the_time_the_receiver_needs_it_rules_when_it_is_earlier(house):
    from tongxin.heart.agreements.models import Duty

    judged.load("judged-now", alone=True)
    judged.incident(house)
    Duty.objects.update(needed_by=house.clock.at + timedelta(minutes=10))
    (row,) = board(house, "langfang-duty").mine
    assert (row.rule, row.due_at, row.group) == ("needed_by", house.clock.at + timedelta(minutes=10), "now")
    page = house.client("langfang-duty", headers={"accept-language": "en"}).get("/desk/").content.decode()
    assert "by forecast: when the receiver needs it" in page
    assert "never scored" in page


@pytest.mark.usefixtures("in_english")
def test_a_delivery_waits_on_the_board_of_who_answers_it(house):
    from tongxin.heart.agreements import actions

    judged.load("judged-figures", alone=True)
    duty = judged.opened("judged-figures")
    assert told(board(house, "langfang-duty")) == {"later": ["Supply the data of 2026-03"]}
    assert told(board(house, "wuqing-duty")) == {"waiting": ["Supply the data of 2026-03"]}
    actions.perform(by=house.acting("langfang-duty"), key="p", duty=duty.pk, carried=FIGURES)
    assert told(board(house, "langfang-duty")) == {"waiting": ["Their answer: Supply the data of 2026-03"]}
    mine = board(house, "wuqing-duty")
    assert told(mine) == {"later": ["Accept or send back: Supply the data of 2026-03"]}
    (row,) = mine.mine
    duty.refresh_from_db()
    assert (row.due_at, row.rule, row.action, row.url) == (
        duty.answer_due_at, "answer", "Answer", f"/duties/{duty.pk}/#act",
    )  # fmt: skip
    house.clock.move_by(days=4)
    assert (board(house, "wuqing-duty").overdue, board(house, "langfang-duty").overdue) == (1, 0)


@pytest.mark.usefixtures("in_english")
def test_what_is_suspended_stands_apart_and_is_not_late(house):
    from tongxin.heart.agreements import actions

    judged.load("judged-figures", alone=True)
    duty = judged.opened("judged-figures")
    actions.suspend(by=house.acting("langfang-duty"), key="s", duty=duty.pk, ground="station_down")
    house.clock.move_by(days=60)
    found = board(house, "langfang-duty")
    assert told(found) == {"suspended": ["Supply the data of 2026-03"]}
    assert (found.overdue, [row.action for row in found.rows]) == (0, ["Resume"])


@pytest.mark.usefixtures("in_english")
def test_another_day_that_the_other_side_has_named_is_answered_here(house):
    from tongxin.heart.agreements import actions

    judged.load("judged-gate", alone=True)
    duty = judged.opened("judged-gate")
    named = date(2026, 8, 31)
    actions.propose_date(by=house.acting("langfang-deputy"), key="d", duty=duty.pk, on=named, reason="汛期")
    assert told(board(house, "langfang-deputy")) == {"later": ["Deliver: the gate rebuilt"]}
    asked = board(house, "wuqing-deputy")
    assert told(asked) == {
        "later": ["Another day was named, 2026-08-31: Deliver: the gate rebuilt"],
        "waiting": ["Deliver: the gate rebuilt"],
    }
    assert [row.key for row in asked.mine] == [f"date-{duty.pk}"]
    actions.propose_date(by=house.acting("wuqing-deputy"), key="e", duty=duty.pk, on=named, reason="同意")
    (row,) = board(house, "langfang-deputy").mine
    assert row.note == "first date 2026-06-30, agreed 2026-08-31"
    assert not board(house, "wuqing-deputy").mine


@pytest.mark.usefixtures("in_english")
def test_a_conflict_marks_the_errand_and_waits_for_both_coordination_offices(house):
    from tongxin.heart.agreements import actions
    from tongxin.heart.agreements.models import ClauseConflict

    judged.load("judged-now", "judged-sample", alone=True)
    judged.incident(house)
    (row,) = board(house, "langfang-duty").mine
    noted = ClauseConflict.objects.get()
    assert (row.conflict, row.carries) == (noted.pk, ("Place of the incident", "Pollutant"))
    for who in ("langfang-coordinator", "wuqing-coordinator"):
        (decision,) = [r for r in board(house, who).mine if r.key.startswith("conflict-")]
        assert (decision.group, decision.url) == ("now", f"/conflicts/{noted.pk}/")
        by = house.acting(who, f"{house.seat(who).post.office_id}/coordinator")
        actions.settle_conflict(by=by, key=who, conflict=noted.pk, clause=noted.one_id, reason="示例")
        assert not [r for r in board(house, who).mine if r.key.startswith("conflict-")]
    (row,) = board(house, "langfang-duty").mine
    assert (row.conflict, row.carries) == (None, ("Place of the incident", "Pollutant", "Sample result"))


def many(n: int, now: datetime) -> None:
    """Open duties of Langfang's, each in a matter of its own, one due a minute."""
    from tongxin.heart.agreements.models import Clause, Duty
    from tongxin.heart.events.models import Matter

    clause = Clause.objects.get(id="judged-now@1/tell-now")
    there = Matter.objects.count()
    matters = Matter.objects.bulk_create(
        Matter(number=f"M-2027-{there + i:06}", kind="incident", title="long-he/oil", opened_at=now)
        for i in range(n)
    )
    Duty.objects.bulk_create(
        Duty(
            clause=clause, clause_key="judged-now/tell-now", thread=f"matter:{matter.number}", matter=matter,
            bound_desk_id=LANGFANG, owed_desk_id=WUQING, purpose="do", opened_by="event:x", opened_at=now,
            starts_at=now, due_at=now + timedelta(days=1, minutes=i), due_count={}, wanted={},
        )
        for i, matter in enumerate(matters)
    )  # fmt: skip


def test_the_page_asks_the_same_number_of_queries_however_much_there_is(house):
    judged.load("judged-now", "judged-figures", alone=True)
    judged.incident(house)
    judged.opened("judged-figures")
    client = house.client("langfang-duty")

    def asked() -> int:
        client.get("/desk/")
        with CaptureQueriesContext(connection) as found:
            assert client.get("/desk/").status_code == 200
        return len(found)

    few = asked()
    many(60, house.clock.at)
    assert asked() == few <= BUDGET
    many(300, house.clock.at)
    long = asked()  # it goes on beyond one page: the totals, and what belongs to the errands shown
    assert long <= few + 7
    many(400, house.clock.at)
    assert asked() == long


@pytest.mark.usefixtures("in_english")
def test_a_long_list_goes_on(house):
    judged.load("judged-now", alone=True)
    many(450, house.clock.at)
    client = house.client("langfang-duty", headers={"accept-language": "en"})
    page, seen, stretches = client.get("/desk/"), [], 0
    assert "450 duties open" in page.content.decode()
    while True:
        stretches += 1
        seen += [row.number for row in page.context["board"].mine]
        place = page.context["more"].get("own")
        if not place:
            break
        page = client.get("/desk/", {"part": "own", "after": place})
        assert "Back to the beginning of the list" in page.content.decode()
    assert (stretches, len(seen), len(set(seen))) == (5, 450, 450)
    assert seen == sorted(seen)
    exported = client.post("/desk/export/", {"key": "x"}).content.decode()
    assert exported.count("M-2027-") == 450
    for odd in ("x", "2026-03-11T02:00:00Z.x", "2026-03-11T02:00:00.1", "9" * 50):
        assert client.get("/desk/", {"part": "own", "after": odd}).status_code == 200


@pytest.mark.usefixtures("in_english")
def test_the_region_is_a_board_of_counts_with_conflicts_and_agendas(house):
    from tongxin.heart.agreements.models import AgendaItem, Duty

    judged.load("judged-now", "judged-sample", alone=True)
    judged.incident(house)
    AgendaItem.objects.create(duty=Duty.objects.earliest("id"), put_at=house.clock.at)
    house.clock.move_by(minutes=40)
    client = house.client(
        "baodi-coordinator", "tj-baodi-coordination/coordinator", headers={"accept-language": "en"}
    )
    (row,) = client.get("/desk/", {"scope": "region"}).context["rows"]
    assert (row.tie.bound.id, row.tie.owed.id, row.tie.count, row.tie.overdue) == (
        "he-langfang",
        "tj-wuqing",
        2,
        1,
    )
    assert (row.conflicts, row.agenda, row.tie.illustrative) == (1, 1, True)
    assert row.offices == ("Langfang coordination office", "Wuqing coordination office")


def test_home_lists_incidents_that_run_and_leaves_periods_to_the_board(house):
    judged.load("judged-now", "judged-figures", alone=True)
    number = judged.incident(house)["matter"]
    duty = judged.opened("judged-figures")
    shown = house.client("langfang-duty", headers={"accept-language": "en"}).get("/").content.decode()
    assert f'href="/incidents/{number}/"' in shown
    assert f"/incidents/{duty.matter_id}/" not in shown
