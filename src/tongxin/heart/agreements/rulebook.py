"""The rulebook: the versions that bind at an instant, pinned by a matter or a case when it opens.

Only two instants decide whether a version binds, `binds_from` and `binds_until`; no ticker has to have run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime, time
from typing import Any

from django.db.models import Q, QuerySet
from pydantic import TypeAdapter

from tongxin.heart.agreements.language import AnyClause, Bar, Handle
from tongxin.heart.agreements.match import Barring, Binding
from tongxin.heart.agreements.models import Clause, Departure, InstrumentVersion
from tongxin.shared import clock
from tongxin.shared.statements import fixed

_clauses: TypeAdapter[AnyClause] = TypeAdapter(AnyClause)
_read: dict[tuple[str, str], AnyClause] = {}  # by clause and the hash of its version: such text never changes
KEPT_READ = 20_000
READ = ("name", "body", "version__instrument_id", "version__parties", "version__canonical_hash")
Left = AbstractSet[tuple[str, str]]  # versions with the parties that had left them


def midnight(on: date) -> datetime:
    """Return the beginning of a day in Beijing."""
    return datetime.combine(on, time(), tzinfo=clock.BEIJING)


def binding_at(instant: datetime) -> Q:
    """Return the condition that a version binds at an instant."""
    return Q(binds_from__lte=instant) & (Q(binds_until__isnull=True) | Q(binds_until__gt=instant))


def at(instant: datetime) -> list[str]:
    """Return the ids of the versions that bind at an instant, sorted: of each instrument the newest one."""
    newest: dict[str, tuple[int, str]] = {}
    for pk, instrument, number in _binding(instant):
        newest[instrument] = max(newest.get(instrument, (0, "")), (number, pk))
    return sorted(pk for _number, pk in newest.values())


@fixed
def _binding(instant: datetime) -> QuerySet[InstrumentVersion, tuple[str, str, int]]:
    rows = InstrumentVersion.objects.filter(binding_at(instant))
    return rows.values_list("id", "instrument_id", "number")


def read_clause(row: Clause) -> AnyClause:
    """Return the clause as the machine reads it; `row.version` should be at hand."""
    return read_body(row.id, row.version.canonical_hash, row.body)


def read_body(clause_id: str, version_hash: str, body: Mapping[str, Any]) -> AnyClause:
    """Return the clause of a stored body; a clause of a version never changes, so it is read once."""
    key = (clause_id, version_hash)
    found = _read.get(key)
    if found is None:
        if len(_read) >= KEPT_READ:
            _read.clear()
        found = _read[key] = _clauses.validate_python(body)
    return found


def bindings(
    version_ids: Sequence[str],
    *,
    pinned_at: datetime | None = None,
    joined: Mapping[str, str] | None = None,
    events: Iterable[str] | None = None,
    left: Left | None = None,
    kind: str = "",
) -> list[Binding]:
    """Return the clauses of the versions (of one kind), in a stable order, with the parties that they bind.

    A party that had left before `pinned_at` is not bound. A version in `joined` (id → ISO instant) came after the
    matter opened and binds for events known since then only. With `events`, only clauses that wait for one of these:
    no other clause could want anything, so thousands in force cost nothing. `left`: who had left, where it is at hand.
    """
    later = dict(joined or {})
    ids = [*version_ids, *later]
    left = left_by(ids, pinned_at) if left is None else left
    rows: Iterable[Clause]
    if events is None and kind:
        rows = _of_kind(ids, kind)
    else:
        rows = _read_of(ids, events, kind)
    return [
        Binding(
            clause_id=row.id,
            clause_key=f"{row.version.instrument_id}/{row.name}",
            parties=tuple(p for p in row.version.parties if (row.version_id, p) not in left),
            clause=read_clause(row),
            since=datetime.fromisoformat(later[row.version_id]) if row.version_id in later else None,
        )
        for row in rows
    ]


def _read_of(ids: list[str], events: Iterable[str] | None, kind: str) -> QuerySet[Clause]:
    if events is None:
        rows = Clause.objects.filter(version_id__in=ids)
    else:
        pinned = set(ids)
        waiting = Clause.objects.filter(event__in=list(events)).values_list("id", "version_id")
        rows = Clause.objects.filter(id__in=[pk for pk, version in waiting if version in pinned])
    if kind:
        rows = rows.filter(kind=kind)
    return rows.select_related("version").only(*READ).order_by("id")


@fixed
def _of_kind(ids: list[str], kind: str) -> QuerySet[Clause]:
    return _read_of(ids, None, kind)


def barrings(
    version_ids: Sequence[str], *, pinned_at: datetime | None = None, left: Left | None = None
) -> list[Barring]:
    """Return the bars of the versions, in a stable order; `left`: who had left, where it is at hand."""
    left = left_by(version_ids, pinned_at) if left is None else left
    pinned = set(version_ids)
    found = InstrumentVersion.objects.filter(has_bars=True).order_by("id").only("parties", "body")
    rows = [row for row in found if row.id in pinned]
    return [
        Barring(
            bar_id=f"{row.id}/{bar['id']}",
            parties=tuple(p for p in row.parties if (row.id, p) not in left),
            bar=Bar.model_validate(bar),
        )
        for row in rows
        for bar in row.body.get("bars", ())
    ]


def left_by(version_ids: Sequence[str], instant: datetime | None) -> Left:
    """Return (version, party) of those that had left at the instant; a text signed after the notice binds again."""
    if instant is None:
        return set()
    pinned = set(version_ids)
    rows = Departure.objects.filter(ends_at__lte=instant, withdrawn_at__isnull=True)
    gone = list(rows.values_list("instrument_id", "party", "given_at"))
    if not gone:
        return set()
    signed = InstrumentVersion.objects.filter(instrument__in={row[0] for row in gone})
    return {
        (pk, party)
        for pk, instrument, ratified_at in signed.values_list("id", "instrument_id", "ratified_at")
        for left, party, given_at in gone
        if pk in pinned and left == instrument and (ratified_at is None or given_at >= ratified_at)
    }


def handle_clauses(version_ids: Sequence[str], procedure: str = "") -> list[tuple[Binding, Handle]]:
    """Return the clauses that let a case of a procedure, or of any, be handed over."""
    return [
        (b, b.clause)
        for b in bindings(version_ids, kind="handle")
        if isinstance(b.clause, Handle) and (not procedure or procedure in b.clause.procedures)
    ]
