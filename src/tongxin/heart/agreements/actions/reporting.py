"""Writes about what happened: report, correct, withdraw, compute, object, merge, close."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import conflicts, duties, opening, plan, reconcile, rulebook
from tongxin.heart.agreements.actions import parts, warning
from tongxin.heart.agreements.models import Duty
from tongxin.heart.agreements.performing import WARNING
from tongxin.heart.events import actions as events
from tongxin.heart.events import vocabulary
from tongxin.heart.events.models import Event, Matter, MergeProposal, Objection
from tongxin.heart.exchange import actions as exchange
from tongxin.heart.exchange.acts import Act, act
from tongxin.heart.region import queries as region
from tongxin.heart.region.acting import SYSTEM, Acting
from tongxin.shared import clock
from tongxin.shared.errors import Conflict, Invalid, NotAllowed, NotFound

OBJECTION_MAX = 1000  # characters
CALENDAR = str(opening.ENGINE["name"])


def report(
    report: events.Report, *, by: Acting, key: str, name: str, needs: str = "report_incident"
) -> dict[str, Any]:
    """Record an event as the act `name`, open its matter, and open the duties its clauses make.

    `needs` is the capability that reporting such an event takes.
    """
    by.need(needs)
    request = _request(report)
    with act(name, by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        _need_own_place(by, report.place)
        data = events.check(report, now=a.at)
        _need_news(by, report, data)
        matter, event = events.record(
            report, data=data, by_desk=by.desk, at=a.at, rulebook=rulebook.at(report.known_at)
        )
        _reconciled(matter, event, a, request)
        a.result = {"matter": matter.number} | a.result
    return a.result


def correct(
    event: str,
    report: events.Report,
    *,
    by: Acting,
    key: str,
    reason: str,
    known_corrected: datetime | None = None,
    name: str = "agreements.event.corrected",
) -> dict[str, Any]:
    """Correct the head of a chain by a new event. Only the reporting desk may, or its coordination office.

    `report.known_at` is when the correction was known; `known_corrected` corrects when the thing itself was known.
    """
    by.need("report_incident")
    why = parts.need_reason(reason)
    was = clock.iso(known_corrected) if known_corrected else None
    request = {"event": event, "reason": why, "known_corrected": was} | _request(report)
    with act(name, by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        matter, head = _head(event, by)
        _need_same_thing(head, report)
        _need_own_place(by, report.place)
        data = events.check(report, now=a.at)
        _need_known_in_time(head, report, known_corrected)
        said = (data, report.occurred_at, report.place, known_corrected)
        if said == (head.data, head.occurred_at, head.place_id, None):
            raise Invalid(
                _("The correction says the same as the report; nothing was changed."), {}, code="no_change"
            )
        new = events.add(
            matter,
            report,
            data=data,
            by_desk=head.by_desk_id,
            at=a.at,
            act=Event.Act.CORRECTION,
            replaces=head,
            reason=why,
            known_corrected=known_corrected,
        )
        if head.matter_id == matter.number and not _other_chains(matter, head):
            matter.title = vocabulary.get(report.type).title_of(data)[:120]
            matter.save(update_fields=["title"])
        _reconciled(matter, new, a, request)
    return a.result


def withdraw(event: str, *, by: Acting, key: str, reason: str) -> dict[str, Any]:
    """Withdraw the head of a chain: it did not happen. What it made is void; those who were told are told so.

    It needs what reporting such a thing needs.
    """
    by.need(vocabulary.get(_event(event).type).needs)
    why = parts.need_reason(reason)
    request = {"event": event, "reason": why}
    with act("agreements.event.withdrawn", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        matter, head = _head(event, by)
        told = events.Report(head.type, head.place_id, a.at, head.data, head.occurred_at)
        new = events.add(
            matter,
            told,
            data=head.data,
            by_desk=head.by_desk_id,
            at=a.at,
            act=Event.Act.WITHDRAWAL,
            replaces=head,
            reason=why,
        )
        _reconciled(matter, new, a, request)
    return a.result


def compute(
    number: str, report: events.Report, *, by: Acting, key: str, engine: dict[str, Any], name: str
) -> dict[str, Any]:
    """Record what an engine computed for a matter, on a chain of its own: it replaces the last word of an engine.

    `engine` holds name, version, inputs (their hash) and seed; all four are needed, so that it can be computed again.
    """
    if by is not SYSTEM:
        by.need("report_incident")
    missing = [k for k in ("name", "version", "inputs", "seed") if engine.get(k) in (None, "")]
    if missing:
        raise Invalid(
            _("A computed event names its engine, version, inputs and seed; nothing was recorded."),
            {k: [_("This field is needed.")] for k in missing},
            code="engine_unnamed",
        )
    request = {"matter": number, "engine": engine} | _request(report)
    with act(name, by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        matter = parts.lock_matter(number)
        parts.need_open(matter)
        if by is not SYSTEM:
            _need_side(matter, by)
        data = events.check(report, now=a.at)
        last = _computed(matter, report.type)
        new = events.add(
            matter,
            report,
            data=data,
            by_desk=by.desk if by is not SYSTEM else _root(matter).by_desk_id,
            at=a.at,
            replaces=last,
            engine=engine,
        )
        _reconciled(matter, new, a, request)
    return a.result


def object_to(event: str, *, by: Acting, key: str, text: str) -> dict[str, Any]:
    """Hold something against an event of another party: shown beside it, changes nothing."""
    by.need("confirm")
    said = text.strip()
    if not said or len(said) > OBJECTION_MAX:
        raise Invalid(
            _("The objection was not recorded."),
            {"text": [_("Say what is held against it, in at most %(n)d characters.") % {"n": OBJECTION_MAX}]},
            code="no_text",
        )
    request = {"event": event, "text": said}
    with act("agreements.event.objected", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        found = _event(event)
        matter = parts.lock_matter(found.matter_id)
        if _own_or_coordinates(by, found.by_desk_id):
            raise NotAllowed(
                "own_event",
                _("An objection is for the other side."),
                todo=_("Correct or withdraw what the own side reported."),
            )
        _need_side(matter, by)
        row = Objection.objects.create(event=found, by_desk_id=by.desk, post=by.post, text=said, at=a.at)
        parts.ring(
            found.by_desk_id,
            "event_objected",
            reconcile.thread_of(matter),
            a.at,
            dedupe=f"objection:{row.pk}",
            drill=matter.drill,
            desk=by.desk,
        )
        a.result = {"matter": matter.number, "objection": row.pk}
        a.entry(f"{reconcile.thread_of(matter)}/event:{found.id}", cause=f"event:{found.id}", payload=request)
    return a.result


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
            _need_reported(_root(each))
        earlier, later = sorted((one, two), key=lambda m: (_root(m).recorded_at, m.number))
        mine = next((m for m in (one, two) if _own_or_coordinates(by, _root(m).by_desk_id)), None)
        if mine is None:
            raise NotAllowed(
                "not_your_matter", _("Only a desk that reported one of the two may propose this.")
            )
        asked = _root(two if mine is one else one).by_desk_id
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
        if not _own_or_coordinates(by, row.asked_id):
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


def close_matter(number: str, *, by: Acting, key: str, reason: str) -> dict[str, Any]:
    """Close a matter: what is still owed in it has failed, and every desk that was told gets the all-clear.

    By the desk that reported it or its coordination office.
    """
    by.need("report_incident")
    why = parts.need_reason(reason)
    request = {"matter": number, "reason": why}
    with act("agreements.matter.closed", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        matter = parts.lock_matter(number)
        parts.need_open(matter)
        if not _own_or_coordinates(by, _root(matter).by_desk_id):
            raise NotAllowed("not_your_matter", _("Only the desk that reported it may close it."))
        _need_reported(_root(matter))
        failed = list(_standing(matter))
        for duty in failed:
            duties.end(duty, Duty.State.FAILED, at=a.at, reason=f"closed:{why}")
        told = _all_clear(matter, by, a)
        matter.state = Matter.State.CLOSED
        matter.closed_at = a.at
        matter.save(update_fields=["state", "closed_at"])
        _lapse([matter.number], a)
        a.result = {"matter": matter.number, "failed": [d.pk for d in failed], "told": told}
        a.entry(
            reconcile.thread_of(matter),
            payload=request | {"failed": duties.summaries(failed), "told": told},
        )
    return a.result


def _all_clear(matter: Matter, by: Acting, a: Act) -> list[str]:
    """Tell every other desk that was told in the matter that it is over; return them."""
    within = Q(matter=matter) | Q(matter__absorbed_by=matter)
    met = Duty.objects.filter(within, purpose=Duty.Purpose.DO, clause__kind="notify", state=Duty.State.MET)
    bases: dict[str, str] = {}
    for desk, clause in met.order_by("owed_desk_id", "id").values_list("owed_desk_id", "clause_id"):
        if desk != by.desk:
            bases.setdefault(desk, clause)
    for warned in warning.warnings_of(matter):
        if warned.to_desk_id != by.desk:
            bases.setdefault(warned.to_desk_id, warned.basis)
    thread = reconcile.thread_of(matter)
    for desk, basis in bases.items():
        message = exchange.send(
            "all_clear",
            from_desk=by.desk,
            to_desk=desk,
            thread=thread,
            basis=basis,
            body={},
            at=a.at,
            drill=matter.drill,
        )
        parts.ring(
            desk,
            "all_clear",
            thread,
            a.at,
            dedupe=f"all-clear:{message.id}",
            drill=matter.drill,
            desk=by.desk,
        )
    return list(bases)


def _request(report: events.Report) -> dict[str, Any]:
    return {
        "type": report.type,
        "place": report.place,
        "known_at": clock.iso(report.known_at),
        "occurred_at": clock.iso(report.occurred_at) if report.occurred_at else None,
        "data": {k: str(v) for k, v in report.data.items()},
        "late_reason": report.late_reason,
        "drill": report.drill,
    }


def _reconciled(matter: Matter, event: Event, a: Act, request: dict[str, Any]) -> None:
    """Reconcile after an event, ring what is new, and keep the act's one entry."""
    joined = reconcile.rulebook_joined(matter, event)
    done = reconcile.reconcile(matter, a, reconcile.cause_of(event, a.at))
    parts.ring_all(done.opened, a.at, matter.kind)
    conflicts.note(matter, a)
    a.result = {
        "matter": matter.number,
        "event": str(event.id),
        "duties": [d.pk for d in done.opened],
        "voided": [d.pk for d in done.voided],
        "moved": [d.pk for d in done.moved],
    }
    payload = request | {"joined": joined} | done.as_json()
    a.entry(reconcile.thread_of(matter), cause=f"event:{event.id}", payload=payload)


