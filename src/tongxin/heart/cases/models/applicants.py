"""Tables of the applicant's side: tracking slips, drafts, letters, ratings, sights, and tries that are counted."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from tongxin.shared.guarded import Guarded


class Slip(models.Model):
    """The tracking slip (回执) of a case. Only a hash of its secret is kept; a new slip takes the place of the old."""

    case = models.OneToOneField("cases.Case", primary_key=True, on_delete=models.PROTECT, related_name="slip")
    secret_hash = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    post = models.CharField(max_length=120)  # that printed it; `applicant` where the form was sent online

    objects: ClassVar[Guarded[Self]] = Guarded()


class Draft(models.Model):
    """An application that is not sent yet, sealed with its own secret: without it nobody can read what was typed."""

    secret_hash = models.CharField(primary_key=True, max_length=64)
    sealed = models.BinaryField()
    files = models.JSONField(default=list)  # hashes of contents that are kept for it
    until = models.DateTimeField(db_index=True)


class Upload(models.Model):
    """A content that came without a login; it counts until a case has it or it is swept away (`uploads`)."""

    sha256 = models.CharField(primary_key=True, max_length=64)
    size = models.BigIntegerField()  # bytes, as they are counted
    at = models.DateTimeField(db_index=True)  # the last time that it came


class Letter(models.Model):
    """What passes in words between an applicant and a desk about a case; one to a desk waits for its answer."""

    class Kind(models.TextChoices):
        MESSAGE = "message"
        COMPLAINT = "complaint"
        CORRECTION = "correction"  # of a field that the applicant gave
        SUPPLY = "supply"  # what was said with papers that were asked for
        DESK = "desk"  # from a desk to the applicant

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="letters")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    desk = models.ForeignKey("region.Desk", on_delete=models.PROTECT, related_name="letters")
    text = models.CharField(max_length=1000, blank=True)
    field = models.CharField(max_length=80, blank=True)  # of a correction; then `text` is what it should say
    at = models.DateTimeField()
    post = models.CharField(max_length=120)  # that wrote it
    answer = models.CharField(max_length=1000, blank=True)
    taken = models.BooleanField(null=True, blank=True)  # whether a correction was made
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=120, blank=True)

    objects: ClassVar[Guarded[Self]] = Guarded()

    class Meta:
        indexes = [
            models.Index(fields=["case", "at"], name="letters_of_case"),
            models.Index(
                fields=["desk", "at"],
                condition=Q(answered_at__isnull=True, kind__in=("message", "complaint", "correction")),
                name="letters_to_answer",
            ),
        ]

    @property
    def waits(self) -> bool:
        """Whether it is to a desk that has not answered yet."""
        return self.answered_at is None and self.kind not in {self.Kind.SUPPLY, self.Kind.DESK}


class Rating(models.Model):
    """How the applicant rates the handling: once a case, after its end or decision."""

    case = models.OneToOneField(
        "cases.Case", primary_key=True, on_delete=models.PROTECT, related_name="rating"
    )
    stars = models.PositiveSmallIntegerField()  # 1 very dissatisfied … 5 very satisfied
    remark = models.CharField(max_length=400, blank=True)
    at = models.DateTimeField()

    objects: ClassVar[Guarded[Self]] = Guarded()


class Sighting(models.Model):
    """A desk saw what an applicant gave: which fields, in which part, under which clause; once a day and basis."""

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="sightings")
    desk = models.ForeignKey("region.Desk", on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    part = models.CharField(max_length=40)
    clause = models.CharField(max_length=160, blank=True)
    fields = models.JSONField(default=list)
    at = models.DateTimeField()  # the first time on that day

    objects: ClassVar[Guarded[Self]] = Guarded()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "desk", "day", "part", "clause"], name="one_sighting_a_day"
            )
        ]


class Guess(models.Model):
    """A try at something that is counted by name and by address: a secret, or how much comes from one place."""

    name_hash = models.CharField(max_length=64, db_index=True)
    address = models.CharField(max_length=70, db_index=True)
    at = models.DateTimeField(db_index=True)
