"""Reads of ecology: incidents as a reader may see them, and where a desk may report one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tongxin.heart.agreements import errands, vocabulary
from tongxin.heart.agreements import queries as agreements
from tongxin.heart.agreements.errands import Errand
from tongxin.heart.agreements.models import Duty
from tongxin.heart.events import queries as events
from tongxin.heart.events.models import Event, Matter
from tongxin.heart.region import queries as region
from tongxin.heart.region.acting import Acting
from tongxin.heart.region.models import Jurisdiction
from tongxin.petals.ecology.words import title_words

KIND = "incident"
TITLE = ("river", "location", "pollutant")  # fields of a notice that name the incident, in this order


@dataclass(frozen=True)
class Incident:
    """An incident as one reader sees it: the report itself, or only what notices carried to the reader's side."""

    matter: Matter
    event: Event | None  # the head of the report's chain; None for those who may not see it
    told: dict[str, str]  # what notices carried to the reader's side
    duties: tuple[Duty, ...]  # the reader's side owes them or is owed

    @property
    def title(self) -> str:
        """The incident in a few words, from what the reader may know."""
        if self.event is not None:
            return title_words(self.matter.title)
        if not self.told:
            return _("Incident that your desk has not been told of yet")
        words = [vocabulary.value_words(name, self.told[name]) for name in TITLE if self.told.get(name)]
        return " · ".join(str(word) for word in words) or self.matter.number

    @property
    def delay(self) -> timedelta | None:
        """How long after it was known the report was entered, when that is a minute or more."""
        if self.event is None:
            return None
        gap = self.event.recorded_at - self.event.known_at
        return gap if gap >= timedelta(minutes=1) else None

    @property
    def next_due(self) -> Duty | None:
        """The open duty whose due comes first."""
        return next((d for d in self.duties if d.state == Duty.State.OPEN), None)


def incidents(reader: Acting) -> QuerySet[Matter]:
    """Return the incidents the reader may see, newest first."""
    return agreements.matters(reader).filter(kind=KIND)


def seen(reader: Acting, matters: Iterable[Matter]) -> list[Incident]:
    """Return these incidents as the reader sees them."""
    rows = list(matters)
    duties: dict[str | None, list[Duty]] = {}
    for duty in agreements.duties(reader).filter(matter__in=rows):
        duties.setdefault(duty.matter_id, []).append(duty)
    notices = errands.notices_of(reader, rows, [d for found in duties.values() for d in found])
    heads = events.heads_of(agreements.whole_of(reader, [m.number for m in rows]))
    return [
        Incident(
            matter,
            heads.get(matter.number, [None])[0],
            errands.told(notices.get(matter.number, ()), reader),
            tuple(duties.get(matter.number, ())),
        )
        for matter in rows
    ]


def incident(reader: Acting, number: str) -> Incident:
    """Return one incident as the reader sees it, or raise NotFound."""
    return seen(reader, [agreements.matter(reader, number)])[0]


def errand(reader: Acting, found: Incident, to_desk: str) -> Errand | None:
    """Return what the reader's own desk still owes a desk in the incident, None when it owes nothing."""
    return next(
        (
            e
            for e in errands.of_matter(reader, found.matter)
            if e.bound.id == reader.desk and e.owed.id == to_desk and e.open
        ),
        None,
    )


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
