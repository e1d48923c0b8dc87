"""What the applicant gave beside words: papers as files, contents still to come, consent."""

from __future__ import annotations

import uuid
from typing import ClassVar, Self

from django.db import models

from tongxin.heart.cases.models.cases import Case
from tongxin.shared.guarded import Guarded


class Consent(models.Model):
    """What the person concerned consents to: fields, for a purpose, until a day. Withdrawn, it keeps them back."""

    class Who(models.TextChoices):
        APPLICANT = "applicant"
        GUARDIAN = "guardian"
        PROXY = "proxy"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="consents")
    who = models.CharField(max_length=10, choices=Who.choices)
    purpose = models.CharField(max_length=120, blank=True)  # empty: what the procedure asks the fields for
    fields = models.JSONField(default=list)
    until = models.DateField(null=True, blank=True)  # the first day on which it no longer stands
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    desk = models.ForeignKey("region.Desk", on_delete=models.PROTECT, related_name="+")  # that recorded it
    post = models.CharField(max_length=120)

    objects: ClassVar[Guarded[Self]] = Guarded()


class Paper(models.Model):
    """A paper of a case that is kept as a file; its content lies under its hash (papers_store).

    A kind that stands in `Case.papers` without a row here was seen as an original at the window and not kept.
    """

    class Giver(models.TextChoices):
        APPLICANT = "applicant"
        DESK = "desk"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="files")
    kind = models.CharField(max_length=80)  # one of the procedure's papers
    title = models.CharField(max_length=120)  # from the name of the file, without its ending
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.PositiveBigIntegerField()
    type = models.CharField(max_length=8)  # one of papers_types.MIME
    given_by = models.CharField(max_length=10, choices=Giver.choices, default=Giver.APPLICANT)
    desk = models.ForeignKey("region.Desk", on_delete=models.PROTECT, related_name="papers_taken")
    post = models.CharField(max_length=120)  # that took it in, or gave it
    at = models.DateTimeField()
    replaced_by = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaces"
    )
    reused_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="reused_as"
    )
    consent = models.JSONField(default=dict)  # to a reuse: to what, how and by whom it was given, when

    objects: ClassVar[Guarded[Self]] = Guarded()

    class Meta:
        indexes = [models.Index(fields=["case", "at"], name="papers_of_case")]


class Fetch(models.Model):
    """A content that a paper here names and that a peer still has to hand over; the row goes when it is there."""

    paper = models.OneToOneField(Paper, primary_key=True, on_delete=models.CASCADE, related_name="fetch")
    node = models.CharField(max_length=40)  # the peer that named it
    came = models.PositiveBigIntegerField(default=0)  # bytes
    tries = models.PositiveIntegerField(default=0)  # that failed, since something came
    next_at = models.DateTimeField()
    last_error = models.CharField(max_length=200, blank=True)  # a code, with a detail after a colon
