"""Tables of events: matters, and the events that open them or join them."""

from __future__ import annotations

import uuid

from django.db import models


class Matter(models.Model):
    """What an event opens and later ones join; it pins the rulebook it began with."""

    class State(models.TextChoices):
        OPEN = "open"
        CLOSED = "closed"

    number = models.CharField(primary_key=True, max_length=20)  # M-2026-000001
    kind = models.CharField(max_length=40)  # incident …
    title = models.CharField(max_length=120)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    drill = models.BooleanField(default=False)
    rulebook = models.JSONField(default=list)  # ids of the instrument versions in force when it opened
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)


class Event(models.Model):
    """Something that happened, as told by a desk. Never edited: a correction is a new event that replaces."""

    class Act(models.TextChoices):
        REPORT = "report"
        CORRECTION = "correction"
        WITHDRAWAL = "withdrawal"
        MERGE = "merge"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    type = models.CharField(max_length=60)
    schema = models.PositiveSmallIntegerField(default=1)
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="events")
    by_desk = models.ForeignKey("region.Desk", on_delete=models.PROTECT, related_name="events")
    place = models.ForeignKey("region.Jurisdiction", on_delete=models.PROTECT, related_name="events")
    occurred_at = models.DateTimeField(null=True, blank=True)
    known_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    late_reason = models.CharField(
        max_length=400, blank=True
    )  # asked when known and recorded are over an hour apart
    data = models.JSONField(default=dict)
    drill = models.BooleanField(default=False)
    act = models.CharField(max_length=12, choices=Act.choices, default=Act.REPORT)
    replaces = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by"
    )
    engine = models.JSONField(null=True, blank=True)  # name, version, inputs hash, seed of a computed event


class Serial(models.Model):
    """The last number given in a series, for matters and cases: `M-2026`, `WT-2026`."""

    series = models.CharField(primary_key=True, max_length=20)
    last = models.PositiveIntegerField(default=0)
