"""Matters that the calendar opens: a period of clauses that return, and a task of clauses that deliver by a day.

Each is opened once, as an act of the system under a key that follows from what it is; how late the ticker comes
changes neither the rulebook that is pinned nor any due.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog

from tongxin.heart.agreements import clocks, conflicts, periods, reconcile, rulebook, signers, supplying
from tongxin.heart.agreements.actions import parts
from tongxin.heart.agreements.language import Deliver, On
from tongxin.heart.agreements.match import PERIOD, TASK, period_of
from tongxin.heart.agreements.models import Clause, InstrumentVersion
from tongxin.heart.events import actions as events
from tongxin.heart.events import vocabulary
from tongxin.heart.events.models import Event, Matter
from tongxin.heart.exchange.acts import act
from tongxin.heart.exchange.models import IdempotencyKey
from tongxin.heart.region import queries as region
from tongxin.heart.region.acting import SYSTEM
from tongxin.shared import canonical, clock
from tongxin.shared.errors import OF_ONE

log = structlog.get_logger(__name__)
ENGINE = {"name": "calendar", "version": "1"}


def open_periods(now: datetime | None = None) -> int:
    """Open the periods and tasks whose time has come and that are not open yet; return how many were opened."""
    now = now or clock.now()
    done = sum(_opened(_open, name="agreements.period.opened", **one) for one in _periods(now))
    return done + sum(_opened(_open, name="agreements.task.opened", **one) for one in _tasks(now))


def _opened(do: Callable[..., bool], **arguments: Any) -> bool:
    """Open one; what cannot be opened does not keep the others."""
    try:
        return do(**arguments)
    except OF_ONE:
        log.exception("a period or task could not be opened", **arguments["data"])
        return False


def opened(keys: Iterable[str]) -> set[str]:
    """Return those keys under which the system has acted already."""
    rows = IdempotencyKey.objects.filter(scope=SYSTEM.post, key__in=list(keys))
    return set(rows.values_list("key", flat=True))


def key_of(kind: str, *parts_of: object) -> str:
    """Return the key of an act of the system that follows from what it is about."""
    return f"{kind}:{canonical.sha256_hex([str(part) for part in parts_of])[:40]}"


def first_desk(version: InstrumentVersion, at: datetime) -> tuple[str, str]:
    """Return the coordination desk of a version's first party and a jurisdiction of that party."""
    on = clock.beijing(at).date()
    place = region.members_of(version.parties[:1], on)[0]
    return signers.desks_of(version.parties[:1], on)[0], place


def recorded(
    kind: str,
    data: Mapping[str, Any],
    *,
    at: datetime,
    known_at: datetime,
    desk: str,
    place: str,
    book: list[str],
) -> tuple[Matter, Event]:
    """Record an event that the calendar computed, and open its matter. Called inside a running act."""
    plain = vocabulary.get(kind).data.model_validate(data).model_dump(mode="json")
    report = events.Report(kind, place, known_at, plain, occurred_at=known_at)
    engine = ENGINE | {"inputs": canonical.sha256_hex(plain), "seed": "0"}
    return events.record(report, data=plain, by_desk=desk, at=at, rulebook=book, engine=engine)


def _open(*, name: str, key: str, data: dict[str, Any], version: str, begins: datetime) -> bool:
    with act(name, by=SYSTEM, key=key, request=data) as a:
        if a.replayed:
            return False
        row = InstrumentVersion.objects.get(pk=version)
        desk, place = first_desk(row, begins)
        kind = PERIOD if "period" in data else TASK
        matter, event = recorded(
            kind, data, at=a.at, known_at=begins, desk=desk, place=place, book=rulebook.at(begins)
        )
        done = reconcile.reconcile(matter, a, reconcile.cause_of(event, a.at))
        stopped = {duty.pk for duty in supplying.settle_opened(a, done.opened)}
        for duty in done.opened:
            if duty.pk not in stopped:
                parts.ring_new(duty, a.at)
        conflicts.note(matter, a)
        a.result = {"matter": matter.number, "duties": [d.pk for d in done.opened]}
        said = {"type": kind, "version": version, "known_at": clock.iso(begins), "data": data}
        a.entry(reconcile.thread_of(matter), cause=f"event:{event.id}", payload=said | done.as_json())
    return True


