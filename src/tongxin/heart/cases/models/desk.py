"""A desk's day: on whose table a case lies, saved filters, runs over several cases, the index, texts for notices."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from tongxin.heart.cases.models.cases import Case
from tongxin.shared.guarded import Guarded


class Assignment(models.Model):
    """Who of a desk has a case on the table. Each desk that has a part names its own; it says nothing of rights."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="assignments")
    desk = models.ForeignKey("region.Desk", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("region.Person", on_delete=models.PROTECT, related_name="+")
    post = models.CharField(max_length=120)  # that gave it
    at = models.DateTimeField()

    objects: ClassVar[Guarded[Self]] = Guarded()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "desk"], name="one_colleague_a_case_and_desk")]
        indexes = [models.Index(fields=["desk", "person", "case"], name="cases_of_colleague")]


class SavedView(models.Model):
    """Filters of the desk's lists under a name, one person's own or shared with the desk."""

    desk = models.ForeignKey("region.Desk", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("region.Person", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=30)
    filters = models.JSONField(default=dict)
    shared = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["desk", "person", "name"], name="one_view_a_name")]
        indexes = [models.Index(fields=["desk", "shared"], name="views_of_desk")]


class BulkRun(models.Model):
    """One act asked for several cases at once: which, as they were seen, and what came of each."""

    id = models.UUIDField(primary_key=True)
    desk = models.ForeignKey("region.Desk", on_delete=models.PROTECT, related_name="+")
    post = models.CharField(max_length=120)
    act = models.CharField(max_length=12)
    given = models.JSONField(default=dict)  # what the act needs beside the case: ground, desk, colleague
    cases = models.JSONField(default=list)  # [[number, mark of what was seen]]
    results = models.JSONField(default=dict)  # by number: {done, what}; filled when all were tried
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)


class CaseWords(models.Model):
    """What a case can be found by, and for which desks: the index of the search (`finding`).

    Two rows at most: of its whole text but what is graded sensitive, and of its story, for desks that keep no more.
    """

    class Scope(models.TextChoices):
        FILE = "file"
        STORY = "story"

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="words")
    scope = models.CharField(max_length=5, choices=Scope.choices)
    tokens = models.TextField()  # of desks and text, parted by blanks; on SQLite in `cases_found_by` too

    objects: ClassVar[Guarded[Self]] = Guarded()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "scope"], name="one_row_per_scope")]


class NoticeText(models.Model):
    """One version of a text for notices: the region's (without a desk), or a desk's own. None is ever changed."""

    name = models.SlugField(max_length=80)
    desk = models.ForeignKey("region.Desk", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    use = models.CharField(max_length=16)  # one of notice_files.USES
    title_zh = models.CharField(max_length=120)
    title_en = models.CharField(max_length=160)
    text_zh = models.TextField()
    text_en = models.TextField()
    dropped = models.BooleanField(default=False)  # the desk went back to the region's
    post = models.CharField(max_length=120)
    at = models.DateTimeField()
    illustrative = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name", "desk", "version"], name="one_version_of_a_desks_text"),
            models.UniqueConstraint(
                fields=["name", "version"],
                condition=Q(desk__isnull=True),
                name="one_version_of_a_regions_text",
            ),
        ]
