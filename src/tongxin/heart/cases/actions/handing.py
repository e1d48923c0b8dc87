"""Hand-over: offer, take over, return, recall. The receiver alone settles an offer."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import clocks, duties, rulebook
from tongxin.heart.agreements.actions import judging
from tongxin.heart.agreements.language import Handle, Within
from tongxin.heart.agreements.models import Clause, Duty, Performance
from tongxin.heart.cases import locking, procedures
from tongxin.heart.cases.actions import parts
from tongxin.heart.cases.models import Case, Offer
from tongxin.heart.exchange.acts import Act, act
from tongxin.heart.exchange.models import Message
from tongxin.heart.region.acting import Acting
from tongxin.shared import clock
from tongxin.shared.errors import Conflict, Invalid, NotFound


def offer(*, by: Acting, key: str, number: str, to_desk: str, epoch: int) -> dict[str, Any]:
    """Offer the case to another desk: the sender keeps it, frozen, until the receiver answers."""
    by.need("hand_over")
    request = {"case": number, "to": to_desk, "epoch": epoch}
    with act("cases.offer.made", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        case = parts.held(number, by, epoch=epoch)
        parts.in_state(case, Case.State.ACCEPTED, Case.State.IN_HAND)
        if to_desk in {"", by.desk}:
            raise Invalid(
                _("A case is handed to another desk, not to one's own."), {"to_desk": [_("Choose a desk.")]}
            )
        binding, clause = parts.basis_of(case.rulebook, case.procedure.name, by.desk, to_desk, a.at)
        message = parts.send(a, case, "offer", to_desk, basis=binding.clause_id, body=_shown(case))
        row = Clause.objects.select_related("version").get(id=binding.clause_id)
        made = Offer.objects.create(
            case=case,
            message=message,
            clause=row,
            from_desk_id=by.desk,
            to_desk_id=to_desk,
            epoch=case.epoch,
            offered_at=a.at,
        )
        case.frozen_by = made
        case.save(update_fields=["frozen_by"])
        answer = duties.open_round(
            clause=row,
            thread=f"case:{number}",
            bound_desk=to_desk,
            owed_desk=by.desk,
            purpose=Duty.Purpose.DO,
            subject=f"answer:{made.id}",
            limit=clause.answer.model_copy(update={"starts": "delivered"}),
            starts_at=message.delivered_at or a.at,
            opened_by=f"message:{message.id}",
            at=a.at,
        )
        parts.ring(to_desk, "offer", case, a.at, dedupe=f"offer:{made.id}")
        a.result = {
            "case": number,
            "offer": str(made.id),
            "answer_due_at": clock.iso(answer.due_at) if answer else "",
        }
        a.entry(
            f"case:{number}/offer:{made.id}",
            cause=f"message:{message.id}",
            basis=binding.clause_id,
            payload=request | {"answer": duties.summary(answer) if answer else {}},
        )
    return a.result


def take_over(*, by: Acting, key: str, offer_id: str) -> dict[str, Any]:
    """Take the case over: from here the receiver holds it, epoch + 1. A weighty act of the receiver alone."""
    by.need("take_over")
    with act("cases.offer.taken_over", by=by, key=key, request={"offer": offer_id}) as a:
        if a.replayed:
            return a.result
        case, made = _open_offer(offer_id, receiver=by.desk)
        message = parts.send(
            a, case, "accept", made.from_desk_id, basis=made.clause_id, body=_ref(made), reply=made.message
        )
        _settle(a, made, Offer.State.TAKEN_OVER, message)
        case.holder_id = by.desk
        case.epoch += 1
        case.frozen_by = None
        case.state = Case.State.IN_HAND
        case.save(update_fields=["holder", "epoch", "frozen_by", "state"])
        opened = [
            d for d in (_open_decide(a, case, made, message), _open_progress(a, case, made, message)) if d
        ]
        parts.ring(made.from_desk_id, "offer_taken_over", case, a.at, dedupe=f"taken:{made.id}")
        a.result = {"case": case.number, "holder": by.desk, "epoch": case.epoch}
        a.entry(
            f"case:{case.number}/offer:{made.id}",
            cause=f"message:{made.message_id}",
            basis=made.clause_id,
            payload=a.result | {"opened": duties.summaries(opened)},
        )
    return a.result


def return_over(*, by: Acting, key: str, offer_id: str, reason: str, remark: str = "") -> dict[str, Any]:
    """Return an offered case with a reason from the clause's list: the sender goes on where it stood."""
    by.need("take_over")
    request = {"offer": offer_id, "reason": reason, "remark": remark.strip()}
    parts.not_too_long("remark", remark, _("The case was not returned."))
    with act("cases.offer.returned", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        case, made = _open_offer(offer_id, receiver=by.desk)
        clause = rulebook.read_clause(made.clause)
        if not isinstance(clause, Handle) or reason not in clause.refuse_reasons:
            raise Invalid(
                _("The case was not returned."),
                {"reason": [_("Choose one of the reasons that the clause lists.")]},
            )
        body = _ref(made) | {"reason": reason, "remark": remark.strip()}
        message = parts.send(
            a, case, "refuse", made.from_desk_id, basis=made.clause_id, body=body, reply=made.message
        )
        made.reason = reason
        made.remark = remark.strip()
        _settle(a, made, Offer.State.RETURNED, message)
        case.frozen_by = None
        case.save(update_fields=["frozen_by"])
        parts.ring(made.from_desk_id, "offer_returned", case, a.at, dedupe=f"returned:{made.id}")
        a.result = {"case": case.number, "holder": case.holder_id, "epoch": case.epoch}
        a.entry(
            f"case:{case.number}/offer:{made.id}",
            cause=f"message:{made.message_id}",
            basis=made.clause_id,
            payload=request | a.result,
        )
    return a.result


def recall(*, by: Acting, key: str, offer_id: str) -> dict[str, Any]:
    """Recall an offer that the receiver has not answered; too late when it has."""
    by.need("hand_over")
    with act("cases.offer.recalled", by=by, key=key, request={"offer": offer_id}) as a:
        if a.replayed:
            return a.result
        case, made = _open_offer(offer_id, sender=by.desk)
        message = parts.send(
            a, case, "recall", made.to_desk_id, basis=made.clause_id, body=_ref(made), reply=made.message
        )
        made.state = Offer.State.RECALLED
        made.settled_at = a.at
        made.save(update_fields=["state", "settled_at"])
        for duty in Duty.objects.filter(
            thread=f"case:{case.number}", subject=f"answer:{made.id}", state="open"
        ):
            duties.void(duty, at=a.at, reason="the offer was recalled")
        case.frozen_by = None
        case.save(update_fields=["frozen_by"])
        parts.ring(made.to_desk_id, "offer_recalled", case, a.at, dedupe=f"recalled:{made.id}")
        a.result = {"case": case.number, "holder": case.holder_id, "epoch": case.epoch}
        a.entry(
            f"case:{case.number}/offer:{made.id}",
            cause=f"message:{message.id}",
            basis=made.clause_id,
            payload=a.result,
        )
    return a.result


def _open_offer(offer_id: str, *, receiver: str = "", sender: str = "") -> tuple[Case, Offer]:
    """Lock the case of an offer and return both; refuse when it is not the actor's, or is settled already."""
    try:
        found = Offer.objects.filter(id=offer_id).first()
    except ValidationError:  # no number of an offer at all
        found = None
    if (
        found is None
        or (receiver and found.to_desk_id != receiver)
        or (sender and found.from_desk_id != sender)
    ):
        raise NotFound("no_such_offer", _("There is no such offer for your desk."))
    case = locking.lock(found.case_id) or found.case
    made = Offer.objects.select_related("message", "clause__version").get(pk=found.pk)
    if made.state != Offer.State.OFFERED:
        raise Conflict(
            "offer_settled",
            _("This offer is settled already."),
            kept=_("The first answer stands."),
            todo=_("Reload the page to see how it was answered."),
        )
    return case, made


def _settle(a: Act, made: Offer, state: str, message: Message) -> None:
    """Settle the offer and meet the duty to answer it."""
    made.state = state
    made.settled_at = a.at
    made.save(update_fields=["state", "settled_at", "reason", "remark"])
    done = Performance.objects.create(
        act=a.name,
        desk_id=a.by.desk,
        post=a.by.post,
        message=message,
        at=a.at,
        delivered_at=message.delivered_at,
    )
    thread = f"case:{made.case_id}"
    for duty in Duty.objects.filter(thread=thread, subject=f"answer:{made.id}", state=Duty.State.OPEN):
        duties.meet(duty, done, delivered_at=message.delivered_at or a.at)


def _open_decide(a: Act, case: Case, made: Offer, message: Message) -> Duty | None:
    """Open the holder's duty to decide, due when the applicant was promised; hand-overs do not restart it."""
    if case.competent_desk_id != case.holder_id or case.promise_due_at is None:
        return None
    if case.holder_id == case.accepting_desk_id:  # back home: nobody owes a duty to itself
        return None
    limit = Within(within=_promise(case), clock="days", starts="recorded")
    return duties.open_round(
        clause=made.clause,
        thread=f"case:{case.number}",
        bound_desk=case.holder_id,
        owed_desk=case.accepting_desk_id,
        purpose=Duty.Purpose.DO,
        subject="decide",
        limit=limit,
        starts_at=case.accepted_at or a.at,
        opened_by=f"message:{message.id}",
        at=a.at,
        due=clocks.Count(case.promise_due_at, case.promise_count),
    )


def _open_progress(a: Act, case: Case, made: Offer, message: Message) -> Duty | None:
    """Open the holder's first duty to report progress, where the clause asks for it; an earlier holder's ends."""
    n = 1 + parts.end_progress(a, case)
    return judging.open_progress(
        made.clause,
        thread=f"case:{case.number}",
        holder=case.holder_id,
        accepting=case.accepting_desk_id,
        n=n,
        message=message,
        delivered=message.delivered_at or a.at,
        at=a.at,
    )


def _promise(case: Case) -> Any:
    return procedures.ProcedureFile.model_validate(case.procedure.body).promise.within


def _shown(case: Case) -> dict[str, Any]:
    return {
        "case": case.number,
        "procedure": case.procedure_id,
        "competent": case.competent_desk_id,
        "applicant": case.applicant,
        "papers": case.papers,
    }


def _ref(made: Offer) -> dict[str, Any]:
    return {"offer": str(made.id), "case": made.case_id}
