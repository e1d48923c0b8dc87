"""Competence disputes: opened by one hand-over too many, ended by the holder whom both coordination offices name.

The holder may go on with the case meanwhile; it is offered to nobody. A proposal waits for the other office's answer:
the same holder, or another one, which is a proposal in its turn.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import duties
from tongxin.heart.agreements.actions.parts import performance
from tongxin.heart.agreements.language import Within
from tongxin.heart.agreements.models import Duty
from tongxin.heart.cases import disputes, handover, locking, states
from tongxin.heart.cases.actions import holding, mirroring, parts, replicas
from tongxin.heart.cases.models import Case, Dispute, Offer
from tongxin.heart.exchange import nodes
from tongxin.heart.exchange.acts import Act, act
from tongxin.heart.exchange.models import Message
from tongxin.heart.region.acting import Acting
from tongxin.shared import clock
from tongxin.shared.errors import Conflict, Invalid, NotAllowed
from tongxin.shared.statements import fixed

LIMIT = Within(within=timedelta(days=3), clock="days", starts="recorded")  # P3D working (HEART §9)


def opened(a: Act, case: Case, made: Offer, *, why: str = "") -> Dispute:
    """Open a dispute after one hand-over too many, or (`why`) on an offer that nobody answers.

    Both coordination offices owe a name within P3D working.
    """
    one, other = disputes.offices_of(made)
    row = Dispute.objects.create(
        case=case, offer=made, one_office_id=one, other_office_id=other, opened_at=a.at
    )
    owed = []
    elsewhere = nodes.away({one, other})  # its own node opens what such an office owes
    for office in dict.fromkeys((one, other)):
        if office in elsewhere:
            continue
        duty = duties.open_round(
            clause=made.clause,
            thread=f"case:{case.number}",
            bound_desk=office,
            owed_desk=case.accepting_desk_id,
            purpose=Duty.Purpose.DO,
            subject=disputes.subject(row),
            limit=LIMIT,
            starts_at=a.at,
            opened_by=f"offer:{made.id}",
            at=a.at,
        )
        owed += [duty] if duty else []
        _ring(a, row, "dispute_opened", [office])
    _ring(a, row, "dispute_opened", disputes.desks_of(row))
    a.entry(
        f"case:{case.number}/dispute:{row.pk}",
        act="cases.dispute.opened",
        cause=f"offer:{made.id}",
        basis=made.clause_id,
        payload={"offices": [one, other], "opened": duties.summaries(owed)}
        | ({"reason": why} if why else {}),
    )
    return row


def lapse(a: Act, case: Case) -> None:
    """End an open dispute that has nothing to settle any more: the holder decided, or the case ended."""
    for row in _open(case.number):
        row.state, row.settled_at = Dispute.State.LAPSED, a.at
        row.save(update_fields=["state", "settled_at"])
        for duty in _standing(row):
            duties.void(duty, at=a.at, reason=f"unwanted:{a.name}")


def answered(a: Act, case: Case, made: Offer) -> None:
    """End the dispute on an offer that was silent and is answered, or recalled, after all."""
    if any(row.offer_id == made.pk for row in _open(case.number)):
        lapse(a, case)


def _void_answers(a: Act, case: Case) -> None:
    """Nobody is asked any more for an answer to an offer that the naming of a holder has settled."""
    open_ids = {str(pk) for pk in case.offers.filter(state=Offer.State.OFFERED).values_list("pk", flat=True)}
    rows = Duty.objects.filter(thread=f"case:{case.number}", subject__startswith="answer:")
    for duty in rows.filter(state=Duty.State.OPEN).order_by("pk"):
        if duty.subject.partition(":")[2] not in open_ids:
            duties.void(duty, at=a.at, reason=f"unwanted:{a.name}")


@fixed
def _open(case: str) -> QuerySet[Dispute]:
    return Dispute.objects.filter(case_id=case, state=Dispute.State.OPEN)


def name_holder(*, by: Acting, key: str, dispute: int, holder: str, reason: str) -> dict[str, Any]:
    """Propose a holder for the own coordination office, or agree to the one that the other proposed: epoch + 2.

    A weighty act. Another holder than the one proposed declines that one and is a proposal in its turn.
    """
    by.need("excuse")
    why = reason.strip()
    request = {"dispute": dispute, "holder": holder, "reason": why}
    parts.check_text("reason", why, _("Nothing was decided."))
    with act("cases.holder.proposed", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        case, row = _locked(dispute, by)
        _check(row, holder, why)
        proposal = replicas.read(case).proposal
        if proposal is not None and proposal.office == by.desk:
            raise Conflict(
                "waits_for_other",
                _("Your office has proposed a holder; the other office has not answered yet."),
                kept=_("Your proposal stands."),
                todo=_("Wait for the answer; a ring tells you."),
            )
        if proposal is not None and proposal.holder != holder:
            _declined(a, case, row, proposal)
            proposal = None
        if proposal is None:
            proposal = _proposed(a, case, row, holder, why)
        alone = row.one_office_id == row.other_office_id
        if alone or proposal.office != by.desk:
            _named(a, case, row, proposal)
        settled = row.state == Dispute.State.NAMED
        if settled:
            mirroring.mirror(a, case)
        a.result = {"dispute": row.pk, "settled": settled, "holder": holder, "epoch": case.epoch}
        a.entry(
            f"case:{case.number}/dispute:{row.pk}",
            act="cases.holder.named" if settled else "",
            basis=row.offer.clause_id,
            payload=request | a.result,
        )
    return a.result


def received_propose(a: Act, case: Case, message: Message) -> None:
    """Keep what the other side's office proposes and ring the own one; one that crossed its own is declined at once."""
    step = replicas.arrived(case, message)
    row = case.disputes.filter(state=Dispute.State.OPEN).select_related("offer").first()
    for said in step.send:
        replicas.say(a, case, said, basis=message.basis, reply=message)
    made = step.replica.proposal
    if row is None or made is None or made.id != message.body["proposal"]:
        return
    if all(each["id"] != made.id for each in row.proposals):
        row.proposals = [*row.proposals, _kept(made, str(message.body.get("reason", "")), "", a)]
        row.save(update_fields=["proposals"])
    _ring(a, row, "holder_proposed", [made.asked])


