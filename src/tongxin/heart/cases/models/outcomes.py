"""What was decided, and what two offices decide together."""

from __future__ import annotations

import uuid
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from tongxin.heart.cases.models.cases import Case
from tongxin.shared.guarded import Guarded


class Joint(models.Model):
    """A joint decision (会办) under way: the competent desk puts an outcome to the desk that accepted the case."""

    class State(models.TextChoices):
        PUT = "put"
        AGREED = "agreed"
        DIFFERED = "differed"
        LAPSED = "lapsed"  # another was put, the case changed hands, or it ended

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="joints")
    message = models.OneToOneField("exchange.Message", on_delete=models.PROTECT, related_name="joint")
    from_desk = models.ForeignKey("region.Desk", on_delete=models.PROTECT, related_name="joints_put")
    to_desk = models.ForeignKey("region.Desk", on_delete=models.PROTECT, related_name="joints_received")
    epoch = models.PositiveIntegerField()
    outcome = models.CharField(max_length=12)  # granted, refused
    reason = models.CharField(max_length=400, blank=True)
    post = models.CharField(max_length=120)  # that put it
    state = models.CharField(max_length=8, choices=State.choices, default=State.PUT)
    put_at = models.DateTimeField()
    answer = models.CharField(max_length=400, blank=True)  # why the other desk differs
    answer_post = models.CharField(max_length=120, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[Guarded[Self]] = Guarded()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(state="put"), name="one_open_joint_per_case")
        ]
        ordering = ["case", "put_at"]


class Decision(models.Model):
    """One decision of a case. It is never edited: another one supersedes it, and both are shown."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="decisions")
    number = models.PositiveSmallIntegerField()  # in its case, from 1
    outcome = models.CharField(max_length=12)  # granted, refused; of a review upheld, changed, sent_back
    reason = models.CharField(max_length=400, blank=True)
    desk = models.ForeignKey("region.Desk", on_delete=models.PROTECT, related_name="decisions")
    post = models.CharField(max_length=120)
    at = models.DateTimeField()
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )
    review = models.ForeignKey(  # that made it, where it was no decision of the competent desk
        Case, null=True, blank=True, on_delete=models.PROTECT, related_name="made"
    )
    joint = models.OneToOneField(  # by which the accepting desk agreed to it, where two decide together
        Joint, null=True, blank=True, on_delete=models.PROTECT, related_name="decision"
    )

    objects: ClassVar[Guarded[Self]] = Guarded()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="one_number_per_decision")]
        ordering = ["case", "number"]
