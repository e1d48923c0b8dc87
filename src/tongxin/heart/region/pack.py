"""A region pack: the folder of data files that makes one region, read into models and checked as a whole."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from tongxin.heart.region import pack_checks
from tongxin.heart.region.reading import Reader
from tongxin.heart.region.worktime import Calendar, Year
from tongxin.shared.reading import Source

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Word = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
DeskId = Annotated[str, Field(pattern=r"^[a-z0-9-]+/[a-z][a-z0-9_]*$", max_length=80)]
PostId = Annotated[str, Field(pattern=r"^[a-z0-9-]+/[a-z][a-z0-9_]*$", max_length=120)]
MaybeDate = Annotated[date | None, BeforeValidator(lambda value: value or None)]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


def _ordered(spans: list[tuple[time, time]]) -> list[tuple[time, time]]:
    flat = [moment for span in spans for moment in span]
    if not spans or any(a >= b for a, b in pairwise(flat)):
        raise ValueError("opening hours are spans in order, each from an earlier to a later time")
    return spans


Hours = Annotated[list[tuple[time, time]], AfterValidator(_ordered)]


class Part(BaseModel):
    """A part of a pack's file: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Names(Part):
    """A name in both languages."""

    zh: str = Field(min_length=1, max_length=160)
    en: str = Field(min_length=1, max_length=200)

    def filled(self, **words: str) -> Names:
        """Return the names with their `{places}` filled in."""
        return Names(zh=self.zh.format(**words), en=self.en.format(**words))


class Boundaries(Part):
    """Where outlines come from: an installed package, or a GeoJSON file of the pack."""

    package: str = ""
    version: str = ""
    module: str = ""
    file: str = ""
    files: list[str] = []
    code_property: str  # the property that holds an adcode, or the jurisdiction's id
    code_prefix: str = ""


class MapView(Part):
    """What the map shows first."""

    bounds: tuple[float, float, float, float]
    focus: list[Slug] = []
    focus_bounds: tuple[float, float, float, float] | None = None
    label_points: dict[
        Slug, tuple[float, float]
    ] = {}  # where the middle of the outline is not where the place is


class Region(Part):
    """region.yaml"""

    id: Slug
    names: Names
    provinces: list[Slug] = Field(min_length=1)
    time_zone: str
    default_calendar: Slug
    illustrative: bool = False  # the places themselves are made up
    records_begin: date = date(1949, 10, 1)  # the beginning of what has no other
    boundaries: Boundaries
    map: MapView
    # How many persons sign an agreement for a jurisdiction or group; who is not named signs with one.
    signing: dict[Slug, Annotated[int, Field(ge=1, le=9)]] = {}


class JurisdictionRow(Part):
    """A row of jurisdictions.csv"""

    id: Slug
    adcode: Annotated[str, Field(pattern=r"^(\d{6})?$")]
    name_zh: str = Field(min_length=1)
    name_en: str = Field(min_length=1)
    short_zh: str = Field(min_length=1)
    short_en: str = Field(min_length=1)
    level: Literal["province", "prefecture", "district", "new_area"]
    parent: str
    valid_from: MaybeDate
    valid_until: MaybeDate
    successor: str


class Member(Part):
    """A jurisdiction in a group, for a time."""

    jurisdiction: Slug
    from_: date = Field(alias="from")
    until: date | None = None


class Group(Part):
    """An item of groups.yaml"""

    id: Slug
    names: Names
    seat: Slug | None = None  # a jurisdiction that acts for the members and has their territory
    source: str
    members: list[Member] = Field(min_length=1)


class RoleNames(Names):
    """An office role; `everywhere` gives each jurisdiction a desk for it."""

    everywhere: bool = True


class PostRole(Names):
    """What a post is: its place in an escalation and what it may do."""

    rank: int = Field(default=0, ge=0, le=9)
    capabilities: list[Word]


class Roles(Part):
    """roles.yaml"""

    office_roles: dict[Word, RoleNames]
    fallback_role: Word
    capabilities: dict[Word, Names]
    post_roles: dict[Word, PostRole]


class CalendarRule(Part):
    """calendars/<id>.yaml"""

    id: Slug
    names: Names
    weekend: list[Weekday]
    moved_working_day: Names


