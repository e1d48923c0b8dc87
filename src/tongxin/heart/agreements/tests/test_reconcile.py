"""Reconcile: twice is once, the order of instruments does not matter; dues by the three clocks."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import transaction

from tongxin.heart.agreements import clocks, reconcile
from tongxin.heart.agreements.language import Within
from tongxin.heart.agreements.models import Clause, Duty, InstrumentVersion
from tongxin.heart.events import actions as events
from tongxin.heart.events.models import Matter
from tongxin.heart.exchange.acts import act
from tongxin.heart.region.acting import SYSTEM
from tongxin.heart.region.models import Office, WorkCalendar
from tongxin.shared import clock

pytestmark = pytest.mark.django_db(transaction=True)

LANGFANG, BAODI = "he-langfang/ecology_bureau", "tj-baodi/ecology_bureau"


def beijing(month, day, hour, minute=0):
    return datetime(2026, month, day, hour, minute, tzinfo=clock.BEIJING)


def matter_of(house, rulebook) -> Matter:
    report = events.Report(
        type="ecology.water_incident",
        place="he-langfang-xianghe",
        known_at=house.clock.at,
        data={},
    )
    data = {"river": "qinglongwan-jianhe", "location": "桥", "pollutant": "oil"}
    with transaction.atomic():
        matter, _event = events.record(
            report, data=data, by_desk=LANGFANG, at=house.clock.at, rulebook=rulebook
        )
    return matter


def reconciled(matter, house) -> reconcile.Outcome:
    """Reconcile as an act does, for the matter's last event."""
    with act("test.reconciled", by=SYSTEM, key=str(uuid4()), request={}) as a:
        return reconcile.reconcile(matter, a, reconcile.cause_of(matter.events.last(), a.at))


def rows(matter):
    keys = ("clause_id", "bound_desk_id", "owed_desk_id", "purpose", "round", "state", "due_at")
    return set(Duty.objects.filter(matter=matter).values_list(*keys))


def test_reconciling_twice_is_once(house):
    matter = matter_of(house, sorted(InstrumentVersion.objects.values_list("id", flat=True)))
    assert len(reconciled(matter, house).opened) == 2
    first = rows(matter)
    assert reconciled(matter, house) == reconcile.Outcome()
    assert rows(matter) == first


def test_the_order_of_instruments_does_not_matter(house):
    ids = sorted(InstrumentVersion.objects.values_list("id", flat=True))
    one, other = matter_of(house, ids), matter_of(house, ids[::-1])
    reconciled(one, house)
    reconciled(other, house)
    assert rows(one) == rows(other)


def test_what_no_clause_wants_any_more_is_void_and_opens_again_as_a_new_round(house):
    matter = matter_of(house, ["baodi-langfang-water@1", "langfang-wuqing-rivers@1"])
    reconciled(matter, house)
    matter.rulebook = ["langfang-wuqing-rivers@1"]
    reconciled(matter, house)
    baodi = Duty.objects.get(matter=matter, owed_desk=BAODI)
    assert (baodi.state, baodi.ended_at) == ("void", house.clock.at)
    matter.rulebook = ["baodi-langfang-water@1", "langfang-wuqing-rivers@1"]
    reopened = reconciled(matter, house).opened
    assert [(d.owed_desk_id, d.round) for d in reopened] == [(BAODI, 2)]


def test_a_matter_keeps_the_versions_it_began_with(house):
    matter = matter_of(house, ["baodi-langfang-water@1"])
    first = rows_after(matter, house)
    InstrumentVersion.objects.filter(id="baodi-langfang-water@1").update(
        state="ended", binds_until=house.clock.at
    )
    assert rows_after(matter, house) == first


def rows_after(matter, house):
    reconciled(matter, house)
    return rows(matter)


@pytest.mark.parametrize(
    ("limit", "start", "due_at"),
    [
        ({"within": "PT1H"}, beijing(3, 14, 23, 30), beijing(3, 15, 0, 30)),  # nights count
        # Langfang works 08:30–17:30: one hour and a half on Thursday, two and a half on Friday
        ({"within": "PT4H", "clock": "hours"}, beijing(3, 12, 16), beijing(3, 13, 11)),
        ({"within": "PT1H", "clock": "hours"}, beijing(3, 13, 17, 30), beijing(3, 16, 9, 30)),  # over the weekend
        ({"within": "P1D", "clock": "days"}, beijing(3, 13, 9), beijing(3, 16, 17, 30)),  # the first day does not count
        # the Spring Festival of 2026: 14 and 28 February are working days, 15–23 February are not
        ({"within": "P2D", "clock": "days"}, beijing(2, 13, 9), beijing(2, 24, 17, 30)),
    ],
)  # fmt: skip
def test_dues_by_the_three_clocks(house, limit, start, due_at):
    found = clocks.due(Within.model_validate(limit), start, bound_desk=LANGFANG, owed_desk=BAODI)
    assert found.due_at == due_at
    assert found.detail["starts_at"] == clock.iso(start)
    if found.detail["clock"] != "calendar":
        assert found.detail["calendar"]


def test_a_due_can_follow_the_calendar_of_who_is_owed(house):
    never_weekends = WorkCalendar.objects.create(
        id="all-week", name_zh="全年", name_en="All week", version="1"
    )
    Office.objects.filter(id="tj-baodi-ecology").update(calendar=never_weekends, hours=[["09:00", "12:00"]])
    limit = {"within": "PT2H", "clock": "hours", "calendar_of": "creditor"}
    start = beijing(3, 13, 11)
    found = clocks.due(Within.model_validate(limit), start, bound_desk=LANGFANG, owed_desk=BAODI)
    assert found.due_at - start > timedelta(hours=2)
    assert found.detail["office"] == "tj-baodi-ecology"


def test_the_lines_of_the_pack_lead_to_the_clauses(house):
    for clause in Clause.objects.select_related("version"):
        lines = clause.version.source_text.splitlines()
        assert lines[clause.first_line - 1].strip() == f"- id: {clause.name}"
        assert clause.first_line < clause.last_line <= len(lines)
