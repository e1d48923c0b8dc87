"""Cases in the later states, for the tables: suspended, decided, under review."""

from __future__ import annotations

from typing import Any

TONGZHOU = "bj-tongzhou/service_centre"


def build(scene: Any, applicant: dict[str, str], papers: list[str]) -> None:
    """Name them `paused`, `refused`, `reviewed` and `review`."""
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
    done = actions.review(by=clerk, key="scene-review", number=scene.words["reviewed"], reason="示例")
    scene.words["review"] = done["case"]
