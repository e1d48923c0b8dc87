"""The protocol of hand-over over this database's rows: a case is read as a replica, a step is written back.

In one database sender and receiver share the rows, so what arrives finds what was sent; on two nodes each has its own.
The case is locked by whoever calls.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import wording
from tongxin.heart.cases import handover
from tongxin.heart.cases.handover import Draft, Replica, Step
from tongxin.heart.cases.models import Case, Crossing, Dispute, Offer
from tongxin.heart.exchange import actions as exchange
from tongxin.heart.exchange.acts import Act
from tongxin.heart.exchange.models import Message
from tongxin.shared import statements
from tongxin.shared.errors import Conflict, Refused

_READ = "_replica_read"  # on a case: how it was read last, till something is written
ANSWERED = (Offer.State.TAKEN_OVER, Offer.State.RETURNED)


def read(case: Case) -> Replica:
    """Return a case as the protocol sees it; see `handover.Replica`."""
    thread = f"case:{case.number}"
    disputed_ever, crossed, said = next(iter(_rare(case.number, thread)), (True, True, True))
    rows, disputes = _offers(case.number), _disputes(case.number) if disputed_ever else []
    named = [row for row in disputes if row.state == Dispute.State.NAMED]
    disputed = next((row for row in disputes if row.state == Dispute.State.OPEN), None)
    bodies = _told(thread) if said else []
    named_at = max(
        [0, *(row.epoch or 0 for row in named), *(int(b["epoch"]) for k, b in bodies if k == "reassign")]
    )
    met = [(row.state, row.epoch) for row in rows]
    met += [(each["state"], each["epoch"]) for each in elsewhere(case)] if crossed else []
    handed = sum(1 for state, epoch in met if state in ANSWERED and epoch >= named_at)
    recalling = _recalling(case) if said else set()
    read_now = Replica(
        case=case.number,
        holder=case.holder_id,
        epoch=case.epoch,
        fixed=named_at,
        frozen_by=str(case.frozen_by_id or ""),
        offers={str(row.id): _offer(row, recalling) for row in rows},
        handed=handover.HAND_OVERS if disputed else min(handed, handover.HAND_OVERS - 1),
        proposal=_proposal(disputed),
        contested=frozenset(str(body["about"]) for kind, body in bodies if kind == "stale"),
    )
    case.__dict__[_READ] = read_now
    return read_now


@statements.fixed
def _rare(case: str, thread: str) -> QuerySet[Case, tuple[bool, bool, bool]]:
    """Whether a case was ever disputed, crossed to other nodes, or had something said that few have: asked at once."""
    said = Message.objects.filter(thread=thread, kind__in=("stale", "reassign", "recall"))
    return (
        Case.objects.read_as("cases.replicas")
        .filter(number=case)
        .values_list(
            Exists(Dispute.objects.filter(case_id=OuterRef("pk"))),
            Exists(Crossing.objects.filter(case_id=OuterRef("pk"))),
            Exists(said),
        )
    )


def elsewhere(case: Case) -> list[dict[str, Any]]:
    """Return the hand-overs of a case between desks of other nodes, as this node was told (`models.Crossing`)."""
    return [each for found in _crossed(case.number) for each in found]


@statements.fixed
def _crossed(case: str) -> QuerySet[Crossing, list[dict[str, Any]]]:
    return Crossing.objects.filter(case_id=case).values_list("hand_overs", flat=True)


def write(a: Act, case: Case, after: Replica, **more: Any) -> None:
    """Write what a step changed of the case and its offers; `more` are other columns of the case."""
    was: Replica | None = case.__dict__.pop(_READ, None)
    states = {number: offer.state for number, offer in after.offers.items()}
    if was is None or states != {number: offer.state for number, offer in was.offers.items()}:
        for row in _offers(case.number):
            known = after.offers.get(str(row.id))
            if known is not None and row.state != known.state:
                statements.change(row, {"state": known.state, "settled_at": a.at})
    before = (case.holder_id, case.epoch, str(case.frozen_by_id or ""))
    if more or before != (after.holder, after.epoch, after.frozen_by):
        case.holder_id, case.epoch = after.holder, after.epoch
        case.frozen_by_id = uuid.UUID(after.frozen_by) if after.frozen_by else None
        for name, value in more.items():
            setattr(case, name, value)
        statements.update(case, "holder", "epoch", "frozen_by", *more)


@statements.fixed
def _offers(case: str) -> QuerySet[Offer]:
    return Offer.objects.filter(case_id=case).order_by("offered_at", "id")


@statements.fixed
def _disputes(case: str) -> QuerySet[Dispute]:
    return Dispute.objects.filter(case_id=case).order_by("opened_at", "id")


@statements.fixed
def _told(thread: str) -> QuerySet[Message, tuple[str, Any]]:
    rows = Message.objects.filter(thread=thread, kind__in=("stale", "reassign"))
    return rows.values_list("kind", "body")


def did(case: Case, command: Any, **given: Any) -> Step:
    """Give a command to the case's replica; what the protocol does not allow is refused in words."""
    try:
        step: Step = command(read(case), **given)
    except handover.NotNow as refused:
        raise refusal(refused.code, case) from refused
    return step


