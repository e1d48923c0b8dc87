"""The life of duties: open, meet, void. Called inside a running act; the state table is HEART §5."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import clocks
from tongxin.heart.agreements.language import Due
from tongxin.heart.agreements.models import Clause, Duty, Performance
from tongxin.shared.errors import Conflict

# from → to: who may and under which act; anything else is refused. Later slices add claimed and suspended.
MOVES: dict[tuple[str, str], str] = {
    ("open", "met"): "agreements.duty.met",
    ("open", "void"): "agreements.duty.voided",
}


def open_round(
    *,
    clause: Clause,
    thread: str,
    bound_desk: str,
    owed_desk: str,
    purpose: str,
    limit: Due,
    starts_at: datetime,
    opened_by: str,
    at: datetime,
    subject: str = "",
    matter: str | None = None,
    drill: bool = False,
    due: clocks.Count | None = None,
) -> Duty | None:
    """Open a round of a duty; return None when one stands open or ended well (reconciling twice is once)."""
    key = {
        "clause_key": f"{clause.version.instrument_id}/{clause.name}",
        "thread": thread,
        "bound_desk_id": bound_desk,
        "owed_desk_id": owed_desk,
        "purpose": purpose,
        "subject": subject,
    }
    latest = Duty.objects.filter(**key).order_by("-round").first()
    if latest is not None and latest.state != Duty.State.VOID:
        return None
    count = due or clocks.due(limit, starts_at, bound_desk=bound_desk, owed_desk=owed_desk)
    return Duty.objects.create(
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
    )


def meet(duty: Duty, performance: Performance, *, delivered_at: datetime) -> None:
    """End a duty as met by a performance that was delivered; lateness follows from the two times."""
    _move(duty, Duty.State.MET)
    duty.performance = performance
    duty.delivered_at = delivered_at
    duty.ended_at = delivered_at
    duty.save(update_fields=["state", "performance", "delivered_at", "ended_at"])


def void(duty: Duty, *, at: datetime, reason: str) -> None:
    """End a duty that nothing wants any more."""
    _move(duty, Duty.State.VOID)
    duty.ended_at = at
    duty.end_reason = reason
    duty.save(update_fields=["state", "ended_at", "end_reason"])


def summary(duty: Duty) -> dict[str, Any]:
    """Return what the ledger keeps about a duty."""
    from tongxin.shared import clock

    return {
        "duty": duty.pk,
        "clause": duty.clause_id,
        "purpose": duty.purpose,
        "bound": duty.bound_desk_id,
        "owed": duty.owed_desk_id,
        "round": duty.round,
        "due_at": clock.iso(duty.due_at),
    }


def _move(duty: Duty, to: str) -> None:
    if (duty.state, to) not in MOVES:
        raise Conflict(
            "duty_has_ended",
            _("This duty has ended already."),
            kept=_("What ended it stands; nothing was done twice."),
            todo=_("Reload the page to see how it ended."),
        )
    duty.state = to
