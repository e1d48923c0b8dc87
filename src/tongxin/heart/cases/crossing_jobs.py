"""What follows when the line says how an envelope of a case fared: an offer that the other node refused is returned."""

from __future__ import annotations

import structlog

from tongxin.heart.cases import locking, words
from tongxin.heart.cases.actions import handing
from tongxin.heart.cases.models import Offer
from tongxin.heart.exchange.acts import act
from tongxin.heart.exchange.models import Envelope, Peer
from tongxin.heart.region.acting import SYSTEM
from tongxin.shared.errors import OF_ONE

log = structlog.get_logger(__name__)


def look() -> int:
    """Return every open offer whose envelope the other node refused for good; the ticker calls this every tick.

    The receiver alone settles an offer: its node has said that it never will. Returns how many were returned.
    """
    if not Peer.objects.exists():
        return 0
    refused = Envelope.objects.filter(kind="offer", state=Envelope.State.REFUSED).values("pk")
    rows = Offer.objects.filter(state=Offer.State.OFFERED, message__in=refused)
    done = 0
    for number in list(rows.order_by("offered_at", "id").values_list("id", flat=True)):
        try:
            done += _returned(str(number))
        except OF_ONE:
            log.exception("an offer that was refused could not be returned", offer=str(number))
    return done


def _returned(number: str) -> bool:
    with act("cases.offer.refused_there", by=SYSTEM, key=f"refused:{number}", request={"offer": number}) as a:
        if a.replayed:
            return False
        found = Offer.objects.select_related("message").get(pk=number)
        case = locking.lock(found.case_id)
        made = case.offers.filter(pk=number, state=Offer.State.OFFERED).first() if case else None
        if case is None or made is None:
            return False
        handing.refused_there(a, case, made, f"{words.NOT_READ}:not_applied")
        code = Envelope.objects.values_list("reason", flat=True).get(pk=found.message_id)
        a.result = {"case": case.number, "offer": number}
        a.entry(
            f"case:{case.number}/offer:{number}",
            cause=f"message:{found.message_id}",
            basis=made.clause_id,
            payload={"code": code},
        )
    return True
