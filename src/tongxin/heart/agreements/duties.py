"""The life of a duty: the state table of HEART §5 as data, and the one function that moves a duty along it.

Called inside a running act, with the matter or the case locked (`parts.lock_thread`). Every change is written only if
the row still stands as it was seen, so not even an act that forgot the lock ends a duty twice. Overdue is no state: it
is `now > due_at`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import bells, clocks
from tongxin.heart.agreements.language import Within
from tongxin.heart.agreements.models import Clause, DueMove, Duty, Performance
from tongxin.heart.exchange.acts import Act
from tongxin.shared import clock, statements
from tongxin.shared.errors import Conflict

CASE_SUSPENDED = "case_suspended"  # the ground where not the duty but its whole case is suspended
SIGHT_ENDED = "sight_ended"  # the ground where the desk no longer sees what the duty needs
NOT_BY_DESK = frozenset({CASE_SUSPENDED, SIGHT_ENDED})  # grounds that no desk sets or ends by itself


@dataclass(frozen=True)
class Way:
    """One row of the state table: who may take it, and what happens to the clock."""

    who: str  # debtor, creditor, reconcile
    clock: str  # held, ends, runs, stops, resumes


WAYS: dict[tuple[str, str], Way] = {
    ("open", "claimed"): Way("debtor", "held"),
    ("open", "met"): Way("debtor", "ends"),  # where delivery suffices
    ("claimed", "met"): Way("creditor", "ends"),  # or on_silence: accept
    ("claimed", "open"): Way("creditor", "runs"),
    ("open", "suspended"): Way("debtor", "stops"),
    ("suspended", "open"): Way("debtor", "resumes"),
    ("open", "excused"): Way("creditor", "ends"),
    ("suspended", "excused"): Way("creditor", "ends"),
    ("claimed", "excused"): Way("creditor", "ends"),
    ("open", "void"): Way("reconcile", "ends"),
    ("suspended", "void"): Way("reconcile", "ends"),
    ("claimed", "void"): Way("reconcile", "ends"),
    ("open", "failed"): Way("creditor", "ends"),  # or the matter closes
    ("suspended", "failed"): Way("creditor", "ends"),
    ("claimed", "failed"): Way("creditor", "ends"),
}


def open_round(
    *,
    clause: Clause,
    thread: str,
    bound_desk: str,
    owed_desk: str,
    purpose: str,
    limit: Within,
    starts_at: datetime,
    opened_by: str,
    at: datetime,
    subject: str = "",
    matter: str | None = None,
    drill: bool = False,
    due: clocks.Count | None = None,
    pauses: Sequence[dict[str, Any]] = (),
    again: bool = False,
) -> Duty | None:
    """Open a round of a duty that follows an act; return None when one stands open or ended well (twice is once).

    `again`: a round follows also after one that ended well. `pauses`: times that did not count before it was opened.
    """
    key = {
        "clause_key": f"{clause.version.instrument_id}/{clause.name}",
        "thread": thread,
        "bound_desk_id": bound_desk,
        "owed_desk_id": owed_desk,
        "purpose": purpose,
        "subject": subject,
    }
    latest = next(iter(_latest(*key.values())), None)
    if latest is not None and latest.state != Duty.State.VOID and not (again and latest.terminal):
        return None
    count = due or clocks.due(limit, starts_at, bound_desk=bound_desk, owed_desk=owed_desk)
    return statements.insert(
        Duty(
            **key,
            clause=clause,
            matter_id=matter,
            round=latest.round + 1 if latest else 1,
            opened_by=opened_by,
            opened_at=at,
            starts_at=starts_at,
            due_at=count.due_at,
            due_count=count.detail,
            illustrative=clause.version.illustrative,
            drill=drill,
            pauses=list(pauses),
        )
    )


@statements.fixed
def _latest(key: str, thread: str, bound: str, owed: str, purpose: str, subject: str) -> QuerySet[Duty]:
    rows = Duty.objects.filter(
        clause_key=key,
        thread=thread,
        bound_desk_id=bound,
        owed_desk_id=owed,
        purpose=purpose,
        subject=subject,
    )
    return rows.order_by("-round")[:1]


def meet(
    duty: Duty,
    performance: Performance | None,
    *,
    delivered_at: datetime,
    at: datetime | None = None,
    told: dict[str, Any] | None = None,
) -> None:
    """End a duty as met; lateness follows from `delivered_at` and the due.

    `told` is what was wanted when it was told, where that is not what is wanted now.
    """
    done: dict[str, Any] = {"performance": performance} if performance is not None else {}
    _go(
        duty,
        Duty.State.MET,
        **done,
        delivered_at=delivered_at,
        ended_at=at or delivered_at,
        answer_due_at=None,
        told=duty.wanted if told is None else told,
    )


def claim(duty: Duty, performance: Performance, *, delivered_at: datetime, answer_due_at: datetime) -> None:
    """The debtor delivered: the clock is held at the delivery until the creditor accepts or sends back."""
    _go(
        duty,
        Duty.State.CLAIMED,
        performance=performance,
        delivered_at=delivered_at,
        answer_due_at=answer_due_at,
    )


def send_back(duty: Duty, a: Act, *, at: datetime | None = None) -> None:
    """The creditor sent a performance back: the clock runs on, and the creditor's time is not counted.

    `at` is when it goes back, where that is not when it is recorded: by silence, at the end of the answer time.
    """
    delivered, back = duty.delivered_at or a.at, at or a.at
    there = {"from": clock.iso(delivered), "until": clock.iso(back), "ground": "at_creditor"}
    _go(
        duty,
        Duty.State.OPEN,
        sent_back=duty.sent_back + 1,
        delivered_at=None,
        answer_due_at=None,
        pauses=[*duty.pauses, there],
    )
    if delivered <= duty.due_at:
        recount(duty, a, why="sent_back", at=back)


def suspend(duty: Duty, *, at: datetime, ground: str) -> None:
    """Stop the clock on a ground that the clause names, or because the case is suspended or a sight has ended.

    Not once the due has passed: what is late stays late, and is counted so. Not where the due follows a computed time:
    what is computed does not wait (docs/adr/0008).
    """
    if duty.state == Duty.State.OPEN and at > duty.due_at:
        raise Conflict(
            "due_has_passed",
            _("The due has passed: what is late is not suspended."),
            kept=_("The duty stays open and late."),
            todo=_("Deliver, or let the owed desk excuse it with a reason."),
        )
    if duty.due_count.get("form") == "before":
        raise Conflict(
            "due_is_computed",
            _("This due follows a computed time, which no suspension stops."),
            kept=_("The duty stays open; its clock runs on."),
            todo=_("Deliver, or let the owed desk excuse it with a reason."),
        )
    pause = {"from": clock.iso(at), "until": None, "ground": ground}
    _go(duty, Duty.State.SUSPENDED, pauses=[*duty.pauses, pause])


def resume(duty: Duty, a: Act) -> None:
    """Let the clock run on; the time of the suspension is not counted unless the due had passed before it."""
    if duty.state != Duty.State.SUSPENDED:
        raise _cannot(duty)
    last = duty.pauses[-1]
    began = datetime.fromisoformat(last["from"])
    _go(duty, Duty.State.OPEN, pauses=[*duty.pauses[:-1], last | {"until": clock.iso(a.at)}])
    if began <= duty.due_at:
        recount(duty, a, why="suspension")


def end(duty: Duty, to: str, *, at: datetime, reason: str) -> None:
    """End a duty as excused, void or failed."""
    _go(duty, to, ended_at=at, end_reason=reason[:400])


def void(duty: Duty, *, at: datetime, reason: str) -> None:
    """End a duty that nothing wants any more."""
    end(duty, Duty.State.VOID, at=at, reason=reason)


def pauses_of(duty: Duty) -> list[tuple[datetime, datetime]]:
    """Return the times that do not count, those that are over."""
    return list(spans_of(duty.pauses))


def spans_of(pauses: Sequence[dict[str, Any]]) -> tuple[tuple[datetime, datetime], ...]:
    """Return stored pauses as spans of time, those that are over."""
    return tuple(
        (datetime.fromisoformat(p["from"]), datetime.fromisoformat(p["until"])) for p in pauses if p["until"]
    )


def recount(duty: Duty, a: Act, *, why: str, at: datetime | None = None) -> None:
    """Count the due anew after a pause that began while it had not passed, and keep the move, made `at` or now."""
    count = clocks.again(
        duty.due_count,
        duty.starts_at,
        bound_desk=duty.bound_desk_id,
        owed_desk=duty.owed_desk_id,
        pauses=pauses_of(duty),
    )
    if count is not None and count.due_at > duty.due_at:
        move(duty, count, a, why=why, cause=duty.opened_by, at=at)


def move(
    duty: Duty,
    count: clocks.Count,
    a: Act,
    *,
    why: str,
    cause: str,
    to: datetime | None = None,
    at: datetime | None = None,
) -> None:
    """Move a due, with the entry that says from when, to when and why; it stands so since `at`, or since now."""
    new, old = to or count.due_at, duty.due_at
    _write(duty, duty.state, due_at=new, due_count=count.detail, starts_at=duty.starts_at, ring_at=None)
    row = DueMove.objects.create(duty=duty, old=old, new=new, why=why, cause=cause, at=at or a.at)
    bells.moved(duty, row)
    a.entry(
        f"{duty.thread}/duty:{duty.pk}",
        act="agreements.duty.moved",
        cause=cause,
        basis=duty.clause_id,
        payload={"old": clock.iso(old), "new": clock.iso(new), "why": why},
    )


def summary(duty: Duty) -> dict[str, Any]:
    """Return what the ledger keeps about a duty."""
    return {
        "duty": duty.pk,
        "clause": duty.clause_id,
        "purpose": duty.purpose,
        "bound": duty.bound_desk_id,
        "owed": duty.owed_desk_id,
        "round": duty.round,
        "due_at": clock.iso(duty.due_at),
    }


def summaries(duties: Sequence[Duty]) -> list[dict[str, Any]]:
    """Return what the ledger keeps about several duties."""
    return [summary(duty) for duty in duties]


def _go(duty: Duty, to: str, **fields: Any) -> None:
    """Take a row of the state table and write what goes with it, or refuse: a duty that has ended never changes."""
    if (duty.state, to) not in WAYS:
        raise _cannot(duty)
    _write(duty, duty.state, state=to, ring_at=None, **fields)


def _write(duty: Duty, seen: str, **fields: Any) -> None:
    """Change a row that still stands as it was seen; raises Conflict where another act came first."""
    if not statements.change(duty, fields, state=seen):
        duty.refresh_from_db(fields=["state"])
        raise _cannot(duty)


def _cannot(duty: Duty) -> Conflict:
    return Conflict(
        "duty_has_ended" if duty.terminal else "duty_not_ready",
        _("This duty has ended already.")
        if duty.terminal
        else _("The duty does not stand so that this can be done."),
        kept=_("What was done before stands; nothing was done twice."),
        todo=_("Reload the page to see how it stands."),
    )
