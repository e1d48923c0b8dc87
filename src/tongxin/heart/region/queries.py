"""Reads of the region: places, groups, neighbours, who staffs a desk, who is on duty, who is next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from tongxin.heart.region import calendars
from tongxin.heart.region.models import (
    Desk,
    Jurisdiction,
    JurisdictionGroup,
    Mandate,
    Neighbour,
    Office,
    Person,
    Post,
    RegionInfo,
    RosterShift,
    valid_on,
)
from tongxin.shared import clock, readers
from tongxin.shared.errors import NotFound
from tongxin.shared.statements import fixed

FALLBACK_ROLE = "coordination_office"
MAX_SUCCESSIONS = 20
LEVELS = 4  # of jurisdictions within each other that one look-up reads; a pack has fewer


def region() -> RegionInfo | None:
    """Return the region that this installation serves, or None before its pack is loaded."""
    return RegionInfo.objects.first()


def signers_needed() -> dict[str, int]:
    """Return how many persons sign an agreement for a jurisdiction or group, as the region's pack says; others: one."""
    row = region()
    return {str(place): int(n) for place, n in row.settings.get("signing", {}).items()} if row else {}


def day_of(at: datetime) -> date:
    """Return the day of an instant on the region's wall."""
    return at.astimezone(calendars.zone()).date()


def today() -> date:
    """Return today on the region's wall."""
    return day_of(clock.now())


def jurisdictions(on: date | None = None, *, level: str = "", within: str = "") -> QuerySet[Jurisdiction]:
    """Return the jurisdictions valid on a day (today), of a level, in a jurisdiction; ordered by code."""
    rows = Jurisdiction.objects.filter(valid_on(on or today()))
    if level:
        rows = rows.filter(level=level)
    if within:
        rows = rows.filter(Q(parent=within) | Q(parent__parent=within))
    return rows.order_by("adcode", "id")


def jurisdiction(jurisdiction_id: str) -> Jurisdiction:
    """Return one jurisdiction, valid today or not. Raises NotFound."""
    row = Jurisdiction.objects.filter(id=jurisdiction_id).select_related("parent", "successor").first()
    if row is None:
        raise NotFound("no_such_jurisdiction", _("There is no such jurisdiction."))
    return row


def current(row: Jurisdiction, on: date | None = None) -> Jurisdiction:
    """Return the jurisdiction itself if it is valid on a day (today), else what has come after it."""
    day = on or today()
    for _step in range(MAX_SUCCESSIONS):
        if row.valid_until is None or row.valid_until > day or row.successor is None:
            return row
        row = row.successor
    return row


def lineage(jurisdiction_id: str) -> list[str]:
    """Return a jurisdiction and those it lies in, innermost first; empty for an unknown one."""
    line = [each for row in _line(jurisdiction_id) for each in row if each]
    return line if len(line) < LEVELS else [*line[:-1], *lineage(line[-1])]


@fixed
def _line(jurisdiction_id: str) -> QuerySet[Jurisdiction, tuple[str | None, ...]]:
    rows = Jurisdiction.objects.filter(id=jurisdiction_id)
    return rows.values_list("id", "parent_id", "parent__parent_id", "parent__parent__parent_id")


def parents() -> dict[str, str]:
    """Return what each jurisdiction lies in; empty for one that lies in none."""
    return {row: parent or "" for row, parent in Jurisdiction.objects.values_list("id", "parent_id")}


def groups() -> QuerySet[JurisdictionGroup]:
    """Return the groups, by id."""
    return JurisdictionGroup.objects.order_by("id")


def group_members(group_id: str, on: date | None = None) -> list[Jurisdiction]:
    """Return the members of a group on a day (today), ordered by code; empty for an unknown group."""
    day = on or today()
    return list(
        Jurisdiction.objects.filter(
            Q(memberships__valid_until__isnull=True) | Q(memberships__valid_until__gt=day),
            memberships__group=group_id,
            memberships__valid_from__lte=day,
        )
        .distinct()
        .order_by("adcode", "id")
    )


