"""The part of the crash test's story in which nobody wants a case, and both coordination offices name its holder."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Told = dict[str, dict[str, Any]]
Do = Callable[[Told, str], dict[str, Any]]
CLERK, TAKER = (
    ("wuqing-clerk", "tj-wuqing-services/window_clerk"),
    ("tongzhou-clerk", "bj-tongzhou-services/window_clerk"),
)
OFFICES = {
    "wuqing": ("wuqing-coordinator", "tj-wuqing-coordination/coordinator"),
    "tongzhou": ("tongzhou-coordinator", "bj-tongzhou-coordination/coordinator"),
}


def acting(username: str, post: str) -> Any:
    from tests.faults import story

    return story.acting(username, post)


def file(told: Told, key: str) -> dict[str, Any]:
    from tongxin.heart.cases import actions

    return actions.file_case(
        by=acting(*CLERK),
        key=key,
        procedure="food-business-licence",
        decide_at="bj-tongzhou",
        applicant={
            "applicant_name": "示例店",
            "credit_code": "91120000MA0TEST002",
            "premises": "示例路 2 号",
        },
        papers=["application_form", "business_licence", "floor_plan", "safety_rules"],
    )


def accept(told: Told, key: str) -> dict[str, Any]:
    from tongxin.heart.cases import actions

    return actions.accept_case(by=acting(*CLERK), key=key, number=told["disputed-file"]["case"])


def offer(told: Told, key: str) -> dict[str, Any]:
    from tongxin.heart.cases import actions

    number = told["disputed-file"]["case"]
    return actions.offer(
        by=acting(*CLERK), key=key, number=number, to_desk="bj-tongzhou/service_centre", epoch=0
    )


def returned(n: int) -> Do:
    def do(told: Told, key: str) -> dict[str, Any]:
        from tongxin.heart.cases import actions

        made = told[f"disputed-offer-{n}"]["offer"]
        return actions.return_over(by=acting(*TAKER), key=key, offer_id=made, reason="not_competent")

    return do


def name(office: str) -> Do:
    def do(told: Told, key: str) -> dict[str, Any]:
        from tongxin.heart.cases import actions
        from tongxin.heart.cases.models import Dispute

        row = Dispute.objects.get(case=told["disputed-file"]["case"])
        return actions.name_holder(
            by=acting(*OFFICES[office]),
            key=key,
            dispute=row.pk,
            holder="bj-tongzhou/service_centre",
            reason="示例",
        )

    return do


def silent_offer(told: Told, key: str) -> dict[str, Any]:
    from tongxin.heart.cases import actions

    number = told["silent-file"]["case"]
    actions.accept_case(by=acting(*CLERK), key=f"{key}-accept", number=number)
    return actions.offer(
        by=acting(*CLERK), key=key, number=number, to_desk="bj-tongzhou/service_centre", epoch=0
    )


def call(told: Told, key: str) -> dict[str, Any]:
    from tongxin.heart.cases import actions

    made = told["silent-offer"]["offer"]
    return actions.call_offices(by=acting(*OFFICES["wuqing"]), key=key, offer=made, reason="示例")


# Name, minutes after the beginning, what is done. Before the desk is subscribed outside, which counts what is sent.
PART: list[tuple[str, int, Do]] = [
    ("disputed-file", 131, file),
    ("disputed-accept", 131, accept),
    *(
        step
        for n in range(4)
        for step in (
            (f"disputed-offer-{n}", 131, offer),
            (f"disputed-return-{n}", 131, returned(n)),
        )
    ),
    ("holder-proposed", 131, name("wuqing")),
    ("holder-named", 131, name("tongzhou")),
]
# A partner that does not answer for a week.
SILENT: list[tuple[str, int, Do]] = [
    ("silent-file", 20_100, file),
    ("silent-offer", 20_101, silent_offer),
    ("offices-called", 30_180, call),
]
