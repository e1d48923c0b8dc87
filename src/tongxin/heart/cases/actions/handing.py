"""Hand-over: offer, take over, return, recall. The receiver alone settles an offer.

What is allowed and what follows is the protocol's (`cases.handover`, over `replicas`). Each act is the sender's part
(`sent_…`: the rows change, the message goes out) and the receiver's part (`received_…`: what the message does where it
is stored). In one database both run in one transaction; a line between nodes calls `received` with what arrived.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import duties, rulebook
from tongxin.heart.agreements.actions import stages
from tongxin.heart.agreements.language import Handle
from tongxin.heart.agreements.models import Duty
from tongxin.heart.cases import (
    crossing,
    crossing_trust,
    handover,
    joints,
    sight_ended,
    states,
)
from tongxin.heart.cases.actions import disputing, holding, mirroring, offers, parts, replicas
from tongxin.heart.cases.models import Case, Offer
from tongxin.heart.exchange import nodes
from tongxin.heart.exchange.acts import Act, act
from tongxin.heart.exchange.models import Message
from tongxin.heart.region.acting import Acting
from tongxin.shared import clock
from tongxin.shared.errors import Invalid


def offer(*, by: Acting, key: str, number: str, to_desk: str, epoch: int) -> dict[str, Any]:
    """Offer the case to another desk: the sender keeps it, frozen, until the receiver answers."""
    by.need("hand_over")
    request = {"case": number, "to": to_desk, "epoch": epoch}
    with act("cases.offer.made", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        case = parts.held(number, by, epoch=epoch)
        states.need(case, "offer", by)
        if to_desk in {"", by.desk}:
            raise Invalid(
                _("A case is handed to another desk, not to one's own."), {"to_desk": [_("Choose a desk.")]}
            )
        joints.lapse(a, case)
        made, message = sent_offer(a, case, to_desk)
        answer = received_offer(a, case, message, made) if replicas.is_here(message) else None
        mirroring.mirror(a, case, beside=to_desk)
        a.result = {
            "case": number,
            "offer": str(made.id),
            "answer_due_at": clock.iso(answer.due_at) if answer else "",
        }
        a.entry(
            f"case:{number}/offer:{made.id}",
            cause=f"message:{message.id}",
            basis=made.clause_id,
            payload=request | {"answer": duties.summary(answer) if answer else {}},
        )
    return a.result


def sent_offer(a: Act, case: Case, to_desk: str) -> tuple[Offer, Message]:
    """Freeze the case and send the offer, under a clause that binds both desks; a third one needs its own."""
    number = str(uuid.uuid4())
    step = replicas.did(case, handover.offer, by=a.by.desk, to=to_desk, id=number)
    binding, _clause = parts.basis_of(case.rulebook, case.procedure.name, a.by.desk, to_desk, a.at)
    more = offers.shown(case, Offer(to_desk_id=to_desk, from_desk_id=a.by.desk, clause_id=binding.clause_id))
    papers = crossing.hashes_of(more["facts"]) if "facts" in more else ()
    message = replicas.say(a, case, step.send[0], basis=binding.clause_id, more=more, papers=papers)
    made = offers.keep(a, case, message)
    replicas.write(a, case, step.replica)
    return made, message


def received_offer(a: Act, case: Case, message: Message, made: Offer | None = None) -> Duty | None:
    """Keep an offer that has arrived and open the duty to answer it; one under an older epoch is answered `stale`.

    `made`: the offer's row where its sender has just written it in this transaction.
    """
    step = replicas.arrived(case, message)
    if step.send:
        _answered_stale(a, case, message, step)
        return None
    made = (
        made
        or next(iter(offers.with_all(uuid.UUID(message.body["offer"]))), None)
        or offers.keep(a, case, message)
    )
    replicas.write(a, case, step.replica)
    clause = rulebook.read_clause(made.clause)
    assert isinstance(clause, Handle)
    answer = duties.open_round(
        clause=made.clause,
        thread=f"case:{case.number}",
        bound_desk=made.to_desk_id,
        owed_desk=made.from_desk_id,
        purpose=Duty.Purpose.DO,
        subject=f"answer:{made.id}",
        limit=clause.answer.model_copy(update={"starts": "delivered"}),
        starts_at=message.delivered_at or a.at,
        opened_by=f"message:{message.id}",
        at=a.at,
    )
    parts.ring(made.to_desk_id, "offer", case, a.at, dedupe=f"offer:{made.id}")
    return answer


def take_over(*, by: Acting, key: str, offer_id: str) -> dict[str, Any]:
    """Take the case over: from here the receiver holds it, epoch + 1. A weighty act of the receiver alone."""
    by.need("take_over")
    with act("cases.offer.taken_over", by=by, key=key, request={"offer": offer_id}) as a:
        if a.replayed:
            return a.result
        case, made = offers.locked(offer_id, receiver=by.desk)
        message, opened = sent_accept(a, case, made)
        if replicas.is_here(message):
            received_accept(a, case, message)
        mirroring.mirror(a, case)
        a.result = {"case": case.number, "holder": by.desk, "epoch": case.epoch}
        a.entry(
            f"case:{case.number}/offer:{made.id}",
            cause=f"message:{made.message_id}",
            basis=made.clause_id,
            payload=a.result | {"opened": duties.summaries(opened)},
        )
    return a.result


def sent_accept(a: Act, case: Case, made: Offer) -> tuple[Message, list[Duty]]:
    """Settle the offer: the receiver holds the case in this transaction; return what it owes from here."""
    step = replicas.did(case, handover.accept, by=a.by.desk, id=str(made.id))
    message = replicas.say(a, case, step.send[0], basis=made.clause_id, reply=made.message)
    states.move(case, "take_over")
    replicas.write(a, case, step.replica, state=case.state)
    offers.answer_met(a, made, message)
    holding.follow(a, case)
    owed = (
        holding.open_decide(a, case, made.clause, f"message:{message.id}"),
        _open_progress(a, case, made, message),
    )
    opened = [duty for duty in owed if duty]
    sight_ended.settle_opened(a, case)
    _open_dispute(a, case, made, step)
    return message, opened


def received_accept(a: Act, case: Case, message: Message) -> None:
    """The offerer learns that its offer was taken over; one that was settled otherwise meanwhile changes nothing."""
    step = replicas.arrived(case, message)
    if step.send:
        _answered_stale(a, case, message, step)
        return
    number = uuid.UUID(message.body["offer"])
    (made,) = offers.with_all(number)
    takes = made.state == Offer.State.OFFERED and case.state in states.WAYS["take_over"].sources
    if takes:
        states.move(case, "take_over")
        replicas.write(a, case, step.replica, state=case.state)
        (made,) = offers.with_all(number)
    else:
        replicas.write(a, case, step.replica)
    if made.state == Offer.State.TAKEN_OVER:
        _open_dispute(a, case, made, step)
        parts.ring(made.from_desk_id, "offer_taken_over", case, a.at, dedupe=f"taken:{made.id}")


def return_over(*, by: Acting, key: str, offer_id: str, reason: str, remark: str = "") -> dict[str, Any]:
    """Return an offered case with a reason from the clause's list: the sender goes on where it stood."""
    by.need("take_over")
    request = {"offer": offer_id, "reason": reason, "remark": remark.strip()}
    parts.check_text("remark", remark, _("The case was not returned."))
    with act("cases.offer.returned", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        case, made = offers.locked(offer_id, receiver=by.desk)
        clause = rulebook.read_clause(made.clause)
        if not isinstance(clause, Handle) or reason not in clause.refuse_reasons:
            raise Invalid(
                _("The case was not returned."),
                {"reason": [_("Choose one of the reasons that the clause lists.")]},
            )
        message = sent_refuse(a, case, made, reason=reason, remark=remark.strip())
        if replicas.is_here(message):
            received_refuse(a, case, message)
        mirroring.mirror(a, case, beside=made.from_desk_id)
        a.result = {"case": case.number, "holder": case.holder_id, "epoch": case.epoch}
        a.entry(
            f"case:{case.number}/offer:{made.id}",
            cause=f"message:{made.message_id}",
            basis=made.clause_id,
            payload=request | a.result,
        )
    return a.result


def sent_refuse(a: Act, case: Case, made: Offer, *, reason: str, remark: str) -> Message:
    """Settle the offer as returned; the epoch stays, and the sender is unfrozen where the message is stored."""
    said = {"reason": reason, "remark": remark}
    step = replicas.did(case, handover.refuse, by=a.by.desk, id=str(made.id), body=said)
    message = replicas.say(a, case, step.send[0], basis=made.clause_id, reply=made.message)
    replicas.write(a, case, step.replica)
    Offer.objects.filter(pk=made.pk).update(**said)
    offers.answer_met(a, made, message)
    disputing.answered(a, case, made)
    _open_dispute(a, case, made, step)
    return message


def received_refuse(a: Act, case: Case, message: Message) -> None:
    """The offerer learns that its offer was returned, and goes on with the case."""
    if "proposal" in message.body:
        disputing.received_decline(a, case, message)
        return
    step = replicas.arrived(case, message)
    if step.send:
        _answered_stale(a, case, message, step)
        return
    made = Offer.objects.get(id=str(message.body["offer"]))
    said = {name: str(message.body.get(name, "")) for name in ("reason", "remark")}
    _returned(a, case, made, step, **said)


def refused_there(a: Act, case: Case, made: Offer, reason: str) -> None:
    """The node of the desk that an offer went to has refused it for good: the offerer goes on with the case."""
    said = handover.Draft(
        "refuse", made.to_desk_id, made.from_desk_id, made.epoch, body={"offer": str(made.id)}
    )
    _returned(a, case, made, handover.apply(replicas.read(case), "", said), reason=reason, remark="")


def _returned(a: Act, case: Case, made: Offer, step: handover.Step, *, reason: str, remark: str) -> None:
    replicas.write(a, case, step.replica)
    made.refresh_from_db()
    if made.state == Offer.State.RETURNED:
        Offer.objects.filter(pk=made.pk).update(reason=reason[:40], remark=remark[:400])
        _open_dispute(a, case, made, step)
        parts.ring(made.from_desk_id, "offer_returned", case, a.at, dedupe=f"returned:{made.id}")


def recall(*, by: Acting, key: str, offer_id: str) -> dict[str, Any]:
    """Recall an offer that the receiver has not answered; too late when it has.

    Over a line it is only asked back (`settled` is false): the receiver's node says whether that came in time.
    """
    by.need("hand_over")
    with act("cases.offer.recalled", by=by, key=key, request={"offer": offer_id}) as a:
        if a.replayed:
            return a.result
        case, made = offers.locked(offer_id, sender=by.desk)
        message = sent_recall(a, case, made)
        settled = replicas.is_here(message)
        if settled:
            received_recalled(a, case, received_recall(a, case, message))
        a.result = {"case": case.number, "holder": case.holder_id, "epoch": case.epoch, "settled": settled}
        a.entry(
            f"case:{case.number}/offer:{made.id}",
            act="" if settled else "cases.offer.recall_asked",
            cause=f"message:{message.id}",
            basis=made.clause_id,
            payload=a.result,
        )
    return a.result


def sent_recall(a: Act, case: Case, made: Offer) -> Message:
    """Ask for an offer back; the sender stays frozen until the receiver says recalled or too late."""
    step = replicas.did(case, handover.recall, by=a.by.desk, id=str(made.id))
    return replicas.say(a, case, step.send[0], basis=made.clause_id, reply=made.message)


def received_recall(a: Act, case: Case, message: Message) -> Message:
    """Give an unanswered offer back and say `recalled`; an answered one stays, and the answer is `too_late`."""
    step = replicas.arrived(case, message)
    if step.send[0].kind == "stale":
        return _answered_stale(a, case, message, step)
    replicas.write(a, case, step.replica)
    for made in case.offers.filter(id=str(message.body["offer"]), state=Offer.State.RECALLED):
        offers.answer_void(a, made)
        disputing.answered(a, case, made)
        parts.ring(made.to_desk_id, "offer_recalled", case, a.at, dedupe=f"recalled:{made.id}")
    return replicas.say(a, case, step.send[0], basis=message.basis, reply=message)


def received_recalled(a: Act, case: Case, message: Message) -> None:
    """The sender learns that it may go on (`recalled`), or that it was too late, which changes nothing."""
    replicas.write(a, case, replicas.arrived(case, message).replica)
    if nodes.home_of(message.from_desk_id) is not None:  # who asked back over a line has waited for this
        kind = "offer_given_back" if message.kind == "recalled" else "recall_too_late"
        desk, once = message.to_desk_id, f"{kind}:{message.id}"
        parts.ring(desk, kind, case, a.at, dedupe=once, holder=case.holder_id)


def received_tell(a: Act, case: Case, message: Message) -> bool:
    """Learn what another desk did on the case; return whether it counts: under an older epoch it is answered so.

    Raises Refused for a higher epoch from a desk that cannot have the case.
    """
    sender = message.from_desk_id
    crossing_trust.need_heir(case, sender, sender, message.epoch)
    step = replicas.arrived(case, message)
    if step.send:
        _answered_stale(a, case, message, step)
        return False
    replicas.write(a, case, step.replica)
    return True


def received_stale(a: Act, case: Case, message: Message) -> None:
    """The sender learns that it acted under an older epoch: who holds the case now; what it sent is kept, contested."""
    holder, epoch = str(message.body["holder"]), int(message.body["epoch"])
    crossing_trust.need_heir(case, message.from_desk_id, holder, epoch)
    replicas.write(a, case, replicas.arrived(case, message).replica)
    parts.ring(message.to_desk_id, "case_contested", case, a.at, dedupe=f"contested:{message.id}")


# by kind of message, for a line between nodes; called in its turn, once, with the case locked
RECEIVED: dict[str, Callable[[Act, Case, Message], object]] = {
    "offer": received_offer,
    "accept": received_accept,
    "refuse": received_refuse,
    "recall": received_recall,
    "recalled": received_recalled,
    "too_late": received_recalled,
    "stale": received_stale,
    "propose": disputing.received_propose,
    "reassign": disputing.received_reassign,
}


def received(a: Act, case: Case, message: Message) -> None:
    """Let a message of the hand-over do what it does here. Raises KeyError for a kind that is none of it."""
    RECEIVED[message.kind](a, case, message)


def _answered_stale(a: Act, case: Case, message: Message, step: handover.Step) -> Message:
    """Keep what came under an older epoch, say who holds the case, and put it before both desks."""
    if message.kind == "offer" and not case.offers.filter(id=str(message.body["offer"])).exists():
        kept = offers.keep(a, case, message)
        kept.state, kept.settled_at = Offer.State.STALE, a.at
        kept.save(update_fields=["state", "settled_at"])
    for desk in dict.fromkeys((message.from_desk_id, message.to_desk_id, case.holder_id)):
        parts.ring(desk, "case_contested", case, a.at, dedupe=f"contested:{message.id}:{desk}")
    return replicas.say(a, case, step.send[0], basis=message.basis, reply=message)


def _open_dispute(a: Act, case: Case, made: Offer, step: handover.Step) -> None:
    """Open a competence dispute where the protocol says that this was one hand-over too many."""
    if any(effect.name == "disputed" for effect in step.effects):
        disputing.opened(a, case, made)


def _open_progress(a: Act, case: Case, made: Offer, message: Message) -> Duty | None:
    """Open the holder's first duty to report progress, where the clause asks for it; an earlier holder's ends."""
    n = 1 + parts.end_progress(a, case)
    return stages.open_progress(
        made.clause,
        thread=f"case:{case.number}",
        holder=case.holder_id,
        accepting=case.accepting_desk_id,
        n=n,
        message=message,
        delivered=message.delivered_at or a.at,
        at=a.at,
    )