def _periods(now: datetime) -> list[dict[str, Any]]:
    """Return the periods that have begun and are not open: once per instrument, length and period."""
    found: dict[str, tuple[datetime, int, dict[str, Any]]] = {}
    rows = Clause.objects.filter(event=PERIOD, version__binds_from__lte=now).select_related("version")
    lengths = {(row.version, period_of(rulebook.read_clause(row))) for row in rows}
    for version, every in lengths:
        for period in _of_version(version, every, now):
            begins = max(period.begins, version.binds_from or period.begins)
            key = key_of("period", version.instrument_id, every, period.name)
            data = {
                "instrument": version.instrument_id,
                "every": every,
                "period": period.name,
                "begins": clock.iso(period.begins),
                "ends": clock.iso(period.ends),
            }
            one = {"key": key, "data": data, "version": version.id, "begins": begins}
            order = (begins, -version.number, one)
            if key not in found or order[:2] < found[key][:2]:
                found[key] = order
    there = opened(found)
    wanted = sorted((row for key, row in found.items() if key not in there), key=lambda row: row[2]["key"])
    wanted.sort(key=lambda row: row[0])
    return [one for _begins, _number, one in wanted]


def _of_version(version: InstrumentVersion, every: str, now: datetime) -> list[periods.Period]:
    """Return the periods of a length that a version binds in and that have not ended before this register knew it."""
    if version.binds_from is None:
        return []
    since = max(version.binds_from, version.entered_at or now)
    until = min(now + timedelta(microseconds=1), version.binds_until or now + timedelta(days=1))
    begun = periods.between(every, min(since, until), until) if since < until else []
    return [period for period in begun if period.begins <= now and period.ends > since]


def _tasks(now: datetime) -> list[dict[str, Any]]:
    """Return the tasks that are not open yet: each dated clause of an instrument has its task once.

    What an earlier version's task is for already stays there, by the terms it began with; a version that takes running
    matters over changes them there. A day that had passed before this register knew the version is not asked for.
    """
    rows = Clause.objects.filter(event=TASK, version__binds_from__lte=now).select_related("version")
    by_version: dict[str, list[Clause]] = {}
    for row in rows.order_by("version__binds_from", "version_id", "ordinal"):
        by_version.setdefault(row.version_id, []).append(row)
    has_task: dict[str, set[str]] = {}
    found: list[dict[str, Any]] = []
    for pk, clauses in by_version.items():
        version = clauses[0].version
        known = max(version.binds_from or now, version.entered_at or now)
        if version.binds_until is not None and version.binds_until <= known:
            continue  # it had ended before it was known here
        there = has_task.setdefault(version.instrument_id, _have_tasks(version.instrument_id))
        names = [c.name for c in clauses if c.name not in there and _is_ahead(c, known)]
        if names:
            there.update(names)
            data = {"instrument": version.instrument_id, "version": version.number, "clauses": names}
            one = {"key": key_of("task", pk), "data": data, "version": pk, "begins": min(known, now)}
            found.append(one)
    done = opened([one["key"] for one in found])
    return [one for one in found if one["key"] not in done]


def _have_tasks(instrument: str) -> set[str]:
    rows = Event.objects.filter(type=TASK, data__instrument=instrument)
    return {name for data in rows.values_list("data", flat=True) for name in data.get("clauses", ())}


def _is_ahead(row: Clause, known: datetime) -> bool:
    clause = rulebook.read_clause(row)
    if not isinstance(clause, Deliver) or not isinstance(clause.due, On):
        return False
    due = clocks.due_of(clause.due, known, bound_desk="", owed_desk="")
    return due is not None and due.due_at > known
