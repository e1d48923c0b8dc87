"""Who signs a version for each party, who has signed, who is missing; and who may see what is not signed yet.

Nobody changes another's obligations alone (HEART §3): a new version takes the signatures of its own parties and of all
whom a version before it binds and who have not left by then. So a party leaves by signing a text that does not name it.
A jurisdiction is signed for at its own coordination office; a group by every member, or at the group's own desk where
it has one. Some parties need two persons: the region's pack says which.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tongxin.heart.agreements import bounds, rulebook
from tongxin.heart.agreements.models import Departure, Instrument, InstrumentVersion, Signature
from tongxin.heart.region import queries as region
from tongxin.heart.region.acting import Acting
from tongxin.heart.region.models import Desk, JurisdictionGroup
from tongxin.shared import clock

COORDINATION = "coordination_office"
UNSIGNED = (InstrumentVersion.State.DRAFT, InstrumentVersion.State.PROPOSED)


@dataclass(frozen=True)
class Side:
    """How one party stands with a hash: whose signatures it takes, how many persons each, which are there."""

    party: str
    places: tuple[str, ...]  # the jurisdiction itself, or the members of a group
    own_desk: bool  # a group that can be signed for at its own desk
    needed: Mapping[str, int]
    given: Mapping[str, tuple[Signature, ...]]

    def has(self, place: str) -> bool:
        """Whether enough persons have signed for a place."""
        return len(self.given.get(place, ())) >= self.needed[place]

    @property
    def complete(self) -> bool:
        """Whether the party has signed."""
        return (self.own_desk and self.has(self.party)) or all(self.has(p) for p in self.places)

    @property
    def missing(self) -> dict[str, int]:
        """Return how many persons are missing, by place; empty when the party has signed."""
        if self.complete:
            return {}
        return {p: self.needed[p] - len(self.given.get(p, ())) for p in self.places if not self.has(p)}

    @property
    def signatures(self) -> list[Signature]:
        """Return the signatures that are there, oldest first."""
        return sorted((s for rows in self.given.values() for s in rows), key=lambda s: (s.at, s.pk))


def parties_of(version: InstrumentVersion) -> list[str]:
    """Return whose signatures a text takes: its parties', then theirs whom a version that it would replace binds."""
    return parties_of_all([version])[version.id]


def parties_of_all(versions: Iterable[InstrumentVersion]) -> dict[str, list[str]]:
    """Return whose signatures each of these texts takes, by version; of a signed one its parties."""
    rows = list(versions)
    waiting = [
        row
        for row in rows
        if row.number > 1 and row.state in UNSIGNED and row.instrument.kind != Instrument.Kind.LAW
    ]
    standing = _standing({row.instrument_id for row in waiting})
    found = {row.id: list(row.parties) for row in rows}
    for row in waiting:
        bound = _bound(standing.get(row.instrument_id, []), row.number, row.in_force_from)
        found[row.id] += [party for party in bound if party not in found[row.id]]
    return found


def still_bound(instrument: str, number: int, begins: date) -> list[str]:
    """Return the parties of signed versions before this number that have not ended, but those who leave by then."""
    return _bound(_standing({instrument}).get(instrument, []), number, begins)


def _standing(
    instruments: Collection[str],
) -> dict[str, list[tuple[InstrumentVersion, dict[str, datetime]]]]:
    """Return the signed versions of instruments that have not ended, each with when its parties leave."""
    if not instruments:
        return {}
    rows = InstrumentVersion.objects.filter(instrument__in=instruments, binds_from__isnull=False)
    running = rows.exclude(state__in=UNSIGNED).exclude(binds_until__lte=clock.now()).order_by("-number")
    gone: dict[str, list[Departure]] = {}
    for departure in Departure.objects.filter(instrument__in=instruments, withdrawn_at__isnull=True):
        gone.setdefault(departure.instrument_id, []).append(departure)
    found: dict[str, list[tuple[InstrumentVersion, dict[str, datetime]]]] = {}
    for row in running.defer("source_text", "body"):
        left = bounds.left_of(row, gone.get(row.instrument_id, []))
        found.setdefault(row.instrument_id, []).append((row, left))
    return found


def _bound(
    standing: Sequence[tuple[InstrumentVersion, Mapping[str, datetime]]], number: int, begins: date
) -> list[str]:
    at = max(clock.now(), rulebook.midnight(begins))
    return list(
        dict.fromkeys(
            party
            for row, left in standing
            if row.number < number and not _given_up(row, at)
            for party in row.parties
            if party not in left or left[party] > at
        )
    )


