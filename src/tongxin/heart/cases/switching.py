"""Running cases move to a version that says `transition: switch`, as other matters do (HEART §3): one entry a case.

What a case pins is re-pinned. A duty that stands in it follows the clause of the same name in the new version: its due
moves, unless it has passed; the duty to decide keeps the applicant's promise. Where the new version has no such clause,
what was offered under the old one stands as it is, because whoever was asked still owes an answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import structlog
from django.db.models import TextField
from django.db.models.functions import Cast

from tongxin.heart.agreements import clocks, duties, lifecycle, performing, rulebook
from tongxin.heart.agreements.language import Handle, Within
from tongxin.heart.agreements.models import Clause, Duty, InstrumentVersion
from tongxin.heart.agreements.opening import key_of
from tongxin.heart.cases import locking
from tongxin.heart.cases.models import Case, Offer
from tongxin.heart.exchange.acts import Act, act
from tongxin.heart.region.acting import SYSTEM
from tongxin.shared import clock
from tongxin.shared.errors import OF_ONE

log = structlog.get_logger(__name__)
State = Case.State
RUNNING = (State.DRAFT, State.FILED, State.ACCEPTED, State.IN_HAND, State.SUSPENDED)


def settle_versions(now: datetime | None = None) -> int:
    """Move every running case that pins an older version to the one that takes it over; return how many moved.

    The ticker calls this after agreements' own; one that comes late moves fewer dues, and opens or ends nothing.
    """
    done = 0
    for version, number in list(_switching(now or clock.now())):
        try:
            done += _switch(version, number)
        except lifecycle.NotNow:
            log.info("a case stands otherwise by now", case=number, version=version.id)
        except OF_ONE:
            log.exception("a case could not be moved to a new version", case=number, version=version.id)
    return done


def _switching(now: datetime) -> Iterable[tuple[InstrumentVersion, str]]:
    for row in lifecycle.taking_over(now):
        rows = (
            Case.objects.read_as("cases.switching")
            .filter(state__in=RUNNING)
            .annotate(book=Cast("rulebook", TextField()))
        )
        pinning = rows.filter(book__contains=f'"{row.instrument_id}@').exclude(book__contains=f'"{row.id}"')
        for number in pinning.order_by("number").values_list("number", flat=True):
            yield row, number


def _switch(version: InstrumentVersion, number: str) -> bool:
    request = {"version": version.id, "case": number}
    key = key_of("switch", version.id, number)
    with act("cases.case.switched", by=SYSTEM, key=key, request=request) as a:
        if a.replayed:
            return False
        case = locking.lock(number)
        kept = [pk for pk in case.rulebook if lifecycle.is_older(pk, version)] if case else []
        if case is None or not kept or case.state not in RUNNING or version.binds_from is None:
            raise lifecycle.not_now()
        case.rulebook = sorted({version.id if pk in kept else pk for pk in case.rulebook})
        case.save(update_fields=["rulebook"])
        moved = _follow(case, version, kept, a)
        a.result = {"case": number, "moved": [duty.pk for duty in moved]}
        a.entry(
            f"case:{number}",
            cause=f"version:{version.id}",
            payload={
                "from": kept,
                "to": version.id,
                "binds_from": clock.iso(version.binds_from),
                "moved": duties.summaries(moved),
            },
        )
    return True


def _follow(case: Case, version: InstrumentVersion, kept: list[str], a: Act) -> list[Duty]:
    """Let what stands in the case follow the clauses of the new version; return the duties whose due moved."""
    clauses = {
        c.name: c for c in Clause.objects.filter(version=version, kind="handle").select_related("version")
    }
    for made in Offer.objects.filter(case=case, state=Offer.State.OFFERED, clause__version__in=kept):
        made.clause = clauses.get(made.clause.name, made.clause)
        made.save(update_fields=["clause"])
    standing = Duty.objects.filter(
        thread=f"case:{case.number}", state__in=Duty.STANDING, clause__version__in=kept
    )
    rows = standing.select_related("clause").order_by("id")
    return [
        d for d in list(rows) if d.clause.name in clauses and _moved(d, clauses[d.clause.name], version, a)
    ]


def _moved(duty: Duty, clause: Clause, version: InstrumentVersion, a: Act) -> bool:
    """Put a duty under the clause of the new version; return whether its due moved."""
    read = rulebook.read_clause(clause)
    duty.clause, duty.illustrative = clause, version.illustrative
    duty.save(update_fields=["clause", "illustrative"])
    limit = _limit(duty, read) if isinstance(read, Handle) else None
    if limit is None or duty.state != Duty.State.OPEN:
        return False
    count = clocks.due(
        limit.model_copy(update={"starts": "delivered"}),
        duty.starts_at,
        bound_desk=duty.bound_desk_id,
        owed_desk=duty.owed_desk_id,
        pauses=duties.pauses_of(duty),
    )
    new = clocks.moved(duty.due_at, count.due_at, now=a.at, told_at=a.at, reaction=read.reaction)
    if new is None:
        return False
    duties.move(duty, count, a, why="transition", cause=f"version:{version.id}", to=new)
    return True


def _limit(duty: Duty, clause: Handle) -> Within | None:
    """Return the limit that a clause sets for a duty of a case; none for the duty to decide: the promise stays."""
    if duty.subject.startswith("answer:"):
        return clause.answer
    return clause.progress if duty.subject.startswith(performing.PROGRESS) else None
