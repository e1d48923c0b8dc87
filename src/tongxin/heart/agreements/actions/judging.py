"""Writes of judging: deliver, accept, send back, answer, excuse, suspend, resume, give up, agree another date."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import structlog
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import clocks, duties, performing, rulebook, wording
from tongxin.heart.agreements.actions import parts
from tongxin.heart.agreements.language import (
    AnyClause,
    Deliver,
    Handle,
    Recognise,
    Settle,
    Share,
    Within,
)
from tongxin.heart.agreements.models import Clause, Duty
from tongxin.heart.exchange import actions as exchange
from tongxin.heart.exchange.acts import Act, act
from tongxin.heart.region.acting import SYSTEM, Acting
from tongxin.shared import clock
from tongxin.shared.errors import OF_ONE, Conflict, Invalid, NotAllowed, NotFound

log = structlog.get_logger(__name__)

FIRST_YEAR, LAST_YEAR = 2000, 2200  # of a day that can be agreed


def perform(*, by: Acting, key: str, duty: int, carried: dict[str, str]) -> dict[str, Any]:
    """Deliver what a duty of `recognise`, `share`, `deliver` or `settle` demands.

    Where the clause gives the owed desk time to answer, the duty is claimed; else delivery suffices and it is met.
    """
    by.need("perform")
    carried = {name: str(text).strip() for name, text in carried.items()}
    request = {"duty": duty, "carried": carried}
    _settle_silence(by, duty)
    with act("agreements.duty.performed", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        row = _locked(duty, by, side="bound")
        clause = _need_performable(row)
        _need_period_over(row, a.at)
        if wrong := performing.wrong(clause, row, carried):
            raise Invalid(_("The delivery was not recorded."), wrong, code="must_carry")
        message = exchange.send(
            "delivery",
            from_desk=by.desk,
            to_desk=row.owed_desk_id,
            thread=row.thread,
            basis=row.clause_id,
            body={"carried": carried, "duty": row.pk},
            at=a.at,
            drill=row.drill,
        )
        delivered = message.delivered_at or a.at
        withheld = list(row.wanted.get("withheld", ()))
        done = parts.performance(a.name, by, a.at, message=message, carried=carried, withheld=withheld)
        answer = _answer_of(clause)
        opened: list[Duty] = []
        if answer is None:
            duties.meet(row, done, delivered_at=delivered)
            opened = _next_stage(row, clause, message, delivered, a)
        else:
            limit = answer.model_copy(update={"starts": "delivered"})
            until = clocks.due(limit, delivered, bound_desk=row.owed_desk_id, owed_desk=row.bound_desk_id)
            duties.claim(row, done, delivered_at=delivered, answer_due_at=until.due_at)
        parts.ring(
            row.owed_desk_id,
            "duty_performed",
            row.thread,
            a.at,
            dedupe=f"performed:{done.pk}",
            drill=row.drill,
            desk=by.desk,
            duty=row.pk,
        )
        a.result = {"duty": row.pk, "state": row.state, "opened": [d.pk for d in opened]}
        a.entry(
            f"{row.thread}/duty:{row.pk}",
            cause=row.opened_by,
            basis=row.clause_id,
            payload=request | {"state": row.state, "opened": duties.summaries(opened), "withheld": withheld},
        )
    return a.result


def accept(*, by: Acting, key: str, duty: int) -> dict[str, Any]:
    """Accept what was delivered: the duty is met, on time or late by its delivery. A weighty act."""
    by.need("confirm")

    def do(row: Duty, a: Act) -> None:
        _need_claimed(row)
        duties.meet(row, None, delivered_at=row.delivered_at or a.at, at=a.at)

    return _judged("agreements.duty.accepted", by, key, duty, {}, do, "duty_accepted")


def send_back(*, by: Acting, key: str, duty: int, reason: str) -> dict[str, Any]:
    """Send a delivery back with a reason: the duty is open again, without the time that it lay here."""
    by.need("confirm")
    why = parts.need_reason(reason)

    def do(row: Duty, a: Act) -> None:
        _need_claimed(row)
        if row.answer_due_at and a.at > row.answer_due_at:
            raise Conflict(
                "answer_time_over",
                _("The time to send it back has passed."),
                kept=_("The delivery stands as it is."),
                todo=_("Accept it, or excuse or give up the duty with a reason."),
            )
        duties.send_back(row, a)

    return _judged("agreements.duty.sent_back", by, key, duty, {"reason": why}, do, "duty_sent_back")


def excuse(*, by: Acting, key: str, duty: int, reason: str) -> dict[str, Any]:
    """Excuse a duty: only the owed desk may, or its coordination office. A weighty act."""
    by.need("excuse")
    why = parts.need_reason(reason)

    def do(row: Duty, a: Act) -> None:
        duties.end(row, Duty.State.EXCUSED, at=a.at, reason=why)

    return _judged("agreements.duty.excused", by, key, duty, {"reason": why}, do, "duty_excused")


def give_up(*, by: Acting, key: str, duty: int, reason: str) -> dict[str, Any]:
    """Give a duty up as not met: by the owed desk, or its coordination office."""
    by.need("excuse")
    why = parts.need_reason(reason)

    def do(row: Duty, a: Act) -> None:
        duties.end(row, Duty.State.FAILED, at=a.at, reason=why)

    return _judged("agreements.duty.given_up", by, key, duty, {"reason": why}, do, "duty_given_up")


def suspend(*, by: Acting, key: str, duty: int, ground: str) -> dict[str, Any]:
    """Stop a duty's clock on a ground that its clause names. By the desk that owes it."""
    by.need("perform")

    def do(row: Duty, a: Act) -> None:
        grounds = rulebook.read_clause(row.clause).grounds
        if ground not in grounds:
            raise Invalid(
                _("The clause does not name this ground; the clock runs on."),
                {"ground": [_("Choose a ground that the clause names.")]},
                code="no_such_ground",
            )
        duties.suspend(row, at=a.at, ground=ground)

    return _judged(
        "agreements.duty.suspended", by, key, duty, {"ground": ground}, do, "duty_suspended", side="bound"
    )


