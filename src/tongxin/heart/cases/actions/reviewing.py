"""Review: a new case about a decision or a non-acceptance, at a desk other than the decider (HEART §8).

It ends upheld, changed or sent back. What was decided stands until then.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import duties, rulebook
from tongxin.heart.agreements.language import Handle
from tongxin.heart.agreements.models import Duty
from tongxin.heart.cases import crossing, locking, procedures, promises, states
from tongxin.heart.cases.actions import deciding, holding, mirroring, parts
from tongxin.heart.cases.models import Case, Decision
from tongxin.heart.events.serials import next_number
from tongxin.heart.exchange import nodes
from tongxin.heart.exchange.acts import Act, act
from tongxin.heart.exchange.models import Message
from tongxin.heart.region import queries as region
from tongxin.heart.region.acting import Acting
from tongxin.heart.region.models import Desk, PostHolding, Substitution, valid_on
from tongxin.shared import clock
from tongxin.shared.errors import Conflict, Invalid, NotAllowed, NotFound, Refused

REVIEW_OUTCOMES = ("upheld", "changed", "sent_back")
OTHER = {"granted": "refused", "refused": "granted"}


def review(*, by: Acting, key: str, number: str, reason: str) -> dict[str, Any]:
    """Open a review of a decision or a non-acceptance by the applicant's wish, recorded by the accepting desk.

    The new case is in the reviewing desk's hands at once, with a promise of its own. The first case stays as it is.
    """
    by.need("file_case")
    reason = reason.strip()
    request = {"case": number, "reason": reason}
    what = _("No review was opened.")
    parts.check_text("reason", reason, what)
    with act("cases.review.filed", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        first = parts.lock(number, by.desk)
        states.need(first, "review", by)
        deciding.not_under_review(first)
        if first.erased_at:
            raise Conflict(
                "erased", _("What the applicant gave is erased; this case can no longer be reviewed.")
            )
        if not reason:
            raise Invalid(what, {"reason": [_("Say what the applicant asks to be reviewed, and why.")]})
        decision = deciding.standing(first)
        if decision is not None and decision.review_id is not None:
            raise Conflict("reviewed_already", _("This decision was made by a review; there is no other."))
        desk = reviewer(first, decision.desk_id if decision else first.accepting_desk_id)
        case = _filed(a, first, decision, desk, reason)
        body = {"reviews": number, "decision": decision.number if decision else 0, "reason": reason}
        peer = nodes.home_of(desk)
        if peer is not None:  # its node learns of the first case, then of the review
            mirroring.mirror(a, first, to=[peer])
        told = parts.inform(a, case, "review", "review_filed", body | _shown(case), desk)
        if peer is None:
            _owe(a, case, f"message:{told[0].id}" if told else f"case:{case.number}")
        if decision is not None and decision.desk_id != desk:
            parts.inform(a, first, "review", "decision_reviewed", {"review": case.number}, decision.desk_id)
        a.result = {"case": case.number, "reviews": number, "reviewer": desk}
        a.entry(
            f"case:{case.number}", cause=f"case:{number}", basis=parts.basis(case), payload=request | a.result
        )
    return a.result


def conclude(*, by: Acting, key: str, number: str, epoch: int, outcome: str, reason: str) -> dict[str, Any]:
    """End a review: upheld, changed, or sent back to a new round of the first case. A weighty act."""
    by.need("review")
    reason = reason.strip()
    request = {"case": number, "epoch": epoch, "outcome": outcome, "reason": reason}
    what = _("The review was not ended.")
    parts.check_text("reason", reason, what)
    with act("cases.review.concluded", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        first_number = Case.objects.filter(number=number).values_list("reviews_id", flat=True).first()
        first = locking.lock(first_number) if first_number else None  # the older of the two is locked first
        case = parts.held(number, by, epoch=epoch)
        states.need(case, "conclude", by)
        if first is None:
            raise NotFound("no_such_case", _("There is no such case, or your desk has no part in it."))
        _not_own(case, by)
        wrong: dict[str, list[Any]] = {}
        if outcome not in REVIEW_OUTCOMES:
            wrong["outcome"] = [_("Choose an outcome.")]
        if not reason:
            wrong["reason"] = [_("A review needs its reasons.")]
        if wrong:
            raise Invalid(what, wrong)
        states.move(case, "conclude")
        case.decided_at = a.at
        case.save(update_fields=["state", "decided_at"])
        deciding.record(a, case, outcome, reason)
        body = {"outcome": outcome, "review": number}
        told = parts.inform(a, case, "review_result", "review_concluded", body, case.accepting_desk_id)
        deciding.meet_decide(a, case, told[0] if told else None)
        if case.reviewed_decision and case.reviewed_decision.desk_id != case.accepting_desk_id:
            desk = case.reviewed_decision.desk_id
            parts.inform(a, first, "review_result", "review_result", body, desk)
        opened = _carry_out(a, case, first, outcome, reason)
        mirroring.mirror(a, case)
        mirroring.mirror(a, first)
        a.result = {"case": number, "outcome": outcome, "reviews": first.number, "state": first.state}
        a.entry(
            f"case:{number}",
            cause=f"case:{first.number}",
            basis=parts.basis(case),
            payload=request | a.result | {"opened": duties.summaries(opened)},
        )
    return a.result


def received_review(a: Act, case: Case, message: Message) -> None:
    """Enter what a review is about at the node of the reviewing desk, and open its duty to decide."""
    first = Case.objects.filter(pk=str(message.body["reviews"])).first()
    if first is None:
        raise Refused("no_such_case", _("No case of this number is known here."))
    case.reviews = first
    case.reviewed_decision = first.decisions.filter(number=message.body["decision"]).first()
    case.review_reason = str(message.body["reason"])[:400]
    case.save(update_fields=["reviews", "reviewed_decision", "review_reason"])
    _owe(a, case, f"message:{message.id}")


def _not_own(case: Case, by: Acting) -> None:
    """Refuse who made the decision that is reviewed, holding its post or standing in for it, whatever post they act in.

    A stand-in and whom they stand in for count as one person.
    """
    decision = case.reviewed_decision
    if decision is None or not by.persons:
        return
    day = clock.beijing(decision.at).date()
    held = PostHolding.objects.filter(valid_on(day), post_id=decision.post, person_id__in=by.persons)
    lent = Substitution.objects.filter(valid_on(day), post_id=decision.post, stand_in_id__in=by.persons)
    if held.exists() or lent.exclude(ended_at__lte=decision.at).exists():
        raise NotAllowed(
            "own_decision",
            _(
                "You, or whom you stand in for, held the post that decided this case, or stood in for it then."
            ),
            todo=_("Let somebody else of this desk end the review."),
        )


def reviewer(case: Case, decider: str) -> str:
    """Return the desk that reviews: as the clause says, else the coordination office of the decider's jurisdiction.

    Never the decider itself; where that is the coordination office, the one above it.
    """
    place = decider.partition("/")[0]
    wanted = [f"{place}/{region.FALLBACK_ROLE}"]
    made = parts.handed_under(case)
    clause = rulebook.read_clause(made.clause) if made else None
    if isinstance(clause, Handle) and clause.review_by is not None:
        side = place if clause.review_by.of == "debtor" else case.accepting_desk_id.partition("/")[0]
        wanted.insert(0, f"{side}/{clause.review_by.role}")
    wanted += [f"{above}/{region.FALLBACK_ROLE}" for above in region.lineage(place) if above != place]
    there = set(Desk.objects.filter(id__in=wanted).values_list("id", flat=True)) - {decider}
    for desk in wanted:
        if desk in there:
            return desk
    raise NotAllowed("no_reviewer", _("There is no other office that could review this decision."))


def _filed(a: Act, first: Case, decision: Decision | None, desk: str, reason: str) -> Case:
    """Make the review's case: what the applicant gave goes with it."""
    case = Case(
        number=next_number(procedures.number_prefix(a.by.jurisdiction), a.at),
        procedure=first.procedure,
        rulebook=first.rulebook,
        accepting_desk_id=a.by.desk,
        competent_desk_id=desk,
        holder_id=desk,
        state=Case.State.IN_HAND,
        applicant=first.applicant,
        papers=first.papers,
        filed_at=a.at,
        accepted_at=a.at,
        illustrative=first.illustrative,
        reviews=first,
        reviewed_decision=decision,
        review_reason=reason,
    )
    promises.begin(case, a)
    case.save(force_insert=True)
    return case


