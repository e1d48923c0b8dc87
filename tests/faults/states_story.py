"""The part of the story that is told of the states of cases: stopped, ended, decided twice, reviewed, erased."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Told = dict[str, dict[str, Any]]
Do = Callable[[Told, str], dict[str, Any]]
CLERK = ("langfang-clerk", "he-langfang-services/window_clerk")
TAKER = ("wuqing-clerk", "tj-wuqing-services/window_clerk")
APPROVER = ("wuqing-approver", "tj-wuqing-services/approver")
REVIEWER = ("wuqing-coordinator", "tj-wuqing-coordination/coordinator")
WUQING = "tj-wuqing/service_centre"


def _acting(who: tuple[str, str]) -> Any:
    from tests.faults.story import acting

    return acting(*who)


def filed(told: Told, key: str) -> dict[str, Any]:
    """Take a case in at Langfang for Wuqing."""
    from tongxin.heart.cases import actions

    return actions.file_case(
        by=_acting(CLERK),
        key=key,
        procedure="food-business-licence",
        decide_at="tj-wuqing",
        applicant={"applicant_name": "示例", "credit_code": "91131000MA0TEST001", "premises": "示例"},
        papers=["application_form", "business_licence", "floor_plan", "safety_rules"],
    )


def filed_road_works(told: Told, key: str) -> dict[str, Any]:
    """Take a case in at Langfang that Wuqing and Langfang decide together."""
    from tongxin.heart.cases import actions

    return actions.file_case(
        by=_acting(CLERK),
        key=key,
        procedure="boundary-road-works",
        decide_at="tj-wuqing",
        applicant={"applicant_name": "示例", "road": "示例路", "period": "示例"},
        papers=["application_form", "works_plan", "traffic_plan"],
    )


def answered(put: str, answer: str) -> Do:
    """Langfang answers what Wuqing put to it."""

    def act(told: Told, key: str) -> dict[str, Any]:
        from tongxin.heart.cases import actions

        by = _acting(("langfang-approver", "he-langfang-services/approver"))
        return actions.answer_joint(by=by, key=key, joint=told[put]["joint"], answer=answer, reason="示例")

    return act


def do(name: str, who: tuple[str, str], of: str, **more: Any) -> Do:
    """An act on the case that an earlier command filed; `of` is that command."""

    def act(told: Told, key: str) -> dict[str, Any]:
        from tongxin.heart.cases import actions

        done: dict[str, Any] = getattr(actions, name)(
            by=_acting(who), key=key, number=told[of]["case"], **more
        )
        return done

    return act


def taken(offer: str) -> Do:
    """Take over what an earlier command offered."""

    def act(told: Told, key: str) -> dict[str, Any]:
        from tongxin.heart.cases import actions

        return actions.take_over(by=_acting(TAKER), key=key, offer_id=told[offer]["offer"])

    return act


def erased(told: Told, key: str) -> dict[str, Any]:
    """The retention of the closed case is over."""
    from tongxin.heart.cases import erasing
    from tongxin.heart.cases.models import Case

    closed = Case.objects.get(number=told["states-file"]["case"])
    Case.objects.filter(pk=closed.pk).update(keep_until=closed.ended_at)
    erasing.erase_due()
    return {}


def _handed(name: str, at: int, file: Do = filed) -> list[tuple[str, int, Do]]:
    return [
        (f"{name}-file", at, file),
        (f"{name}-accept", at + 1, do("accept_case", CLERK, f"{name}-file")),
        (f"{name}-offer", at + 2, do("offer", CLERK, f"{name}-file", to_desk=WUQING, epoch=0)),
        (f"{name}-take", at + 3, taken(f"{name}-offer")),
    ]


FIRST, REFUSED = "states-file", {"outcome": "refused", "reason": "示例"}
# Name, minutes after the beginning, what is done.
PART: list[tuple[str, int, Do]] = [
    *_handed("states", 9000),
    ("states-suspend", 10_500, do("suspend", TAKER, FIRST, epoch=1, ground="papers_missing", missing=["floor_plan"])),
    ("states-resume", 11_900, do("resume", TAKER, FIRST, epoch=1, arrived=["floor_plan"])),
    ("states-decide", 11_901, do("decide", APPROVER, FIRST, epoch=1, **REFUSED)),
    ("states-supersede", 11_902, do("supersede", APPROVER, FIRST, epoch=1, **REFUSED)),
    ("states-review", 11_903, do("review", CLERK, FIRST, reason="示例")),
    ("states-conclude", 11_904, do("conclude", REVIEWER, "states-review", epoch=0, outcome="sent_back", reason="示例")),
    ("states-again", 11_905, do("decide", APPROVER, FIRST, epoch=2, outcome="granted", reason="")),
    ("states-close", 11_906, do("close", CLERK, FIRST)),
    ("states-erase", 11_907, erased),
    *_handed("withdrawn", 11_910),
    ("withdrawn-withdraw", 11_920, do("withdraw", CLERK, "withdrawn-file", reason="示例")),
    *_handed("joint", 11_922, filed_road_works),
    ("joint-put", 11_926, do("put_joint", APPROVER, "joint-file", epoch=1, **REFUSED)),
    ("joint-differ", 11_927, answered("joint-put", "differ")),
    ("joint-put-anew", 11_928, do("put_joint", APPROVER, "joint-file", epoch=1, outcome="granted", reason="")),
    ("joint-agree", 11_929, answered("joint-put-anew", "agree")),
    ("refused-file", 11_930, filed),
    ("refused-not-accept", 11_931, do("not_accept", CLERK, "refused-file", ground="not_this_item")),
    ("error-file", 11_940, filed),
    ("error-void", 11_941, do("void", CLERK, "error-file", reason="示例")),
]  # fmt: skip