class Notice(Part):
    """The document that published a year."""

    number: str
    publisher: str
    issued_on: date


class Holiday(Part):
    """A span of days off, both ends included."""

    names: Names = Field(alias="name")
    from_: date = Field(alias="from")
    to: date


class CalendarYearFile(Part):
    """calendars/<id>-<year>.yaml"""

    calendar: Slug
    year: int = Field(ge=1949, le=2200)
    provisional: bool = False
    notice: Notice
    holidays: list[Holiday]
    moved_working_days: list[date]


class Provenance(Part):
    """How we know it, and whether it is published or our illustration."""

    known_from: str
    terms: Literal["published", "illustrative"]


class River(Part):
    """A river as steps from source to mouth; a step with several jurisdictions is a boundary reach."""

    id: Slug
    names: Names
    steps: list[Annotated[list[Slug], Field(min_length=1)]] = Field(min_length=1)


class Rivers(Part):
    """rivers.yaml"""

    provenance: Provenance
    rivers: list[River]


class Staffing(Part):
    """A desk that an office staffs, at its seat or by a presence on another's soil."""

    desk: DeskId
    kind: Literal["seat", "presence"] = "seat"
    from_: date | None = Field(default=None, alias="from")
    until: date | None = None
    place: Names | None = None
    source: str = ""


class OfficeEntry(Part):
    """An office of offices.yaml"""

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
    jurisdiction: Slug
    names: Names
    short: Names
    from_: date | None = Field(default=None, alias="from")
    until: date | None = None
    successor: str | None = None
    hours: Hours | None = None
    calendar: Slug | None = None
    staffs: list[Staffing]
    posts: list[Word] = Field(min_length=1)


class FallbackOffice(Part):
    """The coordination office of every jurisdiction that lists none."""

    id: str
    role: Word
    names: Names
    short: Names
    posts: list[Word] = Field(min_length=1)


class Offices(Part):
    """offices.yaml"""

    provenance: Provenance
    calendar: Slug
    hours: dict[str, Hours]
    fallback_office: FallbackOffice
    offices: list[OfficeEntry]


class DemoPerson(Part):
    """A demo login."""

    username: Slug
    display_name: str
    posts: list[PostId] = Field(min_length=1)
    administers: Slug | None = None


class People(Part):
    """demo/people.yaml"""

    password: str = Field(min_length=12)
    holds_from: date
    people: list[DemoPerson]


class Shift(Part):
    """A post on duty for a desk, in the region's wall time."""

    desk: DeskId
    post: PostId
    from_: datetime = Field(alias="from")
    until: datetime


class Roster(Part):
    """demo/roster.yaml"""

    shifts: list[Shift]


COLUMNS = tuple(JurisdictionRow.model_fields)


