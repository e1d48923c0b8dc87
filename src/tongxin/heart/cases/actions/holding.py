"""What goes with the hands that a case is in: who is competent, the promise on its calendar, the duty to decide."""

from __future__ import annotations

from django.db.models import QuerySet

from tongxin.heart.agreements import duties
from tongxin.heart.agreements.language import Within
from tongxin.heart.agreements.models import Clause, Duty
from tongxin.heart.cases import joints, procedures, promises
from tongxin.heart.cases.actions import replicas
from tongxin.heart.cases.models import Case, Offer
from tongxin.heart.exchange.acts import Act
from tongxin.shared.statements import fixed


def follow(a: Act, case: Case) -> None:
    """After a new holder: an earlier one decides no more; who takes what the competent desk returned is competent.

    So is who takes over, from the desk that took it in, what two desks decide together: it is the second.
    """
    joints.lapse(a, case)
    for duty in _deciding(f"case:{case.number}"):
        if duty.bound_desk_id != case.holder_id:
            duties.void(duty, at=a.at, reason=f"unwanted:{a.name}")
    told = [each for each in replicas.elsewhere(case) if each["to"] == case.competent_desk_id]
    returned = bool(_returned_by(case.number, case.competent_desk_id)) or any(
        each["state"] == Offer.State.RETURNED for each in told
    )
    if case.competent_desk_id != case.holder_id and (returned or joints.lacks_second(case)):
        make_competent(a, case)


@fixed
def _returned_by(case: str, desk: str) -> QuerySet[Offer, str]:
    rows = Offer.objects.filter(case_id=case, to_desk_id=desk, state=Offer.State.RETURNED)
    return rows.values_list("to_desk_id", flat=True)[:1]


@fixed
def _deciding(thread: str) -> QuerySet[Duty]:
    return Duty.objects.filter(thread=thread, subject="decide", state__in=Duty.STANDING)


def make_competent(a: Act, case: Case) -> None:
    """Let the holder decide: the promise moves to its calendar, by an entry, unless it has passed."""
    promises.competent_is(case, case.holder_id, a)


def open_decide(a: Act, case: Case, clause: Clause, opened_by: str, *, anew: bool = False) -> Duty | None:
    """Open the holder's duty to decide, due when the applicant was promised; hand-overs do not restart it.

    `anew`: the promise began with this act, and what was suspended before does not count for it.
    """
    if case.competent_desk_id != case.holder_id or case.promise_due_at is None:
        return None
    if case.holder_id == case.accepting_desk_id:  # back home: nobody owes a duty to itself
        return None
    limit = Within(within=procedures.form_of(case).promise.within, clock="days", starts="recorded")
    return duties.open_round(
        clause=clause,
        thread=f"case:{case.number}",
        bound_desk=case.holder_id,
        owed_desk=case.accepting_desk_id,
        purpose=Duty.Purpose.DO,
        subject="decide",
        limit=limit,
        starts_at=a.at if anew else case.accepted_at or a.at,
        opened_by=opened_by,
        at=a.at,
        due=promises.count_of(case),
        pauses=[] if anew else promises.stopped(case),
        again=True,
    )
