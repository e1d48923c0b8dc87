"""The decision, and who is told."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import duties
from tongxin.heart.agreements.models import Duty, Performance
from tongxin.heart.cases.actions import disputing, parts
from tongxin.heart.cases.models import Case
from tongxin.heart.exchange.acts import Act, act
from tongxin.heart.region.acting import Acting
from tongxin.shared.errors import Invalid, NotAllowed

OUTCOMES = ("granted", "refused")


def decide(*, by: Acting, key: str, number: str, epoch: int, outcome: str, reason: str) -> dict[str, Any]:
    """Decide the case: only the holder that is competent, once; refusing needs reasons. A weighty act."""
    by.need("decide")
    request = {"case": number, "epoch": epoch, "outcome": outcome, "reason": reason.strip()}
    parts.not_too_long("reason", reason, _("The case was not decided."))
    with act("cases.case.decided", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        case = parts.held(number, by, epoch=epoch)
        parts.in_state(case, Case.State.ACCEPTED, Case.State.IN_HAND)
        if case.competent_desk_id != by.desk:
            raise NotAllowed(
                "not_competent",
                _("Your desk holds this case but is not competent to decide it."),
                todo=_("Hand it over to the competent desk."),
            )
        wrong: dict[str, list[Any]] = {}
        if outcome not in OUTCOMES:
            wrong["outcome"] = [_("Choose an outcome.")]
        if outcome == "refused" and not reason.strip():
            wrong["reason"] = [_("A refusal needs its reasons.")]
        if wrong:
            raise Invalid(_("The case was not decided."), wrong)
        case.state = Case.State.DECIDED
        case.decided_at = a.at
        case.outcome = outcome
        case.outcome_reason = reason.strip()
        case.save(update_fields=["state", "decided_at", "outcome", "outcome_reason"])
        _tell_accepting(a, case)
        parts.end_progress(a, case)
        disputing.lapse(a, case)
        a.result = {"case": number, "outcome": outcome}
        a.entry(f"case:{number}", payload=request)
    return a.result


def _tell_accepting(a: Act, case: Case) -> None:
    """Tell the accepting desk the outcome, and meet the duty to decide."""
    if case.accepting_desk_id == a.by.desk:
        return
    duty = Duty.objects.filter(
        thread=f"case:{case.number}", subject="decide", bound_desk_id=a.by.desk, state=Duty.State.OPEN
    ).first()
    basis = duty.clause_id if duty else case.procedure_id
    body = {"case": case.number, "outcome": case.outcome}
    message = parts.send(a, case, "decision", case.accepting_desk_id, basis=basis, body=body)
    if duty:
        done = Performance.objects.create(
            act=a.name,
            desk_id=a.by.desk,
            post=a.by.post,
            message=message,
            at=a.at,
            delivered_at=message.delivered_at,
        )
        duties.meet(duty, done, delivered_at=message.delivered_at or a.at)
    parts.ring(case.accepting_desk_id, "case_decided", case, a.at, dedupe=f"decided:{case.number}")
