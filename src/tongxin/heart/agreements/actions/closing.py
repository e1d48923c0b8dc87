"""Writes of closing: a matter ends, and every desk that was told gets the all-clear."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import duties, reconcile
from tongxin.heart.agreements.actions import parts, parts_matters, warning
from tongxin.heart.agreements.models import Duty
from tongxin.heart.events.models import Matter
from tongxin.heart.exchange import actions as exchange
from tongxin.heart.exchange.acts import Act, act
from tongxin.heart.region.acting import Acting
from tongxin.shared.errors import NotAllowed


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
        if not by.answers_for(parts_matters.root(matter).by_desk_id):
            raise NotAllowed("not_your_matter", _("Only the desk that reported it may close it."))
        parts_matters.need_reported(parts_matters.root(matter))
        failed = list(parts_matters.standing(matter))
        for duty in failed:
            duties.end(duty, Duty.State.FAILED, at=a.at, reason=f"closed:{why}")
        told = _all_clear(matter, by, a)
        matter.state = Matter.State.CLOSED
        matter.closed_at = a.at
        matter.save(update_fields=["state", "closed_at"])
        parts_matters.lapse([matter.number], a)
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
