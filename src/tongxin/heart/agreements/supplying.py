"""A duty to supply each period stands still once nothing lets the other side see it any more (HEART §7).

What a share clause lets be seen ends with its agreement, its own last day or a party that leaves; what it still owes
then would be told without a basis, and so would what a period owes that is opened only afterwards. It is not late; it
runs on when a later version gives the sight back. What was late before stays late. That what was received is deleted
is a duty of its own (`lifecycle`, `on_end`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet

from tongxin.heart.agreements import duties, duty_acts, permits, rulebook, scene, wording
from tongxin.heart.agreements.actions import parts
from tongxin.heart.agreements.language import Share
from tongxin.heart.agreements.models import Departure, Duty
from tongxin.heart.agreements.performing import DELETE
from tongxin.heart.agreements.permits import Permit
from tongxin.heart.exchange import actions as exchange
from tongxin.heart.exchange.acts import Act
from tongxin.shared import clock

STANDING = (Duty.State.OPEN, Duty.State.SUSPENDED)


def settle(a: Act, instrument: str, at: datetime) -> list[Duty]:
    """Let what is owed by share clauses stand still, or go on, as their permits stand at `at`; return what changed.

    Inside an act that has locked the instrument; the matters are locked here. Each is an entry, and rings both sides.
    """
    threads = _owed(instrument).order_by().values_list("thread", flat=True).distinct()
    for thread in sorted(threads):
        parts.lock_thread(thread)
    owed = list(_owed(instrument).select_related("clause__version").order_by("pk"))
    given = _given_at(at) if owed else []
    changed = []
    for duty in owed:
        stands = _stands(duty, given)
        runs = duty.state == Duty.State.OPEN and at <= duty.due_at and duty.due_count.get("form") != "before"
        if runs and not stands:
            duties.suspend(duty, at=max(at, duty.opened_at), ground=duties.SIGHT_ENDED)
        elif stands and duty_acts.without_sight(duty):
            duties.resume(duty, a)
        else:
            continue
        _said(a, duty, stands=stands)
        changed.append(duty)
    return changed


def settle_opened(a: Act, opened: Sequence[Duty]) -> list[Duty]:
    """Let supplies that were opened after their sight had ended stand still from its end on; return which.

    So it is of a period that the ticker opens late, or that begins before a clause's last day and is due after it: the
    ending itself found nothing owed yet. Inside the act that opened them, their matter locked.
    """
    changed = []
    for duty in opened:
        supply = duty.clause.kind == "share" and duty.purpose == Duty.Purpose.DO and duty.subject != DELETE
        if not supply or duty.state != Duty.State.OPEN or duty.due_count.get("form") == "before":
            continue
        if _stands(duty, _given_at(a.at)):
            continue
        at = max(_ended_at(duty, a.at), min(duty.opened_at, duty.due_at))
        if at <= duty.due_at:
            duties.suspend(duty, at=at, ground=duties.SIGHT_ENDED)
            _said(a, duty, stands=False)
            changed.append(duty)
    return changed


def _ended_at(duty: Duty, now: datetime) -> datetime:
    """Return since when nothing lets a supply be seen: the latest end of its clause, version or party that has come."""
    version = duty.clause.version
    clause = rulebook.read_clause(duty.clause)
    until = clause.until if isinstance(clause, Share) else None
    sides = {desk.partition("/")[0] for desk in (duty.bound_desk_id, duty.owed_desk_id)}
    left = Departure.objects.filter(
        instrument=version.instrument_id, party__in=sides, withdrawn_at__isnull=True
    )
    ends = [
        rulebook.midnight(until) if until else None,
        version.binds_until,
        *left.values_list("ends_at", flat=True),
    ]
    come = sorted(end for end in ends if end is not None and end <= now)
    return next((end for end in come if not _stands(duty, _given_at(end))), now)


def _owed(instrument: str) -> QuerySet[Duty]:
    rows = Duty.objects.filter(
        clause__version__instrument=instrument, clause__kind="share", state__in=STANDING
    )
    return rows.filter(purpose=Duty.Purpose.DO).exclude(subject=DELETE)


def _given_at(at: datetime) -> list[Permit]:
    """Return what may be seen at an instant, by every agreement in force then."""
    bound = rulebook.bindings(rulebook.at(at), pinned_at=at, kind="share")
    found = permits.standing(bound, clock.beijing(at).date(), places=scene.places_on(at))
    return [permit for permit in found if permit.action == permits.SEE]


def _stands(duty: Duty, given: Sequence[Permit]) -> bool:
    """Whether the owed desk may see all that a duty supplies: by the clause of that name, or for that purpose."""
    clause = rulebook.read_clause(duty.clause)
    if not isinstance(clause, Share):
        raise TypeError(f"duty {duty.pk} is of no share clause")
    key = duty.clause_key
    seen: set[str] = set()
    for permit in given:
        sides = (permit.who in {"", duty.owed_desk_id}) and (permit.whose in {"", duty.bound_desk_id})
        same = _key(permit.clause_id) == key or permit.purpose == clause.purpose
        if sides and same:
            seen |= {*permit.what, *(name for name, _bar in permit.withheld)}
    return set(clause.fields) <= seen


def _key(clause_id: str) -> str:
    """Return the name of a clause without its version: `river-watch@2/see` is `river-watch/see`."""
    version, _slash, name = clause_id.partition("/")
    return f"{version.partition('@')[0]}/{name}"


def _said(a: Act, duty: Duty, *, stands: bool) -> None:
    """Keep the entry of one duty, and ring both desks."""
    a.entry(
        f"{duty.thread}/duty:{duty.pk}",
        act="agreements.duty.resumed" if stands else "agreements.duty.suspended",
        cause=a.name,
        basis=duty.clause_id,
        payload={"ground": duties.SIGHT_ENDED},
    )
    kind = "supply_back" if stands else "supply_stopped"
    for desk, other in ((duty.bound_desk_id, duty.owed_desk_id), (duty.owed_desk_id, duty.bound_desk_id)):
        exchange.notify(
            desk,
            kind,
            link=wording.thread_url(duty.thread),
            at=a.at,
            dedupe=f"{kind}:{duty.pk}:{len(duty.pauses)}:{desk}",
            params={"thread": duty.thread, "desk": other},
            drill=duty.drill,
        )
