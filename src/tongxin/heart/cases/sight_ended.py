"""A duty that needs a sight which has ended stands still and is not late (HEART §7); it goes on when the sight is back.

Which duties need which sight: to decide a case, and to report on it, its holder must see what the procedure requires of
the applicant. What a case gave its holder to see ends in two ways: consent is withdrawn or its last day is over, or a
bar comes that did not stand when the duty was opened. The accepting desk's own record and the law are above both, and a
desk that handed the case over owes nothing in it any more. What is late already stays late.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import structlog
from django.db.models import F, Q, QuerySet

from tongxin.heart.agreements import duties, duty_acts, judge, lifecycle, performing
from tongxin.heart.agreements import may as core
from tongxin.heart.agreements.models import Duty
from tongxin.heart.agreements.opening import key_of
from tongxin.heart.cases import locking, sights, states
from tongxin.heart.cases.actions import parts
from tongxin.heart.cases.models import Case, Procedure
from tongxin.heart.exchange.acts import Act, act
from tongxin.heart.region.acting import SYSTEM
from tongxin.shared import clock
from tongxin.shared.errors import OF_ONE
from tongxin.shared.statements import fixed

log = structlog.get_logger(__name__)

PAPERS = sights.PAPERS
NEEDING = Q(subject="decide") | Q(subject__startswith=performing.PROGRESS)
_looked: list[core.Rules] = []  # of this process: the rules under which everything was looked at


def settle(a: Act, case: Case) -> int:
    """Inside an act, with the case locked: let what its holder owes stand still, or go on; return how many changed.

    Nothing changes while the whole case is suspended: going on with it settles this too.
    """
    changed = 0
    for duty, gone in _to_change(case, a.at):
        if gone:
            duties.suspend(duty, at=a.at, ground=duties.SIGHT_ENDED)
        else:
            duties.resume(duty, a)
        _said(a, case, duty, gone)
        changed += 1
    return changed


def settle_opened(a: Act, case: Case) -> None:
    """The same for duties that this act opened: only consent that ended before can matter to them."""
    if case.holder_id != case.accepting_desk_id and sights.stops_of(case):
        settle(a, case)


def lift(a: Act, case: Case) -> None:
    """Let the holder's duties go on because it decides all the same: what stood still does not count."""
    for duty in _owed(case):
        if duty_acts.without_sight(duty):
            duties.resume(duty, a)
            _said(a, case, duty, [])


def look(now: datetime | None = None) -> int:
    """Settle every case that the rules reach now; return how many changed. The ticker calls this.

    Rules that were looked at are not looked at again: they are read anew when their number rises and at midnight.
    """
    rules = judge.standing()
    if _looked and _looked[0] is rules:
        return 0
    done, well = 0, True
    for number in sorted(_reached(rules, now or clock.now())):
        try:
            done += _settle(number)
        except lifecycle.NotNow:
            log.info("a case stands otherwise by now", case=number)
        except OF_ONE:
            well = False
            log.exception("what is owed in a case could not be settled", case=number)
    if well:
        _looked[:] = [rules]
    return done


def _settle(number: str) -> bool:
    seen = Case.objects.read_as("cases.sight_ended").select_related("procedure").get(pk=number)
    found = [(duty.pk, len(duty.pauses), bool(gone)) for duty, gone in _to_change(seen, clock.now())]
    if not found:
        return False
    request = {"case": number, "duties": [list(each) for each in found]}
    with act("cases.sight.settled", by=SYSTEM, key=key_of("sight", number, found), request=request) as a:
        if a.replayed:
            return False
        case = locking.lock(number)
        if case is None or not settle(a, case):
            raise lifecycle.not_now()
        a.result = {"case": number, "duties": [pk for pk, _pauses, _gone in found]}
        a.entry(f"case:{number}", payload=request)
    return True


def _said(a: Act, case: Case, duty: Duty, gone: list[str]) -> None:
    """Keep the entry of one duty, and ring the desk that owes it."""
    a.entry(
        f"{duty.thread}/duty:{duty.pk}",
        act="agreements.duty.suspended" if gone else "agreements.duty.resumed",
        cause=a.name,
        basis=duty.clause_id,
        payload={"ground": duties.SIGHT_ENDED, "fields": gone},
    )
    kind = "sight_ended" if gone else "sight_back"
    parts.ring(duty.bound_desk_id, kind, case, a.at, dedupe=f"{kind}:{duty.pk}:{len(duty.pauses)}")


