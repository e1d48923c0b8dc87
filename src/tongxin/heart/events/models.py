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
    pinned_at = models.DateTimeField(null=True)  # the root event's known_at: the instant the rulebook is of
    joined = models.JSONField(
        default=dict
    )  # versions that came later: id → since when (ISO), for newer events
    absorbed_by = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="absorbed",
        db_index=False,  # the index below holds the few that were absorbed
    )
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(absorbed_by=models.F("number")), name="no_matter_absorbs_itself"
            )
        ]
        indexes = [
            models.Index(
                fields=["absorbed_by"],
                condition=models.Q(absorbed_by__isnull=False),
                name="absorbed_matters",
            ),
            models.Index(fields=["kind", "opened_at", "number"], name="matters_by_kind"),
        ]


class Event(models.Model):
    """Something that happened, as told by a desk. Never edited: a correction is a new event that replaces."""

    class Act(models.TextChoices):
        REPORT = "report"
        CORRECTION = "correction"
        WITHDRAWAL = "withdrawal"
        MERGE = "merge"  # joins the matter of an absorbed one

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    type = models.CharField(max_length=60)
    schema = models.PositiveSmallIntegerField(default=1)
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="events")
    ordinal = models.PositiveIntegerField(
        default=1
    )  # in its matter, given under the matter's lock: order is no clock
    by_desk = models.ForeignKey("region.Desk", on_delete=models.PROTECT, related_name="events")
    place = models.ForeignKey("region.Jurisdiction", on_delete=models.PROTECT, related_name="events")
    occurred_at = models.DateTimeField(null=True, blank=True)
    known_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    known_corrected = models.DateTimeField(
        null=True, blank=True
    )  # a correction of when the thing itself was known
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
    reason = models.CharField(max_length=400, blank=True)  # of a correction, withdrawal or merge

    class Meta:
        indexes = [
            models.Index(fields=["matter", "recorded_at"], name="events_by_matter"),
            models.Index(fields=["by_desk", "matter"], name="events_by_desk"),
        ]


class Objection(models.Model):
    """What another party holds against an event: shown beside it, changes nothing."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="objections")
    by_desk = models.ForeignKey("region.Desk", on_delete=models.PROTECT, related_name="+")
    post = models.CharField(max_length=120)
    text = models.CharField(max_length=1000)
    at = models.DateTimeField()


class MergeProposal(models.Model):
    """That two matters are one: proposed by one desk, agreed or refused by the other."""

    class State(models.TextChoices):
        PROPOSED = "proposed"
        AGREED = "agreed"
        REFUSED = "refused"
        LAPSED = "lapsed"  # one of the two was closed, or became one with a third, before the answer

    earlier = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="+")
    later = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="+")
    proposed_by = models.ForeignKey("region.Desk", on_delete=models.PROTECT, related_name="+")
    asked = models.ForeignKey("region.Desk", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=400)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["earlier", "later"],
                condition=models.Q(state="proposed"),
                name="one_merge_proposal_a_pair",
            )
        ]


class Serial(models.Model):
    """The last number given in a series, for matters and cases: `M-2026`, `WT-2026`."""

    series = models.CharField(primary_key=True, max_length=20)
    last = models.PositiveIntegerField(default=0)
