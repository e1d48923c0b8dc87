"""The loaded region with a moved clock, posts that act, and one incident to begin with."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.support.world import House, house, loaded, moved_clock

__all__ = ["house", "loaded", "moved_clock"]

REPORT = {
    "river": "qinglongwan-jianhe",
    "location": "土门楼闸下",
    "pollutant": "ammonia",
    "amount": "约2吨",
    "level": "III",
    "description": "",
}
CARRIED = {"location": "土门楼闸下", "pollutant": "ammonia", "forecast_arrival": "明日 07:00 前后"}


@pytest.fixture
def _django_db_helper(django_db_setup: None) -> None:
    """In place of pytest-django's, which would flush every table after each test: `house` puts them back instead."""


@pytest.fixture
def report(house: House) -> Callable[..., str]:
    """Reports an incident at Xianghe on the Qinglongwan as Langfang's duty officer; returns the matter's number."""

    def do(**more: Any) -> str:
        from tongxin.heart.events.actions import Report
        from tongxin.petals.ecology import actions
        from tongxin.shared import clock

        by = more.pop("by", None) or house.acting("langfang-duty")
        key = more.pop("key", "report")
        known = more.pop("known_at", None) or clock.now() - timedelta(minutes=5)
        place = more.pop("place", "he-langfang-xianghe")
        late_reason, drill = more.pop("late_reason", ""), more.pop("drill", False)
        told = Report(
            type="ecology.water_incident",
            place=place,
            known_at=known,
            data=REPORT | more,
            late_reason=late_reason,
            drill=drill,
        )
        return str(actions.report_incident(told, by=by, key=key)["matter"])

    return do


@pytest.fixture
def tell(house: House) -> Callable[..., str]:
    """Tells a desk of a matter as Langfang's duty officer; returns the message's id."""

    def do(number: str, to: str = "tj-baodi/ecology_bureau", key: str = "tell", **carried: str) -> str:
        from tongxin.heart.agreements import actions

        by = house.acting("langfang-duty")
        only = {} if to == "tj-baodi/ecology_bureau" else {"forecast_arrival": None}
        carry = {k: v for k, v in (CARRIED | carried).items() if k not in only}
        return str(
            actions.tell(by=by, key=f"{key}:{to}", matter=number, to_desk=to, carried=carry)["message"]
        )

    return do
