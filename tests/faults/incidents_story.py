"""The part of the crash story in which an incident is told of by telephone, forecast, corrected, merged and ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

Told = dict[str, dict[str, Any]]
Do = Callable[[Told, str], dict[str, Any]]

BEGINS = datetime(2026, 3, 11, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))  # as the story
WUQING, BAODI = "tj-wuqing/ecology_bureau", "tj-baodi/ecology_bureau"
CARRIED = {
    "location": "示例·支流",
    "pollutant": "oil",
    "amount": "20 t",
    "forecast_arrival": "示例",
}


def acting(username: str) -> Any:
    from tongxin.heart.region.holdings import acting_in, seats_of
    from tongxin.heart.region.models import Person

    person = Person.objects.get(username=username)
    return acting_in(seats_of(person)[0], person=person, via="cli")


def minute(at: int) -> datetime:
    return BEGINS + timedelta(minutes=at)


def enter(told: Told, key: str) -> dict[str, Any]:
    """An agreement whose receivers are told when it no longer concerns them."""
    from tests.worked_example import instruments

    instruments.enter(instruments.agreement_b(3, "PT30M", "2024-01-01"), only=False)
    return {}


def reported(who: str, at: int) -> Do:
    def do(told: Told, key: str) -> dict[str, Any]:
        from tongxin.petals.ecology import actions

        return actions.report_incident(_report(at, "20 t"), by=acting(who), key=key)

    return do


def _report(at: int, amount: str) -> Any:
    from tongxin.heart.events.actions import Report

    data = {
        "river": "qinglongwan-jianhe",
        "location": CARRIED["location"],
        "pollutant": "oil",
        "amount": amount,
        "level": "IV",
    }
    return Report("ecology.water_incident", "he-langfang-xianghe", minute(at), data)


def tell(told: Told, key: str) -> dict[str, Any]:
    from tongxin.heart.agreements import actions

    by, number = acting("langfang-duty"), told["spill"]["matter"]
    return actions.tell(by=by, key=key, matter=number, to_desk=WUQING, carried=CARRIED)


def forecast(told: Told, key: str) -> dict[str, Any]:
    from tongxin.petals.ecology import actions

    arrivals = [
        {"place": "tj-baodi", "probability": 0.9, "arrival_p50": minute(2900)},
        {"place": "tj-wuqing", "probability": 0.001},
    ]
    computed = actions.Forecast(minute(2003), arrivals, "spill", "1", "a" * 64, 7)
    return actions.record_forecast(told["spill"]["matter"], computed, by=acting("langfang-duty"), key=key)


def stand_down(told: Told, key: str) -> dict[str, Any]:
    from tongxin.heart.agreements import actions

    by, number = acting("langfang-duty"), told["spill"]["matter"]
    return actions.stand_down(by=by, key=key, matter=number, to_desk=WUQING, remark="示例")


def warn(told: Told, key: str) -> dict[str, Any]:
    """Of a desk that no clause names; the rule of its review is entered with the first one."""
    from tongxin.heart.agreements import actions

    return actions.warn(
        by=acting("langfang-duty"),
        key=key,
        matter=told["spill"]["matter"],
        to_desk="bj-tongzhou/ecology_bureau",
        carried={"pollutant": "oil"},
        basis="necessity",
        reason="示例：取水口",
    )


def call(told: Told, key: str) -> dict[str, Any]:
    from tongxin.heart.agreements import actions

    return actions.tell_by_telephone(
        by=acting("langfang-duty"),
        key=key,
        matter=told["spill"]["matter"],
        to_desk=BAODI,
        carried=CARRIED,
        at=minute(2004),
    )


def heard(told: Told, key: str) -> dict[str, Any]:
    from tongxin.heart.agreements import actions

    message = told["call"]["message"]
    return actions.heard(by=acting("baodi-duty"), key=key, message=message, at=minute(2005))


def objected(told: Told, key: str) -> dict[str, Any]:
    from tongxin.petals.ecology import actions

    by = acting("baodi-duty")
    return actions.object_to(told["spill"]["event"], by=by, key=key, text="示例：不是本河段")


def corrected(told: Told, key: str) -> dict[str, Any]:
    from tongxin.petals.ecology import actions

    by = acting("langfang-duty")
    return actions.correct_incident(
        told["spill"]["event"], _report(2008, "2 t"), by=by, key=key, reason="示例：复核"
    )


def proposed(told: Told, key: str) -> dict[str, Any]:
    from tongxin.petals.ecology import actions

    one, other = told["spill-county"]["matter"], told["spill"]["matter"]
    return actions.propose_merge(one, other, by=acting("xianghe-duty"), key=key, reason="示例：同一起")


def agreed(told: Told, key: str) -> dict[str, Any]:
    from tongxin.petals.ecology import actions

    proposal = told["merge"]["proposal"]
    return actions.answer_merge(proposal, by=acting("langfang-duty"), key=key, agree=True)


def withdrawn(told: Told, key: str) -> dict[str, Any]:
    from tongxin.petals.ecology import actions

    event = told["correction"]["event"]
    return actions.withdraw(event, by=acting("langfang-duty"), key=key, reason="示例：误报")


def closed(told: Told, key: str) -> dict[str, Any]:
    from tongxin.petals.ecology import actions

    return actions.close(told["spill"]["matter"], by=acting("langfang-duty"), key=key, reason="示例：恢复")


# Name, minutes after the beginning, what is done.
PART: list[tuple[str, int, Do]] = [
    ("example-b", 2000, enter),
    ("spill", 2001, reported("langfang-duty", 2001)),
    ("tell-spill", 2002, tell),
    ("forecast", 2003, forecast),
    ("stand-down", 2004, stand_down),
    ("warning", 2004, warn),
    ("call", 2005, call),
    ("heard", 2006, heard),
    ("objection", 2007, objected),
    ("correction", 2008, corrected),
    ("spill-county", 2009, reported("xianghe-duty", 2009)),
    ("merge", 2010, proposed),
    ("merge-agreed", 2011, agreed),
    ("withdrawal", 2012, withdrawn),
    ("all-clear", 2013, closed),
]
