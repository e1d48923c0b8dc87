"""Times and lengths as the register wants them, in both languages."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation

from tongxin.site.look import times

AT = datetime(2026, 11, 20, 1, 41, tzinfo=UTC)  # 09:41 in Beijing


@pytest.mark.parametrize(
    ("style", "zh", "en"),
    [
        ("table", "2026-11-20 09:41", "2026-11-20 09:41"),
        ("day", "2026-11-20", "2026-11-20"),
        ("date", "2026年11月20日", "20 November 2026"),
        ("long", "2026年11月20日 周五 09:41", "Fri 20 November 2026, 09:41"),
        ("time", "09:41", "09:41"),
        ("near", "今天 09:41", "today 09:41"),
        ("outside", "2026年11月20日 09:41（北京时间）", "20 November 2026, 09:41 Beijing time"),
        ("iso", "2026-11-20T09:41:00+08:00", "2026-11-20T09:41:00+08:00"),
    ],
)
def test_an_instant_is_written_as_the_register_says(style, zh, en):
    with translation.override("zh-hans"):
        assert times.instant(AT, style, AT) == zh
    with translation.override("en"):
        assert times.instant(AT, style, AT) == en


@pytest.mark.parametrize(
    ("now", "zh", "en"),
    [
        (AT + timedelta(days=1), "昨天 09:41", "yesterday 09:41"),
        (AT - timedelta(days=1), "明天 09:41", "tomorrow 09:41"),
        (AT + timedelta(days=9), "11月20日 09:41", "20 Nov 09:41"),
        (AT + timedelta(days=90), "2026-11-20 09:41", "2026-11-20 09:41"),
        (datetime(2026, 11, 19, 16, 30, tzinfo=UTC), "今天 09:41", "today 09:41"),  # past midnight in Beijing
    ],
)
def test_near_counts_beijing_days(now, zh, en):
    with translation.override("zh-hans"):
        assert times.instant(AT, "near", now) == zh
    with translation.override("en"):
        assert times.instant(AT, "near", now) == en


MIDNIGHT = datetime(2026, 3, 12, 16, 0, tzinfo=UTC)  # 00:00 on 13 March in Beijing


@pytest.mark.parametrize(
    ("style", "now", "zh", "en"),
    [
        ("table", MIDNIGHT, "2026-03-12 24:00", "2026-03-12 24:00"),
        ("date", MIDNIGHT, "2026年3月12日", "12 March 2026"),
        ("time", MIDNIGHT, "24:00", "24:00"),
        ("long", MIDNIGHT, "2026年3月12日 周四 24:00", "end of Thu 12 March 2026 (24:00)"),
        ("near", MIDNIGHT - timedelta(hours=3), "今天 24:00", "end of today (24:00)"),
        ("near", MIDNIGHT - timedelta(days=5), "3月12日 24:00", "end of 12 Mar (24:00)"),
        ("near", MIDNIGHT - timedelta(days=400), "2026-03-12 24:00", "end of 2026-03-12 (24:00)"),
        ("outside", MIDNIGHT, "2026年3月12日 24:00（北京时间）", "12 March 2026, 24:00 Beijing time"),
        ("iso", MIDNIGHT, "2026-03-13T00:00:00+08:00", "2026-03-13T00:00:00+08:00"),
    ],
)
def test_a_due_at_the_end_of_a_day_is_that_days_24_00(style, now, zh, en):
    with translation.override("zh-hans"):
        assert times.due(MIDNIGHT, style, now) == zh
    with translation.override("en"):
        assert times.due(MIDNIGHT, style, now) == en


def test_any_other_due_is_an_instant_like_any():
    with translation.override("en"):
        assert times.due(AT, "near", AT) == "today 09:41"
        assert times.due(MIDNIGHT + timedelta(seconds=1), "table") == "2026-03-13 00:00"
    assert times.due(None) == "—"


def test_a_bare_date_and_nothing_at_all():
    assert times.instant(date(2025, 3, 5)) == "2025-03-05"
    with translation.override("en"):
        assert times.instant(date(2025, 3, 5), "date") == "5 March 2025"
    assert times.instant(None) == "—"
    with pytest.raises(ValueError, match="unknown style"):
        times.instant(AT, "american")


@pytest.mark.parametrize(
    ("minutes", "zh", "en"),
    [
        (0, "0分", "0 min"),
        (0.5, "不到1分", "under 1 min"),
        (42, "42分", "42 min"),
        (60, "1小时", "1 h"),
        (90, "1小时30分", "1 h 30 min"),
        (24 * 60, "1天", "1 day"),
        (51 * 60, "2天3小时", "2 days 3 h"),
        (5 * 24 * 60 + 61, "5天", "5 days"),
        (-18, "18分", "18 min"),
    ],
)
def test_a_length_is_written_as_the_register_says(minutes, zh, en):
    with translation.override("zh-hans"):
        assert times.lasting(timedelta(minutes=minutes)) == zh
    with translation.override("en"):
        assert times.lasting(minutes * 60) == en
