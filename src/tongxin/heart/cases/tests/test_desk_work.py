"""The desk's day: lists by key, whose table a case lies on, saved filters, one act for several cases."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tongxin.heart.cases import actions, bulk, inbox, views
from tongxin.heart.cases.inbox import Asked
from tongxin.heart.cases.models import BulkRun, Case
from tongxin.heart.cases.tests.conftest import APPLICATION
from tongxin.heart.ledger.models import Entry
from tongxin.heart.region import rules
from tongxin.heart.region.models import PostHolding
from tongxin.shared import clock
from tongxin.shared.errors import Conflict, Invalid, KeyReused, NotAllowed, NotFound

pytestmark = pytest.mark.django_db(transaction=True)
WUQING, TONGZHOU = "tj-wuqing/service_centre", "bj-tongzhou/service_centre"


def beijing(day: int, hour: int, month: int = 2) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=clock.BEIJING)


def person(acting):
    """The same post with who holds it."""
    held = PostHolding.objects.filter(post=acting.post).order_by("pk").first()
    return replace(acting, person_id=held.person_id)


@pytest.fixture
def clerk(house, at):
    return person(at("tj-wuqing", "window_clerk"))


@pytest.fixture
def taker(house, at):
    return person(at("bj-tongzhou", "window_clerk"))


def filed(by, key):
    return actions.file_case(by=by, key=key, **APPLICATION)["case"]


def accepted(by, key):
    number = filed(by, key)
    actions.accept_case(by=by, key=f"{key}-a", number=number)
    return number


def offered(by, key):
    number = accepted(by, key)
    made = actions.offer(by=by, key=f"{key}-o", number=number, to_desk=TONGZHOU, epoch=0)
    return number, made["offer"]


def numbers(reader, tab, **more):
    return [line.case.number for line in inbox.page(reader, Asked(tab=tab, **more)).lines]


def test_a_case_goes_through_the_lists_of_both_desks(clerk, taker, house):
    number = filed(clerk, "f")
    assert numbers(clerk, "new") == [number]
    actions.accept_case(by=clerk, key="a", number=number)
    assert (numbers(clerk, "new"), numbers(clerk, "hands")) == ([], [number])
    made = actions.offer(by=clerk, key="o", number=number, to_desk=TONGZHOU, epoch=0)
    assert (numbers(clerk, "hands"), numbers(clerk, "waiting")) == ([], [number])
    line = inbox.page(taker, Asked(tab="offered")).lines[0]
    assert (line.case.number, line.why) == (number, "answer")
    assert line.due is not None
    assert numbers(taker, "soon") == [number]  # the answer is due in four working hours
    house.move_to(beijing(13, 18))
    assert numbers(taker, "overdue") == [number]
    actions.take_over(by=taker, key="t", offer_id=made["offer"])
    assert numbers(taker, "overdue") == []
    assert numbers(taker, "hands") == [number]
    ask = {"ground": "papers_missing", "missing": ["floor_plan"]}
    actions.suspend(by=taker, key="s", number=number, epoch=1, **ask)
    assert (numbers(taker, "hands"), numbers(taker, "asked")) == ([], [number])
    actions.resume(by=taker, key="r", number=number, epoch=1, arrived=["floor_plan"])
    house.move_to(beijing(20, 10, month=4))
    assert numbers(taker, "overdue") == [number]
    approver = replace(taker, capabilities=taker.capabilities | {"decide"})
    actions.decide(by=approver, key="d", number=number, epoch=1, outcome="granted", reason="")
    assert numbers(taker, "overdue") == []
    assert (numbers(clerk, "decided"), numbers(clerk, "waiting")) == ([number], [])
    assert inbox.counts(clerk)["decided"] == 1
    actions.close(by=clerk, key="c", number=number)
    assert set(inbox.counts(clerk).values()) == {0}


def test_pages_follow_by_key_and_leave_nothing_out(clerk):
    made = [accepted(clerk, f"n{n}") for n in range(5)]
    # two of one instant, and one without any, which comes last
    for number, day in zip(made, (8, None, 5, 6, 8), strict=True):
        due = None if day is None else beijing(day, 17, month=3)
        Case.objects.filter(pk=number).update(promise_due_at=due)
    found, after = [], ""
    while True:
        page = inbox.page(clerk, Asked(tab="hands", after=after), size=2)
        found += [line.case.number for line in page.lines]
        after = page.after
        if not after:
            break
    assert found == [made[2], made[3], made[0], made[4], made[1]]
    with pytest.raises(Invalid):
        inbox.page(clerk, Asked(after="yesterday~1"))


def test_lists_are_narrowed(clerk, taker):
    number = accepted(clerk, "a")
    assert numbers(clerk, "hands", procedure="food-business-licence", state="accepted", side="here") == [
        number
    ]
    assert numbers(clerk, "hands", q=number[-6:]) == numbers(clerk, "hands", q="食品") == [number]
    assert numbers(clerk, "hands", side="elsewhere") == numbers(clerk, "hands", q="none such") == []
    assert numbers(clerk, "hands", state="suspended") == numbers(clerk, "hands", procedure="x") == []
    other, _offer = offered(clerk, "b")
    assert numbers(taker, "soon", side="elsewhere", q=other[-6:]) == [other]
    assert numbers(taker, "soon", side="here") == []
    assert numbers(taker, "hands") == []


def test_a_list_asks_as_often_for_many_cases_as_for_few(clerk):
    def asked() -> int:
        with rules.reading(), CaptureQueriesContext(connection) as captured:
            for tab in inbox.TABS:
                inbox.page(clerk, Asked(tab=tab))
            inbox.counts(clerk)
        return len(captured)

    offered(clerk, "o0"), accepted(clerk, "a0"), filed(clerk, "f0")
    few = asked()
    for n in range(1, 6):
        offered(clerk, f"o{n}"), accepted(clerk, f"a{n}"), filed(clerk, f"f{n}")
    assert asked() == few


def test_a_case_lies_on_one_colleagues_table(clerk, at):
    number = accepted(clerk, "a")
    actions.take(by=clerk, key="t", number=number)
    assert numbers(clerk, "mine") == [number]
    line = inbox.page(clerk, Asked(tab="hands")).lines[0]
    assert line.mine
    assert line.colleague
    with pytest.raises(Conflict):
        actions.take(by=clerk, key="t2", number=number)
    colleague = person(at("tj-wuqing", "approver"))
    actions.give(by=clerk, key="g", number=number, to=colleague.person_id)
    assert (numbers(clerk, "mine"), numbers(colleague, "mine")) == ([], [number])
    stranger = person(at("bj-tongzhou", "window_clerk"))
    with pytest.raises(Invalid):
        actions.give(by=clerk, key="g2", number=number, to=stranger.person_id)
    with pytest.raises(NotFound):
        actions.give(by=stranger, key="g3", number=number, to=stranger.person_id)
    with pytest.raises(NotAllowed):
        actions.take(by=replace(clerk, person_id=None), key="g4", number=number)
    actions.put_back(by=colleague, key="p", number=number)
    assert numbers(colleague, "mine") == []
    with pytest.raises(Conflict):
        actions.put_back(by=colleague, key="p2", number=number)
    told = Entry.objects.filter(act__in=["cases.case.given", "cases.case.put_back"])
    assert told.count() == 3


def test_a_desk_that_has_a_case_no_longer_says_nothing_of_its_table(clerk, at):
    taker = person(at("bj-tongzhou", "window_clerk"))
    number = accepted(clerk, "a")
    made = actions.offer(by=clerk, key="o", number=number, to_desk=taker.desk, epoch=0)["offer"]
    actions.take(by=taker, key="t", number=number)  # asked to take it over
    actions.return_over(by=taker, key="r", offer_id=made, reason="not_competent")
    for key, act in (("t2", actions.take), ("p", actions.put_back)):
        with pytest.raises(NotAllowed, match="not_holder"):
            act(by=taker, key=key, number=number)
    assert not actions.may_table(taker, Case.objects.get())
    assert actions.may_table(clerk, Case.objects.get())
    actions.take(by=clerk, key="mine", number=number)
    actions.withdraw(by=clerk, key="w", number=number, reason="示例")
    with pytest.raises(Conflict, match="case_ended"):
        actions.put_back(by=clerk, key="p2", number=number)


def test_filters_are_saved_shared_renamed_and_deleted(clerk, at):
    view = actions.save_view(
        by=clerk, key="s", name="今天", filters={"tab": "overdue", "q": "x", "junk": "y"}
    )["view"]
    row = views.saved(clerk)[0]
    assert (row.pk, row.filters) == (view, {"tab": "overdue", "q": "x"})
    colleague = person(at("tj-wuqing", "approver"))
    assert views.saved(colleague) == []
    with pytest.raises(Invalid):
        actions.save_view(by=clerk, key="s2", name="今天", filters={})
    actions.change_view(by=clerk, key="c", view=view, name="急件", shared=True)
    assert [row.name for row in views.saved(colleague)] == ["急件"]
    with pytest.raises(NotFound):
        actions.delete_view(by=colleague, key="d", view=view)
    for n in range(11):
        actions.save_view(by=clerk, key=f"m{n}", name=f"n{n}", filters={})
    with pytest.raises(Conflict):
        actions.save_view(by=clerk, key="m12", name="n12", filters={})
    actions.delete_view(by=clerk, key="d", view=view)
    assert views.saved(colleague) == []


def test_a_preview_says_what_would_happen_and_writes_nothing(clerk, taker):
    waits, ready = filed(clerk, "f"), accepted(clerk, "a")
    gone, _offer = offered(clerk, "o")
    before = Entry.objects.count()
    found = bulk.chosen(clerk, [waits, ready, gone, "NOWHERE-1"], people=True)
    accept = {
        v.number: v.yes for v in bulk.judged(found, [waits, ready, gone, "NOWHERE-1", waits], "accept", {})
    }
    assert accept == {waits: True, ready: False, gone: False, "NOWHERE-1": False}
    offer = bulk.judged(found, [ready, waits], "offer", {"to_desk": TONGZHOU})
    assert [v.yes for v in offer] == [True, False]
    assert not bulk.judged(found, [ready], "offer", {"to_desk": "he-langfang/coordination_office"})[0].yes
    ask = {"ground": "papers_missing", "missing": ["floor_plan"]}
    assert [v.yes for v in bulk.judged(found, [ready, gone], "ask", ask)] == [True, False]
    assert not bulk.judged(found, [ready], "ask", {"ground": "nothing_such"})[0].yes
    assert [v.yes for v in bulk.judged(found, [ready, gone], "give", {"to": clerk.person_id})] == [True, True]
    assert not bulk.judged(found, [ready], "close", {})[0].yes
    assert Entry.objects.count() == before
    assert [d.id for d in bulk.desks(found)]


def test_several_cases_are_accepted_at_once_and_a_second_sending_does_nothing(clerk):
    cases = [filed(clerk, f"f{n}") for n in range(3)]
    found = bulk.chosen(clerk, cases)
    seen = [(v.number, v.mark) for v in bulk.judged(found, cases, "accept", {})]
    actions.accept_case(by=clerk, key="meanwhile", number=cases[1])
    run = actions.run(by=clerk, key="b", name="accept", given={}, cases=seen)
    assert {n: r["done"] for n, r in run.results.items()} == {cases[0]: True, cases[1]: False, cases[2]: True}
    assert run.results[cases[1]]["code"] == "changed"
    size = Entry.objects.count()
    again = actions.run(by=clerk, key="b", name="accept", given={}, cases=seen)
    assert (again.pk, again.results, Entry.objects.count()) == (run.pk, run.results, size)
    with pytest.raises(KeyReused):
        actions.run(by=clerk, key="b", name="accept", given={}, cases=seen[:1])


def test_a_run_that_was_cut_off_goes_on_where_it_was(clerk, monkeypatch):
    cases = [accepted(clerk, f"a{n}") for n in range(3)]
    found = bulk.chosen(clerk, cases)
    seen = [(v.number, v.mark) for v in bulk.judged(found, cases, "offer", {"to_desk": TONGZHOU})]
    run = actions.begin(by=clerk, key="b", name="offer", given={"to_desk": TONGZHOU}, cases=seen)
    made = actions.offer(by=clerk, key=f"{run}:{cases[0]}", number=cases[0], to_desk=TONGZHOU, epoch=0)
    half = BulkRun.objects.get(pk=run)
    assert bulk.done_of(half) == {cases[0]: {"done": True, "what": ""}}
    with pytest.raises(NotAllowed):
        actions.carry_on(by=replace(clerk, post="tj-wuqing-services/approver"), run=run)
    whole = actions.carry_on(by=clerk, run=run)
    assert all(each["done"] for each in whole.results.values())
    assert str(Case.objects.get(pk=cases[0]).frozen_by_id) == made["offer"]
    assert Case.objects.filter(frozen_by__isnull=False).count() == 3


@pytest.mark.parametrize("mark", ["x", "x.filed.0.0", "²", "."])
def test_a_mark_that_no_preview_gave_begins_no_run(clerk, mark):
    with pytest.raises(Invalid) as refused:
        actions.run(by=clerk, key="m", name="accept", given={}, cases=[(filed(clerk, "f"), mark)])
    assert list(refused.value.fields) == ["cases"]
    assert not BulkRun.objects.exists()


def test_several_offers_are_taken_over_or_returned_at_once_each_by_its_clause(clerk, taker):
    (one, _o1), (two, _o2), (three, recalled) = (offered(clerk, f"o{n}") for n in range(3))
    actions.recall(by=clerk, key="recall", offer_id=recalled)
    cases, own = [one, two, three], accepted(clerk, "a")
    found = bulk.chosen(taker, cases)
    assert [v.yes for v in bulk.judged(found, cases, "take_over", {})] == [True, True, False]
    assert not bulk.judged(bulk.chosen(clerk, [own]), [own], "take_over", {})[0].yes
    assert "not_competent" in dict(bulk.reasons(found))
    back = {"reason": "not_competent", "remark": "示例：向廊坊移交"}
    assert [v.yes for v in bulk.judged(found, cases, "return", back)] == [True, True, False]
    assert not bulk.judged(found, [one], "return", {"reason": "none_such"})[0].yes
    size = Entry.objects.count()
    run = actions.run(by=taker, key="r", name="return", given=back, cases=[(one, ""), (three, "")])
    assert [each["done"] for each in run.results.values()] == [True, False]
    assert run.given == {"reason": "not_competent"}, "words are kept with the case alone"
    run = actions.run(by=taker, key="t", name="take_over", given={}, cases=[(one, ""), (two, "")])
    assert [each["done"] for each in run.results.values()] == [False, True]
    assert (
        actions.run(by=taker, key="t", name="take_over", given={}, cases=[(one, ""), (two, "")]).pk == run.pk
    )
    assert Entry.objects.count() == size + 2 + 4
    assert dict(Case.objects.filter(pk__in=cases).values_list("number", "holder_id")) == {
        one: WUQING, two: TONGZHOU, three: WUQING
    }  # fmt: skip
    acts = {tab: {act for act, _name in bulk.fitting(taker, tab)} for tab in inbox.TABS}
    assert acts["offered"] == {"take_over", "return", "give", "export"}
    assert not acts["hands"] & {"take_over", "return", "accept"}
    assert {"offer", "take_over"} <= acts["soon"]


def test_papers_are_asked_for_given_and_closed_for_several(clerk, taker, house):
    pair = [offered(clerk, f"o{n}") for n in range(2)]
    for n, (_number, offer) in enumerate(pair):
        actions.take_over(by=taker, key=f"t{n}", offer_id=offer)
    cases = [(number, "") for number, _offer in pair]
    ask = {"ground": "papers_missing", "missing": ["floor_plan"], "facts": ""}
    run = actions.run(by=taker, key="ask", name="ask", given=ask, cases=cases)
    assert [each["done"] for each in run.results.values()] == [True, True]
    again = actions.run(by=taker, key="ask2", name="ask", given=ask, cases=cases)
    assert [each["done"] for each in again.results.values()] == [False, False]
    run = actions.run(by=taker, key="give", name="give", given={"to": taker.person_id}, cases=cases)
    assert [each["done"] for each in run.results.values()] == [True, True]
    assert sorted(numbers(taker, "mine")) == sorted(number for number, _offer in pair)
    reader = replace(taker, capabilities=frozenset({"perform"}))
    with pytest.raises(NotAllowed):
        actions.run(by=reader, key="no", name="close", given={}, cases=cases)
    with pytest.raises(Invalid):
        actions.run(by=taker, key="none", name="ask", given=ask, cases=[])
