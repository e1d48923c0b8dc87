"""The spill of 9 and 10 March 2026, minute by minute: Langfang lies upstream, Baodi and Wuqing below."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.support.world import BEIJING
from tests.worked_example import instruments
from tongxin.heart.agreements import actions, jobs
from tongxin.heart.agreements.models import Duty, Performance, Ring
from tongxin.heart.events.actions import Report
from tongxin.heart.events.models import Event, Matter
from tongxin.heart.ledger.verify import verify_log
from tongxin.petals.ecology.forecast import SPILL_FORECAST

pytestmark = pytest.mark.django_db(transaction=True)
LANGFANG, BAODI, WUQING = (f"{place}/ecology_bureau" for place in ("he-langfang", "tj-baodi", "tj-wuqing"))
A, B, L = "example-a/notify", "example-b/notify", "example-law"


def at(text: str) -> datetime:
    """22:40 is on 9 March; what is before noon is on the 10th."""
    hour, minute = map(int, text.split(":"))
    return datetime(2026, 3, 9 if hour >= 12 else 10, hour, minute, tzinfo=BEIJING)


def iso(text: str) -> str:
    return datetime(2026, 3, 10, *map(int, text.split(":")), tzinfo=BEIJING).isoformat()


class Night:
    """The night as it goes on, told through the product's own acts."""

    def __init__(self, house: Any) -> None:
        self.house = house
        self.number = ""
        self.keys = 0

    def key(self) -> str:
        self.keys += 1
        return f"night-{self.keys}"

    def it_is(self, text: str) -> None:
        self.house.clock.move_to(at(text))

    def report(self, amount: str = "20 t") -> Report:
        return Report(
            "ecology.water_incident",
            "he-langfang-xianghe",
            at("22:40"),
            {
                "river": "qinglongwan-jianhe",
                "location": "示例：土门楼闸下",
                "pollutant": "ammonia",
                "amount": amount,
                "level": "II",
            },
        )

    def langfang(self, post: str = "") -> Any:
        return self.house.acting("langfang-duty")

    def forecast(self, data: dict[str, Any], known: str) -> None:
        told = Report(SPILL_FORECAST, "he-langfang-xianghe", at(known), data)
        engine = {"name": "spill", "version": "1", "inputs": "0" * 64, "seed": 7}
        actions.compute(
            self.number,
            told,
            by=self.langfang(),
            key=self.key(),
            engine=engine,
            name="ecology.forecast.recorded",
        )

    def tell(self, desk: str, amount: str = "20 t", arrival: str = "14:00") -> dict[str, Any]:
        owed = Duty.objects.filter(
            matter=self.number, bound_desk=LANGFANG, owed_desk=desk, purpose="do", state="open"
        )
        given = {
            "location": "示例：土门楼闸下",
            "pollutant": "ammonia",
            "amount": amount,
            "forecast_arrival": arrival,
        }
        asked = {n for d in owed.select_related("clause") for n in d.clause.body["must_carry"]}
        carried = {name: given[name] for name in asked}
        return actions.tell(
            by=self.langfang(), key=self.key(), matter=self.number, to_desk=desk, carried=carried
        )

    def confirm(self, who: str, told: dict[str, Any]) -> None:
        actions.confirm(by=self.house.acting(who), key=self.key(), message=told["message"])

    def duties(self, key: str, owed: str = "", purpose: str = "do", bound: str = "") -> list[Duty]:
        rows = Duty.objects.filter(matter=self.number, clause_key__startswith=key, purpose=purpose)
        rows = rows.filter(owed_desk=owed) if owed else rows
        rows = rows.filter(bound_desk=bound) if bound else rows
        return list(rows.order_by("round", "subject", "id"))

    def states(self, key: str, owed: str) -> list[tuple[int, str, datetime]]:
        return [(d.round, d.state, d.due_at) for d in self.duties(key, owed)]


