"""Tables of cases: procedures, cases, offers, papers, decisions, competence disputes, what crosses to other nodes."""

from __future__ import annotations

import uuid
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from tongxin.heart.cases.models_applicants import Draft, Guess, Letter, Rating, Sighting, Slip, Upload
from tongxin.shared.guarded import Guarded

__all__ = [
    "Case",
    "Consent",
    "Decision",
    "Dispute",
    "Draft",
    "Guess",
    "Letter",
    "Offer",
    "Paper",
    "Procedure",
    "Rating",
    "Sighting",
    "Slip",
    "Upload",
]


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
            models.Index(  # holds all that a list narrows and sorts by, so that the cases themselves are not read
                fields=[
                    "accepting_desk",
                    "state",
                    "filed_at",
                    "number",
                    "promise_due_at",
                    "procedure",
                    "competent_desk",
                    "holder",
                ],
                name="cases_accepted",
            ),
            models.Index(  # newest first, without a look at the others of a desk
                fields=["accepting_desk", "-filed_at", "-number"], name="cases_accepted_by_time"
            ),
            models.Index(  # the few that came to a desk as reviews
                fields=["competent_desk", "filed_at", "number"],
                condition=Q(reviews__isnull=False),
                name="cases_reviews",
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


class Fetch(models.Model):
    """A content that a paper here names and that a peer still has to hand over; the row goes when it is there."""

    paper = models.OneToOneField(Paper, primary_key=True, on_delete=models.CASCADE, related_name="fetch")
    node = models.CharField(max_length=40)  # the peer that named it
    came = models.PositiveBigIntegerField(default=0)  # bytes
    tries = models.PositiveIntegerField(default=0)  # that failed, since something came
    next_at = models.DateTimeField()
    last_error = models.CharField(max_length=200, blank=True)  # a code, with a detail after a colon


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