@dataclass(frozen=True, eq=False)
class Pack:
    """A pack that was read and found sound."""

    root: Path
    region: Region
    jurisdictions: list[JurisdictionRow]
    groups: list[Group]
    roles: Roles
    calendar_rules: list[CalendarRule]
    calendar_years: list[CalendarYearFile]
    rivers: Rivers
    offices: Offices
    people: People | None
    roster: Roster | None
    digest: str
    sources: dict[str, Source] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def zone(self) -> ZoneInfo:
        """The region's time zone."""
        return ZoneInfo(self.region.time_zone)

    @cached_property
    def by_id(self) -> dict[str, JurisdictionRow]:
        """The rows of jurisdictions.csv by id."""
        return {row.id: row for row in self.jurisdictions}

    def standing(self, on: date) -> list[JurisdictionRow]:
        """Return the rows that have not ended by a day; those still to come are among them."""
        return [row for row in self.jurisdictions if not row.valid_until or row.valid_until > on]

    def lineage(self, jurisdiction: str) -> list[str]:
        """Return a jurisdiction and those it lies in, innermost first."""
        line, row = [jurisdiction], self.by_id[jurisdiction]
        while row.parent:
            line.append(row.parent)
            row = self.by_id[row.parent]
        return line

    def hours_of(self, office: OfficeEntry) -> Hours:
        """Return an office's hours: its own, else those of the nearest jurisdiction upwards, else the default."""
        if office.hours:
            return office.hours
        line = self.lineage(office.jurisdiction)
        return next(
            (self.offices.hours[j] for j in line if j in self.offices.hours), self.offices.hours["default"]
        )

    def calendar(self, calendar_id: str) -> Calendar:
        """Return a calendar with its years."""
        rule = next(r for r in self.calendar_rules if r.id == calendar_id)
        years = {
            y.year: Year(
                frozenset(on for on, _ in holidays_of(y)), frozenset(y.moved_working_days), y.provisional
            )
            for y in self.calendar_years
            if y.calendar == calendar_id
        }
        weekend = frozenset(WEEKDAYS.index(name) for name in rule.weekend)
        return Calendar(calendar_id, self.calendar_version(calendar_id), weekend, years)

    def calendar_version(self, calendar_id: str) -> str:
        """Return a word that changes whenever a day of the calendar does: the last year and a digest."""
        years = [y for y in self.calendar_years if y.calendar == calendar_id]
        rule = next(r for r in self.calendar_rules if r.id == calendar_id)
        text = "".join(part.model_dump_json() for part in (rule, *years))
        last = max((y.year for y in years), default=0)
        return f"{last}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def holidays_of(year: CalendarYearFile) -> Iterator[tuple[date, Holiday]]:
    """Yield each day off with its holiday."""
    for holiday in year.holidays:
        for ordinal in range(holiday.from_.toordinal(), holiday.to.toordinal() + 1):
            yield date.fromordinal(ordinal), holiday


def read(root: Path) -> Pack:
    """Return the pack in a folder. Raises PackInvalid with every problem by file and line."""
    reader = Reader(root)
    sources = {
        "region": reader.yaml(root / "region.yaml"),
        "jurisdictions": reader.csv(root / "jurisdictions.csv", COLUMNS),
        "groups": reader.yaml(root / "groups.yaml"),
        "roles": reader.yaml(root / "roles.yaml"),
        "rivers": reader.yaml(root / "rivers.yaml"),
        "offices": reader.yaml(root / "offices.yaml"),
    }
    for name in ("people", "roster"):
        if (path := root / "demo" / f"{name}.yaml").exists():
            sources[name] = reader.yaml(path)
    calendar_files = sorted((root / "calendars").glob("*.yaml"))
    for path in calendar_files:
        sources[f"calendars/{path.stem}"] = reader.yaml(path)
    rules, years = [], []
    for name, source in sources.items():
        if not name.startswith("calendars/"):
            continue
        if isinstance(source.content, dict) and "year" in source.content:
            years.append(reader.model(source, CalendarYearFile))
        else:
            rules.append(reader.model(source, CalendarRule))
    parts: dict[str, Any] = {
        "region": reader.model(sources["region"], Region),
        "jurisdictions": reader.models(sources["jurisdictions"], JurisdictionRow),
        "groups": reader.models(sources["groups"], Group),
        "roles": reader.model(sources["roles"], Roles),
        "rivers": reader.model(sources["rivers"], Rivers),
        "offices": reader.model(sources["offices"], Offices),
        "people": reader.model(sources["people"], People) if "people" in sources else None,
        "roster": reader.model(sources["roster"], Roster) if "roster" in sources else None,
    }
    reader.give_up_if_wrong()
    pack = Pack(
        root=root,
        calendar_rules=[r for r in rules if r],
        calendar_years=[y for y in years if y],
        digest=digest_of(root),
        sources=sources,
        **parts,
    )
    reader.problems += pack_checks.problems_in(pack)
    reader.give_up_if_wrong()
    return pack


def digest_of(root: Path) -> str:
    """Return one hash over every file that the region is made from."""
    digest = hashlib.sha256()
    files = [*root.glob("*.yaml"), *root.glob("*.csv"), *root.glob("*.geojson")]
    files += [*root.glob("calendars/*.yaml"), *root.glob("demo/people.yaml"), *root.glob("demo/roster.yaml")]
    for path in sorted(files):
        body = path.read_bytes()
        digest.update(f"{path.relative_to(root).as_posix()} {len(body)}\n".encode() + body)
    return digest.hexdigest()
