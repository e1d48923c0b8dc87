"""Papers in the crash test's story: added, replaced, reused from another case, opened by an office that held the case."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from tongxin.heart.cases.tests import corpus

Told = dict[str, dict[str, Any]]
Do = Callable[[Told, str], dict[str, Any]]
CLERK, TAKER = "tj-wuqing-services/window_clerk", "bj-tongzhou-services/window_clerk"


def _acting(username: str, post: str) -> Any:
    from tests.faults.story import acting

    return acting(username, post)


def add(replaces: str = "") -> Do:
    def do(told: Told, key: str) -> dict[str, Any]:
        from tongxin.heart.cases import actions

        return actions.add_paper(
            by=_acting("wuqing-clerk", CLERK), key=key, number=told["file"]["case"], kind="floor_plan",
            name=f"{key}.pdf", pieces=[corpus.pdf(key.encode())], replaces=told[replaces]["paper"] if replaces else "",
        )  # fmt: skip

    return do


def file_again(told: Told, key: str) -> dict[str, Any]:
    """The same applicant files once more, with one paper as a file."""
    from tests.faults.story import APPLICATION
    from tongxin.heart.cases import actions
    from tongxin.heart.cases.procedures import PaperKind

    kind = PaperKind.model_validate({"id": "safety_rules", "name": {"zh": "示例", "en": "Illustrative"}})
    arrived = actions.take_in(kind, "rules.txt", ["示例制度".encode()])
    papers = [paper for paper in APPLICATION["papers"] if paper != "safety_rules"]
    return actions.file_case(
        by=_acting("wuqing-clerk", CLERK), key=key, **(APPLICATION | {"papers": papers}), files=[arrived]
    )


def reuse(told: Told, key: str) -> dict[str, Any]:
    from tongxin.heart.cases import actions

    return actions.reuse_paper(
        by=_acting("wuqing-clerk", CLERK), key=key, number=told["file-again"]["case"],
        paper=told["paper-replaced"]["paper"], consent_by="示例", consent_how="在窗口书面同意", consent_on=date(2026, 3, 11),
    )  # fmt: skip


def open_as_offered(told: Told, key: str) -> dict[str, Any]:
    """Tongzhou, to which the case is offered, opens a paper of it."""
    from tongxin.heart.cases import actions

    by = _acting("tongzhou-clerk", TAKER)
    file, content = actions.hand_out(
        by=by, key=key, number=told["file"]["case"], paper=told["paper-replaced"]["paper"]
    )
    with content:
        return {"paper": str(file.id), "bytes": len(content.read())}


def file_handed_out(told: Told, key: str) -> dict[str, Any]:
    """Wuqing has the case file made."""
    from tongxin.heart.cases.actions import exporting

    return exporting.note(
        by=_acting("wuqing-clerk", CLERK), key=key, number=told["file"]["case"], language="zh", sha256="0" * 64,
        told={"fields": [], "withheld": [], "bytes": 0},
    )  # fmt: skip


def text_changed(told: Told, key: str) -> dict[str, Any]:
    """Wuqing uses its own wording of a notice."""
    from tongxin.heart.cases import actions
    from tongxin.heart.cases.models import NoticeText

    by = _acting("wuqing-clerk", CLERK)
    seen = NoticeText.objects.get(name="one-time-notice", desk=None).pk  # the region's, whatever came since
    return actions.change_text(
        by=by, key=key, name="one-time-notice", text_zh="示例：{missing}", text_en="{missing}", seen=seen
    )


def text_dropped(told: Told, key: str) -> dict[str, Any]:
    """Wuqing goes back to the region's wording."""
    from tongxin.heart.cases import actions

    return actions.drop_text(
        by=_acting("wuqing-clerk", CLERK),
        key=key,
        name="one-time-notice",
        seen=told["text-changed"]["number"],
    )


def index_anew(told: Told, key: str) -> dict[str, Any]:
    """The index of the search is written anew."""
    from tongxin.heart.cases import finding

    finding.rebuild()
    return {}


def sweep(told: Told, key: str) -> dict[str, Any]:
    """Nothing that a row refers to is swept."""
    from tongxin.heart.cases import papers_store

    papers_store.sweep()
    return {}