def _absorb(earlier: Matter, later: Matter, row: MergeProposal, a: Act) -> dict[str, Any]:
    """Let the earlier matter take the later one in: duties with one key become one, and a met one wins."""
    root = _root(later)
    gone = [later.number, *later.absorbed.order_by("number").values_list("number", flat=True)]
    won, told = _won(earlier, gone, a)
    voided = list(_standing(later).filter(purpose__in=(Duty.Purpose.DO, Duty.Purpose.STAND_DOWN)))
    for duty in voided:
        if duty.state == Duty.State.SUSPENDED:
            duties.resume(duty, a)  # what goes on elsewhere goes on with the time it stood still
    kept = {_key(d): reconcile.round_of(d) for d in voided if d.purpose == Duty.Purpose.DO}
    for duty in voided:
        duties.void(duty, at=a.at, reason=f"merged:{earlier.number}")
    later.absorbed_by = earlier
    later.state = Matter.State.CLOSED
    later.closed_at = a.at
    later.save(update_fields=["absorbed_by", "state", "closed_at"])
    Matter.objects.filter(absorbed_by=later).update(absorbed_by=earlier)
    _lapse(gone, a)
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
    there = {_key(d): d for d in _standing(earlier).filter(purpose=Duty.Purpose.DO, state=Duty.State.OPEN)}
    rows = Duty.objects.filter(matter__in=gone, purpose=Duty.Purpose.DO, state=Duty.State.MET)
    first: dict[plan.Key, Duty] = {}
    last: dict[plan.Key, Duty] = {}
    for duty in rows.select_related("performance").order_by("delivered_at", "id"):
        same = there.get(_key(duty))
        if same is None or duty.delivered_at is None:
            continue
        if same.round == 1 or duty.delivered_at >= same.opened_at:
            first.setdefault(_key(duty), duty)
            last[_key(duty)] = duty
    won, told = [], {}
    for key, duty in first.items():
        same, said = there[key], last[key].told
        if duty.delivered_at is None:
            continue
        duties.meet(same, duty.performance, delivered_at=duty.delivered_at, at=a.at, told=said or same.wanted)
        won.append(same)
        told[str(same.pk)] = plan.plain(same.told)
    return won, told


