"""Tables of the region: places, groups, desks, offices, mandates, posts, rosters, calendars, people, tokens.

Duties, cases and permits name desks; a mandate says which office staffs a desk at a time; a post is a seat
in an office; a person holds posts and acts in one at a time.
"""

from __future__ import annotations

from datetime import date

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q


def valid_on(on: date) -> Q:
    """Return the condition that a dated row is valid on a day: from inclusive, until exclusive."""
    return Q(valid_from__lte=on) & (Q(valid_until__isnull=True) | Q(valid_until__gt=on))


class Named(models.Model):
    """Anything with a name in both languages."""

    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name_zh


class Dated(models.Model):
    """Anything valid from a day (inclusive) until a day (exclusive)."""

    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True


class Jurisdiction(Named, Dated):
    """The territory of one government, or a new area that acts as one."""

    class Level(models.TextChoices):
        PROVINCE = "province"
        PREFECTURE = "prefecture"
        DISTRICT = "district"
        NEW_AREA = "new_area"

    id = models.SlugField(primary_key=True, max_length=60)
    adcode = models.CharField(max_length=6, blank=True, db_index=True)  # GB/T 2260; text, never a number
    short_zh = models.CharField(max_length=60)
    short_en = models.CharField(max_length=80)
    level = models.CharField(max_length=12, choices=Level.choices)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    successor = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    illustrative = models.BooleanField(default=False)


class Boundary(models.Model):
    """The outline of a jurisdiction in CGCS2000 (≈ WGS 84), with its source; never written by hand."""

    jurisdiction = models.OneToOneField(Jurisdiction, primary_key=True, on_delete=models.CASCADE)
    geometry = models.BinaryField()  # WKB, full detail
    label_lon = models.FloatField()
    label_lat = models.FloatField()
    source = models.CharField(max_length=120)


class Neighbour(models.Model):
    """Two jurisdictions that share a boundary edge; `a` sorts before `b`."""

    a = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="+")
    b = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="+")
    shared_km = models.FloatField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["a", "b"], name="one_neighbour_pair")]


class JurisdictionGroup(Named):
    """A named set of jurisdictions that cooperate."""

    id = models.SlugField(primary_key=True, max_length=60)


class GroupMember(Dated):
    """A jurisdiction in a group, for a time."""

    group = models.ForeignKey(JurisdictionGroup, on_delete=models.CASCADE, related_name="members")
    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT, related_name="memberships")


class OfficeRole(Named):
    """What an office is for: the value that a clause names in `role:`."""

    id = models.SlugField(primary_key=True, max_length=40)


class WorkCalendar(Named):
    """A working calendar; its years come as dated data."""

    id = models.SlugField(primary_key=True, max_length=40)
    version = models.CharField(max_length=40)


class CalendarYear(models.Model):
    """One year of a calendar: published with its notice, or provisional by the weekend rule."""

    calendar = models.ForeignKey(WorkCalendar, on_delete=models.CASCADE, related_name="years")
    year = models.PositiveSmallIntegerField()
    provisional = models.BooleanField(default=False)
    source = models.CharField(max_length=160, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["calendar", "year"], name="one_calendar_year")]


class CalendarDay(models.Model):
    """A day that is not what its weekday says: a holiday, or a moved working day."""

    class Kind(models.TextChoices):
        HOLIDAY = "holiday"
        MOVED_WORKING_DAY = "moved_working_day"

    year = models.ForeignKey(CalendarYear, on_delete=models.CASCADE, related_name="days")
    on = models.DateField()
    kind = models.CharField(max_length=20, choices=Kind.choices)
    name_zh = models.CharField(max_length=40)
    name_en = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["year", "on"], name="one_calendar_day")]


