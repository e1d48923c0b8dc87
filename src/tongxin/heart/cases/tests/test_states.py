"""The table of states is the only way: every act is tried in every state, by every side; and what each act leaves."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tongxin.heart.agreements import actions as agreements
from tongxin.heart.agreements.models import Clause, Duty
from tongxin.heart.cases import actions, erasing, queries, states
from tongxin.heart.cases.models import Case, Decision
from tongxin.heart.cases.tests.conftest import APPLICATION
from tongxin.heart.exchange.models import Message
from tongxin.heart.ledger.models import Entry
from tongxin.heart.ledger.verify import verify_log
from tongxin.heart.region.acting import Acting
from tongxin.heart.region.models import Person, PostHolding, Substitution
from tongxin.shared import clock, faults
from tongxin.shared.errors import Conflict, Invalid, NotAllowed, NotFound

pytestmark = pytest.mark.django_db(transaction=True)
WUQING, TONGZHOU, REVIEWER = (
    "tj-wuqing/service_centre",
    "bj-tongzhou/service_centre",
    "bj-tongzhou/coordination_office",
)
ALL = frozenset({"file_case", "hand_over", "take_over", "decide", "perform", "review"})


def beijing(day: int, hour: int, minute: int = 0, month: int = 2) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=clock.BEIJING)


@pytest.fixture
def filed(house, at) -> str:
    return actions.file_case(by=at("tj-wuqing", "window_clerk"), key="f", **APPLICATION)["case"]


@pytest.fixture
def taken(filed, house, at) -> str:
    """In Tongzhou's hands since Friday 13 February, 10:00."""
    clerk = at("tj-wuqing", "window_clerk")
    actions.accept_case(by=clerk, key="a", number=filed)
    made = actions.offer(by=clerk, key="o", number=filed, to_desk=TONGZHOU, epoch=0)
    house.move_to(beijing(13, 10))
    actions.take_over(by=at("bj-tongzhou", "window_clerk"), key="t", offer_id=made["offer"])
    return filed


@pytest.fixture
def refused(taken, house, at) -> str:
    by = at("bj-tongzhou", "approver")
    actions.decide(by=by, key="d", number=taken, epoch=1, outcome="refused", reason="示例：不符合条件")
    return taken


def reviewer(at) -> Acting:
    return at("bj-tongzhou", "coordinator", office="coordination", desk="coordination_office")


def everything(by: Acting, number: str, epoch: int, key: str) -> dict[str, Callable[[], object]]:
    """Every act on a case, as it would be asked for."""
    asked = {"by": by, "number": number}
    paper = {"ground": "papers_missing", "missing": ["floor_plan"]}
    return {
        "accept": lambda: actions.accept_case(key=f"{key}1", **asked),
        "not_accept": lambda: actions.not_accept(key=f"{key}2", ground="not_this_item", **asked),
        "void": lambda: actions.void(key=f"{key}3", reason="x", **asked),
        "offer": lambda: actions.offer(
            key=f"{key}4", to_desk=TONGZHOU if by.desk == WUQING else WUQING, epoch=epoch, **asked
        ),
        "suspend": lambda: actions.suspend(key=f"{key}5", epoch=epoch, **paper, **asked),
        "resume": lambda: actions.resume(key=f"{key}6", epoch=epoch, ended=True, **asked),
        "withdraw": lambda: actions.withdraw(key=f"{key}7", reason="x", **asked),
        "decide": lambda: actions.decide(key=f"{key}8", epoch=epoch, outcome="granted", reason="", **asked),
        "conclude": lambda: actions.conclude(
            key=f"{key}9", epoch=epoch, outcome="upheld", reason="x", **asked
        ),
        "supersede": lambda: actions.supersede(
            key=f"{key}10", epoch=epoch, outcome="granted", reason="x", **asked
        ),
        "put_joint": lambda: actions.put_joint(
            key=f"{key}13", epoch=epoch, outcome="granted", reason="x", **asked
        ),
        "close": lambda: actions.close(key=f"{key}11", **asked),
        "review": lambda: actions.review(key=f"{key}12", reason="x", **asked),
    }


class Undone(Exception):
    """Thrown where an act went through, so that the next one meets the same case."""


def went_through(do) -> bool:
    """Whether an act was taken, and undone; any refusal is one that says why."""
    try:
        do()
    except Undone:
        return True
    except (Conflict, NotAllowed, NotFound):
        return False
    raise LookupError("the act was committed")


