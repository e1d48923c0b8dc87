"""The only writes of measures: a month is frozen, and restated when its duties say something else later."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q

from tongxin.heart.agreements import keeping, periods
from tongxin.heart.agreements.keeping import COUNTS, Tally, tally_of
from tongxin.heart.agreements.models import Duty
from tongxin.heart.agreements.periods import Period
from tongxin.heart.exchange.acts import act
from tongxin.heart.ledger import queries as ledger
from tongxin.heart.ledger.actions import not_before_last
from tongxin.heart.measures import standing
from tongxin.heart.measures.models import FrozenMonth, Restatement, ScoreMonth
from tongxin.heart.measures.standing import Key, Stand, Sum
from tongxin.heart.region import calendars
from tongxin.heart.region.acting import SYSTEM
from tongxin.shared import canonical, clock

SETTLED = timedelta(
    minutes=1
)  # after the instant of a freeze, so that no act of before it is still being written
MARKS = {False: "published", True: "illustrative"}


def as_of(month: Period) -> datetime:
    """Return the instant as of which a month is frozen: the beginning of a day of the next month, a setting."""
    first = month.ends.astimezone(calendars.zone())
    return first.replace(day=settings.SCORES_FREEZE_DAY)


def freeze(month: Period) -> bool:
    """Freeze the scores of a month as its duties stood at its instant; return whether this call did it.

    The numbers do not depend on when it is called: they follow from the duties' own times (`standing`).
    """
    at = as_of(month)
    found = standing.tallies(month, at)
    request = {"month": month.name, "as_of": clock.iso(at)}
    with act("measures.month.frozen", by=SYSTEM, key=f"freeze:{month.name}", request=request) as a:
        if a.replayed:
            return False
        head, signed = ledger.head(), ledger.latest_checkpoint()
        hashes = hashes_of(found)
        frozen = FrozenMonth.objects.create(
            month=month.name,
            as_of=at,
            frozen_at=a.at,
            ledger_size=head.size if head else 0,
            checkpoint=signed.size if signed else 0,
            rows=len(found),
            hashes=hashes,
        )
        ScoreMonth.objects.bulk_create(
            [_row(frozen, key, tally) for key, tally in sorted(found.items())], batch_size=1000
        )
        a.result = {"month": month.name, "rows": len(found)}
        a.entry(
            f"scores:{month.name}",
            payload=request
            | {
                "rows": len(found),
                "hashes": hashes,
                "ledger_size": frozen.ledger_size,
                "checkpoint": frozen.checkpoint,
            },
        )
    return True


def hashes_of(found: dict[Key, Tally]) -> dict[str, str]:
    """Return the SHA-256 over the canonical rows, those of published and of illustrative terms apart."""
    rows: dict[str, list[Any]] = {mark: [] for mark in MARKS.values()}
    for (clause_key, desk, purpose, made_up), tally in sorted(found.items()):
        rows[MARKS[made_up]].append([clause_key, desk, purpose, tally.as_json()])
    return {mark: canonical.sha256_hex(part) for mark, part in rows.items()}


def tally_of_row(row: ScoreMonth) -> Tally:
    """Return a frozen row as a tally."""
    return tally_of({name: getattr(row, name) for name in COUNTS} | {"delays": row.delays})


def _row(frozen: FrozenMonth, key: Key, tally: Tally) -> ScoreMonth:
    clause_key, desk, purpose, made_up = key
    return ScoreMonth(
        frozen=frozen,
        month=frozen.month,
        clause_key=clause_key,
        desk=desk,
        purpose=purpose,
        illustrative=made_up,
        **tally.as_json(),
    )


@dataclass
class Change:
    """What the duties of one key say since their month was frozen."""

    key: Key
    before: Tally = field(default_factory=Tally)  # as last told
    after: Tally = field(default_factory=Tally)
    duties: list[dict[str, Any]] = field(default_factory=list)


def restate(frozen: FrozenMonth) -> int:
    """Compare a frozen month with what its duties say now; enter what changed. Return how many keys did."""
    now = not_before_last(clock.now())  # a clock that stands behind the log takes nothing back
    if not changes(frozen, now):
        return 0
    request = {"month": frozen.month, "at": clock.iso(now)}
    with act(
        "measures.month.restated", by=SYSTEM, key=f"restate:{frozen.month}:{request['at']}", request=request
    ) as a:
        if a.replayed:
            return int(a.result.get("keys", 0))
        locked = FrozenMonth.objects.select_for_update().get(pk=frozen.pk)
        found = changes(locked, a.at)
        if not found:
            return 0
        Restatement.objects.bulk_create([_restatement(locked, change, a.at) for change in found])
        a.result = {"month": frozen.month, "keys": len(found)}
        a.entry(
            f"scores:{frozen.month}",
            payload=request
            | {
                "keys": len(found),
                "duties": sorted({each["duty"] for change in found for each in change.duties}),
                "hashes": hashes_of({change.key: change.after for change in found}),
            },
        )
    return len(found)


def changes(frozen: FrozenMonth, now: datetime) -> list[Change]:
    """Return the keys of a frozen month whose duties say something else now than was last told."""
    month = periods.named(frozen.month)
    since = frozen.as_of
    touched = (
        Q(ended_at__isnull=True)
        | Q(ended_at__gt=since)
        | Q(opened_at__gt=since)
        | Q(performance__at__gt=since)
    )
    found: dict[Key, tuple[Sum, list[dict[str, Any]]]] = {}
    rows = list(standing.facts_of(month, since, touched))
    delays = keeping.delays_of(duty.opened_by for duty in rows)
    for duty in rows:
        then = standing.in_month(standing.stood(duty, since), month)
        today = standing.in_month(standing.stood(duty, now), month)
        if _said(then) == _said(today):
            continue
        total, told = found.setdefault(duty.key, (Sum(), []))
        delay = delays.get(duty.opened_by)
        if then is not None:
            total.put(then, delay, -1)
        if today is not None:
            total.put(today, delay)
        told.append({"duty": duty.pk, "from": _sort(then), "to": _sort(today)})
    return _against(frozen, found)


def _against(frozen: FrozenMonth, found: dict[Key, tuple[Sum, list[dict[str, Any]]]]) -> list[Change]:
    """Put what changed upon the frozen rows; leave out what was told so already."""
    last = {_key(row): tally_of(row.after) for row in frozen.restatements.order_by("id")}
    keys = {key[0] for key in (*found, *last)}
    rows = {_key(row): tally_of_row(row) for row in frozen.scores.filter(clause_key__in=keys)}
    changed = []
    for key in sorted({*found, *last}):
        base = rows.get(key) or Tally()
        total, told = found.get(key, (Sum(), []))
        total.put_all(base)
        before, after = last.get(key, base), total.tally()
        if after != before:
            changed.append(Change(key, before, after, told))
    return changed


def _said(stand: Stand | None) -> Any:
    return stand.said if stand is not None else None


def _sort(stand: Stand | None) -> str:
    return stand.sort if stand is not None else ""


def _key(row: ScoreMonth | Restatement) -> Key:
    return (row.clause_key, row.desk, row.purpose, row.illustrative)


def _restatement(frozen: FrozenMonth, change: Change, at: datetime) -> Restatement:
    clause_key, desk, purpose, made_up = change.key
    return Restatement(
        frozen=frozen,
        month=frozen.month,
        clause_key=clause_key,
        desk=desk,
        purpose=purpose,
        illustrative=made_up,
        before=change.before.as_json(),
        after=change.after.as_json(),
        duties=change.duties,
        at=at,
    )


def months_to_freeze(now: datetime) -> Iterable[Period]:
    """Return the months that are over for long enough and not frozen yet, oldest first."""
    first = Duty.objects.order_by("due_at").values_list("due_at", flat=True).first()
    if first is None:
        return []
    done = set(FrozenMonth.objects.values_list("month", flat=True))
    wall = calendars.zone()
    earliest = min([keeping.this_month(first, wall), *done])
    months = keeping.months_between(earliest, keeping.this_month(now, wall))
    named = [periods.named(month, zone=wall) for month in months if month not in done]
    return [month for month in named if as_of(month) + SETTLED <= now]
