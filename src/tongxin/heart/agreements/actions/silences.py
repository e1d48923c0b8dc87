"""What a clause says of silence: a delivery that is not answered in time is accepted, or sent back."""

from __future__ import annotations

from datetime import datetime

import structlog
from django.db.models import QuerySet

from tongxin.heart.agreements import duties, rulebook
from tongxin.heart.agreements.actions import parts
from tongxin.heart.agreements.models import Duty
from tongxin.heart.exchange.acts import act
from tongxin.heart.region.acting import SYSTEM, Acting
from tongxin.shared import clock
from tongxin.shared.errors import OF_ONE

log = structlog.get_logger(__name__)


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


def settle(by: Acting, pk: int) -> None:
    """Do what silence says of one duty before one of its sides acts on it, where the ticker has not come yet."""
    for duty in list(_unanswered(clock.now()).filter(pk=pk)):
        if by.answers_for(duty.bound_desk_id) or by.answers_for(duty.owed_desk_id):
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
        row = parts.locked_duty(pk)
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
