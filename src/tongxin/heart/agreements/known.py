"""The words that instruments may name in this installation: what its region and its rooms registered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from pydantic import BaseModel

from tongxin.heart.agreements import rulebook, signers, vocabulary
from tongxin.heart.agreements.language import AnyClause
from tongxin.heart.agreements.models import Clause, InstrumentVersion
from tongxin.heart.agreements.vocabulary import QuestionWords
from tongxin.heart.events import vocabulary as events
from tongxin.heart.region import queries as region
from tongxin.heart.region.acting import Acting
from tongxin.heart.region.models import (
    Desk,
    GroupMember,
    Jurisdiction,
    JurisdictionGroup,
    OfficeRole,
    valid_on,
)
from tongxin.shared import clock


@dataclass(frozen=True)
class Standing:
    """A clause of the register, or of a file that is read beside it: what yields and overlaps are judged by."""

    key: str  # instrument/clause
    parties: tuple[str, ...]
    clause: AnyClause
    file: str = ""  # where it was read; empty: it stands in the register
    line: int = 0


@dataclass(frozen=True)
class Known:
    """The words that instruments may name; unknown ones are faults."""

    events: Mapping[str, type[BaseModel]]  # and the model of their data
    conditions: Mapping[str, frozenset[str]]  # and the events that each reads; none: every one
    questions: Mapping[str, QuestionWords]
    times: frozenset[str]
    measures: frozenset[str]
    fields: frozenset[str]  # that a notice may carry
    shareable: frozenset[str]
    roles: frozenset[str]
    procedures: frozenset[str]
    places: Mapping[str, tuple[str, ...]]  # jurisdiction → itself and those it lies in, innermost first
    groups: Mapping[str, tuple[str, ...]]  # group → its members
    desks: frozenset[str]  # jurisdiction/role
    register: Mapping[str, Standing] = field(default_factory=dict)  # clauses that bind now or later, by key

    @cached_property
    def parties(self) -> frozenset[str]:
        """Whatever may be a party: jurisdictions and groups."""
        return frozenset({*self.places, *self.groups})

    def members(self, parties: Iterable[str]) -> list[str]:
        """Return the jurisdictions that parties stand for, each once; unknown ones are left out."""
        found: dict[str, None] = {}
        for party in parties:
            found |= dict.fromkeys(self.groups.get(party, (party,) if party in self.places else ()))
        return list(found)

    def belongs(self, place: str, parties: Iterable[str]) -> bool:
        """Whether a jurisdiction, or every member of a group, is one of the parties or lies in one."""
        named = set(self.members(parties))
        return all(named & set(self.places.get(each, ())) for each in self.groups.get(place, (place,)))


def known_words(reader: Acting | None = None) -> Known:
    """Return the words that instruments may name now; of clauses that nobody signed yet those the reader may see."""
    return Known(
        events={name: events.get(name).data for name in events.names()},
        conditions=vocabulary.condition_events(),
        questions=vocabulary.question_words(),
        times=frozenset(vocabulary.times()),
        measures=frozenset(vocabulary.measures()),
        fields=frozenset(vocabulary.fields()),
        shareable=frozenset(vocabulary.shareable() | vocabulary.asked()),
        roles=frozenset(OfficeRole.objects.values_list("id", flat=True)),
        procedures=frozenset(vocabulary.procedures()),
        places=_places(),
        groups=_groups(),
        desks=frozenset(Desk.objects.values_list("id", flat=True)),
        register=_register(reader),
    )


def _places() -> dict[str, tuple[str, ...]]:
    above = dict(Jurisdiction.objects.values_list("id", "parent_id"))

    def line(place: str) -> tuple[str, ...]:
        found = [place]
        while parent := above[found[-1]]:
            found.append(parent)
        return tuple(found)

    return {place: line(place) for place in above}


def _groups() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = dict.fromkeys(
        JurisdictionGroup.objects.values_list("id", flat=True), ()
    )
    rows = GroupMember.objects.filter(valid_on(region.today())).order_by("jurisdiction_id")
    for group, place in rows.values_list("group_id", "jurisdiction_id"):
        found[group] = (*found[group], place)
    return found


def _register(reader: Acting | None) -> dict[str, Standing]:
    """Return the clauses of every version that binds now or will, and of unsigned ones that the reader may see.

    Of each key the newest stands. What others write among themselves is not known: no hint may tell of it.
    """
    versions = InstrumentVersion.objects.exclude(state=InstrumentVersion.State.ENDED)
    versions = versions.exclude(binds_until__lte=clock.now()).select_related("instrument")
    today = region.today()
    seen = {
        row.id: row
        for row in versions.defer("source_text", "body")
        if row.binds_from is not None or (reader is not None and signers.may_see(reader, row, today))
    }
    found: dict[str, Standing] = {}
    for row in Clause.objects.filter(version__in=list(seen)).order_by("version__number", "id"):
        row.version = seen[row.version_id]
        key = f"{row.version.instrument_id}/{row.name}"
        found[key] = Standing(key, tuple(row.version.parties), rulebook.read_clause(row))
    return found