def _to_change(case: Case, at: datetime) -> list[tuple[Duty, list[str]]]:
    """Return the duties that do not stand as the sights of their desk are, each with what is gone; none: it is back."""
    if case.state not in states.WORKING:
        return []
    found = []
    for duty in _owed(case):
        gone = _gone(case, duty)
        runs = duty.state == Duty.State.OPEN and at <= duty.due_at and duty.due_count.get("form") != "before"
        if (gone and runs) or (not gone and duty_acts.without_sight(duty)):
            found.append((duty, gone))
    return found


def _owed(case: Case) -> list[Duty]:
    return _of_holder(f"case:{case.number}", case.holder_id)


@fixed
def _of_holder(thread: str, desk: str) -> QuerySet[Duty]:
    rows = Duty.objects.filter(NEEDING, thread=thread, bound_desk_id=desk)
    standing = rows.filter(state__in=(Duty.State.OPEN, Duty.State.SUSPENDED))
    return standing.select_related("clause__version").order_by("id")


def _gone(case: Case, duty: Duty) -> list[str]:
    """Return what the desk of a duty no longer sees of what the procedure requires and the applicant gave."""
    seen = sights.sight(duty.bound_desk_id, case)
    given = [name for name in _needed(case.procedure) if name == PAPERS or case.applicant.get(name)]
    return [name for name in given if _ended(seen.fields[name], name, case, duty)]


def without_consent(case: Case) -> list[str]:
    """Return what the holder needs and no longer sees because consent has ended; the same at every node."""
    if case.state not in states.WORKING or case.holder_id == case.accepting_desk_id:
        return []
    if not sights.stops_of(case):
        return []
    seen = sights.sight(case.holder_id, case)
    given = [name for name in _needed(case.procedure) if name == PAPERS or case.applicant.get(name)]
    return [name for name in given if seen.fields[name].why_not == core.STOPPED]


def _ended(answer: core.Answer, name: str, case: Case, duty: Duty) -> bool:
    """Whether a sight is gone that was there: by consent, or by a bar that did not stand when the duty was opened."""
    if answer.yes or answer.why_not not in {core.STOPPED, core.BARRED}:
        return False
    whose, who = case.accepting_desk_id, duty.bound_desk_id
    return answer.why_not == core.STOPPED or not judge.bars_at(duty.opened_at).barred(name, whose, who)


def _needed(procedure: Procedure) -> list[str]:
    """Return the fields without which a case is not decided, and the papers where it requires any."""
    body = procedure.body
    names = [field["id"] for field in body["applicant"] if field.get("required", True)]
    return names + ([PAPERS] if any(kind.get("required", True) for kind in body["papers"]) else [])


def _reached(rules: core.Rules, now: datetime) -> set[str]:
    """Return the cases that may have to change: what stands still, consent that ended, bars between two desks."""
    still = Duty.objects.filter(NEEDING, state=Duty.State.SUSPENDED, thread__startswith="case:")
    found = {thread.partition(":")[2] for thread in still.values_list("thread", flat=True)}
    away = (
        Case.objects.read_as("cases.sight_ended")
        .filter(state__in=states.WORKING)
        .exclude(holder=F("accepting_desk"))
        .order_by()
    )
    over = Q(consents__withdrawn_at__isnull=False) | Q(consents__until__lte=clock.beijing(now).date())
    found.update(away.filter(over).values_list("number", flat=True))
    for procedure, whose, who in _barred(rules, away.values_list("procedure", "accepting_desk", "holder")):
        rows = away.filter(procedure=procedure, accepting_desk=whose, holder=who)
        found.update(rows.values_list("number", flat=True))
    return found


def _barred(rules: core.Rules, pairs: Iterable[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """Return those of (procedure, accepting desk, holder) where a bar keeps something back that is needed."""
    if not rules.bars:
        return []
    distinct = set(pairs)
    needed = {row.pk: _needed(row) for row in Procedure.objects.filter(pk__in={p for p, _w, _h in distinct})}
    return [
        (pk, whose, who)
        for pk, whose, who in sorted(distinct)
        if any(rules.barred(name, whose, who) for name in needed[pk])
    ]
