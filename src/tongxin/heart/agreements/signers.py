"""Who signs a version for each party, who has signed, who is missing; and who may see what is not signed yet.

A jurisdiction is signed for at its own coordination office; a group by every member, or at the group's own desk where
it has one. Some parties need two persons: the region's pack says which.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from tongxin.heart.agreements.models import Instrument, InstrumentVersion, Signature
from tongxin.heart.region import queries as region
from tongxin.heart.region.acting import Acting
from tongxin.heart.region.models import Desk, JurisdictionGroup

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


def sides(version: InstrumentVersion, canonical_hash: str, on: date) -> list[Side]:
    """Return how each party stands with a hash: of the text, or of an ending."""
    rows: dict[str, list[Signature]] = {}
    found = Signature.objects.filter(version=version, canonical_hash=canonical_hash)
    for row in found.select_related("desk__jurisdiction", "desk__group", "desk__role").order_by("at", "id"):
        rows.setdefault(row.party, []).append(row)
    groups = _groups(version.parties)
    desks = set(
        Desk.objects.filter(id__in=[f"{g}/{COORDINATION}" for g in groups]).values_list("id", flat=True)
    )
    return [
        _side(party, party in groups, f"{party}/{COORDINATION}" in desks, rows, on)
        for party in version.parties
    ]


def _side(party: str, group: bool, own_desk: bool, rows: Mapping[str, Sequence[Signature]], on: date) -> Side:
    places = tuple(region.members_of([party], on)) if group else (party,)
    every = [party, *places]
    return Side(
        party=party,
        places=places,
        own_desk=own_desk,
        needed={place: region.signers_needed(place) for place in every},
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
    if reader.desk.partition("/")[0] in version.parties:
        return True
    return region.party_of(reader.jurisdiction, version.parties, on) is not None


def desks_of(parties: Iterable[str], on: date) -> list[str]:
    """Return the coordination offices of the parties, of a group those of its members and its own."""
    named = list(parties)
    ids = [f"{place}/{COORDINATION}" for place in dict.fromkeys([*named, *region.members_of(named, on)])]
    there = set(Desk.objects.filter(id__in=ids).values_list("id", flat=True))
    return [desk for desk in ids if desk in there]


def _groups(parties: Iterable[str]) -> set[str]:
    return set(JurisdictionGroup.objects.filter(id__in=list(parties)).values_list("id", flat=True))