def arrived(case: Case, message: Message) -> Step:
    """Return what follows from a message that is stored here now, in its turn."""
    return handover.apply(read(case), str(message.id), draft(message))


def draft(message: Message) -> Draft:
    """Return a stored message as the protocol reads it."""
    return Draft(
        message.kind,
        message.from_desk_id,
        message.to_desk_id,
        message.epoch,
        str(message.in_reply_to_id or ""),
        message.body if message.kind in handover.OWN_KINDS else {**message.body, "act": str(message.id)},
    )


def say(
    a: Act,
    case: Case,
    said: Draft,
    *,
    basis: str,
    reply: Message | None = None,
    more: Mapping[str, Any] | None = None,
    papers: Sequence[str] = (),
) -> Message:
    """Send what the protocol says, under the epoch that it names; `more` goes into the body for people."""
    return exchange.send(
        said.kind,
        from_desk=said.from_desk,
        to_desk=said.to_desk,
        thread=f"case:{case.number}",
        basis=basis,
        body={"case": case.number, **said.body, **(more or {})},
        at=a.at,
        epoch=said.epoch,
        in_reply_to=reply,
        papers=papers,
    )


def is_here(message: Message) -> bool:
    """Tell whether a message is at its receiver already, because both desks work here; then it does its part now.

    One to a desk at a peer does it there, when the line has carried it.
    """
    return message.delivered_at is not None


def where(case: Case) -> Any:
    """Return in words who holds the case."""
    return _("%(desk)s holds the case now.") % {"desk": wording.desk_name(case.holder)}


def refusal(code: str, case: Case) -> Refused:
    """Return why the protocol does not allow it now, with who holds the case."""
    match code:
        case "frozen":
            return Conflict(
                "frozen_by_offer",
                _("The case is offered to another desk; until it answers, the offer can only be recalled."),
                todo=_("Wait for the answer, or recall the offer."),
            )
        case "disputed" | "proposed":
            return Conflict(
                "in_dispute",
                _("It is in dispute who is competent; the coordination offices name a holder."),
                kept=where(case),
                todo=_("Wait for them; the holder may go on with the case meanwhile."),
            )
        case "recalling":
            return Conflict(
                "recalling",
                _("The offer is being recalled; the other node has not answered yet."),
                kept=_("The case stays frozen until then."),
                todo=_("Wait for the answer; a ring tells you."),
            )
        case "settled":
            return Conflict(
                "offer_settled",
                _("This offer is settled already."),
                kept=_("The first answer stands. %(where)s") % {"where": where(case)},
                todo=_("Reload the page to see how it was answered."),
            )
    return Conflict(
        "stale_page",
        _("The case has moved on since this page was made."),
        kept=where(case),
        todo=_("Reload the page and look again before you act."),
    )


def _recalling(case: Case) -> set[Any]:
    """Return the message of the open offer where its sender asked for it back and has no answer yet."""
    if case.frozen_by_id is None:
        return set()
    return set(_recalled(f"case:{case.number}"))


@statements.fixed
def _recalled(thread: str) -> QuerySet[Message, uuid.UUID | None]:
    asked = Message.objects.filter(thread=thread, kind="recall", answers=None)
    return asked.values_list("in_reply_to_id", flat=True)


def _offer(row: Offer, recalling: Collection[Any]) -> handover.Offer:
    return handover.Offer(
        str(row.id), row.from_desk_id, row.to_desk_id, row.epoch, row.state, row.message_id in recalling
    )


def _proposal(row: Dispute | None) -> handover.Proposal | None:
    """Return the proposal of a dispute that waits for the other office's answer."""
    open_one = next((p for p in reversed(row.proposals) if not p["answer"]), None) if row else None
    if row is None or open_one is None:
        return None
    office = str(open_one["office"])
    asked = row.other_office_id if office == row.one_office_id else row.one_office_id
    known = frozenset(open_one["known"])
    return handover.Proposal(open_one["id"], office, asked, open_one["holder"], int(open_one["epoch"]), known)