def forced(number: str, state: str, holder: str) -> None:
    """Put the case into a state, with what belongs to it, without any act."""
    case = Case.objects.get(number=number)
    case.state, case.holder_id = state, holder
    case.pauses = []
    if state == "suspended":
        case.pauses = [
            {"from": clock.iso(clock.now()), "until": None, "ground": "inspection", "missing": [], "facts": "", "of": "in_hand"}
        ]  # fmt: skip
    case.save()
    Decision.objects.filter(case=case).delete()
    if state in {"decided", "closed"}:
        Decision.objects.create(
            case=case, number=1, outcome="refused", desk_id=TONGZHOU, post="x", at=clock.now()
        )


@pytest.mark.parametrize("holder", [WUQING, TONGZHOU])
def test_no_other_way_leads_anywhere(taken, at, holder, monkeypatch):
    """Ten states, twelve acts, two holders, three sides: what the table does not say is refused and leaves nothing."""

    def undo(place: str) -> None:
        if place.endswith(":before commit"):
            raise Undone

    monkeypatch.setattr(faults, "reached", undo)  # each act is undone again
    sides = [Acting(p.post, p.desk, p.jurisdiction, ALL) for p in (
        at("tj-wuqing", "window_clerk"), at("bj-tongzhou", "approver"), at("he-langfang", "approver"),
    )]  # fmt: skip
    went: set[tuple[str, str, str]] = set()
    for state in Case.State.values:
        forced(taken, state, holder)
        for side in sides:
            case = Case.objects.get(number=taken)
            expected = states.allowed(case, side.desk, ALL) - {"put_joint"}  # this item is decided alone
            for name, do in everything(side, taken, case.epoch, f"{state}-{side.desk}-").items():
                before = Entry.objects.count()
                assert went_through(do) == (name in expected), f"{name} from {state} by {side.desk}"
                went |= {(name, state, side.desk)} if name in expected else set()
                assert Entry.objects.count() == before
    table = {
        (name, state)
        for name, way in states.WAYS.items()
        if way.who != "heart" and name not in {"take_over", "conclude", "put_joint"}
        for state in way.sources
    }
    assert {(name, state) for name, state, _desk in went} <= table
    of_the_competent = {"decide", "supersede"} if holder == WUQING else set()
    assert {name for name, *_rest in table} - {name for name, *_rest in went} == of_the_competent


def test_the_state_is_written_in_one_place_only():
    room = Path(states.__file__).parent
    writes = re.compile(r"\b(case|first|row)\.state = ")
    sources = [path for path in room.rglob("*.py") if "tests" not in path.parts]
    found = {path.name for path in sources if writes.search(path.read_text("utf-8"))}
    assert found == {"states.py"}


def test_what_is_missing_is_asked_for_once_and_the_clocks_stand_still(taken, house, at):
    officer = at("bj-tongzhou", "case_officer")
    case = Case.objects.get(number=taken)
    duty = Duty.objects.get(thread=f"case:{taken}", subject="decide")
    assert case.promise_due_at == duty.due_at == beijing(26, 17)
    house.move_to(beijing(14, 10))
    with pytest.raises(Invalid) as wrong:
        actions.suspend(by=officer, key="s", number=taken, epoch=1, ground="papers_missing")
    assert set(wrong.value.fields) == {"missing"}
    with pytest.raises(Invalid) as wrong:
        actions.suspend(by=officer, key="s", number=taken, epoch=1, ground="because", missing=["floor_plan"])
    assert set(wrong.value.fields) == {"ground"}
    with pytest.raises(NotAllowed):
        actions.suspend(
            by=at("tj-wuqing", "window_clerk"), key="s", number=taken, epoch=1, ground="inspection"
        )
    actions.suspend(
        by=officer,
        key="s",
        number=taken,
        epoch=1,
        ground="papers_missing",
        missing=["floor_plan"],
        facts="示例：层高",
    )
    duty.refresh_from_db()
    assert (duty.state, Case.objects.get().state) == ("suspended", "suspended")
    told = Message.objects.get(kind="suspension")
    assert (told.to_desk_id, told.body["missing"]) == (WUQING, ["floor_plan"])
    with pytest.raises(Conflict) as only_with_the_case:
        agreements.resume(by=officer, key="d", duty=duty.pk)
    assert only_with_the_case.value.code == "case_is_suspended"
    with pytest.raises(Conflict):
        actions.decide(
            by=at("bj-tongzhou", "approver"), key="d", number=taken, epoch=1, outcome="granted", reason=""
        )
    house.move_to(beijing(25, 10))
    with pytest.raises(Invalid):
        actions.resume(by=officer, key="r", number=taken, epoch=1)
    done = actions.resume(by=officer, key="r", number=taken, epoch=1, arrived=["floor_plan"])
    assert actions.resume(by=officer, key="r", number=taken, epoch=1, arrived=["floor_plan"]) == done
    duty.refresh_from_db()
    case = Case.objects.get()
    assert case.promise_due_at == duty.due_at == beijing(2, 17, month=3)
    assert case.promise_count["days"] == duty.due_count["days"]
    assert (case.state, duty.state) == ("in_hand", "open")
    with pytest.raises(Conflict) as again:
        actions.suspend(by=officer, key="s2", number=taken, epoch=1, ground="papers_missing", facts="示例")
    assert again.value.code == "asked_before"
    actions.suspend(by=officer, key="s3", number=taken, epoch=1, ground="inspection")
    house.move_to(beijing(26, 10))
    actions.resume(by=officer, key="r3", number=taken, epoch=1, ended=True)
    assert Case.objects.get().promise_due_at == Duty.objects.get(pk=duty.pk).due_at == beijing(3, 17, month=3)


