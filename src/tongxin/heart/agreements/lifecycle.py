"""What time does to instruments: versions come into force and end, parties have left, matters move to a new version.

The ticker calls these. Only stored instants decide what binds, so a ticker that comes late changes nothing: it rings
later, and what it opens begins when it should have begun.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db.models import Q, TextField
from django.db.models.functions import Cast

from tongxin.heart.agreements import (
    bounds,
    conflicts,
    duties,
    permits,
    plan,
    reconcile,
    rulebook,
    scene,
    supplying,
)
from tongxin.heart.agreements.actions import parts, versions
from tongxin.heart.agreements.language import Share, Within
from tongxin.heart.agreements.match import TASK
from tongxin.heart.agreements.models import Clause, Departure, Duty, InstrumentVersion
from tongxin.heart.agreements.opening import first_desk, key_of, opened, recorded
from tongxin.heart.agreements.performing import DELETE
from tongxin.heart.agreements.permits import Permit
from tongxin.heart.events.models import Matter
from tongxin.heart.exchange.acts import Act, act
from tongxin.heart.region.acting import SYSTEM
from tongxin.shared import clock
from tongxin.shared.errors import OF_ONE

log = structlog.get_logger(__name__)
State = InstrumentVersion.State
INSTANT = timedelta(microseconds=1)
DELETED_WITHIN = Within(
    within=timedelta(days=5), clock="days"
)  # ours: no clause says how long a deletion takes


NotNow, not_now = parts.NotNow, parts.not_now


def settle_versions(now: datetime | None = None) -> int:
    """Let versions begin and end, parties have left, and running matters move; return how many acts that took."""
    now = now or clock.now()
    done = 0
    for name, job in _due(now):
        try:
            done += job()
        except NotNow:
            log.info("an instrument stands otherwise by now", what=name)
        except OF_ONE:
            log.exception("an instrument could not be settled", what=name)
    return done


def _due(now: datetime) -> Iterable[tuple[str, Callable[[], bool]]]:
    """Yield what has to be done, in order: endings and beginnings by their instants, then what follows from them."""
    signed = InstrumentVersion.objects.filter(binds_from__isnull=False)
    beginning = signed.filter(state=State.RATIFIED, binds_from__lte=now).order_by("binds_from", "id")
    for pk in list(beginning.values_list("id", flat=True)):
        yield pk, lambda pk=pk: _begin(pk)  # type: ignore[misc]
    for pk in _shares_over(now):
        yield pk, lambda pk=pk: _end_share(pk)  # type: ignore[misc]
    running = Q(state=State.RATIFIED) | Q(state=State.IN_FORCE)
    ending = signed.filter(running, binds_until__lte=now).order_by("binds_until", "id")
    for pk in list(ending.values_list("id", flat=True)):
        yield pk, lambda pk=pk: _end(pk)  # type: ignore[misc]
    left = Departure.objects.filter(ends_at__lte=now, withdrawn_at__isnull=True).order_by("ends_at", "pk")
    keys = {row.pk: key_of("left", row.pk) for row in left}
    settled = opened(keys.values())
    for departure in (pk for pk, key in keys.items() if key not in settled):
        yield f"departure {departure}", lambda pk=departure: _leave(pk)  # type: ignore[misc]
    for version, number in list(_switching(now)):
        yield f"{number} to {version}", lambda v=version, n=number: _switch(v, n)  # type: ignore[misc]


def _begin(pk: str) -> bool:
    with act(
        "agreements.version.in_force", by=SYSTEM, key=key_of("in-force", pk), request={"version": pk}
    ) as a:
        if a.replayed:
            return False
        row = _locked(pk)
        if row.state != State.RATIFIED or row.binds_from is None or row.binds_from > a.at:
            raise not_now()
        row.state = State.IN_FORCE
        row.save(update_fields=["state"])
        if not _over(row, row.binds_from):
            versions.ring(row, "instrument_in_force", a)
        supplying.settle(a, row.instrument_id, row.binds_from)
        a.changes_rules = True
        a.result = {"version": pk}
        a.entry(f"instrument:{pk}", payload={"binds_from": clock.iso(row.binds_from)})
    return True


def _end(pk: str) -> bool:
    with act("agreements.version.ended", by=SYSTEM, key=key_of("ended", pk), request={"version": pk}) as a:
        if a.replayed:
            return False
        row = _locked(pk)
        if row.binds_until is None or row.binds_until > a.at or row.state == State.ENDED:
            raise not_now()
        row.state = State.ENDED
        row.save(update_fields=["state"])
        known = (
            row.entered_at is None or row.binds_until > row.entered_at
        )  # else it ended before it was known here
        gone = _deletions(row, a, row.binds_until, kept=_given_on(row, row.binds_until)) if known else []
        if known:
            supplying.settle(a, row.instrument_id, row.binds_until)
            versions.ring(row, "instrument_ended", a)
        a.changes_rules = True
        a.result = {"version": pk, "duties": [d.pk for d in gone]}
        said = {"binds_until": clock.iso(row.binds_until), "reason": row.end_reason}
        a.entry(f"instrument:{pk}", payload=said | {"duties": duties.summaries(gone)})
    return True


def _end_share(pk: str) -> bool:
    """End what one clause shared until a day while the version goes on: what is owed stands still, is to be deleted."""
    with act("agreements.share.ended", by=SYSTEM, key=key_of("share-ended", pk), request={"clause": pk}) as a:
        if a.replayed:
            return False
        row = _locked(pk.partition("/")[0])
        clause = Clause.objects.select_related("version").get(pk=pk)
        until = _over_at(clause)
        if until is None or until > a.at:
            raise not_now()
        supplying.settle(a, row.instrument_id, until)
        gone = _deletions(row, a, until, only=clause)
        a.changes_rules = True
        a.result = {"clause": pk, "duties": [d.pk for d in gone]}
        said = {"until": clock.iso(until), "duties": duties.summaries(gone)}
        a.entry(f"instrument:{row.id}", basis=pk, payload=said)
    return True


def _shares_over(now: datetime) -> list[str]:
    """Return the clauses whose own last day is over, in a version that still bound then, and that were not settled."""
    rows = Clause.objects.filter(kind="share", version__binds_from__lte=now, body__has_key="until")
    over = {}
    rows = rows.select_related("version").defer("version__source_text", "version__body")
    for row in rows.order_by("id"):
        until = _over_at(row)
        if until is not None and until <= now:
            over[key_of("share-ended", row.id)] = row.id
    done = opened(over)
    return [pk for key, pk in over.items() if key not in done]


def _over_at(row: Clause) -> datetime | None:
    """Return when what a clause shares is over by its own day; None where another end came before."""
    clause, version = rulebook.read_clause(row), row.version
    if not isinstance(clause, Share) or clause.until is None:
        return None
    until = rulebook.midnight(clause.until)
    if version.binds_from is None or version.binds_from >= until or _over(version, until - INSTANT):
        return None
    known = version.entered_at is None or version.entered_at < until
    return until if known else None  # one that was over before this register knew it is not asked for


def _leave(pk: int) -> bool:
    with act("agreements.party.left", by=SYSTEM, key=key_of("left", pk), request={"departure": pk}) as a:
        if a.replayed:
            return False
        found = Departure.objects.select_for_update().get(pk=pk)
        if found.withdrawn_at is not None or found.ends_at > a.at:
            raise not_now()
        row = _bound_before(found)
        goes_on = (
            row is not None and row.binds_until != found.ends_at
        )  # else its own end asks for every deletion
        gone = _deletions(row, a, found.ends_at, party=found.party) if row is not None and goes_on else []
        if row is not None:
            supplying.settle(a, row.instrument_id, found.ends_at)
            versions.ring(row, "party_left", a, party=found.party)
        a.changes_rules = True
        a.result = {"departure": pk, "duties": [d.pk for d in gone]}
        said = {"party": found.party, "ends_at": clock.iso(found.ends_at)}
        subject = f"instrument:{row.id if row else found.instrument_id}"
        a.entry(subject, payload=said | {"duties": duties.summaries(gone)})
    return True


def taking_over(now: datetime) -> list[InstrumentVersion]:
    """Return the versions in force that say `transition: switch`: what runs under an older one moves to them."""
    rows = InstrumentVersion.objects.filter(id__in=rulebook.at(now), number__gt=1).order_by("id")
    return [row for row in rows if row.body.get("transition") == "switch"]


def _switching(now: datetime) -> Iterable[tuple[str, str]]:
    """Yield (version, matter) for open matters that keep an older version than the one that takes them over."""
    for row in taking_over(now):
        older, newer = f'"{row.instrument_id}@', f'"{row.id}"'
        rows = Matter.objects.filter(state=Matter.State.OPEN, absorbed_by__isnull=True).annotate(
            book=Cast("rulebook", TextField()), late=Cast("joined", TextField())
        )
        pinning = rows.filter(Q(book__contains=older) | Q(late__contains=older)).exclude(
            Q(book__contains=newer) | Q(late__contains=newer)
        )
        for number in pinning.order_by("number").values_list("number", flat=True):
            yield row.id, number


def _switch(version: str, number: str) -> bool:
    """Move one matter to a version that takes running matters over, and reconcile it: one act, one entry."""
    request = {"version": version, "matter": number}
    key = key_of("switch", version, number)
    with act("agreements.matter.switched", by=SYSTEM, key=key, request=request) as a:
        if a.replayed:
            return False
        matter = parts.lock_matter(number)
        row = InstrumentVersion.objects.get(pk=version)
        kept = [pk for pk in [*matter.rulebook, *matter.joined] if is_older(pk, row)]
        if not kept or matter.state != Matter.State.OPEN or row.binds_from is None:
            raise not_now()
        begins = row.binds_from
        matter.rulebook = sorted({version if pk in kept else pk for pk in matter.rulebook})
        matter.joined = {version if pk in kept else pk: since for pk, since in matter.joined.items()}
        matter.save(update_fields=["rulebook", "joined"])
        cause = plan.Cause(f"version:{version}", a.at, lambda _starts: begins, "transition")
        done = reconcile.reconcile(matter, a, cause)
        for duty in done.opened:
            parts.ring_new(duty, a.at)
        conflicts.note(matter, a)
        a.result = {
            "matter": matter.number,
            "opened": [d.pk for d in done.opened],
            "voided": [d.pk for d in done.voided],
            "moved": [d.pk for d in done.moved],
        }
        said = {"from": kept, "to": version, "binds_from": clock.iso(begins)}
        a.entry(reconcile.thread_of(matter), cause=f"version:{version}", payload=said | done.as_json())
    return True


def _deletions(
    row: InstrumentVersion,
    a: Act,
    ended_at: datetime,
    *,
    party: str = "",
    only: Clause | None = None,
    kept: Sequence[Permit] = (),
) -> list[Duty]:
    """Open the duties to confirm that what was shared is deleted: of a whole version, of one party or one clause.

    `kept` are the permits that go on: what they give need not go.
    """
    places = scene.places_on(ended_at)
    concerned = set(places.members([party])) if party else set()
    clauses = {
        clause.id: clause
        for clause in Clause.objects.filter(version=row, kind="share").select_related("version")
        if isinstance(body := rulebook.read_clause(clause), Share)
        and body.on_end == "delete"
        and (only is None or clause.id == only.id)
    }
    found: list[tuple[Clause, str, str]] = []
    last = clock.beijing(ended_at - INSTANT if only else ended_at).date()
    for permit in permits.standing(_bound_until(row, clauses, ended_at), last, places=places):
        sides = {permit.who.partition("/")[0], permit.whose.partition("/")[0]}
        named = permit.who and permit.whose and (not party or sides & concerned)
        if named and not _given(permit, kept):
            found.append((clauses[permit.clause_id], permit.who, permit.whose))
    if not found:
        return []
    names = sorted({clause.name for clause, _who, _whose in found})
    data = {"instrument": row.instrument_id, "version": row.number, "clauses": names}
    desk, place = first_desk(row, ended_at)
    matter, _event = recorded(TASK, data, at=a.at, known_at=ended_at, desk=desk, place=place, book=[row.id])
    made = []
    for clause, who, whose in found:
        duty = duties.open_round(
            clause=clause,
            thread=reconcile.thread_of(matter),
            bound_desk=who,
            owed_desk=whose,
            purpose=Duty.Purpose.DO,
            limit=DELETED_WITHIN,
            starts_at=ended_at,
            opened_by=f"ending:{row.id}",
            at=a.at,
            subject=DELETE,
            matter=matter.number,
        )
        if duty is not None:
            parts.ring_new(duty, a.at)
            made.append(duty)
    return made


def _bound_until(row: InstrumentVersion, clauses: dict[str, Clause], ended_at: datetime) -> list[Any]:
    """Return the bindings of a version as they were just before an end: who had left before was asked then."""
    return [b for b in rulebook.bindings([row.id], pinned_at=ended_at - INSTANT) if b.clause_id in clauses]


def _given_on(row: InstrumentVersion, at: datetime) -> list[Permit]:
    """Return the permits to see that the version gives which replaces this one; none where none does."""
    if row.end_reason != bounds.REPLACED:
        return []
    newer = InstrumentVersion.objects.filter(
        rulebook.binding_at(at), instrument=row.instrument_id, number__gt=row.number
    )
    following = newer.order_by("-number").first()
    if following is None:
        return []
    bound = rulebook.bindings([following.id], pinned_at=at)
    given = permits.standing(bound, clock.beijing(at).date(), places=scene.places_on(at))
    return [permit for permit in given if permit.action == permits.SEE]


def _given(permit: Permit, kept: Sequence[Permit]) -> bool:
    """Whether all that a permit gave is given on to the same desk, by the clause of that name or for that purpose."""
    name = permit.clause_id.partition("/")[2]
    still = {
        field
        for other in kept
        if (other.who, other.whose) == (permit.who, permit.whose)
        and (other.clause_id.partition("/")[2] == name or other.purpose == permit.purpose)
        for field in other.what
    }
    return set(permit.what) <= still


def _bound_before(found: Departure) -> InstrumentVersion | None:
    """Return the version that bound a party until it left."""
    just = found.ends_at - INSTANT
    rows = InstrumentVersion.objects.filter(rulebook.binding_at(just), instrument=found.instrument_id)
    return rows.order_by("-number").first()


def is_older(pk: str, row: InstrumentVersion) -> bool:
    """Whether a version's id names an older version of the same instrument."""
    instrument, _at, number = pk.partition("@")
    return instrument == row.instrument_id and int(number) < row.number


def _over(row: InstrumentVersion, at: datetime) -> bool:
    return row.binds_until is not None and row.binds_until <= at


def _locked(pk: str) -> InstrumentVersion:
    versions.lock_instrument(pk.partition("@")[0])
    rows = InstrumentVersion.objects.select_for_update(of=("self",)).select_related("instrument")
    return rows.get(pk=pk)
