"""The clock chip: lateness follows from the times, the pie from the share of time used."""

import math
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from tongxin.site.look import clocks

OPENED = datetime(2026, 11, 20, 0, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def kind_and_words(state, due, now, **more):
    with translation.override("zh-hans"):
        it = clocks.chip(state, OPENED + due if due is not None else None, OPENED, OPENED + now, **more)
    return it.kind, it.text


@pytest.mark.parametrize(
    ("due", "now", "expected"),
    [
        (2 * HOUR, 2 * HOUR + timedelta(minutes=18), ("overdue", "超时18分")),
        (2 * HOUR, 2 * HOUR, ("due", "还剩0分")),  # late begins after the due, not at it
        (2 * HOUR, timedelta(minutes=78), ("due", "还剩42分")),
        (10 * HOUR, 8.5 * HOUR, ("due", "还剩1小时30分")),  # in the last 30 per cent of its time
        (40 * HOUR, 38.5 * HOUR, ("due", "还剩1小时30分")),
        (10 * HOUR, 1 * HOUR, ("later", "今天 18:00")),
        (30 * HOUR, 1 * HOUR, ("later", "明天 14:00")),
        (240 * HOUR, 200 * HOUR, ("due", "11月30日 08:00")),
        (None, HOUR, ("later", "无时限")),
    ],
)
def test_an_open_duty_shows_how_it_stands(due, now, expected):
    assert kind_and_words("open", due, now) == expected


def test_the_other_states():
    assert kind_and_words("claimed", HOUR, 3 * HOUR) == ("waiting", "待对方")
    assert kind_and_words("suspended", HOUR, 72 * HOUR, since=OPENED + 24 * HOUR) == ("paused", "已中止2天")
    assert kind_and_words("met", HOUR, 9 * HOUR, done_at=OPENED + HOUR) == ("met", "已履行")
    late = {"done_at": OPENED + HOUR + timedelta(minutes=36)}
    assert kind_and_words("met", HOUR, 9 * HOUR, **late) == ("late", "超时36分履行")
    with pytest.raises(ValueError, match="knows no state"):
        kind_and_words("void", HOUR, HOUR)


def test_the_drawing_is_that_of_the_design():
    assert clocks.pie_path(0.65) == "M7 7V2A5 5 0 1 1 2.95 9.94Z"
    assert clocks.pie_path(0) == ""
    with translation.override("en"):
        html = clocks.chip_html(clocks.chip("open", OPENED + HOUR, OPENED, OPENED + 2 * HOUR))
    assert html.startswith('<span class="clock overdue" title="Due Fri 20 November 2026, 09:00"><svg')
    assert html.endswith("<span>1 h late</span></span>")


@given(st.floats(min_value=0.001, max_value=0.999))
def test_the_pie_ends_on_the_circle_at_the_share_used(share):
    x, y = map(float, re.findall(r"(-?[\d.]+) (-?[\d.]+)Z$", clocks.pie_path(share))[0])
    assert math.hypot(x - 7, y - 7) == pytest.approx(5, abs=0.02)
    turn = math.atan2(x - 7, 7 - y) % (2 * math.pi)
    assert math.cos(turn - 2 * math.pi * share) == pytest.approx(1, abs=0.001)


@given(
    st.timedeltas(max_value=timedelta(days=400)),
    st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=400)),
)
def test_late_is_exactly_after_the_due(left, length):
    now = OPENED + length
    it = clocks.chip("open", now + left, OPENED, now) if left > -timedelta(days=400) else None
    if it is not None:
        assert (it.kind == "overdue") == (left < timedelta(0))
        assert 0 <= it.used <= 1