def _given_up(version: InstrumentVersion, at: datetime) -> bool:
    """Whether a version that still runs is replaced by then: all whom it binds have signed that."""
    ends = version.binds_until
    return version.end_reason == bounds.REPLACED and ends is not None and ends <= at


def sides(
    version: InstrumentVersion, canonical_hash: str, on: date, parties: Sequence[str] | None = None
) -> list[Side]:
    """Return how each party stands with a hash: of the text, or of an ending.

    The text is signed by those too who are bound until it replaces what binds them, see `parties_of`; `parties` are
    these, where they were read for many texts at once.
    """
    rows: dict[str, list[Signature]] = {}
    found = Signature.objects.filter(version=version, canonical_hash=canonical_hash)
    for row in found.select_related("desk__jurisdiction", "desk__group", "desk__role").order_by("at", "id"):
        rows.setdefault(row.party, []).append(row)
    named = list(version.parties)
    if canonical_hash == version.canonical_hash:
        if version.state in UNSIGNED:
            named = list(parties) if parties is not None else parties_of(version)
        else:
            named += _others(named, rows, on)
    groups = _groups(named)
    desks = set(
        Desk.objects.filter(id__in=[f"{g}/{COORDINATION}" for g in groups]).values_list("id", flat=True)
    )
    needed = region.signers_needed()
    return [
        _side(party, party in groups, f"{party}/{COORDINATION}" in desks, rows, on, needed) for party in named
    ]


def _others(parties: Sequence[str], signed: Collection[str], on: date) -> list[str]:
    """Return the places that signed a text though it does not name them: they were bound until then."""
    if set(signed) <= {*parties, ""}:
        return []
    return sorted(set(signed) - {*parties, *region.members_of(parties, on), ""})


def _side(
    party: str,
    group: bool,
    own_desk: bool,
    rows: Mapping[str, Sequence[Signature]],
    on: date,
    needed: Mapping[str, int],
) -> Side:
    places = tuple(region.members_of([party], on)) if group else (party,)
    every = [party, *places]
    return Side(
        party=party,
        places=places,
        own_desk=own_desk,
        needed={place: needed.get(place, 1) for place in every},
        given={place: tuple(rows[place]) for place in dict.fromkeys(every) if place in rows},
    )


def place_of(by: Acting, parties: Sequence[str], on: date) -> str | None:
    """Return for whom the actor's desk may sign: its own jurisdiction or group; None when it is no side of these."""
    place, _slash, role = by.desk.partition("/")
    if role != COORDINATION:
        return None
    if place in parties or place in region.members_of(parties, on):
        return place
    return None


def group_of(by: Acting, parties: Sequence[str], on: date) -> str:
    """Return the group that is a party and binds the actor's coordination office as a member; empty when it is none."""
    place, _slash, role = by.desk.partition("/")
    if role != COORDINATION or place in parties:
        return ""
    groups = [party for party in parties if party in _groups(parties)]
    return next((group for group in groups if place in region.members_of([group], on)), "")


def may_see(reader: Acting | None, version: InstrumentVersion, on: date) -> bool:
    """Whether a reader may see a version: a signed one everybody, else only the parties' own people.

    A law that waits for its second person every coordination office may see, because any of them may confirm it.
    """
    if version.state not in UNSIGNED:
        return True
    if reader is None:
        return False
    if version.instrument.kind == Instrument.Kind.LAW and reader.coordinates:
        return True
    if version.drafts.filter(desk=reader.desk).exists():
        return True
    parties = parties_of(version)
    if reader.desk.partition("/")[0] in parties:
        return True
    return region.party_of(reader.jurisdiction, parties, on) is not None


def desks_of(parties: Iterable[str], on: date) -> list[str]:
    """Return the coordination offices of the parties, of a group those of its members and its own."""
    named = list(parties)
    ids = [f"{place}/{COORDINATION}" for place in dict.fromkeys([*named, *region.members_of(named, on)])]
    there = set(Desk.objects.filter(id__in=ids).values_list("id", flat=True))
    return [desk for desk in ids if desk in there]


def _groups(parties: Iterable[str]) -> set[str]:
    return set(JurisdictionGroup.objects.filter(id__in=list(parties)).values_list("id", flat=True))
