"""The loaded region with a moved clock, and duties made by hand, for tests of scores."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest

from tests.support.world import house, loaded, moved_clock

__all__ = ["house", "loaded", "moved_clock"]

LANGFANG, BAODI, WUQING = (f"{place}/ecology_bureau" for place in ("he-langfang", "tj-baodi", "tj-wuqing"))


@pytest.fixture
def _django_db_helper(django_db_setup: None) -> None:
    """In place of pytest-django's, which would flush every table after each test: `house` puts them back instead."""


class Maker:
    """Makes clauses, events and duties as rows: what the acts would have written, in any shape a test wants."""

    def __init__(self) -> None:
        self.numbers = count(1)

    def clause(
        self, key: str, *, illustrative: bool = True, field: str = "ecology", kind: str = "notify"
    ) -> Any:
        from tongxin.heart.agreements.models import Clause, Instrument, InstrumentVersion

        found = Clause.objects.filter(id=f"{key.replace('/', '@1/')}").first()
        if found:
            return found
        instrument, name = key.split("/")
        Instrument.objects.get_or_create(
            id=instrument,
            defaults={
                "kind": "agreement",
                "field": field,
                "title_zh": f"示例协议 {instrument}",
                "title_en": f"Agreement {instrument}",
            },
        )
        version, _new = InstrumentVersion.objects.get_or_create(
            id=f"{instrument}@1",
            defaults={
                "instrument_id": instrument,
                "number": 1,
                "state": "in_force",
                "in_force_from": "2024-01-01",
                "illustrative": illustrative,
                "canonical_hash": f"{next(self.numbers):064}",
                "source_file": f"{instrument}.yaml",
                "source_text": "",
                "provenance": {"known_from": {"zh": "示例", "en": "illustrative"}},
                "parties": ["he-langfang", "tj-baodi", "tj-wuqing"],
                "binds_from": datetime.fromisoformat("2024-01-01T00:00:00+08:00"),
            },
        )
        template = Clause.objects.filter(kind=kind).exclude(id=f"{instrument}@1/{name}").first()
        return Clause.objects.create(
            id=f"{instrument}@1/{name}",
            version=version,
            name=name,
            ordinal=next(self.numbers),
            kind=kind,
            title_zh=f"条款 {name}",
            title_en=f"Clause {name}",
            text_zh="示例",
            text_en="Illustrative",
            body=template.body,
            first_line=1,
            last_line=2,
        )

    def event(self, known_at: datetime, recorded_at: datetime, engine: Any = None) -> Any:
        from tongxin.heart.events.models import Event, Matter

        number = f"M-2026-{next(self.numbers):06}"
        matter = Matter.objects.create(number=number, kind="incident", title="示例", opened_at=recorded_at)
        return Event.objects.create(
            type="ecology.water_incident",
            matter=matter,
            by_desk_id=LANGFANG,
            place_id="he-langfang-xianghe",
            known_at=known_at,
            recorded_at=recorded_at,
            engine=engine,
        )

    def duty(self, key: str, due_at: datetime, **more: Any) -> Any:
        """One duty; `done_at` and `withheld` make its performance, `late_entry` the event that opened it."""
        from tongxin.heart.agreements.models import Duty, Performance

        n = next(self.numbers)
        clause = self.clause(key)
        opened_at = more.pop("opened_at", due_at - timedelta(hours=1))
        done_at, withheld = more.pop("done_at", more.get("delivered_at")), more.pop("withheld", [])
        late_entry = more.pop("late_entry", None)
        desk = more.pop("desk", LANGFANG)
        event = self.event(opened_at - late_entry, opened_at) if late_entry is not None else None
        performance = None
        if done_at is not None:
            performance = Performance.objects.create(
                act="agreements.notice.sent",
                desk_id=desk,
                post="he-langfang-ecology/duty_officer",
                at=done_at,
                withheld=withheld,
            )
        values = {
            "clause": clause,
            "clause_key": key,
            "thread": f"matter:{event.matter_id}" if event else f"matter:M-2026-{n:06}",
            "matter": event.matter if event else None,
            "bound_desk_id": desk,
            "owed_desk_id": BAODI if desk != BAODI else LANGFANG,
            "purpose": "do",
            "subject": f"s{n}",
            "opened_by": f"event:{event.id}" if event else "message:none",
            "opened_at": opened_at,
            "starts_at": opened_at,
            "due_at": due_at,
            "performance": performance,
            "illustrative": clause.version.illustrative,
        }
        return Duty.objects.create(**values | more)

    def met(self, key: str, due_at: datetime, late: timedelta = timedelta(minutes=-5), **more: Any) -> Any:
        """A duty that was met so long after its due; before it when `late` is below zero."""
        at = due_at + late
        return self.duty(key, due_at, state="met", delivered_at=at, ended_at=at, **more)


@pytest.fixture
def make(house: Any) -> Maker:
    return Maker()
