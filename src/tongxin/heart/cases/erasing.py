"""What the applicant gave is erased when the case's retention is over; its numbers, states and decisions stay."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import structlog

from tongxin.heart.cases import locking, states
from tongxin.heart.cases.models import Case, Letter, Paper, Rating
from tongxin.heart.exchange import actions as exchange
from tongxin.heart.exchange import forgetting
from tongxin.heart.exchange.acts import act
from tongxin.heart.ledger import actions as ledger
from tongxin.heart.ledger.models import Payload
from tongxin.heart.ledger.queries import entries_of
from tongxin.heart.region.acting import SYSTEM
from tongxin.shared import clock
from tongxin.shared.errors import OF_ONE

log = structlog.get_logger(__name__)

GIVEN = ("applicant", "papers", "reason", "facts", "text")  # in messages: what the applicant gave or said
TELLING = (  # acts whose payloads repeat what the applicant gave or said
    "cases.case.filed",
    "cases.case.suspended",
    "cases.case.not_accepted",
    "cases.case.withdrawn",
    "cases.case.voided",
    "cases.review.filed",
    "cases.asked.supplied",
    "cases.letter.written",
    "cases.letter.answered",
    "cases.letter.sent",
    "cases.paper.added",
    "cases.paper.reused",
    "cases.paper.replaced",
)


def register() -> None:
    """Have what the line still brings of an erased case erased as it comes."""
    forgetting.register(GIVEN, _erased)


def _erased(threads: Collection[str]) -> set[str]:
    numbers = [thread.removeprefix("case:") for thread in threads if thread.startswith("case:")]
    gone = Case.objects.read_as("cases.erasing").filter(number__in=numbers, erased_at__isnull=False)
    return {f"case:{number}" for number in gone.values_list("number", flat=True)} if numbers else set()


def erase_due(now: datetime | None = None) -> int:
    """Erase what applicants gave in every case whose retention is over; return in how many.

    The ticker calls this; it is safe to run twice, late, or beside others. A case under review waits.
    """
    now = now or clock.now()
    rows = (
        Case.objects.read_as("cases.erasing")
        .filter(keep_until__lte=now, erased_at=None)
        .exclude(reviewed_by__state__in=states.RUNNING)
    )
    done = 0
    for number in list(rows.order_by("keep_until", "number").values_list("number", flat=True)):
        try:
            done += _erase(number)
        except OF_ONE:
            log.exception("what an applicant gave could not be erased", case=number)
    return done


def _erase(number: str) -> bool:
    with act("cases.case.erased", by=SYSTEM, key=f"erase:{number}", request={"case": number}) as a:
        if a.replayed:
            return False
        case = locking.lock(number)
        if case is None or case.erased_at or case.keep_until is None or case.keep_until > a.at:
            raise ValueError(f"case {number} is not to be erased")
        case.applicant, case.papers, case.erased_at = {}, [], a.at
        case.ended_remark = case.review_reason = ""
        case.pauses = [p | {"facts": ""} for p in case.pauses]
        case.save()
        exchange.forget(f"case:{number}", GIVEN)
        _erase_papers(case)
        Letter.objects.filter(case=case).update(text="", answer="")
        Rating.objects.filter(case=case).update(remark="")
        entries = entries_of(f"case:{number}").filter(act__in=TELLING)
        held = Payload.objects.filter(entry__in=entries).order_by("entry_id")
        erased = list(held.values_list("entry_id", flat=True))
        for index in erased:
            a.drafts.append(
                ledger.erase(index, desk=a.by.desk, post=a.by.post, at=a.at, basis=case.procedure_id)
            )
        a.result = {"case": number, "payloads": len(erased)}
        a.entry(f"case:{number}", basis=case.procedure_id, payload=a.result)
    return True


def _erase_papers(case: Case) -> None:
    """Take the case's files off its list; what no other case refers to is then swept from the store."""
    rows = Paper.objects.filter(case=case)
    Paper.objects.filter(reused_from__in=rows).update(reused_from=None)
    rows.update(replaced_by=None)
    rows.delete()
