"""The decision, its supersession by the same desk, and who is told. A decision is never edited."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import duties
from tongxin.heart.agreements.actions.parts import performance
from tongxin.heart.agreements.models import Duty
from tongxin.heart.cases import states
from tongxin.heart.cases.actions import disputing, mirroring, parts
from tongxin.heart.cases.models import Case, Decision
from tongxin.heart.exchange.acts import Act, act
from tongxin.heart.exchange.models import Message
from tongxin.heart.region.acting import Acting
from tongxin.shared import statements
from tongxin.shared.errors import Conflict, Invalid, NotAllowed

OUTCOMES = ("granted", "refused")


def decide(*, by: Acting, key: str, number: str, epoch: int, outcome: str, reason: str) -> dict[str, Any]:
    """Decide the case: only the holder that is competent; refusing needs reasons. A weighty act."""
    by.need("decide")
    request = {"case": number, "epoch": epoch, "outcome": outcome, "reason": reason.strip()}
    parts.not_too_long("reason", reason, _("The case was not decided."))
    with act("cases.case.decided", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        case = parts.held(number, by, epoch=epoch)
        if case.competent_desk_id != by.desk and case.state in states.WAYS["decide"].sources:
            raise NotAllowed(
                "not_competent",
                _("Your desk holds this case but is not competent to decide it."),
                todo=_("Hand it over to the competent desk."),
            )
        states.need(case, "decide", by)
        _judge(outcome, reason, needs_reason=outcome == "refused")
        states.move(case, "decide")
        made = record(a, case, outcome, reason.strip(), supersedes=standing(case))
        case.decided_at = a.at
        statements.update(case, "state", "decided_at")
        told = _tell_accepting(a, case, made)
        meet_decide(a, case, told)
        parts.end_progress(a, case)
        disputing.lapse(a, case)
        mirroring.mirror(a, case)
        a.result = {"case": number, "outcome": outcome}
        a.entry(f"case:{number}", payload=request)
    return a.result


def supersede(*, by: Acting, key: str, number: str, epoch: int, outcome: str, reason: str) -> dict[str, Any]:
    """Put a new decision in the place of the desk's own, with the reason; both are shown. A weighty act."""
    by.need("decide")
    request = {"case": number, "epoch": epoch, "outcome": outcome, "reason": reason.strip()}
    parts.not_too_long("reason", reason, _("The decision was not superseded."))
    with act("cases.decision.superseded", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        case = parts.held(number, by, epoch=epoch)
        states.need(case, "supersede", by)
        last = standing(case)
        if last is None or last.desk_id != by.desk:
            raise NotAllowed(
                "not_the_decider",
                _("Only the office that made the decision may put another in its place."),
            )
        not_under_review(case)
        _judge(outcome, reason, needs_reason=True)
        made = record(a, case, outcome, reason.strip(), supersedes=last)
        _tell_accepting(a, case, made, ring="case_superseded")
        mirroring.mirror(a, case)
        a.result = {"case": number, "outcome": outcome, "decision": made.number}
        a.entry(f"case:{number}/decision:{made.number}", cause=f"decision:{last.number}", payload=request)
    return a.result


def record(
    a: Act,
    case: Case,
    outcome: str,
    reason: str,
    *,
    supersedes: Decision | None = None,
    review: Case | None = None,
) -> Decision:
    """Write a decision as a row of its own, and on the case the outcome as it stands."""
    last = standing(case)
    made = Decision(
        case=case,
        number=1 + (last.number if last else 0),
        outcome=outcome,
        reason=reason,
        desk_id=a.by.desk,
        post=a.by.post,
        at=a.at,
        supersedes=supersedes,
        review=review,
    )
    statements.insert(made)
    case.outcome, case.outcome_reason = outcome, reason
    statements.update(case, "outcome", "outcome_reason")
    return made


def standing(case: Case) -> Decision | None:
    """Return the decision that stands: the last one."""
    return next(iter(_last(case.number)), None)


@statements.fixed
def _last(case: str) -> QuerySet[Decision]:
    return Decision.objects.filter(case_id=case).order_by("-number")[:1]


def not_under_review(case: Case) -> None:
    """Refuse while a review of the case runs."""
    if case.reviewed_by.filter(state__in=states.RUNNING).exists():
        raise Conflict(
            "under_review",
            _("A review of this case is running; what was decided stands until it ends."),
            todo=_("Wait for the review."),
        )


def meet_decide(a: Act, case: Case, told: Message | None) -> None:
    """Meet the desk's duty to decide by what the accepting desk was told."""
    duty = next(iter(_to_decide(f"case:{case.number}", a.by.desk)), None)
    if duty is None or told is None:
        return
    done = performance(a.name, a.by, a.at, message=told)
    duties.meet(duty, done, delivered_at=told.delivered_at or a.at)


@statements.fixed
def _to_decide(thread: str, desk: str) -> QuerySet[Duty]:
    rows = Duty.objects.filter(thread=thread, subject="decide", bound_desk_id=desk, state=Duty.State.OPEN)
    return rows.order_by("id")[:1]


def _judge(outcome: str, reason: str, *, needs_reason: bool) -> None:
    wrong: dict[str, list[Any]] = {}
    if outcome not in OUTCOMES:
        wrong["outcome"] = [_("Choose an outcome.")]
    if needs_reason and not reason.strip():
        wrong["reason"] = (
            [_("A refusal needs its reasons.")]
            if outcome == "refused"
            else [_("Say why the decision is superseded.")]
        )
    if wrong:
        raise Invalid(_("The case was not decided."), wrong)


def _tell_accepting(a: Act, case: Case, made: Decision, *, ring: str = "case_decided") -> Message | None:
    """Tell the accepting desk the outcome."""
    body = {"outcome": made.outcome, "decision": made.number}
    told = parts.inform(a, case, "decision", ring, body, case.accepting_desk_id)
    return told[0] if told else None
