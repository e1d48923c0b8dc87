"""What happens before a test looks: cases and incidents made through the real acts."""

from __future__ import annotations

from typing import Any

from tests.support.world import House

APPLICATION = {
    "procedure": "food-business-licence",
    "decide_at": "bj-tongzhou",
    "applicant": {
        "applicant_name": "示例·海棠餐饮店",
        "credit_code": "91110112SHILI00001",
        "premises": "示例街1号",
    },
    "papers": ["application_form", "business_licence", "floor_plan", "safety_rules"],
}
CLERKS = {
    "tj-wuqing": ("wuqing-clerk", "tj-wuqing-services/window_clerk"),
    "bj-tongzhou": ("tongzhou-clerk", "bj-tongzhou-services/window_clerk"),
    "he-langfang": ("langfang-clerk", "he-langfang-services/window_clerk"),
}
APPROVER = ("tongzhou-approver", "bj-tongzhou-services/approver")


def clerk(house: House, place: str) -> Any:
    return house.acting(*CLERKS[place])


def filed(house: House, *, key: str = "file", **changes: Any) -> str:
    """A case that Wuqing's window has received for Tongzhou."""
    from tongxin.heart.cases import actions

    return str(actions.file_case(by=clerk(house, "tj-wuqing"), key=key, **(APPLICATION | changes))["case"])


def accepted(house: House, *, key: str = "accept") -> str:
    from tongxin.heart.cases import actions

    number = filed(house, key=f"{key}-file")
    actions.accept_case(by=clerk(house, "tj-wuqing"), key=key, number=number)
    return number


def offered(house: House, *, key: str = "offer") -> tuple[str, str]:
    """The case's number, and the offer's, with Tongzhou asked to take it over."""
    from tongxin.heart.cases import actions

    number = accepted(house, key=f"{key}-accept")
    done = actions.offer(
        by=clerk(house, "tj-wuqing"), key=key, number=number, to_desk="bj-tongzhou/service_centre", epoch=0
    )
    return number, str(done["offer"])


def taken_over(house: House, *, key: str = "take") -> tuple[str, str]:
    from tongxin.heart.cases import actions

    number, offer = offered(house, key=f"{key}-offer")
    actions.take_over(by=clerk(house, "bj-tongzhou"), key=key, offer_id=offer)
    return number, offer


def incident(house: House) -> dict[str, Any]:
    """An incident that Langfang has entered, for which it owes Wuqing a notice within half an hour."""
    from tongxin.heart.events.actions import Report
    from tongxin.petals.ecology import actions

    data = {"river": "long-he", "location": "示例断面", "pollutant": "ammonia"}
    report = Report("ecology.water_incident", "he-langfang-anci", house.clock.at, data)
    return actions.report_incident(report, by=house.acting("langfang-duty"), key="incident")
