"""The decision, its supersession by the same desk, and who is told. A decision is never edited."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import duties
from tongxin.heart.agreements.actions.parts import performance
from tongxin.heart.agreements.models import Duty
from tongxin.heart.cases import joints, sight_ended, states
from tongxin.heart.cases.actions import disputing, mirroring, parts
from tongxin.heart.cases.models import Case, Decision, Joint
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
    parts.check_text("reason", reason, _("The case was not decided."))
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
        joints.decided_alone(case)
        judge(outcome, reason, needs_reason=outcome == "refused")
        carry(a, case, outcome, reason.strip())
        mirroring.mirror(a, case)
        a.result = {"case": number, "outcome": outcome}
        a.entry(f"case:{number}", payload=request)
    return a.result


def supersede(*, by: Acting, key: str, number: str, epoch: int, outcome: str, reason: str) -> dict[str, Any]:
    """Put a new decision in the place of the desk's own, with the reason; both are shown. A weighty act."""
    by.need("decide")
    request = {"case": number, "epoch": epoch, "outcome": outcome, "reason": reason.strip()}
    parts.check_text("reason", reason, _("The decision was not superseded."))
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
        joints.decided_alone(case)
        judge(outcome, reason, needs_reason=True)
        made = record(a, case, outcome, reason.strip(), supersedes=last)
        tell_accepting(a, case, made, ring="case_superseded")
        mirroring.mirror(a, case)
        a.result = {"case": number, "outcome": outcome, "decision": made.number}
        a.entry(f"case:{number}/decision:{made.number}", cause=f"decision:{last.number}", payload=request)
    return a.result


def carry(
    a: Act,
    case: Case,
    outcome: str,
    reason: str,
    *,
    joint: Joint | None = None,
    agreed: Message | None = None,
) -> None:
    """Decide a case: the row, its state, what was owed. `joint`, `agreed`: how the accepting desk agreed to it."""
    sight_ended.lift(a, case)
    states.move(case, "decide")
    case.decided_at = a.at
    last = standing(case)
    made = _record(a, case, outcome, reason, ("state", "decided_at"), last=last, supersedes=last, joint=joint)
    meet_decide(a, case, agreed or tell_accepting(a, case, made), desk=made.desk_id)
    parts.end_progress(a, case)
    disputing.lapse(a, case)


def record(
    a: Act,
    case: Case,
    outcome: str,
    reason: str,
    *,
    supersedes: Decision | None = None,
    review: Case | None = None,
    joint: Joint | None = None,
) -> Decision:
    """Write a decision as a row of its own, and on the case the outcome as it stands.

    It is the acting desk's; a joint one is that of the desk that put it.
    """
    return _record(
        a, case, outcome, reason, last=standing(case), supersedes=supersedes, review=review, joint=joint
    )


def _record(
    a: Act,
    case: Case,
    outcome: str,
    reason: str,
    more: Sequence[str] = (),
    *,
    last: Decision | None,
    supersedes: Decision | None = None,
    review: Case | None = None,
    joint: Joint | None = None,
) -> Decision:
    """The same, after the decision that was the last one; `more` are other fields of the case that are written."""
    made = Decision(
        case=case,
        number=1 + (last.number if last else 0),
        outcome=outcome,
        reason=reason,
        desk_id=joint.from_desk_id if joint else a.by.desk,
        post=joint.post if joint else a.by.post,
        at=a.at,
        supersedes=supersedes,
        review=review,
        joint=joint,
    )
    statements.insert(made)
    case.outcome, case.outcome_reason = outcome, reason
    statements.update(case, "outcome", "outcome_reason", *more)
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


def meet_decide(a: Act, case: Case, told: Message | None, *, desk: str = "") -> None:
    """Meet the desk's duty to decide by what the accepting desk was told; `desk` where another's act settles it."""
    bound = desk or a.by.desk
    duty = next(iter(_to_decide(f"case:{case.number}", bound)), None)
    if duty is None or told is None:
        return
    done = performance(a.name, a.by, a.at, message=told, desk=bound)
    duties.meet(duty, done, delivered_at=told.delivered_at or a.at)


@statements.fixed
def _to_decide(thread: str, desk: str) -> QuerySet[Duty]:
    rows = Duty.objects.filter(thread=thread, subject="decide", bound_desk_id=desk, state=Duty.State.OPEN)
    return rows.order_by("id")[:1]


def judge(outcome: str, reason: str, *, needs_reason: bool) -> None:
    """Raise Invalid for an outcome that there is not, and where reasons are needed and missing."""
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


def tell_accepting(a: Act, case: Case, made: Decision, *, ring: str = "case_decided") -> Message | None:
    """Tell the accepting desk the outcome."""
    body = {"outcome": made.outcome, "decision": made.number}
    told = parts.inform(a, case, "decision", ring, body, case.accepting_desk_id)
    return told[0] if told else None
