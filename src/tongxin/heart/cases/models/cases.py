"""A procedure and a case: what it asks, who holds it, how it stands."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from tongxin.shared.guarded import Guarded


class Procedure(models.Model):
    """A versioned procedure; written `id@version`. `body` is the pack's data, checked when it was loaded."""

    id = models.CharField(primary_key=True, max_length=100)
    name = models.SlugField(max_length=80)
    version = models.PositiveSmallIntegerField()
    field = models.CharField(max_length=20)
    title_zh = models.CharField(max_length=120)
    title_en = models.CharField(max_length=160)
    body = models.JSONField()
    illustrative = models.BooleanField(default=True)


class Case(models.Model):
    """One matter in hand. Only the holder acts, and not while an offer freezes it."""

    class State(models.TextChoices):
        DRAFT = "draft"
        FILED = "filed"
        ACCEPTED = "accepted"
        IN_HAND = "in_hand"
        SUSPENDED = "suspended"
        DECIDED = "decided"
        CLOSED = "closed"
        NOT_ACCEPTED = "not_accepted"
        WITHDRAWN = "withdrawn"
        VOID = "void"

    number = models.CharField(primary_key=True, max_length=20)  # WQ-2026-000001
    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="cases")
    rulebook = models.JSONField(default=list)
    accepting_desk = models.ForeignKey("region.Desk", on_delete=models.PROTECT, related_name="accepted_cases")
    competent_desk = models.ForeignKey(
        "region.Desk", on_delete=models.PROTECT, related_name="competent_cases"
    )
    holder = models.ForeignKey("region.Desk", on_delete=models.PROTECT, related_name="held_cases")
    epoch = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=14, choices=State.choices, default=State.FILED, db_index=True)
    frozen_by = models.ForeignKey(
        "cases.Offer", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    applicant = models.JSONField(default=dict)  # what the applicant gave, by the procedure's fields
    papers = models.JSONField(default=list)
    filed_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    promise_due_at = models.DateTimeField(null=True, blank=True)
    promise_count = models.JSONField(default=dict)
    decided_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=12, blank=True)  # granted, refused; as it stands now
    outcome_reason = models.CharField(max_length=400, blank=True)
    pauses = models.JSONField(
        default=list
    )  # [{from, until, ground, missing, facts, of}], times of suspension
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_why = models.CharField(max_length=40, blank=True)  # a listed ground
    ended_remark = models.CharField(max_length=400, blank=True)
    ended_missing = models.JSONField(default=list)  # papers that a non-acceptance names
    keep_until = models.DateTimeField(null=True, blank=True)  # then what the applicant gave is erased
    erased_at = models.DateTimeField(null=True, blank=True)
    reviews = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="reviewed_by"
    )
    review_reason = models.CharField(max_length=400, blank=True)  # what the applicant asks of a review
    reviewed_decision = models.ForeignKey(
        "cases.Decision", null=True, blank=True, on_delete=models.PROTECT, related_name="reviews"
    )
    illustrative = models.BooleanField(default=True)

    objects: ClassVar[Guarded[Self]] = Guarded()

    class Meta:
        indexes = [
            models.Index(fields=["filed_at", "number"], name="cases_by_time"),
            models.Index(
                fields=["accepting_desk", "state", "filed_at", "number", "procedure"], name="cases_accepted"
            ),
            models.Index(fields=["keep_until"], condition=Q(erased_at__isnull=True), name="cases_to_erase"),
            models.Index(  # what is in a desk's hands, as its day is worked off: the next due first
                fields=[
                    "holder",
                    "promise_due_at",
                    "number",
                    "state",
                    "frozen_by",
                    "procedure",
                    "accepting_desk",
                ],
                condition=Q(decided_at__isnull=True, ended_at__isnull=True),
                name="cases_open_held",
            ),
            models.Index(  # what a desk took in and follows until it is decided
                fields=["accepting_desk", "promise_due_at", "number", "holder", "state", "procedure"],
                condition=Q(decided_at__isnull=True, ended_at__isnull=True),
                name="cases_open_ours",
            ),
        ]
