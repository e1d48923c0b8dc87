"""Reads of ecology: incidents as a reader may see them, and where a desk may report one."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from tongxin.heart.agreements import errands, vocabulary
from tongxin.heart.agreements import queries as agreements
from tongxin.heart.agreements.errands import Errand, Notice
from tongxin.heart.agreements.models import Duty
from tongxin.heart.events import queries as events
from tongxin.heart.events.models import Event, Matter, MergeProposal, Objection
from tongxin.heart.events.queries import Chain
from tongxin.heart.region import queries as region
from tongxin.heart.region.acting import Acting
from tongxin.heart.region.models import Desk, Jurisdiction
from tongxin.petals.ecology.chains import gap
from tongxin.petals.ecology.forecast import SPILL_FORECAST
from tongxin.petals.ecology.rivers import downstream
from tongxin.petals.ecology.words import title_words
from tongxin.shared.errors import NotAllowed, NotFound

KIND = "incident"
TITLE = ("river", "location", "pollutant")  # fields of a notice that name the incident, in this order


@dataclass(frozen=True)
class Incident:
    """An incident as one reader sees it: the reports themselves, or only what notices carried to the reader's side."""

    matter: Matter
    reports: tuple[Chain, ...]  # none for those who may not see them; more than one where matters became one
    forecasts: tuple[Chain, ...]
    told: dict[str, str]  # what notices carried to the reader's side
    duties: tuple[Duty, ...]  # the reader's side owes them or is owed
    notices: tuple[Notice, ...] = ()  # to or from the reader's side, oldest first

    @property
    def report(self) -> Chain | None:
        """The report that stands for the incident: the first one that was not withdrawn."""
        standing = [chain for chain in self.reports if not chain.withdrawn]
        return next(iter(standing or self.reports), None)

    @property
    def event(self) -> Event | None:
        """What that report says now; None for those who may not see it."""
        return self.report.head if self.report else None

    @property
    def forecast(self) -> Event | None:
        """The forecast as it stands; None where there is none, or none to see."""
        standing = [chain.head for chain in self.forecasts if not chain.withdrawn]
        return max(standing, key=lambda e: e.recorded_at, default=None)

    @property
    def withdrawn(self) -> bool:
        """Whether every report was taken back."""
        return bool(self.reports) and all(chain.withdrawn for chain in self.reports)

    @property
    def whole(self) -> bool:
        """Whether the reader sees the reports themselves."""
        return bool(self.reports)

    @property
    def open(self) -> bool:
        """Whether something may still be done in it."""
        return self.matter.state == Matter.State.OPEN

    @property
    def title(self) -> str:
        """The incident in a few words, from what the reader may know."""
        if self.whole:
            return title_words(self.matter.title)
        if not self.told:
            return _("Incident that your desk has not been told of yet")
        words = [vocabulary.value_words(name, self.told[name]) for name in TITLE if self.told.get(name)]
        return " · ".join(str(word) for word in words) or self.matter.number

    @property
    def delay(self) -> timedelta | None:
        """How long after it was known the report was entered, when that is a minute or more."""
        return gap(self.report.known_at, self.report.first.recorded_at) if self.report else None

    @property
    def next_due(self) -> Duty | None:
        """The open duty whose due comes first."""
        return next((d for d in self.duties if d.state == Duty.State.OPEN), None)


@dataclass(frozen=True)
class Listed:
    """An incident as one line of a list shows it to one reader."""

    matter: Matter
    title: str
    whole: bool  # the reader sees the reports themselves
    withdrawn: bool
    next_due: Duty | None  # of the reader's side: open, and due first

    @property
    def open(self) -> bool:
        """Whether something may still be done in it."""
        return self.matter.state == Matter.State.OPEN


def incidents(reader: Acting) -> QuerySet[Matter]:
    """Return the incidents the reader may see, newest first."""
    return agreements.matters(reader).filter(kind=KIND)


def numbers(reader: Acting) -> list[str]:
    """Return the numbers of the incidents the reader may see, newest first: one walk for the count and for a page."""
    return list(incidents(reader).values_list("number", flat=True))


def in_order(wanted: Iterable[str]) -> list[Matter]:
    """Return these incidents in this order."""
    listed = list(wanted)
    rows = Matter.objects.in_bulk(listed)
    return [rows[number] for number in listed]