def _owe(a: Act, case: Case, opened_by: str, *, anew: bool = False) -> list[Duty]:
    """Open the holder's duty to decide, under the clause of the hand-over; due as promised to the applicant."""
    made = parts.handed_under(case)
    duty = holding.open_decide(a, case, made.clause, opened_by, anew=anew) if made else None
    return [duty] if duty else []


def _carry_out(a: Act, case: Case, first: Case, outcome: str, reason: str) -> list[Duty]:
    """Let the first case follow from the review's outcome; return the duties that it opens."""
    if outcome == "upheld":
        return []
    decision = deciding.standing(first)
    if outcome == "changed" and decision is not None:
        deciding.record(a, first, OTHER[decision.outcome], reason, supersedes=decision, review=case)
        return []
    if decision is None:
        return _not_accepted(a, first, accept=outcome == "changed")
    states.move(first, "sent_back", Case.State.IN_HAND)
    first.holder_id = first.competent_desk_id
    first.epoch += 1
    first.decided_at, first.outcome, first.outcome_reason = None, "", ""
    _goes_on(first)
    promises.begin(first, a)
    first.save()
    return _owe(a, first, f"case:{case.number}", anew=True)


def _not_accepted(a: Act, first: Case, *, accept: bool) -> list[Duty]:
    """Take a non-acceptance back: the case is accepted with its promise, or waits once more to be accepted."""
    if accept:
        states.move(first, "accepted_by_review")
        promises.begin(first, a)
        first.accepted_at = a.at
    else:
        states.move(first, "sent_back", Case.State.FILED)
    first.epoch += 1
    _goes_on(first)
    first.save()
    return []


def _goes_on(first: Case) -> None:
    first.ended_at, first.keep_until, first.ended_why, first.ended_remark = None, None, "", ""
    first.ended_missing = []


def _shown(case: Case) -> dict[str, Any]:
    """Return what the reviewing desk is handed: at a peer, which has no row of the case, the facts of it."""
    if nodes.home_of(case.holder_id) is not None:
        return {"facts": crossing.facts(case, [case.holder_id])}
    return {
        "procedure": case.procedure_id,
        "applicant": case.applicant,
        "papers": case.papers,
        "promise_due_at": clock.iso(case.promise_due_at) if case.promise_due_at else "",
    }
