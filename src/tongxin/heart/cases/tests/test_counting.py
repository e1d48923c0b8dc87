"""How a due was counted, in one sentence, for each form that a due can have."""

from datetime import UTC, datetime

import pytest
from django.template import Context, Template
from django.utils.translation import override

from tongxin.shared import clock

AT = "2026-02-12T07:00:00.000000Z"
FORMS = {
    "on": ({"form": "on", "on": "2026-09-30"}, "By the end of 30 September 2026."),
    "every": ({"form": "every", "every": "P1M", "period": "2026-03"}, "By the end of the period 2026-03."),
    "before": (
        {"form": "before", "computed": True, "before": "arrival_p5", "time": AT, "minus": "PT2H"},
        "2 h before the computed time 2026-02-12 15:00;",
    ),
    "at": ({"form": "before", "computed": True, "time": AT, "minus": None}, "At the computed time 2026-02-12 15:00;"),
    "after a period": (
        {
            "form": "every",
            "within": "P2D",
            "clock": "days",
            "days": ["2026-02-02"],
            "period": "2026-01",
            "starts_at": AT,
        },
        "Counted from the end of 2026-01.",
    ),
    "paused": (
        {"form": "within", "within": "PT1H", "clock": "calendar", "starts_at": AT, "pauses": [[AT, AT]]},
        "Paused time does not count.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", list(FORMS))
def test_a_due_of_each_form_is_told(name):
    count, said = FORMS[name]
    page = Template("{% load counting %}{% counted count due_at %}")
    with override("en"), clock.held_at(datetime(2027, 1, 5, tzinfo=UTC)):
        text = page.render(Context({"count": count, "due_at": clock.now()}))
    plain = " ".join(text.replace("<b>", "").replace("</b>", "").split())
    assert said in plain
    assert "—" not in plain
