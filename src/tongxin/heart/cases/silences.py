"""Offers that a partner leaves without an answer past its time: who may put them before both coordination offices."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from uuid import UUID

from django.db.models import Q

from tongxin.heart.agreements import clocks, rulebook
from tongxin.heart.agreements.language import Handle
from tongxin.heart.agreements.models import Duty
from tongxin.heart.cases import disputes
from tongxin.heart.cases.models import Dispute, Offer
from tongxin.heart.region.acting import Acting
from tongxin.shared import clock

MOST = 200  # of a list
PART = 400  # offers whose duties are asked for at once
DESKS = tuple(f"{side}_desk__{part}" for side in ("from", "to") for part in ("jurisdiction", "role"))


def due_of(made: Offer) -> datetime | None:
    """Return until when an offer was to be answered: by the duty that stands here, or as the clause counts it.

    None where no clause says. The desk of another node owes its answer there.
    """
    duty = (
        Duty.objects.filter(thread=f"case:{made.case_id}", subject=f"answer:{made.pk}")
        .order_by("-round")
        .first()
    )
    return _due(made, duty.due_at if duty is not None else None)


def _due(made: Offer, answer_due: datetime | None) -> datetime | None:
    """Return the duty's time, or as the clause counts it."""
    if answer_due is not None:
        return answer_due
    clause = rulebook.read_clause(made.clause)
    if not isinstance(clause, Handle):
        return None
    limit = clause.answer.model_copy(update={"starts": "delivered"})
    return clocks.due(limit, made.offered_at, bound_desk=made.to_desk_id, owed_desk=made.from_desk_id).due_at


def seen_by(reader: Acting) -> list[tuple[Offer, datetime]]:
    """Return the silent offers that the reader's coordination office may put before both, with when they were due.

    Nothing for any other desk; none that is before the offices already.
    """
    if not reader.coordinates:
        return []
    place = f"{reader.jurisdiction}/"
    rows = list(
        Offer.objects.read_by(reader.desk)
        .filter(
            Q(from_desk__id__startswith=place) | Q(to_desk__id__startswith=place), state=Offer.State.OFFERED
        )
        .exclude(case__disputes__state=Dispute.State.OPEN)
        .select_related("case__procedure", "clause__version", *DESKS)
        .order_by("offered_at", "id")
    )
    duties = _answers(rows)
    now = clock.now()
    dues = ((made, _due(made, duties.get(made.pk))) for made in rows)
    silent = (
        (made, due)
        for made, due in dues
        if due is not None and due < now and reader.desk in disputes.offices_of(made)
    )
    return list(islice(silent, MOST))


def _answers(rows: Sequence[Offer]) -> dict[UUID, datetime]:
    """Return until when the offers were to be answered by the newest duty that stands here; asked by parts."""
    found: dict[str, datetime] = {}
    for start in range(0, len(rows), PART):
        part = rows[start : start + PART]
        duties = Duty.objects.filter(
            thread__in=[f"case:{made.case_id}" for made in part],
            subject__in=[f"answer:{made.pk}" for made in part],
        )
        found |= dict(duties.order_by("round").values_list("subject", "due_at"))
    return {made.pk: found[f"answer:{made.pk}"] for made in rows if f"answer:{made.pk}" in found}


def one(reader: Acting, number: str) -> Offer | None:
    """Return an offer between desks of which the reader's office coordinates one; None for any other."""
    try:
        wanted = UUID(str(number))
    except ValueError:
        return None
    made = Offer.objects.read_by(reader.desk).filter(pk=wanted).select_related("clause__version").first()
    return made if made is not None and reader.desk in disputes.offices_of(made) else None