def listed(reader: Acting, matters: Iterable[Matter]) -> list[Listed]:
    """Return these incidents as a list shows them; what only their own pages show is not read."""
    rows = list(matters)
    whole = agreements.whole_of(reader, [m.number for m in rows])
    said, gone = titles(reader, rows, whole), _withdrawn(whole)
    due = agreements.next_due_in(reader, [m.number for m in rows])
    return [Listed(m, said[m.number], m.number in whole, m.number in gone, due.get(m.number)) for m in rows]


def titles(reader: Acting, matters: Iterable[Matter], whole: Container[str]) -> dict[str, str]:
    """Return the titles of incidents by number: from the report, or from what a notice carried to the reader's side.

    `whole` are those that the reader sees whole.
    """
    rows = list(matters)
    others = [m for m in rows if m.number not in whole]
    told = errands.told_in(reader, [m.number for m in others]) if others else {}
    found = {m.number: title_words(m.title) for m in rows if m.number in whole}
    for m in others:
        found[m.number] = Incident(m, (), (), told.get(m.number, {}), ()).title
    return found


def _withdrawn(whole: Collection[str]) -> set[str]:
    """Return those of the incidents whose every report was taken back."""
    taken_back = Event.objects.filter(matter__in=events.with_absorbed(whole), act=Event.Act.WITHDRAWAL)
    pairs = taken_back.values_list("matter_id", "matter__absorbed_by_id")
    some = {number for pair in pairs for number in pair if number and number in whole}
    if not some:
        return set()
    found = set()
    for number, chains in events.chains_of(some).items():
        reports = [c for c in chains if c.first.type != SPILL_FORECAST]
        if reports and all(c.withdrawn for c in reports):
            found.add(number)
    return found


def seen(reader: Acting, matters: Iterable[Matter]) -> list[Incident]:
    """Return these incidents as the reader sees them."""
    rows = list(matters)
    duties = errands.duties_of(reader, rows)
    notices = errands.notices_of(reader, rows, [d for found in duties.values() for d in found])
    chains = events.chains_of(agreements.whole_of(reader, [m.number for m in rows]))
    return [
        Incident(
            matter,
            tuple(c for c in chains.get(matter.number, ()) if c.first.type != SPILL_FORECAST),
            tuple(c for c in chains.get(matter.number, ()) if c.first.type == SPILL_FORECAST),
            errands.told(notices.get(matter.number, ()), reader),
            tuple(duties.get(matter.number, ())),
            tuple(notices.get(matter.number, ())),
        )
        for matter in rows
    ]


def incident(reader: Acting, number: str) -> Incident:
    """Return one incident as the reader sees it, or raise NotFound, also for a matter of another kind."""
    matter = agreements.matter(reader, number)
    if matter.kind != KIND:
        raise NotFound("no_such_matter", _("There is no such matter, or your desk has no part in it."))
    return seen(reader, [matter])[0]


def latest_report(found: Incident) -> Event:
    """Return the report as it stands, also for who does not see it: what an objection is held against."""
    chains = found.reports or events.chains_of([found.matter.number])[found.matter.number]
    reports = [c for c in chains if c.first.type != SPILL_FORECAST]
    return next((c for c in reports if not c.withdrawn), reports[0]).head


def own_chain(reader: Acting, found: Incident, event: str = "") -> Chain:
    """Return the chain that an event belongs to, or the first one, among those that the reader's side told.

    Raises NotAllowed for what another side told.
    """
    own = [c for c in (*found.reports, *found.forecasts) if reader.answers_for(c.head.by_desk_id)]
    named = [c for c in own if any(str(version.id) == event for version in c.versions)]
    chosen = next(iter(named if event else [*(c for c in own if not c.withdrawn), *own]), None)
    if chosen is None:
        raise NotAllowed(
            "not_your_event",
            _("Only the desk that reported it, or its coordination office, may correct or withdraw it."),
            todo=_("File an objection: it is shown beside the report."),
        )
    return chosen


