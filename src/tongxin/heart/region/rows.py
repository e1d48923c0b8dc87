"""A pack as rows of the tables: pure, so that what a pack means can be looked at without a database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tongxin.heart.region.models import CalendarDay
from tongxin.heart.region.pack import FallbackOffice, JurisdictionRow, OfficeEntry, Pack, holidays_of
from tongxin.heart.region.pack import Staffing as PackStaffing

Row = dict[str, Any]


@dataclass
class Rows:
    """The rows of every table that a pack fills, apart from outlines and neighbours."""

    jurisdictions: list[Row] = field(default_factory=list)
    groups: list[Row] = field(default_factory=list)
    members: list[Row] = field(default_factory=list)
    roles: list[Row] = field(default_factory=list)
    calendars: list[Row] = field(default_factory=list)
    years: list[Row] = field(default_factory=list)
    days: list[Row] = field(default_factory=list)  # with (calendar, year) under "year"
    offices: list[Row] = field(default_factory=list)
    desks: list[Row] = field(default_factory=list)
    mandates: list[Row] = field(default_factory=list)
    posts: list[Row] = field(default_factory=list)
    people: list[Row] = field(default_factory=list)
    holdings: list[Row] = field(default_factory=list)  # with the login under "person"
    shifts: list[Row] = field(default_factory=list)


def rows_of(pack: Pack, *, on: date, with_demo: bool) -> Rows:
    """Return the rows of a pack as it stands on a day; demo people and their roster only when asked for."""
    rows = Rows(
        jurisdictions=[_jurisdiction(pack, row) for row in pack.jurisdictions],
        groups=[{"id": g.id, "name_zh": g.names.zh, "name_en": g.names.en} for g in pack.groups],
        members=list(_members(pack)),
        roles=[{"id": r, "name_zh": n.zh, "name_en": n.en} for r, n in pack.roles.office_roles.items()],
        calendars=[
            {"id": c.id, "name_zh": c.names.zh, "name_en": c.names.en, "version": pack.calendar_version(c.id)}
            for c in pack.calendar_rules
        ],
        years=list(_years(pack)),
        days=list(_days(pack)),
        desks=list(_desks(pack, on)),
    )
    for office in all_offices(pack, on):
        rows.offices.append(_office(pack, office))
        rows.mandates += _mandates(pack, office)
        rows.posts += _posts(pack, office)
    if with_demo and pack.people:
        for person in pack.people.people:
            rows.people.append(
                {
                    "username": person.username,
                    "display_name": person.display_name,
                    "administers_id": person.administers,
                    "demo": True,
                }
            )
            rows.holdings += [
                {
                    "person": person.username,
                    "post_id": post,
                    "valid_from": pack.people.holds_from,
                    "valid_until": None,
                }
                for post in person.posts
            ]
    if with_demo and pack.roster:
        rows.shifts = [
            {
                "desk_id": shift.desk,
                "post_id": shift.post,
                "from_at": shift.from_.replace(tzinfo=pack.zone),
                "until_at": shift.until.replace(tzinfo=pack.zone),
            }
            for shift in pack.roster.shifts
        ]
    return rows


def all_offices(pack: Pack, on: date) -> list[OfficeEntry]:
    """Return the listed offices, and a coordination office for every standing jurisdiction that lists none."""
    listed, role = list(pack.offices.offices), pack.roles.fallback_role
    have = {staffing.desk for office in listed for staffing in office.staffs if staffing.kind == "seat"}
    return listed + [
        _fallback_office(pack.offices.fallback_office, row)
        for row in pack.standing(on)
        if f"{row.id}/{role}" not in have
    ]


def settings_of(pack: Pack) -> Row:
    """Return what the region itself must remember: its map, its time, its words for posts and capabilities."""
    region, roles = pack.region, pack.roles
    return {
        "time_zone": region.time_zone,
        "default_calendar": region.default_calendar,
        "provinces": list(region.provinces),
        "focus": list(region.map.focus),
        "bounds": [str(number) for number in region.map.bounds],
        "focus_bounds": [str(number) for number in region.map.focus_bounds or region.map.bounds],
        "signing": dict(region.signing),
        "weekends": {c.id: sorted(pack.calendar(c.id).weekend) for c in pack.calendar_rules},
        "capabilities": {word: {"zh": n.zh, "en": n.en} for word, n in roles.capabilities.items()},
        "post_roles": {
            word: {"zh": r.zh, "en": r.en, "rank": r.rank, "capabilities": list(r.capabilities)}
            for word, r in roles.post_roles.items()
        },
    }


def _jurisdiction(pack: Pack, row: JurisdictionRow) -> Row:
    return {
        "id": row.id,
        "adcode": row.adcode,
        "name_zh": row.name_zh,
        "name_en": row.name_en,
        "short_zh": row.short_zh,
        "short_en": row.short_en,
        "level": row.level,
        "parent_id": row.parent or None,
        "valid_from": _beginning(pack, row.id),
        "valid_until": row.valid_until,
        "successor_id": row.successor or None,
        "illustrative": pack.region.illustrative,
    }


def _beginning(pack: Pack, jurisdiction: str) -> date:
    return pack.by_id[jurisdiction].valid_from or pack.region.records_begin


def _members(pack: Pack) -> Iterator[Row]:
    for group in pack.groups:
        for member in group.members:
            yield {
                "group_id": group.id,
                "jurisdiction_id": member.jurisdiction,
                "valid_from": member.from_,
                "valid_until": member.until,
            }


def _years(pack: Pack) -> Iterator[Row]:
    for year in pack.calendar_years:
        notice = year.notice
        yield {
            "calendar_id": year.calendar,
            "year": year.year,
            "provisional": year.provisional,
            "source": f"{notice.publisher} {notice.number}, {notice.issued_on}",
        }


def _days(pack: Pack) -> Iterator[Row]:
    moved = {rule.id: rule.moved_working_day for rule in pack.calendar_rules}
    for year in pack.calendar_years:
        key = (year.calendar, year.year)
        for on, holiday in holidays_of(year):
            names = {"name_zh": holiday.names.zh, "name_en": holiday.names.en}
            yield {"year": key, "on": on, "kind": CalendarDay.Kind.HOLIDAY.value, **names}
        for on in year.moved_working_days:
            names = {"name_zh": moved[year.calendar].zh, "name_en": moved[year.calendar].en}
            yield {"year": key, "on": on, "kind": CalendarDay.Kind.MOVED_WORKING_DAY.value, **names}


def _desks(pack: Pack, on: date) -> Iterator[Row]:
    """Yield a desk for each role everywhere, and for every other desk that an office staffs."""
    places = {row.id for row in pack.jurisdictions}
    ids = {
        f"{row.id}/{role}"
        for row in pack.standing(on)
        for role, names in pack.roles.office_roles.items()
        if names.everywhere
    }
    ids |= {staffing.desk for office in pack.offices.offices for staffing in office.staffs}
    for desk in sorted(ids):
        place, role = desk.split("/")
        yield {
            "id": desk,
            "jurisdiction_id": place if place in places else None,
            "group_id": None if place in places else place,
            "role_id": role,
        }


def _fallback_office(fallback: FallbackOffice, row: JurisdictionRow) -> OfficeEntry:
    words = {"zh": row.name_zh, "en": row.name_en, "short_zh": row.short_zh, "short_en": row.short_en}
    return OfficeEntry(
        id=fallback.id.format(jurisdiction=row.id),
        jurisdiction=row.id,
        names=fallback.names.filled(**words),
        short=fallback.short.filled(**words),
        staffs=[PackStaffing(desk=f"{row.id}/{fallback.role}")],
        posts=fallback.posts,
    )


def _office(pack: Pack, office: OfficeEntry) -> Row:
    return {
        "id": office.id,
        "jurisdiction_id": office.jurisdiction,
        "name_zh": office.names.zh,
        "name_en": office.names.en,
        "short_zh": office.short.zh,
        "short_en": office.short.en,
        "calendar_id": office.calendar or pack.offices.calendar,
        "hours": [
            [opens.strftime("%H:%M"), closes.strftime("%H:%M")] for opens, closes in pack.hours_of(office)
        ],
        "valid_from": office.from_ or _beginning(pack, office.jurisdiction),
        "valid_until": office.until or pack.by_id[office.jurisdiction].valid_until,
        "successor_id": office.successor,
        "illustrative": pack.offices.provenance.terms == "illustrative",
    }


def _mandates(pack: Pack, office: OfficeEntry) -> Iterator[Row]:
    begins = office.from_ or _beginning(pack, office.jurisdiction)
    ends = office.until or pack.by_id[office.jurisdiction].valid_until
    for staffing in office.staffs:
        yield {
            "office_id": office.id,
            "desk_id": staffing.desk,
            "kind": staffing.kind,
            "valid_from": staffing.from_ or begins,
            "valid_until": staffing.until or ends,
            "place_zh": staffing.place.zh if staffing.place else "",
            "place_en": staffing.place.en if staffing.place else "",
            "source": staffing.source,
        }


def _posts(pack: Pack, office: OfficeEntry) -> Iterator[Row]:
    for word in office.posts:
        role = pack.roles.post_roles[word]
        yield {
            "id": f"{office.id}/{word}",
            "office_id": office.id,
            "name_zh": role.zh,
            "name_en": role.en,
            "role": word,
            "rank": role.rank,
            "capabilities": list(role.capabilities),
        }