def received_decline(a: Act, case: Case, message: Message) -> None:
    """The other office declined what was proposed to it."""
    number = message.body["proposal"]
    for row in case.disputes.filter(state=Dispute.State.OPEN):
        row.proposals = [
            {**each, "answer": "declined", "answered_at": clock.iso(a.at)}
            if each["id"] == number and not each["answer"]
            else each
            for each in row.proposals
        ]
        row.save(update_fields=["proposals"])


def received_reassign(a: Act, case: Case, message: Message) -> None:
    """Learn whom both offices have named; offers under an older epoch are settled by it."""
    step = replicas.arrived(case, message)
    new = step.replica.epoch > case.epoch
    if new and case.state in states.WAYS["named"].sources:
        states.move(case, "named")
    replicas.write(a, case, step.replica, state=case.state)
    row = case.disputes.filter(state=Dispute.State.OPEN).select_related("offer__clause__version").first()
    if row is not None:
        row.state, row.settled_at = Dispute.State.NAMED, a.at
        row.holder_id, row.epoch = str(message.body["holder"]), int(message.body["epoch"])
        row.save(update_fields=["state", "settled_at", "holder", "epoch"])
        _met(a, row, [message])
    if new:
        parts.end_progress(a, case)
        holding.follow(a, case)
    if new and row is not None and nodes.home_of(case.holder_id) is None:
        holding.make_competent(a, case)
        holding.open_decide(a, case, row.offer.clause, f"dispute:{row.pk}")
    parts.ring(message.to_desk_id, "holder_named", case, a.at, dedupe=f"named:{message.id}")


def _proposed(a: Act, case: Case, row: Dispute, holder: str, why: str) -> handover.Proposal:
    """Send the proposal to the other office; from here neither side offers or takes over."""
    other = row.other_office_id if a.by.desk == row.one_office_id else row.one_office_id
    number = str(uuid.uuid4())
    step = replicas.did(case, handover.propose, by=a.by.desk, to=other, holder=holder, id=number)
    made = step.replica.proposal
    assert made is not None
    if other != a.by.desk:
        replicas.say(a, case, step.send[0], basis=row.offer.clause_id, more={"reason": why})
        _ring(a, row, "holder_proposed", [other])
    row.proposals = [*row.proposals, _kept(made, why, a.by.post, a)]
    row.save(update_fields=["proposals"])
    return made


def _kept(made: handover.Proposal, why: str, post: str, a: Act) -> dict[str, Any]:
    """Return a proposal as the dispute keeps it."""
    return {
        "id": made.id,
        "office": made.office,
        "post": post,
        "holder": made.holder,
        "reason": why,
        "at": clock.iso(a.at),
        "epoch": made.epoch,
        "known": sorted(made.known),
        "answer": "",
    }


