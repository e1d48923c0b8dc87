"""Writes of cases: file, accept, offer, take over, return, recall, decide. The receiver alone settles an offer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import clocks, duties, performing, rulebook, wording
from tongxin.heart.agreements.actions import judging
from tongxin.heart.agreements.language import Handle, Within
from tongxin.heart.agreements.match import Binding
from tongxin.heart.agreements.models import Clause, Duty, Performance
from tongxin.heart.cases import locking, procedures
from tongxin.heart.cases.models import Case, Offer, Procedure
from tongxin.heart.events.serials import next_number
from tongxin.heart.exchange import actions as exchange
from tongxin.heart.exchange.acts import Act, act
from tongxin.heart.exchange.models import Message
from tongxin.heart.region import queries as region
from tongxin.heart.region.acting import Acting
from tongxin.heart.region.models import Desk
from tongxin.shared import clock
from tongxin.shared.errors import Conflict, Invalid, NotAllowed, NotFound

OUTCOMES = ("granted", "refused")
MAX_TEXT = 400  # of a remark or a reason, as the tables keep it


def load_procedure(read: procedures.ProcedureFile, *, by: Acting) -> str:
    """Enter a procedure's version from the pack; the same again changes nothing."""
    version_id = f"{read.procedure}@{read.version}"
    body = read.model_dump(mode="json")
    with act("cases.procedure.loaded", by=by, key=f"load:{version_id}", request={"body": body}) as a:
        if not a.replayed:
            Procedure.objects.create(
                id=version_id,
                name=read.procedure,
                version=read.version,
                field=read.field,
                title_zh=read.title.zh,
                title_en=read.title.en,
                body=body,
                illustrative=read.provenance.terms == "illustrative",
            )
            a.entry(f"procedure:{version_id}", payload={"procedure": version_id})
    return version_id