class Office(Named, Dated):
    """A body of one jurisdiction that can be bound: bureau, centre, committee."""

    id = models.SlugField(primary_key=True, max_length=80)
    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT, related_name="offices")
    short_zh = models.CharField(max_length=60)
    short_en = models.CharField(max_length=80)
    calendar = models.ForeignKey(WorkCalendar, on_delete=models.PROTECT, related_name="+")
    hours = models.JSONField(default=list)  # spans of wall time on a working day: [["09:00", "17:00"]]
    successor = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    illustrative = models.BooleanField(default=True)


class Desk(models.Model):
    """席位: a role of a jurisdiction or of a group, written `tj-baodi/ecology_bureau`."""

    id = models.CharField(primary_key=True, max_length=80)
    jurisdiction = models.ForeignKey(
        Jurisdiction, null=True, blank=True, on_delete=models.PROTECT, related_name="desks"
    )
    group = models.ForeignKey(
        JurisdictionGroup, null=True, blank=True, on_delete=models.PROTECT, related_name="desks"
    )
    role = models.ForeignKey(OfficeRole, on_delete=models.PROTECT, related_name="desks")

    def __str__(self) -> str:
        return self.id


class Mandate(Dated):
    """Which office staffs a desk, where, from when to when; a presence is a hall or kiosk on another's soil."""

    class Kind(models.TextChoices):
        SEAT = "seat"
        PRESENCE = "presence"

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="mandates")
    desk = models.ForeignKey(Desk, on_delete=models.PROTECT, related_name="mandates")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.SEAT)
    place_zh = models.CharField(max_length=160, blank=True)
    place_en = models.CharField(max_length=160, blank=True)
    source = models.CharField(max_length=200, blank=True)


class Post(Named):
    """A seat in an office; written `tj-baodi-ecology/duty_officer`. Lower `rank` is rung first."""

    id = models.CharField(primary_key=True, max_length=120)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="posts")
    role = models.SlugField(max_length=40)
    rank = models.PositiveSmallIntegerField(default=0)
    capabilities = models.JSONField(default=list)


class Person(AbstractUser):
    """Somebody who can log in. An administrator is bound to one jurisdiction and acts for no other."""

    display_name = models.CharField(max_length=80, blank=True)
    administers = models.ForeignKey(
        Jurisdiction, null=True, blank=True, on_delete=models.PROTECT, related_name="administrators"
    )
    demo = models.BooleanField(default=False)


class PostHolding(Dated):
    """Who holds a post, from when to when."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="holdings")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="holdings")


class Substitution(Dated):
    """Somebody stands in for an absent holder of a post, for days. It gives what the post may, and nothing more."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="substitutions")
    absent = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    stand_in = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="substitutions")
    own_post = models.CharField(max_length=120)  # the stand-in's, by which the ledger names them
    named_by = models.CharField(max_length=120)  # the post that named them
    named_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)  # early; else it ends by its last day

    class Meta:
        indexes = [
            models.Index(
                fields=["stand_in", "post"], condition=Q(ended_at__isnull=True), name="stand_ins_of"
            ),
            models.Index(fields=["post", "valid_from"], name="substitutions_of_post"),
        ]


class RosterShift(models.Model):
    """A post that is on duty for a desk over a span of time."""

    desk = models.ForeignKey(Desk, on_delete=models.CASCADE, related_name="shifts")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="shifts")
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()


class OfficeToken(models.Model):
    """A secret with which an office's own program acts in one post; only its hash is kept."""

    prefix = models.CharField(max_length=12, unique=True)
    secret_hash = models.CharField(max_length=64)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="tokens")
    desk = models.ForeignKey(Desk, on_delete=models.PROTECT, related_name="tokens")
    label = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)


class RegionInfo(models.Model):
    """The one region this installation serves, as loaded from its pack."""

    id = models.SlugField(primary_key=True, max_length=40)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80)
    pack_hash = models.CharField(max_length=64)
    settings = models.JSONField(default=dict)  # focus jurisdictions, map bounds, time zone


class RulesNumber(models.Model):
    """The one row that rises with every change of who may see or do what; see `rules.py`, which alone writes it."""

    number = models.PositiveBigIntegerField(default=0)
    mark = models.CharField(max_length=16)