def _declined(a: Act, case: Case, row: Dispute, proposal: handover.Proposal) -> None:
    step = replicas.did(case, handover.refuse, by=a.by.desk, id=proposal.id)
    replicas.say(a, case, step.send[0], basis=row.offer.clause_id)
    _answered(row, proposal, "declined", a)


def _named(a: Act, case: Case, row: Dispute, proposal: handover.Proposal) -> None:
    """Both offices agree: the holder is named under an epoch above all that anybody may have taken meanwhile."""
    others = [desk for desk in disputes.desks_of(row) if desk != a.by.desk]
    step = replicas.did(case, handover.agree, by=a.by.desk, id=proposal.id, tell_desks=others)
    told = [replicas.say(a, case, said, basis=row.offer.clause_id) for said in step.send]
    _answered(row, proposal, "agreed", a)
    row.state, row.settled_at = Dispute.State.NAMED, a.at
    row.holder_id, row.epoch = step.replica.holder, step.replica.epoch
    row.save(update_fields=["state", "settled_at", "holder", "epoch"])
    states.move(case, "named")
    replicas.write(a, case, step.replica, state=case.state)
    _void_answers(a, case)
    parts.end_progress(a, case)
    holding.follow(a, case)
    if case.competent_desk_id != case.holder_id:
        holding.make_competent(a, case)
    holding.open_decide(a, case, row.offer.clause, f"dispute:{row.pk}")
    _met(a, row, told)
    _ring(a, row, "holder_named", [*disputes.offices(row), *disputes.desks_of(row)])


def _answered(row: Dispute, proposal: handover.Proposal, answer: str, a: Act) -> None:
    row.proposals = [
        {**each, "answer": answer, "answered_at": clock.iso(a.at)} if each["id"] == proposal.id else each
        for each in row.proposals
    ]
    row.save(update_fields=["proposals"])


def _met(a: Act, row: Dispute, told: list[Message]) -> None:
    """Both offices have done what they owed, by the act of the one that agreed."""
    for duty in _standing(row):
        message = told[0] if told else None
        done = performance(a.name, a.by, a.at, message=message, delivered_at=a.at, desk=duty.bound_desk_id)
        duties.meet(duty, done, delivered_at=a.at)


def _standing(row: Dispute) -> list[Duty]:
    found = Duty.objects.filter(thread=f"case:{row.case_id}", subject=disputes.subject(row))
    return list(found.filter(state__in=Duty.STANDING).order_by("pk"))


def _locked(pk: int, by: Acting) -> tuple[Case, Dispute]:
    """Return the dispute with its case locked; refuse who does not settle it, and one that is settled."""
    found = disputes.one(by, pk)
    if by.desk not in disputes.offices(found):
        raise NotAllowed(
            "not_your_decision",
            _("A holder is named by the coordination offices of the two sides."),
            todo=_("Ask your coordination office."),
        )
    locking.lock(found.case_id)
    row = Dispute.objects.select_for_update().get(pk=pk)
    case = Case.objects.select_related("procedure", "holder").get(pk=row.case_id)
    if row.state != Dispute.State.OPEN:
        raise Conflict(
            "dispute_settled",
            _("This dispute is settled already."),
            kept=replicas.where(case),
            todo=_("Reload the page to see who was named."),
        )
    return case, row


def _check(row: Dispute, holder: str, why: str) -> None:
    """Refuse a holder that has no part in the case, and a word without its reason; told together."""
    wrong: dict[str, list[Any]] = {}
    if holder not in disputes.desks_of(row):
        wrong["holder"] = [_("Choose one of the offices that have or had a part in the case.")]
    if not why:
        wrong["reason"] = [_("Say why.")]
    if wrong:
        raise Invalid(_("Nothing was decided."), wrong)


def _ring(a: Act, row: Dispute, kind: str, desks: list[str]) -> None:
    """Ring desks about a dispute: offices at its page, desks with a part at the case's."""
    for desk in dict.fromkeys(desks):
        office = desk in disputes.offices(row)
        if desk != a.by.desk or kind == "dispute_opened":
            link = disputes.url(row.pk) if office else f"/cases/{row.case_id}/"
            once = f"{kind}:{row.pk}:{len(row.proposals)}:{desk}"
            parts.ring_at(desk, kind, link, row.case, a.at, dedupe=once)
