"""Writes of judging: deliver, accept, send back, answer, excuse, suspend, resume, give up, agree another date."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import clocks, duties, performing, rulebook, wording
from tongxin.heart.agreements.actions import parts, silences, stages
from tongxin.heart.agreements.language import (
    AnyClause,
    Deliver,
    Handle,
    Recognise,
    Settle,
    Share,
    Within,
)
from tongxin.heart.agreements.models import Duty
from tongxin.heart.exchange import actions as exchange
from tongxin.heart.exchange.acts import Act, act
from tongxin.heart.region.acting import Acting
from tongxin.shared import clock
from tongxin.shared.errors import Conflict, Invalid, NotAllowed, NotFound

FIRST_YEAR, LAST_YEAR = 2000, 2200  # of a day that can be agreed


def perform(*, by: Acting, key: str, duty: int, carried: dict[str, str]) -> dict[str, Any]:
    """Deliver what a duty of `recognise`, `share`, `deliver` or `settle` demands.

    Where the clause gives the owed desk time to answer, the duty is claimed; else delivery suffices and it is met.
    """
    by.need("perform")
    carried = {name: str(text).strip() for name, text in carried.items()}
    request = {"duty": duty, "carried": carried}
    silences.settle(by, duty)
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
            opened = stages.following(row, clause, message, delivered, a)
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
        mine = "bound" if by.answers_for(row.bound_desk_id) else "owed"
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
    silences.settle(by, duty)
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


def _locked(pk: int, by: Acting, *, side: str) -> Duty:
    found = Duty.objects.filter(pk=pk).values_list("bound_desk_id", "owed_desk_id").first()
    if found is None or not any(by.answers_for(desk) for desk in found):
        raise NotFound("no_such_duty", _("There is no such duty, or it is not your desk's."))
    bound, owed = found
    mine = {"bound": (bound,), "owed": (owed,), "either": (bound, owed)}[side]
    allowed = any(by.answers_for(d) for d in mine) if side != "bound" else by.desk == bound
    if not allowed:
        raise NotAllowed(
            "not_your_side",
            _("Only the owed desk, or its coordination office, may do this.")
            if side == "owed"
            else _("Only the desk that owes the duty may do this."),
            todo=_("Ask the other side."),
        )
    return parts.locked_duty(pk)


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
