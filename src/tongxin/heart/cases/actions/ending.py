"""The ways in which a case ends without a decision, and its closing after one (HEART §8)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import duties
from tongxin.heart.cases import joints, procedures, states
from tongxin.heart.cases.actions import deciding, disputing, mirroring, parts
from tongxin.heart.cases.models import Case
from tongxin.heart.exchange.acts import Act, act
from tongxin.heart.region.acting import Acting
from tongxin.shared import clock
from tongxin.shared.errors import Conflict, Invalid


def not_accept(
    *,
    by: Acting,
    key: str,
    number: str,
    ground: str,
    missing: list[str] | None = None,
    remark: str = "",
) -> dict[str, Any]:
    """Do not accept a filed case, on a listed ground; what is missing is told once and all together. A weighty act."""
    by.need("file_case")
    gone, remark = sorted(set(missing or [])), remark.strip()
    request = {"case": number, "ground": ground, "missing": gone, "remark": remark}
    what = _("The case still waits to be accepted.")
    parts.check_text("remark", remark, what)
    with act("cases.case.not_accepted", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        case = parts.lock(number, by.desk)
        states.need(case, "not_accept", by)
        form = procedures.form_of(case)
        procedures.asked(form, form.not_accept, ground, gone, remark, what)
        case.ended_missing = gone
        _end(a, case, "not_accept", ground, remark)
        a.entry(f"case:{number}", payload=request)
    return a.result


def void(*, by: Acting, key: str, number: str, reason: str) -> dict[str, Any]:
    """Void a filing that was made in error, before it was accepted; by the office that made it."""
    return _ended(by, key, number, reason, name="cases.case.voided", way="void", why="error")


def withdraw(*, by: Acting, key: str, number: str, reason: str) -> dict[str, Any]:
    """Record that the applicant withdraws; what is still owed in the case becomes void."""
    return _ended(by, key, number, reason, name="cases.case.withdrawn", way="withdraw", why="applicant")


def close(*, by: Acting, key: str, number: str) -> dict[str, Any]:
    """Close a decided case whose applicant was told; from here its retention runs."""
    by.need("file_case")
    with act("cases.case.closed", by=by, key=key, request={"case": number}) as a:
        if a.replayed:
            return a.result
        case = parts.lock(number, by.desk)
        states.need(case, "close", by)
        deciding.not_under_review(case)
        parts.void_owed(a, case)
        _end(a, case, "close", "", "")
        parts.inform(a, case, "closing", "case_closed", {}, case.competent_desk_id)
        mirroring.mirror(a, case)
        a.entry(f"case:{number}", basis=parts.basis(case), payload=a.result)
    return a.result


def _ended(
    by: Acting, key: str, number: str, reason: str, *, name: str, way: str, why: str
) -> dict[str, Any]:
    """End a case for a reason of the accepting desk's."""
    by.need("file_case")
    reason = reason.strip()
    request = {"case": number, "reason": reason}
    what = _("The case stands as it was.")
    parts.check_text("reason", reason, what)
    with act(name, by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        case = parts.lock(number, by.desk)
        states.need(case, way, by)
        if way == "void" and states.filed_online(case):
            raise Conflict(
                "filed_online",
                _("The applicant sent this application: it is no error of your office, and is not voided."),
                kept=what,
                todo=_("Refuse it on a listed ground, or record the applicant's withdrawal."),
            )
        if not reason:
            raise Invalid(what, {"reason": [_("Say why.")]})
        gone = parts.void_owed(a, case)
        _end(a, case, way, why, reason)
        _tell(a, case)
        mirroring.mirror(a, case)
        payload = request | {"void": duties.summaries(gone)}
        a.entry(f"case:{number}", basis=parts.basis(case), payload=payload)
    return a.result


def _tell(a: Act, case: Case) -> None:
    """Tell the holder that the applicant withdrew, and of a review the desk whose decision it was about."""
    parts.inform(a, case, "withdrawal", "case_withdrawn", {}, case.holder_id)
    if case.reviews and case.reviewed_decision:
        body, desk = {"review": case.number}, case.reviewed_decision.desk_id
        parts.inform(a, case.reviews, "withdrawal", "review_withdrawn", body, desk)


def _end(a: Act, case: Case, way: str, why: str, remark: str) -> None:
    """Write the end of a case, and until when what the applicant gave is kept."""
    states.move(case, way)
    case.ended_at, case.ended_why, case.ended_remark = a.at, why, remark
    kept = procedures.form_of(case).retention
    case.keep_until = a.at + kept if kept else None
    if case.pauses and case.pauses[-1]["until"] is None:
        case.pauses = [*case.pauses[:-1], case.pauses[-1] | {"until": clock.iso(a.at)}]
    case.save(
        update_fields=[
            "state", "ended_at", "ended_why", "ended_remark", "ended_missing", "keep_until", "pauses",
        ]
    )  # fmt: skip
    disputing.lapse(a, case)
    joints.lapse(a, case)
    a.result = {
        "case": case.number,
        "state": case.state,
        "keep_until": clock.iso(case.keep_until) if case.keep_until else "",
    }