def _key(duty: Duty) -> plan.Key:
    return (duty.clause_key, duty.bound_desk_id, duty.owed_desk_id, duty.subject)


def _standing(matter: Matter) -> QuerySet[Duty]:
    """Return what stands in a matter and in those that it absorbed.

    The review of a warning is owed whatever becomes of the matter.
    """
    within = Q(matter=matter) | Q(matter__absorbed_by=matter)
    rows = Duty.objects.filter(within, state__in=Duty.STANDING).exclude(subject__startswith=WARNING)
    return rows.select_related("clause__version").order_by("id")


def _other_chains(matter: Matter, head: Event) -> bool:
    """Whether the matter was opened by another kind of event than this chain's."""
    return _root(matter).type != head.type


def _root(matter: Matter) -> Event:
    return Event.objects.filter(matter=matter).order_by("ordinal", "recorded_at")[0]


def _event(event: str) -> Event:
    key = parts.uuid_of(event)
    found = Event.objects.select_related("by_desk").filter(id=key).first() if key else None
    if found is None:
        raise NotFound("no_such_event", _("There is no such event."))
    return found


def _head(event: str, by: Acting) -> tuple[Matter, Event]:
    """Return the locked matter and the event, which must be the head of its chain and the actor's to change."""
    found = _event(event)
    matter = parts.lock_matter(found.matter_id)
    parts.need_open(matter)
    _need_reported(found)
    if not _own_or_coordinates(by, found.by_desk_id):
        raise NotAllowed(
            "not_your_event",
            _("Only the desk that reported it, or its coordination office, may correct or withdraw it."),
            todo=_("File an objection: it is shown beside the report."),
        )
    if Event.objects.filter(replaces=found).exists() or found.act in (Event.Act.WITHDRAWAL, Event.Act.MERGE):
        raise Conflict(
            "event_replaced",
            _("This report was corrected or withdrawn already."),
            kept=_("What was entered later stands."),
            todo=_("Reload the page and look at the latest report."),
        )
    return matter, found


