"""Tables of measures: the months that are frozen, their tallies, and what changed since."""

from __future__ import annotations

from django.db import models


class FrozenMonth(models.Model):
    """A month whose scores are frozen: as duties stood at `as_of`, whenever the ticker came to it."""

    month = models.CharField(primary_key=True, max_length=7)  # 2026-03, of the dues, on the region's wall
    as_of = models.DateTimeField()
    frozen_at = models.DateTimeField()  # of the act
    ledger_size = models.BigIntegerField()  # entries that stood before the act's own
    checkpoint = models.BigIntegerField(default=0)  # size of the last signed head at that time; 0: none yet
    rows = models.PositiveIntegerField(default=0)
    hashes = models.JSONField(default=dict)  # SHA-256 over the canonical rows: published, illustrative


class ScoreMonth(models.Model):
    """The tally of one clause, bound desk and purpose in a frozen month. Never changed."""

    frozen = models.ForeignKey(FrozenMonth, on_delete=models.PROTECT, related_name="scores")
    month = models.CharField(max_length=7)
    clause_key = models.CharField(max_length=160)  # instrument/clause
    desk = models.CharField(max_length=80)  # the bound one
    purpose = models.CharField(max_length=12)
    illustrative = models.BooleanField()
    on_time = models.PositiveIntegerField(default=0)
    late = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    overdue = models.PositiveIntegerField(default=0)
    excused = models.PositiveIntegerField(default=0)
    void = models.PositiveIntegerField(default=0)
    no_time_left = models.PositiveIntegerField(default=0)
    suspended = models.PositiveIntegerField(default=0)
    running = models.PositiveIntegerField(default=0)
    drill = models.PositiveIntegerField(default=0)
    waiting = models.PositiveIntegerField(default=0)
    sent_back = models.PositiveIntegerField(default=0)
    withheld = models.PositiveIntegerField(default=0)
    delays = models.JSONField(default=dict)  # minutes from known to recorded: how many duties

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["month", "clause_key", "desk", "purpose", "illustrative"], name="one_score_a_month"
            )
        ]
        indexes = [models.Index(fields=["clause_key", "month"], name="scores_by_clause")]


class Restatement(models.Model):
    """What the duties of a frozen month say since: the whole tally before and after, and which duties changed."""

    frozen = models.ForeignKey(FrozenMonth, on_delete=models.PROTECT, related_name="restatements")
    month = models.CharField(max_length=7)
    clause_key = models.CharField(max_length=160)
    desk = models.CharField(max_length=80)
    purpose = models.CharField(max_length=12)
    illustrative = models.BooleanField()
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    duties = models.JSONField(default=list)  # duty, from, to; `none`: not of this month
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["month", "clause_key"], name="restatements_by_month")]
