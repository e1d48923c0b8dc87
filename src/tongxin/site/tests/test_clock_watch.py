"""Recorded time never runs backwards, and a clock that jumps more than two seconds is an entry."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tongxin.heart.exchange.acts import act
from tongxin.heart.ledger.models import Entry, Payload
from tongxin.heart.region.acting import SYSTEM
from tongxin.shared import clock
from tongxin.site import background, clock_watch

NOON = datetime(2026, 3, 11, 4, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@dataclass
class Machine:
    """A machine's two clocks: the one that is set, and the one that only runs."""

    wall: datetime = NOON
    passed: float = 1000.0

    def runs(self, seconds: float, *, shown: float | None = None) -> None:
        """Time passes; the wall clock shows so much of it, or something else."""
        self.passed += seconds
        self.wall += timedelta(seconds=seconds if shown is None else shown)

    def watch(self) -> clock.Watch:
        return clock.Watch(lambda: self.wall, lambda: self.passed)


class TestTheWatch:
    def test_a_clock_that_runs_as_time_passes_has_not_jumped(self):
        machine = Machine()
        watch = machine.watch()
        for seconds in (0, 1, 15, 86_400):
            machine.runs(seconds)
            assert watch.look() is None

    @pytest.mark.parametrize("off", [-2.0, -0.5, 0.5, 2.0])
    def test_two_seconds_are_allowed(self, off):
        machine = Machine()
        watch = machine.watch()
        machine.runs(15, shown=15 + off)
        assert watch.look() is None

    @pytest.mark.parametrize("off", [-3600.0, -2.001, 2.001, 3600.0])
    def test_more_is_a_jump_and_is_told_once(self, off):
        machine = Machine()
        watch = machine.watch()
        machine.runs(15, shown=15 + off)
        jump = watch.look()
        assert jump is not None
        assert jump.length == timedelta(seconds=off)
        assert jump.expected == NOON + 15 * SECOND
        machine.runs(15)
        assert watch.look() is None

    def test_the_steady_clock_runs(self):
        before = clock.steady()
        assert clock.steady() >= before
        assert abs(clock.system() - datetime.now(UTC)) < timedelta(seconds=5)
        assert clock.Watch().look() is None


def recorded(key: str) -> datetime:
    """Do something, and return what was recorded as its time."""
    with act("site.clock.tested", by=SYSTEM, key=key, request={}) as a:
        a.entry("clock:test")
    return a.at


def jumps() -> list[dict[str, Any]]:
    rows = Entry.objects.filter(act="site.clock.jumped").order_by("index")
    return [json.loads(bytes(Payload.objects.get(entry=row).body)) for row in rows]


@pytest.mark.django_db(transaction=True)
class TestTheEntry:
    def test_what_is_recorded_never_runs_backwards(self):
        with clock.held_at(NOON):
            assert recorded("one") == NOON
        with clock.held_at(NOON - timedelta(minutes=30)):
            assert recorded("two") == NOON
        with clock.held_at(NOON + SECOND):
            assert recorded("three") == NOON + SECOND
        assert list(Entry.objects.order_by("index").values_list("at", flat=True))[1:] == [
            NOON,
            NOON,
            NOON + SECOND,
        ]

    def test_a_jump_forward_is_one_entry(self):
        machine = Machine()
        watch = machine.watch()
        machine.runs(15, shown=15 + 3600)
        with clock.held_at(machine.wall):
            assert clock_watch.look(watch) is not None
            machine.runs(15)
            assert clock_watch.look(watch) is None
        assert jumps() == [
            {
                "expected": clock.iso(NOON + 15 * SECOND),
                "found": clock.iso(NOON + 3615 * SECOND),
                "milliseconds": 3_600_000,
            }
        ]

    def test_a_step_back_behind_the_last_entry_is_one_entry_however_often_one_looks(self):
        machine = Machine()
        watch = machine.watch()
        with clock.held_at(machine.wall):
            recorded("one")
        machine.runs(15, shown=15 - 1800)
        for _look in range(3):
            with clock.held_at(machine.wall):
                clock_watch.look(watch)
            machine.runs(15)
        assert [it["milliseconds"] for it in jumps()] == [-1_800_000]
        assert Entry.objects.get(act="site.clock.jumped").at == NOON, "it does not run backwards either"

    def test_a_process_that_starts_with_a_clock_behind_the_log_says_so_once(self):
        with clock.held_at(NOON):
            recorded("one")
        for _process in range(2):
            with clock.held_at(NOON - timedelta(minutes=10)):
                clock_watch.look(Machine(NOON - timedelta(minutes=10)).watch())
        assert [it["milliseconds"] for it in jumps()] == [-600_000]

    def test_a_log_without_entries_is_behind_nothing(self):
        with clock.held_at(NOON):
            assert clock_watch.look(Machine().watch()) is None
        assert not Entry.objects.exists()


def test_the_ticker_looks():
    assert clock_watch.look in [job for _name, job, _every in background.jobs()]
