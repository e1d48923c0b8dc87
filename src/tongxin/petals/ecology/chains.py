"""What was believed when: the versions of a report and of a forecast, each beside what it changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongxin.heart.agreements import wording
from tongxin.heart.events.models import Event, Objection
from tongxin.heart.events.queries import Chain
from tongxin.heart.region.models import Jurisdiction
from tongxin.petals.ecology.words import INPUTS, LEVELS, POLLUTANTS, river_words
from tongxin.shared import clock
from tongxin.shared.named import Both, pick

TERMS: dict[str, Any] = {
    "river": gettext_lazy("River"),
    "location": gettext_lazy("Spot"),
    "pollutant": gettext_lazy("Pollutant"),
    "amount": gettext_lazy("Amount"),
    "level": gettext_lazy("Level, first estimate"),
    "description": gettext_lazy("What is known"),
}
ACTS: dict[str, Any] = {
    Event.Act.REPORT: gettext_lazy("Report"),
    Event.Act.CORRECTION: gettext_lazy("Correction"),
    Event.Act.WITHDRAWAL: gettext_lazy("Withdrawal"),
}


@dataclass(frozen=True)
class Change:
    """One thing that a version says otherwise than the one before it."""

    term: Any
    old: str
    new: str


@dataclass(frozen=True)
class Belief:
    """One version of a report: from when until when it was believed, who said it, what it changed."""

    event: Event
    by: Both
    until: datetime | None  # none: it is what is believed now
    changes: tuple[Change, ...]
    objections: tuple[Held, ...] = ()

    @property
    def act(self) -> str:
        """What it is: a report, a correction, a withdrawal."""
        return str(ACTS.get(self.event.act, self.event.act))

    @property
    def delay(self) -> timedelta | None:
        """How long after it was known it was recorded, when that is a minute or more."""
        return gap(self.event.known_at, self.event.recorded_at)


@dataclass(frozen=True)
class Held:
    """What another party holds against a report."""

    objection: Objection
    by: Both


@dataclass(frozen=True)
class Expected:
    """The forecast for one place: how likely, the band of the arrival, and how far its middle moved."""

    place: str
    name: Both
    probability: float
    p5: datetime | None
    p50: datetime | None
    p95: datetime | None
    held: bool
    shift: timedelta | None = None

    @property
    def earlier(self) -> bool:
        """Whether it is expected earlier than before."""
        return self.shift is not None and self.shift < timedelta()

    @property
    def percent(self) -> str:
        """The probability in percent, with the decimals that it was told with."""
        return f"{self.probability * 100:.4f}".rstrip("0").removesuffix(".") + "%"


@dataclass(frozen=True)
class Forecast:
    """One version of the forecast as a page shows it."""

    event: Event
    by: Both
    until: datetime | None
    rows: tuple[Expected, ...]
    stale: tuple[str, ...]

    @property
    def engine(self) -> Mapping[str, Any]:
        """The engine: name, version, hash of its inputs, seed."""
        return self.event.engine or {}

    @property
    def withdrawn(self) -> bool:
        """Whether this version took the forecast back."""
        return self.event.act == Event.Act.WITHDRAWAL

    @property
    def first(self) -> Expected | None:
        """The place that it reaches first, by the middle arrival."""
        timed = [row for row in self.rows if row.p50]
        return min(timed, key=lambda row: str(row.p50), default=None)


def gap(known_at: datetime, recorded_at: datetime) -> timedelta | None:
    """Return how long after it was known a thing was recorded; None under a minute."""
    late = recorded_at - known_at
    return late if late >= timedelta(minutes=1) else None


def lines(event: Event) -> list[tuple[Any, str]]:
    """Return a report as terms and values; what was left empty is left out."""
    said: list[tuple[Any, str]] = [(_("Where"), _place(event))]
    said += [(term, value_of(event.data, name)) for name, term in TERMS.items()]
    return [(term, value) for term, value in said if value]


def value_of(data: Mapping[str, Any], name: str) -> str:
    """Return one field of a report in the reader's language."""
    value = str(data.get(name) or "")
    match name:
        case "river":
            return river_words(value) if value else ""
        case "pollutant":
            return str(POLLUTANTS.get(value, value))
        case "level":
            return str(LEVELS.get(value, value))
    return value


def beliefs(chain: Chain, objections: Iterable[Objection] = ()) -> list[Belief]:
    """Return the versions of a report, oldest first, each with what it changed and what is held against it."""
    against: dict[Any, list[Held]] = {}
    for row in objections:
        against.setdefault(row.event_id, []).append(Held(row, wording.desk_name(row.by_desk)))
    found: list[Belief] = []
    old: Event | None = None
    known_at = chain.first.known_at
    for n, event in enumerate(chain.versions, start=1):
        following = chain.versions[n] if n < len(chain.versions) else None
        found.append(
            Belief(
                event,
                wording.desk_name(event.by_desk),
                following.recorded_at if following else None,
                tuple(_changes(old, event, known_at)) if old else (),
                tuple(against.get(event.id, ())),
            )
        )
        old, known_at = event, event.known_corrected or known_at
    return found


def _changes(old: Event, new: Event, known_at: datetime) -> list[Change]:
    """Return what a version says otherwise than the one before; `known_at` is when the thing itself was known."""
    if new.act == Event.Act.WITHDRAWAL:
        return []
    pairs: list[tuple[Any, str, str]] = [(_("Where"), _place(old), _place(new))]
    pairs += [(term, value_of(old.data, n), value_of(new.data, n)) for n, term in TERMS.items()]
    pairs.append((_("Happened"), wording.moment(old.occurred_at), wording.moment(new.occurred_at)))
    if new.known_corrected:
        pairs.append((_("Known"), wording.moment(known_at), wording.moment(new.known_corrected)))
    return [Change(term, one or "—", other or "—") for term, one, other in pairs if one != other]


def _place(event: Event) -> str:
    return pick(event.place.name_zh, event.place.name_en)


def forecasts(chains: Iterable[Chain]) -> list[Forecast]:
    """Return the versions of the forecast, oldest first, each beside the one before it."""
    events = sorted((e for c in chains for e in c.versions), key=lambda e: (e.recorded_at, e.ordinal))
    places = {a["place"] for e in events for a in e.data.get("arrivals", ())}
    names = Jurisdiction.objects.in_bulk(places)
    found: list[Forecast] = []
    middles: dict[str, datetime] = {}
    for n, event in enumerate(events, start=1):
        until = events[n].recorded_at if n < len(events) else None
        rows = tuple(_expected(a, names, middles) for a in event.data.get("arrivals", ()))
        stale = tuple(str(INPUTS.get(name, name)) for name in event.data.get("stale_inputs", ()))
        found.append(Forecast(event, wording.desk_name(event.by_desk), until, rows, stale))
        middles = {row.place: row.p50 for row in rows if row.p50}
    return found


def _expected(
    arrival: Mapping[str, Any], names: Mapping[str, Jurisdiction], middles: Mapping[str, datetime]
) -> Expected:
    place = str(arrival["place"])
    named = names.get(place)
    early, middle, late = (_instant(arrival.get(f"arrival_{p}")) for p in ("p5", "p50", "p95"))
    before = middles.get(place)
    return Expected(
        place,
        Both(zh=named.name_zh, en=named.short_en) if named else Both(zh=place, en=place),
        float(arrival["probability"]),
        early,
        middle,
        late,
        bool(arrival.get("held")),
        middle - before if middle and before and middle != before else None,
    )


def _instant(text: Any) -> datetime | None:
    return clock.beijing(datetime.fromisoformat(str(text))) if text else None
