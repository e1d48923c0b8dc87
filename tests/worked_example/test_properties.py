"""What must always hold, whatever happens in whichever order: the real acts, driven at random.

Numbers as in the model: 2 a duty ends once, 3 one open round a key, 4 no due moves without an entry and none after it
passed, 5 reconciling twice is once, 6 events and acts rebuild all duties, 7 one entry an act, 8 no gaps, 10 a terminal
row never changes, 11 nothing of a drill outside, 12 lateness is the same with the ticker off.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.support import snapshots
from tests.worked_example import instruments
from tests.worked_example.test_spill import BAODI, WUQING, Night, at
from tongxin.heart.agreements import actions, jobs, rebuild, reconcile
from tongxin.heart.agreements.duties import spans_of
from tongxin.heart.agreements.models import DueMove, Duty
from tongxin.heart.events.actions import Report
from tongxin.heart.events.models import Event, Matter
from tongxin.heart.exchange.models import Delivery, IdempotencyKey, Message
from tongxin.heart.ledger.models import Entry
from tongxin.petals.ecology.forecast import SPILL_FORECAST
from tongxin.shared.errors import Refused

pytestmark = pytest.mark.django_db(transaction=True)
DESKS = st.sampled_from([BAODI, WUQING])
TERMINAL = list(Duty.TERMINAL)
WHICH = st.integers(0, 1)  # of the two incidents, once there are two
GROUNDS = "    grounds: {no_station: {zh: 示例, en: illustrative}}\n"


class Cooperation(RuleBasedStateMachine):
    """Langfang, Baodi and Wuqing through a night in which anything may happen."""

    house: Any = None
    full: Any = None

    def __init__(self) -> None:
        super().__init__()
        snapshots.restore(self.full)
        self.house.clock.at = at("20:00")
        instruments.enter(
            instruments.law(),
            instruments.agreement_a().replace("    renew:", GROUNDS + "    renew:", 1),
            instruments.agreement_b(3, "PT30M", "2024-01-01"),
        )
        self.night = Night(self.house)
        self.numbers: list[str] = []
        self.ended: dict[int, dict[str, Any]] = {}
        self.drill = False

    @initialize(drill=st.booleans(), late=st.integers(0, 59))
    def reported(self, drill: bool, late: int) -> None:
        self.drill = drill
        self.house.clock.move_to(at("22:40") + timedelta(minutes=late))
        told = self.night.report()
        done = actions.report(
            Report(told.type, told.place, told.known_at, told.data, drill=drill),
            by=self.night.langfang(),
            key=self.night.key(),
            name="ecology.incident.reported",
        )
        self.night.number = done["matter"]
        self.numbers = [done["matter"]]

    @precondition(lambda self: len(self.numbers) == 1)
    @rule(amount=st.sampled_from(["20 t", "40 t"]))
    def reported_again(self, amount: str) -> None:
        """The same thing is reported a second time, as another incident."""
        told = self.night.report(amount)
        told = Report(
            told.type,
            told.place,
            self.house.clock.at,
            told.data | {"description": "示例：再报"},
            drill=self.drill,
        )
        done = actions.report(
            told, by=self.night.langfang(), key=self.night.key(), name="ecology.incident.reported"
        )
        self.numbers.append(done["matter"])

    @precondition(lambda self: len(self.numbers) == 2)
    @rule()
    def became_one(self) -> None:
        by = self.night.langfang()
        try:
            asked = actions.propose_merge(*self.numbers, by=by, key=self.night.key(), reason="示例")
            actions.answer_merge(asked["proposal"], by=by, key=self.night.key(), agree=True)
        except Refused:
            return  # one of the two is closed, or it was proposed before

    @rule(minutes=st.integers(1, 200))
    def time_passes(self, minutes: int) -> None:
        self.house.clock.move_by(minutes=minutes)

    @rule(
        baodi=st.sampled_from([0.0, 0.02, 0.04, 0.5, 0.97]),
        wuqing=st.sampled_from([0.0, 0.005, 0.02, 0.06, 0.4]),
        hours=st.integers(2, 30),
        which=WHICH,
    )
    def forecast(self, baodi: float, wuqing: float, hours: int, which: int) -> None:
        now = self.house.clock.at
        early, middle = now + timedelta(hours=hours - 1), now + timedelta(hours=hours)
        data = instruments.arrivals(
            baodi=(baodi, early.isoformat(), middle.isoformat()), wuqing=(wuqing, "", "")
        )
        told = Report(SPILL_FORECAST, "he-langfang-xianghe", now, data)
        engine = {"name": "spill", "version": "1", "inputs": "0" * 64, "seed": 7}
        self.tried(
            actions.compute,
            self.numbers[which % len(self.numbers)],
            told,
            engine=engine,
            name="ecology.forecast.recorded",
        )

    @rule(amount=st.sampled_from(["2 t", "20 t", "40 t"]), known=st.sampled_from([None, 20, 45]))
    def corrected(self, amount: str, known: int | None) -> None:
        head = self.head()
        told = Report(head.type, head.place_id, self.house.clock.at, self.night.report(amount).data)
        was = at("22:00") + timedelta(minutes=known) if known is not None else None
        self.tried(actions.correct, str(head.id), told, reason="示例", known_corrected=was)

    @rule()
    def withdrawn(self) -> None:
        head = self.head()
        self.tried(actions.withdraw, str(head.id), reason="示例")

    def head(self) -> Any:
        rows = Event.objects.filter(matter=self.night.number, type="ecology.water_incident", replaced_by=None)
        return rows.exclude(act="merge").first()

    @rule(desk=DESKS, which=WHICH)
    def told(self, desk: str, which: int) -> None:
        first, self.night.number = self.night.number, self.numbers[which % len(self.numbers)]
        owed = Duty.objects.filter(matter=self.night.number, owed_desk=desk, state="open", purpose="do")
        if owed.filter(clause_key__startswith="example").exists():
            self.night.tell(desk, amount="20 t")
        self.night.number = first

    @rule(desk=DESKS, which=WHICH)
    def called(self, desk: str, which: int) -> None:
        carried = {"location": "示例", "pollutant": "ammonia", "amount": "20 t", "forecast_arrival": "-"}
        number = self.numbers[which % len(self.numbers)]
        at = self.house.clock.at
        self.tried(actions.tell_by_telephone, matter=number, to_desk=desk, carried=carried, at=at)

    @rule(who=st.sampled_from(["baodi-duty", "wuqing-deputy"]))
    def heard(self, who: str) -> None:
        by = self.house.acting(who)
        for call in Message.objects.filter(to_desk=by.desk, kind="call"):
            self.tried(actions.heard, by=by, message=str(call.id), at=self.house.clock.at)

    @rule(state=st.sampled_from(["open", "suspended"]))
    def stopped_or_goes_on(self, state: str) -> None:
        duty = Duty.objects.filter(state=state, clause_key="example-a/notify", purpose="do").first()
        if duty is None:
            return
        if state == "open":
            self.tried(actions.suspend, duty=duty.pk, ground="no_station")
        else:
            self.tried(actions.resume, duty=duty.pk)

    @rule(desk=DESKS)
    def stood_down(self, desk: str) -> None:
        self.tried(actions.stand_down, matter=self.night.number, to_desk=desk)

    @rule(who=st.sampled_from(["baodi-duty", "wuqing-deputy"]))
    def confirmed(self, who: str) -> None:
        by = self.house.acting(who)
        for message in Message.objects.filter(to_desk=by.desk, kind="notice"):
            self.tried(actions.confirm, by=by, message=str(message.id))

    @precondition(lambda self: Duty.objects.filter(state="open", owed_desk=BAODI).exists())
    @rule()
    def excused(self) -> None:
        duty = Duty.objects.filter(state="open", owed_desk=BAODI).order_by("id")[0]
        self.tried(actions.excuse, by=self.house.acting("baodi-deputy"), duty=duty.pk, reason="示例")

    @rule()
    def rung(self) -> None:
        before = self.lateness()
        jobs.ring_due()
        assert self.lateness() == before  # 12

    @rule()
    def sent_twice(self) -> None:
        """A command that is sent again with its key changes nothing."""
        head = Event.objects.filter(matter=self.night.number).order_by("ordinal").last()
        key = self.night.key()
        for _again in range(2):
            try:
                actions.withdraw(str(head.id), by=self.house.acting("wuqing-duty"), key=key, reason="示例")
            except Refused:
                continue

    def tried(self, do: Any, *args: Any, by: Any = None, **more: Any) -> None:
        """Try an act; what is refused must leave everything as it was."""
        before = (Duty.objects.count(), Entry.objects.count(), Message.objects.count())
        try:
            do(*args, by=by or self.night.langfang(), key=self.night.key(), **more)
        except Refused:
            assert (Duty.objects.count(), Entry.objects.count(), Message.objects.count()) == before

    def lateness(self) -> list[tuple[int, str, Any]]:
        return list(Duty.objects.order_by("id").values_list("id", "state", "due_at"))

    @invariant()
    def a_terminal_row_never_changes(self) -> None:  # 2, 10
        rows = {row["id"]: row for row in Duty.objects.filter(state__in=TERMINAL).values()}
        for pk, row in self.ended.items():
            assert rows[pk] == row
        self.ended = rows

    @invariant()
    def one_open_round_a_key(self) -> None:  # 3
        key = ("clause_key", "thread", "bound_desk_id", "owed_desk_id", "purpose", "subject")
        standing = list(Duty.objects.filter(state__in=Duty.STANDING).values_list(*key))
        assert len(standing) == len(set(standing))

    @invariant()
    def no_due_moves_without_an_entry_and_none_after_it_passed(self) -> None:  # 4
        assert Entry.objects.filter(act="agreements.duty.moved").count() == DueMove.objects.count()
        for move in DueMove.objects.select_related("duty"):
            pauses = spans_of(move.duty.pauses)  # while a clock stands still its due does not pass
            stood = [began for began, until in pauses if until == move.at and move.why == "suspension"]
            assert min([move.at, *stood]) <= move.old

    @invariant()
    def reconciling_again_does_nothing(self) -> None:  # 5
        for matter in Matter.objects.filter(number__in=self.numbers, absorbed_by=None):
            last = Event.objects.filter(matter=matter).order_by("ordinal").last()
            cause = reconcile.cause_of(last, self.house.clock.at)
            assert reconcile.planned(matter, reconcile.view(matter), cause) == []

    def teardown(self) -> None:
        """What is said of everything that happened is looked at once, when it has happened."""
        self.events_and_acts_rebuild_the_duties()
        self.every_act_has_its_entry_and_none_is_missing()

    def events_and_acts_rebuild_the_duties(self) -> None:  # 6
        for number in self.numbers:
            assert rebuild.differences(Matter.objects.get(pk=number)) == []

    def every_act_has_its_entry_and_none_is_missing(self) -> None:  # 7, 8
        indexes = list(Entry.objects.order_by("index").values_list("index", flat=True))
        assert indexes == list(range(len(indexes)))
        rung = {
            "agreements.duty.reminded",
            "agreements.duty.escalated",
        }  # one entry for each row that was taken
        done = IdempotencyKey.objects.filter(act__regex="^(agreements|ecology)[.]").exclude(act__in=rung)
        for name in set(done.values_list("act", flat=True)):
            assert Entry.objects.filter(act=name).count() == done.filter(act=name).count()

    @invariant()
    def nothing_of_a_drill_goes_outside(self) -> None:  # 11
        if self.drill and self.night.number:
            thread = f"matter:{self.night.number}"
            assert not Delivery.objects.exists()
            assert not Duty.objects.filter(thread=thread, drill=False).exists()
            assert not Message.objects.filter(thread=thread, drill=False).exists()


def test_whatever_happens_in_whichever_order(house: Any, loaded: Any) -> None:
    through(house, loaded, nights=5, steps=14)


def test_a_due_that_moves_when_its_clock_runs_on_had_not_passed(house: Any, loaded: Any) -> None:
    """A duty is suspended before its due, and runs on hours after it."""
    Cooperation.house, Cooperation.full = house, loaded[1]
    state = Cooperation()
    state.reported(drill=True, late=57)
    state.stopped_or_goes_on(state="open")
    state.time_passes(minutes=130)
    state.called(desk=BAODI, which=1)
    state.stopped_or_goes_on(state="suspended")
    moved = DueMove.objects.get()
    assert (moved.why, moved.old < moved.at < moved.new) == ("suspension", True)
    state.no_due_moves_without_an_entry_and_none_after_it_passed()
    state.teardown()


@pytest.mark.soak
def test_whatever_happens_in_whichever_order_through_many_nights(house: Any, loaded: Any) -> None:
    through(house, loaded, nights=60, steps=25)


def through(house: Any, loaded: Any, *, nights: int, steps: int) -> None:
    Cooperation.house, Cooperation.full = house, loaded[1]
    run_state_machine_as_test(
        Cooperation,
        settings=settings(
            max_examples=nights,
            stateful_step_count=steps,
            deadline=None,
            phases=[Phase.reuse, Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.parametrize("turn", range(3))
def test_the_order_of_unrelated_events_does_not_matter(house: Any, loaded: Any, turn: int) -> None:
    """Two incidents, told in either order and interleaved with forecasts, make the same duties."""

    def play(order: list[int]) -> set[tuple[Any, ...]]:
        snapshots.restore(loaded[1])
        house.clock.at = at("20:00")
        instruments.enter(instruments.agreement_a(), instruments.agreement_b(3, "PT30M", "2024-01-01"))
        house.clock.move_to(at("23:00"))
        nights = [Night(house), Night(house)]
        names = ["20 t", "3 t"]
        for step, which in enumerate(order):
            night = nights[which]
            night.keys = 100 * (which + 1) + 10 * step
            if not night.number:
                done = actions.report(
                    night.report(names[which]),
                    by=night.langfang(),
                    key=night.key(),
                    name="ecology.incident.reported",
                )
                night.number = done["matter"]
            else:
                night.forecast(
                    instruments.arrivals(
                        baodi=(0.9, at("01:00").isoformat(), at("04:00").isoformat()), wuqing=(0.02, "", "")
                    ),
                    "23:00",
                )
        return {
            (
                names[which],
                d.clause_key,
                d.bound_desk_id,
                d.owed_desk_id,
                d.purpose,
                d.round,
                d.state,
                d.due_at,
            )
            for which in (0, 1)
            for d in Duty.objects.filter(matter=nights[which].number)
        }

    orders = ([1, 0, 1, 0], [1, 1, 0, 0], [0, 1, 1, 0])
    assert play([0, 0, 1, 1]) == play(orders[turn])
