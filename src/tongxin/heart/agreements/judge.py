"""Who judges: the rules that stand now, read once for a rules number, and the rooms' knowledge of their subjects.

A room that keeps subjects registers how one is known by its name: `register("case", subject_of_case)`, as petals
register their words. `may` is the one question of every screen, query, export, search, call, notification and file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.db.models import Min, Q

from tongxin.heart.agreements import may as core
from tongxin.heart.agreements import permits, rulebook, scene
from tongxin.heart.agreements.may import SEE, Answer, Rules, Subject
from tongxin.heart.agreements.models import Departure, InstrumentVersion
from tongxin.heart.agreements.permits import Permit
from tongxin.heart.region import rules as numbers
from tongxin.shared import clock

Loader = Callable[[str], Subject | None]

_loaders: dict[str, Loader] = {}
_kept: list[
    tuple[numbers.Stamp, datetime, Rules]
] = []  # of this process: the newest rules, and since when they stand


def register(kind: str, load: Loader) -> None:
    """Let `load(name)` know the subjects of a kind, the word before the colon; called once, from a room's `apps.py`."""
    _loaders[kind] = load


def known(subject: str) -> Subject | None:
    """Return a subject by its name, `case:WUQING-2026-000001`; None where no room knows it."""
    load = _loaders.get(subject.partition(":")[0])
    return load(subject) if load else None


def kinds() -> list[str]:
    """Return the kinds of subjects that can be asked about."""
    return sorted(_loaders)


def may(desk: str, action: str, subject: Subject, name: str = "", purpose: str = "") -> Answer:
    """Tell whether a desk may do `action` with a field of a subject now; no basis means no."""
    return core.may(standing(), desk, action, subject, name, purpose, now=clock.now())


def seen(desk: str, subject: Subject, names: Iterable[str]) -> dict[str, Answer]:
    """Return by field whether a desk may see it now."""
    rules, now = standing(), clock.now()
    return {name: core.may(rules, desk, SEE, subject, name, now=now) for name in names}


def show(subject: Subject, answers: dict[str, Answer]) -> None:
    """Keep for the page that is made which fields it shows, so that its next submit is judged by them."""
    kept = numbers.here().shown.setdefault(subject.name, {})
    kept.update({name: None for name, answer in answers.items() if answer.yes})


def still(desk: str, shown: Iterable[tuple[str, Iterable[str]]]) -> bool:
    """Whether a desk may still see everything that a page showed; a subject that nobody knows is no longer there."""
    for name, fields in shown:
        subject = known(name)
        if subject is None or not may(desk, SEE, subject).yes:
            return False
        if not all(answer.yes for answer in seen(desk, subject, fields).values()):
            return False
    return True


def standing() -> Rules:
    """Return the rules that stand now: as this process has them for the rules number, else read anew."""
    stamp, now = numbers.current(), clock.now()
    for kept, since, rules in _kept:
        if kept == stamp and since <= now < rules.until:
            return rules
    rules = _read(stamp.number, now)
    _kept[:] = [(stamp, now, rules)]
    return rules


def bars_at(when: datetime) -> Rules:
    """Return the bars that stood at an instant, without permits: what was kept back before is no sight that ended."""
    ids = rulebook.at(when)
    bars = rulebook.barrings(ids, left=rulebook.left_by(ids, when))
    return Rules(0, when, {}, bars, scene.places_on(when))


def rules_at(when: datetime) -> Rules:
    """Return the permits and bars that stood at an instant: to say afterwards under which clause something was seen."""
    return _read(0, when)


def _read(number: int, now: datetime) -> Rules:
    ids = rulebook.at(now)
    left = rulebook.left_by(ids, now)
    places = scene.places_on(now)
    bars = rulebook.barrings(ids, left=left)
    shares = rulebook.bindings(ids, kind="share", left=left)
    found: dict[tuple[str, str], list[tuple[Permit, datetime | None]]] = {}
    ends: dict[str, datetime | None] = dict(
        InstrumentVersion.objects.filter(id__in=ids).values_list("id", "binds_until")
    )
    for permit in permits.standing(shares, clock.beijing(now).date(), places=places, bars=bars):
        if permit.who and permit.whose:
            own = rulebook.midnight(permit.until) if permit.until else None
            until = min(filter(None, (own, ends.get(permit.clause_id.partition("/")[0]))), default=None)
            found.setdefault((permit.who, permit.whose), []).append((permit, until))
    return Rules(number, _next_change(now), found, bars, places)


def _next_change(now: datetime) -> datetime:
    """Return when time itself changes what stands: a version begins or ends, a party leaves; at the latest midnight."""
    versions = InstrumentVersion.objects.aggregate(
        begins=Min("binds_from", filter=Q(binds_from__gt=now)),
        ends=Min("binds_until", filter=Q(binds_until__gt=now)),
    )
    leaves = Departure.objects.filter(ends_at__gt=now, withdrawn_at__isnull=True).aggregate(
        at=Min("ends_at")
    )["at"]
    tomorrow = rulebook.midnight(clock.beijing(now).date() + timedelta(days=1))
    changes: list[datetime | None] = [versions["begins"], versions["ends"], leaves, tomorrow]
    return min(at for at in changes if at is not None)
