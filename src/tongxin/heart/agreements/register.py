"""The public side of agreements: the register's rows, an agreement's page, how clauses were kept."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q

from tongxin.heart.agreements import keeping, queries, readings, rulebook, wording
from tongxin.heart.agreements.keeping import Kept, Tally
from tongxin.heart.agreements.models import Clause, Duty, Instrument, InstrumentVersion
from tongxin.heart.ledger import queries as ledger
from tongxin.heart.region.acting import Acting
from tongxin.shared import clock
from tongxin.shared.named import Both

SHOWN_DUTIES = 20


@dataclass(frozen=True)
class Row:
    """One line of the register: a version that is in force, or the newest one of its instrument."""

    version: InstrumentVersion
    parties: list[Both]
    kept: Kept | None  # None where no score may be shown
    clauses: int


@dataclass(frozen=True)
class Produced:
    """What a clause produced in twelve months, counted: drills stay out."""

    total: int = 0
    on_time: int = 0
    late: int = 0  # late, not met, overdue now
    running: int = 0

    def __add__(self, other: Produced) -> Produced:
        return Produced(
            self.total + other.total,
            self.on_time + other.on_time,
            self.late + other.late,
            self.running + other.running,
        )


@dataclass(frozen=True)
class ClausePage:
    """A clause as its agreement's page shows it: law, reading, consequence."""

    clause: Clause
    reading: list[wording.Reading]
    kept: Kept | None
    produced: Produced
    duties: list[Duty] = field(default_factory=list)  # those the reader may see, latest first

    @property
    def kind(self) -> Any:
        """The clause's kind in words."""
        return wording.KINDS[self.clause.kind]


def rows(
    now: datetime,
    *,
    field: str = "",
    party: str = "",
    kind: str = "",
    instruments: Iterable[Instrument] | None = None,
    kept: Mapping[str, Kept] | None = None,
) -> list[Row]:
    """Return the register by field and id: of each instrument the version in force, else its newest one.

    `instruments` are those of `queries.register`, `kept` how each was kept, when they are at hand.
    """
    today = clock.beijing(now).date()
    found: list[InstrumentVersion] = []
    for instrument in queries.register() if instruments is None else instruments:
        if (field and instrument.field != field) or (kind and instrument.kind != kind):
            continue
        versions = sorted(instrument.versions.all(), key=lambda v: v.number)
        versions = [v for v in versions if not party or party in v.parties]
        if versions:
            running = [v for v in versions if in_force(v, today)]
            found.append((running or versions)[-1])
    names = wording.party_names(p for v in found for p in v.parties)
    scores = keeping.kept_by_instrument(now) if kept is None else kept
    counted = Clause.objects.filter(version__in=[v.id for v in found]).values_list("version_id")
    clauses = dict(counted.annotate(n=Count("id")))
    return [
        Row(
            version,
            [names[p] for p in version.parties],
            scores.get(version.instrument_id, keeping.NONE_KEPT)
            if keeping.scores_shown(version.illustrative)
            else None,
            clauses.get(version.id, 0),
        )
        for version in found
    ]


def in_force(version: InstrumentVersion, on: Any) -> bool:
    """Whether a version binds on a day."""
    at = rulebook.midnight(on + timedelta(days=1)) - timedelta(microseconds=1)
    begun = version.binds_from is not None and version.binds_from <= at
    return begun and (version.binds_until is None or version.binds_until > at)


def choices(instruments: Collection[Instrument]) -> dict[str, list[tuple[str, Any]]]:
    """Return what the register can be filtered by: the fields, kinds and parties that these instruments have."""
    parties = {p for i in instruments for v in i.versions.all() for p in v.parties}
    names = wording.party_names(sorted(parties))
    fields = {i.field for i in instruments}
    kinds = {i.kind for i in instruments}
    return {
        "field": [(code, name) for code, name in wording.FIELD_NAMES.items() if code in fields],
        "kind": [(code, name) for code, name in wording.INSTRUMENT_KINDS.items() if code in kinds],
        "party": sorted(names.items(), key=lambda pair: pair[0]),
    }


def counts_of(version: InstrumentVersion, now: datetime) -> dict[str, tuple[Tally, bool]] | None:
    """Return how the clauses of an instrument, over all its versions, were kept; None where no score may be shown."""
    if not keeping.scores_shown(version.illustrative):
        return None
    return keeping.of_clauses(now, keeping.keys_of(version.instrument_id))


def clause_pages(
    version: InstrumentVersion, reader: Acting | None, counts: Mapping[str, tuple[Tally, bool]] | None
) -> list[ClausePage]:
    """Return the clauses of a version; duties only those the reader may see, counts as `counts_of` gives them."""
    roles = wording.roles()
    clauses = sorted(version.clauses.all(), key=lambda clause: clause.ordinal)
    bodies = {clause.id: rulebook.read_clause(clause) for clause in clauses}
    names = readings.named_in(bodies.values())
    keys = {clause.id: f"{version.instrument_id}/{clause.name}" for clause in clauses}
    shown, counts = counts is not None, counts or {}
    none = (keeping.Tally(), False)
    seen = _seen(reader, clauses) if reader else {}
    return [
        ClausePage(
            clause,
            wording.reading(bodies[clause.id], roles, names),
            keeping.kept_of(*counts.get(keys[clause.id], none)) if shown else None,
            _produced(counts.get(keys[clause.id], none)[0]),
            seen.get(clause.id, []),
        )
        for clause in clauses
    ]


def total(pages: Iterable[ClausePage]) -> Produced:
    """Return what all clauses together produced."""
    return sum((page.produced for page in pages), Produced())


def ledger_index(version: InstrumentVersion) -> int | None:
    """Return the index of the entry with which the version came into the register."""
    entry = ledger.entries_of(f"instrument:{version.id}").first()
    return entry.index if entry else None


def _seen(reader: Acting, clauses: Iterable[Clause]) -> Mapping[str, list[Duty]]:
    """Return the last duties under each clause that the reader may see: a short slice of an index for each."""
    ids = Q(pk__in=[])
    for clause in clauses:
        ids |= Q(pk__in=queries.last_under(reader, clause.id, SHOWN_DUTIES))
    found: dict[str, list[Duty]] = {}
    for duty in queries.dressed(Duty.objects.filter(ids).order_by("-due_at", "-id")):
        found.setdefault(duty.clause_id, []).append(duty)
    return found


def _produced(tally: Tally) -> Produced:
    """Return what a clause produced in twelve months; drills stay out."""
    late = tally.late + tally.failed + tally.overdue
    return Produced(tally.total, tally.on_time, late, tally.running + tally.suspended)