def test_what_was_late_before_the_suspension_stays_late(taken, house, at):
    officer = at("bj-tongzhou", "case_officer")
    house.move_to(beijing(27, 10))
    actions.suspend(by=officer, key="s", number=taken, epoch=1, ground="inspection")
    duty = Duty.objects.get(thread=f"case:{taken}", subject="decide")
    assert (duty.state, duty.due_at) == ("open", beijing(26, 17))
    house.move_to(beijing(28, 10))
    actions.resume(by=officer, key="r", number=taken, epoch=1, ended=True)
    assert Case.objects.get().promise_due_at == beijing(26, 17)
    assert not Entry.objects.filter(act="cases.promise.moved").exists()


def test_a_suspension_before_the_hand_over_goes_with_the_case(filed, house, at):
    clerk = at("tj-wuqing", "window_clerk")
    actions.accept_case(by=clerk, key="a", number=filed)
    house.move_to(beijing(13, 10))
    actions.suspend(by=clerk, key="s", number=filed, epoch=0, ground="inspection")
    house.move_to(beijing(14, 10))
    actions.resume(by=clerk, key="r", number=filed, epoch=0, ended=True)
    assert Case.objects.get().promise_due_at == beijing(28, 17), "24, 25, 26, 27, 28 February"
    made = actions.offer(by=clerk, key="o", number=filed, to_desk=TONGZHOU, epoch=0)
    house.move_to(beijing(24, 10))
    officer = at("bj-tongzhou", "case_officer")
    actions.take_over(by=officer, key="t", offer_id=made["offer"])
    actions.suspend(by=officer, key="s2", number=filed, epoch=1, ground="inspection")
    house.move_to(beijing(25, 10))
    actions.resume(by=officer, key="r2", number=filed, epoch=1, ended=True)
    duty = Duty.objects.get(thread=f"case:{filed}", subject="decide")
    assert Case.objects.get().promise_due_at == duty.due_at == beijing(3, 17, month=3)


def test_a_case_is_not_accepted_on_a_listed_ground_and_the_review_takes_it_back(filed, house, at):
    clerk = at("tj-wuqing", "window_clerk")
    with pytest.raises(Invalid):
        actions.not_accept(by=clerk, key="n", number=filed, ground="papers_incomplete")
    actions.not_accept(
        by=clerk, key="n", number=filed, ground="papers_incomplete", missing=["floor_plan"], remark="示例"
    )
    case = Case.objects.get()
    assert (case.state, case.ended_why, case.ended_missing) == (
        "not_accepted",
        "papers_incomplete",
        ["floor_plan"],
    )
    done = actions.review(by=clerk, key="rv", number=filed, reason="示例：材料齐全")
    assert done["reviewer"] == "tj-wuqing/coordination_office"
    assert Case.objects.get(number=filed).state == "not_accepted", "it stands meanwhile"
    by = at("tj-wuqing", "coordinator", office="coordination", desk="coordination_office")
    actions.conclude(by=by, key="c", number=done["case"], epoch=0, outcome="changed", reason="示例：应当受理")
    case = Case.objects.get(number=filed)
    assert (case.state, case.ended_at, case.promise_due_at) == ("accepted", None, beijing(26, 17))


