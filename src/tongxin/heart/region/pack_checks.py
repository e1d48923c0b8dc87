"""What must hold across the files of a pack: every word that one names is known to another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tongxin.shared.reading import Fault, Loc, nearest

if TYPE_CHECKING:
    from tongxin.heart.region.pack import Pack


def problems_in(pack: Pack) -> list[Fault]:
    """Return everything that does not fit together."""
    checks = (
        _region,
        _jurisdictions,
        _groups,
        _roles,
        _calendars,
        _rivers,
        _offices,
        _fallback,
        _people,
        _roster,
    )
    return [problem for check in checks for problem in check(pack)]


def _unknown(
    pack: Pack, source: str, loc: Loc, kind: str, word: str, known: Iterable[str]
) -> Iterator[Fault]:
    words = list(known)
    if word not in words:
        yield pack.sources[source].fault(loc, f"unknown {kind} {word!r}", nearest(word, words))


def _twice(pack: Pack, source: str, ids: Iterable[tuple[Loc, str]], kind: str) -> Iterator[Fault]:
    seen: set[str] = set()
    for loc, word in ids:
        if word in seen:
            yield pack.sources[source].fault(loc, f"{kind} {word!r} stands twice")
        seen.add(word)


def _region(pack: Pack) -> Iterator[Fault]:
    source, known = pack.sources["region"], {row.id for row in pack.jurisdictions}
    for n, province in enumerate(pack.region.provinces):
        yield from _unknown(pack, "region", ("provinces", n), "jurisdiction", province, known)
    for n, word in enumerate(pack.region.map.focus):
        yield from _unknown(pack, "region", ("map", "focus", n), "jurisdiction", word, known)
    parties = known | {group.id for group in pack.groups}
    for word in pack.region.signing:
        yield from _unknown(pack, "region", ("signing", word), "party", word, parties)
    calendars = {rule.id for rule in pack.calendar_rules}
    yield from _unknown(
        pack, "region", ("default_calendar",), "calendar", pack.region.default_calendar, calendars
    )
    try:
        ZoneInfo(pack.region.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        yield source.fault(("time_zone",), f"unknown time zone {pack.region.time_zone!r}")
    boundaries = pack.region.boundaries
    if bool(boundaries.file) == bool(boundaries.package):
        yield source.fault(("boundaries",), "boundaries come either from a package or from a file")
    if boundaries.package and not (boundaries.version and boundaries.files):
        yield source.fault(("boundaries",), "boundaries from a package need its version and the files in it")
    if boundaries.file and not (pack.root / boundaries.file).is_file():
        yield source.fault(("boundaries", "file"), f"there is no file {boundaries.file!r} in the pack")


def _jurisdictions(pack: Pack) -> Iterator[Fault]:
    source, rows = pack.sources["jurisdictions"], pack.jurisdictions
    known = {row.id for row in rows}
    yield from _twice(pack, "jurisdictions", (((n,), row.id) for n, row in enumerate(rows)), "id")
    codes = (((n,), row.adcode) for n, row in enumerate(rows) if row.adcode)
    yield from _twice(pack, "jurisdictions", codes, "code")
    for n, row in enumerate(rows):
        if row.parent:
            yield from _unknown(pack, "jurisdictions", (n,), "parent", row.parent, known)
        elif row.level != "province":
            yield source.fault((n,), f"{row.id} has no parent")
        if row.successor:
            yield from _unknown(pack, "jurisdictions", (n,), "successor", row.successor, known)
            if not row.valid_until:
                yield source.fault((n,), f"{row.id} has a successor but no valid_until")
        if row.valid_from and row.valid_until and row.valid_from >= row.valid_until:
            yield source.fault((n,), f"{row.id} ends before it begins")
        if _goes_round(pack, row.id):
            yield source.fault((n,), f"{row.id} lies in itself")


def _goes_round(pack: Pack, jurisdiction: str) -> bool:
    seen: set[str] = set()
    while jurisdiction in pack.by_id:
        if jurisdiction in seen:
            return True
        seen.add(jurisdiction)
        jurisdiction = pack.by_id[jurisdiction].parent
    return False


def _groups(pack: Pack) -> Iterator[Fault]:
    known = {row.id for row in pack.jurisdictions}
    yield from _twice(pack, "groups", (((n, "id"), g.id) for n, g in enumerate(pack.groups)), "id")
    for n, group in enumerate(pack.groups):
        if group.id in known:
            yield pack.sources["groups"].fault(
                (n, "id"), f"{group.id!r} is a jurisdiction; a group needs its own id"
            )
        if group.seat:
            yield from _unknown(pack, "groups", (n, "seat"), "jurisdiction", group.seat, known)
        for m, member in enumerate(group.members):
            loc = (n, "members", m, "jurisdiction")
            yield from _unknown(pack, "groups", loc, "jurisdiction", member.jurisdiction, known)


def _roles(pack: Pack) -> Iterator[Fault]:
    roles = pack.roles
    yield from _unknown(
        pack, "roles", ("fallback_role",), "office role", roles.fallback_role, roles.office_roles
    )
    for name, post_role in roles.post_roles.items():
        for n, word in enumerate(post_role.capabilities):
            loc = ("post_roles", name, "capabilities", n)
            yield from _unknown(pack, "roles", loc, "capability", word, roles.capabilities)


def _calendars(pack: Pack) -> Iterator[Fault]:
    known = {rule.id for rule in pack.calendar_rules}
    for name, source in pack.sources.items():
        year = next((y for y in pack.calendar_years if name == f"calendars/{y.calendar}-{y.year}"), None)
        if not name.startswith("calendars/") or "year" not in source.content:
            continue
        if year is None:
            yield source.fault(("year",), "the file's name must be <calendar>-<year>.yaml, as it says inside")
            continue
        yield from _unknown(pack, name, ("calendar",), "calendar", year.calendar, known)
        off: set[str] = set()
        for n, holiday in enumerate(year.holidays):
            if holiday.to < holiday.from_ or {holiday.from_.year, holiday.to.year} != {year.year}:
                yield source.fault(
                    ("holidays", n), f"the holiday does not lie in {year.year} from start to end"
                )
            off |= {str(o) for o in range(holiday.from_.toordinal(), holiday.to.toordinal() + 1)}
        for n, on in enumerate(year.moved_working_days):
            if on.year != year.year or str(on.toordinal()) in off:
                yield source.fault(("moved_working_days", n), f"{on} is a holiday or lies in another year")


def _rivers(pack: Pack) -> Iterator[Fault]:
    known = {row.id for row in pack.jurisdictions}
    for n, river in enumerate(pack.rivers.rivers):
        for m, step in enumerate(river.steps):
            for k, word in enumerate(step):
                yield from _unknown(pack, "rivers", ("rivers", n, "steps", m, k), "jurisdiction", word, known)


def _offices(pack: Pack) -> Iterator[Fault]:
    known = {row.id for row in pack.jurisdictions}
    groups = {group.id for group in pack.groups}
    offices, calendars = pack.offices, {rule.id for rule in pack.calendar_rules}
    yield from _unknown(pack, "offices", ("calendar",), "calendar", offices.calendar, calendars)
    if "default" not in offices.hours:
        yield pack.sources["offices"].fault(("hours",), "hours need a 'default'")
    for word in set(offices.hours) - {"default"}:
        yield from _unknown(pack, "offices", ("hours", word), "jurisdiction", word, known)
    ids = [((("offices", n, "id")), office.id) for n, office in enumerate(offices.offices)]
    yield from _twice(pack, "offices", ids, "office")
    for n, office in enumerate(offices.offices):
        at = ("offices", n)
        yield from _unknown(
            pack, "offices", (*at, "jurisdiction"), "jurisdiction", office.jurisdiction, known
        )
        if office.calendar:
            yield from _unknown(pack, "offices", (*at, "calendar"), "calendar", office.calendar, calendars)
        if office.successor:
            words = [each.id for each in offices.offices]
            yield from _unknown(pack, "offices", (*at, "successor"), "office", office.successor, words)
        for m, staffing in enumerate(office.staffs):
            loc, (place, role) = (*at, "staffs", m), staffing.desk.split("/")
            yield from _unknown(pack, "offices", loc, "jurisdiction or group", place, known | groups)
            yield from _unknown(pack, "offices", loc, "office role", role, pack.roles.office_roles)
        for m, word in enumerate(office.posts):
            yield from _unknown(pack, "offices", (*at, "posts", m), "post role", word, pack.roles.post_roles)


def _fallback(pack: Pack) -> Iterator[Fault]:
    fallback = pack.offices.fallback_office
    if fallback.role != pack.roles.fallback_role:
        what = f"the fallback office staffs {fallback.role!r}, but desks fall to {pack.roles.fallback_role!r}"
        yield pack.sources["offices"].fault(("fallback_office", "role"), what)
    for n, word in enumerate(fallback.posts):
        loc = ("fallback_office", "posts", n)
        yield from _unknown(pack, "offices", loc, "post role", word, pack.roles.post_roles)


def _posts(pack: Pack) -> set[str]:
    listed = {f"{office.id}/{role}" for office in pack.offices.offices for role in office.posts}
    fallback = pack.offices.fallback_office
    return listed | {
        f"{fallback.id.format(jurisdiction=row.id)}/{role}"
        for row in pack.jurisdictions
        for role in fallback.posts
    }


def _people(pack: Pack) -> Iterator[Fault]:
    if not pack.people:
        return
    people, known = pack.people.people, {row.id for row in pack.jurisdictions}
    posts = _posts(pack)
    yield from _twice(pack, "people", ((("people", n), p.username) for n, p in enumerate(people)), "login")
    for n, person in enumerate(people):
        for m, post in enumerate(person.posts):
            yield from _unknown(pack, "people", ("people", n, "posts", m), "post", post, posts)
        if person.administers:
            loc = ("people", n, "administers")
            yield from _unknown(pack, "people", loc, "jurisdiction", person.administers, known)


def _roster(pack: Pack) -> Iterator[Fault]:
    if not pack.roster:
        return
    posts = _posts(pack)
    desks = {f"{row.id}/{role}" for row in pack.jurisdictions for role in pack.roles.office_roles}
    desks |= {staffing.desk for office in pack.offices.offices for staffing in office.staffs}
    for n, shift in enumerate(pack.roster.shifts):
        yield from _unknown(pack, "roster", ("shifts", n, "post"), "post", shift.post, posts)
        yield from _unknown(pack, "roster", ("shifts", n, "desk"), "desk", shift.desk, desks)
        if shift.until <= shift.from_:
            yield pack.sources["roster"].fault(("shifts", n), "the shift ends before it begins")