def members_by_group(on: date | None = None) -> dict[str, list[str]]:
    """Return the members of every group on a day (today), ordered as `group_members` does."""
    day = on or today()
    rows = JurisdictionGroup.objects.order_by("id", "members__jurisdiction__adcode", "members__jurisdiction")
    found: dict[str, dict[str, None]] = {}
    for group, member, since, until in rows.values_list(
        "id", "members__jurisdiction_id", "members__valid_from", "members__valid_until"
    ):
        members = found.setdefault(group, {})
        if member and since <= day and (until is None or until > day):
            members[member] = None
    return {group: list(members) for group, members in found.items()}


def members_of(parties: Iterable[str], on: date | None = None) -> list[str]:
    """Return the jurisdictions that parties stand for on a day (today): themselves, or a group's members; each once."""
    ids = list(parties)
    known_groups = set(_groups_in(ids))
    found: dict[str, None] = {}
    for party in ids:
        found |= (
            dict.fromkeys(row.id for row in group_members(party, on))
            if party in known_groups
            else {party: None}
        )
    return list(found)


@fixed
def _groups_in(ids: list[str]) -> QuerySet[JurisdictionGroup, str]:
    return JurisdictionGroup.objects.filter(id__in=ids).values_list("id", flat=True)


def party_of(jurisdiction_id: str, parties: Sequence[str], on: date | None = None) -> str | None:
    """Return the party that a jurisdiction belongs to on a day, or None.

    A party is a jurisdiction, which stands for everything in it, or a group, which stands for its members; the
    answer is always a jurisdiction, the innermost one that is named. An act asks once for whom the parties stand.
    """
    kept, asked = readers.kept(), ("members_of", *parties, on)
    if asked not in kept:
        kept[asked] = frozenset(members_of(parties, on))
    named = kept[asked]
    return next((each for each in lineage(jurisdiction_id) if each in named), None)


def groups_of(jurisdiction_id: str, on: date | None = None) -> set[str]:
    """Return the groups that a jurisdiction itself is a member of on a day (today)."""
    day = on or today()
    rows = JurisdictionGroup.objects.filter(
        Q(members__valid_until__isnull=True) | Q(members__valid_until__gt=day),
        members__jurisdiction=jurisdiction_id,
        members__valid_from__lte=day,
    )
    return set(rows.values_list("id", flat=True))


def common_groups(one: str, other: str, on: date | None = None) -> list[str]:
    """Return the groups that two jurisdictions, or what they lie in, are both in on a day (today); nearest first.

    Near is a group with the two themselves in it; farther one with what they lie in; of equals the smaller.
    """
    lines = [lineage(one), lineage(other)]
    found = []
    for group in groups():
        members = {row.id for row in group_members(group.id, on)}
        steps = [next((n for n, place in enumerate(line) if place in members), None) for line in lines]
        if None not in steps:
            found.append((sum(step or 0 for step in steps), len(members), group.id))
    return [group for _steps, _size, group in sorted(found)]


def neighbours(jurisdiction_id: str, *, level: str = "") -> list[tuple[Jurisdiction, float]]:
    """Return the jurisdictions that share a boundary edge, with its length in km, longest first.

    Those of its own level, unless another is asked for (`level="district"` beside a prefecture).
    """
    wanted = level or jurisdiction(jurisdiction_id).level
    rows = Neighbour.objects.filter(Q(a=jurisdiction_id) | Q(b=jurisdiction_id)).select_related("a", "b")
    found = [(row.b if row.a_id == jurisdiction_id else row.a, row.shared_km) for row in rows]
    return sorted(
        ((other, km) for other, km in found if other.level == wanted), key=lambda pair: (-pair[1], pair[0].id)
    )


def desk(desk_id: str) -> Desk:
    """Return a desk with its jurisdiction, group and role. Raises NotFound."""
    row = Desk.objects.filter(id=desk_id).select_related("jurisdiction", "group", "role").first()
    if row is None:
        raise NotFound("no_such_desk", _("There is no such desk: %(desk)s.") % {"desk": desk_id[:80]})
    return row


