"""Words of a due, without a database: how it was counted, for every form; the end of a day is its 24:00."""

from datetime import datetime

import pytest
from django.utils import translation

from tongxin.heart.agreements import wording
from tongxin.heart.agreements.models import Clause, Duty
from tongxin.shared import clock


def beijing(month, day, hour=0, minute=0):
    return datetime(2026, month, day, hour, minute, tzinfo=clock.BEIJING)


def iso(*at):
    return clock.iso(beijing(*at))


CALENDAR = {"clock": "calendar", "calendar_of": "debtor", "pauses": [], "provisional": False}
FORMS = {  # what `clocks` keeps of a count, its due, and what is said of it
    "within": (
        CALENDAR | {"form": "within", "within": "PT2H", "starts": "known", "starts_at": iso(3, 12, 22)},
        beijing(3, 13),
        "2 hours, calendar time, nights and holidays count; from 2026-03-12 22:00 to 2026-03-12 24:00.",
    ),
    "on a day": (
        {"form": "on", "on": "2026-06-30"},
        beijing(7, 1),
        "by the end of 2026-06-30: due 2026-06-30 24:00.",
    ),
    "an agreed day": (
        {"form": "on", "on": "2026-06-30", "agreed": True},
        beijing(7, 1),
        "by the end of 2026-06-30, agreed by both sides: due 2026-06-30 24:00.",
    ),
    "each period": (
        {"form": "every", "every": "P1M", "period": "2026-03", "starts_at": iso(4, 1)},
        beijing(4, 1),
        "by the end of the period 2026-03: due 2026-03-31 24:00.",
    ),
    "after a period": (
        CALENDAR
        | {
            "form": "every",
            "within": "PT36H",
            "starts": "period_end",
            "starts_at": iso(4, 1),
            "period": "2026-03",
        },
        beijing(4, 2, 12),
        "from 2026-03-31 24:00 to 2026-04-02 12:00.",
    ),
    "before a computed time": (
        {"form": "before", "before": "arrival_p5", "time": iso(3, 10, 9), "minus": "PT2H", "computed": True},
        beijing(3, 10, 7),
        "2 hours before: ",
    ),
    "a computed time that is not known": (
        {"clock": "calendar", "form": "before"},
        beijing(3, 10, 9),
        "before a time that is not computed yet: due 2026-03-10 09:00.",
    ),
    "nothing kept of it": ({}, beijing(3, 10, 9), "Due 2026-03-10 09:00."),
}


def owed(form: str) -> Duty:
    detail, due_at, _words = FORMS[form]
    clause = Clause(id="example@1/gate", title_zh="示例条款", title_en="Illustrative clause")
    return Duty(clause=clause, due_at=due_at, due_count=detail)


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_a_due_has_words(form):
    with translation.override("en"):
        said = wording.due_counted(owed(form))
    assert FORMS[form][2] in said
    assert said.endswith("Set by: Illustrative clause")
    with translation.override("zh-hans"):
        assert wording.due_counted(owed(form)).endswith("：示例条款")


def test_the_end_of_a_day_is_its_24_00():
    assert wording.due_moment(beijing(3, 13)) == "2026-03-12 24:00"
    assert wording.due_moment(beijing(3, 13, 0, 1)) == "2026-03-13 00:01"
    assert wording.due_moment(None) == "-"