@pytest.fixture
def night(house: Any) -> Night:
    house.clock.at = at("20:00")
    instruments.enter(
        instruments.law(),
        instruments.agreement_a(),
        instruments.agreement_b(3, "PT30M", "2024-01-01"),
        instruments.agreement_b(4, "PT20M", "2026-03-10"),
    )
    return Night(house)


def begin(night: Night) -> None:
    """22:40 known, 23:10 recorded, with the first forecast."""
    night.it_is("23:10")
    done = actions.report(
        night.report(), by=night.langfang(), key=night.key(), name="ecology.incident.reported"
    )
    night.number = done["matter"]
    night.forecast(
        instruments.arrivals(baodi=(0.97, iso("09:00"), iso("14:00")), wuqing=(0.40, "", "")), "23:10"
    )


def test_the_night_of_the_spill(night, house):
    begin(night)
    matter = Matter.objects.get(pk=night.number)
    assert [v for v in matter.rulebook if v.startswith("example")] == [
        "example-a@1",
        "example-b@3",
        "example-law@1",
    ]
    assert night.states(A, BAODI) == [(1, "open", at("23:40"))]
    assert night.states(B, BAODI) == [(1, "open", at("23:10"))]
    assert night.states(B, WUQING) == [(1, "open", at("23:10"))]
    assert {(d.owed_desk_id, d.due_at) for d in night.duties(L)} == {
        ("he-langfang/government_office", at("00:40")),
        ("he/ecology_bureau", at("00:40")),
    }
    assert [d.needed_by for d in night.duties(A, BAODI)] == [at("07:00")]

    # 23:18 and 23:20: told; B is 8 and 10 minutes late. 23:25: the law is met.
    night.it_is("23:18")
    baodi = night.tell(BAODI)
    night.it_is("23:20")
    wuqing = night.tell(WUQING)
    night.it_is("23:25")
    for desk in ("he-langfang/government_office", "he/ecology_bureau"):
        night.tell(desk)
    assert all(d.state == "met" and d.delivered_at <= d.due_at for d in night.duties(L))
    late = [(d.delivered_at - d.due_at).total_seconds() // 60 for d in night.duties(B)]
    assert sorted(late) == [8, 10]
    assert [d.delivered_at <= d.due_at for d in night.duties(A, BAODI)] == [True]
    receipts = {(d.clause_key, d.bound_desk_id): d.due_at for d in night.duties("example", purpose="confirm")}
    assert receipts == {(A, BAODI): at("23:48"), (B, BAODI): at("23:48"), (B, WUQING): at("23:50")}

    # 23:31: Baodi confirms. 23:50: nobody is on Wuqing's roster, so the deputy is rung at once.
    night.it_is("23:31")
    night.confirm("baodi-duty", baodi)
    night.it_is("23:49")
    jobs.ring_due()
    night.it_is("23:50")
    jobs.ring_due()
    owed = night.duties(B, purpose="confirm", bound=WUQING)[0]
    assert list(Ring.objects.filter(duty=owed).order_by("id").values_list("step", "post", "skipped")) == [
        ("remind", "", True),
        ("next_on_duty", "", True),
        ("deputy", "tj-wuqing-ecology/deputy", False),
    ]
    assert Ring.objects.get(duty=owed, step="deputy").at == at("23:50")
    night.it_is("00:12")
    night.confirm("wuqing-deputy", wuqing)
    owed.refresh_from_db()
    assert (owed.state, owed.delivered_at - owed.due_at) == ("met", at("00:12") - at("23:50"))

    # 00:00: B v4 comes into force; the matter keeps v3.
    matter.refresh_from_db()
    assert "example-b@3" in matter.rulebook
    assert "example-b@4" not in [*matter.rulebook, *matter.joined]

    # 01:30: forecast 2. A is renewed, B never; Wuqing at 3 % is still bound, and there is nothing to do.
    night.it_is("01:30")
    before = Duty.objects.count()
    night.forecast(
        instruments.arrivals(baodi=(0.98, iso("09:00"), iso("11:30")), wuqing=(0.03, "", "")), "01:30"
    )
    assert Duty.objects.count() == before + 1
    assert night.states(A, BAODI) == [(1, "met", at("23:40")), (2, "open", at("02:30"))]
    night.it_is("02:05")
    night.tell(BAODI, arrival="11:30")
    assert [s for _r, s, _d in night.states(A, BAODI)] == ["met", "met"]

    # 04:10: forecast 3. Baodi moves by ten minutes: nothing. Wuqing is let go: stand down by 05:10, met 04:20.
    night.it_is("04:10")
    before = Duty.objects.count()
    night.forecast(
        instruments.arrivals(baodi=(0.98, iso("09:00"), iso("11:20")), wuqing=(0.005, "", "")), "04:10"
    )
    assert Duty.objects.count() == before + 1
    [down] = night.duties(B, WUQING, purpose="stand_down")
    assert (down.state, down.due_at) == ("open", at("05:10"))
    night.it_is("04:20")
    actions.stand_down(by=night.langfang(), key=night.key(), matter=night.number, to_desk=WUQING)
    down.refresh_from_db()
    assert (down.state, down.delivered_at) == ("met", at("04:20"))

    # 05:00: two tonnes, not twenty. What was carried was wrong: told anew, with one message; Wuqing: nothing.
    night.it_is("05:00")
    before = Duty.objects.count()
    root = Event.objects.get(matter=matter, type="ecology.water_incident")
    corrected = Report(root.type, root.place_id, at("05:00"), night.report("2 t").data, late_reason="")
    actions.correct(str(root.id), corrected, by=night.langfang(), key=night.key(), reason="示例：复核后更正")
    assert Duty.objects.count() == before + 2
    assert night.states(A, BAODI)[2:] == [(3, "open", at("06:00"))]
    assert night.states(B, BAODI)[1:] == [(2, "open", at("05:30"))]
    assert [s for _r, s, _d in night.states(B, WUQING)] == ["met"]
    night.it_is("05:22")
    sent = night.tell(BAODI, amount="2 t", arrival="11:20")
    assert len(sent["met"]) == 2
    assert Performance.objects.get(message=sent["message"]).duties.count() == 2

    # 08:30: Baodi's bureau is merged; its sample is due 09:00 all the same, and the new office hands it in.
    [sample] = night.duties("example-a/sample")
    assert (sample.bound_desk_id, sample.due_at) == (BAODI, at("09:00"))
    night.it_is("08:30")
    merge_bureau(house)
    night.it_is("08:55")
    by = house.acting("baodi-on-call", desk=BAODI)
    actions.tell(
        by=by, key=night.key(), matter=night.number, to_desk=LANGFANG, carried={"sample": "0.8 mg/L"}
    )
    sample.refresh_from_db()
    assert (sample.state, sample.due_at, sample.delivered_at) == ("met", at("09:00"), at("08:55"))
    assert sample.performance.post == "tj-baodi-coordination/duty_officer"

    score(night)
    assert verify_log().holds


def merge_bureau(house: Any) -> None:
    """The bureau's desk is staffed by the coordination office from this day on."""
    from tongxin.site.people import actions as people

    admin = house.acting("baodi-admin")
    people.move_desk(
        by=admin, key="merge", desk=BAODI, office="tj-baodi-coordination", on=house.clock.at.date()
    )


def score(night: Night) -> None:
    """A notify 3 of 3 on time; B notify 1 of 3, its first receipt 1 of 2, stand down 1 of 1."""

    def kept(key: str, purpose: str, subject: str = "") -> tuple[int, int]:
        rows = [d for d in night.duties(key, purpose=purpose) if not subject or d.subject == subject]
        return sum(d.state == "met" and d.delivered_at <= d.due_at for d in rows), len(rows)

    assert kept(A, "do") == (3, 3)
    assert kept(B, "do") == (1, 3)
    assert kept(B, "confirm", "round:1") == (1, 2)
    assert kept(B, "stand_down") == (1, 1)
