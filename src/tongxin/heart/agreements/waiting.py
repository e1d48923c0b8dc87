"""What waits for a signature of the reader's office: texts, endings, laws that need a second person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from tongxin.heart.agreements import bounds, signers
from tongxin.heart.agreements.models import Instrument, InstrumentVersion, Signature
from tongxin.heart.region import queries as region
from tongxin.heart.region.acting import Acting
from tongxin.shared import clock

TEXT, ENDING, LAW = "text", "ending", "law"
SIGNS, WRITES = "sign_agreement", "register_agreement"
State = InstrumentVersion.State


@dataclass(frozen=True)
class Waiting:
    """One thing to sign: the version, what of it, its hash, since when, and for which place."""

    version: InstrumentVersion
    kind: str  # text, ending, law
    canonical_hash: str
    since: datetime | None
    place: str


def waiting_for(reader: Acting) -> list[Waiting]:
    """Return what the reader's office has not signed yet, oldest first; empty for a post that may not sign."""
    now = clock.now()
    on = clock.beijing(now).date()
    found: list[Waiting] = []
    if SIGNS in reader.capabilities and reader.desk.partition("/")[2] == signers.COORDINATION:
        found += [w for w in _texts(reader, on) if w is not None]
        found += [w for w in _endings(reader, now, on) if w is not None]
    if WRITES in reader.capabilities and reader.coordinates:
        found += _laws(reader)
    return sorted(found, key=lambda w: (w.since or now, w.version.id))


def missing_place(
    reader: Acting,
    version: InstrumentVersion,
    canonical_hash: str,
    on: date,
    parties: Sequence[str] | None = None,
) -> str | None:
    """Return for which place the reader may sign a hash now; None when nothing of its office is missing.

    `parties` are those whose signatures a text takes, where they were read for many at once (`signers.parties_of_all`).
    """
    if canonical_hash != version.canonical_hash:
        parties = version.parties
    elif parties is None:
        parties = signers.parties_of(version)
    place = signers.place_of(reader, parties, on)
    if place is None:
        return None
    for side in signers.sides(version, canonical_hash, on, parties):
        if place in (side.party, *side.places) and not side.complete and not side.has(place):
            own = any(reader.persons & {s.person_id, s.stood_in_for_id} for s in side.given.get(place, ()))
            return None if own else place
    return None


def _texts(reader: Acting, on: date) -> list[Waiting | None]:
    rows = InstrumentVersion.objects.filter(state=State.PROPOSED).exclude(
        instrument__kind=Instrument.Kind.LAW
    )
    own = _own(reader, on)
    proposed = list(rows.select_related("instrument").order_by("proposed_at", "id"))
    parties = signers.parties_of_all(proposed)
    return [
        _waiting(reader, row, TEXT, row.canonical_hash, row.proposed_at, on, parties[row.id])
        for row in proposed
        if own & set(parties[row.id])
    ]


def _own(reader: Acting, on: date) -> set[str]:
    """Return the parties that the reader's desk may be a side of: its place, and the groups this one is in."""
    place = reader.desk.partition("/")[0]
    return {place} | region.groups_of(place, on)


def _endings(reader: Acting, now: datetime, on: date) -> list[Waiting | None]:
    rows = InstrumentVersion.objects.filter(ending__isnull=False).exclude(state=State.ENDED)
    found = []
    own = _own(reader, on)
    for row in rows.select_related("instrument").order_by("id"):
        if not own & set(row.parties):
            continue
        ending = row.ending or {}
        open_one = not ending.get("agreed_at") and datetime.fromisoformat(ending["ends_at"]) > now
        if open_one and bounds.state_of(row, now) in (State.RATIFIED, State.IN_FORCE):
            since = datetime.fromisoformat(ending["proposed_at"])
            found.append(_waiting(reader, row, ENDING, str(ending["hash"]), since, on))
    return found


def _laws(reader: Acting) -> list[Waiting]:
    rows = InstrumentVersion.objects.filter(state=State.PROPOSED, instrument__kind=Instrument.Kind.LAW)
    entered = Signature.objects.filter(
        Q(person__in=reader.persons) | Q(stood_in_for__in=reader.persons)
    ).values("version")
    return [
        Waiting(row, LAW, row.canonical_hash, row.proposed_at, "")
        for row in rows.exclude(id__in=entered).select_related("instrument").order_by("proposed_at", "id")
    ]


def _waiting(
    reader: Acting,
    row: InstrumentVersion,
    kind: str,
    canonical_hash: str,
    since: datetime | None,
    on: date,
    parties: Sequence[str] | None = None,
) -> Waiting | None:
    place = missing_place(reader, row, canonical_hash, on, parties)
    return Waiting(row, kind, canonical_hash, since, place) if place is not None else None
