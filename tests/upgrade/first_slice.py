"""Runs as a program of its own: makes the tables of the first slice with a running incident, then upgrades them.

Prints one line of JSON: the duty before and after, and what was done with it afterwards.
"""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parents[2]
FIRST = (("agreements", "0002_initial"), ("events", "0002_initial"), ("cases", "0002_initial"))
BEGINS = datetime(2026, 3, 11, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
LANGFANG, BAODI, WUQING = (f"{p}/ecology_bureau" for p in ("he-langfang", "tj-baodi", "tj-wuqing"))


def main() -> None:
    """Make, upgrade, go on."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tongxin.site.settings"
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from tongxin.heart.region import actions as region
    from tongxin.shared import clock

    call_command("migrate", verbosity=0)
    for app, name in reversed(FIRST):
        call_command("migrate", app, name, verbosity=0)
    old = MigrationExecutor(connection).loader.project_state(list(FIRST)).apps
    with clock.held_at(BEGINS - timedelta(days=1)):
        region.load_region(ROOT / "regions" / "jingjinji")
    with clock.held_at(BEGINS) as hand:
        before = running(old)
        call_command("migrate", verbosity=0)
        print(json.dumps(go_on(before, hand), default=str))


def running(old: Any) -> dict[str, Any]:
    """Enter what the first slice had: an agreement in force, an incident, two duties whose clocks run."""
    source = (ROOT / "regions/jingjinji/instruments/baodi-langfang-water.yaml").read_text(encoding="utf-8")
    model = old.get_model
    instrument = model("agreements", "Instrument").objects.create(
        id="baodi-langfang-water", kind="agreement", field="ecology", title_zh="示例", title_en="Illustrative"
    )
    version = model("agreements", "InstrumentVersion").objects.create(
        id="baodi-langfang-water@1",
        instrument=instrument,
        number=1,
        state="in_force",
        in_force_from="2023-06-01",
        parties=["tj-baodi", "he-langfang"],
        provenance={"terms": "illustrative"},
        canonical_hash="0" * 64,
        source_file="baodi-langfang-water.yaml",
        source_text=source,
    )
    both = {"zh": "示例", "en": "Illustrative"}
    clause = model("agreements", "Clause").objects.create(
        id="baodi-langfang-water@1/notify-downstream",
        version=version,
        name="notify-downstream",
        ordinal=1,
        kind="notify",
        text_zh="示例",
        text_en="Illustrative",
        first_line=1,
        last_line=2,
        body={
            "id": "notify-downstream",
            "kind": "notify",
            "title": both,
            "text": both,
            "when": {"event": "ecology.water_incident", "reach": "crosses_boundary"},
            "from": {"role": "ecology_bureau", "of": "place"},
            "to": {"role": "ecology_bureau", "of": "downstream"},
            "due": {"within": "PT1H", "starts": "known", "clock": "calendar", "calendar_of": "debtor"},
            "must_carry": ["location", "pollutant", "forecast_arrival"],
            "receipt": {"within": "PT30M"},
            "if_late": {"after": "PT30M"},
        },
    )
    matter = model("events", "Matter").objects.create(
        number="M-2026-000001",
        kind="incident",
        title="qinglongwan-jianhe/oil",
        rulebook=["baodi-langfang-water@1"],
        opened_at=BEGINS,
    )
    model("events", "Serial").objects.create(series="M-2026", last=1)
    event = model("events", "Event").objects.create(
        type="ecology.water_incident",
        matter=matter,
        by_desk_id=LANGFANG,
        place_id="he-langfang-xianghe",
        known_at=BEGINS - timedelta(minutes=5),
        recorded_at=BEGINS,
        data={
            "river": "qinglongwan-jianhe",
            "location": "示例",
            "pollutant": "oil",
            "amount": "",
            "level": "III",
            "description": "",
        },
    )
    due = BEGINS + timedelta(minutes=55)
    duty = model("agreements", "Duty").objects.create(
        clause=clause,
        clause_key="baodi-langfang-water/notify-downstream",
        thread="matter:M-2026-000001",
        matter=matter,
        bound_desk_id=LANGFANG,
        owed_desk_id=BAODI,
        purpose="do",
        opened_by=f"event:{event.id}",
        opened_at=BEGINS,
        starts_at=BEGINS - timedelta(minutes=5),
        due_at=due,
        due_count={"clock": "calendar", "within": "PT1H", "starts": "known"},
    )
    return {"duty": duty.pk, "due_at": due, "event": str(event.id)}


def go_on(before: dict[str, Any], hand: Any) -> dict[str, Any]:
    """Go on with the upgraded tables: load the pack again, correct the report, ring, tell."""
    from tongxin.heart.agreements import actions, jobs, reconcile
    from tongxin.heart.agreements.models import Duty
    from tongxin.heart.events.actions import Report
    from tongxin.heart.events.models import Event, Matter
    from tongxin.heart.exchange.acts import act
    from tongxin.heart.region.acting import SYSTEM, Acting
    from tongxin.shared import clock
    from tongxin.site import pack

    pack.load(ROOT / "regions" / "jingjinji")
    duty = Duty.objects.get(pk=before["duty"])
    upgraded = {"state": duty.state, "due_at": duty.due_at, "moves": duty.moves.count()}
    event = Event.objects.get(pk=before["event"])
    with act("test.reconciled", by=SYSTEM, key="upgrade", request={}) as a:
        matter = Matter.objects.get(pk="M-2026-000001")
        again = reconcile.reconcile(matter, a, reconcile.cause_of(event, a.at))
    hand.move_by(timedelta(minutes=56))
    jobs.ring_due()
    by = Acting(
        post="he-langfang-ecology/duty_officer",
        desk=LANGFANG,
        jurisdiction="he-langfang",
        capabilities=frozenset({"report_incident", "notify"}),
    )
    carried = {"location": "示例", "pollutant": "oil", "forecast_arrival": "14:00"}
    actions.tell(by=by, key="told", matter=matter.number, to_desk=BAODI, carried=carried)
    duty.refresh_from_db()
    hand.move_by(timedelta(minutes=10))
    told = Report(event.type, event.place_id, clock.now(), event.data | {"pollutant": "phenol"})
    done = actions.correct(str(event.id), told, by=by, key="corrected", reason="示例")
    rounds = Duty.objects.filter(matter=matter, purpose="do", owed_desk=BAODI).order_by("round")
    return {
        "before": before,
        "upgraded": upgraded,
        "opened_again": len(again.opened),
        "rings": duty.rings.count(),
        "met": [duty.state, duty.delivered_at > duty.due_at],
        "corrected": len(done["duties"]),
        "rounds": [[d.round, d.state] for d in rounds],
    }


if __name__ == "__main__":
    main()