def resume(*, by: Acting, key: str, duty: int) -> dict[str, Any]:
    """Let a suspended duty's clock run on. By the desk that owes it."""
    by.need("perform")

    def do(row: Duty, a: Act) -> None:
        if row.pauses and row.pauses[-1]["ground"] == duties.CASE_SUSPENDED:
            raise Conflict(
                "case_is_suspended",
                _("The case is suspended, and this duty with it."),
                todo=_("Resume the case; the clock of the duty then runs on."),
            )
        if row.pauses and row.pauses[-1]["ground"] == duties.SIGHT_ENDED:
            raise Conflict(
                "sight_has_ended",
                _("Your office may no longer see what this duty needs; the clock stands still until it may."),
                kept=_("The time until then does not count; the duty is not late."),
                todo=_("Ask the office that accepted the case whether consent is given anew."),
            )
        duties.resume(row, a)

    return _judged("agreements.duty.resumed", by, key, duty, {}, do, "duty_resumed", side="bound")


def propose_date(*, by: Acting, key: str, duty: int, on: date, reason: str) -> dict[str, Any]:
    """Propose another day for a delivery; the other side agrees by proposing the same day (`deliver` only)."""
    by.need("excuse")
    why = parts.need_reason(reason)
    request = {"duty": duty, "on": on.isoformat(), "reason": why}
    with act("agreements.duty.date_proposed", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        row = _locked(duty, by, side="either")
        clause = rulebook.read_clause(row.clause)
        if not isinstance(clause, Deliver) or row.terminal:
            raise Conflict(
                "date_is_fixed",
                _("The date of this duty is not moved by agreement."),
                kept=_("The due stands."),
                todo=_("Excuse it, or wait for it."),
            )
        new = _end_of(on)
        mine = "bound" if _answers_for(by, row.bound_desk_id) else "owed"
        other = "owed" if mine == "bound" else "bound"
        proposed = dict(row.due_count.get("proposed", {}))
        _need_movable(row, new, a.at)
        agreed = proposed.get(other) == on.isoformat()
        if agreed:
            count = clocks.on_day(on, agreed_at=clock.iso(a.at))
            duties.move(row, count, a, why="agreed", cause=row.opened_by)
        else:
            row.due_count = row.due_count | {"proposed": proposed | {mine: on.isoformat()}}
            row.save(update_fields=["due_count"])
        parts.ring(
            row.owed_desk_id if mine == "bound" else row.bound_desk_id,
            "date_agreed" if agreed else "date_proposed",
            row.thread,
            a.at,
            dedupe=f"date:{row.pk}:{mine}:{on}:{clock.iso(a.at)}",
            drill=row.drill,
            duty=row.pk,
            on=on.isoformat(),
            desk=by.desk,
        )
        a.result = {"duty": row.pk, "agreed": agreed, "due_at": clock.iso(row.due_at)}
        a.entry(
            f"{row.thread}/duty:{row.pk}",
            cause=row.opened_by,
            basis=row.clause_id,
            payload=request | a.result,
        )
    return a.result


def answer_silence(now: datetime | None = None) -> int:
    """Do what the clause says when the owed desk kept silent: accept, send back, or leave it to the escalation.

    The ticker calls this; when it comes late nothing changes: what silence says counts from the end of the answer
    time, and an act on such a duty does first what silence says.
    """
    done = 0
    for duty in list(_unanswered(now or clock.now())):
        try:
            done += _silent_too_long(duty)
        except OF_ONE:
            log.exception("silence could not answer a delivery", duty=duty.pk, clause=duty.clause_id)
    return done  # one that could not be answered does not keep the others


def _settle_silence(by: Acting, pk: int) -> None:
    """Do what silence says of one duty before one of its sides acts on it, where the ticker has not come yet."""
    for duty in list(_unanswered(clock.now()).filter(pk=pk)):
        if _answers_for(by, duty.bound_desk_id) or _answers_for(by, duty.owed_desk_id):
            _silent_too_long(duty)


def _unanswered(now: datetime) -> QuerySet[Duty]:
    """Return the delivered duties whose answer time is over, oldest first."""
    rows = Duty.objects.filter(state=Duty.State.CLAIMED, answer_due_at__lt=now)
    return rows.select_related("clause__version").order_by("answer_due_at", "id")


def _silent_too_long(duty: Duty) -> int:
    silence = getattr(rulebook.read_clause(duty.clause), "on_silence", "escalate")
    if silence not in {"accept", "return"}:
        return 0
    try:
        return _silent(duty, silence)
    except parts.NotNow:  # somebody answered, or delivered anew, between the look and the lock
        return 0


def _silent(seen: Duty, silence: str) -> int:
    pk, first = seen.pk, seen.delivered_at
    request = {"duty": pk, "silence": silence}
    name = (
        "agreements.duty.accepted_by_silence"
        if silence == "accept"
        else "agreements.duty.returned_by_silence"
    )
    with act(name, by=SYSTEM, key=f"silence:{pk}:{clock.iso(first) if first else ''}", request=request) as a:
        if a.replayed:
            return 0
        row = _row(pk)
        if row.state != Duty.State.CLAIMED or row.delivered_at != first:
            raise parts.not_now()
        if silence == "accept":
            ended = row.answer_due_at or a.at  # the end of the answer time, not when the ticker came
            duties.meet(row, None, delivered_at=row.delivered_at or a.at, at=ended)
        else:
            duties.send_back(row, a, at=row.answer_due_at)
        a.result = {"duty": pk, "state": row.state}
        a.entry(
            f"{row.thread}/duty:{pk}",
            cause=row.opened_by,
            basis=row.clause_id,
            payload=request | a.result | {"pauses": row.pauses},
        )
    return 1


def _judged(
    name: str,
    by: Acting,
    key: str,
    duty: int,
    said: dict[str, Any],
    do: Callable[[Duty, Act], None],
    ring: str,
    side: str = "owed",
) -> dict[str, Any]:
    """Run one act on one duty by one of its sides, and tell the other side."""
    request = {"duty": duty} | said
    _settle_silence(by, duty)
    with act(name, by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        row = _locked(duty, by, side=side)
        do(row, a)
        other = row.bound_desk_id if side == "owed" else row.owed_desk_id
        parts.ring(
            other,
            ring,
            row.thread,
            a.at,
            dedupe=f"{ring}:{row.pk}:{clock.iso(a.at)}",
            drill=row.drill,
            duty=row.pk,
            desk=by.desk,
        )
        a.result = {"duty": row.pk, "state": row.state, "due_at": clock.iso(row.due_at)}
        a.entry(
            f"{row.thread}/duty:{row.pk}",
            cause=row.opened_by,
            basis=row.clause_id,
            payload=request | {"state": row.state, "pauses": row.pauses} | duties.summary(row),
        )
    return a.result


def _row(pk: int) -> Duty:
    """Return a duty, locked after its matter or its case."""
    parts.lock_thread(Duty.objects.values_list("thread", flat=True).get(pk=pk))
    return Duty.objects.select_for_update(of=("self",)).select_related("clause__version").get(pk=pk)


def _locked(pk: int, by: Acting, *, side: str) -> Duty:
    found = Duty.objects.filter(pk=pk).values_list("bound_desk_id", "owed_desk_id").first()
    if found is None or not any(_answers_for(by, desk) for desk in found):
        raise NotFound("no_such_duty", _("There is no such duty, or it is not your desk's."))
    bound, owed = found
    mine = {"bound": (bound,), "owed": (owed,), "either": (bound, owed)}[side]
    allowed = any(_answers_for(by, d) for d in mine) if side != "bound" else by.desk == bound
    if not allowed:
        raise NotAllowed(
            "not_your_side",
            _("Only the owed desk, or its coordination office, may do this.")
            if side == "owed"
            else _("Only the desk that owes the duty may do this."),
            todo=_("Ask the other side."),
        )
    return _row(pk)


def _answers_for(by: Acting, desk: str) -> bool:
    if by.desk == desk:
        return True
    return by.coordinates and desk.partition("/")[0] == by.jurisdiction


def _need_performable(row: Duty) -> AnyClause:
    clause = rulebook.read_clause(row.clause)
    progress = isinstance(clause, Handle) and row.subject.startswith(performing.PROGRESS)
    known = isinstance(clause, Recognise | Share | Deliver | Settle) or progress
    if row.purpose != Duty.Purpose.DO or not known:
        raise NotAllowed(
            "other_way", _("This duty is met in another way."), todo=_("Open its incident or its case.")
        )
    return clause


def _need_period_over(row: Duty, now: datetime) -> None:
    """Raise Conflict where an account would be stated before its period is over."""
    since = performing.account_from(row)
    if since is not None and now < since:
        said = {"at": wording.due_moment(since), "due": wording.due_moment(row.due_at)}
        raise Conflict(
            "period_not_over",
            _("The period runs until %(at)s; its account is stated once it is over.") % said,
            kept=_("Nothing was recorded; the duty stands as it was."),
            todo=_("State the account from then on, by %(due)s.") % said,
        )


def _answer_of(clause: AnyClause) -> Within | None:
    return clause.answer if isinstance(clause, Share | Deliver) else None


def _need_claimed(row: Duty) -> None:
    if row.state != Duty.State.CLAIMED:
        raise Conflict(
            "nothing_delivered",
            _("Nothing that was delivered waits for an answer here."),
            kept=_("The duty stands as it was."),
            todo=_("Reload the page to see how it stands."),
        )


def _end_of(on: date) -> datetime:
    """Return the end of a day that can be agreed. Raises Invalid for one that nobody means."""
    if not FIRST_YEAR <= on.year <= LAST_YEAR:
        raise Invalid(
            _("The date was not proposed."), {"on": [_("Choose a day to come.")]}, code="no_such_day"
        )
    return rulebook.midnight(on + timedelta(days=1))


def _need_movable(row: Duty, new: datetime, now: datetime) -> None:
    if now > row.due_at:
        raise Conflict(
            "due_has_passed",
            _("The due has passed; it does not move any more."),
            kept=_("The duty stays open and late."),
            todo=_("Deliver, or let the owed desk excuse it with a reason."),
        )
    if new == row.due_at:
        raise Invalid(
            _("The date was not proposed."), {"on": [_("It is due on that day already.")]}, code="same_day"
        )
    if new <= now:
        raise Invalid(_("The date was not proposed."), {"on": [_("Choose a day to come.")]}, code="past_day")


def _next_stage(row: Duty, clause: AnyClause, message: Any, delivered: datetime, a: Act) -> list[Duty]:
    """Open the next duty of a chain: a statement is checked, a checked one paid, a contested one restated.

    Of a case in hand the next report of progress follows the last one.
    """
    if isinstance(clause, Handle):
        return _next_progress(row, clause, message, delivered, a)
    if not isinstance(clause, Settle):
        return []
    period, _slash, stage = row.subject.partition("/")
    contested = dict(message.body["carried"]).get("contested") in performing.YES
    if stage == "pay":
        return []
    if stage.startswith("check") and contested:
        n = Duty.objects.filter(
            thread=row.thread, clause_key=row.clause_key, subject__startswith=f"{period}/state"
        ).count()
        following, limit, bound, owed = f"state-{n + 1}", clause.check, row.owed_desk_id, row.bound_desk_id
    elif stage.startswith("check"):
        following, limit, bound, owed = "pay", clause.pay, row.bound_desk_id, row.owed_desk_id
    else:
        suffix = stage.removeprefix("state")
        following, limit, bound, owed = f"check{suffix}", clause.check, row.owed_desk_id, row.bound_desk_id
    new = duties.open_round(
        clause=Clause.objects.select_related("version").get(pk=row.clause_id),
        thread=row.thread,
        matter=row.matter_id,
        bound_desk=bound,
        owed_desk=owed,
        purpose=Duty.Purpose.DO,
        subject=f"{period}/{following}",
        limit=limit.model_copy(update={"starts": "delivered"}),
        starts_at=delivered,
        opened_by=f"message:{message.id}",
        at=a.at,
        drill=row.drill,
    )
    if new is None:
        return []
    parts.ring_new(new, a.at)
    return [new]


def open_progress(
    clause: Clause,
    *,
    thread: str,
    holder: str,
    accepting: str,
    n: int,
    message: Any,
    delivered: datetime,
    at: datetime,
) -> Duty | None:
    """Open the holder's duty to report progress to the accepting desk, where the clause asks for it."""
    read = rulebook.read_clause(clause)
    if not isinstance(read, Handle) or read.progress is None or holder == accepting:
        return None
    return duties.open_round(
        clause=clause,
        thread=thread,
        bound_desk=holder,
        owed_desk=accepting,
        purpose=Duty.Purpose.DO,
        subject=f"{performing.PROGRESS}{n}",
        limit=read.progress.model_copy(update={"starts": "delivered"}),
        starts_at=delivered,
        opened_by=f"message:{message.id}",
        at=at,
    )


def _next_progress(row: Duty, clause: Handle, message: Any, delivered: datetime, a: Act) -> list[Duty]:
    new = open_progress(
        Clause.objects.select_related("version").get(pk=row.clause_id),
        thread=row.thread,
        holder=row.bound_desk_id,
        accepting=row.owed_desk_id,
        n=int(row.subject.removeprefix(performing.PROGRESS)) + 1,
        message=message,
        delivered=delivered,
        at=a.at,
    )
    return [new] if new else []
