"""The applicant's side in the crash test's story: filed online, a slip, letters and their answer, what was asked, a rating."""

from __future__ import annotations

from typing import Any

Told = dict[str, dict[str, Any]]
CLERK = "tj-wuqing-services/window_clerk"
WUQING, TONGZHOU = "tj-wuqing/service_centre", "bj-tongzhou/service_centre"
GIVEN = {
    "applicant_name": "示例",
    "credit_code": "91120000MA0FAULTS1",
    "premises": "示例路 9 号",
    "contact": "",
}


def _clerk() -> Any:
    from tests.faults.story import acting

    return acting("wuqing-clerk", CLERK)


def _taker() -> Any:
    from tests.faults.story import acting

    return acting("tongzhou-clerk", "bj-tongzhou-services/window_clerk")


def _applicant() -> Any:
    from tongxin.heart.cases import actions

    return actions.applicant_at(WUQING)


def _paper(kind: str, more: bytes = b"") -> Any:
    from tongxin.heart.cases import actions
    from tongxin.heart.cases.procedures import PaperKind
    from tongxin.heart.cases.tests import corpus
    from tongxin.shared.named import Both

    asked = PaperKind(id=kind, name=Both(zh="示例", en="Example"))
    return actions.take_in(asked, "示例.pdf", [corpus.pdf(kind.encode() + more)])


def apply(told: Told, key: str) -> dict[str, Any]:
    from tongxin.heart.cases import actions

    kinds = ("application_form", "business_licence", "floor_plan", "safety_rules")
    return actions.apply(
        key=key, secret="AAAA-BBBB-CCCC-DDDD", procedure="food-business-licence", accept_at=WUQING,
        decide_at="bj-tongzhou", applicant=GIVEN, files=[_paper(kind) for kind in kinds], agreed=True,
    )  # fmt: skip


def slip(told: Told, key: str) -> dict[str, Any]:
    from tongxin.heart.cases import actions

    done = actions.make_slip(by=_clerk(), key=key, number=told["apply"]["case"])
    return {"case": done["case"]}


def write(told: Told, key: str) -> dict[str, Any]:
    from tongxin.heart.cases import actions

    number = told["apply"]["case"]
    return actions.write(by=_applicant(), key=key, number=number, kind="message", text="示例")


def answer(told: Told, key: str) -> dict[str, Any]:
    from tongxin.heart.cases import actions

    return actions.answer(by=_clerk(), key=key, letter=told["letter"]["letter"], text="示例")


def tell(told: Told, key: str) -> dict[str, Any]:
    from tongxin.heart.cases import actions

    return actions.tell(by=_clerk(), key=key, number=told["apply"]["case"], text="示例")


def accept(told: Told, key: str) -> dict[str, Any]:
    from tongxin.heart.cases import actions

    return actions.accept_case(by=_clerk(), key=key, number=told["apply"]["case"])


def offer(told: Told, key: str) -> dict[str, Any]:
    from tongxin.heart.cases import actions

    return actions.offer(by=_clerk(), key=key, number=told["apply"]["case"], to_desk=TONGZHOU, epoch=0)


def take_over(told: Told, key: str) -> dict[str, Any]:
    from tongxin.heart.cases import actions

    return actions.take_over(by=_taker(), key=key, offer_id=told["apply-offered"]["offer"])


def ask(told: Told, key: str) -> dict[str, Any]:
    from tongxin.heart.cases import actions

    return actions.suspend(
        by=_taker(),
        key=key,
        number=told["apply"]["case"],
        epoch=1,
        ground="papers_missing",
        missing=["floor_plan"],
    )


def supply(told: Told, key: str) -> dict[str, Any]:
    from tongxin.heart.cases import actions

    files = [_paper("floor_plan", b" new")]
    return actions.supply(by=_applicant(), key=key, number=told["apply"]["case"], files=files, text="示例")


def decide(told: Told, key: str) -> dict[str, Any]:
    from tests.faults.story import acting
    from tongxin.heart.cases import actions

    by = acting("tongzhou-approver", "bj-tongzhou-services/approver")
    return actions.decide(by=by, key=key, number=told["apply"]["case"], epoch=1, outcome="granted", reason="")


def rate(told: Told, key: str) -> dict[str, Any]:
    from tongxin.heart.cases import actions

    return actions.rate(by=_applicant(), key=key, number=told["apply"]["case"], stars=5)


PART = [
    ("apply", 131, apply),
    ("slip", 131, slip),
    ("letter", 131, write),
    ("letter-answered", 131, answer),
    ("letter-sent", 131, tell),
    ("apply-accepted", 131, accept),
    ("apply-offered", 131, offer),
    ("apply-taken", 131, take_over),
    ("apply-asked", 131, ask),
    ("apply-supplied", 131, supply),
    ("apply-decided", 131, decide),
    ("apply-rated", 131, rate),
]
