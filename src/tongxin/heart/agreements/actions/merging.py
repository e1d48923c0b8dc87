"""Writes of merging: two matters that are one are proposed, answered, and become one."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import conflicts, duties, plan, reconcile
from tongxin.heart.agreements.actions import parts, parts_matters
from tongxin.heart.agreements.models import Duty
from tongxin.heart.events import actions as events
from tongxin.heart.events.models import Event, Matter, MergeProposal
from tongxin.heart.exchange.acts import Act, act
from tongxin.heart.region.acting import Acting
from tongxin.shared.errors import Conflict, Invalid, NotAllowed, NotFound


def propose_merge(number: str, other: str, *, by: Acting, key: str, reason: str) -> dict[str, Any]:
    """Propose that two matters are one; the desk that reported the other one agrees or refuses."""
    by.need("report_incident")
    why = parts.need_reason(reason)
    request = {"matter": number, "other": other, "reason": why}
    with act("agreements.merge.proposed", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        one, two = _two(number, other)
        for each in (one, two):
            parts_matters.need_reported(parts_matters.root(each))
        earlier, later = sorted((one, two), key=lambda m: (parts_matters.root(m).recorded_at, m.number))
        mine = next((m for m in (one, two) if by.answers_for(parts_matters.root(m).by_desk_id)), None)
        if mine is None:
            raise NotAllowed(
                "not_your_matter", _("Only a desk that reported one of the two may propose this.")
            )
        asked = parts_matters.root(two if mine is one else one).by_desk_id
        if earlier.kind != later.kind or earlier.drill != later.drill:
            raise Conflict(
                "merge_unlike",
                _("These two cannot be one: they are of different kinds, or one is a drill."),
                kept=_("Both stand as they were."),
                todo=_("Choose another number."),
            )
        row, new = MergeProposal.objects.get_or_create(
            earlier=earlier,
            later=later,
            state=MergeProposal.State.PROPOSED,
            defaults={"proposed_by_id": by.desk, "asked_id": asked, "reason": why, "at": a.at},
        )
        if not new:
            raise Conflict(
                "merge_proposed",
                _("That these two are one is proposed already."),
                kept=_("The first proposal stands."),
                todo=_("Wait for the other desk's answer."),
            )
        own, others = (two, one) if mine is one else (one, two)  # of the desk that is asked
        parts.ring(
            asked,
            "merge_proposed",
            reconcile.thread_of(own),
            a.at,
            dedupe=f"merge:{row.pk}",
            drill=earlier.drill,
            other=others.number,
            desk=by.desk,
        )
        a.result = {"proposal": row.pk, "earlier": earlier.number, "later": later.number}
        a.entry(reconcile.thread_of(earlier), payload=request | a.result)
    return a.result


def answer_merge(proposal: int, *, by: Acting, key: str, agree: bool) -> dict[str, Any]:
    """Agree that two matters are one, or refuse. Agreed, the earlier one absorbs the later one. A weighty act."""
    by.need("report_incident")
    request = {"proposal": proposal, "agree": agree}
    with act("agreements.merge.answered", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        seen = MergeProposal.objects.filter(pk=proposal).first()
        if seen is None:
            raise NotFound("no_such_proposal", _("There is no such proposal."))
        rows = _lock_two(seen.earlier_id, seen.later_id)
        row = MergeProposal.objects.select_for_update().get(pk=proposal)
        if row.state != MergeProposal.State.PROPOSED:
            raise Conflict(
                "merge_answered",
                _("This proposal is answered already."),
                kept=_("The first answer stands."),
                todo=_("Reload the page to see it."),
            )
        if not by.answers_for(row.asked_id):
            raise NotAllowed("not_asked", _("Only the desk that was asked may answer this."))
        row.state = MergeProposal.State.AGREED if agree else MergeProposal.State.REFUSED
        row.settled_at = a.at
        row.save(update_fields=["state", "settled_at"])
        done = _absorb(*_both_stand(rows), row, a) if agree else {}
        thread = f"matter:{row.earlier_id}"
        parts.ring(
            row.proposed_by_id,
            "merge_answered",
            thread,
            a.at,
            dedupe=f"merge-answered:{row.pk}",
            drill=rows[row.earlier_id].drill,
            other=row.later_id,
            agreed=agree,
        )
        a.result = {"matter": row.earlier_id, "agreed": agree}
        a.entry(thread, payload=request | a.result | done)
    return a.result


def _absorb(earlier: Matter, later: Matter, row: MergeProposal, a: Act) -> dict[str, Any]:
    """Let the earlier matter take the later one in: duties with one key become one, and a met one wins."""
    root = parts_matters.root(later)
    gone = [later.number, *later.absorbed.order_by("number").values_list("number", flat=True)]
    won, told = _won(earlier, gone, a)
    voided = list(
        parts_matters.standing(later).filter(purpose__in=(Duty.Purpose.DO, Duty.Purpose.STAND_DOWN))
    )
    for duty in voided:
        if duty.state == Duty.State.SUSPENDED:
            duties.resume(duty, a)  # what goes on elsewhere goes on with the time it stood still
    kept = {parts.plan_key(d): reconcile.round_of(d) for d in voided if d.purpose == Duty.Purpose.DO}
    for duty in voided:
        duties.void(duty, at=a.at, reason=f"merged:{earlier.number}")
    later.absorbed_by = earlier
    later.state = Matter.State.CLOSED
    later.closed_at = a.at
    later.save(update_fields=["absorbed_by", "state", "closed_at"])
    Matter.objects.filter(absorbed_by=later).update(absorbed_by=earlier)
    parts_matters.lapse(gone, a)
    joined = reconcile.join(earlier, [*later.rulebook, *later.joined])
    merged = events.add(
        earlier,
        events.Report(root.type, root.place_id, a.at, root.data),
        data={"absorbed": later.number},
        by_desk=row.asked_id,
        at=a.at,
        act=Event.Act.MERGE,
        reason=row.reason,
    )
    done = reconcile.reconcile(earlier, a, reconcile.cause_of(merged, a.at), kept)
    parts.ring_all(done.opened, a.at, earlier.kind)
    conflicts.note(earlier, a)
    return {
        "event": str(merged.id),
        "matters": gone,
        "joined": joined,
        "won": duties.summaries(won),
        "said": told,
        "absorbed": [duties.summary(d) | {"pauses": d.pauses} for d in voided],
    } | done.as_json()


def _won(earlier: Matter, gone: list[str], a: Act) -> tuple[list[Duty], dict[str, Any]]:
    """Meet what stands open in a matter and was met in those that it absorbs; return that, and what was told last.

    It was met when the other was first told. What was told before a later round opened does not meet that round.
    """
    there = {
        parts.plan_key(d): d
        for d in parts_matters.standing(earlier).filter(purpose=Duty.Purpose.DO, state=Duty.State.OPEN)
    }
    rows = Duty.objects.filter(matter__in=gone, purpose=Duty.Purpose.DO, state=Duty.State.MET)
    first: dict[plan.Key, Duty] = {}
    last: dict[plan.Key, Duty] = {}
    for duty in rows.select_related("performance").order_by("delivered_at", "id"):
        same = there.get(parts.plan_key(duty))
        if same is None or duty.delivered_at is None:
            continue
        if same.round == 1 or duty.delivered_at >= same.opened_at:
            first.setdefault(parts.plan_key(duty), duty)
            last[parts.plan_key(duty)] = duty
    won, told = [], {}
    for key, duty in first.items():
        same, said = there[key], last[key].told
        if duty.delivered_at is None:
            continue
        duties.meet(same, duty.performance, delivered_at=duty.delivered_at, at=a.at, told=said or same.wanted)
        won.append(same)
        told[str(same.pk)] = plan.plain(same.told)
    return won, told


def _two(number: str, other: str) -> tuple[Matter, Matter]:
    """Return two matters, locked in the order of their numbers."""
    if number == other:
        raise Invalid(
            _("A matter is not merged with itself."), {"other": [_("Enter another number.")]}, code="same"
        )
    return _both_stand(_lock_two(number, other))


def _lock_two(number: str, other: str) -> dict[str, Matter]:
    """Lock two matters in the order of their numbers; return what each leads to by now, by the number asked for."""
    rows = {n: parts.lock_matter(n) for n in sorted((number, other))}
    return {n: rows[n] for n in (number, other)}


def _both_stand(rows: dict[str, Matter]) -> tuple[Matter, Matter]:
    """Return the two; raises Conflict when one is closed, or is one with another already: nobody was asked of that."""
    for number, row in rows.items():
        if row.number != number:
            raise Conflict(
                "merged_already",
                _("%(number)s is one with %(other)s already.") % {"number": number, "other": row.number},
                kept=_("Both stand as they were."),
                todo=_("Choose another number."),
            )
        parts.need_open(row)
    one, two = rows.values()
    return one, two