def test_a_filing_made_in_error_is_void_before_acceptance_only(filed, at):
    clerk = at("tj-wuqing", "window_clerk")
    with pytest.raises(Invalid):
        actions.void(by=clerk, key="v", number=filed, reason=" ")
    actions.void(by=clerk, key="v", number=filed, reason="示例：重复收件")
    assert Case.objects.get().state == "void"
    with pytest.raises(Conflict):
        actions.accept_case(by=clerk, key="a", number=filed)


def test_a_withdrawal_voids_what_is_owed_and_tells_the_holder(taken, at):
    officer = at("bj-tongzhou", "case_officer")
    actions.suspend(by=officer, key="s", number=taken, epoch=1, ground="inspection")
    with pytest.raises(NotAllowed):
        actions.withdraw(by=officer, key="w", number=taken, reason="示例")
    actions.withdraw(by=at("tj-wuqing", "window_clerk"), key="w", number=taken, reason="示例：不再办理")
    case = Case.objects.get()
    assert (case.state, bool(case.pauses[-1]["until"])) == ("withdrawn", True)
    assert set(Duty.objects.filter(thread=f"case:{taken}").values_list("subject", "state")) >= {
        ("decide", "void")
    }
    assert Message.objects.get(kind="withdrawal").to_desk_id == TONGZHOU


def test_a_decision_is_superseded_by_the_same_desk_and_both_are_shown(refused, house, at):
    by = at("bj-tongzhou", "approver")
    with pytest.raises(Invalid):
        actions.supersede(by=by, key="s", number=refused, epoch=1, outcome="granted", reason="")
    house.move_to(beijing(14, 10))
    actions.supersede(by=by, key="s", number=refused, epoch=1, outcome="granted", reason="示例：计算有误")
    first, second = queries.decisions(Case.objects.get())
    assert (first.outcome, second.outcome, second.supersedes_id) == ("refused", "granted", first.pk)
    case = Case.objects.get()
    assert (case.outcome, case.decided_at) == ("granted", first.at)
    assert "supersede" not in queries.possible(at("tj-wuqing", "approver"), queries.case(by, refused)).names


def test_a_refusal_is_reviewed_elsewhere_and_stands_until_it_is_changed(refused, house, at):
    clerk = at("tj-wuqing", "window_clerk")
    done = actions.review(by=clerk, key="rv", number=refused, reason="示例：请求复核")
    assert done["reviewer"] == REVIEWER
    review = Case.objects.get(number=done["case"])
    assert (review.holder_id, review.reviews_id, review.applicant) == (
        REVIEWER,
        refused,
        APPLICATION["applicant"],
    )
    assert Case.objects.get(number=refused).outcome == "refused"
    judge = reviewer(at)
    assert [number for number, *_key in queries.listed(judge)] == [done["case"]]
    assert Duty.objects.get(thread=f"case:{done['case']}").bound_desk_id == REVIEWER
    for forbidden in (
        lambda: actions.review(by=clerk, key="rv2", number=refused, reason="示例"),
        lambda: actions.close(by=clerk, key="cl", number=refused),
        lambda: actions.supersede(
            by=at("bj-tongzhou", "approver"),
            key="su",
            number=refused,
            epoch=1,
            outcome="granted",
            reason="示例",
        ),
    ):
        with pytest.raises(Conflict) as waits:
            forbidden()
        assert waits.value.code == "under_review"
    with pytest.raises(NotFound):
        actions.conclude(
            by=Acting("x", TONGZHOU, "bj-tongzhou", ALL),
            key="c",
            number=done["case"],
            epoch=0,
            outcome="upheld",
            reason="示例",
        )
    actions.conclude(
        by=judge, key="c", number=done["case"], epoch=0, outcome="changed", reason="示例：应予许可"
    )
    first, second = queries.decisions(Case.objects.get(number=refused))
    assert (second.outcome, second.desk_id, second.review_id) == ("granted", REVIEWER, done["case"])
    assert Case.objects.get(number=refused).outcome == "granted"
    assert Duty.objects.get(thread=f"case:{done['case']}").state == "met"
    with pytest.raises(Conflict):
        actions.review(by=clerk, key="rv3", number=refused, reason="示例")
    actions.close(by=clerk, key="cl", number=refused)
    actions.close(by=clerk, key="cl2", number=done["case"])
    assert first.outcome == "refused", "the first decision stays as it was made"


