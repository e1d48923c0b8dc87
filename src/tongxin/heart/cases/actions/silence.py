"""A partner that does not answer: its offer is put before both coordination offices, which name a holder together.

The holder may have waited long enough before the fourth hand-over (HEART §9, reassign). Whoever is named holds the case
under an epoch above all that the silent side may have taken meanwhile.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from tongxin.heart.agreements import wording
from tongxin.heart.cases import disputes, locking, silences
from tongxin.heart.cases.actions import disputing, parts, replicas
from tongxin.heart.cases.models import Offer
from tongxin.heart.exchange.acts import act
from tongxin.heart.region.acting import Acting
from tongxin.shared.errors import Conflict, Invalid, NotFound


def call_offices(*, by: Acting, key: str, offer: str, reason: str) -> dict[str, Any]:
    """Open a dispute on an offer whose time to be answered has passed. By a coordination office of either side."""
    by.need("excuse")
    why = reason.strip()
    parts.check_text("reason", why, _("Nothing was decided."))
    with act("cases.dispute.opened", by=by, key=key, request={"offer": offer, "reason": why}) as a:
        if a.replayed:
            return a.result
        found = silences.one(by, offer)
        if found is None:
            raise NotFound("no_such_offer", _("There is no such offer for your desk."))
        if not why:
            raise Invalid(_("Nothing was decided."), {"reason": [_("Say why.")]})
        case = locking.lock(found.case_id) or found.case
        made = Offer.objects.select_related("clause__version", "message").get(pk=found.pk)
        if made.state != Offer.State.OFFERED:
            raise replicas.refusal("settled", case)
        if disputes.standing(case.number):
            raise Conflict(
                "disputed_already",
                _("The case is before both coordination offices already."),
                todo=_("Open the dispute and name a holder there."),
            )
        due = silences.due_of(made)
        if due is None or due >= a.at:
            raise Conflict(
                "not_silent",
                _("The time to answer this offer has not passed yet."),
                kept=_("The offer stands; it was to be answered by %(due)s.") % {"due": wording.moment(due)},
                todo=_("Wait until then, or let the holder recall it."),
            )
        row = disputing.opened(a, case, made, why=why)
        a.result = {"dispute": row.pk, "case": case.number, "offices": disputes.offices(row)}
    return a.result
