"""Joint decisions: put to the other desk, answered by it; agreed, the case is decided by both."""

from __future__ import annotations

import uuid
from typing import Any

from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import duties
from tongxin.heart.agreements.actions.parts import performance
from tongxin.heart.agreements.language import Within
from tongxin.heart.agreements.models import Duty
from tongxin.heart.cases import joints, procedures, states
from tongxin.heart.cases.actions import deciding, mirroring, parts, replicas
from tongxin.heart.cases.models import Case, Joint
from tongxin.heart.exchange.acts import Act, act
from tongxin.heart.exchange.models import Message
from tongxin.heart.region.acting import Acting
from tongxin.shared import clock
from tongxin.shared.errors import Conflict, Invalid, NotAllowed

ANSWERS = ("agree", "differ")


def put_joint(*, by: Acting, key: str, number: str, epoch: int, outcome: str, reason: str) -> dict[str, Any]:
    """Put an outcome to the desk that accepted the case, as its competent holder; what waited before lapses.

    Of a decided case it is a new decision, with its reasons, in the place of the standing one.
    """
    by.need("decide")
    reason = reason.strip()
    request = {"case": number, "epoch": epoch, "outcome": outcome, "reason": reason}
    parts.check_text("reason", reason, _("Nothing was put to the other office."))
    with act("cases.joint.put", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        case = parts.held(number, by, epoch=epoch)
        states.need(case, "put_joint", by)
        if joints.lacks_second(case):
            raise joints.no_second()
        desk = joints.partner(case)
        if not desk:
            raise Conflict(
                "decided_alone",
                _("This case is decided by your office alone."),
                kept=_("Nothing was put to another office."),
                todo=_("Decide it."),
            )
        again = case.state == Case.State.DECIDED
        if again:
            deciding.not_under_review(case)
        deciding.judge(outcome, reason, needs_reason=again or outcome == "refused")
        message = sent_put(a, case, desk, outcome, reason)
        put = received_put(a, case, message) if replicas.is_here(message) else None
        mirroring.mirror(a, case, beside=desk)
        joint = str(message.body["joint"])
        a.result = {"case": number, "joint": joint, "to_desk": desk}
        payload = request | a.result | {"opened": duties.summaries([put[1]] if put and put[1] else [])}
        a.entry(f"case:{number}/joint:{joint}", basis=parts.basis(case), payload=payload)
    return a.result


def sent_put(a: Act, case: Case, desk: str, outcome: str, reason: str) -> Message:
    """Send an outcome to the desk that decides it too; what waited before lapses."""
    joints.lapse(a, case)
    number = str(uuid.uuid4())
    body = {"case": case.number, "joint": number, "outcome": outcome, "reason": reason}
    message = parts.send(a, case, "joint_put", desk, basis=parts.basis(case), body=body)
    _keep(a, case, message, a.by.post)
    return message


def received_put(a: Act, case: Case, message: Message) -> tuple[Joint, Duty | None] | None:
    """Keep what was put and open the duty to answer it; return both.

    None where the case has ended here meanwhile: what was put crossed with that, has lapsed, and asks nobody.
    """
    row = case.joints.select_related("message").filter(pk=str(message.body["joint"])).first()
    if row is None:
        joints.lapse(a, case)
        row = _keep(a, case, message, "")
    if case.state not in states.WAYS["put_joint"].sources:
        joints.lapse(a, case)
        return None
    parts.ring(row.to_desk_id, "joint_put", case, a.at, dedupe=f"joint:{row.pk}")
    return row, _owe(a, case, row)


def answer_joint(*, by: Acting, key: str, joint: str, answer: str, reason: str) -> dict[str, Any]:
    """Agree to what was put, which decides the case, or differ and say why. A weighty act of the accepting desk."""
    by.need("decide")
    reason = reason.strip()
    request = {"joint": joint, "answer": answer, "reason": reason}
    parts.check_text("reason", reason, _("Nothing was answered."))
    with act("cases.joint.answered", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        case, asked = _asked(joint, by)
        _check(answer, reason)
        message = sent_answer(a, case, asked, answer, reason)
        if replicas.is_here(message):
            received_answer(a, case, message, settled=True)
        mirroring.mirror(a, case, beside=asked.from_desk_id)
        a.result = {"case": case.number, "joint": joint, "state": asked.state, "outcome": case.outcome}
        a.entry(
            f"case:{case.number}/joint:{joint}",
            cause=f"message:{asked.message_id}",
            basis=parts.basis(case),
            payload=request | a.result,
        )
    return a.result


def sent_answer(a: Act, case: Case, asked: Joint, answer: str, reason: str) -> Message:
    """Settle what was put on the side of the desk that was asked, and send its answer."""
    _settle(asked, answer, reason, a)
    body = {"case": case.number, "joint": str(asked.pk), "answer": answer, "reason": reason}
    reply = asked.message
    told = parts.send(
        a, case, "joint_answer", asked.from_desk_id, basis=parts.basis(case), body=body, reply=reply
    )
    done = performance(a.name, a.by, a.at, message=told)
    for duty in joints.owed(asked):
        duties.meet(duty, done, delivered_at=told.delivered_at or a.at)
    return told


def received_answer(a: Act, case: Case, message: Message, *, settled: bool = False) -> None:
    """Decide the case where the other desk agreed; an answer to what has lapsed or was answered changes nothing.

    `settled`: the answer was given in this transaction, by a desk that works here.
    """
    row = case.joints.get(pk=str(message.body["joint"]))
    if row.state == Joint.State.PUT:  # from another node: it was not settled here when it was given
        if not _decidable(case, row):
            joints.lapse(a, case)
            return
        _settle(row, str(message.body["answer"]), str(message.body.get("reason", "")), a)
    elif not settled:
        return
    if row.state == Joint.State.AGREED:
        _decided(a, case, row, message)
    parts.ring(row.from_desk_id, f"joint_{row.state}", case, a.at, dedupe=f"joint:{row.pk}:{row.state}")


def _decidable(case: Case, row: Joint) -> bool:
    """Whether what was put may still be decided: in the hands that put it, not offered, not stopped."""
    there = case.epoch == row.epoch and case.holder_id == row.from_desk_id and case.frozen_by_id is None
    return there and case.state in states.WAYS["put_joint"].sources


def _settle(asked: Joint, answer: str, reason: str, a: Act) -> None:
    asked.state = Joint.State.AGREED if answer == "agree" else Joint.State.DIFFERED
    asked.answer, asked.answer_post, asked.answered_at = reason, a.by.post, a.at
    asked.save(update_fields=["state", "answer", "answer_post", "answered_at"])


def _keep(a: Act, case: Case, message: Message, post: str) -> Joint:
    return Joint.objects.create(
        id=str(message.body["joint"]),
        case=case,
        message=message,
        from_desk_id=message.from_desk_id,
        to_desk_id=message.to_desk_id,
        epoch=message.epoch,
        outcome=str(message.body["outcome"]),
        reason=str(message.body["reason"]),
        post=post,
        put_at=message.sent_at,
    )


def _owe(a: Act, case: Case, row: Joint) -> Duty | None:
    """Open the other desk's duty to answer, from delivery, under the clause of the hand-over."""
    made, limit = parts.handed_under(case), procedures.form_of(case).joint
    if made is None or limit is None:
        return None
    return duties.open_round(
        clause=made.clause,
        thread=f"case:{case.number}",
        bound_desk=row.to_desk_id,
        owed_desk=row.from_desk_id,
        purpose=Duty.Purpose.DO,
        subject=joints.subject(row),
        limit=Within(within=limit.within, clock=limit.clock, starts="delivered"),
        starts_at=row.message.delivered_at or a.at,
        opened_by=f"message:{row.message_id}",
        at=a.at,
    )


def _asked(joint: str, by: Acting) -> tuple[Case, Joint]:
    """Lock the case; return it with what was put, refuse who is not asked and what no longer waits."""
    seen = joints.one(by, joint)
    case = parts.lock(seen.case_id, by.desk)
    row = Joint.objects.select_related("message").get(pk=seen.pk)
    if row.to_desk_id != by.desk:
        raise NotAllowed("not_asked", _("Your office put this; the other one answers."))
    if row.state != Joint.State.PUT:
        raise Conflict(
            "answered_already",
            _("This was answered already, or something else was put in its place."),
            todo=_("Reload the page to see where it stands."),
        )
    if case.frozen_by_id is not None:
        raise states.frozen()
    parts.in_state(case, *states.WAYS["put_joint"].sources)
    return case, row


def _check(answer: str, reason: str) -> None:
    wrong: dict[str, list[Any]] = {}
    if answer not in ANSWERS:
        wrong["answer"] = [_("Agree, or differ.")]
    elif answer == "differ" and not reason:
        wrong["reason"] = [_("Say why your office differs.")]
    if wrong:
        raise Invalid(_("Nothing was answered."), wrong)


def _decided(a: Act, case: Case, row: Joint, told: Message) -> None:
    """Decide as both desks now say: the decision of the desk that put it, agreed to by the other."""
    last = deciding.standing(case)
    if case.state != Case.State.DECIDED:
        deciding.carry(a, case, row.outcome, row.reason, joint=row, agreed=told)
    else:
        deciding.not_under_review(case)
        deciding.record(a, case, row.outcome, row.reason, supersedes=last, joint=row)
    a.entry(
        f"case:{case.number}",
        act="cases.case.decided_jointly",
        cause=f"message:{told.id}",
        basis=parts.basis(case),
        payload={"outcome": row.outcome, "reason": row.reason, "put": clock.iso(row.put_at)},
    )
