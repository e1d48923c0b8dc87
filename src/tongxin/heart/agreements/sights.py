"""What a desk may see of a matter in the ledger: the payloads of what it reported, must tell, was told or is owed."""

from __future__ import annotations

import uuid

from tongxin.heart.agreements import queries, signers
from tongxin.heart.agreements.models import Duty, InstrumentVersion
from tongxin.heart.events.models import Matter
from tongxin.heart.exchange.models import Message
from tongxin.heart.ledger.sights import Looker
from tongxin.heart.region import queries as region
from tongxin.shared import clock


def may_see(looker: Looker, subject: str) -> bool:
    """Whether the looker's desk may see the payload of an entry about a matter or anything below it."""
    number, _slash, below = subject.partition(":")[2].partition("/")
    matter = Matter.objects.filter(number=number).first()
    if matter is None:
        return False
    if queries.sees_whole(looker, matter):
        return True
    kind, _colon, name = below.partition(":")
    if kind == "duty" and name.isdecimal():
        duty = Duty.objects.filter(pk=int(name[:18]), matter=matter).first()
        return duty is not None and looker.desk in {duty.bound_desk_id, duty.owed_desk_id}
    if kind == "message":
        message_id = _uuid(name)
        message = (
            Message.objects.read_as("agreements.judge").filter(pk=message_id).first() if message_id else None
        )
        return message is not None and looker.desk in {message.from_desk_id, message.to_desk_id}
    return False


def may_see_instrument(looker: Looker, subject: str) -> bool:
    """Whether the looker may see the payload of an entry about a version: a signed one's all, else the parties."""
    version = subject.partition(":")[2].partition("/")[0]
    row = InstrumentVersion.objects.select_related("instrument").filter(id=version).first()
    if row is None:
        return False
    if row.state not in signers.UNSIGNED:
        return True
    on = clock.beijing(clock.now()).date()
    place = looker.desk.partition("/")[0]
    parties = signers.parties_of(row)
    return place in parties or region.party_of(looker.jurisdiction, parties, on) is not None


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
