"""Frozen months: the same numbers however late the ticker comes, and later changes beside them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.properties import examples
from tongxin.heart.agreements import clocks, duties, keeping, periods
from tongxin.heart.agreements.keeping import Asked
from tongxin.heart.agreements.language import Within
from tongxin.heart.agreements.models import Duty, Performance
from tongxin.heart.exchange.acts import Act
from tongxin.heart.ledger.models import Checkpoint, Entry
from tongxin.heart.ledger.verify import verify_log
from tongxin.heart.measures import actions, jobs, scores, standing
from tongxin.heart.measures.models import FrozenMonth, Restatement, ScoreMonth
from tongxin.heart.measures.tests.conftest import BAODI, LANGFANG
from tongxin.heart.region.acting import SYSTEM
from tongxin.shared import clock

pytestmark = pytest.mark.django_db(transaction=True)

CLAUSE = "score-a/notify"
MARCH = "2026-03"


def at(month: int, day: int, hour: int = 12, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=clock.BEIJING)


FROZEN = at(4, 5, 0)


# ── any history, frozen late ────────────────────────────────────────────────────────────────────────────────

# What may be done to a duty that stands so; the likelier, the more often it is named.
ACTS = {
    "open": (
        "deliver",
        "call",
        "suspend",
        "deliver",
        "call",
        "suspend",
        "agree",
        "excuse",
        "void",
        "give_up",
    ),
    "claimed": ("answer", "send_back", "answer", "send_back", "excuse", "void"),
    "suspended": ("resume", "resume", "resume", "resume", "excuse", "void"),
}
histories = st.tuples(
    st.integers(5 * 24, 40 * 24),  # hours after 25 February: when the round opens
    st.integers(1, 400),  # hours of its limit
    st.lists(
        st.tuples(st.integers(0, 59), st.integers(1, 400)), max_size=6
    ),  # which act, so many hours later
    st.booleans(),
)


class History:
    """A duty that is taken through its life by the functions of the house itself, act by act."""

    def __init__(self, make: Any, drawn: Any) -> None:
        opens, within, self.coming, no_time_left = drawn
        self.now = at(2, 25, 0) + timedelta(hours=opens)
        self.make, self.no_time_left = make, no_time_left and opens % 5 == 0
        self.limit = Within(within=timedelta(hours=within), starts="known", clock="calendar")
        self.duty: Any = None
        self.steps = [(self.now, -1)]
        for which, later in self.coming:
            self.now += timedelta(hours=later)
            self.steps.append((self.now, which))

    def go_on(self, until: datetime) -> None:
        while self.steps and self.steps[0][0] <= until:
            when, which = self.steps.pop(0)
            if self.duty is None:
                self.open(when)
            elif not self.duty.terminal:
                names = ACTS[self.duty.state]
                getattr(self, names[which % len(names)])(when)

    def open(self, when: datetime) -> None:
        count = clocks.due(self.limit, when, bound_desk=LANGFANG, owed_desk=BAODI)
        self.duty = self.make.duty(
            CLAUSE,
            count.due_at,
            opened_at=when,
            due_count=count.detail,
            no_time_left=self.no_time_left,
            late_entry=timedelta(minutes=when.hour),
        )

    def done(self, when: datetime, delivered: datetime) -> Any:
        withheld = [["amount", "bar"]] if self.duty.opened_at.hour % 2 else []
        return Performance.objects.create(
            act="x", desk_id=LANGFANG, post="x", at=when, delivered_at=delivered, withheld=withheld
        )

    def deliver(self, when: datetime) -> None:
        until = when + timedelta(days=9)
        duties.claim(self.duty, self.done(when, when), delivered_at=when, answer_due_at=until)

    def call(self, when: datetime) -> None:
        """Told by telephone, and recorded by the other side only now."""
        delivered = max(self.duty.opened_at, when - timedelta(days=when.day % 9))
        free = all(p["until"] and datetime.fromisoformat(p["until"]) <= delivered for p in self.duty.pauses)
        if free:
            duties.meet(self.duty, self.done(when, delivered), delivered_at=delivered)

    def answer(self, when: datetime) -> None:
        duties.meet(self.duty, None, delivered_at=self.duty.delivered_at, at=when)

    def send_back(self, when: datetime) -> None:
        duties.send_back(self.duty, Act("x", SYSTEM, when))

    def suspend(self, when: datetime) -> None:
        if when <= self.duty.due_at:  # what is late is not suspended
            duties.suspend(self.duty, at=when, ground="paper_missing")

    def resume(self, when: datetime) -> None:
        duties.resume(self.duty, Act("x", SYSTEM, when))

    def agree(self, when: datetime) -> None:
        if when < self.duty.due_at:
            later = clocks.Count(self.duty.due_at + timedelta(days=3), self.duty.due_count)
            duties.move(self.duty, later, Act("x", SYSTEM, when), why="agreed", cause="x")

    def end(self, when: datetime, to: str) -> None:
        duties.end(self.duty, to, at=when, reason="x")

    def excuse(self, when: datetime) -> None:
        self.end(when, "excused")

    def void(self, when: datetime) -> None:
        self.end(when, "void")

    def give_up(self, when: datetime) -> None:
        self.end(when, "failed")


def as_told(now: datetime) -> dict[Any, Any]:
    """What SQL says of March at this instant."""
    asked = Asked(MARCH, MARCH, extras=True)
    return {line.key[:4]: line.tally.as_json() for line in keeping.lines(now, asked)}


def plain(found: dict[Any, Any]) -> dict[Any, Any]:
    return {key: tally.as_json() for key, tally in found.items()}


@settings(max_examples=examples(25), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=st.lists(histories, min_size=1, max_size=6))
def test_how_duties_stood_is_told_the_same_however_much_later(make, house, drawn):
    march = periods.named(MARCH)
    with transaction.atomic():
        told = [History(make, each) for each in drawn]
        for history in told:
            history.go_on(FROZEN)
        before = as_told(FROZEN)
        assert plain(standing.tallies(march, FROZEN)) == before
        for history in told:
            history.go_on(datetime.max.replace(tzinfo=clock.BEIJING))
        assert plain(standing.tallies(march, FROZEN)) == before
        later = at(12, 31)
        assert plain(standing.tallies(march, later)) == as_told(later)
        transaction.set_rollback(True)


@settings(max_examples=examples(15), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=st.lists(histories, min_size=1, max_size=5), looks=st.lists(st.integers(1, 300), max_size=3))
def test_what_is_restated_is_what_the_duties_say(make, house, drawn, looks):
    march = periods.named(MARCH)
    with transaction.atomic():
        told = [History(make, each) for each in drawn]
        for history in told:
            history.go_on(FROZEN)
        frozen = FrozenMonth.objects.create(month=MARCH, as_of=FROZEN, frozen_at=FROZEN, ledger_size=0)
        found = standing.tallies(march, FROZEN)
        ScoreMonth.objects.bulk_create([actions._row(frozen, key, tally) for key, tally in found.items()])
        now = FROZEN
        for days in sorted(looks):
            now = FROZEN + timedelta(days=days)
            for history in told:
                history.go_on(now)
            for change in actions.changes(frozen, now):
                actions._restatement(frozen, change, now).save()
            assert actions.changes(frozen, now) == []
        none = keeping.Tally().as_json()
        read = {
            line.key[:4]: line.tally.as_json()
            for line in keeping.lines(now, Asked(MARCH, MARCH, extras=True))
        }
        now_told = plain(standing.tallies(march, now))
        assert {k: v for k, v in read.items() if v != none} == now_told
        as_frozen = {
            line.key[:4]: (line.frozen or line.tally).as_json()
            for line in keeping.lines(now, Asked(MARCH, MARCH, extras=True))
        }
        assert {k: v for k, v in as_frozen.items() if v != none} == plain(found)
        transaction.set_rollback(True)


# ── stories ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def demo(settings):
    settings.DEMO = True


def march(n: int, **more: Any) -> dict[str, Any]:
    """How March stands for the clause: now, and as frozen."""
    [score] = scores.scores(clock.now(), scores.which(clock.now(), {"month": MARCH}), ("clause",))
    assert score.n == n
    return {
        name: (getattr(score.frozen or score.tally, name), getattr(score.tally, name))
        for name in keeping.COUNTS
        if getattr(score.frozen or score.tally, name) or getattr(score.tally, name)
    }


def test_a_month_is_frozen_on_its_day_with_an_entry_and_a_checkpoint(make, house, demo):
    make.met(CLAUSE, at(3, 10), late_entry=timedelta(minutes=30))
    house.clock.move_to(FROZEN + timedelta(seconds=59))
    assert jobs.freeze_month() == 0
    house.clock.move_to(FROZEN + timedelta(minutes=1))
    assert jobs.freeze_month() == 1
    frozen = FrozenMonth.objects.get()
    assert (frozen.month, frozen.as_of, frozen.rows) == (MARCH, FROZEN, 1)
    entry = Entry.objects.get(subject="scores:2026-03")
    assert (entry.act, entry.desk, entry.index) == ("measures.month.frozen", "system", frozen.ledger_size)
    assert frozen.checkpoint == frozen.ledger_size  # the head was signed over all that it came from
    assert Checkpoint.objects.filter(size__gt=entry.index).exists()
    row = ScoreMonth.objects.get()
    assert (row.clause_key, row.desk, row.on_time, row.delays) == (CLAUSE, LANGFANG, 1, {"30": 1})
    size = house.size()
    assert jobs.freeze_month() == 0
    assert house.size() == size
    assert verify_log().holds


def test_the_ticker_is_off_for_two_months_and_the_numbers_are_the_same(make, house, demo):
    make.met(CLAUSE, at(3, 10))
    excused_late = make.duty(CLAUSE, at(3, 11))
    met_late = make.duty(CLAUSE, at(3, 12))
    make.duty(CLAUSE, at(4, 10))
    on_time = plain(standing.tallies(periods.named(MARCH), FROZEN))
    house.clock.move_to(at(4, 8))
    duties.end(excused_late, "excused", at=clock.now(), reason="x")
    house.clock.move_to(at(5, 2))
    duties.meet(met_late, None, delivered_at=clock.now())
    house.clock.move_to(at(6, 7))
    assert jobs.freeze_month() == 4  # March, April and May at once; March is restated in the same round
    assert list(FrozenMonth.objects.order_by("month").values_list("month", "as_of")) == [
        ("2026-03", FROZEN),
        ("2026-04", at(5, 5, 0)),
        ("2026-05", at(6, 5, 0)),
    ]
    rows = {
        actions._key(r): actions.tally_of_row(r).as_json() for r in ScoreMonth.objects.filter(month=MARCH)
    }
    assert rows == on_time
    assert march(2) == {"on_time": (1, 1), "late": (0, 1), "overdue": (2, 0), "excused": (0, 1)}


def test_a_late_acceptance_an_excuse_and_a_late_report_are_restated(make, house, demo):
    claimed = make.duty(CLAUSE, at(3, 9), state="claimed", delivered_at=at(3, 9, 11))
    late = make.met(CLAUSE, at(3, 10), timedelta(hours=3))
    overdue = make.duty(CLAUSE, at(3, 11))
    house.clock.move_to(FROZEN + timedelta(minutes=2))
    jobs.freeze_month()
    assert march(3) == {"on_time": (1, 1), "late": (1, 1), "overdue": (1, 1), "waiting": (1, 1)}

    house.clock.move_to(at(4, 9))
    duties.meet(claimed, None, delivered_at=claimed.delivered_at, at=clock.now())
    jobs.freeze_month()
    assert march(3) == {"on_time": (1, 1), "late": (1, 1), "overdue": (1, 1), "waiting": (1, 0)}
    house.clock.move_to(at(4, 10))
    duties.end(overdue, "excused", at=clock.now(), reason="x")
    make.duty(CLAUSE, at(3, 31), opened_at=at(4, 10), late_entry=timedelta(days=10))
    jobs.freeze_month()
    assert march(3) == {
        "on_time": (1, 1),
        "late": (1, 1),
        "overdue": (1, 1),  # one was excused, another one came late
        "excused": (0, 1),
        "waiting": (1, 0),
    }
    told = Restatement.objects.order_by("id")
    assert [[(d["duty"] == overdue.pk, d["from"], d["to"]) for d in r.duties] for r in told][1] == [
        (False, "on_time", "on_time"),
        (True, "overdue", "excused"),
        (False, "", "overdue"),
    ]
    assert told[0].after == told[1].before
    entries = Entry.objects.filter(subject="scores:2026-03").values_list("act", flat=True)
    assert list(entries) == ["measures.month.frozen", *["measures.month.restated"] * 2]
    assert late.state == "met"
    size = house.size()
    assert jobs.freeze_month() == 0
    assert house.size() == size


def test_a_call_that_was_recorded_after_the_freeze_was_not_known_then(make, house, demo):
    duty = make.duty(CLAUSE, at(3, 20))
    house.clock.move_to(at(4, 7))
    call = Performance.objects.create(act="x", desk_id=LANGFANG, post="x", at=clock.now())
    duties.meet(
        duty, call, delivered_at=at(3, 20, 11)
    )  # told in time by telephone, heard of by both only now
    jobs.freeze_month()
    assert march(1) == {"on_time": (0, 1), "overdue": (1, 0)}


def test_a_clock_behind_the_log_takes_no_restatement_back(make, house, demo):
    duty = make.duty(CLAUSE, at(3, 20))
    house.clock.move_to(at(4, 7))
    jobs.freeze_month()
    house.clock.move_to(at(4, 8))
    duties.end(duty, "excused", at=clock.now(), reason="x")
    jobs.freeze_month()
    size = house.size()
    house.clock.at = at(4, 7, 13)
    assert jobs.freeze_month() == 0
    assert (house.size(), Restatement.objects.count()) == (size, 1)


def test_a_due_that_moves_out_of_a_frozen_month_is_restated_there(make, house, demo):
    count = clocks.due(
        Within(within=timedelta(days=2), starts="known", clock="calendar"),
        at(3, 28),
        bound_desk=LANGFANG,
        owed_desk=BAODI,
    )
    duty = make.duty(CLAUSE, count.due_at, opened_at=at(3, 28), due_count=count.detail)
    house.clock.move_to(at(3, 29))
    duties.suspend(duty, at=clock.now(), ground="paper_missing")
    house.clock.move_to(at(4, 6))
    jobs.freeze_month()
    [score] = scores.scores(clock.now(), scores.which(clock.now(), {"month": MARCH}))
    assert (score.n, score.tally.suspended) == (0, 1)
    house.clock.move_to(at(4, 8))
    duties.resume(duty, Act("x", SYSTEM, clock.now()))
    assert duty.due_at == at(4, 9)
    jobs.freeze_month()
    found = scores.scores(clock.now(), scores.which(clock.now(), {}), ("month",))
    assert {s.parts["month"]: (s.tally.suspended, s.tally.running, s.restated) for s in found} == {
        MARCH: (0, 0, True),
        "2026-04": (0, 1, False),
    }


def test_a_month_before_the_first_frozen_one_is_frozen_too_when_a_duty_turns_up_in_it(make, house, demo):
    make.met(CLAUSE, at(3, 10))
    house.clock.move_to(at(4, 6))
    jobs.freeze_month()
    make.met(CLAUSE, at(1, 10), opened_at=at(4, 6, 11), late=timedelta(days=86))
    jobs.freeze_month()
    assert list(FrozenMonth.objects.order_by("month").values_list("month", "rows")) == [
        ("2026-01", 0),
        ("2026-02", 0),
        (MARCH, 1),
    ]
    [score] = scores.scores(clock.now(), scores.which(clock.now(), {"month": "2026-01"}))
    assert (score.frozen.n, score.n, score.tally.late) == (0, 1, 1)


def test_frozen_months_and_the_running_one_add_up(make, house, demo):
    for month, n in ((2, 1), (3, 2), (4, 4)):
        for day in range(n):
            make.met(CLAUSE, at(month, 1 + day))
    make.duty(CLAUSE, at(5, 20))
    house.clock.move_to(at(4, 6))
    assert jobs.freeze_month() == 2
    kept = keeping.kept(clock.now(), instrument="score-a")
    assert (kept.on_time, kept.total) == (7, 7)
    found = scores.scores(clock.now(), scores.which(clock.now(), {}), ("month",))
    assert [(s.parts["month"], s.n) for s in found] == [("2026-02", 1), (MARCH, 2), ("2026-04", 4)]


def test_the_day_is_a_setting(make, house, demo, settings):
    settings.SCORES_FREEZE_DAY = 12
    make.met(CLAUSE, at(3, 10))
    house.clock.move_to(at(4, 11))
    assert jobs.freeze_month() == 0
    house.clock.move_to(at(4, 12, 1))
    assert jobs.freeze_month() == 1
    assert FrozenMonth.objects.get().as_of == at(4, 12, 0)


def test_silence_has_accepted_at_the_end_of_its_time(make, house, demo):
    """Whenever the ticker came: what silence accepted before the month was frozen waits for nobody."""
    from tongxin.heart.agreements import actions as agreements

    clause = make.clause("score-a/results", kind="notify")
    clause.body = {
        "id": "results",
        "kind": "deliver",
        "text": {"zh": "示例", "en": "Illustrative"},
        "title": {"zh": "示例", "en": "Illustrative"},
        "what": {"zh": "示例", "en": "Illustrative"},
        "from": {"role": "ecology_bureau", "of": "he-langfang"},
        "to": {"role": "ecology_bureau", "of": "tj-baodi"},
        "due": {"on": "2026-03-20"},
        "answer": {"within": "P2D", "clock": "calendar", "starts": "delivered"},
        "on_silence": "accept",
    }
    clause.kind = "deliver"
    clause.save()
    duty = make.duty(
        "score-a/results",
        at(3, 20),
        state="claimed",
        delivered_at=at(3, 19),
        answer_due_at=at(3, 21),
        late_entry=timedelta(0),
    )
    house.clock.move_to(at(6, 1))
    assert agreements.answer_silence() == 1
    duty.refresh_from_db()
    assert (duty.state, duty.ended_at) == ("met", at(3, 21))
    [tally] = standing.tallies(periods.named(MARCH), FROZEN).values()
    assert (tally.on_time, tally.waiting) == (1, 0)
    assert Duty.objects.get(pk=duty.pk).delivered_at == at(3, 19)


def test_a_month_that_cannot_be_frozen_keeps_no_other_from_it(make, house, demo, monkeypatch):
    make.met(CLAUSE, at(2, 20))
    make.met(CLAUSE, at(3, 20))
    real = actions.freeze

    def fails_in_february(month):
        if month.name == "2026-02":
            raise ValueError("no open time")
        return real(month)

    monkeypatch.setattr(actions, "freeze", fails_in_february)
    house.clock.move_to(at(5, 6))
    jobs.freeze_month()
    frozen = set(FrozenMonth.objects.values_list("month", flat=True))
    assert MARCH in frozen
    assert "2026-02" not in frozen
