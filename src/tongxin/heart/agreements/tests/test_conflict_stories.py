"""Stories of two clauses that exclude each other on one errand: noted, decided by two offices, or never a conflict."""

import pytest

from tests.support import judged
from tests.support.judged import LANGFANG, WUQING
from tongxin.heart.agreements import actions, conflicts
from tongxin.heart.agreements.models import ClauseConflict, Duty
from tongxin.heart.exchange.models import Notification
from tongxin.heart.ledger.models import Entry
from tongxin.shared.errors import Conflict, Invalid, NotAllowed, NotFound

pytestmark = pytest.mark.django_db(transaction=True)
NOW, LATER = "judged-now@1/tell-now", "judged-sample@1/after-sample"
TOLD = {"location": "示例断面", "pollutant": "ammonia"}


def in_conflict(house) -> tuple[str, ClauseConflict]:
    judged.load("judged-now", "judged-sample", alone=True)
    number = judged.incident(house)["matter"]
    return number, ClauseConflict.objects.get(thread=f"matter:{number}")


def vote(house, who, row, clause, key):
    by = house.acting(who, f"{house.seat(who).post.office_id}/coordinator")
    return actions.settle_conflict(by=by, key=key, conflict=row.pk, clause=clause, reason="示例")


def states(number) -> dict[str, str]:
    rows = Duty.objects.filter(matter=number, purpose="do", owed_desk=WUQING, bound_desk=LANGFANG)
    return dict(rows.values_list("clause_id", "state"))


def test_a_warning_goes_out_and_the_other_demand_waits_until_two_offices_have_said_which_rules(house):
    number, row = in_conflict(house)
    assert conflicts.offices(row) == ["he-langfang/coordination_office", "tj-wuqing/coordination_office"]
    assert {n.desk_id for n in Notification.objects.filter(kind="clause_conflict")} == set(
        conflicts.offices(row)
    )
    assert (row.one_id, row.other_id) == (NOW, LATER)
    langfang = house.acting("langfang-duty")
    with pytest.raises(Invalid):  # the waiting clause's sample is not asked for now
        actions.tell(by=langfang, key="t0", matter=number, to_desk=WUQING, carried=TOLD | {"sample": "示例"})
    actions.tell(by=langfang, key="t1", matter=number, to_desk=WUQING, carried=TOLD)
    assert states(number) == {NOW: "met", LATER: "open"}


def test_two_offices_settle_it_when_they_say_the_same(house):
    number, row = in_conflict(house)
    for who, refused in (("langfang-duty", NotAllowed), ("wuqing-head", NotAllowed)):
        with pytest.raises(refused):
            actions.settle_conflict(
                by=house.acting(who), key=f"no-{who}", conflict=row.pk, clause=NOW, reason="示例"
            )
    with pytest.raises(NotFound):
        vote(house, "baodi-coordinator", row, NOW, "no-b")
    with pytest.raises(Invalid):
        vote(house, "wuqing-coordinator", row, "judged-sample@1/nothing", "no-c")
    assert vote(house, "wuqing-coordinator", row, NOW, "v1")["settled"] is False
    assert vote(house, "langfang-coordinator", row, LATER, "v2")["settled"] is False
    changed = vote(house, "langfang-coordinator", row, NOW, "v3")  # a changed word before it is settled
    assert (changed["settled"], changed["ruling"]) == (True, NOW)
    assert vote(house, "langfang-coordinator", row, NOW, "v3") == changed
    row.refresh_from_db()
    assert (row.ruling_id, row.settled_at) == (NOW, house.clock.at)
    with pytest.raises(Conflict):
        vote(house, "wuqing-coordinator", row, LATER, "v4")
    entries = Entry.objects.filter(act="agreements.conflict.voted").order_by("index")
    assert [e.desk for e in entries] == [
        "tj-wuqing/coordination_office", "he-langfang/coordination_office", "he-langfang/coordination_office",
    ]  # fmt: skip
    told = set(Notification.objects.filter(kind="conflict_settled").values_list("desk_id", flat=True))
    assert told == {LANGFANG, WUQING, "tj-wuqing/coordination_office"}
    # The waiting was set aside: one notice serves both now, and carries what both demand.
    actions.tell(
        by=house.acting("langfang-duty"),
        key="t",
        matter=number,
        to_desk=WUQING,
        carried=TOLD | {"sample": "示例"},
    )
    assert states(number) == {NOW: "met", LATER: "met"}


def test_when_the_waiting_clause_rules_the_other_demand_stands_until_it_is_excused(house):
    number, row = in_conflict(house)
    vote(house, "wuqing-coordinator", row, LATER, "v1")
    assert vote(house, "langfang-coordinator", row, LATER, "v2")["settled"]
    duty = Duty.objects.get(matter=number, clause_id=NOW, purpose="do")
    actions.excuse(by=house.acting("wuqing-coordinator"), key="e", duty=duty.pk, reason="依裁定")
    assert states(number) == {NOW: "excused", LATER: "open"}


def test_a_stated_precedence_is_no_conflict(house):
    yields = judged.WAITS + "    yields_to: [judged-now/tell-now]\n"
    judged.load("judged-now", texts=(judged.text_of("judged-sample", yields),), alone=True)
    number = judged.incident(house)["matter"]
    assert not ClauseConflict.objects.exists()
    actions.tell(
        by=house.acting("langfang-duty"),
        key="t",
        matter=number,
        to_desk=WUQING,
        carried=TOLD | {"sample": "示例"},
    )
    assert states(number) == {NOW: "met", LATER: "met"}


def test_what_was_told_already_needs_no_decision_any_more(house):
    number, row = in_conflict(house)
    assert len(conflicts.standing([row])[row.pk]) == 2
    actions.tell(by=house.acting("langfang-duty"), key="t1", matter=number, to_desk=WUQING, carried=TOLD)
    assert len(conflicts.standing([row])[row.pk]) == 1
    with pytest.raises(Conflict) as refused:
        vote(house, "wuqing-coordinator", row, NOW, "v")
    assert refused.value.code == "nothing_to_decide"


def test_where_both_sides_have_one_office_it_decides_alone(house):
    number, row = in_conflict(house)
    for rows in (ClauseConflict.objects.filter(pk=row.pk), Duty.objects.filter(matter=number)):
        rows.update(owed_desk="he-langfang/transport_bureau")
    row.refresh_from_db()
    assert conflicts.offices(row) == ["he-langfang/coordination_office"]
    assert vote(house, "langfang-coordinator", row, NOW, "v")["settled"]
