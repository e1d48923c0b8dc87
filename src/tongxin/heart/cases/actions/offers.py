"""Offers as rows: kept, found with their case locked, what goes with one, and the duty to answer it."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import duties
from tongxin.heart.agreements.actions.parts import performance
from tongxin.heart.agreements.models import Clause, Duty
from tongxin.heart.cases import (
    crossing,
    locking,
    sights,
)
from tongxin.heart.cases.actions import replicas
from tongxin.heart.cases.models import Case, Offer
from tongxin.heart.exchange import nodes
from tongxin.heart.exchange.acts import Act
from tongxin.heart.exchange.models import Message
from tongxin.shared import statements
from tongxin.shared.errors import NotFound


def keep(a: Act, case: Case, message: Message) -> Offer:
    """Keep an offer as a row; its clause is the one that the message names as its basis."""
    (clause,) = _clause(message.basis)
    return statements.insert(
        Offer(
            id=uuid.UUID(message.body["offer"]),
            case=case,
            message=message,
            clause=clause,
            from_desk_id=message.from_desk_id,
            to_desk_id=message.to_desk_id,
            epoch=message.epoch,
            offered_at=message.sent_at,
        )
    )


@statements.fixed
def _clause(name: str) -> QuerySet[Clause]:
    return Clause.objects.select_related("version").filter(id=name)


@statements.fixed
def _offers(case: str) -> QuerySet[Offer]:
    return Offer.objects.filter(case_id=case)


@statements.fixed
def with_all(offer: uuid.UUID) -> QuerySet[Offer]:
    """Ask for one offer with its message and its clause."""
    return Offer.objects.select_related("message", "clause__version").filter(id=offer)


def locked(offer_id: str, *, receiver: str = "", sender: str = "") -> tuple[Case, Offer]:
    """Lock the case of an offer and return both; refuse what is not the actor's, or is settled: with who holds it."""
    try:
        number = uuid.UUID(offer_id)
    except ValueError:  # no number of an offer at all
        number = uuid.UUID(int=0)
    of, sent_by, sent_to = next(iter(_whose(number)), ("", "", ""))
    if not of or receiver not in {"", sent_to} or sender not in {"", sent_by}:
        raise NotFound("no_such_offer", _("There is no such offer for your desk."))
    # whoever waited for the lock till the holder was another finds no row with it: then the offer is settled
    case = locking.lock(of) or Case.objects.select_related("holder").get(pk=of)
    (made,) = with_all(number)  # as it stands now that the case is locked
    if made.state != Offer.State.OFFERED:
        raise replicas.refusal("settled", case)
    return case, made


@statements.fixed
def _whose(offer: uuid.UUID) -> QuerySet[Offer, tuple[str, str, str]]:
    return Offer.objects.filter(id=offer).values_list("case_id", "from_desk_id", "to_desk_id")


def answer_met(a: Act, made: Offer, message: Message) -> None:
    """Meet the duty to answer the offer."""
    done = performance(a.name, a.by, a.at, message=message)
    for duty in _to_answer(f"case:{made.case_id}", f"answer:{made.id}"):
        duties.meet(duty, done, delivered_at=message.delivered_at or a.at)


@statements.fixed
def _to_answer(thread: str, subject: str) -> QuerySet[Duty]:
    return Duty.objects.filter(thread=thread, subject=subject, state=Duty.State.OPEN)


def answer_void(a: Act, made: Offer) -> None:
    """Nobody is asked for an answer any more."""
    rows = Duty.objects.filter(thread=f"case:{made.case_id}", subject=f"answer:{made.id}")
    for duty in rows.filter(state=Duty.State.OPEN):
        duties.void(duty, at=a.at, reason="the offer was recalled")


def shown(case: Case, made: Offer) -> dict[str, Any]:
    """Return what goes with an offer: nothing that its receiver may not see before it takes over.

    At a peer the receiver has no row of the case, and gets the facts of it.
    """
    if nodes.home_of(made.to_desk_id) is not None:
        return {"facts": crossing.facts(case, [made.to_desk_id], made)}
    return {
        "procedure": case.procedure_id,
        "competent": case.competent_desk_id,
        "applicant": sights.sight(made.to_desk_id, case, [*_offers(case.number), made]).given(case),
        "papers": case.papers,
    }
