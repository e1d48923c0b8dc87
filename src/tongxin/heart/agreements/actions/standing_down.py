"""Writes of standing down: who was told before learns that it no longer concerns them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import duties, queries, reconcile
from tongxin.heart.agreements.actions import parts, telling
from tongxin.heart.agreements.models import Duty
from tongxin.heart.exchange import actions as exchange
from tongxin.heart.exchange.acts import act
from tongxin.heart.region.acting import Acting
from tongxin.shared.errors import Conflict


def stand_down(*, by: Acting, key: str, matter: str, to_desk: str, remark: str = "") -> dict[str, Any]:
    """Tell a desk that was told before that it no longer concerns them: meets every open duty to say so."""
    by.need("notify")
    said = remark.strip()[: telling.CARRIED_MAX]
    request = {"matter": matter, "to": to_desk, "remark": said}
    with act("agreements.stand_down.sent", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        locked = parts.lock_matter(queries.matter(by, matter).number)
        served = telling.open_to(locked, by.desk, to_desk, purpose=Duty.Purpose.STAND_DOWN)
        if not served:
            raise Conflict(
                "nothing_owed",
                _("Your desk need not stand that desk down now."),
                kept=_("No message was sent."),
                todo=_("Reload the page; a colleague may have done it."),
            )
        message = exchange.send(
            "stand_down",
            from_desk=by.desk,
            to_desk=to_desk,
            thread=reconcile.thread_of(locked),
            basis=telling.basis_of(served),
            body={"remark": said, "clauses": [d.clause_id for d in served]},
            at=a.at,
            drill=locked.drill,
        )
        delivered = message.delivered_at or a.at
        done = parts.performance(a.name, by, a.at, message=message)
        for duty in served:
            duties.meet(duty, done, delivered_at=delivered)
        parts.ring(
            to_desk,
            "stood_down",
            reconcile.thread_of(locked),
            a.at,
            dedupe=f"stood-down:{message.id}",
            drill=locked.drill,
            desk=by.desk,
        )
        a.result = {"message": str(message.id), "met": [d.pk for d in served]}
        a.entry(
            f"{reconcile.thread_of(locked)}/message:{message.id}",
            cause=served[0].opened_by,
            basis=telling.basis_of(served),
            payload=request | {"met": duties.summaries(served)},
        )
    return a.result