def _own_or_coordinates(by: Acting, desk: str) -> bool:
    """Whether a desk is the actor's own, or one that the actor's coordination office answers for."""
    if desk == by.desk:
        return True
    return by.coordinates and desk.partition("/")[0] == by.jurisdiction


def _need_side(matter: Matter, by: Acting) -> None:
    """Raise NotFound unless the actor's desk reported the matter, or owes or is owed in it."""
    within = Q(matter=matter) | Q(matter__absorbed_by=matter)
    desks: set[str] = set()
    for pair in Duty.objects.filter(within).values_list("bound_desk_id", "owed_desk_id"):
        desks |= set(pair)
    desks |= set(Event.objects.filter(within).values_list("by_desk_id", flat=True))
    if not any(_own_or_coordinates(by, desk) for desk in desks):
        raise NotFound("no_such_matter", _("There is no such matter, or your desk has no part in it."))


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


def _lapse(numbers: list[str], a: Act) -> None:
    """End the open proposals about matters that are closed now: what was proposed cannot come about any more."""
    rows = MergeProposal.objects.filter(
        Q(earlier__in=numbers) | Q(later__in=numbers), state=MergeProposal.State.PROPOSED
    )
    rows.update(state=MergeProposal.State.LAPSED, settled_at=a.at)


