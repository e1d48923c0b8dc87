"""The words that the heart itself brings to the clause language: periods, tasks, milestones, offices above, measures.

A period and a task are told by the calendar, a milestone by a desk; who lies above a reporter is read from the region.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from tongxin.heart.agreements import vocabulary
from tongxin.heart.agreements.language import Period
from tongxin.heart.agreements.match import MILESTONE, PERIOD, TASK
from tongxin.heart.agreements.vocabulary import Answer, Fact
from tongxin.heart.events import vocabulary as events
from tongxin.heart.region import queries as region


class _Plain(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PeriodData(_Plain):
    """A period of an instrument whose clauses return: `2026-03`, from its begin to its end (exclusive)."""

    instrument: str = Field(min_length=1, max_length=80)
    every: Period
    period: str = Field(min_length=4, max_length=10)
    begins: AwareDatetime
    ends: AwareDatetime


class TaskData(_Plain):
    """A version came into force whose clauses deliver by a day; `clauses` names them, empty means all of them."""

    instrument: str = Field(min_length=1, max_length=80)
    version: int = Field(ge=1)
    clauses: list[str] = Field(default_factory=list)


class MilestoneData(_Plain):
    """A milestone of an instrument was reached."""

    instrument: str = Field(min_length=1, max_length=80)
    milestone: str = Field(min_length=1, max_length=60)


def register_all() -> None:
    """Register everything once, when Django starts."""
    events.register(
        events.EventType(
            name=PERIOD,
            title=_("A period begins"),
            matter_kind="period",
            data=PeriodData,
            title_of=lambda data: f"{data['instrument']}/{data['period']}",
            example=lambda: {
                "instrument": "example",
                "every": "P1M",
                "period": "2026-03",
                "begins": "2026-03-01T00:00:00+08:00",
                "ends": "2026-04-01T00:00:00+08:00",
            },
        )
    )
    events.register(
        events.EventType(
            name=TASK,
            title=_("An agreement with dated tasks comes into force"),
            matter_kind="task",
            data=TaskData,
            title_of=lambda data: str(data["instrument"]),
            example=lambda: {"instrument": "example", "version": 1},
        )
    )
    events.register(
        events.EventType(
            name=MILESTONE,
            title=_("A milestone is reached"),
            needs="perform",
            matter_kind="task",
            data=MilestoneData,
            title_of=lambda data: f"{data['instrument']}/{data['milestone']}",
            example=lambda: {"instrument": "example", "milestone": "opened"},
        )
    )
    vocabulary.register_question(
        "superior",
        _superior,
        title=_("one level above the reporting office"),
        within_parties=False,
        certain=True,
    )
    vocabulary.register_question(
        "province",
        _province,
        title=_("of the province or municipality"),
        within_parties=False,
        certain=True,
    )
    for name, title in (
        ("on_time", _("on time")),
        ("notice_on_time", _("notices on time")),
        ("answered_on_time", _("answers on time")),
        ("delivered_on_time", _("deliveries on time")),
        ("settled_on_time", _("settlements on time")),
    ):
        vocabulary.register_measure(name, title)


def _superior(fact: Fact, _params: dict[str, Any]) -> list[Answer]:
    above = region.lineage(fact.reporter)[1:2]
    return [Answer(place, 1.0) for place in above]


def _province(fact: Fact, _params: dict[str, Any]) -> list[Answer]:
    top = region.lineage(fact.reporter)[-1:]
    return [Answer(place, 1.0) for place in top]
