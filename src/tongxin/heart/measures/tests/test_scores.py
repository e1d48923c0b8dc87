"""Scores against a plain loop over all duties, and against the night of the worked example."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from statistics import median

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.properties import examples
from tongxin.heart.agreements.models import Duty
from tongxin.heart.events.models import Event
from tongxin.heart.measures import scores
from tongxin.heart.measures.tests.conftest import BAODI, LANGFANG, WUQING
from tongxin.shared import clock

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 3, 20, 12, 0, tzinfo=clock.BEIJING)
SLOW = settings(max_examples=examples(15), suppress_health_check=[HealthCheck.function_scoped_fixture])
BEIJING_MONTH = timedelta(hours=8)  # the oracle's own way to a month on the wall: no time zone, a sum
KEYS = ("score-a/notify", "score-a/answer", "score-b/notify")

minutes = st.integers(-90 * 1440, 30 * 1440)


@st.composite
def drawn(draw):
    """One duty in any state that the house can bring about."""
    due_at = NOW + timedelta(minutes=draw(minutes))
    opened_at = due_at - timedelta(minutes=draw(st.integers(-600, 4000)))
    state = draw(st.sampled_from(["open", "claimed", "suspended", "met", "excused", "void", "failed"]))
    delivered = draw(st.sampled_from([-61, -1, 0, 1, 61]))
    given = {
        "state": state,
        "desk": draw(st.sampled_from([LANGFANG, BAODI, WUQING])),
        "purpose": draw(st.sampled_from(["do", "confirm", "stand_down"])),
        "drill": draw(st.sampled_from([False, False, False, True])),
        "no_time_left": draw(st.sampled_from([False, False, False, True])),
        "sent_back": draw(st.integers(0, 2)),
        "opened_at": opened_at,
        "withheld": draw(st.sampled_from([[], [["amount", "bar"]]])),
        "illustrative": draw(st.booleans()),
        "late_entry": draw(
            st.none() | st.integers(0, 300).map(lambda n: timedelta(minutes=n, seconds=n % 60))
        ),
    }
    if state in {"claimed", "met"} or draw(st.booleans()):
        given["delivered_at"] = due_at + timedelta(minutes=delivered)
    if state in Duty.TERMINAL:
        given["ended_at"] = due_at + timedelta(hours=2)
    return draw(st.sampled_from(KEYS)), due_at, given


class Slow:
    """Counts one duty after the other, reading each as a person would."""

    def __init__(self, rows, now):
        self.counts: Counter[str] = Counter()
        self.minutes = []
        for duty in rows:
            self.read(duty, now)

    def read(self, duty, now):
        if duty.drill:
            self.counts["drill"] += 1
            return
        self.counts["sent_back"] += duty.sent_back
        done = duty.performance if duty.state in ("met", "claimed") else None
        if done is not None and done.withheld != []:
            self.counts["withheld"] += 1
        kind, _colon, event = duty.opened_by.partition(":")
        if kind == "event":
            told = Event.objects.get(pk=event)
            self.minutes.append(int((told.recorded_at - told.known_at).total_seconds() // 60))
        if duty.state == "excused":
            self.counts["excused"] += 1
        elif duty.state == "void":
            self.counts["void"] += 1
        elif duty.no_time_left:
            self.counts["no_time_left"] += 1
        elif duty.state in ("met", "claimed"):
            self.counts["on_time" if duty.delivered_at <= duty.due_at else "late"] += 1
            if duty.state == "claimed":
                self.counts["waiting"] += 1
        elif duty.state == "failed":
            self.counts["failed"] += 1
        elif duty.state == "suspended":
            self.counts["suspended"] += 1
        else:
            self.counts["overdue" if now > duty.due_at else "running"] += 1


def parts_of(duty, by):
    wall = duty.due_at.replace(tzinfo=None) + BEIJING_MONTH
    values = {
        "clause": duty.clause_key,
        "instrument": duty.clause_key.split("/")[0],
        "field": "ecology",
        "desk": duty.bound_desk_id,
        "jurisdiction": duty.bound_desk_id.split("/")[0],
        "purpose": duty.purpose,
        "month": f"{wall.year}-{wall.month:02}",
    }
    return tuple(values[part] for part in by)


def check(by, wanted, made_up_too):
    rows = [
        duty
        for duty in Duty.objects.select_related("performance")
        if wanted.since <= parts_of(duty, ("month",))[0] <= wanted.until
        and (made_up_too or not duty.illustrative)
    ]
    expected: dict[tuple[str, ...], list[Duty]] = {}
    for duty in rows:
        expected.setdefault(parts_of(duty, by), []).append(duty)
    found = {tuple(s.parts.values()): s for s in scores.scores(NOW, wanted, by, extras=True)}
    assert set(found) == set(expected)
    for key, group in expected.items():
        slow, score = Slow(group, NOW), found[key]
        told = score.tally.as_json()
        delays = told.pop("delays")
        assert {name: n for name, n in told.items() if n} == {k: n for k, n in slow.counts.items() if n}
        assert sorted(int(m) for m, n in delays.items() for _ in range(n)) == sorted(slow.minutes)
        if slow.minutes:
            assert (score.delay.median, score.delay.longest) == (median(slow.minutes), max(slow.minutes))
        n = sum(slow.counts[name] for name in ("on_time", "late", "failed", "overdue"))
        assert score.n == n
        assert score.share == (slow.counts["on_time"] / n if n >= 5 else None)
        assert score.illustrative == any(duty.illustrative for duty in group)


@SLOW
@given(duties=st.lists(drawn(), max_size=25), demo=st.booleans())
def test_sql_counts_what_a_plain_loop_counts(make, house, settings, duties, demo):
    settings.DEMO = demo
    with transaction.atomic():
        for key, due_at, more in duties:
            make.duty(key, due_at, **more)
        wanted = scores.Which("2025-12", "2026-04")
        for by in (
            ("clause", "desk", "purpose", "month"),
            ("clause", "purpose"),
            ("desk",),
            ("jurisdiction", "month"),
            ("instrument",),
            ("field", "purpose"),
            (),
        ):
            check(by, wanted, demo)
        check(("clause", "month"), scores.Which("2026-02", "2026-02"), demo)
        transaction.set_rollback(True)


def test_what_is_asked_for_narrows_the_score(make, settings):
    settings.DEMO = True
    due = NOW - timedelta(days=2)
    make.met("score-a/notify", due)
    make.met("score-a/notify", due, desk=BAODI, purpose="confirm")
    make.met("score-b/notify", due, timedelta(minutes=9))

    def told(**asked):
        return scores.total(scores.scores(NOW, scores.which(NOW, asked))).tally.as_json()

    assert (told()["on_time"], told()["late"]) == (2, 1)
    assert told(instrument="score-a")["late"] == 0
    assert told(clause="score-b/notify")["late"] == 1
    assert told(party="tj-baodi")["on_time"] == 1
    assert told(desk=LANGFANG, purpose="do")["on_time"] == 1
    assert told(field="services")["on_time"] == 0
    assert told(month="2026-02")["on_time"] == 0
    assert told(since="2026-03", until="2026-03")["on_time"] == 2


@pytest.mark.parametrize(
    "asked",
    [
        {"month": "2026-13"},
        {"since": "March"},
        {"since": "2026-03", "until": "2026-01"},
        {"since": "2020-01"},
    ],
)
def test_a_month_that_is_none_is_refused(house, asked):
    from tongxin.shared.errors import Invalid

    with pytest.raises(Invalid):
        scores.which(NOW, asked)


def test_no_percentage_under_five(make, settings):
    settings.DEMO = True
    for n in range(4):
        make.met("score-a/notify", NOW - timedelta(days=n))
    make.duty("score-a/notify", NOW - timedelta(hours=1), state="excused", ended_at=NOW)
    [score] = scores.scores(NOW, scores.which(NOW, {}), ("clause",))
    assert (score.n, score.share) == (4, None)
    make.met("score-a/notify", NOW - timedelta(days=5), timedelta(minutes=1))
    [score] = scores.scores(NOW, scores.which(NOW, {}), ("clause",))
    assert (score.n, score.share) == (5, 0.8)


def test_the_month_is_the_one_on_the_wall(make, settings):
    settings.DEMO = True
    midnight = datetime(2026, 3, 1, 0, 0, tzinfo=clock.BEIJING)
    make.met("score-a/notify", midnight)
    make.met("score-a/notify", midnight - timedelta(microseconds=1))
    found = scores.scores(NOW, scores.which(NOW, {}), ("month",))
    assert [(s.parts["month"], s.n) for s in found] == [("2026-02", 1), ("2026-03", 1)]


def test_outside_the_demonstration_illustrative_duties_are_not_scored(make, settings):
    make.met("score-a/notify", NOW - timedelta(days=1))
    make.met("score-a/notify", NOW - timedelta(days=1), illustrative=False)
    [score] = scores.scores(NOW, scores.which(NOW, {}), ("clause",))
    assert (score.n, score.illustrative) == (1, False)
    settings.DEMO = True
    [score] = scores.scores(NOW, scores.which(NOW, {}), ("clause",))
    assert (score.n, score.illustrative) == (2, True)


def test_behind_every_number_stand_its_duties(make, settings):
    settings.DEMO = True
    past = NOW - timedelta(days=1)
    for state in ("open", "suspended", "excused", "void", "failed"):
        make.duty("score-a/notify", past, state=state)
    make.met("score-a/notify", past)
    make.met("score-a/notify", past, timedelta(minutes=2), withheld=[["amount", "bar"]])
    make.duty("score-a/notify", past, state="claimed", delivered_at=past, sent_back=1)
    make.duty("score-a/notify", past, drill=True)
    make.duty("score-a/notify", past, no_time_left=True)
    make.duty("score-a/notify", NOW + timedelta(days=1))
    wanted = scores.which(NOW, {})
    [score] = scores.scores(NOW, wanted, ("clause",), extras=True)
    for number in scores.NUMBERS:
        behind = Duty.objects.filter(scores.behind(NOW, wanted, number)).count()
        assert behind == (score.n if number == "n" else getattr(score.tally, number)), number
