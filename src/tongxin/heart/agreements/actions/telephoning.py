"""Writes of telling by telephone: each side records the call; it counts once both have, at the later time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import plan, queries, reconcile
from tongxin.heart.agreements.actions import parts, telling
from tongxin.heart.agreements.models import Duty, Performance
from tongxin.heart.events.models import Matter
from tongxin.heart.exchange import actions as exchange
from tongxin.heart.exchange.acts import act
from tongxin.heart.exchange.models import Message
from tongxin.heart.region.acting import Acting
from tongxin.shared import clock
from tongxin.shared.errors import Conflict, Invalid


def tell_by_telephone(
    *, by: Acting, key: str, matter: str, to_desk: str, carried: dict[str, str], at: datetime
) -> dict[str, Any]:
    """Record that a desk was told by telephone. It counts when that desk records it too (`heard`)."""
    by.need("notify")
    carried = {name: text.strip() for name, text in carried.items()}
    request = {"matter": matter, "to": to_desk, "carried": carried, "at": clock.iso(at)}
    with act("agreements.call.made", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        locked = parts.lock_matter(queries.matter(by, matter).number)
        served = telling.served_by(locked, by, to_desk)
        telling.need_carried(served, carried)
        _need_past(at, a.at, min(d.opened_at for d in served))
        message = exchange.send(
            "call",
            from_desk=by.desk,
            to_desk=to_desk,
            thread=reconcile.thread_of(locked),
            basis=telling.basis_of(served),
            body={
                "carried": carried,
                "clauses": [d.clause_id for d in served],
                "at": clock.iso(at),
                "wanted": {str(d.pk): plan.plain(d.wanted) for d in served},
            },
            at=a.at,
            drill=locked.drill,
        )
        parts.ring(
            to_desk,
            "call_made",
            reconcile.thread_of(locked),
            a.at,
            dedupe=f"call:{message.id}",
            drill=locked.drill,
            desk=by.desk,
        )
        a.result = {"message": str(message.id), "waits_for": to_desk}
        a.entry(
            f"{reconcile.thread_of(locked)}/message:{message.id}",
            cause=served[0].opened_by,
            basis=telling.basis_of(served),
            payload=request,
        )
    return a.result


def heard(*, by: Acting, key: str, message: str, at: datetime) -> dict[str, Any]:
    """Record that the desk was told by telephone: now both sides say so, and the duties are met at the later time.

    The call meets what was owed when it was made, by what was wanted then: what was corrected since is told anew.
    """
    by.need("confirm")
    request = {"message": message, "at": clock.iso(at)}
    with act("agreements.call.heard", by=by, key=key, request=request) as a:
        if a.replayed:
            return a.result
        call = telling.message_to(by, message, "call")
        locked = parts.lock_matter(call.thread.removeprefix("matter:"))
        if Performance.objects.filter(message=call).exists():
            raise Conflict(
                "already_heard",
                _("This call is recorded by both sides already."),
                kept=_("The first record stands."),
                todo=_("Reload the page."),
            )
        then, told = _meant(locked, call)
        served = [d for d in telling.open_to(locked, call.from_desk_id, by.desk) if d.pk in told]
        if not served:
            raise Conflict(
                "nothing_owed",
                _("Nothing that this call could meet is owed any more."),
                kept=_("Nothing was changed."),
                todo=_("Reload the page; a notice may have come since."),
            )
        _need_past(at, a.at, min(d.opened_at for d in then))
        delivered = max(at, datetime.fromisoformat(str(call.body["at"])))
        carried = dict(call.body["carried"])
        telling.told_by(a, by, served, call, carried, delivered, request, channel="telephone", said=told)
    return a.result


def _meant(locked: Matter, call: Message) -> tuple[list[Duty], dict[int, dict[str, Any]]]:
    """Return what was owed when a call was made, and what was wanted then, by the duty that stands for it now.

    Where the matter was absorbed since, the duty with the same key stands for it there, unless a later round asks for
    more than the call could know.
    """
    wanted = {int(pk): dict(said) for pk, said in dict(call.body.get("wanted", {})).items()}
    then = list(Duty.objects.filter(pk__in=wanted))
    if call.thread == reconcile.thread_of(locked):
        return then, wanted
    by_key = {parts.plan_key(d): d for d in then}
    told = {}
    for duty in telling.open_to(locked, call.from_desk_id, call.to_desk_id):
        first = by_key.get(parts.plan_key(duty))
        if first is not None and (duty.round == 1 or duty.opened_by == first.opened_by):
            told[duty.pk] = wanted[first.pk]
    return then, told


def _need_past(at: datetime, now: datetime, earliest: datetime) -> None:
    if at > now or at < earliest:
        raise Invalid(
            _("The call was not recorded."),
            {"at": [_("Enter when the call was made: after the duty arose, and not in the future.")]},
            code="not_then",
        )