def event_in(found: Incident, event: str) -> Event:
    """Return an event of the incident, or of one that it absorbed, by its id; raises NotFound for another's."""
    try:
        key = UUID(event)
    except ValueError:
        key = UUID(int=0)  # no event has it
    within = events.with_absorbed([found.matter.number])
    row = Event.objects.filter(matter__in=within, id=key).exclude(act=Event.Act.MERGE).first()
    if row is None:
        raise NotFound("no_such_event", _("There is no such report in this incident."))
    return row


def objections(reader: Acting, found: Incident) -> list[Objection]:
    """Return what is held against the reports: all of it for who sees them, else what the own side said."""
    within = Event.objects.filter(matter__in=events.with_absorbed([found.matter.number])).values("id")
    rows = Objection.objects.filter(event__in=within).select_related(
        "by_desk__jurisdiction", "by_desk__group", "by_desk__role"
    )
    return [row for row in rows.order_by("at", "id") if found.whole or reader.answers_for(row.by_desk_id)]


def proposals(reader: Acting, found: Incident) -> list[MergeProposal]:
    """Return the proposals that the incident is one with another, open ones first; for those who told or asked."""
    rows = MergeProposal.objects.filter(Q(earlier=found.matter) | Q(later=found.matter)).select_related(
        *(
            f"{side}__{part}"
            for side in ("proposed_by", "asked")
            for part in ("jurisdiction", "group", "role")
        )
    )
    mine = [r for r in rows if any(reader.answers_for(d) for d in (r.proposed_by_id, r.asked_id))]
    return sorted(mine, key=lambda r: (r.settled_at is not None, r.pk))


def proposal(reader: Acting, pk: int) -> MergeProposal:
    """Return a proposal that the reader's side made or has to answer, or raise NotFound."""
    row = MergeProposal.objects.filter(pk=pk).first()
    if row is None or not any(reader.answers_for(d) for d in (row.proposed_by_id, row.asked_id)):
        raise NotFound("no_such_proposal", _("There is no such proposal, or your desk has no part in it."))
    return row


def places_below(found: Incident) -> list[Jurisdiction]:
    """Return the jurisdictions downstream of the incident, nearest first; none for who does not see the report."""
    if found.event is None:
        return []
    below = downstream(str(found.event.data["river"]), found.event.place_id)
    rows = Jurisdiction.objects.in_bulk(below)
    return [rows[place] for place in below if place in rows]


def errand(reader: Acting, found: Incident, to_desk: str) -> Errand | None:
    """Return what the reader's own desk still owes a desk in the incident, None when it owes nothing."""
    return next(
        (
            e
            for e in errands.of_matter(reader, found.matter, found.duties)
            if e.bound.id == reader.desk and e.owed.id == to_desk and e.open
        ),
        None,
    )


def warnable(reader: Acting, found: Incident) -> list[tuple[str, list[Desk]]]:
    """Return whom the reader may warn where no clause names them, in groups: downstream first, then everybody else.

    They are the desks of the reader's role and the coordination offices, of every other place.
    """
    role = reader.desk.partition("/")[2]
    rows = Desk.objects.filter(role__in={role, "coordination_office"}, jurisdiction__isnull=False)
    desks = list(rows.exclude(id=reader.desk).select_related("jurisdiction", "group", "role").order_by("id"))
    below = {place.id: n for n, place in enumerate(places_below(found))}
    first = sorted(
        (d for d in desks if d.jurisdiction_id in below), key=lambda d: (below[str(d.jurisdiction_id)], d.id)
    )
    groups = [(_("Downstream"), first), (_("Others"), [d for d in desks if d not in first])]
    return [(title, rows_of) for title, rows_of in groups if rows_of]


def told_words(told: dict[str, str]) -> list[tuple[Any, Any]]:
    """Return what a notice carries as titles and values in the reader's language."""
    known = vocabulary.fields()
    return [
        (known[name].title if name in known else name, vocabulary.value_words(name, value))
        for name, value in told.items()
    ]


def places(reader: Acting, at: datetime) -> list[Jurisdiction]:
    """Return where the reader's desk may report an incident: its own jurisdiction first, then those inside it."""
    if not reader.jurisdiction:
        return []
    own = region.jurisdiction(reader.jurisdiction)
    return [own, *region.jurisdictions(region.day_of(at), within=own.id)]


def title(reader: Acting, matter: Matter) -> str:
    """Return a matter's title in the reader's language, as far as the reader may know it."""
    return seen(reader, [matter])[0].title
