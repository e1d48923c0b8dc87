"""The duties that follow one that was performed: the stages of a settlement, the reports of a case in hand."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tongxin.heart.agreements import duties, performing, rulebook
from tongxin.heart.agreements.actions import parts
from tongxin.heart.agreements.language import (
    AnyClause,
    Handle,
    Settle,
)
from tongxin.heart.agreements.models import Clause, Duty
from tongxin.heart.exchange.acts import Act


def following(row: Duty, clause: AnyClause, message: Any, delivered: datetime, a: Act) -> list[Duty]:
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