def desk_office(desk_id: str, on: date | None = None) -> Office:
    """Return the office that staffs a desk on a day (today).

    Without a mandate the desk falls to its jurisdiction's coordination office; when the jurisdiction has ended,
    to the same desk of its successor. Raises NotFound when there is no such desk, or nobody at all.
    """
    day = on or today()
    office = _mandated(desk_id, day)
    if office is not None:
        return office
    row = desk(desk_id)
    for step in range(MAX_SUCCESSIONS):
        office = _mandated(row.id, day) if step else None
        if office is not None:
            return office
        place = row.jurisdiction
        after = current(place, day) if place else None
        if place is None or after is None:
            break
        if after.id == place.id:
            office = _mandated(f"{place.id}/{FALLBACK_ROLE}", day)
            if office is not None:
                return office
            break
        heir = (
            Desk.objects.filter(jurisdiction=after, role=row.role_id)
            .select_related("jurisdiction", "role")
            .first()
        )
        if heir is None:
            break
        row = heir
    raise NotFound("desk_unstaffed", _("No office staffs this desk on that day."))


def office_of(desk_id: str, at: datetime) -> Office:
    """Return the office that staffs a desk at an instant; see desk_office."""
    return desk_office(desk_id, day_of(at))


def offices_with_mandate(desk_ids: Iterable[str], on: date) -> dict[str, Office]:
    """Return the offices that staff desks by a mandate of their own on a day: one query, however many desks.

    A desk without one is left out; `desk_office` says who staffs it.
    """
    rows = _seats(on).filter(desk__in=set(desk_ids)).order_by("valid_from", "id")
    return {row.desk_id: row.office for row in rows}


def _mandated(desk_id: str, on: date) -> Office | None:
    """Return the office with the desk's seat on a day."""
    return next((row.office for row in _seat(desk_id, on)), None)


@fixed
def _seat(desk_id: str, on: date) -> QuerySet[Mandate]:
    return _seats(on).filter(desk_id=desk_id).order_by("-valid_from", "-id")[:1]


def _seats(on: date) -> QuerySet[Mandate]:
    """Return the mandates of seats on a day; presences are branches of an office, not seats."""
    rows = Mandate.objects.filter(valid_on(on), kind=Mandate.Kind.SEAT)
    return rows.select_related("office__calendar", "office__jurisdiction")


def presences(*, office: str = "", on: date | None = None) -> QuerySet[Mandate]:
    """Return the halls, windows and kiosks that offices keep on another's soil on a day (today)."""
    rows = Mandate.objects.filter(valid_on(on or today()), kind=Mandate.Kind.PRESENCE)
    if office:
        rows = rows.filter(office=office)
    return rows.select_related("office__jurisdiction", "desk").order_by("office_id", "valid_from", "id")


def posts_of(office: Office) -> list[Post]:
    """Return the posts of an office in the order of escalation; those without a rank last."""
    return sorted(Post.objects.filter(office=office), key=lambda post: (post.rank == 0, post.rank, post.id))


def on_duty(desk_id: str, at: datetime) -> list[Post]:
    """Return the posts on duty for a desk at an instant, lowest rank first; empty when the roster is."""
    shifts = RosterShift.objects.filter(desk=desk_id, from_at__lte=at, until_at__gt=at).select_related(
        "post__office"
    )
    posts = {shift.post_id: shift.post for shift in shifts}
    return sorted(posts.values(), key=lambda post: (post.rank == 0, post.rank, post.id))


def who_is_on_duty(desk_id: str, at: datetime) -> list[Post]:
    """Return the posts to ring first: those on the roster, else (nobody there) the next rank of the office."""
    posts = on_duty(desk_id, at)
    if posts:
        return posts
    following = next_rank(desk_id, 1, at)
    return [following] if following else []


def next_rank(desk_id: str, rank: int, at: datetime) -> Post | None:
    """Return the post that comes after `rank` in the office of a desk, or None when it is at its end."""
    return next((post for post in posts_of(office_of(desk_id, at)) if post.rank > rank), None)


def holders(post_id: str, on: date | None = None) -> list[Person]:
    """Return who holds a post on a day (today)."""
    day = on or today()
    return list(
        Person.objects.filter(
            Q(holdings__valid_until__isnull=True) | Q(holdings__valid_until__gt=day),
            holdings__post=post_id,
            holdings__valid_from__lte=day,
            is_active=True,
        )
        .distinct()
        .order_by("username")
    )