@pytest.mark.parametrize("how", ["held", "stood_in", "ended_before"])
def test_who_decided_ends_no_review_of_it_in_any_post(refused, house, at, how):
    done = actions.review(by=at("tj-wuqing", "window_clerk"), key="rv", number=refused, reason="示例")
    made = Decision.objects.get()
    one, other = (Person.objects.create(username=f"review-{name}") for name in ("one", "other"))
    days = {
        "valid_from": made.at.date() - timedelta(days=2),
        "valid_until": made.at.date() + timedelta(days=2),
    }
    if how == "held":
        PostHolding.objects.create(post_id=made.post, person=one, **days)
    else:
        over = made.at - timedelta(hours=1) if how == "ended_before" else None
        names = {"own_post": REVIEWER, "named_by": REVIEWER, "named_at": made.at, "ended_at": over}
        Substitution.objects.create(post_id=made.post, absent=other, stand_in=one, **names, **days)
    judge = replace(reviewer(at), person_id=one.pk)
    given = {"by": judge, "number": done["case"], "epoch": 0, "outcome": "upheld", "reason": "示例"}
    if how == "ended_before":
        assert actions.conclude(key="c", **given)["outcome"] == "upheld"
        return
    with pytest.raises(NotAllowed) as own:
        actions.conclude(key="c", **given)
    assert own.value.code == "own_decision"


def test_a_review_sends_the_case_back_to_a_new_round(refused, house, at):
    clerk = at("tj-wuqing", "window_clerk")
    done = actions.review(by=clerk, key="rv", number=refused, reason="示例：请求复核")
    house.move_to(beijing(24, 10))
    actions.conclude(
        by=reviewer(at), key="c", number=done["case"], epoch=0, outcome="sent_back", reason="示例"
    )
    case = Case.objects.get(number=refused)
    assert (case.state, case.holder_id, case.epoch, case.outcome) == ("in_hand", TONGZHOU, 2, "")
    assert case.promise_due_at == beijing(2, 17, month=3), "25, 26, 27, 28 February, 2 March"
    rounds = Duty.objects.filter(thread=f"case:{refused}", subject="decide").order_by("round")
    assert [(d.round, d.state) for d in rounds] == [(1, "met"), (2, "open")]
    actions.decide(
        by=at("bj-tongzhou", "approver"), key="d2", number=refused, epoch=2, outcome="granted", reason=""
    )
    assert [d.outcome for d in queries.decisions(case)] == ["refused", "granted"]
    assert [d.state for d in rounds.all()] == ["met", "met"]


def test_a_clause_may_name_who_reviews(refused, at):
    row = Clause.objects.get(pk="tongwulang-one-window@1/accept-here-decide-there")
    row.body = row.body | {"review_by": {"role": "government_office", "of": "debtor"}}
    row.save(update_fields=["body"])
    type(row.version).objects.filter(pk=row.version_id).update(canonical_hash="r" * 64)
    done = actions.review(by=at("tj-wuqing", "window_clerk"), key="rv", number=refused, reason="示例")
    assert done["reviewer"] == "bj-tongzhou/government_office"


def test_what_the_applicant_gave_is_erased_when_the_retention_ends(refused, house, at):
    clerk = at("tj-wuqing", "window_clerk")
    actions.close(by=clerk, key="cl", number=refused)
    case = Case.objects.get()
    assert case.keep_until == clock.now() + timedelta(days=1825)
    assert erasing.erase_due() == 0
    house.move_to(case.keep_until + timedelta(minutes=1))
    assert (erasing.erase_due(), erasing.erase_due()) == (1, 0)
    case.refresh_from_db()
    assert (case.applicant, case.papers, case.number, case.outcome) == ({}, [], refused, "refused")
    assert not Message.objects.filter(body__applicant__isnull=False).exists()
    assert Entry.objects.filter(act="cases.case.erased", subject=f"case:{refused}").count() == 1
    assert verify_log().holds
    with pytest.raises(Conflict):
        actions.review(by=clerk, key="rv", number=refused, reason="示例")