def file_case(
    *, by: Acting, key: str, procedure: str, decide_at: str, applicant: dict[str, str], papers: list[str]
) -> dict[str, Any]:
    """Take a case in at the actor's desk for a jurisdiction that decides; it is filed, not yet accepted."""
    by.need("file_case")
    applicant = {name: text.strip() for name, text in applicant.items()}
    request = {
        "procedure": procedure,
        "decide_at": decide_at,
        "applicant": applicant,
        "papers": sorted(set(papers)),
    }
    with act("cases.case.filed", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        row = Procedure.objects.filter(name=procedure).order_by("-version").first()
        if row is None:
            raise NotFound("no_such_procedure", _("There is no such procedure."))
        form = procedures.ProcedureFile.model_validate(row.body)
        procedures.check(form, applicant, papers, decide_at)
        book = rulebook.at(a.at)
        competent = f"{decide_at}/{form.role}"
        if competent != by.desk:
            _basis(book, row.name, by.desk, competent, a.at)
        case = Case.objects.create(
            number=next_number(procedures.number_prefix(by.jurisdiction), a.at),
            procedure=row,
            rulebook=book,
            accepting_desk_id=by.desk,
            competent_desk_id=competent,
            holder_id=by.desk,
            applicant=applicant,
            papers=sorted(set(papers)),
            filed_at=a.at,
            illustrative=row.illustrative,
        )
        a.result = {"case": case.number}
        a.entry(f"case:{case.number}", payload=request | {"competent": competent})
    return a.result


def accept_case(*, by: Acting, key: str, number: str) -> dict[str, Any]:
    """Accept a filed case: the applicant's promise begins, on the competent desk's calendar. A weighty act."""
    by.need("file_case")
    with act("cases.case.accepted", by=by, key=key, request={"case": number}) as a:
        if a.replayed:
            return a.result
        case = _held(number, by)
        _in_state(case, Case.State.FILED)
        form = procedures.ProcedureFile.model_validate(case.procedure.body)
        limit = Within(within=form.promise.within, clock=form.promise.clock, starts="recorded")
        count = clocks.due(limit, a.at, bound_desk=case.competent_desk_id, owed_desk=case.accepting_desk_id)
        case.state = Case.State.ACCEPTED
        case.accepted_at = a.at
        case.promise_due_at = count.due_at
        case.promise_count = count.detail
        case.save(update_fields=["state", "accepted_at", "promise_due_at", "promise_count"])
        a.result = {"case": number, "promise_due_at": clock.iso(count.due_at)}
        a.entry(f"case:{number}", payload=a.result)
    return a.result


def offer(*, by: Acting, key: str, number: str, to_desk: str, epoch: int) -> dict[str, Any]:
    """Offer the case to another desk: the sender keeps it, frozen, until the receiver answers."""
    by.need("hand_over")
    request = {"case": number, "to": to_desk, "epoch": epoch}
    with act("cases.offer.made", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        case = _held(number, by, epoch=epoch)
        _in_state(case, Case.State.ACCEPTED, Case.State.IN_HAND)
        if to_desk in {"", by.desk}:
            raise Invalid(
                _("A case is handed to another desk, not to one's own."), {"to_desk": [_("Choose a desk.")]}
            )
        binding, clause = _basis(case.rulebook, case.procedure.name, by.desk, to_desk, a.at)
        message = _send(a, case, "offer", to_desk, basis=binding.clause_id, body=_shown(case))
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
        _ring(to_desk, "offer", case, a.at, dedupe=f"offer:{made.id}")
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
        message = _send(
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
        _ring(made.from_desk_id, "offer_taken_over", case, a.at, dedupe=f"taken:{made.id}")
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
    _not_too_long("remark", remark, _("The case was not returned."))
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
        message = _send(
            a, case, "refuse", made.from_desk_id, basis=made.clause_id, body=body, reply=made.message
        )
        made.reason = reason
        made.remark = remark.strip()
        _settle(a, made, Offer.State.RETURNED, message)
        case.frozen_by = None
        case.save(update_fields=["frozen_by"])
        _ring(made.from_desk_id, "offer_returned", case, a.at, dedupe=f"returned:{made.id}")
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
        message = _send(
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
        _ring(made.to_desk_id, "offer_recalled", case, a.at, dedupe=f"recalled:{made.id}")
        a.result = {"case": case.number, "holder": case.holder_id, "epoch": case.epoch}
        a.entry(
            f"case:{case.number}/offer:{made.id}",
            cause=f"message:{message.id}",
            basis=made.clause_id,
            payload=a.result,
        )
    return a.result


def decide(*, by: Acting, key: str, number: str, epoch: int, outcome: str, reason: str) -> dict[str, Any]:
    """Decide the case: only the holder that is competent, once; refusing needs reasons. A weighty act."""
    by.need("decide")
    request = {"case": number, "epoch": epoch, "outcome": outcome, "reason": reason.strip()}
    _not_too_long("reason", reason, _("The case was not decided."))
    with act("cases.case.decided", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        case = _held(number, by, epoch=epoch)
        _in_state(case, Case.State.ACCEPTED, Case.State.IN_HAND)
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
        _end_progress(a, case)
        a.result = {"case": number, "outcome": outcome}
        a.entry(f"case:{number}", payload=request)
    return a.result


def _basis(
    book: list[str], procedure: str, offerer: str, receiver: str, at: datetime
) -> tuple[Binding, Handle]:
    """Return the handle clause that binds both desks, or refuse by name: no clause, no hand-over."""
    on = clock.beijing(at).date()
    for binding, clause in rulebook.handle_clauses(book, procedure):
        desks = set()
        for desk in (offerer, receiver):
            jurisdiction, _slash, role = desk.partition("/")
            if role == clause.role and region.party_of(jurisdiction, binding.parties, on) is not None:
                desks.add(desk)
        desks = set(Desk.objects.filter(id__in=desks).values_list("id", flat=True))
        if desks == {offerer, receiver} and offerer != receiver:
            return binding, clause
    names = wording.desk_names([offerer, receiver])
    raise NotAllowed(
        "no_clause_binds",
        _("No clause in force lets %(from)s hand a case of this kind to %(to)s.")
        % {"from": names.get(offerer, offerer), "to": names.get(receiver, receiver)},
        todo=_("Choose a desk of a party to such an agreement, or ask your coordination office."),
    )


def _held(number: str, by: Acting, *, epoch: int | None = None) -> Case:
    """Lock the case and return it; refuse unless the actor's desk holds it, unfrozen, at the expected epoch."""
    case = _lock(number, by.desk)
    if epoch is not None and epoch != case.epoch:
        raise Conflict(
            "stale_page",
            _("The case has moved on since this page was made."),
            todo=_("Reload the page and look again before you act."),
        )
    if case.holder_id != by.desk:
        raise NotAllowed(
            "not_holder",
            _("Your desk does not hold this case now."),
            todo=_("Reload the page to see in whose hands it is."),
        )
    if case.frozen_by_id is not None:
        raise Conflict(
            "frozen_by_offer",
            _("The case is offered to another desk; until it answers, the offer can only be recalled."),
            todo=_("Wait for the answer, or recall the offer."),
        )
    return case


def _lock(number: str, desk: str) -> Case:
    case = locking.lock(number)
    if case is None or not _has_part(case, desk):
        raise NotFound("no_such_case", _("There is no such case, or your desk has no part in it."))
    return Case.objects.select_related("procedure", "holder", "competent_desk").get(pk=case.pk)


def _has_part(case: Case, desk: str) -> bool:
    if desk in {case.accepting_desk_id, case.holder_id}:
        return True
    return case.offers.filter(to_desk_id=desk).exists() or case.offers.filter(from_desk_id=desk).exists()


def _in_state(case: Case, *states: str) -> None:
    if case.state not in states:
        raise Conflict(
            "wrong_state",
            _("The case is not in a state in which this can be done."),
            todo=_("Reload the page to see where it stands."),
        )


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


def _not_too_long(field: str, text: str, what: Any) -> None:
    if len(text.strip()) > MAX_TEXT:
        raise Invalid(
            what, {field: [_("This text is too long: at most %(n)d characters.") % {"n": MAX_TEXT}]}
        )


def _send(
    a: Act,
    case: Case,
    kind: str,
    to_desk: str,
    *,
    basis: str,
    body: dict[str, Any],
    reply: Message | None = None,
) -> Message:
    return exchange.send(
        kind,
        from_desk=a.by.desk,
        to_desk=to_desk,
        thread=f"case:{case.number}",
        basis=basis,
        body=body,
        at=a.at,
        epoch=case.epoch,
        in_reply_to=reply,
    )


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
    n = 1 + _end_progress(a, case)
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


def _end_progress(a: Act, case: Case) -> int:
    """Void what is still owed of reports on a case that goes on elsewhere or is decided; return how many there were."""
    rows = Duty.objects.filter(thread=f"case:{case.number}", subject__startswith=performing.PROGRESS)
    for duty in rows.filter(state__in=Duty.STANDING):
        duties.void(duty, at=a.at, reason=f"{a.name}:{case.number}")
    return rows.count()


def _promise(case: Case) -> Any:
    return procedures.ProcedureFile.model_validate(case.procedure.body).promise.within


def _tell_accepting(a: Act, case: Case) -> None:
    """Tell the accepting desk the outcome, and meet the duty to decide."""
    if case.accepting_desk_id == a.by.desk:
        return
    duty = Duty.objects.filter(
        thread=f"case:{case.number}", subject="decide", bound_desk_id=a.by.desk, state=Duty.State.OPEN
    ).first()
    basis = duty.clause_id if duty else case.procedure_id
    body = {"case": case.number, "outcome": case.outcome}
    message = _send(a, case, "decision", case.accepting_desk_id, basis=basis, body=body)
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
    _ring(case.accepting_desk_id, "case_decided", case, a.at, dedupe=f"decided:{case.number}")


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


def _ring(desk: str, kind: str, case: Case, at: datetime, *, dedupe: str) -> None:
    exchange.notify(
        desk, kind, link=f"/cases/{case.number}/", at=at, dedupe=dedupe, params={"case": case.number}
    )
