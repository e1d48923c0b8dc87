"""Reads of services: items with the windows that take them in, the places that decide, and the clause for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tongxin.heart.agreements import queries as agreements
from tongxin.heart.agreements import rulebook
from tongxin.heart.agreements.match import Binding
from tongxin.heart.agreements.models import Clause, Duty
from tongxin.heart.cases import queries as cases
from tongxin.heart.cases import windows
from tongxin.heart.cases.procedures import PaperKind, ProcedureFile
from tongxin.heart.events.models import Matter
from tongxin.heart.region import queries as region
from tongxin.heart.region.acting import Acting
from tongxin.heart.region.models import Jurisdiction, Mandate, Office
from tongxin.petals.services.results import MATTER_KIND, title_words
from tongxin.shared import clock
from tongxin.shared.named import pick

CLAUSE = (
    "name",
    "version__illustrative",
    "version__instrument__title_zh",
    "version__instrument__title_en",
)  # what a clause is named by


@dataclass(frozen=True)
class Window:
    """A place where an item may be handed in, and decided when the matter lies there."""

    place: Jurisdiction
    office: Office
    halls: tuple[Mandate, ...]  # windows of the office on another's soil


@dataclass(frozen=True)
class Item:
    """A service item: what to bring, where to hand it in, who decides, by when."""

    procedure: ProcedureFile
    illustrative: bool
    windows: tuple[Window, ...]
    clauses: tuple[Clause, ...]

    @property
    def needed(self) -> list[PaperKind]:
        """The papers without which it is not taken in."""
        return [paper for paper in self.procedure.papers if paper.required]

    @property
    def hand_in_at(self) -> str:
        """The names of the offices with a window."""
        return pick("、", ", ").join(pick(w.office.name_zh, w.office.name_en) for w in self.windows)

    @property
    def halls(self) -> str:
        """The names of the halls where these offices have a window besides their own, each once."""
        names = (pick(hall.place_zh, hall.place_en) for w in self.windows for hall in w.halls)
        return pick("、", ", ").join(dict.fromkeys(names))

    @property
    def across(self) -> bool:
        """Whether a clause lets it be handed in at another place than the one that decides it."""
        return len(self.windows) > 1 and bool(self.clauses)


def items(*, q: str = "", place: str = "") -> list[Item]:
    """Return the items whose words hold every word of `q` and that may be handed in at `place`, by title."""
    procedures = cases.procedures()
    bound = _bound([read for _row, read in procedures])
    at = _windows({read.role for _row, read in procedures})
    clauses = _clauses(b.clause_id for bindings in bound.values() for b in bindings)
    found = [
        Item(
            read,
            row.illustrative,
            _taking(read, at[read.role]),
            tuple(clauses[b.clause_id] for b in bound[read.procedure]),
        )
        for row, read in procedures
    ]
    return narrowed(sorted(found, key=lambda item: item.procedure.procedure), q=q, place=place)


def narrowed(found: list[Item], *, q: str = "", place: str = "") -> list[Item]:
    """Return those of the items whose words hold every word of `q` and that may be handed in at `place`."""
    words = q.lower().split()
    return [
        item
        for item in found
        if all(word in _text(item) for word in words)
        and (not place or any(place in {w.place.id, w.place.parent_id} for w in item.windows))
    ]


def places(found: list[Item]) -> list[Jurisdiction]:
    """Return the places at which any of the items may be handed in."""
    found_at = {window.place.id: window.place for item in found for window in item.windows}
    return sorted(found_at.values(), key=lambda p: (p.adcode, p.id))


@dataclass(frozen=True)
class Presented:
    """A presented result in the list: what it is, and how the duties to answer it stand that the reader may see."""

    matter: Matter
    title: str
    duties: int
    standing: int
    due_at: datetime | None


def presented(reader: Acting, limit: int) -> list[Presented]:
    """Return the presented results in which the reader's desk has a part, the latest first."""
    rows = list(agreements.matters(reader).filter(kind=MATTER_KIND)[:limit])
    duties: dict[str, list[Duty]] = {row.number: [] for row in rows}
    for duty in agreements.duties(reader).filter(matter__in=rows):
        duties[str(duty.matter_id)].append(duty)
    return [_presented(row, duties[row.number]) for row in rows]


def _presented(row: Matter, duties: list[Duty]) -> Presented:
    standing = [duty.due_at for duty in duties if duty.state in Duty.STANDING]
    return Presented(row, title_words(row.title), len(duties), len(standing), min(standing, default=None))


def _bound(procedures: Iterable[ProcedureFile]) -> dict[str, list[Binding]]:
    """Return the clauses in force that let cases of each procedure be handed over by its offices."""
    handles = rulebook.handle_clauses(rulebook.at(clock.now()))
    return {
        read.procedure: [
            binding
            for binding, clause in handles
            if read.procedure in clause.procedures and clause.role == read.role
        ]
        for read in procedures
    }


def _clauses(ids: Iterable[str]) -> dict[str, Clause]:
    """Return clauses by id, with what naming them takes."""
    return Clause.objects.select_related("version__instrument").only(*CLAUSE).in_bulk(set(ids))


def _taking(read: ProcedureFile, found: tuple[Window, ...]) -> tuple[Window, ...]:
    bound = windows.bound_of(read, (window.place.id for window in found))
    return tuple(window for window in found if window.place.id in bound)


def _windows(roles: set[str]) -> dict[str, tuple[Window, ...]]:
    """Return the windows by role: those that the form of an application offers, with their halls elsewhere."""
    desks, halls = windows.of_roles(roles), dict[str, list[Mandate]]()
    offices = {office.id for found in desks.values() for _desk, office in found}
    for hall in region.presences(on=region.today()).filter(office__in=offices):
        halls.setdefault(hall.office_id, []).append(hall)
    return {
        role: tuple(
            Window(desk.jurisdiction, office, tuple(halls.get(office.id, ())))
            for desk, office in found
            if desk.jurisdiction
        )
        for role, found in desks.items()
    }


def _text(item: Item) -> str:
    read = item.procedure
    parts = [
        read.title.zh,
        read.title.en,
        *(p.name.zh for p in read.papers),
        *(p.name.en for p in read.papers),
    ]
    return " ".join(parts).lower()
