"""Reads of competence disputes: only for the two coordination offices, and desks with a part in the case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import wording
from tongxin.heart.agreements.models import Duty
from tongxin.heart.cases import words
from tongxin.heart.cases.models import Case, Dispute, Offer
from tongxin.heart.exchange.models import Message
from tongxin.heart.region.acting import Acting
from tongxin.shared.errors import NotFound
from tongxin.shared.named import Both

COORDINATION = "coordination_office"
ANSWERS = {"": _("waits for the other office"), "agreed": _("both agree"), "declined": _("declined")}


KINDS = {
    "offer": _("an offer"),
    "accept": _("an acceptance"),
    "refuse": _("a return"),
    "recall": _("a recall"),
    "decision": _("a decision"),
}


@dataclass(frozen=True)
class Contested:
    """Something that a desk sent under an older epoch."""

    desk: Both | str
    at: datetime
    what: str


@dataclass(frozen=True)
class Said:
    """A proposal as a page tells it."""

    office: Both | str
    holder: Both | str
    holder_id: str
    reason: str
    at: datetime
    answer: str
    answer_words: str


def offices_of(made: Offer) -> tuple[str, str]:
    """Return the coordination offices of the two sides of a hand-over; twice the same where both sides have one."""
    one, other = (f"{desk.partition('/')[0]}/{COORDINATION}" for desk in (made.from_desk_id, made.to_desk_id))
    return one, other


def offices(row: Dispute) -> list[str]:
    """Return the offices that name the holder, each once."""
    return list(dict.fromkeys((row.one_office_id, row.other_office_id)))


def desks_of(row: Dispute) -> list[str]:
    """Return the desks that have or had a part in the case, of which one is named: the accepting one first."""
    accepting = (
        Case.objects.read_as("cases.disputes").values_list("accepting_desk_id", flat=True).get(pk=row.case_id)
    )
    pairs = Offer.objects.read_as("cases.disputes").filter(case=row.case_id).order_by("offered_at", "id")
    found = [desk for pair in pairs.values_list("from_desk_id", "to_desk_id") for desk in pair]
    return list(dict.fromkeys((accepting, *found)))


def subject(row: Dispute) -> str:
    """Return the subject of the duties to name a holder."""
    return f"dispute:{row.pk}"


def of_silence(row: Dispute) -> bool:
    """Whether a dispute was opened on an offer that nobody answered, not by one hand-over too many."""
    made = row.offer
    return made.settled_at is None or made.settled_at > row.opened_at


def url(pk: int) -> str:
    """Return the page on which a dispute is settled."""
    return f"/disputes/{pk}/"


def seen_by(reader: Acting) -> QuerySet[Dispute]:
    """Return the disputes that the reader's coordination office settles, or in whose case the desk has a part."""
    desk = reader.desk
    named = Q(one_office_id=desk) | Q(other_office_id=desk)
    if not reader.coordinates:
        offered = Offer.objects.filter(Q(to_desk_id=desk) | Q(from_desk_id=desk), case=OuterRef("case"))
        named = Q(case__accepting_desk_id=desk) | Q(case__holder_id=desk) | Q(Exists(offered))
    rows = (
        Dispute.objects.read_by(desk)
        .filter(named)
        .select_related(
            "case__procedure", "holder__jurisdiction", "holder__role", "offer__clause__version__instrument"
        )
    )
    return rows.order_by("-opened_at", "-id")


def one(reader: Acting, pk: int) -> Dispute:
    """Return one dispute of the reader's, or raise NotFound."""
    row = seen_by(reader).filter(pk=pk).first()
    if row is None:
        raise NotFound("no_such_dispute", _("There is no such dispute, or your desk has no part in it."))
    return row


def of_case(number: str) -> Dispute | None:
    """Return the newest dispute of a case, if there ever was one."""
    return (
        Dispute.objects.read_as("cases.disputes")
        .filter(case=number)
        .select_related("holder", "offer")
        .order_by("opened_at", "id")
        .last()
    )


def duty_of(row: Dispute, office: str) -> Duty | None:
    """Return what an office owes in a dispute."""
    rows = Duty.objects.filter(thread=f"case:{row.case_id}", subject=subject(row), bound_desk_id=office)
    return rows.order_by("-round").first()


def said(row: Dispute) -> list[Said]:
    """Return what the offices have proposed, oldest first."""
    ids = {desk for each in row.proposals for desk in (each["office"], each["holder"])}
    names = wording.desk_names(ids)
    return [
        Said(
            office=names.get(each["office"], each["office"]),
            holder=names.get(each["holder"], each["holder"]),
            holder_id=each["holder"],
            reason=each["reason"],
            at=datetime.fromisoformat(each["at"]),
            answer=each["answer"],
            answer_words=str(ANSWERS[each["answer"]]),
        )
        for each in row.proposals
    ]


def may_say(reader: Acting, row: Dispute) -> bool:
    """Whether the reader's office has something to say now: nothing is proposed, or by the other office."""
    waits = next((each for each in row.proposals if not each["answer"]), None)
    mine = reader.desk in offices(row) and row.state == Dispute.State.OPEN
    return mine and (waits is None or waits["office"] != reader.desk)


def story(row: Dispute) -> list[Offer]:
    """Return the hand-overs that led to a dispute, oldest first; remarks and the applicant's data stay behind."""
    rows = (
        Offer.objects.read_as("cases.disputes")
        .filter(case=row.case_id, offered_at__lte=row.opened_at)
        .select_related(
            "from_desk__jurisdiction",
            "from_desk__role",
            "to_desk__jurisdiction",
            "to_desk__role",
            "clause__version",
        )
    )
    return list(rows.order_by("offered_at", "id"))


def state_words(row: Dispute) -> str:
    """Return how a dispute stands, in words."""
    return str(words.DISPUTE_STATES[row.state])


def settled_by(reader: Acting) -> Subquery:
    """Return, for a read of cases, the newest dispute of each that the reader's office settles."""
    desk = reader.desk
    rows = Dispute.objects.filter(Q(one_office_id=desk) | Q(other_office_id=desk), case=OuterRef("pk"))
    return Subquery(rows.order_by("-opened_at", "-id").values("pk")[:1])


def address(row: Case) -> str:
    """Return the page of the dispute that a case was read with (`settled_by`); empty without one."""
    pk = getattr(row, "dispute", None)
    return url(pk) if pk else ""


def standing(number: str) -> bool:
    """Whether it is in dispute now who is competent for a case."""
    return Dispute.objects.read_as("cases.disputes").filter(case=number, state=Dispute.State.OPEN).exists()


def contested(number: str) -> list[Contested]:
    """Return what came under an older epoch of a case and was answered so, oldest first."""
    answers = Message.objects.read_as("cases.disputes").filter(
        thread=f"case:{number}", kind="stale", in_reply_to__isnull=False
    )
    rows = [row.in_reply_to for row in answers.select_related("in_reply_to").order_by("sent_at", "id")]
    names = wording.desk_names({row.from_desk_id for row in rows if row})
    return [
        Contested(
            names.get(row.from_desk_id, row.from_desk_id), row.sent_at, str(KINDS.get(row.kind, row.kind))
        )
        for row in rows
        if row
    ]
