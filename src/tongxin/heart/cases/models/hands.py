"""How a case changes hands: offers, competence disputes, what crosses to other nodes."""

from __future__ import annotations

import uuid
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from tongxin.heart.cases.models.cases import Case
from tongxin.shared.guarded import Guarded


class Offer(models.Model):
    """A hand-over as it stands: the holder offers the case, the receiver alone settles it."""

    class State(models.TextChoices):
        OFFERED = "offered"
        TAKEN_OVER = "taken_over"
        RETURNED = "returned"
        RECALLED = "recalled"
        STALE = "stale"  # made under an older epoch than the case has: kept, and settled by that

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="offers")
    message = models.OneToOneField("exchange.Message", on_delete=models.PROTECT, related_name="offer")
    clause = models.ForeignKey("agreements.Clause", on_delete=models.PROTECT, related_name="offers")
    from_desk = models.ForeignKey("region.Desk", on_delete=models.PROTECT, related_name="offers_made")
    to_desk = models.ForeignKey("region.Desk", on_delete=models.PROTECT, related_name="offers_received")
    epoch = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.OFFERED)
    reason = models.CharField(max_length=40, blank=True)
    remark = models.CharField(max_length=400, blank=True)
    offered_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[Guarded[Self]] = Guarded()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(state="offered"), name="one_open_offer_per_case"
            )
        ]
        indexes = [
            models.Index(fields=["to_desk", "case"], name="offers_received"),
            models.Index(  # the few that wait for a desk's answer
                fields=["to_desk", "offered_at", "case"],
                condition=Q(settled_at__isnull=True),
                name="offers_waiting",
            ),
        ]


class Dispute(models.Model):
    """A competence dispute (管辖争议): four hand-overs, no decision; both coordination offices name a holder."""

    class State(models.TextChoices):
        OPEN = "open"
        NAMED = "named"
        LAPSED = "lapsed"  # the holder decided, or the case ended

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="disputes")
    offer = models.OneToOneField(Offer, on_delete=models.PROTECT, related_name="dispute")  # that opened it
    one_office = models.ForeignKey("region.Desk", on_delete=models.PROTECT, related_name="+")
    other_office = models.ForeignKey(  # the same where both sides have one office, which names alone
        "region.Desk", on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    proposals = models.JSONField(
        default=list
    )  # id, office, post, holder, reason, at, epoch, known; answer once there
    holder = models.ForeignKey(
        "region.Desk", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    epoch = models.PositiveIntegerField(null=True, blank=True)  # under which the named holder holds
    opened_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[Guarded[Self]] = Guarded()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(state="open"), name="one_open_dispute_per_case"
            )
        ]
        indexes = [
            models.Index(fields=["one_office", "opened_at"], name="disputes_of_one"),
            models.Index(fields=["other_office", "opened_at"], name="disputes_of_other"),
        ]


class Crossing(models.Model):
    """What another node has said of a case that is worked on at more than one."""

    case = models.OneToOneField(Case, primary_key=True, on_delete=models.CASCADE, related_name="crossing")
    node = models.CharField(max_length=40)  # the peer that told last
    told_at = models.DateTimeField()  # when that was applied here
    hand_overs = models.JSONField(
        default=list
    )  # those without a row in `offers`: id, from, to, clause, epoch, state, reason, offered_at, settled_at
    awaited = models.JSONField(default=list)  # fields that the applicant filled in and that did not come

    objects: ClassVar[Guarded[Self]] = Guarded()