def _need_reported(event: Event) -> None:
    """Raise NotAllowed for what the calendar opened: it follows from what all parties signed, no desk told it."""
    if event.engine is not None and event.engine.get("name") == CALENDAR:
        raise NotAllowed(
            "calendar_opened_it",
            _(
                "The calendar opened this as the instrument says; no desk corrects, withdraws, merges or closes it."
            ),
            todo=_("Excuse or give up a single duty on its own page."),
        )


def _need_same_thing(head: Event, report: events.Report) -> None:
    """Raise NotAllowed for what an engine computed, Invalid for a correction that tells another kind of thing."""
    if head.engine is not None:
        raise NotAllowed(
            "computed_not_corrected",
            _("What was computed is not corrected by hand."),
            todo=_("Record what is computed anew: it replaces this."),
        )
    if report.type != head.type:
        raise Invalid(
            _("The correction was not recorded."),
            {"type": [_("A correction tells the same kind of thing as the report.")]},
            code="other_type",
        )


def _need_known_in_time(head: Event, report: events.Report, known: datetime | None) -> None:
    """Raise Invalid unless the thing happened before it was known, and was known before it was first recorded."""
    wrong: dict[str, list[Any]] = {}
    if known and known > _first(head).recorded_at:
        wrong["known_corrected"] = [_("It cannot be known after it was recorded.")]
    elif known and report.occurred_at and report.occurred_at > known:
        wrong["occurred_at"] = [_("It cannot be known before it happened.")]
    if wrong:
        raise Invalid(_("The correction was not recorded."), wrong, code="known_after_recorded")


def _first(event: Event) -> Event:
    """Return the first event of a chain."""
    while event.replaces is not None:
        event = event.replaces
    return event


def _computed(matter: Matter, kind: str) -> Event | None:
    """Return what engines computed last for a matter or for one that it absorbed, as it stands."""
    within = Q(matter=matter) | Q(matter__absorbed_by=matter)
    rows = Event.objects.filter(within, type=kind, engine__isnull=False, replaced_by__isnull=True)
    return rows.order_by("recorded_at", "ordinal").last()


def _need_own_place(by: Acting, place: str) -> None:
    """Raise Invalid unless the place lies in the territory of the reporting desk."""
    if by.jurisdiction not in region.lineage(place):
        raise Invalid(
            _("The report could not be recorded."),
            {"place": [_("Choose your own jurisdiction or one inside it.")]},
            code="not_your_place",
        )


def _need_news(by: Acting, report: events.Report, data: dict[str, Any]) -> None:
    """Refuse a report that says word for word what the desk has reported before: a page gone back to and sent again.

    What was withdrawn may be reported again.
    """
    rows = Event.objects.filter(
        type=report.type,
        by_desk_id=by.desk,
        place_id=report.place,
        known_at=report.known_at,
        occurred_at=report.occurred_at,
        drill=report.drill,
        data=data,
    ).exclude(act__in=(Event.Act.WITHDRAWAL, Event.Act.MERGE))
    same = next((row for row in rows.order_by("recorded_at", "ordinal") if not _withdrawn(row)), None)
    if same is not None:
        raise Conflict(
            "reported_already",
            _("Your desk has reported exactly this before: %(number)s.") % {"number": same.matter_id},
            kept=_("The first report stands; no second incident was opened."),
            todo=_("Open that incident. If this is another one, say what differs and report again."),
        )


def _withdrawn(event: Event) -> bool:
    """Whether the chain that an event belongs to ended in a withdrawal."""
    while (after := Event.objects.filter(replaces=event).first()) is not None:
        event = after
    return event.act == Event.Act.WITHDRAWAL
