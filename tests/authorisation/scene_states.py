"""Cases in the later states, for the tables: suspended, decided, under review."""

from __future__ import annotations

from typing import Any

TONGZHOU = "bj-tongzhou/service_centre"


def build(scene: Any, applicant: dict[str, str], papers: list[str]) -> None:
    """Name them `paused`, `refused`, `reviewed`, `review`; `together` and `joint` are decided by two offices."""
    from tongxin.heart.cases import actions

    def acting(username: str, post: str) -> Any:
        return scene.house.acting(username, post)

    clerk = acting("wuqing-clerk", "tj-wuqing-services/window_clerk")
    taker = acting("tongzhou-clerk", "bj-tongzhou-services/window_clerk")
    approver = acting("tongzhou-approver", "bj-tongzhou-services/approver")
    for name in ("paused", "refused", "reviewed"):
        number = actions.file_case(
            by=clerk, key=f"scene-{name}", procedure="food-business-licence", decide_at="bj-tongzhou",
            applicant=applicant, papers=papers,
        )["case"]  # fmt: skip
        scene.words[name] = number
        actions.accept_case(by=clerk, key=f"scene-{name}-accept", number=number)
        made = actions.offer(by=clerk, key=f"scene-{name}-offer", number=number, to_desk=TONGZHOU, epoch=0)
        actions.take_over(by=taker, key=f"scene-{name}-take", offer_id=made["offer"])
        if name == "paused":
            actions.suspend(by=taker, key="scene-pause", number=number, epoch=1, ground="inspection")
            continue
        actions.decide(
            by=approver, key=f"scene-{name}-decide", number=number, epoch=1, outcome="refused", reason="示例"
        )
    for name in ("together", "joint"):
        number = actions.file_case(
            by=clerk, key=f"scene-{name}", procedure="boundary-road-works", decide_at="bj-tongzhou",
            applicant={"applicant_name": "示例", "road": "示例路", "period": "示例"},
            papers=["application_form", "works_plan", "traffic_plan"],
        )["case"]  # fmt: skip
        scene.words[name] = number
        actions.accept_case(by=clerk, key=f"scene-{name}-accept", number=number)
        made = actions.offer(by=clerk, key=f"scene-{name}-offer", number=number, to_desk=TONGZHOU, epoch=0)
        actions.take_over(by=taker, key=f"scene-{name}-take", offer_id=made["offer"])
    put = actions.put_joint(
        by=approver, key="scene-put", number=scene.words["joint"], epoch=1, outcome="granted", reason=""
    )
    scene.words["question"] = put["joint"]
    done = actions.review(by=clerk, key="scene-review", number=scene.words["reviewed"], reason="示例")
    scene.words["review"] = done["case"]
